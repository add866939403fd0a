import type { Bucket } from "@myfsio/client";
import { useQueries } from "@tanstack/react-query";
import { Bone, Card } from "@/components/ui/basics";
import { t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { bucketLifecycle, lifecycleHistory } from "../../api/lifecycle";
import bucketsCss from "../buckets.module.css";
import { VersioningCard } from "../VersioningCard";
import { HistoryCard } from "./HistoryCard";
import css from "./lifecycle.module.css";
import { RulesCard } from "./RulesCard";

/** What of a bucket is kept, and for how long. The cards are drawn when both are there, so that nothing moves. */
export function BucketLifecycle({ bucket }: { bucket: Bucket }) {
  const enabled = may(bucket.permissions, "s3:GetLifecycleConfiguration");
  const waiting = useQueries({
    queries: [
      { ...bucketLifecycle(bucket.name), enabled },
      { ...lifecycleHistory(bucket.name), enabled },
    ],
    combine: (all) => all.some((query) => query.isLoading),
  });
  return (
    <div className={bucketsCss.properties} aria-busy={waiting || undefined}>
      <VersioningCard bucket={bucket} />
      {waiting ? (
        <>
          <Waiting title={t("lifecycle.title")} lines={3} />
          <Waiting title={t("history.title")} lines={2} />
        </>
      ) : (
        <>
          <RulesCard bucket={bucket} />
          <HistoryCard bucket={bucket} />
        </>
      )}
    </div>
  );
}

function Waiting({ title, lines }: { title: string; lines: number }) {
  return (
    <Card title={title}>
      <div className={`${css.bones} delayed`}>
        {Array.from({ length: lines }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: bones have nothing else
          <Bone key={i} width={`${60 - 12 * i}%`} />
        ))}
      </div>
    </Card>
  );
}
