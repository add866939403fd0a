import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import type { Job } from "@myfsio/client";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FormDialog, TypedName } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { objectsChanged } from "@/lib/events";
import { bytes } from "@/lib/format";
import { T, t } from "@/lib/i18n";
import { nameOf, readable } from "@/lib/keys";
import {
  copyMany,
  copyObject,
  countBelow,
  deleteMany,
  deleteObject,
  makeFolder,
  moveObject,
  renameObject,
  targetBuckets,
} from "../api/objects";
import { asMany, type Chosen, single, sizeOf } from "../model/chosen";
import css from "./objects.module.css";

const plain = { autoComplete: "off", autoCapitalize: "off", spellCheck: false } as const;

/** A name that can be a segment of a key. */
const badName = (name: string): string | undefined =>
  name.includes("/")
    ? t("objects.no-slash")
    : new TextEncoder().encode(name).length > 900
      ? t("reason.key-too-long")
      : undefined;

export function NewFolderDialog(props: {
  bucket: string;
  prefix: string;
  onClose: () => void;
  onMade: (prefix: string) => void;
}) {
  const [name, setName] = useState("");
  const fault = badName(name);
  const prefix = `${props.prefix}${name.trim()}/`;
  return (
    <FormDialog
      title={t("objects.new-folder")}
      action={t("objects.new-folder-make")}
      failure={t("objects.new-folder-failed")}
      ready={name.trim() !== "" && fault === undefined}
      onClose={props.onClose}
      onSubmit={async () => {
        await makeFolder(props.bucket, prefix);
        objectsChanged.tell({ bucket: props.bucket });
        props.onMade(prefix);
      }}
    >
      <TextInput
        label={t("objects.folder-name")}
        description={t("objects.in-folder", { folder: `${props.bucket}/${props.prefix}` })}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={fault}
        data-autofocus
        {...plain}
      />
    </FormDialog>
  );
}

export function RenameDialog(props: {
  bucket: string;
  objectKey: string;
  onClose: () => void;
  onRenamed: (key: string) => void;
}) {
  const old = nameOf(props.objectKey);
  const [name, setName] = useState(old);
  const fault = badName(name);
  return (
    <FormDialog
      title={t("objects.rename")}
      action={t("objects.rename")}
      failure={t("objects.rename-failed")}
      ready={name !== "" && name !== old && fault === undefined}
      onClose={props.onClose}
      onSubmit={async () => {
        const { key } = await renameObject(props.bucket, props.objectKey, name);
        objectsChanged.tell({ bucket: props.bucket });
        props.onRenamed(key);
      }}
    >
      <TextInput
        label={t("objects.new-name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onFocus={(event) => {
          const dot = old.lastIndexOf(".");
          event.currentTarget.setSelectionRange(0, dot > 0 ? dot : old.length);
        }}
        error={fault}
        data-autofocus
        {...plain}
      />
    </FormDialog>
  );
}

export function CopyDialog(props: {
  bucket: string;
  prefix: string;
  chosen: Chosen;
  move: boolean;
  onClose: () => void;
  onJob: (job: Job) => void;
}) {
  const { bucket, chosen, move } = props;
  const one = single(chosen);
  const { data } = useQuery(targetBuckets());
  const [target, setTarget] = useState(bucket);
  const [folder, setFolder] = useState(props.prefix);
  const [name, setName] = useState(one === undefined ? "" : nameOf(one.key));
  const [overwrite, setOverwrite] = useState(false);
  const names = [...new Set([bucket, ...(data?.buckets ?? []).map((b) => b.name)])].sort();
  const into = folder === "" || folder.endsWith("/") ? folder : `${folder}/`;
  const fault = badName(name);
  const same = target === bucket && (one === undefined ? into === props.prefix : `${into}${name}` === one.key);
  const inItself = target === bucket && chosen.folders.some((f) => into.startsWith(f));
  return (
    <FormDialog
      title={t(move ? "objects.move" : "objects.copy")}
      action={t(move ? "objects.move" : "objects.copy")}
      failure={t(move ? "objects.move-failed" : "objects.copy-failed")}
      ready={!same && !inItself && (one === undefined || (name !== "" && fault === undefined))}
      onClose={props.onClose}
      onSubmit={async () => {
        if (one !== undefined) {
          const from = { bucket, key: one.key };
          const to = { bucket: target, key: `${into}${name}` };
          await (move ? moveObject(from, to, overwrite) : copyObject(from, to, overwrite));
          objectsChanged.tell({ bucket });
          objectsChanged.tell({ bucket: target });
          return;
        }
        const many = { ...asMany(bucket, chosen), base: props.prefix, targetBucket: target, targetPrefix: into };
        props.onJob(await copyMany({ ...many, move, overwrite }));
      }}
    >
      <p className={css.what}>{whatOf(chosen)}</p>
      <NativeSelect
        label={t("objects.target-bucket")}
        value={target}
        onChange={(event) => setTarget(event.currentTarget.value)}
        data={names}
      />
      <TextInput
        label={t("objects.target-folder")}
        description={t("objects.target-folder-text")}
        placeholder={t("objects.top-folder")}
        value={folder}
        onChange={(event) => setFolder(event.currentTarget.value)}
        error={inItself ? t("objects.in-itself") : undefined}
        data-autofocus
        {...plain}
      />
      {one !== undefined && (
        <TextInput
          label={t("objects.target-name")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fault}
          {...plain}
        />
      )}
      <Checkbox
        label={t("objects.overwrite")}
        checked={overwrite}
        onChange={(event) => setOverwrite(event.currentTarget.checked)}
        size="sm"
      />
    </FormDialog>
  );
}

/** From this many objects on, the bucket's name is to be typed. */
const MANY = 1000;

export function DeleteDialog(props: {
  bucket: string;
  chosen: Chosen;
  versioned: boolean;
  onClose: () => void;
  onDeleted: (keys: Set<string>) => void;
  onJob: (job: Job) => void;
}) {
  const { bucket, chosen } = props;
  const one = single(chosen);
  const [typed, setTyped] = useState("");
  const counts = useQueries({ queries: chosen.folders.slice(0, 20).map((prefix) => countBelow(bucket, prefix)) });
  const counted = counts.every((c) => c.isSuccess) && chosen.folders.length <= 20;
  const exact = counted && counts.every((c) => c.data?.exact);
  const below = counts.reduce((n, c) => n + (c.data?.count ?? 0), 0);
  const total = chosen.objects.length + below;
  // What could not be counted may be more than many.
  const ask = total > MANY || (chosen.folders.length > 0 && !exact && !counts.some((c) => c.isPending));
  return (
    <FormDialog
      title={t("objects.delete")}
      action={t("action.delete")}
      failure={t("objects.delete-failed")}
      danger
      ready={(!ask || typed === bucket) && !counts.some((c) => c.isPending)}
      onClose={props.onClose}
      onSubmit={async () => {
        if (one !== undefined) {
          await deleteObject(bucket, one.key);
          props.onDeleted(new Set([one.key]));
          objectsChanged.tell({ bucket });
          return;
        }
        props.onJob(await deleteMany(asMany(bucket, chosen)));
      }}
    >
      <p className={css.what}>
        {one !== undefined ? (
          <T id="objects.delete-one" values={{ name: <strong>{readable(one.key)}</strong>, size: bytes(one.size) }} />
        ) : (
          t("objects.delete-these", { what: whatOf(chosen) })
        )}
      </p>
      {chosen.folders.length > 0 && (
        <p>
          {counted
            ? t(exact ? "objects.delete-below" : "objects.delete-at-least", { count: total })
            : t("objects.delete-uncounted")}
        </p>
      )}
      <Notice tone={props.versioned ? undefined : "warn"}>
        {t(props.versioned ? "objects.delete-versioned" : "objects.delete-final")}
      </Notice>
      {ask && <TypedName label={t("objects.type-bucket", { bucket })} value={typed} onChange={setTyped} />}
    </FormDialog>
  );
}

/** "3 objects (1.5 MiB) and 2 folders", or the name when it is one thing. */
function whatOf(chosen: Chosen): string {
  const one = single(chosen);
  if (one !== undefined) return readable(one.key);
  if (chosen.objects.length === 0 && chosen.folders.length === 1) {
    return t("objects.one-folder", { name: readable(chosen.folders[0] ?? "") });
  }
  const objects = t("objects.some", { count: chosen.objects.length, size: bytes(sizeOf(chosen)) });
  const folders = t("objects.folders", { count: chosen.folders.length });
  if (chosen.folders.length === 0) return objects;
  return chosen.objects.length === 0 ? folders : t("objects.both", { objects, folders });
}
