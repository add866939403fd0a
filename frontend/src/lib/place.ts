import { printSearch } from "./search";

/**
 * The address of a bucket's objects, as a link in a row of a table shows it. The router would work it out as well, but
 * takes a millisecond for each, and tables draw dozens at every jump.
 */
export const addressOf = (bucket: string, search: object = {}): string =>
  `/ui/buckets/${encodeURIComponent(bucket)}${printSearch(search as Record<string, unknown>)}`;
