import { Button } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Dialog, DialogForm, TypedName } from "@/components/ui/dialog";
import { t } from "@/lib/i18n";
import { bucketLifecycle, lifecycleHistory, saveLifecycle } from "../../api/lifecycle";
import { type DryRun, ended } from "../../model/dryRun";
import { type Lifecycle, readLifecycle } from "../../model/lifecycle";
import { Found } from "./Found";
import css from "./lifecycle.module.css";
import { useDryRun } from "./useDryRun";

/** More than this many ask for the name of the bucket. */
const MANY = 1000;

interface ReviewProps {
  bucket: Bucket;
  now: Lifecycle;
  /** What is to take its place; undefined: no rules. */
  next: string | undefined;
  /** Whether more may be deleted than by the rules that are in force, so that it must be tried. */
  tries: boolean;
  action: string;
  danger?: boolean;
  back?: string;
  onLeave: () => void;
  onDone: () => void;
  children: ReactNode;
}

/** Whether something of it is gone for good: more than a delete marker that hides a version. */
const isFinal = (found: DryRun, bucket: Bucket): boolean =>
  found.removed.count > 0 || found.uploads.count > 0 || (found.expired.count > 0 && bucket.versioning !== "Enabled");

/** The last step before rules are stored: what they would delete at once. */
export function Review(props: ReviewProps) {
  const { bucket, now, next, tries } = props;
  const queries = useQueryClient();
  const [rules] = useState(() => readLifecycle(next).rules);
  const trial = useDryRun(bucket.name, tries ? rules : undefined);
  const [typed, setTyped] = useState("");
  const doomed = ended(trial.found);
  const asks = trial.phase === "stopped" || doomed > MANY;
  return (
    <DialogForm
      action={props.action}
      failure={t("lifecycle.not-saved")}
      danger={props.danger === true || doomed > 0 || trial.phase === "stopped"}
      ready={(trial.phase === "done" || trial.phase === "stopped") && (!asks || typed === bucket.name)}
      onLeave={props.onLeave}
      onDone={props.onDone}
      {...(props.back === undefined ? {} : { back: props.back })}
      onSubmit={async () => {
        await saveLifecycle(bucket.name, now, next);
        void queries.invalidateQueries({ queryKey: lifecycleHistory(bucket.name).queryKey });
        await queries.invalidateQueries({ queryKey: bucketLifecycle(bucket.name).queryKey });
      }}
    >
      {props.children}
      {tries && <Found bucket={bucket} trial={trial} partly={rules.some((r) => r.enabled && r.unknown.length > 0)} />}
      {tries && doomed > 0 && (
        <p className={css.careful}>
          {t(isFinal(trial.found, bucket) ? "lifecycle.careful-final" : "lifecycle.careful")}
        </p>
      )}
      {asks && (
        <TypedName label={t("objects.type-bucket", { bucket: bucket.name })} value={typed} onChange={setTyped} />
      )}
    </DialogForm>
  );
}

/** Tries the rules as they are. */
export function DryRunDialog({ bucket, now, onClose }: { bucket: Bucket; now: Lifecycle; onClose: () => void }) {
  const trial = useDryRun(bucket.name, now.rules);
  return (
    <Dialog title={t("dry-run.title")} onClose={onClose} size={560}>
      <div className={css.dialog}>
        <p className="muted">{t("dry-run.text")}</p>
        <Found bucket={bucket} trial={trial} partly={now.rules.some((r) => r.enabled && r.unknown.length > 0)} />
        <div className={css.close}>
          <Button variant="default" size="sm" onClick={onClose} data-autofocus>
            {t("action.close")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
