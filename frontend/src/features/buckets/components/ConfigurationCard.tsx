import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Bone, Card } from "@/components/ui/basics";
import { Guarded } from "@/components/ui/guarded";
import { RenameIcon } from "@/components/ui/icons";
import { ProblemNotice } from "@/components/ui/notice";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import css from "./buckets.module.css";

interface Props<D> {
  title: string;
  query: UseQueryResult<D>;
  /** What reading needs, when the person lacks it. */
  needRead?: string | undefined;
  /** What changing needs, when the person lacks it. */
  needWrite?: string | undefined;
  /** Another reason why it cannot be changed now, in words. */
  blocked?: string | undefined;
  /** What the button says: a verb. */
  action: string;
  icon?: ReactNode;
  /** Buttons beside it. */
  more?: ReactNode;
  onEdit: () => void;
  children: (data: D) => ReactNode;
}

/** A part of a bucket's configuration with a button that opens its form. What the server does not do is not shown. */
export function ConfigurationCard<D>(props: Props<D>) {
  const { title, query, needRead, children } = props;
  const problem = query.isError ? asProblem(query.error) : undefined;
  if (problem?.status === 501) return null;
  const shown = needRead === undefined && query.data !== undefined;
  return (
    <Card
      title={title}
      actions={
        shown && (
          <>
            {props.more}
            <Guarded
              variant="default"
              size="xs"
              need={props.needWrite}
              why={props.blocked}
              leftSection={props.icon ?? <RenameIcon size={14} aria-hidden />}
              onClick={props.onEdit}
            >
              {props.action}
            </Guarded>
          </>
        )
      }
    >
      {needRead !== undefined ? (
        <p className="muted">{t("action.needs", { permission: needRead })}</p>
      ) : query.data !== undefined ? (
        children(query.data)
      ) : problem !== undefined ? (
        <ProblemNotice
          title={t("configuration.failed", { what: title })}
          problem={problem}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <div className={css.waiting}>
          <Bone width="40%" />
        </div>
      )}
    </Card>
  );
}
