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
  type IdentityEntry,
  listIdentities,
  listManagedPolicies,
  type ManagedPolicyEntry,
  type NewIdentity,
  type NewManagedPolicy,
  putInlinePolicy,
  removeDevice,
  removeMember,
  rotateSecret,
  setAccessKey,
  setBoundary,
  setDefaultPolicyVersion,
  setPassword,
  setTrustPolicy,
  tagIdentity,
  updateIdentity,
} from "@myfsio/client";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, done } from "@/lib/http/api";
import { oneOf } from "@/lib/search";
import type { Tag } from "@/lib/tags";
import type { Kind } from "../model/kinds";
import { type AccessView, IDENTITY_SORTS, POLICY_SORTS } from "../model/view";

export const ACCESS = ["access"] as const;

/** A part of a list, and how many it has in all. */
export interface Page<R> {
  rows: R[];
  cursor?: string | undefined;
  total: number;
}

const PAGE = 200;
/** How many a person chooses from at once; more are found by searching. */
const CHOICES = 100;

/** Users, groups or roles, page by page. */
export const identityPages = (kind: Kind, view: AccessView) =>
  infiniteQueryOptions({
    queryKey: [...ACCESS, kind, "pages", view],
    queryFn: async ({ pageParam, signal }): Promise<Page<IdentityEntry>> => {
      const sort = oneOf(IDENTITY_SORTS, view.sort) ?? "name";
      const query = { search: view.search, sort, order: view.order ?? "asc", limit: PAGE, cursor: pageParam } as const;
      const { identities, ...page } = await answer(listIdentities({ path: { kind }, query, signal }));
      return { ...page, rows: identities };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
  });

/** The managed policies, page by page. */
export const policyPages = (view: AccessView) =>
  infiniteQueryOptions({
    queryKey: [...ACCESS, "policies", "pages", view],
    queryFn: async ({ pageParam, signal }): Promise<Page<ManagedPolicyEntry>> => {
      const sort = oneOf(POLICY_SORTS, view.sort) ?? "name";
      const query = { search: view.search, sort, order: view.order ?? "asc", limit: PAGE, cursor: pageParam } as const;
      const { policies, ...page } = await answer(listManagedPolicies({ query, signal }));
      return { ...page, rows: policies };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
  });

/** Users or groups to choose from: the first that have the words. */
export const identityChoices = (kind: Kind, words: string) =>
  queryOptions({
    queryKey: [...ACCESS, kind, "choices", words],
    queryFn: ({ signal }) =>
      answer(listIdentities({ path: { kind }, query: { search: words || undefined, limit: CHOICES }, signal })),
    placeholderData: keepPreviousData,
  });

/** Managed policies to choose from: the first that have the words. */
export const policyChoices = (words: string) =>
  queryOptions({
    queryKey: [...ACCESS, "policies", "choices", words],
    queryFn: ({ signal }) =>
      answer(listManagedPolicies({ query: { search: words || undefined, limit: CHOICES }, signal })),
    placeholderData: keepPreviousData,
  });

export const identityNamed = (kind: Kind, name: string) =>
  queryOptions({
    queryKey: [...ACCESS, kind, name],
    queryFn: ({ signal }) => answer(getIdentity({ path: { kind, name }, signal })),
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
  if (gone.length === 0 && fresh.length === 0) return;
  await done(tagIdentity({ path: bounded(who), body: { tags: fresh, remove: gone } }));
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
export const takeDevice = (name: string, device: string) => done(removeDevice({ path: { name, device } }));
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
