import { Checkbox, Radio, TextInput } from "@mantine/core";
import type { Retention, Object as StoredObject } from "@myfsio/client";
import { useState } from "react";
import { FormDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { type MessageId, t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { setRetention } from "../api/objects";
import { type RetentionFault, type RetentionForm, retentionChange, retentionForm } from "../model/lock";
import css from "./objects.module.css";

const FAULTS = {
  date: "retention.fault-date",
  past: "retention.fault-past",
  bypass: "retention.fault-bypass",
  compliance: "retention.fault-compliance",
} as const satisfies Record<Exclude<RetentionFault, "same">, MessageId>;

const MODES = ["GOVERNANCE", "COMPLIANCE"] as const satisfies Retention["mode"][];

interface Props {
  bucket: string;
  object: StoredObject;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

/** Sets, extends or ends the retention of the version that is shown. */
export function RetentionDialog({ bucket, object, onChanged, onClose }: Props) {
  const now = object.retention;
  const [form, setForm] = useState<RetentionForm>(() => retentionForm(now, new Date()));
  const [sure, setSure] = useState(false);
  const mayBypass = may(object.permissions, "s3:BypassGovernanceRetention");
  const { next, bypass, fault } = retentionChange(form, now, mayBypass, new Date());
  const binds = fault === undefined && next?.mode === "COMPLIANCE";
  const ofDate = fault === "date" || fault === "past";
  return (
    <FormDialog
      title={t(now === undefined ? "retention.set" : "retention.change")}
      action={t("action.save")}
      failure={t("retention.not-changed")}
      size={520}
      danger={binds || bypass}
      ready={fault === undefined && (!binds || sure)}
      onClose={onClose}
      onSubmit={async () => {
        await setRetention(bucket, object.key, object.versionId, next, bypass);
        await onChanged();
      }}
    >
      <Radio.Group
        label={t("retention.mode")}
        value={form.mode}
        onChange={(mode) => setForm({ ...form, mode: mode as RetentionForm["mode"] })}
      >
        <div className={css.choices}>
          <Radio value="none" label={t("retention.none")} data-autofocus={form.mode === "none" || undefined} />
          {MODES.map((mode) => (
            <Radio
              key={mode}
              value={mode}
              label={t(mode === "GOVERNANCE" ? "retention.governance" : "retention.compliance")}
              description={t(mode === "GOVERNANCE" ? "retention.governance-text" : "retention.compliance-text")}
              data-autofocus={form.mode === mode || undefined}
            />
          ))}
        </div>
      </Radio.Group>
      {form.mode !== "none" && (
        <TextInput
          type="datetime-local"
          label={t("retention.until-label")}
          description={t("retention.zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
          value={form.until}
          error={ofDate ? t(FAULTS[fault]) : undefined}
          onChange={(event) => setForm({ ...form, until: event.currentTarget.value })}
        />
      )}
      {(fault === "bypass" || fault === "compliance") && <Notice tone="warn">{t(FAULTS[fault])}</Notice>}
      {bypass && fault === undefined && !binds && <Notice tone="warn">{t("retention.loosens")}</Notice>}
      {binds && (
        <Notice tone="warn" title={t("retention.binds")}>
          <p>{t("retention.binds-text")}</p>
          <Checkbox
            mt={8}
            label={t("retention.binds-sure")}
            checked={sure}
            onChange={(event) => setSure(event.currentTarget.checked)}
          />
        </Notice>
      )}
    </FormDialog>
  );
}
