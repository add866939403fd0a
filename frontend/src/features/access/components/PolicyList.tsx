import { TextInput } from "@mantine/core";
import type { ManagedPolicyEntry } from "@myfsio/client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { Badge, Empty, When } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import type { Column } from "@/components/ui/grid";
import { PolicyIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { ACCESS, createPolicy, policyPages } from "../api/access";
import { TEMPLATES } from "../model/documents";
import { lacking, validName } from "../model/kinds";
import type { AccessView } from "../model/view";
import { AccessList, NameCell } from "./AccessList";
import { DocumentField, sound } from "./DocumentField";

const keyOf = (row: ManagedPolicyEntry) => row.arn;

/** The managed policies of the account, and those that every account has. */
export function PolicyList(props: { view: AccessView; onView: (next: AccessView) => void }) {
  const { permissions } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const query = useInfiniteQuery(policyPages(props.view));
  const [creating, setCreating] = useState(false);
  const go = useCallback((arn: string) => void navigate({ to: "/access/policy", search: { arn } }), [navigate]);
  const columns = useMemo<Column<ManagedPolicyEntry>[]>(
    () => [
      {
        id: "name",
        label: t("iam.name"),
        track: "minmax(0, 1fr)",
        sortable: true,
        cell: (row) => (
          <NameCell
            name={row.name}
            more={row.description}
            lang={row.builtIn ? "en" : undefined}
            href={`/ui/access/policy?arn=${encodeURIComponent(row.arn)}`}
            onOpen={() => go(row.arn)}
          >
            {row.builtIn && <Badge>{t("iam.built-in")}</Badge>}
          </NameCell>
        ),
      },
      {
        id: "attached",
        label: t("iam.attached"),
        track: "104px",
        end: true,
        sortable: true,
        cell: (row) => t("format.number", { value: row.attached }),
      },
      {
        id: "created",
        label: t("iam.created"),
        track: "136px",
        sortable: true,
        hide: "medium",
        cell: (row) => row.created !== undefined && <When time={row.created} />,
      },
    ],
    [go],
  );
  return (
    <>
      <AccessList
        title={t("iam.policies")}
        query={query}
        columns={columns}
        keyOf={keyOf}
        view={props.view}
        onView={props.onView}
        onOpen={useCallback((row: ManagedPolicyEntry) => go(row.arn), [go])}
        create={t("iam.create-policy")}
        need={lacking(permissions, "iam:CreatePolicy")}
        onCreate={useCallback(() => setCreating(true), [])}
        first={<Empty icon={<PolicyIcon size={20} />} title={t("iam.no-match")} />}
      />
      {creating && (
        <CreatePolicyDialog
          onClose={() => setCreating(false)}
          onCreated={(arn) => {
            void queries.invalidateQueries({ queryKey: ACCESS });
            go(arn);
          }}
        />
      )}
    </>
  );
}

function CreatePolicyDialog(props: { onClose: () => void; onCreated: (arn: string) => void }) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [text, setText] = useState<string>(TEMPLATES["read-only"]);
  const good = validName(name, 128);
  return (
    <FormDialog
      title={t("iam.create-policy")}
      action={t("iam.create-policy")}
      failure={t("iam.policy-not-saved")}
      size={680}
      ready={good && sound(text)}
      onClose={props.onClose}
      onSubmit={async () => {
        const made = await createPolicy({
          name,
          document: text,
          ...(description.trim() === "" ? {} : { description: description.trim() }),
        });
        props.onCreated(made.arn);
      }}
    >
      <TextInput
        label={t("iam.name")}
        description={t("iam.name-rule", { max: 128 })}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={name === "" || good ? undefined : t("iam.name-fault")}
        data-autofocus
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      <TextInput
        label={t("iam.description")}
        value={description}
        maxLength={1000}
        onChange={(event) => setDescription(event.currentTarget.value)}
        autoComplete="off"
      />
      <DocumentField label={t("policy.editor")} value={text} onChange={setText} templates />
    </FormDialog>
  );
}
