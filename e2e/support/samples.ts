import { createHash, randomBytes } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Bytes that nothing can guess, so that what comes back was really kept. */
export const noise = (size: number): Buffer => randomBytes(size);

/** A picture: a gradient of so many pixels. */
export function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0, at = 0; y < height; y += 1) {
    at += 1;
    for (let x = 0; x < width; x += 1) {
      rows[at++] = Math.round((x / width) * 255);
      rows[at++] = Math.round((y / height) * 255);
      rows[at++] = 160;
    }
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A second of a tone of 440 Hz. */
export function wav(): Buffer {
  const rate = 8000;
  const out = Buffer.alloc(44 + rate);
  out.write("RIFF", 0);
  out.writeUInt32LE(36 + rate, 4);
  out.write("WAVEfmt ", 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(rate, 28);
  out.writeUInt16LE(1, 32);
  out.writeUInt16LE(8, 34);
  out.write("data", 36);
  out.writeUInt32LE(rate, 40);
  for (let i = 0; i < rate; i += 1) out[44 + i] = 128 + Math.round(60 * Math.sin((i * 440 * 2 * Math.PI) / rate));
  return out;
}
