import { PasswordInput } from "@mantine/core";
import type { Profile } from "@myfsio/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Badge, Card, Copyable, Fact, Facts, When } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { NewPasswordFields, soundPassword } from "@/components/ui/newpassword";
import { ProblemNotice } from "@/components/ui/notice";
import { exactTime } from "@/lib/format";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";
import { newPassword, profile } from "../api/account";
import css from "./account.module.css";
import { DevicesCard } from "./DevicesCard";
import { SessionsCard } from "./SessionsCard";

/** What a person may know of themselves and change of it. */
export function Security() {
  const query = useQuery(profile());
  if (query.isError)
    return (
      <div className={css.cards}>
        <ProblemNotice title={t("account.not-loaded")} problem={asProblem(query.error)} />
      </div>
    );
  if (query.data === undefined) return <div className={css.cards} aria-busy />;
  return (
    <div className={css.cards}>
      <ProfileCard own={query.data} />
      <PasswordCard own={query.data} />
      <DevicesCard own={query.data} />
      <KeysCard own={query.data} />
      <SessionsCard />
    </div>
  );
}

function ProfileCard({ own }: { own: Profile }) {
  return (
    <Card title={t("account.profile")}>
      <Facts>
        <Fact name={t("iam.name")}>{own.userName}</Fact>
        <Fact name={t("iam.display-name")}>{own.name}</Fact>
        <Fact name={t("session.account")}>{own.account}</Fact>
        <Fact name={t("iam.arn")}>
          <Copyable text={own.arn} label={t("action.copy-what", { what: t("iam.arn") })} />
        </Fact>
      </Facts>
    </Card>
  );
}

function PasswordCard({ own }: { own: Profile }) {
  const [asking, setAsking] = useState(false);
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const ask = (open: boolean) => {
    setOld("");
    setFresh("");
    setAgain("");
    setAsking(open);
  };
  return (
    <Card
      title={t("session.password")}
      actions={
        <Guarded
          variant="default"
          why={own.password === undefined ? t("account.no-password") : undefined}
          onClick={() => ask(true)}
        >
          {t("account.change-password")}
        </Guarded>
      }
    >
      <p className="muted">
        {own.password === undefined ? t("account.no-password") : t("account.has-password", { name: own.userName })}
      </p>
      {asking && (
        <FormDialog
          title={t("account.change-password")}
          action={t("account.change-password")}
          failure={t("iam.password-not-changed")}
          ready={old !== "" && soundPassword(fresh, again)}
          onClose={() => ask(false)}
          onSubmit={() => newPassword(old, fresh)}
        >
          <PasswordInput
            label={t("account.old-password")}
            autoComplete="current-password"
            value={old}
            onChange={(event) => setOld(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": t("session.show-password") }}
            data-autofocus
          />
          <NewPasswordFields password={fresh} again={again} onPassword={setFresh} onAgain={setAgain} />
          <p className="muted">{t("account.password-ends")}</p>
        </FormDialog>
      )}
    </Card>
  );
}

function KeysCard({ own }: { own: Profile }) {
  const { permissions } = useSession();
  return (
    <Card
      title={t("iam.keys")}
      actions={
        may(permissions, "iam:ListUsers") && (
          <Link to="/access/$kind/$name" params={{ kind: "users", name: own.userName }} search={{}}>
            {t("account.manage-keys")}
          </Link>
        )
      }
    >
      {own.accessKeys.length === 0 ? (
        <p className="muted">{t("account.no-keys")}</p>
      ) : (
        <ul className={css.list}>
          {own.accessKeys.map((key) => (
            <li key={key.id}>
              <span className={css.grow}>
                <Copyable text={key.id} label={t("action.copy-what", { what: key.id })} />
              </span>
              <Badge tone={key.active && !key.expired ? "ok" : "warn"}>
                {t(key.expired ? "iam.key-expired" : key.active ? "iam.key-active" : "iam.key-inactive")}
              </Badge>
              <span className={css.facts}>
                <span>
                  {t("iam.created")} <When time={key.created} />
                </span>
                {key.expires !== undefined && (
                  <span>
                    {t("iam.key-expires")} {exactTime(new Date(key.expires))}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
