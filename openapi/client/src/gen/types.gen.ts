// Generated from openapi.json by `make gen`; do not edit.

export type ClientOptions = {
    baseUrl: `${string}://openapi.json` | (string & {});
};

export type AccessKey = {
    active: boolean;
    /**
     * When it got its secret
     */
    created: string;
    /**
     * Its end has come
     */
    expired: boolean;
    /**
     * From then on it is refused as an unknown one; absent for never
     */
    expires?: string;
    id: string;
    /**
     * Absent for never, and for whoever may not know
     */
    lastUsed?: string;
};

export type AccessLevel = {
    /**
     * Only under conditions, or only some keys
     */
    conditional: boolean;
    /**
     * administer: to change its policy, its list, its Block Public Access or its ownership, or to delete it
     */
    level: 'list' | 'read' | 'write' | 'delete' | 'administer';
    /**
     * What gives it, and what takes part of it away
     */
    through: Array<AccessPart>;
};

export type AccessPart = {
    /**
     * Of a managed policy
     */
    arn?: string;
    /**
     * It is about some of the keys, or has conditions
     */
    conditional: boolean;
    /**
     * JSON, for who may read the policy
     */
    conditions?: string;
    effect: 'Allow' | 'Deny';
    /**
     * Of the statement, from 1; absent for an access control list
     */
    number?: number;
    policy?: string;
    sid?: string;
    source: string;
    type: 'user' | 'group' | 'role' | 'user-managed' | 'aws-managed' | 'resource' | 'list' | 'session' | 'trust' | 'none';
};

export type Account = {
    /**
     * Canonical user id in ACLs and owners, 64 hex characters
     */
    canonical_id: string;
    /**
     * Absent for the default account
     */
    created?: string;
    display_name: string;
    /**
     * Account number in ARNs, twelve digits
     */
    id: string;
    name: string;
};

export type AccountList = {
    accounts: Array<Account>;
};

export type AuditEntry = {
    /**
     * Id of the access key. One that does not exist is not kept: people type secrets into the wrong field
     */
    accessKey?: string;
    /**
     * Id of the account
     */
    account?: string;
    /**
     * The action that policies were asked for
     */
    action?: string;
    /**
     * Address of the client, behind trusted proxies
     */
    address?: string;
    /**
     * User agent, as the client says
     */
    agent?: string;
    /**
     * ARN of the user or of the session of a role
     */
    arn?: string;
    /**
     * Bucket
     */
    bucket?: string;
    /**
     * Error code, absent for success
     */
    code?: string;
    /**
     * What they said; absent where none were asked
     */
    decision?: Decision;
    /**
     * Where the request came in: s3, admin (the admin API on the S3 port), console, socket, or job for work that a request started
     */
    door?: string;
    /**
     * Key of the object
     */
    key?: string;
    /**
     * What kind of event it is
     */
    kind: 'change' | 'authentication' | 'refusal' | 'data' | 'system';
    /**
     * How many lines were lost before this one, since they came too fast or the disk was full
     */
    lost?: number;
    /**
     * The sentence that goes with a refusal
     */
    message?: string;
    /**
     * Number of the line
     */
    n: number;
    /**
     * Name in the table of operations
     */
    operation?: string;
    /**
     * Id of the request
     */
    request?: string;
    /**
     * HTTP status of the answer
     */
    status?: number;
    /**
     * What else it is about: a user, an account, a job
     */
    target?: string;
    /**
     * When it was answered
     */
    time: string;
    /**
     * Display name
     */
    user?: string;
    /**
     * Id of the user, never used again for another
     */
    userId?: string;
    /**
     * Version id, as the request names it
     */
    version?: string;
    /**
     * Why the request was denied, in a sentence; absent when it was not
     */
    why?: string;
};

export type AuditExplanation = {
    /**
     * Where to go on looking; absent when it was found or everything was looked at
     */
    cursor?: string;
    /**
     * Whether it was denied
     */
    denied: boolean;
    /**
     * What the log has of it, newest first; one of many keys has a line for each
     */
    entries: Array<AuditEntry>;
    /**
     * Whether the log has the request
     */
    found: boolean;
    /**
     * The reason, in a sentence
     */
    why?: string;
};

export type AuditPage = {
    /**
     * Where to go on; absent when everything was looked at. A page may be empty and have one: one call looks at a bounded part of the log
     */
    cursor?: string;
    /**
     * What was found, newest first
     */
    entries: Array<AuditEntry>;
    /**
     * What the log keeps at present (AUDIT_LOG)
     */
    level: 'off' | 'changes' | 'all';
    /**
     * The time of the oldest line that was looked at
     */
    until?: string;
};

export type Bucket = {
    /**
     * Whether its policy or its access control list gives the public anything, and Block Public Access does not hold that back
     */
    access: 'private' | 'public';
    /**
     * Bytes of those
     */
    bytes: number;
    created: string;
    deleteMarkers: number;
    name: string;
    /**
     * Versions can be locked; versioning cannot be suspended
     */
    objectLock: boolean;
    /**
     * Current versions that are no delete markers
     */
    objects: number;
    /**
     * Name of the account
     */
    owner: string;
    /**
     * Actions on the bucket and on any of its keys that the user has
     */
    permissions: Array<string>;
    region: string;
    uploadBytes: number;
    /**
     * Open multipart uploads
     */
    uploads: number;
    versionBytes: number;
    versioning: 'Off' | 'Enabled' | 'Suspended';
    /**
     * All versions that are no delete markers
     */
    versions: number;
};

export type BucketAccess = {
    /**
     * For the next part; absent at the end
     */
    cursor?: string;
    /**
     * users, roles: those that you may not list are not looked at
     */
    hidden: Array<string>;
    /**
     * Objects can have access control lists of their own, and other owners, which are not looked at
     */
    objectLists: boolean;
    /**
     * First everyone and other accounts, then users and roles of the account in order of name; those that have nothing are left out
     */
    principals: Array<PrincipalAccess>;
};

export type BucketList = {
    buckets: Array<Bucket>;
    /**
     * Given to the next call to get the next page; absent on the last page
     */
    cursor?: string;
    /**
     * Number of buckets that match the search and that the user may list
     */
    total: number;
};

export type BulkCopy = {
    /**
     * Prefix that is cut off the keys
     */
    base?: string;
    bucket: string;
    /**
     * Single objects
     */
    keys?: Array<string>;
    /**
     * Delete each source once its copy is durable
     */
    move?: boolean;
    /**
     * Else a target that exists is left alone and reported
     */
    overwrite?: boolean;
    /**
     * Everything below these
     */
    prefixes?: Array<string>;
    /**
     * Absent for the same bucket
     */
    targetBucket?: string;
    /**
     * Prefix that is put before what is left of the keys
     */
    targetPrefix?: string;
};

export type BulkDelete = {
    bucket: string;
    /**
     * Single objects
     */
    keys?: Array<string>;
    /**
     * Everything below these; the empty prefix is the whole bucket
     */
    prefixes?: Array<string>;
};

export type Compatibility = {
    operations: Array<S3Operation>;
    policyKeys: Array<ConditionKey>;
    /**
     * condition operators; each but Null also with IfExists, ForAllValues: and ForAnyValue:
     */
    policyOperators: Array<string>;
    /**
     * request headers of features that do not exist here
     */
    unbuiltHeaders: Array<S3Header>;
};

export type CompleteRequest = {
    /**
     * Refuse with PreconditionFailed when the key exists
     */
    ifNoneMatch?: boolean;
    key: string;
    parts: Array<PartRef>;
};

export type ConditionKey = {
    doc: string;
    name: string;
    type: 'string' | 'numeric' | 'date' | 'bool' | 'ip' | 'arn';
};

export type ConfirmInputBody = {
    /**
     * A code
     */
    first: string;
    /**
     * The one that follows it
     */
    second: string;
    token: string;
};

export type ConsoleSession = {
    /**
     * What the browser calls itself
     */
    agent: string;
    created: string;
    /**
     * The one that asks
     */
    current: boolean;
    expires: string;
    id: string;
    /**
     * It began without an access key
     */
    password: boolean;
    /**
     * It is of a program that has tokens
     */
    program: boolean;
    /**
     * Address that it was used from
     */
    remote: string;
    /**
     * When it was used last, to a few minutes
     */
    seen: string;
};

export type ConsoleSessionList = {
    sessions: Array<ConsoleSession>;
};

export type ContextValue = {
    key: string;
    values: Array<string>;
};

export type CopyRequest = {
    key: string;
    /**
     * Else a target that exists is refused with PreconditionFailed
     */
    overwrite?: boolean;
    /**
     * Absent for the same bucket
     */
    targetBucket?: string;
    targetKey: string;
    /**
     * Absent for the current version
     */
    versionId?: string;
};

export type CreatedIdentity = {
    accessKey?: string;
    arn: string;
    name: string;
    secretKey?: string;
};

export type Credentials = {
    accessKey?: string;
    /**
     * Name of the account of the user; the default account when absent
     */
    account?: string;
    /**
     * Of a device, for who has one: without it the answer has the code MFARequired
     */
    code?: string;
    /**
     * In the place of a password that must be changed, which is refused with the code PasswordChangeRequired without it
     */
    newPassword?: string;
    password?: string;
    secretKey?: string;
    userName?: string;
};

export type Decision = {
    /**
     * Whether the action is allowed
     */
    allowed: boolean;
    /**
     * Whether a statement denies it, which no other can allow
     */
    denied?: boolean;
    /**
     * Why, in a sentence
     */
    reason?: string;
    /**
     * Its Sid
     */
    sid?: string;
    /**
     * The policy or list that decided, absent when none did
     */
    source?: string;
    /**
     * Index of the statement in it, from 0; -1 when no statement decided
     */
    statement: number;
};

export type Deleted = {
    deleteMarker: boolean;
    key: string;
    /**
     * The version that went, or the delete marker that came
     */
    versionId?: string;
};

export type Document = {
    /**
     * XML; JSON for policies. Absent when the bucket has none
     */
    document?: string;
};

export type Engine = {
    diskBytes: number;
    fields: {
        [key: string]: string;
    };
    name: string;
};

export type EnrolInputBody = {
    /**
     * Letters, digits and _+=,.@-; unique in the account
     */
    name: string;
};

export type Entry = {
    contentType: string;
    /**
     * Without quotes
     */
    etag: string;
    key: string;
    modified: string;
    /**
     * What the key adds to the prefix of the listing; empty for the folder's own marker
     */
    name: string;
    size: number;
    storageClass: string;
};

export type Folder = {
    /**
     * What the prefix adds to the prefix of the listing, without the final delimiter
     */
    name: string;
    /**
     * With its final delimiter
     */
    prefix: string;
};

export type FolderRequest = {
    /**
     * The folder; a final slash is added when it is missing
     */
    prefix: string;
};

export type Health = {
    /**
     * For administrators only
     */
    checks?: Array<HealthCheck>;
    status: 'ok' | 'degraded' | 'starting' | 'stopping';
    version: string;
};

export type HealthCheck = {
    name: string;
    state: 'ok' | 'degraded' | 'failed';
    text?: string;
};

export type Identity = {
    /**
     * Of a user
     */
    accessKeys?: Array<AccessKey>;
    /**
     * Of a user: can sign in and holds all of iam:*
     */
    admin: boolean;
    arn: string;
    /**
     * ARNs of managed policies
     */
    attached?: Array<string>;
    /**
     * ARN of the managed policy that bounds a user or a role
     */
    boundary?: string;
    created: string;
    /**
     * Of a role
     */
    description?: string;
    /**
     * Of a user: what shows codes
     */
    devices?: Array<MfaDevice>;
    /**
     * Of a user: cannot sign in
     */
    disabled: boolean;
    /**
     * Of a user
     */
    displayName?: string;
    /**
     * Of a user: managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY
     */
    environment: boolean;
    /**
     * Of a user
     */
    groupNames?: Array<string>;
    /**
     * Groups that a user is in
     */
    groups: number;
    id: string;
    inline?: Array<InlinePolicy>;
    /**
     * Access keys of a user that are on and not expired
     */
    keys: number;
    /**
     * Of a user who signs in at a provider
     */
    login?: ProviderLogin;
    /**
     * Of a role: the longest session
     */
    maxSessionSeconds?: number;
    /**
     * Users in a group
     */
    members: number;
    /**
     * Unique in the account among those of its kind
     */
    name: string;
    /**
     * Of a user who can sign in with one
     */
    password?: IdentityPassword;
    path: string;
    /**
     * IAM actions that the caller has on it
     */
    permissions: Array<string>;
    /**
     * Policies of its own: inline, attached, and as one those of setUserPolicies
     */
    policies: number;
    /**
     * What setUserPolicies gave a user; holds beside the others
     */
    simplePolicies?: unknown;
    tags?: Array<IdentityTag>;
    /**
     * Of a role: the JSON that says who may act as it
     */
    trust?: string;
    /**
     * Of a group
     */
    users?: Array<IdentityMember>;
    /**
     * Of a user: before it, it is refused as an unknown one
     */
    validFrom?: string;
    /**
     * Of a user: from then on it is refused as an unknown one
     */
    validUntil?: string;
};

export type IdentityChange = {
    /**
     * Of a role
     */
    description?: string;
    /**
     * Of a user: sign-ins, sessions and signatures end at once
     */
    disabled?: boolean;
    /**
     * Of a user
     */
    displayName?: string;
    /**
     * Of a role
     */
    maxSessionSeconds?: number;
    /**
     * Of a user or a group: its new name
     */
    name?: string;
    /**
     * Of a user or a group
     */
    path?: string;
    /**
     * Of a user: a time as RFC 3339 has it, empty for always
     */
    validFrom?: string;
    /**
     * Of a user: a time as RFC 3339 has it, empty for ever
     */
    validUntil?: string;
};

export type IdentityEntry = {
    /**
     * Of a user: can sign in and holds all of iam:*
     */
    admin: boolean;
    arn: string;
    created: string;
    /**
     * Of a role
     */
    description?: string;
    /**
     * Of a user: cannot sign in
     */
    disabled: boolean;
    /**
     * Of a user
     */
    displayName?: string;
    /**
     * Of a user: managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY
     */
    environment: boolean;
    /**
     * Groups that a user is in
     */
    groups: number;
    id: string;
    /**
     * Access keys of a user that are on and not expired
     */
    keys: number;
    /**
     * Users in a group
     */
    members: number;
    /**
     * Unique in the account among those of its kind
     */
    name: string;
    path: string;
    /**
     * Policies of its own: inline, attached, and as one those of setUserPolicies
     */
    policies: number;
    /**
     * Of a user: before it, it is refused as an unknown one
     */
    validFrom?: string;
    /**
     * Of a user: from then on it is refused as an unknown one
     */
    validUntil?: string;
};

export type IdentityList = {
    /**
     * Where the next page begins; absent when this is the last
     */
    cursor?: string;
    identities: Array<IdentityEntry>;
    /**
     * Those that match, on all pages
     */
    total: number;
};

export type IdentityMember = {
    displayName: string;
    name: string;
};

export type IdentityPassword = {
    /**
     * When the user got a first one
     */
    created: string;
    /**
     * At the next sign-in
     */
    mustChange: boolean;
};

export type IdentityTag = {
    name: string;
    value: string;
};

export type InlinePolicy = {
    /**
     * JSON
     */
    document: string;
    name: string;
};

export type Job = {
    bucket: string;
    /**
     * Bytes of the objects dealt with
     */
    bytes: number;
    created: string;
    /**
     * Objects dealt with, failed ones included
     */
    done: number;
    /**
     * The first 100 failures
     */
    errors: Array<JobError>;
    failed: number;
    finished?: string;
    id: string;
    kind: 'delete' | 'copy' | 'move';
    /**
     * Why the job failed
     */
    message?: string;
    /**
     * Objects per second
     */
    rate: number;
    started?: string;
    /**
     * interrupted: the server stopped, and goes on with the job when it runs again
     */
    state: 'counting' | 'running' | 'done' | 'failed' | 'canceled' | 'interrupted';
    /**
     * Bucket and prefix that a copy goes to
     */
    target?: string;
    /**
     * Objects to deal with, as far as they are counted
     */
    total: number;
    /**
     * Display name of who started it
     */
    user: string;
};

export type JobError = {
    code: string;
    key: string;
    message: string;
};

export type JobList = {
    jobs: Array<Job>;
};

export type LifecycleHistory = {
    /**
     * Whether this server carries out rules
     */
    enabled: boolean;
    /**
     * Seconds from the start of one round to the start of the next
     */
    interval: number;
    runs: Array<LifecycleRun>;
};

export type LifecycleItem = {
    /**
     * expire: the current version; remove: a noncurrent one; clear: a delete marker; abort: an upload
     */
    action: 'expire' | 'remove' | 'clear' | 'abort';
    key: string;
    /**
     * Id of the rule
     */
    rule: string;
    /**
     * When it was due
     */
    since: string;
    /**
     * Bytes
     */
    size: number;
    uploadId?: string;
    versionId?: string;
};

export type LifecyclePreview = {
    /**
     * Absent at the end of the bucket
     */
    cursor?: string;
    /**
     * Current versions
     */
    expired: Tally;
    /**
     * What was due and stayed: protected, or changed meanwhile
     */
    kept: Tally;
    /**
     * Versions and uploads that were looked at
     */
    looked: number;
    /**
     * Delete markers with no version below them
     */
    markers: number;
    /**
     * Noncurrent versions
     */
    removed: Tally;
    /**
     * The first ones
     */
    sample: Array<LifecycleItem>;
    /**
     * Uploads that were not completed
     */
    uploads: Tally;
};

export type LifecyclePreviewRequest = {
    /**
     * Of the part before
     */
    cursor?: string;
    rules: Array<LifecycleRule>;
};

export type LifecycleRule = {
    /**
     * Uploads are aborted so many days after their start
     */
    abortUploadDays?: number;
    /**
     * Current versions expire at this midnight UTC
     */
    expireDate?: string;
    /**
     * Current versions expire so many days after they were made
     */
    expireDays?: number;
    /**
     * Delete markers go that have no version below them
     */
    expireMarkers?: boolean;
    id: string;
    /**
     * So many of them stay
     */
    newerNoncurrentVersions?: number;
    /**
     * Versions go so many days after others took their place
     */
    noncurrentDays?: number;
    prefix?: string;
    /**
     * Bytes
     */
    sizeGreaterThan?: number;
    /**
     * Bytes
     */
    sizeLessThan?: number;
    tags?: Array<LifecycleTag>;
};

export type LifecycleRun = {
    ended: string;
    /**
     * Current versions
     */
    expired: Tally;
    /**
     * What was due and stayed: protected, or changed meanwhile
     */
    kept: Tally;
    /**
     * Delete markers with no version below them
     */
    markers: number;
    /**
     * Noncurrent versions
     */
    removed: Tally;
    started: string;
    /**
     * Uploads that were not completed
     */
    uploads: Tally;
};

export type LifecycleTag = {
    key: string;
    value: string;
};

export type MfaDevice = {
    enabled: string;
    name: string;
    serial: string;
};

export type ManagedPolicy = {
    arn: string;
    /**
     * Users, groups and roles that it is attached to
     */
    attached: number;
    /**
     * Users and roles that it bounds
     */
    bounds: number;
    /**
     * Every account has it, and nobody can change it
     */
    builtIn: boolean;
    created?: string;
    /**
     * Number of the version that holds
     */
    defaultVersion: number;
    description?: string;
    name: string;
    path: string;
    /**
     * IAM actions that the caller has on it
     */
    permissions: Array<string>;
    tags?: Array<IdentityTag>;
    updated?: string;
    used?: Array<PolicyUse>;
    /**
     * The newest first
     */
    versions?: Array<PolicyVersion>;
};

export type ManagedPolicyEntry = {
    arn: string;
    /**
     * Users, groups and roles that it is attached to
     */
    attached: number;
    /**
     * Users and roles that it bounds
     */
    bounds: number;
    /**
     * Every account has it, and nobody can change it
     */
    builtIn: boolean;
    created?: string;
    /**
     * Number of the version that holds
     */
    defaultVersion: number;
    description?: string;
    name: string;
    path: string;
    updated?: string;
};

export type ManagedPolicyList = {
    /**
     * Where the next page begins; absent when this is the last
     */
    cursor?: string;
    policies: Array<ManagedPolicyEntry>;
    /**
     * Those that match, on all pages
     */
    total: number;
};

export type MetadataPair = {
    name: string;
    value: string;
};

export type MoveRequest = {
    key: string;
    /**
     * Else a target that exists is refused with PreconditionFailed
     */
    overwrite?: boolean;
    /**
     * Absent for the same bucket
     */
    targetBucket?: string;
    targetKey: string;
};

export type NewAccount = {
    /**
     * Of the administrator; made by the server when absent
     */
    access_key?: string;
    /**
     * The name when absent
     */
    display_name?: string;
    /**
     * Unique, and not twelve digits
     */
    name: string;
    /**
     * Of the administrator; made by the server when absent
     */
    secret_key?: string;
};

export type NewAccountSecret = {
    access_key: string;
    /**
     * Canonical user id in ACLs and owners, 64 hex characters
     */
    canonical_id: string;
    /**
     * Absent for the default account
     */
    created?: string;
    display_name: string;
    /**
     * Account number in ARNs, twelve digits
     */
    id: string;
    name: string;
    secret_key: string;
    user_id: string;
};

export type NewBucket = {
    name: string;
    /**
     * Start with Object Lock, which enables versioning too
     */
    objectLock?: boolean;
    /**
     * Start with versioning enabled
     */
    versioning?: boolean;
};

export type NewIdentity = {
    /**
     * Of a user: give it a first access key, which also needs iam:CreateAccessKey
     */
    accessKey?: boolean;
    /**
     * ARN of a managed policy
     */
    boundary?: string;
    /**
     * Of a role
     */
    description?: string;
    /**
     * Of a user; the name when absent
     */
    displayName?: string;
    /**
     * Of a role
     */
    maxSessionSeconds?: number;
    /**
     * Letters, digits and _+=,.@-
     */
    name: string;
    path?: string;
    tags?: Array<IdentityTag>;
    /**
     * Of a role: the JSON that says who may act as it
     */
    trust?: string;
    /**
     * Of a user: before it, it is refused as an unknown one
     */
    validFrom?: string;
    /**
     * Of a user: from then on it is refused as an unknown one
     */
    validUntil?: string;
};

export type NewKey = {
    accessKey: string;
    secretKey: string;
};

export type NewMfaDevice = {
    /**
     * Until when it can be confirmed
     */
    expires: string;
    name: string;
    /**
     * Rows of the QR code: # is dark
     */
    qr: Array<string>;
    /**
     * In base32
     */
    seed: string;
    serial: string;
    /**
     * Names the device where it is confirmed
     */
    token: string;
    /**
     * For authenticators, as the QR code has it
     */
    uri: string;
};

export type NewManagedPolicy = {
    description?: string;
    /**
     * JSON
     */
    document: string;
    /**
     * Letters, digits and _+=,.@-
     */
    name: string;
    path?: string;
    tags?: Array<IdentityTag>;
};

export type NewUser = {
    /**
     * Made by the server when absent
     */
    access_key?: string;
    /**
     * Name of the account, one's own when absent; another one only by administrators of the account default
     */
    account?: string;
    display_name?: string;
    /**
     * An array of simple policies, as [{"bucket": "*", "actions": ["list", "read"]}], or a policy document of AWS
     */
    policies?: unknown;
    /**
     * Made by the server when absent
     */
    secret_key?: string;
};

export type NewVersion = {
    /**
     * It holds from now on
     */
    default?: boolean;
    /**
     * JSON
     */
    document: string;
};

export type Object = {
    bucket: string;
    cacheControl?: string;
    checksums: Array<ObjectChecksum>;
    contentDisposition?: string;
    contentEncoding?: string;
    contentLanguage?: string;
    contentType: string;
    /**
     * Without quotes
     */
    etag: string;
    expires?: string;
    key: string;
    latest: boolean;
    /**
     * Also false without s3:GetObjectLegalHold
     */
    legalHold: boolean;
    metadata: Array<MetadataPair>;
    modified: string;
    /**
     * The bucket has Object Lock
     */
    objectLock: boolean;
    owner: string;
    /**
     * Number of parts it was uploaded in
     */
    parts?: number;
    /**
     * Actions on this key that the user has
     */
    permissions: Array<string>;
    /**
     * Also absent without s3:GetObjectRetention. It may have ended
     */
    retention?: Retention;
    size: number;
    storageClass: string;
    /**
     * Absent when the bucket never had versioning
     */
    versionId?: string;
};

export type ObjectChecksum = {
    algorithm: string;
    type: 'FULL_OBJECT' | 'COMPOSITE';
    /**
     * Base64
     */
    value: string;
};

export type ObjectList = {
    bucket: string;
    /**
     * Absent on the last page
     */
    cursor?: string;
    delimiter: string;
    folders: Array<Folder>;
    objects: Array<Entry>;
    /**
     * Actions on the bucket and on keys below the prefix that the user has
     */
    permissions: Array<string>;
    prefix: string;
    /**
     * Folders and objects of the whole listing, when it was asked for
     */
    total?: number;
    /**
     * False when counting stopped early: there are more than total
     */
    totalExact?: boolean;
};

export type Part = {
    /**
     * Without quotes
     */
    etag: string;
    modified: string;
    number: number;
    size: number;
};

export type PartList = {
    /**
     * Given as after to get the next page; absent on the last page
     */
    next?: number;
    parts: Array<Part>;
};

export type PartRef = {
    etag: string;
    number: number;
};

export type PasswordChange = {
    newPassword: string;
    /**
     * The one that holds
     */
    password: string;
};

export type PasswordInput = {
    /**
     * The user must choose another one at the next sign-in
     */
    mustChange: boolean;
    password: string;
};

export type PolicyDocument = {
    document: string;
};

export type PolicyUse = {
    /**
     * The policy bounds it, and gives it nothing
     */
    bound: boolean;
    kind: 'users' | 'groups' | 'roles';
    name: string;
};

export type PolicyVersion = {
    created?: string;
    /**
     * JSON
     */
    document: string;
    number: number;
};

export type PresignRequest = {
    bucket: string;
    /**
     * PUT: the upload must carry it. GET: the answer carries it
     */
    contentType?: string;
    /**
     * GET: browsers save the object instead of showing it
     */
    download?: boolean;
    /**
     * Life in seconds; absent for the server's default
     */
    expires?: number;
    /**
     * With download: the name to save under; absent for the last segment of the key
     */
    fileName?: string;
    key: string;
    method: 'GET' | 'PUT' | 'DELETE';
    /**
     * GET and DELETE
     */
    versionId?: string;
};

export type Presigned = {
    expires: string;
    method: string;
    url: string;
};

export type PrincipalAccess = {
    /**
     * Number of another account
     */
    account?: string;
    arn?: string;
    /**
     * The user cannot do anything at the moment
     */
    disabled: boolean;
    /**
     * authenticated: whoever has an account; account: another account, whose own policies must allow it too; outsider: one user, role or session
     */
    kind: 'everyone' | 'authenticated' | 'account' | 'outsider' | 'user' | 'role';
    levels: Array<AccessLevel>;
    name?: string;
};

export type Problem = {
    /**
     * What went wrong, for programs: the code of S3 where S3 has one
     */
    code: string;
    /**
     * What went wrong, for people
     */
    detail: string;
    /**
     * Faults of single fields
     */
    errors?: Array<ProblemField>;
    /**
     * The permissions that are missing
     */
    needs?: Array<string>;
    /**
     * Why an administrator was refused: the statement that decided
     */
    reason?: string;
    /**
     * The request, as the log of the server names it
     */
    requestId: string;
    /**
     * HTTP status
     */
    status: number;
    /**
     * What the status means
     */
    title: string;
    /**
     * Always about:blank: code tells problems apart
     */
    type: string;
};

export type ProblemField = {
    /**
     * Where, as body.name or query.limit
     */
    location: string;
    /**
     * What is wrong with it
     */
    message: string;
};

export type Profile = {
    accessKeys: Array<AccessKey>;
    /**
     * Name of the account
     */
    account: string;
    arn: string;
    devices: Array<MfaDevice>;
    /**
     * Managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY
     */
    environment: boolean;
    id: string;
    /**
     * The session began with a code
     */
    mfa: boolean;
    /**
     * Display name
     */
    name: string;
    /**
     * Absent for who has none
     */
    password?: IdentityPassword;
    userName: string;
};

export type ProviderLogin = {
    /**
     * Names of those of the user's groups that come from there
     */
    groups: Array<string>;
    issuer: string;
    /**
     * ARNs of those of the user's managed policies that come from there
     */
    policies: Array<string>;
    subject: string;
};

export type Quota = {
    /**
     * Bytes of all versions that are no delete markers
     */
    bytes: number;
    /**
     * Absent for no limit
     */
    maxBytes?: number;
    /**
     * Absent for no limit
     */
    maxObjects?: number;
    /**
     * All versions that are no delete markers
     */
    objects: number;
};

export type QuotaLimits = {
    /**
     * Absent for no limit
     */
    maxBytes?: number;
    /**
     * Absent for no limit
     */
    maxObjects?: number;
};

export type RefreshRequest = {
    refreshToken: string;
};

export type RemoveOwnInputBody = {
    /**
     * Of one of one's devices
     */
    code: string;
};

export type RenameRequest = {
    key: string;
    /**
     * New name within the same folder; without a slash
     */
    name: string;
    /**
     * Else a target that exists is refused with PreconditionFailed
     */
    overwrite?: boolean;
};

export type Retention = {
    /**
     * GOVERNANCE: who has s3:BypassGovernanceRetention can end it. COMPLIANCE: nobody can
     */
    mode: 'GOVERNANCE' | 'COMPLIANCE';
    until: string;
};

export type RevokeRequest = {
    token: string;
};

export type S3Header = {
    /**
     * one that ends in - stands for all that begin with it
     */
    name: string;
    /**
     * values that ask for nothing and pass
     */
    pass: Array<string>;
};

export type S3Operation = {
    /**
     * what the caller must be allowed
     */
    actions: Array<string>;
    /**
     * false: it answers NotImplemented
     */
    built: boolean;
    methods: Array<string>;
    name: string;
};

export type SearchPage = {
    /**
     * Absent when the search is done
     */
    cursor?: string;
    /**
     * May be empty though there is a cursor
     */
    objects: Array<Entry>;
    /**
     * Keys that this step looked at
     */
    scanned: number;
};

export type Server = {
    buckets: number;
    /**
     * Sum of the sizes of the current versions
     */
    bytes: number;
    cpus: number;
    engine?: Engine;
    goVersion: string;
    goroutines: number;
    heapBytes: number;
    jobsRunning: number;
    /**
     * Current versions of all buckets, delete markers apart
     */
    objects: number;
    platform: string;
    region: string;
    s3Endpoint: string;
    /**
     * Absent where the objects are on no bounded medium
     */
    space?: Space;
    started: string;
    /**
     * Sum of the sizes of the parts of open uploads, which no version has yet
     */
    uploadBytes: number;
    uptimeSeconds: number;
    users: number;
    version: string;
    /**
     * Sum of the sizes of all versions
     */
    versionBytes: number;
    /**
     * Versions of all buckets, the current ones included, delete markers apart
     */
    versions: number;
    warnings: Array<Warning>;
};

export type Session = {
    /**
     * End of the session; absent when the request came without one
     */
    expires?: string;
    /**
     * Default life of a presigned link in seconds
     */
    linkExpires: number;
    /**
     * Bytes that one request may upload
     */
    maxUploadSize: number;
    /**
     * Least bytes of a part that is not the last
     */
    minPartSize: number;
    /**
     * Default page size of the object browser
     */
    pageSize: number;
    /**
     * Actions that the user has and that belong to no bucket, as s3:CreateBucket, iam:ListUsers, myfsio:GetServer
     */
    permissions: Array<string>;
    region: string;
    /**
     * Where S3 clients go, without a final slash
     */
    s3Endpoint: string;
    /**
     * Absent where there is none
     */
    singleSignOn?: SingleSignOn;
    /**
     * Absent while nobody is signed in
     */
    user?: User;
    version: string;
    warnings: Array<Warning>;
    /**
     * Where websites are: that of a bucket has its name and a dot before the host. Absent when the server has none
     */
    websites?: string;
};

export type SetKeyInputBody = {
    active?: boolean;
    /**
     * A time as RFC 3339 has it, empty for never
     */
    expires?: string;
};

export type SetVersioningInputBody = {
    versioning: 'Enabled' | 'Suspended';
};

export type Setting = {
    group: string;
    name: string;
    /**
     * That the setting has no effect, if so
     */
    note?: string;
    /**
     * Where the value came from
     */
    source: string;
    /**
     * Secrets are redacted
     */
    value: string;
};

export type Settings = {
    settings: Array<Setting>;
};

export type SimulatedPrincipal = {
    /**
     * As policies see it; of a role that of a session
     */
    arn?: string;
    /**
     * The user is disabled: its requests are refused before policies are asked
     */
    disabled: boolean;
    kind: 'user' | 'group' | 'role' | 'anonymous' | 'none';
    name?: string;
};

export type SimulatedStatement = {
    /**
     * Of a managed policy
     */
    arn?: string;
    /**
     * The policy bounds what others allow
     */
    boundary: boolean;
    /**
     * JSON of the statement, for who may read the policy
     */
    document?: string;
    effect: 'Allow' | 'Deny';
    /**
     * The user, group or role that has it
     */
    holder?: string;
    /**
     * Condition key of the condition that does not hold
     */
    key?: string;
    /**
     * Of the statement in the policy, from 1; absent for an access control list
     */
    number?: number;
    /**
     * Its name
     */
    policy?: string;
    sid?: string;
    source: string;
    /**
     * What the policy belongs to; none for one of the simulation
     */
    type: 'user' | 'group' | 'role' | 'user-managed' | 'aws-managed' | 'resource' | 'list' | 'session' | 'trust' | 'none';
    /**
     * counts: it allows or denies; unmet: a condition does not hold; withheld: what it allows does not count here; passes: it names the account, whose own policies must allow too
     */
    verdict: 'counts' | 'unmet' | 'withheld' | 'passes';
};

export type SimulationOutcome = {
    action: string;
    /**
     * What decided, or what kept the request from being allowed
     */
    decidedBy: 'identityPolicy' | 'bucketPolicy' | 'accessControlList' | 'trustPolicy' | 'permissionsBoundary' | 'sessionPolicy' | 'blockPublicAccess' | 'objectOwner' | 'account' | 'nothing';
    decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
    /**
     * Everything that concerns the request, in the order of the policies
     */
    matched: Array<SimulatedStatement>;
    /**
     * Condition keys that policies test and the request does not have
     */
    missing: Array<string>;
    /**
     * One sentence
     */
    reason: string;
    resource: string;
    /**
     * That decided
     */
    statement?: SimulatedStatement;
    /**
     * The bucket is not there, or its policy is not yours to read: only the policies of the principal count
     */
    unknown: boolean;
};

export type SimulationReport = {
    principal: SimulatedPrincipal;
    results: Array<SimulationOutcome>;
};

export type SimulationRequest = {
    actions: Array<string>;
    /**
     * JSON of a permissions boundary to try in the place of the principal's
     */
    boundary?: string;
    /**
     * JSON of a policy to try in the place of that of the bucket
     */
    bucketPolicy?: string;
    /**
     * Condition keys that the requests have. Time, and who asks, they have by themselves
     */
    context?: Array<ContextValue>;
    /**
     * JSON of policies to try beside those of the principal
     */
    policies?: Array<string>;
    /**
     * ARN of a user, a group (for a member of it), a role or a session of one; the name or an access key of a user; anonymous; absent for somebody who has nothing but the given policies
     */
    principal?: string;
    /**
     * Try the policies in the place of those of the principal and of its groups
     */
    replace?: boolean;
    /**
     * ARNs; absent for *
     */
    resources?: Array<string>;
    /**
     * JSON of policies of the session
     */
    sessionPolicies?: Array<string>;
};

export type SingleSignOn = {
    /**
     * What the button calls it: Sign in with …
     */
    name: string;
};

export type Space = {
    free: number;
    /**
     * Writes are refused when less than this is free
     */
    reserve: number;
    total: number;
};

export type Stored = {
    bucket: string;
    /**
     * Without quotes
     */
    etag: string;
    key: string;
    modified: string;
    size: number;
    versionId?: string;
};

export type TagIdentityInputBody = {
    /**
     * Names of tags to take away
     */
    remove?: Array<string>;
    tags?: Array<IdentityTag>;
};

export type Tally = {
    bytes: number;
    count: number;
};

export type Token = {
    expires: string;
    /**
     * When it ends, and all that comes from it
     */
    refreshExpires?: string;
    /**
     * Gets the next token, once; absent where none was asked for
     */
    refreshToken?: string;
    token: string;
    tokenType: string;
};

export type TokenRequest = {
    accessKey: string;
    /**
     * Life in seconds
     */
    expiresIn?: number;
    /**
     * Whether a refresh token is wanted, too
     */
    refresh?: boolean;
    secretKey: string;
};

export type Upload = {
    key: string;
    started: string;
    uploadId: string;
};

export type UploadList = {
    /**
     * Absent on the last page
     */
    cursor?: string;
    uploads: Array<Upload>;
};

export type UploadRequest = {
    contentType?: string;
    key: string;
    metadata?: Array<MetadataPair>;
};

export type User = {
    /**
     * Absent for who signed in without one
     */
    accessKey?: string;
    /**
     * Name of the account
     */
    account: string;
    /**
     * May do everything with users and with the server
     */
    admin: boolean;
    /**
     * The key is set by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY of the server
     */
    environment: boolean;
    /**
     * Never used again for another one
     */
    id: string;
    /**
     * Display name
     */
    name: string;
    /**
     * Signed in at the provider of single sign-on
     */
    provider: boolean;
    /**
     * The name in ARNs; of a session of a role, that of the role and of the session
     */
    userName: string;
};

export type UserEntry = {
    access_key: string;
    /**
     * Name of the account
     */
    account: string;
    admin: boolean;
    created: string;
    disabled: boolean;
    display_name: string;
    /**
     * Managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY
     */
    environment: boolean;
    /**
     * An array of simple policies, as [{"bucket": "*", "actions": ["list", "read"]}], or a policy document of AWS
     */
    policies: unknown;
    user_id: string;
};

export type UserList = {
    users: Array<UserEntry>;
};

export type UserSecret = {
    access_key: string;
    /**
     * Name of the account
     */
    account: string;
    display_name: string;
    /**
     * An array of simple policies, as [{"bucket": "*", "actions": ["list", "read"]}], or a policy document of AWS
     */
    policies: unknown;
    secret_key: string;
    user_id: string;
};

export type Version = {
    goVersion: string;
    platform: string;
    version: string;
};

export type VersionEntry = {
    deleteMarker: boolean;
    /**
     * Without quotes; absent for a delete marker
     */
    etag?: string;
    key: string;
    latest: boolean;
    modified: string;
    size: number;
    storageClass?: string;
    versionId: string;
};

export type VersionList = {
    /**
     * Absent on the last page
     */
    cursor?: string;
    versions: Array<VersionEntry>;
};

export type Versioning = {
    /**
     * Versions can be deleted, and this changed, only over the S3 API with a code of a device
     */
    mfaDelete: boolean;
    /**
     * A bucket never goes back to Off
     */
    versioning: 'Off' | 'Enabled' | 'Suspended';
};

export type Warning = {
    /**
     * DefaultSecret, PublicListener, PlainHTTP, ReadOnly, SpaceLow, Degraded
     */
    code: string;
    text: string;
};

export type ZipRequest = {
    /**
     * Prefix that is cut off the names in the archive
     */
    base?: string;
    /**
     * Single objects
     */
    keys?: Array<string>;
    /**
     * Name of the file; absent for the name of the folder or bucket
     */
    name?: string;
    /**
     * Everything below these
     */
    prefixes?: Array<string>;
};

export type ZipTicket = {
    expires: string;
    ticket: string;
    /**
     * Path and query; the answer is the archive, streamed
     */
    url: string;
};

export type ListAccountsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/accounts';
};

export type ListAccountsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListAccountsError = ListAccountsErrors[keyof ListAccountsErrors];

export type ListAccountsResponses = {
    /**
     * OK
     */
    200: AccountList;
};

export type ListAccountsResponse = ListAccountsResponses[keyof ListAccountsResponses];

export type CreateAccountData = {
    body: NewAccount;
    path?: never;
    query?: never;
    url: '/myfsio/accounts';
};

export type CreateAccountErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateAccountError = CreateAccountErrors[keyof CreateAccountErrors];

export type CreateAccountResponses = {
    /**
     * Created
     */
    201: NewAccountSecret;
};

export type CreateAccountResponse = CreateAccountResponses[keyof CreateAccountResponses];

export type DeleteAccountData = {
    body?: never;
    path: {
        name: string;
    };
    query?: never;
    url: '/myfsio/accounts/{name}';
};

export type DeleteAccountErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteAccountError = DeleteAccountErrors[keyof DeleteAccountErrors];

export type DeleteAccountResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteAccountResponse = DeleteAccountResponses[keyof DeleteAccountResponses];

export type SearchAuditData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Not before this time
         */
        from?: string;
        /**
         * Before this time
         */
        to?: string;
        /**
         * Only events of this kind
         */
        kind?: 'change' | 'authentication' | 'refusal' | 'data' | 'system';
        /**
         * Display name, id, ARN or access key of who made the request
         */
        user?: string;
        /**
         * Name in the table of operations, as PutObject or createUser
         */
        operation?: string;
        /**
         * Bucket
         */
        bucket?: string;
        /**
         * Keys that begin with this
         */
        key?: string;
        /**
         * denied: refused for want of credentials or permission; failed: anything else that went wrong
         */
        outcome?: 'ok' | 'denied' | 'failed';
        /**
         * Id of the request
         */
        request?: string;
        limit?: number;
        cursor?: string;
    };
    url: '/myfsio/audit';
};

export type SearchAuditErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SearchAuditError = SearchAuditErrors[keyof SearchAuditErrors];

export type SearchAuditResponses = {
    /**
     * OK
     */
    200: AuditPage;
};

export type SearchAuditResponse = SearchAuditResponses[keyof SearchAuditResponses];

export type ExportAuditData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Not before this time
         */
        from?: string;
        /**
         * Before this time
         */
        to?: string;
        /**
         * Only events of this kind
         */
        kind?: 'change' | 'authentication' | 'refusal' | 'data' | 'system';
        /**
         * Display name, id, ARN or access key of who made the request
         */
        user?: string;
        /**
         * Name in the table of operations, as PutObject or createUser
         */
        operation?: string;
        /**
         * Bucket
         */
        bucket?: string;
        /**
         * Keys that begin with this
         */
        key?: string;
        /**
         * denied: refused for want of credentials or permission; failed: anything else that went wrong
         */
        outcome?: 'ok' | 'denied' | 'failed';
        /**
         * Id of the request
         */
        request?: string;
    };
    url: '/myfsio/audit/export';
};

export type ExportAuditErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ExportAuditError = ExportAuditErrors[keyof ExportAuditErrors];

export type ExportAuditResponses = {
    /**
     * The content
     */
    200: Blob | File;
};

export type ExportAuditResponse = ExportAuditResponses[keyof ExportAuditResponses];

export type ExplainAuditData = {
    body?: never;
    path: {
        request: string;
    };
    query?: {
        cursor?: string;
    };
    url: '/myfsio/audit/requests/{request}';
};

export type ExplainAuditErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ExplainAuditError = ExplainAuditErrors[keyof ExplainAuditErrors];

export type ExplainAuditResponses = {
    /**
     * OK
     */
    200: AuditExplanation;
};

export type ExplainAuditResponse = ExplainAuditResponses[keyof ExplainAuditResponses];

export type ListBucketsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Part of the name
         */
        search?: string;
        sort?: 'name' | 'created' | 'objects' | 'bytes';
        order?: 'asc' | 'desc';
        limit?: number;
        cursor?: string;
    };
    url: '/myfsio/buckets';
};

export type ListBucketsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListBucketsError = ListBucketsErrors[keyof ListBucketsErrors];

export type ListBucketsResponses = {
    /**
     * OK
     */
    200: BucketList;
};

export type ListBucketsResponse = ListBucketsResponses[keyof ListBucketsResponses];

export type CreateBucketData = {
    body: NewBucket;
    path?: never;
    query?: never;
    url: '/myfsio/buckets';
};

export type CreateBucketErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateBucketError = CreateBucketErrors[keyof CreateBucketErrors];

export type CreateBucketResponses = {
    /**
     * Created
     */
    201: Bucket;
};

export type CreateBucketResponse = CreateBucketResponses[keyof CreateBucketResponses];

export type DeleteBucketData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}';
};

export type DeleteBucketErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteBucketError = DeleteBucketErrors[keyof DeleteBucketErrors];

export type DeleteBucketResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteBucketResponse = DeleteBucketResponses[keyof DeleteBucketResponses];

export type GetBucketData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}';
};

export type GetBucketErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetBucketError = GetBucketErrors[keyof GetBucketErrors];

export type GetBucketResponses = {
    /**
     * OK
     */
    200: Bucket;
};

export type GetBucketResponse = GetBucketResponses[keyof GetBucketResponses];

export type GetBucketAccessData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: {
        /**
         * Keys that begin with it; absent for all
         */
        prefix?: string;
        limit?: number;
        cursor?: string;
    };
    url: '/myfsio/buckets/{bucket}/access';
};

export type GetBucketAccessErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetBucketAccessError = GetBucketAccessErrors[keyof GetBucketAccessErrors];

export type GetBucketAccessResponses = {
    /**
     * OK
     */
    200: BucketAccess;
};

export type GetBucketAccessResponse = GetBucketAccessResponses[keyof GetBucketAccessResponses];

export type GetContentData = {
    body?: never;
    headers?: {
        /**
         * One range of bytes; more than one is answered whole
         */
        Range?: string;
        'If-Range'?: string;
        'If-Match'?: string;
        'If-None-Match'?: string;
    };
    path: {
        bucket: string;
    };
    query: {
        key: string;
        versionId?: string;
    };
    url: '/myfsio/buckets/{bucket}/content';
};

export type GetContentErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetContentError = GetContentErrors[keyof GetContentErrors];

export type GetContentResponses = {
    /**
     * The content
     */
    200: Blob | File;
};

export type GetContentResponse = GetContentResponses[keyof GetContentResponses];

export type PutContentData = {
    body: Blob | File;
    headers?: {
        /**
         * Kept with the object
         */
        'Content-Type'?: string;
        /**
         * * refuses with PreconditionFailed when the key exists
         */
        'If-None-Match'?: '*';
    };
    path: {
        bucket: string;
    };
    query: {
        key: string;
    };
    url: '/myfsio/buckets/{bucket}/content';
};

export type PutContentErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutContentError = PutContentErrors[keyof PutContentErrors];

export type PutContentResponses = {
    /**
     * OK
     */
    200: Stored;
};

export type PutContentResponse = PutContentResponses[keyof PutContentResponses];

export type GetBucketAclData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/acl';
};

export type GetBucketAclErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetBucketAclError = GetBucketAclErrors[keyof GetBucketAclErrors];

export type GetBucketAclResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetBucketAclResponse = GetBucketAclResponses[keyof GetBucketAclResponses];

export type PutBucketAclData = {
    body: Document;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/acl';
};

export type PutBucketAclErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutBucketAclError = PutBucketAclErrors[keyof PutBucketAclErrors];

export type PutBucketAclResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutBucketAclResponse = PutBucketAclResponses[keyof PutBucketAclResponses];

export type DeleteBucketCorsData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/cors';
};

export type DeleteBucketCorsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteBucketCorsError = DeleteBucketCorsErrors[keyof DeleteBucketCorsErrors];

export type DeleteBucketCorsResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteBucketCorsResponse = DeleteBucketCorsResponses[keyof DeleteBucketCorsResponses];

export type GetBucketCorsData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/cors';
};

export type GetBucketCorsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetBucketCorsError = GetBucketCorsErrors[keyof GetBucketCorsErrors];

export type GetBucketCorsResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetBucketCorsResponse = GetBucketCorsResponses[keyof GetBucketCorsResponses];

export type PutBucketCorsData = {
    body: Document;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/cors';
};

export type PutBucketCorsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutBucketCorsError = PutBucketCorsErrors[keyof PutBucketCorsErrors];

export type PutBucketCorsResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutBucketCorsResponse = PutBucketCorsResponses[keyof PutBucketCorsResponses];

export type DeleteBucketLifecycleData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/lifecycle';
};

export type DeleteBucketLifecycleErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteBucketLifecycleError = DeleteBucketLifecycleErrors[keyof DeleteBucketLifecycleErrors];

export type DeleteBucketLifecycleResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteBucketLifecycleResponse = DeleteBucketLifecycleResponses[keyof DeleteBucketLifecycleResponses];

export type GetBucketLifecycleData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/lifecycle';
};

export type GetBucketLifecycleErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetBucketLifecycleError = GetBucketLifecycleErrors[keyof GetBucketLifecycleErrors];

export type GetBucketLifecycleResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetBucketLifecycleResponse = GetBucketLifecycleResponses[keyof GetBucketLifecycleResponses];

export type PutBucketLifecycleData = {
    body: Document;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/lifecycle';
};

export type PutBucketLifecycleErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutBucketLifecycleError = PutBucketLifecycleErrors[keyof PutBucketLifecycleErrors];

export type PutBucketLifecycleResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutBucketLifecycleResponse = PutBucketLifecycleResponses[keyof PutBucketLifecycleResponses];

export type GetObjectLockConfigurationData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/object-lock';
};

export type GetObjectLockConfigurationErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetObjectLockConfigurationError = GetObjectLockConfigurationErrors[keyof GetObjectLockConfigurationErrors];

export type GetObjectLockConfigurationResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetObjectLockConfigurationResponse = GetObjectLockConfigurationResponses[keyof GetObjectLockConfigurationResponses];

export type PutObjectLockConfigurationData = {
    body: Document;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/object-lock';
};

export type PutObjectLockConfigurationErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutObjectLockConfigurationError = PutObjectLockConfigurationErrors[keyof PutObjectLockConfigurationErrors];

export type PutObjectLockConfigurationResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutObjectLockConfigurationResponse = PutObjectLockConfigurationResponses[keyof PutObjectLockConfigurationResponses];

export type DeleteBucketOwnershipControlsData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/ownershipControls';
};

export type DeleteBucketOwnershipControlsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteBucketOwnershipControlsError = DeleteBucketOwnershipControlsErrors[keyof DeleteBucketOwnershipControlsErrors];

export type DeleteBucketOwnershipControlsResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteBucketOwnershipControlsResponse = DeleteBucketOwnershipControlsResponses[keyof DeleteBucketOwnershipControlsResponses];

export type GetBucketOwnershipControlsData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/ownershipControls';
};

export type GetBucketOwnershipControlsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetBucketOwnershipControlsError = GetBucketOwnershipControlsErrors[keyof GetBucketOwnershipControlsErrors];

export type GetBucketOwnershipControlsResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetBucketOwnershipControlsResponse = GetBucketOwnershipControlsResponses[keyof GetBucketOwnershipControlsResponses];

export type PutBucketOwnershipControlsData = {
    body: Document;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/ownershipControls';
};

export type PutBucketOwnershipControlsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutBucketOwnershipControlsError = PutBucketOwnershipControlsErrors[keyof PutBucketOwnershipControlsErrors];

export type PutBucketOwnershipControlsResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutBucketOwnershipControlsResponse = PutBucketOwnershipControlsResponses[keyof PutBucketOwnershipControlsResponses];

export type DeleteBucketPolicyData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/policy';
};

export type DeleteBucketPolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteBucketPolicyError = DeleteBucketPolicyErrors[keyof DeleteBucketPolicyErrors];

export type DeleteBucketPolicyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteBucketPolicyResponse = DeleteBucketPolicyResponses[keyof DeleteBucketPolicyResponses];

export type GetBucketPolicyData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/policy';
};

export type GetBucketPolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetBucketPolicyError = GetBucketPolicyErrors[keyof GetBucketPolicyErrors];

export type GetBucketPolicyResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetBucketPolicyResponse = GetBucketPolicyResponses[keyof GetBucketPolicyResponses];

export type PutBucketPolicyData = {
    body: Document;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/policy';
};

export type PutBucketPolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutBucketPolicyError = PutBucketPolicyErrors[keyof PutBucketPolicyErrors];

export type PutBucketPolicyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutBucketPolicyResponse = PutBucketPolicyResponses[keyof PutBucketPolicyResponses];

export type GetBucketPolicyStatusData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/policyStatus';
};

export type GetBucketPolicyStatusErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetBucketPolicyStatusError = GetBucketPolicyStatusErrors[keyof GetBucketPolicyStatusErrors];

export type GetBucketPolicyStatusResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetBucketPolicyStatusResponse = GetBucketPolicyStatusResponses[keyof GetBucketPolicyStatusResponses];

export type DeletePublicAccessBlockData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/publicAccessBlock';
};

export type DeletePublicAccessBlockErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeletePublicAccessBlockError = DeletePublicAccessBlockErrors[keyof DeletePublicAccessBlockErrors];

export type DeletePublicAccessBlockResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeletePublicAccessBlockResponse = DeletePublicAccessBlockResponses[keyof DeletePublicAccessBlockResponses];

export type GetPublicAccessBlockData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/publicAccessBlock';
};

export type GetPublicAccessBlockErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetPublicAccessBlockError = GetPublicAccessBlockErrors[keyof GetPublicAccessBlockErrors];

export type GetPublicAccessBlockResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetPublicAccessBlockResponse = GetPublicAccessBlockResponses[keyof GetPublicAccessBlockResponses];

export type PutPublicAccessBlockData = {
    body: Document;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/publicAccessBlock';
};

export type PutPublicAccessBlockErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutPublicAccessBlockError = PutPublicAccessBlockErrors[keyof PutPublicAccessBlockErrors];

export type PutPublicAccessBlockResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutPublicAccessBlockResponse = PutPublicAccessBlockResponses[keyof PutPublicAccessBlockResponses];

export type DeleteBucketTaggingData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/tagging';
};

export type DeleteBucketTaggingErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteBucketTaggingError = DeleteBucketTaggingErrors[keyof DeleteBucketTaggingErrors];

export type DeleteBucketTaggingResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteBucketTaggingResponse = DeleteBucketTaggingResponses[keyof DeleteBucketTaggingResponses];

export type GetBucketTaggingData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/tagging';
};

export type GetBucketTaggingErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetBucketTaggingError = GetBucketTaggingErrors[keyof GetBucketTaggingErrors];

export type GetBucketTaggingResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetBucketTaggingResponse = GetBucketTaggingResponses[keyof GetBucketTaggingResponses];

export type PutBucketTaggingData = {
    body: Document;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/tagging';
};

export type PutBucketTaggingErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutBucketTaggingError = PutBucketTaggingErrors[keyof PutBucketTaggingErrors];

export type PutBucketTaggingResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutBucketTaggingResponse = PutBucketTaggingResponses[keyof PutBucketTaggingResponses];

export type DeleteBucketWebsiteData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/website';
};

export type DeleteBucketWebsiteErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteBucketWebsiteError = DeleteBucketWebsiteErrors[keyof DeleteBucketWebsiteErrors];

export type DeleteBucketWebsiteResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteBucketWebsiteResponse = DeleteBucketWebsiteResponses[keyof DeleteBucketWebsiteResponses];

export type GetBucketWebsiteData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/website';
};

export type GetBucketWebsiteErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetBucketWebsiteError = GetBucketWebsiteErrors[keyof GetBucketWebsiteErrors];

export type GetBucketWebsiteResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetBucketWebsiteResponse = GetBucketWebsiteResponses[keyof GetBucketWebsiteResponses];

export type PutBucketWebsiteData = {
    body: Document;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/documents/website';
};

export type PutBucketWebsiteErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutBucketWebsiteError = PutBucketWebsiteErrors[keyof PutBucketWebsiteErrors];

export type PutBucketWebsiteResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutBucketWebsiteResponse = PutBucketWebsiteResponses[keyof PutBucketWebsiteResponses];

export type CreateFolderData = {
    body: FolderRequest;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/folder';
};

export type CreateFolderErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateFolderError = CreateFolderErrors[keyof CreateFolderErrors];

export type CreateFolderResponses = {
    /**
     * Created
     */
    201: Stored;
};

export type CreateFolderResponse = CreateFolderResponses[keyof CreateFolderResponses];

export type GetLifecycleHistoryData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/lifecycle/history';
};

export type GetLifecycleHistoryErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetLifecycleHistoryError = GetLifecycleHistoryErrors[keyof GetLifecycleHistoryErrors];

export type GetLifecycleHistoryResponses = {
    /**
     * OK
     */
    200: LifecycleHistory;
};

export type GetLifecycleHistoryResponse = GetLifecycleHistoryResponses[keyof GetLifecycleHistoryResponses];

export type PreviewLifecycleData = {
    body: LifecyclePreviewRequest;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/lifecycle/preview';
};

export type PreviewLifecycleErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PreviewLifecycleError = PreviewLifecycleErrors[keyof PreviewLifecycleErrors];

export type PreviewLifecycleResponses = {
    /**
     * OK
     */
    200: LifecyclePreview;
};

export type PreviewLifecycleResponse = PreviewLifecycleResponses[keyof PreviewLifecycleResponses];

export type DeleteObjectData = {
    body?: never;
    path: {
        bucket: string;
    };
    query: {
        key: string;
        /**
         * Absent to delete the current version, or to have a delete marker come
         */
        versionId?: string;
    };
    url: '/myfsio/buckets/{bucket}/object';
};

export type DeleteObjectErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteObjectError = DeleteObjectErrors[keyof DeleteObjectErrors];

export type DeleteObjectResponses = {
    /**
     * OK
     */
    200: Deleted;
};

export type DeleteObjectResponse = DeleteObjectResponses[keyof DeleteObjectResponses];

export type GetObjectData = {
    body?: never;
    path: {
        bucket: string;
    };
    query: {
        key: string;
        /**
         * Absent for the current version
         */
        versionId?: string;
    };
    url: '/myfsio/buckets/{bucket}/object';
};

export type GetObjectErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetObjectError = GetObjectErrors[keyof GetObjectErrors];

export type GetObjectResponses = {
    /**
     * OK
     */
    200: Object;
};

export type GetObjectResponse = GetObjectResponses[keyof GetObjectResponses];

export type CopyObjectData = {
    body: CopyRequest;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/object/copy';
};

export type CopyObjectErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CopyObjectError = CopyObjectErrors[keyof CopyObjectErrors];

export type CopyObjectResponses = {
    /**
     * OK
     */
    200: Stored;
};

export type CopyObjectResponse = CopyObjectResponses[keyof CopyObjectResponses];

export type GetObjectLegalHoldData = {
    body?: never;
    path: {
        bucket: string;
    };
    query: {
        key: string;
        /**
         * Absent for the current version
         */
        versionId?: string;
    };
    url: '/myfsio/buckets/{bucket}/object/documents/legal-hold';
};

export type GetObjectLegalHoldErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetObjectLegalHoldError = GetObjectLegalHoldErrors[keyof GetObjectLegalHoldErrors];

export type GetObjectLegalHoldResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetObjectLegalHoldResponse = GetObjectLegalHoldResponses[keyof GetObjectLegalHoldResponses];

export type PutObjectLegalHoldData = {
    body: Document;
    path: {
        bucket: string;
    };
    query: {
        key: string;
        /**
         * Absent for the current version
         */
        versionId?: string;
        /**
         * Shorten or end a retention in the mode GOVERNANCE, which also needs s3:BypassGovernanceRetention
         */
        bypass?: boolean;
    };
    url: '/myfsio/buckets/{bucket}/object/documents/legal-hold';
};

export type PutObjectLegalHoldErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutObjectLegalHoldError = PutObjectLegalHoldErrors[keyof PutObjectLegalHoldErrors];

export type PutObjectLegalHoldResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutObjectLegalHoldResponse = PutObjectLegalHoldResponses[keyof PutObjectLegalHoldResponses];

export type GetObjectRetentionData = {
    body?: never;
    path: {
        bucket: string;
    };
    query: {
        key: string;
        /**
         * Absent for the current version
         */
        versionId?: string;
    };
    url: '/myfsio/buckets/{bucket}/object/documents/retention';
};

export type GetObjectRetentionErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetObjectRetentionError = GetObjectRetentionErrors[keyof GetObjectRetentionErrors];

export type GetObjectRetentionResponses = {
    /**
     * OK
     */
    200: Document;
};

export type GetObjectRetentionResponse = GetObjectRetentionResponses[keyof GetObjectRetentionResponses];

export type PutObjectRetentionData = {
    body: Document;
    path: {
        bucket: string;
    };
    query: {
        key: string;
        /**
         * Absent for the current version
         */
        versionId?: string;
        /**
         * Shorten or end a retention in the mode GOVERNANCE, which also needs s3:BypassGovernanceRetention
         */
        bypass?: boolean;
    };
    url: '/myfsio/buckets/{bucket}/object/documents/retention';
};

export type PutObjectRetentionErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutObjectRetentionError = PutObjectRetentionErrors[keyof PutObjectRetentionErrors];

export type PutObjectRetentionResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutObjectRetentionResponse = PutObjectRetentionResponses[keyof PutObjectRetentionResponses];

export type MoveObjectData = {
    body: MoveRequest;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/object/move';
};

export type MoveObjectErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type MoveObjectError = MoveObjectErrors[keyof MoveObjectErrors];

export type MoveObjectResponses = {
    /**
     * OK
     */
    200: Stored;
};

export type MoveObjectResponse = MoveObjectResponses[keyof MoveObjectResponses];

export type RenameObjectData = {
    body: RenameRequest;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/object/rename';
};

export type RenameObjectErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type RenameObjectError = RenameObjectErrors[keyof RenameObjectErrors];

export type RenameObjectResponses = {
    /**
     * OK
     */
    200: Stored;
};

export type RenameObjectResponse = RenameObjectResponses[keyof RenameObjectResponses];

export type ListObjectsData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: {
        prefix?: string;
        /**
         * Usually a slash; absent for all keys below the prefix
         */
        delimiter?: string;
        limit?: number;
        cursor?: string;
        /**
         * Tell the total, as far as it can be counted in a moment
         */
        count?: boolean;
    };
    url: '/myfsio/buckets/{bucket}/objects';
};

export type ListObjectsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListObjectsError = ListObjectsErrors[keyof ListObjectsErrors];

export type ListObjectsResponses = {
    /**
     * OK
     */
    200: ObjectList;
};

export type ListObjectsResponse = ListObjectsResponses[keyof ListObjectsResponses];

export type GetQuotaData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/quota';
};

export type GetQuotaErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetQuotaError = GetQuotaErrors[keyof GetQuotaErrors];

export type GetQuotaResponses = {
    /**
     * OK
     */
    200: Quota;
};

export type GetQuotaResponse = GetQuotaResponses[keyof GetQuotaResponses];

export type SetQuotaData = {
    body: QuotaLimits;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/quota';
};

export type SetQuotaErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SetQuotaError = SetQuotaErrors[keyof SetQuotaErrors];

export type SetQuotaResponses = {
    /**
     * OK
     */
    200: Quota;
};

export type SetQuotaResponse = SetQuotaResponses[keyof SetQuotaResponses];

export type SearchObjectsData = {
    body?: never;
    path: {
        bucket: string;
    };
    query: {
        prefix?: string;
        /**
         * Part of what follows the prefix, in any case
         */
        query: string;
        limit?: number;
        cursor?: string;
    };
    url: '/myfsio/buckets/{bucket}/search';
};

export type SearchObjectsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SearchObjectsError = SearchObjectsErrors[keyof SearchObjectsErrors];

export type SearchObjectsResponses = {
    /**
     * OK
     */
    200: SearchPage;
};

export type SearchObjectsResponse = SearchObjectsResponses[keyof SearchObjectsResponses];

export type ListUploadsData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: {
        prefix?: string;
        limit?: number;
        cursor?: string;
    };
    url: '/myfsio/buckets/{bucket}/uploads';
};

export type ListUploadsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListUploadsError = ListUploadsErrors[keyof ListUploadsErrors];

export type ListUploadsResponses = {
    /**
     * OK
     */
    200: UploadList;
};

export type ListUploadsResponse = ListUploadsResponses[keyof ListUploadsResponses];

export type CreateUploadData = {
    body: UploadRequest;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/uploads';
};

export type CreateUploadErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateUploadError = CreateUploadErrors[keyof CreateUploadErrors];

export type CreateUploadResponses = {
    /**
     * Created
     */
    201: Upload;
};

export type CreateUploadResponse = CreateUploadResponses[keyof CreateUploadResponses];

export type AbortUploadData = {
    body?: never;
    path: {
        bucket: string;
        uploadId: string;
    };
    query: {
        key: string;
    };
    url: '/myfsio/buckets/{bucket}/uploads/{uploadId}';
};

export type AbortUploadErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type AbortUploadError = AbortUploadErrors[keyof AbortUploadErrors];

export type AbortUploadResponses = {
    /**
     * No Content
     */
    204: void;
};

export type AbortUploadResponse = AbortUploadResponses[keyof AbortUploadResponses];

export type CompleteUploadData = {
    body: CompleteRequest;
    path: {
        bucket: string;
        uploadId: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/uploads/{uploadId}/complete';
};

export type CompleteUploadErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CompleteUploadError = CompleteUploadErrors[keyof CompleteUploadErrors];

export type CompleteUploadResponses = {
    /**
     * OK
     */
    200: Stored;
};

export type CompleteUploadResponse = CompleteUploadResponses[keyof CompleteUploadResponses];

export type ListPartsData = {
    body?: never;
    path: {
        bucket: string;
        uploadId: string;
    };
    query: {
        key: string;
        after?: number;
        limit?: number;
    };
    url: '/myfsio/buckets/{bucket}/uploads/{uploadId}/parts';
};

export type ListPartsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListPartsError = ListPartsErrors[keyof ListPartsErrors];

export type ListPartsResponses = {
    /**
     * OK
     */
    200: PartList;
};

export type ListPartsResponse = ListPartsResponses[keyof ListPartsResponses];

export type PutPartData = {
    body: Blob | File;
    path: {
        bucket: string;
        uploadId: string;
        number: number;
    };
    query: {
        key: string;
    };
    url: '/myfsio/buckets/{bucket}/uploads/{uploadId}/parts/{number}';
};

export type PutPartErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutPartError = PutPartErrors[keyof PutPartErrors];

export type PutPartResponses = {
    /**
     * OK
     */
    200: Part;
};

export type PutPartResponse = PutPartResponses[keyof PutPartResponses];

export type GetVersioningData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/versioning';
};

export type GetVersioningErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetVersioningError = GetVersioningErrors[keyof GetVersioningErrors];

export type GetVersioningResponses = {
    /**
     * OK
     */
    200: Versioning;
};

export type GetVersioningResponse = GetVersioningResponses[keyof GetVersioningResponses];

export type SetVersioningData = {
    body: SetVersioningInputBody;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/versioning';
};

export type SetVersioningErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SetVersioningError = SetVersioningErrors[keyof SetVersioningErrors];

export type SetVersioningResponses = {
    /**
     * OK
     */
    200: Versioning;
};

export type SetVersioningResponse = SetVersioningResponses[keyof SetVersioningResponses];

export type ListVersionsData = {
    body?: never;
    path: {
        bucket: string;
    };
    query?: {
        /**
         * Only versions of this key
         */
        key?: string;
        /**
         * Only versions of keys below this
         */
        prefix?: string;
        limit?: number;
        cursor?: string;
    };
    url: '/myfsio/buckets/{bucket}/versions';
};

export type ListVersionsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListVersionsError = ListVersionsErrors[keyof ListVersionsErrors];

export type ListVersionsResponses = {
    /**
     * OK
     */
    200: VersionList;
};

export type ListVersionsResponse = ListVersionsResponses[keyof ListVersionsResponses];

export type GetZipData = {
    body?: never;
    path: {
        bucket: string;
    };
    query: {
        ticket: string;
    };
    url: '/myfsio/buckets/{bucket}/zip';
};

export type GetZipErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetZipError = GetZipErrors[keyof GetZipErrors];

export type GetZipResponses = {
    /**
     * The content
     */
    200: Blob | File;
};

export type GetZipResponse = GetZipResponses[keyof GetZipResponses];

export type CreateZipData = {
    body: ZipRequest;
    path: {
        bucket: string;
    };
    query?: never;
    url: '/myfsio/buckets/{bucket}/zip';
};

export type CreateZipErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateZipError = CreateZipErrors[keyof CreateZipErrors];

export type CreateZipResponses = {
    /**
     * OK
     */
    200: ZipTicket;
};

export type CreateZipResponse = CreateZipResponses[keyof CreateZipResponses];

export type GetCompatibilityData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/compatibility';
};

export type GetCompatibilityErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetCompatibilityError = GetCompatibilityErrors[keyof GetCompatibilityErrors];

export type GetCompatibilityResponses = {
    /**
     * OK
     */
    200: Compatibility;
};

export type GetCompatibilityResponse = GetCompatibilityResponses[keyof GetCompatibilityResponses];

export type GetConfigData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/config';
};

export type GetConfigErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetConfigError = GetConfigErrors[keyof GetConfigErrors];

export type GetConfigResponses = {
    /**
     * OK
     */
    200: Settings;
};

export type GetConfigResponse = GetConfigResponses[keyof GetConfigResponses];

export type GetHealthData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/health';
};

export type GetHealthErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetHealthError = GetHealthErrors[keyof GetHealthErrors];

export type GetHealthResponses = {
    /**
     * OK
     */
    200: Health;
};

export type GetHealthResponse = GetHealthResponses[keyof GetHealthResponses];

export type HeadHealthData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/health';
};

export type HeadHealthErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type HeadHealthError = HeadHealthErrors[keyof HeadHealthErrors];

export type HeadHealthResponses = {
    /**
     * OK
     */
    200: unknown;
};

export type ListUsersData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/iam/users';
};

export type ListUsersErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListUsersError = ListUsersErrors[keyof ListUsersErrors];

export type ListUsersResponses = {
    /**
     * OK
     */
    200: UserList;
};

export type ListUsersResponse = ListUsersResponses[keyof ListUsersResponses];

export type CreateUserData = {
    body: NewUser;
    path?: never;
    query?: never;
    url: '/myfsio/iam/users';
};

export type CreateUserErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateUserError = CreateUserErrors[keyof CreateUserErrors];

export type CreateUserResponses = {
    /**
     * Created
     */
    201: UserSecret;
};

export type CreateUserResponse = CreateUserResponses[keyof CreateUserResponses];

export type DeleteUserData = {
    body?: never;
    path: {
        accessKey: string;
    };
    query?: never;
    url: '/myfsio/iam/users/{accessKey}';
};

export type DeleteUserErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteUserError = DeleteUserErrors[keyof DeleteUserErrors];

export type DeleteUserResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteUserResponse = DeleteUserResponses[keyof DeleteUserResponses];

export type SetUserPoliciesData = {
    /**
     * An array of simple policies, as [{"bucket": "*", "actions": ["list", "read"]}], or a policy document of AWS
     */
    body: unknown;
    path: {
        accessKey: string;
    };
    query?: never;
    url: '/myfsio/iam/users/{accessKey}/policies';
};

export type SetUserPoliciesErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SetUserPoliciesError = SetUserPoliciesErrors[keyof SetUserPoliciesErrors];

export type SetUserPoliciesResponses = {
    /**
     * OK
     */
    200: UserEntry;
};

export type SetUserPoliciesResponse = SetUserPoliciesResponses[keyof SetUserPoliciesResponses];

export type RotateSecretData = {
    body?: never;
    path: {
        accessKey: string;
    };
    query?: never;
    url: '/myfsio/iam/users/{accessKey}/rotate';
};

export type RotateSecretErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type RotateSecretError = RotateSecretErrors[keyof RotateSecretErrors];

export type RotateSecretResponses = {
    /**
     * OK
     */
    200: UserSecret;
};

export type RotateSecretResponse = RotateSecretResponses[keyof RotateSecretResponses];

export type RemoveMemberData = {
    body?: never;
    path: {
        /**
         * Of the group
         */
        name: string;
        user: string;
    };
    query?: never;
    url: '/myfsio/identities/groups/{name}/members/{user}';
};

export type RemoveMemberErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type RemoveMemberError = RemoveMemberErrors[keyof RemoveMemberErrors];

export type RemoveMemberResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RemoveMemberResponse = RemoveMemberResponses[keyof RemoveMemberResponses];

export type AddMemberData = {
    body?: never;
    path: {
        /**
         * Of the group
         */
        name: string;
        user: string;
    };
    query?: never;
    url: '/myfsio/identities/groups/{name}/members/{user}';
};

export type AddMemberErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type AddMemberError = AddMemberErrors[keyof AddMemberErrors];

export type AddMemberResponses = {
    /**
     * No Content
     */
    204: void;
};

export type AddMemberResponse = AddMemberResponses[keyof AddMemberResponses];

export type SetTrustPolicyData = {
    body: PolicyDocument;
    path: {
        name: string;
    };
    query?: never;
    url: '/myfsio/identities/roles/{name}/trust';
};

export type SetTrustPolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SetTrustPolicyError = SetTrustPolicyErrors[keyof SetTrustPolicyErrors];

export type SetTrustPolicyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type SetTrustPolicyResponse = SetTrustPolicyResponses[keyof SetTrustPolicyResponses];

export type EndConsoleData = {
    body?: never;
    path: {
        name: string;
    };
    query?: never;
    url: '/myfsio/identities/users/{name}/console';
};

export type EndConsoleErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type EndConsoleError = EndConsoleErrors[keyof EndConsoleErrors];

export type EndConsoleResponses = {
    /**
     * No Content
     */
    204: void;
};

export type EndConsoleResponse = EndConsoleResponses[keyof EndConsoleResponses];

export type RemoveDeviceData = {
    body?: never;
    path: {
        name: string;
        device: string;
    };
    query?: never;
    url: '/myfsio/identities/users/{name}/devices/{device}';
};

export type RemoveDeviceErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type RemoveDeviceError = RemoveDeviceErrors[keyof RemoveDeviceErrors];

export type RemoveDeviceResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RemoveDeviceResponse = RemoveDeviceResponses[keyof RemoveDeviceResponses];

export type CreateAccessKeyData = {
    body?: never;
    path: {
        name: string;
    };
    query?: {
        /**
         * From then on the key is refused as an unknown one; absent for never
         */
        expires?: string;
    };
    url: '/myfsio/identities/users/{name}/keys';
};

export type CreateAccessKeyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateAccessKeyError = CreateAccessKeyErrors[keyof CreateAccessKeyErrors];

export type CreateAccessKeyResponses = {
    /**
     * Created
     */
    201: NewKey;
};

export type CreateAccessKeyResponse = CreateAccessKeyResponses[keyof CreateAccessKeyResponses];

export type DeleteAccessKeyData = {
    body?: never;
    path: {
        name: string;
        key: string;
    };
    query?: never;
    url: '/myfsio/identities/users/{name}/keys/{key}';
};

export type DeleteAccessKeyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteAccessKeyError = DeleteAccessKeyErrors[keyof DeleteAccessKeyErrors];

export type DeleteAccessKeyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteAccessKeyResponse = DeleteAccessKeyResponses[keyof DeleteAccessKeyResponses];

export type SetAccessKeyData = {
    body: SetKeyInputBody;
    path: {
        name: string;
        key: string;
    };
    query?: never;
    url: '/myfsio/identities/users/{name}/keys/{key}';
};

export type SetAccessKeyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SetAccessKeyError = SetAccessKeyErrors[keyof SetAccessKeyErrors];

export type SetAccessKeyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type SetAccessKeyResponse = SetAccessKeyResponses[keyof SetAccessKeyResponses];

export type DeletePasswordData = {
    body?: never;
    path: {
        name: string;
    };
    query?: never;
    url: '/myfsio/identities/users/{name}/password';
};

export type DeletePasswordErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeletePasswordError = DeletePasswordErrors[keyof DeletePasswordErrors];

export type DeletePasswordResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeletePasswordResponse = DeletePasswordResponses[keyof DeletePasswordResponses];

export type SetPasswordData = {
    body: PasswordInput;
    path: {
        name: string;
    };
    query?: never;
    url: '/myfsio/identities/users/{name}/password';
};

export type SetPasswordErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SetPasswordError = SetPasswordErrors[keyof SetPasswordErrors];

export type SetPasswordResponses = {
    /**
     * No Content
     */
    204: void;
};

export type SetPasswordResponse = SetPasswordResponses[keyof SetPasswordResponses];

export type ListIdentitiesData = {
    body?: never;
    path: {
        kind: 'users' | 'groups' | 'roles';
    };
    query?: {
        /**
         * What another kind has is none
         */
        sort?: 'name' | 'created' | 'keys' | 'groups' | 'policies' | 'members';
        /**
         * Words that the name, the display name, the description or the ARN has, whatever their case
         */
        search?: string;
        order?: 'asc' | 'desc';
        limit?: number;
        cursor?: string;
    };
    url: '/myfsio/identities/{kind}';
};

export type ListIdentitiesErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListIdentitiesError = ListIdentitiesErrors[keyof ListIdentitiesErrors];

export type ListIdentitiesResponses = {
    /**
     * OK
     */
    200: IdentityList;
};

export type ListIdentitiesResponse = ListIdentitiesResponses[keyof ListIdentitiesResponses];

export type CreateIdentityData = {
    body: NewIdentity;
    path: {
        kind: 'users' | 'groups' | 'roles';
    };
    query?: never;
    url: '/myfsio/identities/{kind}';
};

export type CreateIdentityErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateIdentityError = CreateIdentityErrors[keyof CreateIdentityErrors];

export type CreateIdentityResponses = {
    /**
     * Created
     */
    201: CreatedIdentity;
};

export type CreateIdentityResponse = CreateIdentityResponses[keyof CreateIdentityResponses];

export type DeleteIdentityData = {
    body?: never;
    path: {
        kind: 'users' | 'groups' | 'roles';
        name: string;
    };
    query?: never;
    url: '/myfsio/identities/{kind}/{name}';
};

export type DeleteIdentityErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteIdentityError = DeleteIdentityErrors[keyof DeleteIdentityErrors];

export type DeleteIdentityResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteIdentityResponse = DeleteIdentityResponses[keyof DeleteIdentityResponses];

export type GetIdentityData = {
    body?: never;
    path: {
        kind: 'users' | 'groups' | 'roles';
        name: string;
    };
    query?: never;
    url: '/myfsio/identities/{kind}/{name}';
};

export type GetIdentityErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetIdentityError = GetIdentityErrors[keyof GetIdentityErrors];

export type GetIdentityResponses = {
    /**
     * OK
     */
    200: Identity;
};

export type GetIdentityResponse = GetIdentityResponses[keyof GetIdentityResponses];

export type UpdateIdentityData = {
    body: IdentityChange;
    path: {
        kind: 'users' | 'groups' | 'roles';
        name: string;
    };
    query?: never;
    url: '/myfsio/identities/{kind}/{name}';
};

export type UpdateIdentityErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type UpdateIdentityError = UpdateIdentityErrors[keyof UpdateIdentityErrors];

export type UpdateIdentityResponses = {
    /**
     * No Content
     */
    204: void;
};

export type UpdateIdentityResponse = UpdateIdentityResponses[keyof UpdateIdentityResponses];

export type DetachPolicyData = {
    body?: never;
    path: {
        kind: 'users' | 'groups' | 'roles';
        name: string;
    };
    query: {
        /**
         * Of a managed policy
         */
        arn: string;
    };
    url: '/myfsio/identities/{kind}/{name}/attached';
};

export type DetachPolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DetachPolicyError = DetachPolicyErrors[keyof DetachPolicyErrors];

export type DetachPolicyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DetachPolicyResponse = DetachPolicyResponses[keyof DetachPolicyResponses];

export type AttachPolicyData = {
    body?: never;
    path: {
        kind: 'users' | 'groups' | 'roles';
        name: string;
    };
    query: {
        /**
         * Of a managed policy
         */
        arn: string;
    };
    url: '/myfsio/identities/{kind}/{name}/attached';
};

export type AttachPolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type AttachPolicyError = AttachPolicyErrors[keyof AttachPolicyErrors];

export type AttachPolicyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type AttachPolicyResponse = AttachPolicyResponses[keyof AttachPolicyResponses];

export type DeleteBoundaryData = {
    body?: never;
    path: {
        kind: 'users' | 'roles';
        name: string;
    };
    query?: never;
    url: '/myfsio/identities/{kind}/{name}/boundary';
};

export type DeleteBoundaryErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteBoundaryError = DeleteBoundaryErrors[keyof DeleteBoundaryErrors];

export type DeleteBoundaryResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteBoundaryResponse = DeleteBoundaryResponses[keyof DeleteBoundaryResponses];

export type SetBoundaryData = {
    body?: never;
    path: {
        kind: 'users' | 'roles';
        name: string;
    };
    query: {
        /**
         * Of a managed policy
         */
        arn: string;
    };
    url: '/myfsio/identities/{kind}/{name}/boundary';
};

export type SetBoundaryErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SetBoundaryError = SetBoundaryErrors[keyof SetBoundaryErrors];

export type SetBoundaryResponses = {
    /**
     * No Content
     */
    204: void;
};

export type SetBoundaryResponse = SetBoundaryResponses[keyof SetBoundaryResponses];

export type DeleteInlinePolicyData = {
    body?: never;
    path: {
        kind: 'users' | 'groups' | 'roles';
        name: string;
        policy: string;
    };
    query?: never;
    url: '/myfsio/identities/{kind}/{name}/policies/{policy}';
};

export type DeleteInlinePolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteInlinePolicyError = DeleteInlinePolicyErrors[keyof DeleteInlinePolicyErrors];

export type DeleteInlinePolicyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteInlinePolicyResponse = DeleteInlinePolicyResponses[keyof DeleteInlinePolicyResponses];

export type PutInlinePolicyData = {
    body: PolicyDocument;
    path: {
        kind: 'users' | 'groups' | 'roles';
        name: string;
        policy: string;
    };
    query?: never;
    url: '/myfsio/identities/{kind}/{name}/policies/{policy}';
};

export type PutInlinePolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type PutInlinePolicyError = PutInlinePolicyErrors[keyof PutInlinePolicyErrors];

export type PutInlinePolicyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type PutInlinePolicyResponse = PutInlinePolicyResponses[keyof PutInlinePolicyResponses];

export type UntagIdentityData = {
    body?: never;
    path: {
        kind: 'users' | 'roles';
        name: string;
    };
    query: {
        /**
         * Names of tags
         */
        tag: Array<string>;
    };
    url: '/myfsio/identities/{kind}/{name}/tags';
};

export type UntagIdentityErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type UntagIdentityError = UntagIdentityErrors[keyof UntagIdentityErrors];

export type UntagIdentityResponses = {
    /**
     * No Content
     */
    204: void;
};

export type UntagIdentityResponse = UntagIdentityResponses[keyof UntagIdentityResponses];

export type TagIdentityData = {
    body: TagIdentityInputBody;
    path: {
        kind: 'users' | 'roles';
        name: string;
    };
    query?: never;
    url: '/myfsio/identities/{kind}/{name}/tags';
};

export type TagIdentityErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type TagIdentityError = TagIdentityErrors[keyof TagIdentityErrors];

export type TagIdentityResponses = {
    /**
     * No Content
     */
    204: void;
};

export type TagIdentityResponse = TagIdentityResponses[keyof TagIdentityResponses];

export type ListJobsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/jobs';
};

export type ListJobsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListJobsError = ListJobsErrors[keyof ListJobsErrors];

export type ListJobsResponses = {
    /**
     * OK
     */
    200: JobList;
};

export type ListJobsResponse = ListJobsResponses[keyof ListJobsResponses];

export type CreateBulkCopyData = {
    body: BulkCopy;
    path?: never;
    query?: never;
    url: '/myfsio/jobs/bulk-copy';
};

export type CreateBulkCopyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateBulkCopyError = CreateBulkCopyErrors[keyof CreateBulkCopyErrors];

export type CreateBulkCopyResponses = {
    /**
     * Accepted
     */
    202: Job;
};

export type CreateBulkCopyResponse = CreateBulkCopyResponses[keyof CreateBulkCopyResponses];

export type CreateBulkDeleteData = {
    body: BulkDelete;
    path?: never;
    query?: never;
    url: '/myfsio/jobs/bulk-delete';
};

export type CreateBulkDeleteErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateBulkDeleteError = CreateBulkDeleteErrors[keyof CreateBulkDeleteErrors];

export type CreateBulkDeleteResponses = {
    /**
     * Accepted
     */
    202: Job;
};

export type CreateBulkDeleteResponse = CreateBulkDeleteResponses[keyof CreateBulkDeleteResponses];

export type CancelJobData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/myfsio/jobs/{id}';
};

export type CancelJobErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CancelJobError = CancelJobErrors[keyof CancelJobErrors];

export type CancelJobResponses = {
    /**
     * OK
     */
    200: Job;
};

export type CancelJobResponse = CancelJobResponses[keyof CancelJobResponses];

export type GetJobData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/myfsio/jobs/{id}';
};

export type GetJobErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetJobError = GetJobErrors[keyof GetJobErrors];

export type GetJobResponses = {
    /**
     * OK
     */
    200: Job;
};

export type GetJobResponse = GetJobResponses[keyof GetJobResponses];

export type GetProfileData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/me';
};

export type GetProfileErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetProfileError = GetProfileErrors[keyof GetProfileErrors];

export type GetProfileResponses = {
    /**
     * OK
     */
    200: Profile;
};

export type GetProfileResponse = GetProfileResponses[keyof GetProfileResponses];

export type EnrolDeviceData = {
    body: EnrolInputBody;
    path?: never;
    query?: never;
    url: '/myfsio/me/devices';
};

export type EnrolDeviceErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type EnrolDeviceError = EnrolDeviceErrors[keyof EnrolDeviceErrors];

export type EnrolDeviceResponses = {
    /**
     * OK
     */
    200: NewMfaDevice;
};

export type EnrolDeviceResponse = EnrolDeviceResponses[keyof EnrolDeviceResponses];

export type ConfirmDeviceData = {
    body: ConfirmInputBody;
    path?: never;
    query?: never;
    url: '/myfsio/me/devices';
};

export type ConfirmDeviceErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ConfirmDeviceError = ConfirmDeviceErrors[keyof ConfirmDeviceErrors];

export type ConfirmDeviceResponses = {
    /**
     * OK
     */
    200: MfaDevice;
};

export type ConfirmDeviceResponse = ConfirmDeviceResponses[keyof ConfirmDeviceResponses];

export type RemoveOwnDeviceData = {
    body: RemoveOwnInputBody;
    path: {
        device: string;
    };
    query?: never;
    url: '/myfsio/me/devices/{device}/remove';
};

export type RemoveOwnDeviceErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type RemoveOwnDeviceError = RemoveOwnDeviceErrors[keyof RemoveOwnDeviceErrors];

export type RemoveOwnDeviceResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RemoveOwnDeviceResponse = RemoveOwnDeviceResponses[keyof RemoveOwnDeviceResponses];

export type ChangePasswordData = {
    body: PasswordChange;
    path?: never;
    query?: never;
    url: '/myfsio/me/password';
};

export type ChangePasswordErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ChangePasswordError = ChangePasswordErrors[keyof ChangePasswordErrors];

export type ChangePasswordResponses = {
    /**
     * No Content
     */
    204: void;
};

export type ChangePasswordResponse = ChangePasswordResponses[keyof ChangePasswordResponses];

export type ListManagedPoliciesData = {
    body?: never;
    path?: never;
    query?: {
        sort?: 'name' | 'created' | 'attached';
        /**
         * Words that the name, the display name, the description or the ARN has, whatever their case
         */
        search?: string;
        order?: 'asc' | 'desc';
        limit?: number;
        cursor?: string;
    };
    url: '/myfsio/policies';
};

export type ListManagedPoliciesErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListManagedPoliciesError = ListManagedPoliciesErrors[keyof ListManagedPoliciesErrors];

export type ListManagedPoliciesResponses = {
    /**
     * OK
     */
    200: ManagedPolicyList;
};

export type ListManagedPoliciesResponse = ListManagedPoliciesResponses[keyof ListManagedPoliciesResponses];

export type CreateManagedPolicyData = {
    body: NewManagedPolicy;
    path?: never;
    query?: never;
    url: '/myfsio/policies';
};

export type CreateManagedPolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateManagedPolicyError = CreateManagedPolicyErrors[keyof CreateManagedPolicyErrors];

export type CreateManagedPolicyResponses = {
    /**
     * Created
     */
    201: ManagedPolicyEntry;
};

export type CreateManagedPolicyResponse = CreateManagedPolicyResponses[keyof CreateManagedPolicyResponses];

export type DeleteManagedPolicyData = {
    body?: never;
    path?: never;
    query: {
        /**
         * Of the policy
         */
        arn: string;
    };
    url: '/myfsio/policy';
};

export type DeleteManagedPolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteManagedPolicyError = DeleteManagedPolicyErrors[keyof DeleteManagedPolicyErrors];

export type DeleteManagedPolicyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteManagedPolicyResponse = DeleteManagedPolicyResponses[keyof DeleteManagedPolicyResponses];

export type GetManagedPolicyData = {
    body?: never;
    path?: never;
    query: {
        /**
         * Of the policy
         */
        arn: string;
    };
    url: '/myfsio/policy';
};

export type GetManagedPolicyErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetManagedPolicyError = GetManagedPolicyErrors[keyof GetManagedPolicyErrors];

export type GetManagedPolicyResponses = {
    /**
     * OK
     */
    200: ManagedPolicy;
};

export type GetManagedPolicyResponse = GetManagedPolicyResponses[keyof GetManagedPolicyResponses];

export type SetDefaultPolicyVersionData = {
    body?: never;
    path?: never;
    query: {
        /**
         * Of the policy
         */
        arn: string;
        version: number;
    };
    url: '/myfsio/policy/default';
};

export type SetDefaultPolicyVersionErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SetDefaultPolicyVersionError = SetDefaultPolicyVersionErrors[keyof SetDefaultPolicyVersionErrors];

export type SetDefaultPolicyVersionResponses = {
    /**
     * No Content
     */
    204: void;
};

export type SetDefaultPolicyVersionResponse = SetDefaultPolicyVersionResponses[keyof SetDefaultPolicyVersionResponses];

export type DeletePolicyVersionData = {
    body?: never;
    path?: never;
    query: {
        /**
         * Of the policy
         */
        arn: string;
        version: number;
    };
    url: '/myfsio/policy/versions';
};

export type DeletePolicyVersionErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeletePolicyVersionError = DeletePolicyVersionErrors[keyof DeletePolicyVersionErrors];

export type DeletePolicyVersionResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeletePolicyVersionResponse = DeletePolicyVersionResponses[keyof DeletePolicyVersionResponses];

export type CreatePolicyVersionData = {
    body: NewVersion;
    path?: never;
    query: {
        /**
         * Of the policy
         */
        arn: string;
    };
    url: '/myfsio/policy/versions';
};

export type CreatePolicyVersionErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreatePolicyVersionError = CreatePolicyVersionErrors[keyof CreatePolicyVersionErrors];

export type CreatePolicyVersionResponses = {
    /**
     * Created
     */
    201: PolicyVersion;
};

export type CreatePolicyVersionResponse = CreatePolicyVersionResponses[keyof CreatePolicyVersionResponses];

export type CreateLinkData = {
    body: PresignRequest;
    path?: never;
    query?: never;
    url: '/myfsio/presign';
};

export type CreateLinkErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateLinkError = CreateLinkErrors[keyof CreateLinkErrors];

export type CreateLinkResponses = {
    /**
     * OK
     */
    200: Presigned;
};

export type CreateLinkResponse = CreateLinkResponses[keyof CreateLinkResponses];

export type GetServerData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/server';
};

export type GetServerErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetServerError = GetServerErrors[keyof GetServerErrors];

export type GetServerResponses = {
    /**
     * OK
     */
    200: Server;
};

export type GetServerResponse = GetServerResponses[keyof GetServerResponses];

export type DeleteSessionData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/session';
};

export type DeleteSessionErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type DeleteSessionError = DeleteSessionErrors[keyof DeleteSessionErrors];

export type DeleteSessionResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteSessionResponse = DeleteSessionResponses[keyof DeleteSessionResponses];

export type GetSessionData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/session';
};

export type GetSessionErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetSessionError = GetSessionErrors[keyof GetSessionErrors];

export type GetSessionResponses = {
    /**
     * OK
     */
    200: Session;
};

export type GetSessionResponse = GetSessionResponses[keyof GetSessionResponses];

export type CreateSessionData = {
    body: Credentials;
    path?: never;
    query?: never;
    url: '/myfsio/session';
};

export type CreateSessionErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateSessionError = CreateSessionErrors[keyof CreateSessionErrors];

export type CreateSessionResponses = {
    /**
     * OK
     */
    200: Session;
};

export type CreateSessionResponse = CreateSessionResponses[keyof CreateSessionResponses];

export type StartSingleSignOnData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Page of the console to show afterwards, as /buckets
         */
        next?: string;
    };
    url: '/myfsio/session/oidc';
};

export type StartSingleSignOnErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type StartSingleSignOnError = StartSingleSignOnErrors[keyof StartSingleSignOnErrors];

export type StartSingleSignOnResponses = {
    /**
     * Error
     */
    default: Problem;
};

export type StartSingleSignOnResponse = StartSingleSignOnResponses[keyof StartSingleSignOnResponses];

export type FinishSingleSignOnData = {
    body?: never;
    path?: never;
    query?: {
        state?: string;
        code?: string;
        error?: string;
        error_description?: string;
        scope?: string;
    };
    url: '/myfsio/session/oidc/callback';
};

export type FinishSingleSignOnErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type FinishSingleSignOnError = FinishSingleSignOnErrors[keyof FinishSingleSignOnErrors];

export type FinishSingleSignOnResponses = {
    /**
     * Error
     */
    default: Problem;
};

export type FinishSingleSignOnResponse = FinishSingleSignOnResponses[keyof FinishSingleSignOnResponses];

export type LeaveSingleSignOnData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/session/oidc/leave';
};

export type LeaveSingleSignOnErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type LeaveSingleSignOnError = LeaveSingleSignOnErrors[keyof LeaveSingleSignOnErrors];

export type LeaveSingleSignOnResponses = {
    /**
     * Error
     */
    default: Problem;
};

export type LeaveSingleSignOnResponse = LeaveSingleSignOnResponses[keyof LeaveSingleSignOnResponses];

export type EndOtherSessionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/sessions';
};

export type EndOtherSessionsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type EndOtherSessionsError = EndOtherSessionsErrors[keyof EndOtherSessionsErrors];

export type EndOtherSessionsResponses = {
    /**
     * No Content
     */
    204: void;
};

export type EndOtherSessionsResponse = EndOtherSessionsResponses[keyof EndOtherSessionsResponses];

export type ListSessionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/sessions';
};

export type ListSessionsErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type ListSessionsError = ListSessionsErrors[keyof ListSessionsErrors];

export type ListSessionsResponses = {
    /**
     * OK
     */
    200: ConsoleSessionList;
};

export type ListSessionsResponse = ListSessionsResponses[keyof ListSessionsResponses];

export type EndSessionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/myfsio/sessions/{id}';
};

export type EndSessionErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type EndSessionError = EndSessionErrors[keyof EndSessionErrors];

export type EndSessionResponses = {
    /**
     * No Content
     */
    204: void;
};

export type EndSessionResponse = EndSessionResponses[keyof EndSessionResponses];

export type SimulateData = {
    body: SimulationRequest;
    path?: never;
    query?: never;
    url: '/myfsio/simulate';
};

export type SimulateErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type SimulateError = SimulateErrors[keyof SimulateErrors];

export type SimulateResponses = {
    /**
     * OK
     */
    200: SimulationReport;
};

export type SimulateResponse = SimulateResponses[keyof SimulateResponses];

export type CreateTokenData = {
    body: TokenRequest;
    path?: never;
    query?: never;
    url: '/myfsio/tokens';
};

export type CreateTokenErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type CreateTokenError = CreateTokenErrors[keyof CreateTokenErrors];

export type CreateTokenResponses = {
    /**
     * OK
     */
    200: Token;
};

export type CreateTokenResponse = CreateTokenResponses[keyof CreateTokenResponses];

export type RefreshTokenData = {
    body: RefreshRequest;
    path?: never;
    query?: never;
    url: '/myfsio/tokens/refresh';
};

export type RefreshTokenErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type RefreshTokenError = RefreshTokenErrors[keyof RefreshTokenErrors];

export type RefreshTokenResponses = {
    /**
     * OK
     */
    200: Token;
};

export type RefreshTokenResponse = RefreshTokenResponses[keyof RefreshTokenResponses];

export type RevokeTokenData = {
    body: RevokeRequest;
    path?: never;
    query?: never;
    url: '/myfsio/tokens/revoke';
};

export type RevokeTokenErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type RevokeTokenError = RevokeTokenErrors[keyof RevokeTokenErrors];

export type RevokeTokenResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RevokeTokenResponse = RevokeTokenResponses[keyof RevokeTokenResponses];

export type GetVersionData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/myfsio/version';
};

export type GetVersionErrors = {
    /**
     * Error
     */
    default: Problem;
};

export type GetVersionError = GetVersionErrors[keyof GetVersionErrors];

export type GetVersionResponses = {
    /**
     * OK
     */
    200: Version;
};

export type GetVersionResponse = GetVersionResponses[keyof GetVersionResponses];
