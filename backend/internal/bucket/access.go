package bucket

import (
	"context"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// PolicyText is a bucket policy: its JSON as it was given, with what it says.
type PolicyText struct {
	Text   []byte
	Rules  *policy.Document
	Public bool
}

const policyName = "policy"

// Policy is the policy of the bucket.
var Policy = Document[PolicyText]{
	Name:   policyName,
	Encode: func(p *PolicyText) []byte { return (&meta.BucketPolicy{Text: p.Text}).Encode() },
	Decode: func(raw []byte) (*PolicyText, error) {
		p, err := meta.DecodeBucketPolicy(raw)
		if err != nil {
			return nil, err
		}
		rules, err := policy.Parse(p.Text, policy.Bucket)
		if err != nil {
			return nil, &fault.Error{Op: "bucket.Policy", Err: err} // it was checked when it was stored: not the client's fault
		}
		return newPolicy(p.Text, rules), nil
	},
}

func newPolicy(text []byte, rules *policy.Document) *PolicyText {
	return &PolicyText{Text: text, Rules: rules, Public: rules.Public()}
}

// ParsePolicy reads the policy of the bucket of that name; see policy.ParseBucket.
func ParsePolicy(text []byte, bucket string) (*PolicyText, error) {
	rules, err := policy.ParseBucket(text, bucket)
	if err != nil {
		return nil, err
	}
	return newPolicy(text, rules), nil
}

// PublicAccessBlock is what the bucket withholds from the public.
var PublicAccessBlock = Document[meta.PublicAccessBlock]{
	Name: "public-access-block", Encode: (*meta.PublicAccessBlock).Encode, Decode: meta.DecodePublicAccessBlock,
}

// PublicAccess returns what the bucket withholds from the public: nothing when it has no such document.
func (s *Service) PublicAccess(ctx context.Context, b *meta.Bucket) (meta.PublicAccessBlock, error) {
	doc, err := GetDocument(ctx, s, b, PublicAccessBlock)
	if err != nil || doc == nil {
		return meta.PublicAccessBlock{}, err
	}
	return *doc, nil
}

// OwnershipOf says whose the objects of the bucket are.
func (s *Service) OwnershipOf(ctx context.Context, b *meta.Bucket) (meta.Ownership, error) {
	o, err := GetDocument(ctx, s, b, Ownership)
	if err != nil || o == nil {
		return meta.ObjectWriter, err
	}
	return *o, nil
}

// ACLOf returns the access control list that counts for the bucket, nil for none, and whether what it grants the public is ignored.
func (s *Service) ACLOf(ctx context.Context, b *meta.Bucket) (acl *meta.ACL, ignorePublic bool, err error) {
	acl, err = GetDocument(ctx, s, b, ACL)
	if err != nil || acl == nil {
		return nil, false, err
	}
	ownership, err := s.OwnershipOf(ctx, b)
	if err != nil || ownership == meta.BucketOwnerEnforced {
		return nil, false, err
	}
	block, err := s.PublicAccess(ctx, b)
	if err != nil {
		return nil, false, err
	}
	return acl, block.IgnoreACLs, nil
}

// SetPolicy gives the bucket a policy, or takes it away when p is nil. It returns fault.AccessDenied for a public one where the bucket
// blocks these.
func (s *Service) SetPolicy(ctx context.Context, b *meta.Bucket, p *PolicyText) error {
	return SetDocument(ctx, s, b, Policy, p, func(tx kv.Reader, _ *meta.Bucket, _ *PolicyText) error { return admitPolicy(tx, b, p) })
}

// Rules is what the documents of a bucket say about access to it.
type Rules struct {
	Policy     *policy.Document // nil for none
	Public     bool             // the policy allows the public something
	Restricted bool             // but only those of the bucket's account may have it
}

// Rules returns what decides over access to the bucket beside the policies of users. A bucket that is yet to be made has no rules.
func (s *Service) Rules(ctx context.Context, b *meta.Bucket) (r Rules, err error) {
	if b.ID == (ident.Bucket{}) {
		return r, nil
	}
	p, err := GetDocument(ctx, s, b, Policy)
	if err != nil || p == nil {
		return r, err
	}
	r.Policy, r.Public = p.Rules, p.Public
	if p.Public {
		block, err := s.PublicAccess(ctx, b)
		if err != nil {
			return Rules{}, err
		}
		r.Restricted = block.RestrictBuckets
	}
	return r, nil
}
