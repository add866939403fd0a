import type { Identity, IdentityEntry, ManagedPolicy, ManagedPolicyEntry } from "@myfsio/client";
import { empty, json, problem } from "./answers";

const READS = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}';
const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}';
const MADE = "2026-11-18T07:00:00Z";
const builtIn = (name: string): string => `arn:aws:iam::aws:policy/${name}`;

export const POLICIES: ManagedPolicyEntry[] = [
  {
    name: "AmazonS3ReadOnlyAccess",
    path: "/",
    arn: builtIn("AmazonS3ReadOnlyAccess"),
    description: "Reads buckets and objects.",
    builtIn: true,
    attached: 1,
    bounds: 0,
    defaultVersion: 1,
  },
  {
    name: "backups",
    path: "/",
    arn: "arn:aws:iam::000000000000:policy/backups",
    builtIn: false,
    created: MADE,
    updated: MADE,
    attached: 0,
    bounds: 0,
    defaultVersion: 2,
  },
];

const WORDS = ["User", "Group", "Role"];
const EACH = [
  "Update%",
  "Delete%",
  "Put%Policy",
  "Delete%Policy",
  "Attach%Policy",
  "Detach%Policy",
  "Put%PermissionsBoundary",
  "Delete%PermissionsBoundary",
  "Tag%",
  "Untag%",
  "Get%Policy",
  "ListAttached%Policies",
  "List%Tags",
];
const REST = [
  "ListAccessKeys",
  "CreateAccessKey",
  "UpdateAccessKey",
  "DeleteAccessKey",
  "ListGroupsForUser",
  "AddUserToGroup",
  "RemoveUserFromGroup",
  "UpdateAssumeRolePolicy",
];
const EVERYTHING = [...EACH.flatMap((name) => WORDS.map((word) => name.replace("%", word))), ...REST].map(
  (name) => `iam:${name}`,
);

const entry = (kind: string, name: string): IdentityEntry => ({
  name,
  path: "/",
  id: `AIDA${name.toUpperCase()}`,
  arn: `arn:aws:iam::000000000000:${kind}/${name}`,
  created: MADE,
  disabled: false,
  environment: false,
  admin: false,
  keys: 0,
  policies: 0,
  groups: 0,
  members: 0,
});

/** The identities of the server, in memory. */
export class People {
  /** Actions on identities that belong to none of them. */
  general = ["ListUsers", "ListGroups", "ListRoles", "ListPolicies", "CreateUser", "CreateGroup", "CreateRole"]
    .concat("CreatePolicy", "CreateAccessKey", "AddUserToGroup", "RemoveUserFromGroup")
    .map((name) => `iam:${name}`);
  permissions = EVERYTHING;
  readonly all: Record<string, Identity[]> = {
    users: [
      {
        ...entry("user", "ada"),
        displayName: "Countess",
        admin: true,
        keys: 1,
        policies: 2,
        groups: 1,
        attached: [builtIn("AmazonS3ReadOnlyAccess")],
        inline: [{ name: "reads", document: READS }],
        simplePolicies: [{ bucket: "*", actions: ["list"] }],
        tags: [{ name: "author", value: "ada" }],
        accessKeys: [{ id: "AKIAADA", active: true, expired: false, created: MADE, lastUsed: "2026-11-20T11:00:00Z" }],
        groupNames: ["writers"],
        permissions: [],
      },
    ],
    groups: [
      { ...entry("group", "writers"), members: 1, users: [{ name: "ada", displayName: "Countess" }], permissions: [] },
    ],
    roles: [{ ...entry("role", "nightly"), trust: TRUST, maxSessionSeconds: 7200, permissions: [] }],
  };

  async identities(
    request: Request,
    [kind = "", name, part, key]: string[],
    body: () => Promise<Record<string, unknown>>,
  ): Promise<Response> {
    const list = this.all[kind];
    if (list === undefined) return problem(404, "NotFound", "There is nothing of this name.");
    if (name === undefined && request.method === "GET") return json({ identities: list, total: list.length });
    if (name === undefined) {
      const made = await body();
      const fresh = entry(kind.slice(0, -1), String(made.name));
      list.push({ ...fresh, displayName: String(made.displayName ?? made.name), permissions: [] });
      const secret = made.accessKey === true ? { accessKey: "AKIANEW", secretKey: "only/now+shown" } : {};
      return json({ name: fresh.name, arn: fresh.arn, ...secret }, 201);
    }
    const one = list.find((identity) => identity.name === name);
    if (one === undefined) return problem(404, "NoSuchEntity", "The user with this name cannot be found.");
    if (part === undefined && request.method === "GET") return json({ ...one, permissions: this.permissions });
    if (part === undefined && request.method === "DELETE") list.splice(list.indexOf(one), 1);
    else if (part === undefined) Object.assign(one, await body());
    else if (part === "keys" && request.method === "PUT") {
      const { active } = await body();
      for (const k of one.accessKeys ?? []) if (k.id === key) k.active = active === true;
    }
    return empty();
  }

  policy(arn: string): ManagedPolicy {
    const found = POLICIES.find((policy) => policy.arn === arn) as ManagedPolicyEntry;
    return {
      ...found,
      versions: [2, 1].map((number) => ({ number, document: READS, created: MADE })),
      used: [{ kind: "users", name: "ada", bound: false }],
      permissions: ["GetPolicyVersion", "ListEntitiesForPolicy", "DeletePolicy", "CreatePolicyVersion"]
        .concat("DeletePolicyVersion", "SetDefaultPolicyVersion")
        .map((name) => `iam:${name}`),
    };
  }
}
