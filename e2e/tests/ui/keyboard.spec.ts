import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { dialog, expectRows, openBucket, row } from "../../support/console";
import { seed } from "../../support/s3";
import { expect, type Locator, type Page, test } from "../../support/test";

/** Presses Tab until the focus is there, as somebody without a mouse has to. */
async function tabTo(page: Page, target: Locator, most = 40): Promise<void> {
  for (let i = 0; i < most; i += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${target} was not reached by ${most} presses of Tab`);
}

test.describe("without a mouse", () => {
  test.use({ signedIn: false });

  test("one signs in, opens a bucket, selects and deletes", async ({ page, server, s3, bucket }) => {
    await seed(s3, bucket, { "a.txt": "a", "b.txt": "b", "sub/c.txt": "c" });
    await page.goto("/ui/");
    await expect(page.getByLabel("Access key")).toBeFocused();
    await page.keyboard.type(server.admin.accessKey);
    await page.keyboard.press("Tab");
    await page.keyboard.type(server.admin.secretKey);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Buckets", exact: true })).toBeVisible();

    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to the content" });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press("Enter");
    await page.keyboard.press("/");
    await expect(page.getByRole("searchbox", { name: "Search buckets" })).toBeFocused();
    await page.keyboard.type(bucket);
    await expectRows(page, [bucket], "Buckets");
    await page.keyboard.press("ArrowDown");
    await expect(row(page, bucket)).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: bucket, level: 1 })).toBeVisible();

    await expect(row(page, "sub")).toBeVisible();
    await tabTo(page, row(page, "sub"));
    await page.keyboard.press("Enter");
    await expectRows(page, ["c.txt"]);
    await page.keyboard.press("Backspace");
    await expectRows(page, ["sub", "a.txt", "b.txt"]);
    await tabTo(page, row(page, "sub"));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await expect(page.getByRole("toolbar")).toContainText("2 selected");
    await page.keyboard.press("Delete");
    const asks = dialog(page, "Delete");
    await expect(asks).toContainText("2 objects (2 B) will be deleted.");
    await tabTo(page, asks.getByRole("button", { name: "Delete" }));
    await page.keyboard.press("Enter");
    await expectRows(page, ["sub"]);
    await expect(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: "a.txt" }))).rejects.toThrow();
  });
});

test("shortcuts jump, open, filter and act", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a", "sub/b.txt": "b" });
  await page.goto("/ui/buckets");
  await expect(page.getByRole("heading", { name: "Buckets", exact: true })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page.getByRole("heading", { name: "Activity" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await expect(page.getByRole("heading", { name: "Buckets", exact: true })).toBeVisible();
  await page.keyboard.press("n");
  await expect(dialog(page, "Create bucket")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  const list = dialog(page, "Keyboard shortcuts");
  await expect(list).toContainText("Select all loaded rows");
  await page.keyboard.press("Escape");
  await expect(list).toHaveCount(0);

  await openBucket(page, bucket, "?prefix=sub/");
  await page.keyboard.press("n");
  await expect(dialog(page, "New folder")).toBeVisible();
  await page.keyboard.press("Escape");
  const picker = page.waitForEvent("filechooser");
  await page.keyboard.press("u");
  await picker;
  await row(page, "b.txt").focus();
  const download = page.waitForEvent("download");
  await page.keyboard.press("d");
  expect((await download).suggestedFilename()).toBe("b.txt");
  const refreshed = page.waitForResponse(/\/objects\?/);
  await page.keyboard.press("r");
  await refreshed;
  await page.keyboard.press("Backspace");
  await expectRows(page, ["sub", "a.txt"]);
});

test("the palette finds buckets, pages and commands", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a" });
  await page.goto("/ui/buckets");
  await expect(page.getByRole("heading", { name: "Buckets", exact: true })).toBeVisible();
  const field = page.getByRole("dialog").getByLabel("Search and commands");

  await page.keyboard.press("ControlOrMeta+k");
  await expect(field).toBeFocused();
  await page.keyboard.type(bucket);
  await expect(
    page
      .getByRole("dialog")
      .getByRole("button", { name: bucket })
      .or(page.getByRole("option", { name: bucket })),
  ).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: bucket, level: 1 })).toBeVisible();

  await page.getByRole("button", { name: "Search and commands" }).click();
  await field.fill("setti");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();

  await page.keyboard.press("ControlOrMeta+k");
  await field.fill("dark");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");

  await page.keyboard.press("ControlOrMeta+k");
  await field.fill("no such thing at all");
  await expect(page.getByText("Nothing of this name")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(field).toHaveCount(0);
});
