import { request } from "node:http";
import {
  GetBucketWebsiteCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { newUser, sessionOf } from "../../support/api";
import { dialog, fact } from "../../support/console";
import { s3Of, seed } from "../../support/s3";
import { type Server, startServer } from "../../support/server";
import { expect, type Locator, type Page, test } from "../../support/test";

const open = async (page: Page, bucket: string, origin = ""): Promise<Locator> => {
  await page.goto(`${origin}/ui/buckets/${bucket}/properties`);
  const card = page.getByRole("region", { name: "Website" });
  await expect(card.getByRole("button", { name: "Edit website" })).toBeVisible();
  return card;
};

const stored = async (s3: S3Client, bucket: string) => {
  const { $metadata: _, ...site } = await s3.send(new GetBucketWebsiteCommand({ Bucket: bucket }));
  return site;
};

/** What the website answers; its name is in no name service, so it goes into the header alone. */
const visit = (server: Server, host: string, path: string) =>
  new Promise<{ status: number; body: string; location: string | undefined }>((done, failed) => {
    const { hostname, port } = new URL(server.s3);
    const sent = request({ hostname, port, path, headers: { Host: `${host}:${port}` } }, (answer) => {
      let body = "";
      answer.on("data", (chunk) => {
        body += chunk;
      });
      answer.on("end", () => done({ status: answer.statusCode ?? 0, body, location: answer.headers.location }));
    });
    sent.on("error", failed);
    sent.end();
  });

test("a bucket becomes a website, with rules, and is none any more", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  const card = await open(page, bucket);
  await expect(card).toContainText("The bucket is not served as a website.");
  await card.getByRole("button", { name: "Edit website" }).click();
  const form = dialog(page, "Edit website");
  const save = form.getByRole("button", { name: "Save" });
  await expect(form.getByRole("radio", { name: "Show the objects of the bucket" })).toBeChecked();
  await expect(form.getByLabel("Index document")).toHaveValue("index.html");
  await form.getByLabel("Index document").fill("a/b.html");
  await expect(form).toContainText("A name without a slash");
  await expect(save).toBeDisabled();
  await form.getByLabel("Index document").fill("home.html");
  await form.getByLabel("Error document").fill("errors/404.html");
  await form.getByRole("button", { name: "Add rule" }).click();
  const first = form.getByRole("group", { name: "Rule 1" });
  await first.getByLabel("If the key begins with").fill("docs/");
  await expect(first).toContainText("It would send requests back to where they came from");
  await expect(save).toBeDisabled();
  await first.getByLabel("Replace").selectOption("The beginning of the key");
  await first.getByLabel("With", { exact: true }).fill("documents/");
  await form.getByRole("button", { name: "Add rule" }).click();
  const second = form.getByRole("group", { name: "Rule 2" });
  await second.getByLabel("If it would fail with").fill("200");
  await expect(second).toContainText("A status from 400 to 599");
  await second.getByLabel("If it would fail with").fill("404");
  await second.getByLabel("Send to the host").fill("http://other.example");
  await expect(second).toContainText("without http://");
  await second.getByLabel("Send to the host").fill("other.example");
  await second.getByLabel("By", { exact: true }).selectOption("https");
  await second.getByLabel("Status of the answer").fill("302");
  await second.getByRole("button", { name: "Move rule 2 up" }).click();
  await save.click();
  await expect(form).toBeHidden();
  await expect(card.getByRole("button", { name: "Edit website" })).toBeFocused();
  await expect(fact(card, "Index document")).toHaveText("home.html");
  await expect(fact(card, "Error document")).toHaveText("errors/404.html");
  await expect(card.getByRole("listitem")).toHaveText([
    "What fails with 404 → https://other.example, status 302",
    "Keys that begin with docs/ → this host, status 301 with documents/ in place of that beginning",
  ]);
  await expect(fact(card, "Address")).toContainText("An administrator can set WEBSITE_DOMAIN");
  await expect(card).toContainText("Readers of a website do not sign in");
  expect(await stored(s3, bucket)).toEqual({
    IndexDocument: { Suffix: "home.html" },
    ErrorDocument: { Key: "errors/404.html" },
    RoutingRules: [
      {
        Condition: { HttpErrorCodeReturnedEquals: "404" },
        Redirect: { HostName: "other.example", Protocol: "https", HttpRedirectCode: "302" },
      },
      { Condition: { KeyPrefixEquals: "docs/" }, Redirect: { ReplaceKeyPrefixWith: "documents/" } },
    ],
  });

  await card.getByRole("button", { name: "Edit website" }).click();
  await form.getByRole("button", { name: "Remove rule 1" }).click();
  await expect(form.getByRole("button", { name: "Add rule" })).toBeFocused();
  await form.getByLabel("Error document").fill("");
  await save.click();
  await expect(fact(card, "Error document")).toHaveText("None: the server's own page");
  expect(await stored(s3, bucket)).toEqual({
    IndexDocument: { Suffix: "home.html" },
    RoutingRules: [{ Condition: { KeyPrefixEquals: "docs/" }, Redirect: { ReplaceKeyPrefixWith: "documents/" } }],
  });

  await card.getByRole("button", { name: "Edit website" }).click();
  await form.getByRole("radio", { name: "Send all requests to another host" }).check();
  await expect(save).toBeDisabled();
  await form.getByLabel("Host", { exact: true }).fill("www.example.com");
  await form.getByLabel("By", { exact: true }).selectOption("https");
  await save.click();
  await expect(fact(card, "Redirects all requests to")).toHaveText("https://www.example.com");
  expect(await stored(s3, bucket)).toEqual({
    RedirectAllRequestsTo: { HostName: "www.example.com", Protocol: "https" },
  });

  await card.getByRole("button", { name: "Edit website" }).click();
  await form.getByRole("radio", { name: "Nothing" }).check();
  await save.click();
  await expect(card).toContainText("The bucket is not served as a website.");
  await expect(stored(s3, bucket)).rejects.toThrow(/website configuration/);
});

test("what a program stored is shown", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  await s3.send(
    new PutBucketWebsiteCommand({
      Bucket: bucket,
      WebsiteConfiguration: {
        IndexDocument: { Suffix: "i.html" },
        RoutingRules: [
          {
            Condition: { KeyPrefixEquals: "a&b/", HttpErrorCodeReturnedEquals: "403" },
            Redirect: { ReplaceKeyWith: "login.html" },
          },
          { Redirect: { HostName: "all.example" } },
        ],
      },
    }),
  );
  const card = await open(page, bucket);
  await expect(card.getByRole("listitem")).toHaveText([
    "Keys that begin with a&b/ and fail with 403 → this host, status 301 with the key login.html",
    "Every request → all.example, status 301",
  ]);
});

test("its address is told, and is where it is served", async ({ page, context }) => {
  const server = await startServer({ WEBSITE_DOMAIN: "web.localhost" });
  try {
    await context.addCookies([{ ...(await sessionOf(server, server.admin)), url: server.ui }]);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const s3 = s3Of(server, server.admin);
    await seed(s3, "pages", { "index.html": "welcome", "oops.html": "not here" });
    const card = await open(page, "pages", server.ui);
    await card.getByRole("button", { name: "Edit website" }).click();
    const form = dialog(page, "Edit website");
    await form.getByLabel("Error document").fill("oops.html");
    await form.getByRole("button", { name: "Save" }).click();
    const address = `http://pages.web.localhost:${new URL(server.s3).port}`;
    await expect(fact(card, "Address").getByRole("link")).toHaveAttribute("href", address);
    await card.getByRole("button", { name: "Copy Address" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(address);

    // As it says, nobody may read it yet; a policy changes that.
    await expect(card).toContainText("nobody may read this bucket without signing in");
    expect((await visit(server, "pages.web.localhost", "/")).status).toBe(403);
    await s3.send(
      new PutBucketPolicyCommand({
        Bucket: "pages",
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::pages/*" },
            { Effect: "Allow", Principal: "*", Action: "s3:ListBucket", Resource: "arn:aws:s3:::pages" },
          ],
        }),
      }),
    );
    expect(await visit(server, "pages.web.localhost", "/")).toMatchObject({ status: 200, body: "welcome" });
    expect(await visit(server, "pages.web.localhost", "/none")).toMatchObject({ status: 404, body: "not here" });
    await page.reload();
    await expect(fact(card, "Index document")).toHaveText("index.html");
    await expect(card).not.toContainText("nobody may read this bucket");
    s3.destroy();
  } finally {
    await page.goto("about:blank");
    await server.stop();
  }
});

test("a document with parts that the form does not know has no form", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  const document =
    "<WebsiteConfiguration><IndexDocument><Suffix>i.html</Suffix></IndexDocument><Theme>dark</Theme></WebsiteConfiguration>";
  await page.route(`**/myfsio/buckets/${bucket}/documents/website`, (route) => route.fulfill({ json: { document } }));
  const card = await open(page, bucket);
  await expect(card).toContainText("Theme");
  const edit = card.getByRole("button", { name: "Edit website" });
  await expect(edit).toHaveAttribute("aria-disabled", "true");
  await edit.click({ force: true });
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("what the server refuses is told with its code", async ({ page, s3, bucket, tolerate }) => {
  tolerate(/status of 400/);
  await seed(s3, bucket);
  const card = await open(page, bucket);
  await card.getByRole("button", { name: "Edit website" }).click();
  const form = dialog(page, "Edit website");
  await page.route(`**/documents/website`, (route) =>
    route.continue({ postData: JSON.stringify({ document: "<WebsiteConfiguration/>" }) }),
  );
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toContainText("The website was not changed");
  await expect(form.getByRole("alert")).toContainText("InvalidArgument");
  await expect(form.getByRole("button", { name: "Copy the request's id" })).toBeVisible();
});

test("who may not read it, or not change it, sees why", async ({ page, s3, admin, actAs, bucket }) => {
  await seed(s3, bucket);
  await s3.send(
    new PutBucketWebsiteCommand({
      Bucket: bucket,
      WebsiteConfiguration: { IndexDocument: { Suffix: "i.html" } },
    }),
  );
  await actAs(await newUser(admin, [{ bucket, actions: ["s3:ListBucket", "s3:GetBucketWebsite"] }]));
  const card = await open(page, bucket);
  await expect(fact(card, "Index document")).toHaveText("i.html");
  const edit = card.getByRole("button", { name: "Edit website" });
  await edit.hover();
  await expect(page.getByRole("tooltip")).toContainText("s3:PutBucketWebsite");
  await edit.click({ force: true });
  await expect(page.getByRole("dialog")).toHaveCount(0);

  // Changing is another right than ending it.
  await actAs(
    await newUser(admin, [{ bucket, actions: ["s3:ListBucket", "s3:GetBucketWebsite", "s3:PutBucketWebsite"] }]),
  );
  await open(page, bucket);
  await edit.click();
  await expect(dialog(page, "Edit website").getByRole("radio", { name: "Nothing" })).toBeDisabled();
  await expect(dialog(page, "Edit website")).toContainText("s3:DeleteBucketWebsite");

  await actAs(await newUser(admin, [{ bucket, actions: ["list"] }]));
  await page.goto(`/ui/buckets/${bucket}/properties`);
  await expect(page.getByRole("region", { name: "Website" })).toContainText(
    "You lack the permission s3:GetBucketWebsite",
  );
  await expect(page.getByRole("region", { name: "Object Lock" })).toContainText(
    "You lack the permission s3:GetBucketObjectLockConfiguration",
  );
});
