import type { Entry as ApiEntry } from "@myfsio/client";
import { nameOf, readable } from "@/lib/keys";
import type { SortBy } from "./view";

/** A row of the object browser. `key` of a folder is its prefix, which ends with "/", so keys are unique among rows. */
export type Row = FolderRow | ObjectRow;

export interface FolderRow {
  readonly kind: "folder";
  readonly key: string;
  readonly name: string;
}

export interface ObjectRow {
  readonly kind: "object";
  readonly key: string;
  /** What the key adds to the folder that is shown. */
  readonly name: string;
  readonly size: number;
  readonly modified: string;
  /** `modified` in milliseconds, to sort by. */
  readonly at: number;
  readonly etag: string;
  readonly contentType: string;
  readonly storageClass: string;
}

export const objectRow = (entry: ApiEntry): ObjectRow => ({
  kind: "object",
  key: entry.key,
  name: entry.name,
  size: entry.size,
  modified: entry.modified,
  at: Date.parse(entry.modified),
  etag: entry.etag,
  contentType: entry.contentType,
  storageClass: entry.storageClass,
});

/** What a row is called. An object that is named as the folder that holds it, "a/" in "a/", adds nothing to it. */
export const titleOf = (row: Row): string => readable(row.name === "" ? nameOf(row.key) : row.name);

export const keyOfRow = (row: Row): string => (row.kind === "folder" ? `${row.key}\u0000` : row.key);

/** Rows whose name contains all words, in any case. The same array when there are no words. */
export function filtered(rows: readonly Row[], words: string | undefined): readonly Row[] {
  const wanted = (words ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const name = row.name.toLowerCase();
    return wanted.every((word) => name.includes(word));
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Rows in order, folders first. Names are in the order of the server (by code unit), so rows that are loaded later
 * come after those that are there. Equal rows stay in the order in which they were given, that of names.
 * The given array is not changed.
 */
export function sorted(rows: readonly Row[], by: SortBy, descending: boolean): readonly Row[] {
  const folders: FolderRow[] = [];
  const objects: ObjectRow[] = [];
  for (const row of rows) {
    if (row.kind === "folder") folders.push(row);
    else objects.push(row);
  }
  const sign = descending ? -1 : 1;
  if (by === "name") {
    // They come sorted; only a listing that was put together from pieces needs work.
    inOrder(folders);
    inOrder(objects);
    if (descending) {
      folders.reverse();
      objects.reverse();
    }
  } else if (by === "size") objects.sort((a, b) => sign * (a.size - b.size));
  else if (by === "modified") objects.sort((a, b) => sign * (a.at - b.at));
  else objects.sort((a, b) => sign * compare(a.storageClass, b.storageClass));
  return folders.length === 0 ? objects : (folders as Row[]).concat(objects);
}

function inOrder(rows: Row[]): void {
  for (let i = 1; i < rows.length; i += 1) {
    if ((rows[i - 1]?.name ?? "") > (rows[i]?.name ?? "")) {
      rows.sort((a, b) => compare(a.name, b.name));
      return;
    }
  }
}
