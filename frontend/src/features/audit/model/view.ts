import { oneOf, type Search, text } from "@/lib/search";

export const KINDS = ["change", "authentication", "refusal", "data", "system"] as const;
export type Kind = (typeof KINDS)[number];
export const OUTCOMES = ["ok", "denied", "failed"] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** How far back, by name and in seconds; "between" goes by `from` and `to`. */
export const SPANS = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 } as const;
export const TIMES = ["hour", "day", "week", "month", "between"] as const;
export type Time = (typeof TIMES)[number];

/** What the audit log shows, as its address says. Times are as a field has them, in the person's zone. */
export interface AuditView {
  time?: Time | undefined;
  from?: string | undefined;
  to?: string | undefined;
  kind?: Kind | undefined;
  outcome?: Outcome | undefined;
  user?: string | undefined;
  operation?: string | undefined;
  bucket?: string | undefined;
  request?: string | undefined;
  /** Number of the line whose details are open. */
  line?: string | undefined;
}

const moment = (value: unknown): string | undefined => {
  const said = text(value);
  return said !== undefined && !Number.isNaN(Date.parse(said)) ? said : undefined;
};

export function readAuditView(search: Search): AuditView {
  const time = oneOf(TIMES, search.time);
  return {
    time,
    from: time === "between" ? moment(search.from) : undefined,
    to: time === "between" ? moment(search.to) : undefined,
    kind: oneOf(KINDS, search.kind),
    outcome: oneOf(OUTCOMES, search.outcome),
    user: text(search.user),
    operation: text(search.operation),
    bucket: text(search.bucket),
    request: text(search.request),
    line: text(search.line),
  };
}

/** Whether anything narrows what is shown. */
export const isFiltered = ({ line: _, ...filters }: AuditView): boolean =>
  Object.values(filters).some((value) => value !== undefined);

/** The view without its filters; the open line goes with them. */
export const unfiltered: AuditView = {};

export interface Filters {
  from?: string;
  to?: string;
  kind?: Kind;
  outcome?: Outcome;
  user?: string;
  operation?: string;
  bucket?: string;
  request?: string;
}

/** The view's filters as the server takes them, at a moment. */
export function filtersOf(view: AuditView, now: Date): Filters {
  const at = (value: string | undefined) => (value === undefined ? undefined : new Date(value).toISOString());
  const { time, kind, outcome, user, operation, bucket, request } = view;
  const from =
    time === "between"
      ? at(view.from)
      : time === undefined
        ? undefined
        : new Date(now.getTime() - SPANS[time] * 1000).toISOString();
  const all = {
    from,
    to: time === "between" ? at(view.to) : undefined,
    kind,
    outcome,
    user,
    operation,
    bucket,
    request,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Where the filtered lines can be downloaded. */
export const exportUrl = (view: AuditView, now: Date): string =>
  `/myfsio/audit/export?${new URLSearchParams(filtersOf(view, now) as Record<string, string>)}`;
