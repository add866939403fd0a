/** Names within keys: a key is a path only by habit, "/" is its usual delimiter. */

/** The last segment: "a/b/c.txt" gives "c.txt", a folder "a/b/" gives "b". */
export function nameOf(key: string): string {
  const end = key.endsWith("/") ? key.length - 1 : key.length;
  return key.slice(key.slice(0, end).lastIndexOf("/") + 1, end);
}

/**
 * A key or name as it is read, spoken and told from others: what would not be seen gets a sign. Spaces at the ends and
 * several in a row become open boxes, control characters their pictures, marks that turn the direction of writing a
 * replacement character; an empty name, as that of the folder "a//", is its slash.
 */
export function readable(name: string): string {
  if (name === "") return "/";
  return name
    .replace(/\p{Cc}/gu, (c) => (c < " " ? String.fromCharCode(0x2400 + c.charCodeAt(0)) : "\ufffd"))
    .replace(/^\s+|\s+$|\s{2,}/g, (blank) => "␣".repeat(blank.length))
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** The folder that a key or folder lies in: "a/b/c.txt" and "a/b/c/" give "a/b/", "x" gives "". */
export function folderOf(key: string): string {
  const end = key.endsWith("/") ? key.length - 1 : key.length;
  return key.slice(0, key.slice(0, end).lastIndexOf("/") + 1);
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
