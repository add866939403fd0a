import type { Bucket } from "@myfsio/client";
import { useState } from "react";
import { FormDialog, TypedName } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { bytes } from "@/lib/format";
import { T, t } from "@/lib/i18n";
import { deleteBucket } from "../api/buckets";

/** Asks for the bucket's name. S3 deletes empty buckets only, so a full one is told so before the server is asked. */
export function DeleteBucketDialog(props: { bucket: Bucket; onClose: () => void; onDeleted: () => void }) {
  const { bucket } = props;
  const [typed, setTyped] = useState("");
  const full = bucket.versions > 0 || bucket.deleteMarkers > 0;
  return (
    <FormDialog
      title={t("buckets.delete")}
      action={t("buckets.delete")}
      failure={t("buckets.delete-failed")}
      danger
      ready={typed === bucket.name && !full}
      onClose={props.onClose}
      onSubmit={async () => {
        await deleteBucket(bucket.name);
        props.onDeleted();
      }}
    >
      <p>
        <T id="buckets.delete-text" values={{ name: <strong>{bucket.name}</strong> }} />
      </p>
      {full ? (
        <Notice tone="warn" title={t("buckets.not-empty")}>
          {t("buckets.not-empty-text", {
            objects: t("buckets.objects", { count: bucket.objects }),
            size: bytes(bucket.versionBytes),
            versions: t("buckets.versions", { count: bucket.versions }),
            markers: t("buckets.markers", { count: bucket.deleteMarkers }),
          })}
        </Notice>
      ) : (
        <TypedName label={t("buckets.type-name")} value={typed} onChange={setTyped} />
      )}
    </FormDialog>
  );
}
