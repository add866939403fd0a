package s3

import (
	"bufio"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/peer"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// documented is, for every operation that is built, the refusals which S3 documents for it and which can occur here, beyond those that follow
// from its row in the table (implied). A refusal of a HEAD has no code: its status stands for it.
var documented = map[string]string{
	"ListBuckets":      "InvalidArgument",
	"PreflightRequest": "AccessForbidden BadRequest",

	"CreateBucket": "AccessDenied BucketAlreadyExists BucketAlreadyOwnedByYou InvalidBucketName InvalidLocationConstraint " +
		"IllegalLocationConstraintException InvalidArgument InvalidRequest InvalidBucketAclWithObjectOwnership InvalidTag",
	"HeadBucket":        "400",
	"DeleteBucket":      "BucketNotEmpty",
	"GetBucketLocation": "", "GetBucketVersioning": "",
	"PutBucketVersioning":  "IllegalVersioningConfigurationException InvalidBucketState MissingRequestBodyError",
	"ListObjects":          "InvalidArgument",
	"ListObjectsV2":        "InvalidArgument",
	"ListObjectVersions":   "InvalidArgument",
	"ListMultipartUploads": "InvalidArgument",
	"DeleteObjects":        "NoSuchVersion PreconditionFailed MissingRequestBodyError",
	"PostObject": "EntityTooLarge EntityTooSmall InvalidArgument InvalidPolicyDocument MalformedPOSTRequest SignatureDoesNotMatch " +
		"InvalidAccessKeyId BadDigest InvalidTag MalformedXML InvalidStorageClass KeyTooLongError",
	"GetBucketQuota": "", "PutBucketQuota": "",

	"GetBucketAccelerateConfiguration": "", "PutBucketAccelerateConfiguration": "NotImplemented MissingRequestBodyError",
	"GetBucketAcl": "",
	"PutBucketAcl": "MalformedACLError AccessControlListNotSupported InvalidArgument InvalidRequest UnresolvableGrantByEmailAddress " +
		"MissingSecurityHeader",
	"GetBucketCors": "NoSuchCORSConfiguration", "PutBucketCors": "InvalidRequest", "DeleteBucketCors": "",
	"GetBucketLifecycleConfiguration": "NoSuchLifecycleConfiguration", "PutBucketLifecycleConfiguration": "InvalidArgument InvalidRequest",
	"DeleteBucketLifecycle":      "",
	"GetObjectLockConfiguration": "ObjectLockConfigurationNotFoundError", "PutObjectLockConfiguration": "InvalidBucketState InvalidRetentionPeriod",
	"GetBucketOwnershipControls": "OwnershipControlsNotFoundError", "PutBucketOwnershipControls": "InvalidBucketAclWithObjectOwnership",
	"DeleteBucketOwnershipControls": "",
	"GetBucketPolicy":               "NoSuchBucketPolicy MethodNotAllowed", "PutBucketPolicy": "MalformedPolicy PolicyTooLarge MethodNotAllowed",
	"DeleteBucketPolicy":    "MethodNotAllowed",
	"GetBucketPolicyStatus": "NoSuchBucketPolicy",
	"GetPublicAccessBlock":  "NoSuchPublicAccessBlockConfiguration", "PutPublicAccessBlock": "", "DeletePublicAccessBlock": "",
	"GetBucketRequestPayment": "", "PutBucketRequestPayment": "",
	"GetBucketTagging": "NoSuchTagSet", "PutBucketTagging": "InvalidTag", "DeleteBucketTagging": "",
	"GetBucketWebsite": "NoSuchWebsiteConfiguration", "PutBucketWebsite": "InvalidArgument InvalidRequest MissingRequestBodyError MaxMessageLengthExceeded",
	"DeleteBucketWebsite": "",

	"PutObject": "PreconditionFailed InvalidArgument InvalidStorageClass InvalidTag MetadataTooLarge KeyTooLongError InvalidRequest NotImplemented " +
		"NoSuchKey QuotaExceeded InvalidRedirectLocation AccessControlListNotSupported EntityTooLarge",
	"CopyObject": "NoSuchKey NoSuchVersion PreconditionFailed InvalidRequest InvalidArgument InvalidStorageClass",
	"GetObject": "NoSuchKey InvalidRange InvalidPartNumber PreconditionFailed NotModified MethodNotAllowed InvalidRequest SignatureDoesNotMatch " +
		"InvalidAccessKeyId RequestTimeTooSkewed AuthorizationHeaderMalformed AuthorizationQueryParametersError",
	"HeadObject":          "304 405 412 416 400",
	"DeleteObject":        "PreconditionFailed NotImplemented",
	"GetObjectAttributes": "NoSuchKey MethodNotAllowed InvalidArgument InvalidRequest",
	"GetObjectAcl":        "NoSuchKey MethodNotAllowed", "PutObjectAcl": "NoSuchKey MethodNotAllowed MalformedACLError AccessControlListNotSupported " +
		"MissingSecurityHeader",
	"GetObjectTagging": "NoSuchKey MethodNotAllowed", "PutObjectTagging": "NoSuchKey MethodNotAllowed InvalidTag",
	"DeleteObjectTagging": "NoSuchKey MethodNotAllowed",
	"GetObjectLegalHold":  "NoSuchKey MethodNotAllowed NoSuchObjectLockConfiguration InvalidRequest", "PutObjectLegalHold": "NoSuchKey MethodNotAllowed InvalidRequest",
	"GetObjectRetention": "NoSuchKey MethodNotAllowed NoSuchObjectLockConfiguration InvalidRequest",
	"PutObjectRetention": "NoSuchKey MethodNotAllowed InvalidRequest InvalidArgument",

	"CreateMultipartUpload": "InvalidArgument InvalidStorageClass InvalidTag InvalidRequest MetadataTooLarge KeyTooLongError",
	"UploadPart":            "InvalidArgument InvalidRequest EntityTooLarge QuotaExceeded",
	"UploadPartCopy":        "NoSuchKey NoSuchVersion InvalidArgument InvalidRequest PreconditionFailed",
	"CompleteMultipartUpload": "InvalidPart InvalidPartOrder EntityTooSmall MalformedXML PreconditionFailed NoSuchKey InvalidRequest BadDigest " +
		"QuotaExceeded",
	"AbortMultipartUpload": "PreconditionFailed",
	"ListParts":            "InvalidArgument",
}

// implied is the refusals that the row of an operation in the table brings with it.
func implied(o *Operation) []string {
	if o.Handle == nil {
		return names("NotImplemented")
	}
	var all []string
	add := func(is bool, codes ...string) {
		if is {
			all = append(all, codes...)
		}
	}
	add(o.Auth != AuthOpen, "AccessDenied")
	add(o.Scope != Service && !o.Creates && o.Auth != AuthOpen, "NoSuchBucket")
	add(slices.Contains(o.Params, "versionId"), "InvalidArgument")
	add(slices.Contains(o.Params, "versionId") && o.Name != "DeleteObject", "NoSuchVersion") // what is not there is deleted already
	add(slices.Contains(o.Query, "uploadId"), "NoSuchUpload")
	if own, ok := documents[o.Name]; ok {
		add(true, own)
	} else {
		add(o.Body == BodyXML || o.Body == BodyLong, "MalformedXML")
	}
	add(o.Checked, "InvalidRequest", "BadDigest", "InvalidDigest")
	add(o.Body == BodyStream, "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "IncompleteBody", "MissingContentLength")
	if o.Method == head {
		status := map[string]string{"AccessDenied": "403", "InvalidArgument": "400"}
		for i, code := range all {
			if all[i] = status[code]; all[i] == "" {
				all[i] = "404"
			}
		}
	}
	return all
}

// documents are the operations whose body S3 has another word for when it is wrong: JSON, and that of ACLs.
var documents = map[string]string{
	"PutBucketPolicy": "MalformedPolicy", "PutBucketQuota": "InvalidRequest", "PutBucketAcl": "MalformedACLError", "PutObjectAcl": "MalformedACLError",
}

// elsewhere is, for every code that no transcript can show, the test that does.
var elsewhere = map[string]string{
	"ConditionalRequestConflict": "TestStoreThatCannotWrite",
	"ServiceUnavailable":         "TestStoreThatCannotWrite",
	"StorageFull":                "TestStoreThatCannotWrite",
	"OperationAborted":           "TestACLOfWhatWasReplaced",
	"ExpiredToken":               "TestSessionEnds",
	"InternalError":              "TestPanicIsAnInternalError",
	"RequestTimeout":             "TestSilentClientIsCutOff",
	"NoSuchConfiguration":        "TestKindsWithoutAnOperation",
	"NoSuchResource":             "TestKindsWithoutAnOperation",
}

// recorded is what the transcripts show of an operation.
type recorded struct {
	done    int
	refused map[string]int // by code, or by status where the answer has none
}

// recordings reads the transcripts as the server would read their requests. Those of IAM and STS and of websites, which are no operations of
// the table, come under the name "".
func recordings(t *testing.T) map[string]*recorded {
	files, err := filepath.Glob("testdata/transcripts/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string]*recorded{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		comment, sections := parseArchive(string(raw))
		cfg := Config{Region: "us-east-1", Domains: names("s3.test"), TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
		configOf(t, comment)(&cfg)
		s := New(Deps{Config: cfg})
		for i := 0; i+1 < len(sections); i += 2 {
			require.Equal(t, "answer", sections[i+1].name, "%s: %s", file, sections[i].name)
			name := operationOf(t, s, sections[i].text)
			if all[name] == nil {
				all[name] = &recorded{refused: map[string]int{}}
			}
			all[name].add(sections[i+1].text)
		}
	}
	return all
}

// operationOf is the operation that a recorded request means, "" for none.
func operationOf(t *testing.T, s *Server, text string) string {
	for strings.HasPrefix(text, "@") {
		_, text, _ = strings.Cut(text, "\n")
	}
	text, _, _ = strings.Cut(text, "\n\n")
	line, headers, _ := strings.Cut(text, "\n")
	if !strings.Contains("\n"+headers, "\nHost:") {
		headers = "Host: 127.0.0.1:5000\n" + headers
	}
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(line + " HTTP/1.1\n" + strings.TrimSuffix(headers, "\n") + "\n\n")))
	if err != nil {
		return "" // which net/http refuses
	}
	r.RemoteAddr = "127.0.0.1:1"
	c := &call{s: s, r: r, header: r.Header, info: &reqinfo.Info{}}
	c.peer = peer.Of(r, s.TrustedProxies)
	if c.asksIdentity() || c.locate() != nil || c.op == nil {
		return ""
	}
	return c.op.Name
}

var (
	statusLine = regexp.MustCompile(`^HTTP/1\.1 (\d+)`)
	codeOf     = regexp.MustCompile(`<Code>(\w+)</Code>`)
	pageCode   = regexp.MustCompile(`(?m)^x-amz-error-code: (\w+)$`)
)

// add counts an answer. One that begins with 200 can be a refusal all the same, of some keys or of what took long.
func (r *recorded) add(answer string) {
	status := statusLine.FindStringSubmatch(answer)[1]
	codes := append(codeOf.FindAllStringSubmatch(answer, -1), pageCode.FindAllStringSubmatch(answer, -1)...)
	for _, m := range codes {
		r.refused[m[1]]++
	}
	switch {
	case status == "304" || status > "400" && len(codes) == 0 || status == "400" && len(codes) == 0:
		r.refused[status]++
		if status == "304" {
			r.refused["NotModified"]++
		}
	case status < "400":
		r.done++
	}
}

// Every operation is recorded as it succeeds and in every way in which it can be refused.
func TestTranscriptsCoverEveryOperation(t *testing.T) {
	seen := recordings(t)
	known := map[string]bool{}
	for _, o := range Operations() {
		if known[o.Name] {
			continue
		}
		known[o.Name] = true
		more, ok := documented[o.Name]
		if !ok && o.Handle != nil {
			t.Errorf("%s: say what S3 documents for it", o.Name)
		}
		if ok && o.Handle == nil {
			t.Errorf("%s is not built: nothing else can be said of it", o.Name)
		}
		got := seen[o.Name]
		if got == nil {
			got = &recorded{}
		}
		if o.Handle != nil && got.done == 0 {
			t.Errorf("%s: no success is recorded", o.Name)
		}
		var missing []string
		for _, code := range append(implied(o), strings.Fields(more)...) {
			if got.refused[code] == 0 && !slices.Contains(missing, code) {
				missing = append(missing, code)
			}
		}
		if len(missing) > 0 {
			t.Errorf("%s: no transcript shows %s", o.Name, strings.Join(missing, ", "))
		}
	}
	for name := range documented {
		require.True(t, known[name], "%s is not in the table", name)
	}
}

// Every code that the server knows is recorded, or shown by the test that is named for it.
func TestEveryCodeIsShown(t *testing.T) {
	shown := map[string]bool{}
	for _, r := range recordings(t) {
		for code := range r.refused {
			shown[code] = true
		}
	}
	for _, code := range s3err.Codes() {
		test, ok := elsewhere[code.Name]
		switch {
		case shown[code.Name] && ok:
			t.Errorf("%s is recorded: it needs no other test", code.Name)
		case shown[code.Name]:
		case !ok:
			t.Errorf("%s: neither a transcript nor a test shows it", code.Name)
		default:
			require.True(t, testNames(t, test, code.Name), "%s: %s does not show it", code.Name, test)
		}
	}
}

// testNames reports whether a test of this package is there and its text has a word.
func testNames(t *testing.T, test, word string) bool {
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		if _, text, ok := strings.Cut(string(raw), "\nfunc "+test+"("); ok {
			text, _, _ = strings.Cut(text, "\n}\n")
			return strings.Contains(text, word)
		}
	}
	return false
}
