import { Logo } from "@/components/ui/logo";
import { t } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { SignInForm } from "./SignInForm";
import css from "./session.module.css";

export function SignInPage({ onDone }: { onDone: () => void }) {
  const { version, s3Endpoint } = useSession();
  return (
    <main className={css.page}>
      <div className={css.panel}>
        <div className={css.brand}>
          <Logo size={32} />
          <h1>{t("session.title")}</h1>
          <p>{t("session.text")}</p>
        </div>
        <SignInForm onDone={onDone} />
      </div>
      <footer className={css.foot}>
        <span>{t("app.version", { version })}</span>
        <span className="mono">{s3Endpoint}</span>
      </footer>
    </main>
  );
}
