import { useState } from "react";
import { FormDialog, TypedName } from "@/components/ui/dialog";
import { t } from "@/lib/i18n";
import { remove, type Who } from "../api/access";

/** Asks for the name of what is to go. */
export function DeleteDialog(props: {
  title: string;
  text: string;
  who: Who;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const [typed, setTyped] = useState("");
  return (
    <FormDialog
      title={props.title}
      action={props.title}
      failure={t("iam.not-deleted")}
      danger
      ready={typed === props.who.name}
      onClose={props.onClose}
      onSubmit={async () => {
        await remove(props.who);
        props.onDeleted();
      }}
    >
      <p>
        <strong>{props.who.name}</strong>
      </p>
      <p>{props.text}</p>
      <TypedName label={t("iam.type-name")} value={typed} onChange={setTyped} />
    </FormDialog>
  );
}
