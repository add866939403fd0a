import { Radio } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FormDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { type MessageId, t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { accessChanged, bucketAcl, bucketOwnership, setOwnership } from "../../api/permissions";
import { givesOthers } from "../../model/permissions/acl";
import { OWNERSHIPS, type Ownership } from "../../model/permissions/ownership";
import { ConfigurationCard } from "../ConfigurationCard";
import css from "./permissions.module.css";
import { lacking, READ, WRITE } from "./rights";
import { Unknown, unknownWhy } from "./Unknown";

const TEXTS = {
  BucketOwnerEnforced: ["ownership.enforced", "ownership.enforced-text"],
  BucketOwnerPreferred: ["ownership.preferred", "ownership.preferred-text"],
  ObjectWriter: ["ownership.writer", "ownership.writer-text"],
} as const satisfies Record<Ownership, [MessageId, MessageId]>;

/** Whose objects are that other accounts write, and whether access control lists count. */
export function OwnershipCard({ bucket }: { bucket: Bucket }) {
  const mayRead = may(bucket.permissions, READ.ownership);
  const query = useQuery({ ...bucketOwnership(bucket.name), enabled: mayRead });
  const [editing, setEditing] = useState(false);
  return (
    <>
      <ConfigurationCard
        title={t("ownership.title")}
        query={query}
        needRead={mayRead ? undefined : READ.ownership}
        needWrite={lacking(bucket.permissions, WRITE.ownership)}
        blocked={unknownWhy(query.data?.unknown)}
        action={t("ownership.edit")}
        onEdit={() => setEditing(true)}
      >
        {({ value, unknown }) => (
          <div className={css.stack}>
            <Unknown names={unknown} />
            <div>
              <strong>{t(TEXTS[value][0])}</strong>
              <p className="muted">{t(TEXTS[value][1])}</p>
            </div>
          </div>
        )}
      </ConfigurationCard>
      {editing && query.data !== undefined && (
        <OwnershipDialog bucket={bucket} now={query.data.value} onClose={() => setEditing(false)} />
      )}
    </>
  );
}

function OwnershipDialog({ bucket, now, onClose }: { bucket: Bucket; now: Ownership; onClose: () => void }) {
  const queries = useQueryClient();
  const [setting, setSetting] = useState(now);
  const acl = useQuery({ ...bucketAcl(bucket.name), enabled: may(bucket.permissions, READ.acl) }).data?.value;
  const ends = setting === "BucketOwnerEnforced" && now !== setting;
  const begins = now === "BucketOwnerEnforced" && now !== setting;
  // S3 refuses it as long as the bucket's own list grants something to others.
  const inTheWay = ends && acl !== undefined && givesOthers(acl);
  return (
    <FormDialog
      title={t("ownership.edit")}
      action={t("action.save")}
      failure={t("ownership.not-saved")}
      size={560}
      danger={begins}
      ready={setting !== now && !inTheWay}
      onClose={onClose}
      onSubmit={async () => {
        await setOwnership(bucket.name, setting);
        await accessChanged(queries, bucket.name);
      }}
    >
      <Radio.Group aria-label={t("ownership.title")} value={setting} onChange={(next) => setSetting(next as Ownership)}>
        <div className={css.stack}>
          {OWNERSHIPS.map((name) => (
            <Radio
              key={name}
              value={name}
              label={t(TEXTS[name][0])}
              description={t(TEXTS[name][1])}
              data-autofocus={name === now || undefined}
            />
          ))}
        </div>
      </Radio.Group>
      {inTheWay ? (
        <Notice tone="warn" title={t("ownership.in-the-way")}>
          {t("ownership.in-the-way-text")}
        </Notice>
      ) : (
        (ends || begins) && (
          <Notice {...(begins ? { tone: "warn" as const } : {})}>
            {t(begins ? "ownership.begins" : "ownership.ends")}
          </Notice>
        )
      )}
    </FormDialog>
  );
}
