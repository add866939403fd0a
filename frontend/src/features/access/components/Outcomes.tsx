import type { SimulatedStatement, SimulationOutcome, SimulationRequest } from "@myfsio/client";
import { useQuery } from "@tanstack/react-query";
import { Badge, Bone, Card, ServerText, Snippet } from "@/components/ui/basics";
import { Notice, ProblemNotice } from "@/components/ui/notice";
import { asProblem } from "@/lib/http/problem";
import { type MessageId, t } from "@/lib/i18n";
import { prettyJson } from "@/lib/json";
import { simulation } from "../api/simulation";
import { othersOf } from "../model/simulation";
import css from "./access.module.css";

const DECISIONS = {
  allowed: "simulate.allowed",
  explicitDeny: "simulate.denied",
  implicitDeny: "simulate.not-allowed",
} as const satisfies Record<SimulationOutcome["decision"], MessageId>;

const VERDICTS = {
  counts: "simulate.counts",
  unmet: "simulate.unmet",
  withheld: "simulate.withheld",
  passes: "simulate.passes",
} as const satisfies Record<SimulatedStatement["verdict"], MessageId>;

/** What came of a simulation. */
export function Outcomes({ request }: { request: SimulationRequest }) {
  const query = useQuery(simulation(request));
  const report = query.data;
  return (
    <Card title={t("simulate.result")}>
      <div role="status" aria-busy={query.isFetching}>
        {query.isPending && (
          <div className="delayed">
            <Bone width="60%" />
          </div>
        )}
        {query.isError && (
          <ProblemNotice
            title={t("simulate.failed")}
            problem={asProblem(query.error)}
            onRetry={() => void query.refetch()}
          />
        )}
        {report?.principal.disabled === true && (
          <Notice tone="warn" title={t("simulate.disabled", { name: report.principal.name ?? "" })} />
        )}
        <ul className={css.versions} aria-label={t("simulate.result")}>
          {report?.results.map((outcome) => (
            <li key={`${outcome.action} ${outcome.resource}`}>
              <Outcome outcome={outcome} />
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}

function Outcome({ outcome }: { outcome: SimulationOutcome }) {
  const { statement } = outcome;
  const others = othersOf(outcome);
  return (
    <div className={css.stack}>
      <div className={css.version}>
        <Badge tone={outcome.decision === "allowed" ? "ok" : "danger"}>{t(DECISIONS[outcome.decision])}</Badge>
        <code className={css.member}>{outcome.action}</code>
        <code className={css.member}>{outcome.resource}</code>
      </div>
      {statement === undefined ? (
        <p>
          <ServerText>{outcome.reason}</ServerText>
        </p>
      ) : (
        <Statement one={statement} decides />
      )}
      {outcome.missing.length > 0 && (
        <p className="muted">{t("simulate.missing", { keys: outcome.missing.join(", ") })}</p>
      )}
      {outcome.unknown && <p className="muted">{t("simulate.unknown")}</p>}
      {others.length > 0 && (
        <details className={css.document} open={statement === undefined}>
          <summary className="muted">{t("simulate.others", { count: others.length })}</summary>
          <div className={css.stack}>
            {others.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: their order is all that they have
              <Statement key={index} one={one} />
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

/** A statement with its policy; the one that decides is marked. */
function Statement({ one, decides = false }: { one: SimulatedStatement; decides?: boolean }) {
  const place =
    one.number === undefined
      ? one.source
      : t("simulate.place", { source: one.source, number: one.number, sid: one.sid ? ` (${one.sid})` : "" });
  return (
    <div className={css.statement} data-decides={decides || undefined} data-effect={one.effect}>
      <div className={css.version}>
        <Badge tone={one.effect === "Allow" ? "ok" : "danger"}>{one.effect}</Badge>
        <span className={css.grow}>
          <ServerText>{place}</ServerText>
        </span>
        <span className="muted">
          {decides
            ? t("simulate.decides")
            : one.verdict === "unmet"
              ? t("simulate.unmet-key", { key: one.key ?? "" })
              : t(VERDICTS[one.verdict])}
        </span>
      </div>
      {one.document !== undefined && <Snippet text={prettyJson(one.document)} label={place} />}
    </div>
  );
}
