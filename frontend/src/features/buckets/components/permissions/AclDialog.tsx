import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { IconButton } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { DeleteIcon, PlusIcon } from "@/components/ui/icons";
import { Notice } from "@/components/ui/notice";
import { type MessageId, t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { accessChanged, bucketPublicAccess, setAcl } from "../../api/permissions";
import {
  type Acl,
  CANNED_NAMES,
  type Canned,
  cannedGrants,
  cannedName,
  GROUP_NAMES,
  type Grant,
  type Group,
  givesPublic,
  grantFault,
  MAX_GRANTS,
  PERMISSIONS,
  type Permission,
} from "../../model/permissions/acl";
import css from "./permissions.module.css";
import { READ } from "./rights";
import { GROUPS, PERMITS } from "./words";

const CANNED = {
  private: "acl.private",
  "public-read": "acl.public-read",
  "public-read-write": "acl.public-read-write",
  "authenticated-read": "acl.authenticated-read",
  "log-delivery-write": "acl.log-delivery-write",
} as const satisfies Record<Canned, MessageId>;

type Kind = "owner" | "account" | Group;

interface Row extends Grant {
  id: number;
  kind: Kind;
}

/** Replaces the whole list: by one that has a name, or grant by grant. */
export function AclDialog({ bucket, acl, onClose }: { bucket: Bucket; acl: Acl; onClose: () => void }) {
  const queries = useQueryClient();
  const blocks = useQuery({ ...bucketPublicAccess(bucket.name), enabled: may(bucket.permissions, READ.publicAccess) });
  const { owner } = acl;
  const made = useRef(0);
  const add = useRef<HTMLButtonElement>(null);
  const rowOf = (grant: Grant): Row => ({
    ...grant,
    id: made.current++,
    kind: grant.to.group ?? (grant.to.id === owner.id ? "owner" : "account"),
  });
  const [rows, setRows] = useState(() => acl.grants.map(rowOf));
  const [sure, setSure] = useState(false);
  const change = (id: number, part: Partial<Row>) =>
    setRows((now) => now.map((row) => (row.id === id ? { ...row, ...part } : row)));

  const grants = rows.map(({ to, permission }): Grant => ({ to, permission }));
  const opens = givesPublic(grants);
  const before = new Set(acl.grants.filter((g) => givesPublic([g])).map((g) => `${g.to.group} ${g.permission}`));
  const opensMore = grants.some((g) => givesPublic([g]) && !before.has(`${g.to.group} ${g.permission}`));
  const refused = opens && blocks.data?.value.BlockPublicAcls === true;
  return (
    <FormDialog
      title={t("acl.edit")}
      action={t("action.save")}
      failure={t("acl.not-saved")}
      size={640}
      danger={opensMore}
      ready={grants.every((_, i) => grantFault(grants, i) === undefined) && !refused && (!opensMore || sure)}
      onClose={onClose}
      onSubmit={async () => {
        await setAcl(bucket.name, { owner, grants });
        await accessChanged(queries, bucket.name);
      }}
    >
      <NativeSelect
        label={t("acl.canned")}
        value={cannedName(grants, owner) ?? "own"}
        data-autofocus
        onChange={(event) => {
          const name = CANNED_NAMES.find((n) => n === event.currentTarget.value);
          if (name !== undefined) setRows(cannedGrants(name, owner).map(rowOf));
        }}
      >
        {CANNED_NAMES.map((name) => (
          <option key={name} value={name}>
            {t(CANNED[name])}
          </option>
        ))}
        <option value="own">{t("acl.own")}</option>
      </NativeSelect>
      <fieldset className={css.grantRows}>
        <legend>{t("acl.grants")}</legend>
        {rows.map((row, index) => {
          const number = String(index + 1);
          const fault = grantFault(grants, index);
          return (
            <div className={css.grantRow} key={row.id}>
              <NativeSelect
                aria-label={t("acl.grantee-of", { number })}
                value={row.kind}
                error={fault === "twice" ? t("acl.twice") : undefined}
                onChange={(event) => {
                  const kind = event.currentTarget.value as Kind;
                  const group = GROUP_NAMES.find((name) => name === kind);
                  change(row.id, {
                    kind,
                    to: group !== undefined ? { group } : kind === "owner" ? owner : { id: "", name: "" },
                  });
                }}
              >
                <option value="owner">{t("acl.owner")}</option>
                <option value="account">{t("acl.account")}</option>
                {GROUP_NAMES.map((name) => (
                  <option key={name} value={name}>
                    {t(GROUPS[name])}
                  </option>
                ))}
              </NativeSelect>
              <NativeSelect
                aria-label={t("acl.permission-of", { number })}
                value={row.permission}
                onChange={(event) => change(row.id, { permission: event.currentTarget.value as Permission })}
              >
                {PERMISSIONS.map((permission) => (
                  <option key={permission} value={permission}>
                    {t(PERMITS[permission])}
                  </option>
                ))}
              </NativeSelect>
              <IconButton
                label={t("acl.remove", { number })}
                size={36}
                onClick={() => {
                  setRows((now) => now.filter((other) => other.id !== row.id));
                  add.current?.focus();
                }}
              >
                <DeleteIcon size={14} />
              </IconButton>
              {row.kind === "account" && row.to.group === undefined && (
                <TextInput
                  className={css.grantId}
                  aria-label={t("acl.id-of", { number })}
                  placeholder={t("acl.id")}
                  value={row.to.id}
                  error={fault === "id" && row.to.id !== "" ? t("acl.bad-id") : undefined}
                  spellCheck={false}
                  autoComplete="off"
                  onChange={(event) =>
                    change(row.id, { to: { id: event.currentTarget.value.trim().toLowerCase(), name: "" } })
                  }
                />
              )}
            </div>
          );
        })}
        {rows.length === 0 && <p className="muted">{t("acl.nobody")}</p>}
        <div>
          <Button
            ref={add}
            variant="default"
            leftSection={<PlusIcon size={14} aria-hidden />}
            disabled={rows.length >= MAX_GRANTS}
            onClick={() => setRows((now) => [...now, rowOf({ to: { id: "", name: "" }, permission: "READ" })])}
          >
            {t("acl.add")}
          </Button>
        </div>
      </fieldset>
      {refused ? (
        <Notice tone="warn" title={t("acl.refused")}>
          {t("acl.refused-text")}
        </Notice>
      ) : (
        opensMore && (
          <Notice tone="warn" title={t("acl.opens")}>
            <p>{t(grants.some((g) => g.to.group === "all") ? "acl.opens-text" : "acl.opens-accounts")}</p>
            <Checkbox
              mt={8}
              label={t("acl.sure")}
              checked={sure}
              onChange={(event) => setSure(event.currentTarget.checked)}
            />
          </Notice>
        )
      )}
    </FormDialog>
  );
}
