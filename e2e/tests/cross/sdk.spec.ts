import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expectRows, fact, openBucket, openDetails, row, saved, upload, uploadFiles } from "../../support/console";
import { seed } from "../../support/s3";
import { noise, sha256 } from "../../support/samples";
import { expect, test } from "../../support/test";

const MIB = 1024 * 1024;

test("what the browser uploads an SDK reads, byte for byte", async ({ page, s3, bucket, folder }) => {
  const files = {
    "plain.txt": Buffer.from("plain text\r\nwith both ends\n"),
    "ünï cödé 日本語 ☃.bin": noise(70_000),
    "a+b&c=d%20e?.dat": noise(1),
    "empty.bin": Buffer.alloc(0),
    "inline-edge.bin": noise(65_536),
    "large.bin": noise(36 * MIB),
  };
  await seed(s3, bucket);
  await openBucket(page, bucket, "?prefix=größe/");
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  await uploadFiles(
    page,
    Object.keys(files).map((name) => join(folder, name)),
  );
  for (const name of Object.keys(files)) {
    await expect(upload(page, name).getByLabel("Uploaded")).toBeVisible({ timeout: 40_000 });
  }
  for (const [name, content] of Object.entries(files)) {
    const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `größe/${name}` }));
    expect(got.ContentLength, name).toBe(content.length);
    expect(sha256((await got.Body?.transformToByteArray()) ?? new Uint8Array()), name).toBe(sha256(content));
  }
  const text = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: "größe/plain.txt" }));
  expect(text.ContentType).toBe("text/plain");
  const parts = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: "größe/large.bin", PartNumber: 1 }));
  expect(parts.PartsCount).toBe(3);
});

test("what an SDK writes the browser shows and saves", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  const key = "från SDK/ключ 鍵 ☃+&%.bin";
  const content = noise(150_000);
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: content,
      ContentType: "application/x-noise",
      ContentDisposition: 'inline; filename="x.bin"',
      Metadata: { colour: "blue", "with-dash": "1 2 3" },
      ChecksumAlgorithm: "CRC32C",
    }),
  );
  await openBucket(page, bucket);
  await page.getByRole("link", { name: "från SDK" }).click();
  const name = "ключ 鍵 ☃+&%.bin";
  await expectRows(page, [name]);
  const details = await openDetails(page, name);
  await expect(fact(details, "Type")).toHaveText("application/x-noise");
  await expect(fact(details, "Size")).toContainText("150,000 bytes");
  await expect(fact(details.getByRole("region", { name: "Metadata" }), "colour")).toContainText("blue");
  await expect(fact(details.getByRole("region", { name: "Metadata" }), "with-dash")).toContainText("1 2 3");
  await expect(details.getByRole("region", { name: "Checksums" })).toContainText("CRC32C");
  const file = await saved(page, () => details.getByRole("button", { name: "Download" }).click());
  expect(file.name).toBe(name.replace(/[%?]/g, (c) => (c === "%" ? "%" : "_")));
  expect(sha256(file.bytes)).toBe(sha256(content));
});

test("an SDK's upload in parts is one object in the browser, and a copy of it too", async ({ page, s3, bucket }) => {
  await seed(s3, bucket);
  const at = { Bucket: bucket, Key: "parts.bin" };
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: "CRC32", Metadata: { made: "in parts" } }),
  );
  await openBucket(page, bucket);
  await expect(page.getByRole("heading", { name: "This bucket is empty" })).toBeVisible();
  const pieces = [noise(5 * MIB), noise(5 * MIB), noise(7)];
  const Parts: CompletedPart[] = await Promise.all(
    pieces.map(async (Body, i) => {
      const PartNumber = i + 1;
      const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
      return { PartNumber, ETag, ChecksumCRC32 };
    }),
  );
  await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: "copy.bin", CopySource: `${bucket}/parts.bin` }));
  await page.keyboard.press("r");
  await expectRows(page, ["copy.bin", "parts.bin"]);
  const details = await openDetails(page, "parts.bin");
  await expect(fact(details, "Parts")).toHaveText("3");
  await expect(fact(details.getByRole("region", { name: "Metadata" }), "made")).toContainText("in parts");
  const file = await saved(page, () => details.getByRole("button", { name: "Download" }).click());
  expect(sha256(file.bytes)).toBe(sha256(Buffer.concat(pieces)));
  const copy = await saved(page, async () =>
    (await openDetails(page, "copy.bin")).getByRole("button", { name: "Download" }).click(),
  );
  expect(sha256(copy.bytes)).toBe(sha256(Buffer.concat(pieces)));
});

test("both see what the other one deletes and counts", async ({ page, s3, bucket }) => {
  await seed(s3, bucket, { "a.txt": "a", "b.txt": "bb" }, { versioning: true });
  await openBucket(page, bucket);
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a.txt" }));
  await page.getByRole("button", { name: "Refresh" }).click();
  await expectRows(page, ["b.txt"]);
  await expect(page.getByText("1 object", { exact: true })).toBeVisible();
  await row(page, "b.txt").focus();
  await page.keyboard.press("Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "This bucket is empty" })).toBeVisible();
  expect((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount).toBe(0);
  await page.getByRole("link", { name: "Properties" }).click();
  const contents = page.getByRole("region", { name: "Contents" });
  await expect(contents.getByText("2 delete markers")).toBeVisible();
  await expect(contents.getByText("2 versions")).toBeVisible();
});
