package s3

import (
	"net/http"

	"github.com/myfsio/myfsio/backend/internal/limit"
)

// The methods, short, so that a row fits a line.
const (
	get  = http.MethodGet
	head = http.MethodHead
	put  = http.MethodPut
	post = http.MethodPost
	del  = http.MethodDelete
	opts = http.MethodOptions
)

func names(list ...string) []string { return list }

var (
	listParams  = names("prefix", "delimiter", "encoding-type", "max-keys")
	objectReads = names("versionId", "partNumber", "response-cache-control", "response-content-disposition", "response-content-encoding",
		"response-content-language", "response-content-type", "response-expires")
	versionOnly = names("versionId")
)

// table is every operation of S3, built or not. Order does not matter: rows with more demands are tried first.
var table = join(serviceTable, bucketTable, configTable, objectTable, uploadTable)

func join(parts ...[]*Operation) (all []*Operation) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

var serviceTable = []*Operation{
	{Name: "ListBuckets", Method: get, Scope: Service, Params: names("prefix", "max-buckets", "continuation-token", "bucket-region"),
		Actions: names("s3:ListAllMyBuckets"), PerKey: true, Auth: AuthKnown, Handle: (*Server).listBuckets},
	{Name: "PreflightRequest", Method: opts, Scope: Service, Auth: AuthOpen, Handle: (*Server).preflight},
	{Name: "PreflightRequest", Method: opts, Scope: Bucket, Auth: AuthOpen, Handle: (*Server).preflight},
	{Name: "PreflightRequest", Method: opts, Scope: Object, Auth: AuthOpen, Handle: (*Server).preflight},
	{Name: "WriteGetObjectResponse", Method: post, Scope: Bucket, Header: "X-Amz-Request-Route", Actions: names("s3:ListAllMyBuckets"),
		Auth: AuthKnown, Body: BodyStream, Creates: true},
}

var bucketTable = []*Operation{
	{Name: "CreateBucket", Method: put, Scope: Bucket, Actions: names("s3:CreateBucket"), Auth: AuthKnown, Body: BodyXML, Creates: true, Handle: (*Server).createBucket},
	{Name: "HeadBucket", Method: head, Scope: Bucket, Actions: names("s3:HeadBucket"), Auth: AuthAny, Handle: (*Server).headBucket},
	{Name: "DeleteBucket", Method: del, Scope: Bucket, Actions: names("s3:DeleteBucket"), Auth: AuthAny, Handle: (*Server).deleteBucket},
	{Name: "GetBucketLocation", Method: get, Scope: Bucket, Query: names("location"), Actions: names("s3:GetBucketLocation"), Auth: AuthAny, Handle: (*Server).bucketLocation},
	{Name: "GetBucketVersioning", Method: get, Scope: Bucket, Query: names("versioning"), Actions: names("s3:GetBucketVersioning"), Auth: AuthAny, Handle: (*Server).bucketVersioning},
	{Name: "PutBucketVersioning", Method: put, Scope: Bucket, Query: names("versioning"), Actions: names("s3:PutBucketVersioning"), Auth: AuthAny, Body: BodyXML,
		Handle: (*Server).putBucketVersioning},
	{Name: "ListObjects", Method: get, Scope: Bucket, Params: append(names("marker", "list-type"), listParams...), Actions: names("s3:ListBucket"), Auth: AuthAny, Handle: (*Server).listObjects},
	{Name: "ListObjectsV2", Method: get, Scope: Bucket, Query: names("list-type=2"), Params: append(names("continuation-token", "fetch-owner", "start-after"), listParams...),
		Actions: names("s3:ListBucket"), Auth: AuthAny, Handle: (*Server).listObjects2},
	{Name: "ListObjectVersions", Method: get, Scope: Bucket, Query: names("versions"), Params: append(names("key-marker", "version-id-marker"), listParams...),
		Actions: names("s3:ListBucketVersions"), Auth: AuthAny, Handle: (*Server).listVersions},
	{Name: "ListMultipartUploads", Method: get, Scope: Bucket, Query: names("uploads"),
		Params:  names("prefix", "delimiter", "encoding-type", "max-uploads", "key-marker", "upload-id-marker"),
		Actions: names("s3:ListBucketMultipartUploads"), Auth: AuthAny, Handle: (*Server).listUploads},
	{Name: "DeleteObjects", Method: post, Scope: Bucket, Query: names("delete"), Actions: names("s3:DeleteObject"), PerKey: true, Auth: AuthAny, Body: BodyLong, Checked: true,
		Limit: limit.ObjectOps, Handle: (*Server).deleteObjects},
	{Name: "PostObject", Method: post, Scope: Bucket, Actions: names("s3:PutObject"), Auth: AuthForm, Body: BodyForm, Limit: limit.ObjectOps, Handle: (*Server).postObject},
	{Name: "CreateSession", Method: get, Scope: Bucket, Query: names("session"), Actions: names("s3:ListBucket"), Auth: AuthKnown},
	{Name: "GetBucketQuota", Method: get, Scope: Bucket, Query: names("quota"), Actions: names("myfsio:GetBucketQuota"), Auth: AuthKnown, Handle: (*Server).bucketQuota},
	{Name: "PutBucketQuota", Method: put, Scope: Bucket, Query: names("quota"), Actions: names("myfsio:PutBucketQuota"), Auth: AuthKnown, Body: BodyXML,
		Handle: (*Server).putBucketQuota},
}

// configTable is the configuration documents of buckets; configHandlers says which are built.
var configTable = func() (rows []*Operation) {
	for _, d := range []struct {
		query, get, put, del string // names of the operations, empty for none
		read, write          string // actions
	}{
		{"abac", "GetBucketAbac", "PutBucketAbac", "", "s3:GetBucketAbac", "s3:PutBucketAbac"},
		{"accelerate", "GetBucketAccelerateConfiguration", "PutBucketAccelerateConfiguration", "", "s3:GetAccelerateConfiguration", "s3:PutAccelerateConfiguration"},
		{"acl", "GetBucketAcl", "PutBucketAcl", "", "s3:GetBucketAcl", "s3:PutBucketAcl"},
		{"cors", "GetBucketCors", "PutBucketCors", "DeleteBucketCors", "s3:GetBucketCORS", "s3:PutBucketCORS"},
		{"encryption", "GetBucketEncryption", "PutBucketEncryption", "DeleteBucketEncryption", "s3:GetEncryptionConfiguration", "s3:PutEncryptionConfiguration"},
		{"lifecycle", "GetBucketLifecycleConfiguration", "PutBucketLifecycleConfiguration", "DeleteBucketLifecycle", "s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration"},
		{"logging", "GetBucketLogging", "PutBucketLogging", "", "s3:GetBucketLogging", "s3:PutBucketLogging"},
		{"metadataConfiguration", "GetBucketMetadataConfiguration", "", "DeleteBucketMetadataConfiguration", "s3:GetBucketMetadataTableConfiguration", "s3:DeleteBucketMetadataTableConfiguration"},
		{"metadataTable", "GetBucketMetadataTableConfiguration", "", "DeleteBucketMetadataTableConfiguration", "s3:GetBucketMetadataTableConfiguration", "s3:DeleteBucketMetadataTableConfiguration"},
		{"metadataInventoryTable", "", "UpdateBucketMetadataInventoryTableConfiguration", "", "", "s3:CreateBucketMetadataTableConfiguration"},
		{"metadataJournalTable", "", "UpdateBucketMetadataJournalTableConfiguration", "", "", "s3:CreateBucketMetadataTableConfiguration"},
		{"metadataAnnotationTable", "", "UpdateBucketMetadataAnnotationTableConfiguration", "", "", "s3:CreateBucketMetadataTableConfiguration"},
		{"notification", "GetBucketNotificationConfiguration", "PutBucketNotificationConfiguration", "", "s3:GetBucketNotification", "s3:PutBucketNotification"},
		{"object-lock", "GetObjectLockConfiguration", "PutObjectLockConfiguration", "", "s3:GetBucketObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration"},
		{"ownershipControls", "GetBucketOwnershipControls", "PutBucketOwnershipControls", "DeleteBucketOwnershipControls", "s3:GetBucketOwnershipControls", "s3:PutBucketOwnershipControls"},
		{"policy", "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"},
		{"policyStatus", "GetBucketPolicyStatus", "", "", "s3:GetBucketPolicyStatus", ""},
		{"publicAccessBlock", "GetPublicAccessBlock", "PutPublicAccessBlock", "DeletePublicAccessBlock", "s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"},
		{"replication", "GetBucketReplication", "PutBucketReplication", "DeleteBucketReplication", "s3:GetReplicationConfiguration", "s3:PutReplicationConfiguration"},
		{"requestPayment", "GetBucketRequestPayment", "PutBucketRequestPayment", "", "s3:GetBucketRequestPayment", "s3:PutBucketRequestPayment"},
		{"tagging", "GetBucketTagging", "PutBucketTagging", "DeleteBucketTagging", "s3:GetBucketTagging", "s3:PutBucketTagging"},
		{"website", "GetBucketWebsite", "PutBucketWebsite", "DeleteBucketWebsite", "s3:GetBucketWebsite", "s3:PutBucketWebsite"},
	} {
		remove := d.write
		switch d.query {
		case "policy":
			remove = "s3:DeleteBucketPolicy"
		case "website":
			remove = "s3:DeleteBucketWebsite"
		}
		for _, row := range []struct {
			name, method, action string
			body                 Body
		}{{d.get, get, d.read, BodyNone}, {d.put, put, d.write, BodyXML}, {d.del, del, remove, BodyNone}} {
			if row.name != "" {
				rows = append(rows, &Operation{Name: row.name, Method: row.method, Scope: Bucket, Query: names(d.query), Params: configParams(d.query),
					Actions: names(row.action), Auth: AuthAny, Body: row.body,
					Checked: checked[row.name], Handle: configHandlers[row.name]})
			}
		}
	}
	rows = append(rows,
		&Operation{Name: "CreateBucketMetadataConfiguration", Method: post, Scope: Bucket, Query: names("metadataConfiguration"),
			Actions: names("s3:CreateBucketMetadataTableConfiguration"), Auth: AuthAny, Body: BodyXML},
		&Operation{Name: "CreateBucketMetadataTableConfiguration", Method: post, Scope: Bucket, Query: names("metadataTable"),
			Actions: names("s3:CreateBucketMetadataTableConfiguration"), Auth: AuthAny, Body: BodyXML})
	for _, d := range []struct{ query, name, plural, read, write string }{
		{"analytics", "BucketAnalyticsConfiguration", "ListBucketAnalyticsConfigurations", "s3:GetAnalyticsConfiguration", "s3:PutAnalyticsConfiguration"},
		{"intelligent-tiering", "BucketIntelligentTieringConfiguration", "ListBucketIntelligentTieringConfigurations", "s3:GetIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration"},
		{"inventory", "BucketInventoryConfiguration", "ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration", "s3:PutInventoryConfiguration"},
		{"metrics", "BucketMetricsConfiguration", "ListBucketMetricsConfigurations", "s3:GetMetricsConfiguration", "s3:PutMetricsConfiguration"},
	} {
		rows = append(rows,
			&Operation{Name: d.plural, Method: get, Scope: Bucket, Query: names(d.query), Actions: names(d.read), Auth: AuthAny},
			&Operation{Name: "Get" + d.name, Method: get, Scope: Bucket, Query: names(d.query, "id"), Actions: names(d.read), Auth: AuthAny},
			&Operation{Name: "Put" + d.name, Method: put, Scope: Bucket, Query: names(d.query), Params: names("id"), Actions: names(d.write), Auth: AuthAny, Body: BodyXML},
			&Operation{Name: "Delete" + d.name, Method: del, Scope: Bucket, Query: names(d.query), Params: names("id"), Actions: names(d.write), Auth: AuthAny})
	}
	return rows
}()

// checked are the documents that S3 takes only with a digest of their bytes.
var checked = map[string]bool{
	"PutBucketCors": true, "PutBucketLifecycleConfiguration": true, "PutBucketTagging": true, "PutObjectLockConfiguration": true,
}

// configParams lists what else the query of a configuration document may have.
func configParams(document string) []string {
	if document == "notification" || document == "lifecycle" {
		return names("skip-destination-validation", "transition-default-minimum-object-size")
	}
	return nil
}

var objectTable = []*Operation{
	{Name: "PutObject", Method: put, Scope: Object, Actions: names("s3:PutObject"), Auth: AuthAny, Body: BodyStream, Handle: (*Server).putObject},
	{Name: "CopyObject", Method: put, Scope: Object, Header: copySource, Actions: names("s3:PutObject"), Auth: AuthKnown, Handle: (*Server).copyObject},
	{Name: "GetObject", Method: get, Scope: Object, Params: objectReads, Actions: names("s3:GetObject"), Version: names("s3:GetObjectVersion"), Owned: true, Auth: AuthAny, Handle: (*Server).readObject},
	{Name: "HeadObject", Method: head, Scope: Object, Params: objectReads, Actions: names("s3:GetObject"), Version: names("s3:GetObjectVersion"), Owned: true, Auth: AuthAny, Handle: (*Server).readObject},
	{Name: "DeleteObject", Method: del, Scope: Object, Params: versionOnly, Actions: names("s3:DeleteObject"), Version: names("s3:DeleteObjectVersion"), Auth: AuthAny, Handle: (*Server).deleteObject},
	{Name: "GetObjectAttributes", Method: get, Scope: Object, Query: names("attributes"), Params: versionOnly, Actions: names("s3:GetObject", "s3:GetObjectAttributes"),
		Version: names("s3:GetObjectVersion", "s3:GetObjectVersionAttributes"), Owned: true, Auth: AuthAny, Handle: (*Server).objectAttributes},
	{Name: "GetObjectAcl", Method: get, Scope: Object, Query: names("acl"), Params: versionOnly, Actions: names("s3:GetObjectAcl"), Version: names("s3:GetObjectVersionAcl"), Owned: true, Auth: AuthAny,
		Handle: (*Server).objectACL},
	{Name: "PutObjectAcl", Method: put, Scope: Object, Query: names("acl"), Params: versionOnly, Actions: names("s3:PutObjectAcl"), Version: names("s3:PutObjectVersionAcl"), Owned: true, Auth: AuthAny, Body: BodyXML,
		Handle: (*Server).putObjectACL},
	{Name: "GetObjectTagging", Method: get, Scope: Object, Query: names("tagging"), Params: versionOnly, Actions: names("s3:GetObjectTagging"), Version: names("s3:GetObjectVersionTagging"), Auth: AuthAny, Handle: (*Server).objectTagging},
	{Name: "PutObjectTagging", Method: put, Scope: Object, Query: names("tagging"), Params: versionOnly, Actions: names("s3:PutObjectTagging"), Version: names("s3:PutObjectVersionTagging"), Auth: AuthAny, Body: BodyXML,
		Handle: (*Server).putObjectTagging},
	{Name: "DeleteObjectTagging", Method: del, Scope: Object, Query: names("tagging"), Params: versionOnly, Actions: names("s3:DeleteObjectTagging"), Version: names("s3:DeleteObjectVersionTagging"), Auth: AuthAny,
		Handle: (*Server).deleteObjectTagging},
	{Name: "GetObjectLegalHold", Method: get, Scope: Object, Query: names("legal-hold"), Params: versionOnly, Actions: names("s3:GetObjectLegalHold"), Auth: AuthAny, Handle: (*Server).objectLegalHold},
	{Name: "PutObjectLegalHold", Method: put, Scope: Object, Query: names("legal-hold"), Params: versionOnly, Actions: names("s3:PutObjectLegalHold"), Auth: AuthAny, Body: BodyXML, Checked: true, Handle: (*Server).putObjectLegalHold},
	{Name: "GetObjectRetention", Method: get, Scope: Object, Query: names("retention"), Params: versionOnly, Actions: names("s3:GetObjectRetention"), Auth: AuthAny, Handle: (*Server).objectRetention},
	{Name: "PutObjectRetention", Method: put, Scope: Object, Query: names("retention"), Params: versionOnly, Actions: names("s3:PutObjectRetention"), Auth: AuthAny, Body: BodyXML, Checked: true, Handle: (*Server).putObjectRetention},
	{Name: "GetObjectTorrent", Method: get, Scope: Object, Query: names("torrent"), Actions: names("s3:GetObjectTorrent"), Auth: AuthAny},
	{Name: "GetObjectAnnotation", Method: get, Scope: Object, Query: names("annotation", "annotationName"), Params: versionOnly, Actions: names("s3:GetObject"), Auth: AuthAny},
	{Name: "ListObjectAnnotations", Method: get, Scope: Object, Query: names("annotation"), Params: versionOnly, Actions: names("s3:GetObject"), Auth: AuthAny},
	{Name: "PutObjectAnnotation", Method: put, Scope: Object, Query: names("annotation"), Params: versionOnly, Actions: names("s3:PutObject"), Auth: AuthAny, Body: BodyStream},
	{Name: "DeleteObjectAnnotation", Method: del, Scope: Object, Query: names("annotation"), Params: versionOnly, Actions: names("s3:PutObject"), Auth: AuthAny},
	{Name: "UpdateObjectEncryption", Method: put, Scope: Object, Query: names("encryption"), Params: versionOnly, Actions: names("s3:UpdateObjectEncryption"), Auth: AuthAny, Body: BodyXML},
	{Name: "RestoreObject", Method: post, Scope: Object, Query: names("restore"), Params: versionOnly, Actions: names("s3:RestoreObject"), Auth: AuthAny, Body: BodyXML},
	{Name: "SelectObjectContent", Method: post, Scope: Object, Query: names("select"), Params: names("select-type"), Actions: names("s3:GetObject"), Auth: AuthAny, Body: BodyXML},
	{Name: "RenameObject", Method: put, Scope: Object, Query: names("renameObject"), Actions: names("s3:PutObject"), Auth: AuthAny},
}

var uploadTable = []*Operation{
	{Name: "CreateMultipartUpload", Method: post, Scope: Object, Query: names("uploads"), Actions: names("s3:PutObject"), Auth: AuthKnown, Handle: (*Server).createUpload},
	{Name: "UploadPart", Method: put, Scope: Object, Query: names("uploadId", "partNumber"), Actions: names("s3:PutObject"), Auth: AuthAny, Body: BodyStream, Handle: (*Server).uploadPart},
	{Name: "UploadPartCopy", Method: put, Scope: Object, Query: names("uploadId", "partNumber"), Header: copySource, Actions: names("s3:PutObject"), Auth: AuthKnown, Handle: (*Server).copyPart},
	{Name: "CompleteMultipartUpload", Method: post, Scope: Object, Query: names("uploadId"), Actions: names("s3:PutObject"), Auth: AuthAny, Body: BodyLong, Handle: (*Server).completeUpload},
	{Name: "AbortMultipartUpload", Method: del, Scope: Object, Query: names("uploadId"), Actions: names("s3:AbortMultipartUpload"), Auth: AuthAny, Handle: (*Server).abortUpload},
	{Name: "ListParts", Method: get, Scope: Object, Query: names("uploadId"), Params: names("max-parts", "part-number-marker", "encoding-type"),
		Actions: names("s3:ListMultipartUploadParts"), Auth: AuthAny, Handle: (*Server).listParts},
}
