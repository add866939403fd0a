import { readdir, readFile } from "node:fs/promises";
import * as api from "@myfsio/client";
import { type Api, anonymous, apiOf, newUser, ok } from "../../support/api";
import { noise, sha256 } from "../../support/samples";
import { expect, test } from "../../support/test";
import { unzip } from "../../support/zip";

const MIB = 1024 * 1024;

/** Waits until a job is over. */
async function over(client: Api, id: string): Promise<api.Job> {
  await expect
    .poll(async () => (await ok(api.getJob({ client, path: { id } }))).state, { intervals: [20, 50, 100] })
    .toMatch(/^(done|failed|canceled)$/);
  return ok(api.getJob({ client, path: { id } }));
}

/** What a problem document must say, whatever the operation. */
function isProblem(answer: { error?: unknown; response?: Response }, status: number, code: string): void {
  expect(answer.response?.status).toBe(status);
  expect(answer.response?.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(answer.error).toMatchObject({ status, code, requestId: expect.stringMatching(/.+/) });
  expect(answer.response?.headers.get("x-request-id")).toBe((answer.error as api.Problem).requestId);
}

test("the server: health, version, configuration, itself", async ({ server, admin }) => {
  const nobody = anonymous(server);
  const health = await ok(api.getHealth({ client: nobody }));
  expect(health.status).toBe("ok");
  expect((await api.headHealth({ client: nobody })).response?.status).toBe(200);
  const matrix = await ok(api.getCompatibility({ client: nobody }));
  expect(matrix.operations).toContainEqual({
    name: "GetObject",
    built: true,
    methods: ["GET"],
    actions: ["s3:GetObject"],
  });
  expect(matrix.operations.find((o) => o.name === "SelectObjectContent")?.built).toBe(false);
  expect(matrix.policyOperators).toContain("StringLike");
  const version = await ok(api.getVersion({ client: admin }));
  expect(version.version).toBe(health.version);
  const settings = (await ok(api.getConfig({ client: admin }))).settings;
  const named = (name: string) => settings.find((s) => s.name === name);
  expect(named("SHUTDOWN_GRACE_SECONDS")).toMatchObject({ value: "2", source: "environment" });
  expect(JSON.stringify(settings)).not.toContain(server.admin.secretKey);
  const itself = await ok(api.getServer({ client: admin }));
  expect(itself).toMatchObject({ version: version.version, s3Endpoint: server.s3, region: "us-east-1" });
  expect(itself.users).toBeGreaterThan(0);
});

test("sessions and tokens", async ({ server }) => {
  const nobody = anonymous(server);
  expect((await ok(api.getSession({ client: nobody }))).user).toBeUndefined();
  const headers = { "X-Myfsio-Console": "1", Origin: server.ui };
  const begun = await api.createSession({ client: nobody, headers, body: server.admin });
  expect(begun.data?.user).toMatchObject({ accessKey: server.admin.accessKey, admin: true });
  const set = begun.response?.headers.get("set-cookie") ?? "";
  expect(set).toMatch(/HttpOnly/i);
  expect(set).toMatch(/SameSite=Strict/i);
  const cookie = { Cookie: set.split(";")[0] as string };
  expect((await ok(api.getSession({ client: nobody, headers: cookie }))).user?.admin).toBe(true);
  // The cookie alone changes nothing: another site's page could send it.
  const foreign = { ...cookie, "X-Myfsio-Console": "1", Origin: "http://elsewhere.example" };
  isProblem(
    await api.createBucket({ client: nobody, headers: foreign, body: { name: "foreign" } }),
    403,
    "ForeignOrigin",
  );
  const bare = await api.createBucket({ client: nobody, headers: cookie, body: { name: "foreign" } });
  expect(bare.response?.status).toBe(403);
  expect((await api.deleteSession({ client: nobody, headers: { ...headers, ...cookie } })).response?.ok).toBe(true);
  isProblem(await api.listBuckets({ client: nobody, headers: cookie }), 401, "Unauthenticated");

  const token = await ok(api.createToken({ client: nobody, body: { ...server.admin, expiresIn: 60 } }));
  expect(token.tokenType).toBe("Bearer");
  expect(Date.parse(token.expires) - Date.now()).toBeLessThanOrEqual(61_000);
  const bearer = { Authorization: `Bearer ${token.token}` };
  expect((await api.listBuckets({ client: nobody, headers: bearer })).response?.status).toBe(200);
  const tampered = { Authorization: `Bearer ${token.token.slice(0, -3)}abc` };
  expect((await api.listBuckets({ client: nobody, headers: tampered })).response?.status).toBe(401);
  const wrong = await api.createToken({ client: nobody, body: { ...server.admin, secretKey: "wrong" } });
  expect(wrong.response?.ok).toBe(false);

  const first = await ok(api.createToken({ client: nobody, body: { ...server.admin, refresh: true } }));
  const next = await ok(api.refreshToken({ client: nobody, body: { refreshToken: first.refreshToken as string } }));
  const renewed = { Authorization: `Bearer ${next.token}` };
  expect((await api.listBuckets({ client: nobody, headers: renewed })).response?.status).toBe(200);
  await ok(api.revokeToken({ client: nobody, body: { token: next.refreshToken as string } }));
  isProblem(await api.listBuckets({ client: nobody, headers: renewed }), 401, "Unauthenticated");
});

test("buckets and their versioning", async ({ admin: client, bucket }) => {
  const made = await ok(api.createBucket({ client, body: { name: bucket } }));
  expect(made).toMatchObject({ name: bucket, objects: 0, bytes: 0, versioning: "Off", access: "private" });
  isProblem(await api.createBucket({ client, body: { name: bucket } }), 409, "BucketAlreadyOwnedByYou");
  isProblem(await api.createBucket({ client, body: { name: "UPPER" } }), 400, "InvalidBucketName");
  const path = { bucket };
  await ok(api.putContent({ client, path, query: { key: "a" }, body: new Blob(["12345"]) }));
  const list = await ok(api.listBuckets({ client, query: { search: bucket, sort: "bytes", order: "desc" } }));
  expect(list).toMatchObject({ total: 1, buckets: [{ name: bucket, objects: 1, bytes: 5 }] });
  expect(await ok(api.getVersioning({ client, path }))).toMatchObject({ versioning: "Off" });
  await ok(api.setVersioning({ client, path, body: { versioning: "Enabled" } }));
  expect(await ok(api.getVersioning({ client, path }))).toMatchObject({ versioning: "Enabled" });
  expect((await ok(api.getBucket({ client, path }))).versioning).toBe("Enabled");
  isProblem(await api.deleteBucket({ client, path }), 409, "BucketNotEmpty");
  const [only] = (await ok(api.listVersions({ client, path, query: {} }))).versions;
  await ok(api.deleteObject({ client, path, query: { key: "a", versionId: only?.versionId as string } }));
  await ok(api.deleteBucket({ client, path }));
  isProblem(await api.getBucket({ client, path }), 404, "NoSuchBucket");
});

test("objects: write, read, browse, search, copy, move, rename, delete", async ({ admin: client, bucket }) => {
  await ok(api.createBucket({ client, body: { name: bucket, versioning: true } }));
  const path = { bucket };
  const content = noise(200_000);
  const put = (key: string, body: Blob) =>
    ok(api.putContent({ client, path, query: { key }, headers: { "Content-Type": body.type || undefined }, body }));
  const stored = await put("docs/ü one.bin", new Blob([new Uint8Array(content)]));
  expect(stored).toMatchObject({ key: "docs/ü one.bin", size: content.length });
  await put("docs/two.txt", new Blob(["two"], { type: "text/plain" }));
  await ok(api.createFolder({ client, path, body: { prefix: "empty/" } }));
  isProblem(
    await api.putContent({
      client,
      path,
      query: { key: "docs/two.txt" },
      headers: { "If-None-Match": "*" },
      body: new Blob(["x"]),
    }),
    412,
    "PreconditionFailed",
  );

  const got = await api.getContent({ client, path, query: { key: "docs/ü one.bin" }, parseAs: "blob" });
  expect(sha256(new Uint8Array(await (got.data as Blob).arrayBuffer()))).toBe(sha256(content));
  expect(got.response?.headers.get("content-disposition")).toMatch(/^attachment/);
  const some = await api.getContent({
    client,
    path,
    query: { key: "docs/two.txt" },
    headers: { Range: "bytes=1-1" },
    parseAs: "text",
  });
  expect(some.response?.status).toBe(206);
  expect(some.data).toBe("w");

  const top = await ok(api.listObjects({ client, path, query: { delimiter: "/", count: true } }));
  expect(top.folders.map((f) => f.prefix)).toEqual(["docs/", "empty/"]);
  const first = await ok(api.listObjects({ client, path, query: { limit: 1 } }));
  expect(first.objects).toHaveLength(1);
  const second = await ok(api.listObjects({ client, path, query: { limit: 5, cursor: first.cursor as string } }));
  expect(second.objects.map((o) => o.key)).toEqual(["docs/ü one.bin", "empty/"]);
  const found = await ok(api.searchObjects({ client, path, query: { query: "TWO" } }));
  expect(found.objects.map((o) => o.key)).toEqual(["docs/two.txt"]);
  expect(await ok(api.getObject({ client, path, query: { key: "docs/two.txt" } }))).toMatchObject({
    size: 3,
    contentType: "text/plain",
    latest: true,
  });

  await ok(api.copyObject({ client, path, body: { key: "docs/two.txt", targetKey: "copy.txt" } }));
  isProblem(
    await api.copyObject({ client, path, body: { key: "docs/two.txt", targetKey: "copy.txt" } }),
    412,
    "PreconditionFailed",
  );
  await ok(api.moveObject({ client, path, body: { key: "copy.txt", targetKey: "moved/copy.txt" } }));
  await ok(api.renameObject({ client, path, body: { key: "moved/copy.txt", name: "renamed.txt" } }));
  isProblem(await api.getObject({ client, path, query: { key: "moved/copy.txt" } }), 404, "NoSuchKey");
  const gone = await ok(api.deleteObject({ client, path, query: { key: "moved/renamed.txt" } }));
  expect(gone.deleteMarker).toBe(true);
  const versions = await ok(api.listVersions({ client, path, query: { key: "moved/renamed.txt" } }));
  expect(versions.versions.map((v) => [v.deleteMarker, v.latest])).toEqual([
    [true, true],
    [false, false],
  ]);
});

test("uploads in parts", async ({ admin: client, bucket }) => {
  await ok(api.createBucket({ client, body: { name: bucket } }));
  const path = { bucket };
  const body = { key: "large.bin", contentType: "application/x-noise", metadata: [{ name: "from", value: "api" }] };
  const { uploadId } = await ok(api.createUpload({ client, path, body }));
  const pieces = [noise(5 * MIB), noise(1000)];
  const parts: api.PartRef[] = [];
  for (const [i, piece] of pieces.entries()) {
    const part = await ok(
      api.putPart({
        client,
        path: { bucket, uploadId, number: i + 1 },
        query: { key: "large.bin" },
        body: new Blob([new Uint8Array(piece)]),
      }),
    );
    parts.push({ number: i + 1, etag: part.etag });
  }
  expect((await ok(api.listUploads({ client, path }))).uploads.map((u) => u.uploadId)).toEqual([uploadId]);
  const listed = await ok(api.listParts({ client, path: { bucket, uploadId }, query: { key: "large.bin" } }));
  expect(listed.parts.map((p) => p.size)).toEqual(pieces.map((p) => p.length));
  const one = parts[0] as api.PartRef;
  isProblem(
    await api.completeUpload({
      client,
      path: { bucket, uploadId },
      body: { key: "large.bin", parts: [{ ...one, etag: '"00000000000000000000000000000000"' }] },
    }),
    400,
    "InvalidPart",
  );
  await ok(api.completeUpload({ client, path: { bucket, uploadId }, body: { key: "large.bin", parts } }));
  const object = await ok(api.getObject({ client, path, query: { key: "large.bin" } }));
  expect(object).toMatchObject({ size: 5 * MIB + 1000, parts: 2, contentType: "application/x-noise" });
  expect(object.metadata).toEqual([{ name: "from", value: "api" }]);
  const whole = await api.getContent({ client, path, query: { key: "large.bin" }, parseAs: "blob" });
  expect(sha256(new Uint8Array(await (whole.data as Blob).arrayBuffer()))).toBe(sha256(Buffer.concat(pieces)));

  const other = await ok(api.createUpload({ client, path, body: { key: "given-up" } }));
  await ok(api.abortUpload({ client, path: { bucket, uploadId: other.uploadId }, query: { key: "given-up" } }));
  expect((await ok(api.listUploads({ client, path }))).uploads).toEqual([]);
  isProblem(
    await api.listParts({ client, path: { bucket, uploadId: other.uploadId }, query: { key: "given-up" } }),
    404,
    "NoSuchUpload",
  );
});

test("archives, links and jobs", async ({ admin: client, bucket }) => {
  await ok(api.createBucket({ client, body: { name: bucket } }));
  const path = { bucket };
  for (let i = 0; i < 10; i += 1) {
    await ok(api.putContent({ client, path, query: { key: `in/${i}.txt` }, body: new Blob([`content ${i}`]) }));
  }
  const ticket = await ok(api.createZip({ client, path, body: { prefixes: ["in/"], name: "all.zip" } }));
  const archive = await api.getZip({ client, path, query: { ticket: ticket.ticket }, parseAs: "arrayBuffer" });
  expect(archive.response?.headers.get("content-disposition")).toContain("all.zip");
  const files = unzip(Buffer.from(archive.data as unknown as ArrayBuffer));
  expect(files.get("in/7.txt")?.toString()).toBe("content 7");
  const again = await api.getZip({ client, path, query: { ticket: ticket.ticket } });
  expect(again.response?.ok, "a ticket is good once").toBe(false);

  const link = await ok(api.createLink({ client, body: { bucket, key: "in/1.txt", method: "GET", expires: 60 } }));
  expect(await (await fetch(link.url)).text()).toBe("content 1");
  const long = await api.createLink({ client, body: { bucket, key: "x", method: "GET", expires: 604_801 } });
  expect(long.response?.ok).toBe(false);

  const copy = await ok(
    api.createBulkCopy({ client, body: { bucket, prefixes: ["in/"], base: "in/", targetPrefix: "out/" } }),
  );
  expect(await over(client, copy.id)).toMatchObject({ kind: "copy", state: "done", done: 10, failed: 0 });
  const remove = await ok(api.createBulkDelete({ client, body: { bucket, prefixes: ["in/"], keys: ["out/3.txt"] } }));
  expect(await over(client, remove.id)).toMatchObject({ kind: "delete", state: "done", done: 11 });
  const left = await ok(api.listObjects({ client, path, query: {} }));
  expect(left.objects.map((o) => o.key)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9].map((i) => `out/${i}.txt`));
  const jobs = (await ok(api.listJobs({ client }))).jobs.map((j) => j.id);
  expect(jobs).toEqual(expect.arrayContaining([copy.id, remove.id]));
  await ok(api.cancelJob({ client, path: { id: copy.id } }));
  isProblem(await api.getJob({ client, path: { id: copy.id } }), 404, "NoSuchJob");
});

test("the audit log: searched, explained, downloaded", async ({ admin: client, server }) => {
  const made = await ok(api.createUser({ client, body: { display_name: "Logged", policies: [] } }));
  const found = await ok(api.searchAudit({ client, query: { operation: "createUser", user: server.admin.accessKey } }));
  const line = found.entries.find((e) => e.target === made.access_key);
  expect(line).toMatchObject({ kind: "change", status: 201, action: "iam:CreateUser", decision: { allowed: true } });
  expect(found.level).toBe("changes");
  const first = await ok(api.searchAudit({ client, query: { limit: 1 } }));
  expect(first.entries).toHaveLength(1);
  const next = await ok(api.searchAudit({ client, query: { limit: 1, cursor: first.cursor ?? "" } }));
  expect(next.entries[0]?.n).toBe((first.entries[0]?.n ?? 0) - 1);
  const they = await apiOf(server, { accessKey: made.access_key, secretKey: made.secret_key });
  const refused = await api.searchAudit({ client: they });
  isProblem(refused, 403, "AccessDenied");
  const request = refused.response?.headers.get("x-request-id") ?? "";
  await expect
    .poll(async () => (await ok(api.explainAudit({ client, path: { request } }))).found, { intervals: [20, 50, 100] })
    .toBe(true);
  const said = await ok(api.explainAudit({ client, path: { request } }));
  expect(said).toMatchObject({ denied: true, why: expect.stringContaining("myfsio:GetAuditLog is not allowed") });
  const exported = await ok(api.exportAudit({ client, query: { operation: "createUser" }, parseAs: "text" }));
  expect(String(exported)).toContain(made.access_key);
  await ok(api.deleteUser({ client, path: { accessKey: made.access_key } }));
});

test("users: made, changed, rotated, removed", async ({ admin: client, server }) => {
  const made = await ok(
    api.createUser({ client, body: { display_name: "Ann", policies: [{ bucket: "*", actions: ["list"] }] } }),
  );
  const who = { accessKey: made.access_key, secretKey: made.secret_key };
  const asAnn = await apiOf(server, who);
  const find = async () =>
    (await ok(api.listUsers({ client }))).users.find((user) => user.access_key === made.access_key);
  expect(await find()).toMatchObject({ display_name: "Ann", admin: false });
  expect(JSON.stringify(await ok(api.listUsers({ client })))).not.toContain(made.secret_key);
  isProblem(await api.createBucket({ client: asAnn, body: { name: "anns-own-bucket" } }), 403, "AccessDenied");
  await ok(
    api.setUserPolicies({
      client,
      path: { accessKey: made.access_key },
      body: [{ bucket: "*", actions: ["list", "read", "s3:CreateBucket"] }] as never,
    }),
  );
  expect((await api.createBucket({ client: asAnn, body: { name: "anns-own-bucket" } })).response?.status).toBe(201);
  const rotated = await ok(api.rotateSecret({ client, path: { accessKey: made.access_key } }));
  expect(rotated.secret_key).not.toBe(made.secret_key);
  expect((await api.createToken({ client: anonymous(server), body: who })).response?.ok).toBe(false);
  expect((await api.listBuckets({ client: asAnn })).response?.status, "an old token ends with its secret").toBe(401);
  await ok(api.deleteUser({ client, path: { accessKey: made.access_key } }));
  expect(await find()).toBeUndefined();
});

test("accounts: made, apart from each other, removed", async ({ admin: client, server, bucket }) => {
  const made = await ok(api.createAccount({ client, body: { name: "team", display_name: "The team" } }));
  expect(made).toMatchObject({
    id: expect.stringMatching(/^\d{12}$/),
    canonical_id: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const boss = await apiOf(server, { accessKey: made.access_key, secretKey: made.secret_key });
  const { accounts } = await ok(api.listAccounts({ client }));
  expect(accounts.map((a) => a.name)).toEqual(["default", "team"]);
  await ok(api.createBucket({ client: boss, body: { name: bucket } }));
  expect((await ok(api.listBuckets({ client: boss }))).buckets).toMatchObject([{ name: bucket, owner: "team" }]);
  isProblem(await api.getBucket({ client, path: { bucket } }), 403, "AccessDenied");
  isProblem(await api.createBucket({ client, body: { name: bucket } }), 409, "BucketAlreadyExists");
  isProblem(await api.listAccounts({ client: boss }), 403, "AccessDenied");
  isProblem(await api.deleteAccount({ client, path: { name: "team" } }), 409, "OperationAborted");
  await ok(api.deleteBucket({ client: boss, path: { bucket } }));
  await ok(api.deleteAccount({ client, path: { name: "team" } }));
  expect((await api.listBuckets({ client: boss })).response?.status).toBe(401);
});

test("configuration documents, with the checks and the codes of the S3 port", async ({ admin, server, bucket }) => {
  await ok(api.createBucket({ client: admin, body: { name: bucket } }));
  const path = { bucket };
  expect(await ok(api.getBucketTagging({ client: admin, path }))).not.toHaveProperty("document");
  const document = "<Tagging><TagSet><Tag><Key>team</Key><Value>blue</Value></Tag></TagSet></Tagging>";
  await ok(api.putBucketTagging({ client: admin, path, body: { document } }));
  expect((await ok(api.getBucketTagging({ client: admin, path }))).document).toContain("<Value>blue</Value>");
  isProblem(await api.putBucketTagging({ client: admin, path, body: { document: "no" } }), 400, "MalformedXML");
  const reader = await apiOf(server, await newUser(admin, [{ bucket, actions: ["list", "read"] }]));
  isProblem(await api.putBucketTagging({ client: reader, path, body: { document } }), 403, "AccessDenied");
  await ok(api.deleteBucketTagging({ client: admin, path }));
  expect(await ok(api.getBucketTagging({ client: admin, path }))).not.toHaveProperty("document");

  // The others: what is not there is no error, and what is no document is refused.
  const client = admin;
  const body = { document: "no document" };
  for (const read of [
    api.getBucketAcl({ client, path }),
    api.getBucketCors({ client, path }),
    api.getBucketLifecycle({ client, path }),
    api.getBucketOwnershipControls({ client, path }),
    api.getBucketPolicy({ client, path }),
    api.getBucketPolicyStatus({ client, path }),
    api.getBucketWebsite({ client, path }),
    api.getObjectLockConfiguration({ client, path }),
    api.getPublicAccessBlock({ client, path }),
  ]) {
    expect((await read).response?.status).toBe(200);
  }
  for (const write of [
    api.putBucketAcl({ client, path, body }),
    api.putBucketCors({ client, path, body }),
    api.putBucketLifecycle({ client, path, body }),
    api.putBucketOwnershipControls({ client, path, body }),
    api.putBucketPolicy({ client, path, body }),
    api.putBucketWebsite({ client, path, body }),
    api.putObjectLockConfiguration({ client, path, body }),
    api.putPublicAccessBlock({ client, path, body }),
  ]) {
    expect((await write).response?.status).toBe(400);
  }
  for (const remove of [
    api.deleteBucketCors({ client, path }),
    api.deleteBucketLifecycle({ client, path }),
    api.deleteBucketOwnershipControls({ client, path }),
    api.deleteBucketPolicy({ client, path }),
    api.deleteBucketWebsite({ client, path }),
    api.deletePublicAccessBlock({ client, path }),
  ]) {
    expect((await remove).response?.status).toBe(204);
  }
});

test("retention and legal hold of a version, with the checks of the S3 port", async ({ admin, server, bucket }) => {
  const client = admin;
  const path = { bucket };
  expect(await ok(api.createBucket({ client, body: { name: bucket, objectLock: true } }))).toMatchObject({
    objectLock: true,
    versioning: "Enabled",
  });
  await ok(api.putContent({ client, path, query: { key: "a" }, body: new Blob(["a"]) }));
  const query = { key: "a" };
  expect(await ok(api.getObjectRetention({ client, path, query }))).not.toHaveProperty("document");
  expect(await ok(api.getObjectLegalHold({ client, path, query }))).not.toHaveProperty("document");
  const until = new Date(Date.now() + 86_400_000).toISOString();
  const document = `<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>${until}</RetainUntilDate></Retention>`;
  await ok(api.putObjectRetention({ client, path, query, body: { document } }));
  await ok(
    api.putObjectLegalHold({ client, path, query, body: { document: "<LegalHold><Status>ON</Status></LegalHold>" } }),
  );
  const object = await ok(api.getObject({ client, path, query }));
  expect(object).toMatchObject({ objectLock: true, legalHold: true, retention: { mode: "GOVERNANCE" } });
  expect(Date.parse(object.retention?.until ?? "")).toBe(Date.parse(until));
  const version = { ...query, versionId: object.versionId as string };
  isProblem(await api.deleteObject({ client, path, query: version }), 403, "ObjectLocked");
  await ok(
    api.putObjectLegalHold({ client, path, query, body: { document: "<LegalHold><Status>OFF</Status></LegalHold>" } }),
  );
  const ends = { document: "<Retention/>" };
  isProblem(await api.putObjectRetention({ client, path, query, body: ends }), 403, "ObjectLocked");
  const reader = await apiOf(server, await newUser(admin, [{ bucket, actions: ["list", "read"] }]));
  isProblem(await api.putObjectRetention({ client: reader, path, query, body: { document } }), 403, "AccessDenied");
  await ok(api.putObjectRetention({ client, path, query: { ...query, bypass: true }, body: ends }));
  expect((await api.deleteObject({ client, path, query: version })).response?.ok).toBe(true);
});

test("the quota of a bucket, and what its lifecycle rules would do", async ({ admin, bucket }) => {
  const client = admin;
  const path = { bucket };
  await ok(api.createBucket({ client, body: { name: bucket } }));
  await ok(api.putContent({ client, path, query: { key: "a" }, body: new Blob(["a"]) }));
  await ok(api.setQuota({ client, path, body: { maxBytes: 5 } }));
  expect(await ok(api.getQuota({ client, path }))).toMatchObject({ bytes: 1, objects: 1, maxBytes: 5 });
  const tooMuch = await api.putContent({ client, path, query: { key: "b" }, body: new Blob(["too much"]) });
  isProblem(tooMuch, 403, "QuotaExceeded");
  expect((await ok(api.getLifecycleHistory({ client, path }))).runs).toEqual([]);
  const rules = [{ id: "old", expireDays: 1 }];
  const preview = await ok(api.previewLifecycle({ client, path, body: { rules } }));
  expect(preview).toMatchObject({ looked: 1, markers: 0 });
});

test("what nobody may do without signing in, and a restricted user neither", async ({ server, admin, bucket }) => {
  await ok(api.createBucket({ client: admin, body: { name: bucket } }));
  await ok(api.putContent({ client: admin, path: { bucket }, query: { key: "a" }, body: new Blob(["a"]) }));
  const path = { bucket };
  const upload = { bucket, uploadId: "none" };
  const body = new Blob(["x"]);
  const key = { key: "a" };
  const calls: Record<string, (client: Api) => Promise<{ error?: unknown; response?: Response }>> = {
    createBucket: (client) => api.createBucket({ client, body: { name: `${bucket}-new` } }),
    deleteBucket: (client) => api.deleteBucket({ client, path }),
    getBucket: (client) => api.getBucket({ client, path }),
    getContent: (client) => api.getContent({ client, path, query: key }),
    putContent: (client) => api.putContent({ client, path, query: key, body }),
    createFolder: (client) => api.createFolder({ client, path, body: { prefix: "f/" } }),
    deleteObject: (client) => api.deleteObject({ client, path, query: key }),
    getObject: (client) => api.getObject({ client, path, query: key }),
    copyObject: (client) => api.copyObject({ client, path, body: { key: "a", targetKey: "b" } }),
    moveObject: (client) => api.moveObject({ client, path, body: { key: "a", targetKey: "b" } }),
    renameObject: (client) => api.renameObject({ client, path, body: { key: "a", name: "b" } }),
    listObjects: (client) => api.listObjects({ client, path, query: {} }),
    searchObjects: (client) => api.searchObjects({ client, path, query: { query: "a" } }),
    listUploads: (client) => api.listUploads({ client, path }),
    createUpload: (client) => api.createUpload({ client, path, body: key }),
    abortUpload: (client) => api.abortUpload({ client, path: upload, query: key }),
    completeUpload: (client) =>
      api.completeUpload({ client, path: upload, body: { key: "a", parts: [{ number: 1, etag: '"x"' }] } }),
    listParts: (client) => api.listParts({ client, path: upload, query: key }),
    putPart: (client) => api.putPart({ client, path: { ...upload, number: 1 }, query: key, body }),
    getVersioning: (client) => api.getVersioning({ client, path }),
    setVersioning: (client) => api.setVersioning({ client, path, body: { versioning: "Enabled" } }),
    listVersions: (client) => api.listVersions({ client, path, query: {} }),
    createZip: (client) => api.createZip({ client, path, body: { keys: ["a"] } }),
    getConfig: (client) => api.getConfig({ client }),
    listUsers: (client) => api.listUsers({ client }),
    createUser: (client) => api.createUser({ client, body: { display_name: "x" } }),
    deleteUser: (client) => api.deleteUser({ client, path: { accessKey: "e2e-admin" } }),
    setUserPolicies: (client) => api.setUserPolicies({ client, path: { accessKey: "e2e-admin" }, body: [] as never }),
    rotateSecret: (client) => api.rotateSecret({ client, path: { accessKey: "e2e-admin" } }),
    createBulkCopy: (client) => api.createBulkCopy({ client, body: { bucket, keys: ["a"], targetPrefix: "c/" } }),
    createBulkDelete: (client) => api.createBulkDelete({ client, body: { bucket, keys: ["a"] } }),
    createLink: (client) => api.createLink({ client, body: { bucket, key: "a", method: "GET" } }),
    getServer: (client) => api.getServer({ client }),
  };
  const restricted = await apiOf(server, await newUser(admin, [{ bucket: "somewhere-else", actions: ["list"] }]));
  for (const [name, call] of Object.entries(calls)) {
    await test.step(name, async () => {
      isProblem(await call(restricted), 403, "AccessDenied");
      const nobody = await call(anonymous(server));
      expect(nobody.response?.status).toBe(401);
    });
  }
  // Nothing of it left a trace.
  const list = await ok(api.listObjects({ client: admin, path, query: {} }));
  expect(list.objects.map((o) => o.key)).toEqual(["a"]);
  expect((await ok(api.getBucket({ client: admin, path }))).versioning).toBe("Off");
  expect(await ok(api.listBuckets({ client: restricted }))).toMatchObject({ total: 0, buckets: [] });
});

test("jobs and tickets are of those who made them", async ({ server, admin, bucket }) => {
  await ok(api.createBucket({ client: admin, body: { name: bucket } }));
  const job = await ok(api.createBulkDelete({ client: admin, body: { bucket, prefixes: ["nothing/"] } }));
  const other = await apiOf(server, await newUser(admin, [{ bucket, actions: ["list", "read"] }]));
  isProblem(await api.getJob({ client: other, path: { id: job.id } }), 404, "NoSuchJob");
  isProblem(await api.cancelJob({ client: other, path: { id: job.id } }), 404, "NoSuchJob");
  expect((await ok(api.listJobs({ client: other }))).jobs).toEqual([]);
});

test("what is wrong with a request is told by field", async ({ admin: client, server, bucket }) => {
  const bad = await api.createBucket({ client, body: { name: 7 } as never });
  expect(bad.response?.status).toBe(422);
  expect(bad.error?.errors).toEqual([expect.objectContaining({ location: "body.name" })]);
  const unknown = await fetch(`${server.ui}/myfsio/no-such-operation`);
  expect(unknown.status).toBe(404);
  expect(unknown.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  isProblem(await api.listObjects({ client, path: { bucket }, query: {} }), 404, "NoSuchBucket");
});

test("every operation of the specification is called in this folder", async () => {
  const root = new URL("../../../", import.meta.url);
  const { paths } = JSON.parse(await readFile(new URL("openapi/openapi.json", root), "utf8")) as {
    paths: Record<string, Record<string, { operationId?: string }>>;
  };
  const here = new URL(".", import.meta.url);
  const called = (await Promise.all((await readdir(here)).map((name) => readFile(new URL(name, here), "utf8")))).join();
  const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map((o) => o.operationId));
  expect(ids.filter((id) => id !== undefined && !called.includes(`api.${id}(`))).toEqual([]);
});

test("the S3 port offers the same operations, but takes no cookie", async ({ server }) => {
  const onS3 = { ...server, ui: server.s3 };
  const client = await apiOf(onS3, server.admin);
  expect((await api.getVersion({ client })).response?.status).toBe(200);
});
