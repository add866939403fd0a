import { folderOf } from "@/lib/keys";

export type Kind = "image" | "video" | "audio" | "json" | "text" | "code" | "archive" | "other";

const BY_EXTENSION: Record<string, Kind> = {};
const add = (kind: Kind, extensions: string) => {
  for (const e of extensions.split(" ")) BY_EXTENSION[e] = kind;
};
add("image", "png jpg jpeg gif webp avif bmp ico svg");
add("video", "mp4 webm ogv mov m4v mkv");
add("audio", "mp3 wav ogg oga flac m4a aac opus");
add("json", "json geojson jsonl ndjson map");
add("text", "txt md markdown csv tsv log ini conf cfg env rst adoc license readme");
add(
  "code",
  "js mjs cjs ts tsx jsx go py rs c h cc cpp hpp java kt rb php sh bash zsh sql html htm css scss xml yaml yml toml mod sum lock gitignore dockerfile makefile proto vue svelte swift lua pl r",
);
add("archive", "zip tar gz tgz bz2 xz zst 7z rar jar");

/** What an object is, by its type where that tells, else by the name's ending. */
export function kindOf(key: string, contentType: string): Kind {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  const top = type.split("/")[0];
  if (top === "image" || top === "video" || top === "audio") return top;
  if (type === "application/json" || type.endsWith("+json")) return "json";
  const name = key.slice(folderOf(key).length).toLowerCase();
  const byName = BY_EXTENSION[name.slice(name.lastIndexOf(".") + 1)];
  if (byName !== undefined) return byName;
  if (top === "text") return "text";
  if (type === "application/xml" || type.endsWith("+xml") || type === "application/javascript") return "code";
  return "other";
}

/** How the preview shows it, if it can. Vector images may hold scripts; as an image they run none. */
export function previewOf(kind: Kind): "image" | "video" | "audio" | "text" | undefined {
  if (kind === "image" || kind === "video" || kind === "audio") return kind;
  return kind === "json" || kind === "text" || kind === "code" ? "text" : undefined;
}
