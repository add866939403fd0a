import { Button, Menu } from "@mantine/core";
import { lazy, type ReactNode, type Ref, Suspense, useId, useRef } from "react";
import { t } from "@/lib/i18n";
import { lineAt, prettyJson } from "@/lib/json";
import { DownIcon } from "./icons";
import type { JsonEditorHandle, Mark } from "./jsoneditor";
import css from "./jsonfield.module.css";

const JsonEditor = lazy(() => import("./jsoneditor").then((m) => ({ default: m.JsonEditor })));

/** A button that leads to a place in a text. */
export function FaultLink({ text, onClick }: { text: string; onClick: () => void }) {
  return (
    <button type="button" className={css.fault} onClick={onClick}>
      {text}
    </button>
  );
}

/** Texts to begin with, and the order of what is there. */
export function JsonBar(props: {
  templates: readonly { name: string; text: string }[];
  value: string;
  faulty: boolean;
  onChange: (value: string) => void;
}) {
  return (
    <div className={css.bar}>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="default" rightSection={<DownIcon size={14} aria-hidden />}>
            {t("policy.templates")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {props.templates.map(({ name, text }) => (
            <Menu.Item key={name} onClick={() => props.onChange(text)}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" disabled={props.faulty} onClick={() => props.onChange(prettyJson(props.value))}>
        {t("policy.format")}
      </Button>
    </div>
  );
}

/** An editor for JSON that says below it what is wrong first, and leads there. */
export function JsonField(props: {
  handle: Ref<JsonEditorHandle>;
  label: string;
  value: string;
  marks: readonly Mark[];
  /** The fault that is told. */
  first: Mark | undefined;
  onFault: (from: number) => void;
  /** What is said when nothing is wrong. */
  quiet?: ReactNode;
  height: string;
  onChange: (value: string) => void;
}) {
  const { first } = props;
  const help = useId();
  const after = useRef<HTMLDivElement>(null);
  return (
    <div className={css.field}>
      <div style={{ height: props.height }}>
        <Suspense fallback={<div className={css.bones} aria-busy />}>
          <JsonEditor
            ref={props.handle}
            label={props.label}
            describedBy={help}
            value={props.value}
            marks={props.marks}
            onChange={props.onChange}
            onLeave={() => after.current?.focus()}
          />
        </Suspense>
      </div>
      <div ref={after} tabIndex={-1} className={css.below}>
        <span role="status">
          {first === undefined ? (
            props.quiet
          ) : (
            <FaultLink
              text={t("json.at-line", { line: lineAt(props.value, first.from), fault: first.message })}
              onClick={() => props.onFault(first.from)}
            />
          )}
        </span>
        <span id={help}>{t("policy.editor-help")}</span>
      </div>
    </div>
  );
}
