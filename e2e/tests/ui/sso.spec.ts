import { sessionOf } from "../../support/api";
import { account } from "../../support/console";
import { look } from "../../support/look";
import { type Provider, startProvider } from "../../support/provider";
import { type Server, startServer } from "../../support/server";
import { expect, test } from "../../support/test";

test.describe("single sign-on", () => {
  test.use({ signedIn: false });
  test.setTimeout(120_000);

  let provider: Provider;
  let server: Server;

  test.beforeAll(async () => {
    provider = await startProvider();
    server = await startServer(provider.settings);
  });
  test.afterAll(async () => {
    await server.stop();
    await provider.stop();
  });
  test.afterEach(({ page }) => page.goto("about:blank").then(() => undefined));

  test("leads to the provider, back to the page that was wanted, and out again", async ({ page }) => {
    await page.goto(`${server.ui}/ui/settings`);
    const button = page.getByRole("link", { name: "Sign in with Example ID" });
    await expect(button).toBeVisible();
    await expect(page.getByLabel("Access key")).toBeVisible();
    await look(page, "sign-in-sso");
    await button.click();
    await expect(page.getByRole("heading", { name: "Who are you?" })).toBeVisible();
    await page.getByRole("button", { name: "Root of All" }).click();
    await expect(page).toHaveURL(`${server.ui}/ui/settings`);
    await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();

    await page.goto(`${server.ui}/ui/access/users/root`);
    await expect(page.getByRole("heading", { name: "root", level: 1 })).toBeVisible();

    await page.getByRole("button", { name: "Account of Root of All" }).click();
    await expect(page.getByText("Signed in with Example ID")).toBeVisible();
    await page.keyboard.press("Escape");
    await account(page, "Sign out");
    await expect(page.getByRole("heading", { name: "Sign in to MyFSIO" })).toBeVisible();
    await page.goto(`${server.ui}/ui/buckets`);
    await expect(button).toBeVisible();
  });

  test("gives what the provider says, and no more", async ({ page }) => {
    await page.goto(`${server.ui}/ui/`);
    await page.getByRole("link", { name: "Sign in with Example ID" }).click();
    await page.getByRole("button", { name: "Ann of the Team" }).click();
    await expect(page.getByRole("heading", { name: "Buckets", exact: true })).toBeVisible();
    await expect(page.getByRole("link", { name: "Access" })).toBeHidden();
    await expect(page.getByRole("button", { name: "Account of Ann of the Team" })).toBeVisible();
  });

  test("tells why it came to nothing, and a key still signs in", async ({ page, context }) => {
    await page.goto(`${server.ui}/ui/jobs`);
    await page.getByRole("link", { name: "Sign in with Example ID" }).click();
    await page.getByRole("button", { name: "Nobody" }).click();
    const alert = page.getByRole("alert");
    await expect(alert).toContainText("The sign-in was cancelled, or the provider refused it.");
    await expect(alert.getByRole("button", { name: "Copy the request's id" })).toBeVisible();
    await look(page, "sign-in-sso-denied");
    await page.goto(`${server.ui}/myfsio/session/oidc/callback?state=old&code=old`);
    await expect(alert).toContainText("took too long");
    await context.addCookies([{ ...(await sessionOf(server, server.admin)), url: server.ui }]);
    await page.goto(`${server.ui}/ui/buckets`);
    await expect(page.getByRole("heading", { name: "Buckets", exact: true })).toBeVisible();
  });
});
