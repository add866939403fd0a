import { useNavigate, useSearch } from "@tanstack/react-router";
import { Empty } from "@/components/ui/basics";
import { SettingsIcon } from "@/components/ui/icons";
import { ConfigTable } from "@/features/settings/components/ConfigTable";
import { ServerInfo } from "@/features/settings/components/ServerInfo";
import { t } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { useTitle } from "@/lib/title";
import css from "./pages.module.css";

export function SettingsPage() {
  const { user } = useSession();
  const { filter } = useSearch({ from: "/shell/settings" });
  const navigate = useNavigate();
  useTitle(t("nav.settings"));
  if (!user?.admin) {
    return (
      <Empty whole icon={<SettingsIcon size={20} />} title={t("settings.admins")} text={t("settings.admins-text")} />
    );
  }
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t("nav.settings")}</h1>
        <p className="muted">{t("settings.text")}</p>
      </header>
      <div className={css.pad}>
        <ServerInfo />
        <ConfigTable
          words={filter ?? ""}
          onWords={(words) => void navigate({ to: "/settings", search: { filter: words || undefined }, replace: true })}
        />
      </div>
    </div>
  );
}
