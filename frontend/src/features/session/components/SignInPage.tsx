import { Logo } from "@/components/ui/logo";
import { t } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { SignInForm } from "./SignInForm";
import { SingleSignOn, SingleSignOnFailure } from "./SingleSignOn";
import css from "./session.module.css";

interface SignInPageProps {
  /** The page of the console that was wanted. */
  next?: string | undefined;
  /** What became of a sign-in at the provider, and the request that tells of it. */
  failure?: string | undefined;
  request?: string | undefined;
  onDone: () => void;
}

export function SignInPage({ next, failure, request, onDone }: SignInPageProps) {
  const { version, s3Endpoint } = useSession();
  return (
    <main className={css.page}>
      <div className={css.panel}>
        <div className={css.brand}>
          <Logo size={32} />
          <h1>{t("session.title")}</h1>
          <p>{t("session.text")}</p>
        </div>
        {failure !== undefined && <SingleSignOnFailure failure={failure} request={request} />}
        <SingleSignOn next={next} />
        <SignInForm onDone={onDone} />
      </div>
      <footer className={css.foot}>
        <span>{t("app.version", { version })}</span>
        <span className="mono">{s3Endpoint}</span>
      </footer>
    </main>
  );
}
