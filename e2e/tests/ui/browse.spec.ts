import { expectRows, openBucket, row, rows } from "../../support/console";
import { many, seed } from "../../support/s3";
import { expect, test } from "../../support/test";

const TREE = {
  "readme.txt": "r",
  "archive.bin": new Uint8Array(9000),
  "photos/2023/a.jpg": "a",
  "photos/2024/b.jpg": "b",
  "photos/cover.jpg": "c",
  "notes/plan.txt": "p",
};

test("goes into folders and out by the breadcrumb, Back and pasted links", async ({ page, context, s3, bucket }) => {
  await seed(s3, bucket, TREE);
  await openBucket(page, bucket);
  await expectRows(page, ["notes", "photos", "archive.bin", "readme.txt"]);
  await page.getByRole("link", { name: "photos" }).click();
  await expectRows(page, ["2023", "2024", "cover.jpg"]);
  await expect(page).toHaveURL(/\?prefix=photos\/$/);
  await row(page, "2024").dblclick();
  await expectRows(page, ["b.jpg"]);

  const crumbs = page.getByRole("navigation", { name: "Folders" });
  await expect(crumbs.getByRole("link")).toHaveText([bucket, "photos", "2024"]);
  await expect(crumbs.getByRole("link", { name: "2024" })).toHaveAttribute("aria-current", "page");
  await crumbs.getByRole("link", { name: "photos" }).click();
  await expectRows(page, ["2023", "2024", "cover.jpg"]);
  await page.goBack();
  await expectRows(page, ["b.jpg"]);
  await page.goBack();
  await page.goBack();
  await expectRows(page, ["notes", "photos", "archive.bin", "readme.txt"]);
  await page.goForward();
  await expectRows(page, ["2023", "2024", "cover.jpg"]);

  await page.getByRole("link", { name: "cover.jpg" }).click();
  await expect(page.getByRole("complementary", { name: "Details of cover.jpg" })).toBeVisible();
  const pasted = await context.newPage();
  await pasted.goto(page.url());
  await expect(pasted.getByRole("complementary", { name: "Details of cover.jpg" })).toBeVisible();
  await expectRows(pasted, ["2023", "2024", "cover.jpg"]);
  await page.goBack();
  await expect(page.getByRole("complementary")).toHaveCount(0);
});

test("sorts, folders first, and keeps the order in the address", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "aaa", "b.txt": "b", "c.txt": "cc", "z/x": "x" });
  await openBucket(page, bucket);
  const grid = page.getByRole("grid", { name: "Objects" });
  await grid.getByRole("button", { name: "Size" }).click();
  await expectRows(page, ["z", "a.txt", "c.txt", "b.txt"]);
  await grid.getByRole("button", { name: "Size" }).click();
  await expectRows(page, ["z", "b.txt", "c.txt", "a.txt"]);
  await expect(grid.getByRole("columnheader", { name: "Size" })).toHaveAttribute("aria-sort", "ascending");
  await page.reload();
  await expectRows(page, ["z", "b.txt", "c.txt", "a.txt"]);
  await grid.getByRole("button", { name: "Name" }).click();
  await grid.getByRole("button", { name: "Name" }).click();
  await expectRows(page, ["z", "c.txt", "b.txt", "a.txt"]);
});

test("loads more while it is scrolled, or when asked", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, many(230));
  await openBucket(page, bucket);
  const status = page.getByRole("contentinfo").or(page.locator("footer")).getByRole("status");
  await expect(status).toHaveText("Showing 100 of 230");
  await page.getByRole("button", { name: "Load more" }).click();
  await expect(status).toHaveText("Showing 200 of 230");
  await rows(page).first().hover();
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 4000);
      return row(page, "file-0229.txt").isVisible();
    })
    .toBe(true);
  await expect(status).toHaveText("Showing 230 of 230");
  await expect(page.getByRole("button", { name: "Load more" })).toHaveCount(0);
});

test("loads everything at once", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, many(330));
  await openBucket(page, bucket);
  await page.getByRole("button", { name: "Load all" }).click();
  await expect(page.getByText("Showing 330 of 330")).toBeVisible();
  expect(await rows(page).count()).toBeLessThan(100);
});

test("loads as many rows at a time as the person likes", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, many(260));
  await openBucket(page, bucket);
  const size = page.getByLabel("Rows to load at a time");
  await expect(size).toHaveValue("100");
  expect(await size.getByRole("option").evaluateAll((o) => o.map((e) => (e as HTMLOptionElement).value))).toEqual([
    "50",
    "100",
    "150",
    "200",
    "250",
  ]);
  await size.selectOption("50");
  await page.getByRole("button", { name: "Load more" }).click();
  await expect(page.getByText("Showing 150 of 260")).toBeVisible();
  await page.reload();
  await expect(page.getByText("Showing 50 of 260")).toBeVisible();
  await size.selectOption("250");
  await page.reload();
  await expect(page.getByText("Showing 250 of 260")).toBeVisible();
});

test("filters what is loaded, and searches the server for the rest", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { ...many(130, "log-"), "deep/down/Needle.txt": "n", "needle.md": "m", "deep/hay.txt": "h" });
  await openBucket(page, bucket);
  await page.keyboard.press("/");
  const field = page.getByRole("searchbox", { name: "Filter this folder" });
  await expect(field).toBeFocused();
  await field.fill("log 011");
  await expectRows(page, ["log-0011.txt"]);
  await expect(page.getByText("1 of 100 loaded rows match")).toBeVisible();
  await expect(page).toHaveURL(/\?filter=log\+011$/);
  await field.fill("needle");
  await expect(page.getByRole("heading", { name: "No row matches" })).toBeVisible();
  await field.press("Enter");
  await expectRows(page, ["deep/down/Needle.txt", "needle.md"]);
  await expect(page.getByText(/2 objects with “needle” in this bucket/)).toBeVisible();
  await expect(page.getByText(/133 keys looked at/)).toBeVisible();
  await expect(page).toHaveURL(/\?find=needle$/);
  await page.reload();
  await expectRows(page, ["deep/down/Needle.txt", "needle.md"]);
  await page.getByRole("button", { name: "End the search" }).click();
  await expect(row(page, "log-0000.txt")).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/buckets/${bucket}$`));

  await openBucket(page, bucket, "?prefix=deep/&find=nothing-like-it");
  await expect(page.getByRole("heading", { name: "Nothing found" })).toBeVisible();
});

test("selects by mouse as file managers do", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { ...many(8), "folder/x": "x" });
  await openBucket(page, bucket);
  const chosen = () =>
    rows(page).evaluateAll((all) =>
      all.filter((r) => r.getAttribute("aria-selected") === "true").map((r) => r.getAttribute("aria-label")),
    );
  const cell = (name: string) => row(page, name).getByRole("gridcell").nth(1);
  await cell("file-0001.txt").click();
  expect(await chosen()).toEqual(["file-0001.txt"]);
  await cell("file-0004.txt").click({ modifiers: ["Shift"] });
  expect(await chosen()).toEqual(["file-0001.txt", "file-0002.txt", "file-0003.txt", "file-0004.txt"]);
  await cell("file-0002.txt").click({ modifiers: ["ControlOrMeta"] });
  await cell("folder").click({ modifiers: ["ControlOrMeta"] });
  expect(await chosen()).toEqual(["folder", "file-0001.txt", "file-0003.txt", "file-0004.txt"]);
  const bar = page.getByRole("toolbar", { name: "Actions for the selection" });
  await expect(bar).toContainText("4 selected · 36 B");
  await page.getByRole("checkbox", { name: "Select file-0006.txt" }).check();
  await expect(bar).toContainText("5 selected");
  await page.getByRole("checkbox", { name: "Select all loaded rows" }).check();
  await expect(bar).toContainText("9 selected");
  await bar.getByRole("button", { name: "Clear the selection" }).click();
  await expect(bar).toHaveCount(0);
  expect(await chosen()).toEqual([]);
});

test("tells what failed and why, and tries again", async ({ page, s3, bucket, tolerate }) => {
  tolerate(/status of 500/);
  await seed(s3, bucket, { "a.txt": "a" });
  await page.route("**/myfsio/buckets/*/objects?*", (route) =>
    route.fulfill({
      status: 500,
      contentType: "application/problem+json",
      body: JSON.stringify({
        status: 500,
        code: "InternalError",
        title: "Internal error",
        detail: "The disk does not answer.",
        requestId: "4f2a9c",
      }),
    }),
  );
  await page.goto(`/ui/buckets/${bucket}`);
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("The objects cannot be listed");
  await expect(alert).toContainText("The disk does not answer.");
  await expect(alert).toContainText("InternalError");
  await expect(alert).toContainText("4f2a9c");
  await page.unrouteAll();
  await alert.getByRole("button", { name: "Retry" }).click();
  await expectRows(page, ["a.txt"]);
  await expect(alert).toHaveCount(0);
});

test("says when the computer is offline", async ({ page, context, s3, bucket, tolerate }) => {
  tolerate(/ERR_INTERNET_DISCONNECTED/);
  await seed(s3, bucket, { "a.txt": "a" });
  await openBucket(page, bucket);
  await context.setOffline(true);
  await expect(page.getByText("You are offline.", { exact: false })).toBeVisible();
  await expect(row(page, "a.txt")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("You are offline.", { exact: false })).toHaveCount(0);
});
