import { expect, test } from "vitest";
import { MAX_TAGS, type Tag, tagFault } from "@/lib/tags";
import { joinSize, readCount, splitSize } from "./quota";
import { readTags, writeTags } from "./tags";

test("tags survive writing and reading, whatever they hold", () => {
  const tags: Tag[] = [
    { name: "team", value: "a&b <c> \"d\" 'e'" },
    { name: "größe", value: "" },
    { name: "lines", value: " one\r\ntwo " },
  ];
  expect(readTags(writeTags(tags))).toEqual(tags);
  expect(readTags(writeTags([]))).toEqual([]);
  expect(writeTags(tags)).toContain("a&amp;b &lt;c&gt;");
  expect(() => readTags("<Tagging><TagSet>")).toThrow();
});

test("tags are refused for what S3 refuses", () => {
  const fault = (name: string, value = "") => tagFault([{ name, value }], 0);
  expect(MAX_TAGS).toBe(50);
  expect(fault("cost centre", "a/b:c=d+e-f@g")).toBeUndefined();
  expect(fault("x".repeat(128), "y".repeat(256))).toBeUndefined();
  expect(fault("")).toBe("empty");
  expect(fault("x".repeat(129))).toBe("name-long");
  expect(fault("x", "y".repeat(257))).toBe("value-long");
  expect(fault("aws:x")).toBe("reserved");
  expect(fault("a&b")).toBe("characters");
  const twice = [
    { name: "a", value: "1" },
    { name: "a", value: "2" },
  ];
  expect([tagFault(twice, 0), tagFault(twice, 1)]).toEqual([undefined, "twice"]);
});

test("limits are shown in the unit in which they are whole, and read back the same", () => {
  expect(splitSize(undefined)).toEqual({ amount: "", unit: "GiB" });
  expect(splitSize(5 * 1024 ** 3)).toEqual({ amount: "5", unit: "GiB" });
  expect(splitSize(1536)).toEqual({ amount: "1536", unit: "B" });
  for (const size of [0, 1, 1023, 1024, 3 * 1024 ** 4, 2048 * 1024 ** 4]) {
    const { amount, unit } = splitSize(size);
    expect(joinSize(amount, unit)).toBe(size);
  }
  expect(joinSize("1.5", "KiB")).toBe(1536);
  expect(joinSize(" ", "GiB")).toBeUndefined();
  for (const bad of ["-1", "x", "1e3", "99999999999"]) expect(joinSize(bad, "TiB"), bad).toBeNaN();
  expect(readCount("12")).toBe(12);
  expect(readCount("")).toBeUndefined();
  for (const bad of ["1.5", "-2", "many"]) expect(readCount(bad), bad).toBeNaN();
});
