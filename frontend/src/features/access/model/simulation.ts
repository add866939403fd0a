import type { SimulationOutcome, SimulationRequest } from "@myfsio/client";
import { type Search, text } from "@/lib/search";

export const SIMULATE = "iam:SimulatePrincipalPolicy";

/** What is asked, as the address of the page says. */
export interface SimulationView {
  /** Name, access key or ARN; "anonymous"; absent for nobody in particular. */
  principal?: string | undefined;
  /** Names of actions, with commas between them. */
  actions?: string | undefined;
  /** ARNs, buckets or bucket/key, one a line. */
  resources?: string | undefined;
  /** Condition keys with their values, in the form of a query. */
  context?: string | undefined;
}

export const readSimulationView = (search: Search): SimulationView => ({
  principal: text(search.principal),
  actions: text(search.actions),
  resources: text(search.resources),
  context: text(search.context),
});

/** A condition key and a value of it. */
export interface Condition {
  key: string;
  value: string;
}

export const readContext = (context: string | undefined): Condition[] =>
  [...new URLSearchParams(context ?? "")].map(([key, value]) => ({ key, value }));

/** Rows without a key say nothing. */
export function printContext(rows: readonly Condition[]): string | undefined {
  const said = rows.filter((row) => row.key.trim() !== "").map((row): [string, string] => [row.key.trim(), row.value]);
  return said.length === 0 ? undefined : new URLSearchParams(said).toString();
}

const split = (list: string | undefined, by: RegExp): string[] =>
  (list ?? "")
    .split(by)
    .map((part) => part.trim())
    .filter((part) => part !== "");

export const actionsOf = (view: SimulationView): string[] => split(view.actions, /[\s,]+/);

const arnOf = (resource: string): string =>
  resource === "*" || resource.startsWith("arn:") ? resource : `arn:aws:s3:::${resource.replace(/^s3:\/\//, "")}`;

/** Policies that are tried, which stand in no address. */
export interface Tried {
  policy: string;
  replace: boolean;
}

/** The request for a view; undefined while it names no action, or nobody and no policy. */
export function requestOf(view: SimulationView, tried: Tried): SimulationRequest | undefined {
  const actions = actionsOf(view);
  const policy = tried.policy.trim();
  if (actions.length === 0 || (view.principal === undefined && policy === "")) return undefined;
  const values = new Map<string, string[]>();
  for (const { key, value } of readContext(view.context)) values.set(key, [...(values.get(key) ?? []), value]);
  const resources = split(view.resources, /\n/).map(arnOf);
  return {
    actions,
    ...(view.principal !== undefined && { principal: view.principal }),
    ...(resources.length > 0 && { resources }),
    ...(values.size > 0 && { context: [...values].map(([key, list]) => ({ key, values: list })) }),
    ...(policy !== "" && { policies: [policy], replace: tried.replace }),
  };
}

/** What concerns a request beside the statement that decides. */
export const othersOf = (outcome: SimulationOutcome): SimulationOutcome["matched"] => {
  const { statement } = outcome;
  return outcome.matched.filter(
    (one) => statement === undefined || one.source !== statement.source || one.number !== statement.number,
  );
};

/** Actions that people ask for most; others can be typed. */
export const ACTIONS = [
  ...["ListAllMyBuckets", "CreateBucket", "DeleteBucket", "ListBucket", "ListBucketVersions", "GetBucketPolicy"],
  ...["PutBucketPolicy", "GetBucketAcl", "PutBucketAcl", "GetBucketVersioning", "PutBucketVersioning"],
  ...[
    "GetObject",
    "GetObjectVersion",
    "PutObject",
    "DeleteObject",
    "DeleteObjectVersion",
    "GetObjectAcl",
    "PutObjectAcl",
  ],
  ...[
    "GetObjectTagging",
    "PutObjectTagging",
    "AbortMultipartUpload",
    "PutObjectRetention",
    "PutLifecycleConfiguration",
  ],
]
  .map((name) => `s3:${name}`)
  .concat(["iam:ListUsers", "iam:CreateUser", "iam:PutUserPolicy", "iam:CreateAccessKey", "sts:AssumeRole"]);

/** Condition keys that a request may have beside time and caller. */
export const CONDITION_KEYS = [
  "aws:SourceIp",
  "aws:SecureTransport",
  "aws:Referer",
  "aws:UserAgent",
  "aws:PrincipalTag/",
  "s3:prefix",
  "s3:delimiter",
  "s3:ExistingObjectTag/",
  "s3:RequestObjectTag/",
  "s3:x-amz-acl",
  "s3:VersionId",
];
