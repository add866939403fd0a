import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ProblemNotice } from "@/components/ui/notice";
import { bucketNamed } from "@/features/buckets/api/buckets";
import { BucketLifecycle } from "@/features/buckets/components/lifecycle/BucketLifecycle";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import css from "./pages.module.css";

export function LifecyclePage() {
  const { bucket } = useParams({ from: "/shell/buckets/$bucket/lifecycle" });
  const query = useQuery(bucketNamed(bucket));
  if (query.isError && query.data === undefined) {
    return (
      <div className={css.fault}>
        <ProblemNotice
          title={t("bucket.failed", { bucket })}
          problem={asProblem(query.error)}
          onRetry={() => void query.refetch()}
        />
      </div>
    );
  }
  return <div className={css.scroll}>{query.data !== undefined && <BucketLifecycle bucket={query.data} />}</div>;
}
