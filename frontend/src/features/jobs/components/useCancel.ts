import type { Job } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { t } from "@/lib/i18n";
import { sayFailure } from "@/lib/toast";
import { cancelJob, jobs } from "../api/jobs";

/** Cancels a running job; one that has ended is forgotten. */
export function useCancel(): (job: Job) => void {
  const queries = useQueryClient();
  return useCallback(
    (job) => {
      cancelJob(job.id)
        .catch((thrown) => sayFailure(t("jobs.cancel-failed"), thrown))
        .finally(() => void queries.invalidateQueries({ queryKey: jobs().queryKey }));
    },
    [queries],
  );
}
