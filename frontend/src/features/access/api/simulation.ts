import { type SimulationRequest, simulate } from "@myfsio/client";
import { queryOptions } from "@tanstack/react-query";
import { answer } from "@/lib/http/api";
import { ACCESS } from "./access";

/** What would be decided over requests. It is asked anew each time: policies change. */
export const simulation = (body: SimulationRequest) =>
  queryOptions({
    queryKey: [...ACCESS, "simulation", body],
    queryFn: ({ signal }) => answer(simulate({ body, signal })),
    staleTime: 0,
    gcTime: 0,
  });
