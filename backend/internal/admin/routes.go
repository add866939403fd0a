package admin

import (
	"net/http"

	"github.com/myfsio/myfsio/backend/internal/limit"
)

// Tags of operations, in the order of the reference.
const (
	tagSession    = "Session"
	tagSystem     = "System"
	tagAccount    = "Accounts"
	tagUsers      = "Users"
	tagIdentities = "Identities"
	tagBuckets    = "Buckets"
	tagObjects    = "Objects"
	tagContent    = "Content"
	tagUploads    = "Uploads"
	tagLinks      = "Links"
	tagJobs       = "Jobs"
	tagAudit      = "Audit"
)

const octets = "application/octet-stream"

// sessionRoutes: signing in and out, and tokens.
func (a *API) sessionRoutes(m *mount) {
	add(m, operation{
		id: "createSession", method: http.MethodPost, path: "/myfsio/session", tag: tagSession, need: anonymous(), class: limit.Login, console: true, always: true,
		summary: "Sign in",
		text:    "Checks an access key and its secret, or a name and a password, and answers with a session cookie (HttpOnly, SameSite=Strict). Needs the header `X-Myfsio-Console: 1`. Only on the console's port.",
	}, a.createSession)
	add(m, operation{
		id: "getSession", method: http.MethodGet, path: "/myfsio/session", tag: tagSession, need: anonymous(),
		summary: "Who am I",
		text:    "Never refused: without valid credentials the answer has no user.",
	}, a.getSession)
	add(m, operation{
		id: "deleteSession", method: http.MethodDelete, path: "/myfsio/session", tag: tagSession, need: anonymous(), console: true, always: true,
		summary: "Sign out",
		text:    "Ends the session for good, also for copies of the cookie. Without a session there is nothing to do, which is no error.",
	}, a.deleteSession)
	add(m, operation{
		id: "startSingleSignOn", method: http.MethodGet, path: ssoPath, tag: tagSession, need: anonymous(), class: limit.Login, status: http.StatusFound, always: true,
		summary: "Sign in at the provider",
		text:    "Sends the browser to the provider of OIDC_ISSUER. Only on the console's port.",
	}, a.startSSO)
	add(m, operation{
		id: "finishSingleSignOn", method: http.MethodGet, path: ssoPath + "/callback", tag: tagSession, need: anonymous(), status: http.StatusFound, landing: true, always: true,
		summary: "Come back from the provider",
		text:    "The redirect address of the server at the provider. Goes on to the console with a session cookie, or to the sign-in page with what went wrong.",
	}, a.finishSSO)
	add(m, operation{
		id: "leaveSingleSignOn", method: http.MethodGet, path: ssoPath + "/leave", tag: tagSession, need: anonymous(), status: http.StatusFound, always: true,
		summary: "Sign out at the provider",
		text:    "For after deleteSession: goes on to the provider, where it can end sessions, and else to the sign-in page.",
	}, a.leaveSSO)
	add(m, operation{
		id: "createToken", method: http.MethodPost, path: "/myfsio/tokens", tag: tagSession, need: anonymous(), class: limit.Login, always: true,
		summary: "Get a token",
		text: "Checks an access key and its secret and answers with a JSON web token for `Authorization: Bearer`. It ends when its time is up, when it is revoked, when the secret changes, or when the user goes. " +
			"With `refresh` there is a refresh token beside it, which lasts as long as a session of the console.",
	}, a.createToken)
	add(m, operation{
		id: "refreshToken", method: http.MethodPost, path: "/myfsio/tokens/refresh", tag: tagSession, need: anonymous(), always: true,
		summary: "Get the next token",
		text:    "A refresh token is good once: the answer has the next one. Whoever shows one that was used ends everything that came from it.",
	}, a.refreshToken)
	add(m, operation{
		id: "revokeToken", method: http.MethodPost, path: "/myfsio/tokens/revoke", tag: tagSession, need: anonymous(), always: true,
		summary: "Revoke a token",
		text:    "Takes a token or a refresh token, and ends all that came from the same sign-in at once. A refresh token that has ended already is no error.",
	}, a.revokeToken)
}

// systemRoutes: what the server tells of itself.
func (a *API) systemRoutes(m *mount) {
	add(m, operation{
		id: "getHealth", method: http.MethodGet, path: "/myfsio/health", tag: tagSystem, need: anonymous(), probe: true,
		summary: "Health",
		text:    "For load balancers and probes: 200 while the server serves, 503 while it starts or stops. Administrators also see the checks.",
	}, a.getHealth)
	add(m, operation{
		id: "headHealth", method: http.MethodHead, path: "/myfsio/health", tag: tagSystem, need: anonymous(), probe: true,
		summary: "Health, status only",
	}, a.headHealth)
	add(m, operation{
		id: "getVersion", method: http.MethodGet, path: "/myfsio/version", tag: tagSystem, need: own(),
		summary: "Version",
	}, a.getVersion)
	add(m, operation{
		id: "getCompatibility", method: http.MethodGet, path: "/myfsio/compatibility", tag: tagSystem, need: anonymous(),
		summary: "What the S3 port supports",
		text:    "The table of operations and the policy language, as the manual has them.",
	}, a.getCompatibility)
	add(m, operation{
		id: "getConfig", method: http.MethodGet, path: "/myfsio/config", tag: tagSystem, need: administrative("myfsio:GetConfig"),
		summary: "Settings",
		text:    "Every setting with its value and where it comes from. Secrets are not shown.",
	}, a.getConfig)
	add(m, operation{
		id: "getServer", method: http.MethodGet, path: "/myfsio/server", tag: tagSystem, need: administrative("myfsio:GetServer"),
		summary: "Server information",
	}, a.getServer)
}

// accountRoutes: accounts, in the same spelling as users.
func (a *API) accountRoutes(m *mount) {
	add(m, operation{
		id: "listAccounts", method: http.MethodGet, path: "/myfsio/accounts", tag: tagAccount, need: administrative("myfsio:ListAccounts"),
		summary: "List accounts",
	}, a.listAccounts)
	add(m, operation{
		id: "createAccount", method: http.MethodPost, path: "/myfsio/accounts", tag: tagAccount, need: administrative("myfsio:CreateAccount"),
		status:  http.StatusCreated,
		summary: "Create an account with its first administrator",
		text:    "The answer is the only one that shows the secret key.",
	}, a.createAccount)
	add(m, operation{
		id: "deleteAccount", method: http.MethodDelete, path: "/myfsio/accounts/{name}", tag: tagAccount, need: administrative("myfsio:DeleteAccount"),
		summary: "Delete an account with its users",
		text:    "Refused while the account has buckets, and for the account `default`.",
	}, a.deleteAccount)
}

// userRoutes: users, with documents in snake_case, at the paths that scripts already know and below /myfsio.
func (a *API) userRoutes(m *mount) {
	add(m, operation{
		id: "listUsers", method: http.MethodGet, path: "/myfsio/iam/users", alias: "/iam/users", tag: tagUsers, need: administrative("iam:ListUsers"),
		summary: "List users",
		text:    "Those of one's own account. The other operations on users see no others either.",
	}, a.listUsers)
	add(m, operation{
		id: "createUser", method: http.MethodPost, path: "/myfsio/iam/users", alias: "/iam/users", tag: tagUsers, need: onUser("iam:CreateUser"),
		status:  http.StatusCreated,
		summary: "Create a user",
		text:    "The answer is the only one that shows the secret key.",
	}, a.createUser)
	add(m, operation{
		id: "rotateSecret", method: http.MethodPost, path: "/myfsio/iam/users/{accessKey}/rotate", alias: "/iam/users/{accessKey}/rotate", tag: tagUsers, need: onUser("iam:UpdateAccessKey"),
		summary: "Replace the secret key of a user",
		text:    "Sessions and tokens that came from the old secret end at once.",
	}, a.rotateSecret)
	add(m, operation{
		id: "setUserPolicies", method: http.MethodPut, path: "/myfsio/iam/users/{accessKey}/policies", alias: "/iam/users/{accessKey}/policies", tag: tagUsers, need: onUser("iam:PutUserPolicy"),
		summary: "Replace the policies of a user",
	}, a.setUserPolicies)
	add(m, operation{
		id: "deleteUser", method: http.MethodDelete, path: "/myfsio/iam/users/{accessKey}", alias: "/iam/users/{accessKey}", tag: tagUsers, need: onUser("iam:DeleteUser"),
		summary: "Delete a user",
	}, a.deleteUser)
}

// bucketRoutes: buckets and their state.
func (a *API) bucketRoutes(m *mount) {
	add(m, operation{
		id: "listBuckets", method: http.MethodGet, path: "/myfsio/buckets", tag: tagBuckets, need: own(),
		summary: "List buckets",
		text:    "The buckets of the account that the user may list, with what they hold.",
	}, a.listBuckets)
	add(m, operation{
		id: "createBucket", method: http.MethodPost, path: "/myfsio/buckets", tag: tagBuckets, need: data("s3:CreateBucket"),
		status:  http.StatusCreated,
		summary: "Create a bucket",
		text:    "Starting with versioning also needs s3:PutBucketVersioning; with Object Lock s3:PutBucketObjectLockConfiguration too.",
	}, a.createBucket)
	add(m, operation{
		id: "getBucket", method: http.MethodGet, path: "/myfsio/buckets/{bucket}", tag: tagBuckets, need: data("s3:ListBucket"),
		summary: "Get a bucket",
	}, a.getBucket)
	add(m, operation{
		id: "deleteBucket", method: http.MethodDelete, path: "/myfsio/buckets/{bucket}", tag: tagBuckets, need: data("s3:DeleteBucket"),
		summary: "Delete an empty bucket",
	}, a.deleteBucket)
	add(m, operation{
		id: "getVersioning", method: http.MethodGet, path: "/myfsio/buckets/{bucket}/versioning", tag: tagBuckets, need: data("s3:GetBucketVersioning"),
		summary: "Get the versioning state",
	}, a.getVersioning)
	add(m, operation{
		id: "setVersioning", method: http.MethodPut, path: "/myfsio/buckets/{bucket}/versioning", tag: tagBuckets, need: data("s3:PutBucketVersioning"),
		summary: "Enable or suspend versioning",
	}, a.setVersioning)
	add(m, operation{
		id: "getLifecycleHistory", method: http.MethodGet, path: "/myfsio/buckets/{bucket}/lifecycle/history", tag: tagBuckets, need: data("s3:GetLifecycleConfiguration"),
		summary: "What the lifecycle rules did",
		text:    "The latest rounds through the bucket, newest first. Rounds in which nothing was due are told once, as the last of them.",
	}, a.lifecycleHistory)
	add(m, operation{
		id: "previewLifecycle", method: http.MethodPost, path: "/myfsio/buckets/{bucket}/lifecycle/preview", tag: tagBuckets, need: data("s3:PutLifecycleConfiguration"),
		summary: "What lifecycle rules would do",
		text:    "Tells what the given rules, which are not stored, would end by now. A large bucket is looked at in parts: while the answer has a cursor, send the same rules again with it, and add up.",
	}, a.previewLifecycle)
	add(m, operation{
		id: "getQuota", method: http.MethodGet, path: "/myfsio/buckets/{bucket}/quota", tag: tagBuckets, need: data("myfsio:GetBucketQuota"),
		summary: "Get the quota and what counts toward it",
	}, a.getQuota)
	add(m, operation{
		id: "setQuota", method: http.MethodPut, path: "/myfsio/buckets/{bucket}/quota", tag: tagBuckets, need: data("myfsio:PutBucketQuota"),
		summary: "Set or remove the quota",
		text:    "Replaces both limits. A write that would take the bucket over a limit is refused with QuotaExceeded; what is over it already stays, and deletes and overwrites that shrink are always allowed.",
	}, a.setQuota)
}

// objectRoutes: listings and changes of objects.
func (a *API) objectRoutes(m *mount) {
	const bucket = "/myfsio/buckets/{bucket}"
	add(m, operation{
		id: "listObjects", method: http.MethodGet, path: bucket + "/objects", tag: tagObjects, need: data("s3:ListBucket"),
		summary: "Browse objects and folders",
	}, a.listObjects)
	add(m, operation{
		id: "searchObjects", method: http.MethodGet, path: bucket + "/search", tag: tagObjects, need: data("s3:ListBucket"),
		summary: "Search keys by a part of them",
		text:    "One call looks at a bounded number of keys for a bounded time, and answers what it found with a cursor to go on from. Searching by prefix is what listObjects does, at a cost that follows the answer.",
	}, a.searchObjects)
	add(m, operation{
		id: "getObject", method: http.MethodGet, path: bucket + "/object", tag: tagObjects, need: data("s3:GetObject", "s3:GetObjectVersion"),
		summary: "Get what is known of an object",
		text:    "With versionId the permission is s3:GetObjectVersion. Who may not list the bucket is refused where the key does not exist.",
	}, a.getObject)
	add(m, operation{
		id: "deleteObject", method: http.MethodDelete, path: bucket + "/object", tag: tagObjects, need: data("s3:DeleteObject", "s3:DeleteObjectVersion"), always: true,
		summary: "Delete an object",
		text:    "As S3 does: in a bucket with versioning a delete marker comes; with versionId that version goes, and the permission is s3:DeleteObjectVersion.",
	}, a.deleteObject)
	add(m, operation{
		id: "listVersions", method: http.MethodGet, path: bucket + "/versions", tag: tagObjects, need: data("s3:ListBucketVersions"),
		summary: "List versions and delete markers",
	}, a.listVersions)
	add(m, operation{
		id: "copyObject", method: http.MethodPost, path: bucket + "/object/copy", tag: tagObjects, need: data("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
		summary: "Copy an object",
		text:    "With its tags, if it has any: then s3:GetObjectTagging on it and s3:PutObjectTagging on the copy are needed, too.",
	}, a.copyObject)
	add(m, operation{
		id: "moveObject", method: http.MethodPost, path: bucket + "/object/move", tag: tagObjects, need: data("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
		summary: "Move an object",
		text:    "A copy, then a delete of the source unless somebody changed it meanwhile. A crash between the two leaves both.",
	}, a.moveObject)
	add(m, operation{
		id: "renameObject", method: http.MethodPost, path: bucket + "/object/rename", tag: tagObjects, need: data("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
		summary: "Rename an object within its folder",
		text:    "As moveObject.",
	}, a.renameObject)
	add(m, operation{
		id: "createFolder", method: http.MethodPost, path: bucket + "/folder", tag: tagObjects, need: data("s3:PutObject"),
		status:  http.StatusCreated,
		summary: "Create an empty folder",
		text:    "An empty object whose key ends with a slash. Refused with PreconditionFailed when it exists.",
	}, a.createFolder)
	add(m, operation{
		id: "createLink", method: http.MethodPost, path: "/myfsio/presign", tag: tagLinks, need: data("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"),
		summary: "Make a presigned link",
		text:    "A link to the S3 port that works without signing in, signed with the key of the user. Its permission is that of what the link does, checked now and again whenever the link is used.",
	}, a.createLink)
}

// contentRoutes: bytes that go through the console's port, so that CORS rules of a bucket cannot break the console.
func (a *API) contentRoutes(m *mount) {
	const bucket = "/myfsio/buckets/{bucket}"
	add(m, operation{
		id: "putContent", method: http.MethodPut, path: bucket + "/content", tag: tagContent, need: data("s3:PutObject"), class: limit.ObjectOps, bodyIn: octets,
		summary: "Upload an object",
	}, a.putContent)
	add(m, operation{
		id: "getContent", method: http.MethodGet, path: bucket + "/content", tag: tagContent, need: data("s3:GetObject", "s3:GetObjectVersion"), class: limit.ObjectOps, bodyOut: octets,
		summary: "Download an object",
		text:    "Always as an attachment of the type application/octet-stream: nothing that a user stored is shown on the console's origin. A Range is answered with 206.",
	}, a.getContent)
	add(m, operation{
		id: "createZip", method: http.MethodPost, path: bucket + "/zip", tag: tagContent, need: data("s3:GetObject"),
		summary: "Get a ticket for an archive",
		text:    "The ticket is good for one download by the same user within a minute. Prefixes also need s3:ListBucket. The permissions are checked again for each object when its turn comes.",
	}, a.createZip)
	add(m, operation{
		id: "getZip", method: http.MethodGet, path: bucket + "/zip", tag: tagContent, need: ported("s3:GetObject"), bodyOut: "application/zip",
		summary: "Download several objects as one archive",
		text:    "Streamed as it is made. What could not be included is listed at its end in the entry `not included.txt`. The permission is needed for each object; the ticket stands for it until then.",
	}, a.getZip)
	add(m, operation{
		id: "createUpload", method: http.MethodPost, path: bucket + "/uploads", tag: tagUploads, need: data("s3:PutObject"),
		status:  http.StatusCreated,
		summary: "Start a multipart upload",
	}, a.createUpload)
	add(m, operation{
		id: "listUploads", method: http.MethodGet, path: bucket + "/uploads", tag: tagUploads, need: data("s3:ListBucketMultipartUploads"),
		summary: "List open multipart uploads",
	}, a.listUploads)
	add(m, operation{
		id: "abortUpload", method: http.MethodDelete, path: bucket + "/uploads/{uploadId}", tag: tagUploads, need: data("s3:AbortMultipartUpload"), always: true,
		summary: "Abort a multipart upload",
	}, a.abortUpload)
	add(m, operation{
		id: "listParts", method: http.MethodGet, path: bucket + "/uploads/{uploadId}/parts", tag: tagUploads, need: data("s3:ListMultipartUploadParts"),
		summary: "List the parts that arrived",
	}, a.listParts)
	add(m, operation{
		id: "putPart", method: http.MethodPut, path: bucket + "/uploads/{uploadId}/parts/{number}", tag: tagUploads, need: data("s3:PutObject"), class: limit.ObjectOps, bodyIn: octets,
		summary: "Upload a part",
	}, a.putPart)
	add(m, operation{
		id: "completeUpload", method: http.MethodPost, path: bucket + "/uploads/{uploadId}/complete", tag: tagUploads, need: data("s3:PutObject"),
		summary: "Make an object of the parts",
	}, a.completeUpload)
}

// jobRoutes: long work.
func (a *API) jobRoutes(m *mount) {
	add(m, operation{
		id: "createBulkDelete", method: http.MethodPost, path: "/myfsio/jobs/bulk-delete", tag: tagJobs, need: data("s3:DeleteObject"),
		status: http.StatusAccepted, maxBody: maxJobBody, always: true,
		summary: "Delete many objects",
		text:    "Refused when a named key may not be deleted, and checked again for each key when its turn comes. Prefixes also need s3:ListBucket.",
	}, a.createBulkDelete)
	add(m, operation{
		id: "createBulkCopy", method: http.MethodPost, path: "/myfsio/jobs/bulk-copy", tag: tagJobs, need: data("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
		status: http.StatusAccepted, maxBody: maxJobBody,
		summary: "Copy or move many objects",
		text:    "The permissions are checked for each key when its turn comes; s3:DeleteObject is for moves only. Prefixes also need s3:ListBucket. Tags go along as with copyObject.",
	}, a.createBulkCopy)
	add(m, operation{
		id: "listJobs", method: http.MethodGet, path: "/myfsio/jobs", tag: tagJobs, need: own(),
		summary: "List jobs",
		text:    "One's own; those of everybody for who has myfsio:ListJobs. Finished jobs are kept for seven days.",
	}, a.listJobs)
	add(m, operation{
		id: "getJob", method: http.MethodGet, path: "/myfsio/jobs/{id}", tag: tagJobs, need: own(),
		summary: "Get a job",
	}, a.getJob)
	add(m, operation{
		id: "cancelJob", method: http.MethodDelete, path: "/myfsio/jobs/{id}", tag: tagJobs, need: own(),
		summary: "Cancel a job",
		text:    "What is done stays done. Canceling a finished job forgets it.",
	}, a.cancelJob)
}
