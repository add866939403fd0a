import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { ACCESS, identityNamed } from "@/features/access/api/access";
import { IdentityDetails } from "@/features/access/components/IdentityDetails";
import { KINDS, type Kind } from "@/features/access/model/kinds";
import { t } from "@/lib/i18n";
import { oneOf } from "@/lib/search";
import { useTitle } from "@/lib/title";
import { NotFoundPage, QueryFault } from "./FaultPages";

export function IdentityPage() {
  const { kind, name } = useParams({ from: "/shell/access/$kind/$name" });
  const known = oneOf(KINDS, kind);
  return known === undefined ? <NotFoundPage /> : <One key={`${kind} ${name}`} kind={known} name={name} />;
}

function One({ kind, name }: { kind: Kind; name: string }) {
  const query = useQuery(identityNamed(kind, name));
  const queries = useQueryClient();
  const navigate = useNavigate();
  useTitle(name);
  if (query.isError && query.data === undefined) {
    return <QueryFault name={name} title={t("iam.one-failed", { name })} query={query} />;
  }
  if (query.data === undefined) return null;
  return (
    <IdentityDetails
      kind={kind}
      identity={query.data}
      onGone={() => {
        void navigate({ to: "/access/$kind", params: { kind } }).then(() => {
          queries.removeQueries({ queryKey: identityNamed(kind, name).queryKey });
          return queries.invalidateQueries({ queryKey: ACCESS });
        });
      }}
    />
  );
}
