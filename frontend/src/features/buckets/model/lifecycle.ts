import type { LifecycleRule as PreviewRule } from "@myfsio/client";
import type { Tag } from "@/lib/tags";
import { elements, escapeXml, parseXml, S3NS, type Shape, strangers, textOf, texts } from "./xml";

/** Rules that a bucket can have. */
export const MAX_RULES = 1000;
/** Newer noncurrent versions that a rule can keep. */
export const MAX_KEEP = 100;

/** What becomes of current versions. A date is a day in UTC, "2027-01-31". */
export type Expire = { days: number } | { date: string } | "markers" | undefined;

/** A move to another storage class, with the text of its days or its date. */
export interface Transition {
  storageClass: string;
  days: string;
  date: string;
  /** Of noncurrent versions. */
  noncurrent: boolean;
}

export interface LifecycleRule {
  /** Empty: the server makes one. */
  id: string;
  enabled: boolean;
  prefix: string;
  tags: Tag[];
  /** Bytes: only larger objects. */
  above: number | undefined;
  /** Bytes: only smaller objects. */
  below: number | undefined;
  expire: Expire;
  noncurrentDays: number | undefined;
  noncurrentKeep: number | undefined;
  abortDays: number | undefined;
  /** Shown, and kept as they are. */
  transitions: Transition[];
  /** What stands in the rule and in no field of the form: a rule that has any is not written by the form. */
  unknown: string[];
}

export interface Lifecycle {
  /** The document that the rules were read from; undefined: the bucket has none. */
  document: string | undefined;
  rules: LifecycleRule[];
  /** What stands beside the rules; it stays in the document. */
  unknown: string[];
}

const TAG = { Key: "text", Value: "text" } as const;
const CONDITIONS = { Prefix: "text", ObjectSizeGreaterThan: "text", ObjectSizeLessThan: "text" } as const;

const RULE: Shape = {
  ID: "text",
  Prefix: "text",
  Filter: { of: { ...CONDITIONS, Tag: { of: TAG }, And: { of: { ...CONDITIONS, Tag: { many: true, of: TAG } } } } },
  Status: "text",
  Expiration: { of: { Days: "text", Date: "text", ExpiredObjectDeleteMarker: "text" } },
  NoncurrentVersionExpiration: { of: { NoncurrentDays: "text", NewerNoncurrentVersions: "text" } },
  AbortIncompleteMultipartUpload: { of: { DaysAfterInitiation: "text" } },
  Transition: { many: true, of: { Days: "text", Date: "text", StorageClass: "text" } },
  NoncurrentVersionTransition: {
    many: true,
    of: { NoncurrentDays: "text", NewerNoncurrentVersions: "text", StorageClass: "text" },
  },
};

/** Reads a LifecycleConfiguration; throws when it is no XML. */
export function readLifecycle(document: string | undefined): Lifecycle {
  if (document === undefined) return { document, rules: [], unknown: [] };
  const root = parseXml(document);
  const beside = [...root.children].filter((child) => child.localName !== "Rule").map((child) => child.localName);
  return { document, rules: elements(root, "Rule").map(readRule), unknown: [...new Set(beside)] };
}

function readRule(rule: Element): LifecycleRule {
  const unknown = strangers(rule, RULE);
  const count = (least: number, ...path: string[]): number | undefined => {
    const [element] = elements(rule, ...path);
    if (element === undefined) return undefined;
    const text = element.textContent?.trim() ?? "";
    if (/^\d+$/.test(text) && Number(text) >= least && Number.isSafeInteger(Number(text))) return Number(text);
    unknown.push(path.join("/"));
    return undefined;
  };
  const [and] = elements(rule, "Filter", "And");
  const [filter] = and === undefined ? elements(rule, "Filter") : [and];
  const within = and === undefined ? ["Filter"] : ["Filter", "And"];
  // A condition beside And, or a prefix beside a filter, is nothing that S3 has.
  if (and !== undefined && elements(rule, "Filter")[0]?.children.length !== 1) unknown.push("Filter");
  if (filter !== undefined && elements(rule, "Prefix").length > 0) unknown.push("Prefix");
  return {
    id: textOf(rule, "ID"),
    enabled: textOf(rule, "Status") === "Enabled",
    prefix: filter === undefined ? textOf(rule, "Prefix") : textOf(filter, "Prefix"),
    tags: (filter === undefined ? [] : elements(filter, "Tag")).map((tag) => ({
      name: textOf(tag, "Key"),
      value: textOf(tag, "Value"),
    })),
    above: count(0, ...within, "ObjectSizeGreaterThan"),
    below: count(1, ...within, "ObjectSizeLessThan"),
    expire: readExpire(rule, count(1, "Expiration", "Days"), unknown),
    noncurrentDays: count(1, "NoncurrentVersionExpiration", "NoncurrentDays"),
    noncurrentKeep: count(1, "NoncurrentVersionExpiration", "NewerNoncurrentVersions"),
    abortDays: count(1, "AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    transitions: [
      ...elements(rule, "Transition").map((e) => readTransition(e, "Days", false)),
      ...elements(rule, "NoncurrentVersionTransition").map((e) => readTransition(e, "NoncurrentDays", true)),
    ],
    unknown: [...new Set(unknown)],
  };
}

function readExpire(rule: Element, days: number | undefined, unknown: string[]): Expire {
  const date = textOf(rule, "Expiration", "Date").trim();
  const marker = textOf(rule, "Expiration", "ExpiredObjectDeleteMarker").trim();
  const day = /^(\d{4}-\d{2}-\d{2})(?:T00:00:00(?:\.0+)?(?:Z|\+00:00))?$/.exec(date)?.[1];
  // A time that is no midnight, and a marker that is false or stands beside another condition, are in no field.
  if (date !== "" && (day === undefined || days !== undefined)) unknown.push("Expiration/Date");
  if (marker !== "" && (marker.toLowerCase() !== "true" || days !== undefined || date !== ""))
    unknown.push("Expiration/ExpiredObjectDeleteMarker");
  if (days !== undefined) return { days };
  if (day !== undefined) return { date: day };
  return marker.toLowerCase() === "true" ? "markers" : undefined;
}

const readTransition = (e: Element, days: string, noncurrent: boolean): Transition => ({
  storageClass: textOf(e, "StorageClass"),
  days: textOf(e, days),
  date: textOf(e, "Date"),
  noncurrent,
});

const one = (name: string, text: string | number | undefined): string =>
  text === undefined ? "" : texts(name, [String(text)]);

function filterOf(rule: LifecycleRule): string {
  const conditions = [
    one("Prefix", rule.prefix === "" ? undefined : rule.prefix),
    ...rule.tags.map((tag) => `<Tag><Key>${escapeXml(tag.name)}</Key><Value>${escapeXml(tag.value)}</Value></Tag>`),
    one("ObjectSizeGreaterThan", rule.above),
    one("ObjectSizeLessThan", rule.below),
  ].filter((condition) => condition !== "");
  const all = conditions.join("");
  return `<Filter>${conditions.length > 1 ? `<And>${all}</And>` : all}</Filter>`;
}

function actionsOf({ expire, noncurrentDays, noncurrentKeep, abortDays }: LifecycleRule): string {
  const what =
    expire === undefined
      ? ""
      : expire === "markers"
        ? one("ExpiredObjectDeleteMarker", "true")
        : "days" in expire
          ? one("Days", expire.days)
          : one("Date", `${expire.date}T00:00:00Z`);
  return [
    what === "" ? "" : `<Expiration>${what}</Expiration>`,
    noncurrentDays === undefined
      ? ""
      : `<NoncurrentVersionExpiration>${one("NoncurrentDays", noncurrentDays)}${one(
          "NewerNoncurrentVersions",
          noncurrentKeep,
        )}</NoncurrentVersionExpiration>`,
    abortDays === undefined
      ? ""
      : `<AbortIncompleteMultipartUpload>${one("DaysAfterInitiation", abortDays)}</AbortIncompleteMultipartUpload>`,
  ].join("");
}

const EMPTY = `<LifecycleConfiguration ${S3NS}></LifecycleConfiguration>`;

/** Changes the document in place, so that all which is not meant stays as it is. Undefined: no rule is left. */
function changed(now: Lifecycle, change: (root: Element, rules: Element[]) => void): string | undefined {
  const root = parseXml(now.document ?? EMPTY);
  change(root, elements(root, "Rule"));
  if (elements(root, "Rule").length === 0) return undefined;
  // A carriage return that is written as it is would be read as the end of a line.
  return new XMLSerializer().serializeToString(root).replaceAll("\r", "&#13;");
}

/** The document with the rule at `index` in another form, or with one more rule when there is none at `index`. */
export function withRule(now: Lifecycle, index: number, rule: LifecycleRule): string {
  const document = changed(now, (root, rules) => {
    const old = rules[index];
    const space = root.namespaceURI === null ? "" : ` xmlns="${root.namespaceURI}"`;
    const text = `<Rule${space}>${one("ID", rule.id === "" ? undefined : rule.id)}${filterOf(rule)}${one(
      "Status",
      rule.enabled ? "Enabled" : "Disabled",
    )}${actionsOf(rule)}</Rule>`;
    const made = (root.ownerDocument as Document).importNode(parseXml(text), true);
    if (old === undefined) {
      root.append(made);
      return;
    }
    made.append(...elements(old, "Transition"), ...elements(old, "NoncurrentVersionTransition"));
    old.replaceWith(made);
  });
  return document as string;
}

/** The document with the rule at `index` enabled or disabled, and everything else as it is. */
export const withStatus = (now: Lifecycle, index: number, enabled: boolean): string =>
  changed(now, (_, rules) => {
    const [status] = elements(rules[index] as Element, "Status");
    if (status !== undefined) status.textContent = enabled ? "Enabled" : "Disabled";
  }) as string;

/** The document without the rule at `index`; undefined: it was the last one. */
export const withoutRule = (now: Lifecycle, index: number): string | undefined =>
  changed(now, (_, rules) => rules[index]?.remove());

/** The enabled rules, as a dry run takes them: without those that it cannot count, as they do nothing or say what is unknown here. */
export const tried = (rules: readonly LifecycleRule[]): PreviewRule[] =>
  rules
    .filter((rule) => rule.enabled && rule.unknown.length === 0)
    .filter((rule) => (rule.expire ?? rule.noncurrentDays ?? rule.abortDays) !== undefined)
    .map((rule) => {
      const { expire } = rule;
      const date = typeof expire === "object" && "date" in expire ? `${expire.date}T00:00:00Z` : undefined;
      return {
        id: rule.id,
        prefix: rule.prefix || undefined,
        tags: rule.tags.map((tag) => ({ key: tag.name, value: tag.value })),
        sizeGreaterThan: rule.above,
        sizeLessThan: rule.below,
        expireDays: typeof expire === "object" && "days" in expire ? expire.days : undefined,
        expireDate: date,
        expireMarkers: expire === "markers" || undefined,
        noncurrentDays: rule.noncurrentDays,
        newerNoncurrentVersions: rule.noncurrentKeep,
        abortUploadDays: rule.abortDays,
      };
    });
