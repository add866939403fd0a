import { Button, Switch, Tooltip } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Bytes, Card, Copyable, Fact, Facts, When } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { DeleteIcon } from "@/components/ui/icons";
import { exactTime } from "@/lib/format";
import { t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";
import { bucketNamed, setVersioning } from "../api/buckets";
import { arn, s3Uri } from "../model/hints";
import css from "./buckets.module.css";
import { DeleteBucketDialog } from "./DeleteBucketDialog";
import { QuotaCard } from "./QuotaCard";
import { TagsCard } from "./TagsCard";

export function BucketProperties({ bucket, onDeleted }: { bucket: Bucket; onDeleted: () => void }) {
  const { s3Endpoint } = useSession();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"versioning" | "delete">();
  const enabled = bucket.versioning === "Enabled";
  const mayVersion = may(bucket.permissions, "s3:PutBucketVersioning");
  const mayDelete = may(bucket.permissions, "s3:DeleteBucket");
  return (
    <div className={css.properties}>
      <Card title={t("properties.overview")}>
        <Facts>
          <Fact name={t("buckets.created")}>
            <When time={bucket.created} /> <span className="muted">({exactTime(new Date(bucket.created))})</span>
          </Fact>
          <Fact name={t("properties.region")}>{bucket.region}</Fact>
          <Fact name={t("properties.owner")}>{bucket.owner}</Fact>
          <Fact name={t("bucket.endpoint")}>
            <Copyable
              text={`${s3Endpoint}/${bucket.name}`}
              label={t("action.copy-what", { what: t("bucket.endpoint") })}
            />
          </Fact>
          <Fact name={t("bucket.uri")}>
            <Copyable text={s3Uri(bucket.name)} label={t("action.copy-what", { what: t("bucket.uri") })} />
          </Fact>
          <Fact name={t("bucket.arn")}>
            <Copyable text={arn(bucket.name)} label={t("action.copy-what", { what: t("bucket.arn") })} />
          </Fact>
        </Facts>
      </Card>
      <Card title={t("properties.contents")}>
        <Facts>
          <Fact name={t("properties.current")}>
            <span className="num">{t("buckets.objects", { count: bucket.objects })}</span>,{" "}
            <Bytes size={bucket.bytes} />
          </Fact>
          <Fact name={t("properties.all-versions")}>
            <span className="num">{t("buckets.versions", { count: bucket.versions })}</span>,{" "}
            <Bytes size={bucket.versionBytes} />
          </Fact>
          <Fact name={t("properties.markers")}>
            <span className="num">{t("buckets.markers", { count: bucket.deleteMarkers })}</span>
          </Fact>
          <Fact name={t("properties.uploads")}>
            <span className="num">{t("properties.open-uploads", { count: bucket.uploads })}</span>,{" "}
            <Bytes size={bucket.uploadBytes} />
          </Fact>
        </Facts>
      </Card>
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
          <Tooltip label={t("action.needs", { permission: "s3:PutBucketVersioning" })} disabled={mayVersion}>
            <span>
              <Switch
                aria-label={t("versioning.keep")}
                checked={enabled}
                disabled={!mayVersion}
                onChange={() => setAsking("versioning")}
              />
            </span>
          </Tooltip>
        </div>
      </Card>
      <TagsCard bucket={bucket} />
      <QuotaCard bucket={bucket} />
      <Card title={t("buckets.delete")}>
        <div className={css.toggle}>
          <p>{t("properties.delete-text")}</p>
          <Tooltip label={t("action.needs", { permission: "s3:DeleteBucket" })} disabled={mayDelete}>
            <Button
              variant="default"
              leftSection={<DeleteIcon size={14} />}
              onClick={() => mayDelete && setAsking("delete")}
              data-disabled={!mayDelete || undefined}
              aria-disabled={!mayDelete || undefined}
            >
              {t("buckets.delete")}
            </Button>
          </Tooltip>
        </div>
      </Card>
      {asking === "versioning" && (
        <FormDialog
          title={t(enabled ? "versioning.suspend" : "versioning.enable")}
          action={t(enabled ? "versioning.suspend" : "versioning.enable")}
          failure={t("versioning.failed")}
          onClose={() => setAsking(undefined)}
          onSubmit={async () => {
            await setVersioning(bucket.name, enabled ? "Suspended" : "Enabled");
            await queries.invalidateQueries({ queryKey: bucketNamed(bucket.name).queryKey });
            void queries.invalidateQueries({ queryKey: ["buckets", "pages"] });
          }}
        >
          <p>{t(enabled ? "versioning.suspend-text" : "versioning.enable-text")}</p>
        </FormDialog>
      )}
      {asking === "delete" && (
        <DeleteBucketDialog bucket={bucket} onClose={() => setAsking(undefined)} onDeleted={onDeleted} />
      )}
    </div>
  );
}
