import { elements, type Known, parseXml, S3NS, type Shape, strangers, textOf } from "./xml";

export const LOCK_MODES = ["GOVERNANCE", "COMPLIANCE"] as const;
export type LockMode = (typeof LOCK_MODES)[number];
export const LOCK_UNITS = ["Days", "Years"] as const;
export type LockUnit = (typeof LOCK_UNITS)[number];

/** The longest default retention. */
const MOST: Record<LockUnit, number> = { Days: 36_500, Years: 100 };

/** For how long a new version is protected that names no time of its own. */
export interface DefaultRetention {
  mode: LockMode;
  period: number;
  unit: LockUnit;
}

/** The Object Lock of a bucket. */
export interface ObjectLock {
  enabled: boolean;
  retention: DefaultRetention | undefined;
}

const SHAPE: Shape = {
  ObjectLockEnabled: "text",
  Rule: { of: { DefaultRetention: { of: { Mode: "text", Days: "text", Years: "text" } } } },
};

/** Reads an ObjectLockConfiguration, undefined for none; throws when it is no XML. */
export function readLock(document: string | undefined): Known<ObjectLock> {
  if (document === undefined) return { value: { enabled: false, retention: undefined }, unknown: [] };
  const root = parseXml(document);
  const unknown = strangers(root, SHAPE);
  const enabled = textOf(root, "ObjectLockEnabled") === "Enabled";
  const [rule] = elements(root, "Rule", "DefaultRetention");
  if (rule === undefined) return { value: { enabled, retention: undefined }, unknown };
  const mode = LOCK_MODES.find((m) => m === textOf(rule, "Mode"));
  const unit = LOCK_UNITS.find((u) => elements(rule, u).length > 0);
  const period = unit === undefined ? Number.NaN : readPeriod(textOf(rule, unit), unit);
  if (mode === undefined || unit === undefined || Number.isNaN(period)) {
    return { value: { enabled, retention: undefined }, unknown: [...unknown, "Rule/DefaultRetention"] };
  }
  return { value: { enabled, retention: { mode, period, unit } }, unknown };
}

/** An ObjectLockConfiguration that has Object Lock on. */
export const writeLock = (retention: DefaultRetention | undefined): string =>
  `<ObjectLockConfiguration ${S3NS}><ObjectLockEnabled>Enabled</ObjectLockEnabled>${
    retention === undefined
      ? ""
      : `<Rule><DefaultRetention><Mode>${retention.mode}</Mode><${retention.unit}>${retention.period}</${retention.unit}></DefaultRetention></Rule>`
  }</ObjectLockConfiguration>`;

/** What was entered as days or years; NaN for what S3 does not take. */
export function readPeriod(text: string, unit: LockUnit): number {
  const period = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return period >= 1 && period <= MOST[unit] ? period : Number.NaN;
}
