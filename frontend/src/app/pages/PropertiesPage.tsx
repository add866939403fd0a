import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { ProblemNotice } from "@/components/ui/notice";
import { bucketNamed } from "@/features/buckets/api/buckets";
import { BucketProperties } from "@/features/buckets/components/BucketProperties";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import css from "./pages.module.css";

export function PropertiesPage() {
  const { bucket } = useParams({ from: "/shell/buckets/$bucket/properties" });
  const query = useQuery(bucketNamed(bucket));
  const navigate = useNavigate();
  const queries = useQueryClient();
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
  return (
    <div className={css.scroll}>
      {query.data !== undefined && (
        <BucketProperties
          bucket={query.data}
          onDeleted={() => {
            void navigate({ to: "/buckets" }).then(() => {
              queries.removeQueries({ queryKey: bucketNamed(bucket).queryKey });
              return queries.invalidateQueries({ queryKey: ["buckets"] });
            });
          }}
        />
      )}
    </div>
  );
}
