package admin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// objectDocuments are the documents of a version of an object: their names on the S3 port, what S3 calls them, and the actions. The S3 port
// reads, checks and refuses: conditions of policies may be about what the document says.
var objectDocuments = []struct{ query, name, read, write, text string }{
	{"retention", "ObjectRetention", "s3:GetObjectRetention", "s3:PutObjectRetention",
		" A retention may always be made longer. Without an element it ends, which only bypass allows, and only for GOVERNANCE."},
	{"legal-hold", "ObjectLegalHold", "s3:GetObjectLegalHold", "s3:PutObjectLegalHold", ""},
}

// Retention keeps a version until a date.
type Retention struct {
	Mode  string    `json:"mode" enum:"GOVERNANCE,COMPLIANCE" doc:"GOVERNANCE: who has s3:BypassGovernanceRetention can end it. COMPLIANCE: nobody can"`
	Until time.Time `json:"until"`
}

type (
	objectDocumentInput struct {
		Bucket    string `path:"bucket" maxLength:"63"`
		Key       string `query:"key" required:"true" minLength:"1" maxLength:"1024"`
		VersionID string `query:"versionId" maxLength:"64" doc:"Absent for the current version"`
		row       documentRow
	}
	putObjectDocumentInput struct {
		Bucket    string `path:"bucket" maxLength:"63"`
		Key       string `query:"key" required:"true" minLength:"1" maxLength:"1024"`
		VersionID string `query:"versionId" maxLength:"64" doc:"Absent for the current version"`
		Bypass    bool   `query:"bypass" doc:"Shorten or end a retention in the mode GOVERNANCE, which also needs s3:BypassGovernanceRetention"`
		Body      Document
		row       documentRow
	}
)

func init() {
	for _, d := range objectDocuments {
		documentRows["get"+d.name] = documentRow{d.query, d.read}
		documentRows["put"+d.name] = documentRow{d.query, d.write}
	}
}

// objectDocumentRoutes: documents of versions of objects.
func (a *API) objectDocumentRoutes(m *mount) {
	for _, d := range objectDocuments {
		path := "/myfsio/buckets/{bucket}/object/documents/" + d.query
		add(m, operation{
			id: "get" + d.name, method: http.MethodGet, path: path, tag: tagObjects, need: ported(d.read),
			summary: "Get the document " + d.query + " of an object", text: "As GET `?" + d.query + "` of the S3 port, but that the absence of a document is no error.",
		}, a.getObjectDocument)
		add(m, operation{
			id: "put" + d.name, method: http.MethodPut, path: path, tag: tagObjects, need: ported(d.write),
			summary: "Set the document " + d.query + " of an object", text: "As PUT `?" + d.query + "` of the S3 port." + d.text,
		}, a.putObjectDocument)
	}
}

func (a *API) getObjectDocument(_ context.Context, c *call, in *objectDocumentInput) (*output[Document], error) {
	return found(a.objectDocument(c, in, http.MethodGet, nil, nil))
}

func (a *API) putObjectDocument(_ context.Context, c *call, in *putObjectDocumentInput) (*struct{}, error) {
	header := http.Header{}
	if in.Bypass {
		header.Set("X-Amz-Bypass-Governance-Retention", "true")
	}
	_, err := a.objectDocument(c, &objectDocumentInput{in.Bucket, in.Key, in.VersionID, in.row}, http.MethodPut, header, []byte(in.Body.Document))
	return nil, err
}

func (a *API) objectDocument(c *call, in *objectDocumentInput, method string, header http.Header, body []byte) ([]byte, error) {
	target := &url.URL{Path: "/" + in.Bucket + "/" + in.Key, RawQuery: in.row.query}
	if in.VersionID != "" {
		target.RawQuery += "&versionId=" + url.QueryEscape(in.VersionID)
	}
	raw, e := a.Documents(c.r, a.asks(c), method, target, header, body)
	var r *access.Refusal
	if e != nil && errors.As(e, &r) && r.Err == nil { // else the version is locked, or not to be seen
		return nil, a.refuse(nil, r.Action, r.Decision)
	}
	return raw, refusal(e)
}

// Resolve notes which operation it is; see huma.Resolver.
func (in *objectDocumentInput) Resolve(ctx huma.Context) []error {
	in.row = documentRows[ctx.Operation().OperationID]
	return nil
}

// Resolve notes which operation it is; see huma.Resolver.
func (in *putObjectDocumentInput) Resolve(ctx huma.Context) []error {
	in.row = documentRows[ctx.Operation().OperationID]
	return nil
}

// setLock tells the lock of a version to those who may know.
func (a *API) setLock(c *call, b *meta.Bucket, v *meta.Version, versionID string, out *Object) {
	out.ObjectLock = b.Lock.Enabled
	if l := v.Lock; l.Mode != meta.LockNone && a.may(c, b, need{action: "s3:GetObjectRetention", bucket: b.Name, key: v.Key, version: versionID}) {
		out.Retention = &Retention{Mode: l.Mode.String(), Until: l.Until}
	}
	if v.Lock.Hold == meta.HoldOn && a.may(c, b, need{action: "s3:GetObjectLegalHold", bucket: b.Name, key: v.Key, version: versionID}) {
		out.LegalHold = true
	}
}
