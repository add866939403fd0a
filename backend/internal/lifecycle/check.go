package lifecycle

import (
	"time"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Limits of S3.
const (
	MaxRules  = 1000 // of a bucket
	maxID     = 255  // characters
	maxPrefix = 1024 // bytes
	maxKeep   = 100  // newer noncurrent versions
	maxTag    = 128  // characters of a name
	maxValue  = 256  // characters of the value of a tag
)

// Check refuses rules that AWS refuses: InvalidArgument or InvalidRequest with AWS's sentence. A rule without an id is well; it gets one.
func Check(rules []meta.LifecycleRule) error {
	ids := make(map[string]bool, len(rules))
	for i := range rules {
		r := &rules[i]
		if r.ID != "" && ids[r.ID] {
			return argument("Rule ID must be unique. Found same ID for one or more than one rule")
		}
		ids[r.ID] = true
		if err := checkRule(r); err != nil {
			return err
		}
	}
	return nil
}

func argument(text string) error { return fault.New("lifecycle.Check", fault.InvalidArgument, text) }
func request(text string) error  { return fault.New("lifecycle.Check", fault.InvalidRequest, text) }

func checkRule(r *meta.LifecycleRule) error {
	if utf8.RuneCountInString(r.ID) > maxID {
		return argument("ID length should not exceed allowed limit of 255")
	}
	if err := checkFilter(r); err != nil {
		return err
	}
	sized := r.SizeAbove != nil || r.SizeBelow != nil
	switch {
	case r.Expire == meta.ExpireNone && r.NoncurrentDays == 0 && r.AbortDays == 0:
		return request("At least one action needs to be specified in a rule")
	case r.Expire == meta.ExpireAfter && r.ExpireDays < 1:
		return argument("'Days' for Expiration action must be a positive integer")
	case r.Expire == meta.ExpireOn && r.ExpireDate.UTC().Truncate(24*time.Hour) != r.ExpireDate.UTC():
		return argument("'Date' must be at midnight GMT")
	case r.Expire == meta.ExpireMarkers && len(r.Tags) > 0:
		return request("ExpiredObjectDeleteMarker cannot be specified with Tags.")
	case r.NoncurrentDays < 0:
		return argument("'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer")
	case r.NoncurrentKeep < 0 || r.NoncurrentKeep > maxKeep:
		return argument("'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be between 1 and 100")
	case r.NoncurrentKeep > 0 && r.Form&meta.FilterLegacy != 0:
		return request("'NewerNoncurrentVersions' can only be specified in a rule with a Filter")
	case r.AbortDays < 0:
		return argument("'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer")
	case r.AbortDays > 0 && len(r.Tags) > 0:
		return request("AbortIncompleteMultipartUpload cannot be specified with Tags.")
	case r.AbortDays > 0 && sized:
		return request("AbortIncompleteMultipartUpload cannot be specified with ObjectSize.")
	}
	return nil
}

func checkFilter(r *meta.LifecycleRule) error {
	switch {
	case len(r.Prefix) > maxPrefix:
		return request("The maximum size of a prefix is 1024.")
	case r.SizeAbove != nil && *r.SizeAbove < 0:
		return request("'ObjectSizeGreaterThan' must not be negative")
	case r.SizeBelow != nil && *r.SizeBelow < 1:
		return request("'ObjectSizeLessThan' must be a positive integer")
	case r.SizeAbove != nil && r.SizeBelow != nil && *r.SizeBelow <= *r.SizeAbove:
		return request("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'")
	}
	names := make(map[string]bool, len(r.Tags))
	for _, t := range r.Tags {
		switch {
		case t.Name == "" || utf8.RuneCountInString(t.Name) > maxTag:
			return request("The TagKey you have provided is invalid")
		case utf8.RuneCountInString(t.Value) > maxValue:
			return request("The TagValue you have provided is invalid")
		case names[t.Name]:
			return request("Duplicate Tag Keys are not allowed.")
		}
		names[t.Name] = true
	}
	return nil
}
