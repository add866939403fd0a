import { readFile } from "node:fs/promises";
import { GetObjectCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import * as api from "@myfsio/client";
import { apiOf, newUser, ok } from "../../support/api";
import { dialog, expectRows, fact, row } from "../../support/console";
import { s3Of, seed } from "../../support/s3";
import { expect, type Locator, type Page, test } from "../../support/test";

const READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const card = (page: Page, name: string): Locator => page.getByRole("region", { name, exact: true });
const title = (page: Page, name: string) => expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();

/** Replaces what an editor holds. */
async function write(page: Page, editor: Locator, text: string): Promise<void> {
  await editor.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

/** Chooses from the only list of a dialog and sends it. */
async function pick(page: Page, name: string, value: string, button: string): Promise<void> {
  await dialog(page, name).getByRole("combobox").selectOption(value);
  await dialog(page, name).getByRole("button", { name: button, exact: true }).click();
  await expect(dialog(page, name)).toBeHidden();
}

test("a user is made, given rights and keys, disabled, and removed", async ({
  page,
  server,
  admin,
  s3,
  bucket,
  tolerate,
}) => {
  tolerate(/status of 400/);
  await seed(s3, bucket, { "a.txt": "readable" });
  const name = `ada-${bucket}`;
  await page.goto("/ui/");
  await page.getByRole("link", { name: "Access", exact: true }).click();
  await expect(row(page, "e2e-admin")).toContainText("Environment");
  await page.getByRole("button", { name: "Create user" }).click();
  const form = dialog(page, "Create user");
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByLabel("Display name").fill("Ada L.");
  await form.getByRole("button", { name: "Create user" }).click();
  const once = dialog(page, `Access key of ${name}`);
  const accessKey = (await fact(once, "Access key").locator(".mono").textContent()) ?? "";
  const secretKey = (await fact(once, "Secret key").locator(".mono").textContent()) ?? "";
  const download = page.waitForEvent("download");
  await once.getByRole("button", { name: "Download as CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(`${name}-${accessKey}.csv`);
  expect(await readFile(await file.path(), "utf8")).toBe(
    `Access key ID,Secret access key\n${accessKey},${secretKey}\n`,
  );
  await page.keyboard.press("Escape");
  await expect(once).toBeVisible();
  await once.getByRole("button", { name: "I have kept it" }).click();
  await title(page, name);
  expect(new URL(page.url()).pathname).toBe(`/ui/access/users/${name}`);
  await expect(page.getByText(secretKey)).toHaveCount(0);

  const ada = s3Of(server, { accessKey, secretKey });
  const read = () => ada.send(new GetObjectCommand({ Bucket: bucket, Key: "a.txt" }));
  await expect(read()).rejects.toThrow();
  const policies = card(page, "Policies");
  await policies.getByRole("button", { name: "Attach policy" }).click();
  await pick(page, "Attach policy", "AmazonS3ReadOnlyAccess", "Attach policy");
  await expect(policies.getByRole("link", { name: "AmazonS3ReadOnlyAccess" })).toBeVisible();
  await read();
  await policies.getByRole("button", { name: "Detach AmazonS3ReadOnlyAccess" }).click();
  await expect(policies).toContainText("No policies of its own");
  await expect(read()).rejects.toThrow();

  await policies.getByRole("button", { name: "Add own policy" }).click();
  const inline = dialog(page, "Add own policy");
  await inline.getByLabel("Name", { exact: true }).fill("reads");
  const editor = inline.getByRole("textbox", { name: "Policy as JSON" });
  await write(page, editor, '{"Version": "2012-10-17",}');
  await expect(inline).toContainText("Line 1:");
  await expect(inline.getByRole("button", { name: "Save" })).toBeDisabled();
  await inline.getByRole("button", { name: "Templates" }).click();
  await page.getByRole("menuitem", { name: "Read only, all buckets" }).click();
  await expect(editor).toContainText("s3:Get*");
  await inline.getByRole("button", { name: "Save" }).click();
  await expect(inline).toBeHidden();
  await expect(policies.getByText("reads", { exact: true })).toBeVisible();
  await read();
  await policies.getByRole("button", { name: "Edit reads" }).click();
  const edited = dialog(page, "Edit reads");
  await write(page, edited.getByRole("textbox", { name: "Policy as JSON" }), '{"Version": "2012-10-17"}');
  await edited.getByRole("button", { name: "Save" }).click();
  await expect(edited.getByRole("alert")).toContainText("MalformedPolicy");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(edited).toBeHidden();

  const keys = card(page, "Access keys");
  await expect(keys).not.toContainText("never");
  await keys.getByRole("button", { name: "Create key" }).click();
  const second = dialog(page, `Access key of ${name}`);
  const other = (await fact(second, "Access key").locator(".mono").textContent()) ?? "";
  await second.getByRole("button", { name: "I have kept it" }).click();
  await expect(keys.getByRole("button", { name: "Create key" })).toHaveAttribute("aria-disabled", "true");
  const key = async (id: string, what: string) => {
    await keys.getByRole("button", { name: `Actions for ${id}` }).click();
    await page.getByRole("menuitem", { name: what }).click();
  };
  await key(other, "Delete key");
  await dialog(page, "Delete key").getByRole("button", { name: "Delete key" }).click();
  await expect(keys.getByText(other)).toHaveCount(0);
  await key(accessKey, "Switch off");
  await expect(keys).toContainText("Off");
  await expect(read()).rejects.toThrow(/does not exist/);
  await key(accessKey, "Switch on");
  await expect(keys).toContainText("Active");
  await read();
  await key(accessKey, "Replace the secret key");
  await dialog(page, "Replace the secret key").getByRole("button", { name: "Replace the secret key" }).click();
  const rotated =
    (await fact(dialog(page, `Access key of ${name}`), "Secret key")
      .locator(".mono")
      .textContent()) ?? "";
  await page.getByRole("button", { name: "I have kept it" }).click();
  await expect(read()).rejects.toThrow(/signature/i);
  const again = s3Of(server, { accessKey, secretKey: rotated });
  await again.send(new ListBucketsCommand());

  const about = card(page, "About");
  await about.getByRole("button", { name: "Disable" }).click();
  await expect(fact(about, "State")).toContainText("Disabled");
  await expect(again.send(new ListBucketsCommand())).rejects.toThrow(/does not exist/);
  await about.getByRole("button", { name: "Enable" }).click();
  await expect(fact(about, "State")).toHaveText("Enabled");
  await again.send(new ListBucketsCommand());
  await about.getByRole("button", { name: "Edit" }).click();
  await dialog(page, "Edit").getByLabel("Display name").fill("Ada");
  await dialog(page, "Edit").getByRole("button", { name: "Save" }).click();
  await expect(fact(about, "Display name")).toHaveText("Ada");

  const tags = card(page, "Tags");
  await tags.getByRole("button", { name: "Edit tags" }).click();
  await dialog(page, "Edit tags").getByLabel("Name of tag 1").fill("team");
  await dialog(page, "Edit tags").getByLabel("Value of tag 1").fill("blue");
  await dialog(page, "Edit tags").getByRole("button", { name: "Save" }).click();
  await expect(fact(tags, "team")).toHaveText("blue");
  const boundary = card(page, "Permissions boundary");
  await boundary.getByRole("button", { name: "Set boundary" }).click();
  await pick(page, "Set boundary", "IAMReadOnlyAccess", "Set boundary");
  await expect(boundary.getByRole("link", { name: "IAMReadOnlyAccess" })).toBeVisible();

  await card(page, "Delete user").getByRole("button", { name: "Delete user" }).click();
  const asks = dialog(page, "Delete user");
  await expect(asks.getByRole("button", { name: "Delete user" })).toBeDisabled();
  await asks.getByLabel("Type the name to confirm").fill(name);
  await asks.getByRole("button", { name: "Delete user" }).click();
  await expect(page.getByRole("grid", { name: "Users" })).toBeVisible();
  await expect(row(page, name)).toHaveCount(0);
  expect((await api.getIdentity({ client: admin, path: { kind: "users", name } })).response?.status).toBe(404);
  ada.destroy();
  again.destroy();
});

test("the list is searched and sorted, and its address says how", async ({ page, admin, bucket }) => {
  for (const name of [`x-${bucket}`, `y-${bucket}`])
    await ok(api.createIdentity({ client: admin, path: { kind: "users" }, body: { name } }));
  await ok(api.createAccessKey({ client: admin, path: { name: `y-${bucket}` } }));
  await page.goto("/ui/access/users");
  await expect(row(page, `x-${bucket}`)).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type(`-${bucket}`);
  await expectRows(page, [`x-${bucket}`, `y-${bucket}`], "Users");
  await page.getByRole("columnheader", { name: /Access keys/ }).click();
  await expectRows(page, [`y-${bucket}`, `x-${bucket}`], "Users");
  await page.reload();
  await expectRows(page, [`y-${bucket}`, `x-${bucket}`], "Users");
  await page.getByRole("searchbox", { name: "Search by name" }).fill("nobody at all");
  await expect(page.getByRole("heading", { name: "Nothing of this name" })).toBeVisible();
});

test("a group gives its members rights while they are in it", async ({ page, admin, bucket }) => {
  const [user, group] = [`u-${bucket}`, `g-${bucket}`];
  await ok(api.createIdentity({ client: admin, path: { kind: "users" }, body: { name: user } }));
  await page.goto("/ui/access/groups");
  await page.getByRole("button", { name: "Create group" }).click();
  await dialog(page, "Create group").getByLabel("Name", { exact: true }).fill(group);
  await dialog(page, "Create group").getByRole("button", { name: "Create group" }).click();
  await title(page, group);
  const members = card(page, "Members");
  await members.getByRole("button", { name: "Add member" }).click();
  await pick(page, "Add member", user, "Add");
  await members.getByRole("link", { name: user }).click();
  await title(page, user);
  await expect(card(page, "Groups").getByRole("link", { name: group })).toBeVisible();
  await card(page, "Groups")
    .getByRole("button", { name: `Take out of ${group}` })
    .click();
  await expect(card(page, "Groups")).toContainText("In no group.");
  await card(page, "Groups").getByRole("button", { name: "Add to group" }).click();
  await pick(page, "Add to group", group, "Add");
  await card(page, "Groups").getByRole("link", { name: group }).click();
  await members.getByRole("button", { name: `Take ${user} out` }).click();
  await expect(members).toContainText("Nobody is in this group.");
  await card(page, "About").getByRole("button", { name: "Edit" }).click();
  await dialog(page, "Edit").getByLabel("Name", { exact: true }).fill(`${group}-2`);
  await dialog(page, "Edit").getByRole("button", { name: "Save" }).click();
  await title(page, `${group}-2`);
  await card(page, "Delete group").getByRole("button", { name: "Delete group" }).click();
  await dialog(page, "Delete group").getByLabel("Type the name to confirm").fill(`${group}-2`);
  await dialog(page, "Delete group").getByRole("button", { name: "Delete group" }).click();
  await expect(page.getByRole("tab", { name: "Groups" }).or(page.getByRole("link", { name: "Groups" }))).toBeVisible();
  await expect(row(page, `${group}-2`)).toHaveCount(0);
});

test("a role is made with its trust policy, which can be changed", async ({ page, admin, bucket, tolerate }) => {
  tolerate(/status of 400/);
  const [user, role] = [`u-${bucket}`, `r-${bucket}`];
  const made = await ok(api.createIdentity({ client: admin, path: { kind: "users" }, body: { name: user } }));
  await page.goto("/ui/access/roles");
  await page.getByRole("button", { name: "Create role" }).click();
  const form = dialog(page, "Create role");
  await form.getByLabel("Name", { exact: true }).fill(role);
  await form.getByLabel("Description").fill("At night");
  await form.getByRole("button", { name: "Create role" }).click();
  await expect(form.getByRole("alert")).toContainText("MalformedPolicy");
  const trust = (principal: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole" }],
    });
  await write(page, form.getByRole("textbox", { name: "Trust policy" }), trust("000000000000"));
  await form.getByRole("button", { name: "Create role" }).click();
  await title(page, role);
  const text = card(page, "Trust policy");
  await expect(text).toContainText("000000000000");
  await text.getByRole("button", { name: "Edit trust policy" }).click();
  const edit = dialog(page, "Edit trust policy");
  await write(page, edit.getByRole("textbox", { name: "Trust policy" }), trust(made.arn));
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(text).toContainText(`user/${user}`);
  await card(page, "About").getByRole("button", { name: "Edit" }).click();
  await dialog(page, "Edit").getByLabel("Longest session in hours").fill("3");
  await dialog(page, "Edit").getByRole("button", { name: "Save" }).click();
  await expect(fact(card(page, "About"), "Longest session")).toHaveText("3 h");
  expect(await ok(api.getIdentity({ client: admin, path: { kind: "roles", name: role } }))).toMatchObject({
    description: "At night",
    maxSessionSeconds: 10_800,
    trust: trust(made.arn),
  });
});

test("a managed policy: made, edited into a new version, put back, attached, deleted", async ({
  page,
  admin,
  bucket,
}) => {
  const [user, name] = [`u-${bucket}`, `p-${bucket}`];
  await ok(api.createIdentity({ client: admin, path: { kind: "users" }, body: { name: user } }));
  await page.goto("/ui/access/policies");
  await expect(row(page, "AdministratorAccess")).toContainText("Built in");
  await page.getByRole("button", { name: "Create policy" }).click();
  const form = dialog(page, "Create policy");
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByRole("button", { name: "Create policy" }).click();
  await title(page, name);
  const versions = card(page, "Versions");
  await versions.getByRole("button", { name: "Edit policy" }).click();
  const edit = dialog(page, "Edit policy");
  await edit.getByRole("button", { name: "Templates" }).click();
  await page.getByRole("menuitem", { name: "Administrator: everything" }).click();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(versions.getByRole("listitem").first()).toContainText(/Version 2.*In force/s);
  await expect(card(page, "Delete policy").getByRole("button")).toHaveAttribute("aria-disabled", "true");
  await versions.getByRole("button", { name: "Put version 1 in force" }).click();
  await expect(versions.getByRole("listitem").last()).toContainText(/Version 1.*In force/s);
  await versions.getByRole("button", { name: "Delete version 2" }).click();
  await dialog(page, "Delete version 2").getByRole("button", { name: "Delete" }).click();
  await expect(versions.getByRole("listitem")).toHaveCount(1);

  const arn = new URL(page.url()).searchParams.get("arn") as string;
  await ok(api.attachPolicy({ client: admin, path: { kind: "users", name: user }, query: { arn } }));
  await page.reload();
  await card(page, "Used by").getByRole("link", { name: user }).click();
  await title(page, user);
  await card(page, "Policies")
    .getByRole("button", { name: `Detach ${name}` })
    .click();
  await expect(card(page, "Policies")).toContainText("No policies of its own");
  await page.goto(`/ui/access/policy?arn=${arn}`);
  await card(page, "Delete policy").getByRole("button", { name: "Delete policy" }).click();
  await dialog(page, "Delete policy").getByRole("button", { name: "Delete policy" }).click();
  await expect(page.getByRole("grid", { name: "Policies" })).toBeVisible();
  await expect(row(page, name)).toHaveCount(0);
});

test("a person who may only read identities sees no control that would be refused", async ({
  page,
  actAs,
  admin,
  server,
  bucket,
}) => {
  const name = `victim-${bucket}`;
  const path = { kind: "users", name } as const;
  await ok(api.createIdentity({ client: admin, path, body: { name, accessKey: true } }));
  await ok(api.attachPolicy({ client: admin, path, query: { arn: READ_ONLY } }));
  const reader = await newUser(admin, []);
  await ok(
    api.attachPolicy({
      client: admin,
      path: { kind: "users", name: reader.accessKey },
      query: { arn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" },
    }),
  );
  await actAs(reader);
  await page.goto("/ui/access/users");
  await expect(page.getByRole("button", { name: "Create user" })).toHaveAttribute("aria-disabled", "true");
  await row(page, name).getByRole("link", { name }).click();
  await title(page, name);
  for (const button of await page.getByRole("main").getByRole("button").all()) {
    const label = (await button.getAttribute("aria-label")) ?? (await button.textContent()) ?? "";
    if (/^Copy|^Actions for/.test(label)) continue;
    await expect(button, label).toHaveAttribute("aria-disabled", "true");
  }
  await page.getByRole("button", { name: /^Actions for/ }).click();
  for (const item of await page.getByRole("menuitem").all())
    await expect(item).toHaveAttribute("aria-disabled", "true");
  const client = await apiOf(server, reader);
  for (const request of [
    api.updateIdentity({ client, path, body: { disabled: true } }),
    api.createAccessKey({ client, path: { name } }),
    api.deleteIdentity({ client, path }),
  ]) {
    const { response, error } = await request;
    expect(response?.status).toBe(403);
    expect(error).toMatchObject({ code: "AccessDenied", detail: expect.stringContaining("iam:") });
  }

  // Who may not even read has no such place, and an explanation where they go all the same.
  await actAs(await newUser(admin, [{ bucket, actions: ["list"] }]));
  await page.goto("/ui/");
  await expect(
    page
      .getByRole("grid", { name: "Buckets" })
      .or(page.getByRole("heading", { level: 2 }))
      .first(),
  ).toBeVisible();
  await expect(page.getByRole("link", { name: "Access", exact: true })).toHaveCount(0);
});

test("an address of nobody, and of a kind that is none", async ({ page, tolerate }) => {
  tolerate(/status of 404/);
  await page.goto("/ui/access/users/nobody");
  await expect(page.getByRole("alert")).toContainText("NoSuchEntity");
  await page.goto("/ui/access/gods");
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
});
