import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { FormDialog } from "@/components/ui/dialog";
import { t } from "@/lib/i18n";

/** Asks for one of some things; where there are many, they are searched for. */
export function ChooseDialog(props: {
  title: string;
  label: string;
  action: string;
  failure: string;
  choices: readonly { value: string; label: string }[];
  /** There are more than these. */
  more: boolean;
  /** Searches all of them; empty for the first ones. */
  words: string;
  onWords: (words: string) => void;
  /** What is said where there is nothing to choose. */
  none: string;
  onClose: () => void;
  onChosen: (value: string) => Promise<void>;
}) {
  const { words, choices } = props;
  const [chosen, setChosen] = useState("");
  const value = choices.some((choice) => choice.value === chosen) ? chosen : "";
  return (
    <FormDialog
      title={props.title}
      action={props.action}
      failure={props.failure}
      ready={value !== ""}
      onClose={props.onClose}
      onSubmit={() => props.onChosen(value)}
    >
      {(props.more || words !== "") && (
        <TextInput
          label={t("iam.search")}
          type="search"
          value={words}
          data-autofocus
          onChange={(event) => props.onWords(event.currentTarget.value)}
        />
      )}
      {choices.length === 0 ? (
        <p className="muted">{words === "" ? props.none : t("iam.no-match")}</p>
      ) : (
        <NativeSelect
          label={props.label}
          value={value}
          data-autofocus={!props.more || undefined}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={[{ value: "", label: t("iam.choose") }, ...choices]}
        />
      )}
    </FormDialog>
  );
}
