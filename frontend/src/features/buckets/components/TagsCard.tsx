import { Button, TextInput } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Fact, Facts, IconButton } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { DeleteIcon, PlusIcon } from "@/components/ui/icons";
import { type MessageId, t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { bucketTags, setTags } from "../api/configuration";
import { MAX_TAGS, type Tag, type TagFault, tagFault } from "../model/tags";
import css from "./buckets.module.css";
import { ConfigurationCard } from "./ConfigurationCard";

const READ = "s3:GetBucketTagging";
const WRITE = "s3:PutBucketTagging";

export function TagsCard({ bucket }: { bucket: Bucket }) {
  const mayRead = may(bucket.permissions, READ);
  const query = useQuery({ ...bucketTags(bucket.name), enabled: mayRead });
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
        <TagsDialog bucket={bucket.name} tags={query.data} onClose={() => setEditing(false)} />
      )}
    </>
  );
}

const FAULTS = {
  "name-long": "tags.name-long",
  "value-long": "tags.value-long",
  reserved: "tags.reserved",
  characters: "tags.characters",
  twice: "tags.twice",
} as const satisfies Record<Exclude<TagFault, "empty">, MessageId>;

function TagsDialog({ bucket, tags, onClose }: { bucket: string; tags: Tag[]; onClose: () => void }) {
  const queries = useQueryClient();
  const [rows, setRows] = useState(() =>
    (tags.length === 0 ? [{ name: "", value: "" }] : tags).map((tag, id) => ({ ...tag, id })),
  );
  const made = useRef(rows.length);
  const add = useRef<HTMLButtonElement>(null);
  // A row that nobody has written in is no tag.
  const meant = rows.filter((row) => row.name !== "" || row.value !== "");
  const change = (id: number, part: Partial<Tag>) =>
    setRows((now) => now.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <FormDialog
      title={t("tags.edit")}
      action={t("action.save")}
      failure={t("tags.not-saved")}
      size={560}
      ready={meant.every((_, index) => tagFault(meant, index) === undefined)}
      onClose={onClose}
      onSubmit={async () => {
        await setTags(
          bucket,
          meant.map(({ name, value }) => ({ name, value })),
        );
        await queries.invalidateQueries({ queryKey: bucketTags(bucket).queryKey });
      }}
    >
      {rows.map((row, index) => {
        const at = meant.indexOf(row);
        const fault = at < 0 ? undefined : tagFault(meant, at);
        const error = fault === undefined || fault === "empty" ? undefined : t(FAULTS[fault]);
        const ofValue = fault === "value-long";
        return (
          <div className={css.pair} key={row.id}>
            <TextInput
              aria-label={t("tags.name", { number: String(index + 1) })}
              placeholder={t("tags.name-placeholder")}
              value={row.name}
              error={ofValue ? undefined : error}
              onChange={(event) => change(row.id, { name: event.currentTarget.value })}
              data-autofocus={row.id === 0 || undefined}
            />
            <TextInput
              aria-label={t("tags.value", { number: String(index + 1) })}
              placeholder={t("tags.value-placeholder")}
              value={row.value}
              error={ofValue ? error : undefined}
              onChange={(event) => change(row.id, { value: event.currentTarget.value })}
            />
            <IconButton
              label={t("tags.remove", { number: String(index + 1) })}
              size={36}
              onClick={() => {
                setRows((now) => now.filter((other) => other.id !== row.id));
                add.current?.focus();
              }}
            >
              <DeleteIcon size={14} />
            </IconButton>
          </div>
        );
      })}
      <div>
        <Button
          ref={add}
          variant="default"
          leftSection={<PlusIcon size={14} aria-hidden />}
          disabled={rows.length >= MAX_TAGS}
          onClick={() => {
            const id = made.current++;
            setRows((now) => [...now, { name: "", value: "", id }]);
          }}
        >
          {t("tags.add")}
        </Button>
      </div>
      <p className="muted">{t("tags.limit", { max: String(MAX_TAGS) })}</p>
    </FormDialog>
  );
}
