import { Button, Tooltip } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { Bone, Bytes, Card, Copyable, Fact, Facts, When } from "@/components/ui/basics";
import { DeleteIcon } from "@/components/ui/icons";
import { exactTime } from "@/lib/format";
import { t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";
import { bucketLock, bucketQuota, bucketTags, bucketWebsite } from "../api/configuration";
import { arn, s3Uri } from "../model/hints";
import css from "./buckets.module.css";
import { DeleteBucketDialog } from "./DeleteBucketDialog";
import { LockCard } from "./LockCard";
import { QuotaCard } from "./QuotaCard";
import { TagsCard } from "./TagsCard";
import { VersioningCard } from "./VersioningCard";
import { WebsiteCard } from "./WebsiteCard";

const CARDS = ["lock.title", "website.title", "tags.title", "quota.title"] as const;

/** What a bucket is, and its configuration. The cards are drawn when all that they show is there, so that nothing moves. */
export function BucketProperties({ bucket, onDeleted }: { bucket: Bucket; onDeleted: () => void }) {
  const { s3Endpoint } = useSession();
  const [deleting, setDeleting] = useState(false);
  const can = (action: string) => may(bucket.permissions, action);
  const waiting = useQueries({
    queries: [
      { ...bucketLock(bucket.name), enabled: can("s3:GetBucketObjectLockConfiguration") },
      { ...bucketWebsite(bucket.name), enabled: can("s3:GetBucketWebsite") },
      { ...bucketTags(bucket.name), enabled: can("s3:GetBucketTagging") },
      { ...bucketQuota(bucket.name), enabled: can("myfsio:GetBucketQuota") },
    ],
    combine: (all) => all.some((query) => query.isLoading),
  });
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
      <VersioningCard bucket={bucket} />
      {waiting ? (
        CARDS.map((title) => (
          <Card key={title} title={t(title)}>
            <div className={`${css.waiting} delayed`}>
              <Bone width="40%" />
            </div>
          </Card>
        ))
      ) : (
        <>
          <LockCard bucket={bucket} />
          <WebsiteCard bucket={bucket} />
          <TagsCard bucket={bucket} />
          <QuotaCard bucket={bucket} />
        </>
      )}
      <Card title={t("buckets.delete")}>
        <div className={css.toggle}>
          <p>{t("properties.delete-text")}</p>
          <Tooltip label={t("action.needs", { permission: "s3:DeleteBucket" })} disabled={mayDelete}>
            <Button
              variant="default"
              leftSection={<DeleteIcon size={14} />}
              onClick={() => mayDelete && setDeleting(true)}
              data-disabled={!mayDelete || undefined}
              aria-disabled={!mayDelete || undefined}
            >
              {t("buckets.delete")}
            </Button>
          </Tooltip>
        </div>
      </Card>
      {deleting && <DeleteBucketDialog bucket={bucket} onClose={() => setDeleting(false)} onDeleted={onDeleted} />}
    </div>
  );
}
