import { Button, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { type MessageId, t } from "@/lib/i18n";
import { MAX_TAGS, type Tag, type TagFault, tagFault } from "@/lib/tags";
import { IconButton } from "./basics";
import { FormDialog } from "./dialog";
import { DeleteIcon, PlusIcon } from "./icons";
import css from "./ui.module.css";

const FAULTS = {
  "name-long": "tags.name-long",
  "value-long": "tags.value-long",
  reserved: "tags.reserved",
  characters: "tags.characters",
  twice: "tags.twice",
} as const satisfies Record<Exclude<TagFault, "empty">, MessageId>;

/** Asks for the tags that something shall have. */
export function TagsDialog(props: {
  tags: readonly Tag[];
  onSave: (tags: Tag[]) => Promise<void>;
  onClose: () => void;
}) {
  const { tags, onClose } = props;
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
        await props.onSave(meant.map(({ name, value }) => ({ name, value })));
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
