import { useQuery } from "@tanstack/react-query";
import { ServerText } from "@/components/ui/basics";
import { Notice, ProblemNotice } from "@/components/ui/notice";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { explanation } from "../api/audit";
import css from "./audit.module.css";

/** Says of one request why it was denied, above the lines that the log has of it. */
export function Why({ request }: { request: string }) {
  const query = useQuery(explanation(request));
  return (
    <div className={css.note}>
      {query.isPending && <p className="muted delayed">{t("audit.looking")}</p>}
      {query.isError && (
        <ProblemNotice
          title={t("audit.failed")}
          problem={asProblem(query.error)}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.data !== undefined && <Said {...query.data} />}
    </div>
  );
}

function Said({ found, denied, why }: { found: boolean; denied: boolean; why?: string | undefined }) {
  if (!found) return <Notice title={t("audit.not-found")}>{t("audit.not-found-text")}</Notice>;
  if (!denied) return <Notice title={t("audit.not-denied")}>{t("audit.not-denied-text")}</Notice>;
  return (
    <Notice tone="warn" title={t("audit.denied")}>
      <p>
        <ServerText>{why ?? ""}</ServerText>
      </p>
    </Notice>
  );
}
