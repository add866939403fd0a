import {
  CreateBucketCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
} from "@aws-sdk/client-s3";
import { newUser, sessionOf } from "../../support/api";
import { dialog, openBucket } from "../../support/console";
import { look } from "../../support/look";
import { many, s3Of, seed } from "../../support/s3";
import { startServer } from "../../support/server";
import { expect, test } from "../../support/test";

test.setTimeout(120_000);

test("lifecycle rules", async ({ page, s3, bucket, admin, actAs }) => {
  await seed(s3, bucket, many(24, "logs/2024/"), { versioning: true });
  await page.goto(`/ui/buckets/${bucket}/lifecycle`);
  const card = page.getByRole("region", { name: "Lifecycle rules" });
  await expect(card).toContainText("No rules");
  await look(page, "lifecycle-none");
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: "old logs of the northern branch",
            Status: "Enabled",
            Filter: {
              And: {
                Prefix: "logs/",
                Tags: [
                  { Key: "team", Value: "storage" },
                  { Key: "keep", Value: "no" },
                ],
                ObjectSizeGreaterThan: 1024,
              },
            },
            Expiration: { Days: 365 },
            NoncurrentVersionExpiration: { NoncurrentDays: 30, NewerNoncurrentVersions: 3 },
          },
          {
            ID: "uploads",
            Status: "Enabled",
            Filter: {},
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          },
          {
            ID: "campaign",
            Status: "Disabled",
            Filter: { Prefix: "campaign/2024/summer/of-the-whole-northern-branch/" },
            Expiration: { Date: new Date("2033-01-31T00:00:00Z") },
          },
        ],
      },
    }),
  );
  await page.reload();
  await expect(card.getByRole("heading", { level: 3 })).toHaveCount(3);
  await look(page, "lifecycle");
  await card.getByRole("button", { name: "Edit the rule old logs of the northern branch" }).click();
  const form = dialog(page, "Edit rule");
  await form.getByLabel("Larger than", { exact: true }).fill("lots");
  await look(page, "lifecycle-rule");
  await form.getByLabel("Newest of them to keep").scrollIntoViewIfNeeded();
  await look(page, "lifecycle-rule-below");
  await page.keyboard.press("Escape");
  await card.getByRole("button", { name: "Add rule" }).click();
  const add = dialog(page, "Add rule");
  await add.getByLabel("Name", { exact: true }).fill("past");
  await add.getByLabel("Current objects").selectOption("Are deleted on a date");
  await add.getByLabel("Date").fill("2020-01-01");
  await add.getByRole("button", { name: "Dry run and save" }).click();
  await expect(add).toContainText("24 items would be deleted now.");
  await look(page, "lifecycle-dry-run");
  await page.keyboard.press("Escape");
  await card.getByRole("button", { name: "Remove the rule uploads" }).click();
  await expect(dialog(page, "Remove rule")).toBeVisible();
  await look(page, "lifecycle-remove");
  await page.keyboard.press("Escape");

  await page.route("**/lifecycle/preview", () => undefined);
  await card.getByRole("button", { name: "Dry run" }).click();
  await expect(dialog(page, "Dry run")).toContainText("0 versions so far");
  await look(page, "lifecycle-dry-run-running");
  await page.keyboard.press("Escape");
  await page.unroute("**/lifecycle/preview");

  await actAs(await newUser(admin, [{ bucket, actions: ["s3:ListBucket", "s3:GetLifecycleConfiguration"] }]));
  await page.reload();
  await expect(card.getByRole("switch").first()).toBeDisabled();
  await look(page, "lifecycle-restricted");
});

test("what lifecycle rules did, and parts that are not known", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  const run = (hours: number, part: object) => {
    const ended = new Date(Date.now() - hours * 3_600_000).toISOString();
    const none = { count: 0, bytes: 0 };
    return { started: ended, ended, expired: none, removed: none, markers: 0, uploads: none, kept: none, ...part };
  };
  // A history that takes days to come about.
  await page.route(`**/myfsio/buckets/${bucket}/lifecycle/history`, (route) =>
    route.fulfill({
      json: {
        enabled: true,
        interval: 3600,
        runs: [
          run(1, {}),
          run(5, {
            expired: { count: 1204, bytes: 734_003_200 },
            removed: { count: 12, bytes: 4096 },
            markers: 3,
            uploads: { count: 1, bytes: 5_242_880 },
            kept: { count: 2, bytes: 2048 },
          }),
          ...Array.from({ length: 12 }, (_, i) => run(24 * (i + 1), { expired: { count: i + 1, bytes: 1000 * i } })),
        ],
      },
    }),
  );
  await page.route(`**/myfsio/buckets/${bucket}/documents/lifecycle`, (route) =>
    route.fulfill({
      json: {
        document:
          "<LifecycleConfiguration><Rule><ID>later</ID><Filter><Prefix>a/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>3</Days></Expiration><Archive><Shelf>7</Shelf></Archive></Rule><Rule><ID>moves</ID><Filter/><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition></Rule></LifecycleConfiguration>",
      },
    }),
  );
  await page.goto(`/ui/buckets/${bucket}/lifecycle`);
  await expect(page.getByRole("button", { name: "Show 4 more" })).toBeVisible();
  await look(page, "lifecycle-unknown");
  await page.getByRole("button", { name: "Show 4 more" }).scrollIntoViewIfNeeded();
  await look(page, "lifecycle-history");
});

test("object lock", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, {}, { versioning: true });
  await page.goto(`/ui/buckets/${bucket}/properties`);
  const card = page.getByRole("region", { name: "Object Lock" });
  await card.getByRole("button", { name: "Enable Object Lock" }).click();
  await expect(dialog(page, "Enable Object Lock")).toBeVisible();
  await look(page, "lock-enable");
  await page.keyboard.press("Escape");
  const name = `${bucket}-locked`;
  await s3.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: true }));
  await s3.send(
    new PutObjectLockConfigurationCommand({
      Bucket: name,
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 30 } },
      },
    }),
  );
  await page.goto(`/ui/buckets/${name}/properties`);
  await card.getByRole("button", { name: "Edit default retention" }).click();
  await dialog(page, "Edit default retention").getByRole("radio", { name: "Compliance" }).check();
  await look(page, "lock-default");
  await page.keyboard.press("Escape");
  await card.scrollIntoViewIfNeeded();
  await look(page, "lock");
  await s3.send(new PutObjectCommand({ Bucket: name, Key: "contract.txt", Body: "We agree." }));
  await s3.send(
    new PutObjectRetentionCommand({
      Bucket: name,
      Key: "contract.txt",
      Retention: { Mode: "GOVERNANCE", RetainUntilDate: new Date("2090-05-04T10:30:00Z") },
    }),
  );
  await s3.send(new PutObjectLegalHoldCommand({ Bucket: name, Key: "contract.txt", LegalHold: { Status: "ON" } }));
  await openBucket(page, name, "?key=contract.txt");
  const lock = page.getByRole("complementary").getByRole("region", { name: "Object Lock" });
  await lock.getByRole("button", { name: "Change retention" }).scrollIntoViewIfNeeded();
  await look(page, "details-lock");
  await lock.getByRole("button", { name: "Change retention" }).click();
  await dialog(page, "Change retention").getByRole("radio", { name: "Compliance" }).check();
  await look(page, "details-retention");
  await page.keyboard.press("Escape");
  await page.goto("/ui/buckets");
  await page.getByRole("button", { name: "Create bucket" }).first().click();
  await dialog(page, "Create bucket").getByRole("checkbox", { name: "Object Lock" }).check();
  await look(page, "buckets-create-locked");
});

test("websites", async ({ page, context, s3, bucket }) => {
  await seed(s3, bucket);
  await page.goto(`/ui/buckets/${bucket}/properties`);
  const card = page.getByRole("region", { name: "Website" });
  await card.getByRole("button", { name: "Edit website" }).click();
  const form = dialog(page, "Edit website");
  await form.getByRole("radio", { name: "Send all requests to another host" }).check();
  await look(page, "website-redirect");
  await page.keyboard.press("Escape");
  const server = await startServer({ WEBSITE_DOMAIN: "websites.localhost" });
  try {
    await context.addCookies([{ ...(await sessionOf(server, server.admin)), url: server.ui }]);
    const own = s3Of(server, server.admin);
    await seed(own, "northern-branch");
    await own.send(
      new PutBucketWebsiteCommand({
        Bucket: "northern-branch",
        WebsiteConfiguration: {
          IndexDocument: { Suffix: "index.html" },
          ErrorDocument: { Key: "errors/not-found.html" },
          RoutingRules: [
            { Condition: { KeyPrefixEquals: "docs/" }, Redirect: { ReplaceKeyPrefixWith: "documents/" } },
            {
              Condition: { HttpErrorCodeReturnedEquals: "404" },
              Redirect: { HostName: "archive.example.com", Protocol: "https", HttpRedirectCode: "302" },
            },
          ],
        },
      }),
    );
    await page.goto(`${server.ui}/ui/buckets/northern-branch/properties`);
    await expect(card.getByRole("link", { name: "http://northern-branch" })).toBeVisible();
    await card.scrollIntoViewIfNeeded();
    await look(page, "website");
    await card.getByRole("button", { name: "Edit website" }).click();
    await expect(form.getByRole("group", { name: "Rule 2" })).toBeVisible();
    await look(page, "website-rules");
    await form.getByRole("button", { name: "Add rule" }).scrollIntoViewIfNeeded();
    await look(page, "website-rules-below");
    own.destroy();
  } finally {
    await page.goto("about:blank");
    await server.stop();
  }
});
