import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { choose, dialog, expectRows, openBucket, openDetails, row } from "../../support/console";
import { seed } from "../../support/s3";
import { expect, type Locator, type Page, test } from "../../support/test";

/** Presses Tab until the focus is there, as somebody without a mouse has to. */
async function tabTo(page: Page, target: Locator, most = 40): Promise<void> {
  // A press before the dialog is there would move the focus of the page below it.
  await target.waitFor();
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

test("a row's menu opens by its key", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a", "b.txt": "b", "c.txt": "c" });
  await openBucket(page, bucket);
  const menu = page.getByRole("menu");
  const entry = (name: string) => menu.getByRole("menuitem", { name });
  await row(page, "a.txt").focus();
  for (const [key, name] of [
    ["ContextMenu", "b.txt"],
    ["Shift+F10", "c.txt"],
  ] as const) {
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press(key);
    await expect(menu).toBeVisible();
    await expect(entry("Details")).toBeFocused();
    const [at, of] = await Promise.all([menu.boundingBox(), row(page, name).boundingBox()]);
    if (at === null || of === null) throw new Error("the menu or its row is not there");
    expect(at.x).toBeGreaterThanOrEqual(of.x);
    expect(at.x).toBeLessThan(of.x + of.width / 2);
    expect(Math.abs(at.y - (of.y + of.height))).toBeLessThan(of.height);

    await page.keyboard.press("ArrowDown");
    await expect(entry("Download")).toBeFocused();
    await page.keyboard.press("End");
    await expect(entry("Delete")).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await expect(entry("Details")).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(menu).toHaveCount(0);
    await expect(row(page, name)).toBeFocused();
  }

  await page.keyboard.press("Shift+F10");
  await page.keyboard.press("Tab");
  await expect(menu).toHaveCount(0);
  await expect(row(page, "c.txt")).toBeFocused();

  // Without a pause: the key after the menu key is the menu's.
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Shift+F10");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(dialog(page, "Delete")).toContainText("b.txt (1 B) will be deleted.");
  await page.keyboard.press("Escape");
  await expect(row(page, "b.txt")).toBeFocused();

  await page.goto(`/ui/buckets?search=${bucket}`);
  await row(page, bucket).focus();
  await page.keyboard.press("Shift+F10");
  await expect(entry("Open")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(row(page, bucket)).toBeFocused();
});

/** Presses Tab, forwards and backwards, more often than the dialog has controls: the focus does not leave it. */
async function expectKept(asks: Locator): Promise<void> {
  const page = asks.page();
  const inside = () => asks.evaluate((element) => element.contains(document.activeElement));
  await expect.poll(inside).toBe(true);
  const controls = await asks.locator("button, input, select, [tabindex='0']").count();
  expect(controls).toBeGreaterThan(0);
  for (const key of ["Tab", "Shift+Tab"]) {
    for (let i = 0; i <= controls; i += 1) {
      await page.keyboard.press(key);
      expect(await inside(), `${key} ${i}`).toBe(true);
    }
  }
}

test("dialogs keep the focus, and give it back", async ({ page, s3, bucket }) => {
  test.setTimeout(180_000); // each control of each dialog is stepped through, both ways
  await seed(s3, bucket, { "a.txt": "first", "b.txt": "b", "sub/c.txt": "c" }, { versioning: true });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a.txt", Body: "second", ContentType: "text/plain" }));

  /** A dialog that `open` opens keeps the focus until Escape, and gives it back to `from`. */
  const check = async (title: string, open: () => Promise<void>, from: Locator) => {
    await test.step(`${title} from ${from}`, async () => {
      await open();
      const asks = dialog(page, title);
      await expectKept(asks);
      await page.keyboard.press("Escape");
      await expect(asks).toHaveCount(0);
      await expect(from).toBeFocused();
    });
  };
  const press = (control: Locator) => async () => {
    await control.focus();
    await page.keyboard.press("Enter");
  };

  await openBucket(page, bucket);
  const newFolder = page.getByRole("button", { name: "New folder" });
  await check("New folder", press(newFolder), newFolder);
  const connect = page.getByRole("button", { name: "Connect" });
  await check("Connect", press(connect), connect);

  const more = row(page, "a.txt").getByRole("button", { name: "Actions for a.txt" });
  const file = row(page, "a.txt");
  for (const [what, title] of [
    ["Share", "Share a link"],
    ["Rename", "Rename"],
    ["Copy", "Copy"],
    ["Move", "Move"],
    ["Delete", "Delete"],
  ] as const) {
    await check(title, () => choose(page, "a.txt", what), more);
  }
  for (const [key, title] of [
    ["F2", "Rename"],
    ["Delete", "Delete"],
    ["n", "New folder"],
  ] as const) {
    await check(
      title,
      async () => {
        await file.focus();
        await page.keyboard.press(key);
      },
      file,
    );
  }

  await page.getByRole("checkbox", { name: "Select a.txt" }).check();
  await page.getByRole("checkbox", { name: "Select sub" }).check();
  for (const name of ["Copy", "Move", "Delete"]) {
    const button = page.getByRole("toolbar").getByRole("button", { name });
    await check(name, press(button), button);
  }
  await page.keyboard.press("Escape");

  const details = await openDetails(page, "a.txt");
  const share = details.getByRole("button", { name: "Share" });
  await check("Share a link", press(share), share);
  const others = details.getByRole("button", { name: "More" });
  for (const what of ["Rename", "Copy", "Move", "Delete"]) {
    const choosing = async () => {
      await others.click();
      await page.getByRole("menuitem", { name: what }).click();
    };
    await check(what, choosing, others);
  }
  for (const what of ["Restore this version", "Delete this version"]) {
    const button = details.getByRole("button", { name: what }).last();
    await check(what, press(button), button);
  }
  await expect(details).toBeVisible();

  await page.goto(`/ui/buckets?search=${bucket}`);
  const create = page.getByRole("button", { name: "Create bucket" });
  await check("Create bucket", press(create), create);
  const actions = row(page, bucket).getByRole("button", { name: `Actions for ${bucket}` });
  await check("Delete bucket", () => choose(page, bucket, "Delete bucket"), actions);
});

test("what is deleted leaves the focus to the list", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a", "b.txt": "b" });
  await openBucket(page, bucket);
  await row(page, "a.txt").focus();
  await page.keyboard.press("Delete");
  await tabTo(page, dialog(page, "Delete").getByRole("button", { name: "Delete" }));
  await page.keyboard.press("Enter");
  await expectRows(page, ["b.txt"]);
  await expect(row(page, "b.txt")).toBeFocused();
});
