import type { Bucket } from "@myfsio/client";
import { useQuery } from "@tanstack/react-query";
import { Badge, Card } from "@/components/ui/basics";
import { type MessageId, t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { bucketAcl, bucketPublicAccess, policyIsPublic } from "../../api/permissions";
import { givesPublic } from "../../model/permissions/acl";
import css from "./permissions.module.css";
import { READ } from "./rights";

/** In one sentence or two: who may reach the bucket, and by what. */
export function AccessCard({ bucket }: { bucket: Bucket }) {
  const can = (action: string) => may(bucket.permissions, action);
  const policy = useQuery({ ...policyIsPublic(bucket.name), enabled: can(READ.policyStatus) }).data === true;
  const blocks = useQuery({ ...bucketPublicAccess(bucket.name), enabled: can(READ.publicAccess) }).data?.value;
  const acl = useQuery({ ...bucketAcl(bucket.name), enabled: can(READ.acl) }).data?.value;
  const list = acl !== undefined && givesPublic(acl.grants);
  const isPublic = bucket.access === "public";
  const reasons: Extract<MessageId, `access.${string}`>[] = [];
  if (policy) reasons.push(blocks?.RestrictPublicBuckets ? "access.policy-held" : "access.by-policy");
  if (list) reasons.push(blocks?.IgnorePublicAcls ? "access.acl-held" : "access.by-acl");
  // The person may read too little to be told why.
  if (isPublic && reasons.length === 0) reasons.push("access.by-something");
  return (
    <Card
      title={t("access.title")}
      actions={<Badge tone={isPublic ? "warn" : undefined}>{t(isPublic ? "access.public" : "access.private")}</Badge>}
    >
      <p>{t(isPublic ? "access.public-text" : "access.private-text")}</p>
      {reasons.length > 0 && (
        <ul className={css.reasons}>
          {reasons.map((reason) => (
            <li key={reason}>{t(reason)}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}
