import {
  deleteBucketTagging,
  getBucketTagging,
  getQuota,
  putBucketTagging,
  type QuotaLimits,
  setQuota,
} from "@myfsio/client";
import { queryOptions } from "@tanstack/react-query";
import { answer, done } from "@/lib/http/api";
import { readTags, type Tag, writeTags } from "../model/tags";

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
