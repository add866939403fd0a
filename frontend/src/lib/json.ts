/** What is wrong with a JSON text. `name` is the member that stands twice. */
export type JsonFaultKind =
  | "value"
  | "name"
  | "colon"
  | "comma"
  | "closing-comma"
  | "open"
  | "string"
  | "escape"
  | "control"
  | "number"
  | "deep"
  | "after"
  | "twice";

/** A fault and where it is: from `from` to `to`, in UTF-16 units. */
export interface JsonFault {
  kind: JsonFaultKind;
  from: number;
  to: number;
  name?: string;
}

/** A value and where it stands. `text` is that of a string, or a number, true, false or null as it is written. */
export interface JsonNode {
  kind: "object" | "array" | "string" | "other";
  from: number;
  to: number;
  text: string;
  /** Of an object, each with its name, and of an array. */
  members: { name: string; value: JsonNode }[];
}

/** What there is to know of a text: its value, unless it is no JSON, and its faults, at most one of which ended the reading. */
export interface JsonText {
  value: JsonNode | undefined;
  faults: JsonFault[];
}

/** Levels of nesting that are read; no document of S3 has so many. */
const DEEPEST = 64;

class Stop extends Error {
  readonly fault: JsonFault;
  constructor(kind: JsonFaultKind, from: number, to: number) {
    super(kind);
    this.fault = { kind, from, to };
  }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}\p{N}_$.+-]+/uy;

/** Reads strict JSON, by RFC 8259, that has no member twice in one object. */
export function readJson(text: string): JsonText {
  const faults: JsonFault[] = [];
  let at = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? "";
  };
  const skip = () => {
    at += match(SPACE).length;
  };
  /** A fault at what stands here: a word, or one character; at the end the last one. */
  const stop = (kind: JsonFaultKind, from = at): never => {
    const end = Math.min(text.length, at + Math.max(1, match(WORD).length));
    throw new Stop(kind, Math.min(from, Math.max(0, text.length - 1)), end);
  };

  const string = (): string => {
    const from = at;
    at += 1;
    for (;;) {
      const c = text[at];
      if (c === undefined || c === "\n" || c === "\r") throw new Stop("string", from, at);
      if (c < " ") stop("control");
      at += 1;
      if (c === '"') return JSON.parse(text.slice(from, at)) as string;
      if (c !== "\\") continue;
      const escaped = /^(?:["\\/bfnrt]|u[\da-fA-F]{4})/.exec(text.slice(at, at + 5))?.[0];
      if (escaped === undefined) throw new Stop("escape", at - 1, Math.min(text.length, at + 1));
      at += escaped.length;
    }
  };

  const value = (depth: number): JsonNode => {
    const node: JsonNode = { kind: "other", from: at, to: at, text: "", members: [] };
    const c = text[at];
    if (c === "{" || c === "[") {
      if (depth === DEEPEST) stop("deep");
      node.kind = c === "{" ? "object" : "array";
      members(node, depth);
    } else if (c === '"') {
      node.kind = "string";
      node.text = string();
    } else {
      const word = match(WORD);
      node.text = match(NUMBER);
      if (node.text === "" && !["true", "false", "null"].includes(word))
        stop(/^[-\d.+]/.test(word) ? "number" : "value");
      if (node.text !== "" && node.text.length < word.length) stop("number");
      node.text = word;
      at += word.length;
    }
    node.to = at;
    return node;
  };

  const members = (node: JsonNode, depth: number) => {
    const closing = node.kind === "object" ? "}" : "]";
    const names = new Set<string>();
    at += 1;
    skip();
    for (let comma = -1; text[at] !== closing; ) {
      if (text[at] === undefined) throw new Stop("open", node.from, node.from + 1);
      if (node.members.length > 0 && comma < 0) stop("comma");
      let name = "";
      if (node.kind === "object") {
        const from = at;
        if (text[at] !== '"') stop("name");
        name = string();
        if (names.has(name)) faults.push({ kind: "twice", from, to: at, name });
        names.add(name);
        skip();
        if (text[at] !== ":") stop("colon");
        at += 1;
        skip();
      }
      node.members.push({ name, value: value(depth + 1) });
      skip();
      comma = text[at] === "," ? at : -1;
      if (comma < 0) continue;
      at += 1;
      skip();
      if (text[at] === closing) throw new Stop("closing-comma", comma, comma + 1);
    }
    at += 1;
  };

  try {
    skip();
    const node = value(0);
    skip();
    if (at < text.length) throw new Stop("after", at, text.length);
    return { value: node, faults };
  } catch (thrown) {
    if (!(thrown instanceof Stop)) throw thrown;
    return { value: undefined, faults: [...faults, thrown.fault] };
  }
}

/** The member of an object. */
export const member = (node: JsonNode | undefined, name: string): JsonNode | undefined =>
  node?.kind === "object" ? node.members.find((m) => m.name === name)?.value : undefined;

/** The line, from 1, on which a place of a text is. */
export const lineAt = (text: string, at: number): number => text.slice(0, at).split("\n").length;

/** A text with one member on each line. Strings and numbers stay as they are written; what is no JSON stays whole. */
export function prettyJson(text: string): string {
  const { value } = readJson(text);
  if (value === undefined) return text;
  const print = (node: JsonNode, indent: string): string => {
    if (node.members.length === 0) {
      return node.kind === "object" ? "{}" : node.kind === "array" ? "[]" : text.slice(node.from, node.to);
    }
    const inner = `${indent}  `;
    const lines = node.members.map(
      ({ name, value }) => `${inner}${node.kind === "object" ? `${JSON.stringify(name)}: ` : ""}${print(value, inner)}`,
    );
    const [open, close] = node.kind === "object" ? "{}" : "[]";
    return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
  };
  return print(value, "");
}
