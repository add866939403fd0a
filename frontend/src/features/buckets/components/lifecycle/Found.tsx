import { Button } from "@mantine/core";
import type { Bucket, LifecycleItem } from "@myfsio/client";
import { Bar, Bytes, Fact, Facts, When } from "@/components/ui/basics";
import { ProblemNotice } from "@/components/ui/notice";
import { type MessageId, t } from "@/lib/i18n";
import { readable } from "@/lib/keys";
import { type Counts, ended } from "../../model/dryRun";
import css from "./lifecycle.module.css";
import type { Trial } from "./useDryRun";

const ACTIONS = {
  expire: "dry-run.expire",
  remove: "dry-run.remove",
  clear: "dry-run.clear",
  abort: "dry-run.abort",
} as const satisfies Record<LifecycleItem["action"], MessageId>;

/** What becomes of a current object that expires: it depends on whether the bucket keeps versions. */
const EXPIRED = {
  Off: "dry-run.expired-off",
  Enabled: "dry-run.expired-on",
  Suspended: "dry-run.expired-hold",
} as const satisfies Record<Bucket["versioning"], MessageId>;

/** What a dry run found so far: how many of what, and the first keys. */
export function Found({ bucket, trial, partly }: { bucket: Bucket; trial: Trial; partly: boolean }) {
  const { phase, found, problem } = trial;
  const many = ended(found);
  return (
    <section className={css.found} aria-label={t("dry-run.title")} aria-busy={phase === "running"}>
      {phase === "running" && (
        <div className={css.running}>
          <div>
            <span role="status">{t("dry-run.running")}</span>{" "}
            <span className="muted num">{t("dry-run.looked", { count: found.looked })}</span>
            <Bar share={undefined} label={t("dry-run.running")} />
          </div>
          <Button variant="default" onClick={trial.stop}>
            {t("action.stop")}
          </Button>
        </div>
      )}
      {problem !== undefined && <ProblemNotice title={t("dry-run.failed")} problem={problem} onRetry={trial.again} />}
      {(phase === "done" || phase === "stopped") && (
        <p role="status" className={css.verdict}>
          {many === 0
            ? t(phase === "done" ? "dry-run.nothing" : "dry-run.nothing-yet")
            : t("dry-run.now", { count: many })}{" "}
          <span className="muted">
            {t(phase === "done" ? "dry-run.looked-all" : "dry-run.looked-part", { count: found.looked })}
          </span>
        </p>
      )}
      {partly && <p className="muted">{t("dry-run.partly")}</p>}
      {problem === undefined && (many > 0 || found.kept.count > 0) && <Tallies counts={found} bucket={bucket} />}
      {found.sample.length > 0 && <Sample items={found.sample} />}
    </section>
  );
}

function Tallies({ counts, bucket }: { counts: Counts; bucket: Bucket }) {
  const { expired, removed, markers, uploads, kept } = counts;
  return (
    <Facts>
      {expired.count > 0 && (
        <Fact name={t("dry-run.expired")}>
          <span className="num">{t("buckets.objects", { count: expired.count })}</span>, <Bytes size={expired.bytes} />
          <p className="muted">{t(EXPIRED[bucket.versioning])}</p>
        </Fact>
      )}
      {removed.count > 0 && (
        <Fact name={t("dry-run.removed")}>
          <span className="num">{t("buckets.versions", { count: removed.count })}</span>, <Bytes size={removed.bytes} />
          <p className="muted">{t("dry-run.for-good")}</p>
        </Fact>
      )}
      {markers > 0 && (
        <Fact name={t("dry-run.markers")}>
          <span className="num">{t("buckets.markers", { count: markers })}</span>
        </Fact>
      )}
      {uploads.count > 0 && (
        <Fact name={t("dry-run.uploads")}>
          <span className="num">{t("properties.open-uploads", { count: uploads.count })}</span>,{" "}
          <Bytes size={uploads.bytes} />
        </Fact>
      )}
      {kept.count > 0 && (
        <Fact name={t("dry-run.kept")}>
          <span className="num">{t("buckets.versions", { count: kept.count })}</span>, <Bytes size={kept.bytes} />
          <p className="muted">{t("dry-run.kept-text")}</p>
        </Fact>
      )}
    </Facts>
  );
}

/** The first that would go. The list scrolls by itself, so that the dialog keeps its size. */
function Sample({ items }: { items: readonly LifecycleItem[] }) {
  return (
    <div>
      <h3 className={css.sampleTitle}>{t("dry-run.sample", { count: items.length })}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={css.sample} tabIndex={0} aria-label={t("dry-run.sample", { count: items.length })}>
        <ul>
          {items.map((item) => (
            <li key={`${item.key} ${item.versionId} ${item.uploadId} ${item.action}`}>
              <code className={css.key}>{readable(item.key)}</code>
              <span className="muted">
                {t(ACTIONS[item.action])} · {t("dry-run.by", { rule: item.rule || t("rule.unnamed") })} ·{" "}
                {item.action !== "clear" && (
                  <>
                    <Bytes size={item.size} /> ·{" "}
                  </>
                )}
                {t("dry-run.due")} <When time={item.since} />
              </span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
