package s3

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

const (
	maxBuckets  = 10000
	bucketsPage = 1000 // records read at once
)

var regionName = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)

// listBuckets answers anyone who is known with the buckets that they may list.
func (s *Server) listBuckets(c *call) error {
	limit, paged := maxBuckets, false
	if v, ok := c.query.lookup("max-buckets"); ok {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > maxBuckets {
			return s3err.Argument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", v)
		}
		limit, paged = n, true
	}
	after := ""
	if v := c.query.get("continuation-token"); v != "" {
		var err error
		if after, err = parseToken(v); err != nil {
			return s3err.Argument("The continuation token provided is incorrect", "continuation-token", v)
		}
	}
	doc := &s3xml.BucketList{Owner: c.owner(c.id.Account)}
	prefix, hasPrefix := c.query.lookup("prefix")
	if hasPrefix {
		doc.Prefix = &prefix
	}
	region := c.query.get("bucket-region")
	if region != "" && region != s.Region && !regionName.MatchString(region) {
		return s3err.Argument("Argument value "+region+" is not a valid AWS Region", "bucket-region", region)
	}
	shown := paged || hasPrefix || region != "" || after != ""
	for more := true; more; {
		var page []*meta.Bucket
		var err error
		page, more, err = s.Buckets.List(c.ctx(), bucket.ListInput{Prefix: prefix, After: after, Max: bucketsPage})
		if err != nil {
			return err
		}
		for _, b := range page {
			lists, err := c.asker.Lists(c.ctx(), b)
			if err != nil {
				return err
			}
			if !lists || (region != "" && region != s.regionOf(b)) {
				after = b.Name
				continue
			}
			if len(doc.Buckets) == limit {
				doc.ContinuationToken = makeToken(after)
				c.w.document(doc)
				return nil
			}
			after = b.Name
			entry := s3xml.BucketEntry{Name: b.Name, Created: b.Created.Truncate(time.Second)}
			if shown {
				entry.Region = s.regionOf(b)
			}
			doc.Buckets = append(doc.Buckets, entry)
		}
	}
	c.w.document(doc)
	return nil
}

func (s *Server) regionOf(b *meta.Bucket) string {
	if b.Region == "" {
		return bucket.DefaultRegion
	}
	return b.Region
}

// createBucket makes a bucket in the region of this server. In us-east-1 its owner may create it again, everywhere else not, as with AWS.
func (s *Server) createBucket(c *call) error {
	body, err := c.document()
	if err != nil {
		return err
	}
	var config s3xml.BucketConfiguration
	if len(body) > 0 {
		if config, err = s3xml.DecodeBucketConfiguration(body); err != nil {
			return malformed(err)
		}
		if config.Unsupported != "" {
			return s3err.Text("NotImplemented", "The element "+config.Unsupported+" implies functionality that is not implemented.")
		}
	}
	region, err := s.location(config.LocationConstraint)
	if err != nil {
		return err
	}
	lock, err := c.newBucketLock()
	if err != nil {
		return err
	}
	if err := c.newBucketTags(config.Tags); err != nil {
		return err
	}
	in := bucket.CreateInput{Name: c.bucket, Account: c.id.Account, User: c.id.UserID, Region: region, Lock: lock, Tags: config.Tags}
	if err := c.newBucket(&in); err != nil {
		return err
	}
	b, err := s.Buckets.Create(c.ctx(), in)
	if fault.Is(err, fault.BucketOwned) && s.Region == bucket.DefaultRegion {
		err = c.resetACL(b, in.ACL)
	}
	if err != nil {
		return err
	}
	c.w.set("Location", "/"+c.bucket)
	c.w.setExact("x-amz-bucket-arn", "arn:aws:s3:::"+c.bucket)
	c.w.empty(http.StatusOK)
	return nil
}

// newBucketTags holds the tags that a bucket is to begin with to what a later change of them needs.
func (c *call) newBucketTags(tags meta.Tags) error {
	if len(tags) == 0 {
		return nil
	}
	if made := (&meta.Bucket{Name: c.bucket, Account: c.id.Account}); !c.may("s3:TagResource", made, "") && !c.may("s3:PutBucketTagging", made, "") {
		return s3err.New("AccessDenied")
	}
	return validBucketTags(tags)
}

// location returns the region that a bucket is stored with: empty for us-east-1, which no constraint can name. A server has one region: S3
// endpoints of a region take no other one either.
func (s *Server) location(constraint string) (string, error) {
	switch {
	case constraint == "" && s.Region == bucket.DefaultRegion:
		return "", nil
	case constraint == s.Region && constraint != bucket.DefaultRegion, constraint == "EU" && s.Region == "eu-west-1":
		return s.Region, nil
	case s.Region == bucket.DefaultRegion:
		return "", s3err.New("InvalidLocationConstraint").With("LocationConstraint", constraint)
	case constraint == "":
		constraint = "unspecified"
	}
	return "", s3err.Text("IllegalLocationConstraintException",
		"The "+constraint+" location constraint is incompatible for the region specific endpoint this request was sent to.")
}

func (s *Server) headBucket(c *call) error {
	c.w.setExact("x-amz-bucket-region", s.regionOf(c.record))
	c.w.setExact("x-amz-bucket-arn", "arn:aws:s3:::"+c.bucket)
	c.w.setExact("x-amz-access-point-alias", "false")
	c.w.set("Content-Type", "application/xml")
	c.w.start(http.StatusOK)
	return nil
}

func (s *Server) deleteBucket(c *call) error {
	err := s.Buckets.Delete(c.ctx(), c.bucket)
	if fault.Is(err, fault.BucketNotEmpty) && c.record.Versioning != meta.VersioningOff {
		return s3err.Text("BucketNotEmpty", "The bucket you tried to delete is not empty. You must delete all versions in the bucket.").Because(err)
	}
	if err != nil {
		return err
	}
	c.w.empty(http.StatusNoContent)
	return nil
}

func (s *Server) bucketLocation(c *call) error {
	c.w.document(s3xml.Location(c.record.Region))
	return nil
}

func (s *Server) bucketVersioning(c *call) error {
	c.w.document(&s3xml.Versioning{Status: c.record.Versioning.String(), MFADelete: c.record.MFADelete.String()})
	return nil
}

func (s *Server) putBucketVersioning(c *call) error {
	body, err := c.document()
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return s3err.New("MissingRequestBodyError")
	}
	v, err := s3xml.DecodeVersioning(body)
	if err != nil {
		return malformed(err)
	}
	to := bucket.VersioningChange{To: meta.VersioningEnabled}
	for _, m := range []meta.MFADelete{meta.MFADeleteDisabled, meta.MFADeleteEnabled} {
		if v.MFADelete == m.String() {
			to.MFADelete = m
		}
	}
	switch v.Status {
	case "":
		return s3err.Text("IllegalVersioningConfigurationException", "The Versioning element must be specified")
	case meta.VersioningSuspended.String():
		to.To = meta.VersioningSuspended
	}
	if c.record.MFADelete == meta.MFADeleteEnabled || to.MFADelete == meta.MFADeleteEnabled {
		if to.Proven, err = c.mfa(); err != nil {
			return err
		}
	}
	if _, err := s.Buckets.SetVersioning(c.ctx(), c.bucket, to); err != nil {
		return err
	}
	c.w.empty(http.StatusOK)
	return nil
}

var errToken = errors.New("s3: not a token of a listing")
