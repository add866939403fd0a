import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sessionOf } from "../support/api";
import { openDetails } from "../support/console";
import { s3Of, seed } from "../support/s3";
import { noise, png } from "../support/samples";
import { startServer } from "../support/server";
import { expect, test } from "../support/test";

const images = fileURLToPath(new URL("../../docs/images/", import.meta.url));

const KB = 1024;

test("docs/images/console.png", async ({ page, context }) => {
  const server = await startServer();
  try {
    const s3 = s3Of(server, server.admin);
    await seed(
      s3,
      "harbour-archive",
      {
        "2023/summer/0001.jpg": noise(90 * KB),
        "2024/autumn/0001.jpg": noise(120 * KB),
        "plans/quay-4.pdf": noise(300 * KB),
        "sound/foghorn.wav": noise(60 * KB),
        "backup-2024-11-01.tar.gz": noise(4800 * KB),
        "boats.csv": "name,length\nAlma,12.4\nBritta,9.8\n",
        "crane-inspection.pdf": noise(812 * KB),
        "interview-harbour-master.mp3": noise(2300 * KB),
        "opening-day.mp4": noise(6100 * KB),
        "quay-at-dawn.png": png(960, 540),
        "README.md": "# Harbour archive\n\nPictures, plans and sound of the old harbour.\n",
        "tides.json": '{"station":"north","unit":"m","levels":[0.4,1.1,1.9,1.2]}',
        "webcam.yaml": "camera: north pier\ninterval: 10m\n",
      },
      { versioning: true },
    );
    await seed(s3, "website", { "index.html": "<h1>Harbour</h1>" });
    await context.addCookies([{ ...(await sessionOf(server, server.admin)), url: server.ui }]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${server.ui}/ui/buckets/harbour-archive`);
    const details = await openDetails(page, "tides.json");
    await expect(details.getByRole("region", { name: "Preview" })).toContainText("levels");
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.fonts.ready);
    const picture = await page.screenshot();
    expect(picture.length).toBeLessThan(200 * KB);
    await mkdir(images, { recursive: true });
    await writeFile(join(images, "console.png"), picture);
    expect(await readdir(images)).toContain("console.png");
  } finally {
    await page.goto("about:blank");
    await server.stop();
  }
});
