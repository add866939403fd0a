import { Security } from "@/features/account/components/Security";
import { t } from "@/lib/i18n";
import { useTitle } from "@/lib/title";
import css from "./pages.module.css";

export function AccountPage() {
  useTitle(t("account.security"));
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t("account.security")}</h1>
        <p className="muted">{t("account.security-text")}</p>
      </header>
      <div className={css.pad}>
        <Security />
      </div>
    </div>
  );
}
