import { Switch, Tooltip } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Card } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { ProblemNotice } from "@/components/ui/notice";
import { asProblem, type Problem } from "@/lib/http/problem";
import { type MessageId, t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { accessChanged, bucketAcl, bucketPublicAccess, policyIsPublic, setPublicAccess } from "../../api/permissions";
import { givesPublic } from "../../model/permissions/acl";
import { ALL_BLOCKED, BLOCKS, type Block, type PublicAccess } from "../../model/permissions/publicAccess";
import { Missing } from "./Missing";
import css from "./permissions.module.css";
import { lacking, READ, WRITE } from "./rights";
import { Unknown, unknownWhy } from "./Unknown";

const TEXTS = {
  BlockPublicPolicy: ["block.policy", "block.policy-text"],
  RestrictPublicBuckets: ["block.restrict", "block.restrict-text"],
  BlockPublicAcls: ["block.acls", "block.acls-text"],
  IgnorePublicAcls: ["block.ignore", "block.ignore-text"],
} as const satisfies Record<Block, [MessageId, MessageId]>;

/** Four switches that withhold a bucket from the public, whatever its policy and lists say. */
export function PublicAccessCard({ bucket }: { bucket: Bucket }) {
  const queries = useQueryClient();
  const mayRead = may(bucket.permissions, READ.publicAccess);
  const query = useQuery({ ...bucketPublicAccess(bucket.name), enabled: mayRead });
  const policy = useQuery({ ...policyIsPublic(bucket.name), enabled: may(bucket.permissions, READ.policyStatus) });
  const acl = useQuery({ ...bucketAcl(bucket.name), enabled: may(bucket.permissions, READ.acl) });
  const [asking, setAsking] = useState<Block>();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<{ problem: Problem; next: PublicAccess }>();

  const fault = query.isError ? asProblem(query.error) : undefined;
  if (fault?.status === 501) return null;
  const now = query.data?.value;
  const need = lacking(bucket.permissions, WRITE.publicAccess);
  const unknown = unknownWhy(query.data?.unknown);
  const reason = need === undefined ? unknown : t("action.needs", { permission: need });

  const save = async (next: PublicAccess) => {
    await setPublicAccess(bucket.name, next);
    await accessChanged(queries, bucket.name);
  };
  const saveNow = async (next: PublicAccess) => {
    if (busy) return;
    setBusy(true);
    setFailed(undefined);
    try {
      await save(next);
    } catch (thrown) {
      setFailed({ problem: asProblem(thrown), next });
    }
    setBusy(false);
  };
  /** Whether turning it off can open something at once: what is not known to be closed may be open. */
  const opens = (block: Block) =>
    block === "IgnorePublicAcls" || (block === "RestrictPublicBuckets" && policy.data !== false);

  return (
    <Card
      title={t("block.title")}
      actions={
        now !== undefined && (
          <Guarded
            variant="default"
            need={need}
            why={unknown ?? (BLOCKS.every((block) => now[block]) ? t("block.all-on") : undefined)}
            onClick={() => void saveNow(ALL_BLOCKED)}
          >
            {t("block.all")}
          </Guarded>
        )
      }
    >
      {!mayRead ? (
        <p className="muted">{t("action.needs", { permission: READ.publicAccess })}</p>
      ) : now === undefined ? (
        <Missing title={t("block.title")} query={query} />
      ) : (
        <div className={css.stack}>
          <p className="muted">{t("block.text")}</p>
          <Unknown names={query.data?.unknown ?? []} />
          {BLOCKS.map((block) => (
            <Row
              key={block}
              block={block}
              on={now[block]}
              reason={reason}
              busy={busy}
              onChange={() => {
                if (now[block] && opens(block)) setAsking(block);
                else void saveNow({ ...now, [block]: !now[block] });
              }}
            />
          ))}
          {failed !== undefined && (
            <ProblemNotice
              title={t("block.failed")}
              problem={failed.problem}
              onRetry={() => void saveNow(failed.next)}
            />
          )}
        </div>
      )}
      {asking !== undefined && now !== undefined && (
        <FormDialog
          title={t("block.off")}
          action={t("block.off-action")}
          failure={t("block.failed")}
          danger
          onClose={() => setAsking(undefined)}
          onSubmit={() => save({ ...now, [asking]: false })}
        >
          <p>{t(TEXTS[asking][0])}</p>
          <p>
            {t(
              asking === "RestrictPublicBuckets"
                ? policy.data === true
                  ? "block.off-restrict"
                  : "block.off-restrict-perhaps"
                : acl.data !== undefined && givesPublic(acl.data.value.grants)
                  ? "block.off-ignore"
                  : "block.off-ignore-perhaps",
            )}
          </p>
        </FormDialog>
      )}
    </Card>
  );
}

function Row(props: { block: Block; on: boolean; reason: string | undefined; busy: boolean; onChange: () => void }) {
  const [title, text] = TEXTS[props.block];
  return (
    <Tooltip label={props.reason ?? ""} disabled={props.reason === undefined} multiline maw={320}>
      <div className={css.switch}>
        <Switch
          classNames={{ body: css.switchBody, label: css.switchLabel }}
          labelPosition="left"
          label={t(title)}
          description={t(text)}
          aria-busy={props.busy}
          checked={props.on}
          disabled={props.reason !== undefined}
          onChange={props.onChange}
        />
      </div>
    </Tooltip>
  );
}
