import type { Identity } from "@myfsio/client";
import { SIMULATE } from "./simulation";

/** What has a name and rights, as addresses call it. */
export const KINDS = ["users", "groups", "roles"] as const;
export type Kind = (typeof KINDS)[number];

/** The kind in the names of actions of IAM. */
export const WORD = { users: "User", groups: "Group", roles: "Role" } as const satisfies Record<Kind, string>;

/** An action of IAM on a kind: "%" stands for its name. */
export const action = (kind: Kind, pattern: string): string => `iam:${pattern.replace("%", WORD[kind])}`;

/** The permission for an action that the person lacks on something, if so. */
export const lacking = (permissions: readonly string[] | undefined, wanted: string): string | undefined =>
  permissions?.includes(wanted) ? undefined : wanted;

const LISTS = {
  users: "iam:ListUsers",
  groups: "iam:ListGroups",
  roles: "iam:ListRoles",
  policies: "iam:ListPolicies",
} as const;

/** Whether a person may open any of the lists. */
export const mayOpen = (permissions: readonly string[] | undefined): boolean =>
  [...Object.values(LISTS), SIMULATE].some((wanted) => permissions?.includes(wanted));

/** The first page that a person may open; the list of users, which says what is missing, for who may open none. */
export const firstTab = (permissions: readonly string[] | undefined): keyof typeof LISTS | "simulator" =>
  (Object.keys(LISTS) as (keyof typeof LISTS)[]).find((tab) => permissions?.includes(LISTS[tab])) ??
  (permissions?.includes(SIMULATE) ? "simulator" : "users");

/** The part of a policy's ARN that people know it by. */
export const policyName = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

/** Names of users, groups, roles and policies. */
export const validName = (name: string, most: number): boolean => name.length <= most && /^[\w+=,.@-]+$/.test(name);

export const LONGEST = { users: 64, groups: 128, roles: 64 } as const satisfies Record<Kind, number>;

/** Two keys are what IAM lets a user have. */
export const MAX_KEYS = 2;

/** The file that keeps a new key: what AWS's tools import. */
export const keyFile = (accessKey: string, secretKey: string): string =>
  `Access key ID,Secret access key\n${accessKey},${secretKey}\n`;

/** The simple policies that a user has beside those of IAM; undefined for none. */
export const simpleOf = (identity: Identity): string | undefined =>
  identity.simplePolicies === undefined ? undefined : JSON.stringify(identity.simplePolicies);
