import {
  deleteBucketTagging,
  deleteBucketWebsite,
  getBucketTagging,
  getBucketWebsite,
  getObjectLockConfiguration,
  getQuota,
  putBucketTagging,
  putBucketWebsite,
  putObjectLockConfiguration,
  type QuotaLimits,
  setQuota,
} from "@myfsio/client";
import { queryOptions } from "@tanstack/react-query";
import { answer, done } from "@/lib/http/api";
import type { Tag } from "@/lib/tags";
import { type DefaultRetention, readLock, writeLock } from "../model/lock";
import { readTags, writeTags } from "../model/tags";
import { readWebsite, type Website, writeWebsite } from "../model/website";

export const bucketTags = (bucket: string) =>
  queryOptions({
    queryKey: ["buckets", "one", bucket, "tags"],
    queryFn: async ({ signal }) => {
      const { document } = await answer(getBucketTagging({ path: { bucket }, signal }));
      return document === undefined ? [] : readTags(document);
    },
  });

/** Replaces all tags. */
export const setTags = (bucket: string, tags: Tag[]) =>
  done(
    tags.length === 0
      ? deleteBucketTagging({ path: { bucket } })
      : putBucketTagging({ path: { bucket }, body: { document: writeTags(tags) } }),
  );

export const bucketQuota = (bucket: string) =>
  queryOptions({
    queryKey: ["buckets", "one", bucket, "quota"],
    queryFn: ({ signal }) => answer(getQuota({ path: { bucket }, signal })),
  });

/** Replaces both limits. */
export const changeQuota = (bucket: string, limits: QuotaLimits) =>
  answer(setQuota({ path: { bucket }, body: limits }));

export const bucketLock = (bucket: string) =>
  queryOptions({
    queryKey: ["buckets", "one", bucket, "object-lock"],
    queryFn: async ({ signal }) =>
      readLock((await answer(getObjectLockConfiguration({ path: { bucket }, signal }))).document),
  });

/** Switches Object Lock on, which cannot be undone, or gives it another default retention. */
export const setLock = (bucket: string, retention: DefaultRetention | undefined) =>
  done(putObjectLockConfiguration({ path: { bucket }, body: { document: writeLock(retention) } }));

export const bucketWebsite = (bucket: string) =>
  queryOptions({
    queryKey: ["buckets", "one", bucket, "website"],
    queryFn: async ({ signal }) => readWebsite((await answer(getBucketWebsite({ path: { bucket }, signal }))).document),
  });

export function setWebsite(bucket: string, site: Website): Promise<void> {
  const document = writeWebsite(site);
  return done(
    document === undefined
      ? deleteBucketWebsite({ path: { bucket } })
      : putBucketWebsite({ path: { bucket }, body: { document } }),
  );
}
