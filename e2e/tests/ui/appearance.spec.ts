import { account } from "../../support/console";
import { expect, type Page, test } from "../../support/test";

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
