import { expect, test } from "vitest";
import { every, nothing, only, pressed, pruned, ranged, toggled } from "./selection";

const order = ["a", "b", "c", "d", "e"];
const keys = (s: { keys: ReadonlySet<string> }) => [...s.keys].sort().join("");
const plain = { shift: false, toggle: false };

test("a press selects one row, and only that", () => {
  const first = pressed(nothing, order, "b", plain);
  expect(keys(first)).toBe("b");
  expect(keys(pressed(first, order, "d", plain))).toBe("d");
});

test("with Ctrl a press adds and takes away", () => {
  let now = pressed(only("b"), order, "d", { shift: false, toggle: true });
  expect(keys(now)).toBe("bd");
  now = pressed(now, order, "b", { shift: false, toggle: true });
  expect(keys(now)).toBe("d");
});

test("with Shift a press selects from the anchor, up or down, and the anchor stays", () => {
  let now = pressed(only("c"), order, "e", { shift: true, toggle: false });
  expect(keys(now)).toBe("cde");
  now = pressed(now, order, "a", { shift: true, toggle: false });
  expect(keys(now)).toBe("abc");
  expect(now.anchor).toBe("c");
});

test("with Ctrl and Shift a range is added", () => {
  const now = toggled(toggled(nothing, "a"), "d");
  expect(keys(pressed(now, order, "e", { shift: true, toggle: true }))).toBe("ade");
});

test("a range without an anchor, or with one that is gone, is the row itself", () => {
  expect(keys(ranged(nothing, order, "c"))).toBe("c");
  expect(keys(ranged(only("gone"), order, "c"))).toBe("c");
  expect(ranged(only("a"), order, "gone")).toEqual(only("a"));
});

test("rows that are gone leave the selection; nothing gone, nothing changed", () => {
  const now = toggled(only("a"), "e");
  expect(keys(pruned(now, ["a", "b"]))).toBe("a");
  expect(pruned(now, ["a", "b"]).anchor).toBeUndefined();
  expect(pruned(now, order)).toBe(now);
});

test("selects a hundred thousand rows in a moment", () => {
  const many = Array.from({ length: 100_000 }, (_, i) => `k${i}`);
  const began = performance.now();
  const all = every(many, nothing);
  expect(all.keys.size).toBe(100_000);
  expect(pruned(all, many)).toBe(all);
  expect(performance.now() - began).toBeLessThan(500);
});
