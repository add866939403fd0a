import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { IdentityList, TITLES } from "@/features/access/components/IdentityList";
import { KINDS, type Kind } from "@/features/access/model/kinds";
import { t } from "@/lib/i18n";
import { oneOf } from "@/lib/search";
import { useTitle } from "@/lib/title";
import { NotFoundPage } from "./FaultPages";

export function AccessPage() {
  const kind = oneOf(KINDS, useParams({ from: "/shell/access/$kind" }).kind);
  return kind === undefined ? <NotFoundPage /> : <Listed key={kind} kind={kind} />;
}

function Listed({ kind }: { kind: Kind }) {
  const view = useSearch({ from: "/shell/access/$kind" });
  const navigate = useNavigate();
  useTitle(t(TITLES[kind]));
  return (
    <IdentityList
      kind={kind}
      view={view}
      onView={(next) => void navigate({ to: "/access/$kind", params: { kind }, search: next, replace: true })}
    />
  );
}
