import { Indicator } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { IconButton } from "@/components/ui/basics";
import { ActivityIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { isActive, jobs } from "../api/jobs";

/** There only while jobs run; leads to them. */
export function JobsButton() {
  const navigate = useNavigate();
  const { data } = useQuery(jobs());
  const count = data?.filter(isActive).length ?? 0;
  if (count === 0) return null;
  return (
    <Indicator processing size={8} offset={5} color="accent">
      <IconButton label={t("jobs.running", { count })} size={32} onClick={() => void navigate({ to: "/activity" })}>
        <ActivityIcon size={16} />
      </IconButton>
    </Indicator>
  );
}
