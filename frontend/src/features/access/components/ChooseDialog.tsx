import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { FormDialog } from "@/components/ui/dialog";
import { t } from "@/lib/i18n";

/** Asks for one of some things. */
export function ChooseDialog(props: {
  title: string;
  label: string;
  action: string;
  failure: string;
  choices: readonly { value: string; label: string }[];
  /** What is said where there is nothing to choose. */
  none: string;
  onClose: () => void;
  onChosen: (value: string) => Promise<void>;
}) {
  const [value, setValue] = useState("");
  return (
    <FormDialog
      title={props.title}
      action={props.action}
      failure={props.failure}
      ready={value !== ""}
      onClose={props.onClose}
      onSubmit={() => props.onChosen(value)}
    >
      {props.choices.length === 0 ? (
        <p className="muted">{props.none}</p>
      ) : (
        <NativeSelect
          label={props.label}
          value={value}
          data-autofocus
          onChange={(event) => setValue(event.currentTarget.value)}
          data={[{ value: "", label: t("iam.choose") }, ...props.choices]}
        />
      )}
    </FormDialog>
  );
}
