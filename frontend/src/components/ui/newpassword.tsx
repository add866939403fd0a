import { PasswordInput } from "@mantine/core";
import { t } from "@/lib/i18n";

export const MIN_PASSWORD = 12;

/** Whether a new password was entered twice, and is long enough. */
export const soundPassword = (password: string, again: string): boolean =>
  [...password].length >= MIN_PASSWORD && password === again;

/** A new password, twice. */
export function NewPasswordFields(props: {
  password: string;
  again: string;
  onPassword: (next: string) => void;
  onAgain: (next: string) => void;
  focus?: boolean;
}) {
  const { password, again } = props;
  const short = password !== "" && [...password].length < MIN_PASSWORD;
  const shared = {
    autoComplete: "new-password",
    maxLength: 128,
    visibilityToggleButtonProps: { "aria-label": t("session.show-password") },
  };
  return (
    <>
      <PasswordInput
        {...shared}
        label={t("iam.password-new")}
        description={t("iam.password-rule", { min: MIN_PASSWORD })}
        value={password}
        error={short ? t("iam.password-rule", { min: MIN_PASSWORD }) : undefined}
        onChange={(event) => props.onPassword(event.currentTarget.value)}
        data-autofocus={props.focus || undefined}
      />
      <PasswordInput
        {...shared}
        label={t("iam.password-again")}
        value={again}
        error={again !== "" && again !== password ? t("iam.password-differs") : undefined}
        onChange={(event) => props.onAgain(event.currentTarget.value)}
      />
    </>
  );
}
