import {
  type BucketList,
  deleteBucketCors,
  deleteBucketPolicy,
  getBucketAccess,
  getBucketAcl,
  getBucketCors,
  getBucketOwnershipControls,
  getBucketPolicy,
  getBucketPolicyStatus,
  getPublicAccessBlock,
  putBucketAcl,
  putBucketCors,
  putBucketOwnershipControls,
  putBucketPolicy,
  putPublicAccessBlock,
} from "@myfsio/client";
import { type InfiniteData, infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { answer, done } from "@/lib/http/api";
import { type Acl, readAcl, writeAcl } from "../model/permissions/acl";
import { type CorsRule, readCors, writeCors } from "../model/permissions/cors";
import { type Ownership, readOwnership, writeOwnership } from "../model/permissions/ownership";
import {
  type PublicAccess,
  readPolicyStatus,
  readPublicAccess,
  writePublicAccess,
} from "../model/permissions/publicAccess";
import type { Known } from "../model/xml";
import { bucketNamed } from "./buckets";

const keyOf = (bucket: string, what: string) => [...bucketNamed(bucket).queryKey, what] as const;

/** The policy's text as it was attached; null without one. */
export const bucketPolicy = (bucket: string) =>
  queryOptions({
    queryKey: keyOf(bucket, "policy"),
    queryFn: async ({ signal }) => (await answer(getBucketPolicy({ path: { bucket }, signal }))).document ?? null,
  });

/** Attaches a policy in place of the one that is there. */
export const attachPolicy = (bucket: string, text: string) =>
  done(putBucketPolicy({ path: { bucket }, body: { document: text } }));

export const detachPolicy = (bucket: string) => done(deleteBucketPolicy({ path: { bucket } }));

/** Whether the server counts the policy as public. */
export const policyIsPublic = (bucket: string) =>
  queryOptions({
    queryKey: keyOf(bucket, "policyStatus"),
    queryFn: async ({ signal }) =>
      readPolicyStatus((await answer(getBucketPolicyStatus({ path: { bucket }, signal }))).document),
  });

export const bucketPublicAccess = (bucket: string) =>
  queryOptions({
    queryKey: keyOf(bucket, "publicAccessBlock"),
    queryFn: async ({ signal }) =>
      readPublicAccess((await answer(getPublicAccessBlock({ path: { bucket }, signal }))).document),
  });

export const setPublicAccess = (bucket: string, access: PublicAccess) =>
  done(putPublicAccessBlock({ path: { bucket }, body: { document: writePublicAccess(access) } }));

export const bucketOwnership = (bucket: string) =>
  queryOptions({
    queryKey: keyOf(bucket, "ownershipControls"),
    queryFn: async ({ signal }) =>
      readOwnership((await answer(getBucketOwnershipControls({ path: { bucket }, signal }))).document),
  });

export const setOwnership = (bucket: string, setting: Ownership) =>
  done(putBucketOwnershipControls({ path: { bucket }, body: { document: writeOwnership(setting) } }));

export const bucketAcl = (bucket: string) =>
  queryOptions({
    queryKey: keyOf(bucket, "acl"),
    queryFn: async ({ signal }) => readAcl((await answer(getBucketAcl({ path: { bucket }, signal }))).document ?? ""),
  });

export const setAcl = (bucket: string, acl: Acl) =>
  done(putBucketAcl({ path: { bucket }, body: { document: writeAcl(acl) } }));

export const bucketCors = (bucket: string) =>
  queryOptions({
    queryKey: keyOf(bucket, "cors"),
    queryFn: async ({ signal }): Promise<Known<CorsRule[]>> => {
      const { document } = await answer(getBucketCors({ path: { bucket }, signal }));
      return document === undefined ? { value: [], unknown: [] } : readCors(document);
    },
  });

/** Replaces all rules. */
export const setCors = (bucket: string, rules: readonly CorsRule[]) =>
  done(
    rules.length === 0
      ? deleteBucketCors({ path: { bucket } })
      : putBucketCors({ path: { bucket }, body: { document: writeCors(rules) } }),
  );

/**
 * Asks again for all that shows who may reach the bucket: its documents, its badge, and what the person may do. Lists of
 * buckets that were loaded before get the bucket as it is now, so that they never show the old badge first.
 */
export async function accessChanged(queries: QueryClient, bucket: string): Promise<void> {
  await queries.invalidateQueries({ queryKey: bucketNamed(bucket).queryKey });
  const now = queries.getQueryData(bucketNamed(bucket).queryKey);
  queries.setQueriesData<InfiniteData<BucketList>>({ queryKey: ["buckets", "pages"] }, (old) =>
    old === undefined || now === undefined
      ? undefined
      : {
          ...old,
          pages: old.pages.map((page) => ({
            ...page,
            buckets: page.buckets.map((other) => (other.name === bucket ? now : other)),
          })),
        },
  );
  void queries.invalidateQueries({ queryKey: ["buckets", "pages"] });
}

/** Who has what on the bucket, or on the keys that begin with a prefix. */
export const bucketAccess = (bucket: string, prefix: string) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(bucket, "access"), prefix],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      answer(
        getBucketAccess({
          path: { bucket },
          query: { prefix, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.cursor,
    staleTime: 0,
  });
