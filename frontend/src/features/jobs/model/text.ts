import type { Job } from "@myfsio/client";
import { type MessageId, t } from "@/lib/i18n";

/** What a job does: "Delete in photos". */
export function titleOf(job: Job): string {
  if (job.kind === "delete") return t("jobs.delete", { bucket: job.bucket });
  const target = job.target ?? job.bucket;
  return job.kind === "copy"
    ? t("jobs.copy", { bucket: job.bucket, target })
    : t("jobs.move", { bucket: job.bucket, target });
}

const STATES: Record<Job["state"], Extract<MessageId, `jobs.is-${string}`>> = {
  counting: "jobs.is-counting",
  running: "jobs.is-running",
  done: "jobs.is-done",
  failed: "jobs.is-failed",
  canceled: "jobs.is-canceled",
  interrupted: "jobs.is-interrupted",
};

export const stateOf = (job: Job): string => t(STATES[job.state]);

/** How it ended, in a few words. */
export function resultOf(job: Job): string {
  if (job.failed > 0) return t("jobs.result-failed", { count: job.failed });
  if (job.state === "done") return t("jobs.result-done", { count: job.done });
  return stateOf(job);
}
