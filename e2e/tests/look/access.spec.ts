import * as api from "@myfsio/client";
import { apiOf, newUser, ok, sessionOf } from "../../support/api";
import { dialog } from "../../support/console";
import { look } from "../../support/look";
import { startServer } from "../../support/server";
import { expect, test } from "../../support/test";

test.setTimeout(240_000);

const allow = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "000000000000" }, Action: "sts:AssumeRole" }],
});

test("users, groups, roles and policies", async ({ page, context }) => {
  const server = await startServer();
  try {
    await context.addCookies([{ ...(await sessionOf(server, server.admin)), url: server.ui }]);
    const client = await apiOf(server, server.admin);
    const at = (path: string) => page.goto(`${server.ui}/ui/access${path}`);
    const there = () => expect(page.locator("[aria-busy=true]")).toHaveCount(0);

    await at("/groups");
    await expect(page.getByRole("heading", { name: "No groups yet" })).toBeVisible();
    await look(page, "access-groups-empty");

    const path = { kind: "users", name: "ada.lovelace" } as const;
    const group = { kind: "groups", name: "writers-of-the-northern-branch" } as const;
    await ok(api.createIdentity({ client, path: { kind: "users" }, body: { name: "charles" } }));
    await ok(
      api.createIdentity({
        client,
        path,
        body: { name: path.name, displayName: "Ada, Countess of Lovelace", accessKey: true, path: "/analysts/" },
      }),
    );
    await ok(api.createAccessKey({ client, path: { name: path.name } }));
    await ok(api.updateIdentity({ client, path: { kind: "users", name: "charles" }, body: { disabled: true } }));
    await newUser(client, [{ bucket: "*", actions: ["list", "read"] }], "Photo frame in the hall");
    await ok(api.createIdentity({ client, path: group, body: { name: group.name } }));
    await ok(api.addMember({ client, path: { name: group.name, user: path.name } }));
    await ok(api.addMember({ client, path: { name: group.name, user: "charles" } }));
    const policy = await ok(
      api.createManagedPolicy({
        client,
        body: { name: "archive-readers", document: allow("s3:GetObject"), description: "May read what is archived" },
      }),
    );
    await ok(
      api.createPolicyVersion({
        client,
        query: { arn: policy.arn },
        body: { document: allow("s3:Get*"), default: true },
      }),
    );
    for (const arn of [policy.arn, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"])
      await ok(api.attachPolicy({ client, path, query: { arn } }));
    await ok(
      api.putInlinePolicy({
        client,
        path: { ...path, policy: "own-folder" },
        body: { document: allow("s3:PutObject") },
      }),
    );
    await ok(api.tagIdentity({ client, path, body: { tags: [{ name: "team", value: "analysts" }] } }));
    await ok(api.setBoundary({ client, path, query: { arn: "arn:aws:iam::aws:policy/AmazonS3FullAccess" } }));
    await ok(
      api.createIdentity({
        client,
        path: { kind: "roles" },
        body: { name: "nightly-backup", description: "Copies everything at night", trust, maxSessionSeconds: 7200 },
      }),
    );

    await at("/users");
    await expect(page.getByRole("row", { name: "charles" })).toBeVisible();
    await look(page, "access-users");
    await page.getByRole("button", { name: "Create user" }).click();
    const form = dialog(page, "Create user");
    await form.getByLabel("Name", { exact: true }).fill("grace");
    await look(page, "access-create-user");
    await form.getByRole("button", { name: "Create user" }).click();
    await expect(dialog(page, "Access key of grace")).toBeVisible();
    await look(page, "access-secret");
    await page.getByRole("button", { name: "I have kept it" }).click();
    await expect(page.getByRole("heading", { name: "grace" })).toBeVisible();

    await at("/users/ada.lovelace");
    await expect(page.getByRole("region", { name: "Policies" })).toContainText("own-folder");
    await look(page, "access-user");
    await page.getByRole("region", { name: "Permissions boundary" }).scrollIntoViewIfNeeded();
    await look(page, "access-user-below");
    await page.getByRole("button", { name: "Add own policy" }).click();
    await expect(dialog(page, "Add own policy").getByRole("textbox", { name: "Policy as JSON" })).toContainText(
      "s3:Get*",
    );
    await there();
    await look(page, "access-inline-policy");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Delete user" }).click();
    await expect(dialog(page, "Delete user")).toBeVisible();
    await look(page, "access-delete-user");
    await page.keyboard.press("Escape");

    await at("/groups");
    await expect(page.getByRole("row", { name: group.name })).toBeVisible();
    await look(page, "access-groups");
    await at(`/groups/${group.name}`);
    await expect(page.getByRole("region", { name: "Members" })).toContainText("charles");
    await look(page, "access-group");
    await page.getByRole("button", { name: "Add member" }).click();
    await expect(dialog(page, "Add member")).toBeVisible();
    await look(page, "access-add-member");
    await page.keyboard.press("Escape");
    await at("/roles");
    await expect(page.getByRole("row", { name: "nightly-backup" })).toBeVisible();
    await look(page, "access-roles");
    await at("/roles/nightly-backup");
    await expect(page.getByRole("region", { name: "Trust policy" })).toContainText("sts:AssumeRole");
    await look(page, "access-role");
    await at("/policies");
    await expect(page.getByRole("row", { name: "archive-readers" })).toBeVisible();
    await look(page, "access-policies");
    await at(`/policy?arn=${policy.arn}`);
    await expect(page.getByRole("region", { name: "Used by" })).toContainText("ada.lovelace");
    await look(page, "access-policy");
    await page.getByRole("button", { name: "Edit policy" }).click();
    await expect(dialog(page, "Edit policy").getByRole("textbox", { name: "Policy as JSON" })).toContainText("s3:Get*");
    await there();
    await look(page, "access-policy-edit");
  } finally {
    await server.stop();
  }
});
