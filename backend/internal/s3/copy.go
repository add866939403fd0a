package s3

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

// origin is what x-amz-copy-source names.
type origin struct{ bucket, key, version string }

// parseCopySource reads "bucket/key" or "/bucket/key", percent-encoded as a whole or in its parts, with ?versionId= after it. A "+" is a
// plus. Key and bucket stay opaque: there is no path to climb out of.
func parseCopySource(value string) (o origin, err error) {
	bad := func(text string) (origin, error) { return origin{}, s3err.Argument(text, "x-amz-copy-source", value) }
	path, query, versioned := strings.Cut(value, "?")
	if versioned {
		v, ok := strings.CutPrefix(query, "versionId=")
		if !ok {
			return bad("Unsupported copy source parameter.")
		}
		if o.version, err = url.QueryUnescape(v); err != nil {
			return bad("Invalid copy source encoding")
		}
		if o.version == "" {
			return bad("Version id cannot be the empty string")
		}
		if _, err := object.ParseVersionID(o.version); err != nil {
			return bad("Invalid version id specified")
		}
	}
	if path, err = url.PathUnescape(path); err != nil || !utf8.ValidString(path) || strings.IndexByte(path, 0) >= 0 {
		return bad("Invalid copy source encoding")
	}
	path = strings.TrimPrefix(path, "/")
	if strings.HasPrefix(path, "arn:") {
		return bad("Copy sources of access points are not implemented.")
	}
	o.bucket, o.key, _ = strings.Cut(path, "/")
	if o.bucket == "" || o.key == "" {
		return bad("Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	if bucket.ValidName(o.bucket) != nil {
		return bad("Invalid copy source bucket name")
	}
	return o, nil
}

// source finds and authorizes the source of a copy. The version that it returns is the one to copy: where the bucket has versions, the
// one that was current now.
func (c *call) source() (in object.GetInput, o origin, g *access.Guard, err error) {
	if values := c.header[copySource]; len(values) != 1 {
		return in, o, nil, s3err.Argument("There must be one copy source.", "x-amz-copy-source", strings.Join(values, ","))
	}
	if o, err = parseCopySource(c.header.Get(copySource)); err != nil {
		return in, o, nil, err
	}
	b, err := c.s.Buckets.Get(c.ctx(), o.bucket)
	if err != nil {
		e := s3err.From(err)
		if e.Code == "NoSuchBucket" { // the source, not the target, is what is missing
			e.Default("BucketName", o.bucket)
		}
		return in, o, nil, e
	}
	if err := c.expectOwner("X-Amz-Source-Expected-Bucket-Owner", b); err != nil {
		return in, o, nil, err
	}
	action := "s3:GetObject"
	if o.version != "" {
		action = "s3:GetObjectVersion"
	}
	g = &access.Guard{Ask: c.askOf("", object.VersionInput{Bucket: b, Key: o.key, VersionID: o.version}), Actions: names(action)}
	if err := g.Enter(c.ctx(), &c.asker, true); err != nil {
		return in, o, nil, err
	}
	in = object.GetInput{Bucket: b, Key: o.key, VersionID: o.version, If: readConditions(c.header, "X-Amz-Copy-Source-")}
	return in, o, g, nil
}

// sourceFailure makes of the failure to read a source what S3 answers for copies.
func (c *call) sourceFailure(err error, in object.GetInput) error {
	kind := fault.KindOf(err)
	if err = c.conceal(err, in.Bucket); fault.Is(err, fault.Internal) {
		return err
	}
	switch kind {
	case fault.NotModified, fault.PreconditionFailed:
		return s3err.New("PreconditionFailed").With("Condition", "x-amz-copy-source-"+fault.DetailOf(err)["Condition"]).Because(err)
	case fault.DeleteMarker:
		return s3err.Text("InvalidRequest", "The source of a copy request may not specifically refer to a delete marker by version id.")
	case fault.NoSuchKey:
		e := s3err.From(err)
		e.Default("Key", in.Key)
		return e
	case fault.NoSuchVersion:
		e := s3err.From(err)
		e.Default("Key", in.Key)
		e.Default("VersionId", in.VersionID)
		return e
	}
	return err
}

// pinned looks the source up and returns it with its version named, so that what was looked at is what is copied. In a bucket without
// versions there is nothing to name; the copy is then of whatever is current when it is made.
func (c *call) pinned(in object.GetInput, g *access.Guard) (object.GetInput, *object.Object, error) {
	in.HeadOnly = true
	o, err := c.s.Objects.Get(c.ctx(), in)
	if err != nil {
		return in, nil, c.sourceFailure(err, in)
	}
	if err := g.Pass(c.ctx(), &c.asker, o.Version); err != nil {
		return in, nil, err
	}
	if in.HeadOnly = false; g.One() {
		in.Seen = o.Version.Order // what may be copied is this version alone
	}
	if o.VersionID != "" {
		in.VersionID = o.VersionID
	}
	return in, o, nil
}

func (s *Server) copyObject(c *call) error {
	in := object.CopyInput{Target: c.record, Key: c.key}
	from, o, g, err := c.source()
	if err != nil {
		return err
	}
	if in.Caller, in.ACL, err = c.newObject(); err != nil {
		return err
	}
	switch directive := c.header.Get("X-Amz-Metadata-Directive"); directive {
	case "", "COPY":
	case "REPLACE":
		in.ReplaceHeaders = true
	default:
		return s3err.Argument("Unknown metadata directive.", "x-amz-metadata-directive", directive)
	}
	if in.Headers, err = storedHeaders(c.header); err != nil {
		return err
	}
	if in.Class, err = storageClass(c.header); err != nil {
		return err
	}
	if in.Redirect, err = c.redirectLocation(); err != nil {
		return err
	}
	if in.If, err = writeConditions(c.header); err != nil {
		return err
	}
	if in.Algorithm, err = c.algorithm(); err != nil {
		return err
	}
	if in.Lock, err = c.newLock(); err != nil {
		return err
	}
	replaceTags, err := c.replacesTags()
	if err != nil {
		return err
	}
	source, head, err := c.pinned(from, g)
	if err != nil {
		return err
	}
	if o.bucket == c.bucket && o.key == c.key && head.Current && !in.ReplaceHeaders && in.Redirect == "" && className(in.Class) == className(head.Version.Class) &&
		(in.Algorithm == checksum.None || in.Algorithm == head.Version.Checksum.Algorithm) {
		return s3err.Text("InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself without changing "+
			"the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	in.Source, in.ReplaceTags = source, true
	if in.Tags, err = c.copiedTags(from, head.Version.Tags, replaceTags); err != nil {
		return err
	}
	var w object.Written
	return c.working(func() (err error) {
		w, err = s.Objects.Copy(c.ctx(), in)
		return c.conceal(err, c.record)
	}, func() s3xml.Document {
		c.setWritten(w.VersionID)
		c.setExpiration(w.Version)
		c.setSourceVersion(head)
		v := w.Version
		return &s3xml.CopyResult{ETag: v.ETag(), LastModified: v.Modified(), Checksum: element(v.Checksum, v.Parts, true)}
	})
}

func (c *call) setSourceVersion(source *object.Object) {
	if source.VersionID != "" {
		c.w.setExact("x-amz-copy-source-version-id", source.VersionID)
	}
}

// algorithm reads x-amz-checksum-algorithm.
func (c *call) algorithm() (checksum.Algorithm, error) {
	v, ok := c.header["X-Amz-Checksum-Algorithm"]
	if !ok {
		return checksum.None, nil
	}
	return checksum.Parse(v[0])
}

// element is a checksum as documents have it.
func element(k meta.Checksum, parts int, typed bool) (e s3xml.Checksum) {
	if k.Algorithm == checksum.None || len(k.Value) == 0 {
		return e
	}
	e.Element, e.Value = k.Algorithm.Element(), checksumText(k, parts)
	if typed {
		e.Type = checksumType(k.Composite)
	}
	return e
}

var copyRange = regexp.MustCompile(`^bytes=([0-9]{1,18})-([0-9]{1,18})$`)

// copySpan reads x-amz-copy-source-range, which unlike Range must be whole and well-formed.
func (c *call) copySpan() (*object.Span, error) {
	v, ok := c.header["X-Amz-Copy-Source-Range"]
	if !ok {
		return nil, nil
	}
	const name = "x-amz-copy-source-range"
	m := copyRange.FindStringSubmatch(v[0])
	if m == nil {
		return nil, s3err.Argument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "+
			"zero-based offsets of the first and last bytes to copy", name, v[0])
	}
	first, err1 := strconv.ParseInt(m[1], 10, 64)
	last, err2 := strconv.ParseInt(m[2], 10, 64)
	if err1 != nil || err2 != nil || last < first {
		return nil, s3err.Argument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "+
			"zero-based offsets of the first and last bytes to copy", name, v[0])
	}
	return &object.Span{First: first, Last: last}, nil
}

func (s *Server) copyPart(c *call) error {
	in := object.PartCopyInput{Bucket: c.record, Key: c.key}
	var err error
	if in.Number, _, err = c.partNumber(); err != nil {
		return err
	}
	from, _, g, err := c.source()
	if err != nil {
		return err
	}
	if in.Upload, err = c.uploadID(); err != nil {
		return err
	}
	span, err := c.copySpan()
	if err != nil {
		return err
	}
	source, head, err := c.pinned(from, g)
	if err != nil {
		return err
	}
	if err := span.Inside(head.Version.Size); err != nil { // before an answer has begun
		return err
	}
	source.Span = span
	in.Source = source
	var p *meta.Part
	return c.working(func() (err error) {
		p, _, err = s.Objects.CopyPart(c.ctx(), in)
		return err
	}, func() s3xml.Document {
		c.setSourceVersion(head)
		d := &s3xml.CopyResult{Part: true, ETag: checksum.ETag(p.MD5), LastModified: p.Modified.Truncate(time.Second)}
		if up, err := s.Objects.Upload(c.ctx(), c.record, c.key, in.Upload); err == nil && up.Explicit {
			d.Checksum = element(p.Checksum, 0, false)
		}
		return d
	})
}
