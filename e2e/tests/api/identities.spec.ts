import { GetObjectCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import * as api from "@myfsio/client";
import { type Api, anonymous, apiOf, newUser, ok } from "../../support/api";
import { s3Of, seed } from "../../support/s3";
import { expect, test } from "../../support/test";

const READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const allow = (action: string, principal?: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      principal === undefined
        ? { Effect: "Allow", Action: action, Resource: "*" }
        : { Effect: "Allow", Principal: { AWS: principal }, Action: action },
    ],
  });

test("a user made by the admin API signs requests of S3 with what it is given", async ({
  admin: client,
  server,
  s3,
  bucket,
}) => {
  await seed(s3, bucket, { "a.txt": "readable" });
  const name = `user-${bucket}`;
  const path = { kind: "users", name } as const;
  const made = await ok(api.createIdentity({ client, path, body: { name, accessKey: true, displayName: "Ada" } }));
  const ada = s3Of(server, { accessKey: made.accessKey as string, secretKey: made.secretKey as string });
  const read = () => ada.send(new GetObjectCommand({ Bucket: bucket, Key: "a.txt" }));
  await expect(read()).rejects.toThrow(/not authorized|Access Denied/);
  await ok(api.attachPolicy({ client, path, query: { arn: READ_ONLY } }));
  expect(await (await read()).Body?.transformToString()).toBe("readable");
  await ok(api.setBoundary({ client, path, query: { arn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" } }));
  await expect(read()).rejects.toThrow();
  await ok(api.deleteBoundary({ client, path }));
  await ok(api.detachPolicy({ client, path, query: { arn: READ_ONLY } }));
  await expect(read()).rejects.toThrow();
  await ok(
    api.putInlinePolicy({ client, path: { ...path, policy: "reads" }, body: { document: allow("s3:GetObject") } }),
  );
  await read();
  await ok(api.tagIdentity({ client, path, body: { tags: [{ name: "team", value: "blue" }] } }));
  expect(await ok(api.getIdentity({ client, path }))).toMatchObject({
    displayName: "Ada",
    inline: [{ name: "reads", document: allow("s3:GetObject") }],
    tags: [{ name: "team", value: "blue" }],
    accessKeys: [{ id: made.accessKey, active: true, lastUsed: expect.any(String) }],
  });
  await ok(api.untagIdentity({ client, path, query: { tag: ["team"] } }));
  await ok(api.deleteInlinePolicy({ client, path: { ...path, policy: "reads" } }));

  const second = await ok(api.createAccessKey({ client, path: { name } }));
  const key = { name, key: second.accessKey };
  const other = s3Of(server, second);
  await other.send(new ListBucketsCommand());
  await ok(api.setAccessKey({ client, path: key, body: { active: false } }));
  await expect(other.send(new ListBucketsCommand())).rejects.toThrow(/does not exist/);
  await ok(api.deleteAccessKey({ client, path: key }));
  await ok(api.updateIdentity({ client, path, body: { disabled: true } }));
  await expect(ada.send(new ListBucketsCommand())).rejects.toThrow(/does not exist/);
  await ok(api.deleteIdentity({ client, path }));
  const { identities } = await ok(api.listIdentities({ client, path: { kind: "users" } }));
  expect(identities.map((i) => i.name)).not.toContain(name);
  ada.destroy();
  other.destroy();
});

test("groups, roles and managed policies", async ({ admin: client, bucket }) => {
  const user = `u-${bucket}`;
  const group = { kind: "groups", name: `g-${bucket}` } as const;
  const role = { kind: "roles", name: `r-${bucket}` } as const;
  await ok(api.createIdentity({ client, path: { kind: "users" }, body: { name: user } }));
  await ok(api.createIdentity({ client, path: group, body: { name: group.name } }));
  await ok(api.addMember({ client, path: { name: group.name, user } }));
  expect((await ok(api.getIdentity({ client, path: group }))).users).toEqual([{ name: user, displayName: user }]);
  await ok(api.removeMember({ client, path: { name: group.name, user } }));
  expect((await ok(api.getIdentity({ client, path: group }))).users).toBeUndefined();

  const trust = allow("sts:AssumeRole", "000000000000");
  await ok(api.createIdentity({ client, path: role, body: { name: role.name, trust } }));
  const narrower = allow("sts:AssumeRole", `arn:aws:iam::000000000000:user/${user}`);
  await ok(api.setTrustPolicy({ client, path: { name: role.name }, body: { document: narrower } }));
  expect((await ok(api.getIdentity({ client, path: role }))).trust).toBe(narrower);

  const name = `p-${bucket}`;
  const made = await ok(
    api.createManagedPolicy({ client, body: { name, document: allow("s3:GetObject"), description: "Reads" } }),
  );
  const query = { arn: made.arn };
  await ok(api.createPolicyVersion({ client, query, body: { document: allow("s3:ListAllMyBuckets"), default: true } }));
  await ok(api.setDefaultPolicyVersion({ client, query: { ...query, version: 1 } }));
  await ok(api.deletePolicyVersion({ client, query: { ...query, version: 2 } }));
  expect(await ok(api.getManagedPolicy({ client, query }))).toMatchObject({
    description: "Reads",
    defaultVersion: 1,
    versions: [{ number: 1, document: allow("s3:GetObject") }],
  });
  await ok(api.deleteManagedPolicy({ client, query }));
  const { policies } = await ok(api.listManagedPolicies({ client }));
  expect(policies.map((p) => p.name)).not.toContain(name);
  expect(policies.find((p) => p.arn === READ_ONLY)).toMatchObject({ builtIn: true, name: "AmazonS3ReadOnlyAccess" });
});

test("whoever has no right to identities is refused each of them", async ({ admin, server, bucket }) => {
  const user = { kind: "users", name: `victim-${bucket}` } as const;
  const group = { kind: "groups", name: `all-${bucket}` } as const;
  for (const path of [user, group]) await ok(api.createIdentity({ client: admin, path, body: { name: path.name } }));
  const body = { document: allow("*") };
  const query = { arn: READ_ONLY };
  const version = { ...query, version: 1 };
  const key = { name: user.name, key: "any" };
  const member = { name: group.name, user: user.name };
  const inline = { ...user, policy: "p" };
  const calls: Record<string, (client: Api) => Promise<{ error?: unknown; response?: Response }>> = {
    list: (client) => api.listIdentities({ client, path: user }),
    create: (client) => api.createIdentity({ client, path: user, body: { name: "no", accessKey: true } }),
    get: (client) => api.getIdentity({ client, path: user }),
    update: (client) => api.updateIdentity({ client, path: user, body: { disabled: true } }),
    delete: (client) => api.deleteIdentity({ client, path: user }),
    putInline: (client) => api.putInlinePolicy({ client, path: inline, body }),
    deleteInline: (client) => api.deleteInlinePolicy({ client, path: inline }),
    attach: (client) => api.attachPolicy({ client, path: user, query }),
    detach: (client) => api.detachPolicy({ client, path: user, query }),
    createKey: (client) => api.createAccessKey({ client, path: { name: user.name } }),
    setKey: (client) => api.setAccessKey({ client, path: key, body: { active: true } }),
    deleteKey: (client) => api.deleteAccessKey({ client, path: key }),
    addMember: (client) => api.addMember({ client, path: member }),
    removeMember: (client) => api.removeMember({ client, path: member }),
    policies: (client) => api.listManagedPolicies({ client }),
    createPolicy: (client) => api.createManagedPolicy({ client, body: { name: "no", ...body } }),
    policy: (client) => api.getManagedPolicy({ client, query }),
    deletePolicy: (client) => api.deleteManagedPolicy({ client, query }),
    createVersion: (client) => api.createPolicyVersion({ client, query, body }),
    setDefault: (client) => api.setDefaultPolicyVersion({ client, query: version }),
  };
  const restricted = await apiOf(server, await newUser(admin, [{ bucket: "*", actions: ["list", "read", "write"] }]));
  for (const [name, call] of Object.entries(calls)) {
    const refused = await call(restricted);
    expect(refused.response?.status, name).toBe(403);
    expect(refused.error, name).toMatchObject({ code: "AccessDenied", requestId: expect.any(String) });
    expect((await call(anonymous(server))).response?.status, name).toBe(401);
  }
  const left = await ok(api.getIdentity({ client: admin, path: user }));
  expect(left).toMatchObject({ disabled: false, policies: 0, groups: 0, keys: 0 });
  const { identities } = await ok(api.listIdentities({ client: admin, path: { kind: "users" } }));
  expect(identities.map((i) => i.name)).not.toContain("no");
});
