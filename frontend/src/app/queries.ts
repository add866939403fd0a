import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/lib/http/problem";

/** What the server said is shown at once and asked again when a page is opened; passing failures are tried twice more. */
export const makeQueries = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        gcTime: 5 * 60_000,
        retry: (failures, thrown) => failures < 2 && asProblem(thrown).passing,
        retryDelay: (attempt) => 500 * 2 ** attempt,
        refetchOnWindowFocus: true,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
