import { expect, test } from "vitest";
import { bytes, duration, exactBytes, percent, rate, relative } from "./format";

test.each([
  [0, "0 B"],
  [1, "1 B"],
  [1023, "1,023 B"],
  [1024, "1 KiB"],
  [1536, "1.5 KiB"],
  [10 * 1024, "10 KiB"],
  [153 * 1024 ** 2, "153 MiB"],
  [1024 ** 2 - 1, "1 MiB"],
  [99.96 * 1024, "100 KiB"],
  [5 * 1024 ** 4, "5 TiB"],
  [2 ** 63, "8 EiB"],
])("%d bytes are %s", (size, text) => {
  expect(bytes(size)).toBe(text);
});

test("exact bytes have their plural and separators", () => {
  expect(exactBytes(1)).toBe("1 byte");
  expect(exactBytes(1_234_567)).toBe("1,234,567 bytes");
});

test("rates and shares", () => {
  expect(rate(1.5 * 1024 ** 2)).toBe("1.5 MiB/s");
  expect(percent(0)).toBe("0%");
  expect(percent(0.9999)).toBe("99%");
  expect(percent(1)).toBe("100%");
});

test.each([
  [0, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [125, "2 min 5 s"],
  [3600, "1 h"],
  [11_400, "3 h 10 min"],
  [86_400, "1 day"],
  [604_800, "7 days"],
  [90_000, "1 day 1 h"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test("times are told from now", () => {
  const now = new Date("2026-11-20T12:00:00Z");
  const at = (time: string) => relative(new Date(time), now);
  expect(at("2026-11-20T11:59:55Z")).toBe("now");
  expect(at("2026-11-20T11:59:30Z")).toBe("30 seconds ago");
  expect(at("2026-11-20T11:15:00Z")).toBe("45 minutes ago");
  expect(at("2026-11-19T11:00:00Z")).toBe("yesterday");
  expect(at("2026-11-01T11:00:00Z")).toBe("2 weeks ago");
  expect(at("2024-11-01T11:00:00Z")).toBe("2 years ago");
});
