import { NativeSelect, TextInput } from "@mantine/core";
import type { Bucket, Quota } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Bar, Bytes, Fact, Facts } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { bucketQuota, changeQuota } from "../api/configuration";
import { joinSize, readCount, SIZE_UNITS, type SizeUnit, splitSize } from "../model/quota";
import css from "./buckets.module.css";
import { ConfigurationCard } from "./ConfigurationCard";

const READ = "myfsio:GetBucketQuota";
const WRITE = "myfsio:PutBucketQuota";

export function QuotaCard({ bucket }: { bucket: Bucket }) {
  const mayRead = may(bucket.permissions, READ);
  const query = useQuery({ ...bucketQuota(bucket.name), enabled: mayRead });
  const [editing, setEditing] = useState(false);
  return (
    <>
      <ConfigurationCard
        title={t("quota.title")}
        query={query}
        needRead={mayRead ? undefined : READ}
        needWrite={may(bucket.permissions, WRITE) ? undefined : WRITE}
        action={t("quota.edit")}
        onEdit={() => setEditing(true)}
      >
        {(quota) => (
          <Facts>
            <Fact name={t("quota.size")}>
              <Bytes size={quota.bytes} />{" "}
              {quota.maxBytes === undefined ? (
                <span className="muted">{t("quota.unlimited")}</span>
              ) : (
                <>
                  {t("quota.of")} <Bytes size={quota.maxBytes} />
                  <Share of={quota.bytes} limit={quota.maxBytes} label={t("quota.size")} />
                </>
              )}
            </Fact>
            <Fact name={t("quota.objects")}>
              <span className="num">{t("buckets.versions", { count: quota.objects })}</span>{" "}
              {quota.maxObjects === undefined ? (
                <span className="muted">{t("quota.unlimited")}</span>
              ) : (
                <>
                  <span className="num">{t("quota.of-count", { count: quota.maxObjects })}</span>
                  <Share of={quota.objects} limit={quota.maxObjects} label={t("quota.objects")} />
                </>
              )}
            </Fact>
          </Facts>
        )}
      </ConfigurationCard>
      {editing && query.data !== undefined && (
        <QuotaDialog bucket={bucket.name} quota={query.data} onClose={() => setEditing(false)} />
      )}
    </>
  );
}

function Share({ of, limit, label }: { of: number; limit: number; label: string }) {
  const share = limit === 0 ? 1 : of / limit;
  return <Bar share={share} label={label} tone={share >= 1 ? "danger" : share >= 0.9 ? "warn" : undefined} />;
}

function QuotaDialog({ bucket, quota, onClose }: { bucket: string; quota: Quota; onClose: () => void }) {
  const queries = useQueryClient();
  const [size, setSize] = useState(() => splitSize(quota.maxBytes));
  const [count, setCount] = useState(quota.maxObjects === undefined ? "" : String(quota.maxObjects));
  const maxBytes = joinSize(size.amount, size.unit);
  const maxObjects = readCount(count);
  const over = (maxBytes ?? Infinity) < quota.bytes || (maxObjects ?? Infinity) < quota.objects;
  return (
    <FormDialog
      title={t("quota.edit")}
      action={t("action.save")}
      failure={t("quota.not-saved")}
      ready={!Number.isNaN(maxBytes) && !Number.isNaN(maxObjects)}
      onClose={onClose}
      onSubmit={async () => {
        const limits = {
          ...(maxBytes === undefined ? {} : { maxBytes }),
          ...(maxObjects === undefined ? {} : { maxObjects }),
        };
        queries.setQueryData(bucketQuota(bucket).queryKey, await changeQuota(bucket, limits));
      }}
    >
      <p className="muted">{t("quota.text")}</p>
      <div className={css.pair}>
        <TextInput
          label={t("quota.max-size")}
          placeholder={t("quota.no-limit")}
          inputMode="decimal"
          value={size.amount}
          error={Number.isNaN(maxBytes) ? t("quota.bad-size") : undefined}
          onChange={(event) => setSize({ ...size, amount: event.currentTarget.value })}
          data-autofocus
        />
        <NativeSelect
          label={t("quota.unit")}
          data={[...SIZE_UNITS]}
          value={size.unit}
          onChange={(event) => setSize({ ...size, unit: event.currentTarget.value as SizeUnit })}
        />
      </div>
      <TextInput
        label={t("quota.max-objects")}
        placeholder={t("quota.no-limit")}
        inputMode="numeric"
        value={count}
        error={Number.isNaN(maxObjects) ? t("quota.bad-count") : undefined}
        onChange={(event) => setCount(event.currentTarget.value)}
      />
      {over && <Notice tone="warn" title={t("quota.over")} />}
    </FormDialog>
  );
}
