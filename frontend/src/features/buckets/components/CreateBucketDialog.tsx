import { Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import { FormDialog } from "@/components/ui/dialog";
import { t } from "@/lib/i18n";
import { createBucket } from "../api/buckets";
import { faultOfName } from "../model/name";

export function CreateBucketDialog(props: { onClose: () => void; onCreated: (name: string) => void }) {
  const [name, setName] = useState("");
  const [versioning, setVersioning] = useState(false);
  const [objectLock, setObjectLock] = useState(false);
  const [left, setLeft] = useState(false);
  const fault = faultOfName(name);
  // While a name is being typed its being short yet is no fault; a wrong character is one at once.
  const show = fault !== undefined && name !== "" && (left || fault === "bucket-name.characters");
  return (
    <FormDialog
      title={t("buckets.create")}
      action={t("buckets.create")}
      failure={t("buckets.create-failed")}
      ready={fault === undefined}
      onClose={props.onClose}
      onSubmit={async () => {
        await createBucket({ name, versioning: versioning || objectLock, objectLock });
        props.onCreated(name);
      }}
    >
      <TextInput
        label={t("buckets.name")}
        description={t("bucket-name.rule")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={() => setLeft(true)}
        error={show ? t(fault) : undefined}
        data-autofocus
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={63}
      />
      <Checkbox
        label={t("versioning.keep")}
        description={t("versioning.text")}
        checked={versioning || objectLock}
        disabled={objectLock}
        onChange={(event) => setVersioning(event.currentTarget.checked)}
        size="sm"
      />
      <Checkbox
        label={t("buckets.lock")}
        description={t("buckets.lock-text")}
        checked={objectLock}
        onChange={(event) => setObjectLock(event.currentTarget.checked)}
        size="sm"
      />
    </FormDialog>
  );
}
