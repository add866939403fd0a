package admin

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// DocumentPort answers a request for a document of a bucket or of an object as the S3 port does for this caller. The target is path and query.
type DocumentPort func(r *http.Request, who *access.Asker, method string, target *url.URL, header http.Header, body []byte) ([]byte, *s3err.Error)

// bucketDocuments are the configuration documents of buckets: their names on the S3 port, what S3 calls them, and the actions. Their forms
// and their checks are those of the S3 port.
var bucketDocuments = []struct{ query, name, read, write, remove string }{
	{"acl", "BucketAcl", "s3:GetBucketAcl", "s3:PutBucketAcl", ""},
	{"cors", "BucketCors", "s3:GetBucketCORS", "s3:PutBucketCORS", "s3:PutBucketCORS"},
	{"lifecycle", "BucketLifecycle", "s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration", "s3:PutLifecycleConfiguration"},
	{"object-lock", "ObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration", ""},
	{"ownershipControls", "BucketOwnershipControls", "s3:GetBucketOwnershipControls", "s3:PutBucketOwnershipControls", "s3:PutBucketOwnershipControls"},
	{"policy", "BucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"},
	{"policyStatus", "BucketPolicyStatus", "s3:GetBucketPolicyStatus", "", ""},
	{"publicAccessBlock", "PublicAccessBlock", "s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"},
	{"tagging", "BucketTagging", "s3:GetBucketTagging", "s3:PutBucketTagging", "s3:PutBucketTagging"},
	{"website", "BucketWebsite", "s3:GetBucketWebsite", "s3:PutBucketWebsite", "s3:DeleteBucketWebsite"},
}

// documentActions are the actions on the documents, each once.
func documentActions() (list []string) {
	for _, d := range bucketDocuments {
		for _, action := range []string{d.read, d.write, d.remove} {
			if action != "" && !slices.Contains(list, action) {
				list = append(list, action)
			}
		}
	}
	return list
}

// Document is a configuration document of a bucket in the form of the S3 port.
type Document struct {
	Document string `json:"document,omitempty" maxLength:"1048576" doc:"XML; JSON for policies. Absent when the bucket has none" example:"<Tagging><TagSet/></Tagging>"`
}

type (
	documentInput struct {
		Bucket string `path:"bucket" maxLength:"63" example:"photos"`
		row    documentRow
	}
	putDocumentInput struct {
		Bucket string `path:"bucket" maxLength:"63" example:"photos"`
		Body   Document
		row    documentRow
	}
)

// documentRow is what the operation of a request is about.
type documentRow struct{ query, action string }

// documentRows finds it by the id of the operation.
var documentRows = map[string]documentRow{}

func init() {
	for _, d := range bucketDocuments {
		documentRows["get"+d.name] = documentRow{d.query, d.read}
		documentRows["put"+d.name] = documentRow{d.query, d.write}
		documentRows["delete"+d.name] = documentRow{d.query, d.remove}
	}
}

// Resolve notes which operation it is; see huma.Resolver.
func (in *documentInput) Resolve(ctx huma.Context) []error {
	in.row = documentRows[ctx.Operation().OperationID]
	return nil
}

// Resolve notes which operation it is; see huma.Resolver.
func (in *putDocumentInput) Resolve(ctx huma.Context) []error {
	in.row = documentRows[ctx.Operation().OperationID]
	return nil
}

func (in *documentInput) needs() []need { return []need{{action: in.row.action, bucket: in.Bucket}} }

func (in *putDocumentInput) needs() []need {
	return []need{{action: in.row.action, bucket: in.Bucket}}
}

// documentRoutes: configuration documents of buckets.
func (a *API) documentRoutes(m *mount) {
	for _, d := range bucketDocuments {
		path := "/myfsio/buckets/{bucket}/documents/" + d.query
		add(m, operation{
			id: "get" + d.name, method: http.MethodGet, path: path, tag: tagBuckets, need: data(d.read),
			summary: "Get the document " + d.query, text: "As GET `?" + d.query + "` of the S3 port, but that the absence of a document is no error.",
		}, a.getDocument)
		if d.write != "" {
			add(m, operation{
				id: "put" + d.name, method: http.MethodPut, path: path, tag: tagBuckets, need: data(d.write),
				summary: "Set the document " + d.query, text: "As PUT `?" + d.query + "` of the S3 port.", maxBody: maxBody * 2,
			}, a.putDocument)
		}
		if d.remove != "" {
			add(m, operation{
				id: "delete" + d.name, method: http.MethodDelete, path: path, tag: tagBuckets, need: data(d.remove),
				summary: "Remove the document " + d.query, text: "As DELETE `?" + d.query + "` of the S3 port.",
			}, a.deleteDocument)
		}
	}
}

func (a *API) getDocument(_ context.Context, c *call, in *documentInput) (*output[Document], error) {
	return found(a.document(c, in.Bucket, in.row, http.MethodGet, nil))
}

// missing are the codes of what is not there, and cannot have a document.
var missing = []string{"NoSuchBucket", "NoSuchKey", "NoSuchVersion"}

// found answers with a document. That there is none is nothing wrong, although S3 has an error for it; browsers complain of every 404.
func found(raw []byte, err error) (*output[Document], error) {
	if p, ok := asProblem(err); ok && p.Status == http.StatusNotFound && !slices.Contains(missing, p.Code) {
		return answer(Document{}), nil
	}
	if err != nil {
		return nil, err
	}
	return answer(Document{string(raw)}), nil
}

func (a *API) putDocument(_ context.Context, c *call, in *putDocumentInput) (*struct{}, error) {
	_, err := a.document(c, in.Bucket, in.row, http.MethodPut, []byte(in.Body.Document))
	return nil, err
}

func (a *API) deleteDocument(_ context.Context, c *call, in *documentInput) (*struct{}, error) {
	_, err := a.document(c, in.Bucket, in.row, http.MethodDelete, nil)
	return nil, err
}

func (a *API) document(c *call, bucket string, row documentRow, method string, body []byte) ([]byte, error) {
	raw, e := a.Documents(c.r, a.asks(c), method, &url.URL{Path: "/" + bucket, RawQuery: row.query}, nil, body)
	return raw, refusal(e)
}

// refusal makes what the S3 port refused a problem with its code; nil stays nil.
func refusal(e *s3err.Error) error {
	switch {
	case e == nil:
		return nil
	case e.Code == "InternalError", fault.Is(e, fault.ObjectLocked):
		return e
	}
	text := e.Message
	if detail, ok := e.Element("Detail"); ok { // what is wrong with a policy, and where
		text = detail
	}
	return &Problem{Type: "about:blank", Title: http.StatusText(e.Status), Status: e.Status, Code: e.Code, Detail: text}
}
