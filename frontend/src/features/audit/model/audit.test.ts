import { expect, test } from "vitest";
import { aLine } from "@/test/console";
import { outcomeOf, whatOf, whoOf } from "./entry";
import { exportUrl, filtersOf, isFiltered, readAuditView, unfiltered } from "./view";

test("an address is read, and what is none of it is left out", () => {
  expect(readAuditView({})).toEqual({});
  expect(readAuditView({ time: "day", kind: "refusal", outcome: "denied", user: "ada", line: "7" })).toMatchObject({
    time: "day",
    kind: "refusal",
    outcome: "denied",
    user: "ada",
    line: "7",
  });
  const odd = readAuditView({ time: "century", kind: "x", outcome: "y", user: "", from: "2026-01-01T10:00" });
  expect(Object.values(odd).every((value) => value === undefined)).toBe(true);
  expect(readAuditView({ time: "between", from: "2026-01-01T10:00", to: "never" })).toMatchObject({
    from: "2026-01-01T10:00",
    to: undefined,
  });
});

test("times become those of the server", () => {
  const now = new Date("2026-05-04T10:00:00Z");
  expect(filtersOf({ time: "hour", bucket: "b", line: "1" }, now)).toEqual({
    from: "2026-05-04T09:00:00.000Z",
    bucket: "b",
  });
  const from = "2026-05-01T08:30";
  expect(filtersOf({ time: "between", from }, now)).toEqual({ from: new Date(from).toISOString() });
  expect(exportUrl({ user: "a b&c" }, now)).toBe("/myfsio/audit/export?user=a+b%26c");
});

test("only filters count as such", () => {
  expect(isFiltered({ line: "3" })).toBe(false);
  expect(isFiltered({ bucket: "b" })).toBe(true);
  expect(isFiltered(unfiltered)).toBe(false);
});

test("a line is told in words", () => {
  expect(outcomeOf(aLine({}))).toBe("ok");
  expect(outcomeOf(aLine({ status: 403 }))).toBe("denied");
  expect(outcomeOf(aLine({ kind: "authentication", status: 200 }))).toBe("denied");
  expect(outcomeOf(aLine({ status: 409 }))).toBe("failed");
  expect(whoOf(aLine({ user: undefined }))).toBe("AKIAADA");
  expect(whoOf(aLine({ user: undefined, accessKey: undefined }))).toBe("nobody");
  expect(whoOf(aLine({ kind: "authentication", user: undefined, accessKey: undefined }))).toBe("somebody unknown");
  expect(whoOf(aLine({ kind: "system" }))).toBe("the server");
  expect(whatOf(aLine({ bucket: "b", key: "k/l" }))).toBe("b/k/l");
  expect(whatOf(aLine({ bucket: "b" }))).toBe("b");
  expect(whatOf(aLine({ target: "bob" }))).toBe("bob");
});
