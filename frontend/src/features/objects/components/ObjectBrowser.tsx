import { Button, Menu, TextInput } from "@mantine/core";
import type { Job } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import {
  type DragEvent,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { IconButton } from "@/components/ui/basics";
import { Grid, type GridHandle } from "@/components/ui/grid";
import { Guarded } from "@/components/ui/guarded";
import {
  CloseIcon,
  CopyIcon,
  DeleteIcon,
  DownIcon,
  DownloadIcon,
  FilterIcon,
  FolderIcon,
  InfoIcon,
  LinkIcon,
  MoveIcon,
  NewFolderIcon,
  FileIcon as PlainFileIcon,
  RefreshIcon,
  RenameIcon,
  SearchIcon,
  UploadFolderIcon,
  UploadIcon,
} from "@/components/ui/icons";
import { ProblemNotice } from "@/components/ui/notice";
import { type PointMenuItem, usePointMenu } from "@/components/ui/pointmenu";
import { bytes } from "@/lib/format";
import { contentUrl, save } from "@/lib/http/content";
import { t } from "@/lib/i18n";
import { folderOf, nameOf } from "@/lib/keys";
import { pageSize } from "@/lib/preferences";
import { nothing, pruned, type Selection } from "@/lib/selection";
import { may, useSession } from "@/lib/session";
import { useShortcuts } from "@/lib/shortcuts";
import { useSignal } from "@/lib/signal";
import { say, sayFailure } from "@/lib/toast";
import { archiveUrl } from "../api/objects";
import { asMany, type Chosen, chosenOf, single, sizeOf } from "../model/chosen";
import { filtered, keyOfRow, type Row, sorted } from "../model/entry";
import { inFolder, type SortBy, sortedBy, type View } from "../model/view";
import { Crumbs } from "./Crumbs";
import { DetailActions } from "./DetailActions";
import { Footer } from "./Footer";
import { Nothing } from "./Nothing";
import css from "./objects.module.css";
import { useColumns } from "./useColumns";
import { useListing } from "./useListing";

const Details = lazy(() => import("./Details").then((m) => ({ default: m.Details })));
const ShareDialog = lazy(() => import("./ShareDialog").then((m) => ({ default: m.ShareDialog })));
const dialogs = () => import("./dialogs");
const NewFolderDialog = lazy(() => dialogs().then((m) => ({ default: m.NewFolderDialog })));
const RenameDialog = lazy(() => dialogs().then((m) => ({ default: m.RenameDialog })));
const CopyDialog = lazy(() => dialogs().then((m) => ({ default: m.CopyDialog })));
const DeleteDialog = lazy(() => dialogs().then((m) => ({ default: m.DeleteDialog })));

export interface ObjectBrowserProps {
  bucket: string;
  view: View;
  onView: (next: View, how?: { replace: boolean }) => void;
  versioned: boolean;
  syncLine: string;
  /** A job began on the server. */
  onJob: (job: Job) => void;
  onFiles: (prefix: string, files: readonly File[]) => void;
  onDrop: (prefix: string, dropped: DataTransfer) => void;
  /** Running jobs of this bucket. */
  jobs?: ReactNode;
}

type Asking =
  | { what: "folder" }
  | { what: "delete" | "copy" | "move"; chosen: Chosen }
  | { what: "rename" | "share"; key: string; version?: string | undefined };

const nameOfRow = (row: Row) => row.name;

/** The objects of a bucket, folder by folder. Another folder or search is another browser (see its key). */
export function ObjectBrowser(props: ObjectBrowserProps) {
  return <Browser key={JSON.stringify([props.bucket, props.view.prefix, props.view.find])} {...props} />;
}

function Browser(props: ObjectBrowserProps) {
  const { bucket, view, onView } = props;
  const session = useSession();
  const queries = useQueryClient();
  const prefix = view.prefix ?? "";
  const size = useSignal(pageSize) ?? session.pageSize;
  const { listing, state } = useListing(bucket, prefix, view.find, size);
  const [selection, setSelection] = useState<Selection>(nothing);
  const [asking, setAsking] = useState<Asking>();
  const [dragging, setDragging] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const grid = useRef<GridHandle>(null);

  const by = view.sort ?? "name";
  const descending = view.order === "desc";
  const words = useDeferredValue(view.filter);
  const ordered = useMemo(() => sorted(state.rows, by, descending), [state.rows, by, descending]);
  const rows = useMemo(() => filtered(ordered, words), [ordered, words]);
  useEffect(() => {
    setSelection((now) => (now.keys.size === 0 ? now : pruned(now, rows.map(keyOfRow))));
  }, [rows]);

  const lacks = (action: string) =>
    state.permissions === undefined || may(state.permissions, action) ? undefined : action;
  const needPut = lacks("s3:PutObject");
  const needGet = lacks("s3:GetObject");
  const needDelete = lacks("s3:DeleteObject");

  const picked = useMemo(
    () => chosenOf(selection.keys.size === 0 ? [] : rows.filter((row) => selection.keys.has(keyOfRow(row)))),
    [rows, selection],
  );

  const open = useCallback(
    (row: Row) => {
      if (row.kind === "folder") onView(inFolder(view, row.key));
      else onView({ ...view, key: row.key, version: undefined });
    },
    [onView, view],
  );
  const download = useCallback(
    (chosen: Chosen) => {
      const one = single(chosen);
      if (one !== undefined) {
        save(contentUrl(bucket, one.key), nameOf(one.key));
        return;
      }
      archiveUrl({ ...asMany(bucket, chosen), base: prefix }).then(
        (url) => save(url),
        (thrown) => sayFailure(t("objects.download-failed"), thrown),
      );
    },
    [bucket, prefix],
  );
  const refresh = useCallback(() => {
    void listing.refresh();
    void queries.invalidateQueries({ queryKey: ["buckets"] });
    void queries.invalidateQueries({ queryKey: ["objects", bucket] });
  }, [listing, queries, bucket]);

  /** What a row's action is about: the whole selection when the row is in it, else the row. */
  const about = (row: Row): Chosen =>
    selection.keys.has(keyOfRow(row)) && selection.keys.size > 1 ? picked : chosenOf([row]);

  const { show, menu } = usePointMenu<Row>((row): PointMenuItem[] => {
    const chosen = about(row);
    const one = single(chosen);
    return [
      ...(chosen.objects.length + chosen.folders.length === 1
        ? [
            {
              label: t(row.kind === "folder" ? "action.open" : "objects.details"),
              icon: row.kind === "folder" ? <FolderIcon size={16} /> : <InfoIcon size={16} />,
              keys: "Enter",
              run: () => open(row),
            },
          ]
        : []),
      {
        label: t(one === undefined ? "objects.download-zip" : "objects.download"),
        icon: <DownloadIcon size={16} />,
        need: needGet,
        keys: "d",
        run: () => download(chosen),
      },
      ...(one === undefined
        ? []
        : [
            {
              label: t("objects.share"),
              icon: <LinkIcon size={16} />,
              run: () => setAsking({ what: "share", key: one.key }),
            },
            "line" as const,
            {
              label: t("objects.rename"),
              icon: <RenameIcon size={16} />,
              need: needPut ?? needDelete,
              keys: "F2",
              run: () => setAsking({ what: "rename", key: one.key }),
            },
          ]),
      {
        label: t("objects.copy"),
        icon: <CopyIcon size={16} />,
        need: needGet,
        run: () => setAsking({ what: "copy", chosen }),
      },
      {
        label: t("objects.move"),
        icon: <MoveIcon size={16} />,
        need: needGet ?? needDelete,
        run: () => setAsking({ what: "move", chosen }),
      },
      "line",
      {
        label: t("objects.delete"),
        icon: <DeleteIcon size={16} />,
        danger: true,
        need: needDelete,
        keys: "Del",
        run: () => setAsking({ what: "delete", chosen }),
      },
    ];
  });

  const columns = useColumns(show, open, bucket, view);

  const shortcuts = useMemo(
    () => ({
      "/": () => field.current?.select(),
      r: refresh,
      n: () => needPut === undefined && setAsking({ what: "folder" }),
      u: () => needPut === undefined && files.current?.click(),
      Backspace: () => {
        if (view.find !== undefined) onView(inFolder(view, prefix));
        else if (prefix !== "") onView(inFolder(view, folderOf(prefix)));
      },
    }),
    [refresh, needPut, view, prefix, onView],
  );
  useShortcuts(shortcuts);

  const loading = state.phase === "loading";
  const nearEnd = useCallback(() => {
    // While a filter hides rows the end of the list is always near; then only the button loads more.
    if (view.filter === undefined && state.phase === "more") void listing.more(size);
  }, [listing, size, state.phase, view.filter]);

  // A search goes on by itself until a page of results is there; each step of it is bounded.
  const [halted, setHalted] = useState(false);
  useEffect(() => {
    if (view.find !== undefined && state.phase === "more" && state.rows.length < size && !halted)
      void listing.more(size);
  }, [view.find, state.phase, state.rows.length, size, halted, listing]);

  const drag = {
    onDragEnter: (event: DragEvent) => {
      if (event.dataTransfer.types.includes("Files")) setDragging(true);
    },
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = needPut === undefined ? "copy" : "none";
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDragging(false);
    },
    onDrop: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      setDragging(false);
      if (needPut === undefined) props.onDrop(prefix, event.dataTransfer);
    },
  };
  const chooseFiles = (input: HTMLInputElement) => {
    if (input.files !== null && input.files.length > 0) props.onFiles(prefix, [...input.files]);
    input.value = "";
  };

  const close = useCallback(() => {
    onView({ ...view, key: undefined, version: undefined });
    grid.current?.focus();
  }, [onView, view]);
  const count = selection.keys.size;
  const firstTime = state.rows.length === 0 && (state.phase === "idle" || loading);

  return (
    <div className={css.browser} {...drag}>
      {count === 0 ? (
        <div className={css.bar}>
          <Crumbs bucket={bucket} view={view} />
          <TextInput
            ref={field}
            className={css.filter}
            size="xs"
            type="search"
            leftSection={<FilterIcon size={14} />}
            placeholder={t("objects.filter")}
            aria-label={t("objects.filter")}
            value={view.filter ?? ""}
            onChange={(event) => onView({ ...view, filter: event.currentTarget.value || undefined }, { replace: true })}
            onKeyDown={(event) => {
              if (event.key === "ArrowDown") {
                event.preventDefault();
                grid.current?.focus();
              } else if (event.key === "Enter" && view.filter?.trim()) {
                onView({ ...inFolder(view, prefix), find: view.filter.trim() });
              } else if (event.key === "Escape") {
                onView({ ...view, filter: undefined }, { replace: true });
                grid.current?.focus();
              }
            }}
            rightSection={
              view.filter === undefined ? null : (
                <IconButton
                  label={t("objects.search-below")}
                  size={22}
                  onClick={() => onView({ ...inFolder(view, prefix), find: view.filter?.trim() })}
                >
                  <SearchIcon size={14} />
                </IconButton>
              )
            }
          />
          <IconButton label={t("action.refresh")} onClick={refresh}>
            <RefreshIcon size={16} />
          </IconButton>
          <Guarded
            variant="default"
            className={css.newFolder}
            need={needPut}
            leftSection={<NewFolderIcon size={14} />}
            onClick={() => setAsking({ what: "folder" })}
          >
            {t("objects.new-folder")}
          </Guarded>
          {needPut === undefined ? (
            <Menu>
              <Menu.Target>
                <Button leftSection={<UploadIcon size={14} />} rightSection={<DownIcon size={14} />}>
                  {t("objects.upload")}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<PlainFileIcon size={16} />} onClick={() => files.current?.click()}>
                  {t("objects.upload-files")}
                </Menu.Item>
                <Menu.Item leftSection={<UploadFolderIcon size={16} />} onClick={() => folder.current?.click()}>
                  {t("objects.upload-folder")}
                </Menu.Item>
                <Menu.Item
                  className={css.narrowOnly}
                  leftSection={<NewFolderIcon size={16} />}
                  onClick={() => setAsking({ what: "folder" })}
                >
                  {t("objects.new-folder")}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          ) : (
            <Guarded need={needPut} leftSection={<UploadIcon size={14} />} onClick={() => {}}>
              {t("objects.upload")}
            </Guarded>
          )}
        </div>
      ) : (
        <div className={css.bar} data-selection role="toolbar" aria-label={t("objects.selection")}>
          <IconButton label={t("objects.clear-selection")} onClick={() => setSelection(nothing)}>
            <CloseIcon size={16} />
          </IconButton>
          <span className={css.selected} role="status">
            {t("objects.selected", { count })}
            {picked.objects.length > 0 && <span className="muted num"> · {bytes(sizeOf(picked))}</span>}
          </span>
          <Guarded
            variant="default"
            need={needGet}
            leftSection={<DownloadIcon size={14} />}
            onClick={() => download(picked)}
          >
            {t("objects.download")}
          </Guarded>
          <Guarded
            variant="default"
            className={css.wideOnly}
            need={needGet}
            leftSection={<CopyIcon size={14} />}
            onClick={() => setAsking({ what: "copy", chosen: picked })}
          >
            {t("objects.copy")}
          </Guarded>
          <Guarded
            variant="default"
            className={css.wideOnly}
            need={needGet ?? needDelete}
            leftSection={<MoveIcon size={14} />}
            onClick={() => setAsking({ what: "move", chosen: picked })}
          >
            {t("objects.move")}
          </Guarded>
          <Guarded
            color="red"
            variant="filled"
            need={needDelete}
            leftSection={<DeleteIcon size={14} />}
            onClick={() => setAsking({ what: "delete", chosen: picked })}
          >
            {t("objects.delete")}
          </Guarded>
        </div>
      )}
      {props.jobs}
      {view.find !== undefined && (
        <div className={css.finding} role="status">
          <SearchIcon size={14} aria-hidden />
          <span>
            {t(prefix === "" ? "objects.found-bucket" : "objects.found-below", {
              words: view.find,
              count: state.rows.length,
              folder: prefix,
            })}
            <span className="muted num"> · {t("objects.scanned", { count: state.scanned })}</span>
          </span>
          {loading ? (
            <Button
              variant="default"
              size="compact-xs"
              onClick={() => {
                setHalted(true);
                listing.stop();
              }}
            >
              {t("action.stop")}
            </Button>
          ) : (
            state.phase === "more" && (
              <Button
                variant="default"
                size="compact-xs"
                onClick={() => {
                  setHalted(false);
                  void listing.more(size);
                }}
              >
                {t("objects.search-on")}
              </Button>
            )
          )}
          <IconButton label={t("objects.end-search")} size={24} onClick={() => onView(inFolder(view, prefix))}>
            <CloseIcon size={14} />
          </IconButton>
        </div>
      )}
      <div className={css.split}>
        <div className={css.list}>
          {state.phase === "failed" && state.problem !== undefined && (
            <div className={css.fault}>
              <ProblemNotice
                title={t("objects.failed")}
                problem={state.problem}
                onRetry={() => void listing.refresh(size)}
              />
            </div>
          )}
          {!(state.phase === "failed" && state.rows.length === 0) && (
            <Grid
              handle={grid}
              label={t("bucket.objects")}
              columns={columns}
              rows={rows}
              keyOf={keyOfRow}
              nameOf={nameOfRow}
              sort={{ by, order: descending ? "desc" : "asc" }}
              onSort={(column) => onView(sortedBy(view, column as SortBy), { replace: true })}
              selection={selection}
              onSelection={setSelection}
              onOpen={open}
              onDelete={(row) => {
                if (needDelete === undefined)
                  setAsking({ what: "delete", chosen: count > 0 ? picked : chosenOf([row]) });
              }}
              onMenu={show}
              onKey={(key, row) => {
                if (key === "F2" && row.kind === "object" && needPut === undefined) {
                  setAsking({ what: "rename", key: row.key });
                  return true;
                }
                if (key === "d" && needGet === undefined) {
                  download(count > 0 ? picked : chosenOf([row]));
                  return true;
                }
                if (key === "Escape" && view.key !== undefined) {
                  close();
                  return true;
                }
                return false;
              }}
              openKey={view.key}
              total={view.filter === undefined ? state.total?.count : undefined}
              onNearEnd={nearEnd}
              loading={firstTime}
              empty={
                <Nothing
                  {...{ state, view, prefix, bucket }}
                  syncLine={props.syncLine}
                  onUpload={needPut === undefined ? () => files.current?.click() : undefined}
                />
              }
            />
          )}
          <Footer
            state={state}
            shown={rows.length}
            filtering={words !== undefined}
            size={size}
            onMore={() => void listing.more(size)}
            onAll={() => void listing.all()}
            onStop={() => listing.stop()}
          />
        </div>
        {view.key !== undefined && (
          <Suspense
            fallback={
              <aside className={css.details} aria-label={t("details.of", { name: nameOf(view.key) })} aria-busy />
            }
          >
            <Details
              key={view.key}
              bucket={bucket}
              objectKey={view.key}
              version={view.version}
              onClose={close}
              onVersion={(version) => onView({ ...view, version })}
              actions={
                <DetailActions
                  needGet={needGet}
                  needPut={needPut}
                  needDelete={needDelete}
                  onDownload={() => save(contentUrl(bucket, view.key ?? "", view.version), nameOf(view.key ?? ""))}
                  onShare={() => setAsking({ what: "share", key: view.key ?? "", version: view.version })}
                  onRename={() => setAsking({ what: "rename", key: view.key ?? "" })}
                  onMany={(what) => {
                    const row = state.rows.find((r) => r.kind === "object" && r.key === view.key);
                    const object = row?.kind === "object" ? row : unknownObject(view.key ?? "");
                    setAsking({ what, chosen: { objects: [object], folders: [] } });
                  }}
                />
              }
            />
          </Suspense>
        )}
      </div>
      {dragging && (
        <div className={css.drop} aria-hidden>
          <div>
            <UploadIcon size={24} />
            {needPut === undefined
              ? t("objects.drop", { folder: `${bucket}/${prefix}` })
              : t("action.needs", { permission: needPut })}
          </div>
        </div>
      )}
      <input
        ref={files}
        type="file"
        multiple
        hidden
        data-testid="files"
        onChange={(event) => chooseFiles(event.currentTarget)}
      />
      <input
        ref={(input) => {
          folder.current = input;
          input?.setAttribute("webkitdirectory", "");
        }}
        type="file"
        multiple
        hidden
        data-testid="folder"
        onChange={(event) => chooseFiles(event.currentTarget)}
      />
      {menu}
      <Suspense fallback={null}>
        {asking?.what === "folder" && (
          <NewFolderDialog
            bucket={bucket}
            prefix={prefix}
            onClose={() => setAsking(undefined)}
            onMade={(made) => say(t("objects.folder-made", { name: nameOf(made) }))}
          />
        )}
        {asking?.what === "rename" && (
          <RenameDialog
            bucket={bucket}
            objectKey={asking.key}
            onClose={() => setAsking(undefined)}
            onRenamed={(key) => {
              say(t("objects.renamed", { name: nameOf(key) }));
              if (view.key === asking.key) onView({ ...view, key, version: undefined }, { replace: true });
            }}
          />
        )}
        {asking?.what === "share" && (
          <ShareDialog
            bucket={bucket}
            objectKey={asking.key}
            versionId={asking.version}
            onClose={() => setAsking(undefined)}
          />
        )}
        {(asking?.what === "copy" || asking?.what === "move") && (
          <CopyDialog
            bucket={bucket}
            prefix={prefix}
            chosen={asking.chosen}
            move={asking.what === "move"}
            onClose={() => setAsking(undefined)}
            onJob={(job) => {
              setSelection(nothing);
              props.onJob(job);
            }}
          />
        )}
        {asking?.what === "delete" && (
          <DeleteDialog
            bucket={bucket}
            chosen={asking.chosen}
            versioned={props.versioned}
            onClose={() => setAsking(undefined)}
            onDeleted={(keys) => {
              listing.remove(keys);
              if (view.key !== undefined && keys.has(view.key))
                onView({ ...view, key: undefined, version: undefined }, { replace: true });
            }}
            onJob={(job) => {
              setSelection(nothing);
              props.onJob(job);
            }}
          />
        )}
      </Suspense>
    </div>
  );
}

/** An object whose details are open though its row is not loaded, as from a pasted link. */
const unknownObject = (key: string) =>
  ({
    kind: "object",
    key,
    name: nameOf(key),
    size: 0,
    modified: "",
    at: 0,
    etag: "",
    contentType: "",
    storageClass: "",
  }) as const;
