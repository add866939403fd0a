import { expect, test } from "vitest";
import {
  type Acl,
  CANNED_NAMES,
  cannedGrants,
  cannedName,
  givesOthers,
  givesPublic,
  grantFault,
  readAcl,
  writeAcl,
} from "./acl";
import { type CorsRule, corsFaults, corsForm, corsRule, readCors, vainOrigin, writeCors } from "./cors";
import { keepDraft, readDraft } from "./draft";
import { OWNERSHIPS, readOwnership, writeOwnership } from "./ownership";
import { openings, placeOf, policyFault, presetOf, publicPolicy, templates } from "./policy";
import { ALL_BLOCKED, BLOCKS, readPolicyStatus, readPublicAccess, writePublicAccess } from "./publicAccess";

const NS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const OWNER = { id: "a".repeat(64), name: "default" };
const OTHER = "b".repeat(64);

// --- access control lists ----------------------------------------------------------------------------------------------

test("an access control list survives writing and reading", () => {
  const acl: Acl = {
    owner: OWNER,
    grants: [
      { to: OWNER, permission: "FULL_CONTROL" },
      { to: { id: OTHER, name: "" }, permission: "READ_ACP" },
      { to: { group: "all" }, permission: "READ" },
      { to: { group: "authenticated" }, permission: "WRITE" },
      { to: { group: "logs" }, permission: "WRITE_ACP" },
    ],
  };
  // Names are the server's to tell; the form does not send them.
  const nameless = {
    owner: { ...OWNER, name: "" },
    grants: acl.grants.map((g) => (g.to.group === undefined ? { ...g, to: { ...g.to, name: "" } } : g)),
  };
  expect(readAcl(writeAcl(acl))).toEqual({ value: nameless, unknown: [] });
  expect(readAcl(writeAcl({ owner: OWNER, grants: [] })).value.grants).toEqual([]);
  expect(() => readAcl("<AccessControlPolicy>")).toThrow();
});

test("an access control list with something unknown says so", () => {
  const list = (grant: string, more = "") =>
    readAcl(
      `<AccessControlPolicy ${NS} ${XSI}><Owner><ID>${OWNER.id}</ID></Owner><AccessControlList>${grant}</AccessControlList>${more}</AccessControlPolicy>`,
    ).unknown;
  const grant = (grantee: string, permission = "READ") =>
    `<Grant>${grantee}<Permission>${permission}</Permission></Grant>`;
  const group = (uri: string) => `<Grantee xsi:type="Group"><URI>${uri}</URI></Grantee>`;
  expect(list(grant(group("http://acs.amazonaws.com/groups/global/AllUsers")))).toEqual([]);
  expect(list(grant(group("http://example.com/group")))).toEqual(["AccessControlList/Grant/Grantee"]);
  expect(list(grant(`<Grantee xsi:type="Robot"><ID>${OTHER}</ID></Grantee>`))).toEqual([
    "AccessControlList/Grant/Grantee",
  ]);
  expect(list(grant(group("http://acs.amazonaws.com/groups/global/AllUsers"), "SING"))).toEqual([
    "AccessControlList/Grant/Permission",
  ]);
  expect(list("", "<Expires>never</Expires>")).toEqual(["Expires"]);
});

test("lists with a name are known by what they grant", () => {
  for (const name of CANNED_NAMES) {
    const grants = cannedGrants(name, OWNER);
    expect(cannedName([...grants].reverse(), OWNER)).toBe(name);
    expect(givesPublic(grants)).toBe(["public-read", "public-read-write", "authenticated-read"].includes(name));
    expect(givesOthers({ owner: OWNER, grants })).toBe(name !== "private");
  }
  expect(
    cannedName([...cannedGrants("private", OWNER), { to: { id: OTHER, name: "" }, permission: "READ" }], OWNER),
  ).toBe(undefined);
  expect(cannedName([], OWNER)).toBeUndefined();
});

test("grants are refused for what S3 refuses, and for saying the same twice", () => {
  const grants = [...cannedGrants("public-read", OWNER), ...cannedGrants("public-read", OWNER)];
  expect(grants.map((_, i) => grantFault(grants, i))).toEqual([undefined, undefined, "twice", "twice"]);
  for (const id of ["", "b".repeat(63), "B".repeat(64), `${"b".repeat(63)}g`])
    expect(grantFault([{ to: { id, name: "" }, permission: "READ" }], 0), id).toBe("id");
});

// --- CORS --------------------------------------------------------------------------------------------------------------

const RULES: CorsRule[] = [
  {
    id: "a&b",
    origins: ["https://*.example.com", "http://localhost:3000"],
    methods: ["GET", "PUT"],
    allowHeaders: ["*"],
    exposeHeaders: ["ETag", "x-amz-meta-a"],
    maxAge: 3000,
  },
  { id: "", origins: ["*"], methods: ["DELETE"], allowHeaders: [], exposeHeaders: [], maxAge: undefined },
  { id: "zero", origins: ["*"], methods: ["HEAD"], allowHeaders: [], exposeHeaders: [], maxAge: 0 },
  { id: "less", origins: ["*"], methods: ["POST"], allowHeaders: [], exposeHeaders: [], maxAge: -1 },
];

test("rules survive writing and reading, and the form", () => {
  expect(readCors(writeCors(RULES))).toEqual({ value: RULES, unknown: [] });
  for (const rule of RULES) {
    expect(corsRule(corsForm(rule))).toEqual(rule);
    expect(corsFaults(corsForm(rule))).toEqual({});
  }
});

test("rules with something unknown say so", () => {
  const rule = (more: string) =>
    readCors(
      `<CORSConfiguration ${NS}><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>${more}</CORSRule></CORSConfiguration>`,
    ).unknown;
  expect(rule("")).toEqual([]);
  expect(rule("<AllowedOrigin>http://a</AllowedOrigin>")).toEqual([]);
  expect(rule("<AllowCredentials>true</AllowCredentials>")).toEqual(["CORSRule/AllowCredentials"]);
  expect(rule("<ID>a</ID><ID>b</ID>")).toEqual(["CORSRule/ID"]);
  expect(rule("<ID><Part>a</Part></ID>")).toEqual(["CORSRule/ID"]);
  expect(rule('<ID lang="en">a</ID>')).toEqual(["CORSRule/ID"]);
  expect(rule("words")).toEqual(["CORSRule"]);
  expect(rule("<AllowedMethod>PATCH</AllowedMethod>")).toEqual(["CORSRule/AllowedMethod"]);
  expect(rule("<MaxAgeSeconds>soon</MaxAgeSeconds>")).toEqual(["CORSRule/MaxAgeSeconds"]);
  expect(readCors(`<CORSConfiguration ${NS} mode="x"/>`).unknown).toEqual(["@mode"]);
});

test("rules are refused for what S3 refuses", () => {
  const faults = (part: Partial<ReturnType<typeof corsForm>>) => {
    const found = corsFaults({ ...corsForm(undefined), origins: "*", ...part });
    return Object.entries(found).map(([field, f]) => `${field} ${f.fault} ${f.entry}`.trim());
  };
  expect(faults({})).toEqual([]);
  expect(faults({ origins: " \n , " })).toEqual(["origins none"]);
  expect(faults({ methods: [] })).toEqual(["methods none"]);
  expect(faults({ origins: "http://a\nhttp://*.*" })).toEqual(["origins stars http://*.*"]);
  expect(faults({ origins: "http://a b" })).toEqual(["origins characters http://a b"]);
  expect(faults({ allowHeaders: "x-*-*" })).toEqual(["allowHeaders stars x-*-*"]);
  expect(faults({ allowHeaders: "größe" })).toEqual(["allowHeaders characters größe"]);
  expect(faults({ exposeHeaders: "ETag, x-*" })).toEqual(["exposeHeaders star x-*"]);
  expect(faults({ id: "x".repeat(256) })).toEqual([`id long ${"x".repeat(256)}`]);
  for (const maxAge of ["1.5", "x", "2147483648"]) expect(faults({ maxAge })).toEqual([`maxAge age ${maxAge}`]);
});

test("an origin that no browser sends is found", () => {
  const vain = (origins: string) => vainOrigin({ ...corsForm(undefined), origins });
  for (const good of ["*", "null", "http://a", "https://*.a.example:8443", "*.example.com", "http*://a", "app://x"])
    expect(vain(good), good).toBeUndefined();
  for (const bad of ["example.com", "localhost:3000", "https://a/", "https://a/app"]) expect(vain(bad), bad).toBe(bad);
});

// --- ownership and Block Public Access ---------------------------------------------------------------------------------

test("settings of ownership and Block Public Access survive writing and reading", () => {
  for (const setting of OWNERSHIPS)
    expect(readOwnership(writeOwnership(setting))).toEqual({ value: setting, unknown: [] });
  expect(readOwnership(undefined)).toEqual({ value: "ObjectWriter", unknown: [] });
  const none = readPublicAccess(undefined);
  expect(none).toEqual({ value: Object.fromEntries(BLOCKS.map((b) => [b, false])), unknown: [] });
  for (const block of BLOCKS) {
    const value = { ...none.value, [block]: true };
    expect(readPublicAccess(writePublicAccess(value))).toEqual({ value, unknown: [] });
  }
  expect(readPublicAccess(writePublicAccess(ALL_BLOCKED)).value).toEqual(ALL_BLOCKED);
  expect(readPolicyStatus(undefined)).toBe(false);
  for (const text of ["true", "TRUE", "false"])
    expect(readPolicyStatus(`<PolicyStatus ${NS}><IsPublic>${text}</IsPublic></PolicyStatus>`)).toBe(text !== "false");
});

test("settings that are unknown say so", () => {
  const controls = (inner: string) => readOwnership(`<OwnershipControls ${NS}>${inner}</OwnershipControls>`).unknown;
  const rule = (name: string) => `<Rule><ObjectOwnership>${name}</ObjectOwnership></Rule>`;
  expect(controls(rule("Everybody"))).toEqual(["Rule/ObjectOwnership"]);
  expect(controls(rule("ObjectWriter") + rule("ObjectWriter"))).toEqual(["Rule"]);
  const blocks = (inner: string) =>
    readPublicAccess(`<PublicAccessBlockConfiguration ${NS}>${inner}</PublicAccessBlockConfiguration>`).unknown;
  expect(blocks("<BlockPublicAcls>TRUE</BlockPublicAcls>")).toEqual([]);
  expect(blocks("<BlockPublicAcls>perhaps</BlockPublicAcls>")).toEqual(["BlockPublicAcls"]);
  expect(blocks("<BlockEverything>true</BlockEverything>")).toEqual(["BlockEverything"]);
});

// --- policies ----------------------------------------------------------------------------------------------------------

test("presets are known by what they say", () => {
  expect(presetOf(undefined, "b")).toBe("private");
  expect(presetOf(publicPolicy("b"), "b")).toBe("public");
  expect(presetOf(publicPolicy("b"), "other")).toBe("custom");
  const one = (part: object) =>
    JSON.stringify({
      Statement: {
        Effect: "Allow",
        Principal: { AWS: ["*"] },
        Action: ["s3:GetObject", "S3:ListBucket"],
        Resource: ["arn:aws:s3:::b/*", "arn:aws:s3:::b"],
        ...part,
      },
    });
  expect(presetOf(one({}), "b")).toBe("public");
  for (const part of [
    { Effect: "Deny" },
    { Principal: { AWS: "000000000000" } },
    { Action: "s3:GetObject" },
    { Action: ["s3:GetObject", "s3:ListBucket", "s3:PutObject"] },
    { Resource: "arn:aws:s3:::b/*" },
    { Resource: ["arn:aws:s3:::b/in/*", "arn:aws:s3:::b"] },
    { Condition: { Bool: { "aws:SecureTransport": "true" } } },
  ])
    expect(presetOf(one(part), "b"), JSON.stringify(part)).toBe("custom");
  expect(presetOf("{nonsense", "b")).toBe("custom");
});

test("what a policy opens to everybody is found before it is saved", () => {
  expect(openings(publicPolicy("b")).map((o) => o.actions)).toEqual([["s3:ListBucket"], ["s3:GetObject"]]);
  const policies = templates("b", "default");
  expect(openings(policies.user)).toEqual([]);
  expect(openings(policies.tls)).toEqual([]);
  expect(openings(policies.folder)).toEqual([
    { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/public/*"], conditional: false },
  ]);
  expect(openings(policies.network)).toMatchObject([{ conditional: true }]);
  expect(openings('{"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"NotAction":"s3:PutObject"}}')).toEqual([
    { actions: ["*"], resources: ["*"], conditional: false },
  ]);
  expect(openings("nonsense")).toEqual([]);
});

test("templates are policies, of the person's account", () => {
  for (const text of Object.values(templates("b", "123456789012"))) expect(policyFault(text)).toBeUndefined();
  expect(templates("b", "123456789012").user).toContain("arn:aws:iam::123456789012:user/NAME");
  expect(templates("b", "default").user).toContain("arn:aws:iam::000000000000:user/NAME");
});

test("a text that is no policy is refused", () => {
  expect(policyFault(" \n")).toBe("empty");
  expect(policyFault("[]")).toBe("object");
  expect(policyFault(`{"Id":"${"ü".repeat(10_240)}"}`)).toBe("long");
  expect(policyFault(`{"Id":"${"u".repeat(10_240)}"}`)).toBeUndefined();
});

test("the server's refusal is found in the text", () => {
  const text = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*" },
    { "Effect": "Permit", "Principal": "*", "Action": "s3:Sing", "Resource": "arn:aws:s3:::b/*", "When": "now" }
  ]
}`;
  const found = (refusal: string) => {
    const place = placeOf(text, refusal);
    return place && text.slice(place.from, place.to);
  };
  expect(found('Policy has invalid action: "s3:Sing" in Action of statement 2.')).toBe('"s3:Sing"');
  expect(found("Unknown field When in statement 2.")).toBe('"now"');
  expect(found('Invalid effect in statement 2: Effect must be "Allow" or "Deny".')).toMatch(/^\{ "Effect": "Permit"/);
  expect(found("Missing required field Sid in statement 1.")).toMatch(/^\{ "Effect": "Allow"/);
  expect(found('The policy must contain a valid version string: "2012-10-17" or "2008-10-17".')).toBe('"2012-10-17"');
  expect(found("Statement is empty.")).toBeUndefined();
  expect(placeOf("nonsense", "statement 1")).toBeUndefined();
});

test("a draft is kept for one person and one bucket, and is none when it is what is attached", () => {
  keepDraft("ada", "b", "draft", undefined);
  expect(readDraft("ada", "b")).toBe("draft");
  expect(readDraft("bob", "b")).toBeUndefined();
  expect(readDraft("ada", "c")).toBeUndefined();
  keepDraft("ada", "b", "attached", "attached");
  expect(readDraft("ada", "b")).toBeUndefined();
});
