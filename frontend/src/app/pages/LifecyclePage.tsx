import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { bucketNamed } from "@/features/buckets/api/buckets";
import { BucketLifecycle } from "@/features/buckets/components/lifecycle/BucketLifecycle";
import { t } from "@/lib/i18n";
import { QueryFault } from "./FaultPages";
import css from "./pages.module.css";

export function LifecyclePage() {
  const { bucket } = useParams({ from: "/shell/buckets/$bucket/lifecycle" });
  const query = useQuery(bucketNamed(bucket));
  if (query.isError && query.data === undefined) {
    return <QueryFault title={t("bucket.failed", { bucket })} query={query} />;
  }
  return <div className={css.scroll}>{query.data !== undefined && <BucketLifecycle bucket={query.data} />}</div>;
}
