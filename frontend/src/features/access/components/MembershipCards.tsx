import type { Identity } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Card, IconButton } from "@/components/ui/basics";
import { Guarded } from "@/components/ui/guarded";
import { CloseIcon, PlusIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";
import { sayFailure } from "@/lib/toast";
import { ACCESS, identities, setMember } from "../api/access";
import { lacking } from "../model/kinds";
import css from "./access.module.css";
import { ChooseDialog } from "./ChooseDialog";
import { fixed } from "./IdentityDetails";

/** The groups that a user is in. */
export function GroupsCard({ identity }: { identity: Identity }) {
  const { permissions } = useSession();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const listed = may(permissions, "iam:ListGroups");
  const all = useQuery({ ...identities("groups"), enabled: adding && listed });
  const needRead = lacking(identity.permissions, "iam:ListGroupsForUser");
  const names = identity.groupNames ?? [];
  const refresh = () => queries.invalidateQueries({ queryKey: ACCESS });
  const leave = async (group: string) => {
    try {
      await setMember(group, identity.name, false);
    } catch (thrown) {
      sayFailure(t("iam.not-changed"), thrown);
    }
    await refresh();
  };
  return (
    <Card
      title={t("iam.groups")}
      actions={
        <Guarded
          variant="default"
          need={lacking(permissions, "iam:AddUserToGroup") ?? (listed ? undefined : "iam:ListGroups")}
          why={fixed(identity)}
          leftSection={<PlusIcon size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          {t("iam.add-to-group")}
        </Guarded>
      }
    >
      {needRead !== undefined ? (
        <p className="muted">{t("action.needs", { permission: needRead })}</p>
      ) : names.length === 0 ? (
        <p className="muted">{t("iam.in-no-group")}</p>
      ) : (
        <ul className={css.list}>
          {names.map((group) => (
            <li key={group}>
              <Link className={css.grow} to="/access/$kind/$name" params={{ kind: "groups", name: group }}>
                {group}
              </Link>
              {may(permissions, "iam:RemoveUserFromGroup") && !identity.environment && (
                <IconButton label={t("iam.leave-group", { group })} size={28} onClick={() => void leave(group)}>
                  <CloseIcon size={14} />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {adding && all.data !== undefined && (
        <ChooseDialog
          title={t("iam.add-to-group")}
          label={t("iam.group")}
          action={t("iam.add")}
          failure={t("iam.not-changed")}
          none={t("iam.no-other-group")}
          choices={all.data
            .filter((group) => !names.includes(group.name))
            .map(({ name }) => ({ value: name, label: name }))}
          onClose={() => setAdding(false)}
          onChosen={async (group) => {
            await setMember(group, identity.name, true);
            await refresh();
          }}
        />
      )}
    </Card>
  );
}

/** The users in a group. */
export function MembersCard({ identity }: { identity: Identity }) {
  const { permissions } = useSession();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const listed = may(permissions, "iam:ListUsers");
  const all = useQuery({ ...identities("users"), enabled: adding && listed });
  const users = identity.users ?? [];
  const refresh = () => queries.invalidateQueries({ queryKey: ACCESS });
  const takeOut = async (user: string) => {
    try {
      await setMember(identity.name, user, false);
    } catch (thrown) {
      sayFailure(t("iam.not-changed"), thrown);
    }
    await refresh();
  };
  return (
    <Card
      title={t("iam.members")}
      actions={
        <Guarded
          variant="default"
          need={lacking(identity.permissions, "iam:AddUserToGroup") ?? (listed ? undefined : "iam:ListUsers")}
          leftSection={<PlusIcon size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          {t("iam.add-member")}
        </Guarded>
      }
    >
      {users.length === 0 ? (
        <p className="muted">{t("iam.no-members")}</p>
      ) : (
        <ul className={css.list}>
          {users.map((user) => (
            <li key={user.name}>
              <Link className={css.member} to="/access/$kind/$name" params={{ kind: "users", name: user.name }}>
                {user.name}
              </Link>
              <span className={`${css.grow} muted`}>{user.displayName === user.name ? "" : user.displayName}</span>
              {lacking(identity.permissions, "iam:RemoveUserFromGroup") === undefined && (
                <IconButton
                  label={t("iam.remove-member", { user: user.name })}
                  size={28}
                  onClick={() => void takeOut(user.name)}
                >
                  <CloseIcon size={14} />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {adding && all.data !== undefined && (
        <ChooseDialog
          title={t("iam.add-member")}
          label={t("iam.user")}
          action={t("iam.add")}
          failure={t("iam.not-changed")}
          none={t("iam.no-other-user")}
          choices={all.data
            .filter((user) => !user.environment && !users.some((member) => member.name === user.name))
            .map(({ name, displayName }) => ({
              value: name,
              label: displayName === undefined || displayName === name ? name : `${name} · ${displayName}`,
            }))}
          onClose={() => setAdding(false)}
          onChosen={async (user) => {
            await setMember(identity.name, user, true);
            await refresh();
          }}
        />
      )}
    </Card>
  );
}
