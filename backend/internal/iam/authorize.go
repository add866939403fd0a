package iam

import (
	"strings"

	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// Access is what a request wants of a bucket or an object.
type Access struct {
	Action       string           // of policy's table, as "s3:GetObject"
	Bucket       *meta.Bucket     // nil for what concerns no bucket; for one that is to be created, its name and the creator's account
	BucketPolicy *policy.Document // nil when there is none
	Restricted   bool             // what BucketPolicy allows is for those of the bucket's account alone
	// ACL is the list that GrantedBy names for the action; nil without one. What a list grants to the account that owns the bucket or the
	// object is no grant to its users: inside an account their own policies decide.
	ACL          *meta.ACL
	IgnorePublic bool // what ACL grants to all users, or to all that have an account, does not count
	// Owner is the account of the object where that is not the bucket's, else empty. Its users need no grant then, those of the bucket's
	// account do, and what the bucket's policy allows does not reach the object; its denials do.
	Owner string
	Key   string                             // object key; not looked at for actions on buckets
	Keys  func(name string) ([]string, bool) // the values of a condition key, and whether the request has it; nil for none
}

// onPolicy are the actions that a bucket policy cannot deny to an administrator of the bucket's account, as AWS cannot deny them to the
// root user: nobody could take such a policy back.
var onPolicy = map[string]bool{"s3:GetBucketPolicy": true, "s3:PutBucketPolicy": true, "s3:DeleteBucketPolicy": true}

// OwnersOnly reports whether an action is for those of the bucket's account alone, whatever allows it to others.
func OwnersOnly(action string) bool { return onPolicy[action] }

const headBucket = "s3:HeadBucket"

// Authorize decides over a request, as between AWS accounts: an explicit deny anywhere refuses. Else inside the account of the bucket the
// caller's policy, the bucket's policy or its ACL must allow; from another account the caller's policy and one of the other two; without
// credentials one of those two. It returns the statement that decided. The operation HeadBucket is s3:HeadBucket here: s3:ListBucket allows it, as in AWS, and so does the simple verb `read`.
func (s *Service) Authorize(id *Identity, a Access) policy.Decision {
	if id == nil {
		id = Anonymous
	}
	if a.BucketPolicy != nil && onPolicy[a.Action] && AccountNumber(id.Account) == AccountNumber(a.Bucket.Account) && id.Administrator() {
		a.BucketPolicy = nil
	}
	if a.Action == headBucket {
		a.Action = "s3:ListBucket"
		if d := decide(id, a); d.Allowed || d.ExplicitDeny {
			return d
		}
		a.Action = headBucket
	}
	return decide(id, a)
}

var ofBucket, ofList = &policy.Origin{Type: policy.OriginResource}, &policy.Origin{Type: policy.OriginList}

func decide(id *Identity, a Access) policy.Decision {
	req := policy.Request{Action: a.Action, Resource: "arn:aws:s3:::*", Principal: &id.principal, Keys: a.Keys, Trace: id.trace}
	foreign := false
	if a.Bucket != nil {
		req.ResourceAccount = AccountNumber(a.Bucket.Account)
		if foreign = a.Owner != "" && a.Owner != a.Bucket.Account; foreign {
			req.ResourceAccount = AccountNumber(a.Owner)
		}
		if a.Key == "" || policy.ScopeOf(a.Action) == policy.ScopeBucket {
			req.Resource = policy.BucketARN(a.Bucket.Name)
		} else {
			req.Resource = policy.ObjectARN(a.Bucket.Name, a.Key)
		}
	}
	if a.BucketPolicy == nil && a.ACL == nil {
		return policy.Evaluate(&req, id.sources)
	}
	var few [8]policy.Source // most identities have no more, and need no memory for them
	return policy.Evaluate(&req, id.gather(few[:0], &a, foreign, req.ResourceAccount))
}

// gather adds what the identity's policies and the bucket say to sources. foreign objects are another account's than the bucket.
func (id *Identity) gather(sources []policy.Source, a *Access, foreign bool, account string) []policy.Source {
	return append(append(sources, id.sources...),
		policy.Source{Name: "bucket policy", Kind: policy.SourceResource, Document: a.BucketPolicy,
			DenyOnly: foreign || a.Restricted && (id.Anonymous || id.principal.Account != account), Origin: ofBucket},
		policy.Source{Name: ByList, Kind: policy.SourceResource, Grants: id.granter(a), Origin: ofList})
}

// AuthorizeAdmin decides over an action on users (iam:…, in AWS's or the simple spelling), keys (kms:…) or the server (myfsio:…) as a
// whole. "iam:*" asks for an administrator of the server. The server belongs to the default account: myfsio:… is for its users alone.
func (s *Service) AuthorizeAdmin(id *Identity, action string) policy.Decision {
	return adminDecision(id, action, "")
}

// adminDecision is AuthorizeAdmin for one user, named as in ARNs; empty means users as such.
func adminDecision(id *Identity, action, user string) policy.Decision {
	if id == nil {
		id = Anonymous
	}
	if action == "iam:*" {
		if id.System() {
			return policy.Decision{Allowed: true, Source: "policies of " + id.principal.ARN, Statement: -1, Reason: "an administrator may do everything"}
		}
		return policy.Decision{Statement: -1, Reason: "only an administrator may do this"}
	}
	action = policy.CanonicalAction(action)
	service, _, _ := strings.Cut(action, ":")
	req := policy.Request{Action: action, Principal: &id.principal, Keys: id.keys, Trace: id.trace}
	switch service {
	case "iam":
		req.Resource = userARN(id.principal.Account, user)
	case "myfsio":
		if id.Account != DefaultAccount {
			return policy.Decision{Statement: -1, Reason: "only users of the account " + DefaultAccount + " may administer the server"}
		}
		req.Resource = "arn:aws:myfsio:::server"
	default:
		req.Resource = "arn:aws:" + service + "::" + id.principal.Account + ":*"
	}
	return policy.Evaluate(&req, id.sources)
}
