import type { ObjectRow, Row } from "./entry";

/** What an action is about: objects and folders, as the person picked them. */
export interface Chosen {
  readonly objects: readonly ObjectRow[];
  readonly folders: readonly string[];
}

export function chosenOf(rows: readonly Row[]): Chosen {
  const objects: ObjectRow[] = [];
  const folders: string[] = [];
  for (const row of rows) {
    if (row.kind === "object") objects.push(row);
    else folders.push(row.key);
  }
  return { objects, folders };
}

export const sizeOf = (chosen: Chosen): number => chosen.objects.reduce((n, o) => n + o.size, 0);

/** The one object that was picked, if it is one and nothing else. */
export const single = (chosen: Chosen): ObjectRow | undefined =>
  chosen.objects.length === 1 && chosen.folders.length === 0 ? chosen.objects[0] : undefined;

export const asMany = (bucket: string, chosen: Chosen) => ({
  bucket,
  keys: chosen.objects.map((o) => o.key),
  prefixes: [...chosen.folders],
});
