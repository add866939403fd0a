/** The n-th free-name candidate for a key: "a/report.pdf" gives "a/report (2).pdf" for n = 2. */
export function numbered(key: string, n: number): string {
  const slash = key.lastIndexOf("/");
  const dot = key.lastIndexOf(".");
  // A dot right after the slash begins a hidden file's name and is no extension.
  const cut = dot > slash + 1 ? dot : key.length;
  return `${key.slice(0, cut)} (${n})${key.slice(cut)}`;
}

/** Each folder of a key below `root`, outermost first: "a/b/c.txt" below "" gives "a/", "a/b/". */
export function foldersOf(key: string, root: string): string[] {
  const out: string[] = [];
  for (let at = key.indexOf("/", root.length); at >= 0; at = key.indexOf("/", at + 1)) out.push(key.slice(0, at + 1));
  return out;
}
