const policyOf = (...statements: object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 2);

/** Policies to begin with; names in capitals are to be replaced. */
export const TEMPLATES = {
  administrator: policyOf({ Effect: "Allow", Action: "*", Resource: "*" }),
  "read-only": policyOf({ Effect: "Allow", Action: ["s3:Get*", "s3:List*"], Resource: "*" }),
  "read-write": policyOf({
    Effect: "Allow",
    Action: ["s3:Get*", "s3:List*", "s3:PutObject*", "s3:DeleteObject*", "s3:AbortMultipartUpload"],
    Resource: "*",
  }),
  bucket: policyOf(
    { Effect: "Allow", Action: ["s3:ListAllMyBuckets", "s3:GetBucketLocation"], Resource: "*" },
    {
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
      Resource: "arn:aws:s3:::BUCKET",
    },
    {
      Effect: "Allow",
      Action: ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*", "s3:AbortMultipartUpload"],
      Resource: "arn:aws:s3:::BUCKET/*",
    },
  ),
} as const;
export type TemplateId = keyof typeof TEMPLATES;

/** A trust policy for whoever has this ARN. */
export const trustFor = (principal: string): string =>
  policyOf({ Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole" });
