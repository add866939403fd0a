// Generated from openapi.json by `make gen`; do not edit.

import type { Client, Options as Options2, TDataShape } from './client';
import { client } from './client.gen';
import type { AbortUploadData, AbortUploadErrors, AbortUploadResponses, AddMemberData, AddMemberErrors, AddMemberResponses, AttachPolicyData, AttachPolicyErrors, AttachPolicyResponses, CancelJobData, CancelJobErrors, CancelJobResponses, ChangePasswordData, ChangePasswordErrors, ChangePasswordResponses, CompleteUploadData, CompleteUploadErrors, CompleteUploadResponses, ConfirmDeviceData, ConfirmDeviceErrors, ConfirmDeviceResponses, CopyObjectData, CopyObjectErrors, CopyObjectResponses, CreateAccessKeyData, CreateAccessKeyErrors, CreateAccessKeyResponses, CreateAccountData, CreateAccountErrors, CreateAccountResponses, CreateBucketData, CreateBucketErrors, CreateBucketResponses, CreateBulkCopyData, CreateBulkCopyErrors, CreateBulkCopyResponses, CreateBulkDeleteData, CreateBulkDeleteErrors, CreateBulkDeleteResponses, CreateFolderData, CreateFolderErrors, CreateFolderResponses, CreateIdentityData, CreateIdentityErrors, CreateIdentityResponses, CreateLinkData, CreateLinkErrors, CreateLinkResponses, CreateManagedPolicyData, CreateManagedPolicyErrors, CreateManagedPolicyResponses, CreatePolicyVersionData, CreatePolicyVersionErrors, CreatePolicyVersionResponses, CreateSessionData, CreateSessionErrors, CreateSessionResponses, CreateTokenData, CreateTokenErrors, CreateTokenResponses, CreateUploadData, CreateUploadErrors, CreateUploadResponses, CreateUserData, CreateUserErrors, CreateUserResponses, CreateZipData, CreateZipErrors, CreateZipResponses, DeleteAccessKeyData, DeleteAccessKeyErrors, DeleteAccessKeyResponses, DeleteAccountData, DeleteAccountErrors, DeleteAccountResponses, DeleteBoundaryData, DeleteBoundaryErrors, DeleteBoundaryResponses, DeleteBucketCorsData, DeleteBucketCorsErrors, DeleteBucketCorsResponses, DeleteBucketData, DeleteBucketErrors, DeleteBucketLifecycleData, DeleteBucketLifecycleErrors, DeleteBucketLifecycleResponses, DeleteBucketOwnershipControlsData, DeleteBucketOwnershipControlsErrors, DeleteBucketOwnershipControlsResponses, DeleteBucketPolicyData, DeleteBucketPolicyErrors, DeleteBucketPolicyResponses, DeleteBucketResponses, DeleteBucketTaggingData, DeleteBucketTaggingErrors, DeleteBucketTaggingResponses, DeleteBucketWebsiteData, DeleteBucketWebsiteErrors, DeleteBucketWebsiteResponses, DeleteIdentityData, DeleteIdentityErrors, DeleteIdentityResponses, DeleteInlinePolicyData, DeleteInlinePolicyErrors, DeleteInlinePolicyResponses, DeleteManagedPolicyData, DeleteManagedPolicyErrors, DeleteManagedPolicyResponses, DeleteObjectData, DeleteObjectErrors, DeleteObjectResponses, DeletePasswordData, DeletePasswordErrors, DeletePasswordResponses, DeletePolicyVersionData, DeletePolicyVersionErrors, DeletePolicyVersionResponses, DeletePublicAccessBlockData, DeletePublicAccessBlockErrors, DeletePublicAccessBlockResponses, DeleteSessionData, DeleteSessionErrors, DeleteSessionResponses, DeleteUserData, DeleteUserErrors, DeleteUserResponses, DetachPolicyData, DetachPolicyErrors, DetachPolicyResponses, EndConsoleData, EndConsoleErrors, EndConsoleResponses, EndOtherSessionsData, EndOtherSessionsErrors, EndOtherSessionsResponses, EndSessionData, EndSessionErrors, EndSessionResponses, EnrolDeviceData, EnrolDeviceErrors, EnrolDeviceResponses, ExplainAuditData, ExplainAuditErrors, ExplainAuditResponses, ExportAuditData, ExportAuditErrors, ExportAuditResponses, FinishSingleSignOnData, FinishSingleSignOnErrors, FinishSingleSignOnResponses, GetBucketAccessData, GetBucketAccessErrors, GetBucketAccessResponses, GetBucketAclData, GetBucketAclErrors, GetBucketAclResponses, GetBucketCorsData, GetBucketCorsErrors, GetBucketCorsResponses, GetBucketData, GetBucketErrors, GetBucketLifecycleData, GetBucketLifecycleErrors, GetBucketLifecycleResponses, GetBucketOwnershipControlsData, GetBucketOwnershipControlsErrors, GetBucketOwnershipControlsResponses, GetBucketPolicyData, GetBucketPolicyErrors, GetBucketPolicyResponses, GetBucketPolicyStatusData, GetBucketPolicyStatusErrors, GetBucketPolicyStatusResponses, GetBucketResponses, GetBucketTaggingData, GetBucketTaggingErrors, GetBucketTaggingResponses, GetBucketWebsiteData, GetBucketWebsiteErrors, GetBucketWebsiteResponses, GetCompatibilityData, GetCompatibilityErrors, GetCompatibilityResponses, GetConfigData, GetConfigErrors, GetConfigResponses, GetContentData, GetContentErrors, GetContentResponses, GetHealthData, GetHealthErrors, GetHealthResponses, GetIdentityData, GetIdentityErrors, GetIdentityResponses, GetJobData, GetJobErrors, GetJobResponses, GetLifecycleHistoryData, GetLifecycleHistoryErrors, GetLifecycleHistoryResponses, GetManagedPolicyData, GetManagedPolicyErrors, GetManagedPolicyResponses, GetObjectData, GetObjectErrors, GetObjectLegalHoldData, GetObjectLegalHoldErrors, GetObjectLegalHoldResponses, GetObjectLockConfigurationData, GetObjectLockConfigurationErrors, GetObjectLockConfigurationResponses, GetObjectResponses, GetObjectRetentionData, GetObjectRetentionErrors, GetObjectRetentionResponses, GetProfileData, GetProfileErrors, GetProfileResponses, GetPublicAccessBlockData, GetPublicAccessBlockErrors, GetPublicAccessBlockResponses, GetQuotaData, GetQuotaErrors, GetQuotaResponses, GetServerData, GetServerErrors, GetServerResponses, GetSessionData, GetSessionErrors, GetSessionResponses, GetVersionData, GetVersionErrors, GetVersioningData, GetVersioningErrors, GetVersioningResponses, GetVersionResponses, GetZipData, GetZipErrors, GetZipResponses, HeadHealthData, HeadHealthErrors, HeadHealthResponses, LeaveSingleSignOnData, LeaveSingleSignOnErrors, LeaveSingleSignOnResponses, ListAccountsData, ListAccountsErrors, ListAccountsResponses, ListBucketsData, ListBucketsErrors, ListBucketsResponses, ListIdentitiesData, ListIdentitiesErrors, ListIdentitiesResponses, ListJobsData, ListJobsErrors, ListJobsResponses, ListManagedPoliciesData, ListManagedPoliciesErrors, ListManagedPoliciesResponses, ListObjectsData, ListObjectsErrors, ListObjectsResponses, ListPartsData, ListPartsErrors, ListPartsResponses, ListSessionsData, ListSessionsErrors, ListSessionsResponses, ListUploadsData, ListUploadsErrors, ListUploadsResponses, ListUsersData, ListUsersErrors, ListUsersResponses, ListVersionsData, ListVersionsErrors, ListVersionsResponses, MoveObjectData, MoveObjectErrors, MoveObjectResponses, PreviewLifecycleData, PreviewLifecycleErrors, PreviewLifecycleResponses, PutBucketAclData, PutBucketAclErrors, PutBucketAclResponses, PutBucketCorsData, PutBucketCorsErrors, PutBucketCorsResponses, PutBucketLifecycleData, PutBucketLifecycleErrors, PutBucketLifecycleResponses, PutBucketOwnershipControlsData, PutBucketOwnershipControlsErrors, PutBucketOwnershipControlsResponses, PutBucketPolicyData, PutBucketPolicyErrors, PutBucketPolicyResponses, PutBucketTaggingData, PutBucketTaggingErrors, PutBucketTaggingResponses, PutBucketWebsiteData, PutBucketWebsiteErrors, PutBucketWebsiteResponses, PutContentData, PutContentErrors, PutContentResponses, PutInlinePolicyData, PutInlinePolicyErrors, PutInlinePolicyResponses, PutObjectLegalHoldData, PutObjectLegalHoldErrors, PutObjectLegalHoldResponses, PutObjectLockConfigurationData, PutObjectLockConfigurationErrors, PutObjectLockConfigurationResponses, PutObjectRetentionData, PutObjectRetentionErrors, PutObjectRetentionResponses, PutPartData, PutPartErrors, PutPartResponses, PutPublicAccessBlockData, PutPublicAccessBlockErrors, PutPublicAccessBlockResponses, RefreshTokenData, RefreshTokenErrors, RefreshTokenResponses, RemoveDeviceData, RemoveDeviceErrors, RemoveDeviceResponses, RemoveMemberData, RemoveMemberErrors, RemoveMemberResponses, RemoveOwnDeviceData, RemoveOwnDeviceErrors, RemoveOwnDeviceResponses, RenameObjectData, RenameObjectErrors, RenameObjectResponses, RevokeTokenData, RevokeTokenErrors, RevokeTokenResponses, RotateSecretData, RotateSecretErrors, RotateSecretResponses, SearchAuditData, SearchAuditErrors, SearchAuditResponses, SearchObjectsData, SearchObjectsErrors, SearchObjectsResponses, SetAccessKeyData, SetAccessKeyErrors, SetAccessKeyResponses, SetBoundaryData, SetBoundaryErrors, SetBoundaryResponses, SetDefaultPolicyVersionData, SetDefaultPolicyVersionErrors, SetDefaultPolicyVersionResponses, SetPasswordData, SetPasswordErrors, SetPasswordResponses, SetQuotaData, SetQuotaErrors, SetQuotaResponses, SetTrustPolicyData, SetTrustPolicyErrors, SetTrustPolicyResponses, SetUserPoliciesData, SetUserPoliciesErrors, SetUserPoliciesResponses, SetVersioningData, SetVersioningErrors, SetVersioningResponses, SimulateData, SimulateErrors, SimulateResponses, StartSingleSignOnData, StartSingleSignOnErrors, StartSingleSignOnResponses, TagIdentityData, TagIdentityErrors, TagIdentityResponses, UntagIdentityData, UntagIdentityErrors, UntagIdentityResponses, UpdateIdentityData, UpdateIdentityErrors, UpdateIdentityResponses } from './types.gen';

export type Options<TData extends TDataShape = TDataShape, ThrowOnError extends boolean = boolean, TResponse = unknown> = Options2<TData, ThrowOnError, TResponse> & {
    /**
     * You can provide a client instance returned by `createClient()` instead of
     * individual options. This might be also useful if you want to implement a
     * custom client.
     */
    client?: Client;
    /**
     * You can pass arbitrary values through the `meta` object. This can be
     * used to access values that aren't defined as part of the SDK function.
     */
    meta?: Record<string, unknown>;
};

/**
 * List accounts
 *
 * Permission: myfsio:ListAccounts.
 */
export const listAccounts = <ThrowOnError extends boolean = false>(options?: Options<ListAccountsData, ThrowOnError>) => (options?.client ?? client).get<ListAccountsResponses, ListAccountsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/accounts',
    ...options
});

/**
 * Create an account with its first administrator
 *
 * The answer is the only one that shows the secret key.
 *
 * Permission: myfsio:CreateAccount.
 */
export const createAccount = <ThrowOnError extends boolean = false>(options: Options<CreateAccountData, ThrowOnError>) => (options.client ?? client).post<CreateAccountResponses, CreateAccountErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/accounts',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Delete an account with its users
 *
 * Refused while the account has buckets, and for the account `default`.
 *
 * Permission: myfsio:DeleteAccount.
 */
export const deleteAccount = <ThrowOnError extends boolean = false>(options: Options<DeleteAccountData, ThrowOnError>) => (options.client ?? client).delete<DeleteAccountResponses, DeleteAccountErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/accounts/{name}',
    ...options
});

/**
 * Search the audit log
 *
 * Newest first. One call looks at a bounded part of the log and answers what it found there with a cursor to go on from.
 *
 * Permission: myfsio:GetAuditLog.
 */
export const searchAudit = <ThrowOnError extends boolean = false>(options?: Options<SearchAuditData, ThrowOnError>) => (options?.client ?? client).get<SearchAuditResponses, SearchAuditErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/audit',
    ...options
});

/**
 * Download the audit log as JSON lines
 *
 * The lines that the filters leave, newest first, as they are in the log. The hashes of the chain are in them.
 *
 * Permission: myfsio:GetAuditLog.
 */
export const exportAudit = <ThrowOnError extends boolean = false>(options?: Options<ExportAuditData, ThrowOnError>) => (options?.client ?? client).get<ExportAuditResponses, ExportAuditErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/audit/export',
    ...options
});

/**
 * Why was a request denied
 *
 * Looks the id of a request up, as the error of the request carries it, and tells which statement of which policy decided, or what else was in the way. Operations on data that were allowed are there only with `AUDIT_LOG=all`.
 *
 * Permission: myfsio:GetAuditLog.
 */
export const explainAudit = <ThrowOnError extends boolean = false>(options: Options<ExplainAuditData, ThrowOnError>) => (options.client ?? client).get<ExplainAuditResponses, ExplainAuditErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/audit/requests/{request}',
    ...options
});

/**
 * List buckets
 *
 * The buckets of the account that the user may list, with what they hold.
 */
export const listBuckets = <ThrowOnError extends boolean = false>(options?: Options<ListBucketsData, ThrowOnError>) => (options?.client ?? client).get<ListBucketsResponses, ListBucketsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets',
    ...options
});

/**
 * Create a bucket
 *
 * Starting with versioning also needs s3:PutBucketVersioning; with Object Lock s3:PutBucketObjectLockConfiguration too.
 *
 * Permission: s3:CreateBucket.
 */
export const createBucket = <ThrowOnError extends boolean = false>(options: Options<CreateBucketData, ThrowOnError>) => (options.client ?? client).post<CreateBucketResponses, CreateBucketErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Delete an empty bucket
 *
 * Permission: s3:DeleteBucket.
 */
export const deleteBucket = <ThrowOnError extends boolean = false>(options: Options<DeleteBucketData, ThrowOnError>) => (options.client ?? client).delete<DeleteBucketResponses, DeleteBucketErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}',
    ...options
});

/**
 * Get a bucket
 *
 * Permission: s3:ListBucket.
 */
export const getBucket = <ThrowOnError extends boolean = false>(options: Options<GetBucketData, ThrowOnError>) => (options.client ?? client).get<GetBucketResponses, GetBucketErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}',
    ...options
});

/**
 * Who has access to a bucket or a prefix, and through what
 *
 * Users are looked at for who has iam:ListUsers, roles with iam:ListRoles. What is not conditional is always allowed; what is not there never is, but for what lists of single objects give. A large account is looked at in parts: while the answer has a cursor there may be more, also where the part is empty.
 *
 * Permission: s3:GetBucketPolicy, s3:GetBucketAcl.
 */
export const getBucketAccess = <ThrowOnError extends boolean = false>(options: Options<GetBucketAccessData, ThrowOnError>) => (options.client ?? client).get<GetBucketAccessResponses, GetBucketAccessErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/access',
    ...options
});

/**
 * Download an object
 *
 * Always as an attachment of the type application/octet-stream: nothing that a user stored is shown on the console's origin. A Range is answered with 206.
 *
 * Permission: s3:GetObject, s3:GetObjectVersion.
 */
export const getContent = <ThrowOnError extends boolean = false>(options: Options<GetContentData, ThrowOnError>) => (options.client ?? client).get<GetContentResponses, GetContentErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/content',
    ...options
});

/**
 * Upload an object
 *
 * Permission: s3:PutObject.
 */
export const putContent = <ThrowOnError extends boolean = false>(options: Options<PutContentData, ThrowOnError>) => (options.client ?? client).put<PutContentResponses, PutContentErrors, ThrowOnError>({
    bodySerializer: null,
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/content',
    ...options,
    headers: {
        'Content-Type': 'application/octet-stream',
        ...options.headers
    }
});

/**
 * Get the document acl
 *
 * As GET `?acl` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetBucketAcl.
 */
export const getBucketAcl = <ThrowOnError extends boolean = false>(options: Options<GetBucketAclData, ThrowOnError>) => (options.client ?? client).get<GetBucketAclResponses, GetBucketAclErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/acl',
    ...options
});

/**
 * Set the document acl
 *
 * As PUT `?acl` of the S3 port.
 *
 * Permission: s3:PutBucketAcl.
 */
export const putBucketAcl = <ThrowOnError extends boolean = false>(options: Options<PutBucketAclData, ThrowOnError>) => (options.client ?? client).put<PutBucketAclResponses, PutBucketAclErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/acl',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Remove the document cors
 *
 * As DELETE `?cors` of the S3 port.
 *
 * Permission: s3:PutBucketCORS.
 */
export const deleteBucketCors = <ThrowOnError extends boolean = false>(options: Options<DeleteBucketCorsData, ThrowOnError>) => (options.client ?? client).delete<DeleteBucketCorsResponses, DeleteBucketCorsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/cors',
    ...options
});

/**
 * Get the document cors
 *
 * As GET `?cors` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetBucketCORS.
 */
export const getBucketCors = <ThrowOnError extends boolean = false>(options: Options<GetBucketCorsData, ThrowOnError>) => (options.client ?? client).get<GetBucketCorsResponses, GetBucketCorsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/cors',
    ...options
});

/**
 * Set the document cors
 *
 * As PUT `?cors` of the S3 port.
 *
 * Permission: s3:PutBucketCORS.
 */
export const putBucketCors = <ThrowOnError extends boolean = false>(options: Options<PutBucketCorsData, ThrowOnError>) => (options.client ?? client).put<PutBucketCorsResponses, PutBucketCorsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/cors',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Remove the document lifecycle
 *
 * As DELETE `?lifecycle` of the S3 port.
 *
 * Permission: s3:PutLifecycleConfiguration.
 */
export const deleteBucketLifecycle = <ThrowOnError extends boolean = false>(options: Options<DeleteBucketLifecycleData, ThrowOnError>) => (options.client ?? client).delete<DeleteBucketLifecycleResponses, DeleteBucketLifecycleErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/lifecycle',
    ...options
});

/**
 * Get the document lifecycle
 *
 * As GET `?lifecycle` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetLifecycleConfiguration.
 */
export const getBucketLifecycle = <ThrowOnError extends boolean = false>(options: Options<GetBucketLifecycleData, ThrowOnError>) => (options.client ?? client).get<GetBucketLifecycleResponses, GetBucketLifecycleErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/lifecycle',
    ...options
});

/**
 * Set the document lifecycle
 *
 * As PUT `?lifecycle` of the S3 port.
 *
 * Permission: s3:PutLifecycleConfiguration.
 */
export const putBucketLifecycle = <ThrowOnError extends boolean = false>(options: Options<PutBucketLifecycleData, ThrowOnError>) => (options.client ?? client).put<PutBucketLifecycleResponses, PutBucketLifecycleErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/lifecycle',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Get the document object-lock
 *
 * As GET `?object-lock` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetBucketObjectLockConfiguration.
 */
export const getObjectLockConfiguration = <ThrowOnError extends boolean = false>(options: Options<GetObjectLockConfigurationData, ThrowOnError>) => (options.client ?? client).get<GetObjectLockConfigurationResponses, GetObjectLockConfigurationErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/object-lock',
    ...options
});

/**
 * Set the document object-lock
 *
 * As PUT `?object-lock` of the S3 port.
 *
 * Permission: s3:PutBucketObjectLockConfiguration.
 */
export const putObjectLockConfiguration = <ThrowOnError extends boolean = false>(options: Options<PutObjectLockConfigurationData, ThrowOnError>) => (options.client ?? client).put<PutObjectLockConfigurationResponses, PutObjectLockConfigurationErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/object-lock',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Remove the document ownershipControls
 *
 * As DELETE `?ownershipControls` of the S3 port.
 *
 * Permission: s3:PutBucketOwnershipControls.
 */
export const deleteBucketOwnershipControls = <ThrowOnError extends boolean = false>(options: Options<DeleteBucketOwnershipControlsData, ThrowOnError>) => (options.client ?? client).delete<DeleteBucketOwnershipControlsResponses, DeleteBucketOwnershipControlsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/ownershipControls',
    ...options
});

/**
 * Get the document ownershipControls
 *
 * As GET `?ownershipControls` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetBucketOwnershipControls.
 */
export const getBucketOwnershipControls = <ThrowOnError extends boolean = false>(options: Options<GetBucketOwnershipControlsData, ThrowOnError>) => (options.client ?? client).get<GetBucketOwnershipControlsResponses, GetBucketOwnershipControlsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/ownershipControls',
    ...options
});

/**
 * Set the document ownershipControls
 *
 * As PUT `?ownershipControls` of the S3 port.
 *
 * Permission: s3:PutBucketOwnershipControls.
 */
export const putBucketOwnershipControls = <ThrowOnError extends boolean = false>(options: Options<PutBucketOwnershipControlsData, ThrowOnError>) => (options.client ?? client).put<PutBucketOwnershipControlsResponses, PutBucketOwnershipControlsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/ownershipControls',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Remove the document policy
 *
 * As DELETE `?policy` of the S3 port.
 *
 * Permission: s3:DeleteBucketPolicy.
 */
export const deleteBucketPolicy = <ThrowOnError extends boolean = false>(options: Options<DeleteBucketPolicyData, ThrowOnError>) => (options.client ?? client).delete<DeleteBucketPolicyResponses, DeleteBucketPolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/policy',
    ...options
});

/**
 * Get the document policy
 *
 * As GET `?policy` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetBucketPolicy.
 */
export const getBucketPolicy = <ThrowOnError extends boolean = false>(options: Options<GetBucketPolicyData, ThrowOnError>) => (options.client ?? client).get<GetBucketPolicyResponses, GetBucketPolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/policy',
    ...options
});

/**
 * Set the document policy
 *
 * As PUT `?policy` of the S3 port.
 *
 * Permission: s3:PutBucketPolicy.
 */
export const putBucketPolicy = <ThrowOnError extends boolean = false>(options: Options<PutBucketPolicyData, ThrowOnError>) => (options.client ?? client).put<PutBucketPolicyResponses, PutBucketPolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/policy',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Get the document policyStatus
 *
 * As GET `?policyStatus` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetBucketPolicyStatus.
 */
export const getBucketPolicyStatus = <ThrowOnError extends boolean = false>(options: Options<GetBucketPolicyStatusData, ThrowOnError>) => (options.client ?? client).get<GetBucketPolicyStatusResponses, GetBucketPolicyStatusErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/policyStatus',
    ...options
});

/**
 * Remove the document publicAccessBlock
 *
 * As DELETE `?publicAccessBlock` of the S3 port.
 *
 * Permission: s3:PutBucketPublicAccessBlock.
 */
export const deletePublicAccessBlock = <ThrowOnError extends boolean = false>(options: Options<DeletePublicAccessBlockData, ThrowOnError>) => (options.client ?? client).delete<DeletePublicAccessBlockResponses, DeletePublicAccessBlockErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/publicAccessBlock',
    ...options
});

/**
 * Get the document publicAccessBlock
 *
 * As GET `?publicAccessBlock` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetBucketPublicAccessBlock.
 */
export const getPublicAccessBlock = <ThrowOnError extends boolean = false>(options: Options<GetPublicAccessBlockData, ThrowOnError>) => (options.client ?? client).get<GetPublicAccessBlockResponses, GetPublicAccessBlockErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/publicAccessBlock',
    ...options
});

/**
 * Set the document publicAccessBlock
 *
 * As PUT `?publicAccessBlock` of the S3 port.
 *
 * Permission: s3:PutBucketPublicAccessBlock.
 */
export const putPublicAccessBlock = <ThrowOnError extends boolean = false>(options: Options<PutPublicAccessBlockData, ThrowOnError>) => (options.client ?? client).put<PutPublicAccessBlockResponses, PutPublicAccessBlockErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/publicAccessBlock',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Remove the document tagging
 *
 * As DELETE `?tagging` of the S3 port.
 *
 * Permission: s3:PutBucketTagging.
 */
export const deleteBucketTagging = <ThrowOnError extends boolean = false>(options: Options<DeleteBucketTaggingData, ThrowOnError>) => (options.client ?? client).delete<DeleteBucketTaggingResponses, DeleteBucketTaggingErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/tagging',
    ...options
});

/**
 * Get the document tagging
 *
 * As GET `?tagging` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetBucketTagging.
 */
export const getBucketTagging = <ThrowOnError extends boolean = false>(options: Options<GetBucketTaggingData, ThrowOnError>) => (options.client ?? client).get<GetBucketTaggingResponses, GetBucketTaggingErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/tagging',
    ...options
});

/**
 * Set the document tagging
 *
 * As PUT `?tagging` of the S3 port.
 *
 * Permission: s3:PutBucketTagging.
 */
export const putBucketTagging = <ThrowOnError extends boolean = false>(options: Options<PutBucketTaggingData, ThrowOnError>) => (options.client ?? client).put<PutBucketTaggingResponses, PutBucketTaggingErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/tagging',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Remove the document website
 *
 * As DELETE `?website` of the S3 port.
 *
 * Permission: s3:DeleteBucketWebsite.
 */
export const deleteBucketWebsite = <ThrowOnError extends boolean = false>(options: Options<DeleteBucketWebsiteData, ThrowOnError>) => (options.client ?? client).delete<DeleteBucketWebsiteResponses, DeleteBucketWebsiteErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/website',
    ...options
});

/**
 * Get the document website
 *
 * As GET `?website` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetBucketWebsite.
 */
export const getBucketWebsite = <ThrowOnError extends boolean = false>(options: Options<GetBucketWebsiteData, ThrowOnError>) => (options.client ?? client).get<GetBucketWebsiteResponses, GetBucketWebsiteErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/website',
    ...options
});

/**
 * Set the document website
 *
 * As PUT `?website` of the S3 port.
 *
 * Permission: s3:PutBucketWebsite.
 */
export const putBucketWebsite = <ThrowOnError extends boolean = false>(options: Options<PutBucketWebsiteData, ThrowOnError>) => (options.client ?? client).put<PutBucketWebsiteResponses, PutBucketWebsiteErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/documents/website',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Create an empty folder
 *
 * An empty object whose key ends with a slash. Refused with PreconditionFailed when it exists.
 *
 * Permission: s3:PutObject.
 */
export const createFolder = <ThrowOnError extends boolean = false>(options: Options<CreateFolderData, ThrowOnError>) => (options.client ?? client).post<CreateFolderResponses, CreateFolderErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/folder',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * What the lifecycle rules did
 *
 * The latest rounds through the bucket, newest first. Rounds in which nothing was due are told once, as the last of them.
 *
 * Permission: s3:GetLifecycleConfiguration.
 */
export const getLifecycleHistory = <ThrowOnError extends boolean = false>(options: Options<GetLifecycleHistoryData, ThrowOnError>) => (options.client ?? client).get<GetLifecycleHistoryResponses, GetLifecycleHistoryErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/lifecycle/history',
    ...options
});

/**
 * What lifecycle rules would do
 *
 * Tells what the given rules, which are not stored, would end by now. A large bucket is looked at in parts: while the answer has a cursor, send the same rules again with it, and add up.
 *
 * Permission: s3:PutLifecycleConfiguration.
 */
export const previewLifecycle = <ThrowOnError extends boolean = false>(options: Options<PreviewLifecycleData, ThrowOnError>) => (options.client ?? client).post<PreviewLifecycleResponses, PreviewLifecycleErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/lifecycle/preview',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Delete an object
 *
 * As S3 does: in a bucket with versioning a delete marker comes; with versionId that version goes, and the permission is s3:DeleteObjectVersion.
 *
 * Permission: s3:DeleteObject, s3:DeleteObjectVersion.
 */
export const deleteObject = <ThrowOnError extends boolean = false>(options: Options<DeleteObjectData, ThrowOnError>) => (options.client ?? client).delete<DeleteObjectResponses, DeleteObjectErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/object',
    ...options
});

/**
 * Get what is known of an object
 *
 * With versionId the permission is s3:GetObjectVersion. Who may not list the bucket is refused where the key does not exist.
 *
 * Permission: s3:GetObject, s3:GetObjectVersion.
 */
export const getObject = <ThrowOnError extends boolean = false>(options: Options<GetObjectData, ThrowOnError>) => (options.client ?? client).get<GetObjectResponses, GetObjectErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/object',
    ...options
});

/**
 * Copy an object
 *
 * With its tags, if it has any: then s3:GetObjectTagging on it and s3:PutObjectTagging on the copy are needed, too.
 *
 * Permission: s3:GetObject, s3:GetObjectVersion, s3:PutObject.
 */
export const copyObject = <ThrowOnError extends boolean = false>(options: Options<CopyObjectData, ThrowOnError>) => (options.client ?? client).post<CopyObjectResponses, CopyObjectErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/object/copy',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Get the document legal-hold of an object
 *
 * As GET `?legal-hold` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetObjectLegalHold.
 */
export const getObjectLegalHold = <ThrowOnError extends boolean = false>(options: Options<GetObjectLegalHoldData, ThrowOnError>) => (options.client ?? client).get<GetObjectLegalHoldResponses, GetObjectLegalHoldErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/object/documents/legal-hold',
    ...options
});

/**
 * Set the document legal-hold of an object
 *
 * As PUT `?legal-hold` of the S3 port.
 *
 * Permission: s3:PutObjectLegalHold.
 */
export const putObjectLegalHold = <ThrowOnError extends boolean = false>(options: Options<PutObjectLegalHoldData, ThrowOnError>) => (options.client ?? client).put<PutObjectLegalHoldResponses, PutObjectLegalHoldErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/object/documents/legal-hold',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Get the document retention of an object
 *
 * As GET `?retention` of the S3 port, but that the absence of a document is no error.
 *
 * Permission: s3:GetObjectRetention.
 */
export const getObjectRetention = <ThrowOnError extends boolean = false>(options: Options<GetObjectRetentionData, ThrowOnError>) => (options.client ?? client).get<GetObjectRetentionResponses, GetObjectRetentionErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/object/documents/retention',
    ...options
});

/**
 * Set the document retention of an object
 *
 * As PUT `?retention` of the S3 port. A retention may always be made longer. Without an element it ends, which only bypass allows, and only for GOVERNANCE.
 *
 * Permission: s3:PutObjectRetention.
 */
export const putObjectRetention = <ThrowOnError extends boolean = false>(options: Options<PutObjectRetentionData, ThrowOnError>) => (options.client ?? client).put<PutObjectRetentionResponses, PutObjectRetentionErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/object/documents/retention',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Move an object
 *
 * A copy, then a delete of the source unless somebody changed it meanwhile. A crash between the two leaves both.
 *
 * Permission: s3:GetObject, s3:PutObject, s3:DeleteObject.
 */
export const moveObject = <ThrowOnError extends boolean = false>(options: Options<MoveObjectData, ThrowOnError>) => (options.client ?? client).post<MoveObjectResponses, MoveObjectErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/object/move',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Rename an object within its folder
 *
 * As moveObject.
 *
 * Permission: s3:GetObject, s3:PutObject, s3:DeleteObject.
 */
export const renameObject = <ThrowOnError extends boolean = false>(options: Options<RenameObjectData, ThrowOnError>) => (options.client ?? client).post<RenameObjectResponses, RenameObjectErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/object/rename',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Browse objects and folders
 *
 * Permission: s3:ListBucket.
 */
export const listObjects = <ThrowOnError extends boolean = false>(options: Options<ListObjectsData, ThrowOnError>) => (options.client ?? client).get<ListObjectsResponses, ListObjectsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/objects',
    ...options
});

/**
 * Get the quota and what counts toward it
 *
 * Permission: myfsio:GetBucketQuota.
 */
export const getQuota = <ThrowOnError extends boolean = false>(options: Options<GetQuotaData, ThrowOnError>) => (options.client ?? client).get<GetQuotaResponses, GetQuotaErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/quota',
    ...options
});

/**
 * Set or remove the quota
 *
 * Replaces both limits. A write that would take the bucket over a limit is refused with QuotaExceeded; what is over it already stays, and deletes and overwrites that shrink are always allowed.
 *
 * Permission: myfsio:PutBucketQuota.
 */
export const setQuota = <ThrowOnError extends boolean = false>(options: Options<SetQuotaData, ThrowOnError>) => (options.client ?? client).put<SetQuotaResponses, SetQuotaErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/quota',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Search keys by a part of them
 *
 * One call looks at a bounded number of keys for a bounded time, and answers what it found with a cursor to go on from. Searching by prefix is what listObjects does, at a cost that follows the answer.
 *
 * Permission: s3:ListBucket.
 */
export const searchObjects = <ThrowOnError extends boolean = false>(options: Options<SearchObjectsData, ThrowOnError>) => (options.client ?? client).get<SearchObjectsResponses, SearchObjectsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/search',
    ...options
});

/**
 * List open multipart uploads
 *
 * Permission: s3:ListBucketMultipartUploads.
 */
export const listUploads = <ThrowOnError extends boolean = false>(options: Options<ListUploadsData, ThrowOnError>) => (options.client ?? client).get<ListUploadsResponses, ListUploadsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/uploads',
    ...options
});

/**
 * Start a multipart upload
 *
 * Permission: s3:PutObject.
 */
export const createUpload = <ThrowOnError extends boolean = false>(options: Options<CreateUploadData, ThrowOnError>) => (options.client ?? client).post<CreateUploadResponses, CreateUploadErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/uploads',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Abort a multipart upload
 *
 * Permission: s3:AbortMultipartUpload.
 */
export const abortUpload = <ThrowOnError extends boolean = false>(options: Options<AbortUploadData, ThrowOnError>) => (options.client ?? client).delete<AbortUploadResponses, AbortUploadErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/uploads/{uploadId}',
    ...options
});

/**
 * Make an object of the parts
 *
 * Permission: s3:PutObject.
 */
export const completeUpload = <ThrowOnError extends boolean = false>(options: Options<CompleteUploadData, ThrowOnError>) => (options.client ?? client).post<CompleteUploadResponses, CompleteUploadErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/uploads/{uploadId}/complete',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * List the parts that arrived
 *
 * Permission: s3:ListMultipartUploadParts.
 */
export const listParts = <ThrowOnError extends boolean = false>(options: Options<ListPartsData, ThrowOnError>) => (options.client ?? client).get<ListPartsResponses, ListPartsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/uploads/{uploadId}/parts',
    ...options
});

/**
 * Upload a part
 *
 * Permission: s3:PutObject.
 */
export const putPart = <ThrowOnError extends boolean = false>(options: Options<PutPartData, ThrowOnError>) => (options.client ?? client).put<PutPartResponses, PutPartErrors, ThrowOnError>({
    bodySerializer: null,
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/uploads/{uploadId}/parts/{number}',
    ...options,
    headers: {
        'Content-Type': 'application/octet-stream',
        ...options.headers
    }
});

/**
 * Get the versioning state
 *
 * Permission: s3:GetBucketVersioning.
 */
export const getVersioning = <ThrowOnError extends boolean = false>(options: Options<GetVersioningData, ThrowOnError>) => (options.client ?? client).get<GetVersioningResponses, GetVersioningErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/versioning',
    ...options
});

/**
 * Enable or suspend versioning
 *
 * Permission: s3:PutBucketVersioning.
 */
export const setVersioning = <ThrowOnError extends boolean = false>(options: Options<SetVersioningData, ThrowOnError>) => (options.client ?? client).put<SetVersioningResponses, SetVersioningErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/versioning',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * List versions and delete markers
 *
 * Permission: s3:ListBucketVersions.
 */
export const listVersions = <ThrowOnError extends boolean = false>(options: Options<ListVersionsData, ThrowOnError>) => (options.client ?? client).get<ListVersionsResponses, ListVersionsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/versions',
    ...options
});

/**
 * Download several objects as one archive
 *
 * Streamed as it is made. What could not be included is listed at its end in the entry `not included.txt`. The permission is needed for each object; the ticket stands for it until then.
 *
 * Permission: s3:GetObject.
 */
export const getZip = <ThrowOnError extends boolean = false>(options: Options<GetZipData, ThrowOnError>) => (options.client ?? client).get<GetZipResponses, GetZipErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/zip',
    ...options
});

/**
 * Get a ticket for an archive
 *
 * The ticket is good for one download by the same user within a minute. Prefixes also need s3:ListBucket. The permissions are checked again for each object when its turn comes.
 *
 * Permission: s3:GetObject.
 */
export const createZip = <ThrowOnError extends boolean = false>(options: Options<CreateZipData, ThrowOnError>) => (options.client ?? client).post<CreateZipResponses, CreateZipErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/buckets/{bucket}/zip',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * What the S3 port supports
 *
 * The table of operations and the policy language, as the manual has them.
 */
export const getCompatibility = <ThrowOnError extends boolean = false>(options?: Options<GetCompatibilityData, ThrowOnError>) => (options?.client ?? client).get<GetCompatibilityResponses, GetCompatibilityErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/compatibility',
    ...options
});

/**
 * Settings
 *
 * Every setting with its value and where it comes from. Secrets are not shown.
 *
 * Permission: myfsio:GetConfig.
 */
export const getConfig = <ThrowOnError extends boolean = false>(options?: Options<GetConfigData, ThrowOnError>) => (options?.client ?? client).get<GetConfigResponses, GetConfigErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/config',
    ...options
});

/**
 * Health
 *
 * For load balancers and probes: 200 while the server serves, 503 while it starts or stops. Administrators also see the checks.
 */
export const getHealth = <ThrowOnError extends boolean = false>(options?: Options<GetHealthData, ThrowOnError>) => (options?.client ?? client).get<GetHealthResponses, GetHealthErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/health',
    ...options
});

/**
 * Health, status only
 */
export const headHealth = <ThrowOnError extends boolean = false>(options?: Options<HeadHealthData, ThrowOnError>) => (options?.client ?? client).head<HeadHealthResponses, HeadHealthErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/health',
    ...options
});

/**
 * List users
 *
 * Those of one's own account. The other operations on users see no others either.
 *
 * Permission: iam:ListUsers.
 *
 * Also at `/iam/users`.
 */
export const listUsers = <ThrowOnError extends boolean = false>(options?: Options<ListUsersData, ThrowOnError>) => (options?.client ?? client).get<ListUsersResponses, ListUsersErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/iam/users',
    ...options
});

/**
 * Create a user
 *
 * The answer is the only one that shows the secret key.
 *
 * Permission: iam:CreateUser.
 *
 * Also at `/iam/users`.
 */
export const createUser = <ThrowOnError extends boolean = false>(options: Options<CreateUserData, ThrowOnError>) => (options.client ?? client).post<CreateUserResponses, CreateUserErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/iam/users',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Delete a user
 *
 * Permission: iam:DeleteUser.
 *
 * Also at `/iam/users/{accessKey}`.
 */
export const deleteUser = <ThrowOnError extends boolean = false>(options: Options<DeleteUserData, ThrowOnError>) => (options.client ?? client).delete<DeleteUserResponses, DeleteUserErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/iam/users/{accessKey}',
    ...options
});

/**
 * Replace the policies of a user
 *
 * Permission: iam:PutUserPolicy.
 *
 * Also at `/iam/users/{accessKey}/policies`.
 */
export const setUserPolicies = <ThrowOnError extends boolean = false>(options: Options<SetUserPoliciesData, ThrowOnError>) => (options.client ?? client).put<SetUserPoliciesResponses, SetUserPoliciesErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/iam/users/{accessKey}/policies',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Replace the secret key of a user
 *
 * Sessions and tokens that came from the old secret end at once.
 *
 * Permission: iam:UpdateAccessKey.
 *
 * Also at `/iam/users/{accessKey}/rotate`.
 */
export const rotateSecret = <ThrowOnError extends boolean = false>(options: Options<RotateSecretData, ThrowOnError>) => (options.client ?? client).post<RotateSecretResponses, RotateSecretErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/iam/users/{accessKey}/rotate',
    ...options
});

/**
 * Take a user out of a group
 *
 * Permission: iam:RemoveUserFromGroup.
 */
export const removeMember = <ThrowOnError extends boolean = false>(options: Options<RemoveMemberData, ThrowOnError>) => (options.client ?? client).delete<RemoveMemberResponses, RemoveMemberErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/groups/{name}/members/{user}',
    ...options
});

/**
 * Add a user to a group
 *
 * Permission: iam:AddUserToGroup.
 */
export const addMember = <ThrowOnError extends boolean = false>(options: Options<AddMemberData, ThrowOnError>) => (options.client ?? client).put<AddMemberResponses, AddMemberErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/groups/{name}/members/{user}',
    ...options
});

/**
 * Say who may act as a role
 *
 * Permission: iam:UpdateAssumeRolePolicy.
 */
export const setTrustPolicy = <ThrowOnError extends boolean = false>(options: Options<SetTrustPolicyData, ThrowOnError>) => (options.client ?? client).put<SetTrustPolicyResponses, SetTrustPolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/roles/{name}/trust',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * End what a user does in the console without an access key
 *
 * Sessions that began with a password, and links that were made in them, end at once.
 *
 * Permission: iam:UpdateLoginProfile.
 */
export const endConsole = <ThrowOnError extends boolean = false>(options: Options<EndConsoleData, ThrowOnError>) => (options.client ?? client).delete<EndConsoleResponses, EndConsoleErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/users/{name}/console',
    ...options
});

/**
 * Remove a device of a user
 *
 * For who has lost it: signing in no longer asks for its codes.
 *
 * Permission: iam:DeactivateMFADevice.
 */
export const removeDevice = <ThrowOnError extends boolean = false>(options: Options<RemoveDeviceData, ThrowOnError>) => (options.client ?? client).delete<RemoveDeviceResponses, RemoveDeviceErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/users/{name}/devices/{device}',
    ...options
});

/**
 * Give a user one more access key
 *
 * The answer is the only one that shows the secret key. rotateSecret replaces the secret of a key.
 *
 * Permission: iam:CreateAccessKey.
 */
export const createAccessKey = <ThrowOnError extends boolean = false>(options: Options<CreateAccessKeyData, ThrowOnError>) => (options.client ?? client).post<CreateAccessKeyResponses, CreateAccessKeyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/users/{name}/keys',
    ...options
});

/**
 * Delete an access key
 *
 * Permission: iam:DeleteAccessKey.
 */
export const deleteAccessKey = <ThrowOnError extends boolean = false>(options: Options<DeleteAccessKeyData, ThrowOnError>) => (options.client ?? client).delete<DeleteAccessKeyResponses, DeleteAccessKeyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/users/{name}/keys/{key}',
    ...options
});

/**
 * Switch an access key on or off, and set when it expires
 *
 * What is absent stays.
 *
 * Permission: iam:UpdateAccessKey.
 */
export const setAccessKey = <ThrowOnError extends boolean = false>(options: Options<SetAccessKeyData, ThrowOnError>) => (options.client ?? client).put<SetAccessKeyResponses, SetAccessKeyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/users/{name}/keys/{key}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Take the password of a user away
 *
 * Sessions and links that came from it end at once. Access keys stay.
 *
 * Permission: iam:DeleteLoginProfile.
 */
export const deletePassword = <ThrowOnError extends boolean = false>(options: Options<DeletePasswordData, ThrowOnError>) => (options.client ?? client).delete<DeletePasswordResponses, DeletePasswordErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/users/{name}/password',
    ...options
});

/**
 * Give a user a password for the console, or another one
 *
 * The user signs in with the name and the password. What came from an old password ends: sessions, and links that were made in the console.
 *
 * Permission: iam:CreateLoginProfile, iam:UpdateLoginProfile.
 */
export const setPassword = <ThrowOnError extends boolean = false>(options: Options<SetPasswordData, ThrowOnError>) => (options.client ?? client).put<SetPasswordResponses, SetPasswordErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/users/{name}/password',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * List users, groups or roles
 *
 * Those of one's own account. The other operations see no others either.
 *
 * Permission: iam:ListUsers, iam:ListGroups, iam:ListRoles.
 */
export const listIdentities = <ThrowOnError extends boolean = false>(options: Options<ListIdentitiesData, ThrowOnError>) => (options.client ?? client).get<ListIdentitiesResponses, ListIdentitiesErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}',
    ...options
});

/**
 * Create a user, a group or a role
 *
 * Of a user's first access key, the answer is the only one that shows the secret key. The user and the key are made together or not at all.
 *
 * Permission: iam:CreateUser, iam:CreateGroup, iam:CreateRole.
 */
export const createIdentity = <ThrowOnError extends boolean = false>(options: Options<CreateIdentityData, ThrowOnError>) => (options.client ?? client).post<CreateIdentityResponses, CreateIdentityErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Delete a user, a group or a role with all that hangs at it
 *
 * Its keys, its inline policies and its memberships go with it; managed policies and the users of a group stay. IAM's own protocol refuses while something hangs at it.
 *
 * Permission: iam:DeleteUser, iam:DeleteGroup, iam:DeleteRole.
 */
export const deleteIdentity = <ThrowOnError extends boolean = false>(options: Options<DeleteIdentityData, ThrowOnError>) => (options.client ?? client).delete<DeleteIdentityResponses, DeleteIdentityErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}',
    ...options
});

/**
 * Get a user, a group or a role
 *
 * Keys, groups, policies and tags are in the answer as far as the caller may list them.
 *
 * Permission: iam:GetUser, iam:GetGroup, iam:GetRole.
 */
export const getIdentity = <ThrowOnError extends boolean = false>(options: Options<GetIdentityData, ThrowOnError>) => (options.client ?? client).get<GetIdentityResponses, GetIdentityErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}',
    ...options
});

/**
 * Change names, descriptions, whether a user is disabled and when it is valid
 *
 * Permission: iam:UpdateUser, iam:UpdateGroup, iam:UpdateRole.
 */
export const updateIdentity = <ThrowOnError extends boolean = false>(options: Options<UpdateIdentityData, ThrowOnError>) => (options.client ?? client).put<UpdateIdentityResponses, UpdateIdentityErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Detach a managed policy
 *
 * Permission: iam:DetachUserPolicy, iam:DetachGroupPolicy, iam:DetachRolePolicy.
 */
export const detachPolicy = <ThrowOnError extends boolean = false>(options: Options<DetachPolicyData, ThrowOnError>) => (options.client ?? client).delete<DetachPolicyResponses, DetachPolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}/attached',
    ...options
});

/**
 * Attach a managed policy
 *
 * Permission: iam:AttachUserPolicy, iam:AttachGroupPolicy, iam:AttachRolePolicy.
 */
export const attachPolicy = <ThrowOnError extends boolean = false>(options: Options<AttachPolicyData, ThrowOnError>) => (options.client ?? client).put<AttachPolicyResponses, AttachPolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}/attached',
    ...options
});

/**
 * Take the permissions boundary away
 *
 * Permission: iam:DeleteUserPermissionsBoundary, iam:DeleteRolePermissionsBoundary.
 */
export const deleteBoundary = <ThrowOnError extends boolean = false>(options: Options<DeleteBoundaryData, ThrowOnError>) => (options.client ?? client).delete<DeleteBoundaryResponses, DeleteBoundaryErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}/boundary',
    ...options
});

/**
 * Bound what a user or a role can have by a managed policy
 *
 * Permission: iam:PutUserPermissionsBoundary, iam:PutRolePermissionsBoundary.
 */
export const setBoundary = <ThrowOnError extends boolean = false>(options: Options<SetBoundaryData, ThrowOnError>) => (options.client ?? client).put<SetBoundaryResponses, SetBoundaryErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}/boundary',
    ...options
});

/**
 * Delete an inline policy
 *
 * Permission: iam:DeleteUserPolicy, iam:DeleteGroupPolicy, iam:DeleteRolePolicy.
 */
export const deleteInlinePolicy = <ThrowOnError extends boolean = false>(options: Options<DeleteInlinePolicyData, ThrowOnError>) => (options.client ?? client).delete<DeleteInlinePolicyResponses, DeleteInlinePolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}/policies/{policy}',
    ...options
});

/**
 * Give an inline policy, in the place of one of that name
 *
 * Permission: iam:PutUserPolicy, iam:PutGroupPolicy, iam:PutRolePolicy.
 */
export const putInlinePolicy = <ThrowOnError extends boolean = false>(options: Options<PutInlinePolicyData, ThrowOnError>) => (options.client ?? client).put<PutInlinePolicyResponses, PutInlinePolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}/policies/{policy}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Take tags away
 *
 * Permission: iam:UntagUser, iam:UntagRole.
 */
export const untagIdentity = <ThrowOnError extends boolean = false>(options: Options<UntagIdentityData, ThrowOnError>) => (options.client ?? client).delete<UntagIdentityResponses, UntagIdentityErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}/tags',
    ...options
});

/**
 * Give tags, in the place of those of the same names, and take others away
 *
 * All of it or nothing. Taking away also needs iam:UntagUser or iam:UntagRole, and giving is not needed where none are given.
 *
 * Permission: iam:TagUser, iam:TagRole.
 */
export const tagIdentity = <ThrowOnError extends boolean = false>(options: Options<TagIdentityData, ThrowOnError>) => (options.client ?? client).put<TagIdentityResponses, TagIdentityErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/identities/{kind}/{name}/tags',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * List jobs
 *
 * One's own; those of everybody for who has myfsio:ListJobs. Finished jobs are kept for seven days.
 */
export const listJobs = <ThrowOnError extends boolean = false>(options?: Options<ListJobsData, ThrowOnError>) => (options?.client ?? client).get<ListJobsResponses, ListJobsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/jobs',
    ...options
});

/**
 * Copy or move many objects
 *
 * The permissions are checked for each key when its turn comes; s3:DeleteObject is for moves only. Prefixes also need s3:ListBucket. Tags go along as with copyObject.
 *
 * Permission: s3:GetObject, s3:PutObject, s3:DeleteObject.
 */
export const createBulkCopy = <ThrowOnError extends boolean = false>(options: Options<CreateBulkCopyData, ThrowOnError>) => (options.client ?? client).post<CreateBulkCopyResponses, CreateBulkCopyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/jobs/bulk-copy',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Delete many objects
 *
 * Refused when a named key may not be deleted, and checked again for each key when its turn comes. Prefixes also need s3:ListBucket.
 *
 * Permission: s3:DeleteObject.
 */
export const createBulkDelete = <ThrowOnError extends boolean = false>(options: Options<CreateBulkDeleteData, ThrowOnError>) => (options.client ?? client).post<CreateBulkDeleteResponses, CreateBulkDeleteErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/jobs/bulk-delete',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Cancel a job
 *
 * What is done stays done. Canceling a finished job forgets it.
 */
export const cancelJob = <ThrowOnError extends boolean = false>(options: Options<CancelJobData, ThrowOnError>) => (options.client ?? client).delete<CancelJobResponses, CancelJobErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/jobs/{id}',
    ...options
});

/**
 * Get a job
 */
export const getJob = <ThrowOnError extends boolean = false>(options: Options<GetJobData, ThrowOnError>) => (options.client ?? client).get<GetJobResponses, GetJobErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/jobs/{id}',
    ...options
});

/**
 * Who I am, with what I sign in with
 */
export const getProfile = <ThrowOnError extends boolean = false>(options?: Options<GetProfileData, ThrowOnError>) => (options?.client ?? client).get<GetProfileResponses, GetProfileErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/me',
    ...options
});

/**
 * Begin to enrol a device of one's own that shows codes
 *
 * The answer is the only one that shows its seed. Nothing is kept until the device is confirmed.
 */
export const enrolDevice = <ThrowOnError extends boolean = false>(options: Options<EnrolDeviceData, ThrowOnError>) => (options.client ?? client).post<EnrolDeviceResponses, EnrolDeviceErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/me/devices',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Enrol the device by two codes, one after the other
 *
 * From then on signing in to the console asks for a code.
 */
export const confirmDevice = <ThrowOnError extends boolean = false>(options: Options<ConfirmDeviceData, ThrowOnError>) => (options.client ?? client).put<ConfirmDeviceResponses, ConfirmDeviceErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/me/devices',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Remove a device of one's own, by a code
 */
export const removeOwnDevice = <ThrowOnError extends boolean = false>(options: Options<RemoveOwnDeviceData, ThrowOnError>) => (options.client ?? client).post<RemoveOwnDeviceResponses, RemoveOwnDeviceErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/me/devices/{device}/remove',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Change one's own password
 *
 * Needs the old one. Other sessions that began with it end, and links that were made in them; the session that asks goes on.
 */
export const changePassword = <ThrowOnError extends boolean = false>(options: Options<ChangePasswordData, ThrowOnError>) => (options.client ?? client).put<ChangePasswordResponses, ChangePasswordErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/me/password',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * List managed policies
 *
 * Those of one's own account, and those that are built in.
 *
 * Permission: iam:ListPolicies.
 */
export const listManagedPolicies = <ThrowOnError extends boolean = false>(options?: Options<ListManagedPoliciesData, ThrowOnError>) => (options?.client ?? client).get<ListManagedPoliciesResponses, ListManagedPoliciesErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/policies',
    ...options
});

/**
 * Create a managed policy
 *
 * Permission: iam:CreatePolicy.
 */
export const createManagedPolicy = <ThrowOnError extends boolean = false>(options: Options<CreateManagedPolicyData, ThrowOnError>) => (options.client ?? client).post<CreateManagedPolicyResponses, CreateManagedPolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/policies',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Delete a managed policy that is used nowhere and has one version
 *
 * Permission: iam:DeletePolicy.
 */
export const deleteManagedPolicy = <ThrowOnError extends boolean = false>(options: Options<DeleteManagedPolicyData, ThrowOnError>) => (options.client ?? client).delete<DeleteManagedPolicyResponses, DeleteManagedPolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/policy',
    ...options
});

/**
 * Get a managed policy with its versions and where it is used
 *
 * The versions are in the answer for who has iam:GetPolicyVersion, where it is used for who has iam:ListEntitiesForPolicy.
 *
 * Permission: iam:GetPolicy.
 */
export const getManagedPolicy = <ThrowOnError extends boolean = false>(options: Options<GetManagedPolicyData, ThrowOnError>) => (options.client ?? client).get<GetManagedPolicyResponses, GetManagedPolicyErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/policy',
    ...options
});

/**
 * Say which version of a managed policy holds
 *
 * Permission: iam:SetDefaultPolicyVersion.
 */
export const setDefaultPolicyVersion = <ThrowOnError extends boolean = false>(options: Options<SetDefaultPolicyVersionData, ThrowOnError>) => (options.client ?? client).put<SetDefaultPolicyVersionResponses, SetDefaultPolicyVersionErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/policy/default',
    ...options
});

/**
 * Delete a version that does not hold
 *
 * Permission: iam:DeletePolicyVersion.
 */
export const deletePolicyVersion = <ThrowOnError extends boolean = false>(options: Options<DeletePolicyVersionData, ThrowOnError>) => (options.client ?? client).delete<DeletePolicyVersionResponses, DeletePolicyVersionErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/policy/versions',
    ...options
});

/**
 * Add a version to a managed policy, which has at most five
 *
 * Permission: iam:CreatePolicyVersion.
 */
export const createPolicyVersion = <ThrowOnError extends boolean = false>(options: Options<CreatePolicyVersionData, ThrowOnError>) => (options.client ?? client).post<CreatePolicyVersionResponses, CreatePolicyVersionErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/policy/versions',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Make a presigned link
 *
 * A link to the S3 port that works without signing in, signed with the key of the user. Its permission is that of what the link does, checked now and again whenever the link is used.
 *
 * Permission: s3:GetObject, s3:GetObjectVersion, s3:PutObject, s3:DeleteObject, s3:DeleteObjectVersion.
 */
export const createLink = <ThrowOnError extends boolean = false>(options: Options<CreateLinkData, ThrowOnError>) => (options.client ?? client).post<CreateLinkResponses, CreateLinkErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/presign',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Server information
 *
 * Permission: myfsio:GetServer.
 */
export const getServer = <ThrowOnError extends boolean = false>(options?: Options<GetServerData, ThrowOnError>) => (options?.client ?? client).get<GetServerResponses, GetServerErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/server',
    ...options
});

/**
 * Sign out
 *
 * Ends the session for good, also for copies of the cookie. Without a session there is nothing to do, which is no error.
 */
export const deleteSession = <ThrowOnError extends boolean = false>(options?: Options<DeleteSessionData, ThrowOnError>) => (options?.client ?? client).delete<DeleteSessionResponses, DeleteSessionErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/session',
    ...options
});

/**
 * Who am I
 *
 * Never refused: without valid credentials the answer has no user.
 */
export const getSession = <ThrowOnError extends boolean = false>(options?: Options<GetSessionData, ThrowOnError>) => (options?.client ?? client).get<GetSessionResponses, GetSessionErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/session',
    ...options
});

/**
 * Sign in
 *
 * Checks an access key and its secret, or a name and a password, and answers with a session cookie (HttpOnly, SameSite=Strict). Needs the header `X-Myfsio-Console: 1`. Only on the console's port.
 */
export const createSession = <ThrowOnError extends boolean = false>(options: Options<CreateSessionData, ThrowOnError>) => (options.client ?? client).post<CreateSessionResponses, CreateSessionErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/session',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Sign in at the provider
 *
 * Sends the browser to the provider of OIDC_ISSUER. Only on the console's port.
 */
export const startSingleSignOn = <ThrowOnError extends boolean = false>(options?: Options<StartSingleSignOnData, ThrowOnError>) => (options?.client ?? client).get<StartSingleSignOnResponses, StartSingleSignOnErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/session/oidc',
    ...options
});

/**
 * Come back from the provider
 *
 * The redirect address of the server at the provider. Goes on to the console with a session cookie, or to the sign-in page with what went wrong.
 */
export const finishSingleSignOn = <ThrowOnError extends boolean = false>(options?: Options<FinishSingleSignOnData, ThrowOnError>) => (options?.client ?? client).get<FinishSingleSignOnResponses, FinishSingleSignOnErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/session/oidc/callback',
    ...options
});

/**
 * Sign out at the provider
 *
 * For after deleteSession: goes on to the provider, where it can end sessions, and else to the sign-in page.
 */
export const leaveSingleSignOn = <ThrowOnError extends boolean = false>(options?: Options<LeaveSingleSignOnData, ThrowOnError>) => (options?.client ?? client).get<LeaveSingleSignOnResponses, LeaveSingleSignOnErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/session/oidc/leave',
    ...options
});

/**
 * End all of one's own sessions but the one that asks
 */
export const endOtherSessions = <ThrowOnError extends boolean = false>(options?: Options<EndOtherSessionsData, ThrowOnError>) => (options?.client ?? client).delete<EndOtherSessionsResponses, EndOtherSessionsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/sessions',
    ...options
});

/**
 * List one's own sessions of the console
 */
export const listSessions = <ThrowOnError extends boolean = false>(options?: Options<ListSessionsData, ThrowOnError>) => (options?.client ?? client).get<ListSessionsResponses, ListSessionsErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/sessions',
    ...options
});

/**
 * End one of one's own sessions
 *
 * Also for copies of its cookie, at once.
 */
export const endSession = <ThrowOnError extends boolean = false>(options: Options<EndSessionData, ThrowOnError>) => (options.client ?? client).delete<EndSessionResponses, EndSessionErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/sessions/{id}',
    ...options
});

/**
 * What would be decided over requests, and why
 *
 * Decides by the very calls that decide over requests. Needs iam:SimulatePrincipalPolicy on the principal; without a principal iam:SimulateCustomPolicy. Principals are those of one's own account. The policy and the lists of a bucket count for who has s3:GetBucketPolicy on it; for others it is like one that is not there. Administrators of the server see those of all accounts. At most 1,000 pairs of action and resource.
 *
 * Permission: iam:SimulatePrincipalPolicy, iam:SimulateCustomPolicy.
 */
export const simulate = <ThrowOnError extends boolean = false>(options: Options<SimulateData, ThrowOnError>) => (options.client ?? client).post<SimulateResponses, SimulateErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/simulate',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Get a token
 *
 * Checks an access key and its secret and answers with a JSON web token for `Authorization: Bearer`. It ends when its time is up, when it is revoked, when the secret changes, or when the user goes. With `refresh` there is a refresh token beside it, which lasts as long as a session of the console.
 */
export const createToken = <ThrowOnError extends boolean = false>(options: Options<CreateTokenData, ThrowOnError>) => (options.client ?? client).post<CreateTokenResponses, CreateTokenErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/tokens',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Get the next token
 *
 * A refresh token is good once: the answer has the next one. Whoever shows one that was used ends everything that came from it.
 */
export const refreshToken = <ThrowOnError extends boolean = false>(options: Options<RefreshTokenData, ThrowOnError>) => (options.client ?? client).post<RefreshTokenResponses, RefreshTokenErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/tokens/refresh',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Revoke a token
 *
 * Takes a token or a refresh token, and ends all that came from the same sign-in at once. A refresh token that has ended already is no error.
 */
export const revokeToken = <ThrowOnError extends boolean = false>(options: Options<RevokeTokenData, ThrowOnError>) => (options.client ?? client).post<RevokeTokenResponses, RevokeTokenErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/tokens/revoke',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Version
 */
export const getVersion = <ThrowOnError extends boolean = false>(options?: Options<GetVersionData, ThrowOnError>) => (options?.client ?? client).get<GetVersionResponses, GetVersionErrors, ThrowOnError>({
    security: [
        {
            in: 'cookie',
            name: 'myfsio_session',
            type: 'apiKey'
        },
        { scheme: 'bearer', type: 'http' },
        { name: 'X-Access-Key', type: 'apiKey' },
        { name: 'X-Secret-Key', type: 'apiKey' },
        { name: 'Authorization', type: 'apiKey' }
    ],
    url: '/myfsio/version',
    ...options
});
