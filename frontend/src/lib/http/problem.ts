/**
 * A request that did not succeed: what the server said (an RFC 9457 problem, with the S3 code and the request's id), or
 * that there was no answer at all (`status` 0).
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  /** S3 error code, as "AccessDenied"; empty when the server gave none. */
  readonly code: string;
  readonly requestId: string;
  /** Faults by field, as "body.name" → text. */
  readonly fields: ReadonlyMap<string, string>;

  constructor(said: {
    status: number;
    text?: string;
    code?: string;
    requestId?: string;
    fields?: Map<string, string>;
  }) {
    super(said.text ?? "");
    this.status = said.status;
    this.code = said.code ?? "";
    this.requestId = said.requestId ?? "";
    this.fields = said.fields ?? new Map();
  }

  /** No answer: the server is down, or this machine is offline. */
  get unreachable(): boolean {
    return this.status === 0;
  }

  /** Worth another try without a change: no answer, overload, or a fault of the server's. */
  get passing(): boolean {
    return (
      this.status === 0 ||
      this.status === 408 ||
      this.status === 429 ||
      (this.status >= 500 && this.status !== 501 && this.status !== 507)
    );
  }
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Reads a problem from an answer's body; what is no problem document still gives one, with the status alone. */
export function problemOf(status: number, body: unknown, requestId?: string | null): Problem {
  const said = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const fields = new Map<string, string>();
  if (Array.isArray(said.errors)) {
    for (const e of said.errors as Record<string, unknown>[]) {
      const where = text(e.location);
      if (where !== undefined) fields.set(where, text(e.message) ?? "");
    }
  }
  return new Problem({
    status,
    text: text(said.detail) ?? text(said.title),
    code: text(said.code),
    requestId: text(said.requestId) ?? text(requestId),
    fields,
  });
}

/** Any thrown thing as a problem; an abort by ourselves is not one and is passed on by the caller before. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TypeError) return new Problem({ status: 0 });
  return new Problem({ status: 0, text: thrown instanceof Error ? thrown.message : String(thrown) });
}
