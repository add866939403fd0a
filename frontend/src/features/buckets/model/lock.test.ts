import { expect, test } from "vitest";
import { type DefaultRetention, readLock, readPeriod, writeLock } from "./lock";

test("Object Lock survives writing and reading", () => {
  const retentions: (DefaultRetention | undefined)[] = [
    undefined,
    { mode: "GOVERNANCE", period: 30, unit: "Days" },
    { mode: "COMPLIANCE", period: 7, unit: "Years" },
  ];
  for (const retention of retentions) {
    expect(readLock(writeLock(retention))).toEqual({ value: { enabled: true, retention }, unknown: [] });
  }
  expect(readLock(undefined)).toEqual({ value: { enabled: false, retention: undefined }, unknown: [] });
});

test("what the form does not know is told", () => {
  const unknown = (rule: string) =>
    readLock(`<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`)
      .unknown;
  expect(unknown("<Extra/>")).toEqual(["Extra"]);
  expect(unknown("<Rule><DefaultRetention><Mode>FOREVER</Mode><Days>1</Days></DefaultRetention></Rule>")).toEqual([
    "Rule/DefaultRetention",
  ]);
  expect(unknown("<Rule><DefaultRetention><Mode>GOVERNANCE</Mode></DefaultRetention></Rule>")).toEqual([
    "Rule/DefaultRetention",
  ]);
});

test("periods are whole and within bounds", () => {
  expect([readPeriod("1", "Days"), readPeriod(" 36500 ", "Days"), readPeriod("100", "Years")]).toEqual([1, 36500, 100]);
  for (const text of ["", "0", "1.5", "-1", "36501", "x"]) expect(readPeriod(text, "Days"), text).toBeNaN();
  expect(readPeriod("101", "Years")).toBeNaN();
});
