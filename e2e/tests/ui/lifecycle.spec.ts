import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { previewLifecycle, putBucketLifecycle } from "@myfsio/client";
import { apiOf, newUser, ok, sessionOf } from "../../support/api";
import { dialog } from "../../support/console";
import { many, s3Of, seed } from "../../support/s3";
import { startServer } from "../../support/server";
import { expect, type Locator, type Page, test } from "../../support/test";

const open = async (page: Page, bucket: string): Promise<Locator> => {
  await page.goto(`/ui/buckets/${bucket}/lifecycle`);
  const card = page.getByRole("region", { name: "Lifecycle rules" });
  await expect(card.getByRole("button", { name: "Add rule" })).toBeVisible();
  return card;
};

const ruleOf = (card: Locator, name: string): Locator =>
  card.getByRole("listitem").filter({ has: card.page().getByRole("heading", { name, exact: true }) });

test("a rule with everything is written in the form, and is what S3 answers", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "logs/a.txt": "a" }, { versioning: true });
  const card = await open(page, bucket);
  await expect(card).toContainText("No rules");
  await card.getByRole("button", { name: "Add rule" }).click();
  const form = dialog(page, "Add rule");
  await expect(form.getByLabel("Name", { exact: true })).toBeFocused();
  const next = form.getByRole("button", { name: "Dry run and save" });
  await expect(next).toBeDisabled();
  await form.getByLabel("Name", { exact: true }).fill("everything");
  await form.getByLabel("Keys that begin with").fill("logs/");
  await form.getByRole("button", { name: "Add tag" }).click();
  await form.getByLabel("Name of tag 1").fill("team");
  await form.getByLabel("Value of tag 1").fill("a&b");
  await form.getByLabel("Larger than", { exact: true }).fill("1");
  await form.getByLabel("Unit of “Larger than”").selectOption("KiB");
  await form.getByLabel("Smaller than", { exact: true }).fill("0.5");
  await expect(form).not.toContainText("It must be more");
  await form.getByLabel("Unit of “Smaller than”").selectOption("B");
  await expect(form).toContainText("It must be more than the size above which objects are meant");
  await form.getByLabel("Smaller than", { exact: true }).fill("2048");
  await form.getByLabel("Current objects").selectOption("Are deleted after some days");
  await form.getByLabel("Days after they were stored").fill("0");
  await expect(form).toContainText("A whole number of days, at least 1");
  await form.getByLabel("Days after they were stored").fill("30");
  await form.getByRole("checkbox", { name: "Delete earlier versions" }).check();
  await form.getByLabel("Days after they were replaced").fill("7");
  await form.getByLabel("Newest of them to keep").fill("3");
  await form.getByRole("checkbox", { name: "Abort unfinished uploads" }).check();
  await form.getByLabel("Days after their start").fill("2");
  await expect(form).toContainText("Not together with tags or sizes");
  await expect(next).toBeDisabled();
  await form.getByRole("checkbox", { name: "Abort unfinished uploads" }).uncheck();
  await next.click();
  await expect(form).toContainText("Nothing would be deleted now.");
  await form.getByRole("button", { name: "Back" }).click();
  await expect(form.getByLabel("Keys that begin with")).toHaveValue("logs/");
  await next.click();
  await form.getByRole("button", { name: "Save rule" }).click();
  await expect(form).toBeHidden();
  await expect(card.getByRole("button", { name: "Add rule" })).toBeFocused();
  const rule = ruleOf(card, "everything");
  await expect(rule).toContainText("Keys that begin with logs/");
  await expect(rule).toContainText("Deletes objects 30 days after they were stored");
  await expect(rule).toContainText("and keeps the 3 newest of them");
  expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }))).Rules).toEqual([
    {
      ID: "everything",
      Status: "Enabled",
      Filter: {
        And: {
          Prefix: "logs/",
          Tags: [{ Key: "team", Value: "a&b" }],
          ObjectSizeGreaterThan: 1024,
          ObjectSizeLessThan: 2048,
        },
      },
      Expiration: { Days: 30 },
      NoncurrentVersionExpiration: { NoncurrentDays: 7, NewerNoncurrentVersions: 3 },
    },
  ]);
});

test("rules that a program stored are shown, edited, disabled, enabled and removed", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, {}, { versioning: true });
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: {
        Rules: [
          { ID: "markers", Status: "Enabled", Filter: {}, Expiration: { ExpiredObjectDeleteMarker: true } },
          {
            ID: "day",
            Status: "Disabled",
            Filter: { Prefix: "tmp/" },
            Expiration: { Date: new Date("2033-01-31T00:00:00Z") },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
          },
        ],
      },
    }),
  );
  const rules = async () => (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }))).Rules ?? [];
  const card = await open(page, bucket);
  await expect(ruleOf(card, "markers")).toContainText("All objects");
  await expect(ruleOf(card, "markers")).toContainText("Removes delete markers that hide nothing");
  await expect(ruleOf(card, "day")).toContainText("Disabled");
  await expect(ruleOf(card, "day")).toContainText("Deletes objects from Jan 31, 2033 (UTC) on");
  await expect(ruleOf(card, "day")).toContainText("Aborts unfinished uploads 2 days after their start");

  await card.getByRole("button", { name: "Edit the rule day" }).click();
  const form = dialog(page, "Edit rule");
  await expect(form.getByLabel("Keys that begin with")).toHaveValue("tmp/");
  await expect(form.getByLabel("Date")).toHaveValue("2033-01-31");
  await form.getByLabel("Date").fill("2034-02-01");
  await form.getByLabel("Name", { exact: true }).fill("markers");
  await expect(form).toContainText("Another rule has this name");
  await form.getByLabel("Name", { exact: true }).fill("day");
  await form.getByRole("button", { name: "Dry run and save" }).click();
  await expect(form).toContainText("is disabled and stays so");
  await form.getByRole("button", { name: "Save rule" }).click();
  await expect(form).toBeHidden();
  await expect(card.getByRole("button", { name: "Edit the rule day" })).toBeFocused();
  expect((await rules())[1]).toEqual({
    ID: "day",
    Status: "Disabled",
    Filter: { Prefix: "tmp/" },
    Expiration: { Date: new Date("2034-02-01T00:00:00Z") },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
  });

  const toggle = (name: string) => card.getByRole("switch", { name: `The rule ${name} is in force` });
  await expect(toggle("day")).not.toBeChecked();
  await toggle("day").click({ force: true });
  await expect(dialog(page, "Enable rule")).toContainText("Nothing would be deleted now.");
  await dialog(page, "Enable rule").getByRole("button", { name: "Enable rule" }).click();
  await expect(toggle("day")).toBeChecked();
  await toggle("markers").click({ force: true });
  await dialog(page, "Disable rule").getByRole("button", { name: "Disable rule" }).click();
  await expect(toggle("markers")).not.toBeChecked();
  expect((await rules()).map((rule) => rule.Status)).toEqual(["Disabled", "Enabled"]);

  await card.getByRole("button", { name: "Remove the rule markers" }).click();
  await dialog(page, "Remove rule").getByRole("button", { name: "Remove rule" }).click();
  await expect(ruleOf(card, "markers")).toHaveCount(0);
  expect((await rules()).map((rule) => rule.ID)).toEqual(["day"]);
  await card.getByRole("button", { name: "Remove the rule day" }).click();
  await dialog(page, "Remove rule").getByRole("button", { name: "Remove rule" }).click();
  await expect(card).toContainText("No rules");
  await expect(rules()).rejects.toThrow(/lifecycle configuration does not exist/);
});

test("what a rule would delete at once is told before it is saved", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "old/a.txt": "12345", "old/b.txt": "1", "new.txt": "n" }, { versioning: true });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "old/a.txt", Body: "6" }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "gone.txt", Body: "6" }));
  const gone = await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "gone.txt" }));
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: "gone.txt" }));
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "gone.txt", VersionId: Versions[0]?.VersionId }));
  expect(gone.DeleteMarker).toBe(true);
  const card = await open(page, bucket);
  await card.getByRole("button", { name: "Add rule" }).click();
  const form = dialog(page, "Add rule");
  await form.getByLabel("Name", { exact: true }).fill("past");
  await form.getByLabel("Current objects").selectOption("Are deleted on a date");
  await form.getByLabel("Date").fill("2020-01-01");
  await form.getByLabel("Keys that begin with").fill("old/");
  await form.getByRole("button", { name: "Dry run and save" }).click();
  const found = form.getByRole("region", { name: "Dry run" });
  await expect(found).toContainText("2 items would be deleted now.");
  await expect(found).toContainText("2 objects, 2 B");
  await expect(found).toContainText("They get a delete marker and stay as earlier versions.");
  const sample = found.getByRole("region", { name: "The first 2" });
  await expect(sample.getByRole("listitem")).toHaveCount(2);
  await expect(sample.getByRole("listitem").first()).toContainText("old/a.txt");
  await expect(sample.getByRole("listitem").first()).toContainText("rule past");
  await expect(form).toContainText("The objects can be restored from their earlier versions.");
  // Nothing is stored until it is said so.
  await expect(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }))).rejects.toThrow();
  await form.getByRole("button", { name: "Save rule" }).click();
  await expect(ruleOf(card, "past")).toBeVisible();

  await card.getByRole("button", { name: "Dry run" }).click();
  const trial = dialog(page, "Dry run");
  await expect(trial).toContainText("2 items would be deleted now.");
  await trial.getByRole("button", { name: "Close" }).last().click();
  await expect(card.getByRole("button", { name: "Dry run" })).toBeFocused();
});

test("more than a thousand need the name of the bucket", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, many(1001));
  const card = await open(page, bucket);
  await card.getByRole("button", { name: "Add rule" }).click();
  const form = dialog(page, "Add rule");
  await form.getByLabel("Current objects").selectOption("Are deleted on a date");
  await form.getByLabel("Date").fill("2020-01-01");
  await form.getByRole("button", { name: "Dry run and save" }).click();
  await expect(form).toContainText("1,001 items would be deleted now.");
  await expect(form).toContainText("They are gone then: the bucket keeps no versions.");
  const save = form.getByRole("button", { name: "Save rule" });
  await expect(save).toBeDisabled();
  await form.getByLabel(`Type the name of the bucket, ${bucket}, to confirm`).fill(bucket);
  await save.click();
  await expect(form).toBeHidden();
  const rules = (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }))).Rules;
  expect(rules).toHaveLength(1);
  expect(rules?.[0]?.ID).toMatch(/^.{20,}$/);
  await expect(ruleOf(card, rules?.[0]?.ID ?? "")).toBeVisible();
});

test("a dry run that fails is repeated, and one that is stopped is not taken for the whole", async ({
  page,
  s3,
  bucket,
  tolerate,
}) => {
  tolerate(/status of 503/);
  await seed(s3, bucket, { "a.txt": "a" });
  const card = await open(page, bucket);
  const preview = `**/myfsio/buckets/${bucket}/lifecycle/preview`;
  await page.route(preview, (route) =>
    route.fulfill({
      status: 503,
      contentType: "application/problem+json",
      body: JSON.stringify({ status: 503, code: "SlowDown", detail: "Busy.", requestId: "REQUEST-OF-THE-TEST" }),
    }),
  );
  await card.getByRole("button", { name: "Add rule" }).click();
  const form = dialog(page, "Add rule");
  await form.getByLabel("Current objects").selectOption("Are deleted after some days");
  await form.getByLabel("Days after they were stored").fill("1");
  await form.getByRole("button", { name: "Dry run and save" }).click();
  await expect(form.getByRole("alert")).toContainText("SlowDown");
  await expect(form.getByRole("alert")).toContainText("REQUEST-OF-THE-TEST");
  const save = form.getByRole("button", { name: "Save rule" });
  await expect(save).toBeDisabled();

  // An answer that never comes: it is left alone.
  await page.unroute(preview);
  let asked = false;
  await page.route(preview, () => {
    asked = true;
  });
  await form.getByRole("button", { name: "Retry" }).click();
  await expect(form).toContainText("0 versions so far");
  await expect.poll(() => asked).toBe(true);
  await expect(save).toBeDisabled();
  await form.getByRole("button", { name: "Stop" }).click();
  await expect(form).toContainText("there may be more");
  await expect(save).toBeDisabled();
  await form.getByLabel(/^Type the name of the bucket/).fill(bucket);
  await expect(save).toBeEnabled();
  await page.unroute(preview);
  await page.keyboard.press("Escape");
  await expect(form).toBeHidden();
  await expect(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }))).rejects.toThrow();
});

test("a dry run of a large bucket adds its parts up, and goes on where it failed", async ({
  page,
  s3,
  bucket,
  tolerate,
}) => {
  tolerate(/status of 429/);
  await seed(s3, bucket);
  const card = await open(page, bucket);
  const cursors: (string | undefined)[] = [];
  const none = { count: 0, bytes: 0 };
  const part = (count: number, cursor?: string) => ({
    expired: { count, bytes: 10 * count },
    removed: none,
    markers: 0,
    uploads: none,
    kept: none,
    looked: 20_000,
    sample: [],
    cursor,
  });
  await page.route(`**/myfsio/buckets/${bucket}/lifecycle/preview`, async (route) => {
    const { cursor } = route.request().postDataJSON() as { cursor?: string };
    cursors.push(cursor);
    if (cursor === undefined) await route.fulfill({ json: part(300, "second") });
    else if (cursors.length === 2) {
      const json = { status: 429, code: "TooManyRequests", detail: "Too many requests. Try again later." };
      await route.fulfill({ status: 429, contentType: "application/problem+json", json });
    } else await route.fulfill({ json: part(42) });
  });
  await card.getByRole("button", { name: "Add rule" }).click();
  const form = dialog(page, "Add rule");
  await form.getByLabel("Current objects").selectOption("Are deleted after some days");
  await form.getByLabel("Days after they were stored").fill("1");
  await form.getByRole("button", { name: "Dry run and save" }).click();
  await expect(form.getByRole("alert")).toContainText("TooManyRequests");
  await expect(form.getByRole("button", { name: "Save rule" })).toBeDisabled();
  await form.getByRole("button", { name: "Retry" }).click();
  await expect(form).toContainText("342 items would be deleted now. 40,000 versions were looked at.");
  await expect(form).toContainText("342 objects, 3.3 KiB");
  expect(cursors).toEqual([undefined, "second", "second"]);
});

test("a change of somebody else is not overwritten", async ({ page, s3, admin, bucket }) => {
  await seed(s3, bucket);
  const rule = (id: string) =>
    `<Rule><ID>${id}</ID><Filter/><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule>`;
  const store = (...ids: string[]) =>
    ok(
      putBucketLifecycle({
        client: admin,
        path: { bucket },
        body: { document: `<LifecycleConfiguration>${ids.map(rule).join("")}</LifecycleConfiguration>` },
      }),
    );
  await store("first");
  const card = await open(page, bucket);
  await card.getByRole("button", { name: "Remove the rule first" }).click();
  await store("first", "second");
  const asks = dialog(page, "Remove rule");
  await asks.getByRole("button", { name: "Remove rule" }).click();
  await expect(asks.getByRole("alert")).toContainText("Somebody else changed the rules meanwhile");
  const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
  expect(Rules?.map((r) => r.ID)).toEqual(["first", "second"]);
});

test("a rule with parts that the form does not know is not edited, and loses nothing", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  const document =
    '<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>later</ID><Filter><Prefix>a/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>3</Days></Expiration><Archive><Shelf>7</Shelf></Archive></Rule><Rule><ID>moves</ID><Filter/><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition></Rule></LifecycleConfiguration>';
  // What a later server may store: this one refuses it, so the page is told of it on the way.
  const puts: string[] = [];
  await page.route(`**/myfsio/buckets/${bucket}/documents/lifecycle`, async (route) => {
    if (route.request().method() === "GET") {
      await route.fulfill({ json: { document } });
      return;
    }
    puts.push((route.request().postDataJSON() as { document: string }).document);
    await route.fulfill({ status: 204 });
  });
  const card = await open(page, bucket);
  const later = ruleOf(card, "later");
  await expect(later).toContainText("The rule has parts that no field here stands for: Archive.");
  const edit = later.getByRole("button", { name: "Edit the rule later" });
  await expect(edit).toHaveAttribute("aria-disabled", "true");
  await edit.click({ force: true });
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(ruleOf(card, "moves")).toContainText("Moves objects to GLACIER after 30 days");

  await later.getByRole("switch").click({ force: true });
  await dialog(page, "Disable rule").getByRole("button", { name: "Disable rule" }).click();
  await expect.poll(() => puts.length).toBe(1);
  expect(puts[0]).toBe(document.replace("Enabled", "Disabled"));

  await card.getByRole("button", { name: "Edit the rule moves" }).click();
  const form = dialog(page, "Edit rule");
  await expect(form).toContainText("stays in it as it is");
  await form.getByRole("checkbox", { name: "Abort unfinished uploads" }).check();
  await form.getByLabel("Days after their start").fill("5");
  await form.getByRole("button", { name: "Dry run and save" }).click();
  await expect(form).toContainText("Rules with parts that this console does not know were left out.");
  await form.getByRole("button", { name: "Save rule" }).click();
  await expect.poll(() => puts.length).toBe(2);
  expect(puts[1]).toContain("<Archive><Shelf>7</Shelf></Archive>");
  expect(puts[1]).toContain("<Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition>");
  expect(puts[1]).toContain("<DaysAfterInitiation>5</DaysAfterInitiation>");
});

test("what the rules did is told by round, and that nobody carries them out", async ({ page, context }) => {
  const quick = await startServer({ LIFECYCLE_INTERVAL_SECONDS: "1", LIFECYCLE_DEBUG_DAY_SECONDS: "1" });
  try {
    await context.addCookies([{ ...(await sessionOf(quick, quick.admin)), url: quick.ui }]);
    const s3 = s3Of(quick, quick.admin);
    await seed(s3, "rounds", { "logs/a": "123", "logs/b": "4567", keep: "k" }, { versioning: true });
    await s3.send(new CreateMultipartUploadCommand({ Bucket: "rounds", Key: "logs/up" }));
    await page.goto(`${quick.ui}/ui/buckets/rounds/lifecycle`);
    const card = page.getByRole("region", { name: "What the rules did" });
    await expect(card).toContainText("The server carries out the rules every 1 s.");
    await expect(card).toContainText("The rules have not been carried out yet.");
    // All of it is due before the rules are there, so that one round ends it.
    const client = await apiOf(quick, quick.admin);
    const tried = { rules: [{ id: "logs", prefix: "logs/", expireDays: 1, abortUploadDays: 1 }] };
    await expect
      .poll(() => ok(previewLifecycle({ client, path: { bucket: "rounds" }, body: tried })))
      .toMatchObject({ expired: { count: 2 }, uploads: { count: 1 } });
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: "rounds",
        LifecycleConfiguration: {
          Rules: [
            {
              ID: "logs",
              Status: "Enabled",
              Filter: { Prefix: "logs/" },
              Expiration: { Days: 1 },
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            },
          ],
        },
      }),
    );
    const runs = card.getByRole("list", { name: "What the rules did" });
    await expect(async () => {
      await card.getByRole("button", { name: "Refresh" }).click();
      await expect(runs).toContainText(/2 objects deleted, 7 B/, { timeout: 1000 });
      await expect(runs).toContainText(/1 upload aborted/, { timeout: 1000 });
    }).toPass({ timeout: 20_000 });
    s3.destroy();
  } finally {
    await page.goto("about:blank");
    await quick.stop();
  }
  const still = await startServer({ LIFECYCLE_ENABLED: "false" });
  try {
    await context.addCookies([{ ...(await sessionOf(still, still.admin)), url: still.ui }]);
    const s3 = s3Of(still, still.admin);
    await seed(s3, "still");
    s3.destroy();
    await page.goto(`${still.ui}/ui/buckets/still/lifecycle`);
    await expect(page.getByRole("region", { name: "What the rules did" })).toContainText(
      "This server does not carry out lifecycle rules",
    );
  } finally {
    await page.goto("about:blank");
    await still.stop();
  }
});

test("versioning is switched where it is explained", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await open(page, bucket);
  const card = page.getByRole("region", { name: "Versioning" });
  await card.getByRole("switch", { name: "Keep earlier versions" }).click({ force: true });
  await dialog(page, "Enable versioning").getByRole("button", { name: "Enable versioning" }).click();
  await expect(card).toContainText("Versioning is on");
});

test("who may only read has no control that works", async ({ page, s3, admin, actAs, bucket }) => {
  await seed(s3, bucket);
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: { Rules: [{ ID: "r", Status: "Enabled", Filter: {}, Expiration: { Days: 9 } }] },
    }),
  );
  await actAs(await newUser(admin, [{ bucket, actions: ["s3:ListBucket", "s3:GetLifecycleConfiguration"] }]));
  const card = await open(page, bucket);
  await expect(ruleOf(card, "r")).toContainText("Deletes objects 9 days after they were stored");
  await expect(page.getByRole("switch", { name: "Keep earlier versions" })).toBeDisabled();
  await expect(card.getByRole("switch")).toBeDisabled();
  for (const name of ["Add rule", "Dry run", "Edit the rule r", "Remove the rule r"]) {
    const button = card.getByRole("button", { name });
    await expect(button, name).toHaveAttribute("aria-disabled", "true");
    await button.hover();
    await expect(
      page.getByRole("tooltip", { name: "You lack the permission s3:PutLifecycleConfiguration" }),
    ).toBeVisible();
    await button.click({ force: true });
    await expect(page.getByRole("dialog"), name).toHaveCount(0);
    await page.mouse.move(0, 0);
  }
  await actAs(await newUser(admin, [{ bucket, actions: ["list"] }]));
  await page.goto(`/ui/buckets/${bucket}/lifecycle`);
  for (const name of ["Lifecycle rules", "What the rules did"]) {
    await expect(page.getByRole("region", { name })).toContainText(
      "You lack the permission s3:GetLifecycleConfiguration",
    );
  }
});

test("a rule is written without a mouse", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  const card = await open(page, bucket);
  await card.getByRole("button", { name: "Add rule" }).focus();
  await page.keyboard.press("Enter");
  const form = dialog(page, "Add rule");
  await expect(form.getByLabel("Name", { exact: true })).toBeFocused();
  await page.keyboard.type("typed");
  await form.getByRole("checkbox", { name: "Abort unfinished uploads" }).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Tab");
  await expect(form.getByLabel("Days after their start")).toBeFocused();
  await page.keyboard.type("4");
  await page.keyboard.press("Enter");
  await expect(form).toContainText("Nothing would be deleted now.");
  await form.getByRole("button", { name: "Save rule" }).focus();
  await page.keyboard.press("Enter");
  await expect(form).toBeHidden();
  const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
  expect(Rules).toEqual([
    { ID: "typed", Status: "Enabled", Filter: {}, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 4 } },
  ]);
});
