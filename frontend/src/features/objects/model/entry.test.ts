import { expect, test } from "vitest";
import { chosenOf, single, sizeOf } from "./chosen";
import { filtered, keyOfRow, type ObjectRow, type Row, sorted } from "./entry";
import { kindOf, previewOf } from "./kind";

const object = (name: string, size = 0, at = 0): ObjectRow => ({
  kind: "object",
  key: `p/${name}`,
  name,
  size,
  modified: new Date(at).toISOString(),
  at,
  etag: "",
  contentType: "",
  storageClass: "STANDARD",
});
const folder = (name: string): Row => ({ kind: "folder", key: `p/${name}/`, name });
const names = (rows: readonly Row[]) => rows.map((r) => r.name).join(" ");

const rows: Row[] = [folder("x"), folder("y"), object("B", 3, 2), object("a", 9, 1), object("b", 3, 3)];

test("folders stay first, whatever the rows are sorted by", () => {
  expect(names(sorted(rows, "name", false))).toBe("x y B a b");
  expect(names(sorted(rows, "name", true))).toBe("y x b a B");
  expect(names(sorted(rows, "size", true))).toBe("x y a B b");
  expect(names(sorted(rows, "modified", false))).toBe("x y a B b");
  expect(names(sorted([object("c"), object("a"), folder("z")], "name", false))).toBe("z a c");
  expect(names(rows)).toBe("x y B a b");
});

test("a hundred thousand rows are sorted in a moment", () => {
  const many = Array.from({ length: 100_000 }, (_, i) =>
    object(`f${String(i).padStart(6, "0")}`, (i * 7919) % 100_003),
  );
  const began = performance.now();
  sorted(many, "size", true);
  sorted(many, "name", true);
  expect(performance.now() - began).toBeLessThan(1000);
});

test("a filter wants all words, in any case", () => {
  expect(filtered(rows, undefined)).toBe(rows);
  expect(filtered(rows, "  ")).toBe(rows);
  expect(names(filtered([object("Report 2026.pdf"), object("report.txt")], "report PDF"))).toBe("Report 2026.pdf");
});

test("an object and a folder marker of the same key are two rows", () => {
  expect(keyOfRow({ kind: "folder", key: "a/", name: "a" })).not.toBe(keyOfRow({ ...object("a"), key: "a/" }));
});

test("what was picked is told apart", () => {
  const both = chosenOf([rows[0] as Row, rows[2] as Row, rows[3] as Row]);
  expect(both.folders).toEqual(["p/x/"]);
  expect(sizeOf(both)).toBe(12);
  expect(single(both)).toBeUndefined();
  expect(single(chosenOf([rows[2] as Row]))?.name).toBe("B");
});

test("kinds come from the type, else from the name", () => {
  expect(kindOf("a.bin", "image/png")).toBe("image");
  expect(kindOf("a.json", "application/octet-stream")).toBe("json");
  expect(kindOf("a", "application/problem+json; charset=utf-8")).toBe("json");
  expect(kindOf("x/Makefile", "")).toBe("code");
  expect(kindOf("a.tar.gz", "")).toBe("archive");
  expect(kindOf("a", "")).toBe("other");
  expect(previewOf("archive")).toBeUndefined();
  expect(previewOf("code")).toBe("text");
});
