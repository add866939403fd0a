package s3

import (
	"net/http"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

// owner names an account as an owner. One that is gone keeps its id and has no name; nor has one whose record cannot be read now.
func (c *call) owner(account string) s3xml.Owner {
	if account == "" {
		account = iam.DefaultAccount
	}
	if who, ok := c.owners[account]; ok {
		return who
	}
	name, err := c.s.IAM.OwnerName(c.ctx(), account)
	if err != nil {
		name = ""
	}
	if c.owners == nil {
		c.owners = map[string]s3xml.Owner{}
	}
	c.owners[account] = s3xml.Owner{ID: iam.CanonicalID(account), DisplayName: name}
	return c.owners[account]
}

// ownerIn returns what names the owner of an object in the request's bucket by the account of its record.
func (c *call) ownerIn() (func(account string) s3xml.Owner, error) {
	ownership, err := c.s.Buckets.OwnershipOf(c.ctx(), c.record)
	return func(account string) s3xml.Owner {
		if ownership == meta.BucketOwnerEnforced {
			account = c.record.Account
		}
		return c.owner(account)
	}, err
}

func (s *Server) bucketOwnership(c *call) error {
	o, err := getDocument(c, bucket.Ownership, "OwnershipControlsNotFoundError")
	if err != nil {
		return err
	}
	c.w.document(&s3xml.OwnershipControls{ObjectOwnership: o.String()})
	return nil
}

func (s *Server) putBucketOwnership(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	doc, err := s3xml.DecodeOwnershipControls(body)
	if err != nil {
		return malformed(err)
	}
	ownership, ok := meta.ParseOwnership(doc.ObjectOwnership)
	if !ok {
		return s3err.New("MalformedXML")
	}
	err = bucket.SetDocument(c.ctx(), s.Buckets, c.record, bucket.Ownership, &ownership, func(r kv.Reader, now *meta.Bucket, _ *meta.Ownership) error {
		acl, err := bucket.ReadDocument(r, now, bucket.ACL)
		if err == nil && ownership == meta.BucketOwnerEnforced && !acl.Private(now.Account) {
			err = s3err.New("InvalidBucketAclWithObjectOwnership")
		}
		return err
	})
	if err != nil {
		return err
	}
	c.w.empty(http.StatusOK)
	return nil
}

func (s *Server) deleteBucketOwnership(c *call) error {
	return setDocument[meta.Ownership](c, bucket.Ownership, nil, http.StatusNoContent)
}

// newBucket adds to a new bucket what the headers say of its ACL and of the ownership of its objects, which the caller must be allowed
// to set.
func (c *call) newBucket(in *bucket.CreateInput) error {
	ask, err := c.askedACL()
	if err != nil {
		return err
	}
	made := &meta.Bucket{Name: c.bucket, Account: c.id.Account}
	ownership := c.s.Buckets.Ownership
	if v, ok := c.header["X-Amz-Object-Ownership"]; ok {
		if ownership, ok = meta.ParseOwnership(v[0]); !ok {
			return s3err.Argument("Invalid x-amz-object-ownership header: "+v[0], "x-amz-object-ownership", v[0])
		}
		if !c.may("s3:PutBucketOwnershipControls", made, "") {
			return s3err.New("AccessDenied")
		}
		in.Ownership = &ownership
	}
	in.ACL = ask.list(Bucket, c.id.Account, c.id.Account)
	switch {
	case in.ACL == nil:
	case !c.may("s3:PutBucketAcl", made, ""):
		return s3err.New("AccessDenied")
	case ownership == meta.BucketOwnerEnforced && !in.ACL.Private(c.id.Account):
		return s3err.New("InvalidBucketAclWithObjectOwnership")
	}
	return nil
}

// resetACL gives a bucket that its owner creates again the ACL of the request, as S3 does where that succeeds.
func (c *call) resetACL(b *meta.Bucket, acl *meta.ACL) error {
	old, err := bucket.GetDocument(c.ctx(), c.s.Buckets, b, bucket.ACL)
	if err != nil || old == nil && acl == nil {
		return err
	}
	return c.setBucketACL(b, acl)
}

// newObject decides whose a new object is and what ACL it has, which the caller must be allowed to set. What somebody without an account
// writes is the bucket's.
func (c *call) newObject() (object.Caller, *meta.ACL, error) {
	who := c.caller()
	ask, err := c.askedACL()
	if err != nil || !ask.given() && who.Account == c.record.Account {
		return who, nil, err
	}
	who, ownership, err := c.asker.Writer(c.ctx(), c.record)
	if err != nil {
		return who, nil, err
	}
	if ownership == meta.BucketOwnerEnforced {
		if acl := ask.list(Object, who.Account, who.Account); acl != nil {
			err = s3err.New("AccessControlListNotSupported")
		}
		return who, nil, err
	}
	if ownership == meta.BucketOwnerPreferred && ask.canned == cannedFull {
		who.Account = c.record.Account
	}
	acl := ask.list(Object, who.Account, c.record.Account)
	if acl == nil {
		return who, nil, nil
	}
	// The object is the writer's: no right is needed that its owner has. Somebody without an account has no policies that could allow it.
	q := c.ask("s3:PutObjectAcl", c.record, c.key)
	d, err := c.asker.DecideOwned(c.ctx(), &q, who.Account, nil, false)
	if err != nil {
		return who, nil, err
	}
	if d.ExplicitDeny || !d.Allowed && !c.id.Anonymous {
		return who, nil, s3err.New("AccessDenied")
	}
	return who, acl, c.admitACL(acl)
}
