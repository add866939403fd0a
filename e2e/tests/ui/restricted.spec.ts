import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { copyObject, createLink, deleteBucket, deleteObject, getConfig, listUsers, putContent } from "@myfsio/client";
import { apiOf, newUser } from "../../support/api";
import { choose, dialog, drop, expectRows, openBucket, openDetails, row } from "../../support/console";
import { seed } from "../../support/s3";
import { expect, type Page, test } from "../../support/test";

const REFUSED = /Failed to load resource: .* status of 403/;

/** A button that is there, cannot be used, and says which permission is missing. */
async function lacks(page: Page, name: string, permission: string): Promise<void> {
  const button = page.getByRole("button", { name, exact: true });
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await button.hover();
  await expect(page.getByRole("tooltip", { name: `You lack the permission ${permission}` })).toBeVisible();
}

test.describe("a person who may only read", () => {
  test("sees why writing is missing", async ({ page, actAs, admin, s3, bucket, folder }) => {
    await seed(s3, bucket, { "a.txt": "readable", "sub/b.txt": "b" });
    await seed(s3, `${bucket}-hidden`, { "secret.txt": "s" });
    await actAs(await newUser(admin, [{ bucket, actions: ["list", "read"] }]));

    await page.goto("/ui/");
    await expectRows(page, [bucket], "Buckets");
    await lacks(page, "Create bucket", "s3:CreateBucket");
    await expect(page.getByRole("link", { name: "Settings" })).toHaveCount(0);
    await row(page, bucket)
      .getByRole("button", { name: /^Actions for/ })
      .click();
    await expect(page.getByRole("menuitem", { name: "Delete bucket" })).toHaveAttribute("aria-disabled", "true");
    await expect(page.getByRole("menuitem", { name: "Delete bucket" })).toHaveAttribute("title", /s3:DeleteBucket/);
    await page.keyboard.press("Escape");

    await openBucket(page, bucket);
    await lacks(page, "New folder", "s3:PutObject");
    await lacks(page, "Upload", "s3:PutObject");
    await row(page, "a.txt").focus();
    await page.keyboard.press("Delete");
    await page.keyboard.press("n");
    await page.keyboard.press("F2");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.getByRole("checkbox", { name: "Select a.txt" }).check();
    await lacks(page, "Delete", "s3:DeleteObject");
    await lacks(page, "Move", "s3:DeleteObject");
    await page.getByRole("button", { name: "Clear the selection" }).click();

    await writeFile(join(folder, "dropped.txt"), "no");
    await drop(page, page.getByRole("grid", { name: "Objects" }), [join(folder, "dropped.txt")]);
    await expect(page.getByRole("region", { name: "Uploads" })).toHaveCount(0);
    await expectRows(page, ["sub", "a.txt"]);

    const details = await openDetails(page, "a.txt");
    await expect(details.getByRole("region", { name: "Preview" })).toHaveText("readable");
    await details.getByRole("button", { name: "More" }).click();
    for (const name of ["Rename", "Move", "Delete"]) {
      await expect(page.getByRole("menuitem", { name }), name).toBeDisabled();
    }
    await page.keyboard.press("Escape");

    await page.getByRole("link", { name: "Properties" }).click();
    await expect(page.getByRole("switch", { name: "Keep earlier versions" })).toBeDisabled();
    await lacks(page, "Delete bucket", "s3:DeleteBucket");
  });

  test("gets no link for what they may not do", async ({ page, actAs, admin, s3, bucket, tolerate }) => {
    tolerate(REFUSED);
    await seed(s3, bucket, { "a.txt": "readable" });
    await actAs(await newUser(admin, [{ bucket, actions: ["list", "read"] }]));
    await openBucket(page, bucket);
    await choose(page, "a.txt", "Share");
    const asks = dialog(page, "Share a link");
    await asks.getByText("Upload", { exact: true }).click();
    await asks.getByRole("button", { name: "Create link" }).click();
    await expect(asks.getByRole("alert")).toContainText("The link was not created");
    await expect(asks.getByRole("alert")).toContainText("AccessDenied");
    await expect(asks.getByRole("textbox", { name: "Link" })).toHaveCount(0);
  });

  test("gets no broken page where they may not go", async ({ page, actAs, admin, s3, bucket, tolerate }) => {
    tolerate(REFUSED);
    await seed(s3, bucket, { "a.txt": "readable" });
    await seed(s3, `${bucket}-hidden`, { "secret.txt": "s" });
    await actAs(await newUser(admin, [{ bucket, actions: ["list", "read"] }]));
    await page.goto(`/ui/buckets/${bucket}-hidden`);
    await expect(page.getByRole("alert").first()).toContainText("AccessDenied");
    await expect(page.getByText("secret.txt")).toHaveCount(0);
    await page.goto("/ui/settings");
    await expect(page.getByRole("heading", { name: "For administrators" })).toBeVisible();
    await page.goto("/ui/nowhere");
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
    await page.getByRole("link", { name: "Go to the buckets" }).click();
    await expectRows(page, [bucket], "Buckets");
  });

  test("is refused when they call the server directly", async ({ admin, server, s3, bucket }) => {
    await seed(s3, bucket, { "a.txt": "readable" });
    const client = await apiOf(server, await newUser(admin, [{ bucket, actions: ["list", "read"] }]));
    const path = { bucket };
    for (const [what, request] of Object.entries({
      put: putContent({ client, path, query: { key: "x" }, body: new Blob(["x"]) }),
      delete: deleteObject({ client, path, query: { key: "a.txt" } }),
      copy: copyObject({ client, path, body: { key: "a.txt", targetKey: "b.txt" } }),
      link: createLink({ client, body: { bucket, key: "a.txt", method: "DELETE" } }),
      bucket: deleteBucket({ client, path }),
      users: listUsers({ client }),
      config: getConfig({ client }),
    })) {
      const { response, error } = await request;
      expect(response?.status, what).toBe(403);
      expect(error?.code, what).toBe("AccessDenied");
    }
  });
});

test("a person who may write but not read has no downloads", async ({ page, actAs, admin, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "unreadable" });
  await actAs(await newUser(admin, [{ bucket, actions: ["list", "write"] }]));
  await openBucket(page, bucket);
  await page.getByRole("checkbox", { name: "Select a.txt" }).check();
  await lacks(page, "Download", "s3:GetObject");
});
