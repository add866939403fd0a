import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { parseSync } from "vite";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "..");
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => name.split(sep).join("/"));
const read = (name: string) => readFileSync(join(src, name), "utf8");

/** Modules that a file imports, as paths below src; packages as they are named. */
function importsOf(name: string): string[] {
  const found = [...read(name).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((m) => m[1] as string);
  return found.map((to) => {
    if (to.startsWith("@/")) return to.slice(2);
    if (!to.startsWith(".")) return to;
    return relative(src, join(src, name, "..", to))
      .split(sep)
      .join("/");
  });
}
const featureOf = (path: string) => /^features\/([^/]+)\//.exec(path)?.[1];

test("no feature imports another, and none imports the app", () => {
  for (const name of files) {
    const own = featureOf(name);
    if (own === undefined) continue;
    for (const to of importsOf(name)) {
      const other = featureOf(to);
      expect(other === undefined || other === own, `${name} imports ${to}`).toBe(true);
      expect(to.startsWith("app/"), `${name} imports ${to}`).toBe(false);
    }
  }
});

test("what is shared imports no feature and no page", () => {
  for (const name of files.filter((f) => /^(lib|components|locales)\//.test(f))) {
    for (const to of importsOf(name)) expect(/^(features|app)\//.test(to), `${name} imports ${to}`).toBe(false);
  }
});

test("models know nothing of React's elements, but for the one hook that watches the uploads", () => {
  for (const name of files.filter((f) => /^features\/[^/]+\/model\//.test(f)))
    expect(name.endsWith(".ts"), name).toBe(true);
});

test("a file has at most 700 lines, the catalogue aside", () => {
  for (const name of files.filter((f) => !f.startsWith("locales/"))) {
    expect(read(name).split("\n").length, name).toBeLessThanOrEqual(700);
  }
});

// --- texts -------------------------------------------------------------------------------------------------------------

interface Node {
  type: string;
  [member: string]: unknown;
}
/** Attributes that a person reads or hears. */
const SPOKEN = new Set([
  "aria-label",
  "aria-description",
  "alt",
  "title",
  "label",
  "description",
  "placeholder",
  "text",
  "action",
  "failure",
  "error",
  "nothingFound",
]);
const words = (text: unknown) => typeof text === "string" && /\p{L}{2}/u.test(text);

function untranslated(node: unknown, found: string[], spoken = false): void {
  if (Array.isArray(node)) {
    for (const child of node) untranslated(child, found, spoken);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  const n = node as Node;
  if (n.type === "JSXText" && words(n.value)) found.push(String(n.value).trim());
  if (spoken && n.type === "Literal" && words(n.value)) found.push(String(n.value));
  if (spoken && n.type === "TemplateElement" && words((n.value as { raw: string }).raw)) {
    found.push((n.value as { raw: string }).raw);
  }
  if (n.type === "JSXAttribute") {
    const name = (n.name as { name: unknown }).name;
    untranslated(n.value, found, SPOKEN.has(String(name)));
    return;
  }
  // The arguments of a call are no texts by themselves (ids of messages are among them), nor is what is compared.
  const off = n.type === "CallExpression" || n.type === "BinaryExpression" || n.type === "MemberExpression";
  for (const [member, child] of Object.entries(n)) {
    if (member === "type" || member === "start" || member === "end") continue;
    if (n.type === "ConditionalExpression" && member === "test") untranslated(child, found, false);
    else untranslated(child, found, n.type === "JSXExpressionContainer" ? spoken : spoken && !off);
  }
}

test("every text is in the catalogue", () => {
  for (const name of files.filter((f) => f.endsWith(".tsx") && !f.includes(".test."))) {
    const found: string[] = [];
    untranslated(parseSync(name, read(name), { lang: "tsx" }).program, found);
    expect(found, name).toEqual([]);
  }
});

test("every message of the catalogue is used", async () => {
  const { en } = await import("@/locales/en");
  const all = files
    .filter((f) => !f.startsWith("locales/") && !f.includes(".test."))
    .map(read)
    .join("\n");
  const unused = Object.keys(en).filter((id) => !all.includes(`"${id}"`));
  expect(unused).toEqual([]);
});
