/**
 * The query of the console's addresses: plain names and strings, so that a pasted link reads as what it means. The
 * router's own way would write JSON, and take a folder named "1" for a number.
 */
export type Search = Record<string, string | undefined>;

export function parseSearch(query: string): Search {
  return Object.fromEntries(new URLSearchParams(query));
}

export function printSearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string" && value !== "") query.set(name, value);
  }
  // A slash needs no escape in a query, and folders are easier read without.
  const text = query.toString().replaceAll("%2F", "/");
  return text === "" ? "" : `?${text}`;
}

/** `value` if it is one of `choices`, else undefined: for what comes from an address. */
export function oneOf<C extends string>(choices: readonly C[], value: unknown): C | undefined {
  return choices.find((c) => c === value);
}

/** A string that is not empty, else undefined. */
export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/**
 * Where to go after signing in: an address of the console's own, as "/buckets/b?prefix=a/". Anything else, as one of
 * another site, gives the start page.
 */
export function placeOf(next: string | undefined): { to: string; search: Search } {
  if (next === undefined || !/^\/(?![/\\])/.test(next)) return { to: "/buckets", search: {} };
  const [path = "", query = ""] = next.split(/\?(.*)/s);
  return { to: path, search: parseSearch(query) };
}
