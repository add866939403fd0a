import type { Bucket } from "@myfsio/client";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { Bone, Card } from "@/components/ui/basics";
import { type MessageId, t } from "@/lib/i18n";
import { may } from "@/lib/session";
import {
  bucketAcl,
  bucketCors,
  bucketOwnership,
  bucketPolicy,
  bucketPublicAccess,
  policyIsPublic,
} from "../../api/permissions";
import { AccessCard } from "./AccessCard";
import { AclCard } from "./AclCard";
import { CorsCard } from "./CorsCard";
import { OwnershipCard } from "./OwnershipCard";
import { PolicyCard } from "./PolicyCard";
import { PublicAccessCard } from "./PublicAccessCard";
import css from "./permissions.module.css";
import { READ } from "./rights";
import { WhoCard } from "./WhoCard";

/** Who may reach a bucket. It is shown once all of it is there, so that nothing moves. */
export function BucketPermissions({ bucket }: { bucket: Bucket }) {
  const { name } = bucket;
  const can = (action: string) => may(bucket.permissions, action);
  const waiting = useQueries({
    queries: [
      { ...bucketPolicy(name), enabled: can(READ.policy) },
      { ...policyIsPublic(name), enabled: can(READ.policyStatus) },
      { ...bucketPublicAccess(name), enabled: can(READ.publicAccess) },
      { ...bucketOwnership(name), enabled: can(READ.ownership) },
      { ...bucketAcl(name), enabled: can(READ.acl) },
      { ...bucketCors(name), enabled: can(READ.cors) },
    ],
    combine: (all) => all.some((query) => query.isLoading),
  });
  const [ready, setReady] = useState(false);
  if (!waiting && !ready) setReady(true);
  return (
    <>
      {!ready && <Waiting />}
      <div className={css.cards} hidden={!ready}>
        <AccessCard bucket={bucket} />
        <PolicyCard bucket={bucket} />
        <PublicAccessCard bucket={bucket} />
        <OwnershipCard bucket={bucket} />
        <AclCard bucket={bucket} />
        <CorsCard bucket={bucket} />
        <WhoCard bucket={bucket} />
      </div>
    </>
  );
}

const TITLES = [
  ["access.title", 1],
  ["policy.title", 6],
  ["block.title", 6],
  ["ownership.title", 2],
  ["acl.title", 2],
  ["cors.title", 2],
  ["who.title", 1],
] as const satisfies [MessageId, number][];

function Waiting() {
  return (
    <div className={css.cards} aria-busy>
      {TITLES.map(([title, lines]) => (
        <Card key={title} title={t(title)}>
          <div className={`${css.bones} delayed`}>
            {Array.from({ length: lines }, (_, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: bones have nothing else
              <Bone key={i} width={`${70 - 12 * (i % 3)}%`} />
            ))}
          </div>
        </Card>
      ))}
    </div>
  );
}
