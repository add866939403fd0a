import { endSession, newUser, sessionOf } from "../../support/api";
import { account, dialog, expectRows, openBucket, row, upload, uploadFiles } from "../../support/console";
import { seed } from "../../support/s3";
import { expect, type Page, test } from "../../support/test";

const REFUSED = /Failed to load resource: .* status of 40[13]/;

async function signIn(page: Page, who: { accessKey: string; secretKey: string }): Promise<void> {
  await page.getByLabel("Access key").fill(who.accessKey);
  await page.getByRole("textbox", { name: "Secret key" }).fill(who.secretKey);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test.describe("signing in", () => {
  test.use({ signedIn: false });

  test("leads to the page that was asked for", async ({ page, server, s3, bucket }) => {
    await seed(s3, bucket, { "docs/a.txt": "a" });
    await page.goto(`/ui/buckets/${bucket}?prefix=docs/`);
    await expect(page.getByRole("heading", { name: "Sign in to MyFSIO" })).toBeVisible();
    await expect(page.getByLabel("Access key")).toBeFocused();
    await signIn(page, server.admin);
    await expect(row(page, "a.txt")).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`/ui/buckets/${bucket}\\?prefix=docs/$`));
  });

  test("goes to no address but the console's own", async ({ page, server }) => {
    await page.goto("/ui/sign-in?next=//example.org/");
    await signIn(page, server.admin);
    await expect(page).toHaveURL(`${server.ui}/ui/buckets`);
  });

  test("tells when the secret is wrong, and takes the right one then", async ({ page, server, tolerate }) => {
    tolerate(REFUSED);
    await page.goto("/ui/");
    await signIn(page, { ...server.admin, secretKey: "not-the-secret" });
    const alert = page.getByRole("alert");
    await expect(alert).toContainText("Signing in failed");
    await expect(alert).toContainText(/access key or the secret key is wrong/);
    await expect(alert.getByRole("button", { name: "Copy the request's id" })).toBeVisible();
    await signIn(page, server.admin);
    await expect(page.getByRole("heading", { name: "Buckets", exact: true })).toBeVisible();
  });

  test("locks a key out after five wrong secrets", async ({ page, admin, tolerate }) => {
    tolerate(REFUSED);
    const user = await newUser(admin, []);
    await page.goto("/ui/");
    for (let i = 0; i < 5; i += 1) {
      const answer = page.waitForResponse((response) => response.request().method() === "POST");
      await signIn(page, { ...user, secretKey: `wrong ${i}` });
      expect((await answer).ok()).toBe(false);
      await expect(page.getByRole("alert")).toBeVisible();
    }
    // The right secret is refused now, and the answer does not tell that it is the right one.
    await signIn(page, user);
    await expect(page.getByRole("alert")).toContainText(/too many.*attempts/);
    await expect(page.getByRole("heading", { name: "Sign in to MyFSIO" })).toBeVisible();
  });

  test("shows and hides the secret that is being typed", async ({ page }) => {
    await page.goto("/ui/");
    const secret = page.getByRole("textbox", { name: "Secret key" });
    await secret.fill("hidden");
    await expect(secret).toHaveAttribute("type", "password");
    await page.getByRole("button", { name: "Show the secret key" }).click();
    await expect(secret).toHaveAttribute("type", "text");
  });

  test("ends by signing out, for good", async ({ page, context, server, admin, s3, bucket, tolerate }) => {
    tolerate(REFUSED);
    await seed(s3, bucket, { "a.txt": "a" });
    const user = await newUser(admin, [{ bucket, actions: ["list", "read"] }], "Ann Other");
    await page.goto(`/ui/buckets/${bucket}`);
    await signIn(page, user);
    await expect(row(page, "a.txt")).toBeVisible();
    const old = (await context.cookies()).find((c) => c.name === "myfsio_session");
    await page.getByRole("button", { name: "Account of Ann Other" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign in to MyFSIO" })).toBeVisible();

    await page.goBack();
    await expect(page.getByRole("heading", { name: "Sign in to MyFSIO" })).toBeVisible();
    await expect(row(page, "a.txt")).toHaveCount(0);
    const again = await fetch(`${server.ui}/myfsio/buckets`, { headers: { Cookie: `myfsio_session=${old?.value}` } });
    expect(again.status).toBe(401);
  });
});

test.describe("a session that has ended", () => {
  test.use({ signedIn: false });

  test("is renewed in place, on the same page", async ({ page, context, server, s3, bucket, tolerate }) => {
    tolerate(REFUSED);
    await seed(s3, bucket, { "docs/alpha.txt": "a", "docs/beta.txt": "b" });
    const cookie = await sessionOf(server, server.admin);
    await context.addCookies([{ ...cookie, url: server.ui }]);
    await openBucket(page, bucket, "?prefix=docs/&filter=alp");
    await expectRows(page, ["alpha.txt"]);
    await endSession(server, cookie);

    await page.getByRole("button", { name: "Refresh" }).click();
    const asks = dialog(page, "Your session has ended");
    await expect(asks).toBeVisible();
    await expect(asks.getByLabel("Access key")).toHaveValue(server.admin.accessKey);
    await expect(asks.getByRole("textbox", { name: "Secret key" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(asks).toBeVisible();

    await asks.getByRole("textbox", { name: "Secret key" }).fill(server.admin.secretKey);
    await asks.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(asks).toHaveCount(0);
    await expect(page).toHaveURL(/\?prefix=docs\/&filter=alp$/);
    await expectRows(page, ["alpha.txt"]);
    await expect(page.getByRole("textbox", { name: "Filter this folder" }).or(page.getByRole("searchbox"))).toHaveValue(
      "alp",
    );
  });

  test("does not lose an upload", async ({ page, context, server, s3, bucket, tolerate }) => {
    tolerate(REFUSED);
    await seed(s3, bucket, { "there.txt": "a" });
    const cookie = await sessionOf(server, server.admin);
    await context.addCookies([{ ...cookie, url: server.ui }]);
    await openBucket(page, bucket);
    await endSession(server, cookie);
    await uploadFiles(page, [{ name: "kept.txt", buffer: Buffer.from("not lost") }]);
    const asks = dialog(page, "Your session has ended");
    await asks.getByRole("textbox", { name: "Secret key" }).fill(server.admin.secretKey);
    await asks.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(upload(page, "kept.txt").getByLabel("Uploaded")).toBeVisible();
    await expect(row(page, "kept.txt")).toBeVisible();
  });

  test("can be left for another person's", async ({ page, context, server, admin, s3, bucket, tolerate }) => {
    tolerate(REFUSED);
    await seed(s3, bucket, { "secret.txt": "a" });
    const other = await newUser(admin, []);
    const cookie = await sessionOf(server, server.admin);
    await context.addCookies([{ ...cookie, url: server.ui }]);
    await openBucket(page, bucket);
    await endSession(server, cookie);
    await page.getByRole("button", { name: "Refresh" }).click();
    await dialog(page, "Your session has ended").getByRole("button", { name: "Sign in as somebody else" }).click();
    await expect(page.getByRole("heading", { name: "Sign in to MyFSIO" })).toBeVisible();
    await signIn(page, other);
    // Others may have left a bucket that everybody sees.
    await expect(page.getByText(/^There is no bucket that you may list\.|^Showing \d/)).toBeVisible();
    await expect(row(page, bucket)).toHaveCount(0);
    await expect(page.getByText("secret.txt")).toHaveCount(0);
  });
});

test("the account menu tells who is signed in, and the release", async ({ page }) => {
  await page.goto("/ui/");
  await page.getByRole("button", { name: /^Account of / }).click();
  await expect(page.getByRole("menu")).toContainText(/Version \d+\.\d+\.\d+/);
  await page.keyboard.press("Escape");
  await account(page, "Keyboard shortcuts");
  await expect(dialog(page, "Keyboard shortcuts")).toBeVisible();
});
