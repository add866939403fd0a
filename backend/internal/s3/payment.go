package s3

import (
	"net/http"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

const owner = "BucketOwner" // who pays, always: there is nothing to pay

func (s *Server) requestPayment(c *call) error {
	c.w.document(&s3xml.Payment{Payer: owner})
	return nil
}

func (s *Server) putRequestPayment(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	doc, err := s3xml.DecodePayment(body)
	if err != nil {
		return malformed(err)
	}
	if doc.Payer != owner {
		return s3err.Text("NotImplemented", "Buckets whose requesters pay are not implemented.").With("Payer", doc.Payer)
	}
	c.w.empty(http.StatusOK)
	return nil
}

func (s *Server) acceleration(c *call) error {
	doc, err := bucket.GetDocument(c.ctx(), s.Buckets, c.record, bucket.Acceleration)
	if err != nil {
		return err
	}
	var answer s3xml.Acceleration
	if doc != nil {
		answer.Status = doc.Status
	}
	c.w.document(&answer)
	return nil
}

func (s *Server) putAcceleration(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	doc, err := s3xml.DecodeAcceleration(body)
	switch {
	case err != nil:
		return malformed(err)
	case strings.Contains(c.bucket, "."):
		return s3err.Text("InvalidRequest", "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names")
	case doc.Status != "Suspended":
		return s3err.Text("NotImplemented", "Transfer acceleration is not implemented.").With("Status", doc.Status)
	}
	return setDocument(c, bucket.Acceleration, &meta.Acceleration{Status: doc.Status}, http.StatusOK)
}
