import { TextInput } from "@mantine/core";
import type { InlinePolicy } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Card, IconButton, Snippet } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { CloseIcon, DeleteIcon, PlusIcon, RenameIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { prettyJson } from "@/lib/json";
import { may, useSession } from "@/lib/session";
import { sayFailure } from "@/lib/toast";
import { ACCESS, attach, bound, deleteInline, detach, policyChoices, putInline, type Who } from "../api/access";
import { TEMPLATES } from "../model/documents";
import { action, lacking, policyName, simpleOf, validName } from "../model/kinds";
import css from "./access.module.css";
import { ChooseDialog } from "./ChooseDialog";
import { DocumentField, sound } from "./DocumentField";
import { fixed, type Shown } from "./IdentityDetails";

/** What a user, a group or a role may do: managed policies that are attached, and its own. */
export function PoliciesCard({ kind, identity }: Shown) {
  const queries = useQueryClient();
  const { permissions } = useSession();
  const [attaching, setAttaching] = useState(false);
  const [editing, setEditing] = useState<InlinePolicy | "new">();
  const [deleting, setDeleting] = useState<InlinePolicy>();
  const who: Who = { kind, name: identity.name };
  const mine = identity.permissions;
  const why = fixed(identity);
  const listed = may(permissions, "iam:ListPolicies");
  const [words, setWords] = useState("");
  const all = useQuery({ ...policyChoices(words), enabled: attaching && listed });
  const attached = identity.attached ?? [];
  const inline = identity.inline ?? [];
  const simple = simpleOf(identity);
  const needAttached = lacking(mine, action(kind, "ListAttached%Policies"));
  const needInline = lacking(mine, action(kind, "Get%Policy"));
  const needPut = lacking(mine, action(kind, "Put%Policy"));
  const refresh = () => queries.invalidateQueries({ queryKey: ACCESS });
  const takeAway = async (arn: string) => {
    try {
      await detach(who, arn);
    } catch (thrown) {
      sayFailure(t("iam.not-changed"), thrown);
    }
    await refresh();
  };
  return (
    <Card
      title={t("iam.policies")}
      actions={
        <>
          <Guarded
            variant="default"
            need={lacking(mine, action(kind, "Attach%Policy")) ?? (listed ? undefined : "iam:ListPolicies")}
            why={why}
            leftSection={<PlusIcon size={14} aria-hidden />}
            onClick={() => setAttaching(true)}
          >
            {t("iam.attach")}
          </Guarded>
          <Guarded
            variant="default"
            need={needPut}
            why={why}
            leftSection={<PlusIcon size={14} aria-hidden />}
            onClick={() => setEditing("new")}
          >
            {t("iam.add-inline")}
          </Guarded>
        </>
      }
    >
      {needAttached !== undefined && <p className="muted">{t("action.needs", { permission: needAttached })}</p>}
      {needInline !== undefined && <p className="muted">{t("action.needs", { permission: needInline })}</p>}
      {needAttached === undefined && needInline === undefined && attached.length + inline.length === 0 && (
        <p className="muted">{t(simple === undefined ? "iam.no-policies" : "iam.no-iam-policies")}</p>
      )}
      <ul className={css.list}>
        {attached.map((arn) => (
          <li key={arn}>
            <Link className={css.grow} to="/access/policy" search={{ arn }} title={arn}>
              {policyName(arn)}
            </Link>
            <span className="muted">{t("iam.managed")}</span>
            {lacking(mine, action(kind, "Detach%Policy")) === undefined && why === undefined && (
              <IconButton
                label={t("iam.detach", { policy: policyName(arn) })}
                size={28}
                onClick={() => void takeAway(arn)}
              >
                <CloseIcon size={14} />
              </IconButton>
            )}
          </li>
        ))}
        {inline.map((policy) => (
          <li key={`inline ${policy.name}`}>
            <details className={`${css.grow} ${css.document}`}>
              <summary>{policy.name}</summary>
              <Snippet text={prettyJson(policy.document)} label={policy.name} />
            </details>
            <span className="muted">{t("iam.inline")}</span>
            {needPut === undefined && why === undefined && (
              <IconButton
                label={t("iam.edit-policy", { policy: policy.name })}
                size={28}
                onClick={() => setEditing(policy)}
              >
                <RenameIcon size={14} />
              </IconButton>
            )}
            {lacking(mine, action(kind, "Delete%Policy")) === undefined && why === undefined && (
              <IconButton
                label={t("iam.delete-policy", { policy: policy.name })}
                size={28}
                onClick={() => setDeleting(policy)}
              >
                <DeleteIcon size={14} />
              </IconButton>
            )}
          </li>
        ))}
        {simple !== undefined && (
          <li>
            <details className={`${css.grow} ${css.document}`}>
              <summary>{t("iam.simple")}</summary>
              <Snippet text={prettyJson(simple)} label={t("iam.simple")} />
            </details>
            <span className="muted">{t("iam.simple-text")}</span>
          </li>
        )}
      </ul>
      {attaching && all.data !== undefined && (
        <ChooseDialog
          title={t("iam.attach")}
          label={t("iam.policy")}
          action={t("iam.attach")}
          failure={t("iam.not-changed")}
          none={t("iam.no-other-policy")}
          more={all.data.cursor !== undefined}
          words={words}
          onWords={setWords}
          choices={all.data.policies
            .filter((policy) => !attached.includes(policy.arn))
            .map(({ arn, name }) => ({ value: arn, label: name }))}
          onClose={() => {
            setAttaching(false);
            setWords("");
          }}
          onChosen={async (arn) => {
            await attach(who, arn);
            await refresh();
          }}
        />
      )}
      {editing !== undefined && (
        <InlineDialog
          who={who}
          policy={editing === "new" ? undefined : editing}
          taken={inline.map((policy) => policy.name)}
          onClose={() => setEditing(undefined)}
          onSaved={refresh}
        />
      )}
      {deleting !== undefined && (
        <FormDialog
          title={t("iam.delete-policy", { policy: deleting.name })}
          action={t("action.delete")}
          failure={t("iam.not-deleted")}
          danger
          onClose={() => setDeleting(undefined)}
          onSubmit={async () => {
            await deleteInline(who, deleting.name);
            await refresh();
          }}
        >
          <p>{t("iam.delete-inline-text")}</p>
        </FormDialog>
      )}
    </Card>
  );
}

function InlineDialog(props: {
  who: Who;
  policy: InlinePolicy | undefined;
  taken: readonly string[];
  onClose: () => void;
  onSaved: () => Promise<void>;
}) {
  const { policy } = props;
  const [name, setName] = useState(policy?.name ?? "");
  const [text, setText] = useState(() => (policy === undefined ? TEMPLATES["read-only"] : prettyJson(policy.document)));
  const taken = policy === undefined && props.taken.includes(name);
  const good = validName(name, 128) && !taken;
  return (
    <FormDialog
      title={policy === undefined ? t("iam.add-inline") : t("iam.edit-policy", { policy: policy.name })}
      action={t("action.save")}
      failure={t("iam.policy-not-saved")}
      size={680}
      ready={good && sound(text)}
      onClose={props.onClose}
      onSubmit={async () => {
        await putInline(props.who, name, text);
        await props.onSaved();
      }}
    >
      {policy === undefined && (
        <TextInput
          label={t("iam.name")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={name === "" || good ? undefined : t(taken ? "iam.name-taken" : "iam.name-fault")}
          data-autofocus
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      )}
      <DocumentField label={t("policy.editor")} value={text} onChange={setText} templates />
    </FormDialog>
  );
}

/** The managed policy that bounds what all others together can give. */
export function BoundaryCard({ kind, identity }: Shown) {
  const queries = useQueryClient();
  const { permissions } = useSession();
  const [choosing, setChoosing] = useState(false);
  const who: Who = { kind, name: identity.name };
  const listed = may(permissions, "iam:ListPolicies");
  const [words, setWords] = useState("");
  const all = useQuery({ ...policyChoices(words), enabled: choosing && listed });
  const { boundary } = identity;
  const why = fixed(identity);
  const refresh = () => queries.invalidateQueries({ queryKey: ACCESS });
  const free = async () => {
    try {
      await bound(who, undefined);
    } catch (thrown) {
      sayFailure(t("iam.not-changed"), thrown);
    }
    await refresh();
  };
  return (
    <Card
      title={t("iam.boundary")}
      actions={
        <>
          {boundary !== undefined && (
            <Guarded
              variant="default"
              need={lacking(identity.permissions, action(kind, "Delete%PermissionsBoundary"))}
              why={why}
              onClick={() => void free()}
            >
              {t("iam.boundary-remove")}
            </Guarded>
          )}
          <Guarded
            variant="default"
            need={
              lacking(identity.permissions, action(kind, "Put%PermissionsBoundary")) ??
              (listed ? undefined : "iam:ListPolicies")
            }
            why={why}
            onClick={() => setChoosing(true)}
          >
            {t("iam.boundary-set")}
          </Guarded>
        </>
      }
    >
      {boundary === undefined ? (
        <p className="muted">{t("iam.boundary-none")}</p>
      ) : (
        <p>
          <Link to="/access/policy" search={{ arn: boundary }} title={boundary}>
            {policyName(boundary)}
          </Link>
        </p>
      )}
      {choosing && all.data !== undefined && (
        <ChooseDialog
          title={t("iam.boundary-set")}
          label={t("iam.policy")}
          action={t("iam.boundary-set")}
          failure={t("iam.not-changed")}
          none={t("iam.no-other-policy")}
          more={all.data.cursor !== undefined}
          words={words}
          onWords={setWords}
          choices={all.data.policies.map(({ arn, name }) => ({ value: arn, label: name }))}
          onClose={() => {
            setChoosing(false);
            setWords("");
          }}
          onChosen={async (arn) => {
            await bound(who, arn);
            await refresh();
          }}
        />
      )}
    </Card>
  );
}
