import { type JsonNode, member, readJson } from "@/lib/json";
import { arn } from "../hints";

/** Bytes that a bucket policy can have. */
export const MAX_POLICY = 20 * 1024;

export type Preset = "private" | "public" | "custom";

const print = (policy: unknown): string => JSON.stringify(policy, null, 2);
const policyOf = (...statements: object[]): string => print({ Version: "2012-10-17", Statement: statements });

/** The policy by which anybody may list the bucket and read its objects. */
export const publicPolicy = (bucket: string): string =>
  policyOf(
    { Sid: "PublicList", Effect: "Allow", Principal: "*", Action: "s3:ListBucket", Resource: arn(bucket) },
    { Sid: "PublicRead", Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `${arn(bucket)}/*` },
  );

/** The strings of a member that may be one or a list. */
const listOf = (node: JsonNode | undefined): string[] =>
  node === undefined ? [] : node.kind === "array" ? node.members.map((m) => m.value.text) : [node.text];

const statementsOf = (policy: JsonNode | undefined): JsonNode[] => {
  const statements = member(policy, "Statement");
  return statements === undefined
    ? []
    : statements.kind === "array"
      ? statements.members.map((m) => m.value)
      : [statements];
};

const isEverybody = (principal: JsonNode | undefined): boolean =>
  principal?.kind === "object" ? listOf(member(principal, "AWS")).includes("*") : principal?.text === "*";

/** A statement that allows everybody something. */
export interface Opening {
  actions: string[];
  resources: string[];
  /** It holds under conditions, which may or may not keep the public out. */
  conditional: boolean;
}

/** The statements of a policy that allow everybody something; none where the text is no JSON. */
export const openings = (text: string): Opening[] =>
  statementsOf(readJson(text).value)
    .filter((s) => member(s, "Effect")?.text === "Allow" && isEverybody(member(s, "Principal")))
    .map((s) => ({
      actions: member(s, "Action") ? listOf(member(s, "Action")) : ["*"],
      resources: member(s, "Resource") ? listOf(member(s, "Resource")) : ["*"],
      conditional: (member(s, "Condition")?.members.length ?? 0) > 0,
    }));

/** Which preset a policy is; another text than ours that says the same is the preset as well. */
export function presetOf(text: string | undefined, bucket: string): Preset {
  if (text === undefined) return "private";
  const statements = statementsOf(readJson(text).value);
  const found = new Set<string>();
  for (const s of statements) {
    const plain = s.members.every((m) => ["Sid", "Effect", "Principal", "Action", "Resource"].includes(m.name));
    if (!plain || member(s, "Effect")?.text !== "Allow" || !isEverybody(member(s, "Principal"))) return "custom";
    // Only everybody: who else is named gets nothing that everybody does not have.
    for (const action of listOf(member(s, "Action"))) {
      for (const resource of listOf(member(s, "Resource"))) found.add(`${action.toLowerCase()} ${resource}`);
    }
  }
  const list = `s3:listbucket ${arn(bucket)}`;
  const read = `s3:getobject ${arn(bucket)}/*`;
  // The other two pairs of the same words allow nothing: a listing is of a bucket, reading of an object.
  for (const vain of [`s3:listbucket ${arn(bucket)}/*`, `s3:getobject ${arn(bucket)}`]) found.delete(vain);
  return found.size === 2 && found.has(list) && found.has(read) ? "public" : "custom";
}

export type TemplateId = "user" | "account" | "readers" | "folder" | "network" | "tls" | "keep";

/** Policies to begin with; names in capitals are to be replaced. */
export function templates(bucket: string, account: string): Record<TemplateId, string> {
  const number = /^\d{12}$/.test(account) ? account : "000000000000";
  const everything = [arn(bucket), `${arn(bucket)}/*`];
  const allow = (Sid: string, Principal: unknown, Action: unknown, Resource: unknown, Condition?: object) => ({
    Sid,
    Effect: "Allow",
    Principal,
    Action,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
  });
  const deny = (Sid: string, Action: unknown, Resource: unknown, Condition?: object) => ({
    ...allow(Sid, "*", Action, Resource, Condition),
    Effect: "Deny",
  });
  return {
    user: policyOf(
      allow("UserList", { AWS: `arn:aws:iam::${number}:user/NAME` }, "s3:ListBucket", arn(bucket)),
      allow(
        "UserReadWrite",
        { AWS: `arn:aws:iam::${number}:user/NAME` },
        ["s3:GetObject", "s3:PutObject"],
        `${arn(bucket)}/*`,
      ),
    ),
    account: policyOf(allow("AccountRead", { AWS: "ACCOUNT" }, ["s3:ListBucket", "s3:GetObject"], everything)),
    readers: policyOf(allow("PublicRead", "*", "s3:GetObject", `${arn(bucket)}/*`)),
    folder: policyOf(allow("PublicFolder", "*", "s3:GetObject", `${arn(bucket)}/public/*`)),
    network: policyOf(
      allow("NetworkRead", "*", ["s3:ListBucket", "s3:GetObject"], everything, {
        IpAddress: { "aws:SourceIp": "192.0.2.0/24" },
      }),
    ),
    tls: policyOf(deny("OnlyEncrypted", "s3:*", everything, { Bool: { "aws:SecureTransport": "false" } })),
    keep: policyOf(deny("NoDeletes", ["s3:DeleteObject", "s3:DeleteObjectVersion"], `${arn(bucket)}/*`)),
  };
}

export type PolicyFault = "empty" | "object" | "long";

/** What S3 would refuse of the text as a whole, beside faults of its JSON. */
export function policyFault(text: string): PolicyFault | undefined {
  if (text.trim() === "") return "empty";
  if (new TextEncoder().encode(text.trim()).length > MAX_POLICY) return "long";
  const { value } = readJson(text);
  return value !== undefined && value.kind !== "object" ? "object" : undefined;
}

/** Where in a policy the thing is that the server's refusal speaks of: a statement, and a text that it quotes. */
export function placeOf(text: string, refusal: string): { from: number; to: number } | undefined {
  const { value } = readJson(text);
  const number = /\bstatement (\d+)\b/i.exec(refusal)?.[1];
  const statement = number === undefined ? undefined : statementsOf(value)[Number(number) - 1];
  const within = statement ?? value;
  if (within === undefined) return undefined;
  for (const [, quoted] of refusal.matchAll(/("(?:[^"\\]|\\.)*")/g)) {
    const found = quoted === undefined ? undefined : quotedIn(within, quoted);
    if (found !== undefined) return found;
  }
  const name = /\bfield (\w+)/.exec(refusal)?.[1];
  const named = within.members.find((m) => m.name === name)?.value ?? statement;
  return named && { from: named.from, to: named.to };
}

/** The first string of a value that is the quoted one. */
function quotedIn(node: JsonNode, quoted: string): { from: number; to: number } | undefined {
  if (node.kind === "string" && JSON.stringify(node.text) === quoted) return { from: node.from, to: node.to };
  for (const { value } of node.members) {
    const found = quotedIn(value, quoted);
    if (found !== undefined) return found;
  }
  return undefined;
}
