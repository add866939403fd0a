import { useNavigate, useSearch } from "@tanstack/react-router";
import { PolicyList } from "@/features/access/components/PolicyList";
import { t } from "@/lib/i18n";
import { useTitle } from "@/lib/title";

export function PoliciesPage() {
  const view = useSearch({ from: "/shell/access/policies" });
  const navigate = useNavigate();
  useTitle(t("iam.policies"));
  return (
    <PolicyList view={view} onView={(next) => void navigate({ to: "/access/policies", search: next, replace: true })} />
  );
}
