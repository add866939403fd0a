import type { Job } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import {
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
import { Grid, type GridHandle } from "@/components/ui/grid";
import { ProblemNotice } from "@/components/ui/notice";
import { usePointMenu } from "@/components/ui/pointmenu";
import { SidePanelBones } from "@/components/ui/sidepanel";
import { contentUrl, save } from "@/lib/http/content";
import { t } from "@/lib/i18n";
import { folderOf, nameOf, readable } from "@/lib/keys";
import { pageSize } from "@/lib/preferences";
import { nothing, pruned, type Selection } from "@/lib/selection";
import { useSession } from "@/lib/session";
import { useShortcuts } from "@/lib/shortcuts";
import { useSignal } from "@/lib/signal";
import { sayFailure } from "@/lib/toast";
import { archiveUrl } from "../api/objects";
import { asMany, type Chosen, chosenOf, single } from "../model/chosen";
import { filtered, keyOfRow, type ObjectRow, type Row, sorted, titleOf } from "../model/entry";
import { lacksOf } from "../model/rights";
import { inFolder, type SortBy, sortedBy, type View } from "../model/view";
import { Asked, type Asking } from "./Asked";
import { DetailActions } from "./DetailActions";
import { Finding } from "./Finding";
import { Footer } from "./Footer";
import { Nothing } from "./Nothing";
import css from "./objects.module.css";
import { rowMenu } from "./rowMenu";
import { SelectionBar } from "./SelectionBar";
import { Toolbar } from "./Toolbar";
import { useColumns } from "./useColumns";
import { useListing } from "./useListing";
import { useUploads } from "./useUploads";

const Details = lazy(() => import("./Details").then((m) => ({ default: m.Details })));

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
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<GridHandle>(null);
  const toList = () => grid.current?.focus();

  const by = view.sort ?? "name";
  const descending = view.order === "desc";
  const words = useDeferredValue(view.filter);
  const ordered = useMemo(() => sorted(state.rows, by, descending), [state.rows, by, descending]);
  const rows = useMemo(() => filtered(ordered, words), [ordered, words]);
  useEffect(() => {
    setSelection((now) => (now.keys.size === 0 ? now : pruned(now, rows.map(keyOfRow))));
  }, [rows]);

  const lacks = lacksOf(state.permissions);
  const picked = useMemo(
    () => chosenOf(selection.keys.size === 0 ? [] : rows.filter((row) => selection.keys.has(keyOfRow(row)))),
    [rows, selection],
  );
  const count = selection.keys.size;
  /** What keys are about: the selection, or the row that has the focus when nothing is selected. */
  const meant = (row: Row): Chosen => (count > 0 ? picked : chosenOf([row]));

  const open = useCallback(
    (row: Row) => {
      if (row.kind === "folder") onView(inFolder(view, row.key));
      else onView({ ...view, key: row.key, version: undefined });
    },
    [onView, view],
  );
  const close = useCallback(() => {
    onView({ ...view, key: undefined, version: undefined });
    grid.current?.focus();
  }, [onView, view]);
  const download = (chosen: Chosen) => {
    const one = single(chosen);
    if (one !== undefined) {
      save(contentUrl(bucket, one.key), nameOf(one.key));
      return;
    }
    archiveUrl({ ...asMany(bucket, chosen), base: prefix }).then(
      (url) => save(url),
      (thrown) => sayFailure(t("objects.download-failed"), thrown),
    );
  };
  const refresh = useCallback(() => {
    void listing.refresh();
    void queries.invalidateQueries({ queryKey: ["buckets"] });
    void queries.invalidateQueries({ queryKey: ["objects", bucket] });
  }, [listing, queries, bucket]);

  const { show, menu } = usePointMenu<Row>((row) =>
    rowMenu(row, selection.keys.has(keyOfRow(row)) ? picked : chosenOf([row]), lacks, {
      open,
      download,
      ask: setAsking,
    }),
  );
  const columns = useColumns(show, open, bucket, view);
  const { drag, parts, pickFiles, pickFolder } = useUploads({
    place: `${bucket}/${prefix}`,
    need: lacks.put,
    onFiles: (files) => props.onFiles(prefix, files),
    onDrop: (dropped) => props.onDrop(prefix, dropped),
  });

  const shortcuts = useMemo(
    () => ({
      "/": () => field.current?.select(),
      r: refresh,
      n: () => lacks.put === undefined && setAsking({ what: "folder" }),
      u: () => lacks.put === undefined && pickFiles(),
      Escape: () => {
        setSelection(nothing);
        if (view.key !== undefined) close();
      },
      Backspace: () => {
        if (view.find !== undefined) onView(inFolder(view, prefix));
        else if (prefix !== "") onView(inFolder(view, folderOf(prefix)));
      },
    }),
    [refresh, lacks.put, pickFiles, close, view, prefix, onView],
  );
  useShortcuts(shortcuts);

  const nearEnd = useCallback(() => {
    // While a filter hides rows the end of the list is always near; then only the button loads more.
    if (view.filter === undefined && state.phase === "more") void listing.more(size);
  }, [listing, size, state.phase, view.filter]);
  const firstTime = state.rows.length === 0 && (state.phase === "idle" || state.phase === "loading");

  return (
    <div className={css.browser} {...drag}>
      {count === 0 ? (
        <Toolbar
          {...{ bucket, view, onView, field }}
          onList={toList}
          needPut={lacks.put}
          onRefresh={refresh}
          onNewFolder={() => setAsking({ what: "folder" })}
          onPickFiles={pickFiles}
          onPickFolder={pickFolder}
        />
      ) : (
        <SelectionBar
          {...{ count, picked, lacks }}
          onClear={() => setSelection(nothing)}
          onDownload={() => download(picked)}
          onAsk={(what) => setAsking({ what, chosen: picked })}
        />
      )}
      {props.jobs}
      {view.find !== undefined && (
        <Finding words={view.find} {...{ prefix, listing, state, size }} onEnd={() => onView(inFolder(view, prefix))} />
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
              nameOf={titleOf}
              sort={{ by, order: descending ? "desc" : "asc" }}
              onSort={(column) => onView(sortedBy(view, column as SortBy), { replace: true })}
              selection={selection}
              onSelection={setSelection}
              onOpen={open}
              onDelete={(row) => {
                if (lacks.remove === undefined) setAsking({ what: "delete", chosen: meant(row) });
              }}
              onMenu={show}
              onKey={(key, row) => {
                if (key === "F2" && row.kind === "object" && lacks.put === undefined) {
                  setAsking({ what: "rename", key: row.key });
                  return true;
                }
                if (key === "d" && lacks.get === undefined) {
                  download(meant(row));
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
                  onUpload={lacks.put === undefined ? pickFiles : undefined}
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
          <Suspense fallback={<SidePanelBones label={t("details.of", { name: readable(nameOf(view.key)) })} />}>
            <Details
              key={view.key}
              bucket={bucket}
              objectKey={view.key}
              version={view.version}
              permissions={state.permissions}
              onClose={close}
              onVersion={(version) => onView({ ...view, version })}
              actions={
                <DetailActions
                  needGet={lacks.get}
                  needPut={lacks.put}
                  needDelete={lacks.remove}
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
      {parts}
      {menu}
      <Asked
        {...{ asking, bucket, prefix }}
        versioned={props.versioned}
        onClose={() => setAsking(undefined)}
        onRenamed={(from, to) => {
          if (view.key === from) onView({ ...view, key: to, version: undefined }, { replace: true });
        }}
        onDeleted={(keys) => {
          listing.remove(keys);
          void queries.invalidateQueries({ queryKey: ["objects", bucket] });
          // Where versions are kept, the details now tell of the deletion and offer what was before.
          if (view.key !== undefined && keys.has(view.key))
            onView({ ...view, key: props.versioned ? view.key : undefined, version: undefined }, { replace: true });
        }}
        onJob={(job) => {
          setSelection(nothing);
          props.onJob(job);
        }}
      />
    </div>
  );
}

/** An object whose details are open though its row is not loaded, as from a pasted link. */
const unknownObject = (key: string): ObjectRow => ({
  kind: "object",
  key,
  name: nameOf(key),
  size: 0,
  modified: "",
  at: 0,
  etag: "",
  contentType: "",
  storageClass: "",
});
