import { readFile } from "node:fs/promises";
import {
  DeleteBucketPolicyCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { createUser } from "@myfsio/client";
import { newUser, ok } from "../../support/api";
import { s3Of, seed } from "../../support/s3";
import { expect, type Page, test } from "../../support/test";

const lines = (page: Page) => page.getByRole("grid", { name: "Audit log" });

/** Fails as S3 does and gives the id of the request. */
async function refused(request: Promise<unknown>): Promise<string> {
  const failure = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(failure).toBeInstanceOf(S3ServiceException);
  const { $metadata } = failure as S3ServiceException;
  expect($metadata.httpStatusCode).toBe(403);
  return $metadata.requestId ?? "";
}

test("explains why a request was denied, by a link that can be passed on", async ({
  page,
  server,
  admin,
  s3,
  bucket,
}) => {
  await seed(s3, bucket, { "secret.txt": "s" });
  const who = await newUser(admin, [{ bucket, actions: ["list", "read"] }], "Restricted reader");
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: "*", Action: "s3:ListBucket", Resource: `arn:aws:s3:::${bucket}` },
      {
        Sid: "Hidden",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: `arn:aws:s3:::${bucket}/secret.txt`,
      },
    ],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  const theirs = s3Of(server, who);
  const request = await refused(theirs.send(new GetObjectCommand({ Bucket: bucket, Key: "secret.txt" })));
  theirs.destroy();

  await page.goto("/ui/activity");
  await page.getByRole("navigation", { name: "Parts of the activity" }).getByRole("link", { name: "Audit" }).click();
  await page.getByRole("searchbox", { name: "Request id" }).fill(request);
  await expect(page).toHaveURL(new RegExp(`request=${request}`));
  const why = page.getByRole("note").filter({ hasText: "Why it was denied" });
  await expect(why).toContainText("s3:GetObject is denied by a statement of the bucket policy");
  await lines(page)
    .getByRole("row", { name: `GetObject ${bucket}/secret.txt` })
    .dblclick();
  const details = page.getByRole("complementary");
  await expect(details.getByRole("region", { name: "Decision" })).toContainText("Hidden");
  await expect(details.getByRole("region", { name: "Decision" })).toContainText("2");
  await expect(details.getByRole("region", { name: "Who" })).toContainText("Restricted reader");
  const link = page.url();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByRole("complementary").getByRole("region", { name: "Decision" })).toContainText("Hidden");
  await page.getByRole("complementary").press("Escape");
  await expect(page.getByRole("complementary")).toHaveCount(0);
  // No bucket that everybody sees is left behind.
  await s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
});

test("filters by outcome, user, operation and bucket, and downloads what is left", async ({
  page,
  server,
  admin,
  s3,
  bucket,
}) => {
  await seed(s3, bucket);
  const name = `audited-${bucket}`;
  await ok(createUser({ client: admin, body: { display_name: name, access_key: name, policies: [] } }));
  await page.goto(`/ui/activity/audit?bucket=${bucket}`);
  await expect(lines(page).getByRole("row", { name: `CreateBucket ${bucket}` })).toBeVisible();
  await expect(lines(page).getByRole("row", { name: new RegExp(name) })).toHaveCount(0);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByRole("searchbox", { name: "Operation" }).fill("createUser");
  await expect(lines(page).getByRole("row", { name: `createUser ${name}` })).toBeVisible();
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("Done");
  await page.getByRole("combobox", { name: "Time" }).selectOption("Last hour");
  await expect(page).toHaveURL(/operation=createUser/);
  await expect(page).toHaveURL(/outcome=ok/);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download these lines as JSON lines" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^audit-.*\.jsonl$/);
  const saved = (await readFile(await file.path(), "utf8")).trim().split("\n");
  const found = saved.map((line) => JSON.parse(line) as { operation: string; target: string; hash: string });
  expect(found.every((line) => line.operation === "createUser" && /^[0-9a-f]{64}$/.test(line.hash))).toBe(true);
  expect(found.map((line) => line.target)).toContain(name);
  expect(saved.join("")).not.toContain(server.admin.secretKey);

  await page.getByRole("combobox", { name: "Outcome" }).selectOption("Denied");
  await page.getByRole("searchbox", { name: "Who" }).fill("somebody who never was");
  await expect(page.getByRole("heading", { name: "Nothing found" })).toBeVisible();
});

test("has the sign-in that failed, without what was typed", async ({ page, server, s3, bucket }) => {
  await seed(s3, bucket);
  const response = await fetch(`${server.ui}/myfsio/session`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Myfsio-Console": "1", Origin: server.ui },
    body: JSON.stringify({ accessKey: server.admin.accessKey, secretKey: "typed-by-mistake" }),
  });
  expect(response.ok).toBe(false);
  const request = response.headers.get("x-request-id") ?? "";
  await page.goto(`/ui/activity/audit?request=${request}`);
  await expect(page.getByRole("note").filter({ hasText: "Why it was denied" })).toContainText(
    "credentials did not hold",
  );
  await lines(page).getByRole("row", { name: "createSession" }).dblclick();
  await expect(page.getByRole("complementary")).toContainText(server.admin.accessKey);
  await expect(page.getByText("typed-by-mistake")).toHaveCount(0);
});

test("is reached by keyboard, and leads back to the list", async ({ page }) => {
  await page.goto("/ui/activity/audit");
  const grid = lines(page);
  await expect(grid.getByRole("row").nth(1)).toBeVisible();
  await grid.getByRole("row").nth(1).focus();
  await page.keyboard.press("Enter");
  const details = page.getByRole("complementary");
  await expect(details).toBeVisible();
  await details.getByRole("button", { name: "Close" }).click();
  await expect(details).toHaveCount(0);
  await expect(grid.getByRole("row").nth(1)).toBeFocused();
});

test("is not for who lacks the permission", async ({ page, admin, actAs, bucket }) => {
  await actAs(await newUser(admin, [{ bucket, actions: ["list"] }]));
  await page.goto("/ui/activity/audit");
  await expect(page.getByText("You lack the permission myfsio:GetAuditLog")).toBeVisible();
});
