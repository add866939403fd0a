import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { ProblemNotice } from "@/components/ui/notice";
import { asProblem, type Problem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { signIn } from "../api/session";
import css from "./session.module.css";

/** Access key and secret. `accessKey` presets the first, for signing in again. */
export function SignInForm(props: { accessKey?: string; onDone: () => void; other?: ReactNode }) {
  const [accessKey, setAccessKey] = useState(props.accessKey ?? "");
  const [secretKey, setSecretKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || accessKey.trim() === "" || secretKey === "") return;
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(accessKey.trim(), secretKey);
      props.onDone();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <TextInput
        label={t("session.access-key")}
        name="username"
        autoComplete="username"
        autoCapitalize="off"
        spellCheck={false}
        size="md"
        required
        withAsterisk={false}
        data-autofocus={props.accessKey === undefined || undefined}
        autoFocus={props.accessKey === undefined}
        value={accessKey}
        onChange={(event) => setAccessKey(event.currentTarget.value)}
      />
      <PasswordInput
        label={t("session.secret-key")}
        name="password"
        autoComplete="current-password"
        size="md"
        required
        withAsterisk={false}
        data-autofocus={props.accessKey !== undefined || undefined}
        autoFocus={props.accessKey !== undefined}
        value={secretKey}
        onChange={(event) => setSecretKey(event.currentTarget.value)}
        visibilityToggleButtonProps={{ "aria-label": t("session.show-secret") }}
      />
      {problem !== undefined && <ProblemNotice title={t("session.failed")} problem={problem} />}
      <Button type="submit" size="sm" loading={busy} fullWidth>
        {t("session.sign-in")}
      </Button>
      {props.other}
    </form>
  );
}
