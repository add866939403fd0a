import { type client, createClient, createConfig, createToken, createUser } from "@myfsio/client";
import type { Credentials, Server } from "./server";

/** A client of the admin API; it is given to the generated operations as `client`. */
export type Api = typeof client;

/** A client of the admin API without credentials. */
export const anonymous = (server: Server): Api => createClient(createConfig({ baseUrl: server.ui }));

/** A client of the admin API that acts for somebody, with a token. */
export async function apiOf(server: Server, who: Credentials): Promise<Api> {
  const { data, error } = await createToken({ client: anonymous(server), body: { ...who, expiresIn: 3600 } });
  if (data === undefined) throw new Error(`no token: ${JSON.stringify(error)}`);
  return createClient(createConfig({ baseUrl: server.ui, headers: { Authorization: `Bearer ${data.token}` } }));
}

/** What an operation answered; throws what the server said when it was refused. */
export async function ok<D>(request: Promise<{ data?: D; error?: unknown }>): Promise<NonNullable<D>> {
  const { data, error } = await request;
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return data as NonNullable<D>;
}

let users = 0;

export interface Policy {
  bucket: string;
  actions: string[];
}

/** Makes a user with these policies. */
export async function newUser(admin: Api, policies: Policy[], name = `User ${++users}`): Promise<Credentials> {
  const made = await ok(createUser({ client: admin, body: { display_name: name, policies } }));
  return { accessKey: made.access_key, secretKey: made.secret_key };
}

/** Signs in as the console does and gives the value of the session's cookie. */
export async function sessionOf(server: Server, who: Credentials): Promise<{ name: string; value: string }> {
  const response = await fetch(`${server.ui}/myfsio/session`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Myfsio-Console": "1", Origin: server.ui },
    body: JSON.stringify(who),
  });
  if (!response.ok) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
  const [pair = ""] = (response.headers.get("set-cookie") ?? "").split(";");
  const cut = pair.indexOf("=");
  return { name: pair.slice(0, cut), value: pair.slice(cut + 1) };
}

/** Ends a session on the server, as an expiry does. */
export async function endSession(server: Server, cookie: { name: string; value: string }): Promise<void> {
  const response = await fetch(`${server.ui}/myfsio/session`, {
    method: "DELETE",
    headers: { "X-Myfsio-Console": "1", Origin: server.ui, Cookie: `${cookie.name}=${cookie.value}` },
  });
  if (!response.ok) throw new Error(`sign-out: ${response.status} ${await response.text()}`);
}
