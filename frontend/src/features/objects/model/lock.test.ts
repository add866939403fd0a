import { expect, test } from "vitest";
import { fieldTime } from "@/lib/fieldtime";
import { retentionChange, retentionForm } from "./lock";

const clock = new Date("2026-05-04T10:00:30.500Z");
const at = (text: string) => fieldTime(new Date(text));
const governance = { mode: "GOVERNANCE", until: "2026-06-01T00:00:12.345Z" } as const;
const compliance = { mode: "COMPLIANCE", until: "2026-06-01T00:00:12.345Z" } as const;
const ended = { mode: "COMPLIANCE", until: "2026-05-01T00:00:00.000Z" } as const;
const later = at("2026-07-01T00:00:00Z");
const sooner = at("2026-05-20T00:00:00Z");

test("a form that nobody touched says what is there", () => {
  expect(retentionForm(undefined, clock)).toEqual({ mode: "none", until: fieldTime(new Date("2026-06-03T10:00:00Z")) });
  for (const now of [undefined, governance, compliance]) {
    expect(retentionChange(retentionForm(now, clock), now, true, clock).fault).toBe("same");
  }
});

test("a new one must end in the future", () => {
  const change = (until: string) => retentionChange({ mode: "GOVERNANCE", until }, undefined, false, clock);
  expect(change(later)).toEqual({
    next: { mode: "GOVERNANCE", until: "2026-07-01T00:00:00.000Z" },
    bypass: false,
    fault: undefined,
  });
  expect(change(at("2026-05-04T10:00:00Z")).fault).toBe("past");
  expect(change("").fault).toBe("date");
});

test("one that holds is made longer freely, and loosened only by bypassing governance", () => {
  const change = (
    form: Parameters<typeof retentionChange>[0],
    now: typeof governance | typeof compliance,
    may: boolean,
  ) => {
    const { bypass, fault } = retentionChange(form, now, may, clock);
    return [bypass, fault];
  };
  expect(change({ mode: "GOVERNANCE", until: later }, governance, false)).toEqual([false, undefined]);
  expect(change({ mode: "GOVERNANCE", until: sooner }, governance, false)).toEqual([true, "bypass"]);
  expect(change({ mode: "GOVERNANCE", until: sooner }, governance, true)).toEqual([true, undefined]);
  expect(change({ mode: "COMPLIANCE", until: later }, governance, false)).toEqual([true, "bypass"]);
  expect(change({ mode: "COMPLIANCE", until: later }, governance, true)).toEqual([true, undefined]);
  expect(change({ mode: "none", until: later }, governance, false)).toEqual([true, "bypass"]);
  expect(change({ mode: "none", until: later }, governance, true)).toEqual([true, undefined]);
  expect(change({ mode: "COMPLIANCE", until: later }, compliance, true)).toEqual([false, undefined]);
  expect(change({ mode: "COMPLIANCE", until: sooner }, compliance, true)).toEqual([false, "compliance"]);
  expect(change({ mode: "GOVERNANCE", until: later }, compliance, true)).toEqual([false, "compliance"]);
  expect(change({ mode: "none", until: later }, compliance, true)).toEqual([false, "compliance"]);
});

test("one that has ended is as none, but can be taken away", () => {
  expect(retentionChange({ mode: "none", until: later }, ended, false, clock)).toEqual({
    next: undefined,
    bypass: false,
    fault: undefined,
  });
  expect(retentionChange({ mode: "GOVERNANCE", until: later }, ended, false, clock).fault).toBeUndefined();
});
