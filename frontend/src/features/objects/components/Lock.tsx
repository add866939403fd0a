import type { Object as StoredObject } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Badge, Fact, Facts } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { exactTime, relative } from "@/lib/format";
import { t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { setLegalHold } from "../api/objects";
import css from "./objects.module.css";
import { RetentionDialog } from "./RetentionDialog";

/** What keeps a version from being deleted: its retention, and a legal hold. */
export function Lock({ bucket, object }: { bucket: string; object: StoredObject }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"retention" | "hold">();
  const lacks = (action: string) => (may(object.permissions, action) ? undefined : action);
  const { retention, legalHold: held } = object;
  const readsRetention = lacks("s3:GetObjectRetention");
  const readsHold = lacks("s3:GetObjectLegalHold");
  const setsHold = readsHold ?? lacks("s3:PutObjectLegalHold");
  const changed = () => queries.invalidateQueries({ queryKey: ["objects", bucket, "details", object.key] });
  return (
    <>
      <Facts>
        <Fact name={t("retention.title")}>
          {readsRetention !== undefined ? (
            <span className="muted">{t("action.needs", { permission: readsRetention })}</span>
          ) : retention === undefined ? (
            <span className="muted">{t("retention.none")}</span>
          ) : (
            <>
              <Badge tone={new Date(retention.until) > new Date() ? "accent" : undefined}>
                {t(
                  new Date(retention.until) <= new Date()
                    ? "retention.over"
                    : retention.mode === "GOVERNANCE"
                      ? "retention.governance"
                      : "retention.compliance",
                )}
              </Badge>{" "}
              {t("retention.until")} {exactTime(new Date(retention.until))}{" "}
              <span className="muted">({relative(new Date(retention.until), new Date())})</span>
            </>
          )}
        </Fact>
        <Fact name={t("hold.title")}>
          {readsHold !== undefined ? (
            <span className="muted">{t("action.needs", { permission: readsHold })}</span>
          ) : held ? (
            <Badge tone="accent">{t("hold.on")}</Badge>
          ) : (
            <span className="muted">{t("hold.off")}</span>
          )}
        </Fact>
      </Facts>
      <div className={css.lockActs}>
        <Guarded
          variant="default"
          need={readsRetention ?? lacks("s3:PutObjectRetention")}
          onClick={() => setAsking("retention")}
        >
          {t(retention === undefined ? "retention.set" : "retention.change")}
        </Guarded>
        <Guarded variant="default" need={setsHold} onClick={() => setAsking("hold")}>
          {t(held ? "hold.end" : "hold.place")}
        </Guarded>
      </div>
      {asking === "retention" && (
        <RetentionDialog bucket={bucket} object={object} onChanged={changed} onClose={() => setAsking(undefined)} />
      )}
      {asking === "hold" && (
        <FormDialog
          title={t(held ? "hold.end" : "hold.place")}
          action={t(held ? "hold.end" : "hold.place")}
          failure={t("hold.not-changed")}
          onClose={() => setAsking(undefined)}
          onSubmit={async () => {
            await setLegalHold(bucket, object.key, object.versionId, !held);
            await changed();
          }}
        >
          <p>{t(held ? "hold.end-text" : "hold.place-text")}</p>
        </FormDialog>
      )}
    </>
  );
}
