import { JobList } from "@/features/jobs/components/JobList";
import { t } from "@/lib/i18n";
import css from "./pages.module.css";

export function JobsPage() {
  return (
    <div className={css.page}>
      <p className={`${css.text} muted`}>{t("jobs.text")}</p>
      <JobList />
    </div>
  );
}
