import type { UseQueryResult } from "@tanstack/react-query";
import { Bone } from "@/components/ui/basics";
import { ProblemNotice } from "@/components/ui/notice";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";

/** In place of a document that is not there: why not, or that it is still awaited. */
export function Missing<D>({ title, query }: { title: string; query: UseQueryResult<D> }) {
  if (!query.isError) return <Bone width="40%" />;
  return (
    <ProblemNotice
      title={t("configuration.failed", { what: title })}
      problem={asProblem(query.error)}
      onRetry={() => void query.refetch()}
    />
  );
}
