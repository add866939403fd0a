import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useRef } from "react";
import type { JsonEditorHandle, Mark } from "@/components/ui/jsoneditor";
import { JsonBar, JsonField } from "@/components/ui/jsonfield";
import { type MessageId, t } from "@/lib/i18n";
import { readJson } from "@/lib/json";
import { jsonFaults } from "@/lib/jsonfaults";
import { TEMPLATES, type TemplateId } from "../model/documents";
import css from "./access.module.css";

const NAMES = {
  administrator: "iam.template-administrator",
  "read-only": "iam.template-read-only",
  "read-write": "iam.template-read-write",
  bucket: "iam.template-bucket",
} as const satisfies Record<TemplateId, MessageId>;
const IDS = Object.keys(NAMES) as TemplateId[];

function faultsOf(text: string): Mark[] {
  const faults = jsonFaults(text);
  if (faults.length > 0 || readJson(text).value?.kind === "object") return faults;
  return [{ from: 0, to: Math.min(1, text.length), message: t("policy.no-object") }];
}

/** Whether a text can be sent: it is one JSON object. */
export const sound = (text: string): boolean => faultsOf(text).length === 0;

/** A field for the JSON of a policy. */
export function DocumentField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Offer policies to begin with. */
  templates?: boolean;
}) {
  const { label, value, onChange } = props;
  const editor = useRef<JsonEditorHandle>(null);
  const [settled] = useDebouncedValue(value, 300);
  // Half a word is no fault yet: faults are shown when the typing rests.
  const marks = useMemo(() => faultsOf(settled), [settled]);
  const [first] = settled === value ? marks : [];
  return (
    <div className={css.field}>
      <div className={css.label}>{label}</div>
      {props.templates && (
        <JsonBar
          templates={IDS.map((id) => ({ name: t(NAMES[id]), text: TEMPLATES[id] }))}
          value={value}
          faulty={marks.length > 0}
          onChange={onChange}
        />
      )}
      <JsonField
        handle={editor}
        label={label}
        value={value}
        marks={marks}
        first={first}
        onFault={(from) => editor.current?.goTo(from)}
        height="min(320px, 44vh)"
        onChange={onChange}
      />
    </div>
  );
}
