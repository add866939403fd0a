import { readFile } from "node:fs/promises";
import { type Download, expect, type Locator, type Page } from "@playwright/test";

/** Opens a bucket's objects and waits until the list, or word of its emptiness, is there. */
export async function openBucket(page: Page, bucket: string, query = ""): Promise<void> {
  await page.goto(`/ui/buckets/${bucket}${query}`);
  await expect(page.getByRole("heading", { name: bucket, level: 1 })).toBeVisible();
  await expect(
    page
      .getByRole("grid", { name: "Objects" })
      .or(page.getByRole("heading", { level: 2 }))
      .first(),
  ).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

/** Opens who may reach a bucket and waits until all of it is there. */
export async function openPermissions(page: Page, bucket: string): Promise<void> {
  await page.goto(`/ui/buckets/${bucket}/permissions`);
  await expect(page.getByRole("region", { name: "Who can reach this bucket" })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

/** The row of an object, folder or bucket. */
export const row = (page: Page, name: string): Locator => page.getByRole("row", { name, exact: true });

/** The rows of the list that are in the page, without its head. */
export const rows = (page: Page, list = "Objects"): Locator =>
  page.getByRole("grid", { name: list }).locator("[role=row][aria-label]");

/** Expects these rows, in this order, and no others. */
export async function expectRows(page: Page, names: string[], list = "Objects"): Promise<void> {
  await expect
    .poll(() => rows(page, list).evaluateAll((found) => found.map((r) => r.getAttribute("aria-label"))))
    .toEqual(names);
}

/** Chooses from a row's menu. */
export async function choose(page: Page, name: string, what: string): Promise<void> {
  await row(page, name)
    .getByRole("button", { name: `Actions for ${name}`, exact: true })
    .click();
  await page.getByRole("menuitem", { name: what }).click();
}

/** Opens the details of an object. */
export async function openDetails(page: Page, name: string): Promise<Locator> {
  await row(page, name).getByRole("link", { name, exact: true }).click();
  const details = page.getByRole("complementary", { name: `Details of ${name}` });
  await expect(details.getByRole("region", { name: "Versions" })).toBeVisible();
  return details;
}

/** The value of a name in a list of facts. */
export const fact = (within: Locator, name: string): Locator =>
  within
    .locator("dl > div")
    .filter({
      has: within
        .page()
        .getByRole("term")
        .filter({ hasText: new RegExp(`^${name}$`) }),
    })
    .getByRole("definition");

export const dialog = (page: Page, title: string): Locator => page.getByRole("dialog", { name: title });

export const tray = (page: Page): Locator => page.getByRole("region", { name: "Uploads", exact: true });

/** The line of one file in the tray. */
export const upload = (page: Page, name: string): Locator =>
  tray(page)
    .getByRole("listitem")
    .filter({ has: page.getByText(name, { exact: true }) });

export interface Chosen {
  name: string;
  mimeType?: string;
  buffer: Buffer;
}

/** Chooses files in the picker that Upload opens. */
export async function uploadFiles(page: Page, files: Chosen[] | string[]): Promise<void> {
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  const picker = page.waitForEvent("filechooser");
  await page.getByRole("menuitem", { name: "Upload files" }).click();
  const given = files.map((f) => (typeof f === "string" ? f : { mimeType: "text/plain", ...f }));
  await (await picker).setFiles(given as string[]);
}

/** Chooses a folder of this machine in the picker. */
export async function uploadFolder(page: Page, path: string): Promise<void> {
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  const picker = page.waitForEvent("filechooser");
  await page.getByRole("menuitem", { name: "Upload a folder" }).click();
  await (await picker).setFiles(path);
}

/** Drops files and folders of this machine on the page, as the desktop does; real drags have real folders. */
export async function drop(page: Page, target: Locator, paths: string[]): Promise<void> {
  const box = await target.boundingBox();
  if (box === null) throw new Error("there is nothing to drop on");
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  const devtools = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await devtools.send("Input.dispatchDragEvent", { type, ...at, data });
  }
  await devtools.detach();
}

/** Slows uploads of the page to so many bytes a second; `undefined` takes the limit away. */
export async function slowUploads(page: Page): Promise<(bytesPerSecond: number | undefined) => Promise<void>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  return async (bytesPerSecond) => {
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: bytesPerSecond ?? -1,
    });
  };
}

/** What a click has the browser save. */
export async function saved(page: Page, click: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const download = page.waitForEvent("download");
  await click();
  return contentOf(await download);
}

export async function contentOf(download: Download): Promise<{ name: string; bytes: Buffer }> {
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Opens the account menu and chooses. */
export async function account(
  page: Page,
  what: string,
  role: "menuitem" | "menuitemradio" = "menuitem",
): Promise<void> {
  await page.getByRole("button", { name: /^Account of / }).click();
  await page.getByRole(role, { name: what }).click();
}
