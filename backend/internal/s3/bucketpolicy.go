package s3

import (
	"net/http"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

const noPolicy = "NoSuchBucketPolicy"

// ofOwner refuses callers of other accounts, whom S3 lets neither see nor change a policy even where one allows them to.
func (c *call) ofOwner() error {
	switch {
	case c.id.Anonymous:
		return s3err.New("AccessDenied")
	case iam.AccountNumber(c.id.Account) != iam.AccountNumber(c.record.Account):
		return s3err.New("MethodNotAllowed").With("Method", c.r.Method).With("ResourceType", "BUCKETPOLICY")
	}
	return nil
}

func (s *Server) bucketPolicy(c *call) error {
	if err := c.ofOwner(); err != nil {
		return err
	}
	p, err := getDocument(c, bucket.Policy, noPolicy)
	if err != nil {
		return missingPolicy(c, err)
	}
	c.w.json(p.Text)
	return nil
}

// missingPolicy names the bucket, as S3 does with this code.
func missingPolicy(c *call, err error) error {
	e := s3err.From(err)
	if e.Code == noPolicy {
		return e.With("BucketName", c.bucket)
	}
	return err
}

func (s *Server) putBucketPolicy(c *call) error {
	if err := c.ofOwner(); err != nil {
		return err
	}
	body, err := c.required()
	if err != nil {
		return err
	}
	if len(body) > policy.MaxBytes {
		return s3err.New("PolicyTooLarge")
	}
	p, err := bucket.ParsePolicy(body, c.bucket)
	if err != nil {
		return malformedPolicy(err)
	}
	if err := s.IAM.CheckPrincipals(c.ctx(), p.Rules); err != nil {
		return malformedPolicy(err)
	}
	if err := s.Buckets.SetPolicy(c.ctx(), c.record, p); err != nil {
		return err
	}
	c.w.empty(http.StatusNoContent)
	return nil
}

// malformedPolicy says what S3 says of a mistake in a policy, and in Detail where it is.
func malformedPolicy(err error) error {
	sentence := policy.Sentence(err)
	if sentence == "" {
		return err
	}
	return s3err.Text("MalformedPolicy", sentence).With("Detail", fault.TextOf(err)).Because(err)
}

func (s *Server) deleteBucketPolicy(c *call) error {
	if err := c.ofOwner(); err != nil {
		return err
	}
	return setDocument[bucket.PolicyText](c, bucket.Policy, nil, http.StatusNoContent)
}

func (s *Server) bucketPolicyStatus(c *call) error {
	p, err := getDocument(c, bucket.Policy, noPolicy)
	if err != nil {
		return missingPolicy(c, err)
	}
	c.w.document(&s3xml.PolicyStatus{Public: p.Public})
	return nil
}

func (s *Server) publicAccessBlock(c *call) error {
	b, err := getDocument(c, bucket.PublicAccessBlock, "NoSuchPublicAccessBlockConfiguration")
	if err != nil {
		return err
	}
	c.w.document(&s3xml.PublicAccessBlock{PublicAccessBlock: *b})
	return nil
}

func (s *Server) putPublicAccessBlock(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	b, some, err := s3xml.DecodePublicAccessBlock(body)
	if err != nil {
		return malformed(err)
	}
	if !some {
		return s3err.Text("InvalidRequest", "Must specify at least one configuration.")
	}
	return setDocument(c, bucket.PublicAccessBlock, &b, http.StatusOK)
}

func (s *Server) deletePublicAccessBlock(c *call) error {
	return setDocument[meta.PublicAccessBlock](c, bucket.PublicAccessBlock, nil, http.StatusNoContent)
}
