import { getConfig, getServer } from "@myfsio/client";
import { queryOptions } from "@tanstack/react-query";
import { answer } from "@/lib/http/api";

export const settings = () =>
  queryOptions({
    queryKey: ["settings", "config"],
    queryFn: async ({ signal }) => (await answer(getConfig({ signal }))).settings,
  });

export const server = () =>
  queryOptions({
    queryKey: ["settings", "server"],
    queryFn: ({ signal }) => answer(getServer({ signal })),
    refetchInterval: 10_000,
  });
