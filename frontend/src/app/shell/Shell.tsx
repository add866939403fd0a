import { Drawer } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { ServerText } from "@/components/ui/basics";
import { Notice } from "@/components/ui/notice";
import { mayOpen } from "@/features/access/model/kinds";
import { JobsWatch } from "@/features/jobs/components/JobsWatch";
import { ReauthDialog } from "@/features/session/components/ReauthDialog";
import { ConflictDialog } from "@/features/uploads/components/ConflictDialog";
import { Tray } from "@/features/uploads/components/Tray";
import { uploads } from "@/features/uploads/model/uploads";
import { t } from "@/lib/i18n";
import { session, signedOut, useSession } from "@/lib/session";
import { useShortcuts } from "@/lib/shortcuts";
import { remember, remembered } from "@/lib/storage";
import { Rail } from "./Rail";
import css from "./shell.module.css";
import { TopBar } from "./TopBar";
import { useOnline } from "./useOnline";

const Palette = lazy(() => import("./Palette").then((m) => ({ default: m.Palette })));
const ShortcutsDialog = lazy(() => import("./ShortcutsDialog").then((m) => ({ default: m.ShortcutsDialog })));

/** The frame around every page behind the sign-in. */
export function Shell() {
  const { warnings } = useSession();
  const online = useOnline();
  const navigate = useNavigate();
  const router = useRouter();
  const queries = useQueryClient();
  const narrow = useMediaQuery("(max-width: 900px)", window.innerWidth <= 900, { getInitialValueInEffect: false });
  const [folded, setFolded] = useState(remembered("myfsio.rail") === "folded");
  const [drawer, setDrawer] = useDisclosure(false);
  const [palette, setPalette] = useDisclosure(false);
  const [help, setHelp] = useDisclosure(false);

  const shortcuts = useMemo(
    () => ({
      "mod+k": setPalette.open,
      "?": setHelp.open,
      "g b": () => void navigate({ to: "/buckets" }),
      "g i": () => {
        if (mayOpen(session.value?.permissions)) void navigate({ to: "/access" });
      },
      "g a": () => void navigate({ to: "/activity" }),
      "g s": () => {
        if (session.value?.user?.admin) void navigate({ to: "/settings" });
      },
    }),
    [navigate, setPalette.open, setHelp.open],
  );
  useShortcuts(shortcuts);

  // A page that was reached closes the drawer it was reached from.
  useEffect(() => router.subscribe("onResolved", setDrawer.close), [router, setDrawer.close]);

  const fold = () => {
    remember("myfsio.rail", folded ? "open" : "folded");
    setFolded(!folded);
  };

  return (
    <div className={css.shell} data-folded={folded || undefined}>
      <a className={css.skip} href="#content">
        {t("shell.skip")}
      </a>
      {!narrow && <Rail folded={folded} onFold={fold} />}
      <div className={css.main}>
        <TopBar onMenu={narrow ? setDrawer.open : undefined} onPalette={setPalette.open} onHelp={setHelp.open} />
        {(!online || warnings.length > 0) && (
          <section className={css.banners} aria-label={t("shell.notices")}>
            {!online && <Notice tone="warn">{t("shell.offline")}</Notice>}
            {warnings.map((warning) => (
              <Notice key={warning.code} tone="warn">
                <ServerText>{warning.text}</ServerText>
              </Notice>
            ))}
          </section>
        )}
        <main id="content" className={css.content} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {narrow && (
        <Drawer
          opened={drawer}
          onClose={setDrawer.close}
          size={240}
          padding={0}
          withCloseButton={false}
          title={t("shell.navigation")}
          styles={{ header: { display: "none" } }}
        >
          <Rail folded={false} />
        </Drawer>
      )}
      <Tray />
      <ConflictDialog />
      <JobsWatch />
      <ReauthDialog
        onDone={(samePerson) => {
          if (!samePerson) queries.clear();
          void queries.invalidateQueries();
        }}
        onOther={() => {
          uploads.cancelAll();
          signedOut();
          queries.clear();
          void navigate({ to: "/sign-in", search: {} });
        }}
      />
      <Suspense fallback={null}>
        {palette && <Palette onClose={setPalette.close} onHelp={setHelp.open} />}
        {help && <ShortcutsDialog onClose={setHelp.close} />}
      </Suspense>
    </div>
  );
}
