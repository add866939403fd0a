import * as api from "@myfsio/client";
import { newUser, ok } from "../../support/api";
import { look } from "../../support/look";
import { seed } from "../../support/s3";
import { expect, test } from "../../support/test";

test.setTimeout(240_000);

const policy = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

test("the simulator, and who has access", async ({ page, admin, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "x" });
  const on = `arn:aws:s3:::${bucket}/*`;
  const address = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
  await ok(api.createIdentity({ client: admin, path: { kind: "users" }, body: { name: "ada.looks" } }));
  const document = policy(
    { Sid: "reads", Effect: "Allow", Action: "s3:GetObject", Resource: on },
    { Sid: "writes", Effect: "Allow", Action: "s3:PutObject", Resource: on, Condition: address },
  );
  const path = { kind: "users", name: "ada.looks", policy: "photos" } as const;
  await ok(api.putInlinePolicy({ client: admin, path, body: { document } }));
  await newUser(admin, [{ bucket: "*", actions: ["list"] }], "Lists alone");
  const open = policy(
    { Sid: "office", Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: on, Condition: address },
    { Sid: "never", Effect: "Deny", Principal: "*", Action: "s3:DeleteObject", Resource: on },
  );
  await ok(api.putBucketPolicy({ client: admin, path: { bucket }, body: { document: open } }));

  const query = new URLSearchParams({
    principal: "ada.looks",
    actions: "s3:GetObject,s3:PutObject,s3:DeleteObject",
    resources: `${bucket}/a.txt`,
    context: "aws:SecureTransport=true",
  });
  await page.goto("/ui/access/simulator");
  await expect(page.getByRole("button", { name: "Simulate" })).toBeVisible();
  await look(page, "simulator-empty");
  await page.goto(`/ui/access/simulator?${query.toString()}`);
  await expect(page.getByText("Denied by a statement")).toBeVisible();
  await look(page, "simulator");
  await page.getByRole("region", { name: "Result", exact: true }).scrollIntoViewIfNeeded();
  await page.getByText("does not have").last().scrollIntoViewIfNeeded();
  await look(page, "simulator-result");
  await page.goto(`/ui/buckets/${bucket}/permissions`);
  await page.getByRole("button", { name: "Look", exact: true }).click();
  const who = page.getByRole("region", { name: "Who has access", exact: true });
  await who.getByText("Through what", { exact: true }).first().click();
  await who.scrollIntoViewIfNeeded();
  await look(page, "who-has-access");
});
