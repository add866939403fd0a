package s3

import (
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

// Headers of object lock.
const (
	lockEnabledHeader = "X-Amz-Bucket-Object-Lock-Enabled"
	bypassHeader      = "X-Amz-Bypass-Governance-Retention"
	lockModeHeader    = "X-Amz-Object-Lock-Mode"
	lockUntilHeader   = "X-Amz-Object-Lock-Retain-Until-Date"
	lockHoldHeader    = "X-Amz-Object-Lock-Legal-Hold"
)

// Bounds of a default retention.
const (
	maxRetentionYears = 100
	maxRetentionDays  = 36500
)

// newBucketLock reads whether a bucket is to have object lock, which needs the rights to configure it.
func (c *call) newBucketLock() (bool, error) {
	if !strings.EqualFold(c.header.Get(lockEnabledHeader), "true") {
		return false, nil
	}
	b := &meta.Bucket{Name: c.bucket, Account: c.id.Account}
	if !c.may("s3:PutBucketObjectLockConfiguration", b, "") || !c.may("s3:PutBucketVersioning", b, "") {
		return false, s3err.New("AccessDenied")
	}
	return true, nil
}

func (s *Server) objectLock(c *call) error {
	if !c.record.Lock.Enabled {
		return s3err.New("ObjectLockConfigurationNotFoundError").With("BucketName", c.bucket)
	}
	c.w.document(&s3xml.LockConfiguration{Rule: c.record.Lock})
	return nil
}

func (s *Server) putObjectLock(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	rule, err := s3xml.DecodeLockConfiguration(body)
	switch {
	case err != nil:
		return malformed(err)
	case rule.Mode == meta.LockNone:
	case rule.Days <= 0 && rule.Years <= 0:
		return s3err.New("InvalidRetentionPeriod")
	case rule.Days > maxRetentionDays, rule.Years > maxRetentionYears:
		return s3err.Text("InvalidRetentionPeriod", "Default retention period must not exceed 36500 days or 100 years.")
	}
	if err := s.Buckets.SetLock(c.ctx(), c.record, rule); err != nil {
		return err
	}
	c.w.empty(http.StatusOK)
	return nil
}

// lockable refuses operations on locks in buckets that have none.
func (c *call) lockable() error {
	if !c.record.Lock.Enabled {
		return s3err.Text("InvalidRequest", "Bucket is missing Object Lock Configuration")
	}
	return nil
}

// lock reads the lock of the version that the request names.
func (c *call) lock() (l meta.Lock, err error) {
	if err := c.lockable(); err != nil {
		return l, err
	}
	in, err := c.named()
	if err != nil {
		return l, err
	}
	o, err := c.look(in)
	if err != nil {
		return l, c.missing(err)
	}
	return o.Version.Lock, nil
}

func (s *Server) objectRetention(c *call) error {
	l, err := c.lock()
	if err == nil && l.Mode == meta.LockNone {
		err = s3err.New("NoSuchObjectLockConfiguration")
	}
	if err != nil {
		return err
	}
	c.w.document(&s3xml.Retention{Lock: l})
	return nil
}

func (s *Server) objectLegalHold(c *call) error {
	l, err := c.lock()
	if err == nil && l.Hold == meta.HoldUnset {
		err = s3err.New("NoSuchObjectLockConfiguration")
	}
	if err != nil {
		return err
	}
	c.w.document(&s3xml.LegalHold{Hold: l.Hold})
	return nil
}

func (s *Server) putObjectRetention(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	l, err := s3xml.DecodeRetention(body)
	if err != nil {
		return malformed(err)
	}
	if err := c.lockable(); err != nil {
		return err
	}
	in, err := c.named()
	if err != nil {
		return err
	}
	if _, err := s.Objects.SetRetention(c.ctx(), in, l.Mode, l.Until, c.bypasses(in)); err != nil {
		return c.missing(err)
	}
	c.w.empty(http.StatusOK)
	return nil
}

func (s *Server) putObjectLegalHold(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	hold, err := s3xml.DecodeLegalHold(body)
	if err != nil {
		return malformed(err)
	}
	if err := c.lockable(); err != nil {
		return err
	}
	in, err := c.named()
	if err != nil {
		return err
	}
	if _, err := s.Objects.SetHold(c.ctx(), in, hold); err != nil {
		return c.missing(err)
	}
	c.w.empty(http.StatusOK)
	return nil
}

// bypasses reports whether the request wants to bypass governance and may. Clients send the header with every deletion; without the right
// it does nothing.
func (c *call) bypasses(in object.VersionInput) bool {
	return strings.EqualFold(c.header.Get(bypassHeader), "true") && c.mayOn("s3:BypassGovernanceRetention", in)
}

// newLock reads the lock of a new object, which the caller must be allowed to set.
func (c *call) newLock() (l meta.Lock, err error) {
	mode, until, hold := c.header.Get(lockModeHeader), c.header.Get(lockUntilHeader), c.header.Get(lockHoldHeader)
	bad := func(text, header, value string) error { return s3err.Argument(text, strings.ToLower(header), value) }
	if mode == "" && until == "" && hold == "" {
		return l, nil
	}
	const both = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
	switch {
	case mode == "" && until != "":
		return l, bad(both, lockUntilHeader, until)
	case mode != "" && until == "":
		return l, bad(both, lockModeHeader, mode)
	case mode != "":
		if l.Until, err = s3xml.ParseRetainUntil(until); err != nil {
			return l, bad("The retain until date must be provided in ISO 8601 format", lockUntilHeader, until)
		}
		if !l.Until.After(c.now) {
			return l, bad("The retain until date must be in the future!", lockUntilHeader, until)
		}
		var ok bool
		if l.Mode, ok = s3xml.ParseLockMode(mode); !ok {
			return l, bad("Unknown wormMode directive.", lockModeHeader, mode)
		}
	}
	if hold != "" {
		var ok bool
		if l.Hold, ok = s3xml.ParseHold(hold); !ok {
			return l, bad("Legal Hold must be either of 'ON' or 'OFF'", lockHoldHeader, hold)
		}
	}
	if err := c.lockable(); err != nil {
		return l, err
	}
	if mode != "" && !c.may("s3:PutObjectRetention", c.record, c.key) || hold != "" && !c.may("s3:PutObjectLegalHold", c.record, c.key) {
		return l, s3err.New("AccessDenied")
	}
	return l, nil
}

// checkLocked holds uploads of what will be locked, by the request or by the bucket's default, to S3's rule that they come with a digest.
func (c *call) checkLocked(l meta.Lock, d *object.Digests, what string) error {
	if (l != (meta.Lock{}) || c.record.Lock.Mode != meta.LockNone) && d.MD5 == nil && d.Algorithm == checksum.None {
		return s3err.Text("InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required for "+what+" requests with Object Lock parameters")
	}
	return nil
}

// setLock tells the lock of a version to those who may know.
func (c *call) setLock(l *meta.Lock) {
	if l.Mode != meta.LockNone && c.may("s3:GetObjectRetention", c.record, c.key) {
		c.w.setExact("x-amz-object-lock-mode", l.Mode.String())
		c.w.setExact("x-amz-object-lock-retain-until-date", s3xml.Time(l.Until))
	}
	if l.Hold != meta.HoldUnset && c.may("s3:GetObjectLegalHold", c.record, c.key) {
		c.w.setExact("x-amz-object-lock-legal-hold", l.Hold.String())
	}
}

// lockCondition computes the condition keys of what the request sets.
func (c *call) lockCondition(name string) ([]string, bool) {
	mode, until, hold := c.header.Get(lockModeHeader), c.header.Get(lockUntilHeader), c.header.Get(lockHoldHeader)
	switch c.op.Name {
	case "PutObjectRetention":
		mode, until = "", ""
		if body, err := c.document(); err == nil {
			if l, err := s3xml.DecodeRetention(body); err == nil && l.Mode != meta.LockNone {
				mode, until = l.Mode.String(), s3xml.Time(l.Until)
			}
		}
	case "PutObjectLegalHold":
		hold = ""
		if body, err := c.document(); err == nil {
			if h, err := s3xml.DecodeLegalHold(body); err == nil {
				hold = h.String()
			}
		}
	}
	switch name {
	case "object-lock-mode":
		return one(mode, mode != "")
	case "object-lock-retain-until-date":
		return one(until, until != "")
	case "object-lock-legal-hold":
		return one(hold, hold != "")
	}
	end, err := s3xml.ParseRetainUntil(until) // object-lock-remaining-retention-days: a day that has begun counts
	return one(itoa(int64(math.Ceil(float64(end.Sub(c.now))/float64(24*time.Hour)))), err == nil)
}
