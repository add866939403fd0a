import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { bucketNamed } from "@/features/buckets/api/buckets";
import { BucketHead } from "@/features/buckets/components/BucketHead";
import { useBucketFreshness } from "@/features/buckets/components/useBucketFreshness";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { useTitle } from "@/lib/title";
import { QueryFault } from "./FaultPages";
import css from "./pages.module.css";

/** The head and tabs of a bucket; the tab below shows what it is about. */
export function BucketPage() {
  const { bucket } = useParams({ from: "/shell/buckets/$bucket" });
  const query = useQuery(bucketNamed(bucket));
  useTitle(bucket);
  useBucketFreshness(bucket);
  const problem = query.isError ? asProblem(query.error) : undefined;
  if (problem?.code === "NoSuchBucket") {
    return <QueryFault name={bucket} title={t("bucket.failed", { bucket })} query={query} />;
  }
  return (
    <div className={css.bucket}>
      <BucketHead name={bucket} bucket={query.data} />
      <Outlet />
    </div>
  );
}
