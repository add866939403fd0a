import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { objectsChanged } from "@/lib/events";
import { bucketNamed } from "../api/buckets";

/** Asks for the bucket's counts again after objects came or went, at most once a second and a half. */
export function useBucketFreshness(bucket: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = objectsChanged.listen((what) => {
      if (what.bucket !== bucket || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: bucketNamed(bucket).queryKey });
        void queries.invalidateQueries({ queryKey: ["buckets", "pages"] });
        void queries.invalidateQueries({ queryKey: ["objects", bucket] });
      }, 1500);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [queries, bucket]);
}
