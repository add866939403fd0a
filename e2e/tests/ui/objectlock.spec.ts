import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { newUser } from "../../support/api";
import { dialog, fact, openBucket, openDetails } from "../../support/console";
import { seed } from "../../support/s3";
import { expect, type Locator, type Page, test } from "../../support/test";

const DAY = 86_400_000;

const lockCard = async (page: Page, bucket: string): Promise<Locator> => {
  await page.goto(`/ui/buckets/${bucket}/properties`);
  const card = page.getByRole("region", { name: "Object Lock" });
  await expect(card.getByRole("button")).toBeVisible();
  return card;
};

const configuration = async (s3: S3Client, bucket: string) =>
  (await s3.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }))).ObjectLockConfiguration;

/** A bucket with Object Lock that holds one object; answers its version. */
async function locked(s3: S3Client, bucket: string): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a.txt", Body: "a" }));
  return VersionId as string;
}

test("a bucket begins with Object Lock when that is chosen", async ({ page, s3, bucket }) => {
  await page.goto("/ui/buckets");
  await page.getByRole("button", { name: "Create bucket" }).first().click();
  const create = dialog(page, "Create bucket");
  await create.getByLabel("Name").fill(bucket);
  await create.getByRole("checkbox", { name: "Object Lock" }).check();
  await expect(create.getByRole("checkbox", { name: "Keep earlier versions" })).toBeChecked();
  await expect(create.getByRole("checkbox", { name: "Keep earlier versions" })).toBeDisabled();
  await create.getByRole("button", { name: "Create bucket" }).click();
  await expect(page.getByRole("heading", { name: bucket, level: 1 })).toBeVisible();
  expect(await configuration(s3, bucket)).toEqual({ ObjectLockEnabled: "Enabled" });
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status).toBe("Enabled");
  await page.getByRole("link", { name: "Properties" }).click();
  await expect(page.getByRole("switch", { name: "Keep earlier versions" })).toBeDisabled();
});

test("Object Lock is switched on later, once versions are kept, and for good", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  const card = await lockCard(page, bucket);
  const enable = card.getByRole("button", { name: "Enable Object Lock" });
  await expect(enable).toHaveAttribute("aria-disabled", "true");
  await expect(card).toContainText("Enable versioning first");
  const versioning = page.getByRole("switch", { name: "Keep earlier versions" });
  await versioning.click({ force: true });
  await dialog(page, "Enable versioning").getByRole("button", { name: "Enable versioning" }).click();
  await expect(enable).not.toHaveAttribute("aria-disabled", "true");
  await enable.click();
  const form = dialog(page, "Enable Object Lock");
  const act = form.getByRole("button", { name: "Enable Object Lock" });
  await expect(act).toBeDisabled();
  await expect(form).toContainText("versioning cannot be suspended any more");
  await form.getByRole("checkbox", { name: "Switch Object Lock on for good" }).check();
  await act.click();
  await expect(form).toBeHidden();
  await expect(card).toContainText("On, and can never be switched off.");
  await expect(card.getByRole("button", { name: "Edit default retention" })).toBeVisible();
  await expect(versioning).toBeDisabled();
  expect(await configuration(s3, bucket)).toEqual({ ObjectLockEnabled: "Enabled" });
});

test("the default retention is set, and what COMPLIANCE means is said before", async ({ page, s3, bucket }) => {
  await locked(s3, bucket);
  const card = await lockCard(page, bucket);
  await card.getByRole("button", { name: "Edit default retention" }).click();
  const form = dialog(page, "Edit default retention");
  const save = form.getByRole("button", { name: "Save" });
  await expect(save).toBeDisabled();
  await form.getByRole("radio", { name: "Governance" }).check();
  await form.getByLabel("For", { exact: true }).fill("0");
  await expect(form).toContainText("From 1 to 36,500 days, or 1 to 100 years");
  await form.getByLabel("For", { exact: true }).fill("30");
  await save.click();
  await expect(fact(card, "Default retention")).toContainText("Governance, 30 days");
  await expect(card.getByRole("button", { name: "Edit default retention" })).toBeFocused();
  expect(await configuration(s3, bucket)).toEqual({
    ObjectLockEnabled: "Enabled",
    Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 30 } },
  });

  await card.getByRole("button", { name: "Edit default retention" }).click();
  await form.getByRole("radio", { name: "Compliance" }).check();
  await form.getByLabel("For", { exact: true }).fill("1");
  await form.getByLabel("Unit").selectOption("years");
  await expect(form).toContainText("Nobody can take this back");
  await expect(save).toBeDisabled();
  await form.getByRole("checkbox", { name: /not even an administrator/ }).check();
  await save.click();
  await expect(fact(card, "Default retention")).toContainText("Compliance, 1 year");
  expect((await configuration(s3, bucket))?.Rule).toEqual({ DefaultRetention: { Mode: "COMPLIANCE", Years: 1 } });

  // The other way round: what a program stores is what is shown.
  await s3.send(
    new PutObjectLockConfigurationCommand({
      Bucket: bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        Rule: { DefaultRetention: { Mode: "GOVERNANCE", Years: 2 } },
      },
    }),
  );
  await page.reload();
  await expect(fact(card, "Default retention")).toContainText("Governance, 2 years");
  await card.getByRole("button", { name: "Edit default retention" }).click();
  await form.getByRole("radio", { name: "None" }).check();
  await save.click();
  await expect(fact(card, "Default retention")).toContainText("None");
  expect(await configuration(s3, bucket)).toEqual({ ObjectLockEnabled: "Enabled" });
});

test("a version is retained, for longer, and freed by who may bypass it", async ({ page, s3, bucket, tolerate }) => {
  tolerate(/status of 403/);
  const version = await locked(s3, bucket);
  const stored = async () =>
    (await s3.send(new GetObjectRetentionCommand({ Bucket: bucket, Key: "a.txt", VersionId: version }))).Retention;
  await openBucket(page, bucket);
  const details = await openDetails(page, "a.txt");
  const lock = details.getByRole("region", { name: "Object Lock" });
  await expect(fact(lock, "Retention")).toHaveText("None");
  await lock.getByRole("button", { name: "Set retention" }).click();
  const form = dialog(page, "Set retention");
  await form.getByRole("radio", { name: "Governance" }).check();
  await form.getByLabel("Until").fill("2020-01-01T00:00");
  await expect(form).toContainText("It must be in the future");
  await form.getByLabel("Until").fill("2090-05-04T10:30");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(fact(lock, "Retention")).toContainText("Governance until May 4, 2090");
  await expect(lock.getByRole("button", { name: "Change retention" })).toBeFocused();
  expect(await stored()).toEqual({ Mode: "GOVERNANCE", RetainUntilDate: new Date("2090-05-04T10:30:00Z") });

  // It protects: the version cannot be deleted, and it is said why.
  await details.getByRole("button", { name: "Delete this version" }).click();
  const asks = dialog(page, "Delete this version");
  await asks.getByRole("button", { name: "Delete" }).click();
  await expect(asks.getByRole("alert")).toContainText("Object Lock protects this version");
  await page.keyboard.press("Escape");

  await lock.getByRole("button", { name: "Change retention" }).click();
  const change = dialog(page, "Change retention");
  await expect(change.getByRole("button", { name: "Save" })).toBeDisabled();
  await change.getByLabel("Until").fill("2091-01-01T00:00");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(fact(lock, "Retention")).toContainText("Jan 1, 2091");
  await lock.getByRole("button", { name: "Change retention" }).click();
  await change.getByLabel("Until").fill("2085-01-01T00:00");
  await expect(change).toContainText("This loosens the retention");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(fact(lock, "Retention")).toContainText("Jan 1, 2085");
  await lock.getByRole("button", { name: "Change retention" }).click();
  await change.getByRole("radio", { name: "None" }).check();
  await change.getByRole("button", { name: "Save" }).click();
  await expect(fact(lock, "Retention")).toHaveText("None");
  await expect(stored()).rejects.toThrow(/ObjectLock configuration/);
});

test("COMPLIANCE is chosen knowingly, and can then only be made longer", async ({ page, s3, bucket }) => {
  const version = await locked(s3, bucket);
  await openBucket(page, bucket, "?key=a.txt");
  const lock = page.getByRole("complementary").getByRole("region", { name: "Object Lock" });
  await lock.getByRole("button", { name: "Set retention" }).click();
  const form = dialog(page, "Set retention");
  await form.getByRole("radio", { name: "Compliance" }).check();
  const soon = new Date(Date.now() + 2 * DAY).toISOString().slice(0, 16);
  await form.getByLabel("Until").fill(soon);
  await expect(form).toContainText("no user, no administrator");
  await expect(form.getByRole("button", { name: "Save" })).toBeDisabled();
  await form
    .getByRole("checkbox", { name: "I understand that nobody can delete this version before its time" })
    .check();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(fact(lock, "Retention")).toContainText("Compliance until");
  const kept = await s3.send(new GetObjectRetentionCommand({ Bucket: bucket, Key: "a.txt", VersionId: version }));
  expect(kept.Retention).toEqual({ Mode: "COMPLIANCE", RetainUntilDate: new Date(`${soon}:00Z`) });
  await lock.getByRole("button", { name: "Change retention" }).click();
  const change = dialog(page, "Change retention");
  for (const mode of ["None", "Governance"]) {
    await change.getByRole("radio", { name: mode }).check();
    await expect(change).toContainText("can only be made longer");
    await expect(change.getByRole("button", { name: "Save" })).toBeDisabled();
  }
  await expect(
    s3.send(
      new DeleteObjectCommand({
        Bucket: bucket,
        Key: "a.txt",
        VersionId: version,
        BypassGovernanceRetention: true,
      }),
    ),
  ).rejects.toThrow(/object lock/);
});

test("a legal hold is placed and ended", async ({ page, s3, bucket }) => {
  const version = await locked(s3, bucket);
  const stored = async () =>
    (await s3.send(new GetObjectLegalHoldCommand({ Bucket: bucket, Key: "a.txt", VersionId: version }))).LegalHold;
  await openBucket(page, bucket, "?key=a.txt");
  const lock = page.getByRole("complementary").getByRole("region", { name: "Object Lock" });
  await lock.getByRole("button", { name: "Place legal hold" }).click();
  await dialog(page, "Place legal hold").getByRole("button", { name: "Place legal hold" }).click();
  await expect(fact(lock, "Legal hold")).toHaveText("On");
  expect(await stored()).toEqual({ Status: "ON" });
  await lock.getByRole("button", { name: "End legal hold" }).click();
  await dialog(page, "End legal hold").getByRole("button", { name: "End legal hold" }).click();
  await expect(fact(lock, "Legal hold")).toHaveText("Off");
  expect(await stored()).toEqual({ Status: "OFF" });
  await s3.send(
    new PutObjectLegalHoldCommand({ Bucket: bucket, Key: "a.txt", VersionId: version, LegalHold: { Status: "ON" } }),
  );
  await page.reload();
  await expect(fact(lock, "Legal hold")).toHaveText("On");
});

test("the version that is shown is the one that is changed", async ({ page, s3, bucket }) => {
  const first = await locked(s3, bucket);
  const second = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a.txt", Body: "second" }));
  await openBucket(page, bucket, `?key=a.txt&version=${first}`);
  const lock = page.getByRole("complementary").getByRole("region", { name: "Object Lock" });
  await lock.getByRole("button", { name: "Place legal hold" }).click();
  await dialog(page, "Place legal hold").getByRole("button", { name: "Place legal hold" }).click();
  await expect(fact(lock, "Legal hold")).toHaveText("On");
  const hold = (VersionId: string | undefined) =>
    s3.send(new GetObjectLegalHoldCommand({ Bucket: bucket, Key: "a.txt", VersionId }));
  expect((await hold(first)).LegalHold).toEqual({ Status: "ON" });
  await expect(hold(second.VersionId)).rejects.toThrow(/ObjectLock configuration/);
});

test("who may not sees what is known, and why nothing can be changed", async ({ page, s3, admin, actAs, bucket }) => {
  const version = await locked(s3, bucket);
  await s3.send(
    new PutObjectRetentionCommand({
      Bucket: bucket,
      Key: "a.txt",
      VersionId: version,
      Retention: { Mode: "GOVERNANCE", RetainUntilDate: new Date(Date.now() + 9 * DAY) },
    }),
  );
  const reads = ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectRetention"];
  await actAs(await newUser(admin, [{ bucket, actions: [...reads, "s3:GetBucketObjectLockConfiguration"] }]));
  await openBucket(page, bucket, "?key=a.txt");
  const lock = page.getByRole("complementary").getByRole("region", { name: "Object Lock" });
  await expect(fact(lock, "Retention")).toContainText("Governance until");
  await expect(fact(lock, "Legal hold")).toHaveText("You lack the permission s3:GetObjectLegalHold");
  for (const [name, permission] of [
    ["Change retention", "s3:PutObjectRetention"],
    ["Place legal hold", "s3:GetObjectLegalHold"],
  ] as const) {
    const button = lock.getByRole("button", { name });
    await expect(button).toHaveAttribute("aria-disabled", "true");
    await button.hover();
    await expect(page.getByRole("tooltip", { name: `You lack the permission ${permission}` })).toBeVisible();
    await button.click({ force: true });
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.mouse.move(0, 0);
  }
  const card = await lockCard(page, bucket);
  const edit = card.getByRole("button", { name: "Edit default retention" });
  await expect(edit).toHaveAttribute("aria-disabled", "true");
  await edit.hover();
  await expect(page.getByRole("tooltip")).toContainText("s3:PutBucketObjectLockConfiguration");

  // Setting without bypassing: longer is possible, shorter is explained.
  await actAs(await newUser(admin, [{ bucket, actions: [...reads, "s3:PutObjectRetention"] }]));
  await openBucket(page, bucket, "?key=a.txt");
  await lock.getByRole("button", { name: "Change retention" }).click();
  const change = dialog(page, "Change retention");
  await change.getByRole("radio", { name: "None" }).check();
  await expect(change).toContainText("s3:BypassGovernanceRetention");
  await expect(change.getByRole("button", { name: "Save" })).toBeDisabled();
  await change.getByRole("radio", { name: "Governance" }).check();
  await change.getByLabel("Until").fill("2090-01-01T00:00");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(fact(lock, "Retention")).toContainText("Jan 1, 2090");
});

test("buckets without Object Lock have nothing of it in the details", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a" });
  await openBucket(page, bucket);
  const details = await openDetails(page, "a.txt");
  await expect(details.getByRole("region", { name: "Object Lock" })).toHaveCount(0);
});
