import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Credentials, Server } from "./server";

/** The SDK as a program would set it up. */
export const s3Of = (server: Server, who: Credentials): S3Client =>
  new S3Client({
    endpoint: server.s3,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: who.accessKey, secretAccessKey: who.secretKey },
  });

export type Body = string | Uint8Array;

/** Makes a bucket that holds these objects. */
export async function seed(
  s3: S3Client,
  bucket: string,
  objects: Record<string, Body> = {},
  how: { versioning?: boolean } = {},
): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  if (how.versioning) {
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
  }
  await putAll(s3, bucket, objects);
}

const TYPES: Record<string, string> = {
  txt: "text/plain",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  wav: "audio/wav",
  webm: "video/webm",
  csv: "text/csv",
  md: "text/markdown",
};

/** Puts objects, sixteen at a time; the type is that of the name's ending. */
export async function putAll(s3: S3Client, bucket: string, objects: Record<string, Body>): Promise<void> {
  const left = Object.entries(objects);
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [Key, Body] = next;
      const ContentType = TYPES[Key.slice(Key.lastIndexOf(".") + 1)];
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType }));
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
}

/** `count` small objects named prefix0000.txt, prefix0001.txt, … */
export const many = (count: number, prefix = "file-"): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${prefix}${String(i).padStart(4, "0")}.txt`, `content of ${i}`]),
  );

/** Closes a bucket to the public: everybody whom later tests make would see it. */
export async function close(s3: S3Client, bucket: string): Promise<void> {
  const PublicAccessBlockConfiguration = { IgnorePublicAcls: true };
  await s3.send(new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration }));
  await s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
}
