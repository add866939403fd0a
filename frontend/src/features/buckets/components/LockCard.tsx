import { Checkbox, NativeSelect, Radio, TextInput } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Fact, Facts } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { type MessageId, t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { bucketNamed } from "../api/buckets";
import { bucketLock, setLock } from "../api/configuration";
import {
  type DefaultRetention,
  LOCK_MODES,
  LOCK_UNITS,
  type LockMode,
  type LockUnit,
  type ObjectLock,
  readPeriod,
} from "../model/lock";
import css from "./buckets.module.css";
import { ConfigurationCard } from "./ConfigurationCard";
import { Unknown, unknownWhy } from "./permissions/Unknown";

const READ = "s3:GetBucketObjectLockConfiguration";
const WRITE = "s3:PutBucketObjectLockConfiguration";

const MODES = {
  GOVERNANCE: ["lock.governance", "lock.governance-text"],
  COMPLIANCE: ["lock.compliance", "lock.compliance-text"],
} as const satisfies Record<LockMode, [MessageId, MessageId]>;

const PERIODS = { Days: "lock.days", Years: "lock.years" } as const satisfies Record<LockUnit, MessageId>;

export function LockCard({ bucket }: { bucket: Bucket }) {
  const mayRead = may(bucket.permissions, READ);
  const query = useQuery({ ...bucketLock(bucket.name), enabled: mayRead });
  const [editing, setEditing] = useState(false);
  const lock = query.data?.value;
  const on = lock?.enabled === true;
  return (
    <>
      <ConfigurationCard
        title={t("lock.title")}
        query={query}
        needRead={mayRead ? undefined : READ}
        needWrite={may(bucket.permissions, WRITE) ? undefined : WRITE}
        blocked={
          unknownWhy(query.data?.unknown) ?? (on || bucket.versioning === "Enabled" ? undefined : t("lock.first"))
        }
        action={t(on ? "lock.edit" : "lock.enable")}
        onEdit={() => setEditing(true)}
      >
        {({ value: { enabled, retention }, unknown }) => (
          <div className={css.stack}>
            <Unknown names={unknown} />
            {!enabled ? (
              <p className="muted">
                {t("lock.off")} {bucket.versioning !== "Enabled" && t("lock.first")}
              </p>
            ) : (
              <>
                <p className="muted">{t("lock.on")}</p>
                <Facts>
                  <Fact name={t("lock.default")}>
                    {retention === undefined ? (
                      <span className="muted">{t("lock.no-default")}</span>
                    ) : (
                      <>
                        {t(MODES[retention.mode][0])}, {t(PERIODS[retention.unit], { count: retention.period })}
                        <p className="muted">{t(MODES[retention.mode][1])}</p>
                      </>
                    )}
                  </Fact>
                </Facts>
              </>
            )}
          </div>
        )}
      </ConfigurationCard>
      {editing && lock !== undefined && <LockDialog bucket={bucket} lock={lock} onClose={() => setEditing(false)} />}
    </>
  );
}

/** Switches Object Lock on, or sets for how long new versions are protected. */
function LockDialog({ bucket, lock, onClose }: { bucket: Bucket; lock: ObjectLock; onClose: () => void }) {
  const queries = useQueryClient();
  const [mode, setMode] = useState<LockMode | "none">(lock.retention?.mode ?? "none");
  const [text, setText] = useState(lock.retention === undefined ? "" : String(lock.retention.period));
  const [unit, setUnit] = useState<LockUnit>(lock.retention?.unit ?? "Days");
  const [forGood, setForGood] = useState(false);
  const [sure, setSure] = useState(false);
  const period = readPeriod(text, unit);
  const retention: DefaultRetention | undefined = mode === "none" ? undefined : { mode, period, unit };
  const same = JSON.stringify(retention) === JSON.stringify(lock.retention);
  const binds = mode === "COMPLIANCE" && !same;
  return (
    <FormDialog
      title={t(lock.enabled ? "lock.edit" : "lock.enable")}
      action={t(lock.enabled ? "action.save" : "lock.enable")}
      failure={t("lock.not-saved")}
      size={560}
      danger={binds || !lock.enabled}
      ready={(mode === "none" || !Number.isNaN(period)) && (!binds || sure) && (lock.enabled ? !same : forGood)}
      onClose={onClose}
      onSubmit={async () => {
        await setLock(bucket.name, retention);
        void queries.invalidateQueries({ queryKey: ["buckets", "pages"] });
        await queries.invalidateQueries({ queryKey: bucketNamed(bucket.name).queryKey });
      }}
    >
      {!lock.enabled && (
        <Notice tone="warn" title={t("lock.for-good")}>
          <p>{t("lock.for-good-text")}</p>
          <Checkbox
            mt={8}
            label={t("lock.for-good-sure")}
            checked={forGood}
            onChange={(event) => setForGood(event.currentTarget.checked)}
            data-autofocus
          />
        </Notice>
      )}
      <Radio.Group
        label={t("lock.default")}
        description={t("lock.default-text")}
        value={mode}
        onChange={(next) => setMode(next as LockMode | "none")}
      >
        <div className={css.choices}>
          <Radio value="none" label={t("lock.none")} data-autofocus={lock.enabled || undefined} />
          {LOCK_MODES.map((name) => (
            <Radio key={name} value={name} label={t(MODES[name][0])} description={t(MODES[name][1])} />
          ))}
        </div>
      </Radio.Group>
      {mode !== "none" && (
        <div className={css.two}>
          <TextInput
            label={t("lock.period")}
            inputMode="numeric"
            value={text}
            error={text !== "" && Number.isNaN(period) ? t("lock.bad-period") : undefined}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("lock.unit")}
            value={unit}
            onChange={(event) => setUnit(event.currentTarget.value as LockUnit)}
            data={LOCK_UNITS.map((value) => ({
              value,
              label: t(value === "Days" ? "lock.unit-days" : "lock.unit-years"),
            }))}
          />
        </div>
      )}
      {binds && (
        <Notice tone="warn" title={t("lock.binds")}>
          <p>{t("lock.binds-text")}</p>
          <Checkbox
            mt={8}
            label={t("lock.binds-sure")}
            checked={sure}
            onChange={(event) => setSure(event.currentTarget.checked)}
          />
        </Notice>
      )}
    </FormDialog>
  );
}
