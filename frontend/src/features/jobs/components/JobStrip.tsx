import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { t } from "@/lib/i18n";
import { isActive, jobs } from "../api/jobs";
import { titleOf } from "../model/text";
import css from "./jobs.module.css";
import { Progress } from "./Progress";
import { useCancel } from "./useCancel";

/** Running jobs of one bucket, above its list. */
export function JobStrip({ bucket }: { bucket: string }) {
  const { data } = useQuery(jobs());
  const cancel = useCancel();
  const here = data?.filter((job) => isActive(job) && job.bucket === bucket) ?? [];
  return here.map((job) => (
    <div key={job.id} className={css.strip}>
      <strong>{titleOf(job)}</strong>
      <Progress job={job} />
      <Button variant="default" size="compact-xs" onClick={() => cancel(job)}>
        {t("action.cancel")}
      </Button>
    </div>
  ));
}
