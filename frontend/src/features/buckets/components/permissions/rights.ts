/** What reading and changing the documents needs. */
export const READ = {
  policy: "s3:GetBucketPolicy",
  policyStatus: "s3:GetBucketPolicyStatus",
  publicAccess: "s3:GetBucketPublicAccessBlock",
  ownership: "s3:GetBucketOwnershipControls",
  acl: "s3:GetBucketAcl",
  cors: "s3:GetBucketCORS",
} as const;

export const WRITE = {
  policy: "s3:PutBucketPolicy",
  detach: "s3:DeleteBucketPolicy",
  publicAccess: "s3:PutBucketPublicAccessBlock",
  ownership: "s3:PutBucketOwnershipControls",
  acl: "s3:PutBucketAcl",
  cors: "s3:PutBucketCORS",
} as const;

/** The permission, if it is none of these. */
export const lacking = (permissions: readonly string[], action: string): string | undefined =>
  permissions.includes(action) ? undefined : action;
