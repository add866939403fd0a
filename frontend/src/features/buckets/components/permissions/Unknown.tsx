import { Notice } from "@/components/ui/notice";
import { T, t } from "@/lib/i18n";

/** Says that a document has parts which the form would lose, so that there is no form. Nothing when it has none. */
export function Unknown({ names }: { names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <Notice tone="warn" title={t("configuration.unknown")}>
      <p>
        <T id="configuration.unknown-text" values={{ names: <code>{names.join(", ")}</code> }} />
      </p>
    </Notice>
  );
}

/** Why the form of a document cannot be opened; undefined: it can. */
export const unknownWhy = (names: readonly string[] | undefined): string | undefined =>
  names === undefined || names.length === 0 ? undefined : t("configuration.unknown");
