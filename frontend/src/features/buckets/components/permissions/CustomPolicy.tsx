import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { Bucket } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import type { JsonEditorHandle, Mark } from "@/components/ui/jsoneditor";
import { FaultLink, JsonBar, JsonField } from "@/components/ui/jsonfield";
import { ProblemNotice } from "@/components/ui/notice";
import { asProblem, type Problem } from "@/lib/http/problem";
import { type MessageId, t } from "@/lib/i18n";
import { lineAt } from "@/lib/json";
import { jsonFaults } from "@/lib/jsonfaults";
import { say } from "@/lib/toast";
import { accessChanged, attachPolicy } from "../../api/permissions";
import {
  openings,
  type PolicyFault,
  placeOf,
  policyFault,
  type TemplateId,
  type templates as templatesOf,
} from "../../model/permissions/policy";
import css from "./permissions.module.css";

const WHOLE = {
  empty: "policy.empty",
  object: "policy.no-object",
  long: "policy.too-long",
} as const satisfies Record<PolicyFault, MessageId>;

const TEMPLATES = {
  user: "policy.template-user",
  account: "policy.template-account",
  readers: "policy.template-readers",
  folder: "policy.template-folder",
  network: "policy.template-network",
  tls: "policy.template-tls",
  keep: "policy.template-keep",
} as const satisfies Record<TemplateId, MessageId>;
const IDS = Object.keys(TEMPLATES) as TemplateId[];

/** What is wrong with a text before the server is asked, the first thing first. */
function faultsOf(text: string): Mark[] {
  const whole = policyFault(text);
  if (whole !== undefined) return [{ from: 0, to: Math.min(1, text.length), message: t(WHOLE[whole]) }];
  return jsonFaults(text);
}

/** An editor for a policy of one's own. What is written is a draft until it is saved. */
export function CustomPolicy(props: {
  bucket: Bucket;
  attached: string | undefined;
  text: string;
  drafted: boolean;
  templates: ReturnType<typeof templatesOf>;
  onText: (text: string) => void;
  onSaved: (text: string) => void;
}) {
  const { bucket, attached, text } = props;
  const queries = useQueryClient();
  const editor = useRef<JsonEditorHandle>(null);
  const [settled] = useDebouncedValue(text, 300);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState<{ problem: Problem; text: string }>();
  const faults = useMemo(() => faultsOf(text), [text]);
  const refusal = refused?.text === text ? refused.problem : undefined;
  // Half a word is no fault yet: faults are shown when the typing rests.
  const marks = useMemo(() => {
    const found = faultsOf(settled);
    const place = refused?.text === settled && found.length === 0 && placeOf(settled, refused.problem.message);
    return place && refused ? [{ ...place, message: refused.problem.message }] : found;
  }, [settled, refused]);
  const [first] = settled === text ? faults : [];
  const place = refusal && placeOf(text, refusal.message);
  const opened = openings(text);

  const save = async () => {
    if (busy) return;
    setBusy(true);
    setRefused(undefined);
    try {
      await attachPolicy(bucket.name, text.trim());
      await accessChanged(queries, bucket.name);
      say(t("policy.saved"));
      props.onSaved(text.trim());
    } catch (thrown) {
      setRefused({ problem: asProblem(thrown), text });
    }
    setBusy(false);
  };

  return (
    <div className={css.preset}>
      <JsonBar
        templates={IDS.map((id) => ({ name: t(TEMPLATES[id]), text: props.templates[id] }))}
        value={text}
        faulty={faults.length > 0}
        onChange={props.onText}
      />
      <JsonField
        handle={editor}
        label={t("policy.editor")}
        value={text}
        marks={marks}
        first={first}
        onFault={(from) => editor.current?.goTo(from)}
        quiet={t(props.drafted ? "policy.draft-kept" : "policy.draft-none")}
        height="340px"
        onChange={props.onText}
      />
      {refusal !== undefined && (
        <div className={css.stack}>
          <ProblemNotice
            title={t("policy.not-saved")}
            problem={refusal}
            onRetry={refusal.code === "MalformedPolicy" ? undefined : () => void save()}
          />
          {place && (
            <FaultLink
              text={t("policy.go-to-line", { line: lineAt(text, place.from) })}
              onClick={() => editor.current?.goTo(place.from)}
            />
          )}
        </div>
      )}
      <div className={css.bar}>
        <Guarded
          aria-busy={busy}
          color={opened.length > 0 ? "red" : undefined}
          why={
            faults.length > 0 ? t("policy.faulty") : text.trim() === attached?.trim() ? t("policy.in-force") : undefined
          }
          onClick={() => {
            if (opened.length > 0) setAsking(true);
            else void save();
          }}
        >
          {t("policy.save")}
        </Guarded>
        {props.drafted && attached !== undefined && (
          <Button variant="default" onClick={() => props.onText(attached)}>
            {t("policy.discard")}
          </Button>
        )}
      </div>
      {asking && (
        <FormDialog
          title={t("policy.opens")}
          action={t("policy.save")}
          failure={t("policy.not-saved")}
          danger
          onClose={() => setAsking(false)}
          onSubmit={save}
        >
          <p>{t("policy.opens-text")}</p>
          <ul className={css.reasons}>
            {opened.map((opening) => (
              <li key={JSON.stringify(opening)}>
                <code>{opening.actions.join(", ")}</code>
                <br />
                <code>{opening.resources.join(", ")}</code>
                {opening.conditional && <p className="muted">{t("policy.opens-conditional")}</p>}
              </li>
            ))}
          </ul>
        </FormDialog>
      )}
    </div>
  );
}
