import { abortUpload, completeUpload, createUpload, listObjects } from "@myfsio/client";
import { answer, done, OWN_HEADER } from "@/lib/http/api";
import { contentUrl } from "@/lib/http/content";
import { Problem, problemOf } from "@/lib/http/problem";
import { session } from "@/lib/session";
import type { Source, Target, Transport } from "../model/transport";

const MIB = 1024 * 1024;
const MOST_PARTS = 10_000;

/** Bytes of a part: 16 MiB, or more where the file would need too many; within what the server takes in one request. */
export function partSizeOf(size: number, least: number, most: number): number {
  const even = Math.ceil(Math.ceil(size / MOST_PARTS) / MIB) * MIB;
  return Math.min(most, Math.max(16 * MIB, least, even));
}

/** One PUT with its progress: fetch cannot tell how far an upload is. Gives the answer's headers. */
function put(
  url: string,
  body: Blob,
  headers: Record<string, string>,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop, { once: true });
    const end = () => signal.removeEventListener("abort", stop);
    request.open("PUT", url);
    for (const [name, value] of Object.entries({ ...OWN_HEADER, ...headers })) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => sent(event.loaded);
    request.onload = () => {
      end();
      if (request.status >= 200 && request.status < 300) {
        sent(body.size);
        resolve(request);
        return;
      }
      let said: unknown;
      try {
        said = JSON.parse(request.responseText);
      } catch {
        said = undefined;
      }
      reject(problemOf(request.status, said, request.getResponseHeader("x-request-id")));
    };
    request.onerror = () => {
      end();
      reject(new Problem({ status: 0 }));
    };
    request.onabort = () => {
      end();
      reject(signal.reason ?? new Problem({ status: 0 }));
    };
    request.send(body);
  });
}

const typeOf = (source: Source): string => source.type || "application/octet-stream";
const whole = (source: Source): Blob => (source instanceof Blob ? source : source.slice(0, source.size));

async function firstUnder(bucket: string, prefix: string, signal: AbortSignal): Promise<string | undefined> {
  const page = await answer(listObjects({ path: { bucket }, query: { prefix, limit: 1 }, signal }));
  return page.objects[0]?.key;
}

/** Uploads through the console's own port, in the session of whoever is signed in. */
export const transport: Transport = {
  anyUnder: async (bucket, prefix, signal) => (await firstUnder(bucket, prefix, signal)) !== undefined,

  // A key is the first of all keys that begin with it, so a listing of one answers, and a missing key is no error.
  exists: async ({ bucket, key }, signal) => (await firstUnder(bucket, key, signal)) === key,

  put: async ({ bucket, key }, source, fresh, sent, signal) => {
    const headers = { "Content-Type": typeOf(source), ...(fresh && { "If-None-Match": "*" }) };
    await put(contentUrl(bucket, key), whole(source), headers, sent, signal);
  },

  begin: async ({ bucket, key }, source, signal) => {
    const upload = await answer(createUpload({ path: { bucket }, body: { key, contentType: typeOf(source) }, signal }));
    const { minPartSize = 5 * MIB, maxUploadSize = 5 * 1024 * MIB } = session.value ?? {};
    return { uploadId: upload.uploadId, partSize: partSizeOf(source.size, minPartSize, maxUploadSize) };
  },

  part: async ({ bucket, key }, uploadId, number, body, sent, signal) => {
    const path = `/myfsio/buckets/${encodeURIComponent(bucket)}/uploads/${encodeURIComponent(uploadId)}/parts/${number}`;
    const headers = { "Content-Type": "application/octet-stream" };
    const request = await put(`${path}?${new URLSearchParams({ key })}`, body, headers, sent, signal);
    const part = JSON.parse(request.responseText) as { etag: string };
    return part.etag;
  },

  complete: async ({ bucket, key }, uploadId, etags, fresh, signal) => {
    const parts = etags.map((etag, i) => ({ number: i + 1, etag }));
    await answer(completeUpload({ path: { bucket, uploadId }, body: { key, parts, ifNoneMatch: fresh }, signal }));
  },

  abort: ({ bucket, key }: Target, uploadId) => done(abortUpload({ path: { bucket, uploadId }, query: { key } })),
};
