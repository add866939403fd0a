import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  ListBucketsCommand,
  PutBucketAclCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { createBulkDelete } from "@myfsio/client";
import { ok, sessionOf } from "../../support/api";
import { account, row } from "../../support/console";
import { pseudoText, strangers, usePseudo } from "../../support/pseudo";
import { close, seed } from "../../support/s3";
import { png } from "../../support/samples";
import { startServer } from "../../support/server";
import { expect, type Locator, type Page, test } from "../../support/test";

const scheme = (page: Page) => page.locator("html").getAttribute("data-mantine-color-scheme");
const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test("the theme follows the person, else the system", async ({ page }) => {
  await page.goto("/ui/");
  expect(await scheme(page)).toBe("light");
  const light = await ground(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => scheme(page)).toBe("dark");
  expect(await ground(page)).not.toBe(light);
  await account(page, "Light", "menuitemradio");
  await expect.poll(() => scheme(page)).toBe("light");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Buckets", exact: true })).toBeVisible();
  expect(await scheme(page)).toBe("light");
  expect(await ground(page)).toBe(light);
  await account(page, "Dark", "menuitemradio");
  await page.emulateMedia({ colorScheme: "light" });
  await page.reload();
  await expect(page.getByRole("heading", { name: "Buckets", exact: true })).toBeVisible();
  expect(await scheme(page)).toBe("dark");
  await account(page, "As the system", "menuitemradio");
  await expect.poll(() => scheme(page)).toBe("light");
});

test("the chosen theme is there from the first paint", async ({ page, tolerate }) => {
  await page.addInitScript(() => localStorage.setItem("mantine-color-scheme-value", "dark"));
  // The scheme is set before the program itself is there.
  tolerate(/ERR_FAILED/);
  await page.route(/\/assets\/.*\.js$/, (route) => route.abort());
  await page.goto("/ui/", { waitUntil: "commit" });
  await expect.poll(() => scheme(page)).toBe("dark");
});

test("the navigation folds to icons, and is a drawer on narrow screens", async ({ page }) => {
  await page.goto("/ui/");
  const nav = page.getByRole("navigation", { name: "Main" });
  const wide = (await nav.boundingBox())?.width ?? 0;
  await nav.getByRole("button", { name: "Collapse the navigation" }).click();
  await expect.poll(async () => (await nav.boundingBox())?.width ?? 0).toBeLessThan(wide / 2);
  await expect(nav.getByRole("link", { name: "Activity" })).toBeVisible();
  await page.reload();
  await nav.getByRole("button", { name: "Expand the navigation" }).click();
  await page.setViewportSize({ width: 700, height: 800 });
  await expect(nav).toHaveCount(0);
  await page.getByRole("button", { name: "Open the navigation" }).click();
  await nav.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("heading", { name: "Activity" })).toBeVisible();
  await expect(nav).toHaveCount(0);
});

test.describe("every text comes from the catalogue", () => {
  const KEYS = ["a.txt", "data.json", "photos", "b.png", "taken.txt", "new.bin"];
  type Id = Parameters<typeof pseudoText>[0];
  const button = (page: Page | Locator, id: Id) => page.getByRole("button", { name: pseudoText(id), exact: true });
  const item = (page: Page, id: Id) => page.getByRole("menuitem", { name: pseudoText(id) });
  const asks = (page: Page, id: Id) => page.getByRole("dialog", { name: pseudoText(id), exact: true });
  const actions = (page: Page, name: string) =>
    page.getByRole("button", { name: pseudoText("action.actions-for", { name }), exact: true });
  const ready = (page: Page) => expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  let look: (what: string, data?: string[]) => Promise<void>;

  test.beforeEach(async ({ page, server, s3 }) => {
    await usePseudo(page);
    const here = [...KEYS, server.admin.accessKey, new URL(server.s3).host, "us-east-1", "STANDARD"];
    look = (what, data = []) =>
      test.step(what, async () => {
        const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
        const known = [...here, ...data, ...Buckets.map((b) => b.Name ?? "")];
        expect(await strangers(page, known), what).toEqual([]);
      });
  });

  test.describe("before signing in", () => {
    test.use({ signedIn: false });
    test("to the console", async ({ page, tolerate }) => {
      tolerate(/status of 40[13]/);
      await page.goto("/ui/");
      await expect(page.getByLabel(pseudoText("session.access-key"))).toBeVisible();
      await look("sign-in", [await version(page)]);
      await page.getByLabel(pseudoText("session.access-key")).fill("nobody");
      await page.getByRole("textbox", { name: pseudoText("session.secret-key") }).fill("nothing");
      await button(page, "session.sign-in").click();
      await expect(page.getByRole("alert")).toBeVisible();
      await look("a refusal");
    });
  });

  test("of a new server", async ({ page, context }) => {
    const fresh = await startServer();
    try {
      await context.addCookies([{ ...(await sessionOf(fresh, fresh.admin)), url: fresh.ui }]);
      await page.goto(`${fresh.ui}/ui/`);
      await expect(page.getByRole("heading", { name: pseudoText("buckets.first") })).toBeVisible();
      await look("no buckets");
      await page.goto(`${fresh.ui}/ui/activity`);
      await expect(page.getByRole("heading", { name: pseudoText("jobs.none") })).toBeVisible();
      await look("no jobs");
    } finally {
      await page.goto("about:blank");
      await fresh.stop();
    }
  });

  test("of the buckets", async ({ page, s3, bucket }) => {
    await seed(s3, bucket, { "a.txt": "a" }, { versioning: true });
    await seed(s3, `${bucket}-empty`);
    await page.goto(`/ui/buckets?search=${bucket}`);
    await expect(row(page, bucket)).toBeVisible();
    await look("the list");
    await button(page, "buckets.create").click();
    await asks(page, "buckets.create").getByRole("textbox").fill("Wrong_Name");
    await look("creating");
    await page.keyboard.press("Escape");
    for (const name of [`${bucket}-empty`]) {
      await actions(page, name).click();
      await expect(page.getByRole("menu")).toBeVisible();
      await look("a row's menu");
      await item(page, "buckets.delete").click();
      await expect(asks(page, "buckets.delete")).toBeVisible();
      await look(`deleting ${name}`);
      await page.keyboard.press("Escape");
    }
    await page.getByRole("searchbox").fill("no-such-bucket");
    await expect(page.getByRole("heading", { name: pseudoText("buckets.no-match") })).toBeVisible();
    await look("nothing found");

    await page.goto(`/ui/buckets/${bucket}/properties`);
    await expect(page.getByRole("switch")).toBeVisible();
    const owner = (await s3.send(new ListBucketsCommand({}))).Owner?.DisplayName ?? "";
    await look("properties", [owner]);
    await page.getByRole("switch").click({ force: true });
    await expect(asks(page, "versioning.suspend")).toBeVisible();
    await look("versioning", [owner]);
  });

  test("of lifecycle rules, Object Lock and websites", async ({ page, s3, bucket }) => {
    test.setTimeout(120_000);
    await s3.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a.txt", Body: "a" }));
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: bucket,
        LifecycleConfiguration: {
          Rules: [
            {
              ID: "data.json",
              Status: "Enabled",
              Filter: {
                And: {
                  Prefix: "photos",
                  Tags: [{ Key: "photos", Value: "photos" }],
                  ObjectSizeGreaterThan: 1,
                  ObjectSizeLessThan: 5000,
                },
              },
              Expiration: { Days: 3 },
              NoncurrentVersionExpiration: { NoncurrentDays: 2, NewerNoncurrentVersions: 3 },
            },
            { ID: "taken.txt", Status: "Disabled", Filter: {}, Expiration: { ExpiredObjectDeleteMarker: true } },
          ],
        },
      }),
    );
    await page.goto(`/ui/buckets/${bucket}/lifecycle`);
    await expect(button(page, "rule.add")).toBeVisible();
    await look("the rules");
    await button(page, "rule.add").click();
    const form = asks(page, "rule.add");
    const field = (id: Id) => form.getByRole("textbox", { name: pseudoText(id), exact: true });
    await button(form, "rule.add-tag").click();
    await field("rule.name").fill("taken.txt");
    await form.getByRole("checkbox", { name: pseudoText("rule.noncurrent") }).check();
    await field("rule.noncurrent-after").fill("0");
    await field("rule.noncurrent-keep").fill("0");
    await form.getByRole("combobox", { name: pseudoText("rule.current") }).selectOption("days");
    await field("rule.expire-after").fill("0");
    await look("a rule with faults");
    await field("rule.name").fill("new.bin");
    await form.getByRole("checkbox", { name: pseudoText("rule.noncurrent") }).uncheck();
    await form.getByRole("combobox", { name: pseudoText("rule.current") }).selectOption("date");
    await form.locator("input[type=date]").fill("2020-01-01");
    await look("a rule");
    await button(form, "rule.review").click();
    await expect(form.getByText(pseudoText("dry-run.now", { count: 1 }))).toBeVisible();
    await look("a dry run");
    await page.keyboard.press("Escape");
    for (const [id, title] of [
      ["rule.remove-one", "rule.remove"],
      ["rule.edit-one", "rule.edit"],
    ] as const) {
      await page.getByRole("button", { name: pseudoText(id, { name: "data.json" }) }).click();
      await expect(asks(page, title)).toBeVisible();
      await look(title);
      await page.keyboard.press("Escape");
    }

    await page.goto(`/ui/buckets/${bucket}/properties`);
    await button(page, "lock.edit").click();
    await asks(page, "lock.edit")
      .getByRole("radio", { name: pseudoText("lock.compliance") })
      .check();
    await asks(page, "lock.edit")
      .getByRole("textbox", { name: pseudoText("lock.period") })
      .fill("0");
    const owner = (await s3.send(new ListBucketsCommand({}))).Owner?.DisplayName ?? "";
    await look("Object Lock", [owner]);
    await asks(page, "lock.edit")
      .getByRole("textbox", { name: pseudoText("lock.period") })
      .fill("1");
    await look("COMPLIANCE", [owner]);
    await page.keyboard.press("Escape");
    await button(page, "website.edit").click();
    const site = asks(page, "website.edit");
    await button(site, "website.add-route").click();
    await site.getByRole("textbox", { name: pseudoText("website.to-host") }).fill("a/b");
    await site.getByRole("textbox", { name: pseudoText("website.code") }).fill("1");
    await site.getByRole("textbox", { name: pseudoText("website.if-status") }).fill("1");
    await look("a website with faults", [owner, "https", "http"]);
    for (const [id, value] of [
      ["website.to-host", "photos"],
      ["website.code", "302"],
      ["website.if-status", "404"],
      ["website.if-prefix", "photos"],
    ] as const) {
      await site.getByRole("textbox", { name: pseudoText(id) }).fill(value);
    }
    await button(site, "action.save").click();
    await expect(site).toHaveCount(0);
    await look("a website", [owner]);

    await page.goto(`/ui/buckets/${bucket}?key=a.txt`);
    await button(page, "retention.set").click();
    await asks(page, "retention.set")
      .getByRole("radio", { name: pseudoText("retention.compliance") })
      .check();
    await look("a retention", ["application/octet-stream", "CRC32", "UTC"]);
    await page.keyboard.press("Escape");
    await button(page, "hold.place").click();
    await expect(asks(page, "hold.place")).toBeVisible();
    await look("a legal hold", ["application/octet-stream", "CRC32"]);
  });

  test("of the permissions", async ({ page, s3, bucket, tolerate }) => {
    tolerate(/status of 400/);
    test.setTimeout(120_000);
    await seed(s3, bucket, { "a.txt": "a" });
    await s3.send(new PutBucketAclCommand({ Bucket: bucket, ACL: "public-read-write" }));
    const region = (id: Id) => page.getByRole("region", { name: pseudoText(id) });
    const preset = (id: Id) => region("policy.title").getByText(pseudoText(id), { exact: true });
    await page.goto(`/ui/buckets/${bucket}/permissions`);
    await expect(region("acl.title")).toContainText(pseudoText("acl.write"));
    await ready(page);
    const owner = (await s3.send(new GetBucketAclCommand({ Bucket: bucket }))).Owner?.DisplayName ?? "";
    await look("the page", [owner]);
    await preset("policy.public").click();
    await look("the preset Public", [owner]);
    await button(page, "policy.make-public").click();
    await expect(asks(page, "policy.make-public")).toBeVisible();
    await look("making public", [owner]);
    await page.keyboard.press("Escape");
    await preset("policy.custom").click();
    const editor = page.getByRole("textbox", { name: pseudoText("policy.editor") });
    await expect(editor).toBeVisible();
    await button(page, "policy.templates").click();
    await expect(page.getByRole("menu")).toBeVisible();
    await look("the templates", [owner]);
    await item(page, "policy.template-network").click();
    await button(page, "policy.save").click();
    await expect(asks(page, "policy.opens")).toBeVisible();
    await look("a policy that opens", [owner]);
    await page.keyboard.press("Escape");
    await button(page, "policy.templates").click();
    await item(page, "policy.template-user").click();
    await button(page, "policy.save").click();
    await expect(region("policy.title").getByRole("alert")).toBeVisible();
    await look("a refusal", [owner, "MalformedPolicy"]);
    for (const wrong of [
      "",
      "[]",
      "{",
      "{,}",
      '{"a" 1}',
      '{"a":1 "b":2}',
      '{"a":1,}',
      '{"a":x}',
      '{"a":1,"a":2}',
      "{} x",
    ]) {
      await editor.fill(wrong);
      await expect(editor).toHaveAttribute("aria-invalid", "true");
      await look(`the fault of ${wrong}`, [owner]);
    }
    const block = region("block.title").getByRole("switch", { name: pseudoText("block.ignore") });
    await block.click();
    await expect(block).toBeChecked();
    await look("a list that is ignored", [owner]);
    await block.click();
    await expect(asks(page, "block.off")).toBeVisible();
    await look("turning a switch off", [owner]);
    await button(page, "block.off-action").click();
    await expect(block).not.toBeChecked();
    await button(page, "ownership.edit").click();
    await asks(page, "ownership.edit")
      .getByRole("radio", { name: pseudoText("ownership.enforced") })
      .check();
    await look("ownership", [owner]);
    await page.keyboard.press("Escape");
    await button(page, "acl.edit").click();
    await asks(page, "acl.edit")
      .getByRole("combobox", { name: pseudoText("acl.canned") })
      .selectOption("private");
    await button(page, "acl.add").click();
    await asks(page, "acl.edit")
      .getByRole("textbox", { name: pseudoText("acl.id-of", { number: "2" }) })
      .fill("abc");
    await look("a grant", [owner]);
    await asks(page, "acl.edit")
      .getByRole("combobox", { name: pseudoText("acl.canned") })
      .selectOption("authenticated-read");
    await button(page, "acl.add").click();
    await look("a list for all accounts", [owner]);
    await page.keyboard.press("Escape");
    await button(page, "cors.add").click();
    const rule = asks(page, "cors.add");
    await rule.getByRole("textbox", { name: pseudoText("cors.origins") }).fill("a.example");
    await rule.getByRole("textbox", { name: pseudoText("cors.expose-headers") }).fill("x-*");
    await rule.getByRole("textbox", { name: pseudoText("cors.max-age-seconds") }).fill("x");
    await look("a faulty rule", [owner, "a.example", "x-*"]);
    await rule.getByRole("textbox", { name: pseudoText("cors.expose-headers") }).fill("etag");
    await rule.getByRole("textbox", { name: pseudoText("cors.max-age-seconds") }).fill("60");
    await button(rule, "action.save").click();
    await expect(region("cors.title").getByRole("listitem")).toHaveCount(1);
    await look("a rule", [owner]);
    const one = pseudoText("cors.rule", { number: "1" });
    await page.getByRole("button", { name: pseudoText("cors.remove", { rule: one }) }).click();
    await look("removing a rule", [owner]);
    await close(s3, bucket);
  });

  test("of the objects", async ({ page, s3, bucket, tolerate }) => {
    tolerate(/status of 404/);
    test.setTimeout(120_000);
    await seed(s3, bucket, { "a.txt": "a", "data.json": "{}", "photos/b.png": png(9, 9) });
    await page.goto(`/ui/buckets/${bucket}`);
    await expect(row(page, "a.txt")).toBeVisible();
    await look("the list");
    await button(page, "objects.upload").click();
    await expect(page.getByRole("menu")).toBeVisible();
    await look("the menu of Upload");
    await page.keyboard.press("Escape");
    await button(page, "bucket.connect").click();
    await expect(asks(page, "bucket.connect")).toBeVisible();
    await look("Connect");
    await page.keyboard.press("Escape");
    await button(page, "objects.new-folder").click();
    await asks(page, "objects.new-folder").getByRole("textbox").fill("a/b");
    await look("a new folder");
    await page.keyboard.press("Escape");
    for (const [entry, title] of [
      ["objects.share", "share.title"],
      ["objects.rename", "objects.rename"],
      ["objects.copy", "objects.copy"],
      ["objects.move", "objects.move"],
      ["objects.delete", "objects.delete"],
    ] as const) {
      await actions(page, "a.txt").click();
      await expect(page.getByRole("menu")).toBeVisible();
      await look("a row's menu");
      await item(page, entry).click();
      await expect(asks(page, title)).toBeVisible();
      await look(title);
      if (entry === "objects.share") {
        await asks(page, title).getByText(pseudoText("share.put")).click();
        await button(page, "share.make").click();
        await expect(asks(page, title).getByRole("status").first()).toBeVisible();
        await look("a link");
      }
      await page.keyboard.press("Escape");
      await expect(asks(page, title)).toHaveCount(0);
    }
    for (const name of ["photos", "a.txt"])
      await page.getByRole("checkbox", { name: pseudoText("grid.select", { name }) }).check();
    await look("a selection");
    await page
      .getByRole("toolbar")
      .getByRole("button", { name: pseudoText("objects.delete") })
      .click();
    await expect(
      asks(page, "objects.delete").getByText(pseudoText("objects.delete-below", { count: 2 })),
    ).toBeVisible();
    await look("deleting several");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");

    await page.getByRole("searchbox").fill("nowhere");
    await expect(page.getByRole("heading", { name: pseudoText("objects.no-match") })).toBeVisible();
    await look("a filter without rows");
    await page.getByRole("searchbox").press("Enter");
    await expect(page.getByRole("heading", { name: pseudoText("objects.none-found") })).toBeVisible();
    await look("a search without results", ["nowhere"]);
    await page.goto(`/ui/buckets/${bucket}?find=a`);
    await expect(row(page, "a.txt")).toBeVisible();
    await look("a search");
    await seed(s3, `${bucket}-empty`);
    await page.goto(`/ui/buckets/${bucket}-empty`);
    await expect(page.getByRole("heading", { name: pseudoText("objects.empty") })).toBeVisible();
    await look("an empty bucket");
    await page.goto("/ui/buckets/never-made");
    await expect(page.getByRole("alert")).toBeVisible();
    await look("a bucket that is not there", ["never-made"]);
  });

  test("of the details", async ({ page, s3, bucket, tolerate }) => {
    tolerate(/status of 404/);
    await seed(s3, bucket, {}, { versioning: true });
    for (const Body of ["first", "second"]) {
      const Metadata = { author: "Ann" };
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a.txt", Body, ContentType: "text/plain", Metadata }));
    }
    const data = ["text/plain", "author", "Ann", "CRC32", "CRC64NVME"];
    await page.goto(`/ui/buckets/${bucket}?key=a.txt`);
    const details = page.getByRole("complementary");
    const versions = details.getByRole("region", { name: pseudoText("versions.title") }).getByRole("listitem");
    await expect(versions).toHaveCount(2);
    await expect(details.getByRole("region", { name: pseudoText("preview.title") })).toHaveText("second");
    await look("an object", data);
    await button(details, "action.more").click();
    await expect(page.getByRole("menu")).toBeVisible();
    await look("its menu", data);
    await page.keyboard.press("Escape");
    for (const id of ["versions.restore", "versions.delete"] as const) {
      await button(versions.nth(1), id).click();
      await expect(asks(page, id)).toBeVisible();
      await look(id, data);
      await page.keyboard.press("Escape");
      await expect(asks(page, id)).toHaveCount(0);
    }
    await versions.nth(1).getByRole("button").first().click();
    await expect(details.getByRole("region", { name: pseudoText("preview.title") })).toHaveText("first");
    await look("an earlier version", data);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a.txt" }));
    await page.goto(`/ui/buckets/${bucket}?key=a.txt`);
    await expect(versions).toHaveCount(3);
    await look("a deleted object", data);
    await button(versions.first(), "versions.delete-marker").click();
    await expect(asks(page, "versions.delete-marker")).toBeVisible();
    await look("deleting the marker", data);
    await page.goto(`/ui/buckets/${bucket}?key=taken.txt`);
    await expect(details.getByRole("alert")).toBeVisible();
    await look("an object that never was", data);
  });

  test("of the uploads", async ({ page, s3, bucket }) => {
    await seed(s3, bucket, { "taken.txt": "t" });
    await page.goto(`/ui/buckets/${bucket}`);
    await expect(row(page, "taken.txt")).toBeVisible();
    await page.getByTestId("files").setInputFiles([
      { name: "new.bin", mimeType: "text/plain", buffer: Buffer.from("n") },
      { name: "taken.txt", mimeType: "text/plain", buffer: Buffer.from("u") },
    ]);
    await expect(asks(page, "conflict.title")).toBeVisible();
    await look("a name that is taken");
    await button(page, "conflict.skip").click();
    const tray = page.getByRole("region", { name: pseudoText("uploads.title"), exact: true });
    await expect(tray.getByRole("listitem")).toHaveCount(2);
    await expect(row(page, "new.bin")).toBeVisible();
    await look("the tray");
  });

  test("of the other pages and layers", async ({ page, admin, context, s3, bucket, tolerate }) => {
    tolerate(/status of 401/);
    await seed(s3, bucket, { "photos/b.png": "b" });
    await ok(createBulkDelete({ client: admin, body: { bucket, prefixes: ["photos/"] } }));
    await page.goto("/ui/activity");
    await expect(page.getByRole("listitem").filter({ hasText: bucket })).toContainText(pseudoText("jobs.is-done"));
    await look("activity");
    await page.getByRole("banner").getByRole("button").last().click();
    await expect(page.getByRole("menu")).toBeVisible();
    await look("the account menu", [await version(page)]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await expect(asks(page, "shortcuts.title")).toBeVisible();
    await look("the shortcuts");
    await page.keyboard.press("Escape");
    await page.keyboard.press("ControlOrMeta+k");
    await page.getByRole("dialog").getByLabel(pseudoText("palette.title")).fill(bucket);
    await expect(page.getByRole("dialog").getByText(bucket).first()).toBeVisible();
    await look("the palette");
    await page.keyboard.press("Escape");

    await page.goto("/ui/settings");
    await expect(page.getByRole("table")).toBeVisible();
    await expect(page.getByRole("progressbar")).toBeVisible();
    const facts = page.getByRole("definition");
    await look("settings", [await version(page), ...(await facts.nth(1).allInnerTexts()), "pebble"]);
    await page.getByRole("searchbox").fill("no such setting");
    await expect(page.getByText(pseudoText("config.no-match"))).toBeVisible();
    await page.goto("/ui/nowhere");
    await expect(page.getByRole("heading", { name: pseudoText("fault.not-found") })).toBeVisible();
    await look("no page");

    await page.setViewportSize({ width: 700, height: 800 });
    await button(page, "shell.menu").click();
    await expect(page.getByRole("navigation", { name: pseudoText("shell.navigation") })).toBeVisible();
    await look("the navigation as a drawer");
    await page.keyboard.press("Escape");
    await page.goto(`/ui/buckets/${bucket}`);
    await ready(page);
    await context.clearCookies();
    await button(page, "action.refresh").click();
    await expect(asks(page, "session.expired")).toBeVisible();
    await look("a session that has ended");
  });

  /** The server's release, as it tells it. */
  const version = async (page: Page): Promise<string> => {
    const answer = await page.request.get("/myfsio/session");
    return ((await answer.json()) as { version: string }).version;
  };
});
