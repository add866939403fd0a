import type { Job } from "@myfsio/client";
import { lazy, Suspense } from "react";
import { t } from "@/lib/i18n";
import { nameOf, readable } from "@/lib/keys";
import { say } from "@/lib/toast";
import type { Chosen } from "../model/chosen";

const ShareDialog = lazy(() => import("./ShareDialog").then((m) => ({ default: m.ShareDialog })));
const dialogs = () => import("./dialogs");
const NewFolderDialog = lazy(() => dialogs().then((m) => ({ default: m.NewFolderDialog })));
const RenameDialog = lazy(() => dialogs().then((m) => ({ default: m.RenameDialog })));
const CopyDialog = lazy(() => dialogs().then((m) => ({ default: m.CopyDialog })));
const DeleteDialog = lazy(() => dialogs().then((m) => ({ default: m.DeleteDialog })));

/** What the object browser asks about, in a dialog. */
export type Asking =
  | { what: "folder" }
  | { what: "delete" | "copy" | "move"; chosen: Chosen }
  | { what: "rename" | "share"; key: string; version?: string | undefined };

/** The dialog for what is asked, if anything is. */
export function Asked(props: {
  asking: Asking | undefined;
  bucket: string;
  prefix: string;
  versioned: boolean;
  onClose: () => void;
  onRenamed: (from: string, to: string) => void;
  onDeleted: (keys: Set<string>) => void;
  onJob: (job: Job) => void;
}) {
  const { asking, bucket, prefix, onClose, onJob } = props;
  return (
    <Suspense fallback={null}>
      {asking?.what === "folder" && (
        <NewFolderDialog
          {...{ bucket, prefix, onClose }}
          onMade={(made) => say(t("objects.folder-made", { name: readable(nameOf(made)) }))}
        />
      )}
      {asking?.what === "rename" && (
        <RenameDialog
          {...{ bucket, onClose }}
          objectKey={asking.key}
          onRenamed={(key) => {
            say(t("objects.renamed", { name: readable(nameOf(key)) }));
            props.onRenamed(asking.key, key);
          }}
        />
      )}
      {asking?.what === "share" && (
        <ShareDialog {...{ bucket, onClose }} objectKey={asking.key} versionId={asking.version} />
      )}
      {(asking?.what === "copy" || asking?.what === "move") && (
        <CopyDialog {...{ bucket, prefix, onClose, onJob }} chosen={asking.chosen} move={asking.what === "move"} />
      )}
      {asking?.what === "delete" && (
        <DeleteDialog
          {...{ bucket, onClose, onJob }}
          chosen={asking.chosen}
          versioned={props.versioned}
          onDeleted={props.onDeleted}
        />
      )}
    </Suspense>
  );
}
