/** Address of an object's bytes in the console's own origin; the server answers them as an attachment. */
export function contentUrl(bucket: string, key: string, versionId?: string): string {
  const query = new URLSearchParams({ key });
  if (versionId !== undefined) query.set("versionId", versionId);
  return `/myfsio/buckets/${encodeURIComponent(bucket)}/content?${query}`;
}

/** Has the browser save what the address answers, by itself and without holding it in memory. */
export function save(url: string, name?: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name ?? "";
  document.body.append(link);
  link.click();
  link.remove();
}
