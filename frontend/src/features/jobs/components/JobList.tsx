import { Button } from "@mantine/core";
import type { Job } from "@myfsio/client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge, Bone, Empty, IconButton, ServerText, type Tone, When } from "@/components/ui/basics";
import { ActivityIcon, CloseIcon } from "@/components/ui/icons";
import { ProblemNotice } from "@/components/ui/notice";
import { duration } from "@/lib/format";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { isActive, jobs } from "../api/jobs";
import { stateOf, titleOf } from "../model/text";
import css from "./jobs.module.css";
import { Progress } from "./Progress";
import { useCancel } from "./useCancel";

const TONES: Record<Job["state"], Tone | undefined> = {
  counting: "accent",
  running: "accent",
  interrupted: "warn",
  done: "ok",
  failed: "danger",
  canceled: undefined,
};

/** Long work on the server: what runs, and what ended in the last days. */
export function JobList() {
  const query = useQuery(jobs());
  const cancel = useCancel();
  if (query.isError && query.data === undefined) {
    return (
      <div className={css.pad}>
        <ProblemNotice title={t("jobs.failed")} problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  if (query.data === undefined) {
    return (
      <div className={`${css.pad} ${css.bones} delayed`}>
        <Bone width="40%" />
        <Bone width="52%" />
        <Bone width="34%" />
      </div>
    );
  }
  if (query.data.length === 0) {
    return <Empty icon={<ActivityIcon size={20} />} title={t("jobs.none")} text={t("jobs.none-text")} />;
  }
  return (
    <ul className={css.jobs} aria-label={t("jobs.title")}>
      {query.data.map((job) => (
        <JobItem key={job.id} job={job} onCancel={() => cancel(job)} />
      ))}
    </ul>
  );
}

function JobItem({ job, onCancel }: { job: Job; onCancel: () => void }) {
  const [open, setOpen] = useState(false);
  const active = isActive(job);
  const title = titleOf(job);
  const took =
    job.started !== undefined && job.finished !== undefined
      ? (new Date(job.finished).getTime() - new Date(job.started).getTime()) / 1000
      : undefined;
  return (
    <li className={css.job}>
      <div className={css.jobHead}>
        <strong>{title}</strong>
        <Badge tone={job.state === "done" && job.failed > 0 ? "warn" : TONES[job.state]}>{stateOf(job)}</Badge>
        <span className={css.jobFacts}>
          <span>{job.user}</span>
          <When time={job.created} />
          {took !== undefined && <span className="num">{t("jobs.took", { span: duration(took) })}</span>}
        </span>
        {active ? (
          <Button variant="default" size="compact-xs" onClick={onCancel}>
            {t("action.cancel")}
          </Button>
        ) : (
          <IconButton label={t("jobs.forget", { title })} size={24} onClick={onCancel}>
            <CloseIcon size={14} />
          </IconButton>
        )}
      </div>
      <Progress job={job} />
      {job.message !== undefined && job.message !== "" && (
        <p className={css.failed}>
          <ServerText>{job.message}</ServerText>
        </p>
      )}
      {job.errors.length > 0 && (
        <>
          <button type="button" className={css.expand} aria-expanded={open} onClick={() => setOpen(!open)}>
            {t(open ? "jobs.hide-errors" : "jobs.show-errors", { count: job.errors.length })}
          </button>
          {open && (
            <ul className={css.errors}>
              {job.errors.map((error) => (
                <li key={error.key}>
                  <code>{error.key}</code>
                  <span>
                    <code>{error.code}</code> <ServerText>{error.message}</ServerText>
                  </span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </li>
  );
}
