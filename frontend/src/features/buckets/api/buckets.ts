import {
  createBucket as create,
  getBucket,
  listBuckets,
  type NewBucket,
  deleteBucket as remove,
  setVersioning as setState,
} from "@myfsio/client";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, done } from "@/lib/http/api";
import type { BucketsView } from "../model/view";

const PAGE = 200;

/** The bucket list, page by page. */
export const bucketPages = (view: BucketsView) =>
  infiniteQueryOptions({
    queryKey: ["buckets", "pages", view],
    queryFn: ({ pageParam, signal }) =>
      answer(
        listBuckets({
          query: {
            search: view.search,
            sort: view.sort ?? "name",
            order: view.order ?? "asc",
            limit: PAGE,
            cursor: pageParam,
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
  });

/** Buckets whose name contains `words`, the first ones. */
export const bucketsFound = (words: string, limit: number) =>
  queryOptions({
    queryKey: ["buckets", "found", words, limit],
    queryFn: ({ signal }) => answer(listBuckets({ query: { search: words || undefined, limit }, signal })),
    placeholderData: keepPreviousData,
  });

export const bucketNamed = (bucket: string) =>
  queryOptions({
    queryKey: ["buckets", "one", bucket],
    queryFn: ({ signal }) => answer(getBucket({ path: { bucket }, signal })),
  });

export const createBucket = (bucket: NewBucket) => answer(create({ body: bucket }));

export const deleteBucket = (bucket: string) => done(remove({ path: { bucket } }));

export const setVersioning = (bucket: string, versioning: "Enabled" | "Suspended") =>
  answer(setState({ path: { bucket }, body: { versioning } }));
