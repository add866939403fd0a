package s3

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

// uploadID reads uploadId. What is no id of an upload names none.
func (c *call) uploadID() (ident.Upload, error) {
	v := c.query.get("uploadId")
	u, err := ident.ParseUpload(v)
	if err != nil {
		return u, s3err.New("NoSuchUpload").With("UploadId", v)
	}
	return u, nil
}

// initiators names who started uploads, each user looked up once: by ARN and name, or as the account when it is no user, or no more.
type initiators map[string]s3xml.Owner

func (known initiators) of(c *call, u *meta.Upload) s3xml.Owner {
	who, ok := known[u.Initiator]
	if !ok {
		who = c.owner(u.Owner)
		if id, err := c.s.IAM.Identity(c.ctx(), u.Initiator); err == nil {
			who = s3xml.Owner{ID: id.ARN(), DisplayName: id.Name}
		}
		known[u.Initiator] = who
	}
	return who
}

func (s *Server) createUpload(c *call) error {
	in := object.CreateUploadInput{Bucket: c.record, Key: c.key}
	var err error
	if in.Caller, in.ACL, err = c.newObject(); err != nil {
		return err
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
	if in.Tags, err = c.newTags(); err != nil {
		return err
	}
	if in.Lock, err = c.newLock(); err != nil {
		return err
	}
	if in.Algorithm, err = c.algorithm(); err != nil {
		return err
	}
	if v, ok := c.header["X-Amz-Checksum-Type"]; ok {
		if in.Algorithm == checksum.None {
			return s3err.Text("InvalidRequest", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
		}
		t, err := checksum.ParseType(v[0], in.Algorithm)
		if err != nil {
			return err
		}
		in.Composite = t == checksum.Composite
	} else {
		in.Composite = in.Algorithm != checksum.None && in.Algorithm.DefaultType() == checksum.Composite
	}
	u, err := s.Objects.CreateUpload(c.ctx(), in)
	if err != nil {
		return err
	}
	if u.Explicit {
		c.w.setExact("x-amz-checksum-algorithm", u.Algorithm.String())
		c.w.setExact("x-amz-checksum-type", checksumType(u.Composite))
	}
	c.setAbort(u.Started)
	c.w.document(&s3xml.InitiatedUpload{Bucket: c.bucket, Key: c.key, UploadID: u.ID.String()})
	return nil
}

func (s *Server) uploadPart(c *call) error {
	in := object.PartInput{Bucket: c.record, Key: c.key}
	var err error
	if in.Number, _, err = c.partNumber(); err != nil {
		return err
	}
	if in.Upload, err = c.uploadID(); err != nil {
		return err
	}
	k, err := c.content(s.uploadLimit())
	if err != nil {
		return err
	}
	if err := c.checkLocked(meta.Lock{}, &k.digests, "Put Part"); err != nil {
		return err
	}
	in.Body, in.Size, in.Digests = stated{k.body}, k.size, k.digests
	p, err := s.Objects.PutPart(c.ctx(), in)
	if err != nil {
		return err
	}
	if err := c.setPartChecksum(&k.digests, p, in.Upload); err != nil {
		return err
	}
	c.w.setExact("ETag", `"`+checksum.ETag(p.MD5)+`"`)
	c.w.empty(http.StatusOK)
	return nil
}

// setPartChecksum tells the checksum that a part came with, which was checked; what is kept with the part may be of another algorithm. Of a
// part that came without, it tells the one that was computed where the upload has an algorithm of its own.
func (c *call) setPartChecksum(d *object.Digests, p *meta.Part, id ident.Upload) (err error) {
	sum := d.Value
	switch {
	case d.Algorithm == checksum.None:
		if up, err := c.s.Objects.Upload(c.ctx(), c.record, c.key, id); err == nil && up.Explicit {
			c.w.setExact(up.Algorithm.Header(), checksum.Encode(p.Checksum.Value))
		}
		return nil
	case d.Algorithm == p.Checksum.Algorithm:
		sum = p.Checksum.Value
	case d.Trailer != nil:
		if sum, err = d.Trailer(); err != nil {
			return err
		}
	}
	c.w.setExact(d.Algorithm.Header(), checksum.Encode(sum))
	return nil
}

func (s *Server) completeUpload(c *call) error {
	in := object.CompleteInput{Bucket: c.record, Key: c.key, Caller: c.caller(), Size: -1}
	var err error
	if in.Upload, err = c.uploadID(); err != nil {
		return err
	}
	if in.If, err = writeConditions(c.header); err != nil {
		return err
	}
	if v, ok := c.header["X-Amz-Mp-Object-Size"]; ok {
		switch in.Size, err = strconv.ParseInt(v[0], 10, 64); {
		case err != nil:
			return s3err.Text("InvalidRequest", "Value for x-amz-mp-object-size header is invalid.")
		case in.Size < 0:
			return s3err.Text("InvalidRequest", "Value for x-amz-mp-object-size header is less than zero: '"+v[0]+"'")
		}
	}
	count, err := c.expectedChecksum(&in)
	if err != nil {
		return err
	}
	body, err := c.completeDocument()
	if err != nil {
		return err
	}
	if in.Parts, err = completedParts(body); err != nil {
		return err
	}
	if count > 0 && count != len(in.Parts) { // the count is a part of the checksum
		return in.Algorithm.Check(nil, in.Value)
	}
	var w object.Written
	return c.working(func() (err error) {
		w, err = s.Objects.Complete(c.ctx(), in)
		return c.conceal(err, c.record)
	}, func() s3xml.Document {
		c.setWritten(w.VersionID)
		c.setExpiration(w.Version)
		v := w.Version
		return &s3xml.CompletedUpload{
			Location: c.location(""), Bucket: c.bucket, Key: c.key, ETag: v.ETag(), Checksum: element(v.Checksum, v.Parts, true),
		}
	})
}

// expectedChecksum reads the checksum of the whole object that the client expects. Here the headers name that, not the document's. It
// returns the number of parts that a composite checksum names, else 0.
func (c *call) expectedChecksum(in *object.CompleteInput) (count int, err error) {
	for _, a := range checksum.All() {
		v, ok := c.header[http.CanonicalHeaderKey(a.Header())]
		if !ok {
			continue
		}
		if in.Algorithm != checksum.None || len(v) != 1 {
			return 0, s3err.Text("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
		}
		in.Algorithm = a
		if strings.Contains(v[0], "-") {
			in.Value, count, err = a.DecodeComposite(v[0])
		} else {
			in.Value, err = a.Decode(v[0])
		}
		if err != nil {
			return 0, err
		}
	}
	if v, ok := c.header["X-Amz-Checksum-Type"]; ok {
		composite := v[0] == checksum.Composite.String()
		if !composite && v[0] != checksum.FullObject.String() {
			return 0, s3err.Text("InvalidRequest", "Value for x-amz-checksum-type header is invalid.")
		}
		in.Composite = &composite
	}
	return count, nil
}

// completeDocument reads the body without holding it to the checksum headers, which are of the object.
func (c *call) completeDocument() ([]byte, error) {
	header := c.header
	c.header = header.Clone()
	for _, a := range checksum.All() {
		c.header.Del(a.Header())
	}
	c.header.Del("X-Amz-Sdk-Checksum-Algorithm")
	body, err := c.document()
	c.header = header
	return body, err // one without a body is malformed as one without parts is
}

func completedParts(body []byte) ([]object.CompletedPart, error) {
	list, err := s3xml.DecodeComplete(body, object.MaxParts)
	if err != nil {
		return nil, malformed(err)
	}
	parts := make([]object.CompletedPart, len(list))
	for i, p := range list {
		if p.Number < 1 {
			return nil, s3err.Argument("PartNumber must be >= 1", "PartNumber", strconv.Itoa(p.Number))
		}
		parts[i] = object.CompletedPart{Number: p.Number, ETag: unquote(p.ETag)}
		for name, value := range p.Checksums {
			a, ok := byElement(name)
			if !ok {
				return nil, s3err.Text("NotImplemented", "The element "+name+" implies functionality that is not implemented.")
			}
			sum, err := a.Decode(value)
			if err != nil {
				return nil, s3err.New("InvalidPart").With("PartNumber", strconv.Itoa(p.Number)).With("ETag", parts[i].ETag)
			}
			if parts[i].Checksum == nil {
				parts[i].Checksum = map[checksum.Algorithm][]byte{}
			}
			parts[i].Checksum[a] = sum
		}
	}
	return parts, nil
}

func byElement(name string) (checksum.Algorithm, bool) {
	for _, a := range checksum.All() {
		if a.Element() == name {
			return a, true
		}
	}
	return checksum.None, false
}

// location is the address of the request's target, or of a key below it, as the client can use it.
func (c *call) location(below string) string {
	path := c.r.URL.EscapedPath()
	if below != "" {
		path = strings.TrimSuffix(path, "/") + below
	}
	if c.s.public.Host != "" && !c.virtual && len(c.peer.Hosts) == 1 {
		return c.s.public.String() + path
	}
	return c.peer.Scheme() + "://" + c.peer.Host() + path
}

// startedAt is the condition that an upload was started at a time, to the second. A time that is yet to come is no condition.
func (c *call) startedAt(u ident.Upload, value string) error {
	t := date(value)
	if t == nil {
		return s3err.Argument("The value of the time condition is not a date.", "x-amz-if-match-initiated-time", value)
	}
	up, err := c.s.Objects.Upload(c.ctx(), c.record, c.key, u)
	if err != nil {
		return err
	}
	if !t.After(c.now) && !t.Truncate(time.Second).Equal(up.Started.Truncate(time.Second)) {
		return s3err.New("PreconditionFailed").With("Condition", "x-amz-if-match-initiated-time")
	}
	return nil
}

func (s *Server) abortUpload(c *call) error {
	u, err := c.uploadID()
	if err != nil {
		return err
	}
	if v, ok := c.header["X-Amz-If-Match-Initiated-Time"]; ok {
		if err := c.startedAt(u, v[0]); err != nil {
			return err
		}
	}
	if err := s.Objects.Abort(c.ctx(), c.record, c.key, u); err != nil {
		return err
	}
	c.w.empty(http.StatusNoContent)
	return nil
}

func (s *Server) listParts(c *call) error {
	names, err := c.encoding()
	if err != nil {
		return err
	}
	u, err := c.uploadID()
	if err != nil {
		return err
	}
	limit, err := c.count("max-parts")
	if err != nil {
		return err
	}
	after, err := c.number("part-number-marker")
	if err != nil {
		return err
	}
	after = max(after, 0)
	page, err := s.Objects.ListParts(c.ctx(), c.record, c.key, u, after, limit)
	if err != nil {
		return err
	}
	up := page.Upload
	who, err := c.ownerIn()
	if err != nil {
		return err
	}
	doc := &s3xml.PartList{
		Names: names, Bucket: c.bucket, Key: c.key, UploadID: u.String(), Initiator: initiators{}.of(c, up), Owner: who(up.Owner),
		StorageClass: className(up.Class), Marker: after, Next: page.Next, MaxParts: limit, Truncated: page.Truncated && limit > 0,
	}
	if up.Explicit {
		doc.Algorithm, doc.ChecksumType = up.Algorithm.String(), checksumType(up.Composite)
	}
	for _, p := range page.Parts {
		e := s3xml.PartEntry{Number: p.Number, LastModified: p.Modified.Truncate(time.Second), ETag: checksum.ETag(p.MD5), Size: p.Size}
		if up.Explicit {
			e.Checksum = element(p.Checksum, 0, false)
		}
		doc.Parts = append(doc.Parts, e)
	}
	c.setAbort(up.Started)
	c.w.document(doc)
	return nil
}
