package meta

// BucketPolicy is the policy of a bucket.
type BucketPolicy struct {
	Text []byte // JSON, as it was given
}

const bucketPolicyFormat = 1

// Encode returns the document's bytes.
func (p *BucketPolicy) Encode() []byte {
	e := newEncoder(bucketPolicyFormat, len(p.Text)+8)
	e.bytes(1, p.Text)
	return e.b
}

// DecodeBucketPolicy is the inverse of Encode.
func DecodeBucketPolicy(raw []byte) (*BucketPolicy, error) {
	p := &BucketPolicy{}
	err := decode(raw, bucketPolicyFormat, func(f field) error {
		if f.id != 1 {
			return unknown("bucket policy", f)
		}
		p.Text = f.copy()
		return nil
	})
	return p, err
}

// PublicAccessBlock is what a bucket withholds from the public, whatever its policy and its ACLs say.
type PublicAccessBlock struct {
	BlockACLs       bool // new public ACLs are refused
	IgnoreACLs      bool // public grants of ACLs do not count
	BlockPolicy     bool // new public policies are refused
	RestrictBuckets bool // a public policy allows only those of the bucket's account
}

const publicAccessBlockFormat = 1

// Encode returns the document's bytes.
func (b *PublicAccessBlock) Encode() []byte {
	e := newEncoder(publicAccessBlockFormat, 16)
	e.bool(1, b.BlockACLs)
	e.bool(2, b.IgnoreACLs)
	e.bool(3, b.BlockPolicy)
	e.bool(4, b.RestrictBuckets)
	return e.b
}

// DecodePublicAccessBlock is the inverse of Encode.
func DecodePublicAccessBlock(raw []byte) (*PublicAccessBlock, error) {
	b := &PublicAccessBlock{}
	err := decode(raw, publicAccessBlockFormat, func(f field) error {
		switch f.id {
		case 1:
			b.BlockACLs = f.bool()
		case 2:
			b.IgnoreACLs = f.bool()
		case 3:
			b.BlockPolicy = f.bool()
		case 4:
			b.RestrictBuckets = f.bool()
		default:
			return unknown("public access block", f)
		}
		return nil
	})
	return b, err
}
