import {
  deleteBucketLifecycle,
  getBucketLifecycle,
  getLifecycleHistory,
  previewLifecycle,
  putBucketLifecycle,
} from "@myfsio/client";
import { queryOptions } from "@tanstack/react-query";
import { answer, done } from "@/lib/http/api";
import { Problem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { type DryRun, nothing, plus } from "../model/dryRun";
import { type Lifecycle, type LifecycleRule, readLifecycle, tried } from "../model/lifecycle";
import { bucketNamed } from "./buckets";

export const bucketLifecycle = (bucket: string) =>
  queryOptions({
    queryKey: [...bucketNamed(bucket).queryKey, "lifecycle"],
    queryFn: async ({ signal }) =>
      readLifecycle((await answer(getBucketLifecycle({ path: { bucket }, signal }))).document),
  });

/**
 * Puts another document in place of the one that was read, or removes it. It is refused when somebody else changed the
 * rules since: their change would be lost.
 */
export async function saveLifecycle(bucket: string, was: Lifecycle, document: string | undefined): Promise<void> {
  const path = { bucket };
  const now = await answer(getBucketLifecycle({ path }));
  if (now.document !== was.document) throw new Problem({ status: 409, text: t("lifecycle.changed") });
  await done(
    document === undefined ? deleteBucketLifecycle({ path }) : putBucketLifecycle({ path, body: { document } }),
  );
}

export const lifecycleHistory = (bucket: string) =>
  queryOptions({
    queryKey: [...bucketNamed(bucket).queryKey, "lifecycle-history"],
    queryFn: ({ signal }) => answer(getLifecycleHistory({ path: { bucket }, signal })),
  });

/** Tries rules on the bucket, part by part; each step is the sum so far. */
export async function* dryRun(
  bucket: string,
  rules: readonly LifecycleRule[],
  signal: AbortSignal,
): AsyncGenerator<DryRun> {
  const list = tried(rules);
  let sum = nothing;
  let cursor: string | undefined;
  while (list.length > 0) {
    const part = await answer(previewLifecycle({ path: { bucket }, body: { rules: list, cursor }, signal }));
    sum = plus(sum, part);
    cursor = part.cursor;
    if (cursor === undefined) break;
    yield sum;
  }
  yield sum;
}
