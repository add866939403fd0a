import { client } from "@myfsio/client";
import { reauthentication } from "@/lib/session";
import { asProblem, Problem, problemOf } from "./problem";

/** Writes carry it: a page of another origin cannot send it, so it cannot act in the person's name. */
export const OWN_HEADER = { "X-Myfsio-Console": "1" } as const;

/** As fetch; when the session has ended, waits for the person to sign in again and repeats the request. */
async function fetchSignedIn(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const repeat = request.clone();
  const response = await globalThis.fetch(request);
  if (response.status !== 401 || new URL(request.url).pathname === "/myfsio/session") return response;
  await reauthentication(new Problem({ status: 401 }));
  return globalThis.fetch(repeat);
}

client.setConfig({
  baseUrl: globalThis.location?.origin ?? "",
  headers: OWN_HEADER,
  credentials: "same-origin",
  fetch: fetchSignedIn as typeof fetch,
});

/** What a request of the generated client came to: its data, or a thrown Problem. */
export async function answer<D>(
  request: Promise<{ data?: D; error?: unknown; response?: Response }>,
): Promise<NonNullable<D>> {
  const { data, error, response } = await request;
  if (response === undefined) throw error instanceof Error && error.name === "AbortError" ? error : asProblem(error);
  if (!response.ok) throw problemOf(response.status, error, response.headers.get("x-request-id"));
  return data as NonNullable<D>;
}

/** As `answer`, for operations that answer with nothing. */
export async function done(request: Promise<{ error?: unknown; response?: Response }>): Promise<void> {
  await answer(request as Promise<{ data?: unknown; error?: unknown; response?: Response }>);
}
