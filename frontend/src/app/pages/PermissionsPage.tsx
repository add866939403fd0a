import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ProblemNotice } from "@/components/ui/notice";
import { bucketNamed } from "@/features/buckets/api/buckets";
import { BucketPermissions } from "@/features/buckets/components/permissions/BucketPermissions";
import { PolicyRescue } from "@/features/buckets/components/permissions/PolicyRescue";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import css from "./pages.module.css";

export function PermissionsPage() {
  const { bucket } = useParams({ from: "/shell/buckets/$bucket/permissions" });
  const query = useQuery(bucketNamed(bucket));
  const problem = query.isError ? asProblem(query.error) : undefined;
  const refused = problem?.status === 403;
  if (problem !== undefined && (refused || query.data === undefined)) {
    return (
      <div className={css.scroll}>
        <div className={css.fault}>
          <ProblemNotice
            title={t("bucket.failed", { bucket })}
            problem={problem}
            onRetry={() => void query.refetch()}
          />
          {refused && <PolicyRescue bucket={bucket} />}
        </div>
      </div>
    );
  }
  return (
    <div className={css.scroll}>
      {query.data !== undefined && <BucketPermissions key={bucket} bucket={query.data} />}
    </div>
  );
}
