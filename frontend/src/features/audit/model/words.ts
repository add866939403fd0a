import type { Kind, Outcome, Time } from "./view";

// The console's words for what the address and the server name, as ids of messages.

export const TIME_TEXT = {
  hour: "audit.time-hour",
  day: "audit.time-day",
  week: "audit.time-week",
  month: "audit.time-month",
  between: "audit.time-between",
} as const satisfies Record<Time, string>;

export const OUTCOME_TEXT = {
  ok: "audit.outcome-ok",
  denied: "audit.outcome-denied",
  failed: "audit.outcome-failed",
} as const satisfies Record<Outcome, string>;

export const KIND_TEXT = {
  change: "audit.kind-change",
  authentication: "audit.kind-authentication",
  refusal: "audit.kind-refusal",
  data: "audit.kind-data",
  system: "audit.kind-system",
} as const satisfies Record<Kind, string>;
