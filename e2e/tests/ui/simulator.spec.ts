import * as api from "@myfsio/client";
import { newUser, ok } from "../../support/api";
import { seed } from "../../support/s3";
import { expect, type Locator, type Page, test } from "../../support/test";

const card = (page: Page, name: string): Locator => page.getByRole("region", { name, exact: true });
const policy = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });

test("a request is simulated, and the statement that decides is shown", async ({ page, admin, s3, bucket }) => {
  const name = `sim-${bucket}`;
  const path = { kind: "users", name } as const;
  await seed(s3, bucket, { "a.txt": "x" });
  await ok(api.createIdentity({ client: admin, path: { kind: "users" }, body: { name } }));
  const document = policy({
    Sid: "near",
    Effect: "Allow",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${bucket}/*`,
    Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
  });
  await ok(api.putInlinePolicy({ client: admin, path: { ...path, policy: "reads" }, body: { document } }));

  await page.goto("/ui/access/users");
  await page.getByRole("link", { name: "Simulator", exact: true }).click();
  const request = card(page, "Request");
  const result = card(page, "Result");
  const run = () => request.getByRole("button", { name: "Simulate" }).click();
  await expect(request.getByRole("button", { name: "Simulate" })).toBeDisabled();
  await request.getByLabel("Who").fill(name);
  await request.getByLabel("Actions").fill("s3:GetObject");
  await page.keyboard.press("Enter");
  await request.getByLabel("Resources").fill(`${bucket}/a.txt`);
  await run();
  await expect(result.getByText("Not allowed")).toBeVisible();
  await expect(result).toContainText("aws:SourceIp does not hold");
  await expect(result).toContainText("The request does not have: aws:SourceIp");

  await request.getByRole("button", { name: "Add a condition key" }).click();
  await request.getByLabel("Condition key 1").fill("aws:SourceIp");
  await request.getByLabel("Value 1").fill("192.0.2.7");
  await run();
  await expect(result.getByText("Allowed", { exact: true })).toBeVisible();
  await expect(result).toContainText(`policy reads of user ${name}, statement 1 (near)`);
  await expect(result.getByText("Decides")).toBeVisible();

  // The address is the whole question.
  await page.reload();
  await expect(result.getByText("Allowed", { exact: true })).toBeVisible();
  await expect(request.getByLabel("Value 1")).toHaveValue("192.0.2.7");
});

test("who has access to a bucket is told with what gives it", async ({ page, admin, s3, bucket }) => {
  const name = `who-${bucket}`;
  const path = { kind: "users", name } as const;
  await seed(s3, bucket, { "a.txt": "x" });
  await ok(api.createIdentity({ client: admin, path: { kind: "users" }, body: { name } }));
  const document = policy({ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/open/*` });
  await ok(api.putInlinePolicy({ client: admin, path: { ...path, policy: "some" }, body: { document } }));
  await page.goto(`/ui/buckets/${bucket}/permissions`);
  const who = card(page, "Who has access");
  await who.getByRole("button", { name: "Look", exact: true }).click();
  const one = who.getByRole("listitem").filter({ hasText: name }).first();
  await expect(one).toContainText("Read, conditional");
  await one.getByText("Through what").click();
  await expect(one).toContainText(`policy some of user ${name}, statement 1`);
  await who.getByLabel("Keys that begin with").fill("open/");
  await who.getByRole("button", { name: "Look", exact: true }).click();
  await expect(one).not.toContainText("conditional");
});

test("a person without the permission sees no link to the simulator", async ({ page, actAs, admin }) => {
  await actAs(await newUser(admin, [{ bucket: "*", actions: ["list", "iam:list_users"] }], "lists"));
  await page.goto("/ui/access/users");
  await expect(page.getByRole("link", { name: "Users", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "Simulator", exact: true })).toHaveCount(0);
});
