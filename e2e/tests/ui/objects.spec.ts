import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { newUser } from "../../support/api";
import { choose, dialog, expectRows, fact, openBucket, openDetails, row, saved } from "../../support/console";
import { many, seed } from "../../support/s3";
import { noise, png, sha256, wav } from "../../support/samples";
import { expect, type Page, test } from "../../support/test";
import { unzip } from "../../support/zip";

const read = async (s3: S3Client, bucket: string, key: string): Promise<string> => {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await answer.Body?.transformToString()) ?? "";
};
const keys = async (s3: S3Client, bucket: string): Promise<string[]> =>
  ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map((o) => o.Key ?? "");
const said = (page: Page, text: string) => expect(page.getByText(text, { exact: true })).toBeVisible();

test.describe("downloading", () => {
  test("one file gives itself", async ({ page, s3, bucket }) => {
    const content = noise(300_000);
    await seed(s3, bucket, { "in/data ü.bin": content, "in/other.txt": "o" });
    await openBucket(page, bucket, "?prefix=in/");
    await page.getByRole("checkbox", { name: "Select data ü.bin" }).check();
    const bar = page.getByRole("toolbar", { name: "Actions for the selection" });
    const one = await saved(page, () => bar.getByRole("button", { name: "Download" }).click());
    expect(one.name).toBe("data ü.bin");
    expect(sha256(one.bytes)).toBe(sha256(content));
    const again = await saved(page, () => choose(page, "other.txt", "Download"));
    expect(again.bytes.toString()).toBe("o");
  });

  test("several give an archive with their folders", async ({ page, s3, bucket }) => {
    const content = noise(400_000);
    await seed(s3, bucket, {
      "in/a.txt": "aaa",
      "in/data.bin": content,
      "in/sub/b.txt": "bbb",
      "in/sub/deep/ünï.txt": "u",
      "in/not-chosen.txt": "n",
    });
    await openBucket(page, bucket, "?prefix=in/");
    for (const name of ["sub", "a.txt", "data.bin"]) {
      await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    }
    const bar = page.getByRole("toolbar", { name: "Actions for the selection" });
    const archive = await saved(page, () => bar.getByRole("button", { name: "Download" }).click());
    expect(archive.name).toMatch(/\.zip$/);
    const files = unzip(archive.bytes);
    expect([...files.keys()].filter((name) => !name.endsWith("/")).sort()).toEqual([
      "a.txt",
      "data.bin",
      "sub/b.txt",
      "sub/deep/ünï.txt",
    ]);
    expect(files.get("a.txt")?.toString()).toBe("aaa");
    expect(files.get("sub/deep/ünï.txt")?.toString()).toBe("u");
    expect(sha256(files.get("data.bin") ?? Buffer.alloc(0))).toBe(sha256(content));
  });

  test("a folder gives an archive too", async ({ page, s3, bucket }) => {
    await seed(s3, bucket, { ...many(120, "logs/day-"), "other.txt": "o" });
    await openBucket(page, bucket);
    const archive = await saved(page, () => choose(page, "logs", "Download as ZIP"));
    const files = [...unzip(archive.bytes)].filter(([name]) => !name.endsWith("/"));
    expect(files).toHaveLength(120);
    expect(Object.fromEntries(files)["logs/day-0042.txt"]?.toString()).toBe("content of 42");
  });
});

test.describe("folders and names", () => {
  test("a folder is made, entered and filled", async ({ page, s3, bucket }) => {
    await seed(s3, bucket, { "there.txt": "t" });
    await openBucket(page, bucket);
    await page.getByRole("button", { name: "New folder" }).click();
    const asks = dialog(page, "New folder");
    await expect(asks.getByLabel("Name of the folder")).toBeFocused();
    await asks.getByLabel("Name of the folder").fill("a/b");
    await expect(asks.getByText("A name cannot contain a slash.")).toBeVisible();
    await expect(asks.getByRole("button", { name: "Create" })).toBeDisabled();
    await asks.getByLabel("Name of the folder").fill("Reports 2024");
    await asks.getByLabel("Name of the folder").press("Enter");
    await said(page, "The folder Reports 2024 was created.");
    await expectRows(page, ["Reports 2024", "there.txt"]);
    await row(page, "Reports 2024").getByRole("link").click();
    await expect(page.getByRole("heading", { name: "This folder is empty" })).toBeVisible();
    expect(await keys(s3, bucket)).toEqual(["Reports 2024/", "there.txt"]);
  });

  test("an object is renamed, but not over another", async ({ page, s3, bucket, tolerate }) => {
    tolerate(/status of 412/);
    await seed(s3, bucket, { "docs/old.txt": "content", "docs/taken.txt": "taken" });
    await openBucket(page, bucket, "?prefix=docs/");
    await row(page, "old.txt").focus();
    await page.keyboard.press("F2");
    const asks = dialog(page, "Rename");
    await expect(asks.getByLabel("New name")).toHaveValue("old.txt");
    await asks.getByLabel("New name").fill("taken.txt");
    await asks.getByRole("button", { name: "Rename" }).click();
    await expect(asks.getByRole("alert")).toContainText("There is an object of this name already.");
    expect(await read(s3, bucket, "docs/taken.txt")).toBe("taken");
    await asks.getByLabel("New name").click();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("new.txt");
    await asks.getByRole("button", { name: "Rename" }).click();
    await said(page, "Renamed to new.txt.");
    await expectRows(page, ["new.txt", "taken.txt"]);
    expect(await read(s3, bucket, "docs/new.txt")).toBe("content");
    expect(await keys(s3, bucket)).toEqual(["docs/new.txt", "docs/taken.txt"]);
  });

  test("an object is copied to another bucket and name", async ({ page, s3, bucket }) => {
    await seed(s3, bucket, { "a.txt": "content" });
    await seed(s3, `${bucket}-target`);
    await openBucket(page, bucket);
    await choose(page, "a.txt", "Copy");
    const asks = dialog(page, "Copy");
    await expect(asks.getByRole("button", { name: "Copy" })).toBeDisabled();
    await asks.getByLabel("Bucket").selectOption(`${bucket}-target`);
    await asks.getByLabel("Folder").fill("backup/2024");
    await asks.getByLabel("Name").fill("b.txt");
    await asks.getByRole("button", { name: "Copy" }).click();
    await expect(asks).toHaveCount(0);
    await expect.poll(() => keys(s3, `${bucket}-target`)).toEqual(["backup/2024/b.txt"]);
    expect(await read(s3, `${bucket}-target`, "backup/2024/b.txt")).toBe("content");
    expect(await keys(s3, bucket)).toEqual(["a.txt"]);
  });

  test("several objects and folders are moved by a job", async ({ page, s3, bucket }) => {
    await seed(s3, bucket, { "a.txt": "a", "b.txt": "b", "sub/c.txt": "c", "stays.txt": "s" });
    await openBucket(page, bucket);
    for (const name of ["sub", "a.txt", "b.txt"]) {
      await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    }
    await page.getByRole("toolbar").getByRole("button", { name: "Move" }).click();
    const asks = dialog(page, "Move");
    await expect(asks).toContainText("2 objects (2 B) and 1 folder");
    await asks.getByLabel("Folder").fill("sub/below");
    await expect(asks.getByText("A folder cannot go into itself.")).toBeVisible();
    await asks.getByLabel("Folder").fill("moved");
    await asks.getByRole("button", { name: "Move" }).click();
    await said(page, `Move from ${bucket} to ${bucket}/moved/: 3 objects done`);
    await expectRows(page, ["moved", "stays.txt"]);
    expect(await keys(s3, bucket)).toEqual(["moved/a.txt", "moved/b.txt", "moved/sub/c.txt", "stays.txt"]);
  });
});

test("one object is deleted after asking", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "aaa", "b.txt": "b" });
  await openBucket(page, bucket);
  await choose(page, "a.txt", "Delete");
  const asks = dialog(page, "Delete");
  await expect(asks).toContainText("a.txt (3 B) will be deleted.");
  await expect(asks).toContainText("This cannot be undone");
  await asks.getByRole("button", { name: "Cancel" }).click();
  await expectRows(page, ["a.txt", "b.txt"]);
  await choose(page, "a.txt", "Delete");
  await asks.getByRole("button", { name: "Delete" }).click();
  await expectRows(page, ["b.txt"]);
  expect(await keys(s3, bucket)).toEqual(["b.txt"]);
});

test.describe("details", () => {
  test("tell all that is known of an object", async ({ page, context, s3, bucket }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await seed(s3, bucket);
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: "docs/report.csv",
        Body: "a,b\n1,2\n",
        ContentType: "text/csv",
        CacheControl: "max-age=60",
        ContentLanguage: "de",
        ChecksumAlgorithm: "SHA256",
        Metadata: { author: "Ann", project: "north" },
      }),
    );
    await openBucket(page, bucket, "?prefix=docs/");
    const details = await openDetails(page, "report.csv");
    await expect(fact(details, "Key")).toContainText("docs/report.csv");
    await expect(fact(details, "Size")).toContainText("8 B (8 bytes)");
    await expect(fact(details, "Modified")).toContainText(/\d{4}.*UTC/);
    await expect(fact(details, "Type")).toHaveText("text/csv");
    await expect(fact(details, "ETag")).toContainText(/[0-9a-f]{32}/);
    await expect(fact(details, "Storage class")).toHaveText("STANDARD");
    await expect(fact(details, "Cache-Control")).toHaveText("max-age=60");
    await expect(fact(details, "Content-Language")).toHaveText("de");
    const head = await s3.send(
      new HeadObjectCommand({ Bucket: bucket, Key: "docs/report.csv", ChecksumMode: "ENABLED" }),
    );
    await expect(fact(details.getByRole("region", { name: "Checksums" }), "SHA256")).toContainText(
      head.ChecksumSHA256 ?? "",
    );
    const metadata = details.getByRole("region", { name: "Metadata" });
    await expect(fact(metadata, "author")).toContainText("Ann");
    await expect(fact(metadata, "project")).toContainText("north");
    await details.getByRole("button", { name: "Copy Key" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("docs/report.csv");
    await details.getByRole("button", { name: "Close the details" }).click();
    await expect(details).toHaveCount(0);
    await expect(page).not.toHaveURL(/key=/);
  });

  test("tell the parts of an object that came in parts", async ({ page, s3, bucket }) => {
    await seed(s3, bucket);
    const at = { Bucket: bucket, Key: "parts.bin" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: "CRC32" }));
    const Parts: CompletedPart[] = [];
    for (const PartNumber of [1, 2]) {
      const Body = noise(PartNumber === 1 ? 5 * 1024 * 1024 : 1000);
      const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag, ChecksumCRC32 });
    }
    await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
    await openBucket(page, bucket);
    const details = await openDetails(page, "parts.bin");
    await expect(fact(details, "Parts")).toHaveText("2");
    await expect(fact(details, "ETag")).toContainText(/-2/);
    await expect(details.getByRole("region", { name: "Checksums" })).toContainText("Of the parts");
  });

  test("preview pictures, text, JSON, sound and film", async ({ page, s3, bucket }) => {
    await seed(s3, bucket, {
      "picture.png": png(64, 48),
      "notes.txt": "first line\n<script>alert(1)</script>\n",
      "data.json": '{"name":"x","list":[1,2]}',
      "long.txt": `${"0123456789abcdef".repeat(70_000)}THE END`,
      "tone.wav": wav(),
      "drawing.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>fetch("/x")</script></svg>',
      "binary.bin": noise(100),
    });
    await openBucket(page, bucket);
    // A film is recorded here, as no sample of one is at hand.
    const film = await page.evaluate(async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
      const draw = canvas.getContext("2d");
      const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: "video/webm" });
      const chunks: Blob[] = [];
      recorder.ondataavailable = (event) => chunks.push(event.data);
      const stopped = new Promise((done) => {
        recorder.onstop = done;
      });
      recorder.start();
      for (let i = 0; i < 10; i += 1) {
        draw?.fillRect(i, i, 9, 9);
        await new Promise(requestAnimationFrame);
      }
      recorder.stop();
      await stopped;
      return [...new Uint8Array(await new Blob(chunks).arrayBuffer())];
    });
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: "film.webm", Body: Buffer.from(film), ContentType: "video/webm" }),
    );
    await page.getByRole("button", { name: "Refresh" }).click();

    const picture = (await openDetails(page, "picture.png")).getByRole("img", { name: "picture.png" });
    await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(64);
    const text = (await openDetails(page, "notes.txt")).getByRole("region", { name: "Preview" });
    await expect(text).toHaveText("first line\n<script>alert(1)</script>\n");
    const json = (await openDetails(page, "data.json")).getByRole("region", { name: "Preview" });
    await expect(json).toHaveText(/"list": \[\s+1,\s+2\s+\]/);
    const long = await openDetails(page, "long.txt");
    await expect(long).toContainText("Only the first 1 MiB are shown.");
    await expect(long.getByRole("region", { name: "Preview" })).not.toContainText("THE END");
    const sound = (await openDetails(page, "tone.wav")).getByLabel("tone.wav");
    await expect.poll(() => sound.evaluate((audio: HTMLAudioElement) => audio.duration)).toBeCloseTo(1);
    const movie = (await openDetails(page, "film.webm")).getByLabel("film.webm");
    await expect.poll(() => movie.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBe(64);
    // A vector picture is shown as a picture; what is written in it does not run.
    const drawing = (await openDetails(page, "drawing.svg")).getByRole("img", { name: "drawing.svg" });
    await expect.poll(() => drawing.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(9);
    const binary = await openDetails(page, "binary.bin");
    await expect(binary.getByRole("region", { name: "Preview" })).toHaveCount(0);
  });

  test("of versions: look at, save, restore and delete each", async ({ page, s3, bucket }) => {
    await seed(s3, bucket, {}, { versioning: true });
    for (const Body of ["first", "second!", "third!!!!"]) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a.txt", Body, ContentType: "text/plain" }));
    }
    await openBucket(page, bucket);
    const details = await openDetails(page, "a.txt");
    const versions = details.getByRole("region", { name: "Versions" }).getByRole("listitem");
    const preview = details.getByRole("region", { name: "Preview" });
    await expect(versions).toHaveCount(3);
    await expect(versions.first()).toContainText("Current");
    await expect(preview).toHaveText("third!!!!");

    await versions.nth(2).getByRole("button").first().click();
    await expect(preview).toHaveText("first");
    await expect(details).toContainText("Earlier version");
    await expect(page).toHaveURL(/version=/);
    const file = await saved(page, () =>
      versions.nth(2).getByRole("button", { name: "Download this version" }).click(),
    );
    expect(file.bytes.toString()).toBe("first");

    await versions.nth(2).getByRole("button", { name: "Restore this version" }).click();
    await dialog(page, "Restore this version").getByRole("button", { name: "Restore this version" }).click();
    await expect(versions).toHaveCount(4);
    await expect(preview).toHaveText("first");
    expect(await read(s3, bucket, "a.txt")).toBe("first");

    await versions.first().getByRole("button", { name: "Delete this version" }).click();
    const asks = dialog(page, "Delete this version");
    await expect(asks).toContainText("A deleted version cannot be restored.");
    await asks.getByRole("button", { name: "Delete" }).click();
    await expect(versions).toHaveCount(3);
    await expect(preview).toHaveText("third!!!!");
    expect(await read(s3, bucket, "a.txt")).toBe("third!!!!");
  });

  test("of a deleted object show its marker", async ({ page, actAs, admin, s3, bucket, tolerate }) => {
    tolerate(/status of 40[45]/);
    await seed(s3, bucket, {}, { versioning: true });
    const put = (Body: string) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a.txt", Body, ContentType: "text/plain" }));
    await put("first");
    await put("second!");
    await openBucket(page, bucket);
    const details = await openDetails(page, "a.txt");
    const versions = details.getByRole("region", { name: "Versions" }).getByRole("listitem");
    const preview = details.getByRole("region", { name: "Preview" });
    const marker = details.getByRole("note").filter({ hasText: "This object was deleted" });

    // Deleted while the details are open: they turn to the marker.
    await details.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await dialog(page, "Delete").getByRole("button", { name: "Delete" }).click();
    await expect(marker).toBeVisible();
    await expect(versions).toHaveCount(3);
    await expect(versions.first()).toContainText("Delete marker");
    await expect(versions.first()).toContainText("Current");
    await expect(details.getByRole("button", { name: "Download", exact: true })).toHaveCount(0);

    // The address alone leads there as well.
    const { VersionId } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket })).then((answer) => {
      const [found] = answer.DeleteMarkers ?? [];
      return found ?? {};
    });
    await openBucket(page, bucket, "?key=a.txt");
    await expect(marker).toBeVisible();
    await expect(fact(details, "Key")).toContainText("a.txt");
    await expect(fact(details, "Deleted")).toContainText(/\d{4}.*UTC/);
    await expect(fact(details, "Delete marker")).toContainText(VersionId ?? "no marker");

    // An older version can be looked at, and from it the marker again.
    await versions.nth(2).getByRole("button").first().click();
    await expect(preview).toHaveText("first");
    await expect(marker).toHaveCount(0);
    await versions.first().getByRole("button", { name: "Delete marker", exact: true }).click();
    await expect(marker).toBeVisible();

    await versions.first().getByRole("button", { name: "Delete this marker" }).click();
    const asks = dialog(page, "Delete this marker");
    await expect(asks).toContainText("the version before it becomes current again");
    await asks.getByRole("button", { name: "Delete" }).click();
    await expect(preview).toHaveText("second!");
    await expect(versions).toHaveCount(2);
    expect(await read(s3, bucket, "a.txt")).toBe("second!");
    await expectRows(page, ["a.txt"]);

    // Restoring an older version leaves the marker where it is, in the past.
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a.txt" }));
    await openBucket(page, bucket, "?key=a.txt");
    await versions.nth(2).getByRole("button", { name: "Restore this version" }).click();
    await dialog(page, "Restore this version").getByRole("button", { name: "Restore this version" }).click();
    await expect(preview).toHaveText("first");
    await expect(versions).toHaveCount(4);
    await versions.nth(1).getByRole("button", { name: "Delete marker", exact: true }).click();
    await expect(marker).toContainText("stored again");

    // Who may only read is offered neither.
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a.txt" }));
    await actAs(await newUser(admin, [{ bucket, actions: ["list", "read"] }]));
    await openBucket(page, bucket, "?key=a.txt");
    await expect(marker).toBeVisible();
    await expect(versions).toHaveCount(5);
    await expect(versions.getByRole("button", { name: /^Delete this|^Restore/ })).toHaveCount(0);
  });

  test("of an object that never was say so", async ({ page, s3, bucket, tolerate }) => {
    tolerate(/status of 404/);
    await seed(s3, bucket, { "a.txt": "a" });
    await openBucket(page, bucket, "?key=never.txt");
    await expect(page.getByRole("complementary").getByRole("alert")).toContainText("There is no object of this name");
  });
});

test.describe("a link to share", () => {
  async function link(page: Page, method: string): Promise<string> {
    await choose(page, "a.txt", "Share");
    const asks = dialog(page, "Share a link");
    await asks.getByText(method, { exact: true }).click();
    await asks.getByRole("button", { name: "Create link" }).click();
    await expect(asks.getByText(/^Works until /)).toBeVisible();
    const url = await asks.getByRole("textbox", { name: "Link" }).inputValue();
    await asks.getByRole("button", { name: "Close" }).click();
    return url;
  }

  test("fetches, stores and deletes without any session", async ({ page, server, s3, bucket }) => {
    await seed(s3, bucket, { "a.txt": "shared" });
    await openBucket(page, bucket);
    const get = await link(page, "Download");
    expect(get.startsWith(`${server.s3}/${bucket}/a.txt?`)).toBe(true);
    expect(await (await fetch(get)).text()).toBe("shared");
    expect((await fetch(get, { method: "DELETE" })).status).toBe(403);

    const put = await link(page, "Upload");
    expect((await fetch(put, { method: "PUT", body: "by link" })).status).toBe(200);
    expect(await read(s3, bucket, "a.txt")).toBe("by link");

    const remove = await link(page, "Delete");
    expect((await fetch(remove, { method: "DELETE" })).status).toBe(204);
    expect(await keys(s3, bucket)).toEqual([]);
  });

  test("works from a second to a week, and is copied", async ({ page, context, s3, bucket }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await seed(s3, bucket, { "a.txt": "shared" });
    await openBucket(page, bucket);
    await choose(page, "a.txt", "Share");
    const asks = dialog(page, "Share a link");
    const make = asks.getByRole("button", { name: "Create link" });
    await asks.getByLabel("Unit").selectOption("seconds");
    await asks.getByLabel("Expires after").fill("604801");
    await expect(asks.getByText("From 1 second to 7 days.")).toBeVisible();
    await expect(make).toBeDisabled();
    await asks.getByLabel("Expires after").fill("0");
    await expect(make).toBeDisabled();
    await asks.getByLabel("Unit").selectOption("days");
    await asks.getByLabel("Expires after").fill("7");
    await asks.getByLabel("In a browser it").selectOption("is saved as a file");
    await make.click();
    await asks.getByRole("button", { name: "Copy the link" }).click();
    const url = await page.evaluate(() => navigator.clipboard.readText());
    expect(new URL(url).searchParams.get("X-Amz-Expires")).toBe("604800");
    const answer = await fetch(url);
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment/);
    expect(await answer.text()).toBe("shared");
    // Another choice makes another link necessary.
    await asks.getByLabel("Expires after").fill("1");
    await expect(make).toBeEnabled();
  });

  test("no longer works when its time is over", async ({ page, s3, bucket }) => {
    await seed(s3, bucket, { "a.txt": "shared" });
    await openBucket(page, bucket);
    await choose(page, "a.txt", "Share");
    const asks = dialog(page, "Share a link");
    await asks.getByLabel("Unit").selectOption("seconds");
    await asks.getByLabel("Expires after").fill("1");
    await asks.getByRole("button", { name: "Create link" }).click();
    const url = await asks.getByRole("textbox", { name: "Link" }).inputValue();
    await expect.poll(async () => (await fetch(url)).status).toBe(403);
  });
});
