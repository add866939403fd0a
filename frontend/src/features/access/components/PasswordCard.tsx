import { Checkbox } from "@mantine/core";
import type { Identity } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Badge, Card } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { NewPasswordFields, soundPassword } from "@/components/ui/newpassword";
import { t } from "@/lib/i18n";
import { ACCESS, endSessions, givePassword, removePassword } from "../api/access";
import { lacking } from "../model/kinds";
import css from "./access.module.css";
import { fixed } from "./IdentityDetails";

/** The password of a user for the console. */
export function PasswordCard({ identity }: { identity: Identity }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"set" | "remove" | "end">();
  const { name, permissions, password } = identity;
  const needRead = lacking(permissions, "iam:GetLoginProfile");
  const why = fixed(identity);
  const close = () => setAsking(undefined);
  const after = async (change: Promise<void>) => {
    await change;
    await queries.invalidateQueries({ queryKey: ACCESS });
  };
  return (
    <Card
      title={t("iam.password")}
      actions={
        needRead === undefined && (
          <>
            {password !== undefined && (
              <>
                <Guarded
                  variant="default"
                  need={lacking(permissions, "iam:UpdateLoginProfile")}
                  why={why}
                  onClick={() => setAsking("end")}
                >
                  {t("iam.console-end")}
                </Guarded>
                <Guarded
                  variant="default"
                  need={lacking(permissions, "iam:DeleteLoginProfile")}
                  why={why}
                  onClick={() => setAsking("remove")}
                >
                  {t("iam.password-remove")}
                </Guarded>
              </>
            )}
            <Guarded
              variant="default"
              need={lacking(permissions, password === undefined ? "iam:CreateLoginProfile" : "iam:UpdateLoginProfile")}
              why={why}
              onClick={() => setAsking("set")}
            >
              {t("iam.password-give")}
            </Guarded>
          </>
        )
      }
    >
      {needRead !== undefined ? (
        <p className="muted">{t("action.needs", { permission: needRead })}</p>
      ) : password === undefined ? (
        <p className="muted">{t("iam.no-password")}</p>
      ) : (
        <p className={css.passwordState}>
          {t("iam.password-set", { name })}{" "}
          {password.mustChange && <Badge tone="warn">{t("iam.password-must-change")}</Badge>}
        </p>
      )}
      {asking === "set" && <SetDialog onClose={close} onSet={(next, must) => after(givePassword(name, next, must))} />}
      {asking === "remove" && (
        <FormDialog
          title={t("iam.password-remove")}
          action={t("iam.password-remove")}
          failure={t("iam.password-not-changed")}
          danger
          onClose={close}
          onSubmit={() => after(removePassword(name))}
        >
          <p>{t("iam.password-ends")}</p>
        </FormDialog>
      )}
      {asking === "end" && (
        <FormDialog
          title={t("iam.console-end")}
          action={t("iam.console-end")}
          failure={t("iam.console-not-ended")}
          danger
          onClose={close}
          onSubmit={() => after(endSessions(name))}
        >
          <p>{t("iam.console-end-text")}</p>
        </FormDialog>
      )}
    </Card>
  );
}

function SetDialog(props: { onClose: () => void; onSet: (password: string, mustChange: boolean) => Promise<void> }) {
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [must, setMust] = useState(true);
  return (
    <FormDialog
      title={t("iam.password-give")}
      action={t("iam.password-give")}
      failure={t("iam.password-not-changed")}
      ready={soundPassword(password, again)}
      onClose={props.onClose}
      onSubmit={() => props.onSet(password, must)}
    >
      <NewPasswordFields password={password} again={again} onPassword={setPassword} onAgain={setAgain} focus />
      <Checkbox
        label={t("iam.password-must")}
        checked={must}
        onChange={(event) => setMust(event.currentTarget.checked)}
        size="sm"
      />
      <p className="muted">{t("iam.password-ends")}</p>
    </FormDialog>
  );
}
