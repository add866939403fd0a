import { NumberInput, TextInput } from "@mantine/core";
import type { IdentityChange } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { FormDialog } from "@/components/ui/dialog";
import { fieldOf, ownZone, timeOf } from "@/lib/fieldtime";
import { t } from "@/lib/i18n";
import { ACCESS, update } from "../api/access";
import { LONGEST, validName } from "../model/kinds";
import type { Shown } from "./IdentityDetails";

/** Changes what a user, a group or a role is called, and how long sessions of a role may last. */
export function EditIdentityDialog({ kind, identity, onClose }: Shown & { onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(identity.name);
  const [display, setDisplay] = useState(identity.displayName ?? "");
  const [description, setDescription] = useState(identity.description ?? "");
  const [from, setFrom] = useState(fieldOf(identity.validFrom));
  const [until, setUntil] = useState(fieldOf(identity.validUntil));
  const [hours, setHours] = useState<number | string>((identity.maxSessionSeconds ?? 3600) / 3600);
  const named = name === identity.name || validName(name, LONGEST[kind]);
  const lasting = kind !== "roles" || (typeof hours === "number" && hours >= 1 && hours <= 12);
  const change: IdentityChange = {};
  if (name !== identity.name) change.name = name;
  if (kind === "users" && display.trim() !== identity.displayName) change.displayName = display.trim();
  if (kind === "roles" && description.trim() !== (identity.description ?? "")) change.description = description.trim();
  if (kind === "roles" && Number(hours) * 3600 !== identity.maxSessionSeconds)
    change.maxSessionSeconds = Math.round(Number(hours) * 3600);
  const validFrom = timeOf(from, identity.validFrom);
  const validUntil = timeOf(until, identity.validUntil);
  const ordered = validFrom === undefined || validUntil === undefined || new Date(validFrom) < new Date(validUntil);
  if (validFrom !== identity.validFrom) change.validFrom = validFrom ?? "";
  if (validUntil !== identity.validUntil) change.validUntil = validUntil ?? "";
  const changed = Object.keys(change).length > 0;
  return (
    <FormDialog
      title={t("iam.edit")}
      action={t("action.save")}
      failure={t("iam.not-changed")}
      ready={changed && named && lasting && ordered && (kind !== "users" || display.trim() !== "")}
      onClose={onClose}
      onSubmit={async () => {
        await update({ kind, name: identity.name }, change);
        if (name !== identity.name)
          await navigate({ to: "/access/$kind/$name", params: { kind, name }, replace: true });
        await queries.invalidateQueries({ queryKey: ACCESS });
      }}
    >
      {kind !== "roles" && (
        <TextInput
          label={t("iam.name")}
          description={t("iam.rename-text")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={named ? undefined : t("iam.name-fault")}
          data-autofocus={kind === "groups" || undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      )}
      {kind === "users" && (
        <>
          <TextInput
            label={t("iam.display-name")}
            value={display}
            maxLength={128}
            onChange={(event) => setDisplay(event.currentTarget.value)}
            data-autofocus
            autoComplete="off"
          />
          <TextInput
            type="datetime-local"
            label={t("iam.valid-from")}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label={t("iam.valid-until")}
            description={`${t("iam.valid-text")} ${t("iam.zone", { zone: ownZone() })}`}
            value={until}
            error={ordered ? undefined : t("iam.valid-order")}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        </>
      )}
      {kind === "roles" && (
        <>
          <TextInput
            label={t("iam.description")}
            value={description}
            maxLength={1000}
            onChange={(event) => setDescription(event.currentTarget.value)}
            data-autofocus
            autoComplete="off"
          />
          <NumberInput
            label={t("iam.longest-session-hours")}
            value={hours}
            min={1}
            max={12}
            clampBehavior="none"
            onChange={setHours}
            error={lasting ? undefined : t("iam.longest-session-range")}
            hideControls
          />
        </>
      )}
    </FormDialog>
  );
}
