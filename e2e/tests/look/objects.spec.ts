import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { openBucket, row } from "../../support/console";
import { look } from "../../support/look";
import { seed } from "../../support/s3";
import { expect, test } from "../../support/test";

test("keys that are no ordinary paths, and a row's menu by its key", async ({ page, s3, bucket }) => {
  const keys = ["/", "//", "a//b", "./x", "../y", " ", "two  words .txt", "one\ntwo.txt", "日本 🎉.txt", "a+b?#.txt"];
  await seed(s3, bucket, Object.fromEntries([...keys, `${"long-".repeat(200)}.txt`].map((key) => [key, "content"])));
  await openBucket(page, bucket);
  await look(page, "objects-odd");
  await row(page, "a+b?#.txt").focus();
  await page.keyboard.press("Shift+F10");
  await expect(page.getByRole("menu")).toBeVisible();
  await look(page, "objects-menu");
  await page.keyboard.press("Escape");
  await openBucket(page, bucket, `?key=${encodeURIComponent("one\ntwo.txt")}`);
  await expect(page.getByRole("complementary").getByRole("region", { name: "Versions" })).toBeVisible();
  await look(page, "details-odd");
});

test("a deleted object", async ({ page, s3, bucket, tolerate }) => {
  tolerate(/status of 404/);
  await seed(s3, bucket, { "a.txt": "first", "b.txt": "b" }, { versioning: true });
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a.txt" }));
  await openBucket(page, bucket, "?key=a.txt");
  await expect(page.getByRole("complementary").getByRole("listitem")).toHaveCount(2);
  await look(page, "details-deleted");
  await page.getByRole("button", { name: "Delete this marker" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look(page, "details-marker");
});
