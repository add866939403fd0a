import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { objectsChanged } from "@/lib/events";
import { t } from "@/lib/i18n";
import { say } from "@/lib/toast";
import { isActive, jobs } from "../api/jobs";
import { resultOf, titleOf } from "../model/text";

/** Sees jobs come to their end, says so, and has lists show what they did. */
export function JobsWatch() {
  const { data } = useQuery(jobs());
  const seen = useRef(new Map<string, number>());
  useEffect(() => {
    for (const job of data ?? []) {
      const before = seen.current.get(job.id);
      const target = job.target?.split("/")[0];
      if (isActive(job)) {
        // Lists follow a running job, as far as it came since the last look.
        if (before !== undefined && before !== job.done) objectsChanged.tell({ bucket: job.bucket });
        seen.current.set(job.id, job.done);
      } else if (before !== undefined) {
        seen.current.delete(job.id);
        objectsChanged.tell({ bucket: job.bucket });
        if (target !== undefined && target !== "") objectsChanged.tell({ bucket: target });
        say(t("jobs.ended", { title: titleOf(job), result: resultOf(job) }));
      }
    }
  }, [data]);
  return null;
}
