import type { Identity } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Card, Copyable, Fact, Facts, When } from "@/components/ui/basics";
import { Guarded } from "@/components/ui/guarded";
import { DeleteIcon, RenameIcon } from "@/components/ui/icons";
import { Notice } from "@/components/ui/notice";
import { TagsDialog } from "@/components/ui/tagsdialog";
import { duration, exactTime } from "@/lib/format";
import { t } from "@/lib/i18n";
import { sayFailure } from "@/lib/toast";
import { ACCESS, setTags, update } from "../api/access";
import { action, type Kind, lacking } from "../model/kinds";
import css from "./access.module.css";
import { DeleteDialog } from "./DeleteDialog";
import { DevicesCard } from "./DevicesCard";
import { EditIdentityDialog } from "./EditIdentityDialog";
import { Badges } from "./IdentityList";
import { KeysCard } from "./KeysCard";
import { GroupsCard, MembersCard } from "./MembershipCards";
import { PasswordCard } from "./PasswordCard";
import { BoundaryCard, PoliciesCard } from "./PoliciesCard";
import { TrustCard } from "./TrustCard";

export interface Shown {
  kind: Kind;
  identity: Identity;
}

/** Everything about one user, group or role. */
export function IdentityDetails({ kind, identity, onGone }: Shown & { onGone: () => void }) {
  return (
    <div className={css.scroll}>
      <header className={css.title}>
        <h1>{identity.name}</h1>
        <Badges identity={identity} />
      </header>
      <div className={css.cards}>
        {identity.environment && <Notice>{t("iam.environment-text")}</Notice>}
        <AboutCard kind={kind} identity={identity} />
        {kind === "users" && <KeysCard identity={identity} />}
        {kind === "users" && <PasswordCard identity={identity} />}
        {kind === "users" && <DevicesCard identity={identity} />}
        {kind === "roles" && <TrustCard identity={identity} />}
        {kind === "groups" && <MembersCard identity={identity} />}
        <PoliciesCard kind={kind} identity={identity} />
        {kind === "users" && <GroupsCard identity={identity} />}
        {kind !== "groups" && <BoundaryCard kind={kind} identity={identity} />}
        {kind !== "groups" && <TagsCard kind={kind} identity={identity} />}
        <DeleteCard kind={kind} identity={identity} onGone={onGone} />
      </div>
    </div>
  );
}

/** Why nobody can change this here, if so. */
export const fixed = (identity: Identity): string | undefined =>
  identity.environment ? t("iam.environment-text") : undefined;

function AboutCard({ kind, identity }: Shown) {
  const queries = useQueryClient();
  const [editing, setEditing] = useState(false);
  const need = lacking(identity.permissions, action(kind, "Update%"));
  const why = fixed(identity);
  const turn = async (disabled: boolean) => {
    try {
      await update({ kind, name: identity.name }, { disabled });
    } catch (thrown) {
      sayFailure(t("iam.not-changed"), thrown);
    }
    await queries.invalidateQueries({ queryKey: ACCESS });
  };
  return (
    <Card
      title={t("iam.about")}
      actions={
        <>
          {kind === "users" && (
            <Guarded variant="default" need={need} why={why} onClick={() => void turn(!identity.disabled)}>
              {t(identity.disabled ? "iam.enable" : "iam.disable")}
            </Guarded>
          )}
          <Guarded
            variant="default"
            need={need}
            why={why}
            leftSection={<RenameIcon size={14} aria-hidden />}
            onClick={() => setEditing(true)}
          >
            {t("iam.edit")}
          </Guarded>
        </>
      }
    >
      <Facts>
        {kind === "users" && <Fact name={t("iam.display-name")}>{identity.displayName}</Fact>}
        {kind === "users" && (
          <Fact name={t("iam.state")}>{t(identity.disabled ? "iam.state-disabled" : "iam.state-enabled")}</Fact>
        )}
        {identity.validFrom !== undefined && (
          <Fact name={t("iam.valid-from")}>{exactTime(new Date(identity.validFrom))}</Fact>
        )}
        {identity.validUntil !== undefined && (
          <Fact name={t("iam.valid-until")}>{exactTime(new Date(identity.validUntil))}</Fact>
        )}
        {kind === "roles" && <Fact name={t("iam.description")}>{identity.description}</Fact>}
        {kind === "roles" && (
          <Fact name={t("iam.longest-session")}>{duration(identity.maxSessionSeconds ?? 3600)}</Fact>
        )}
        <Fact name={t("iam.arn")}>
          <Copyable text={identity.arn} label={t("action.copy-what", { what: t("iam.arn") })} />
        </Fact>
        <Fact name={t("iam.id")}>
          <span className="mono">{identity.id}</span>
        </Fact>
        <Fact name={t("iam.created")}>
          <When time={identity.created} />
        </Fact>
        {identity.login !== undefined && (
          <Fact name={t("iam.login")}>
            <Copyable text={identity.login.subject} label={t("action.copy-what", { what: t("iam.subject") })} />
            <div className={css.second}>{t("iam.login-at", { issuer: identity.login.issuer })}</div>
          </Fact>
        )}
        {identity.login !== undefined && identity.login.groups.length + identity.login.policies.length > 0 && (
          <Fact name={t("iam.login-gives")}>
            {[
              ...identity.login.groups,
              ...identity.login.policies.map((arn) => arn.slice(arn.lastIndexOf("/") + 1)),
            ].join(", ")}
          </Fact>
        )}
      </Facts>
      {editing && <EditIdentityDialog kind={kind} identity={identity} onClose={() => setEditing(false)} />}
    </Card>
  );
}

function TagsCard({ kind, identity }: Shown) {
  const queries = useQueryClient();
  const [editing, setEditing] = useState(false);
  const may = identity.permissions;
  const needRead = lacking(may, action(kind, "List%Tags"));
  const tags = identity.tags ?? [];
  return (
    <Card
      title={t("tags.title")}
      actions={
        needRead === undefined && (
          <Guarded
            variant="default"
            need={lacking(may, action(kind, "Tag%")) ?? lacking(may, action(kind, "Untag%"))}
            why={fixed(identity)}
            leftSection={<RenameIcon size={14} aria-hidden />}
            onClick={() => setEditing(true)}
          >
            {t("tags.edit")}
          </Guarded>
        )
      }
    >
      {needRead !== undefined ? (
        <p className="muted">{t("action.needs", { permission: needRead })}</p>
      ) : tags.length === 0 ? (
        <p className="muted">{t("iam.no-tags")}</p>
      ) : (
        <Facts>
          {tags.map((tag) => (
            <Fact key={tag.name} name={tag.name}>
              {tag.value}
            </Fact>
          ))}
        </Facts>
      )}
      {editing && (
        <TagsDialog
          tags={tags}
          onClose={() => setEditing(false)}
          onSave={async (next) => {
            await setTags({ kind, name: identity.name }, tags, next);
            await queries.invalidateQueries({ queryKey: ACCESS });
          }}
        />
      )}
    </Card>
  );
}

const DELETE = { users: "iam.delete-user", groups: "iam.delete-group", roles: "iam.delete-role" } as const;
const GOES = { users: "iam.delete-user-text", groups: "iam.delete-group-text", roles: "iam.delete-role-text" } as const;

function DeleteCard({ kind, identity, onGone }: Shown & { onGone: () => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <Card title={t(DELETE[kind])}>
      <div className={css.toggle}>
        <p>{t(GOES[kind])}</p>
        <Guarded
          variant="default"
          need={lacking(identity.permissions, action(kind, "Delete%"))}
          why={fixed(identity)}
          leftSection={<DeleteIcon size={14} aria-hidden />}
          onClick={() => setAsking(true)}
        >
          {t(DELETE[kind])}
        </Guarded>
      </div>
      {asking && (
        <DeleteDialog
          title={t(DELETE[kind])}
          text={t(GOES[kind])}
          who={{ kind, name: identity.name }}
          onClose={() => setAsking(false)}
          onDeleted={onGone}
        />
      )}
    </Card>
  );
}
