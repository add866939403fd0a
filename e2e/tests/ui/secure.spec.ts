import { fileURLToPath } from "node:url";
import { expectRows, openDetails, saved, upload, uploadFiles } from "../../support/console";
import { startServer } from "../../support/server";
import { expect, test } from "../../support/test";

// A certificate of its own, for these tests alone.
const pem = (name: string) => fileURLToPath(new URL(`../../support/tls/${name}.pem`, import.meta.url));

test.use({ signedIn: false, ignoreHTTPSErrors: true });

test("the console works over TLS and HTTP/2, with a cookie that nothing else carries", async ({ page, context }) => {
  const secure = await startServer({ TLS_CERT_FILE: pem("cert"), TLS_KEY_FILE: pem("key") });
  try {
    expect(secure.ui).toMatch(/^https:/);
    const answer = await page.goto(`${secure.ui}/ui/`);
    expect(answer?.headers()["content-security-policy"]).toContain(`connect-src 'self' ${secure.s3};`);
    expect(
      await page.evaluate(
        () => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).nextHopProtocol,
      ),
    ).toBe("h2");
    await page.getByLabel("Access key").fill(secure.admin.accessKey);
    await page.getByRole("textbox", { name: "Secret key" }).fill(secure.admin.secretKey);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("heading", { name: "No buckets yet" })).toBeVisible();
    const [cookie] = await context.cookies(secure.ui);
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: "Strict" });

    await page.getByRole("button", { name: "Create a bucket" }).click();
    await page.getByRole("dialog", { name: "Create bucket" }).getByLabel("Name").fill("over-tls");
    await page.getByRole("dialog", { name: "Create bucket" }).getByRole("button", { name: "Create bucket" }).click();
    await expect(page.getByRole("heading", { name: "This bucket is empty" })).toBeVisible();
    const bytes = Buffer.alloc(3_000_000, "tls ");
    await uploadFiles(page, [{ name: "large.txt", buffer: bytes }]);
    await expect(upload(page, "large.txt").getByLabel("Uploaded")).toBeVisible();
    await expectRows(page, ["large.txt"]);
    const details = await openDetails(page, "large.txt");
    const file = await saved(page, () => details.getByRole("button", { name: "Download" }).click());
    expect(file.bytes.equals(bytes)).toBe(true);
  } finally {
    await page.goto("about:blank");
    await secure.stop();
  }
});
