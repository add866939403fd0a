import type { IdentityEntry, ManagedPolicyEntry } from "@myfsio/client";
import { oneOf, type Search, text } from "@/lib/search";

export const SORTS = ["name", "created", "policies", "keys", "groups", "members", "attached"] as const;
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

type Row = IdentityEntry | ManagedPolicyEntry;

const value = (row: Row, by: SortBy): string | number =>
  by === "name" ? row.name.toLowerCase() : ((row as unknown as Record<string, string | number>)[by] ?? "");

/** The rows that have the words of the view, in its order. */
export function chosen<R extends Row>(rows: readonly R[], view: AccessView): R[] {
  const words = (view.search ?? "").toLowerCase();
  const by = view.sort ?? "name";
  const sign = view.order === "desc" ? -1 : 1;
  return rows
    .filter((row) =>
      [row.name, row.arn, row.description ?? "", "displayName" in row ? (row.displayName ?? "") : ""].some((part) =>
        part.toLowerCase().includes(words),
      ),
    )
    .sort((a, b) => {
      const [x, y] = [value(a, by), value(b, by)];
      return x === y ? (a.name < b.name ? -1 : 1) : x < y ? -sign : sign;
    });
}
