import { type AuditPage, explainAudit, searchAudit } from "@myfsio/client";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer } from "@/lib/http/api";
import { type AuditView, filtersOf } from "../model/view";

const LIMIT = 200;
/** How many parts of the log are looked at in a row that have nothing: then the person is asked. */
const BARREN = 16;

/** Lines of the log, newest first. A page has something in it, unless the end or the bound was reached. */
export const auditLines = ({ line: _, ...view }: AuditView) =>
  infiniteQueryOptions({
    queryKey: ["audit", "lines", view],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }): Promise<AuditPage> => {
      let cursor = pageParam;
      for (let looks = 1; ; looks += 1) {
        const query = { ...filtersOf(view, new Date()), limit: LIMIT, ...(cursor === undefined ? {} : { cursor }) };
        const page = await answer(searchAudit({ query, signal }));
        if (page.entries.length > 0 || page.cursor === undefined || looks >= BARREN) return page;
        cursor = page.cursor;
      }
    },
    getNextPageParam: (page) => page.cursor,
  });

/** Why a request was denied. Looks through the whole log. */
export const explanation = (request: string) =>
  queryOptions({
    queryKey: ["audit", "why", request],
    queryFn: async ({ signal }) => {
      let cursor: string | undefined;
      for (;;) {
        const query = cursor === undefined ? {} : { cursor };
        const said = await answer(explainAudit({ path: { request }, query, signal }));
        if (said.cursor === undefined) return said;
        cursor = said.cursor;
      }
    },
  });
