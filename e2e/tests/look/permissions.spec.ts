import { PutBucketAclCommand, PutBucketCorsCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { newUser } from "../../support/api";
import { dialog, openPermissions } from "../../support/console";
import { look } from "../../support/look";
import { close, seed } from "../../support/s3";
import { expect, test } from "../../support/test";

test.setTimeout(120_000);

test.afterEach(({ s3, bucket }) => close(s3, bucket));

test("permissions", async ({ page, s3, bucket, tolerate }) => {
  tolerate(/status of 400/);
  await seed(s3, bucket, { "a.txt": "a".repeat(3000), "b.txt": "b" });
  await openPermissions(page, bucket);
  const policy = page.getByRole("region", { name: "Bucket policy" });
  await expect(policy).toContainText("No policy is attached");
  await look(page, "permissions");
  await policy.getByText("Public", { exact: true }).click();
  await policy.getByRole("button", { name: "Make public" }).click();
  await expect(dialog(page, "Make public")).toContainText("now 2 objects");
  await look(page, "permissions-make-public");
  await dialog(page, "Make public").getByRole("button", { name: "Make public" }).click();
  await expect(page.getByRole("region", { name: "Who can reach this bucket" })).toContainText(
    "also without signing in",
  );
  await look(page, "permissions-public");
  await policy.getByText("Private", { exact: true }).click();
  await policy.getByRole("button", { name: "Detach the policy" }).click();
  await expect(dialog(page, "Detach the policy")).toContainText("PublicRead");
  await look(page, "permissions-detach");
  await page.keyboard.press("Escape");

  await policy.getByText("Custom", { exact: true }).click();
  const editor = policy.getByRole("textbox", { name: "Policy as JSON" });
  await expect(editor).toContainText("PublicList");
  await editor.scrollIntoViewIfNeeded();
  await look(page, "permissions-custom");
  await policy.getByRole("button", { name: "Templates" }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await look(page, "permissions-templates");
  await page.getByRole("menuitem", { name: "Let one user read and write" }).click();
  await policy.getByRole("button", { name: "Attach the policy" }).click();
  await expect(policy.getByRole("alert")).toContainText("does not exist");
  await look(page, "permissions-refused");
  await editor.press("ControlOrMeta+Home");
  await editor.press("ArrowDown");
  await page.keyboard.type("oops ");
  await expect(policy.getByText(/^Line 2: /)).toBeVisible();
  await look(page, "permissions-faulty");
  await policy.getByRole("button", { name: "Templates" }).click();
  await page.getByRole("menuitem", { name: "Let one network read" }).click();
  await policy.getByRole("button", { name: "Attach the policy" }).click();
  await expect(dialog(page, "This policy allows everybody something")).toBeVisible();
  await look(page, "permissions-opens");
});

test("the cards below the policy", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await s3.send(
    new PutBucketCorsCommand({
      Bucket: bucket,
      CORSConfiguration: {
        CORSRules: [
          {
            ID: "app",
            AllowedOrigins: ["https://app.example.com", "http://localhost:3000"],
            AllowedMethods: ["GET", "PUT"],
            AllowedHeaders: ["*"],
            ExposeHeaders: ["ETag", "x-amz-version-id"],
            MaxAgeSeconds: 3600,
          },
          { AllowedOrigins: ["*"], AllowedMethods: ["GET"] },
        ],
      },
    }),
  );
  await s3.send(new PutBucketAclCommand({ Bucket: bucket, ACL: "public-read-write" }));
  await openPermissions(page, bucket);
  const block = page.getByRole("region", { name: "Block Public Access" });
  await block.scrollIntoViewIfNeeded();
  await block.getByRole("switch", { name: "Ignore public access control lists" }).click({ force: true });
  await expect(block.getByRole("switch", { name: "Ignore public access control lists" })).toBeChecked();
  await look(page, "permissions-block");
  await block.getByRole("switch", { name: "Ignore public access control lists" }).click({ force: true });
  await expect(dialog(page, "Turn this off?")).toBeVisible();
  await look(page, "permissions-block-off");
  await dialog(page, "Turn this off?").getByRole("button", { name: "Turn off" }).click();
  await expect(block.getByRole("switch", { name: "Ignore public access control lists" })).not.toBeChecked();

  const ownership = page.getByRole("region", { name: "Object ownership" });
  await ownership.getByRole("button", { name: "Edit ownership" }).click();
  await dialog(page, "Edit ownership").getByLabel("Bucket owner enforced").check();
  await look(page, "permissions-ownership");
  await page.keyboard.press("Escape");

  const acl = page.getByRole("region", { name: "Access control list" });
  await acl.scrollIntoViewIfNeeded();
  await look(page, "permissions-acl");
  await acl.getByRole("button", { name: "Edit the list" }).click();
  const form = dialog(page, "Edit the list");
  await form.getByRole("button", { name: "Add grant" }).click();
  await form.getByLabel("Canonical id of the account of grant 4").fill("abc");
  await look(page, "permissions-acl-form");
  await form.getByLabel("List", { exact: true }).selectOption("Private");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await acl.getByRole("button", { name: "Edit the list" }).click();
  await form.getByLabel("List", { exact: true }).selectOption("Public can list (public-read)");
  await look(page, "permissions-acl-public");
  await page.keyboard.press("Escape");

  const cors = page.getByRole("region", { name: "Cross-origin requests (CORS)" });
  await cors.scrollIntoViewIfNeeded();
  await look(page, "permissions-cors");
  await cors.getByRole("button", { name: "Edit: Rule 1, app" }).click();
  const rule = dialog(page, "Edit: Rule 1, app");
  await rule.getByLabel("Origins").fill("https://app.example.com/start");
  await rule.getByLabel("Exposed headers").fill("x-*");
  await rule.getByLabel("Max age in seconds").fill("soon");
  await look(page, "permissions-cors-form");
  await page.keyboard.press("Escape");
  await cors.getByRole("button", { name: "Remove: Rule 2" }).click();
  await expect(dialog(page, "Remove: Rule 2")).toBeVisible();
  await look(page, "permissions-cors-remove");
});

test("permissions of a restricted person", async ({ page, actAs, admin, s3, bucket }) => {
  await seed(s3, bucket);
  const statement = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${bucket}/public/*`,
  };
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify({ Statement: statement }) }));
  await actAs(await newUser(admin, [{ bucket, actions: ["list", "read", "s3:GetBucketPolicy"] }]));
  await openPermissions(page, bucket);
  await expect(page.getByRole("region", { name: "Bucket policy" })).toContainText("s3:GetObject");
  await look(page, "permissions-restricted");
});
