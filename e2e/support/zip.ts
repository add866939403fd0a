import { inflateRawSync } from "node:zlib";

/** Reads an archive by its directory, as unpackers do: name → content. Knows ZIP64. */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06"));
  if (end < 0) throw new Error("no end of a ZIP directory");
  let count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const locator = end - 20;
  if (locator >= 0 && bytes.readUInt32LE(locator) === 0x07064b50) {
    const wide = Number(bytes.readBigUInt64LE(locator + 8));
    count = Number(bytes.readBigUInt64LE(wide + 32));
    at = Number(bytes.readBigUInt64LE(wide + 48));
  }
  const files = new Map<string, Buffer>();
  for (let i = 0; i < count; i += 1) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw new Error(`entry ${i} of the ZIP directory is none`);
    const method = bytes.readUInt16LE(at + 10);
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    let packed = bytes.readUInt32LE(at + 20);
    let size = bytes.readUInt32LE(at + 24);
    let local = bytes.readUInt32LE(at + 42);
    // Values that are all ones stand in the ZIP64 field, in this order.
    for (let e = at + 46 + nameLength; e < at + 46 + nameLength + extraLength; ) {
      const id = bytes.readUInt16LE(e);
      let v = e + 4;
      if (id === 1) {
        const wide = () => {
          v += 8;
          return Number(bytes.readBigUInt64LE(v - 8));
        };
        if (size === 0xffffffff) size = wide();
        if (packed === 0xffffffff) packed = wide();
        if (local === 0xffffffff) local = wide();
      }
      e += 4 + bytes.readUInt16LE(e + 2);
    }
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const raw = bytes.subarray(start, start + packed);
    const content = method === 0 ? raw : inflateRawSync(raw);
    if (content.length !== size) throw new Error(`${name} has ${content.length} bytes instead of ${size}`);
    files.set(name, Buffer.from(content));
    at += 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32);
  }
  return files;
}
