import { type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { DarkIcon, KeyboardIcon, LightIcon, PeopleIcon, SignOutIcon, SystemIcon } from "@/components/ui/icons";
import { signOut } from "@/features/session/api/session";
import { uploads } from "@/features/uploads/model/uploads";
import { LOCALES, type Locale, locale, setLocale, t } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import css from "./shell.module.css";

const SCHEMES = [
  { value: "light", label: "theme.light", Icon: LightIcon },
  { value: "dark", label: "theme.dark", Icon: DarkIcon },
  { value: "auto", label: "theme.system", Icon: SystemIcon },
] as const;

const LANGUAGES = { en: "locale.en", "en-XA": "locale.pseudo" } as const;

export function AccountMenu({ onHelp }: { onHelp: () => void }) {
  const { user, version, singleSignOn } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const navigate = useNavigate();
  if (user === undefined) return null;
  const name = user.name === "" ? user.userName : user.name;
  const leave = () => {
    uploads.cancelAll();
    // Whether or not the server could be told, what it said to this person goes from the page.
    void signOut()
      .catch(() => {})
      .then(() => {
        queries.clear();
        // Signed in at the provider, the session there ends as well.
        if (user.provider) location.assign("/myfsio/session/oidc/leave");
        else void navigate({ to: "/sign-in", search: {} });
      });
  };
  return (
    <Menu width={240}>
      <Menu.Target>
        <button type="button" className={css.avatar} aria-label={t("account.menu", { name })}>
          {[...name].slice(0, 1).join("").toUpperCase()}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={css.whoami}>
          <strong>{name}</strong>
          <span className="mono">{user.accessKey ?? user.userName}</span>
          {user.provider && singleSignOn !== undefined && (
            <span>{t("sso.signed-in-with", { name: singleSignOn.name })}</span>
          )}
        </div>
        <Menu.Item leftSection={<PeopleIcon size={16} />} onClick={() => void navigate({ to: "/account" })}>
          {t("account.security")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("account.theme")}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(next) => setColorScheme(next as MantineColorScheme)}>
          {SCHEMES.map(({ value, label, Icon }) => (
            <Menu.RadioItem key={value} value={value} rightSection={<Icon size={16} />}>
              {t(label)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t("account.language")}</Menu.Label>
        <Menu.RadioGroup value={locale.value} onChange={(next) => setLocale(next as Locale)}>
          {LOCALES.map((tag) => (
            <Menu.RadioItem key={tag} value={tag}>
              {t(LANGUAGES[tag])}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item
          leftSection={<KeyboardIcon size={16} />}
          rightSection={<kbd className={css.key}>?</kbd>}
          onClick={onHelp}
        >
          {t("shortcuts.title")}
        </Menu.Item>
        <Menu.Item leftSection={<SignOutIcon size={16} />} onClick={leave}>
          {t("account.sign-out")}
        </Menu.Item>
        <Menu.Divider />
        <div className={css.release}>{t("app.version", { version })}</div>
      </Menu.Dropdown>
    </Menu>
  );
}
