import { Checkbox, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { FormDialog } from "@/components/ui/dialog";
import { type MessageId, t } from "@/lib/i18n";
import {
  CORS_METHODS,
  type CorsFault,
  type CorsForm,
  type CorsRule,
  corsFaults,
  corsForm,
  corsRule,
  vainOrigin,
} from "../../model/permissions/cors";
import css from "./permissions.module.css";

const FAULTS = {
  stars: "cors.stars",
  star: "cors.star",
  characters: "cors.characters",
  age: "cors.bad-age",
  long: "cors.long-id",
} as const satisfies Record<Exclude<CorsFault, "none">, MessageId>;

/** The form of one rule; a new one without `rule`. */
export function CorsDialog(props: {
  title: string;
  rule: CorsRule | undefined;
  onSave: (rule: CorsRule) => Promise<void>;
  onClose: () => void;
}) {
  const [form, setForm] = useState(() => corsForm(props.rule));
  const [touched, setTouched] = useState<ReadonlySet<keyof CorsForm>>(new Set());
  const faults = corsFaults(form);
  const vain = vainOrigin(form);
  const set = (part: Partial<CorsForm>) => setForm((now) => ({ ...now, ...part }));
  /** What is wrong with a field; that it is empty is only said after it was left. */
  const errorOf = (field: keyof CorsForm): string | undefined => {
    const found = faults[field];
    if (found === undefined) return undefined;
    if (found.fault !== "none") return t(FAULTS[found.fault], { entry: found.entry });
    if (!touched.has(field)) return undefined;
    return t(field === "methods" ? "cors.no-method" : "cors.no-origin");
  };
  const field = (name: "origins" | "allowHeaders" | "exposeHeaders" | "maxAge" | "id") => ({
    value: form[name],
    error: errorOf(name),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
    onBlur: () => setTouched((now) => new Set([...now, name])),
    spellCheck: false,
    autoComplete: "off",
  });
  return (
    <FormDialog
      title={props.title}
      action={t("action.save")}
      failure={t("cors.not-saved")}
      size={560}
      ready={Object.keys(faults).length === 0}
      onClose={props.onClose}
      onSubmit={() => props.onSave(corsRule(form))}
    >
      <Textarea
        {...field("origins")}
        label={t("cors.origins")}
        description={t("cors.origins-text")}
        rows={3}
        classNames={{ input: "mono" }}
        data-autofocus
      />
      {vain !== undefined && faults.origins === undefined && (
        <p className={css.warned} role="status">
          {t("cors.vain-origin", { origin: vain })}
        </p>
      )}
      <Checkbox.Group
        label={t("cors.methods")}
        value={form.methods}
        error={errorOf("methods")}
        onChange={(methods) => {
          set({ methods });
          setTouched((now) => new Set([...now, "methods"]));
        }}
      >
        <div className={css.methods}>
          {CORS_METHODS.map((method) => (
            <Checkbox key={method} value={method} label={<span className="mono">{method}</span>} />
          ))}
        </div>
      </Checkbox.Group>
      <Textarea
        {...field("allowHeaders")}
        label={t("cors.allow-headers")}
        description={t("cors.allow-headers-text")}
        rows={2}
        classNames={{ input: "mono" }}
      />
      <Textarea
        {...field("exposeHeaders")}
        label={t("cors.expose-headers")}
        description={t("cors.expose-headers-text")}
        rows={2}
        classNames={{ input: "mono" }}
      />
      <div className={css.two}>
        <TextInput
          {...field("maxAge")}
          label={t("cors.max-age-seconds")}
          placeholder={t("cors.browser-decides")}
          inputMode="numeric"
        />
        <TextInput {...field("id")} label={t("cors.id")} placeholder={t("cors.id-placeholder")} />
      </div>
    </FormDialog>
  );
}
