import { session } from "@/lib/session";
import { folderPages, searchPages } from "../api/objects";
import { Listing } from "./listing";

/** Listings seen lately, so that going back shows what was there at once, and then asks anew. */
const KEPT = 20;
const kept = new Map<string, Listing>();

export function listingOf(bucket: string, prefix: string, find: string | undefined): Listing {
  const id = JSON.stringify([bucket, prefix, find]);
  const listing =
    kept.get(id) ?? new Listing(find === undefined ? folderPages(bucket, prefix) : searchPages(bucket, prefix, find));
  kept.delete(id);
  kept.set(id, listing);
  for (const [old, other] of kept) {
    if (kept.size <= KEPT) break;
    other.close();
    kept.delete(old);
  }
  return listing;
}

let person = session.value?.user?.id;
session.subscribe(() => {
  const now = session.value?.user?.id;
  if (now !== person) forgetListings();
  person = now;
});

/** Another person signed in, or nobody is: nothing that the last one saw is kept. */
export function forgetListings(): void {
  for (const listing of kept.values()) listing.close();
  kept.clear();
}
