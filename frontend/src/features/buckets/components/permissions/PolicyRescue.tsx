import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Card, Snippet } from "@/components/ui/basics";
import { t } from "@/lib/i18n";
import { prettyJson } from "@/lib/json";
import { useSession } from "@/lib/session";
import { bucketPolicy } from "../../api/permissions";
import { DetachDialog } from "./DetachDialog";
import css from "./permissions.module.css";

/** For an administrator who may not reach the bucket: the policy that shuts them out, which they can take away all the same. */
export function PolicyRescue({ bucket }: { bucket: string }) {
  const { user } = useSession();
  const { data: attached } = useQuery({ ...bucketPolicy(bucket), enabled: user?.admin === true });
  const [asking, setAsking] = useState(false);
  if (attached === undefined || attached === null) return null;
  return (
    <Card
      title={t("policy.title")}
      actions={
        <Button variant="default" onClick={() => setAsking(true)}>
          {t("policy.detach")}
        </Button>
      }
    >
      <div className={css.stack}>
        <p>{t("policy.rescue")}</p>
        <div className={css.attached}>
          <Snippet text={prettyJson(attached)} label={t("policy.attached-now")} />
        </div>
      </div>
      {asking && <DetachDialog bucket={bucket} attached={attached} onClose={() => setAsking(false)} />}
    </Card>
  );
}
