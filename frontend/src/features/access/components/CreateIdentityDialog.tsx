import { Checkbox, TextInput } from "@mantine/core";
import type { CreatedIdentity } from "@myfsio/client";
import { useState } from "react";
import { FormDialog } from "@/components/ui/dialog";
import { t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";
import { create } from "../api/access";
import { trustFor } from "../model/documents";
import { type Kind, LONGEST, validName } from "../model/kinds";
import { DocumentField, sound } from "./DocumentField";
import { CREATE } from "./IdentityList";

export function CreateIdentityDialog(props: {
  kind: Kind;
  onClose: () => void;
  onCreated: (made: CreatedIdentity) => void;
}) {
  const { kind } = props;
  const { permissions } = useSession();
  const mayKey = may(permissions, "iam:CreateAccessKey");
  const [name, setName] = useState("");
  const [display, setDisplay] = useState("");
  const [description, setDescription] = useState("");
  const [key, setKey] = useState(kind === "users" && mayKey);
  const [trust, setTrust] = useState(trustFor("arn:aws:iam::ACCOUNT:user/NAME"));
  const good = validName(name, LONGEST[kind]);
  return (
    <FormDialog
      title={t(CREATE[kind])}
      action={t(CREATE[kind])}
      failure={t("iam.not-created")}
      size={kind === "roles" ? 680 : undefined}
      ready={good && (kind !== "roles" || sound(trust))}
      onClose={props.onClose}
      onSubmit={async () => {
        props.onCreated(
          await create(kind, {
            name,
            ...(kind === "users" ? { displayName: display.trim() || undefined, accessKey: key } : {}),
            ...(kind === "roles" ? { description: description.trim() || undefined, trust } : {}),
          }),
        );
      }}
    >
      <TextInput
        label={t("iam.name")}
        description={t("iam.name-rule", { max: LONGEST[kind] })}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={name === "" || good ? undefined : t("iam.name-fault")}
        data-autofocus
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      {kind === "users" && (
        <>
          <TextInput
            label={t("iam.display-name")}
            description={t("iam.display-name-text")}
            value={display}
            maxLength={128}
            onChange={(event) => setDisplay(event.currentTarget.value)}
            autoComplete="off"
          />
          <Checkbox
            label={t("iam.first-key")}
            description={mayKey ? t("iam.first-key-text") : t("action.needs", { permission: "iam:CreateAccessKey" })}
            checked={key}
            disabled={!mayKey}
            onChange={(event) => setKey(event.currentTarget.checked)}
            size="sm"
          />
        </>
      )}
      {kind === "roles" && (
        <>
          <TextInput
            label={t("iam.description")}
            value={description}
            maxLength={1000}
            onChange={(event) => setDescription(event.currentTarget.value)}
            autoComplete="off"
          />
          <DocumentField label={t("iam.trust")} value={trust} onChange={setTrust} />
          <p className="muted">{t("iam.trust-capitals")}</p>
        </>
      )}
    </FormDialog>
  );
}
