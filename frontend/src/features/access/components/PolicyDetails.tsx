import type { ManagedPolicy, PolicyVersion } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Badge, Card, Copyable, Fact, Facts, ServerText, Snippet, When } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { DeleteIcon, RenameIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { prettyJson } from "@/lib/json";
import { sayFailure } from "@/lib/toast";
import { ACCESS, addVersion, deletePolicy, deleteVersion, makeDefault } from "../api/access";
import { lacking } from "../model/kinds";
import css from "./access.module.css";
import { DocumentField, sound } from "./DocumentField";

const MAX_VERSIONS = 5;
const KIND = { users: "iam.user", groups: "iam.group", roles: "iam.role" } as const;

/** A managed policy: what it says, what it said, and whom it reaches. */
export function PolicyDetails({ policy, onGone }: { policy: ManagedPolicy; onGone: () => void }) {
  return (
    <div className={css.scroll}>
      <header className={css.title}>
        <h1>{policy.name}</h1>
        {policy.builtIn && <Badge title={t("iam.built-in-text")}>{t("iam.built-in")}</Badge>}
      </header>
      <div className={css.cards}>
        <Card title={t("iam.about")}>
          <Facts>
            {policy.description !== undefined && (
              <Fact name={t("iam.description")}>
                {policy.builtIn ? <ServerText>{policy.description}</ServerText> : policy.description}
              </Fact>
            )}
            <Fact name={t("iam.arn")}>
              <Copyable text={policy.arn} label={t("action.copy-what", { what: t("iam.arn") })} />
            </Fact>
            {policy.updated !== undefined && (
              <Fact name={t("iam.updated")}>
                <When time={policy.updated} />
              </Fact>
            )}
          </Facts>
        </Card>
        <VersionsCard policy={policy} />
        <UsesCard policy={policy} />
        {!policy.builtIn && <DeleteCard policy={policy} onGone={onGone} />}
      </div>
    </div>
  );
}

function VersionsCard({ policy }: { policy: ManagedPolicy }) {
  const queries = useQueryClient();
  const [text, setText] = useState<string>();
  const [deleting, setDeleting] = useState<number>();
  const versions = policy.versions ?? [];
  const holds = versions.find((version) => version.number === policy.defaultVersion);
  const needRead = lacking(policy.permissions, "iam:GetPolicyVersion");
  const built = policy.builtIn ? t("iam.built-in-text") : undefined;
  const need = (action: string) => (policy.builtIn ? undefined : lacking(policy.permissions, action));
  const refresh = () => queries.invalidateQueries({ queryKey: ACCESS });
  const choose = async (version: PolicyVersion) => {
    try {
      await makeDefault(policy.arn, version.number);
    } catch (thrown) {
      sayFailure(t("iam.not-changed"), thrown);
    }
    await refresh();
  };
  return (
    <Card
      title={t("iam.versions")}
      actions={
        needRead === undefined && (
          <Guarded
            variant="default"
            need={need("iam:CreatePolicyVersion") ?? need("iam:SetDefaultPolicyVersion")}
            why={
              built ?? (versions.length >= MAX_VERSIONS ? t("iam.versions-limit", { max: MAX_VERSIONS }) : undefined)
            }
            leftSection={<RenameIcon size={14} aria-hidden />}
            onClick={() => setText(prettyJson(holds?.document ?? ""))}
          >
            {t("iam.policy-edit")}
          </Guarded>
        )
      }
    >
      {needRead !== undefined ? (
        <p className="muted">{t("action.needs", { permission: needRead })}</p>
      ) : (
        <ul className={css.versions}>
          {versions.map((version) => (
            <li key={version.number}>
              <div className={css.version}>
                <span className={css.grow}>
                  {t("iam.version", { number: version.number })}{" "}
                  {version.created !== undefined && (
                    <span className="muted">
                      <When time={version.created} />
                    </span>
                  )}
                </span>
                {version.number === policy.defaultVersion ? (
                  <Badge tone="ok">{t("iam.in-force")}</Badge>
                ) : (
                  <>
                    <Guarded
                      variant="default"
                      aria-label={t("iam.put-in-force-of", { number: version.number })}
                      need={need("iam:SetDefaultPolicyVersion")}
                      onClick={() => void choose(version)}
                    >
                      {t("iam.put-in-force")}
                    </Guarded>
                    <Guarded
                      variant="default"
                      aria-label={t("iam.delete-version-of", { number: version.number })}
                      need={need("iam:DeletePolicyVersion")}
                      onClick={() => setDeleting(version.number)}
                    >
                      {t("action.delete")}
                    </Guarded>
                  </>
                )}
              </div>
              <details className={css.document} open={version.number === policy.defaultVersion}>
                <summary className="muted">{t("iam.document")}</summary>
                <Snippet text={prettyJson(version.document)} label={t("iam.version", { number: version.number })} />
              </details>
            </li>
          ))}
        </ul>
      )}
      {text !== undefined && (
        <FormDialog
          title={t("iam.policy-edit")}
          action={t("action.save")}
          failure={t("iam.policy-not-saved")}
          size={680}
          ready={sound(text) && text !== prettyJson(holds?.document ?? "")}
          onClose={() => setText(undefined)}
          onSubmit={async () => {
            await addVersion(policy.arn, text);
            await refresh();
          }}
        >
          <p className="muted">{t("iam.policy-edit-text")}</p>
          <DocumentField label={t("policy.editor")} value={text} onChange={setText} templates />
        </FormDialog>
      )}
      {deleting !== undefined && (
        <FormDialog
          title={t("iam.delete-version-of", { number: deleting })}
          action={t("action.delete")}
          failure={t("iam.not-deleted")}
          danger
          onClose={() => setDeleting(undefined)}
          onSubmit={async () => {
            await deleteVersion(policy.arn, deleting);
            await refresh();
          }}
        >
          <p>{t("iam.delete-version-text")}</p>
        </FormDialog>
      )}
    </Card>
  );
}

function UsesCard({ policy }: { policy: ManagedPolicy }) {
  const needRead = lacking(policy.permissions, "iam:ListEntitiesForPolicy");
  const used = policy.used ?? [];
  return (
    <Card title={t("iam.used-by")}>
      {needRead !== undefined ? (
        <p className="muted">{t("action.needs", { permission: needRead })}</p>
      ) : used.length === 0 ? (
        <p className="muted">{t("iam.used-nowhere")}</p>
      ) : (
        <ul className={css.list}>
          {used.map((use) => (
            <li key={`${use.kind} ${use.name}`}>
              <Link className={css.grow} to="/access/$kind/$name" params={{ kind: use.kind, name: use.name }}>
                {use.name}
              </Link>
              <span className="muted">{t(KIND[use.kind])}</span>
              {use.bound && <Badge>{t("iam.bounds")}</Badge>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function DeleteCard({ policy, onGone }: { policy: ManagedPolicy; onGone: () => void }) {
  const [asking, setAsking] = useState(false);
  const used = policy.attached + policy.bounds > 0;
  const many = (policy.versions?.length ?? 1) > 1;
  return (
    <Card title={t("iam.delete-managed")}>
      <div className={css.toggle}>
        <p>{t("iam.delete-managed-text")}</p>
        <Guarded
          variant="default"
          need={lacking(policy.permissions, "iam:DeletePolicy")}
          why={used ? t("iam.delete-managed-used") : many ? t("iam.delete-managed-versions") : undefined}
          leftSection={<DeleteIcon size={14} aria-hidden />}
          onClick={() => setAsking(true)}
        >
          {t("iam.delete-managed")}
        </Guarded>
      </div>
      {asking && (
        <FormDialog
          title={t("iam.delete-managed")}
          action={t("iam.delete-managed")}
          failure={t("iam.not-deleted")}
          danger
          onClose={() => setAsking(false)}
          onSubmit={async () => {
            await deletePolicy(policy.arn);
            onGone();
          }}
        >
          <p>
            <strong>{policy.name}</strong>
          </p>
        </FormDialog>
      )}
    </Card>
  );
}
