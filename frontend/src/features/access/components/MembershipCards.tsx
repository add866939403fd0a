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
import { ACCESS, identityChoices, setMember } from "../api/access";
import { lacking } from "../model/kinds";
import css from "./access.module.css";
import { ChooseDialog } from "./ChooseDialog";
import { fixed } from "./IdentityDetails";

/** The groups that a user is in. */
export function GroupsCard({ identity }: { identity: Identity }) {
  const { permissions } = useSession();
  const needRead = lacking(identity.permissions, "iam:ListGroupsForUser");
  return (
    <Membership
      title={t("iam.groups")}
      kind="groups"
      entries={(identity.groupNames ?? []).map((name) => ({ name }))}
      empty={t("iam.in-no-group")}
      hidden={needRead && t("action.needs", { permission: needRead })}
      add={t("iam.add-to-group")}
      need={lacking(permissions, "iam:AddUserToGroup")}
      needList="iam:ListGroups"
      why={fixed(identity)}
      remove={
        may(permissions, "iam:RemoveUserFromGroup") && !identity.environment
          ? (group) => t("iam.leave-group", { group })
          : undefined
      }
      choose={t("iam.group")}
      none={t("iam.no-other-group")}
      onSet={(group, on) => setMember(group, identity.name, on)}
    />
  );
}

/** The users in a group. */
export function MembersCard({ identity }: { identity: Identity }) {
  return (
    <Membership
      title={t("iam.members")}
      kind="users"
      entries={identity.users ?? []}
      empty={t("iam.no-members")}
      add={t("iam.add-member")}
      need={lacking(identity.permissions, "iam:AddUserToGroup")}
      needList="iam:ListUsers"
      remove={
        lacking(identity.permissions, "iam:RemoveUserFromGroup") === undefined
          ? (user) => t("iam.remove-member", { user })
          : undefined
      }
      choose={t("iam.user")}
      none={t("iam.no-other-user")}
      onSet={(user, on) => setMember(identity.name, user, on)}
    />
  );
}

type Named = Pick<Identity, "name" | "displayName">;
const shownName = ({ name, displayName }: Named) => (displayName === name ? undefined : displayName);

/** What belongs together with an identity, from either side: its groups, or its members. */
function Membership(props: {
  title: string;
  kind: "groups" | "users";
  entries: readonly Named[];
  empty: string;
  /** Said in place of the list. */
  hidden?: string | undefined;
  add: string;
  need: string | undefined;
  /** The permission that shows what there is to choose from. */
  needList: string;
  why?: string | undefined;
  /** The name of the button that takes one out; undefined: there is none. */
  remove: ((name: string) => string) | undefined;
  choose: string;
  none: string;
  onSet: (name: string, on: boolean) => Promise<unknown>;
}) {
  const { kind, entries, remove, onSet } = props;
  const { permissions } = useSession();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const listed = may(permissions, props.needList);
  const [words, setWords] = useState("");
  const all = useQuery({ ...identityChoices(kind, words), enabled: adding && listed });
  const refresh = () => queries.invalidateQueries({ queryKey: ACCESS });
  const takeOut = async (name: string) => {
    try {
      await onSet(name, false);
    } catch (thrown) {
      sayFailure(t("iam.not-changed"), thrown);
    }
    await refresh();
  };
  const nothing = props.hidden ?? (entries.length === 0 ? props.empty : undefined);
  return (
    <Card
      title={props.title}
      actions={
        <Guarded
          variant="default"
          need={props.need ?? (listed ? undefined : props.needList)}
          why={props.why}
          leftSection={<PlusIcon size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          {props.add}
        </Guarded>
      }
    >
      {nothing !== undefined ? (
        <p className="muted">{nothing}</p>
      ) : (
        <ul className={css.list}>
          {entries.map((entry) => (
            <li key={entry.name}>
              <Link className={css.member} to="/access/$kind/$name" params={{ kind, name: entry.name }}>
                {entry.name}
              </Link>
              <span className={`${css.grow} muted`}>{shownName(entry)}</span>
              {remove !== undefined && (
                <IconButton label={remove(entry.name)} size={28} onClick={() => void takeOut(entry.name)}>
                  <CloseIcon size={14} />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {adding && all.data !== undefined && (
        <ChooseDialog
          title={props.add}
          label={props.choose}
          action={t("iam.add")}
          failure={t("iam.not-changed")}
          none={props.none}
          more={all.data.cursor !== undefined}
          words={words}
          onWords={setWords}
          choices={all.data.identities
            .filter((one) => !one.environment && !entries.some((entry) => entry.name === one.name))
            .map((one) => {
              const second = shownName(one);
              return { value: one.name, label: second === undefined ? one.name : `${one.name} · ${second}` };
            })}
          onClose={() => {
            setAdding(false);
            setWords("");
          }}
          onChosen={async (name) => {
            await onSet(name, true);
            await refresh();
          }}
        />
      )}
    </Card>
  );
}
