import { Button } from "@mantine/core";
import { Copyable, Fact, Facts } from "@/components/ui/basics";
import { Dialog } from "@/components/ui/dialog";
import { DownloadIcon } from "@/components/ui/icons";
import { Notice } from "@/components/ui/notice";
import { t } from "@/lib/i18n";
import { keyFile } from "../model/kinds";
import css from "./access.module.css";

export interface Secret {
  /** The user's name. */
  user: string;
  accessKey: string;
  secretKey: string;
}

/** A key with its secret, which nobody can show again: the dialog is left only by its button. */
export function SecretDialog({ secret, onClose }: { secret: Secret; onClose: () => void }) {
  const download = () => {
    const url = URL.createObjectURL(new Blob([keyFile(secret.accessKey, secret.secretKey)], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${secret.user}-${secret.accessKey}.csv`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Dialog title={t("iam.secret-title", { user: secret.user })} onClose={onClose} size={560} firm>
      <div className={css.stack}>
        <Notice tone="warn" title={t("iam.secret-once")}>
          {t("iam.secret-once-text")}
        </Notice>
        <Facts>
          <Fact name={t("iam.access-key")}>
            <Copyable text={secret.accessKey} label={t("action.copy-what", { what: t("iam.access-key") })} />
          </Fact>
          <Fact name={t("iam.secret-key")}>
            <Copyable text={secret.secretKey} label={t("action.copy-what", { what: t("iam.secret-key") })} />
          </Fact>
        </Facts>
        <div className={css.bar}>
          <Button variant="default" size="sm" leftSection={<DownloadIcon size={14} aria-hidden />} onClick={download}>
            {t("iam.secret-download")}
          </Button>
          <Button size="sm" onClick={onClose} data-autofocus>
            {t("iam.secret-kept")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
