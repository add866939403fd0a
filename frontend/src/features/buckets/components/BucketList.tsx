import { Button, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { Bucket } from "@myfsio/client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { Badge, Bytes, Empty, Snippet, When } from "@/components/ui/basics";
import { type Column, Grid, type GridHandle } from "@/components/ui/grid";
import { BucketIcon, DeleteIcon, MoreIcon, OutsideIcon, PlusIcon, SearchIcon } from "@/components/ui/icons";
import { ProblemNotice } from "@/components/ui/notice";
import { type PointMenuItem, usePointMenu } from "@/components/ui/pointmenu";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { addressOf } from "@/lib/place";
import { may, useSession } from "@/lib/session";
import { useShortcuts } from "@/lib/shortcuts";
import { bucketPages } from "../api/buckets";
import { boto3Lines, cliLines } from "../model/hints";
import { type BucketsView, type SortBy, sortedBy } from "../model/view";
import css from "./buckets.module.css";
import { CreateBucketDialog } from "./CreateBucketDialog";
import { DeleteBucketDialog } from "./DeleteBucketDialog";

const keyOf = (bucket: Bucket) => bucket.name;

export function BucketList({ view, onView }: { view: BucketsView; onView: (next: BucketsView) => void }) {
  const session = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const query = useInfiniteQuery(bucketPages(view));
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<Bucket>();
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<GridHandle>(null);
  const [words, setWords] = useState(view.search ?? "");
  const search = useDebouncedCallback((now: string) => onView({ ...view, search: now.trim() || undefined }), 200);
  const mayCreate = may(session.permissions, "s3:CreateBucket");

  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.buckets) ?? [], [query.data]);
  const total = query.data?.pages[0]?.total;
  const open = useCallback(
    (bucket: Bucket) => void navigate({ to: "/buckets/$bucket", params: { bucket: bucket.name }, search: {} }),
    [navigate],
  );
  const { show, menu } = usePointMenu<Bucket>((bucket): PointMenuItem[] => [
    { label: t("action.open"), icon: <OutsideIcon size={16} />, run: () => open(bucket) },
    "line",
    {
      label: t("buckets.delete"),
      icon: <DeleteIcon size={16} />,
      danger: true,
      need: may(bucket.permissions, "s3:DeleteBucket") ? undefined : "s3:DeleteBucket",
      run: () => setDeleting(bucket),
    },
  ]);

  const columns = useMemo<Column<Bucket>[]>(
    () => [
      {
        id: "name",
        label: t("buckets.name"),
        track: "minmax(0, 1fr)",
        sortable: true,
        cell: (bucket) => (
          <span className={css.name}>
            <BucketIcon size={16} aria-hidden />
            <span className={css.nameText}>
              <a
                href={addressOf(bucket.name)}
                tabIndex={-1}
                title={bucket.name}
                onClick={(event) => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  open(bucket);
                }}
              >
                {bucket.name}
              </a>
              <span className={css.second}>{t("buckets.objects", { count: bucket.objects })}</span>
            </span>
            {bucket.access === "public" && <Badge tone="warn">{t("access.public")}</Badge>}
          </span>
        ),
      },
      {
        id: "objects",
        label: t("buckets.column-objects"),
        track: "112px",
        end: true,
        sortable: true,
        hide: "narrow",
        cell: (bucket) => t("format.number", { value: bucket.objects }),
      },
      {
        id: "bytes",
        label: t("buckets.column-size"),
        track: "104px",
        end: true,
        sortable: true,
        cell: (bucket) => <Bytes size={bucket.bytes} />,
      },
      {
        id: "versioning",
        label: t("versioning.title"),
        track: "128px",
        hide: "medium",
        cell: (bucket) => <VersioningBadge state={bucket.versioning} />,
      },
      {
        id: "created",
        label: t("buckets.created"),
        track: "136px",
        sortable: true,
        hide: "medium",
        cell: (bucket) => <When time={bucket.created} />,
      },
      {
        id: "menu",
        label: t("action.actions"),
        track: "44px",
        fit: true,
        cell: (bucket) => (
          <button
            type="button"
            className={css.more}
            tabIndex={-1}
            aria-label={t("action.actions-for", { name: bucket.name })}
            onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              show(bucket, { x: box.right, y: box.bottom });
            }}
          >
            <MoreIcon size={16} aria-hidden />
          </button>
        ),
      },
    ],
    [show, open],
  );

  const shortcuts = useMemo(
    () => ({
      "/": () => field.current?.select(),
      n: () => mayCreate && setCreating(true),
      r: () => void queries.invalidateQueries({ queryKey: ["buckets"] }),
    }),
    [queries, mayCreate],
  );
  useShortcuts(shortcuts);

  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const none = rows.length === 0 && query.isSuccess && !query.isPlaceholderData;
  const first = none && view.search === undefined;
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t("nav.buckets")}</h1>
        {!first && (
          <TextInput
            ref={field}
            className={css.search}
            leftSection={<SearchIcon size={14} />}
            placeholder={t("buckets.search")}
            aria-label={t("buckets.search")}
            type="search"
            size="xs"
            value={words}
            onChange={(event) => {
              setWords(event.currentTarget.value);
              search(event.currentTarget.value);
            }}
            onKeyDown={(event) => {
              if (event.key === "ArrowDown" || event.key === "Enter") {
                event.preventDefault();
                grid.current?.focus();
              }
            }}
          />
        )}
        <Tooltip label={t("action.needs", { permission: "s3:CreateBucket" })} disabled={mayCreate}>
          <Button
            leftSection={<PlusIcon size={14} />}
            onClick={() => mayCreate && setCreating(true)}
            data-disabled={!mayCreate || undefined}
            aria-disabled={!mayCreate || undefined}
          >
            {t("buckets.create")}
          </Button>
        </Tooltip>
      </header>
      {query.isError && rows.length === 0 ? (
        <div className={css.fault}>
          <ProblemNotice
            title={t("buckets.failed")}
            problem={asProblem(query.error)}
            onRetry={() => void query.refetch()}
          />
        </div>
      ) : (
        <Grid
          handle={grid}
          label={t("nav.buckets")}
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          nameOf={keyOf}
          sort={{ by: view.sort ?? "name", order: view.order ?? "asc" }}
          onSort={(by) => onView(sortedBy(view, by as SortBy))}
          onOpen={open}
          onDelete={(bucket) => may(bucket.permissions, "s3:DeleteBucket") && setDeleting(bucket)}
          onMenu={show}
          total={total}
          onNearEnd={nearEnd}
          loading={query.isPending}
          empty={
            first ? (
              <NoBuckets onCreate={mayCreate ? () => setCreating(true) : undefined} />
            ) : (
              <NoMatch words={view.search ?? ""} />
            )
          }
        />
      )}
      {rows.length > 0 && (
        <footer className={css.foot}>{t("grid.showing", { shown: rows.length, total: total ?? rows.length })}</footer>
      )}
      {menu}
      {creating && (
        <CreateBucketDialog
          onClose={() => setCreating(false)}
          onCreated={(name) => {
            void queries.invalidateQueries({ queryKey: ["buckets"] });
            void navigate({ to: "/buckets/$bucket", params: { bucket: name }, search: {} });
          }}
        />
      )}
      {deleting !== undefined && (
        <DeleteBucketDialog
          bucket={deleting}
          onClose={() => setDeleting(undefined)}
          onDeleted={() => void queries.invalidateQueries({ queryKey: ["buckets"] })}
        />
      )}
    </div>
  );
}

export function VersioningBadge({ state }: { state: Bucket["versioning"] }) {
  if (state === "Enabled") return <Badge tone="ok">{t("versioning.enabled")}</Badge>;
  if (state === "Suspended") return <Badge tone="warn">{t("versioning.suspended")}</Badge>;
  return <span className="muted">{t("versioning.off")}</span>;
}

function NoMatch({ words }: { words: string }) {
  return (
    <Empty icon={<SearchIcon size={20} />} title={t("buckets.no-match")} text={t("buckets.no-match-text", { words })} />
  );
}

/** The first thing a new server shows: how to begin, here and from a terminal. */
function NoBuckets({ onCreate }: { onCreate: (() => void) | undefined }) {
  const { s3Endpoint, region } = useSession();
  return (
    <div className={css.first}>
      <Empty
        icon={<BucketIcon size={20} />}
        title={t("buckets.first")}
        text={t(onCreate === undefined ? "buckets.first-none" : "buckets.first-text")}
      >
        {onCreate !== undefined && (
          <Button size="sm" leftSection={<PlusIcon size={16} />} onClick={onCreate}>
            {t("buckets.create-first")}
          </Button>
        )}
      </Empty>
      <div className={css.lessons}>
        <div>
          <h2>{t("hints.cli")}</h2>
          <Snippet label={t("hints.cli")} text={cliLines(s3Endpoint, "my-bucket")} />
        </div>
        <div>
          <h2>{t("hints.boto3")}</h2>
          <Snippet label={t("hints.boto3")} text={boto3Lines(s3Endpoint, region, "my-bucket")} />
        </div>
      </div>
    </div>
  );
}
