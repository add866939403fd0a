import { Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ActivityIcon, BucketIcon, CollapseIcon, ExpandIcon, PeopleIcon, SettingsIcon } from "@/components/ui/icons";
import { Logo } from "@/components/ui/logo";
import { mayOpen } from "@/features/access/model/kinds";
import { type MessageId, t } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import css from "./shell.module.css";

interface Place {
  to: "/buckets" | "/access" | "/activity" | "/settings";
  label: Extract<MessageId, `nav.${string}`>;
  icon: ReactNode;
}

const BUCKETS: Place = { to: "/buckets", label: "nav.buckets", icon: <BucketIcon size={16} aria-hidden /> };
const ACCESS: Place = { to: "/access", label: "nav.access", icon: <PeopleIcon size={16} aria-hidden /> };
const ACTIVITY: Place = { to: "/activity", label: "nav.activity", icon: <ActivityIcon size={16} aria-hidden /> };
const SETTINGS: Place = { to: "/settings", label: "nav.settings", icon: <SettingsIcon size={16} aria-hidden /> };

/** The main places. Only what the person may use is there. */
export function Rail({ folded, onFold }: { folded: boolean; onFold?: () => void }) {
  const { user, permissions } = useSession();
  const places = [BUCKETS, ...(mayOpen(permissions) ? [ACCESS] : []), ACTIVITY, ...(user?.admin ? [SETTINGS] : [])];
  return (
    <nav className={css.rail} data-folded={folded || undefined} aria-label={t("shell.navigation")}>
      <Link to="/buckets" className={css.brand} aria-label={t("app.name")}>
        <Logo size={24} />
        {!folded && <span>{t("app.name")}</span>}
      </Link>
      <ul className={css.places}>
        {places.map((place) => (
          <li key={place.to}>
            <Tooltip label={t(place.label)} position="right" disabled={!folded}>
              <Link to={place.to} className={css.place} activeProps={{ "data-on": true, "aria-current": "page" }}>
                {place.icon}
                <span className={folded ? "hidden-visually" : undefined}>{t(place.label)}</span>
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
      {onFold !== undefined && (
        <Tooltip label={t(folded ? "shell.unfold" : "shell.fold")} position="right">
          <button
            type="button"
            className={css.place}
            onClick={onFold}
            aria-label={t(folded ? "shell.unfold" : "shell.fold")}
          >
            {folded ? <ExpandIcon size={16} aria-hidden /> : <CollapseIcon size={16} aria-hidden />}
            {!folded && <span>{t("shell.fold-short")}</span>}
          </button>
        </Tooltip>
      )}
    </nav>
  );
}
