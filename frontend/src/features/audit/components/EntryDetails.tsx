import { Button } from "@mantine/core";
import type { AuditEntry } from "@myfsio/client";
import { Link } from "@tanstack/react-router";
import { Copyable, Fact, Facts, ServerText } from "@/components/ui/basics";
import { Notice } from "@/components/ui/notice";
import { PanelSection, SidePanel } from "@/components/ui/sidepanel";
import { exactTime } from "@/lib/format";
import { t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";
import { outcomeOf, whatOf, whoOf } from "../model/entry";
import type { AuditView } from "../model/view";
import { KIND_TEXT, OUTCOME_TEXT } from "../model/words";
import css from "./audit.module.css";

/** All that one line tells. */
export function EntryDetails(props: { entry: AuditEntry; onView: (next: AuditView) => void; onClose: () => void }) {
  const { entry: e, onView, onClose } = props;
  const d = e.decision;
  const { user, accessKey, request } = e;
  const mayTry = may(useSession().permissions, "iam:SimulatePrincipalPolicy");
  return (
    <SidePanel
      label={t("audit.details-of", { n: e.n })}
      title={<code>{e.operation ?? t("audit.no-operation")}</code>}
      facts={t("audit.facts")}
      onClose={onClose}
      escapes
    >
      {e.why !== undefined && (
        <Notice tone="warn" title={t("audit.denied")}>
          <p>
            <ServerText>{e.why}</ServerText>
          </p>
        </Notice>
      )}
      <Facts>
        <Fact name={t("audit.when")}>
          <time dateTime={e.time}>{exactTime(new Date(e.time))}</time>
        </Fact>
        <Fact name={t("audit.kind")}>{t(KIND_TEXT[e.kind])}</Fact>
        <Fact name={t("audit.outcome")}>
          {t(OUTCOME_TEXT[outcomeOf(e)])} <Code>{e.status !== undefined && String(e.status)}</Code>{" "}
          <Code>{e.code}</Code>
        </Fact>
        {e.message !== undefined && (
          <Fact name={t("audit.message")}>
            <ServerText>{e.message}</ServerText>
          </Fact>
        )}
        {e.lost !== undefined && e.lost > 0 && (
          <Fact name={t("audit.lost")}>
            <span className="num">{t("format.number", { value: e.lost })}</span>
          </Fact>
        )}
        {request !== undefined && (
          <Fact name={t("audit.request")}>
            <Copyable text={request} label={t("action.copy-what", { what: t("audit.request") })} />
          </Fact>
        )}
      </Facts>
      <PanelSection title={t("audit.who")}>
        <Facts>
          <Fact name={t("audit.user")}>
            <span translate="no" className="mono">
              {whoOf(e)}
            </span>
          </Fact>
          <Maybe name={t("audit.arn")} value={e.arn} />
          <Maybe name={t("audit.access-key")} value={accessKey} />
          <Maybe name={t("audit.account")} value={e.account} />
          <Maybe name={t("audit.address")} value={e.address} />
          <Maybe name={t("audit.agent")} value={e.agent} />
          {e.door !== undefined && <Fact name={t("audit.door")}>{door(e.door)}</Fact>}
        </Facts>
      </PanelSection>
      {(e.bucket ?? e.key ?? e.target) !== undefined && (
        <PanelSection title={t("audit.what")}>
          <Facts>
            <Maybe name={t("audit.bucket")} value={e.bucket} />
            <Maybe name={t("details.key")} value={e.key} />
            <Maybe name={t("details.version")} value={e.version} />
            <Maybe name={t("audit.target")} value={e.target} />
          </Facts>
        </PanelSection>
      )}
      {d !== undefined && (
        <PanelSection title={t("audit.decision")}>
          <Facts>
            <Maybe name={t("audit.action")} value={e.action} />
            <Fact name={t("audit.answer")}>
              {t(d.allowed ? "audit.allowed" : d.denied === true ? "audit.denied-by" : "audit.not-allowed")}
            </Fact>
            <Maybe name={t("audit.source")} value={d.source} />
            {d.statement >= 0 && d.source !== undefined && (
              <Fact name={t("audit.statement")}>
                <span className="num">{t("format.number", { value: d.statement + 1 })}</span>
              </Fact>
            )}
            <Maybe name={t("audit.sid")} value={d.sid} />
            {d.reason !== undefined && (
              <Fact name={t("audit.reason")}>
                <ServerText>{d.reason}</ServerText>
              </Fact>
            )}
          </Facts>
        </PanelSection>
      )}
      <div className={css.links}>
        {request !== undefined && (
          <Button variant="default" size="compact-sm" onClick={() => onView({ request, line: String(e.n) })}>
            {t("audit.only-request")}
          </Button>
        )}
        {mayTry && d !== undefined && e.action !== undefined && (
          <Button
            variant="default"
            size="compact-sm"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/access/simulator"
                search={{
                  principal: e.arn ?? accessKey ?? "anonymous",
                  actions: e.action,
                  resources: e.bucket === undefined ? undefined : whatOf(e),
                  context:
                    e.address === undefined ? undefined : new URLSearchParams({ "aws:SourceIp": e.address }).toString(),
                }}
              />
            )}
          >
            {t("simulate.this")}
          </Button>
        )}
        {(accessKey ?? user) !== undefined && (
          <Button variant="default" size="compact-sm" onClick={() => onView({ user: accessKey ?? user })}>
            {t("audit.only-user")}
          </Button>
        )}
      </div>
    </SidePanel>
  );
}

const DOORS = {
  s3: "audit.door-s3",
  admin: "audit.door-admin",
  console: "audit.door-console",
  socket: "audit.door-socket",
  job: "audit.door-job",
} as const;

const door = (name: string): string => (name in DOORS ? t(DOORS[name as keyof typeof DOORS]) : name);

function Code({ children }: { children: string | false | undefined }) {
  return typeof children === "string" && <code>{children}</code>;
}

function Maybe({ name, value }: { name: string; value: string | undefined }) {
  return (
    value !== undefined && (
      <Fact name={name}>
        <Copyable text={value} label={t("action.copy-what", { what: name })} />
      </Fact>
    )
  );
}
