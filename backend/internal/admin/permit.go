package admin

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// need is one permission that a request needs: an action, what it is on, and the condition keys that the same request on the S3 port
// would have.
type need struct {
	action, bucket, key string
	keys                []meta.Pair
}

// needer is implemented by the inputs of operations of scopeData.
type needer interface{ needs() []need }

// versioned names the action that stands for an action on a version.
func versioned(action, versionID string) string {
	if versionID == "" {
		return action
	}
	return action + "Version"
}

func onObject(action, bucket, key string, keys ...meta.Pair) need {
	return need{action, bucket, key, keys}
}

func onVersion(action, bucket, key, versionID string) need {
	n := need{action: versioned(action, versionID), bucket: bucket, key: key}
	if versionID != "" {
		n.keys = []meta.Pair{{Name: "s3:VersionId", Value: versionID}}
	}
	return n
}

func onListing(action, bucket, prefix, delimiter string, limit int) need {
	n := need{action: action, bucket: bucket, keys: []meta.Pair{{Name: "s3:prefix", Value: prefix}, {Name: "s3:max-keys", Value: strconv.Itoa(limit)}}}
	if delimiter != "" {
		n.keys = append(n.keys, meta.Pair{Name: "s3:delimiter", Value: delimiter})
	}
	return n
}

// creating are the condition keys of a write that makes an object.
func creating(exclusive bool, more ...meta.Pair) []meta.Pair {
	keys := append([]meta.Pair{{Name: "s3:ObjectCreationOperation", Value: "true"}, {Name: "s3:x-amz-storage-class", Value: "STANDARD"}}, more...)
	if exclusive {
		keys = append(keys, meta.Pair{Name: "s3:if-none-match", Value: "*"})
	}
	return keys
}

// onCopy are the permissions of a copy: to read the source and to write the target.
func onCopy(bucket, key, versionID, targetBucket, targetKey string, exclusive bool) []need {
	source := bucket + "/" + key
	return []need{
		onVersion("s3:GetObject", bucket, key, versionID),
		{"s3:PutObject", targetBucket, targetKey, creating(exclusive,
			meta.Pair{Name: "s3:x-amz-copy-source", Value: source}, meta.Pair{Name: "s3:x-amz-copy-source", Value: "/" + source},
			meta.Pair{Name: "s3:x-amz-metadata-directive", Value: "COPY"})},
	}
}

// subject is who asks, with what of the request conditions may test. Jobs have one too, without a request.
type subject struct {
	id     *iam.Identity
	lookup func(name string) ([]string, bool) // of the request; nil for none
}

func (c *call) subject(a *API) subject { return subject{c.id, a.keysOf(c)} }

// keysOf answers the condition keys that any request has.
func (a *API) keysOf(c *call) func(string) ([]string, bool) {
	one := func(s string) ([]string, bool) { return []string{s}, s != "" }
	return func(name string) ([]string, bool) {
		switch name {
		case "aws:CurrentTime":
			return one(a.Clock.Now().UTC().Format(time.RFC3339))
		case "aws:EpochTime":
			return one(strconv.FormatInt(a.Clock.Now().Unix(), 10))
		case "aws:SourceIp":
			return one(c.remote)
		case "aws:SecureTransport":
			return one(strconv.FormatBool(c.scheme == "https"))
		case "aws:UserAgent":
			return one(c.r.UserAgent())
		case "aws:Referer":
			return one(c.r.Referer())
		case "s3:authType":
			return one("REST-HEADER")
		case "s3:signatureversion":
			if c.via == viaSignature {
				return one("AWS4-HMAC-SHA256")
			}
		}
		return nil, false
	}
}

// decide asks the evaluator.
func (a *API) decide(ctx context.Context, s subject, b *meta.Bucket, n need) (policy.Decision, error) {
	rules, err := a.Buckets.Rules(ctx, b)
	if err != nil {
		return policy.Decision{Statement: -1}, err
	}
	return a.decideBy(rules, s, b, n), nil
}

// decideBy is decide for the rules of the bucket.
func (a *API) decideBy(rules bucket.Rules, s subject, b *meta.Bucket, n need) policy.Decision {
	access := iam.Access{Action: n.action, Bucket: b, BucketPolicy: rules.Policy, Restricted: rules.Restricted, Key: n.key}
	access.Keys = func(name string) ([]string, bool) {
		var values []string
		for _, p := range n.keys {
			if p.Name == name {
				values = append(values, p.Value)
			}
		}
		if len(values) > 0 || s.lookup == nil {
			return values, len(values) > 0
		}
		return s.lookup(name)
	}
	return a.IAM.Authorize(s.id, access)
}

// demand refuses with the reason what the subject may not do.
func (a *API) demand(ctx context.Context, s subject, b *meta.Bucket, n need) error {
	d, err := a.decide(ctx, s, b, n)
	if err == nil && !d.Allowed {
		err = a.refuse(s.id, n.action, d)
	}
	return err
}

// refuse is the error of a decision. The reason is for administrators: it quotes policies.
func (a *API) refuse(id *iam.Identity, action string, d policy.Decision) error {
	f := fault.New("admin.authorize", fault.AccessDenied, "You do not have the permission "+action+" for this.").With(detailNeeds, action)
	if id != nil && a.admin(id) {
		reason := d.Reason
		if d.Source != "" {
			reason = d.Source + ", statement " + strconv.Itoa(d.Statement+1) + ": " + reason
		}
		f = f.With(detailReason, reason)
	}
	return f
}

// authorize checks what a request needs, and loads the buckets that it names. A bucket that does not exist is only told to who would be
// allowed if it did.
func (a *API) authorize(ctx context.Context, c *call, needs []need) error {
	if len(needs) == 0 {
		return fault.New("admin.authorize", fault.InvalidRequest, "The request names nothing to work on.")
	}
	var missing error
	creates := false
	for _, n := range needs {
		b := c.buckets[n.bucket]
		if b == nil {
			found, err := a.Buckets.Get(ctx, n.bucket)
			switch {
			case err == nil:
				b = found
				c.buckets[n.bucket] = b
			case fault.Is(err, fault.NoSuchBucket):
				b = &meta.Bucket{Name: n.bucket, Account: c.id.Account}
				missing = cmp.Or(missing, err)
			default:
				return err
			}
		}
		if n.action == "s3:CreateBucket" {
			b, creates = &meta.Bucket{Name: n.bucket, Account: c.id.Account}, true
		}
		if err := a.demand(ctx, c.subject(a), b, n); err != nil {
			return err
		}
	}
	if creates {
		return nil
	}
	return missing
}

// may reports whether the caller may do something more than the operation needs; not when that cannot be found out.
func (a *API) may(c *call, b *meta.Bucket, n need) bool {
	d, err := a.decide(c.r.Context(), c.subject(a), b, n)
	return err == nil && d.Allowed
}

// hideMissing makes a missing key look like one that may not be seen, for who may not list the bucket.
func (a *API) hideMissing(c *call, b *meta.Bucket, key string, err error) error {
	if k := fault.KindOf(err); k != fault.NoSuchKey && k != fault.NoSuchVersion && k != fault.DeleteMarker {
		return err
	}
	n := onListing("s3:ListBucket", b.Name, key, "", 1)
	if refused := a.demand(c.r.Context(), c.subject(a), b, n); refused != nil {
		return refused
	}
	return err
}

// allowAdmin checks a permission that belongs to no bucket.
func (a *API) allowAdmin(c *call, action string) error {
	if d := a.IAM.AuthorizeAdmin(c.id, action); !d.Allowed {
		return a.refuse(c.id, action, d)
	}
	return nil
}

// generally reports whether the caller has an action that belongs to no bucket that exists.
func (a *API) generally(c *call, action string) bool {
	if !strings.HasPrefix(action, "s3:") {
		return a.IAM.AuthorizeAdmin(c.id, action).Allowed
	}
	return a.may(c, &meta.Bucket{Account: c.id.Account}, need{action: action})
}

// admin reports whether an identity administers the server.
func (a *API) admin(id *iam.Identity) bool { return a.IAM.AuthorizeAdmin(id, "iam:*").Allowed }

// Actions that the console shows or explains, on a bucket and on its keys.
var (
	bucketActions = append([]string{
		"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:DeleteBucket", "s3:GetBucketVersioning", "s3:PutBucketVersioning",
		"myfsio:GetBucketQuota", "myfsio:PutBucketQuota",
	}, documentActions()...)
	keyActions = []string{
		"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts",
	}
	lockActions = []string{
		"s3:GetObjectRetention", "s3:PutObjectRetention", "s3:BypassGovernanceRetention", "s3:GetObjectLegalHold", "s3:PutObjectLegalHold",
	}
)

// permissionsOn lists which of some actions the caller has on a bucket and a key; one that ends with a star stands for a prefix of keys.
// There are none when that cannot be found out.
func (a *API) permissionsOn(c *call, b *meta.Bucket, key string, lists ...[]string) []string {
	have := []string{}
	rules, err := a.Buckets.Rules(c.r.Context(), b)
	if err != nil {
		return have
	}
	for _, list := range lists {
		for _, action := range list {
			n := need{action: action, bucket: b.Name, key: key}
			if action == "s3:ListBucket" || action == "s3:ListBucketVersions" {
				n = onListing(action, b.Name, strings.TrimSuffix(key, "*"), "/", 100)
			}
			if a.decideBy(rules, c.subject(a), b, n).Allowed {
				have = append(have, action)
			}
		}
	}
	return have
}
