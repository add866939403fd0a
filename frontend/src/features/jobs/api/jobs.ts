import { cancelJob as cancel, type Job, listJobs } from "@myfsio/client";
import { queryOptions } from "@tanstack/react-query";
import { answer, done } from "@/lib/http/api";

export const isActive = (job: Job): boolean =>
  job.state === "counting" || job.state === "running" || job.state === "interrupted";

/** The jobs of the person, newest first. Asked again each second while one runs, else now and then. */
export const jobs = () =>
  queryOptions({
    queryKey: ["jobs"],
    queryFn: async ({ signal }) => (await answer(listJobs({ signal }))).jobs,
    refetchInterval: (query) => (query.state.data?.some(isActive) ? 1000 : 30_000),
  });

export const cancelJob = (id: string) => done(cancel({ path: { id } }));
