/** Names within keys: a key is a path only by habit, "/" is its usual delimiter. */

/** The last segment: "a/b/c.txt" gives "c.txt", a folder "a/b/" gives "b". */
export function nameOf(key: string): string {
  const end = key.endsWith("/") ? key.length - 1 : key.length;
  return key.slice(key.lastIndexOf("/", end - 1) + 1, end);
}

/** The folder that a key or folder lies in: "a/b/c.txt" and "a/b/c/" give "a/b/", "x" gives "". */
export function folderOf(key: string): string {
  const end = key.endsWith("/") ? key.length - 1 : key.length;
  return key.slice(0, key.lastIndexOf("/", end - 1) + 1);
}

/** A prefix taken apart for a breadcrumb: "a/b/" gives a → "a/", b → "a/b/". */
export function crumbs(prefix: string): { name: string; prefix: string }[] {
  const out: { name: string; prefix: string }[] = [];
  let from = 0;
  for (let slash = prefix.indexOf("/"); slash >= 0; slash = prefix.indexOf("/", from)) {
    out.push({ name: prefix.slice(from, slash), prefix: prefix.slice(0, slash + 1) });
    from = slash + 1;
  }
  if (from < prefix.length) out.push({ name: prefix.slice(from), prefix });
  return out;
}
