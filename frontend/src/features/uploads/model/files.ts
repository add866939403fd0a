import type { Source } from "./transport";

/** A file and where it goes, relative to the folder that files were dropped on. */
export interface Found {
  path: string;
  source: Source;
}

/** Files of a picker: those of a chosen folder carry their path within it. */
export const picked = (files: readonly File[]): Found[] =>
  files.map((file) => ({ path: file.webkitRelativePath || file.name, source: file }));

/** What a drop holds, taken at once: a browser forgets it when the event is over. */
export function entriesOf(dropped: DataTransfer): (FileSystemEntry | File)[] {
  const out: (FileSystemEntry | File)[] = [];
  for (const item of dropped.items) {
    if (item.kind !== "file") continue;
    const found = item.webkitGetAsEntry?.() ?? item.getAsFile();
    if (found !== null) out.push(found);
  }
  return out;
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((found, failed) => entry.file(found, failed));

/** Up to a hundred entries at a time; empty when the folder is at its end. */
const readSome = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((found, failed) => reader.readEntries(found, failed));

/**
 * Every file of a drop, folders to their depths, in groups, so that uploading begins while folders are still being
 * read. What cannot be read is told to `unreadable` and left out.
 */
export async function* found(
  entries: readonly (FileSystemEntry | File)[],
  unreadable: (path: string) => void,
  group = 500,
): AsyncGenerator<Found[]> {
  let out: Found[] = [];
  const folders: FileSystemDirectoryEntry[] = [];
  const take = async (entry: FileSystemEntry | File) => {
    if (entry instanceof File) {
      out.push({ path: entry.name, source: entry });
      return;
    }
    const path = entry.fullPath.replace(/^\//, "");
    if (entry.isDirectory) {
      folders.push(entry as FileSystemDirectoryEntry);
      return;
    }
    try {
      out.push({ path, source: await fileOf(entry as FileSystemFileEntry) });
    } catch {
      unreadable(path);
    }
  };
  for (const entry of entries) await take(entry);
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const reader = folder.createReader();
    try {
      for (let some = await readSome(reader); some.length > 0; some = await readSome(reader)) {
        for (const entry of some) await take(entry);
        if (out.length >= group) {
          yield out;
          out = [];
        }
      }
    } catch {
      unreadable(folder.fullPath.replace(/^\//, ""));
    }
  }
  if (out.length > 0) yield out;
}
