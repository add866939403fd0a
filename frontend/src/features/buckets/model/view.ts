import { oneOf, type Search, text } from "@/lib/search";

export const SORTS = ["name", "objects", "bytes", "created"] as const;
export type SortBy = (typeof SORTS)[number];

/** What the bucket list shows, as its address says. */
export interface BucketsView {
  search?: string | undefined;
  sort?: SortBy | undefined;
  order?: "desc" | undefined;
}

export function readBucketsView(search: Search): BucketsView {
  const sort = oneOf(SORTS, search.sort);
  return {
    search: text(search.search),
    sort: sort === "name" ? undefined : sort,
    order: oneOf(["desc"], search.order),
  };
}

/** A press on a column's title. Numbers and dates begin with the largest. */
export function sortedBy(view: BucketsView, by: SortBy): BucketsView {
  const now = view.sort ?? "name";
  const order = now === by ? (view.order === "desc" ? undefined : "desc") : by === "name" ? undefined : "desc";
  return { ...view, sort: by === "name" ? undefined : by, order };
}
