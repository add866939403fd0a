import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useRef } from "react";
import { IconButton } from "@/components/ui/basics";
import { DeleteIcon, PlusIcon } from "@/components/ui/icons";
import { Notice } from "@/components/ui/notice";
import { type MessageId, t } from "@/lib/i18n";
import type { Transition } from "../../model/lifecycle";
import type { RuleFault, RuleField, RuleForm } from "../../model/lifecycleForm";
import { SIZE_UNITS, type SizeUnit } from "../../model/quota";
import bucketsCss from "../buckets.module.css";
import css from "./lifecycle.module.css";

const FAULTS = {
  long: "rule.fault-long",
  twice: "rule.fault-twice",
  tags: "rule.fault-tags",
  size: "rule.fault-size",
  order: "rule.fault-order",
  days: "rule.fault-days",
  date: "rule.fault-date",
  keep: "rule.fault-keep",
  "with-tags": "rule.fault-with-tags",
  "with-filter": "rule.fault-with-filter",
  nothing: "rule.fault-nothing",
} as const satisfies Record<RuleFault, MessageId>;

const EXPIRES = {
  none: "rule.expire-none",
  days: "rule.expire-days",
  date: "rule.expire-date",
  markers: "rule.expire-markers",
} as const satisfies Record<RuleForm["expire"], MessageId>;

interface Props {
  bucket: Bucket;
  form: RuleForm;
  faults: Map<RuleField, RuleFault>;
  moves: readonly Transition[];
  onForm: (next: RuleForm) => void;
}

export function RuleFields({ bucket, form, faults, moves, onForm }: Props) {
  const change = (part: Partial<RuleForm>) => onForm({ ...form, ...part });
  // A field that nobody has written in is no fault yet, though the form cannot go on.
  const fault = (field: RuleField, text = "x") => {
    const found = faults.get(field);
    return found === undefined || text === "" ? undefined : t(FAULTS[found]);
  };
  return (
    <>
      <TextInput
        label={t("rule.name")}
        placeholder={t("rule.name-made")}
        value={form.id}
        error={fault("id")}
        spellCheck={false}
        onChange={(event) => change({ id: event.currentTarget.value })}
        data-autofocus
      />
      <fieldset className={bucketsCss.group}>
        <legend>{t("rule.scope")}</legend>
        <TextInput
          label={t("rule.prefix")}
          description={t("rule.prefix-text")}
          value={form.prefix}
          error={fault("prefix")}
          spellCheck={false}
          onChange={(event) => change({ prefix: event.currentTarget.value })}
        />
        <Tags form={form} error={fault("tags")} onForm={onForm} />
        <div className={bucketsCss.two}>
          <Size
            label={t("rule.above")}
            value={form.above}
            error={fault("above")}
            onChange={(above) => change({ above })}
          />
          <Size
            label={t("rule.below")}
            value={form.below}
            error={fault("below")}
            onChange={(below) => change({ below })}
          />
        </div>
      </fieldset>
      <fieldset className={bucketsCss.group}>
        <legend>{t("rule.actions")}</legend>
        <NativeSelect
          label={t("rule.current")}
          description={t(bucket.versioning === "Off" ? "rule.current-off" : "rule.current-on")}
          value={form.expire}
          error={fault("expire")}
          onChange={(event) => change({ expire: event.currentTarget.value as RuleForm["expire"] })}
          data={Object.entries(EXPIRES).map(([value, label]) => ({ value, label: t(label) }))}
        />
        {form.expire === "days" && (
          <Days
            label={t("rule.expire-after")}
            value={form.expireDays}
            error={fault("expireDays", form.expireDays)}
            onChange={(expireDays) => change({ expireDays })}
          />
        )}
        {form.expire === "date" && (
          <TextInput
            type="date"
            label={t("rule.expire-on")}
            description={t("rule.expire-on-text")}
            value={form.expireDate}
            onChange={(event) => change({ expireDate: event.currentTarget.value })}
            className={css.short}
          />
        )}
        <Checkbox
          label={t("rule.noncurrent")}
          description={bucket.versioning === "Off" ? t("rule.noncurrent-off") : undefined}
          checked={form.noncurrent}
          onChange={(event) => change({ noncurrent: event.currentTarget.checked })}
          size="sm"
        />
        {form.noncurrent && (
          <div className={bucketsCss.two}>
            <Days
              label={t("rule.noncurrent-after")}
              value={form.noncurrentDays}
              error={fault("noncurrentDays", form.noncurrentDays)}
              onChange={(noncurrentDays) => change({ noncurrentDays })}
            />
            <Days
              label={t("rule.noncurrent-keep")}
              value={form.noncurrentKeep}
              error={fault("noncurrentKeep")}
              onChange={(noncurrentKeep) => change({ noncurrentKeep })}
            />
          </div>
        )}
        <Checkbox
          label={t("rule.abort")}
          checked={form.abort}
          error={fault("abort")}
          onChange={(event) => change({ abort: event.currentTarget.checked })}
          size="sm"
        />
        {form.abort && (
          <Days
            label={t("rule.abort-after")}
            value={form.abortDays}
            error={fault("abortDays", form.abortDays)}
            onChange={(abortDays) => change({ abortDays })}
          />
        )}
        {faults.has("actions") && <p className="muted">{t("rule.fault-nothing")}</p>}
        {moves.length > 0 && (
          <Notice>
            <p>{t("rule.moves-stay")}</p>
          </Notice>
        )}
      </fieldset>
    </>
  );
}

interface FieldProps<V> {
  label: string;
  value: V;
  error: string | undefined;
  onChange: (next: V) => void;
}

function Days({ label, value, error, onChange }: FieldProps<string>) {
  return (
    <TextInput
      label={label}
      inputMode="numeric"
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
      className={css.short}
    />
  );
}

function Size({ label, value, error, onChange }: FieldProps<RuleForm["above"]>) {
  return (
    <div className={css.size}>
      <TextInput
        label={label}
        placeholder={t("rule.any-size")}
        inputMode="decimal"
        value={value.amount}
        error={error}
        onChange={(event) => onChange({ ...value, amount: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("quota.unit")}
        aria-label={t("rule.unit-of", { what: label })}
        data={[...SIZE_UNITS]}
        value={value.unit}
        onChange={(event) => onChange({ ...value, unit: event.currentTarget.value as SizeUnit })}
      />
    </div>
  );
}

function Tags({ form, error, onForm }: { form: RuleForm; error: string | undefined; onForm: Props["onForm"] }) {
  const add = useRef<HTMLButtonElement>(null);
  const put = (tags: RuleForm["tags"]) => onForm({ ...form, tags });
  return (
    <fieldset className={css.tags}>
      <legend>{t("rule.tags")}</legend>
      {form.tags.map((tag, index) => {
        const number = String(index + 1);
        const change = (part: Partial<typeof tag>) =>
          put(form.tags.map((other, i) => (i === index ? { ...other, ...part } : other)));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are only added and taken away, and hold nothing themselves
          <div className={bucketsCss.pair} key={index}>
            <TextInput
              aria-label={t("tags.name", { number })}
              placeholder={t("tags.name-placeholder")}
              value={tag.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            <TextInput
              aria-label={t("tags.value", { number })}
              placeholder={t("tags.value-placeholder")}
              value={tag.value}
              onChange={(event) => change({ value: event.currentTarget.value })}
            />
            <IconButton
              label={t("tags.remove", { number })}
              size={36}
              onClick={() => {
                put(form.tags.filter((_, i) => i !== index));
                add.current?.focus();
              }}
            >
              <DeleteIcon size={14} />
            </IconButton>
          </div>
        );
      })}
      {error !== undefined && <p className={bucketsCss.fieldFault}>{error}</p>}
      <div>
        <Button
          ref={add}
          variant="default"
          leftSection={<PlusIcon size={14} aria-hidden />}
          onClick={() => put([...form.tags, { name: "", value: "" }])}
        >
          {t("rule.add-tag")}
        </Button>
      </div>
    </fieldset>
  );
}
