package s3xml

import "github.com/myfsio/myfsio/backend/internal/meta"

// PolicyStatus tells whether the policy of a bucket is public.
type PolicyStatus struct{ Public bool }

func (d *PolicyStatus) encode(e *encoder) {
	e.root("PolicyStatus", func() { e.bool("IsPublic", d.Public) })
}

// PublicAccessBlock is the switches of Block Public Access.
type PublicAccessBlock struct{ meta.PublicAccessBlock }

func (d *PublicAccessBlock) encode(e *encoder) {
	e.root("PublicAccessBlockConfiguration", func() {
		e.bool("BlockPublicAcls", d.BlockACLs)
		e.bool("IgnorePublicAcls", d.IgnoreACLs)
		e.bool("BlockPublicPolicy", d.BlockPolicy)
		e.bool("RestrictPublicBuckets", d.RestrictBuckets)
	})
}

// DecodePublicAccessBlock reads a PublicAccessBlockConfiguration and reports whether it sets any switch.
func DecodePublicAccessBlock(body []byte) (b meta.PublicAccessBlock, some bool, err error) {
	root, err := parse(body, "PublicAccessBlockConfiguration")
	if err != nil {
		return b, false, err
	}
	seen := map[string]bool{}
	flag := func(to *bool) func(*node) error {
		return func(n *node) error {
			var text string
			before := seen[n.name]
			if err := into(&text, &before)(n); err != nil {
				return err
			}
			seen[n.name] = true
			switch text {
			case "true", "TRUE", "True", "1":
				*to = true
			case "false", "FALSE", "False", "0":
			default:
				return ErrMalformed
			}
			return nil
		}
	}
	err = root.each(map[string]func(*node) error{
		"BlockPublicAcls": flag(&b.BlockACLs), "IgnorePublicAcls": flag(&b.IgnoreACLs),
		"BlockPublicPolicy": flag(&b.BlockPolicy), "RestrictPublicBuckets": flag(&b.RestrictBuckets),
	})
	return b, len(seen) > 0, err
}
