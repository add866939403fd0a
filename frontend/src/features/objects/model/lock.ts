import type { Retention } from "@myfsio/client";
import { fieldTime } from "@/lib/fieldtime";

/** A retention as the form holds it: the time in the person's own zone, as the browser's field writes it. */
export interface RetentionForm {
  mode: Retention["mode"] | "none";
  until: string;
}

const DAY_MS = 86_400_000;

export const retentionForm = (now: Retention | undefined, clock: Date): RetentionForm => ({
  mode: now?.mode ?? "none",
  until: fieldTime(now === undefined ? new Date(clock.getTime() + 30 * DAY_MS) : new Date(now.until)),
});

/** What is wrong with a change, or what it needs; undefined: nothing. */
export type RetentionFault = "same" | "date" | "past" | "bypass" | "compliance";

export interface RetentionChange {
  /** What is to be stored; undefined: no retention. */
  next: Retention | undefined;
  /** It shortens or ends a retention in the mode GOVERNANCE. */
  bypass: boolean;
  fault: RetentionFault | undefined;
}

/** What the form says, in place of the retention that is there. */
export function retentionChange(
  form: RetentionForm,
  now: Retention | undefined,
  mayBypass: boolean,
  clock: Date,
): RetentionChange {
  const holds = now !== undefined && new Date(now.until) > clock;
  if (form.mode === "none") {
    const bypass = holds && now.mode === "GOVERNANCE";
    const fault =
      now === undefined ? "same" : holds && !bypass ? "compliance" : bypass && !mayBypass ? "bypass" : undefined;
    return { next: undefined, bypass, fault };
  }
  // The field knows no seconds: a time that nobody changed is the one that is there.
  const untouched = now !== undefined && form.until === fieldTime(new Date(now.until));
  const until = untouched ? new Date(now.until) : new Date(form.until);
  if (Number.isNaN(until.getTime())) return { next: undefined, bypass: false, fault: "date" };
  const next: Retention = { mode: form.mode, until: until.toISOString() };
  if (untouched && now.mode === form.mode) return { next, bypass: false, fault: "same" };
  if (until <= clock) return { next, bypass: false, fault: "past" };
  const longer = now !== undefined && now.mode === form.mode && until >= new Date(now.until);
  if (!holds || longer) return { next, bypass: false, fault: undefined };
  if (now.mode === "COMPLIANCE") return { next, bypass: false, fault: "compliance" };
  return { next, bypass: true, fault: mayBypass ? undefined : "bypass" };
}
