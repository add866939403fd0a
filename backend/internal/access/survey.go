package access

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// Levels are what somebody may have on a bucket or a prefix, each with the actions any of which is enough for it.
var Levels = []struct {
	Name    string
	actions []string
}{
	{"list", []string{"s3:ListBucket"}},
	{"read", []string{"s3:GetObject"}},
	{"write", []string{"s3:PutObject"}},
	{"delete", []string{"s3:DeleteObject"}},
	{"administer", []string{"s3:PutBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPublicAccessBlock", "s3:PutBucketOwnershipControls", "s3:DeleteBucket"}},
}

// Principal is somebody with what they have.
type Principal struct {
	Kind     string // everyone, authenticated, account, outsider, user, role
	Name     string
	ARN      string
	Account  string // number, of another account
	Disabled bool
	Has      []Level
}

// Level is one of Levels that somebody has.
type Level struct {
	Name  string
	Reach policy.Reach // Always or Sometimes
	Parts []policy.Part
}

// Survey tells who has what on a bucket, or on the keys that begin with a prefix.
type Survey struct {
	Prefix string
	Kind   string // where to go on: empty for the beginning, user, role
	After  string // name of the last of them that was looked at
	Most   int    // principals in an answer
}

// Found is a part of a survey.
type Found struct {
	Principals  []Principal
	Hidden      []string // users, roles: those that the asker may not list
	ObjectLists bool     // objects can have lists of their own, and owners, which are not looked at
	Next        *Survey  // to go on with; nil at the end
}

// maxLooked bounds the users and roles that one call looks at.
const maxLooked = 1000

// Survey answers for the asker, who must be allowed to read the policy and the list of the bucket. It gets to know of users and roles that it
// may list.
func (a *Asker) Survey(ctx context.Context, b *meta.Bucket, in Survey) (out Found, err error) {
	q := iam.Access{Bucket: b, Key: in.Prefix}
	rules, err := a.Rules(ctx, b)
	if err != nil {
		return out, err
	}
	q.BucketPolicy, q.Restricted = rules.Policy, rules.Restricted
	if q.ACL, q.IgnorePublic, err = a.Buckets.ACLOf(ctx, b); err != nil {
		return out, err
	}
	ownership, err := a.Buckets.OwnershipOf(ctx, b)
	if err != nil {
		return out, err
	}
	out.ObjectLists = ownership != meta.BucketOwnerEnforced
	if in.Kind == "" {
		out.Principals = outsiders(&q)
	}
	looked := 0
	for _, kind := range []iam.EntityKind{iam.UserEntity, iam.RoleEntity} {
		word := strings.ToLower(kind.String())
		if in.Kind == "role" && word == "user" {
			continue
		}
		after := ""
		if in.Kind == word {
			after = in.After
		}
		if b.Account != a.ID.Account {
			out.Hidden = append(out.Hidden, word+"s")
			continue
		}
		for more := true; more; {
			var page []iam.Holder
			page, more, err = a.IAM.Holders(ctx, a.ID, kind, after, 100)
			if fault.Is(err, fault.AccessDenied) {
				out.Hidden = append(out.Hidden, word+"s")
				break
			}
			if err != nil {
				return out, err
			}
			for i := range page {
				h := &page[i]
				if looked++; len(out.Principals) >= in.Most || looked > maxLooked {
					out.Next = &Survey{Prefix: in.Prefix, Kind: word, After: after, Most: in.Most}
					return out, nil
				}
				after = h.Name
				if has := levels(h.Identity, false, &q); len(has) > 0 {
					out.Principals = append(out.Principals, Principal{Kind: word, Name: h.Name, ARN: h.ARN, Disabled: h.Disabled, Has: has})
				}
			}
		}
	}
	return out, nil
}

// outsiders are everybody, and those of other accounts that the policy or the list of the bucket names.
func outsiders(q *iam.Access) (out []Principal) {
	own := iam.AccountNumber(q.Bucket.Account)
	add := func(p Principal, id *iam.Identity) {
		same := func(o Principal) bool { return o.Kind == p.Kind && o.ARN == p.ARN && o.Account == p.Account }
		if p.Has = levels(id, !id.Anonymous, q); len(p.Has) > 0 && !slices.ContainsFunc(out, same) {
			out = append(out, p)
		}
	}
	add(Principal{Kind: "everyone"}, iam.Anonymous)
	add(Principal{Kind: "authenticated"}, iam.Outsider("", ""))
	if q.ACL != nil {
		for _, g := range q.ACL.Grants {
			if g.Account != "" && g.Account != q.Bucket.Account {
				add(Principal{Kind: "account", Account: iam.AccountNumber(g.Account)}, iam.Outsider(g.Account, ""))
			}
		}
	}
	if q.BucketPolicy == nil {
		return out
	}
	for _, n := range q.BucketPolicy.Named() {
		number := n.Account
		if n.ARN != "" {
			number = strings.SplitN(n.ARN, ":", 6)[4]
		}
		id, ok := iam.AccountID(number)
		switch {
		case !ok: // by the id of a user or of an account, whom no name tells
		case n.ARN == "" && number != own:
			add(Principal{Kind: "account", Account: number}, iam.Outsider(id, ""))
		case n.ARN != "" && (number != own || strings.HasPrefix(n.ARN, "arn:aws:sts:")):
			add(Principal{Kind: "outsider", ARN: n.ARN, Account: number}, iam.Outsider(id, n.ARN))
		}
	}
	return out
}

// levels are those that somebody has.
func levels(id *iam.Identity, many bool, q *iam.Access) (out []Level) {
	for _, l := range Levels {
		best := Level{Name: l.Name}
		for _, action := range l.actions {
			ask := *q
			if ask.Action = action; iam.GrantedBy(action) != iam.BucketList {
				ask.ACL = nil
			}
			reach, parts := iam.Survey(id, many, ask)
			if cmp.Compare(reach, best.Reach) > 0 {
				best.Reach, best.Parts = reach, parts
			}
		}
		if best.Reach != policy.Never {
			out = append(out, best)
		}
	}
	return out
}
