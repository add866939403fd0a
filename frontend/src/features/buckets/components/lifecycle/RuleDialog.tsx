import type { Bucket } from "@myfsio/client";
import { useState } from "react";
import { Dialog, DialogForm } from "@/components/ui/dialog";
import { T, t } from "@/lib/i18n";
import { type Lifecycle, withRule } from "../../model/lifecycle";
import { ruleFaults, ruleForm, ruleOf } from "../../model/lifecycleForm";
import css from "./lifecycle.module.css";
import { Review } from "./Review";
import { RuleFields } from "./RuleFields";
import { RuleText } from "./RuleText";

/** Writes a rule in two steps: what it says, and what that would delete at once. */
export function RuleDialog(props: { bucket: Bucket; now: Lifecycle; index: number; onClose: () => void }) {
  const { bucket, now, index, onClose } = props;
  const before = now.rules[index];
  const [form, setForm] = useState(() => ruleForm(before));
  const [next, setNext] = useState<string>();
  const others = now.rules.filter((_, i) => i !== index).map((rule) => rule.id);
  const faults = ruleFaults(form, others, (before?.transitions.length ?? 0) > 0);
  const title = t(before === undefined ? "rule.add" : "rule.edit");
  return (
    <Dialog title={title} onClose={onClose} size={600}>
      {next === undefined ? (
        <DialogForm
          action={t("rule.review")}
          failure=""
          ready={faults.size === 0}
          onLeave={onClose}
          onDone={() => setNext(withRule(now, index, ruleOf(form, before)))}
          onSubmit={() => Promise.resolve()}
        >
          <RuleFields bucket={bucket} form={form} faults={faults} moves={before?.transitions ?? []} onForm={setForm} />
        </DialogForm>
      ) : (
        <Review
          bucket={bucket}
          now={now}
          next={next}
          tries={before?.enabled ?? true}
          action={t("rule.save")}
          back={t("rule.back")}
          onLeave={() => setNext(undefined)}
          onDone={onClose}
        >
          <div className={css.rule}>
            {form.id !== "" && <h3>{form.id}</h3>}
            <RuleText rule={ruleOf(form, before)} />
          </div>
          {before?.enabled === false && (
            <p className="muted">
              <T id="rule.stays-off" values={{ name: <b>{form.id || t("rule.unnamed")}</b> }} />
            </p>
          )}
        </Review>
      )}
    </Dialog>
  );
}
