import { HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { choose, dialog, expectRows, fact, openBucket, row, rows, saved } from "../../support/console";
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

test("selects by keyboard", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { ...many(6), "folder/x": "x" });
  await openBucket(page, bucket);
  const chosen = () =>
    rows(page).evaluateAll((all) =>
      all.filter((r) => r.getAttribute("aria-selected") === "true").map((r) => r.getAttribute("aria-label")),
    );
  const file = (i: number) => `file-000${i}.txt`;
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await row(page, "folder").focus();
  await press("ArrowDown", "ArrowDown");
  await expect(row(page, file(1))).toBeFocused();
  expect(await chosen()).toEqual([]);
  await press("Space");
  expect(await chosen()).toEqual([file(1)]);
  await press("ArrowDown", "ArrowDown", "Space");
  expect(await chosen()).toEqual([file(1), file(3)]);
  await press("Space");
  expect(await chosen()).toEqual([file(1)]);

  await press("Shift+ArrowDown", "Shift+ArrowDown");
  expect(await chosen()).toEqual([file(3), file(4), file(5)]);
  await press("Shift+ArrowUp");
  expect(await chosen()).toEqual([file(3), file(4)]);
  await press("Shift+Home");
  expect(await chosen()).toEqual(["folder", file(0), file(1), file(2), file(3)]);
  await press("ControlOrMeta+a");
  await expect(page.getByRole("toolbar")).toContainText("7 selected");
  await press("Escape");
  expect(await chosen()).toEqual([]);
  await expect(page.getByRole("toolbar")).toHaveCount(0);
  await expect(row(page, "folder")).toBeFocused();

  // Escape leaves both, the selection and the details, however they came about.
  const details = page.getByRole("complementary");
  await press("End", "Enter");
  await expect(details).toHaveAccessibleName(`Details of ${file(5)}`);
  await press("Escape");
  await expect(details).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`/buckets/${bucket}$`));
  await expect(row(page, file(5))).toBeFocused();
  await press("Space", "Shift+ArrowUp", "Enter");
  await expect(details).toHaveAccessibleName(`Details of ${file(4)}`);
  expect(await chosen()).toEqual([file(4), file(5)]);
  await press("Escape");
  await expect(details).toHaveCount(0);
  expect(await chosen()).toEqual([]);
  await press("Enter");
  await expect(details).toHaveAccessibleName(`Details of ${file(4)}`);
  await details.getByRole("button", { name: "Close the details" }).focus();
  await press("Escape");
  await expect(details).toHaveCount(0);
  await expect(row(page, file(4))).toBeFocused();
});

/** Keys that are no ordinary paths: the folder that holds each, how its row is named there, and under what it is saved. */
const LONG = `${"long-".repeat(200)}.txt`;
const ODD: readonly [key: string, folder: string, name: string][] = [
  ["/", "/", "/"],
  ["//", "//", "/"],
  ["a//b", "a//", "b"],
  ["./x", "./", "x"],
  ["../y", "../", "y"],
  ["trailing/ /", "trailing/ /", "␣"],
  ["two  words .txt", "", "two␣␣words .txt"],
  [" ", "", "␣"],
  ["ünï/日本 🎉.txt", "ünï/", "日本 🎉.txt"],
  ["100%25 %41.txt", "", "100%25 %41.txt"],
  ["a+b&c=d.txt", "", "a+b&c=d.txt"],
  ["what?.txt", "", "what?.txt"],
  ["no#1.txt", "", "no#1.txt"],
  [`"it's" <b>.txt`, "", `"it's" <b>.txt`],
  ["one\ntwo.txt", "", "one␊two.txt"],
  ["back\\slash.txt", "", "back\\slash.txt"],
  [LONG, "", LONG],
];

test("shows keys that are no ordinary paths", async ({ page, s3, bucket }) => {
  test.setTimeout(120_000);
  await seed(s3, bucket, Object.fromEntries(ODD.map(([key]) => [key, `content of ${key}`])));
  await openBucket(page, bucket);
  expect(await rows(page).evaluateAll((all) => all.map((r) => r.getAttribute("aria-label") ?? "").sort())).toEqual(
    [
      "/",
      ".",
      "..",
      "a",
      "trailing",
      "ünï",
      ...ODD.filter(([, folder]) => folder === "").map(([, , name]) => name),
    ].sort(),
  );

  // A folder and an object may have one name, as "/" in "/": what a row is of, its link's title says.
  const entry = (key: string) => page.getByRole("row").filter({ has: page.getByTitle(key, { exact: true }) });
  const act = async (key: string, name: string, what: string) => {
    await entry(key)
      .getByRole("button", { name: `Actions for ${name}`, exact: true })
      .click();
    await page.getByRole("menuitem", { name: what }).click();
  };
  for (const [key, folder, name] of ODD) {
    await test.step(JSON.stringify(key.slice(0, 30)), async () => {
      // From folder to folder, as a person goes.
      for (let end = folder.indexOf("/"); end >= 0; end = folder.indexOf("/", end + 1)) {
        const into = folder.slice(0, end + 1);
        await entry(into).dblclick();
        await expect(page).toHaveURL((url) => url.searchParams.get("prefix") === into);
      }
      await expect(entry(key)).toHaveAccessibleName(name);
      await entry(key).getByRole("link").click();
      const details = page.getByRole("complementary", { name: `Details of ${name}` });
      await expect(details.getByRole("heading", { level: 2 })).toHaveText(name);
      await expect(fact(details, "Key").locator(".mono")).toHaveJSProperty("textContent", key);
      await page.reload();
      await expect(fact(details, "Key").locator(".mono")).toHaveJSProperty("textContent", key);
      await details.getByRole("button", { name: "Close the details" }).click();

      const file = await saved(page, () => act(key, name, "Download"));
      expect(file.bytes.toString()).toBe(`content of ${key}`);
      expect(file.name).not.toMatch(/^$|[/\n]/);

      await act(key, name, "Delete");
      await expect(dialog(page, "Delete").locator("strong")).not.toHaveText(/^\s*$/);
      await dialog(page, "Delete").getByRole("button", { name: "Delete" }).click();
      await expect(entry(key)).toHaveCount(0);
      await page.getByRole("navigation", { name: "Folders" }).getByRole("link", { name: bucket }).click();
      await expect(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).rejects.toThrow();
    });
  }
  const left = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  expect(left.Contents).toBeUndefined();
});

test("folders without a name are deleted with what they hold, and no others", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "/": "", "//x": "x", "stays.txt": "s" });
  await openBucket(page, bucket);
  await expectRows(page, ["/", "stays.txt"]);
  await choose(page, "/", "Delete");
  await dialog(page, "Delete").getByRole("button", { name: "Delete" }).click();
  await expectRows(page, ["stays.txt"]);
  const left = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  expect(left.Contents?.map((o) => o.Key)).toEqual(["stays.txt"]);
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
