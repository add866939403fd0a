import type { IdentityEntry } from "@myfsio/client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { Badge, Empty, When } from "@/components/ui/basics";
import type { Column } from "@/components/ui/grid";
import { GroupIcon, PeopleIcon, RoleIcon } from "@/components/ui/icons";
import { type MessageId, t } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { ACCESS, identityPages } from "../api/access";
import { action, type Kind, lacking } from "../model/kinds";
import type { AccessView } from "../model/view";
import { AccessList, NameCell } from "./AccessList";
import { CreateIdentityDialog } from "./CreateIdentityDialog";
import { type Secret, SecretDialog } from "./SecretDialog";

type Text = Exclude<Extract<MessageId, `iam.${string}`>, `iam.${string}-of`>;

export const TITLES = { users: "iam.users", groups: "iam.groups", roles: "iam.roles" } as const satisfies Record<
  Kind,
  Text
>;
export const CREATE = {
  users: "iam.create-user",
  groups: "iam.create-group",
  roles: "iam.create-role",
} as const satisfies Record<Kind, Text>;
const NONE = {
  users: ["iam.no-users", "iam.no-users-text", <PeopleIcon key="i" size={20} />],
  groups: ["iam.no-groups", "iam.no-groups-text", <GroupIcon key="i" size={20} />],
  roles: ["iam.no-roles", "iam.no-roles-text", <RoleIcon key="i" size={20} />],
} as const;

const keyOf = (row: IdentityEntry) => row.id;
const number = (value: number) => t("format.number", { value });

export function IdentityList(props: { kind: Kind; view: AccessView; onView: (next: AccessView) => void }) {
  const { kind } = props;
  const { permissions } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const query = useInfiniteQuery(identityPages(kind, props.view));
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<Secret>();
  const go = useCallback(
    (name: string) => void navigate({ to: "/access/$kind/$name", params: { kind, name } }),
    [navigate, kind],
  );
  const open = useCallback((row: IdentityEntry) => go(row.name), [go]);
  const columns = useMemo<Column<IdentityEntry>[]>(() => {
    const count = (id: "keys" | "groups" | "policies" | "members", label: string): Column<IdentityEntry> => ({
      id,
      label,
      track: "104px",
      end: true,
      sortable: true,
      hide: "narrow",
      cell: (row) => number(row[id]),
    });
    const all: (Column<IdentityEntry> | undefined)[] = [
      {
        id: "name",
        label: t("iam.name"),
        track: "minmax(0, 1fr)",
        sortable: true,
        cell: (row) => (
          <NameCell
            name={row.name}
            more={kind === "roles" ? row.description : row.displayName === row.name ? undefined : row.displayName}
            href={`/ui/access/${kind}/${encodeURIComponent(row.name)}`}
            onOpen={() => go(row.name)}
          >
            <Badges identity={row} />
          </NameCell>
        ),
      },
      kind === "users" ? count("keys", t("iam.keys")) : undefined,
      kind === "users" ? count("groups", t("iam.groups")) : undefined,
      kind === "groups" ? count("members", t("iam.members")) : undefined,
      count("policies", t("iam.policies")),
      {
        id: "created",
        label: t("iam.created"),
        track: "136px",
        sortable: true,
        hide: "medium",
        cell: (row) => <When time={row.created} />,
      },
    ];
    return all.filter((column) => column !== undefined);
  }, [kind, go]);
  const needed = lacking(permissions, action(kind, "Create%"));
  const [title, text, icon] = NONE[kind];
  return (
    <>
      <AccessList
        key={kind}
        title={t(TITLES[kind])}
        query={query}
        columns={columns}
        keyOf={keyOf}
        view={props.view}
        onView={props.onView}
        onOpen={open}
        create={t(CREATE[kind])}
        need={needed}
        onCreate={useCallback(() => setCreating(true), [])}
        first={<Empty icon={icon} title={t(title)} text={t(text)} />}
      />
      {creating && (
        <CreateIdentityDialog
          kind={kind}
          onClose={() => setCreating(false)}
          onCreated={(made) => {
            void queries.invalidateQueries({ queryKey: ACCESS });
            if (made.accessKey === undefined || made.secretKey === undefined) go(made.name);
            else setSecret({ user: made.name, accessKey: made.accessKey, secretKey: made.secretKey });
          }}
        />
      )}
      {secret !== undefined && (
        <SecretDialog
          secret={secret}
          onClose={() => {
            setSecret(undefined);
            go(secret.user);
          }}
        />
      )}
    </>
  );
}

/** What one should know of a user at a glance. */
export function Badges({ identity }: { identity: IdentityEntry }) {
  const now = new Date();
  return (
    <>
      {identity.admin && <Badge tone="accent">{t("iam.admin")}</Badge>}
      {identity.disabled && <Badge tone="warn">{t("iam.disabled")}</Badge>}
      {identity.validFrom !== undefined && new Date(identity.validFrom) > now && (
        <Badge tone="warn">{t("iam.not-yet-valid")}</Badge>
      )}
      {identity.validUntil !== undefined && new Date(identity.validUntil) <= now && (
        <Badge tone="warn">{t("iam.no-longer-valid")}</Badge>
      )}
      {identity.environment && <Badge title={t("iam.environment-text")}>{t("iam.environment")}</Badge>}
    </>
  );
}
