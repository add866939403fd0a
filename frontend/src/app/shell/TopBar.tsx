import { Link, useMatches } from "@tanstack/react-router";
import { IconButton } from "@/components/ui/basics";
import { MenuIcon, NextIcon, SearchIcon } from "@/components/ui/icons";
import { KINDS, policyName } from "@/features/access/model/kinds";
import { JobsButton } from "@/features/jobs/components/JobsButton";
import { TrayButton } from "@/features/uploads/components/TrayButton";
import { t } from "@/lib/i18n";
import { oneOf } from "@/lib/search";
import { AccountMenu } from "./AccountMenu";
import css from "./shell.module.css";

interface TopBarProps {
  onMenu: (() => void) | undefined;
  onPalette: () => void;
  onHelp: () => void;
}

const MOD = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";

export function TopBar({ onMenu, onPalette, onHelp }: TopBarProps) {
  return (
    <header className={css.top}>
      {onMenu !== undefined && (
        <IconButton label={t("shell.menu")} onClick={onMenu} size={32}>
          <MenuIcon size={18} />
        </IconButton>
      )}
      <Where />
      <button type="button" className={css.palette} onClick={onPalette} aria-label={t("palette.title")}>
        <SearchIcon size={14} aria-hidden />
        <span>{t("palette.button")}</span>
        <kbd>{MOD} K</kbd>
      </button>
      <JobsButton />
      <TrayButton />
      <AccountMenu onHelp={onHelp} />
    </header>
  );
}

const TABS = { users: "iam.users", groups: "iam.groups", roles: "iam.roles" } as const;

const accessTab = (path: string, kind: string | undefined) =>
  path.startsWith("/access/polic") ? "policies" : path.startsWith("/access/") ? oneOf(KINDS, kind) : undefined;

/** Where the person is: the place, and the bucket or whoever it is within it. */
function Where() {
  const matches = useMatches();
  const last = matches.at(-1);
  const { bucket, name } = (last?.params ?? {}) as { bucket?: string; name?: string };
  const { arn } = (last?.search ?? {}) as { arn?: string };
  const id = String(last?.fullPath ?? "");
  const tab = accessTab(id, (last?.params as { kind?: string } | undefined)?.kind);
  const one = name ?? (id.startsWith("/access/policy") && arn !== undefined ? policyName(arn) : undefined);
  if (tab !== undefined && one !== undefined) {
    return (
      <nav className={css.where} aria-label={t("shell.breadcrumb")}>
        {tab === "policies" ? (
          <Link to="/access/policies" search={{}} className={css.crumb}>
            {t("iam.policies")}
          </Link>
        ) : (
          <Link to="/access/$kind" params={{ kind: tab }} search={{}} className={css.crumb}>
            {t(TABS[tab])}
          </Link>
        )}
        <NextIcon size={14} aria-hidden />
        <span className={css.crumbHere} title={one} aria-current="page">
          {one}
        </span>
      </nav>
    );
  }
  if (bucket !== undefined) {
    return (
      <nav className={css.where} aria-label={t("shell.breadcrumb")}>
        <Link to="/buckets" className={css.crumb}>
          {t("nav.buckets")}
        </Link>
        <NextIcon size={14} aria-hidden />
        <Link to="/buckets/$bucket" params={{ bucket }} search={{}} className={css.crumbHere} title={bucket}>
          {bucket}
        </Link>
      </nav>
    );
  }
  const place = id.startsWith("/account")
    ? "account.security"
    : id.startsWith("/activity")
      ? "nav.activity"
      : id.startsWith("/access")
        ? "nav.access"
        : id.startsWith("/settings")
          ? "nav.settings"
          : "nav.buckets";
  return (
    <div className={css.where}>
      <span className={css.crumbHere}>{t(place)}</span>
    </div>
  );
}
