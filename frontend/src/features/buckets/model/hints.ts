/** Lines that reach this server from a terminal or a program; nothing in them is secret. */

export const cliLines = (endpoint: string, bucket: string): string =>
  [
    `aws --endpoint-url ${endpoint} s3 mb s3://${bucket}`,
    `aws --endpoint-url ${endpoint} s3 cp ./photo.jpg s3://${bucket}/`,
  ].join("\n");

export const boto3Lines = (endpoint: string, region: string, bucket: string): string =>
  [
    "import boto3",
    "",
    `s3 = boto3.client("s3", endpoint_url="${endpoint}", region_name="${region}")`,
    `s3.create_bucket(Bucket="${bucket}")`,
    `s3.upload_file("photo.jpg", "${bucket}", "photo.jpg")`,
  ].join("\n");

export const listLine = (endpoint: string, bucket: string): string =>
  `aws --endpoint-url ${endpoint} s3 ls s3://${bucket}/`;

export const syncLine = (endpoint: string, bucket: string): string =>
  `aws --endpoint-url ${endpoint} s3 sync . s3://${bucket}/`;

export const listLines = (endpoint: string, region: string, bucket: string): string =>
  [
    "import boto3",
    "",
    `s3 = boto3.client("s3", endpoint_url="${endpoint}", region_name="${region}")`,
    `for item in s3.list_objects_v2(Bucket="${bucket}").get("Contents", []):`,
    '    print(item["Key"], item["Size"])',
  ].join("\n");

export const s3Uri = (bucket: string): string => `s3://${bucket}`;
export const arn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
