import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { Empty } from "@/components/ui/basics";
import { type Column, Grid, type GridHandle } from "@/components/ui/grid";
import { Guarded } from "@/components/ui/guarded";
import { PlusIcon, SearchIcon } from "@/components/ui/icons";
import { ProblemNotice } from "@/components/ui/notice";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { useShortcuts } from "@/lib/shortcuts";
import type { Page } from "../api/access";
import { type AccessView, type SortBy, sortedBy } from "../model/view";
import { AccessHead } from "./AccessHead";
import css from "./access.module.css";

interface Props<R> {
  title: string;
  query: UseInfiniteQueryResult<InfiniteData<Page<R>>>;
  columns: readonly Column<R>[];
  keyOf: (row: R) => string;
  view: AccessView;
  onView: (next: AccessView) => void;
  onOpen: (row: R) => void;
  create: string;
  /** What creating needs, when the person lacks it. */
  need: string | undefined;
  onCreate: () => void;
  /** In place of the table when there is nothing at all. */
  first: ReactNode;
}

/** A list of users, groups, roles or policies, page by page; the server searches and sorts all of them. */
export function AccessList<R extends { name: string }>(props: Props<R>) {
  const { query, view, onView, need, onCreate } = props;
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<GridHandle>(null);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const total = query.data?.pages[0]?.total ?? 0;
  const [words, setWords] = useState(view.search ?? "");
  const search = useDebouncedCallback((now: string) => onView({ ...view, search: now.trim() || undefined }), 200);
  const { refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const shortcuts = useMemo(
    () => ({
      "/": () => field.current?.select(),
      n: () => need === undefined && onCreate(),
      r: () => void refetch(),
    }),
    [need, onCreate, refetch],
  );
  useShortcuts(shortcuts);
  return (
    <div className={css.page}>
      <AccessHead>
        <TextInput
          ref={field}
          className={css.search}
          leftSection={<SearchIcon size={14} />}
          placeholder={t("iam.search")}
          aria-label={t("iam.search")}
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
        <Guarded need={need} leftSection={<PlusIcon size={14} aria-hidden />} onClick={onCreate}>
          {props.create}
        </Guarded>
      </AccessHead>
      {query.isError && query.data === undefined ? (
        <div className={css.fault}>
          <ProblemNotice
            title={t("iam.failed")}
            problem={asProblem(query.error)}
            onRetry={() => void query.refetch()}
          />
        </div>
      ) : (
        <Grid
          handle={grid}
          label={props.title}
          columns={props.columns}
          rows={rows}
          keyOf={props.keyOf}
          nameOf={(row) => row.name}
          sort={{ by: view.sort ?? "name", order: view.order ?? "asc" }}
          onSort={(by) => onView(sortedBy(view, by as SortBy))}
          onOpen={props.onOpen}
          total={total}
          onNearEnd={nearEnd}
          loading={query.isPending}
          empty={
            view.search === undefined ? (
              props.first
            ) : (
              <Empty
                icon={<SearchIcon size={20} />}
                title={t("iam.no-match")}
                text={t("iam.no-match-text", { words: view.search ?? "" })}
              />
            )
          }
        />
      )}
      {rows.length > 0 && <footer className={css.foot}>{t("grid.showing", { shown: rows.length, total })}</footer>}
    </div>
  );
}

/** A name that leads to what it names, with what tells more of it. */
export function NameCell(props: {
  name: string;
  more?: string | undefined;
  lang?: string | undefined;
  href: string;
  onOpen: () => void;
  children?: ReactNode;
}) {
  return (
    <span className={css.name}>
      <span className={css.nameText}>
        <a
          href={props.href}
          tabIndex={-1}
          title={props.name}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            props.onOpen();
          }}
        >
          {props.name}
        </a>
        {props.more !== undefined && (
          <span className={css.second} lang={props.lang}>
            {props.more}
          </span>
        )}
      </span>
      {props.children}
    </span>
  );
}
