package s3

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// authorize asks for every action of the operation.
func (c *call) authorize() error {
	if c.op.PerKey {
		return nil // the handler asks
	}
	b := c.record
	if b == nil { // it need not exist: whoever makes it owns it
		b = &meta.Bucket{Name: c.bucket, Account: c.id.Account}
	}
	version := c.query.get("versionId")
	c.guard = access.Guard{Ask: c.ask("", b, c.key), Actions: c.op.actions(version != "")}
	err := c.guard.Enter(c.ctx(), &c.asker, c.op.Owned)
	if err != nil && c.began(err) {
		return nil
	}
	return err
}

// began reports whether the caller began the upload that the request is about and is refused only because nothing allows it: whoever began an
// upload may see its parts and give it up, unless that is denied.
func (c *call) began(refusal error) bool {
	var r *access.Refusal
	if c.op.Name != "ListParts" && c.op.Name != "AbortMultipartUpload" || c.id.Anonymous || !errors.As(refusal, &r) || r.Decision.ExplicitDeny {
		return false
	}
	id, err := c.uploadID()
	if err != nil {
		return false
	}
	page, err := c.s.Objects.ListParts(c.ctx(), c.record, c.key, id, 0, 0)
	return err == nil && page.Upload.Initiator == c.id.UserID
}

// circumstances are those of the caller's request.
func (c *call) circumstances() *access.Circumstances {
	k := &access.Circumstances{
		Time: c.now, Region: c.s.Region, Addr: c.peer.Addr, Secure: c.peer.Secure, Header: c.r.Header, AuthType: c.claim.Kind.String(), Signature: c.claim.Kind.Version(), Signed: c.claim.Time,
	}
	if c.r.TLS != nil {
		k.TLS = c.r.TLS.Version
	}
	if k.AuthType == "" && !c.id.Anonymous { // by X-Access-Key
		k.AuthType = sigv4.HeaderV4.String()
	}
	k.Temporary, k.MFA = c.id.MFA()
	return k
}

// asks is who the request is from, once that is known.
func (c *call) asks(id *iam.Identity) {
	c.id = id
	c.asker = access.Asker{Service: c.s.access, ID: id, Circumstances: *c.circumstances()}
	if !c.site && (c.op.Name == "GetObject" || c.op.Name == "HeadObject") {
		c.asker.Look = c.lookFetched
	}
}

// ask is a question about the bucket or about a key. A key of the request's own bucket has the version that the request names.
func (c *call) ask(action string, b *meta.Bucket, key string) access.Ask {
	q := access.Ask{Action: action, Bucket: b, Key: key, Keys: c.condition}
	if b == c.record {
		q.Version = c.query.get("versionId")
	}
	q.New = c.scope != Object || slices.Contains(c.op.Actions, "s3:PutObject") // the object that is there is not what this is about
	return q
}

// askOf is a question about a version.
func (c *call) askOf(action string, of object.VersionInput) access.Ask {
	return access.Ask{Action: action, Bucket: of.Bucket, Key: of.Key, Version: of.VersionID, Keys: c.condition}
}

// may asks whether the caller is allowed an action.
func (c *call) may(action string, b *meta.Bucket, key string) bool {
	return c.allowed(c.ask(action, b, key))
}

// mayOn is may for a version.
func (c *call) mayOn(action string, of object.VersionInput) bool {
	return c.allowed(c.askOf(action, of))
}

func (c *call) allowed(q access.Ask) bool { return c.decide(q).Allowed }

// decide asks a question. What cannot be read allows nothing.
func (c *call) decide(q access.Ask) policy.Decision {
	d, err := c.asker.Decide(c.ctx(), &q)
	if err != nil {
		c.s.Logger.ErrorContext(c.ctx(), "request refused", "request", c.info.RequestID, "operation", c.info.Operation, "error", err.Error())
		d.Allowed = false
	}
	if !d.Allowed {
		c.denied = access.Refusal{Action: q.Action, Decision: d}
	}
	return d
}

// pass holds the version that the operation found to its owner and its list.
func (c *call) pass(v *meta.Version) error { return c.guard.Pass(c.ctx(), &c.asker, v) }

// conceal turns the absence of a key into AccessDenied for callers who may not list the bucket, as S3 does: they must not learn what is
// there by asking.
func (c *call) conceal(err error, b *meta.Bucket) error {
	if err == nil {
		return nil
	}
	switch fault.KindOf(err) {
	case fault.NoSuchKey, fault.NoSuchVersion:
	case fault.DeleteMarker:
		if c.query.get("versionId") != "" {
			return err // who may read versions may know that this one is a marker
		}
	default:
		return err
	}
	var wire *s3err.Error
	if errors.As(err, &wire) || c.may("s3:ListBucket", b, "") {
		return err
	}
	return s3err.New("AccessDenied").Because(err)
}

// headerConditions are the condition keys that are headers of the same name.
var headerConditions = map[string]bool{
	"x-amz-acl": true, "x-amz-grant-full-control": true, "x-amz-grant-read": true, "x-amz-grant-read-acp": true, "x-amz-grant-write": true,
	"x-amz-grant-write-acp": true, "x-amz-metadata-directive": true, "x-amz-server-side-encryption": true,
	"x-amz-server-side-encryption-aws-kms-key-id": true, "x-amz-server-side-encryption-customer-algorithm": true,
	"x-amz-storage-class": true, "if-match": true, "if-none-match": true, "x-amz-object-ownership": true,
}

// beginnings are the operations that need s3:PutObject and create no object yet.
var beginnings = map[string]bool{"CreateMultipartUpload": true, "UploadPart": true, "UploadPartCopy": true}

// condition computes a condition key of S3 when a policy asks for it; false when the request does not have it. What every request has is known
// to access.
func (c *call) condition(name string) ([]string, bool) {
	if v, ok := c.tagCondition(name); ok {
		return v, len(v) > 0
	}
	name, ok := strings.CutPrefix(name, "s3:")
	if !ok {
		return nil, false
	}
	switch name {
	case "prefix", "delimiter", "max-keys":
		return some(c.query.lookup(name))
	case "x-amz-copy-source":
		o, err := parseCopySource(c.header.Get(copySource))
		if err != nil {
			return nil, false
		}
		name := o.bucket + "/" + o.key // both spellings are in use
		return []string{name, "/" + name}, true
	case "x-amz-content-sha256":
		v := c.header.Get("X-Amz-Content-Sha256")
		return one(v, v != "")
	case "ObjectCreationOperation":
		return one(strconv.FormatBool(!beginnings[c.op.Name]), true)
	case "object-lock-mode", "object-lock-retain-until-date", "object-lock-legal-hold", "object-lock-remaining-retention-days":
		return c.lockCondition(name)
	}
	if headerConditions[name] {
		return some(headerValue(c, name))
	}
	return nil, false
}

func headerValue(c *call, name string) (string, bool) {
	v := c.header.Values(name)
	if len(v) == 0 {
		return "", false
	}
	return v[0], true
}

func some(v string, ok bool) ([]string, bool) { return one(v, ok) }

func one(v string, ok bool) ([]string, bool) {
	if !ok {
		return nil, false
	}
	return []string{v}, true
}

func itoa(v int64) string { return strconv.FormatInt(v, 10) }
