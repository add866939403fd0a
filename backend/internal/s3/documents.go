package s3

import (
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// configHandlers are the operations on configuration documents that are built.
var configHandlers = map[string]func(*Server, *call) error{
	"GetObjectLockConfiguration": (*Server).objectLock,
	"PutObjectLockConfiguration": (*Server).putObjectLock,

	"GetBucketAcl":                  (*Server).bucketACL,
	"PutBucketAcl":                  (*Server).putBucketACL,
	"GetBucketOwnershipControls":    (*Server).bucketOwnership,
	"PutBucketOwnershipControls":    (*Server).putBucketOwnership,
	"DeleteBucketOwnershipControls": (*Server).deleteBucketOwnership,

	"GetBucketCors":    (*Server).bucketCORS,
	"PutBucketCors":    (*Server).putBucketCORS,
	"DeleteBucketCors": (*Server).deleteBucketCORS,

	"GetBucketWebsite":    (*Server).bucketWebsite,
	"PutBucketWebsite":    (*Server).putBucketWebsite,
	"DeleteBucketWebsite": (*Server).deleteBucketWebsite,

	"GetBucketRequestPayment":          (*Server).requestPayment,
	"PutBucketRequestPayment":          (*Server).putRequestPayment,
	"GetBucketAccelerateConfiguration": (*Server).acceleration,
	"PutBucketAccelerateConfiguration": (*Server).putAcceleration,

	"GetBucketTagging":    (*Server).bucketTagging,
	"PutBucketTagging":    (*Server).putBucketTagging,
	"DeleteBucketTagging": (*Server).deleteBucketTagging,

	"GetBucketPolicy":         (*Server).bucketPolicy,
	"PutBucketPolicy":         (*Server).putBucketPolicy,
	"DeleteBucketPolicy":      (*Server).deleteBucketPolicy,
	"GetBucketPolicyStatus":   (*Server).bucketPolicyStatus,
	"GetPublicAccessBlock":    (*Server).publicAccessBlock,
	"PutPublicAccessBlock":    (*Server).putPublicAccessBlock,
	"DeletePublicAccessBlock": (*Server).deletePublicAccessBlock,

	"GetBucketLifecycleConfiguration": (*Server).bucketLifecycle,
	"PutBucketLifecycleConfiguration": (*Server).putBucketLifecycle,
	"DeleteBucketLifecycle":           (*Server).deleteBucketLifecycle,
}

// required returns the body of an operation that cannot do without one.
func (c *call) required() ([]byte, error) {
	body, err := c.document()
	if err == nil && len(body) == 0 {
		err = s3err.New("MissingRequestBodyError")
	}
	return body, err
}

// getDocument returns a document of the request's bucket, or the error of this code when it has none.
func getDocument[T any](c *call, kind bucket.Document[T], none string) (*T, error) {
	doc, err := bucket.GetDocument(c.ctx(), c.s.Buckets, c.record, kind)
	if err == nil && doc == nil {
		err = s3err.New(none)
	}
	return doc, err
}

// setDocument stores a document, or removes it when doc is nil, and answers with the status.
func setDocument[T any](c *call, kind bucket.Document[T], doc *T, status int) error {
	if err := bucket.SetDocument(c.ctx(), c.s.Buckets, c.record, kind, doc, nil); err != nil {
		return err
	}
	c.w.empty(status)
	return nil
}
