import type { AuditEntry, Bucket, Entry, Job, ObjectList, Session } from "@myfsio/client";
import { empty, json, problem } from "./answers";
import { People, POLICIES } from "./people";

interface Stored {
  body: Uint8Array;
  size: number;
  type: string;
  modified: string;
}

const ALL = [
  "s3:ListBucket",
  "s3:GetObject",
  "s3:GetObjectVersion",
  "s3:PutObject",
  "s3:DeleteObject",
  "s3:DeleteObjectVersion",
  "s3:DeleteBucket",
  "s3:PutBucketVersioning",
  "s3:GetBucketTagging",
  "s3:PutBucketTagging",
  "s3:GetBucketPolicy",
  "s3:PutBucketPolicy",
  "s3:DeleteBucketPolicy",
  "s3:GetBucketPolicyStatus",
  "s3:GetBucketPublicAccessBlock",
  "s3:PutBucketPublicAccessBlock",
  "s3:GetBucketOwnershipControls",
  "s3:PutBucketOwnershipControls",
  "s3:GetBucketAcl",
  "s3:PutBucketAcl",
  "s3:GetBucketCORS",
  "s3:PutBucketCORS",
  "s3:GetLifecycleConfiguration",
  "s3:PutLifecycleConfiguration",
  "s3:GetBucketObjectLockConfiguration",
  "s3:PutBucketObjectLockConfiguration",
  "s3:GetBucketWebsite",
  "s3:PutBucketWebsite",
];

/**
 * The console's side of the server, in memory: enough of each operation to draw every page by. Requests in, answers
 * out; it knows nothing of a browser.
 */
export class Console {
  signedIn = true;
  admin = true;
  permissions = ALL;
  warnings: Session["warnings"] = [];
  readonly buckets = new Map<
    string,
    {
      created: string;
      versioning: Bucket["versioning"];
      objects: Map<string, Stored>;
      documents: Map<string, string>;
    }
  >();
  readonly jobs: Job[] = [];
  readonly people = new People();
  /** Lines of the audit log, newest first. */
  readonly audit: AuditEntry[] = [];
  readonly requests: string[] = [];
  readonly now = new Date("2026-11-20T12:00:00Z");

  bucket(name: string, keys: Record<string, string | number> = {}, versioning: Bucket["versioning"] = "Off"): void {
    const objects = new Map<string, Stored>();
    let age = 0;
    for (const [key, content] of Object.entries(keys)) {
      age += 3_700_000;
      const body = typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array();
      const size = typeof content === "number" ? content : body.length;
      objects.set(key, { body, size, type: typeOf(key), modified: new Date(this.now.getTime() - age).toISOString() });
    }
    this.buckets.set(name, {
      created: "2026-10-02T08:30:00Z",
      versioning,
      objects,
      documents: new Map([["acl", ACL]]),
    });
  }

  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname
      .replace(/^\/myfsio/, "")
      .split("/")
      .filter(Boolean)
      .map(decodeURIComponent);
    this.requests.push(`${request.method} ${url.pathname}${url.search}`);
    const body = async () => (await request.json()) as Record<string, unknown>;
    if (path[0] === "session") {
      if (request.method === "DELETE") {
        this.signedIn = false;
        return empty();
      }
      if (request.method === "POST") {
        if ((await body()).secretKey === "wrong") {
          return problem(
            403,
            "AccessDenied",
            "The access key or the secret key is wrong, or too many attempts failed. Try again later.",
          );
        }
        this.signedIn = true;
      }
      return json(this.#session());
    }
    if (!this.signedIn) return problem(401, "Unauthenticated", "Sign in first.");
    if (path[0] === "buckets") return this.#buckets(request, path.slice(1), url.searchParams, body);
    if (path[0] === "audit") return this.#audit(path.slice(1), url.searchParams);
    if (path[0] === "jobs") return this.#jobs(request, path.slice(1), body);
    if (path[0] === "presign") {
      const { bucket, key, expires = 300, method } = await body();
      const seconds = Number(expires);
      return json({
        url: `http://127.0.0.1:5000/${bucket}/${key}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=${seconds}&X-Amz-Signature=8f1c`,
        method,
        expires: new Date(this.now.getTime() + seconds * 1000).toISOString(),
      });
    }
    if (path[0] === "identities") return this.people.identities(request, path.slice(1), body);
    if (path[0] === "policies") return json({ policies: POLICIES, total: POLICIES.length });
    if (path[0] === "policy") return json(this.people.policy(url.searchParams.get("arn") ?? ""));
    if (path[0] === "config") return json({ settings: SETTINGS });
    if (path[0] === "server") return json(this.#server());
    return problem(404, "NotFound", "There is nothing of this name.");
  }

  #session(): Session {
    return {
      user: this.signedIn
        ? {
            id: "AIDALOCALADMIN",
            userName: "localadmin",
            accessKey: "localadmin",
            name: "Local Admin",
            account: "default",
            admin: this.admin,
            environment: false,
            provider: false,
          }
        : undefined,
      permissions: this.signedIn && this.admin ? ["s3:CreateBucket", "myfsio:GetAuditLog", ...this.people.general] : [],
      warnings: this.signedIn ? this.warnings : [],
      s3Endpoint: "http://127.0.0.1:5000",
      version: "0.1.0",
      region: "us-east-1",
      pageSize: 100,
      maxUploadSize: 5 * 1024 ** 3,
      minPartSize: 5 * 1024 ** 2,
      linkExpires: 300,
    };
  }

  #bucket(name: string): Bucket {
    const b = this.buckets.get(name);
    if (b === undefined) throw new Error(name);
    const bytes = [...b.objects.values()].reduce((n, o) => n + o.size, 0);
    return {
      name,
      created: b.created,
      region: "us-east-1",
      owner: "default",
      versioning: b.versioning,
      objectLock: false,
      access: name.startsWith("public") ? "public" : "private",
      objects: b.objects.size,
      bytes,
      versions: b.objects.size,
      versionBytes: bytes,
      deleteMarkers: 0,
      uploads: 0,
      uploadBytes: 0,
      permissions: this.permissions,
    };
  }

  async #buckets(
    request: Request,
    [name, what, ...rest]: string[],
    query: URLSearchParams,
    body: () => Promise<Record<string, unknown>>,
  ): Promise<Response> {
    if (name === undefined) {
      if (request.method === "POST") {
        const { name: made, versioning } = (await body()) as { name: string; versioning: boolean };
        if (this.buckets.has(made))
          return problem(409, "BucketAlreadyOwnedByYou", "You have a bucket of this name already.");
        this.bucket(made, {}, versioning ? "Enabled" : "Off");
        return json(this.#bucket(made), 201);
      }
      const words = query.get("search") ?? "";
      const by = (query.get("sort") ?? "name") as "name" | "bytes" | "objects" | "created";
      const sign = query.get("order") === "desc" ? -1 : 1;
      const all = [...this.buckets.keys()].filter((b) => b.includes(words)).map((b) => this.#bucket(b));
      all.sort((a, b) => sign * (a[by] < b[by] ? -1 : a[by] > b[by] ? 1 : 0));
      return json({ buckets: all, total: all.length });
    }
    const bucket = this.buckets.get(name);
    if (bucket === undefined) return problem(404, "NoSuchBucket", "The specified bucket does not exist.");
    const key = query.get("key") ?? "";
    const object = bucket.objects.get(key);
    switch (what) {
      case undefined:
        if (request.method !== "DELETE") return json(this.#bucket(name));
        if (bucket.objects.size > 0) return problem(409, "BucketNotEmpty", "The bucket is not empty.");
        this.buckets.delete(name);
        return empty();
      case "versioning":
        bucket.versioning = (await body()).versioning as Bucket["versioning"];
        return json({ versioning: bucket.versioning });
      case "documents": {
        const document = rest[0] ?? "";
        if (request.method === "DELETE") bucket.documents.delete(document);
        else if (request.method === "PUT") bucket.documents.set(document, String((await body()).document));
        else return json({ document: bucket.documents.get(document) });
        return empty();
      }
      case "objects":
        return json(this.#list(name, bucket.objects, query));
      case "search": {
        const words = (query.get("query") ?? "").toLowerCase();
        const prefix = query.get("prefix") ?? "";
        const objects = [...bucket.objects.keys()]
          .filter((k) => k.startsWith(prefix) && k.slice(prefix.length).toLowerCase().includes(words))
          .map((k) => entry(bucket.objects, k, prefix));
        return json({ objects, scanned: bucket.objects.size });
      }
      case "object":
        if (rest[0] !== undefined) {
          const { key: from, name: next, targetKey } = (await body()) as Record<string, string>;
          const source = bucket.objects.get(from ?? "");
          if (source === undefined) return problem(404, "NoSuchKey", "The specified key does not exist.");
          const to = targetKey ?? `${(from ?? "").slice(0, (from ?? "").lastIndexOf("/") + 1)}${next}`;
          if (bucket.objects.has(to)) return problem(412, "PreconditionFailed", "The key exists.");
          bucket.objects.set(to, source);
          if (rest[0] !== "copy") bucket.objects.delete(from ?? "");
          return json({ bucket: name, key: to, etag: "e", size: source.size, modified: source.modified });
        }
        if (request.method === "DELETE") {
          bucket.objects.delete(key);
          return json({ key, deleteMarker: false });
        }
        if (object === undefined) return problem(404, "NoSuchKey", "The specified key does not exist.");
        return json({
          bucket: name,
          key,
          latest: true,
          size: object.size,
          modified: object.modified,
          etag: "9b2cf535f27731c974343645a3985328",
          storageClass: "STANDARD",
          owner: "default",
          contentType: object.type,
          versionId: bucket.versioning === "Enabled" ? "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY" : undefined,
          objectLock: false,
          legalHold: false,
          metadata: [{ name: "author", value: "ada" }],
          checksums: [{ algorithm: "CRC64NVME", type: "FULL_OBJECT", value: "Bl8yVBRn3mY=" }],
          permissions: this.permissions,
        });
      case "versions":
        return json({
          versions:
            bucket.versioning === "Enabled"
              ? VERSIONS(key, object)
              : [{ ...VERSIONS(key, object)[0], versionId: "null" }],
        });
      case "folder": {
        const prefix = String((await body()).prefix);
        if (bucket.objects.has(prefix)) return problem(412, "PreconditionFailed", "The key exists.");
        bucket.objects.set(prefix, { body: new Uint8Array(), size: 0, type: "", modified: this.now.toISOString() });
        return json({ bucket: name, key: prefix, etag: "e", size: 0, modified: this.now.toISOString() }, 201);
      }
      case "content": {
        if (request.method === "PUT") {
          if (request.headers.get("if-none-match") === "*" && object !== undefined) {
            return problem(412, "PreconditionFailed", "The key exists.");
          }
          const bytes = new Uint8Array(await request.arrayBuffer());
          const type = request.headers.get("content-type") ?? "";
          bucket.objects.set(key, { body: bytes, size: bytes.length, type, modified: this.now.toISOString() });
          return json({ bucket: name, key, etag: "e", size: bytes.length, modified: this.now.toISOString() });
        }
        if (object === undefined) return problem(404, "NoSuchKey", "The specified key does not exist.");
        return new Response(object.body.slice(), {
          status: 206,
          headers: { "Content-Range": `bytes 0-${object.body.length - 1}/${object.body.length}` },
        });
      }
      case "lifecycle":
        if (rest[0] === "history") return json({ runs: [], enabled: true, interval: 3600 });
        return json({ ...NOTHING, looked: bucket.objects.size, sample: [] });
      case "zip":
        return json({ ticket: "t", url: `/myfsio/buckets/${name}/zip?ticket=t`, expires: this.now.toISOString() });
      default:
        return problem(501, "NotImplemented", "The server does not do this.");
    }
  }

  #list(bucket: string, objects: Map<string, Stored>, query: URLSearchParams): ObjectList {
    const prefix = query.get("prefix") ?? "";
    const delimiter = query.get("delimiter") ?? "";
    const limit = Number(query.get("limit") ?? 100);
    const after = query.get("cursor") ?? "";
    const names = new Map<string, "folder" | "object">();
    for (const key of objects.keys()) {
      if (!key.startsWith(prefix)) continue;
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      names.set(end < 0 ? key : key.slice(0, end + 1), end < 0 ? "object" : "folder");
    }
    const rest = [...names].filter(([name]) => name > after).sort(([a], [b]) => (a < b ? -1 : 1));
    const page = rest.slice(0, limit);
    return {
      bucket,
      prefix,
      delimiter,
      folders: page
        .filter(([, kind]) => kind === "folder")
        .map(([name]) => ({ prefix: name, name: name.slice(prefix.length, -1) })),
      objects: page.filter(([, kind]) => kind === "object").map(([name]) => entry(objects, name, prefix)),
      cursor: rest.length > limit ? page.at(-1)?.[0] : undefined,
      total: query.get("count") === "true" ? names.size : undefined,
      totalExact: true,
      permissions: this.permissions,
    };
  }

  #audit([what, request]: string[], query: URLSearchParams): Response {
    if (what === "requests") {
      const entries = this.audit.filter((e) => e.request === request);
      const why = entries.find((e) => e.why !== undefined)?.why;
      return json({ found: entries.length > 0, denied: why !== undefined, why, entries });
    }
    const wanted = (name: "user" | "operation" | "bucket" | "request" | "kind") =>
      query.get(name) === null ? undefined : (e: AuditEntry) => e[name] === query.get(name);
    const tests = (["user", "operation", "bucket", "request", "kind"] as const).map(wanted);
    const all = this.audit.filter((e) => tests.every((test) => test?.(e) ?? true));
    const from = Number(query.get("cursor") ?? 0);
    const to = from + Number(query.get("limit") ?? 100);
    const cursor = to < all.length ? String(to) : undefined;
    return json({ entries: all.slice(from, to), cursor, until: all.at(to - 1)?.time, level: "changes" });
  }

  async #jobs(request: Request, [what]: string[], body: () => Promise<Record<string, unknown>>): Promise<Response> {
    if (request.method === "GET") return json({ jobs: this.jobs });
    if (request.method === "DELETE") {
      const at = this.jobs.findIndex((job) => job.id === what);
      const job = this.jobs[at];
      if (job !== undefined && job.finished === undefined) {
        job.state = "canceled";
        job.finished = this.now.toISOString();
      } else this.jobs.splice(at, 1);
      return empty();
    }
    const {
      bucket,
      keys = [],
      prefixes = [],
    } = (await body()) as { bucket: string; keys: string[]; prefixes: string[] };
    const objects = this.buckets.get(bucket)?.objects ?? new Map();
    const gone = [...objects.keys()].filter((key) => keys.includes(key) || prefixes.some((p) => key.startsWith(p)));
    for (const key of gone) objects.delete(key);
    const job = aJob({ id: `j${this.jobs.length}`, bucket, total: gone.length, done: gone.length, state: "done" });
    this.jobs.unshift(job);
    return json({ ...job, state: "running", done: 0 }, 202);
  }

  #server() {
    const gib = 1024 ** 3;
    return {
      version: "0.1.0",
      goVersion: "go1.26.8",
      platform: "linux/amd64",
      started: "2026-11-18T07:00:00Z",
      uptimeSeconds: 190_800,
      region: "us-east-1",
      s3Endpoint: "http://127.0.0.1:5000",
      goroutines: 41,
      heapBytes: 48_210_944,
      cpus: 2,
      engine: { name: "pebble", diskBytes: 310_000_000, fields: {} },
      space: { total: 480 * gib, free: 312 * gib, reserve: 10 * gib },
      buckets: this.buckets.size,
      objects: 12_408,
      bytes: 73 * gib,
      users: 3,
      jobsRunning: 0,
      warnings: this.warnings,
    };
  }
}

export const aLine = (line: Partial<AuditEntry>): AuditEntry => ({
  n: 1,
  time: "2026-11-20T11:58:00Z",
  kind: "change",
  door: "console",
  request: "REQ0000000000001",
  operation: "createUser",
  user: "ada",
  accessKey: "AKIAADA",
  account: "default",
  address: "192.0.2.7",
  status: 201,
  ...line,
});

export const aJob = (job: Partial<Job>): Job => ({
  id: "j",
  kind: "delete",
  state: "running",
  bucket: "photos",
  user: "Local Admin",
  total: 0,
  done: 0,
  failed: 0,
  bytes: 0,
  rate: 0,
  created: "2026-11-20T11:58:00Z",
  started: "2026-11-20T11:58:00Z",
  errors: [],
  ...job,
});

const NOTHING = {
  expired: { count: 0, bytes: 0 },
  removed: { count: 0, bytes: 0 },
  markers: 0,
  uploads: { count: 0, bytes: 0 },
  kept: { count: 0, bytes: 0 },
};

const TYPES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  json: "application/json",
  md: "text/markdown",
  txt: "text/plain",
  mp4: "video/mp4",
  mp3: "audio/mpeg",
  zip: "application/zip",
};
const typeOf = (key: string): string => TYPES[key.slice(key.lastIndexOf(".") + 1)] ?? "application/octet-stream";

function entry(objects: Map<string, Stored>, key: string, prefix: string): Entry {
  const o = objects.get(key) as Stored;
  return {
    key,
    name: key.slice(prefix.length),
    size: o.size,
    modified: o.modified,
    etag: "9b2cf535f27731c974343645a3985328",
    contentType: o.type,
    storageClass: "STANDARD",
  };
}

const ACL = `<AccessControlPolicy xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Owner><ID>${"a".repeat(64)}</ID></Owner>
<AccessControlList><Grant><Grantee xsi:type="CanonicalUser"><ID>${"a".repeat(64)}</ID><DisplayName>default</DisplayName></Grantee>
<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`;

const VERSIONS = (key: string, object: Stored | undefined) => [
  {
    key,
    versionId: "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY",
    latest: true,
    deleteMarker: false,
    size: object?.size ?? 0,
    modified: object?.modified ?? "2026-11-20T12:00:00Z",
    etag: "e",
  },
  {
    key,
    versionId: "QUpfdndhfd8438MNFDN93jdnJFkdmqnh893",
    latest: false,
    deleteMarker: true,
    size: 0,
    modified: "2026-11-12T09:00:00Z",
  },
  {
    key,
    versionId: "UIORUnfndfhnw89493jJFJ4k3jdnfk4j33k",
    latest: false,
    deleteMarker: false,
    size: 1834,
    modified: "2026-11-01T09:00:00Z",
    etag: "e",
  },
];

const SETTINGS = [
  { group: "Core", name: "STORAGE_ROOT", value: "./data", source: "default" },
  { group: "Core", name: "APP_HOST", value: "127.0.0.1", source: "default" },
  { group: "Core", name: "APP_PORT", value: "5000", source: "environment" },
  { group: "Core", name: "API_BASE_URL", value: "", source: "default" },
  { group: "Identity and security", name: "SECRET_KEY", value: "********", source: "file" },
  {
    group: "Identity and security",
    name: "OLD_SETTING",
    value: "true",
    source: "environment",
    note: "It has no effect.",
  },
  { group: "Logging", name: "LOG_LEVEL", value: "debug", source: "flag" },
];
