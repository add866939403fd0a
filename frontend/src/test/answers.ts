export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

export const problem = (status: number, code: string, detail: string): Response =>
  new Response(JSON.stringify({ type: "about:blank", title: "", status, code, detail, requestId: "REQ0123456789" }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });

export const empty = (): Response => new Response(null, { status: 204 });
