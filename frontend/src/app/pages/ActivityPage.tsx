import { Link, Outlet } from "@tanstack/react-router";
import { t } from "@/lib/i18n";
import { useTitle } from "@/lib/title";
import css from "./pages.module.css";

const here = { "data-on": true, "aria-current": "page" } as const;

/** What the server does and did: long work, and the audit log. */
export function ActivityPage() {
  useTitle(t("nav.activity"));
  return (
    <div className={css.bucket}>
      <header className={css.tabbed}>
        <h1>{t("nav.activity")}</h1>
        <nav className={css.tabs} aria-label={t("activity.tabs")}>
          <Link to="/activity" activeOptions={{ exact: true }} activeProps={here}>
            {t("jobs.title")}
          </Link>
          <Link to="/activity/audit" search={{}} activeOptions={{ includeSearch: false }} activeProps={here}>
            {t("audit.tab")}
          </Link>
        </nav>
      </header>
      <Outlet />
    </div>
  );
}
