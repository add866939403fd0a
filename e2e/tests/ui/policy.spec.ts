import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { getBucket } from "@myfsio/client";
import { newUser, ok } from "../../support/api";
import { dialog, openPermissions, row } from "../../support/console";
import { close, seed } from "../../support/s3";
import type { Server } from "../../support/server";
import { expect, type Locator, type Page, test } from "../../support/test";

const card = (page: Page): Locator => page.getByRole("region", { name: "Bucket policy" });
const preset = (page: Page, name: string): Locator => card(page).getByRole("radio", { name, exact: true });
const choose = (page: Page, name: string) => card(page).getByText(name, { exact: true }).click();
const editor = (page: Page): Locator => card(page).getByRole("textbox", { name: "Policy as JSON" });
const attach = (page: Page): Locator => card(page).getByRole("button", { name: "Attach the policy" });
const badge = (page: Page, name: "Public" | "Private"): Locator =>
  page
    .locator("header")
    .filter({ has: page.getByRole("heading", { level: 1 }) })
    .getByText(name, { exact: true });

/** Replaces all that is in the editor. */
async function write(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

/** What anybody gets without credentials: a listing, an object, and a write. */
async function anonymously(server: Server, bucket: string): Promise<number[]> {
  const answers = [
    await fetch(`${server.s3}/${bucket}?list-type=2`),
    await fetch(`${server.s3}/${bucket}/a.txt`),
    await fetch(`${server.s3}/${bucket}/b.txt`, { method: "PUT", body: "b" }),
  ];
  return answers.map((answer) => answer.status);
}

async function policyOf(s3: S3Client, bucket: string): Promise<string | undefined> {
  return (await s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).Policy;
}

const allow = (bucket: string, part: object = {}): string =>
  JSON.stringify(
    {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Own",
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: `arn:aws:s3:::${bucket}/*`,
          ...part,
        },
      ],
    },
    null,
    2,
  );

test.afterEach(({ s3, bucket }) => close(s3, bucket));

test("the presets open a bucket to anybody and close it again", async ({ page, server, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "for all" });
  expect(await anonymously(server, bucket)).toEqual([403, 403, 403]);
  await page.goto(`/ui/buckets?search=${bucket}`);
  await row(page, bucket).getByRole("link").click();
  await page.getByRole("link", { name: "Permissions" }).click();
  await expect(preset(page, "Private")).toBeChecked();
  await expect(card(page)).toContainText("No policy is attached.");

  await choose(page, "Public");
  await card(page).getByRole("button", { name: "Make public" }).click();
  const asks = dialog(page, "Make public");
  await expect(asks).toContainText("see the names of all objects, now 1 object");
  await expect(asks).toContainText("download all of them, now 7 B");
  await asks.getByRole("button", { name: "Cancel" }).click();
  await expect(card(page).getByRole("button", { name: "Make public" })).toBeFocused();
  expect(await anonymously(server, bucket)).toEqual([403, 403, 403]);

  await card(page).getByRole("button", { name: "Make public" }).click();
  await asks.getByRole("button", { name: "Make public" }).click();
  await expect(asks).toBeHidden();
  await expect(card(page)).toContainText("PublicRead");
  await expect(badge(page, "Public")).toBeVisible();
  await expect(page.getByRole("region", { name: "Who can reach this bucket" })).toContainText(
    "The bucket policy is public.",
  );
  await expect(card(page).getByRole("button", { name: "Make public" })).toBeFocused();
  expect(await anonymously(server, bucket)).toEqual([200, 200, 403]);
  // The list that was loaded before knows it, without a word of the server.
  await page.route(/\/myfsio\/buckets\?/, () => {});
  await page.goBack();
  await page.goBack();
  await expect(row(page, bucket)).toContainText("Public");
  await page.unroute(/\/myfsio\/buckets\?/);

  await openPermissions(page, bucket);
  await expect(preset(page, "Public")).toBeChecked();
  await choose(page, "Private");
  expect(await anonymously(server, bucket)).toEqual([200, 200, 403]);
  await card(page).getByRole("button", { name: "Detach the policy" }).click();
  await expect(dialog(page, "Detach the policy")).toContainText("PublicRead");
  await dialog(page, "Detach the policy").getByRole("button", { name: "Detach", exact: true }).click();
  await expect(card(page)).toContainText("No policy is attached.");
  await expect(badge(page, "Private")).toBeVisible();
  expect(await anonymously(server, bucket)).toEqual([403, 403, 403]);
  await page.getByRole("link", { name: "Buckets" }).first().click();
  await expect(row(page, bucket)).toBeVisible();
  await expect(row(page, bucket)).not.toContainText("Public");
});

test("a policy of one's own is written, found faulty, refused, mended and attached", async ({
  page,
  server,
  s3,
  bucket,
  tolerate,
}) => {
  tolerate(/status of 400/);
  await seed(s3, bucket, { "a.txt": "a" });
  await openPermissions(page, bucket);
  await choose(page, "Custom");
  await expect(editor(page)).toContainText("UserReadWrite");
  await expect(card(page)).toContainText("Nothing changed yet.");

  await write(page, '{\n  "Version": "2012-10-17"\n  "Statement": []\n}');
  const fault = card(page).getByRole("button", { name: "Line 3: A comma is missing before this." });
  await expect(fault).toBeVisible();
  await expect(editor(page)).toHaveAttribute("aria-invalid", "true");
  await attach(page).click({ force: true });
  await attach(page).hover();
  await expect(page.getByRole("tooltip")).toContainText("The text has a fault");
  await fault.click();
  await expect(editor(page)).toBeFocused();
  await page.keyboard.insertText(",");
  await expect(fault).toHaveCount(0);

  const text = allow(bucket, { Principal: { AWS: "000000000000" }, Action: "s3:Sing" });
  await write(page, text);
  await attach(page).click();
  const refusal = card(page).getByRole("alert");
  await expect(refusal).toContainText('Policy has invalid action: "s3:Sing" in Action of statement 1.');
  await expect(refusal).toContainText("MalformedPolicy");
  await expect(attach(page)).toBeFocused();
  await expect(refusal.getByRole("button", { name: "Copy the request's id" })).toBeVisible();
  await card(page).getByRole("button", { name: "Go to line 10" }).click();
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("Shift+End");
  await page.keyboard.insertText('"s3:PutObject",');
  await expect(refusal).toHaveCount(0);

  await attach(page).click();
  await expect(card(page).getByText("Not public", { exact: true })).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: "The policy is attached." })).toBeVisible();
  expect(await policyOf(s3, bucket)).toBe(text.replace("s3:Sing", "s3:PutObject"));
  expect(await anonymously(server, bucket)).toEqual([403, 403, 403]);
});

test("a policy of one's own that lets everybody in is asked about", async ({ page, server, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a" });
  await s3.send(
    new PutBucketPolicyCommand({ Bucket: bucket, Policy: allow(bucket, { Principal: { AWS: "000000000000" } }) }),
  );
  await openPermissions(page, bucket);
  await expect(preset(page, "Custom")).toBeChecked();
  await expect(editor(page)).toContainText("000000000000");
  await write(page, allow(bucket));
  await attach(page).click();
  const asks = dialog(page, "This policy allows everybody something");
  await expect(asks).toContainText("s3:GetObject");
  await expect(asks).toContainText(`arn:aws:s3:::${bucket}/*`);
  await page.keyboard.press("Escape");
  await expect(attach(page)).toBeFocused();
  expect(await anonymously(server, bucket)).toEqual([403, 403, 403]);
  await attach(page).click();
  await asks.getByRole("button", { name: "Attach the policy" }).click();
  await expect(badge(page, "Public")).toBeVisible();
  expect(await anonymously(server, bucket)).toEqual([403, 200, 403]);
});

test("a draft outlives a reload and the other presets, and can be discarded", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  const attached = allow(bucket, { Principal: { AWS: "000000000000" } });
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: attached }));
  await openPermissions(page, bucket);
  await expect(editor(page)).toContainText("Own");
  await write(page, '{ "Draft": 1 }');
  await expect(card(page)).toContainText("Draft, kept in this browser.");
  await openPermissions(page, bucket);
  await expect(editor(page)).toContainText('"Draft": 1');
  await expect(card(page)).toContainText("Draft, kept in this browser.");

  await choose(page, "Private");
  await expect(card(page)).toContainText("A draft of yours waits under Custom.");
  await card(page).getByRole("button", { name: "Detach the policy" }).click();
  await dialog(page, "Detach the policy").getByRole("button", { name: "Detach", exact: true }).click();
  await expect(card(page)).toContainText("No policy is attached.");
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).rejects.toThrow(/does not exist/);
  await page.reload();
  await expect(preset(page, "Private")).toBeChecked();
  await choose(page, "Custom");
  await expect(editor(page)).toContainText('"Draft": 1');

  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: attached }));
  await openPermissions(page, bucket);
  await card(page).getByRole("button", { name: "Discard the draft" }).click();
  await expect(editor(page)).toContainText("Own");
  await expect(card(page)).toContainText("Nothing changed yet.");
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(editor(page)).toContainText('"Draft": 1');
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await openPermissions(page, bucket);
  await expect(editor(page)).toContainText("Own");
  await expect(card(page)).toContainText("Nothing changed yet.");
});

test("every template is a policy of this bucket, and formatting keeps what is said", async ({
  page,
  s3,
  bucket,
  tolerate,
}) => {
  tolerate(/status of 400/);
  await seed(s3, bucket);
  await openPermissions(page, bucket);
  await choose(page, "Custom");
  for (const [name, saved] of [
    ["Let one user read and write", false],
    ["Let another account read", false],
    ["Let anybody read, but not list", true],
    ["Let anybody read one folder", true],
    ["Let one network read", true],
    ["Refuse to delete objects", true],
  ] as const) {
    await card(page).getByRole("button", { name: "Templates" }).click();
    await page.getByRole("menuitem", { name }).click();
    await expect(editor(page)).toContainText(bucket);
    await attach(page).click();
    const asks = dialog(page, "This policy allows everybody something");
    if (/anybody|network/.test(name)) await asks.getByRole("button", { name: "Attach the policy" }).click();
    if (saved) await expect(card(page)).toContainText("Nothing changed yet.");
    else await expect(card(page).getByRole("alert"), name).toContainText("MalformedPolicy");
  }
  const plain = JSON.stringify(JSON.parse(allow(bucket)));
  await write(page, plain);
  await card(page).getByRole("button", { name: "Format" }).click();
  await attach(page).click();
  await dialog(page, "This policy allows everybody something")
    .getByRole("button", { name: "Attach the policy" })
    .click();
  await expect(card(page)).toContainText("Nothing changed yet.");
  expect(await policyOf(s3, bucket)).toBe(allow(bucket));
});

test("an administrator takes back a policy that shuts out everybody", async ({
  page,
  server,
  s3,
  bucket,
  tolerate,
}) => {
  tolerate(/status of 403/);
  await seed(s3, bucket, { "a.txt": "a" });
  await openPermissions(page, bucket);
  await choose(page, "Custom");
  await card(page).getByRole("button", { name: "Templates" }).click();
  await page.getByRole("menuitem", { name: "Refuse connections that are not encrypted" }).click();
  await expect(editor(page)).toContainText("OnlyEncrypted");
  // The tests' own connections are not encrypted.
  await attach(page).click();
  await expect(page.getByText(`The bucket ${bucket} cannot be shown`)).toBeVisible();
  await page.reload();
  await expect(page.getByText(`The bucket ${bucket} cannot be shown`)).toBeVisible();
  await expect(card(page)).toContainText("OnlyEncrypted");
  await card(page).getByRole("button", { name: "Detach the policy" }).click();
  await dialog(page, "Detach the policy").getByRole("button", { name: "Detach", exact: true }).click();
  await expect(card(page)).toContainText("No policy is attached.");
  expect(await anonymously(server, bucket)).toEqual([403, 403, 403]);
  expect((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount).toBe(1);
});

test("Block Public Access keeps the Public preset from being chosen in vain", async ({ page, server, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a" });
  await openPermissions(page, bucket);
  const block = page.getByRole("region", { name: "Block Public Access" });
  const on = (name: string) => block.getByRole("switch", { name });
  await on("Refuse public policies").click();
  await expect(on("Refuse public policies")).toBeChecked();
  await choose(page, "Public");
  const button = card(page).getByRole("button", { name: "Make public" });
  await button.hover();
  await expect(page.getByRole("tooltip")).toContainText("Block Public Access refuses public policies.");
  await button.click({ force: true });
  await expect(page.getByRole("dialog")).toHaveCount(0);

  // What does not open anything at once is not asked about.
  await on("Refuse public policies").click();
  await expect(on("Refuse public policies")).not.toBeChecked();
  await on("Keep public policies to this account").click();
  await expect(on("Keep public policies to this account")).toBeChecked();
  await expect(card(page)).toContainText("the public would get nothing");
  await button.click();
  await dialog(page, "Make public").getByRole("button", { name: "Make public" }).click();
  await expect(page.getByRole("region", { name: "Who can reach this bucket" })).toContainText(
    "keeps it to this account",
  );
  await expect(badge(page, "Private")).toBeVisible();
  expect(await anonymously(server, bucket)).toEqual([403, 403, 403]);

  await on("Keep public policies to this account").click();
  await expect(dialog(page, "Turn this off?")).toContainText("The policy that is attached is public.");
  await dialog(page, "Turn this off?").getByRole("button", { name: "Turn off" }).click();
  await expect(badge(page, "Public")).toBeVisible();
  expect(await anonymously(server, bucket)).toEqual([200, 200, 403]);
  await block.getByRole("button", { name: "Block all" }).click();
  for (const name of [
    "Refuse public policies",
    "Keep public policies to this account",
    "Refuse public access control lists",
    "Ignore public access control lists",
  ]) {
    await expect(on(name), name).toBeChecked();
  }
  await expect(badge(page, "Private")).toBeVisible();
  expect(await anonymously(server, bucket)).toEqual([403, 403, 403]);
});

test("the editor is reached, left and its faults found by keyboard alone", async ({ page, server, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a" });
  await openPermissions(page, bucket);
  await preset(page, "Private").focus();
  await page.keyboard.press("ArrowRight");
  await expect(preset(page, "Public")).toBeChecked();
  await page.keyboard.press("Tab");
  await expect(card(page).getByRole("button", { name: "Make public" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog(page, "Make public")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+Tab");
  await expect(preset(page, "Public")).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(preset(page, "Custom")).toBeChecked();
  await expect(editor(page)).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(card(page).getByRole("button", { name: "Templates" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(editor(page)).toBeFocused();

  // Tab goes on to what follows the editor, Shift+Tab back.
  await page.keyboard.press("Tab");
  await expect(attach(page)).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(card(page).getByRole("button", { name: "Format" })).toBeFocused();
  await page.keyboard.press("Tab");

  // Escape leaves it as well, and what comes next is what follows the editor.
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Escape");
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(editor(page)).not.toBeFocused();
  await page.keyboard.press("Tab");
  await expect(attach(page)).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(editor(page)).toBeFocused();

  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(allow(bucket).replace('"Sid"', "Sid"));
  await expect(card(page).getByRole("button", { name: /^Line 5: A name in double quotes/ })).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(editor(page)).toBeFocused();
  await page.keyboard.type('"');
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type('"');
  await expect(card(page).getByRole("button", { name: /^Line/ })).toHaveCount(0);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const asks = dialog(page, "This policy allows everybody something");
  await expect(asks).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(asks.getByRole("button", { name: "Attach the policy" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(asks).toBeHidden();
  await expect(badge(page, "Public")).toBeVisible();
  expect(await anonymously(server, bucket)).toEqual([403, 200, 403]);
});

test("who may see the policy but not change it sees no control that works", async ({
  page,
  actAs,
  admin,
  s3,
  bucket,
}) => {
  await seed(s3, bucket);
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: allow(bucket) }));
  const reads = ["Policy", "PolicyStatus", "PublicAccessBlock", "OwnershipControls", "Acl", "CORS"];
  await actAs(
    await newUser(admin, [{ bucket, actions: ["list", "read", ...reads.map((what) => `s3:GetBucket${what}`)] }]),
  );
  await openPermissions(page, bucket);
  await expect(card(page)).toContainText("You lack the permission s3:PutBucketPolicy");
  await expect(card(page)).toContainText('"Own"');
  const main = page.getByRole("main");
  for (const role of ["radio", "switch"] as const) {
    for (const control of await main.getByRole(role).all()) await expect(control).toBeDisabled();
  }
  await expect(main.getByRole("radio")).toHaveCount(3);
  await expect(main.getByRole("switch")).toHaveCount(4);
  await expect(main.getByRole("textbox")).toHaveCount(1);
  await expect(main.getByRole("textbox")).toHaveAccessibleName("Keys that begin with"); // it asks who has access
  const buttons = main.getByRole("button", { disabled: false });
  await expect(buttons).toHaveText(["Connect", "", "Look"]);
  await expect(buttons.nth(1)).toHaveAccessibleName("Copy Attached now");
  for (const [name, permission] of [
    ["Block all", "s3:PutBucketPublicAccessBlock"],
    ["Edit ownership", "s3:PutBucketOwnershipControls"],
    ["Edit the list", "s3:PutBucketAcl"],
    ["Add rule", "s3:PutBucketCORS"],
  ] as const) {
    const button = main.getByRole("button", { name });
    await button.hover();
    await expect(page.getByRole("tooltip", { name: permission })).toBeVisible();
    await button.click({ force: true });
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
});

test("who may see none of it is told which permissions that needs", async ({ page, actAs, admin, s3, bucket }) => {
  await seed(s3, bucket);
  await actAs(await newUser(admin, [{ bucket, actions: ["list", "read"] }]));
  await page.goto(`/ui/buckets/${bucket}`);
  await page.getByRole("link", { name: "Permissions" }).click();
  await expect(page).toHaveURL(new RegExp(`/ui/buckets/${bucket}/permissions$`));
  for (const [name, permission] of [
    ["Bucket policy", "s3:GetBucketPolicy"],
    ["Block Public Access", "s3:GetBucketPublicAccessBlock"],
    ["Object ownership", "s3:GetBucketOwnershipControls"],
    ["Access control list", "s3:GetBucketAcl"],
    ["Cross-origin requests (CORS)", "s3:GetBucketCORS"],
  ] as const) {
    await expect(page.getByRole("region", { name })).toHaveText(`${name}You lack the permission ${permission}`);
  }
});

test("a policy changed elsewhere shows, and a failure says what failed and is tried again", async ({
  page,
  admin,
  s3,
  bucket,
  tolerate,
}) => {
  tolerate(/status of 5\d\d|ERR_FAILED/);
  await seed(s3, bucket);
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: allow(bucket) }));
  expect(await ok(getBucket({ client: admin, path: { bucket } }))).toMatchObject({ access: "public" });
  await openPermissions(page, bucket);
  await expect(preset(page, "Custom")).toBeChecked();
  await s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
  await openPermissions(page, bucket);
  await expect(preset(page, "Private")).toBeChecked();

  await page.route("**/documents/policy", (route) =>
    route.fulfill({
      status: 507,
      contentType: "application/problem+json",
      body: JSON.stringify({ status: 507, code: "StorageFull", detail: "", requestId: "REQUEST1" }),
    }),
  );
  await choose(page, "Public");
  await card(page).getByRole("button", { name: "Make public" }).click();
  await dialog(page, "Make public").getByRole("button", { name: "Make public" }).click();
  const alert = dialog(page, "Make public").getByRole("alert");
  await expect(alert).toContainText("The policy was not attached");
  await expect(alert).toContainText("StorageFull");
  await expect(alert).toContainText("REQUEST1");
  await page.unroute("**/documents/policy");
  await dialog(page, "Make public").getByRole("button", { name: "Make public" }).click();
  await expect(badge(page, "Public")).toBeVisible();
  expect(await policyOf(s3, bucket)).toContain("PublicRead");

  await page.route("**/documents/policy", (route) => route.abort());
  await page.goto(`/ui/buckets/${bucket}/permissions`);
  const failed = card(page).getByRole("alert");
  await expect(failed).toContainText("Bucket policy cannot be shown");
  await page.unroute("**/documents/policy");
  await failed.getByRole("button", { name: "Retry" }).click();
  await expect(preset(page, "Public")).toBeChecked();
});
