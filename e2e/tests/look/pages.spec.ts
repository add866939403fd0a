import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createBulkDelete } from "@myfsio/client";
import { newUser, ok, sessionOf } from "../../support/api";
import { choose, dialog, openBucket, openDetails, row, slowUploads, tray, uploadFiles } from "../../support/console";
import { look } from "../../support/look";
import { many, s3Of, seed } from "../../support/s3";
import { noise, png } from "../../support/samples";
import { startServer } from "../../support/server";
import { expect, test } from "../../support/test";

const FILES = {
  "invoices/2024/january.pdf": noise(84_000),
  "photos/harbour.png": png(640, 420),
  "photos/raw/0001.dng": noise(120_000),
  "reports/annual.csv": "year,total\n2023,12\n2024,15\n",
  "README.md": "# Archive\n\nWhat lies here, and why.\n",
  "backup-2024-11-01.tar.gz": noise(700_000),
  "config.json": '{"name":"archive","replicas":2,"regions":["north","south"]}',
  "harbour.png": png(640, 420),
  "interview.mp3": noise(240_000),
  "notes from the meeting about a long, long name that does not fit into the column at all.txt": "n",
};

test.describe("before signing in", () => {
  test.use({ signedIn: false });
  test("sign-in", async ({ page, tolerate }) => {
    tolerate(/status of 40[13]/);
    await page.goto("/ui/");
    await expect(page.getByRole("heading", { name: "Sign in to MyFSIO" })).toBeVisible();
    await look(page, "sign-in");
    await page.getByLabel("Access key").fill("nobody");
    await page.getByRole("textbox", { name: "Secret key" }).fill("nothing");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await look(page, "sign-in-refused");
  });
});

test("a new server", async ({ page, context }) => {
  const fresh = await startServer();
  try {
    await context.addCookies([{ ...(await sessionOf(fresh, fresh.admin)), url: fresh.ui }]);
    await page.goto(`${fresh.ui}/ui/`);
    await expect(page.getByRole("heading", { name: "No buckets yet" })).toBeVisible();
    await look(page, "buckets-none");
    await page.goto(`${fresh.ui}/ui/activity`);
    await expect(page.getByRole("heading", { name: "No jobs" })).toBeVisible();
    await look(page, "activity-none");
  } finally {
    await page.goto("about:blank");
    await fresh.stop();
  }
});

test.setTimeout(120_000);

test("buckets", async ({ page, s3 }) => {
  await seed(s3, "look-archive", FILES);
  await seed(s3, "look-backups", many(12), { versioning: true });
  await seed(s3, "look-website-assets-of-the-northern-branch");
  await page.goto("/ui/buckets?search=look");
  await expect(row(page, "look-archive")).toBeVisible();
  await look(page, "buckets");
  await page.getByRole("button", { name: "Create bucket" }).click();
  await dialog(page, "Create bucket").getByLabel("Name").fill("Wrong_Name");
  await look(page, "buckets-create");
  await page.keyboard.press("Escape");
  await row(page, "look-archive")
    .getByRole("button", { name: /^Actions/ })
    .click();
  await expect(page.getByRole("menu")).toBeVisible();
  await look(page, "buckets-menu");
  await page.getByRole("menuitem", { name: "Delete bucket" }).click();
  await expect(dialog(page, "Delete bucket")).toBeVisible();
  await look(page, "buckets-delete");
});

test("objects", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, FILES);
  await openBucket(page, bucket);
  await look(page, "objects");
  await page.getByRole("checkbox", { name: "Select photos" }).check();
  await page.getByRole("checkbox", { name: "Select config.json" }).check();
  await look(page, "objects-selected");
  await page.getByRole("toolbar").getByRole("button", { name: "Delete" }).click();
  await expect(dialog(page, "Delete")).toContainText("will be deleted");
  await look(page, "objects-delete");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear the selection" }).click();
  await choose(page, "config.json", "Copy");
  await look(page, "objects-copy");
  await page.keyboard.press("Escape");
  await choose(page, "config.json", "Rename");
  await look(page, "objects-rename");
  await page.keyboard.press("Escape");
  await choose(page, "config.json", "Share");
  await dialog(page, "Share a link").getByText("Upload", { exact: true }).click();
  await dialog(page, "Share a link").getByRole("button", { name: "Create link" }).click();
  await expect(page.getByText(/^Works until/)).toBeVisible();
  await look(page, "objects-share");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "New folder" }).click();
  await look(page, "objects-new-folder");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Connect" }).click();
  await expect(page.getByRole("dialog", { name: "Connect" })).toBeVisible();
  await look(page, "objects-connect");
  await page.keyboard.press("Escape");
  await page.getByRole("searchbox", { name: "Filter this folder" }).fill("20");
  await page.getByRole("searchbox", { name: "Filter this folder" }).press("Enter");
  await expect(page.getByText(/keys? looked at/)).toBeVisible();
  await look(page, "objects-search");
});

test("an empty bucket, and one that is not there", async ({ page, s3, bucket, tolerate }) => {
  tolerate(/status of 404/);
  await seed(s3, bucket);
  await openBucket(page, bucket);
  await expect(page.getByRole("heading", { name: "This bucket is empty" })).toBeVisible();
  await look(page, "objects-empty");
  await page.goto("/ui/buckets/never-made");
  await expect(page.getByRole("alert")).toBeVisible();
  await look(page, "bucket-missing");
  await page.goto("/ui/nowhere");
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await look(page, "not-found");
});

test("details", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, FILES, { versioning: true });
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: "config.json",
      Body: '{"name":"archive","replicas":3}',
      ContentType: "application/json",
      Metadata: { author: "Ann", purpose: "configuration of the archive" },
    }),
  );
  await openBucket(page, bucket);
  await openDetails(page, "config.json");
  await expect(page.getByRole("region", { name: "Preview" })).toContainText("replicas");
  await look(page, "details");
  await page.getByRole("button", { name: "Restore this version" }).click();
  await look(page, "details-restore");
  await page.keyboard.press("Escape");
  const details = await openDetails(page, "harbour.png");
  const picture = details.getByRole("img", { name: "harbour.png" });
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(640);
  await look(page, "details-picture");
});

test("uploads", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, FILES);
  await openBucket(page, bucket);
  const limit = await slowUploads(page);
  await limit(20 * 1024);
  await uploadFiles(page, [
    { name: "film.mp4", buffer: noise(3_000_000) },
    { name: "sound.mp3", buffer: noise(900_000) },
    { name: "small.txt", buffer: Buffer.from("s") },
    { name: "paused.bin", buffer: noise(400_000) },
  ]);
  await tray(page).getByRole("button", { name: "Pause paused.bin" }).click();
  await expect(tray(page).getByText(/B\/s/)).toBeVisible();
  await look(page, "uploads");
  await tray(page).getByRole("button", { name: "Cancel all" }).click();
  await limit(undefined);
  await tray(page).getByRole("button", { name: "Clear" }).click();
  await uploadFiles(page, [
    { name: "config.json", buffer: Buffer.from("{}") },
    { name: "README.md", buffer: Buffer.from("r") },
  ]);
  await expect(dialog(page, "The name is taken")).toBeVisible();
  await look(page, "uploads-conflict");
});

test("properties, activity and settings", async ({ page, admin, s3, bucket }) => {
  await seed(s3, bucket, FILES);
  await page.goto(`/ui/buckets/${bucket}/properties`);
  await expect(page.getByRole("switch")).toBeVisible();
  await look(page, "properties");
  await page.getByRole("switch").click({ force: true });
  await expect(dialog(page, "Enable versioning")).toBeVisible();
  await look(page, "properties-versioning");
  await ok(createBulkDelete({ client: admin, body: { bucket, prefixes: ["photos/"] } }));
  await page.goto("/ui/activity");
  await expect(page.getByRole("listitem").filter({ hasText: `Delete in ${bucket}` })).toContainText("Done");
  await look(page, "activity");
  await page.goto("/ui/settings");
  await expect(page.getByRole("table")).toBeVisible();
  await expect(page.getByRole("region", { name: "Store" })).toContainText("Users");
  await look(page, "settings");
});

test("the audit log", async ({ page, admin, server, s3, bucket }) => {
  await seed(s3, bucket, FILES);
  const who = await newUser(admin, [{ bucket, actions: ["list"] }], "Reader without the right to read");
  const theirs = s3Of(server, who);
  const failure = await theirs.send(new GetObjectCommand({ Bucket: bucket, Key: "config.json" })).catch((e) => e);
  theirs.destroy();
  const request = (failure as { $metadata: { requestId: string } }).$metadata.requestId;
  await page.goto("/ui/activity/audit");
  const grid = page.getByRole("grid", { name: "Audit log" });
  await expect(grid.getByRole("row", { name: `GetObject ${bucket}/config.json` })).toBeVisible();
  await look(page, "audit");
  await page.goto(`/ui/activity/audit?request=${request}`);
  await expect(page.getByRole("note").filter({ hasText: "Why it was denied" })).toBeVisible();
  await grid.getByRole("row", { name: `GetObject ${bucket}/config.json` }).dblclick();
  await expect(page.getByRole("complementary")).toBeVisible();
  await look(page, "audit-details");
  await page.goto("/ui/activity/audit?time=between&user=nobody-of-this-name");
  await expect(page.getByRole("heading", { name: "Nothing found" })).toBeVisible();
  await look(page, "audit-nothing");
  await page.goto("/ui/activity/audit?request=NEVERWAS00000000");
  await expect(page.getByRole("note").filter({ hasText: "no request of this id" })).toBeVisible();
  await look(page, "audit-unknown-request");
});

test("menus, palette, shortcuts and the drawer", async ({ page, s3, bucket }) => {
  // So many that the palette scrolls.
  for (let i = 0; i < 12; i += 1) await s3.send(new CreateBucketCommand({ Bucket: `${bucket}-${i}` }));
  await page.goto("/ui/activity");
  await expect(page.getByRole("heading", { name: "Activity" })).toBeVisible();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await look(page, "account");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog").getByLabel("Search and commands")).toBeFocused();
  await look(page, "palette");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(dialog(page, "Keyboard shortcuts")).toBeVisible();
  await look(page, "shortcuts");
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole("button", { name: "Open the navigation" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  await look(page, "navigation");
});

test("what a restricted person sees", async ({ page, actAs, admin, s3, bucket }) => {
  await seed(s3, bucket, FILES);
  await actAs(await newUser(admin, [{ bucket, actions: ["list", "read"] }]));
  await page.goto("/ui/buckets");
  await expect(row(page, bucket)).toBeVisible();
  await look(page, "restricted-buckets");
  await openBucket(page, bucket);
  await look(page, "restricted-objects");
  await page.goto("/ui/settings");
  await expect(page.getByRole("heading", { name: "For administrators" })).toBeVisible();
  await look(page, "restricted-settings");
});

test("a session that has ended", async ({ page, server, context, s3, bucket, tolerate }) => {
  tolerate(/status of 401/);
  await seed(s3, bucket, FILES);
  await openBucket(page, bucket);
  await context.clearCookies();
  expect(server.ui).toBeTruthy();
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(dialog(page, "Your session has ended")).toBeVisible();
  await look(page, "session-ended");
});

test("the pseudo-locale, whose texts are longer", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, FILES);
  await page.addInitScript(() => localStorage.setItem("myfsio.locale", "en-XA"));
  await page.goto(`/ui/buckets/${bucket}`);
  await expect(row(page, "config.json")).toBeVisible();
  await look(page, "pseudo-objects");
});
