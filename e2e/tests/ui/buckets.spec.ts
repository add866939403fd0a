import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { sessionOf } from "../../support/api";
import { choose, dialog, expectRows, row } from "../../support/console";
import { many, seed } from "../../support/s3";
import { startServer } from "../../support/server";
import { expect, test } from "../../support/test";

test("a new server teaches how to begin", async ({ page, context }) => {
  const fresh = await startServer();
  try {
    await context.addCookies([{ ...(await sessionOf(fresh, fresh.admin)), url: fresh.ui }]);
    await page.goto(`${fresh.ui}/ui/`);
    await expect(page.getByRole("heading", { name: "No buckets yet" })).toBeVisible();
    await expect(page.getByRole("region", { name: "AWS CLI" }).first()).toContainText(
      `aws --endpoint-url ${fresh.s3} s3 mb`,
    );
    await expect(page.getByRole("region", { name: "Python with boto3" }).first()).toContainText(
      `endpoint_url="${fresh.s3}"`,
    );

    await page.getByRole("button", { name: "Create a bucket" }).click();
    await dialog(page, "Create bucket").getByLabel("Name").fill("first-bucket");
    await dialog(page, "Create bucket").getByRole("button", { name: "Create bucket" }).click();
    await expect(page).toHaveURL(`${fresh.ui}/ui/buckets/first-bucket`);
    await expect(page.getByRole("heading", { name: "This bucket is empty" })).toBeVisible();
    await expect(page.getByRole("region", { name: "AWS CLI" })).toContainText(
      `aws --endpoint-url ${fresh.s3} s3 sync . s3://first-bucket/`,
    );
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Buckets" }).click();
    await expectRows(page, ["first-bucket"], "Buckets");
  } finally {
    await page.goto("about:blank");
    await fresh.stop();
  }
});

test("are searched, and sorted by name and size", async ({ page, s3 }) => {
  await seed(s3, "sorting-a", many(3));
  await seed(s3, "sorting-b", { "large.bin": new Uint8Array(50_000) });
  await seed(s3, "sorting-c", many(2));
  await page.goto("/ui/buckets");
  await page.getByRole("searchbox", { name: "Search buckets" }).fill("SORTING");
  await expectRows(page, ["sorting-a", "sorting-b", "sorting-c"], "Buckets");
  await expect(page).toHaveURL(/\?search=SORTING$/);
  await expect(page.getByText("Showing 3 of 3")).toBeVisible();

  const grid = page.getByRole("grid", { name: "Buckets" });
  await grid.getByRole("button", { name: "Objects" }).click();
  await expectRows(page, ["sorting-a", "sorting-c", "sorting-b"], "Buckets");
  await expect(grid.getByRole("columnheader", { name: "Objects" })).toHaveAttribute("aria-sort", "descending");
  await grid.getByRole("button", { name: "Size" }).click();
  await expectRows(page, ["sorting-b", "sorting-a", "sorting-c"], "Buckets");
  await grid.getByRole("button", { name: "Name" }).click();
  await grid.getByRole("button", { name: "Name" }).click();
  await expectRows(page, ["sorting-c", "sorting-b", "sorting-a"], "Buckets");

  // The address says it all: the same page in another window.
  await page.reload();
  await expectRows(page, ["sorting-c", "sorting-b", "sorting-a"], "Buckets");
  await page.getByRole("searchbox", { name: "Search buckets" }).fill("no such bucket");
  await expect(page.getByRole("heading", { name: "No bucket found" })).toBeVisible();
});

test("are created, with versioning when asked for", async ({ page, bucket }) => {
  await page.goto("/ui/buckets");
  await page.getByRole("button", { name: "Create bucket" }).first().click();
  const create = dialog(page, "Create bucket");
  await expect(create.getByLabel("Name")).toBeFocused();
  await create.getByLabel("Name").fill(bucket);
  await create.getByRole("checkbox", { name: "Keep earlier versions" }).check();
  await create.getByRole("button", { name: "Create bucket" }).click();
  await expect(page.getByRole("heading", { name: bucket, level: 1 })).toBeVisible();
  await expect(page.getByText("Versioning is on")).toBeVisible();
});

const INVALID: [name: string, told: string][] = [
  ["ab", "The name must have 3 to 63 characters."],
  ["Capital", "Only lower-case letters, digits, hyphens and dots are allowed."],
  ["under_score", "Only lower-case letters, digits, hyphens and dots are allowed."],
  ["-hyphen", "The name must begin and end with a letter or a digit."],
  ["two..dots", "Two dots must not stand together."],
  ["192.168.0.1", "The name must not look like an IP address."],
  ["myfsio", "This name is reserved."],
  ["xn--name", "This name is reserved."],
];

test("get no invalid name", async ({ page }) => {
  await page.goto("/ui/buckets");
  await page.getByRole("button", { name: "Create bucket" }).first().click();
  const create = dialog(page, "Create bucket");
  for (const [name, told] of INVALID) {
    await create.getByLabel("Name").fill(name);
    await create.getByLabel("Name").blur();
    await expect(create.getByText(told), name).toBeVisible();
    await expect(create.getByRole("button", { name: "Create bucket" })).toBeDisabled();
  }
  await page.keyboard.press("Escape");
  await expect(create).toHaveCount(0);
});

test("get no name that is taken", async ({ page, s3, bucket, tolerate }) => {
  tolerate(/status of 409/);
  await seed(s3, bucket);
  await page.goto("/ui/buckets");
  await page.getByRole("button", { name: "Create bucket" }).first().click();
  const create = dialog(page, "Create bucket");
  await create.getByLabel("Name").fill(bucket);
  await create.getByRole("button", { name: "Create bucket" }).click();
  await expect(create.getByRole("alert")).toContainText("You have a bucket of this name already.");
  await expect(create.getByRole("alert")).toContainText("BucketAlreadyOwnedByYou");
  await expect(create.getByRole("button", { name: "Copy the request's id" })).toBeVisible();
});

test("are deleted once their name was typed", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await page.goto(`/ui/buckets?search=${bucket}`);
  await choose(page, bucket, "Delete bucket");
  const asks = dialog(page, "Delete bucket");
  const act = asks.getByRole("button", { name: "Delete bucket" });
  await expect(act).toBeDisabled();
  await asks.getByLabel("Type the name of the bucket to confirm").fill(bucket.slice(0, -1));
  await expect(act).toBeDisabled();
  await asks.getByLabel("Type the name of the bucket to confirm").fill(bucket);
  await act.click();
  await expect(row(page, bucket)).toHaveCount(0);
  await expect(s3.send(new HeadBucketCommand({ Bucket: bucket }))).rejects.toMatchObject({ name: "NotFound" });
});

test("that hold something are not deleted", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a" });
  await page.goto(`/ui/buckets/${bucket}/properties`);
  await page.getByRole("button", { name: "Delete bucket" }).click();
  const asks = dialog(page, "Delete bucket");
  await expect(asks).toContainText("It holds 1 object, 1 version in all (1 B) and 0 delete markers.");
  await expect(asks.getByRole("button", { name: "Delete bucket" })).toBeDisabled();
});

test("are deleted from their own page", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await page.goto(`/ui/buckets/${bucket}/properties`);
  await page.getByRole("button", { name: "Delete bucket" }).click();
  const asks = dialog(page, "Delete bucket");
  await asks.getByLabel("Type the name of the bucket to confirm").fill(bucket);
  await asks.getByRole("button", { name: "Delete bucket" }).click();
  await expect(page.getByRole("heading", { name: "Buckets", level: 1 })).toBeVisible();
  await expect(row(page, bucket)).toHaveCount(0);
});

test("tell how they are reached", async ({ page, context, server, s3, bucket }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await seed(s3, bucket, { "a.txt": "a" });
  await page.goto(`/ui/buckets/${bucket}`);
  await page.getByRole("button", { name: "Connect" }).click();
  const connect = page.getByRole("dialog", { name: "Connect" });
  await expect(connect).toContainText(server.s3);
  await expect(connect).toContainText(`arn:aws:s3:::${bucket}`);
  await expect(connect).toContainText(`aws --endpoint-url ${server.s3} s3 ls s3://${bucket}/`);
  await expect(connect).toContainText(`boto3.client("s3", endpoint_url="${server.s3}", region_name="us-east-1")`);
  await connect.getByRole("button", { name: "Copy S3 URI" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`s3://${bucket}`);
});

test("keep versions from when that is switched on, until it is suspended", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await page.goto(`/ui/buckets/${bucket}/properties`);
  const card = page.getByRole("region", { name: "Versioning" });
  await expect(card).toContainText("Versioning is off");
  // The picture of the switch lies over it; the press goes to what lies there, as a person's does.
  await card.getByRole("switch", { name: "Keep earlier versions" }).click({ force: true });
  await dialog(page, "Enable versioning").getByRole("button", { name: "Enable versioning" }).click();
  await expect(card).toContainText("Versioning is on");
  await expect(card.getByRole("switch")).toBeChecked();
  await card.getByRole("switch", { name: "Keep earlier versions" }).click({ force: true });
  await dialog(page, "Suspend versioning").getByRole("button", { name: "Suspend versioning" }).click();
  await expect(card).toContainText("Versioning is suspended");
  await expect(card.getByRole("switch")).not.toBeChecked();
});

test("that are not there say so", async ({ page, tolerate }) => {
  tolerate(/status of 404/);
  await page.goto("/ui/buckets/never-made");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("The bucket never-made cannot be shown");
  await expect(alert).toContainText("NoSuchBucket");
  await expect(alert.getByRole("button", { name: "Retry" })).toBeVisible();
});

test("show the tab that is open, however narrow the screen", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`/ui/buckets/${bucket}/properties`);
  const tab = (name: string) =>
    page.getByRole("navigation", { name: "Parts of the bucket" }).getByRole("link", { name });
  await expect(tab("Properties")).toBeInViewport({ ratio: 0.9 });
  await tab("Permissions").click();
  await tab("Versions & lifecycle").click();
  await expect(page).toHaveURL(/\/lifecycle$/);
  await expect(tab("Versions & lifecycle")).toBeInViewport({ ratio: 0.9 });
});
