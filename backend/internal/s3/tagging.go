package s3

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
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
