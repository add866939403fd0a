import { SegmentedControl } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Badge, Bytes, Card, Snippet } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { Notice } from "@/components/ui/notice";
import { asProblem } from "@/lib/http/problem";
import { T, t } from "@/lib/i18n";
import { prettyJson } from "@/lib/json";
import { may, useSession } from "@/lib/session";
import { accessChanged, attachPolicy, bucketPolicy, bucketPublicAccess, policyIsPublic } from "../../api/permissions";
import { keepDraft, readDraft } from "../../model/permissions/draft";
import { type Preset, presetOf, publicPolicy, templates } from "../../model/permissions/policy";
import { CustomPolicy } from "./CustomPolicy";
import { DetachDialog, Replaced } from "./DetachDialog";
import { Missing } from "./Missing";
import css from "./permissions.module.css";
import { lacking, READ, WRITE } from "./rights";

/** The bucket policy: which one is attached, the presets, and an editor for one's own. */
export function PolicyCard({ bucket }: { bucket: Bucket }) {
  const { user } = useSession();
  const who = user?.id ?? "";
  const mayRead = may(bucket.permissions, READ.policy);
  const query = useQuery({ ...bucketPolicy(bucket.name), enabled: mayRead });
  const fault = query.isError ? asProblem(query.error) : undefined;
  const status = useQuery({ ...policyIsPublic(bucket.name), enabled: may(bucket.permissions, READ.policyStatus) });
  if (fault?.status === 501) return null;
  const attached = query.data ?? undefined;
  return (
    <Card
      title={t("policy.title")}
      actions={
        query.data !== undefined && (
          <Badge tone={attached !== undefined && status.data ? "warn" : undefined}>
            {t(
              attached === undefined
                ? "policy.none"
                : status.data === undefined
                  ? "policy.attached"
                  : status.data
                    ? "policy.is-public"
                    : "policy.not-public",
            )}
          </Badge>
        )
      }
    >
      {!mayRead ? (
        <p className="muted">{t("action.needs", { permission: READ.policy })}</p>
      ) : query.data !== undefined ? (
        <Presets key={who} bucket={bucket} attached={attached} who={who} account={user?.account ?? ""} />
      ) : (
        <Missing title={t("policy.title")} query={query} />
      )}
    </Card>
  );
}

interface PresetsProps {
  bucket: Bucket;
  attached: string | undefined;
  /** The access key of the person, whose draft it is. */
  who: string;
  account: string;
}

function Presets({ bucket, attached, who, account }: PresetsProps) {
  const label = useId();
  const inForce = presetOf(attached, bucket.name);
  const [chosen, setChosen] = useState<Preset>();
  const [draft, setDraft] = useState(() => readDraft(who, bucket.name));
  // What was just attached, until the server's own word of it is here.
  const [sent, setSent] = useState<{ text: string; over: string | undefined }>();
  const now = sent !== undefined && sent.over === attached ? sent.text : attached;
  const shown = chosen ?? inForce;
  const need = lacking(bucket.permissions, WRITE.policy);
  // Without the right to attach there is no draft to write, only what is attached to read.
  const kept = need === undefined ? draft : undefined;
  return (
    <div className={css.stack}>
      <p className="muted">{t("policy.text")}</p>
      <div className={css.presets}>
        <span id={label} className="hidden-visually">
          {t("policy.preset")}
        </span>
        <SegmentedControl
          aria-labelledby={label}
          fullWidth
          disabled={need !== undefined}
          value={shown}
          onChange={(next) => setChosen(next as Preset)}
          data={[
            { value: "private", label: t("policy.private") },
            { value: "public", label: t("policy.public") },
            { value: "custom", label: t("policy.custom") },
          ]}
        />
        <p className={css.hint}>
          {need !== undefined
            ? t("action.needs", { permission: need })
            : shown !== "custom" && kept !== undefined
              ? t("policy.draft-waits")
              : t("policy.preset-text")}
        </p>
      </div>
      {shown === "private" && <Private bucket={bucket} attached={attached} />}
      {shown === "public" && <Public bucket={bucket} attached={attached} inForce={inForce} />}
      {shown === "custom" && need === undefined && (
        <CustomPolicy
          bucket={bucket}
          attached={now}
          text={draft ?? now ?? templates(bucket.name, account).user}
          drafted={draft !== undefined}
          templates={templates(bucket.name, account)}
          onText={(text) => {
            setDraft(text === now ? undefined : text);
            keepDraft(who, bucket.name, text, now);
          }}
          onSaved={(text) => {
            setSent({ text, over: attached });
            setDraft(undefined);
            keepDraft(who, bucket.name, text, text);
            setChosen("custom");
          }}
        />
      )}
      <div className={css.attached}>
        <h3>{t("policy.attached-now")}</h3>
        {attached === undefined ? (
          <p className="muted">{t("policy.none-text")}</p>
        ) : (
          <Snippet text={prettyJson(attached)} label={t("policy.attached-now")} />
        )}
      </div>
    </div>
  );
}

interface PresetProps {
  bucket: Bucket;
  attached: string | undefined;
}

function Private({ bucket, attached }: PresetProps) {
  const [asking, setAsking] = useState(false);
  return (
    <div className={css.preset}>
      <p>{t("policy.private-text")}</p>
      <Guarded
        variant="default"
        need={lacking(bucket.permissions, WRITE.detach)}
        why={attached === undefined ? t("policy.in-force") : undefined}
        onClick={() => setAsking(true)}
      >
        {t("policy.detach")}
      </Guarded>
      {asking && attached !== undefined && (
        <DetachDialog bucket={bucket.name} attached={attached} onClose={() => setAsking(false)} />
      )}
    </div>
  );
}

function Public({ bucket, attached, inForce }: PresetProps & { inForce: Preset }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const blocks = useQuery({
    ...bucketPublicAccess(bucket.name),
    enabled: may(bucket.permissions, READ.publicAccess),
  }).data?.value;
  return (
    <div className={css.preset}>
      <p>{t("policy.public-text")}</p>
      {blocks?.RestrictPublicBuckets && <Notice tone="warn">{t("policy.held-back")}</Notice>}
      <Guarded
        color="red"
        need={lacking(bucket.permissions, WRITE.policy)}
        why={inForce === "public" ? t("policy.in-force") : blocks?.BlockPublicPolicy ? t("policy.refused") : undefined}
        onClick={() => setAsking(true)}
      >
        {t("policy.make-public")}
      </Guarded>
      {asking && (
        <FormDialog
          title={t("policy.make-public")}
          action={t("policy.make-public")}
          failure={t("policy.not-saved")}
          danger
          onClose={() => setAsking(false)}
          onSubmit={async () => {
            await attachPolicy(bucket.name, publicPolicy(bucket.name));
            await accessChanged(queries, bucket.name);
          }}
        >
          <p>{t("policy.becomes-public")}</p>
          <ul className={css.reasons}>
            <li>{t("policy.becomes-listed", { objects: t("buckets.objects", { count: bucket.objects }) })}</li>
            <li>
              <T id="policy.becomes-read" values={{ size: <Bytes size={bucket.bytes} /> }} />
            </li>
          </ul>
          <p>{t("policy.becomes-later")}</p>
          {attached !== undefined && <Replaced text={attached} />}
        </FormDialog>
      )}
    </div>
  );
}
