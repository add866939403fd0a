import { expect, test } from "vitest";
import { fieldTime, timeOf } from "./fieldtime";

test("a field knows no seconds, and changes nothing that it does not show", () => {
  const before = "2026-06-03T10:00:42.123Z";
  const field = fieldTime(new Date(before));
  expect(timeOf(field, before)).toBe(before);
  expect(timeOf(field, undefined)).toBe("2026-06-03T10:00:00.000Z");
  expect(timeOf("", before)).toBeUndefined();
  expect(timeOf("soon", before)).toBeUndefined();
});
