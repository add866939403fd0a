import type { Bucket } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Fact, Facts } from "@/components/ui/basics";
import { TagsDialog } from "@/components/ui/tagsdialog";
import { t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { bucketTags, setTags } from "../api/configuration";
import { ConfigurationCard } from "./ConfigurationCard";

const READ = "s3:GetBucketTagging";
const WRITE = "s3:PutBucketTagging";

export function TagsCard({ bucket }: { bucket: Bucket }) {
  const mayRead = may(bucket.permissions, READ);
  const query = useQuery({ ...bucketTags(bucket.name), enabled: mayRead });
  const queries = useQueryClient();
  const [editing, setEditing] = useState(false);
  return (
    <>
      <ConfigurationCard
        title={t("tags.title")}
        query={query}
        needRead={mayRead ? undefined : READ}
        needWrite={may(bucket.permissions, WRITE) ? undefined : WRITE}
        action={t("tags.edit")}
        onEdit={() => setEditing(true)}
      >
        {(tags) =>
          tags.length === 0 ? (
            <p className="muted">{t("tags.none")}</p>
          ) : (
            <Facts>
              {tags.map((tag) => (
                <Fact key={tag.name} name={tag.name}>
                  {tag.value}
                </Fact>
              ))}
            </Facts>
          )
        }
      </ConfigurationCard>
      {editing && query.data !== undefined && (
        <TagsDialog
          tags={query.data}
          onClose={() => setEditing(false)}
          onSave={async (tags) => {
            await setTags(bucket.name, tags);
            await queries.invalidateQueries({ queryKey: bucketTags(bucket.name).queryKey });
          }}
        />
      )}
    </>
  );
}
