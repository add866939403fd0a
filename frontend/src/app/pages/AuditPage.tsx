import { useNavigate, useSearch } from "@tanstack/react-router";
import { Empty } from "@/components/ui/basics";
import { AuditIcon } from "@/components/ui/icons";
import { AuditLog } from "@/features/audit/components/AuditLog";
import { t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";

const ACTION = "myfsio:GetAuditLog";

export function AuditPage() {
  const { permissions } = useSession();
  const view = useSearch({ from: "/shell/activity/audit" });
  const navigate = useNavigate();
  if (!may(permissions, ACTION)) {
    return (
      <Empty
        icon={<AuditIcon size={20} />}
        title={t("audit.not-yours")}
        text={t("action.needs", { permission: ACTION })}
      />
    );
  }
  return (
    <AuditLog
      view={view}
      onView={(next, how) => void navigate({ to: "/activity/audit", search: next, replace: how?.replace ?? false })}
    />
  );
}
