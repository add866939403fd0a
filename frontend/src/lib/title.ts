import { useEffect } from "react";
import { t } from "@/lib/i18n";

/** The window's title: what is shown, then the console's name. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title]);
}
