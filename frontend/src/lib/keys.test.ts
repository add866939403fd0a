import { expect, test } from "vitest";
import { crumbs, folderOf, nameOf, readable } from "./keys";

test.each([
  ["a/b/c.txt", "c.txt", "a/b/"],
  ["a/b/", "b", "a/"],
  ["x", "x", ""],
  ["a//", "", "a/"],
  ["/", "", ""],
])("%s is named %s in %s", (key, name, folder) => {
  expect(nameOf(key)).toBe(name);
  expect(folderOf(key)).toBe(folder);
});

test.each([
  ["plain name.txt", "plain name.txt"],
  ["", "/"],
  [" ", "␣"],
  [" a  b c ", "␣a␣␣b c␣"],
  ["one\ntwo", "one␊two"],
  ["\t", "␉"],
  ["a\u0085", "a\ufffd"],
  ["exe.\u202egpj", "exe.\ufffdgpj"],
])("%j is read as %s", (name, shown) => expect(readable(name)).toBe(shown));

test("a prefix falls apart into folders", () => {
  expect(crumbs("")).toEqual([]);
  expect(crumbs("a/b/")).toEqual([
    { name: "a", prefix: "a/" },
    { name: "b", prefix: "a/b/" },
  ]);
  expect(crumbs("a//")).toEqual([
    { name: "a", prefix: "a/" },
    { name: "", prefix: "a//" },
  ]);
  expect(crumbs("half").map((c) => c.name)).toEqual(["half"]);
});
