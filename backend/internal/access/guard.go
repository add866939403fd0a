package access

import (
	"context"
	"slices"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// Guard stands before an object: what its owner and its list have to say is not known before its record has been read. Enter asks before
// that, Pass afterwards. The zero guard is none.
type Guard struct {
	Ask     // but for the action
	Actions []string
	Decided policy.Decision // over Action, which was asked for last or refused

	unsure bool // what is known before does not allow it; the object's own list, or its owner's policies, may
	tested bool // a policy tested these tags of the object
	tags   meta.Tags
}

// Refusal is the error of what is not allowed, a fault.AccessDenied.
type Refusal struct {
	Action   string
	Decision policy.Decision
	Err      error // what would have been the answer to somebody who may know; nil for nothing else
}

func (r *Refusal) Error() string { return r.Unwrap().Error() + ": " + r.Action }

// Unwrap makes it a fault of its kind.
func (r *Refusal) Unwrap() error {
	return &fault.Error{Kind: fault.AccessDenied, Op: "access.Guard", Err: r.Err}
}

// Enter asks for the guard's actions. Where only the object can decide it is looked at, unless the operation does not pass what it then
// finds. Whoever may list the bucket gets to know that there is no object.
func (g *Guard) Enter(ctx context.Context, a *Asker, passes bool) error {
	refused, err := g.decide(ctx, a)
	switch {
	case err != nil:
		return err
	case refused == nil:
		return nil
	case refused.Decision.ExplicitDeny, !passes:
		return refused
	}
	o, err := a.look(ctx, object.VersionInput{Bucket: g.Bucket, Key: g.Key, VersionID: g.Version})
	switch fault.KindOf(err) {
	case fault.NoSuchKey, fault.NoSuchVersion, fault.DeleteMarker:
		d, failed := a.Absence(ctx, &g.Ask)
		if failed != nil || d.Allowed {
			return failed
		}
		refused.Err = err
		return refused
	case fault.InvalidArgument, fault.KeyTooLong:
		refused.Err = err
		return refused
	}
	if err != nil {
		return err
	}
	return g.Pass(ctx, a, o.Version)
}

// decide asks for the actions without the object. It returns the first refusal, or that of a denial; nil when all are allowed.
func (g *Guard) decide(ctx context.Context, a *Asker) (refused *Refusal, err error) {
	a.tags.asked = false
	for _, action := range g.Actions {
		g.Action = action
		d, err := a.Decide(ctx, &g.Ask)
		if err != nil {
			return nil, err
		}
		g.Decided = d
		if d.Allowed {
			continue
		}
		if refused == nil || d.ExplicitDeny {
			refused = &Refusal{Action: action, Decision: d}
		}
		if d.ExplicitDeny {
			break
		}
	}
	if refused != nil {
		g.Action, g.Decided = refused.Action, refused.Decision
	}
	g.unsure, g.tested, g.tags = refused != nil, a.tags.asked, a.tags.tags
	return refused, nil
}

// Judge is Enter and Pass at once for a version that has been found.
func (g *Guard) Judge(ctx context.Context, a *Asker, v *meta.Version) error {
	a.tags = tagged{of: object.VersionInput{Bucket: g.Bucket, Key: g.Key, VersionID: g.Version}, tags: v.Tags}
	refused, err := g.decide(ctx, a)
	switch {
	case err != nil:
		return err
	case refused != nil && refused.Decision.ExplicitDeny:
		return refused
	}
	return g.Pass(ctx, a, v)
}

// Absence decides whether the asker may know that the key of a question does not exist, which is for those who may list the bucket.
func (a *Asker) Absence(ctx context.Context, q *Ask) (policy.Decision, error) {
	return a.Decide(ctx, &Ask{Action: "s3:ListBucket", Bucket: q.Bucket, Keys: q.Keys})
}

// Pass holds a version that was found to its owner and its list, and to what policies say of its tags where Enter saw others. For the objects
// of the bucket's account that costs nothing unless only the list can allow the request.
func (g *Guard) Pass(ctx context.Context, a *Asker, v *meta.Version) error {
	changed := g.tested && !slices.Equal(g.tags, v.Tags)
	if !g.unsure && !changed && !foreign(v, g.Bucket) {
		return nil
	}
	owner, acl, err := a.Holding(ctx, v, g.Bucket)
	if err != nil {
		return err
	}
	if !g.unsure && !changed && owner == g.Bucket.Account {
		return nil
	}
	block, err := a.Buckets.PublicAccess(ctx, g.Bucket)
	if err != nil {
		return err
	}
	a.tags = tagged{of: object.VersionInput{Bucket: g.Bucket, Key: g.Key, VersionID: g.Version}, tags: v.Tags}
	for _, action := range g.Actions {
		g.Action = action
		d, err := a.DecideOwned(ctx, &g.Ask, owner, acl, block.IgnoreACLs)
		if err != nil {
			return err
		}
		g.Decided = d
		if !d.Allowed {
			return &Refusal{Action: action, Decision: d}
		}
	}
	return nil
}

// One reports whether the version that was passed is the only one that is known to be allowed.
func (g *Guard) One() bool { return g.unsure || g.tested }

// foreign reports whether the version is recorded as another account's than the bucket's.
func foreign(v *meta.Version, b *meta.Bucket) bool { return v.Owner != b.Account && v.Owner != "" }

// Holding returns the account that owns a version and the list that counts for it, nil for none.
func (s *Service) Holding(ctx context.Context, v *meta.Version, b *meta.Bucket) (owner string, acl *meta.ACL, err error) {
	ownership, err := s.Buckets.OwnershipOf(ctx, b)
	switch {
	case err != nil:
		return "", nil, err
	case ownership == meta.BucketOwnerEnforced:
		return b.Account, nil, nil
	case foreign(v, b):
		return v.Owner, v.ACL, nil
	}
	return b.Account, v.ACL, nil
}
