import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { createBulkDelete } from "@myfsio/client";
import { newUser, ok } from "../../support/api";
import { dialog, expectRows, openBucket, row } from "../../support/console";
import { flood } from "../../support/flood";
import { many, putAll, seed } from "../../support/s3";
import { expect, test } from "../../support/test";

async function count(s3: S3Client, bucket: string, prefix = ""): Promise<number> {
  let found = 0;
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
    found += page.KeyCount ?? 0;
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return found;
}

test("deletes a selection, and says what it did", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { ...many(150, "old-"), ...many(20, "sub/x-"), "stays.txt": "s" });
  await openBucket(page, bucket);
  await page.getByRole("button", { name: "Load all" }).click();
  await expect(page.getByText("Showing 152 of 152")).toBeVisible();
  await page.getByRole("checkbox", { name: "Select all loaded rows" }).check();
  await page.keyboard.press("End");
  await page.getByRole("grid", { name: "Objects" }).press("End");
  await row(page, "stays.txt").getByRole("checkbox").uncheck();
  const bar = page.getByRole("toolbar", { name: "Actions for the selection" });
  await expect(bar).toContainText("151 selected");
  await bar.getByRole("button", { name: "Delete" }).click();
  const asks = dialog(page, "Delete");
  await expect(asks).toContainText("150 objects");
  await expect(asks).toContainText("1 folder");
  await expect(asks).toContainText("With all that lies below, 170 objects will be deleted.");
  await asks.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText(`Delete in ${bucket}: 170 objects done`)).toBeVisible();
  await expectRows(page, ["stays.txt"]);
  expect(await count(s3, bucket)).toBe(1);

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Activity" }).click();
  const job = page
    .getByRole("list", { name: "Jobs" })
    .getByRole("listitem")
    .filter({ hasText: `Delete in ${bucket}` });
  await expect(job).toContainText("Done");
  await expect(job).toContainText("170 of 170");
  await job.getByRole("button", { name: `Remove “Delete in ${bucket}” from the list` }).click();
  await expect(job).toHaveCount(0);
});

test("runs on while the page is loaded anew, and is canceled there", async ({ page, server, s3, bucket }) => {
  await seed(s3, bucket);
  await flood(server, bucket, 5000, (i) => `many/${String(i).padStart(5, "0")}`);
  await openBucket(page, bucket);

  await page.getByRole("checkbox", { name: "Select many" }).check();
  await page.getByRole("toolbar").getByRole("button", { name: "Copy" }).click();
  await dialog(page, "Copy").getByLabel("Folder").fill("copy");
  await dialog(page, "Copy").getByRole("button", { name: "Copy" }).click();
  const title = `Copy from ${bucket} to ${bucket}/copy/`;
  const bar = page.getByRole("progressbar", { name: title });
  await expect(bar).toBeVisible();
  await expect(page.getByRole("button", { name: "1 job running" })).toBeVisible();
  await page.reload();
  await expect(bar).toBeVisible();
  await expect.poll(async () => Number(await bar.getAttribute("aria-valuenow"))).toBeGreaterThan(0);
  await expect(page.getByText(/[\d,]+ of 5,000/)).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Cancel" }).click();
  await expect(bar).toHaveCount(0);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: title })).toContainText("Canceled");
  const copied = await count(s3, bucket, "copy/");
  expect(copied).toBeGreaterThan(0);
  expect(copied).toBeLessThan(5000);
});

test("asks for the bucket's name before it deletes more than a thousand objects", async ({
  page,
  server,
  s3,
  bucket,
}) => {
  await seed(s3, bucket, { "stays.txt": "s" });
  await flood(server, bucket, 1200, (i) => `many/${i}`);
  await openBucket(page, bucket);
  await row(page, "many").focus();
  await page.keyboard.press("Delete");
  const asks = dialog(page, "Delete");
  await expect(asks).toContainText("1,200 objects will be deleted");
  await expect(asks.getByRole("button", { name: "Delete" })).toBeDisabled();
  await asks.getByLabel(`Type the name of the bucket, ${bucket}, to confirm`).fill(bucket);
  await asks.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText(`Delete in ${bucket}: 1,200 objects done`)).toBeVisible();
  await expectRows(page, ["stays.txt"]);
  expect(await count(s3, bucket)).toBe(1);
});

test("tells which objects it could not do", async ({ page, actAs, admin, server, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a", "b.txt": "b" });
  await seed(s3, `${bucket}-full`, { "a.txt": "taken", "b.txt": "taken" });
  const user = await newUser(admin, [
    { bucket, actions: ["list", "read", "write", "delete"] },
    { bucket: `${bucket}-full`, actions: ["list", "read", "write"] },
  ]);
  await actAs(user);
  expect(server.ui).toBeTruthy();
  await openBucket(page, bucket);
  await page.getByRole("checkbox", { name: "Select all loaded rows" }).check();
  await page.getByRole("toolbar").getByRole("button", { name: "Copy" }).click();
  const asks = dialog(page, "Copy");
  await asks.getByLabel("Bucket").selectOption(`${bucket}-full`);
  await asks.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByText(/: 2 failed$/)).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Activity" }).click();
  await page.getByRole("button", { name: "Show 2 failures" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "PreconditionFailed" }).first()).toBeVisible();
});

test("of another program is seen too", async ({ page, admin, s3, bucket }) => {
  await seed(s3, bucket);
  await putAll(s3, bucket, many(30));
  await page.goto("/ui/activity");
  await ok(createBulkDelete({ client: admin, body: { bucket, prefixes: ["file-"] } }));
  await page.reload();
  await expect(page.getByRole("listitem").filter({ hasText: `Delete in ${bucket}` })).toContainText("30 of 30");
});
