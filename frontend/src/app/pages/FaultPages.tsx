import { Button } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { Empty } from "@/components/ui/basics";
import { SearchIcon } from "@/components/ui/icons";
import { ProblemNotice } from "@/components/ui/notice";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { useTitle } from "@/lib/title";
import css from "./pages.module.css";

export function NotFoundPage() {
  useTitle(t("fault.not-found"));
  return (
    <Empty whole icon={<SearchIcon size={20} />} title={t("fault.not-found")} text={t("fault.not-found-text")}>
      <Button component={Link} to="/buckets" size="sm">
        {t("fault.home")}
      </Button>
    </Empty>
  );
}

/** A page that could not be drawn, or the server could not be asked who is signed in. */
export function CrashPage({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <div className={css.fault}>
      <ProblemNotice title={t("fault.page")} problem={asProblem(error)} onRetry={() => void router.invalidate()} />
    </div>
  );
}

/** What a page is about could not be read. `name` is its heading, where no other part of the page is one. */
export function QueryFault(props: { name?: string; title: string; query: { error: unknown; refetch: () => unknown } }) {
  return (
    <div className={css.fault}>
      {props.name !== undefined && <h1 className="hidden-visually">{props.name}</h1>}
      <ProblemNotice
        title={props.title}
        problem={asProblem(props.query.error)}
        onRetry={() => void props.query.refetch()}
      />
    </div>
  );
}
