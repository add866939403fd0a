import { Switch, Tooltip } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Card } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { bucketNamed, setVersioning } from "../api/buckets";
import css from "./buckets.module.css";

const WRITE = "s3:PutBucketVersioning";

/** Whether the bucket keeps earlier versions. */
export function VersioningCard({ bucket }: { bucket: Bucket }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const enabled = bucket.versioning === "Enabled";
  const why = !may(bucket.permissions, WRITE)
    ? t("action.needs", { permission: WRITE })
    : bucket.objectLock
      ? t("versioning.locked")
      : undefined;
  return (
    <Card title={t("versioning.title")}>
      <div className={css.toggle}>
        <div>
          <strong>
            {t(
              enabled
                ? "versioning.on"
                : bucket.versioning === "Suspended"
                  ? "versioning.on-hold"
                  : "versioning.is-off",
            )}
          </strong>
          <p>{t("versioning.text")}</p>
        </div>
        <Tooltip label={why ?? ""} disabled={why === undefined} multiline maw={320}>
          <span>
            <Switch
              aria-label={t("versioning.keep")}
              checked={enabled}
              disabled={why !== undefined}
              onChange={() => setAsking(true)}
            />
          </span>
        </Tooltip>
      </div>
      {asking && (
        <FormDialog
          title={t(enabled ? "versioning.suspend" : "versioning.enable")}
          action={t(enabled ? "versioning.suspend" : "versioning.enable")}
          failure={t("versioning.failed")}
          onClose={() => setAsking(false)}
          onSubmit={async () => {
            await setVersioning(bucket.name, enabled ? "Suspended" : "Enabled");
            await queries.invalidateQueries({ queryKey: bucketNamed(bucket.name).queryKey });
            void queries.invalidateQueries({ queryKey: ["buckets", "pages"] });
          }}
        >
          <p>{t(enabled ? "versioning.suspend-text" : "versioning.enable-text")}</p>
        </FormDialog>
      )}
    </Card>
  );
}
