import { JobList } from "@/features/jobs/components/JobList";
import { t } from "@/lib/i18n";
import { useTitle } from "@/lib/title";
import css from "./pages.module.css";

export function ActivityPage() {
  useTitle(t("nav.activity"));
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t("nav.activity")}</h1>
        <p className="muted">{t("jobs.text")}</p>
      </header>
      <JobList />
    </div>
  );
}
