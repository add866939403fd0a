import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { listUploads } from "@myfsio/client";
import { ok } from "../../support/api";
import {
  dialog,
  drop,
  expectRows,
  openBucket,
  row,
  slowUploads,
  tray,
  upload,
  uploadFiles,
  uploadFolder,
} from "../../support/console";
import { seed } from "../../support/s3";
import { noise, sha256 } from "../../support/samples";
import { expect, type Page, test } from "../../support/test";

const MIB = 1024 * 1024;

const read = async (s3: S3Client, bucket: string, key: string): Promise<Buffer> => {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
};
const keys = async (s3: S3Client, bucket: string): Promise<string[]> =>
  ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map((o) => o.Key ?? "");

const isDone = (page: Page, name: string) => expect(upload(page, name).getByLabel("Uploaded")).toBeVisible();

test("files of the picker, with progress and total", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await openBucket(page, bucket, "?prefix=inbox/");
  await uploadFiles(page, [
    { name: "one.txt", buffer: Buffer.from("first") },
    { name: "two.json", buffer: Buffer.from('{"n":2}'), mimeType: "application/json" },
    { name: "empty.txt", buffer: Buffer.alloc(0) },
  ]);
  await expect(tray(page).getByRole("heading", { name: "3 files uploaded" })).toBeVisible();
  await isDone(page, "one.txt");
  await isDone(page, "two.json");
  await isDone(page, "empty.txt");
  await expect(tray(page)).toContainText("12 B of 12 B · 100%");
  await expectRows(page, ["empty.txt", "one.txt", "two.json"]);
  expect((await read(s3, bucket, "inbox/one.txt")).toString()).toBe("first");
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: "inbox/two.json" }));
  expect(head.ContentType).toBe("application/json");
  await tray(page).getByRole("button", { name: "Clear" }).click();
  await expect(tray(page)).toHaveCount(0);
});

test("goes on while other pages are shown", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "there.txt": "t" });
  await openBucket(page, bucket);
  const limit = await slowUploads(page);
  await limit(512 * 1024);
  const content = noise(2 * MIB);
  await uploadFiles(page, [{ name: "slow.bin", buffer: content }]);
  await expect(page.getByRole("button", { name: "Uploads: 1 open" })).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("heading", { name: "Activity" })).toBeVisible();
  await expect(upload(page, "slow.bin").getByRole("progressbar")).toBeVisible();
  await limit(undefined);
  await isDone(page, "slow.bin");
  expect(sha256(await read(s3, bucket, "slow.bin"))).toBe(sha256(content));
});

test("is paused, resumed and canceled, one by one and all at once", async ({ page, admin, s3, bucket, folder }) => {
  await seed(s3, bucket, { "there.txt": "t" });
  await openBucket(page, bucket);
  const limit = await slowUploads(page);
  await limit(200 * 1024);
  const [a, b, c] = [noise(2 * MIB), noise(2 * MIB), noise(2 * MIB)];
  await uploadFiles(page, [
    { name: "a.bin", buffer: a },
    { name: "b.bin", buffer: b },
    { name: "c.bin", buffer: c },
  ]);
  const total = tray(page).getByRole("progressbar", { name: "Progress of all uploads" });
  await expect(tray(page).getByRole("heading", { name: "Uploading 3 files" })).toBeVisible();
  await expect.poll(async () => Number(await total.getAttribute("aria-valuenow"))).toBeGreaterThan(0);
  await expect(tray(page)).toContainText(/\/s · .* left/);

  await tray(page).getByRole("button", { name: "Pause a.bin" }).click();
  await expect(upload(page, "a.bin")).toContainText("paused");
  await tray(page).getByRole("button", { name: "Cancel b.bin" }).click();
  await expect(upload(page, "b.bin")).toContainText("canceled");
  await tray(page).getByRole("button", { name: "Pause all" }).click();
  await expect(tray(page)).toContainText("Paused");
  await expect(upload(page, "c.bin")).toContainText("waiting");

  await limit(undefined);
  await tray(page).getByRole("button", { name: "Resume all" }).click();
  await isDone(page, "a.bin");
  await isDone(page, "c.bin");
  expect(await keys(s3, bucket)).toEqual(["a.bin", "c.bin", "there.txt"]);
  expect(sha256(await read(s3, bucket, "a.bin"))).toBe(sha256(a));

  await limit(200 * 1024);
  await tray(page).getByRole("button", { name: "Clear" }).click();
  await uploadFiles(page, [{ name: "d.bin", buffer: a }]);
  await tray(page).getByRole("button", { name: "Pause d.bin" }).click();
  await expect(upload(page, "d.bin")).toContainText("paused");
  await limit(undefined);
  await tray(page).getByRole("button", { name: "Resume d.bin" }).click();
  await isDone(page, "d.bin");

  await limit(200 * 1024);
  await tray(page).getByRole("button", { name: "Clear" }).click();
  await writeFile(join(folder, "e.bin"), b);
  await writeFile(join(folder, "large.bin"), noise(34 * MIB));
  await uploadFiles(page, [join(folder, "e.bin"), join(folder, "large.bin")]);
  await expect.poll(async () => (await ok(listUploads({ client: admin, path: { bucket } }))).uploads.length).toBe(1);
  await tray(page).getByRole("button", { name: "Cancel all" }).click();
  await expect(upload(page, "large.bin")).toContainText("canceled");
  // The server is told too: no parts stay behind.
  await limit(undefined);
  await expect.poll(async () => (await ok(listUploads({ client: admin, path: { bucket } }))).uploads.length).toBe(0);
  expect(await keys(s3, bucket)).toEqual(["a.bin", "c.bin", "d.bin", "there.txt"]);
});

test("goes up in parts that run beside each other when the file is large", async ({ page, s3, bucket, folder }) => {
  await seed(s3, bucket, { "there.txt": "t" });
  await openBucket(page, bucket);
  let running = 0;
  let most = 0;
  const parts = new Set<string>();
  page.on("request", (request) => {
    const part = /\/parts\/(\d+)/.exec(request.url())?.[1];
    if (part === undefined) return;
    parts.add(part);
    running += 1;
    most = Math.max(most, running);
  });
  const over = (request: { url(): string }) => {
    if (/\/parts\/\d+/.test(request.url())) running -= 1;
  };
  page.on("requestfinished", over);
  page.on("requestfailed", over);
  const content = noise(40 * MIB);
  await writeFile(join(folder, "large.bin"), content);
  await uploadFiles(page, [join(folder, "large.bin")]);
  await expect(upload(page, "large.bin").getByLabel("Uploaded")).toBeVisible({ timeout: 30_000 });
  expect([...parts].sort()).toEqual(["1", "2", "3"]);
  expect(most).toBeGreaterThan(1);
  expect(sha256(await read(s3, bucket, "large.bin"))).toBe(sha256(content));
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: "large.bin" }));
  expect(head.ETag).toMatch(/-3"$/);
});

test("pauses and resumes in the middle of its parts", async ({ page, s3, bucket, folder }) => {
  await seed(s3, bucket, { "there.txt": "t" });
  await openBucket(page, bucket);
  const sent: string[] = [];
  page.on("requestfinished", (request) => {
    const part = /\/parts\/(\d+)/.exec(request.url())?.[1];
    if (part !== undefined) sent.push(part);
  });
  // The third part does not end before it is paused.
  let hold = true;
  await page.route("**/parts/3?*", (route) => (hold ? undefined : route.continue()));
  const content = noise(40 * MIB);
  await writeFile(join(folder, "large.bin"), content);
  await uploadFiles(page, [join(folder, "large.bin")]);
  await expect.poll(() => [...sent].sort()).toEqual(["1", "2"]);
  await tray(page).getByRole("button", { name: "Pause large.bin" }).click();
  await expect(upload(page, "large.bin")).toContainText("paused");
  hold = false;
  await tray(page).getByRole("button", { name: "Resume large.bin" }).click();
  await expect(upload(page, "large.bin").getByLabel("Uploaded")).toBeVisible({ timeout: 30_000 });
  // What was there already did not go up again.
  expect(sent.sort()).toEqual(["1", "2", "3"]);
  expect(sha256(await read(s3, bucket, "large.bin"))).toBe(sha256(content));
});

test("survives a network that fails for a moment, and is retried after a longer failure", async ({
  page,
  s3,
  bucket,
  tolerate,
}) => {
  tolerate(/ERR_(FAILED|CONNECTION)/);
  await seed(s3, bucket, { "there.txt": "t" });
  await page.clock.install();
  await openBucket(page, bucket);
  let failures = 0;
  await page.route("**/content?key=*", (route) => {
    if (route.request().method() !== "PUT") return route.continue();
    failures += 1;
    return failures === 1 || failures > 2 ? route.abort() : route.continue();
  });
  await uploadFiles(page, [{ name: "shaky.txt", buffer: Buffer.from("shaky") }]);
  await expect.poll(() => failures).toBe(1);
  await page.clock.fastForward(2000);
  await isDone(page, "shaky.txt");

  await uploadFiles(page, [{ name: "broken.txt", buffer: Buffer.from("broken") }]);
  for (const [i, wait] of [1500, 2500, 4500].entries()) {
    await expect.poll(() => failures).toBe(3 + i);
    await page.clock.fastForward(wait);
  }
  await expect(upload(page, "broken.txt").getByLabel("Failed")).toBeVisible();
  await expect(upload(page, "broken.txt")).toContainText("The server does not answer.");
  await expect(tray(page)).toContainText("1 failed");
  await page.unrouteAll();
  await tray(page).getByRole("button", { name: "Retry broken.txt" }).click();
  await isDone(page, "broken.txt");
  expect((await read(s3, bucket, "broken.txt")).toString()).toBe("broken");
});

test.describe("to names that are taken", () => {
  const files = ["a.txt", "b.txt", "c.txt"].map((name) => ({ name, buffer: Buffer.from(`new ${name}`) }));
  const old = { "a.txt": "old", "b.txt": "old", "c.txt": "old" };

  for (const [answer, after] of [
    ["Skip", { "a.txt": "old", "b.txt": "old", "c.txt": "old" }],
    ["Replace", { "a.txt": "new a.txt", "b.txt": "new b.txt", "c.txt": "new c.txt" }],
    [
      "Keep both",
      {
        "a (2).txt": "new a.txt",
        "a.txt": "old",
        "b (2).txt": "new b.txt",
        "b.txt": "old",
        "c (2).txt": "new c.txt",
        "c.txt": "old",
      },
    ],
  ] as [string, Record<string, string>][]) {
    test(`asks once: ${answer}`, async ({ page, s3, bucket }) => {
      await seed(s3, bucket, old);
      await openBucket(page, bucket);
      await uploadFiles(page, files);
      const asks = dialog(page, "The name is taken");
      await expect(asks).toContainText("already");
      await asks.getByRole("button", { name: answer }).click();
      await expect(asks).toHaveCount(0);
      const state = answer === "Skip" ? "3 skipped" : "3 files uploaded";
      await expect(tray(page)).toContainText(state);
      for (const [key, content] of Object.entries(after)) {
        expect((await read(s3, bucket, key)).toString(), key).toBe(content);
      }
      expect(await keys(s3, bucket)).toEqual(Object.keys(after));
    });
  }
});

test("a folder of the picker, with all folders in it", async ({ page, s3, bucket, folder }) => {
  await mkdir(join(folder, "site", "css", "deep"), { recursive: true });
  await mkdir(join(folder, "site", "empty"));
  await writeFile(join(folder, "site", "index.html"), "<h1>hi</h1>");
  await writeFile(join(folder, "site", "css", "style.css"), "h1{}");
  await writeFile(join(folder, "site", "css", "deep", "ünï.txt"), "u");
  await seed(s3, bucket);
  await openBucket(page, bucket);
  await uploadFolder(page, join(folder, "site"));
  await expect(tray(page).getByRole("heading", { name: "3 files uploaded" })).toBeVisible();
  await expectRows(page, ["site"]);
  expect(await keys(s3, bucket)).toEqual(["site/css/deep/ünï.txt", "site/css/style.css", "site/index.html"]);
});

test("dropped files and folders", async ({ page, s3, bucket, folder }) => {
  await mkdir(join(folder, "album", "2024"), { recursive: true });
  const content = noise(200_000);
  await writeFile(join(folder, "album", "2024", "photo.bin"), content);
  await writeFile(join(folder, "album", "list.txt"), "list");
  await writeFile(join(folder, "single.txt"), "single");
  await seed(s3, bucket, { "there.txt": "t" });
  await openBucket(page, bucket);
  await drop(page, page.getByRole("grid", { name: "Objects" }), [join(folder, "album"), join(folder, "single.txt")]);
  await expect(tray(page).getByRole("heading", { name: "3 files uploaded" })).toBeVisible();
  await expectRows(page, ["album", "single.txt", "there.txt"]);
  expect(await keys(s3, bucket)).toEqual(["album/2024/photo.bin", "album/list.txt", "single.txt", "there.txt"]);
  expect(sha256(await read(s3, bucket, "album/2024/photo.bin"))).toBe(sha256(content));
});

test("a dropped folder of 20,000 files queues without freezing the page", async ({ page, s3, bucket, folder }) => {
  test.setTimeout(120_000);
  const made: Promise<void>[] = [];
  for (let f = 0; f < 100; f += 1) {
    const sub = join(folder, "huge", `folder-${f}`);
    await mkdir(sub, { recursive: true });
    for (let i = 0; i < 200; i += 1) made.push(writeFile(join(sub, `file-${i}.txt`), `${f} ${i}`));
    await Promise.all(made.splice(0));
  }
  await seed(s3, bucket, { "there.txt": "t" });
  await openBucket(page, bucket);
  // The longest stretch in which the page could not answer.
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration))).observe({
      entryTypes: ["longtask"],
    });
  });
  await drop(page, page.getByRole("grid", { name: "Objects" }), [join(folder, "huge")]);
  const heading = tray(page).getByRole("heading");
  await tray(page).getByRole("button", { name: "Pause all" }).click();
  // Files may have gone up before the pause; all others are queued.
  await expect
    .poll(
      async () => {
        const open = Number(/[\d,]+/.exec((await heading.textContent()) ?? "")?.[0].replaceAll(",", "") ?? 0);
        return open + (await keys(s3, bucket)).filter((key) => key.startsWith("huge/")).length;
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThanOrEqual(20_000);
  const tasks = await page.evaluate(() => (window as unknown as { tasks: number[] }).tasks);
  expect(Math.max(0, ...tasks)).toBeLessThan(500);
  expect(await tray(page).getByRole("listitem").count()).toBeLessThan(100);

  // The console is in use meanwhile: another page and back, and the queue is scrolled.
  await page.getByRole("link", { name: "there.txt" }).click();
  await expect(page.getByRole("complementary", { name: "Details of there.txt" })).toBeVisible();
  await tray(page).getByRole("region", { name: "Files" }).press("End");
  await tray(page).getByRole("button", { name: "Cancel all" }).click();
  await expect(tray(page).getByRole("button", { name: "Clear" })).toBeVisible();
  await tray(page).getByRole("button", { name: "Clear" }).click();
  await expect(tray(page)).toHaveCount(0);
});

test("warns before the window is closed while files are open", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "there.txt": "t" });
  await openBucket(page, bucket);
  const limit = await slowUploads(page);
  await limit(50 * 1024);
  await uploadFiles(page, [{ name: "slow.bin", buffer: noise(MIB) }]);
  await expect(upload(page, "slow.bin").getByRole("progressbar")).toBeVisible();
  const asked = page.waitForEvent("dialog");
  void page.reload().catch(() => {});
  const warning = await asked;
  expect(warning.type()).toBe("beforeunload");
  await warning.dismiss();
  await limit(undefined);
  await isDone(page, "slow.bin");
  await expect(row(page, "slow.bin")).toBeVisible();
});
