import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Badge, Card, When } from "@/components/ui/basics";
import { ProblemNotice } from "@/components/ui/notice";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { sayFailure } from "@/lib/toast";
import { end, endOthers, sessions } from "../api/account";
import { browserOf } from "../model/browser";
import css from "./account.module.css";

/** The person's own sessions, of the console and of programs with tokens; any of them can be ended from here. */
export function SessionsCard() {
  const queries = useQueryClient();
  const query = useQuery(sessions());
  const all = query.data ?? [];
  const then = async (change: Promise<void>) => {
    try {
      await change;
    } catch (thrown) {
      sayFailure(t("account.session-not-ended"), thrown);
    }
    await queries.invalidateQueries({ queryKey: sessions().queryKey });
  };
  return (
    <Card
      title={t("account.sessions")}
      actions={
        <Button
          variant="default"
          size="compact-sm"
          disabled={all.every((one) => one.current)}
          onClick={() => void then(endOthers())}
        >
          {t("account.end-others")}
        </Button>
      }
    >
      {query.isError && <ProblemNotice title={t("account.not-loaded")} problem={asProblem(query.error)} />}
      <ul className={css.list} aria-busy={query.isPending || undefined}>
        {all.map((one) => {
          const who = one.program ? t("account.program") : browserOf(one.agent);
          return (
            <li key={one.id}>
              <span className={css.grow} title={one.agent}>
                {who ?? t("account.unknown-browser")}
              </span>
              {one.current ? (
                <Badge tone="accent">{t("account.this-session")}</Badge>
              ) : (
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={t("account.end-session-of", { browser: who ?? one.remote })}
                  onClick={() => void then(end(one.id))}
                >
                  {t("account.end-session")}
                </Button>
              )}
              <span className={css.facts}>
                <span className="mono">{one.remote}</span>
                <span>
                  {t("account.seen")} <When time={one.seen} />
                </span>
                <span>
                  {t("account.began")} <When time={one.created} />
                </span>
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
