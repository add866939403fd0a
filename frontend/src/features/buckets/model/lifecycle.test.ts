import { expect, test } from "vitest";
import {
  type Lifecycle,
  type LifecycleRule,
  readLifecycle,
  tried,
  withoutRule,
  withRule,
  withStatus,
} from "./lifecycle";
import { type RuleForm, ruleFaults, ruleForm, ruleOf } from "./lifecycleForm";
import { parseXml } from "./xml";

const none: Lifecycle = readLifecycle(undefined);

const plain: LifecycleRule = {
  id: "r",
  enabled: true,
  prefix: "",
  tags: [],
  above: undefined,
  below: undefined,
  expire: { days: 30 },
  noncurrentDays: undefined,
  noncurrentKeep: undefined,
  abortDays: undefined,
  transitions: [],
  unknown: [],
};

const RULES: [string, Partial<LifecycleRule>][] = [
  ["after days", {}],
  ["of a prefix that needs escaping", { prefix: 'a&b <"c">\r\n é/' }],
  ["of one tag", { tags: [{ name: "a", value: "" }] }],
  [
    "of all conditions",
    {
      prefix: "p",
      tags: [
        { name: "a", value: "1" },
        { name: "b", value: "<2>" },
      ],
      above: 0,
      below: 5,
    },
  ],
  ["of larger ones", { above: 1024 }],
  ["disabled, on a day", { enabled: false, expire: { date: "2027-01-31" } }],
  ["markers", { expire: "markers" }],
  ["earlier versions", { expire: undefined, noncurrentDays: 7 }],
  ["earlier versions but some", { expire: undefined, noncurrentDays: 7, noncurrentKeep: 3 }],
  ["uploads", { expire: undefined, abortDays: 2 }],
  ["everything", { noncurrentDays: 1, noncurrentKeep: 100, abortDays: 9 }],
];

test.each(RULES)("a rule survives writing and reading: %s", (_, part) => {
  const rule = { ...plain, ...part };
  const read = readLifecycle(withRule(none, 0, rule));
  expect(read.rules).toEqual([rule]);
  expect(read.unknown).toEqual([]);
  // And so does what the form makes of it.
  expect(ruleOf(ruleForm(rule), rule)).toEqual(rule);
  expect(ruleFaults(ruleForm(rule), [], false)).toEqual(new Map());
});

test("conditions are joined only where there are several", () => {
  const filter = (rule: Partial<LifecycleRule>) =>
    /<Filter.*Filter>|<Filter\/>/.exec(withRule(none, 0, { ...plain, ...rule }))?.[0];
  expect(filter({})).toBe("<Filter/>");
  expect(filter({ prefix: "a" })).toBe("<Filter><Prefix>a</Prefix></Filter>");
  expect(filter({ prefix: "a", below: 9 })).toBe(
    "<Filter><And><Prefix>a</Prefix><ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter>",
  );
});

const STRANGE = `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>old</ID><Prefix>a&#13;b</Prefix><Status>Disabled</Status><Expiration><Days>3</Days></Expiration></Rule><Rule><ID>moves</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition><Transition><Date>2027-01-01T00:00:00.000Z</Date><StorageClass>DEEP_ARCHIVE</StorageClass></Transition><NoncurrentVersionTransition><NoncurrentDays>9</NoncurrentDays><NewerNoncurrentVersions>2</NewerNoncurrentVersions><StorageClass>STANDARD_IA</StorageClass></NoncurrentVersionTransition></Rule><Rule><ID>new</ID><Filter><Colour>blue</Colour></Filter><Status>Enabled</Status><Expiration><Days>3</Days></Expiration><Fancy on="1"><Deep>x</Deep></Fancy></Rule><Beside>y</Beside></LifecycleConfiguration>`;

test("what the form does not know is told, and stays through every change of something else", () => {
  const now = readLifecycle(STRANGE);
  expect(now.unknown).toEqual(["Beside"]);
  expect(now.rules.map((rule) => rule.unknown)).toEqual([[], [], ["Filter/Colour", "Fancy"]]);
  const rules = (document: string | undefined) => {
    const root = parseXml(document ?? "<none/>");
    return [...root.children].map((child) => child.outerHTML);
  };
  const before = rules(STRANGE);
  expect(rules(withStatus(now, 2, false))).toEqual([
    before[0],
    before[1],
    before[2]?.replace("Enabled", "Disabled"),
    before[3],
  ]);
  expect(rules(withoutRule(now, 0))).toEqual([before[1], before[2], before[3]]);
  const added = rules(withRule(now, 3, plain));
  expect(added.slice(0, 4)).toEqual(before);
  expect(added).toHaveLength(5);
  const edited = rules(withRule(now, 0, { ...(now.rules[0] as LifecycleRule), enabled: true }));
  expect(edited.slice(1)).toEqual(before.slice(1));
  // The carriage return is in the text that is sent, not the end of a line.
  expect(withStatus(now, 2, false)).toContain("a&#13;b");
});

test("transitions are shown, and kept when their rule is edited", () => {
  const now = readLifecycle(STRANGE);
  const rule = now.rules[1] as LifecycleRule;
  expect(rule.transitions).toEqual([
    { storageClass: "GLACIER", days: "30", date: "", noncurrent: false },
    { storageClass: "DEEP_ARCHIVE", days: "", date: "2027-01-01T00:00:00.000Z", noncurrent: false },
    { storageClass: "STANDARD_IA", days: "9", date: "", noncurrent: true },
  ]);
  expect(ruleFaults(ruleForm(rule), [], true).size).toBe(0);
  const text = withRule(now, 1, ruleOf({ ...ruleForm(rule), prefix: "other/" }, rule));
  const again = readLifecycle(text).rules[1];
  expect(again).toEqual({ ...rule, prefix: "other/" });
  expect(text).toContain("<NewerNoncurrentVersions>2</NewerNoncurrentVersions>");
  expect(text.match(/<Transition>/g)).toHaveLength(2);
});

test("the last rule takes the document with it", () => {
  const now = readLifecycle(withRule(none, 0, plain));
  expect(withoutRule(now, 0)).toBeUndefined();
});

test.each([
  [
    "<Expiration><ExpiredObjectDeleteMarker>false</ExpiredObjectDeleteMarker></Expiration>",
    "ExpiredObjectDeleteMarker",
  ],
  ["<Expiration><Date>2027-01-01T05:00:00Z</Date></Expiration>", "Date"],
  ["<Expiration><Days>soon</Days></Expiration>", "Days"],
  ["<Expiration><Days>1</Days><Days>2</Days></Expiration>", "Days"],
  ["<Prefix>a</Prefix><Expiration><Days>1</Days></Expiration>", "Prefix"],
  ["<Expiration><Days>1</Days></Expiration>some text", "Rule"],
])("what no field can hold is unknown: %s", (inner, name) => {
  const text = `<LifecycleConfiguration><Rule><ID>x</ID><Filter/><Status>Enabled</Status>${inner}</Rule></LifecycleConfiguration>`;
  expect(readLifecycle(text).rules[0]?.unknown.join()).toContain(name);
});

test("a document without a namespace stays without one", () => {
  const now = readLifecycle(
    "<LifecycleConfiguration><Rule><ID>a</ID><Filter/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>",
  );
  expect(withRule(now, 1, plain)).not.toContain("xmlns");
});

test("a dry run tries the rules that are enabled and known", () => {
  const rules = [
    {
      ...plain,
      prefix: "a",
      tags: [{ name: "k", value: "v" }],
      above: 1,
      below: 9,
      noncurrentDays: 2,
      noncurrentKeep: 3,
    },
    { ...plain, id: "off", enabled: false },
    { ...plain, id: "day", expire: { date: "2027-01-31" } },
    { ...plain, id: "markers", expire: "markers" as const, abortDays: 4 },
    { ...plain, id: "unknown", unknown: ["Fancy"] },
    {
      ...plain,
      id: "moves",
      expire: undefined,
      transitions: [{ storageClass: "X", days: "1", date: "", noncurrent: false }],
    },
  ];
  const sent = JSON.parse(JSON.stringify(tried(rules)));
  expect(sent).toEqual([
    {
      id: "r",
      prefix: "a",
      tags: [{ key: "k", value: "v" }],
      sizeGreaterThan: 1,
      sizeLessThan: 9,
      expireDays: 30,
      noncurrentDays: 2,
      newerNoncurrentVersions: 3,
    },
    { id: "day", tags: [], expireDate: "2027-01-31T00:00:00Z" },
    { id: "markers", tags: [], expireMarkers: true, abortUploadDays: 4 },
  ]);
});

test.each<[Partial<RuleForm>, string, string]>([
  [{ id: "x".repeat(256) }, "id", "long"],
  [{ id: "taken" }, "id", "twice"],
  [{ prefix: "é".repeat(513) }, "prefix", "long"],
  [{ tags: [{ name: "", value: "v" }] }, "tags", "tags"],
  [
    {
      tags: [
        { name: "a", value: "1" },
        { name: "a", value: "2" },
      ],
    },
    "tags",
    "tags",
  ],
  [{ above: { amount: "x", unit: "B" } }, "above", "size"],
  [{ below: { amount: "0", unit: "B" } }, "below", "size"],
  [{ above: { amount: "1", unit: "KiB" }, below: { amount: "1024", unit: "B" } }, "below", "order"],
  [{ expireDays: "0" }, "expireDays", "days"],
  [{ expireDays: "1.5" }, "expireDays", "days"],
  [{ expireDays: "2147483648" }, "expireDays", "days"],
  [{ expire: "date", expireDate: "" }, "expireDate", "date"],
  [{ expire: "markers", tags: [{ name: "a", value: "1" }] }, "expire", "with-tags"],
  [{ noncurrent: true, noncurrentDays: "" }, "noncurrentDays", "days"],
  [{ noncurrent: true, noncurrentDays: "1", noncurrentKeep: "101" }, "noncurrentKeep", "keep"],
  [{ abort: true, abortDays: "" }, "abortDays", "days"],
  [{ abort: true, abortDays: "1", above: { amount: "1", unit: "B" } }, "abort", "with-filter"],
  [{ expire: "none" }, "actions", "nothing"],
])("what S3 refuses is refused: %o", (part, field, fault) => {
  expect([...ruleFaults({ ...ruleForm(plain), ...part }, ["taken"], false)]).toEqual([[field, fault]]);
});
