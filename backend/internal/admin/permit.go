package admin

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// need is one permission that a request needs: an action, what it is on, and the condition keys that the same request on the S3 port
// would have.
type need struct {
	action, bucket, key string
	version             string // id, empty for the current one
	keys                []meta.Pair
	turn                bool // the key is asked for again when its turn comes
	below               bool // on every key that begins with this one; each is asked for when its turn comes
}

// ask is the question about the need.
func (n *need) ask(b *meta.Bucket) access.Ask {
	return access.Ask{Action: n.action, Bucket: b, Key: n.key, Version: n.version, New: n.below || n.action == "s3:PutObject", Keys: func(name string) (values []string, ok bool) {
		for _, p := range n.keys {
			if p.Name == name {
				values = append(values, p.Value)
			}
		}
		return values, len(values) > 0
	}}
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
	return need{action: action, bucket: bucket, key: key, keys: keys}
}

func onVersion(action, bucket, key, versionID string) need {
	return need{action: versioned(action, versionID), bucket: bucket, key: key, version: versionID}
}

func onListing(action, bucket, prefix, delimiter string, limit int) need {
	n := need{action: action, bucket: bucket, keys: []meta.Pair{{Name: "s3:prefix", Value: prefix}}}
	if limit > 0 {
		n.keys = append(n.keys, meta.Pair{Name: "s3:max-keys", Value: strconv.Itoa(limit)})
	}
	if delimiter != "" {
		n.keys = append(n.keys, meta.Pair{Name: "s3:delimiter", Value: delimiter})
	}
	return n
}

// creating are the condition keys of a write that makes an object.
func creating(exclusive bool, more ...meta.Pair) []meta.Pair {
	keys := append([]meta.Pair{{Name: "s3:ObjectCreationOperation", Value: "true"}}, more...)
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
		onObject("s3:PutObject", targetBucket, targetKey, creating(exclusive,
			meta.Pair{Name: "s3:x-amz-copy-source", Value: source}, meta.Pair{Name: "s3:x-amz-copy-source", Value: "/" + source},
			meta.Pair{Name: "s3:x-amz-metadata-directive", Value: "COPY"})...),
	}
}

// asks is who the call is from, as of now.
func (a *API) asks(c *call) *access.Asker {
	k := access.Circumstances{Time: a.Clock.Now(), Region: a.Config.Region, Secure: c.peer.Secure, Header: c.r.Header, AuthType: sigv4.HeaderV4.String()}
	if c.r.TLS != nil {
		k.TLS = c.r.TLS.Version
	}
	if c.claim != nil {
		k.Signature, k.Signed = c.claim.Kind.Version(), c.claim.Time
	}
	if c.id != nil {
		k.Temporary, k.MFA = c.id.MFA()
	}
	if c.session != nil {
		k.Temporary, k.MFA = true, c.session.mfa
	}
	return a.asker(c.id, c.remote(), k)
}

// asker is somebody at an address, empty for one that is not known.
func (a *API) asker(id *iam.Identity, remote string, k access.Circumstances) *access.Asker {
	if addr, err := netip.ParseAddr(remote); err == nil {
		k.Addr = addr.Unmap()
	}
	return &access.Asker{Service: access.Service{Buckets: a.Buckets, Objects: a.Objects, IAM: a.IAM}, ID: id, Circumstances: k}
}

// permit refuses what the asker may not do. Where the object has a say it returns the guard that must pass the version which the operation
// then finds; else nil.
func (a *API) permit(ctx context.Context, who *access.Asker, b *meta.Bucket, n need) (*access.Guard, error) {
	q := n.ask(b)
	if iam.GrantedBy(n.action) == iam.ObjectList {
		g := &access.Guard{Ask: q, Actions: []string{n.action}}
		err := g.Enter(ctx, who, true)
		reqinfo.From(ctx).Decide(g.Action, g.Decided)
		return g, err
	}
	d, err := who.Decide(ctx, &q)
	reqinfo.From(ctx).Decide(n.action, d)
	if err == nil && !d.Allowed {
		err = &access.Refusal{Action: n.action, Decision: d}
	}
	return nil, err
}

// permitBelow is permit for every key of a prefix. Where only the objects can decide, one of the first must be allowed.
func (a *API) permitBelow(ctx context.Context, who *access.Asker, b *meta.Bucket, n need) error {
	q := n.ask(b)
	q.Key += "*"
	d, err := who.Decide(ctx, &q)
	reqinfo.From(ctx).Decide(n.action, d)
	if err != nil || d.Allowed {
		return err
	}
	refused := &access.Refusal{Action: n.action, Decision: d}
	if d.ExplicitDeny || iam.GrantedBy(n.action) != iam.ObjectList {
		return refused
	}
	page, err := a.Objects.List(ctx, object.Listing{Bucket: b, Prefix: n.key, Max: step})
	if err != nil {
		return err
	}
	for _, v := range page.Objects {
		if ok, err := a.readable(ctx, who, b, v); err != nil || ok {
			return err
		}
	}
	if page.Truncated {
		return nil // one of the others may be
	}
	return refused
}

// readable reports whether the asker may read the current version of a key.
func (a *API) readable(ctx context.Context, who *access.Asker, b *meta.Bucket, v *meta.Version) (bool, error) {
	n := onObject("s3:GetObject", b.Name, v.Key)
	g := &access.Guard{Ask: n.ask(b), Actions: []string{n.action}}
	err := g.Judge(ctx, who, v)
	if fault.Is(err, fault.AccessDenied) {
		return false, nil
	}
	return err == nil, err
}

// refused says in the words of this API what access refused; other errors stay what they are.
func (a *API) refused(id *iam.Identity, err error) error {
	var r *access.Refusal
	if !errors.As(err, &r) {
		return err
	}
	return a.refuse(id, r.Action, r.Decision)
}

// refuse is the error of a decision. The reason is for administrators: it quotes policies.
func (a *API) refuse(id *iam.Identity, action string, d policy.Decision) error {
	f := fault.New("admin.authorize", fault.AccessDenied, "You do not have the permission "+action+" for this.").With(detailNeeds, action)
	f.Err = &access.Refusal{Action: action, Decision: d}
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
	who := a.asks(c)
	looks := 0
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
		if n.below {
			if err := a.permitBelow(ctx, who, b, n); err != nil {
				return err
			}
			continue
		}
		if n.turn && iam.GrantedBy(n.action) == iam.ObjectList {
			if looks++; looks > maxLooks {
				continue
			}
		}
		g, err := a.permit(ctx, who, b, n)
		if err != nil {
			return err
		}
		if g != nil && !n.turn {
			c.guard = g
		}
	}
	c.who = who
	if creates {
		return nil
	}
	return missing
}

// maxLooks bounds the objects that are looked at before work whose keys are asked for again when their turn comes.
const maxLooks = 100

// pass holds the version that the operation found to its owner and its list.
func (c *call) pass(ctx context.Context, v *meta.Version) error { return c.guard.Pass(ctx, c.who, v) }

// may reports whether the caller may do something more than the operation needs; not when that cannot be found out.
func (a *API) may(c *call, b *meta.Bucket, n need) bool {
	ctx := reqinfo.With(c.r.Context(), &reqinfo.Info{}) // what is only asked decides nothing
	_, err := a.permit(ctx, a.asks(c), b, n)
	return err == nil
}

// hideMissing makes a missing key look like one that may not be seen, for who may not list the bucket.
func (a *API) hideMissing(c *call, b *meta.Bucket, versionID string, err error) error {
	switch fault.KindOf(err) {
	case fault.NoSuchKey, fault.NoSuchVersion:
	case fault.DeleteMarker:
		if versionID != "" {
			return err // who may read versions may know that this one is a marker
		}
	default:
		return err
	}
	d, failed := a.asks(c).Absence(c.r.Context(), &access.Ask{Bucket: b})
	if failed == nil && !d.Allowed {
		failed = a.refuse(c.id, "s3:ListBucket", d)
	}
	return cmp.Or(failed, err)
}

// allowAdmin checks a permission that belongs to no bucket.
func (a *API) allowAdmin(c *call, action string) error {
	d := a.IAM.AuthorizeAdmin(c.id, action)
	if reqinfo.From(c.r.Context()).Decide(action, d); !d.Allowed {
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

// permissionsOn lists which of some actions the caller has on a bucket and on the keys that begin with a prefix, which versions are some of.
// There are none when that cannot be found out.
func (a *API) permissionsOn(c *call, b *meta.Bucket, prefix string, versions []*meta.Version, lists ...[]string) []string {
	who, ctx := a.asks(c), c.r.Context()
	return permissions(lists, func(action string) (bool, error) {
		n := need{action: action, bucket: b.Name, key: prefix + "*"}
		if action == "s3:ListBucket" || action == "s3:ListBucketVersions" {
			n = onListing(action, b.Name, prefix, "/", 100)
		}
		q := n.ask(b)
		q.New = true
		d, err := who.Decide(ctx, &q)
		if err != nil || d.Allowed || d.ExplicitDeny || action != "s3:GetObject" {
			return d.Allowed, err
		}
		for _, v := range versions {
			if ok, err := a.readable(ctx, who, b, v); err != nil || ok {
				return ok, err
			}
		}
		return false, nil
	})
}

// permissionsOf lists which of some actions the caller has on a version.
func (a *API) permissionsOf(c *call, b *meta.Bucket, v *meta.Version, versionID string, lists ...[]string) []string {
	who, ctx := a.asks(c), c.r.Context()
	return permissions(lists, func(action string) (bool, error) {
		n := need{action: action, bucket: b.Name, key: v.Key, version: versionID}
		q := n.ask(b)
		if iam.GrantedBy(action) != iam.ObjectList {
			d, err := who.Decide(ctx, &q)
			return d.Allowed, err
		}
		g := access.Guard{Ask: q, Actions: []string{action}}
		err := g.Judge(ctx, who, v)
		return err == nil, nil
	})
}

func permissions(lists [][]string, may func(action string) (bool, error)) []string {
	have := []string{}
	for _, list := range lists {
		for _, action := range list {
			ok, err := may(action)
			if err != nil {
				return have
			}
			if ok {
				have = append(have, action)
			}
		}
	}
	return have
}
