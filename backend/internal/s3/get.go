package s3

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// overrides are the parameters that replace headers of the answer.
var overrides = []struct{ param, header string }{
	{"response-cache-control", "Cache-Control"},
	{"response-content-disposition", "Content-Disposition"},
	{"response-content-encoding", "Content-Encoding"},
	{"response-content-language", "Content-Language"},
	{"response-content-type", "Content-Type"},
	{"response-expires", "Expires"},
}

// fetched is what GetObject and HeadObject read, on one snapshot: what a policy decides over by the tags of a version is what is sent.
type fetched struct {
	done bool
	in   object.GetInput
	o    *object.Object
	err  error
}

// fetch reads the object that the request names, once.
func (c *call) fetch() *fetched {
	f := &c.fetched
	if !f.done {
		f.done = true
		if f.in, f.err = c.readInput(); f.err == nil {
			f.o, f.err = c.s.Objects.Get(c.ctx(), f.in)
		}
	}
	return f
}

// close lets go of what was fetched.
func (f *fetched) close() {
	if f.o != nil && f.o.Content != nil {
		_ = f.o.Content.Close() // it was read, or is not wanted
	}
}

// readInput is what GetObject and HeadObject ask for.
func (c *call) readInput() (in object.GetInput, err error) {
	in = object.GetInput{Bucket: c.record, Key: c.key, If: readConditions(c.header, ""), HeadOnly: c.op.Name == "HeadObject"}
	if in.VersionID, err = c.versionID(); err != nil {
		return in, err
	}
	if err := c.checkOverrides(); err != nil {
		return in, err
	}
	var byPart bool
	if in.PartNumber, byPart, err = c.partNumber(); err != nil {
		return in, err
	}
	if v := c.header.Get("Range"); v != "" {
		if byPart {
			return in, s3err.Text("InvalidRequest", "Cannot specify both Range header and partNumber query parameter")
		}
		in.Span, in.SpanIf = parseRange(v), c.header.Get("If-Range")
	}
	return in, nil
}

// readObject answers GetObject and HeadObject.
func (s *Server) readObject(c *call) error {
	f := c.fetch()
	if f.err != nil {
		return c.missing(f.err)
	}
	if err := c.pass(f.o.Version); err != nil {
		return err
	}
	if err := c.describe(f.o, f.in.PartNumber); err != nil {
		return err
	}
	return c.send(f.o, &f.in, http.StatusOK)
}

// send answers with what was asked for of an object; the headers that tell of it have been set. Of a part the status is another one than
// this.
func (c *call) send(o *object.Object, in *object.GetInput, status int) error {
	if o.Partial && (o.Length > 0 || in.Span != nil) {
		status = http.StatusPartialContent
		c.w.set("Content-Range", "bytes "+itoa(o.Offset)+"-"+itoa(o.Offset+o.Length-1)+"/"+itoa(o.Version.Size))
	}
	c.w.set("Content-Length", itoa(o.Length))
	if in.HeadOnly {
		c.w.start(status)
		return nil
	}
	return c.w.content(status, o.Length, o.Content)
}

// checkOverrides refuses overrides of what cannot be overridden, and all of them to the anonymous: whoever is not known must not decide how somebody's bytes are shown.
func (c *call) checkOverrides() error {
	for _, p := range c.query.pairs {
		if strings.HasPrefix(p.name, "response-") && !slices.Contains(objectReads, p.name) {
			return s3err.Argument(p.name+" is not in the set of overridable response headers.", p.name, p.value)
		}
	}
	if !c.id.Anonymous {
		return nil
	}
	for _, o := range overrides {
		if c.query.has(o.param) {
			return s3err.Text("InvalidRequest", "Request specific response headers cannot be used for anonymous GET requests.")
		}
	}
	return nil
}

// describe sets the headers that tell of an object.
func (c *call) describe(o *object.Object, part int) error {
	v := o.Version
	h := &v.Headers
	contentType := h.ContentType
	if contentType == "" {
		contentType = defaultType
	}
	c.w.set("Content-Type", contentType)
	c.w.set("Cache-Control", h.CacheControl)
	c.w.set("Content-Disposition", h.ContentDisposition)
	c.w.set("Content-Encoding", h.ContentEncoding)
	c.w.set("Content-Language", h.ContentLanguage)
	c.w.set("Expires", h.Expires)
	for _, over := range overrides {
		if value, ok := c.query.lookup(over.param); ok {
			c.w.set(over.header, value)
		}
	}
	for _, p := range h.Metadata {
		c.w.setExact("x-amz-meta-"+p.Name, metaHeader(p.Value))
	}
	c.w.set("Accept-Ranges", "bytes")
	c.w.set("Last-Modified", httpTime(v.Modified()))
	c.w.setExact("ETag", `"`+v.ETag()+`"`)
	c.setVersion(o.VersionID)
	if v.Class != "" {
		c.w.setExact("x-amz-storage-class", v.Class)
	}
	if o.Current {
		c.setExpiration(v)
	}
	c.setTagCount(v.Tags)
	c.setLock(&v.Lock)
	if v.Redirect != "" {
		c.w.setExact("x-amz-website-redirect-location", v.Redirect)
	}
	if o.PartsCount > 0 { // a copy of an object of parts has none, though its entity tag still counts them
		c.w.setExact("x-amz-mp-parts-count", strconv.Itoa(o.PartsCount))
	}
	if strings.EqualFold(c.header.Get("X-Amz-Checksum-Mode"), "ENABLED") {
		return c.describeChecksum(o, part)
	}
	return nil
}

// describeChecksum tells the checksum of the whole object, or of the one part that was asked for; a range has none.
func (c *call) describeChecksum(o *object.Object, part int) error {
	v := o.Version
	switch {
	case !o.Partial, part > 0 && o.PartsCount == 0:
		c.setChecksum(v.Checksum, v.Parts)
	case part > 0:
		page, err := c.s.Objects.Parts(c.ctx(), v, part-1, 1)
		if err != nil {
			return err
		}
		if len(page.Parts) == 1 && page.Parts[0].Number == part && page.Parts[0].Checksum.Algorithm != checksum.None {
			c.setChecksum(meta.Checksum{Algorithm: v.Checksum.Algorithm, Value: page.Parts[0].Checksum.Value}, 0)
			c.w.setExact("x-amz-checksum-type", checksumType(v.Checksum.Composite))
		}
	}
	return nil
}

// missing makes of a failure to read what S3 answers: the markers' headers, the validators of 304 and 412, and nothing for those who may
// not list.
func (c *call) missing(err error) error {
	detail := fault.DetailOf(err)
	kind := fault.KindOf(err)
	if hidden := c.conceal(err, c.record); hidden != err { //nolint:errorlint // the same value or another one
		return hidden
	}
	switch kind {
	case fault.NoSuchKey, fault.DeleteMarker:
		e := s3err.From(err)
		if detail["DeleteMarker"] != "" {
			e.SetHeader("x-amz-delete-marker", "true")
			e.SetHeader("x-amz-version-id", detail["VersionId"])
		}
		if kind == fault.DeleteMarker {
			e.Add("Method", c.r.Method)
			e.Add("ResourceType", "DeleteMarker")
			e.SetHeader("Allow", "DELETE")
			e.SetHeader("Last-Modified", detail["LastModified"])
		}
		return e
	case fault.InvalidPart:
		e := s3err.New("InvalidPartNumber").Because(err)
		return e.With("ActualPartCount", detail["ActualPartCount"]).With("PartNumberRequested", detail["PartNumberRequested"])
	case fault.NotModified:
		e := s3err.From(err)
		e.SetHeader("ETag", `"`+detail["ETag"]+`"`)
		e.SetHeader("Last-Modified", detail["LastModified"])
		if c.record.Versioning != meta.VersioningOff {
			e.SetHeader("x-amz-version-id", detail["VersionId"])
		}
		return e
	}
	return err
}
