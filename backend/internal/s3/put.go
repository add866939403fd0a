package s3

import (
	"net/http"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
)

// caller is who writes; somebody without an account does it for the bucket's.
func (c *call) caller() object.Caller {
	if c.id.Anonymous {
		return object.Caller{Account: c.record.Account}
	}
	return object.Caller{Account: c.id.Account, User: c.id.UserID}
}

// uploadLimit is the largest file that a PUT, a part or a form may have.
func (s *Server) uploadLimit() int64 {
	if s.MaxUpload > 0 && s.MaxUpload < object.MaxPart {
		return s.MaxUpload
	}
	return object.MaxPart
}

// putInput is a new version of the call's key as its headers describe it, without its content.
func (c *call) putInput() (in object.PutInput, err error) {
	in = object.PutInput{Bucket: c.record, Key: c.key}
	if in.Caller, in.ACL, err = c.newObject(); err != nil {
		return in, err
	}
	if in.Headers, err = storedHeaders(c.header); err != nil {
		return in, err
	}
	if in.Class, err = storageClass(c.header); err != nil {
		return in, err
	}
	if in.Redirect, err = c.redirectLocation(); err != nil {
		return in, err
	}
	if in.If, err = writeConditions(c.header); err != nil {
		return in, err
	}
	if in.Tags, err = c.newTags(); err != nil {
		return in, err
	}
	in.Lock, err = c.newLock()
	return in, err
}

func (s *Server) putObject(c *call) error {
	in, err := c.putInput()
	if err != nil {
		return err
	}
	k, err := c.content(s.uploadLimit())
	if err != nil {
		return err
	}
	if err := c.checkLocked(in.Lock, &k.digests, "Put Object"); err != nil {
		return err
	}
	in.Body, in.Size, in.Digests = stated{k.body}, k.size, k.digests
	w, err := s.Objects.Put(c.ctx(), in)
	if err != nil {
		return c.conceal(err, c.record)
	}
	c.setWritten(w.VersionID)
	c.setExpiration(w.Version)
	c.setChecksum(w.Version.Checksum, w.Version.Parts)
	c.w.setExact("ETag", `"`+w.Version.ETag()+`"`)
	c.w.empty(http.StatusOK)
	return nil
}

// setVersion tells the version id, which is empty for buckets that never had versioning.
func (c *call) setVersion(id string) {
	if id != "" {
		c.w.setExact("x-amz-version-id", id)
	}
}

// setWritten tells the version id that a write made. In a bucket whose versioning is suspended S3 tells none, though reads then say "null".
func (c *call) setWritten(id string) {
	if id != meta.NullVersion {
		c.setVersion(id)
	}
}

// setChecksum tells the checksum of an object.
func (c *call) setChecksum(k meta.Checksum, parts int) {
	if k.Algorithm == checksum.None || len(k.Value) == 0 {
		return
	}
	c.w.setExact(k.Algorithm.Header(), checksumText(k, parts))
	c.w.setExact("x-amz-checksum-type", checksumType(k.Composite))
}
