package s3

import (
	"crypto/tls"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
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
	if _, err := c.rulesOf(b); err != nil {
		return err
	}
	version := c.query.get("versionId")
	c.guard = guard{bucket: b, key: c.key, version: version, actions: c.op.actions(version != ""), keys: c.condition}
	return c.enter(&c.guard, c.op.Owned)
}

// may asks whether the caller is allowed an action.
func (c *call) may(action string, b *meta.Bucket, key string) bool {
	return c.mayWith(action, b, key, c.condition)
}

func (c *call) mayWith(action string, b *meta.Bucket, key string, keys func(string) ([]string, bool)) bool {
	return c.decide(action, b, key, keys).Allowed
}

// rulesOf returns what the bucket's own documents say about access; those of the request's bucket are read once.
func (c *call) rulesOf(b *meta.Bucket) (bucket.Rules, error) {
	if b != c.record {
		return c.s.Buckets.Rules(c.ctx(), b)
	}
	if c.access == nil {
		r, err := c.s.Buckets.Rules(c.ctx(), b)
		if err != nil {
			return r, err
		}
		c.access = &r
	}
	return *c.access, nil
}

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

// condition computes a condition key when a policy asks for it; false when the request does not have it.
func (c *call) condition(name string) ([]string, bool) {
	if v, ok := c.tagCondition(name); ok {
		return v, len(v) > 0
	}
	lower := strings.ToLower(name)
	if v, ok := strings.CutPrefix(lower, "aws:"); ok {
		return c.globalCondition(v)
	}
	name, ok := strings.CutPrefix(lower, "s3:")
	if !ok {
		return nil, false
	}
	switch name {
	case "prefix", "delimiter", "max-keys":
		return some(c.query.lookup(name))
	case "versionid":
		return some(c.query.lookup("versionId"))
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
	case "authtype":
		return one(c.claim.Kind.String(), c.claim.Kind.String() != "")
	case "signatureversion":
		return one(c.claim.Kind.Version(), c.claim.Kind.Version() != "")
	case "signatureage":
		return one(itoa(c.claim.Age(c.now).Milliseconds()), !c.claim.Time.IsZero())
	case "tlsversion":
		return c.tlsVersion()
	case "objectcreationoperation":
		return one(strconv.FormatBool(c.op.Name != "UploadPart" && c.op.Name != "UploadPartCopy"), true)
	case "object-lock-mode", "object-lock-retain-until-date", "object-lock-legal-hold", "object-lock-remaining-retention-days":
		return c.lockCondition(name)
	}
	if headerConditions[name] {
		return some(headerValue(c, name))
	}
	return nil, false
}

func (c *call) globalCondition(name string) ([]string, bool) {
	switch name {
	case "sourceip":
		return one(c.peer.addr.String(), c.peer.addr.IsValid())
	case "securetransport":
		return one(strconv.FormatBool(c.peer.secure), true)
	case "currenttime":
		return one(c.now.UTC().Format(time.RFC3339), true)
	case "epochtime":
		return one(itoa(c.now.Unix()), true)
	case "referer":
		return some(headerValue(c, "Referer"))
	case "useragent":
		return some(headerValue(c, "User-Agent"))
	}
	if c.id.Anonymous {
		return nil, false
	}
	switch name {
	case "username":
		_, name, ok := strings.Cut(c.id.ARN(), ":user/")
		return one(name, ok)
	case "userid":
		return one(c.id.UserID, true)
	case "principalarn":
		return one(c.id.ARN(), true)
	case "principalaccount":
		return one(iam.AccountNumber(c.id.Account), true)
	case "principaltype":
		return one("User", true)
	}
	return nil, false
}

func (c *call) tlsVersion() ([]string, bool) {
	if c.r.TLS == nil {
		return nil, false // a proxy does not tell
	}
	switch c.r.TLS.Version {
	case tls.VersionTLS12:
		return one("1.2", true)
	case tls.VersionTLS13:
		return one("1.3", true)
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
