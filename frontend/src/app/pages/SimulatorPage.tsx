import { useNavigate, useSearch } from "@tanstack/react-router";
import { Simulator } from "@/features/access/components/Simulator";
import { t } from "@/lib/i18n";
import { useTitle } from "@/lib/title";

export function SimulatorPage() {
  const view = useSearch({ from: "/shell/access/simulator" });
  const navigate = useNavigate();
  useTitle(t("simulate.title"));
  return (
    <Simulator
      view={view}
      onView={(next) => void navigate({ to: "/access/simulator", search: { ...next }, replace: true })}
    />
  );
}
