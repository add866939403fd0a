// Package access decides who may do what with buckets and objects. The S3 port and the admin API ask here, so that both give one answer: by
// identity policies, the bucket's policy, its access control list, whose an object is and that object's list, Block Public Access.
package access

import (
	"context"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// Service answers questions. It is safe for concurrent use.
type Service struct {
	Buckets *bucket.Service
	Objects *object.Service
	IAM     *iam.Service
}

// Asker is who asks, in one request or one step of a job: what is read for its first question is not read again for the next. It is not safe
// for concurrent use.
type Asker struct {
	Service
	ID *iam.Identity
	Circumstances
	// Look reads the record of a version; nil for Objects.Get. It lets a request decide over the very record that it answers with.
	Look func(context.Context, object.VersionInput) (*object.Object, error)
	// Given answers about condition keys in the place of Circumstances, and before what is known of an object; nil for real requests.
	Given func(name string) ([]string, bool)
	// Supposed is what the rules of every bucket are taken to be; nil for what they are.
	Supposed *bucket.Rules

	rules [2]known // a copy is about two buckets
	tags  tagged
}

// known is the rules of a bucket.
type known struct {
	of    ident.Bucket
	rules bucket.Rules
}

// Ask is a question: may the asker have the action on the bucket or the key?
type Ask struct {
	Action  string
	Bucket  *meta.Bucket // one that is to be created has no ID, and the asker's account
	Key     string
	Version string                             // id as the request names it, empty for the current version
	New     bool                               // the request makes the object, so that the tags of one that is there do not count
	Keys    func(name string) ([]string, bool) // condition keys that the request alone knows, in policy's spelling; nil for none
}

// Rules returns what the bucket's policy says, read once.
func (a *Asker) Rules(ctx context.Context, b *meta.Bucket) (bucket.Rules, error) {
	if a.Supposed != nil {
		return *a.Supposed, nil
	}
	if b.ID == (ident.Bucket{}) {
		return bucket.Rules{}, nil
	}
	for i := range a.rules {
		if a.rules[i].of == b.ID {
			return a.rules[i].rules, nil
		}
	}
	r, err := a.Buckets.Rules(ctx, b)
	if err == nil {
		a.rules[1], a.rules[0] = a.rules[0], known{b.ID, r}
	}
	return r, err
}

// question is the one to the evaluator, without lists.
func (a *Asker) question(ctx context.Context, q *Ask) (iam.Access, error) {
	rules, err := a.Rules(ctx, q.Bucket)
	return iam.Access{
		Action: q.Action, Bucket: q.Bucket, BucketPolicy: rules.Policy, Restricted: rules.Restricted, Key: q.Key,
		Keys: func(name string) ([]string, bool) { return a.Lookup(ctx, q, name) },
	}, err
}

// Decide answers one question, but for what the object has to say: see Guard. The bucket's list is read only where nothing else decides.
func (a *Asker) Decide(ctx context.Context, q *Ask) (policy.Decision, error) {
	access, err := a.question(ctx, q)
	if err != nil {
		return policy.Decision{Statement: -1}, err
	}
	d := a.IAM.Authorize(a.ID, access)
	if d.Allowed || d.ExplicitDeny || q.Bucket.ID == (ident.Bucket{}) || iam.GrantedBy(q.Action) != iam.BucketList {
		return d, nil
	}
	access.ACL, access.IgnorePublic, err = a.Buckets.ACLOf(ctx, q.Bucket)
	if err != nil || access.ACL == nil {
		return d, err
	}
	return a.IAM.Authorize(a.ID, access), nil
}

// DecideOwned answers a question about an object that the account owns and that has the list, nil for none.
func (a *Asker) DecideOwned(ctx context.Context, q *Ask, owner string, acl *meta.ACL, ignorePublic bool) (policy.Decision, error) {
	access, err := a.question(ctx, q)
	if err != nil {
		return policy.Decision{Statement: -1}, err
	}
	access.Owner, access.IgnorePublic = owner, ignorePublic
	if iam.GrantedBy(q.Action) == iam.ObjectList {
		access.ACL = acl
	}
	return a.IAM.Authorize(a.ID, access), nil
}

// Lists reports whether the bucket is one that a listing of buckets shows the asker: one of their account that they may list, if only from
// its top and by folders.
func (a *Asker) Lists(ctx context.Context, b *meta.Bucket) (bool, error) {
	if b.Account != a.ID.Account {
		return false, nil
	}
	d, err := a.Decide(ctx, Top(b))
	return d.Allowed, err
}

// Top is the question whether the top of a bucket may be listed by folders.
func Top(b *meta.Bucket) *Ask {
	return &Ask{Action: "s3:ListBucket", Bucket: b, Keys: func(name string) ([]string, bool) {
		switch name {
		case "s3:prefix":
			return []string{""}, true
		case "s3:delimiter":
			return []string{"/"}, true
		}
		return nil, false
	}}
}

// Writer says for whom the asker writes an object into the bucket, which says whose its objects are. What nobody in particular writes is the
// bucket owner's.
func (a *Asker) Writer(ctx context.Context, b *meta.Bucket) (object.Caller, meta.Ownership, error) {
	who := object.Caller{Account: a.ID.Account, User: a.ID.UserID}
	ownership, err := a.Buckets.OwnershipOf(ctx, b)
	if a.ID.Anonymous || ownership == meta.BucketOwnerEnforced {
		who.Account = b.Account
	}
	return who, ownership, err
}

// Lookup answers the evaluator about a condition key: its values, and whether the request has it. What it needs no request for, who asks and
// in which account, the evaluator knows itself.
func (a *Asker) Lookup(ctx context.Context, q *Ask, name string) ([]string, bool) {
	if a.Given != nil {
		if v, ok := a.Given(name); ok {
			return v, true
		}
	}
	if tag, ok := strings.CutPrefix(name, "s3:ExistingObjectTag/"); ok {
		if q.New || q.Key == "" {
			return nil, false
		}
		return a.existing(ctx, object.VersionInput{Bucket: q.Bucket, Key: q.Key, VersionID: q.Version}, tag)
	}
	if name == "s3:VersionId" {
		return one(q.Version, q.Version != "")
	}
	if q.Keys != nil {
		if v, ok := q.Keys(name); ok {
			return v, true
		}
	}
	if a.Given != nil {
		return nil, false
	}
	return a.Circumstances.Lookup(name)
}

// tagged is a version whose tags a policy asked for: policies ask for one tag after the other.
type tagged struct {
	asked bool
	of    object.VersionInput
	tags  meta.Tags
}

// existing returns the value of a tag of the version. The version is read only when a policy asks for one of its tags.
func (a *Asker) existing(ctx context.Context, of object.VersionInput, name string) ([]string, bool) {
	if a.tags.of != of {
		a.tags = tagged{of: of}
		if o, err := a.look(ctx, of); err == nil {
			a.tags.tags = o.Version.Tags
		}
	}
	a.tags.asked = true
	for _, t := range a.tags.tags {
		if t.Name == name {
			return []string{t.Value}, true
		}
	}
	return nil, false
}

func (a *Asker) look(ctx context.Context, of object.VersionInput) (*object.Object, error) {
	if a.Look != nil {
		return a.Look(ctx, of)
	}
	return a.Objects.Get(ctx, object.GetInput{Bucket: of.Bucket, Key: of.Key, VersionID: of.VersionID, HeadOnly: true})
}

func one(v string, ok bool) ([]string, bool) {
	if !ok {
		return nil, false
	}
	return []string{v}, true
}
