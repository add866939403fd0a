import type { Identity } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Card, Snippet } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { RenameIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { prettyJson } from "@/lib/json";
import { ACCESS, setTrust } from "../api/access";
import { lacking } from "../model/kinds";
import css from "./access.module.css";
import { DocumentField, sound } from "./DocumentField";

/** Who may act as a role. */
export function TrustCard({ identity }: { identity: Identity }) {
  const queries = useQueryClient();
  const [text, setText] = useState<string>();
  const now = prettyJson(identity.trust ?? "");
  return (
    <Card
      title={t("iam.trust")}
      actions={
        <Guarded
          variant="default"
          need={lacking(identity.permissions, "iam:UpdateAssumeRolePolicy")}
          leftSection={<RenameIcon size={14} aria-hidden />}
          onClick={() => setText(now)}
        >
          {t("iam.trust-edit")}
        </Guarded>
      }
    >
      <div className={`${css.stack} ${css.document}`}>
        <p className="muted">{t("iam.trust-text")}</p>
        <Snippet text={now} label={t("policy.editor")} />
      </div>
      {text !== undefined && (
        <FormDialog
          title={t("iam.trust-edit")}
          action={t("action.save")}
          failure={t("iam.policy-not-saved")}
          size={680}
          ready={sound(text)}
          onClose={() => setText(undefined)}
          onSubmit={async () => {
            await setTrust(identity.name, text);
            await queries.invalidateQueries({ queryKey: ACCESS });
          }}
        >
          <DocumentField label={t("iam.trust")} value={text} onChange={setText} />
        </FormDialog>
      )}
    </Card>
  );
}
