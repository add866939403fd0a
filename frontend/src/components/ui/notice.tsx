import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Problem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { advice, ownReason } from "@/lib/reason";
import { may, session } from "@/lib/session";
import { useSignal } from "@/lib/signal";
import { CopyButton, ServerText } from "./basics";
import { AlertIcon, InfoIcon, RetryIcon, WarningIcon } from "./icons";
import css from "./ui.module.css";

export function Notice(props: { tone?: "danger" | "warn"; title?: string; children?: ReactNode; actions?: ReactNode }) {
  const Icon = props.tone === "danger" ? AlertIcon : props.tone === "warn" ? WarningIcon : InfoIcon;
  return (
    <div className={css.notice} data-tone={props.tone} role={props.tone === "danger" ? "alert" : "note"}>
      <Icon size={16} aria-hidden />
      <div className={css.noticeBody}>
        {props.title !== undefined && <p className={css.noticeTitle}>{props.title}</p>}
        {props.children}
        {props.actions !== undefined && <div className={css.noticeActions}>{props.actions}</div>}
      </div>
    </div>
  );
}

/** Why a request failed. */
export const Reason = ({ problem }: { problem: Problem }) =>
  ownReason(problem) ?? <ServerText>{problem.message}</ServerText>;

/** What failed, why, the code and the request's id to copy, what to do, and Retry. */
export function ProblemNotice(props: { title: string; problem: Problem; onRetry?: (() => void) | undefined }) {
  const { problem } = props;
  const then = advice(problem);
  const explains = may(useSignal(session)?.permissions, "myfsio:GetAuditLog");
  return (
    <Notice
      tone="danger"
      title={props.title}
      actions={
        props.onRetry && (
          <Button variant="default" leftSection={<RetryIcon size={14} />} onClick={props.onRetry}>
            {t("action.retry")}
          </Button>
        )
      }
    >
      <p>
        <Reason problem={problem} /> {then}
      </p>
      {(problem.code !== "" || problem.requestId !== "") && (
        <div className={css.noticeFacts}>
          {problem.code !== "" && <code>{problem.code}</code>}
          {problem.requestId !== "" && (
            <span className={css.copyable}>
              <span>
                {t("problem.request-id")} <code>{problem.requestId}</code>
              </span>
              <CopyButton text={problem.requestId} label={t("problem.copy-request-id")} />
              {problem.status === 403 && explains && (
                <Link to="/activity/audit" search={{ request: problem.requestId }}>
                  {t("audit.why")}
                </Link>
              )}
            </span>
          )}
        </div>
      )}
    </Notice>
  );
}
