import { oneOf, type Search, text } from "@/lib/search";

export const IDENTITY_SORTS = ["name", "created", "policies", "keys", "groups", "members"] as const;
export const POLICY_SORTS = ["name", "created", "attached"] as const;
const SORTS = [...IDENTITY_SORTS, "attached"] as const;
export type SortBy = (typeof SORTS)[number];

/** What a list shows, as its address says. */
export interface AccessView {
  search?: string | undefined;
  sort?: SortBy | undefined;
  order?: "desc" | undefined;
}

export function readAccessView(search: Search): AccessView {
  const sort = oneOf(SORTS, search.sort);
  return {
    search: text(search.search),
    sort: sort === "name" ? undefined : sort,
    order: oneOf(["desc"], search.order),
  };
}

/** A press on a column's title. Numbers and dates begin with the largest. */
export function sortedBy(view: AccessView, by: SortBy): AccessView {
  const now = view.sort ?? "name";
  const order = now === by ? (view.order === "desc" ? undefined : "desc") : by === "name" ? undefined : "desc";
  return { ...view, sort: by === "name" ? undefined : by, order };
}
