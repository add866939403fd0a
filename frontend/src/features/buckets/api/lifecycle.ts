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

/** How far a dry run got: what it found, and where to go on; no cursor: it is at the end. */
export interface Reached {
  found: DryRun;
  cursor: string | undefined;
}

/** Tries rules on the bucket, part by part, from where an earlier run got to. */
export async function* dryRun(
  bucket: string,
  rules: readonly LifecycleRule[],
  from: Reached | undefined,
  signal: AbortSignal,
): AsyncGenerator<Reached> {
  const list = tried(rules);
  let at: Reached = from ?? { found: nothing, cursor: undefined };
  while (list.length > 0) {
    const body = { rules: list, cursor: at.cursor };
    const part = await answer(previewLifecycle({ path: { bucket }, body, signal }));
    at = { found: plus(at.found, part), cursor: part.cursor };
    yield at;
    if (at.cursor === undefined) return;
  }
}
