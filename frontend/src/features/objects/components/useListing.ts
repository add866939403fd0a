import { useEffect, useState, useSyncExternalStore } from "react";
import { objectsChanged } from "@/lib/events";
import { listingOf } from "../model/listings";

/** The rows of a folder or search, asked for anew when the browser opens and whenever objects of the bucket changed. */
export function useListing(bucket: string, prefix: string, find: string | undefined, rows: number) {
  const [listing] = useState(() => listingOf(bucket, prefix, find));
  const state = useSyncExternalStore(listing.subscribe, listing.state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page size holds for the next page
  useEffect(() => {
    void listing.refresh(rows);
  }, [listing]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Many uploads end within a second; the list is asked for once.
    const stop = objectsChanged.listen((what) => {
      if (what.bucket !== bucket || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        void listing.refresh();
      }, 400);
    });
    return () => {
      stop();
      clearTimeout(timer);
      listing.stop();
    };
  }, [listing, bucket]);
  return { listing, state };
}
