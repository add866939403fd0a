import { notifications } from "@mantine/notifications";
import { asProblem } from "./http/problem";
import { t } from "./i18n";
import { reason } from "./reason";

/** Says in passing that something is done. */
export function say(message: string): void {
  notifications.show({ message, withBorder: true, closeButtonProps: { "aria-label": t("action.close") } });
}

/** Says that something failed outside of a dialog, and why. It stays until it is closed. */
export function sayFailure(title: string, thrown: unknown): void {
  const problem = asProblem(thrown);
  notifications.show({
    title,
    message: [reason(problem), problem.code, problem.requestId].filter(Boolean).join(" · "),
    color: "red",
    withBorder: true,
    autoClose: false,
    closeButtonProps: { "aria-label": t("action.close") },
  });
}
