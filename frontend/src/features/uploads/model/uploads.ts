import { useSyncExternalStore } from "react";
import { objectsChanged } from "@/lib/events";
import { t } from "@/lib/i18n";
import { reauthentication } from "@/lib/session";
import { Signal } from "@/lib/signal";
import { say, sayFailure } from "@/lib/toast";
import { transport } from "../api/transport";
import { entriesOf, found, picked } from "./files";
import { Batch, UploadQueue } from "./queue";

/** The uploads of this window. They go on whatever page is shown. */
export const uploads: UploadQueue = new UploadQueue({
  transport,
  now: () => performance.now(),
  later: (fn, ms) => {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  uploaded: ({ bucket }) => objectsChanged.tell({ bucket }),
  signedOut: () => {
    reauthentication(undefined).then(
      () => uploads.wake(),
      () => uploads.cancelAll(),
    );
  },
});

const SLICE = 500;

/** Whether the tray is open. */
export const trayOpen = new Signal(false);

/** The queue, drawn again when it changes. */
export function useUploads(): UploadQueue {
  useSyncExternalStore(uploads.subscribe, uploads.version);
  return uploads;
}

export function uploadFiles(bucket: string, prefix: string, files: readonly File[]): void {
  trayOpen.set(true);
  const batch = new Batch(bucket, prefix);
  // In slices: looking at twenty thousand files in one go would hold up the page.
  const add = (from: number) => {
    uploads.add(batch, picked(files.slice(from, from + SLICE)));
    if (from + SLICE < files.length) setTimeout(() => add(from + SLICE), 0);
  };
  add(0);
}

export function uploadDropped(bucket: string, prefix: string, dropped: DataTransfer): void {
  const entries = entriesOf(dropped);
  const batch = new Batch(bucket, prefix);
  let unread = 0;
  const read = async () => {
    let any = false;
    for await (const group of found(entries, () => (unread += 1))) {
      if (!any) trayOpen.set(true);
      any = true;
      uploads.add(batch, group);
    }
    if (unread > 0) say(t("uploads.unreadable", { count: unread }));
    else if (!any) say(t("uploads.nothing"));
  };
  read().catch((thrown) => sayFailure(t("uploads.failed"), thrown));
}

// Without a network nothing is tried; what was under way begins again when it is back.
window.addEventListener("offline", () => uploads.sleep());
window.addEventListener("online", () => uploads.wake());
// Closing the window ends uploads, so the browser asks first.
window.addEventListener("beforeunload", (event) => {
  if (uploads.open > 0) event.preventDefault();
});
