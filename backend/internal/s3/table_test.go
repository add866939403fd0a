package s3

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

func TestEveryOperationIsGuarded(t *testing.T) {
	for _, o := range Operations() {
		require.NotEmpty(t, o.Name)
		require.NotZero(t, o.Auth, "%s has no kind of authentication", o.Name)
		if o.Auth == AuthOpen {
			require.Equal(t, "PreflightRequest", o.Name)
			continue
		}
		require.NotEmpty(t, o.Actions, "%s has no action", o.Name)
		for _, list := range [][]string{o.Actions, o.Version} {
			for _, a := range list {
				require.True(t, policy.KnownAction(a), "%s: policies do not know %s", o.Name, a)
			}
		}
		if o.Version != nil {
			require.Len(t, o.Version, len(o.Actions), o.Name)
		}
		require.False(t, o.Checked && o.Body != BodyXML && o.Body != BodyLong, o.Name)
	}
}

// Two rows that the same request could mean would make the order of the table count.
func TestOperationsAreDistinct(t *testing.T) {
	seen := map[string]string{}
	byName := map[string]bool{}
	for _, o := range Operations() {
		id := o.Method + " " + o.Scope.resource() + " " + strings.Join(o.Query, "&") + " " + o.Header
		require.Empty(t, seen[id], "%s and %s look the same", o.Name, seen[id])
		seen[id] = o.Name
		require.True(t, !byName[o.Name] || o.Auth == AuthOpen, "%s stands twice", o.Name)
		byName[o.Name] = true
	}
	// What the table must know at least: the operations of S3's own model, by the names that SDKs give them.
	for _, name := range strings.Fields(`
		AbortMultipartUpload CompleteMultipartUpload CopyObject CreateBucket CreateBucketMetadataConfiguration CreateBucketMetadataTableConfiguration
		CreateMultipartUpload CreateSession DeleteBucket DeleteBucketAnalyticsConfiguration DeleteBucketCors DeleteBucketEncryption
		DeleteBucketIntelligentTieringConfiguration DeleteBucketInventoryConfiguration DeleteBucketLifecycle DeleteBucketMetadataConfiguration
		DeleteBucketMetadataTableConfiguration DeleteBucketMetricsConfiguration DeleteBucketOwnershipControls DeleteBucketPolicy DeleteBucketReplication
		DeleteBucketTagging DeleteBucketWebsite DeleteObject DeleteObjectAnnotation DeleteObjectTagging DeleteObjects DeletePublicAccessBlock GetBucketAbac
		GetBucketAccelerateConfiguration GetBucketAcl GetBucketAnalyticsConfiguration GetBucketCors GetBucketEncryption
		GetBucketIntelligentTieringConfiguration GetBucketInventoryConfiguration GetBucketLifecycleConfiguration GetBucketLocation GetBucketLogging
		GetBucketMetadataConfiguration GetBucketMetadataTableConfiguration GetBucketMetricsConfiguration GetBucketNotificationConfiguration
		GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketReplication GetBucketRequestPayment GetBucketTagging GetBucketVersioning
		GetBucketWebsite GetObject GetObjectAcl GetObjectAnnotation GetObjectAttributes GetObjectLegalHold GetObjectLockConfiguration GetObjectRetention
		GetObjectTagging GetObjectTorrent GetPublicAccessBlock HeadBucket HeadObject ListBucketAnalyticsConfigurations
		ListBucketIntelligentTieringConfigurations ListBucketInventoryConfigurations ListBucketMetricsConfigurations ListBuckets ListMultipartUploads
		ListObjectAnnotations ListObjectVersions ListObjects ListObjectsV2 ListParts PutBucketAbac PutBucketAccelerateConfiguration PutBucketAcl
		PutBucketAnalyticsConfiguration PutBucketCors PutBucketEncryption PutBucketIntelligentTieringConfiguration PutBucketInventoryConfiguration
		PutBucketLifecycleConfiguration PutBucketLogging PutBucketMetricsConfiguration PutBucketNotificationConfiguration PutBucketOwnershipControls
		PutBucketPolicy PutBucketReplication PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite PutObject PutObjectAcl
		PutObjectAnnotation PutObjectLegalHold PutObjectLockConfiguration PutObjectRetention PutObjectTagging PutPublicAccessBlock RenameObject
		RestoreObject SelectObjectContent UpdateBucketMetadataAnnotationTableConfiguration UpdateBucketMetadataInventoryTableConfiguration
		UpdateBucketMetadataJournalTableConfiguration UpdateObjectEncryption UploadPart UploadPartCopy WriteGetObjectResponse PostObject`) {
		require.True(t, byName[name], "%s is not in the table", name)
	}
}

// example is a request that means the operation.
func example(o *Operation) (target, body string, header map[string]string) {
	target = [...]string{"/", "/bucket", "/bucket/key"}[o.Scope]
	for i, q := range o.Query {
		if !strings.Contains(q, "=") {
			switch q {
			case "partNumber":
				q += "=1"
			case "uploadId":
				q += "=" + strings.Repeat("0", 39)
			case "id":
				q += "=x"
			}
		}
		target += string("?&"[min(i, 1)]) + q
	}
	header = map[string]string{}
	if o.Header != "" {
		header[o.Header] = "/bucket/other"
	}
	switch o.Name {
	case "DeleteObjects":
		body = "<Delete><Object><Key>key</Key></Object></Delete>"
		header["Content-MD5"] = "VUxjCEXWiErKatrg6+J0xA=="
	case "PostObject":
		header["Content-Type"] = formType
		body = formBody([]sigv4.Pair{{Name: "key", Value: "key"}}, "Content-Disposition: form-data; name=\"file\"\r\n\r\ncontent")
	case "PutBucketVersioning":
		body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
	case "PutObject", "UploadPart":
		body = "content"
	}
	return target, body, header
}

func TestExamplesMeanTheirOperation(t *testing.T) {
	for _, o := range Operations() {
		target, _, header := example(o)
		_, raw, _ := strings.Cut(target, "?")
		q, err := parseQuery(raw)
		require.NoError(t, err)
		h := http.Header{}
		for k, v := range header {
			h.Set(k, v)
		}
		require.Equal(t, o.Name, find(o.Method, o.Scope, &q, h).Name, target)
	}
}

// A user without any right gets AccessDenied on every operation, built or not, on things that are there and on things that are not; and so
// do strangers. Nothing changes by it.
func TestNobodyMayDoAnything(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	e.ok(adminKey, put, "/bucket/key", "content", nil)
	e.ok(adminKey, put, "/bucket/other", "content", nil)
	for _, user := range []string{"nobody", ""} {
		for _, o := range Operations() {
			if o.Auth == AuthOpen {
				continue
			}
			target, body, header := example(o)
			res, answer := e.do(user, o.Method, target, body, header)
			name := o.Name + " as " + user
			switch {
			case o.Name == "ListBuckets" && user != "":
				require.Equal(t, 200, res.StatusCode, name)
				require.NotContains(t, answer, "<Bucket>", name)
			case o.Name == "DeleteObjects":
				require.Equal(t, 200, res.StatusCode, "%s: %s", name, answer)
				require.Contains(t, answer, "<Error><Key>key</Key><Code>AccessDenied</Code>", name)
				require.NotContains(t, answer, "<Deleted>", name)
			case o.Auth == AuthForm && user != "": // a form brings its own credentials
				require.Equal(t, 400, res.StatusCode, name)
			case o.Method == head:
				require.Equal(t, 403, res.StatusCode, name)
				require.Empty(t, answer)
			default:
				require.Equal(t, 403, res.StatusCode, "%s: %s", name, answer)
				require.Contains(t, answer, "<Code>AccessDenied</Code>", name)
			}
		}
	}
	res, body := e.ok(adminKey, get, "/bucket?versions", "", nil)
	require.Equal(t, 200, res.StatusCode)
	require.Equal(t, 2, strings.Count(body, "<Version>"))
	_, body = e.ok(adminKey, get, "/bucket?versioning", "", nil)
	require.NotContains(t, body, "Status")
}

// What is not built says so by name, to those who may, and changes nothing.
func TestNotImplementedByName(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	e.ok(adminKey, put, "/bucket/key", "content", nil)
	for _, o := range Operations() {
		if o.Handle != nil {
			continue
		}
		target, body, header := example(o)
		res, answer := e.do(adminKey, o.Method, target, body, header)
		require.Equal(t, 501, res.StatusCode, "%s: %s", o.Name, answer)
		require.Contains(t, answer, "<Code>NotImplemented</Code>", o.Name)
		require.Contains(t, answer, o.Name)
	}
	_, body := e.ok(adminKey, get, "/bucket/key", "", nil)
	require.Equal(t, "content", body)
}

// The names in the log are those of the table.
func TestLog(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	e.ok(adminKey, put, "/bucket/key", "content", nil)
	e.do(adminKey, get, "/bucket/none?X-Amz-Foo=secret-in-query", "", nil)
	e.do(adminKey, "PATCH", "/bucket/none", "", nil)
	e.http.Close()
	var lines []string // an answer is out before its line, so they come in no order
	for _, f := range e.requests() {
		lines = append(lines, strings.Join([]string{f["operation"], f["bucket"], f["key"], f["status"], f["code"], f["in"]}, " "))
		require.Equal(t, f["code"] != "", f["out"] != "0", "%v", f)
	}
	require.ElementsMatch(t, []string{
		"CreateBucket bucket  200  0", "PutObject bucket key 200  7", "GetObject bucket none 404 NoSuchKey 0", "Unknown bucket none 405 MethodNotAllowed 0",
	}, lines)
	require.NotContains(t, e.logged(), "secret")
}
