import { expect, test } from "vitest";
import { partSizeOf } from "../api/transport";
import { found, picked } from "./files";
import { foldersOf, numbered } from "./naming";

const MIB = 1024 * 1024;

type Tree = { [name: string]: Tree | string };

/** A dropped folder, as browsers give it: entries with callbacks, a hundred at a time. */
function entry(name: string, tree: Tree | string, path = `/${name}`): FileSystemEntry {
  if (typeof tree === "string") {
    const file = (ok: (f: File) => void, failed: (e: unknown) => void) =>
      tree === "unreadable" ? failed(new Error("no")) : ok(new File([tree], name));
    return { isFile: true, isDirectory: false, name, fullPath: path, file } as unknown as FileSystemEntry;
  }
  return {
    isFile: false,
    isDirectory: true,
    name,
    fullPath: path,
    createReader: () => {
      const left = Object.entries(tree).map(([n, sub]) => entry(n, sub, `${path}/${n}`));
      return { readEntries: (ok: (some: FileSystemEntry[]) => void) => ok(left.splice(0, 100)) };
    },
  } as unknown as FileSystemEntry;
}

test("reads a dropped folder to its depths, in groups", async () => {
  const many: Tree = Object.fromEntries(Array.from({ length: 1234 }, (_, i) => [`f${i}`, "x"]));
  const groups: number[] = [];
  const paths: string[] = [];
  for await (const group of found(
    [entry("top", { deep: { er: { "a.txt": "x" } }, many }), entry("b.txt", "y")],
    () => {},
  )) {
    groups.push(group.length);
    paths.push(...group.map((f) => f.path));
  }
  expect(paths).toHaveLength(1236);
  expect(paths).toContain("top/deep/er/a.txt");
  expect(paths).toContain("b.txt");
  expect(Math.max(...groups)).toBeLessThanOrEqual(600);
  expect(groups.length).toBeGreaterThan(2);
});

test("tells what cannot be read, and reads the rest", async () => {
  const lost: string[] = [];
  const paths: string[] = [];
  const tree = entry("top", { bad: "unreadable", good: "x" });
  for await (const group of found([tree], (path) => lost.push(path))) paths.push(...group.map((f) => f.path));
  expect(lost).toEqual(["top/bad"]);
  expect(paths).toEqual(["top/good"]);
});

test("files of a chosen folder keep their path", () => {
  const file = new File(["x"], "a.txt");
  Object.defineProperty(file, "webkitRelativePath", { value: "dir/a.txt" });
  expect(picked([file, new File([""], "b.txt")]).map((f) => f.path)).toEqual(["dir/a.txt", "b.txt"]);
});

test.each([
  ["a/report.pdf", 2, "a/report (2).pdf"],
  ["a.b/report", 3, "a.b/report (3)"],
  [".hidden", 2, ".hidden (2)"],
  ["x/.hidden", 2, "x/.hidden (2)"],
  ["archive.tar.gz", 2, "archive.tar (2).gz"],
])("%s, for the %dth time, is %s", (key, n, name) => {
  expect(numbered(key, n)).toBe(name);
});

test("folders of a key, outermost first", () => {
  expect(foldersOf("in/a/b/c.txt", "in/")).toEqual(["in/a/", "in/a/b/"]);
  expect(foldersOf("c.txt", "")).toEqual([]);
});

test("parts are large enough for the largest files, and no larger than the server takes", () => {
  expect(partSizeOf(100 * MIB, 5 * MIB, 5 * 1024 * MIB)).toBe(16 * MIB);
  const huge = 5 * 1024 ** 4;
  const size = partSizeOf(huge, 5 * MIB, 5 * 1024 * MIB);
  expect(Math.ceil(huge / size)).toBeLessThanOrEqual(10_000);
  expect(partSizeOf(100 * MIB, 5 * MIB, 8 * MIB)).toBe(8 * MIB);
});
