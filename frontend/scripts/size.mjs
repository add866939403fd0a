// What a first visit loads: the entry of the build with everything it imports at once, scripts and styles, compressed.
// Fails above the limit; what is loaded later (details, dialogs, palette, other pages) does not count.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 350 * 1000;
const dist = new URL("../../backend/internal/webui/dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", dist), "utf8"));
const entry = Object.keys(manifest).find((name) => manifest[name].isEntry);

const files = new Set();
const visit = (name) => {
  const chunk = manifest[name];
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const other of chunk.imports ?? []) visit(other);
};
visit(entry);

let total = 0;
for (const file of files) {
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += size;
  console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${file}`);
}
console.log(`${(total / 1000).toFixed(1).padStart(8)} kB  in all, of at most ${LIMIT / 1000} kB`);
process.exit(total > LIMIT ? 1 : 0);
