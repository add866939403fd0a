import { ListBucketsCommand } from "@aws-sdk/client-s3";
import * as api from "@myfsio/client";
import { type Api, anonymous, apiOf, newUser, ok, sessionOf } from "../../support/api";
import { s3Of } from "../../support/s3";
import type { Server } from "../../support/server";
import { expect, test } from "../../support/test";
import { code, stepNow } from "../../support/totp";

const OLD = "correct horse battery";
const NEW = "another horse battery";

/** What the console sends as somebody: the cookie of a session, and the header that no foreign page can send. */
async function asConsole(server: Server, who: Record<string, string>) {
  const { name, value } = await sessionOf(server, who as unknown as Parameters<typeof sessionOf>[1]);
  return { Cookie: `${name}=${value}`, "X-Myfsio-Console": "1", Origin: server.ui };
}

const status = async (request: Promise<{ response?: Response }>) => (await request).response?.status;

test("passwords, one's own sessions, and devices", async ({ admin: client, server, bucket }) => {
  const nobody = anonymous(server);
  const name = `pat-${bucket}`;
  const path = { name };
  await ok(api.createIdentity({ client, path: { kind: "users" }, body: { name } }));
  expect(await status(api.setPassword({ client, path, body: { password: OLD, mustChange: false } }))).toBe(204);
  const headers = await asConsole(server, { userName: name, password: OLD });
  const own = { client: nobody, headers };
  expect(await ok(api.getProfile(own))).toMatchObject({ userName: name, accessKeys: [], devices: [], mfa: false });

  // Sessions: another one is seen, and ended by its id; all others at once.
  await asConsole(server, { userName: name, password: OLD });
  const both = (await ok(api.listSessions(own))).sessions;
  expect(both.map((session) => session.password)).toEqual([true, true]);
  const other = both.find((session) => !session.current)?.id as string;
  expect(await status(api.endSession({ ...own, path: { id: other } }))).toBe(204);
  expect(await status(api.endSession({ ...own, path: { id: other } }))).toBe(404);
  const third = await asConsole(server, { userName: name, password: OLD });
  expect(await status(api.endOtherSessions(own))).toBe(204);
  expect(await status(api.getProfile({ client: nobody, headers: third }))).toBe(401);

  // One's own password: the session that changes it goes on.
  const change = (password: string) => api.changePassword({ ...own, body: { password, newPassword: NEW } });
  expect(await status(change("not the old one"))).toBeGreaterThanOrEqual(400);
  expect(await status(change(OLD))).toBe(204);
  expect(await ok(api.getProfile(own))).toMatchObject({ userName: name });

  // A device, confirmed by two codes one after the other, and taken away with the next.
  const device = `phone-${bucket}`;
  const made = await ok(api.enrolDevice({ ...own, body: { name: device } }));
  const now = stepNow();
  const confirm = (first: string, second: string) =>
    api.confirmDevice({ ...own, body: { token: made.token, first, second } });
  expect(await status(confirm("000000", "000000"))).toBeGreaterThanOrEqual(400);
  await ok(confirm(code(made.seed, now - 1), code(made.seed, now)));
  expect((await ok(api.getProfile(own))).devices.map((d) => d.name)).toEqual([device]);
  const remove = (shown: string) => api.removeOwnDevice({ ...own, path: { device }, body: { code: shown } });
  expect(await status(remove(code(made.seed, now)))).toBeGreaterThanOrEqual(400); // it was used
  expect(await status(remove(code(made.seed, now + 1)))).toBe(204);
  expect(await status(api.removeDevice({ client, path: { name, device } }))).toBe(404);

  // What an administrator ends.
  expect(await status(api.endConsole({ client, path }))).toBe(204);
  expect(await status(api.getProfile(own))).toBe(401);
  expect(await status(api.deletePassword({ client, path }))).toBe(204);
  await expect(asConsole(server, { userName: name, password: NEW })).rejects.toThrow(/sign-in: 401/);
  await ok(api.deleteIdentity({ client, path: { kind: "users", name } }));
});

test("an access key with an end", async ({ admin: client, server, bucket }) => {
  const name = `end-${bucket}`;
  const made = await ok(api.createIdentity({ client, path: { kind: "users" }, body: { name, accessKey: true } }));
  const s3 = s3Of(server, { accessKey: made.accessKey as string, secretKey: made.secretKey as string });
  await s3.send(new ListBucketsCommand());
  const key = { name, key: made.accessKey as string };
  const ended = new Date(Date.now() - 1000).toISOString();
  await ok(api.setAccessKey({ client, path: key, body: { active: true, expires: ended } }));
  await expect(s3.send(new ListBucketsCommand())).rejects.toThrow(/does not exist/);
  s3.destroy();
  await ok(api.deleteIdentity({ client, path: { kind: "users", name } }));
});

test("what would be decided, and who has access", async ({ admin: client, server, bucket }) => {
  await ok(api.createBucket({ client, body: { name: bucket } }));
  const reader = await newUser(client, [{ bucket, actions: ["read"] }], `Reader of ${bucket}`);
  const ask = (asker: Api) =>
    api.simulate({
      client: asker,
      body: {
        principal: reader.accessKey,
        actions: ["s3:GetObject", "s3:DeleteObject"],
        resources: [`arn:aws:s3:::${bucket}/a`],
      },
    });
  const { results } = await ok(ask(client));
  expect(results.map((r) => [r.action, r.decision])).toEqual([
    ["s3:GetObject", "allowed"],
    ["s3:DeleteObject", "implicitDeny"],
  ]);
  const low = await apiOf(server, reader);
  expect(await status(ask(low))).toBe(403);
  const { principals } = await ok(api.getBucketAccess({ client, path: { bucket }, query: { prefix: "a" } }));
  expect(principals.map((p) => p.name)).toContain(reader.accessKey);
  expect(await status(api.getBucketAccess({ client: low, path: { bucket } }))).toBe(403);
  await ok(api.deleteBucket({ client, path: { bucket } }));
});

test("single sign-on is not there without a provider", async ({ server }) => {
  const client = anonymous(server);
  expect(await status(api.startSingleSignOn({ client, redirect: "manual" }))).toBe(404);
  const query = { state: "x", code: "x" };
  expect(await status(api.finishSingleSignOn({ client, redirect: "manual", query }))).toBe(404);
  expect(await status(api.leaveSingleSignOn({ client, redirect: "manual" }))).toBe(404);
});
