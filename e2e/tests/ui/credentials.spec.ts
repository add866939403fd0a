import { dialog } from "../../support/console";
import { accessible } from "../../support/look";
import { expect, type Page, test } from "../../support/test";

const HORSE = "correct horse battery";
const card = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

/** The page of a new user. */
async function newUser(page: Page, name: string): Promise<void> {
  await page.goto("/ui/access/users");
  await page.getByRole("button", { name: "Create user" }).click();
  const form = dialog(page, "Create user");
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByRole("button", { name: "Create user" }).click();
  await dialog(page, `Access key of ${name}`).getByRole("button", { name: "I have kept it" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

test("a password is given, changed at the first sign-in, and taken away", async ({ page, bucket, tolerate }) => {
  tolerate(/status of 40[13]/);
  const name = `pat-${bucket}`;
  await newUser(page, name);
  const password = card(page, "Console password");
  await expect(password).toContainText("No password");
  await password.getByRole("button", { name: "Set password" }).click();
  const set = dialog(page, "Set password");
  await set.getByLabel("New password", { exact: true }).fill("short");
  await expect(set.getByRole("button", { name: "Set password" })).toBeDisabled();
  await set.getByLabel("New password", { exact: true }).fill(HORSE);
  await set.getByLabel("New password, again").fill(HORSE);
  await set.getByRole("button", { name: "Set password" }).click();
  await expect(set).toBeHidden();
  await expect(password).toContainText("Must be changed");

  await page.context().clearCookies();
  await page.goto("/ui/sign-in");
  await page.getByText("Name and password", { exact: true }).click();
  await accessible(page, "credentials");
  await page.getByLabel("User name").fill(name.toUpperCase());
  const field = page.getByRole("textbox", { name: "Password", exact: true });
  await field.fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("Signing in failed");
  await field.fill(HORSE);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Choose a new password")).toBeVisible();
  await page.getByRole("textbox", { name: "New password", exact: true }).fill("another horse battery");
  await page.getByRole("textbox", { name: "New password, again" }).fill("another horse battery");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: `Account of ${name}` })).toBeVisible();
  // The way to sign in is remembered.
  await page.context().clearCookies();
  await page.goto("/ui/sign-in");
  await expect(page.getByLabel("User name")).toBeVisible();
});

test("a key expires, and a user is valid for a time", async ({ page, bucket }) => {
  const name = `eve-${bucket}`;
  await newUser(page, name);
  const keys = card(page, "Access keys");
  await keys.getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: "Set expiry" }).click();
  const expiry = dialog(page, "Set expiry");
  await expect(expiry.getByRole("button", { name: "Save" })).toBeDisabled();
  await expiry.getByLabel("Expires at").fill("2026-01-02T03:04");
  await accessible(page, "credentials");
  await expiry.getByRole("button", { name: "Save" }).click();
  await expect(expiry).toBeHidden();
  await expect(keys.getByText("Expired", { exact: true })).toBeVisible();

  const about = card(page, "About");
  await about.getByRole("button", { name: "Edit" }).click();
  const edit = dialog(page, "Edit");
  await edit.getByLabel("Valid from").fill("2030-01-02T03:04");
  await edit.getByLabel("Valid until").fill("2029-01-02T03:04");
  await expect(edit).toContainText("The end must be after the beginning");
  await edit.getByLabel("Valid until").fill("2031-01-02T03:04");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toBeHidden();
  await expect(page.getByText("Not yet valid")).toBeVisible();
  await accessible(page, "credentials");
});
