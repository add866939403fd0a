import { oneOf, type Search, text } from "@/lib/search";

export const SORTS = ["name", "size", "modified", "class"] as const;
export type SortBy = (typeof SORTS)[number];
export const PAGE_SIZES = [50, 100, 150, 200, 250] as const;

/**
 * What the object browser shows, as its address says: /buckets/<bucket>?prefix=a/b/&key=…&filter=…. What is absent has
 * its usual value, so addresses are as short as they can be.
 */
export interface View {
  /** Folder: "" or "a/b/". */
  prefix?: string | undefined;
  /** Object whose details are open, and which version of it. */
  key?: string | undefined;
  version?: string | undefined;
  /** Words that the names of loaded rows must contain. */
  filter?: string | undefined;
  /** Words that the server looks for in keys below the folder. */
  find?: string | undefined;
  sort?: SortBy | undefined;
  order?: "desc" | undefined;
}

export function readView(search: Search): View {
  const key = text(search.key);
  const sort = oneOf(SORTS, search.sort);
  return {
    prefix: text(search.prefix),
    key,
    version: key === undefined ? undefined : text(search.version),
    filter: text(search.filter),
    find: text(search.find),
    sort: sort === "name" ? undefined : sort,
    order: oneOf(["desc"], search.order),
  };
}

/** Another folder: what belonged to the old one goes, the sort stays. */
export const inFolder = (view: View, prefix: string): View => ({
  prefix: prefix === "" ? undefined : prefix,
  sort: view.sort,
  order: view.order,
});

/** A press on a column's title: sorts by it, or turns the order around. Numbers and dates begin with the largest. */
export function sortedBy(view: View, by: SortBy): View {
  const now = view.sort ?? "name";
  const first = by === "size" || by === "modified" ? "desc" : undefined;
  const order = now === by ? (view.order === "desc" ? undefined : "desc") : first;
  return { ...view, sort: by === "name" ? undefined : by, order };
}
