import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { IconButton } from "@/components/ui/basics";
import { DownloadIcon, RefreshIcon } from "@/components/ui/icons";
import { save } from "@/lib/http/content";
import { t } from "@/lib/i18n";
import { oneOf } from "@/lib/search";
import { type AuditView, exportUrl, isFiltered, KINDS, OUTCOMES, TIMES, unfiltered } from "../model/view";
import { KIND_TEXT, OUTCOME_TEXT, TIME_TEXT } from "../model/words";
import css from "./audit.module.css";

type Change = (next: AuditView, how?: { replace: boolean }) => void;

/** What narrows the list, and what is done with the whole of it. */
export function Filters({ view, onView, onRefresh }: { view: AuditView; onView: Change; onRefresh: () => void }) {
  const set = (change: AuditView) => onView({ ...view, line: undefined, ...change }, { replace: true });
  return (
    <search className={css.filters} aria-label={t("audit.filters")}>
      <Choice
        label={t("audit.time")}
        value={view.time}
        choices={TIMES.map((value) => ({ value, label: t(TIME_TEXT[value]) }))}
        any={t("audit.time-any")}
        onChange={(value) => set({ time: oneOf(TIMES, value), from: undefined, to: undefined })}
      />
      {view.time === "between" && (
        <>
          <Moment label={t("audit.from")} value={view.from} onChange={(from) => set({ from })} />
          <Moment label={t("audit.to")} value={view.to} onChange={(to) => set({ to })} />
        </>
      )}
      <Choice
        label={t("audit.outcome")}
        value={view.outcome}
        choices={OUTCOMES.map((value) => ({ value, label: t(OUTCOME_TEXT[value]) }))}
        any={t("audit.outcome-any")}
        onChange={(value) => set({ outcome: oneOf(OUTCOMES, value) })}
      />
      <Choice
        label={t("audit.kind")}
        value={view.kind}
        choices={KINDS.map((value) => ({ value, label: t(KIND_TEXT[value]) }))}
        any={t("audit.kind-any")}
        onChange={(value) => set({ kind: oneOf(KINDS, value) })}
      />
      <Words label={t("audit.who")} value={view.user} onChange={(user) => set({ user })} />
      <Words label={t("audit.operation")} value={view.operation} onChange={(operation) => set({ operation })} />
      <Words label={t("audit.bucket")} value={view.bucket} onChange={(bucket) => set({ bucket })} />
      <Words label={t("audit.request")} value={view.request} onChange={(request) => set({ request })} />
      <div className={css.acts}>
        {isFiltered(view) && (
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => onView(unfiltered)}>
            {t("audit.clear")}
          </Button>
        )}
        <IconButton label={t("audit.export")} onClick={() => save(exportUrl(view, new Date()))}>
          <DownloadIcon size={16} />
        </IconButton>
        <IconButton label={t("action.refresh")} onClick={onRefresh}>
          <RefreshIcon size={16} />
        </IconButton>
      </div>
    </search>
  );
}

function Choice(props: {
  label: string;
  value: string | undefined;
  choices: { value: string; label: string }[];
  any: string;
  onChange: (next: string) => void;
}) {
  return (
    <NativeSelect
      size="xs"
      aria-label={props.label}
      value={props.value ?? ""}
      data={[{ value: "", label: props.any }, ...props.choices]}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

/** A text that is searched for once typing pauses. */
function Words(props: { label: string; value: string | undefined; onChange: (next: string | undefined) => void }) {
  const { value = "", onChange } = props;
  const [words, setWords] = useState(value);
  useEffect(() => setWords(value), [value]);
  const settle = useDebouncedCallback((next: string) => onChange(next.trim() || undefined), 400);
  return (
    <TextInput
      size="xs"
      type="search"
      spellCheck={false}
      placeholder={props.label}
      aria-label={props.label}
      value={words}
      onChange={(event) => {
        setWords(event.currentTarget.value);
        settle(event.currentTarget.value);
      }}
    />
  );
}

function Moment(props: { label: string; value: string | undefined; onChange: (next: string | undefined) => void }) {
  return (
    <TextInput
      size="xs"
      type="datetime-local"
      aria-label={props.label}
      title={props.label}
      value={props.value ?? ""}
      onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
    />
  );
}
