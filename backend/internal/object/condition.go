package object

import (
	"strconv"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// HTTPTime is the layout of the detail LastModified of faults: that of the header Last-Modified, always in GMT.
const HTTPTime = "Mon, 02 Jan 2006 15:04:05 GMT"

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// any reports whether there is a condition.
func (c *WriteConditions) any() bool {
	return c.IfNoneMatch || c.IfMatch != "" || c.IfMatchSize != nil || c.IfMatchModified != nil
}

func failed(condition string) error {
	return fault.New("object.condition", fault.PreconditionFailed, "").With("Condition", condition)
}

// forPut decides the conditions of a write on the current version, nil when there is none. AWS answers If-Match on a key without an
// object with NoSuchKey.
func (c *WriteConditions) forPut(v *meta.Version, key string) error {
	const op = "object.condition"
	switch {
	case c.IfNoneMatch && v != nil:
		return failed("If-None-Match")
	case c.IfMatch != "" && v == nil:
		return fault.New(op, fault.NoSuchKey, "").With("Key", key)
	case c.IfMatch != "" && c.IfMatch != "*" && c.IfMatch != v.ETag():
		return failed("If-Match")
	}
	return nil
}

// forDelete decides the conditions of a delete on the version that would go, nil when there is none or it is a marker. If-Match then
// fails; the conditions on size and time hold, as AWS has it.
func (c *WriteConditions) forDelete(v *meta.Version) error {
	switch {
	case c.IfMatch != "" && (v == nil || v.Marker || c.IfMatch != "*" && c.IfMatch != v.ETag()):
		return failed("If-Match")
	case v == nil || v.Marker:
		return nil
	case c.IfMatchSize != nil && *c.IfMatchSize != v.Size:
		return failed("x-amz-if-match-size")
	case c.IfMatchModified != nil && !c.IfMatchModified.Truncate(time.Second).Equal(v.Modified()):
		return failed("x-amz-if-match-last-modified-time")
	}
	return nil
}

// check decides the conditions of a read, with the precedence of RFC 9110: an entity tag, where given, counts and the date beside it does
// not.
func (c *ReadConditions) check(v *meta.Version) error {
	const op = "object.condition"
	switch {
	case c.IfMatch != "":
		if !tagListed(c.IfMatch, v.ETag()) {
			return told(failed("If-Match"), v)
		}
	case c.IfUnmodifiedSince != nil && v.Modified().After(*c.IfUnmodifiedSince):
		return told(failed("If-Unmodified-Since"), v)
	}
	switch {
	case c.IfNoneMatch != "":
		if tagListed(c.IfNoneMatch, v.ETag()) {
			return told(fault.New(op, fault.NotModified, "").With("Condition", "If-None-Match"), v)
		}
	case c.IfModifiedSince != nil && !v.Modified().After(*c.IfModifiedSince):
		return told(fault.New(op, fault.NotModified, "").With("Condition", "If-Modified-Since"), v)
	}
	return nil
}

// spanHolds reports whether a span of the version may be served under the value of an If-Range header: none, its entity tag, or its date.
func spanHolds(condition string, v *meta.Version) bool {
	if condition == "" || tagListed(condition, v.ETag()) {
		return true
	}
	date, err := time.Parse(HTTPTime, condition)
	return err == nil && date.Equal(v.Modified())
}

// told adds what an answer says of the version that was looked at.
func told(err error, v *meta.Version) error {
	f, ok := err.(*fault.Error) //nolint:errorlint // made just above
	if !ok {
		return err
	}
	return f.With("ETag", v.ETag()).With("LastModified", v.Modified().Format(HTTPTime)).With("VersionId", v.ID())
}

// tagListed reports whether the list of an If-Match or If-None-Match header names the tag: "*", or tags with or without quotes. S3 has no
// weak tags, and takes a tag marked as weak for the tag.
func tagListed(list, tag string) bool {
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimPrefix(strings.TrimSpace(item), "W/")
		if n := len(item); n >= 2 && item[0] == '"' && item[n-1] == '"' {
			item = item[1 : n-1]
		}
		if item == "*" || item == tag {
			return true
		}
	}
	return false
}

// wanted is a parsed version id.
type wanted struct {
	named bool // else the current version
	null  bool
	order ident.Order // 0 for an id from elsewhere, which no version has
	id    string      // as it was asked for
}

// ParseVersionID refuses what is no version id with fault.InvalidArgument. The order is 0 for "null", and for an id from elsewhere, which no
// version has.
func ParseVersionID(id string) (ident.Order, error) {
	if id == meta.NullVersion {
		return 0, nil
	}
	o, err := ident.ParseVersionID(id)
	if err != nil && !ident.LikeVersionID(id) {
		return 0, fault.New("object.version", fault.InvalidArgument, "Invalid version id specified").
			With("ArgumentName", "versionId").With("ArgumentValue", id)
	}
	return o, nil
}

func parseVersion(id string) (w wanted, err error) {
	if id == "" {
		return w, nil
	}
	o, err := ParseVersionID(id)
	return wanted{named: true, null: id == meta.NullVersion, order: o, id: id}, err
}

// is reports whether the version has the id.
func (w wanted) is(v *meta.Version) bool {
	if w.null {
		return v.Null
	}
	return !v.Null && v.Order == w.order
}

// shown is the version id as an answer shows it: none for a bucket that never had versioning, unless the request named it.
func shown(b *meta.Bucket, v *meta.Version, named bool) string {
	if b.Versioning == meta.VersioningOff && !named {
		return ""
	}
	return v.ID()
}
