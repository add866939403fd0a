import type { LifecycleItem, LifecyclePreview } from "@myfsio/client";

/** How many of what, and their bytes. */
export type Counts = Pick<LifecyclePreview, "expired" | "removed" | "markers" | "uploads" | "kept">;

/** What rules would end by now, as far as the bucket was looked at. */
export interface DryRun extends Counts {
  /** Versions and uploads that were looked at. */
  looked: number;
  /** The first ones that would go, at most 100. */
  sample: LifecycleItem[];
}

const MAX_SAMPLE = 100;
const none = { count: 0, bytes: 0 };

export const nothing: DryRun = {
  expired: none,
  removed: none,
  markers: 0,
  uploads: none,
  kept: none,
  looked: 0,
  sample: [],
};

/** With another part of the bucket. */
export function plus(sum: DryRun, part: LifecyclePreview): DryRun {
  const both = (what: "expired" | "removed" | "uploads" | "kept") => ({
    count: sum[what].count + part[what].count,
    bytes: sum[what].bytes + part[what].bytes,
  });
  return {
    expired: both("expired"),
    removed: both("removed"),
    markers: sum.markers + part.markers,
    uploads: both("uploads"),
    kept: both("kept"),
    looked: sum.looked + part.looked,
    sample: [...sum.sample, ...part.sample].slice(0, MAX_SAMPLE),
  };
}

/** Objects, versions, markers and uploads that are ended. */
export const ended = (counts: Counts): number =>
  counts.expired.count + counts.removed.count + counts.markers + counts.uploads.count;
