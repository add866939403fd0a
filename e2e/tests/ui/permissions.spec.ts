import {
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketOwnershipControlsCommand,
  GetPublicAccessBlockCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
} from "@aws-sdk/client-s3";
import { createAccount } from "@myfsio/client";
import type { Route } from "@playwright/test";
import { newUser, ok } from "../../support/api";
import { dialog, openPermissions, row } from "../../support/console";
import { withOrigin } from "../../support/origin";
import { close, seed } from "../../support/s3";
import { expect, type Locator, type Page, test } from "../../support/test";

const region = (page: Page, name: string): Locator => page.getByRole("region", { name });
const acl = (page: Page): Locator => region(page, "Access control list");
const cors = (page: Page): Locator => region(page, "Cross-origin requests (CORS)");
const ownership = (page: Page): Locator => region(page, "Object ownership");

test.afterEach(({ s3, bucket }) => close(s3, bucket));

test("an access control list is made public, with grants of one's own, and private again", async ({
  page,
  server,
  admin,
  s3,
  bucket,
}) => {
  await seed(s3, bucket, { "a.txt": "a" });
  const account = await ok(
    createAccount({
      client: admin,
      body: { name: `team-${bucket}`, access_key: `k-${bucket}`, secret_key: "s".repeat(40) },
    }),
  );
  const listed = async () => (await fetch(`${server.s3}/${bucket}?list-type=2`)).status;
  const grants = async () =>
    ((await s3.send(new GetBucketAclCommand({ Bucket: bucket }))).Grants ?? []).map(
      (g) => `${g.Grantee?.URI?.split("/").at(-1) ?? g.Grantee?.ID?.slice(0, 8)} ${g.Permission}`,
    );
  await openPermissions(page, bucket);
  await expect(acl(page).getByRole("row")).toHaveCount(2);
  await expect(acl(page).getByRole("row").nth(1)).toContainText("Everything");

  const edit = acl(page).getByRole("button", { name: "Edit the list" });
  await edit.click();
  const form = dialog(page, "Edit the list");
  const save = form.getByRole("button", { name: "Save" });
  await expect(form.getByLabel("List", { exact: true })).toHaveValue("private");
  await form.getByLabel("List", { exact: true }).selectOption("Public can list (public-read)");
  await expect(form.getByLabel("Who gets grant 2")).toHaveValue("all");
  await expect(form).toContainText("This gives the public something");
  await expect(save).toBeDisabled();
  await form.getByLabel("Yes, that is meant").check();
  await form.getByRole("button", { name: "Add grant" }).click();
  await form.getByLabel("Canonical id of the account of grant 3").fill("abc");
  await expect(form).toContainText("64 digits and letters from a to f");
  await expect(save).toBeDisabled();
  await form.getByLabel("Canonical id of the account of grant 3").fill(account.canonical_id);
  await form.getByLabel("What grant 3 allows").selectOption("Read this list");
  await expect(form.getByLabel("List", { exact: true })).toHaveValue("own");
  await save.click();
  await expect(form).toBeHidden();
  await expect(edit).toBeFocused();
  await expect(acl(page).getByRole("row").nth(2)).toContainText("Everybody, without signing in");
  await expect(acl(page).getByRole("row").nth(3)).toContainText(account.canonical_id);
  await expect(region(page, "Who can reach this bucket")).toContainText(
    "The access control list gives the public something.",
  );
  expect(await grants()).toEqual([
    expect.stringMatching(/ FULL_CONTROL$/),
    "AllUsers READ",
    `${account.canonical_id.slice(0, 8)} READ_ACP`,
  ]);
  expect(await listed()).toBe(200);
  await page.getByRole("link", { name: "Buckets" }).first().click();
  await expect(row(page, bucket)).toContainText("Public");
  await page.goBack();

  // What is public already is not asked about again, nor is what takes something away.
  await edit.click();
  await form.getByRole("button", { name: "Remove grant 3" }).click();
  await expect(form.getByRole("button", { name: "Add grant" })).toBeFocused();
  await expect(form).not.toContainText("This gives the public something");
  await form.getByRole("button", { name: "Add grant" }).click();
  await form.getByLabel("Who gets grant 3").selectOption("Owner");
  await form.getByLabel("What grant 3 allows").selectOption("Everything");
  await expect(form).toContainText("This grant is there twice");
  await expect(save).toBeDisabled();
  await form.getByLabel("List", { exact: true }).selectOption("Private");
  await save.click();
  await expect(form).toBeHidden();
  await expect(acl(page).getByRole("row")).toHaveCount(2);
  expect(await listed()).toBe(403);
});

test("Block Public Access refuses public lists, and ignores those that are there", async ({
  page,
  server,
  s3,
  bucket,
}) => {
  await seed(s3, bucket, { "a.txt": "a" });
  await s3.send(new PutBucketAclCommand({ Bucket: bucket, ACL: "public-read" }));
  const listed = async () => (await fetch(`${server.s3}/${bucket}?list-type=2`)).status;
  await openPermissions(page, bucket);
  const block = region(page, "Block Public Access");
  const ignore = block.getByRole("switch", { name: "Ignore public access control lists" });
  await ignore.click();
  await expect(ignore).toBeChecked();
  await expect(region(page, "Who can reach this bucket")).toContainText("Block Public Access ignores that");
  expect(await listed()).toBe(403);
  await ignore.click();
  await expect(dialog(page, "Turn this off?")).toContainText("The bucket's list gives the public something.");
  await dialog(page, "Turn this off?").getByRole("button", { name: "Cancel" }).click();
  await expect(ignore).toBeChecked();
  await expect(ignore).toBeFocused();
  await ignore.press("Space");
  await dialog(page, "Turn this off?").getByRole("button", { name: "Turn off" }).click();
  await expect(ignore).not.toBeChecked();
  expect(await listed()).toBe(200);

  const refuse = block.getByRole("switch", { name: "Refuse public access control lists" });
  await refuse.click();
  await expect(refuse).toBeChecked();
  expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket }))).PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  });
  await acl(page).getByRole("button", { name: "Edit the list" }).click();
  const form = dialog(page, "Edit the list");
  await expect(form).toContainText("Block Public Access refuses public lists");
  await expect(form.getByRole("button", { name: "Save" })).toBeDisabled();
});

test("object ownership turns lists off and on", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await s3.send(new PutBucketAclCommand({ Bucket: bucket, ACL: "public-read" }));
  const setting = async () =>
    (await s3.send(new GetBucketOwnershipControlsCommand({ Bucket: bucket }))).OwnershipControls?.Rules?.[0]
      ?.ObjectOwnership;
  await s3.send(
    new PutBucketOwnershipControlsCommand({
      Bucket: bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerPreferred" }] },
    }),
  );
  await openPermissions(page, bucket);
  await expect(ownership(page)).toContainText("Bucket owner preferred");
  const edit = ownership(page).getByRole("button", { name: "Edit ownership" });
  await edit.click();
  const form = dialog(page, "Edit ownership");
  const save = form.getByRole("button", { name: "Save" });
  await expect(form.getByLabel("Bucket owner preferred")).toBeFocused();
  await expect(save).toBeDisabled();
  await form.getByLabel("Bucket owner enforced").check();
  await expect(form).toContainText("Make it private first.");
  await expect(save).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(edit).toBeFocused();

  await acl(page).getByRole("button", { name: "Edit the list" }).click();
  await dialog(page, "Edit the list").getByLabel("List", { exact: true }).selectOption("Private");
  await dialog(page, "Edit the list").getByRole("button", { name: "Save" }).click();
  await expect(acl(page).getByRole("row")).toHaveCount(2);
  await edit.click();
  await form.getByLabel("Bucket owner enforced").check();
  await expect(form).toContainText("What the lists of objects give ends at once.");
  await save.click();
  await expect(ownership(page)).toContainText("Bucket owner enforced");
  expect(await setting()).toBe("BucketOwnerEnforced");
  await expect(acl(page)).toContainText("Access control lists are off: under Object ownership");
  const list = acl(page).getByRole("button", { name: "Edit the list" });
  await list.hover();
  await expect(page.getByRole("tooltip")).toContainText("Access control lists are off");
  await list.click({ force: true });
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await edit.click();
  await form.getByLabel("Object writer").check();
  await expect(form).toContainText("Access control lists count again.");
  await save.click();
  await expect(ownership(page)).toContainText("Object writer");
  expect(await setting()).toBe("ObjectWriter");
  await expect(acl(page).getByRole("row")).toHaveCount(2);
});

test("CORS rules are added, changed, ordered and removed", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  const rules = async () => (await s3.send(new GetBucketCorsCommand({ Bucket: bucket }))).CORSRules;
  await openPermissions(page, bucket);
  await expect(cors(page)).toContainText("No rules of its own");
  const add = cors(page).getByRole("button", { name: "Add rule" });
  await add.click();
  const form = dialog(page, "Add rule");
  const save = form.getByRole("button", { name: "Save" });
  await expect(form.getByLabel("Origins")).toBeFocused();
  await form.getByLabel("Allowed headers").click();
  await expect(form).toContainText("At least one origin");
  await form.getByLabel("Origins").fill("https://*.*");
  await expect(form).toContainText("More than one * in “https://*.*”");
  await form.getByLabel("Origins").fill("app.example.com");
  await expect(form.getByRole("status")).toContainText("No browser sends the origin “app.example.com”");
  await form.getByLabel("Origins").fill("https://app.example.com\nhttps://*.example.org");
  await expect(form.getByRole("status")).toHaveCount(0);
  await form.getByLabel("GET").uncheck();
  await expect(form).toContainText("At least one method");
  await form.getByLabel("GET").check();
  await form.getByLabel("PUT").check();
  await form.getByLabel("Allowed headers").fill("x y");
  await expect(form).toContainText("“x y” has a space");
  await form.getByLabel("Allowed headers").fill("x-amz-*\ncontent-type");
  await form.getByLabel("Exposed headers").fill("x-*");
  await expect(form).toContainText("No * is allowed here");
  await form.getByLabel("Exposed headers").fill("ETag");
  await form.getByLabel("Max age in seconds").fill("soon");
  await expect(form).toContainText("A whole number of seconds");
  await expect(save).toBeDisabled();
  await form.getByLabel("Max age in seconds").fill("3600");
  await form.getByLabel("ID").fill("the app");
  await save.click();
  await expect(form).toBeHidden();
  await expect(add).toBeFocused();
  const first = {
    ID: "the app",
    AllowedOrigins: ["https://app.example.com", "https://*.example.org"],
    AllowedMethods: ["GET", "PUT"],
    AllowedHeaders: ["x-amz-*", "content-type"],
    ExposeHeaders: ["ETag"],
    MaxAgeSeconds: 3600,
  };
  expect(await rules()).toEqual([first]);
  await expect(cors(page).getByRole("listitem", { name: "Rule 1, the app" })).toContainText("1 h");

  await add.click();
  await form.getByLabel("Origins").fill("*");
  await save.click();
  await expect(cors(page).getByRole("listitem")).toHaveCount(2);
  const up = cors(page).getByRole("button", { name: "Move up: Rule 2" });
  await up.click();
  await expect(cors(page).getByRole("listitem").first()).not.toContainText("the app");
  await expect(cors(page).getByRole("button", { name: "Move up: Rule 1" })).toBeFocused();
  expect((await rules())?.map((rule) => rule.ID)).toEqual([undefined, "the app"]);

  await cors(page).getByRole("button", { name: "Edit: Rule 2, the app" }).click();
  const second = dialog(page, "Edit: Rule 2, the app");
  await expect(second.getByLabel("Origins")).toHaveValue("https://app.example.com\nhttps://*.example.org");
  await second.getByLabel("Max age in seconds").fill("");
  await second.getByLabel("DELETE").check();
  await second.getByRole("button", { name: "Save" }).click();
  await expect(second).toBeHidden();
  const { MaxAgeSeconds, ...rest } = first;
  expect(MaxAgeSeconds).toBe(3600);
  expect((await rules())?.[1]).toEqual({ ...rest, AllowedMethods: ["GET", "PUT", "DELETE"] });

  await cors(page).getByRole("button", { name: "Remove: Rule 2, the app" }).click();
  await dialog(page, "Remove: Rule 2, the app").getByRole("button", { name: "Remove the rule" }).click();
  await expect(cors(page).getByRole("listitem")).toHaveCount(1);
  await cors(page).getByRole("button", { name: "Remove: Rule 1" }).click();
  await expect(dialog(page, "Remove: Rule 1")).toContainText("It is the last rule.");
  await dialog(page, "Remove: Rule 1").getByRole("button", { name: "Remove the rule" }).click();
  await expect(cors(page)).toContainText("No rules of its own");
  await expect(s3.send(new GetBucketCorsCommand({ Bucket: bucket }))).rejects.toThrow(/does not exist/);
});

test("a page of another origin gets answers once a rule lets it in", async ({
  page,
  context,
  server,
  s3,
  bucket,
  tolerate,
}) => {
  tolerate(/CORS policy|net::ERR_FAILED|status of 403/);
  await seed(s3, bucket, { "a.txt": "for pages" });
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket: bucket,
      Policy: JSON.stringify({
        Statement: { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` },
      }),
    }),
  );
  await s3.send(
    new PutBucketCorsCommand({
      Bucket: bucket,
      CORSConfiguration: { CORSRules: [{ AllowedOrigins: ["https://elsewhere.example"], AllowedMethods: ["GET"] }] },
    }),
  );
  await withOrigin(async (origin) => {
    const elsewhere = await context.newPage();
    await elsewhere.goto(origin);
    /** What the page's script gets: the text and the ETag, or that the browser kept the answer from it. */
    const asks = (method: string) =>
      elsewhere.evaluate(
        async ([url, method]) => {
          const body = method === "PUT" ? "new" : null;
          try {
            const answer = await fetch(url, { method, body, cache: "no-store" });
            return [answer.status, answer.ok ? await answer.text() : "", answer.headers.get("etag") !== null];
          } catch {
            return "kept away";
          }
        },
        [`${server.s3}/${bucket}/a.txt`, method] as const,
      );
    expect(await asks("GET")).toBe("kept away");
    expect(await asks("PUT")).toBe("kept away");

    await page.bringToFront();
    await openPermissions(page, bucket);
    await cors(page).getByRole("button", { name: "Edit: Rule 1" }).click();
    const form = dialog(page, "Edit: Rule 1");
    await form.getByLabel("Origins").fill(origin);
    await form.getByLabel("Exposed headers").fill("ETag");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
    expect(await asks("GET")).toEqual([200, "for pages", true]);
    expect(await asks("PUT")).toBe("kept away");

    await cors(page).getByRole("button", { name: "Edit: Rule 1" }).click();
    await form.getByLabel("PUT").check();
    await form.getByLabel("Exposed headers").fill("");
    await form.getByLabel("Allowed headers").fill("*");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
    expect(await asks("GET")).toEqual([200, "for pages", false]);
    // The browser lets the page ask, and the bucket refuses what anybody may not do.
    expect(await asks("PUT")).toEqual([403, "", false]);
    await elsewhere.close();
  });
});

test("what the form of a document cannot show is said, and not lost by saving", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await s3.send(
    new PutBucketCorsCommand({
      Bucket: bucket,
      CORSConfiguration: { CORSRules: [{ ID: "one", AllowedOrigins: ["*"], AllowedMethods: ["GET"] }] },
    }),
  );
  await s3.send(
    new PutBucketOwnershipControlsCommand({
      Bucket: bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
    }),
  );
  const writes: string[] = [];
  // A server that is newer than this console.
  await page.route(/\/documents\/(cors|acl|ownershipControls|publicAccessBlock)$/, async (route) => {
    const request = route.request();
    if (request.method() !== "GET") writes.push(`${request.method()} ${request.url()}`);
    const answer = await route.fetch();
    const { document = "<PublicAccessBlockConfiguration></PublicAccessBlockConfiguration>" } = await answer.json();
    await route.fulfill({ json: { document: document.replace(/<\/(\w+)>$/, "<Newer>1</Newer></$1>") } });
  });
  await openPermissions(page, bucket);
  const unknown = "This console does not know all of it";
  for (const [name, button] of [
    ["Block Public Access", "Block all"],
    ["Object ownership", "Edit ownership"],
    ["Access control list", "Edit the list"],
    ["Cross-origin requests (CORS)", "Add rule"],
  ] as const) {
    await expect(region(page, name)).toContainText(unknown);
    await expect(region(page, name)).toContainText("Newer");
    await region(page, name).getByRole("button", { name: button }).hover();
    await expect(page.getByRole("tooltip", { name: unknown })).toBeVisible();
    await region(page, name).getByRole("button", { name: button }).click({ force: true });
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(region(page, name).getByRole("button")).toHaveCount(1);
  }
  for (const control of await page.getByRole("switch").all()) await expect(control).toBeDisabled();
  await expect(cors(page).getByRole("listitem", { name: "Rule 1, one" })).toBeVisible();
  expect(writes).toEqual([]);
});

test("who may only share changes the list and nothing else", async ({ page, actAs, admin, s3, bucket }) => {
  await seed(s3, bucket);
  await actAs(await newUser(admin, [{ bucket, actions: ["list", "share", "cors"] }]));
  await openPermissions(page, bucket);
  await expect(region(page, "Bucket policy")).toContainText("s3:GetBucketPolicy");
  await acl(page).getByRole("button", { name: "Edit the list" }).click();
  const form = dialog(page, "Edit the list");
  await form.getByLabel("List", { exact: true }).selectOption("Logs can be delivered (log-delivery-write)");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await expect(acl(page).getByRole("row").nth(2)).toContainText("Log delivery");
  await expect(acl(page).getByRole("row").nth(2)).toContainText("Write and delete objects, Read this list");
  await cors(page).getByRole("button", { name: "Add rule" }).click();
  await dialog(page, "Add rule").getByLabel("Origins").fill("*");
  await dialog(page, "Add rule").getByRole("button", { name: "Save" }).click();
  await expect(cors(page).getByRole("listitem")).toHaveCount(1);
});

test("nothing moves while the documents come in, one after the other", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a" });
  await s3.send(
    new PutBucketCorsCommand({
      Bucket: bucket,
      CORSConfiguration: { CORSRules: [{ AllowedOrigins: ["*"], AllowedMethods: ["GET"] }] },
    }),
  );
  await page.addInitScript(() => {
    const moved: number[] = [];
    Object.assign(window, { moved });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) moved.push((entry as unknown as { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  const held: Route[] = [];
  await page.route(/\/documents\//, (route) => void held.push(route));
  await page.goto(`/ui/buckets/${bucket}/permissions`);
  await expect(page.locator("[aria-busy=true]")).toBeVisible();
  await expect.poll(() => held.length).toBe(6);
  for (const route of held.splice(0)) {
    const answered = page.waitForResponse(route.request().url());
    await route.continue();
    await answered;
  }
  await expect(cors(page).getByRole("listitem")).toHaveCount(1);
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  const moved = await page.evaluate(() => (window as unknown as { moved: number[] }).moved);
  expect(moved.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.01);
});
