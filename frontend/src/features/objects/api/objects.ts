import {
  copyObject as copyOne,
  createBulkCopy,
  createBulkDelete,
  createFolder,
  createLink,
  createZip,
  deleteObject as deleteOne,
  getObject,
  listBuckets,
  listObjects,
  listVersions,
  moveObject as moveOne,
  type PresignRequest,
  putObjectLegalHold,
  putObjectRetention,
  type Retention,
  renameObject as renameOne,
  searchObjects,
} from "@myfsio/client";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, done } from "@/lib/http/api";
import { contentUrl } from "@/lib/http/content";
import { Problem, problemOf } from "@/lib/http/problem";
import { type FolderRow, objectRow, type Row } from "../model/entry";
import type { Load } from "../model/listing";

/** Pages of a folder: its folders and objects. The first also counts. */
export const folderPages =
  (bucket: string, prefix: string): Load =>
  async ({ cursor, limit, first }, signal) => {
    const page = await answer(
      listObjects({ path: { bucket }, query: { prefix, delimiter: "/", limit, cursor, count: first }, signal }),
    );
    const folders = page.folders.map((f): FolderRow => ({ kind: "folder", key: f.prefix, name: f.name }));
    // The folder's own marker, an empty object named as the folder, is not in the folder.
    const objects = page.objects.filter((o) => o.name !== "" || o.size > 0).map(objectRow);
    const hidden = page.objects.length - objects.length;
    return {
      rows: [...folders, ...objects] satisfies Row[],
      cursor: page.cursor,
      total: page.total === undefined ? undefined : { count: page.total - hidden, exact: page.totalExact ?? false },
      permissions: page.permissions,
    };
  };

/** Pages of a search for a part of the keys below a folder; each is one bounded step of the server. */
export const searchPages =
  (bucket: string, prefix: string, words: string): Load =>
  async ({ cursor, limit }, signal) => {
    const page = await answer(
      searchObjects({ path: { bucket }, query: { prefix, query: words, limit, cursor }, signal }),
    );
    return { rows: page.objects.map(objectRow), cursor: page.cursor, scanned: page.scanned };
  };

/** How many objects lie below a prefix; `exact` false: at least so many. */
export const countBelow = (bucket: string, prefix: string) =>
  queryOptions({
    queryKey: ["objects", bucket, "count", prefix],
    queryFn: async ({ signal }) => {
      const page = await answer(listObjects({ path: { bucket }, query: { prefix, limit: 1, count: true }, signal }));
      return { count: page.total ?? page.objects.length, exact: page.totalExact ?? page.cursor === undefined };
    },
    staleTime: 0,
  });

export const objectDetails = (bucket: string, key: string, versionId?: string) =>
  queryOptions({
    queryKey: ["objects", bucket, "details", key, versionId],
    queryFn: ({ signal }) => answer(getObject({ path: { bucket }, query: { key, versionId }, signal })),
  });

/** Sets the retention of a version, or ends it; `bypass` loosens one in the mode GOVERNANCE. */
export const setRetention = (
  bucket: string,
  key: string,
  versionId: string | undefined,
  retention: Retention | undefined,
  bypass: boolean,
) =>
  done(
    putObjectRetention({
      path: { bucket },
      query: { key, versionId, bypass: bypass || undefined },
      body: {
        document:
          retention === undefined
            ? "<Retention/>"
            : `<Retention><Mode>${retention.mode}</Mode><RetainUntilDate>${retention.until}</RetainUntilDate></Retention>`,
      },
    }),
  );

export const setLegalHold = (bucket: string, key: string, versionId: string | undefined, on: boolean) =>
  done(
    putObjectLegalHold({
      path: { bucket },
      query: { key, versionId },
      body: { document: `<LegalHold><Status>${on ? "ON" : "OFF"}</Status></LegalHold>` },
    }),
  );

export const objectVersions = (bucket: string, key: string) =>
  infiniteQueryOptions({
    queryKey: ["objects", bucket, "versions", key],
    queryFn: ({ pageParam, signal }) =>
      answer(listVersions({ path: { bucket }, query: { key, limit: 50, cursor: pageParam }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
  });

/** Buckets that objects can be copied to. */
export const targetBuckets = () =>
  queryOptions({
    queryKey: ["buckets", "targets"],
    queryFn: ({ signal }) => answer(listBuckets({ query: { limit: 1000 }, signal })),
  });

export const deleteObject = (bucket: string, key: string, versionId?: string) =>
  done(deleteOne({ path: { bucket }, query: { key, versionId } }));

export const makeFolder = (bucket: string, prefix: string) =>
  answer(createFolder({ path: { bucket }, body: { prefix } }));

export const renameObject = (bucket: string, key: string, name: string) =>
  answer(renameOne({ path: { bucket }, body: { key, name } }));

interface Place {
  bucket: string;
  key: string;
}

export const copyObject = (from: Place & { versionId?: string }, to: Place, overwrite: boolean) =>
  answer(
    copyOne({
      path: { bucket: from.bucket },
      body: { key: from.key, versionId: from.versionId, targetBucket: to.bucket, targetKey: to.key, overwrite },
    }),
  );

export const moveObject = (from: Place, to: Place, overwrite: boolean) =>
  answer(
    moveOne({
      path: { bucket: from.bucket },
      body: { key: from.key, targetBucket: to.bucket, targetKey: to.key, overwrite },
    }),
  );

interface Many {
  bucket: string;
  keys: string[];
  prefixes: string[];
}

export const deleteMany = (many: Many) => answer(createBulkDelete({ body: many }));

export const copyMany = (
  many: Many & { base: string; targetBucket: string; targetPrefix: string; move: boolean; overwrite: boolean },
) => answer(createBulkCopy({ body: many }));

/** An address from which the browser saves everything in one archive; good once. */
export async function archiveUrl(many: Many & { base: string }): Promise<string> {
  const { bucket, ...body } = many;
  return (await answer(createZip({ path: { bucket }, body }))).url;
}

export const makeLink = (link: PresignRequest) => answer(createLink({ body: link }));

/** The first bytes of an object as text; `whole` false: there are more. */
export async function readText(
  bucket: string,
  key: string,
  versionId: string | undefined,
  limit: number,
  signal: AbortSignal,
) {
  const response = await fetch(contentUrl(bucket, key, versionId), {
    headers: { Range: `bytes=0-${limit - 1}` },
    signal,
  });
  // An empty object has no range that could be asked for.
  if (response.status === 416) return { text: "", whole: true };
  if (!response.ok) throw problemOf(response.status, await response.json().catch(() => undefined));
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.subarray(0, 4096).includes(0)) throw new Problem({ status: 415, code: "binary" });
  const size = Number(response.headers.get("content-range")?.split("/")[1] ?? bytes.length);
  return { text: new TextDecoder().decode(bytes), whole: bytes.length >= size };
}
