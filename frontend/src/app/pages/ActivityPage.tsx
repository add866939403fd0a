import { Link, Outlet } from "@tanstack/react-router";
import { HERE, Tabs } from "@/components/ui/tabs";
import { t } from "@/lib/i18n";
import { useTitle } from "@/lib/title";
import css from "./pages.module.css";

/** What the server does and did: long work, and the audit log. */
export function ActivityPage() {
  useTitle(t("nav.activity"));
  return (
    <div className={css.bucket}>
      <header className={css.tabbed}>
        <h1>{t("nav.activity")}</h1>
        <Tabs label={t("activity.tabs")}>
          <Link to="/activity" activeOptions={{ exact: true }} activeProps={HERE}>
            {t("jobs.title")}
          </Link>
          <Link to="/activity/audit" search={{}} activeOptions={{ includeSearch: false }} activeProps={HERE}>
            {t("audit.tab")}
          </Link>
        </Tabs>
      </header>
      <Outlet />
    </div>
  );
}
