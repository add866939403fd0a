import {
  addMember,
  attachPolicy,
  createAccessKey,
  createIdentity,
  createManagedPolicy,
  createPolicyVersion,
  deleteAccessKey,
  deleteBoundary,
  deleteIdentity,
  deleteInlinePolicy,
  deleteManagedPolicy,
  deletePassword,
  deletePolicyVersion,
  detachPolicy,
  endConsole,
  getIdentity,
  getManagedPolicy,
  type IdentityChange,
  listIdentities,
  listManagedPolicies,
  type NewIdentity,
  type NewManagedPolicy,
  putInlinePolicy,
  removeMember,
  rotateSecret,
  setAccessKey,
  setBoundary,
  setDefaultPolicyVersion,
  setPassword,
  setTrustPolicy,
  tagIdentity,
  untagIdentity,
  updateIdentity,
} from "@myfsio/client";
import { queryOptions } from "@tanstack/react-query";
import { answer, done } from "@/lib/http/api";
import type { Tag } from "@/lib/tags";
import type { Kind } from "../model/kinds";

export const ACCESS = ["access"] as const;

export const identities = (kind: Kind) =>
  queryOptions({
    queryKey: [...ACCESS, kind],
    queryFn: ({ signal }) => answer(listIdentities({ path: { kind }, signal })).then((list) => list.identities),
  });

export const identityNamed = (kind: Kind, name: string) =>
  queryOptions({
    queryKey: [...ACCESS, kind, name],
    queryFn: ({ signal }) => answer(getIdentity({ path: { kind, name }, signal })),
  });

export const managedPolicies = () =>
  queryOptions({
    queryKey: [...ACCESS, "policies"],
    queryFn: ({ signal }) => answer(listManagedPolicies({ signal })).then((list) => list.policies),
  });

export const managedPolicy = (arn: string) =>
  queryOptions({
    queryKey: [...ACCESS, "policies", arn],
    queryFn: ({ signal }) => answer(getManagedPolicy({ query: { arn }, signal })),
  });

/** Who a user, a group or a role is. */
export interface Who {
  kind: Kind;
  name: string;
}

export const create = (kind: Kind, body: NewIdentity) => answer(createIdentity({ path: { kind }, body }));
export const update = (path: Who, body: IdentityChange) => done(updateIdentity({ path, body }));
export const remove = (path: Who) => done(deleteIdentity({ path }));

export const putInline = (who: Who, policy: string, document: string) =>
  done(putInlinePolicy({ path: { ...who, policy }, body: { document } }));
export const deleteInline = (who: Who, policy: string) => done(deleteInlinePolicy({ path: { ...who, policy } }));
export const attach = (path: Who, arn: string) => done(attachPolicy({ path, query: { arn } }));
export const detach = (path: Who, arn: string) => done(detachPolicy({ path, query: { arn } }));

/** Users and roles have bounds and tags; groups have none. */
const bounded = ({ kind, name }: Who) => ({ kind: kind === "roles" ? "roles" : "users", name }) as const;

export const bound = (who: Who, arn: string | undefined) =>
  arn === undefined
    ? done(deleteBoundary({ path: bounded(who) }))
    : done(setBoundary({ path: bounded(who), query: { arn } }));

/** Makes the tags of a user or a role these; what has not changed is not sent. */
export async function setTags(who: Who, before: readonly Tag[], after: readonly Tag[]): Promise<void> {
  const gone = before.filter((tag) => !after.some((kept) => kept.name === tag.name)).map((tag) => tag.name);
  const fresh = after.filter((tag) => !before.some((old) => old.name === tag.name && old.value === tag.value));
  if (gone.length > 0) await done(untagIdentity({ path: bounded(who), query: { tag: gone } }));
  if (fresh.length > 0) await done(tagIdentity({ path: bounded(who), body: { tags: fresh } }));
}

export const setTrust = (name: string, document: string) =>
  done(setTrustPolicy({ path: { name }, body: { document } }));

export const createKey = (name: string) => answer(createAccessKey({ path: { name } }));
export const switchKey = (name: string, key: string, active: boolean) =>
  done(setAccessKey({ path: { name, key }, body: { active } }));
export const expireKey = (name: string, key: string, expires: string | undefined) =>
  done(setAccessKey({ path: { name, key }, body: { expires: expires ?? "" } }));
export const givePassword = (name: string, password: string, mustChange: boolean) =>
  done(setPassword({ path: { name }, body: { password, mustChange } }));
export const removePassword = (name: string) => done(deletePassword({ path: { name } }));
export const endSessions = (name: string) => done(endConsole({ path: { name } }));
export const deleteKey = (name: string, key: string) => done(deleteAccessKey({ path: { name, key } }));
export const rotateKey = (accessKey: string) => answer(rotateSecret({ path: { accessKey } }));

export const setMember = (group: string, user: string, member: boolean) =>
  done((member ? addMember : removeMember)({ path: { name: group, user } }));

export const createPolicy = (body: NewManagedPolicy) => answer(createManagedPolicy({ body }));
export const deletePolicy = (arn: string) => done(deleteManagedPolicy({ query: { arn } }));
export const addVersion = (arn: string, document: string) =>
  answer(createPolicyVersion({ query: { arn }, body: { document, default: true } }));
export const deleteVersion = (arn: string, version: number) => done(deletePolicyVersion({ query: { arn, version } }));
export const makeDefault = (arn: string, version: number) => done(setDefaultPolicyVersion({ query: { arn, version } }));
