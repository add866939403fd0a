import { Button } from "@mantine/core";
import type { AuditEntry } from "@myfsio/client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { Badge, Empty, type Tone, When } from "@/components/ui/basics";
import { type Column, Grid, type GridHandle } from "@/components/ui/grid";
import { AuditIcon } from "@/components/ui/icons";
import { Notice, ProblemNotice } from "@/components/ui/notice";
import { exactTime } from "@/lib/format";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { auditLines } from "../api/audit";
import { outcomeOf, whatOf, whoOf } from "../model/entry";
import { type AuditView, isFiltered, type Outcome, unfiltered } from "../model/view";
import { OUTCOME_TEXT } from "../model/words";
import css from "./audit.module.css";
import { EntryDetails } from "./EntryDetails";
import { Filters } from "./Filters";
import { Why } from "./Why";

const TONES: Record<Outcome, Tone | undefined> = { ok: undefined, denied: "danger", failed: "warn" };

const keyOf = (entry: AuditEntry) => String(entry.n);
const nameOf = (entry: AuditEntry) => `${entry.operation ?? ""} ${whatOf(entry)}`.trim();

/** Who did what: filters, the lines that they leave, and the details of one. All of it is in the address. */
export function AuditLog(props: { view: AuditView; onView: (next: AuditView, how?: { replace: boolean }) => void }) {
  const { view, onView } = props;
  const query = useInfiniteQuery(auditLines(view));
  const grid = useRef<GridHandle>(null);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.entries) ?? [], [query.data]);
  const columns = useColumns();
  const last = query.data?.pages.at(-1);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const more = useCallback(() => {
    // A page without lines went as far as one goes unasked.
    if (hasNextPage && !isFetchingNextPage && (last?.entries.length ?? 0) > 0) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, last, fetchNextPage]);
  const open = rows.find((entry) => keyOf(entry) === view.line);
  const off = last?.level === "off";
  return (
    <div className={css.audit}>
      <Filters view={view} onView={onView} onRefresh={() => void query.refetch()} />
      {off && (
        <div className={css.note}>
          <Notice tone="warn" title={t("audit.off")}>
            {t("audit.off-text")}
          </Notice>
        </div>
      )}
      {view.request !== undefined && <Why request={view.request} />}
      <div className={css.area}>
        {query.isError && query.data === undefined ? (
          <div className={css.note}>
            <ProblemNotice
              title={t("audit.failed")}
              problem={asProblem(query.error)}
              onRetry={() => void query.refetch()}
            />
          </div>
        ) : (
          <div className={css.list}>
            <Grid
              label={t("audit.title")}
              columns={columns}
              rows={rows}
              keyOf={keyOf}
              nameOf={nameOf}
              onOpen={(entry) => onView({ ...view, line: keyOf(entry) })}
              openKey={open === undefined ? undefined : view.line}
              onNearEnd={more}
              loading={query.isPending}
              handle={grid}
              empty={<Nothing view={view} all={!hasNextPage} onClear={() => onView(unfiltered)} />}
            />
            {query.data !== undefined && (
              <footer className={css.foot}>
                <span className="num" role="status">
                  {t("audit.shown", { count: rows.length })}
                </span>
                {last?.until !== undefined && hasNextPage && (
                  <span className="num">{t("audit.until", { time: exactTime(new Date(last.until)) })}</span>
                )}
                {query.isFetchNextPageError && <span className={css.failed}>{t("audit.failed")}</span>}
                {hasNextPage && (
                  <Button
                    variant="default"
                    size="compact-xs"
                    disabled={isFetchingNextPage}
                    onClick={() => void fetchNextPage()}
                  >
                    {t("audit.further")}
                  </Button>
                )}
              </footer>
            )}
          </div>
        )}
        {open !== undefined && (
          <EntryDetails
            key={open.n}
            entry={open}
            onView={onView}
            onClose={() => {
              onView({ ...view, line: undefined }, { replace: true });
              grid.current?.focus();
            }}
          />
        )}
      </div>
    </div>
  );
}

function Nothing({ view, all, onClear }: { view: AuditView; all: boolean; onClear: () => void }) {
  const filtered = isFiltered(view);
  return (
    <Empty
      icon={<AuditIcon size={20} />}
      title={t(filtered ? "audit.no-match" : "audit.none")}
      text={t(!filtered ? "audit.none-text" : all ? "audit.no-match-text" : "audit.no-match-yet")}
    >
      {filtered && (
        <Button variant="default" onClick={onClear}>
          {t("audit.clear")}
        </Button>
      )}
    </Empty>
  );
}

function useColumns(): Column<AuditEntry>[] {
  return useMemo(
    () => [
      {
        id: "operation",
        label: t("audit.operation"),
        track: "minmax(0, 1fr)",
        cell: (entry) => (
          <span className={css.two}>
            <code className={css.operation}>{entry.operation ?? ""}</code>
            <span className={css.second}>
              {t(OUTCOME_TEXT[outcomeOf(entry)])} · <span translate="no">{whoOf(entry)}</span> ·{" "}
              <When time={entry.time} />
            </span>
          </span>
        ),
      },
      {
        id: "outcome",
        label: t("audit.outcome"),
        track: "96px",
        hide: "narrow",
        cell: (entry) => (
          <Badge tone={TONES[outcomeOf(entry)]} title={entry.code ?? ""}>
            {t(OUTCOME_TEXT[outcomeOf(entry)])}
          </Badge>
        ),
      },
      {
        id: "who",
        label: t("audit.who"),
        track: "minmax(0, 0.8fr)",
        hide: "narrow",
        cell: (entry) => (
          <span className="mono" title={entry.arn ?? ""}>
            {whoOf(entry)}
          </span>
        ),
      },
      {
        id: "what",
        label: t("audit.what"),
        track: "minmax(0, 1.2fr)",
        hide: "narrow",
        cell: (entry) => (
          <span className="mono" title={whatOf(entry)}>
            {whatOf(entry)}
          </span>
        ),
      },
      {
        id: "address",
        label: t("audit.address"),
        track: "128px",
        hide: "medium",
        cell: (entry) => <span className="mono">{entry.address ?? ""}</span>,
      },
      {
        id: "when",
        label: t("audit.when"),
        track: "128px",
        hide: "narrow",
        cell: (entry) => <When time={entry.time} />,
      },
    ],
    [],
  );
}
