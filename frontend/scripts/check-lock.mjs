// Fails when package-lock.json would break `npm ci` somewhere: a platform package that an entry names but that has no
// entry of its own (npm skips what the registry lacked on the day, and refuses later), an entry without integrity, or
// one that records the address it was fetched from.
import { readFileSync } from "node:fs";

const { packages } = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"));
const paths = Object.keys(packages);

/** Node's own lookup: the package in `from` itself, or in any folder above it. */
const found = (from, name) => {
  for (let at = from; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    if (`${at}/node_modules/${name}` in packages) return true;
  }
  return `node_modules/${name}` in packages;
};

const faults = paths.flatMap((path) => {
  const entry = packages[path];
  const said = [];
  if (/^[a-z+]+:/.test(entry.resolved ?? "")) said.push("records where it was fetched from");
  if (path.includes("node_modules/") && !entry.link && !entry.integrity) said.push("has no integrity");
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!found(path, name)) said.push(`names ${name}, which has no entry`);
  }
  return said.map((text) => `${path || "(root)"} ${text}`);
});

for (const fault of faults) console.error(fault);
console.log(
  faults.length === 0
    ? `package-lock.json: ${paths.length} entries, whole`
    : `package-lock.json: ${faults.length} faults`,
);
process.exit(faults.length === 0 ? 0 : 1);
