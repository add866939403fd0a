import { Button } from "@mantine/core";
import type { Bucket, LifecycleHistory, LifecycleRun } from "@myfsio/client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Bone, Bytes, Card, IconButton, When } from "@/components/ui/basics";
import { RefreshIcon } from "@/components/ui/icons";
import { Notice, ProblemNotice } from "@/components/ui/notice";
import { duration } from "@/lib/format";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { lifecycleHistory } from "../../api/lifecycle";
import { ended } from "../../model/dryRun";
import css from "./lifecycle.module.css";

const READ = "s3:GetLifecycleConfiguration";
const FIRST = 10;

/** What the rules did in the latest rounds. */
export function HistoryCard({ bucket }: { bucket: Bucket }) {
  const mayRead = may(bucket.permissions, READ);
  const query = useQuery({ ...lifecycleHistory(bucket.name), enabled: mayRead });
  return (
    <Card
      title={t("history.title")}
      actions={
        query.data !== undefined && (
          <IconButton label={t("action.refresh")} loading={query.isFetching} onClick={() => void query.refetch()}>
            <RefreshIcon size={14} />
          </IconButton>
        )
      }
    >
      {!mayRead ? (
        <p className="muted">{t("action.needs", { permission: READ })}</p>
      ) : query.data !== undefined ? (
        <Runs history={query.data} />
      ) : query.isError ? (
        <ProblemNotice
          title={t("configuration.failed", { what: t("history.title") })}
          problem={asProblem(query.error)}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <Bone width="40%" />
      )}
    </Card>
  );
}

function Runs({ history }: { history: LifecycleHistory }) {
  const [all, setAll] = useState(false);
  const runs = all ? history.runs : history.runs.slice(0, FIRST);
  return (
    <div className={css.stack}>
      {history.enabled ? (
        <p className="muted">{t("history.text", { span: duration(history.interval) })}</p>
      ) : (
        <Notice tone="warn" title={t("history.off")}>
          <p>{t("history.off-text")}</p>
        </Notice>
      )}
      {runs.length === 0 ? (
        <p className="muted">{t("history.none")}</p>
      ) : (
        <ol className={css.runs} aria-label={t("history.title")}>
          {runs.map((run) => (
            <li key={run.started}>
              <When time={run.ended} />
              <Did run={run} />
            </li>
          ))}
        </ol>
      )}
      {history.runs.length > runs.length && (
        <div>
          <Button variant="default" onClick={() => setAll(true)}>
            {t("history.more", { count: history.runs.length - runs.length })}
          </Button>
        </div>
      )}
    </div>
  );
}

function Did({ run }: { run: LifecycleRun }) {
  if (ended(run) === 0 && run.kept.count === 0) return <span className="muted">{t("history.nothing")}</span>;
  return (
    <ul>
      {run.expired.count > 0 && (
        <li>
          {t("history.expired", { count: run.expired.count })}, <Bytes size={run.expired.bytes} />
        </li>
      )}
      {run.removed.count > 0 && (
        <li>
          {t("history.removed", { count: run.removed.count })}, <Bytes size={run.removed.bytes} />
        </li>
      )}
      {run.markers > 0 && <li>{t("history.markers", { count: run.markers })}</li>}
      {run.uploads.count > 0 && (
        <li>
          {t("history.uploads", { count: run.uploads.count })}, <Bytes size={run.uploads.bytes} />
        </li>
      )}
      {run.kept.count > 0 && (
        <li className="muted">
          {t("history.kept", { count: run.kept.count })}, <Bytes size={run.kept.bytes} />
        </li>
      )}
    </ul>
  );
}
