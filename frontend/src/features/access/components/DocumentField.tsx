import { Button, Menu } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { lazy, Suspense, useId, useMemo, useRef } from "react";
import { DownIcon } from "@/components/ui/icons";
import type { JsonEditorHandle, Mark } from "@/components/ui/jsoneditor";
import { type MessageId, t } from "@/lib/i18n";
import { lineAt, prettyJson, readJson } from "@/lib/json";
import { jsonFaults } from "@/lib/jsonfaults";
import { TEMPLATES, type TemplateId } from "../model/documents";
import css from "./access.module.css";

const JsonEditor = lazy(() => import("@/components/ui/jsoneditor").then((m) => ({ default: m.JsonEditor })));

const NAMES = {
  administrator: "iam.template-administrator",
  "read-only": "iam.template-read-only",
  "read-write": "iam.template-read-write",
  bucket: "iam.template-bucket",
} as const satisfies Record<TemplateId, MessageId>;

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
  const help = useId();
  const editor = useRef<JsonEditorHandle>(null);
  const after = useRef<HTMLDivElement>(null);
  const [settled] = useDebouncedValue(value, 300);
  // Half a word is no fault yet: faults are shown when the typing rests.
  const marks = useMemo(() => faultsOf(settled), [settled]);
  const [first] = settled === value ? marks : [];
  return (
    <div>
      <div className={css.label}>{label}</div>
      {props.templates && (
        <div className={css.bar} style={{ marginBottom: 8 }}>
          <Menu position="bottom-start">
            <Menu.Target>
              <Button variant="default" rightSection={<DownIcon size={14} aria-hidden />}>
                {t("policy.templates")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {(Object.keys(NAMES) as TemplateId[]).map((id) => (
                <Menu.Item key={id} onClick={() => onChange(TEMPLATES[id])}>
                  {t(NAMES[id])}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Button variant="default" disabled={marks.length > 0} onClick={() => onChange(prettyJson(value))}>
            {t("policy.format")}
          </Button>
        </div>
      )}
      <div className={css.editor}>
        <Suspense fallback={<div className={css.editorBones} aria-busy />}>
          <JsonEditor
            ref={editor}
            label={label}
            describedBy={help}
            value={value}
            marks={marks}
            onChange={onChange}
            onLeave={() => after.current?.focus()}
          />
        </Suspense>
      </div>
      <div ref={after} tabIndex={-1} className={css.below}>
        <span role="status">
          {first !== undefined && (
            <button type="button" className={css.faulty} onClick={() => editor.current?.goTo(first.from)}>
              {t("json.at-line", { line: lineAt(value, first.from), fault: first.message })}
            </button>
          )}
        </span>
        <span id={help}>{t("policy.editor-help")}</span>
      </div>
    </div>
  );
}
