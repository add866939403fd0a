import { expect, test } from "vitest";
import { type JsonNode, lineAt, member, prettyJson, readJson } from "./json";

/** The value that a node stands for. */
const plain = (node: JsonNode | undefined): unknown =>
  node?.kind === "object"
    ? Object.fromEntries(node.members.map((m) => [m.name, plain(m.value)]))
    : node?.kind === "array"
      ? node.members.map((m) => plain(m.value))
      : node?.kind === "string"
        ? node.text
        : JSON.parse(node?.text ?? "");

const GOOD = [
  "{}",
  "[]",
  " null\r\n",
  '"a\\u00e9\\n\\"\\\\"',
  "-0.5e+3",
  '{"a":[1,2.5,true,false,null,"x"],"b":{"c":{"":"日本 🎉"}}}',
  '\t{ "a" : [ ] ,\n "b" : { } }',
];
const BAD = [
  "",
  "  ",
  "{",
  "[1,",
  '{"a"',
  '{"a":}',
  '{"a":1,}',
  "[1,]",
  "[1 2]",
  "{a:1}",
  "{'a':1}",
  '{"a" 1}',
  '"open',
  '"line\nbreak"',
  '"\\x"',
  '"\\u12"',
  '"tab\there"',
  "01",
  "1.",
  "+1",
  ".5",
  "-",
  "NaN",
  "True",
  "nul",
  "// no\n{}",
  "{} {}",
  '{"a":1}}',
  "[",
];

test("what is JSON is read as the browser reads it", () => {
  for (const text of GOOD) {
    const { value, faults } = readJson(text);
    expect(faults, text).toEqual([]);
    expect(plain(value), text).toEqual(JSON.parse(text));
  }
});

test("what is no JSON is refused, with a place within it", () => {
  for (const text of BAD) {
    expect(() => JSON.parse(text), text).toThrow();
    const { value, faults } = readJson(text);
    expect(value, text).toBeUndefined();
    expect(faults, text).toHaveLength(1);
    const [fault] = faults;
    expect(fault?.from, text).toBeGreaterThanOrEqual(0);
    expect(fault?.from, text).toBeLessThanOrEqual(fault?.to ?? -1);
    expect(fault?.to, text).toBeLessThanOrEqual(text.length);
  }
});

test("a fault says what and where it is", () => {
  const first = (text: string) => {
    const [fault] = readJson(text).faults;
    return fault && [fault.kind, lineAt(text, fault.from), text.slice(fault.from, fault.to)];
  };
  expect(first('{\n  "a": 1\n  "b": 2\n}')).toEqual(["comma", 3, '"']);
  expect(first('{\n  "a": 1,\n}')).toEqual(["closing-comma", 2, ","]);
  expect(first('{\n  "a": yes\n}')).toEqual(["value", 2, "yes"]);
  expect(first("{\n  a: 1\n}")).toEqual(["name", 2, "a"]);
  expect(first('{\n  "a" = 1\n}')).toEqual(["colon", 2, "="]);
  expect(first('{"a": [1,\n2')).toEqual(["open", 1, "["]);
  expect(first('{"a": 007}')).toEqual(["number", 1, "007"]);
  expect(first("{}\nx y")).toEqual(["after", 2, "x y"]);
  expect(first("[".repeat(70))).toEqual(["deep", 1, "["]);
  expect(readJson('{"a":1,"b":{"a":2},"a":3,"a":4}').faults).toEqual([
    { kind: "twice", from: 19, to: 22, name: "a" },
    { kind: "twice", from: 25, to: 28, name: "a" },
  ]);
});

test("members are found", () => {
  const { value } = readJson('{"a":{"b":"c"},"d":[]}');
  expect(member(member(value, "a"), "b")?.text).toBe("c");
  expect(member(member(value, "d"), "b")).toBeUndefined();
  expect(member(undefined, "a")).toBeUndefined();
});

test("pretty JSON means the same, to the last digit", () => {
  for (const text of GOOD) expect(plain(readJson(prettyJson(text)).value), text).toEqual(JSON.parse(text));
  expect(prettyJson('{"a":[1e400,12345678901234567890,"\\u0041"],"b":{},"c":[]}')).toBe(
    '{\n  "a": [\n    1e400,\n    12345678901234567890,\n    "\\u0041"\n  ],\n  "b": {},\n  "c": []\n}',
  );
  expect(prettyJson("{nonsense")).toBe("{nonsense");
});
