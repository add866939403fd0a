import { Button } from "@mantine/core";
import { Dialog } from "@/components/ui/dialog";
import { t } from "@/lib/i18n";
import { expired, session, useSession } from "@/lib/session";
import { useSignal } from "@/lib/signal";
import { SignInForm } from "./SignInForm";
import { SingleSignOnButton } from "./SingleSignOn";
import css from "./session.module.css";

/** Stands over the page when the session has ended. What waited for it goes on after signing in. */
export function ReauthDialog(props: { onOther: () => void; onDone: (samePerson: boolean) => void }) {
  const open = useSignal(expired);
  const { user } = useSession();
  if (!open || user === undefined) return null;
  if (user.provider) {
    // The way there leads off this page, and back to it.
    const here = `${location.pathname.replace(/^\/ui/, "")}${location.search}`;
    return (
      <Dialog title={t("session.expired")} onClose={() => {}} size={400} firm>
        <p className={css.lead}>{t("sso.expired-session")}</p>
        <div className={css.form}>
          <SingleSignOnButton next={here} />
          <Button variant="subtle" color="gray" size="sm" onClick={props.onOther}>
            {t("session.leave")}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("session.expired")} onClose={() => {}} size={400} firm>
      <p className={css.lead}>{t("session.expired-text")}</p>
      <SignInForm
        accessKey={user.accessKey}
        userName={user.userName}
        account={user.account}
        onDone={() => props.onDone(session.value?.user?.id === user.id)}
        other={
          <Button variant="subtle" color="gray" size="sm" onClick={props.onOther}>
            {t("session.leave")}
          </Button>
        }
      />
    </Dialog>
  );
}
