import { useQueryClient } from "@tanstack/react-query";
import { Snippet } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { t } from "@/lib/i18n";
import { prettyJson } from "@/lib/json";
import { accessChanged, detachPolicy } from "../../api/permissions";
import css from "./permissions.module.css";

/** Asks before a policy is taken away. */
export function DetachDialog(props: { bucket: string; attached: string; onClose: () => void }) {
  const queries = useQueryClient();
  return (
    <FormDialog
      title={t("policy.detach")}
      action={t("policy.detach-action")}
      failure={t("policy.not-detached")}
      danger
      onClose={props.onClose}
      onSubmit={async () => {
        await detachPolicy(props.bucket);
        await accessChanged(queries, props.bucket);
      }}
    >
      <p>{t("policy.detach-text")}</p>
      <Replaced text={props.attached} />
    </FormDialog>
  );
}

/** The policy that goes, to be copied by who may want it again. */
export function Replaced({ text }: { text: string }) {
  return (
    <div className={css.attached}>
      <h3>{t("policy.goes")}</h3>
      <Snippet text={prettyJson(text)} label={t("policy.goes")} />
    </div>
  );
}
