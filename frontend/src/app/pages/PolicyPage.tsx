import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ACCESS, managedPolicy } from "@/features/access/api/access";
import { PolicyDetails } from "@/features/access/components/PolicyDetails";
import { policyName } from "@/features/access/model/kinds";
import { t } from "@/lib/i18n";
import { useTitle } from "@/lib/title";
import { QueryFault } from "./FaultPages";

export function PolicyPage() {
  const { arn = "" } = useSearch({ from: "/shell/access/policy" });
  const query = useQuery(managedPolicy(arn));
  const queries = useQueryClient();
  const navigate = useNavigate();
  const name = policyName(arn);
  useTitle(name);
  if (query.isError && query.data === undefined) {
    return <QueryFault name={name} title={t("iam.one-failed", { name })} query={query} />;
  }
  if (query.data === undefined) return null;
  return (
    <PolicyDetails
      policy={query.data}
      onGone={() => {
        void navigate({ to: "/access/policies" }).then(() => {
          queries.removeQueries({ queryKey: managedPolicy(arn).queryKey });
          return queries.invalidateQueries({ queryKey: ACCESS });
        });
      }}
    />
  );
}
