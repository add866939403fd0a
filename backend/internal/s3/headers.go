package s3

import (
	"math"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

const (
	copySource = "X-Amz-Copy-Source"
	metaPrefix = "X-Amz-Meta-"
)

// defaultType is the type of an object that was stored without one.
const defaultType = "binary/octet-stream"

// storedHeaders reads the headers that are kept with an object.
func storedHeaders(h http.Header) (meta.Headers, error) {
	m := meta.Headers{
		ContentType:        h.Get("Content-Type"),
		CacheControl:       h.Get("Cache-Control"),
		ContentDisposition: h.Get("Content-Disposition"),
		ContentEncoding:    contentEncoding(h["Content-Encoding"]),
		ContentLanguage:    h.Get("Content-Language"),
		Expires:            h.Get("Expires"),
	}
	size := 0
	for name, values := range h {
		if len(name) < len(metaPrefix) || !strings.EqualFold(name[:len(metaPrefix)], metaPrefix) {
			continue
		}
		p := meta.Pair{Name: strings.ToLower(name[len(metaPrefix):]), Value: metaText(strings.Join(values, ","))}
		size += len(p.Name) + len(p.Value)
		m.Metadata = append(m.Metadata, p)
	}
	if size > object.MaxMetadata {
		return m, s3err.New("MetadataTooLarge").With("Size", itoa(int64(size))).With("MaxSizeAllowed", itoa(object.MaxMetadata))
	}
	sort.Slice(m.Metadata, func(i, j int) bool { return m.Metadata[i].Name < m.Metadata[j].Name })
	return m, nil
}

// contentEncoding is the encoding of the content, without that of the transfer; otherwise as it was sent.
func contentEncoding(values []string) string {
	var keep []string
	for _, v := range strings.Split(strings.Join(values, ","), ",") {
		if !strings.EqualFold(strings.TrimSpace(v), "aws-chunked") {
			keep = append(keep, v)
		}
	}
	return strings.TrimSpace(strings.Join(keep, ","))
}

// classes are the storage classes that an object of a general purpose bucket can have.
var classes = map[string]bool{
	"STANDARD": true, "REDUCED_REDUNDANCY": true, "STANDARD_IA": true, "ONEZONE_IA": true, "INTELLIGENT_TIERING": true,
	"GLACIER": true, "DEEP_ARCHIVE": true, "GLACIER_IR": true,
}

// storageClass reads x-amz-storage-class; STANDARD is kept as nothing.
func storageClass(h http.Header) (string, error) {
	values, ok := h["X-Amz-Storage-Class"]
	if !ok {
		return "", nil
	}
	if len(values) != 1 || !classes[values[0]] {
		return "", s3err.New("InvalidStorageClass").With("StorageClassRequested", strings.Join(values, ","))
	}
	if values[0] == "STANDARD" {
		return "", nil
	}
	return values[0], nil
}

// className is a storage class as listings show it.
func className(class string) string {
	if class == "" {
		return "STANDARD"
	}
	return class
}

// writeConditions reads If-Match and If-None-Match of a write. Conditions that S3 does not have there are refused, not ignored.
func writeConditions(h http.Header) (w object.WriteConditions, err error) {
	for _, name := range []string{"If-Modified-Since", "If-Unmodified-Since"} {
		if _, ok := h[name]; ok {
			return w, s3err.NotImplemented(name)
		}
	}
	if v, ok := h["If-None-Match"]; ok {
		if len(v) != 1 || strings.TrimSpace(v[0]) != "*" {
			return w, s3err.NotImplemented("If-None-Match").
				With("additionalMessage", "We don't accept the provided value of If-None-Match header for this API")
		}
		w.IfNoneMatch = true
	}
	if v, ok := h["If-Match"]; ok {
		if w.IfNoneMatch {
			return w, s3err.NotImplemented("If-Match,If-None-Match").With("additionalMessage", "Multiple conditional request headers present in the request")
		}
		if w.IfMatch = unquote(v[0]); len(v) != 1 || w.IfMatch == "" {
			return w, s3err.NotImplemented("If-Match").
				With("additionalMessage", "We don't accept the provided value of If-Match header for this API")
		}
	}
	return w, nil
}

// unquote takes the quotes off an entity tag.
func unquote(tag string) string {
	tag = strings.TrimSpace(tag)
	if len(tag) >= 2 && tag[0] == '"' && tag[len(tag)-1] == '"' {
		return tag[1 : len(tag)-1]
	}
	return strings.Trim(tag, `"`)
}

// readConditions reads the conditions of a read, whose names begin with the prefix. A date that is none is ignored, as RFC 9110 has it.
func readConditions(h http.Header, prefix string) object.ReadConditions {
	return object.ReadConditions{
		IfMatch:           strings.Join(h[prefix+"If-Match"], ","),
		IfNoneMatch:       strings.Join(h[prefix+"If-None-Match"], ","),
		IfModifiedSince:   date(h.Get(prefix + "If-Modified-Since")),
		IfUnmodifiedSince: date(h.Get(prefix + "If-Unmodified-Since")),
	}
}

func date(s string) *time.Time {
	if s == "" {
		return nil
	}
	if t, err := http.ParseTime(s); err == nil {
		return &t
	}
	for _, layout := range []string{time.RFC1123Z, "Mon, 02 Jan 2006 15:04:05 MST", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return &t
		}
	}
	return nil
}

// parseRange reads the header Range. A range that is not well-formed, and a list of ranges, is ignored: the whole object is the answer.
func parseRange(s string) *object.Span {
	spec, ok := strings.CutPrefix(strings.TrimSpace(s), "bytes=")
	if !ok || strings.Contains(spec, ",") {
		return nil
	}
	from, to, ok := strings.Cut(spec, "-")
	if !ok {
		return nil
	}
	if from == "" {
		n, ok := offset(to)
		if !ok {
			return nil
		}
		if n == 0 { // the last 0 bytes: nothing that could be sent
			return &object.Span{First: math.MaxInt64, Last: math.MaxInt64}
		}
		return &object.Span{First: -n, Last: -1}
	}
	first, ok := offset(from)
	if !ok {
		return nil
	}
	if to == "" {
		return &object.Span{First: first, Last: -1}
	}
	last, ok := offset(to)
	if !ok || last < first {
		return nil
	}
	return &object.Span{First: first, Last: last}
}

// offset reads digits; what is larger than any object is as large as any number.
func offset(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		n = math.MaxInt64
	}
	return n, true
}

// count reads a parameter that limits a page: absent means maxKeys, more than that too.
func (c *call) count(name string) (int, error) {
	n, err := c.number(name)
	if err != nil || n < 0 || n > maxKeys {
		return maxKeys, err
	}
	return n, nil
}

// number reads a parameter from 0 to 2^31-1, -1 when it is absent or empty.
func (c *call) number(name string) (int, error) {
	v := c.query.get(name)
	if v == "" {
		return -1, nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return 0, s3err.Argument("Provided "+name+" not an integer or within integer range", name, v)
	}
	if n < 0 {
		if name == "max-keys" {
			name = "maxKeys" // so S3 calls it here, and only here
		}
		return 0, s3err.Argument("Argument "+name+" must be an integer between 0 and 2147483647", name, v)
	}
	return int(n), nil
}

// partNumber reads a part number; ok is false when there is none.
func (c *call) partNumber() (n int, ok bool, err error) {
	v, ok := c.query.lookup("partNumber")
	if !ok {
		return 0, false, nil
	}
	n, err = strconv.Atoi(v)
	if err != nil || n < 1 || n > object.MaxParts {
		return 0, true, s3err.Argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", v)
	}
	return n, true, nil
}

// versionID reads versionId, which must not be empty where it is named.
func (c *call) versionID() (string, error) {
	v, ok := c.query.lookup("versionId")
	if ok && v == "" {
		return "", s3err.Argument("Version id cannot be the empty string", "versionId", "")
	}
	return v, nil
}

// checksumType is how a checksum came about, in the name of the wire.
func checksumType(composite bool) string {
	if composite {
		return checksum.Composite.String()
	}
	return checksum.FullObject.String()
}

// checksumText is the checksum of an object on the wire.
func checksumText(k meta.Checksum, parts int) string {
	if k.Composite {
		return checksum.EncodeComposite(k.Value, parts)
	}
	return checksum.Encode(k.Value)
}

func httpTime(t time.Time) string { return t.UTC().Format(http.TimeFormat) }
