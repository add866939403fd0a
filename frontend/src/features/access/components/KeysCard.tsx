import type { AccessKey, Identity } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Badge, Card, Copyable, IconButton, When } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { ClockIcon, DeleteIcon, MoreIcon, PauseIcon, PlusIcon, RefreshIcon, ResumeIcon } from "@/components/ui/icons";
import { usePointMenu } from "@/components/ui/pointmenu";
import { exactTime } from "@/lib/format";
import { t } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { sayFailure } from "@/lib/toast";
import { ACCESS, createKey, deleteKey, rotateKey, switchKey } from "../api/access";
import { lacking, MAX_KEYS } from "../model/kinds";
import css from "./access.module.css";
import { ExpiryDialog } from "./ExpiryDialog";
import { fixed } from "./IdentityDetails";
import { type Secret, SecretDialog } from "./SecretDialog";

/** The access keys of a user. Their secrets are shown when they are made, and never again. */
export function KeysCard({ identity }: { identity: Identity }) {
  const queries = useQueryClient();
  const { user } = useSession();
  const [rotating, setRotating] = useState<AccessKey>();
  const [deleting, setDeleting] = useState<AccessKey>();
  const [expiring, setExpiring] = useState<AccessKey>();
  const [secret, setSecret] = useState<Secret>();
  const { name, permissions } = identity;
  const keys = identity.accessKeys ?? [];
  const needRead = lacking(permissions, "iam:ListAccessKeys");
  const why = fixed(identity);
  const refresh = () => queries.invalidateQueries({ queryKey: ACCESS });

  const add = async () => {
    try {
      setSecret({ user: name, ...(await createKey(name)) });
    } catch (thrown) {
      sayFailure(t("iam.key-not-created"), thrown);
    }
    await refresh();
  };
  const turn = async (key: AccessKey) => {
    try {
      await switchKey(name, key.id, !key.active);
    } catch (thrown) {
      sayFailure(t("iam.key-not-changed"), thrown);
    }
    await refresh();
  };
  const { show, menu } = usePointMenu<AccessKey>((key) => [
    {
      label: t("iam.key-rotate"),
      icon: <RefreshIcon size={16} />,
      need: lacking(permissions, "iam:UpdateAccessKey"),
      run: () => setRotating(key),
    },
    {
      label: t(key.active ? "iam.key-off" : "iam.key-on"),
      icon: key.active ? <PauseIcon size={16} /> : <ResumeIcon size={16} />,
      need: lacking(permissions, "iam:UpdateAccessKey"),
      run: () => void turn(key),
    },
    {
      label: t("iam.key-expiry"),
      icon: <ClockIcon size={16} />,
      need: lacking(permissions, "iam:UpdateAccessKey"),
      run: () => setExpiring(key),
    },
    "line",
    {
      label: t("iam.key-delete"),
      icon: <DeleteIcon size={16} />,
      danger: true,
      need: lacking(permissions, "iam:DeleteAccessKey"),
      run: () => setDeleting(key),
    },
  ]);

  return (
    <Card
      title={t("iam.keys")}
      actions={
        <Guarded
          variant="default"
          need={lacking(permissions, "iam:CreateAccessKey")}
          why={why ?? (keys.length >= MAX_KEYS ? t("iam.keys-limit", { max: MAX_KEYS }) : undefined)}
          leftSection={<PlusIcon size={14} aria-hidden />}
          onClick={() => void add()}
        >
          {t("iam.key-create")}
        </Guarded>
      }
    >
      {needRead !== undefined ? (
        <p className="muted">{t("action.needs", { permission: needRead })}</p>
      ) : keys.length === 0 ? (
        <p className="muted">{t("iam.no-keys")}</p>
      ) : (
        <ul className={css.list}>
          {keys.map((key) => (
            <li key={key.id}>
              <span className={css.grow}>
                <Copyable text={key.id} label={t("action.copy-what", { what: key.id })} />
              </span>
              <Badge tone={key.active && !key.expired ? "ok" : "warn"}>
                {t(key.expired ? "iam.key-expired" : key.active ? "iam.key-active" : "iam.key-inactive")}
              </Badge>
              {why === undefined && (
                <IconButton
                  label={t("action.actions-for", { name: key.id })}
                  size={28}
                  onClick={(event) => {
                    const box = event.currentTarget.getBoundingClientRect();
                    show(key, { x: box.right, y: box.bottom });
                  }}
                >
                  <MoreIcon size={16} />
                </IconButton>
              )}
              <span className={css.keyFacts}>
                <span>
                  {t("iam.created")} <When time={key.created} />
                </span>
                <span>
                  {t("iam.last-used")} {key.lastUsed === undefined ? t("iam.never") : <When time={key.lastUsed} />}
                </span>
                {key.expires !== undefined && (
                  <span>
                    {t(key.expired ? "iam.key-expired" : "iam.key-expires")} {exactTime(new Date(key.expires))}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {menu}
      {rotating !== undefined && (
        <FormDialog
          title={t("iam.key-rotate")}
          action={t("iam.key-rotate")}
          failure={t("iam.key-not-changed")}
          danger
          onClose={() => setRotating(undefined)}
          onSubmit={async () => {
            const made = await rotateKey(rotating.id);
            setSecret({ user: name, accessKey: rotating.id, secretKey: made.secret_key });
            // Whoever rotates the key that the session came from has ended it: what follows asks to sign in again.
            if (user?.accessKey !== rotating.id) await refresh();
          }}
        >
          <p>
            <code>{rotating.id}</code>
          </p>
          <p>{t("iam.key-rotate-text")}</p>
        </FormDialog>
      )}
      {deleting !== undefined && (
        <FormDialog
          title={t("iam.key-delete")}
          action={t("iam.key-delete")}
          failure={t("iam.key-not-deleted")}
          danger
          onClose={() => setDeleting(undefined)}
          onSubmit={async () => {
            await deleteKey(name, deleting.id);
            await refresh();
          }}
        >
          <p>
            <code>{deleting.id}</code>
          </p>
          <p>{t("iam.key-delete-text")}</p>
        </FormDialog>
      )}
      {expiring !== undefined && (
        <ExpiryDialog name={name} accessKey={expiring} onClose={() => setExpiring(undefined)} onDone={refresh} />
      )}
      {secret !== undefined && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </Card>
  );
}
