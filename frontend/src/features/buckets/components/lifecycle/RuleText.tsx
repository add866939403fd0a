import { Fragment, type ReactNode } from "react";
import { bytes, day } from "@/lib/format";
import { T, t } from "@/lib/i18n";
import { readable } from "@/lib/keys";
import type { LifecycleRule, Transition } from "../../model/lifecycle";
import css from "./lifecycle.module.css";

/** What a rule is about, and what it does, in words. */
export function RuleText({ rule }: { rule: LifecycleRule }) {
  const scope: ReactNode[] = [];
  if (rule.prefix !== "")
    scope.push(<T id="rule.scope-prefix" values={{ prefix: <code>{readable(rule.prefix)}</code> }} />);
  for (const tag of rule.tags)
    scope.push(<T id="rule.scope-tag" values={{ tag: <code>{`${tag.name}=${tag.value}`}</code> }} />);
  if (rule.above !== undefined) scope.push(t("rule.scope-above", { size: bytes(rule.above) }));
  if (rule.below !== undefined) scope.push(t("rule.scope-below", { size: bytes(rule.below) }));
  return (
    <>
      <p className={css.scope}>
        {scope.length === 0
          ? t("rule.scope-all")
          : scope.map((part, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the conditions of a rule keep their places
              <Fragment key={index}>
                {index > 0 && " · "}
                {part}
              </Fragment>
            ))}
      </p>
      <ul className={css.does}>
        <Does rule={rule} />
      </ul>
    </>
  );
}

function Does({ rule }: { rule: LifecycleRule }) {
  const { expire, noncurrentDays, noncurrentKeep, abortDays } = rule;
  return (
    <>
      {expire === "markers" && <li>{t("rule.does-markers")}</li>}
      {typeof expire === "object" && "days" in expire && <li>{t("rule.does-expire", { count: expire.days })}</li>}
      {typeof expire === "object" && "date" in expire && (
        <li>{t("rule.does-expire-on", { date: day(new Date(`${expire.date}T00:00:00Z`)) })}</li>
      )}
      {noncurrentDays !== undefined && (
        <li>
          {t("rule.does-remove", { count: noncurrentDays })}{" "}
          {noncurrentKeep !== undefined && t("rule.does-keep", { count: noncurrentKeep })}
        </li>
      )}
      {abortDays !== undefined && <li>{t("rule.does-abort", { count: abortDays })}</li>}
      {rule.transitions.map((move) => (
        <li key={JSON.stringify(move)} className="muted">
          {moveText(move)}
        </li>
      ))}
    </>
  );
}

function moveText({ storageClass, days, date, noncurrent }: Transition): string {
  const to = { class: storageClass };
  if (date !== "") return t("rule.moves-on", { ...to, date: day(new Date(date)) });
  return t(noncurrent ? "rule.moves-earlier" : "rule.moves", { ...to, days });
}
