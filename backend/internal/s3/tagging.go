package s3

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

// Bounds of tags. Lengths are in UTF-16 code units, as AWS counts them.
const (
	maxBucketTags = 50
	maxObjectTags = 10
	maxTagName    = 128
	maxTagValue   = 256
)

// reserved is what AWS says of a bucket's tag whose name begins with "aws:".
const reserved = "System tags cannot be added/updated by requester"

// validTags refuses names and values that AWS refuses, those that begin with "aws:" in the words of system.
func validTags(tags meta.Tags, system string) error {
	seen := make(map[string]bool, len(tags))
	for _, t := range tags {
		switch n := units(t.Name); {
		case strings.HasPrefix(strings.ToLower(t.Name), "aws:"):
			return s3err.Text("InvalidTag", system)
		case n == 0 || n > maxTagName || !tagText(t.Name):
			return s3err.Text("InvalidTag", "The TagKey you have provided is invalid").With("TagKey", t.Name)
		case units(t.Value) > maxTagValue || !tagText(t.Value):
			return s3err.Text("InvalidTag", "The TagValue you have provided is invalid").With("TagKey", t.Name).With("TagValue", t.Value)
		case seen[t.Name]:
			return s3err.Text("InvalidTag", "Cannot provide multiple Tags with the same key").With("TagKey", t.Name)
		}
		seen[t.Name] = true
	}
	return nil
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// tagText reports whether a text has letters, digits, spaces and _ . : / = + - @ only.
func tagText(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.L, unicode.N, unicode.Z) && !strings.ContainsRune("_.:/=+-@", r) {
			return false
		}
	}
	return true
}

func validBucketTags(tags meta.Tags) error {
	if len(tags) > maxBucketTags {
		return s3err.Text("BadRequest", "Bucket tag count cannot be greater than "+itoa(maxBucketTags))
	}
	return validTags(tags, reserved)
}

func (s *Server) bucketTagging(c *call) error {
	tags, err := getDocument(c, bucket.Tagging, "NoSuchTagSet")
	if err != nil {
		return err
	}
	c.w.document(&s3xml.Tagging{Tags: *tags})
	return nil
}

func (s *Server) putBucketTagging(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	tags, err := s3xml.DecodeTagging(body)
	if err != nil {
		return malformed(err)
	}
	if err := validBucketTags(tags); err != nil {
		return err
	}
	return setDocument(c, bucket.Tagging, &tags, http.StatusNoContent)
}

func (s *Server) deleteBucketTagging(c *call) error {
	return setDocument[meta.Tags](c, bucket.Tagging, nil, http.StatusNoContent)
}
