import { Button } from "@mantine/core";
import { CopyButton } from "@/components/ui/basics";
import { Notice } from "@/components/ui/notice";
import { type MessageId, t } from "@/lib/i18n";
import { oneOf } from "@/lib/search";
import { useSession } from "@/lib/session";
import css from "./session.module.css";

/** What the server says of a sign-in at the provider that came to nothing. */
const FAILURES = {
  denied: "sso.denied",
  expired: "sso.expired",
  unknown: "sso.unknown",
  disabled: "sso.disabled",
  unavailable: "sso.unavailable",
  failed: "sso.failed",
} as const satisfies Record<string, MessageId>;

const KINDS = Object.keys(FAILURES) as (keyof typeof FAILURES)[];

/** Where the browser goes to sign in at the provider; `next` is the page of the console to come back to. */
const startOf = (next: string | undefined): string =>
  `/myfsio/session/oidc${next === undefined ? "" : `?next=${encodeURIComponent(next)}`}`;

/** The button that leads to the provider; nothing where the server has none. */
export function SingleSignOnButton({ next }: { next?: string | undefined }) {
  const { singleSignOn } = useSession();
  if (singleSignOn === undefined) return null;
  return (
    <Button component="a" href={startOf(next)} variant="default" size="sm" fullWidth>
      {t("sso.sign-in-with", { name: singleSignOn.name })}
    </Button>
  );
}

/** The way by the provider, above the way by a key. */
export function SingleSignOn({ next }: { next?: string | undefined }) {
  const { singleSignOn } = useSession();
  if (singleSignOn === undefined) return null;
  return (
    <>
      <SingleSignOnButton next={next} />
      <p className={css.or}>
        <span>{t("sso.or")}</span>
      </p>
    </>
  );
}

/** Why the sign-in at the provider came to nothing. */
export function SingleSignOnFailure({ failure, request }: { failure: string; request?: string | undefined }) {
  return (
    <div className={css.failure}>
      <Notice tone="danger" title={t("session.failed")}>
        <p>{t(FAILURES[oneOf(KINDS, failure) ?? "failed"])}</p>
        {request !== undefined && (
          <p className={css.request}>
            {t("problem.request-id")} <code>{request}</code>{" "}
            <CopyButton text={request} label={t("problem.copy-request-id")} />
          </p>
        )}
      </Notice>
    </div>
  );
}
