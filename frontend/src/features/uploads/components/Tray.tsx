import { Button } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { Bar, IconButton } from "@/components/ui/basics";
import { AlertIcon, CloseIcon, DoneIcon, MinusIcon, PauseIcon, ResumeIcon, RetryIcon } from "@/components/ui/icons";
import { Reason } from "@/components/ui/notice";
import { bytes, duration, percent, rate } from "@/lib/format";
import { type MessageId, t } from "@/lib/i18n";
import { useSignal } from "@/lib/signal";
import type { Phase, Upload, UploadQueue } from "../model/queue";
import { trayOpen, useUploads } from "../model/uploads";
import css from "./uploads.module.css";

const ROW = 48;

/** The uploads of this window, over whatever page is shown. */
export function Tray() {
  const queue = useUploads();
  const open = useSignal(trayOpen);
  if (!open) return null;
  const { counts } = queue;
  const { sent, total } = queue.progress;
  const over = queue.open === 0;
  const speed = queue.speed;
  return (
    <section className={css.tray} aria-label={t("uploads.title")}>
      <header className={css.head}>
        <h2>
          {queue.uploads.length === 0
            ? t("uploads.title")
            : over
              ? t("uploads.all-over", { count: counts.done })
              : t("uploads.some-open", { count: queue.open })}
        </h2>
        {!over &&
          (queue.held ? (
            <IconButton label={t("uploads.resume-all")} onClick={() => queue.resumeAll()}>
              <ResumeIcon size={16} />
            </IconButton>
          ) : (
            <IconButton label={t("uploads.pause-all")} onClick={() => queue.pauseAll()}>
              <PauseIcon size={16} />
            </IconButton>
          ))}
        {!over && (
          <IconButton label={t("uploads.cancel-all")} onClick={() => queue.cancelAll()}>
            <CloseIcon size={16} />
          </IconButton>
        )}
        <IconButton label={t("uploads.hide")} onClick={() => trayOpen.set(false)}>
          <MinusIcon size={16} />
        </IconButton>
      </header>
      {queue.uploads.length === 0 ? (
        <p className={css.none}>{t("uploads.none")}</p>
      ) : (
        <>
          <div className={css.total}>
            <Bar
              share={total === 0 ? (over ? 1 : 0) : sent / total}
              label={t("uploads.progress")}
              tone={over && counts.failed > 0 ? "danger" : over ? "ok" : undefined}
            />
            <div className={css.numbers}>
              <span className="num">
                {t("uploads.sent", {
                  sent: bytes(sent),
                  total: bytes(total),
                  share: percent(total === 0 ? 1 : sent / total),
                })}
              </span>
              {!over && (
                <span className="num">
                  {queue.held
                    ? t("uploads.paused")
                    : speed > 0
                      ? t("uploads.speed", { rate: rate(speed), left: duration((total - sent) / speed) })
                      : ""}
                </span>
              )}
            </div>
          </div>
          <List queue={queue} />
          {(counts.failed > 0 || over) && (
            <footer className={css.foot}>
              <span>
                {counts.failed > 0
                  ? t("uploads.failures", { count: counts.failed })
                  : counts.skipped > 0
                    ? t("uploads.skipped-some", { count: counts.skipped })
                    : ""}
              </span>
              {counts.failed > 0 && (
                <Button variant="default" leftSection={<RetryIcon size={14} />} onClick={() => queue.retryAll()}>
                  {t("uploads.retry-all")}
                </Button>
              )}
              {over && (
                <Button
                  variant="default"
                  onClick={() => {
                    queue.clear();
                    trayOpen.set(false);
                  }}
                >
                  {t("uploads.clear")}
                </Button>
              )}
            </footer>
          )}
        </>
      )}
    </section>
  );
}

function List({ queue }: { queue: UploadQueue }) {
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: queue.uploads.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 4,
  });
  return (
    <section
      ref={scroller}
      className={css.list}
      style={{ "--rows": Math.min(queue.uploads.length, 6) } as never}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t("uploads.files")}
    >
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const upload = queue.uploads[item.index];
          if (upload === undefined) return null;
          return (
            <li key={upload.id} style={{ transform: `translateY(${item.start}px)`, height: ROW }}>
              <Line upload={upload} queue={queue} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const STATES: Partial<Record<Phase, Extract<MessageId, `uploads.is-${string}`>>> = {
  waiting: "uploads.is-waiting",
  asking: "uploads.is-asking",
  paused: "uploads.is-paused",
  skipped: "uploads.is-skipped",
  canceled: "uploads.is-canceled",
};

function Line({ upload: u, queue }: { upload: Upload; queue: UploadQueue }) {
  const name = u.key.slice(u.batch.prefix.length);
  const state = STATES[u.phase];
  const stopped = u.phase === "canceled" || u.phase === "skipped";
  return (
    <div className={css.line} data-quiet={stopped || undefined}>
      <div className={css.what}>
        <span className={css.name} title={`${u.batch.bucket}/${u.key}`}>
          {name}
        </span>
        {u.phase === "failed" && u.problem !== undefined ? (
          <span className={css.problem} title={[u.problem.code, u.problem.requestId].filter(Boolean).join(" · ")}>
            <Reason problem={u.problem} />
          </span>
        ) : (
          <span className={css.state}>
            {u.phase === "sending" ? (
              <>
                <Bar share={u.size === 0 ? 0 : u.sent / u.size} label={t("uploads.progress-of", { name })} />
                <span className="num">{t("uploads.part", { sent: bytes(u.sent), total: bytes(u.size) })}</span>
              </>
            ) : (
              <span className="num">
                {bytes(u.size)}
                {state !== undefined && ` · ${t(state)}`}
              </span>
            )}
          </span>
        )}
      </div>
      {u.phase === "done" && <DoneIcon size={16} className={css.done} aria-label={t("uploads.is-done")} />}
      {u.phase === "failed" && (
        <>
          <AlertIcon size={16} className={css.alert} aria-label={t("uploads.is-failed")} />
          <IconButton label={t("uploads.retry", { name })} size={24} onClick={() => queue.retry(u)}>
            <RetryIcon size={14} />
          </IconButton>
        </>
      )}
      {(u.phase === "sending" || u.phase === "waiting") && (
        <IconButton label={t("uploads.pause", { name })} size={24} onClick={() => queue.pause(u)}>
          <PauseIcon size={14} />
        </IconButton>
      )}
      {u.phase === "paused" && (
        <IconButton label={t("uploads.resume", { name })} size={24} onClick={() => queue.resume(u)}>
          <ResumeIcon size={14} />
        </IconButton>
      )}
      {u.phase !== "done" && !stopped && (
        <IconButton label={t("uploads.cancel", { name })} size={24} onClick={() => queue.cancel(u)}>
          <CloseIcon size={14} />
        </IconButton>
      )}
    </div>
  );
}
