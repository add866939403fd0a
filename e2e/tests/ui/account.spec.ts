import * as api from "@myfsio/client";
import { apiOf, ok, sessionOf } from "../../support/api";
import { dialog } from "../../support/console";
import { accessible, look } from "../../support/look";
import { expect, type Page, test } from "../../support/test";
import { code, stepNow } from "../../support/totp";

// It looks at three pages, too.
test.setTimeout(180_000);

const HORSE = "correct horse battery";
const card = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

test("one's own account: password, device, sessions", async ({ page, server, bucket, tolerate }) => {
  tolerate(/status of 40[13]/);
  const name = `mia-${bucket}`;
  const admin = await apiOf(server, server.admin);
  await ok(api.createIdentity({ client: admin, path: { kind: "users" }, body: { name, displayName: "Mia M." } }));
  await api.setPassword({ client: admin, path: { name }, body: { password: HORSE, mustChange: false } });
  const signIn = async (password: string) => {
    await page.context().clearCookies();
    await page.goto("/ui/sign-in");
    await page.getByText("Name and password", { exact: true }).click();
    await page.getByLabel("User name").fill(name);
    await page.getByRole("textbox", { name: "Password", exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  const signedIn = () => expect(page.getByRole("button", { name: "Account of Mia M." })).toBeVisible();
  await signIn(HORSE);
  await signedIn();
  // Another session, of another browser.
  const body = { userName: name, password: HORSE } as unknown as Parameters<typeof sessionOf>[1];
  const other = await sessionOf(server, body);

  await page.getByRole("button", { name: "Account of Mia M." }).click();
  await page.getByRole("menuitem", { name: "Account and security" }).click();
  await expect(page.getByRole("heading", { name: "Account and security", level: 1 })).toBeVisible();
  await expect(card(page, "Profile")).toContainText(`arn:aws:iam::000000000000:user/${name}`);
  const sessions = card(page, "Sessions");
  await expect(sessions.getByRole("listitem")).toHaveCount(2);
  await expect(sessions.getByText("This session")).toHaveCount(1);
  await accessible(page, "account");
  await sessions.getByRole("button", { name: /^End the session of/ }).click();
  await expect(sessions.getByRole("listitem")).toHaveCount(1);
  const ended = await fetch(`${server.ui}/myfsio/buckets`, { headers: { Cookie: `${other.name}=${other.value}` } });
  expect(ended.status).toBe(401);

  const password = card(page, "Password");
  await password.getByRole("button", { name: "Change password" }).click();
  const change = dialog(page, "Change password");
  await change.getByLabel("Current password").fill("not the old one");
  await change.getByLabel("New password", { exact: true }).fill("another horse battery");
  await change.getByLabel("New password, again").fill("another horse battery");
  await change.getByRole("button", { name: "Change password" }).click();
  await expect(change.getByRole("alert")).toContainText("The password was not changed");
  await change.getByLabel("Current password").fill(HORSE);
  await change.getByRole("button", { name: "Change password" }).click();
  await expect(change).toBeHidden();
  await page.reload();
  await signedIn();

  const devices = card(page, "Devices for codes");
  await devices.getByRole("button", { name: "Add device" }).click();
  const add = dialog(page, "Add device");
  const device = `phone-${bucket}`;
  await add.getByLabel("Name of the device").fill(device);
  await add.getByRole("button", { name: "Next" }).click();
  await expect(add.getByRole("img", { name: /QR code/ })).toBeVisible();
  const seed = (await add.locator(".mono").first().textContent()) ?? "";
  expect(seed).toMatch(/^[A-Z2-7]{32}$/);
  await look(page, "account-device");
  const now = stepNow();
  await add.getByLabel("First code").fill(code(seed, now - 1));
  await add.getByLabel("Next code").fill(code(seed, now));
  await add.getByRole("button", { name: "Add device" }).click();
  await expect(add).toBeHidden();
  await expect(devices).toContainText(device);
  await expect(page.getByText(seed)).toHaveCount(0);
  await look(page, "account");

  // Signing in asks for a code from now on; the next one counts, as the last was used.
  await signIn("another horse battery");
  await expect(page.getByLabel("Code")).toBeFocused();
  await look(page, "sign-in-code");
  await page.getByLabel("Code").fill("000000");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("Signing in failed");
  await page.getByLabel("Code").fill(code(seed, now + 1));
  await page.getByRole("button", { name: "Sign in" }).click();
  await signedIn();

  // An administrator takes the device away, and no code is asked for.
  await ok(api.getIdentity({ client: admin, path: { kind: "users", name } }));
  await api.removeDevice({ client: admin, path: { name, device } });
  await signIn("another horse battery");
  await signedIn();
});
