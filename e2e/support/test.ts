import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { type BrowserContext, test as base, expect, type Locator, type Page } from "@playwright/test";
import { type Api, apiOf, sessionOf } from "./api";
import { s3Of } from "./s3";
import { type Credentials, type Server, startServer } from "./server";

interface WorkerFixtures {
  /** The server of this worker. */
  server: Server;
  /** The admin API as administrator. */
  admin: Api;
  /** The S3 API as administrator. */
  s3: S3Client;
  /** The administrator's session of the console. */
  cookie: { name: string; value: string };
}

interface TestFixtures {
  /** Whether `page` begins with the administrator's session. */
  signedIn: boolean;
  /** Gives the page somebody's session. */
  actAs: (who: Credentials) => Promise<void>;
  /** A name for a bucket that no other test uses. */
  bucket: string;
  /** A folder of this machine that is removed after the test. */
  folder: string;
  /** Says that the browser will complain like this: a test may provoke a refusal. */
  tolerate: (what: RegExp) => void;
}

/** Counts down, so that the newest bucket is the first of a long list, of which only the rows in sight are in the page. */
let buckets = 10_000;

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a pattern
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  admin: [async ({ server }, use) => use(await apiOf(server, server.admin)), { scope: "worker" }],
  s3: [
    async ({ server }, use) => {
      const s3 = s3Of(server, server.admin);
      await use(s3);
      s3.destroy();
    },
    { scope: "worker" },
  ],
  cookie: [async ({ server }, use) => use(await sessionOf(server, server.admin)), { scope: "worker" }],

  baseURL: async ({ server }, use) => use(server.ui),
  signedIn: [true, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a pattern
  bucket: async ({}, use, info) => use(`b${info.workerIndex}-${--buckets}-${Math.trunc(info.line)}`),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "myfsio-files-"));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  tolerate: [
    async ({ context }, use) => {
      const tolerated: RegExp[] = [];
      const complaints: string[] = [];
      await watch(context, (complaint) => complaints.push(complaint));
      await use((what) => tolerated.push(what));
      const open = complaints.filter((complaint) => !tolerated.some((what) => what.test(complaint)));
      expect(
        open,
        "errors on the browser's console, thrown in pages, or reported by the content security policy",
      ).toEqual([]);
    },
    { auto: true },
  ],
  context: async ({ context, server, cookie, signedIn }, use) => {
    if (signedIn) await context.addCookies([{ ...cookie, url: server.ui }]);
    await use(context);
  },
  actAs: async ({ context, server }, use) => {
    await use(async (who) => {
      // In one step, so that no request of an open page goes without a session.
      await context.addCookies([{ ...(await sessionOf(server, who)), url: server.ui }]);
    });
  },
});

/** Hears what no page of the console may cause: console errors, uncaught exceptions, reports of the policy. */
async function watch(context: BrowserContext, tell: (complaint: string) => void): Promise<void> {
  context.on("console", (message) => {
    if (message.type() === "error" || /Content Security Policy/i.test(message.text()))
      tell(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => tell(`uncaught: ${error.error().stack ?? error.error().message}`));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} forbids ${event.blockedURI} ${event.sourceFile}`);
    });
  });
}

export { expect, type Locator, type Page };
