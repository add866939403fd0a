import { Button, PasswordInput, SegmentedControl, TextInput } from "@mantine/core";
import type { Credentials } from "@myfsio/client";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { NewPasswordFields, soundPassword } from "@/components/ui/newpassword";
import { Notice, ProblemNotice } from "@/components/ui/notice";
import { asProblem, type Problem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { remember, remembered } from "@/lib/storage";
import { signIn } from "../api/session";
import css from "./session.module.css";

const HOW = "myfsio.sign-in";

interface Props {
  /** Who signs in again: without an access key it was with a password. */
  accessKey?: string | undefined;
  userName?: string;
  account?: string;
  onDone: () => void;
  other?: ReactNode;
}

/** An access key and its secret, or a name and a password; then what else the server asks for. */
export function SignInForm(props: Props) {
  const again = props.userName !== undefined;
  const [how, setHow] = useState<"key" | "name">(() =>
    (again ? props.accessKey === undefined : remembered(HOW) === "name") ? "name" : "key",
  );
  const [accessKey, setAccessKey] = useState(props.accessKey ?? "");
  const [account, setAccount] = useState(props.account ?? "");
  const [userName, setUserName] = useState(props.userName ?? "");
  const [secret, setSecret] = useState("");
  const [fresh, setFresh] = useState("");
  const [freshAgain, setFreshAgain] = useState("");
  const [code, setCode] = useState("");
  const [needs, setNeeds] = useState<"password">();
  const [needsCode, setNeedsCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const name = how === "key" ? accessKey.trim() : userName.trim();
  const ready =
    name !== "" &&
    secret !== "" &&
    (needs !== "password" || soundPassword(fresh, freshAgain)) &&
    (!needsCode || /^\d{6}$/.test(code));
  const turn = (next: "key" | "name") => {
    setHow(next);
    remember(HOW, next);
    setSecret("");
    setNeeds(undefined);
    setNeedsCode(false);
    setProblem(undefined);
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || !ready) return;
    setBusy(true);
    setProblem(undefined);
    const body: Credentials =
      how === "key"
        ? { accessKey: name, secretKey: secret }
        : { userName: name, password: secret, account: account.trim() || undefined };
    if (needs === "password") body.newPassword = fresh;
    if (needsCode) body.code = code;
    try {
      await signIn(body);
      props.onDone();
    } catch (thrown) {
      const said = asProblem(thrown);
      if (said.code === "PasswordChangeRequired") setNeeds("password");
      else if (said.code === "MFARequired") setNeedsCode(true);
      else setProblem(said);
      setCode("");
      setBusy(false);
    }
  };
  const first = { "data-autofocus": !again || undefined, autoFocus: !again };
  const field = {
    autoCapitalize: "off",
    spellCheck: false,
    size: "md",
    withAsterisk: false,
  } as const;
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <SegmentedControl
        aria-label={t("session.how")}
        fullWidth
        data={[
          { value: "key", label: t("session.by-key") },
          { value: "name", label: t("session.by-name") },
        ]}
        value={how}
        onChange={(next) => turn(next === "name" ? "name" : "key")}
      />
      {how === "key" ? (
        <TextInput
          {...field}
          {...first}
          label={t("session.access-key")}
          name="username"
          autoComplete="username"
          required
          value={accessKey}
          onChange={(event) => setAccessKey(event.currentTarget.value)}
        />
      ) : (
        <>
          <TextInput
            {...field}
            label={t("session.account")}
            description={t("session.account-text")}
            name="account"
            autoComplete="organization"
            value={account}
            onChange={(event) => setAccount(event.currentTarget.value)}
          />
          <TextInput
            {...field}
            {...first}
            label={t("session.user-name")}
            name="username"
            autoComplete="username"
            required
            value={userName}
            onChange={(event) => setUserName(event.currentTarget.value)}
          />
        </>
      )}
      <PasswordInput
        label={t(how === "key" ? "session.secret-key" : "session.password")}
        name="password"
        autoComplete="current-password"
        size="md"
        required
        withAsterisk={false}
        data-autofocus={again || undefined}
        autoFocus={again}
        value={secret}
        onChange={(event) => setSecret(event.currentTarget.value)}
        visibilityToggleButtonProps={{
          "aria-label": t(how === "key" ? "session.show-secret" : "session.show-password"),
        }}
      />
      {needs === "password" && (
        <>
          <Notice tone="warn" title={t("session.must-change")}>
            {t("session.must-change-text")}
          </Notice>
          <NewPasswordFields password={fresh} again={freshAgain} onPassword={setFresh} onAgain={setFreshAgain} focus />
        </>
      )}
      {needsCode && (
        <TextInput
          {...field}
          label={t("session.code")}
          description={t("session.code-text")}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          data-autofocus
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value.trim())}
        />
      )}
      {problem !== undefined && <ProblemNotice title={t("session.failed")} problem={problem} />}
      <Button type="submit" size="sm" loading={busy} fullWidth>
        {t("session.sign-in")}
      </Button>
      {props.other}
    </form>
  );
}
