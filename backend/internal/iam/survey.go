package iam

import (
	"context"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// Holder is a user or a role with its rights.
type Holder struct {
	Kind     EntityKind
	Name     string
	ARN      string
	Disabled bool
	Identity *Identity // of a role that of a session whose name nobody knows
}

// Holders returns up to most users or roles of the actor's account, in order of name, from the one after a name on; more tells whether there are
// others. The actor needs iam:ListUsers or iam:ListRoles. One whose policies cannot be understood cannot be used, and is left out.
func (s *Service) Holders(ctx context.Context, actor *Identity, kind EntityKind, after string, most int) (out []Holder, more bool, err error) {
	const op = "iam.Holders"
	if err := mayOn(op, actor, "iam:List"+kind.String()+"s", kind, "*", nil); err != nil {
		return nil, false, err
	}
	err = s.Store.View(ctx, func(r kv.Reader) error {
		out, more = nil, false
		all, err := s.entities(r, actor.Account, kind)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(e *entity) bool { return e.name() <= after })
		slices.SortFunc(all, func(a, b *entity) int { return strings.Compare(a.name(), b.name()) })
		if more = len(all) > most; more {
			all = all[:most]
		}
		for _, e := range all {
			h := Holder{Kind: kind, Name: e.name(), ARN: e.view().ARN}
			if kind == UserEntity {
				h.Disabled, h.Identity = e.user.user.Disabled, newIdentity(e.user.user, "", e.user.sources)
				if e.user.err != nil {
					h.Disabled = true
				}
			} else if h.Identity, err = s.sessionIdentity(r, op, &sessionClaims{Account: actor.Account, Role: h.Name, RoleID: e.role.ID, Name: "any", Issued: s.Clock.Now().Unix()}); err != nil {
				h.Disabled = true
				h.Identity = somebody(actor.Account)
			}
			out = append(out, h)
		}
		return nil
	})
	return out, more, kv.Fault(op, err)
}

// name is the name of the entity in its account.
func (e *entity) name() string {
	switch e.kind {
	case GroupEntity:
		return e.group.Name
	case RoleEntity:
		return e.role.Name
	}
	return nameOf(e.user.user)
}

// Outsider is somebody of another account, by its id, who has what its resources give; empty for any other account. arn is that of a user or a role,
// empty for all.
func Outsider(account, arn string) *Identity {
	id := somebody(account)
	if account == "" {
		id.Account, id.principal.Account, id.principal.CanonicalID = "other", "other", "other"
	}
	id.principal.ARN = arn
	return id
}

// Survey says how much of an action somebody has on a bucket, or on every key that begins with the prefix, and through what. In a, Key is the prefix,
// ACL the list of the bucket, and the condition keys count for nothing.
func Survey(id *Identity, many bool, a Access) (policy.Reach, []policy.Part) {
	area := policy.Area{Action: a.Action, Resource: policy.BucketARN(a.Bucket.Name), ResourceAccount: AccountNumber(a.Bucket.Account), Principal: &id.principal, Many: many}
	if policy.ScopeOf(a.Action) == policy.ScopeObject {
		area.Resource, area.Below = policy.ObjectARN(a.Bucket.Name, a.Key), true
	}
	if onPolicy[a.Action] && (id.Anonymous || id.principal.Account != area.ResourceAccount) {
		return policy.Never, nil
	}
	if onPolicy[a.Action] && id.Administrator() {
		a.BucketPolicy = nil
	}
	return policy.Survey(&area, id.gather(nil, &a, false, area.ResourceAccount))
}
