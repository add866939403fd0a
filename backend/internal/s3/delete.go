package s3

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

func (s *Server) deleteObject(c *call) error {
	in := object.DeleteInput{Bucket: c.record, Key: c.key, Caller: c.caller()}
	var err error
	if in.VersionID, err = c.versionID(); err != nil {
		return err
	}
	if in.If, err = c.deleteConditions(); err != nil {
		return err
	}
	if in.VersionID != "" {
		in.Bypass = c.bypasses(object.VersionInput{Bucket: in.Bucket, Key: in.Key, VersionID: in.VersionID})
		if in.Bucket.MFADelete == meta.MFADeleteEnabled {
			if in.MFA, err = c.mfa(); err != nil {
				return err
			}
		}
	}
	d, err := s.Objects.Delete(c.ctx(), in)
	if err != nil {
		return c.conceal(err, c.record)
	}
	c.setVersion(d.VersionID)
	if d.Marker {
		c.w.setExact("x-amz-delete-marker", "true")
	}
	c.w.empty(http.StatusNoContent)
	return nil
}

// deleteConditions reads the conditions of a delete.
func (c *call) deleteConditions() (w object.WriteConditions, err error) {
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		if _, ok := c.header[name]; ok {
			return w, s3err.NotImplemented(name)
		}
	}
	if v, ok := c.header["If-Match"]; ok {
		w.IfMatch = unquote(v[0])
	}
	const size, modified = "X-Amz-If-Match-Size", "X-Amz-If-Match-Last-Modified-Time"
	if v, ok := c.header[size]; ok {
		n, err := strconv.ParseInt(v[0], 10, 64)
		if err != nil || n < 0 {
			return w, s3err.Argument("The value of the size condition is not a size.", strings.ToLower(size), v[0])
		}
		w.IfMatchSize = &n
	}
	if v, ok := c.header[modified]; ok {
		t := date(v[0])
		if t == nil {
			return w, s3err.Argument("The value of the time condition is not a date.", strings.ToLower(modified), v[0])
		}
		w.IfMatchModified = t
	}
	return w, nil
}

// deleteObjects deletes the keys of a document. Each key is authorized by itself and fails by itself.
func (s *Server) deleteObjects(c *call) error {
	body, err := c.document()
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return s3err.New("MissingRequestBodyError")
	}
	doc, err := s3xml.DecodeDelete(body, s.BulkDeleteMax)
	if err != nil {
		return malformed(err)
	}
	proven, err := c.batchMFA(doc.Objects)
	if err != nil {
		return err
	}
	items := make([]object.BatchItem, len(doc.Objects))
	for i, o := range doc.Objects {
		of := object.VersionInput{Bucket: c.record, Key: o.Key, VersionID: o.VersionID}
		items[i] = object.BatchItem{Key: o.Key, VersionID: o.VersionID, Err: c.mayDelete(of), Bypass: o.VersionID != "" && c.bypasses(of), MFA: proven}
		if o.ETag != nil {
			items[i].If.IfMatch = unquote(*o.ETag)
		}
		items[i].If.IfMatchSize, items[i].If.IfMatchModified = o.Size, o.LastModified
	}
	deleted, err := s.Objects.DeleteBatch(c.ctx(), c.record, c.caller(), items)
	if err != nil {
		return err
	}
	answer := &s3xml.DeleteResult{Quiet: doc.Quiet, Entries: make([]s3xml.DeleteEntry, 0, len(deleted))}
	for i, d := range deleted {
		entry := s3xml.DeleteEntry{Key: doc.Objects[i].Key, VersionID: doc.Objects[i].VersionID, Marker: d.Marker}
		switch {
		case d.Err != nil:
			e := s3err.From(d.Err)
			if e.Code == "InternalError" {
				s.Logger.ErrorContext(c.ctx(), "deletion failed", "request", c.info.RequestID, "error", d.Err.Error())
			}
			entry.Code, entry.Message = e.Code, e.Message
			if e.Code == "InvalidArgument" && entry.VersionID != "" { // a version id that is none names no version here
				gone := s3err.New("NoSuchVersion")
				entry.Code, entry.Message = gone.Code, gone.Message
			}
		case d.Marker:
			entry.MarkerVersionID = d.VersionID
		}
		answer.Entries = append(answer.Entries, entry)
		if s.Audit.All() {
			c.keepKey(doc.Objects[i].Key, doc.Objects[i].VersionID, d.Err)
		}
	}
	c.w.document(answer)
	return nil
}

// mayDelete authorizes one key, with the version that its entry names.
func (c *call) mayDelete(of object.VersionInput) error {
	action := "s3:DeleteObject"
	if of.VersionID != "" {
		action = "s3:DeleteObjectVersion"
	}
	if !c.mayOn(action, of) {
		refusal := c.denied
		return s3err.New("AccessDenied").Because(&refusal)
	}
	return nil
}
