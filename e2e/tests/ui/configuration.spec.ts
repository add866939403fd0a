import { GetBucketTaggingCommand, PutBucketTaggingCommand } from "@aws-sdk/client-s3";
import { getQuota } from "@myfsio/client";
import { newUser, ok } from "../../support/api";
import { dialog, fact } from "../../support/console";
import { look } from "../../support/look";
import { seed } from "../../support/s3";
import { expect, test } from "../../support/test";

test("tags are added, changed and removed", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await page.goto(`/ui/buckets/${bucket}/properties`);
  const card = page.getByRole("region", { name: "Tags" });
  await expect(card).toContainText("No tags");

  await card.getByRole("button", { name: "Edit tags" }).click();
  const form = dialog(page, "Edit tags");
  await form.getByLabel("Name of tag 1").fill("team");
  await form.getByLabel("Value of tag 1").fill("storage");
  await form.getByRole("button", { name: "Add tag" }).click();
  await form.getByLabel("Name of tag 2").fill("team");
  await expect(form).toContainText("Another tag has this name");
  await expect(form.getByRole("button", { name: "Save" })).toBeDisabled();
  await look(page, "bucket-tags-form");
  await form.getByLabel("Name of tag 2").fill("cost centre");
  await form.getByLabel("Value of tag 2").fill("4711");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await expect(fact(card, "team")).toHaveText("storage");
  await expect(fact(card, "cost centre")).toHaveText("4711");
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket: bucket }))).TagSet).toEqual([
    { Key: "team", Value: "storage" },
    { Key: "cost centre", Value: "4711" },
  ]);

  await card.getByRole("button", { name: "Edit tags" }).click();
  await form.getByRole("button", { name: "Remove tag 1" }).click();
  await form.getByRole("button", { name: "Remove tag 1" }).click();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(card).toContainText("No tags");
  await expect(s3.send(new GetBucketTaggingCommand({ Bucket: bucket }))).rejects.toThrow(/TagSet does not exist/);
});

test("a quota is set, shown with its use, and taken away", async ({ page, s3, admin, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a".repeat(3000), "b.txt": "b" });
  const quota = () => ok(getQuota({ client: admin, path: { bucket } }));
  await page.goto(`/ui/buckets/${bucket}/properties`);
  const card = page.getByRole("region", { name: "Quota" });
  await expect(fact(card, "Size of all versions")).toContainText("without a limit");

  await card.getByRole("button", { name: "Edit quota" }).click();
  const form = dialog(page, "Edit quota");
  await form.getByLabel("Largest size").fill("lots");
  await expect(form.getByRole("button", { name: "Save" })).toBeDisabled();
  await form.getByLabel("Largest size").fill("1.5");
  await form.getByLabel("Unit").selectOption("KiB");
  await expect(form).toContainText("The bucket holds more than this already");
  await look(page, "bucket-quota-form");
  await form.getByLabel("Unit").selectOption("MiB");
  await expect(form).not.toContainText("The bucket holds more than this already");
  await form.getByLabel("Most objects, all versions").fill("2");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(fact(card, "Size of all versions")).toContainText("of 1.5 MiB");
  await expect(card.getByRole("progressbar", { name: "Objects with all versions" })).toHaveAttribute(
    "aria-valuenow",
    "100",
  );
  expect(await quota()).toMatchObject({ maxBytes: 1_572_864, maxObjects: 2 });

  await card.scrollIntoViewIfNeeded();
  await look(page, "bucket-quota");
  await card.getByRole("button", { name: "Edit quota" }).click();
  await form.getByLabel("Largest size").fill("");
  await form.getByLabel("Most objects, all versions").fill("");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(fact(card, "Size of all versions")).toContainText("without a limit");
  expect(await quota()).not.toHaveProperty("maxBytes");
});

test("who may read tags but not change them sees why", async ({ page, s3, admin, actAs, bucket }) => {
  await seed(s3, bucket);
  await s3.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet: [{ Key: "team", Value: "x" }] } }));
  await actAs(await newUser(admin, [{ bucket, actions: ["s3:ListBucket", "s3:GetBucketTagging"] }]));
  await page.goto(`/ui/buckets/${bucket}/properties`);
  const card = page.getByRole("region", { name: "Tags" });
  await expect(fact(card, "team")).toHaveText("x");
  const edit = card.getByRole("button", { name: "Edit tags" });
  await edit.hover();
  await expect(page.getByRole("tooltip")).toContainText("s3:PutBucketTagging");
  await edit.click({ force: true });
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Quota" })).toContainText("myfsio:GetBucketQuota");
});
