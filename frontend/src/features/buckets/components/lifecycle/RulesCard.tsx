import { Switch, Tooltip } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge, IconButton } from "@/components/ui/basics";
import { Dialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { DeleteIcon, PlusIcon, RenameIcon } from "@/components/ui/icons";
import { Notice } from "@/components/ui/notice";
import { T, t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { bucketLifecycle } from "../../api/lifecycle";
import { type Lifecycle, type LifecycleRule, MAX_RULES, withoutRule, withStatus } from "../../model/lifecycle";
import { ConfigurationCard } from "../ConfigurationCard";
import css from "./lifecycle.module.css";
import { DryRunDialog, Review } from "./Review";
import { RuleDialog } from "./RuleDialog";
import { RuleText } from "./RuleText";

const READ = "s3:GetLifecycleConfiguration";
const WRITE = "s3:PutLifecycleConfiguration";

/** What is asked: the form of the rule at `index` (or of a new one, behind the last), or to switch or remove it. */
type Asking = { what: "edit" | "status" | "remove"; index: number; now: Lifecycle } | { what: "try"; now: Lifecycle };

/** The rules by which objects, versions and uploads end. Each change is tried before it is stored. */
export function RulesCard({ bucket }: { bucket: Bucket }) {
  const mayRead = may(bucket.permissions, READ);
  const query = useQuery({ ...bucketLifecycle(bucket.name), enabled: mayRead });
  const [asking, setAsking] = useState<Asking>();
  const needWrite = may(bucket.permissions, WRITE) ? undefined : WRITE;
  const now = query.data;
  const close = () => setAsking(undefined);
  return (
    <>
      <ConfigurationCard
        title={t("lifecycle.title")}
        query={query}
        needRead={mayRead ? undefined : READ}
        needWrite={needWrite}
        blocked={(now?.rules.length ?? 0) < MAX_RULES ? undefined : t("lifecycle.full", { max: String(MAX_RULES) })}
        action={t("rule.add")}
        icon={<PlusIcon size={14} aria-hidden />}
        more={
          now !== undefined &&
          now.rules.length > 0 && (
            <Guarded variant="default" size="xs" need={needWrite} onClick={() => setAsking({ what: "try", now })}>
              {t("dry-run.title")}
            </Guarded>
          )
        }
        onEdit={() => now !== undefined && setAsking({ what: "edit", index: now.rules.length, now })}
      >
        {(lifecycle) => (
          <div className={css.stack}>
            {lifecycle.unknown.length > 0 && (
              <Notice tone="warn" title={t("configuration.unknown")}>
                <p>
                  <T id="lifecycle.beside" values={{ names: <code>{lifecycle.unknown.join(", ")}</code> }} />
                </p>
              </Notice>
            )}
            {lifecycle.rules.length === 0 ? (
              <p className="muted">{t("lifecycle.none")}</p>
            ) : (
              <ul className={css.rules} aria-label={t("lifecycle.title")}>
                {lifecycle.rules.map((rule, index) => (
                  <RuleItem
                    // biome-ignore lint/suspicious/noArrayIndexKey: a document may have two rules of one name
                    key={`${index} ${rule.id}`}
                    rule={rule}
                    needWrite={needWrite}
                    onAsk={(what) => setAsking({ what, index, now: lifecycle })}
                  />
                ))}
              </ul>
            )}
          </div>
        )}
      </ConfigurationCard>
      {asking?.what === "try" && <DryRunDialog bucket={bucket} now={asking.now} onClose={close} />}
      {asking?.what === "edit" && <RuleDialog bucket={bucket} now={asking.now} index={asking.index} onClose={close} />}
      {asking?.what === "status" && <StatusDialog bucket={bucket} {...asking} onClose={close} />}
      {asking?.what === "remove" && (
        <Dialog title={t("rule.remove")} onClose={close} size={560}>
          <Review
            bucket={bucket}
            now={asking.now}
            next={withoutRule(asking.now, asking.index)}
            tries={false}
            action={t("rule.remove")}
            danger
            onLeave={close}
            onDone={close}
          >
            <p>
              <T id="rule.remove-text" values={{ name: <b>{nameOf(asking.now.rules[asking.index])}</b> }} />
            </p>
          </Review>
        </Dialog>
      )}
    </>
  );
}

const nameOf = (rule: LifecycleRule | undefined): string => rule?.id || t("rule.unnamed");

interface ItemProps {
  rule: LifecycleRule;
  needWrite: string | undefined;
  onAsk: (what: "edit" | "status" | "remove") => void;
}

function RuleItem({ rule, needWrite, onAsk }: ItemProps) {
  const name = nameOf(rule);
  const lacks = needWrite === undefined ? undefined : t("action.needs", { permission: needWrite });
  const whyNoForm = lacks ?? (rule.unknown.length > 0 ? t("configuration.unknown") : undefined);
  return (
    <li className={css.rule}>
      <div className={css.ruleHead}>
        <Tooltip label={lacks ?? ""} disabled={lacks === undefined}>
          <span>
            <Switch
              aria-label={t("rule.enabled", { name })}
              checked={rule.enabled}
              disabled={lacks !== undefined}
              onChange={() => onAsk("status")}
            />
          </span>
        </Tooltip>
        <h3>{name}</h3>
        {!rule.enabled && <Badge>{t("rule.off")}</Badge>}
        <span className={css.ruleActs}>
          <IconButton
            label={whyNoForm ?? t("rule.edit-one", { name })}
            aria-label={t("rule.edit-one", { name })}
            aria-disabled={whyNoForm !== undefined || undefined}
            data-disabled={whyNoForm !== undefined || undefined}
            onClick={() => whyNoForm === undefined && onAsk("edit")}
          >
            <RenameIcon size={14} />
          </IconButton>
          <IconButton
            label={lacks ?? t("rule.remove-one", { name })}
            aria-label={t("rule.remove-one", { name })}
            aria-disabled={lacks !== undefined || undefined}
            data-disabled={lacks !== undefined || undefined}
            onClick={() => lacks === undefined && onAsk("remove")}
          >
            <DeleteIcon size={14} />
          </IconButton>
        </span>
      </div>
      <RuleText rule={rule} />
      {rule.unknown.length > 0 && (
        <Notice tone="warn" title={t("configuration.unknown")}>
          <p>
            <T id="rule.unknown" values={{ names: <code>{rule.unknown.join(", ")}</code> }} />
          </p>
        </Notice>
      )}
    </li>
  );
}

function StatusDialog(props: { bucket: Bucket; now: Lifecycle; index: number; onClose: () => void }) {
  const { bucket, now, index, onClose } = props;
  const rule = now.rules[index] as LifecycleRule;
  const on = !rule.enabled;
  return (
    <Dialog title={t(on ? "rule.enable" : "rule.disable")} onClose={onClose} size={560}>
      <Review
        bucket={bucket}
        now={now}
        next={withStatus(now, index, on)}
        tries={on}
        action={t(on ? "rule.enable" : "rule.disable")}
        onLeave={onClose}
        onDone={onClose}
      >
        <p>
          <T id={on ? "rule.enable-text" : "rule.disable-text"} values={{ name: <b>{nameOf(rule)}</b> }} />
        </p>
      </Review>
    </Dialog>
  );
}
