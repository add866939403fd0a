import { TextInput } from "@mantine/core";
import type { AccessKey } from "@myfsio/client";
import { useState } from "react";
import { FormDialog } from "@/components/ui/dialog";
import { fieldOf, ownZone, timeOf } from "@/lib/fieldtime";
import { t } from "@/lib/i18n";
import { expireKey } from "../api/access";

/** Sets when an access key of a user expires. */
export function ExpiryDialog(props: {
  name: string;
  accessKey: AccessKey;
  onClose: () => void;
  onDone: () => Promise<void>;
}) {
  const { id, expires } = props.accessKey;
  const [field, setField] = useState(fieldOf(expires));
  const next = timeOf(field, expires);
  return (
    <FormDialog
      title={t("iam.key-expiry")}
      action={t("action.save")}
      failure={t("iam.key-not-changed")}
      ready={next !== expires}
      onClose={props.onClose}
      onSubmit={async () => {
        await expireKey(props.name, id, next);
        await props.onDone();
      }}
    >
      <p>
        <code>{id}</code>
      </p>
      <TextInput
        type="datetime-local"
        label={t("iam.expires-at")}
        description={`${t("iam.key-expiry-text")} ${t("iam.zone", { zone: ownZone() })}`}
        value={field}
        onChange={(event) => setField(event.currentTarget.value)}
        data-autofocus
      />
    </FormDialog>
  );
}
