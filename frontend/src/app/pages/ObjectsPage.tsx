import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { bucketNamed } from "@/features/buckets/api/buckets";
import { syncLine } from "@/features/buckets/model/hints";
import { jobs } from "@/features/jobs/api/jobs";
import { JobStrip } from "@/features/jobs/components/JobStrip";
import { ObjectBrowser } from "@/features/objects/components/ObjectBrowser";
import type { View } from "@/features/objects/model/view";
import { uploadDropped, uploadFiles } from "@/features/uploads/model/uploads";
import { t } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { say } from "@/lib/toast";

/** The Objects tab: brings the browser, the uploads and the jobs together, which know nothing of each other. */
export function ObjectsPage() {
  const { bucket } = useParams({ from: "/shell/buckets/$bucket/" });
  const view = useSearch({ from: "/shell/buckets/$bucket/" });
  const { s3Endpoint } = useSession();
  const { data } = useQuery(bucketNamed(bucket));
  const navigate = useNavigate();
  const queries = useQueryClient();
  const onView = useCallback(
    (next: View, how?: { replace: boolean }) =>
      void navigate({
        to: "/buckets/$bucket",
        params: { bucket },
        search: next,
        replace: how?.replace ?? false,
        resetScroll: false,
      }),
    [navigate, bucket],
  );
  return (
    <ObjectBrowser
      bucket={bucket}
      view={view}
      onView={onView}
      versioned={data?.versioning === "Enabled"}
      syncLine={syncLine(s3Endpoint, bucket)}
      onJob={(job) => {
        queries.setQueryData(jobs().queryKey, (old) => [job, ...(old ?? []).filter((other) => other.id !== job.id)]);
        void queries.invalidateQueries({ queryKey: jobs().queryKey });
        say(t("jobs.started"));
      }}
      onFiles={(prefix, files) => uploadFiles(bucket, prefix, files)}
      onDrop={(prefix, dropped) => uploadDropped(bucket, prefix, dropped)}
      jobs={<JobStrip bucket={bucket} />}
    />
  );
}
