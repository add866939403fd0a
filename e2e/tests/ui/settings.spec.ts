import { expect, test } from "../../support/test";

test("show what is in force, and where it comes from", async ({ page, server }) => {
  await page.goto("/ui/settings");
  const server_ = page.getByRole("region", { name: "Server" });
  await expect(server_).toContainText(server.s3);
  await expect(server_).toContainText(/\d+\.\d+\.\d+/);
  await expect(page.getByRole("region", { name: "Store" })).toContainText("pebble", { ignoreCase: true });
  await expect(page.getByRole("progressbar", { name: "Space used on the disk" })).toBeVisible();

  const table = page.getByRole("table");
  const filter = page.getByRole("searchbox", { name: "Filter settings" });
  const setting = (name: string) => table.getByRole("row", { name: new RegExp(`^${name}\\b`) });
  await filter.fill("shutdown_grace");
  await expect(setting("SHUTDOWN_GRACE_SECONDS")).toContainText("2");
  await expect(setting("SHUTDOWN_GRACE_SECONDS")).toContainText("environment");
  await expect(setting("STORAGE_ROOT")).toHaveCount(0);
  await expect(page).toHaveURL(/filter=shutdown_grace/);
  await filter.fill("ADMIN_SECRET_KEY");
  await expect(setting("ADMIN_SECRET_KEY")).toContainText(/not shown/);
  await expect(page.getByText(server.admin.secretKey)).toHaveCount(0);
  await filter.fill("");
  const all = await table.getByRole("row").count();
  await page.getByRole("checkbox", { name: "Changed only" }).check();
  await expect.poll(() => table.getByRole("row").count()).toBeLessThan(all);
});
