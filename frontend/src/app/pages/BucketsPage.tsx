import { useNavigate, useSearch } from "@tanstack/react-router";
import { BucketList } from "@/features/buckets/components/BucketList";
import { t } from "@/lib/i18n";
import { useTitle } from "@/lib/title";

export function BucketsPage() {
  const view = useSearch({ from: "/shell/buckets" });
  const navigate = useNavigate();
  useTitle(t("nav.buckets"));
  return <BucketList view={view} onView={(next) => void navigate({ to: "/buckets", search: next, replace: true })} />;
}
