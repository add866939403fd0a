import type { Job } from "@myfsio/client";
import { Bar } from "@/components/ui/basics";
import { bytes, duration } from "@/lib/format";
import { t } from "@/lib/i18n";
import { isActive } from "../api/jobs";
import { stateOf, titleOf } from "../model/text";
import css from "./jobs.module.css";

/** How far a job is: the bar, numbers, rate and the time that is left. */
export function Progress({ job }: { job: Job }) {
  const active = isActive(job);
  const counted = job.state !== "counting" && job.total > 0;
  const left = active && counted && job.rate > 0 ? (job.total - job.done) / job.rate : undefined;
  return (
    <div className={css.progress}>
      {active && <Bar share={counted ? job.done / job.total : undefined} label={titleOf(job)} />}
      <div className={css.numbers}>
        <span className="num">
          {counted ? t("jobs.of", { done: job.done, total: job.total }) : t("jobs.so-far", { count: job.done })}
        </span>
        {job.bytes > 0 && <span className="num">{bytes(job.bytes)}</span>}
        {job.failed > 0 && <span className={css.failed}>{t("jobs.result-failed", { count: job.failed })}</span>}
        {active && job.rate > 0 && <span className="num">{t("jobs.rate", { rate: Math.round(job.rate) })}</span>}
        {left !== undefined && <span className="num">{t("jobs.left", { span: duration(left) })}</span>}
        {job.state === "counting" && <span>{stateOf(job)}</span>}
      </div>
    </div>
  );
}
