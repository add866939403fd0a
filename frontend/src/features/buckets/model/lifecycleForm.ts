import type { Tag } from "@/lib/tags";
import { type Expire, type LifecycleRule, MAX_KEEP } from "./lifecycle";
import { joinSize, type SizeUnit, splitSize } from "./quota";

/** A rule as the form holds it while it is written. */
export interface RuleForm {
  id: string;
  prefix: string;
  tags: Tag[];
  above: { amount: string; unit: SizeUnit };
  below: { amount: string; unit: SizeUnit };
  expire: "none" | "days" | "date" | "markers";
  expireDays: string;
  expireDate: string;
  noncurrent: boolean;
  noncurrentDays: string;
  noncurrentKeep: string;
  abort: boolean;
  abortDays: string;
}

const shown = (count: number | undefined): string => (count === undefined ? "" : String(count));

/** The form of a rule, or of a new one. */
export function ruleForm(rule: LifecycleRule | undefined): RuleForm {
  const expire = rule?.expire;
  const after = typeof expire === "object" && "days" in expire ? expire.days : undefined;
  const on = typeof expire === "object" && "date" in expire ? expire.date : undefined;
  const size = (bytes: number | undefined) =>
    bytes === undefined ? { amount: "", unit: "MiB" as const } : splitSize(bytes);
  return {
    id: rule?.id ?? "",
    prefix: rule?.prefix ?? "",
    tags: rule?.tags ?? [],
    above: size(rule?.above),
    below: size(rule?.below),
    expire: expire === "markers" ? "markers" : after !== undefined ? "days" : on !== undefined ? "date" : "none",
    expireDays: shown(after),
    expireDate: on ?? "",
    noncurrent: rule?.noncurrentDays !== undefined,
    noncurrentDays: shown(rule?.noncurrentDays),
    noncurrentKeep: shown(rule?.noncurrentKeep),
    abort: rule?.abortDays !== undefined,
    abortDays: shown(rule?.abortDays),
  };
}

/** Tags that somebody wrote something in. */
export const meantTags = (form: RuleForm): Tag[] => form.tags.filter((tag) => tag.name !== "" || tag.value !== "");

const whole = (text: string): number => (/^\d+$/.test(text.trim()) ? Number(text) : Number.NaN);

/** The rule that the form says, in place of `before`; only for forms without faults. */
export function ruleOf(form: RuleForm, before: LifecycleRule | undefined): LifecycleRule {
  const expire: Expire =
    form.expire === "days"
      ? { days: whole(form.expireDays) }
      : form.expire === "date"
        ? { date: form.expireDate }
        : form.expire === "markers"
          ? "markers"
          : undefined;
  return {
    id: form.id,
    enabled: before?.enabled ?? true,
    prefix: form.prefix,
    tags: meantTags(form),
    above: joinSize(form.above.amount, form.above.unit),
    below: joinSize(form.below.amount, form.below.unit),
    expire,
    noncurrentDays: form.noncurrent ? whole(form.noncurrentDays) : undefined,
    noncurrentKeep: form.noncurrent && form.noncurrentKeep.trim() !== "" ? whole(form.noncurrentKeep) : undefined,
    abortDays: form.abort ? whole(form.abortDays) : undefined,
    transitions: before?.transitions ?? [],
    unknown: [],
  };
}

export type RuleField =
  | "id"
  | "prefix"
  | "tags"
  | "above"
  | "below"
  | "expire"
  | "expireDays"
  | "expireDate"
  | "noncurrentDays"
  | "noncurrentKeep"
  | "abort"
  | "abortDays"
  | "actions";

export type RuleFault =
  | "long"
  | "twice"
  | "tags"
  | "size"
  | "order"
  | "days"
  | "date"
  | "keep"
  | "with-tags"
  | "with-filter"
  | "nothing";

const MOST_DAYS = 2 ** 31 - 1;

/** What S3 would refuse in the form, by field; `others` are the ids of the bucket's other rules. */
export function ruleFaults(form: RuleForm, others: readonly string[], moves: boolean): Map<RuleField, RuleFault> {
  const faults = new Map<RuleField, RuleFault>();
  const days = (field: RuleField, text: string) => {
    if (!(whole(text) >= 1 && whole(text) <= MOST_DAYS)) faults.set(field, "days");
  };
  if ([...form.id].length > 255) faults.set("id", "long");
  if (form.id !== "" && others.includes(form.id)) faults.set("id", "twice");
  if (new TextEncoder().encode(form.prefix).length > 1024) faults.set("prefix", "long");
  const tags = meantTags(form);
  const broken = ({ name, value }: Tag) => name === "" || [...name].length > 128 || [...value].length > 256;
  if (tags.some(broken) || new Set(tags.map((tag) => tag.name)).size < tags.length) faults.set("tags", "tags");
  const above = joinSize(form.above.amount, form.above.unit);
  const below = joinSize(form.below.amount, form.below.unit);
  if (Number.isNaN(above)) faults.set("above", "size");
  if (Number.isNaN(below) || below === 0) faults.set("below", "size");
  else if (below !== undefined && above !== undefined && below <= above) faults.set("below", "order");
  if (form.expire === "days") days("expireDays", form.expireDays);
  if (form.expire === "date" && !/^\d{4}-\d{2}-\d{2}$/.test(form.expireDate)) faults.set("expireDate", "date");
  if (form.expire === "markers" && tags.length > 0) faults.set("expire", "with-tags");
  if (form.noncurrent) {
    days("noncurrentDays", form.noncurrentDays);
    const keep = form.noncurrentKeep.trim();
    if (keep !== "" && !(whole(keep) >= 1 && whole(keep) <= MAX_KEEP)) faults.set("noncurrentKeep", "keep");
  }
  if (form.abort) {
    days("abortDays", form.abortDays);
    if (tags.length > 0 || above !== undefined || below !== undefined) faults.set("abort", "with-filter");
  }
  if (form.expire === "none" && !form.noncurrent && !form.abort && !moves) faults.set("actions", "nothing");
  return faults;
}
