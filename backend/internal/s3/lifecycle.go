package s3

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/lifecycle"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

// transitionMinimum tells from which size on transitions move objects. None moves any here: it is stored and given back.
const (
	transitionMinimum = "x-amz-transition-default-minimum-object-size"
	minimumForAll     = "all_storage_classes_128K"
	minimumByClass    = "varies_by_storage_class"
)

func (c *call) setTransitionMinimum(l *meta.Lifecycle) {
	value := minimumForAll
	if l.VariesByClass {
		value = minimumByClass
	}
	c.w.setExact(transitionMinimum, value)
}

func (s *Server) bucketLifecycle(c *call) error {
	rules, err := getDocument(c, bucket.Lifecycle, "NoSuchLifecycleConfiguration")
	if err != nil {
		return err
	}
	c.setTransitionMinimum(rules)
	c.w.document(&s3xml.Lifecycle{Rules: rules.Rules})
	return nil
}

func (s *Server) putBucketLifecycle(c *call) error {
	l := &meta.Lifecycle{}
	switch v := c.header.Get(transitionMinimum); v {
	case "", minimumForAll:
	case minimumByClass:
		l.VariesByClass = true
	default:
		return s3err.Text("InvalidRequest", "Invalid value for the header "+transitionMinimum+".")
	}
	body, err := c.required()
	if err != nil {
		return err
	}
	rules, tier, err := s3xml.DecodeLifecycle(body, lifecycle.MaxRules)
	if err != nil {
		return malformed(err)
	}
	if tier != "" {
		return s3err.Text("NotImplemented", "Transitions are not implemented: this server has no tier for the storage class "+tier+".")
	}
	if err := lifecycle.Check(rules); err != nil {
		return err
	}
	for i := range rules {
		if rules[i].ID == "" {
			rules[i].ID = s.ruleID()
		}
	}
	l.Rules = rules
	c.setTransitionMinimum(l)
	err = bucket.SetDocument(c.ctx(), s.Buckets, c.record, bucket.Lifecycle, l, func(_ kv.Reader, now *meta.Bucket, _ *meta.Lifecycle) error {
		if now.MFADelete == meta.MFADeleteEnabled {
			return fault.New("s3.putBucketLifecycle", fault.InvalidBucketState, "Lifecycle configuration is not supported on a bucket with MFA delete.")
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.w.empty(http.StatusOK)
	return nil
}

// ruleID makes an id for a rule that came without one.
func (s *Server) ruleID() string {
	var raw [36]byte
	s.Idents.Fill(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

func (s *Server) deleteBucketLifecycle(c *call) error {
	return setDocument[meta.Lifecycle](c, bucket.Lifecycle, nil, http.StatusNoContent)
}

// rules returns the lifecycle rules of the request's bucket, none when nobody carries them out. A store that cannot be read has no rules to
// tell of: the answer is about something else.
func (c *call) rules() []meta.LifecycleRule {
	if c.s.LifecycleDay == 0 {
		return nil
	}
	l, err := bucket.GetDocument(c.ctx(), c.s.Buckets, c.record, bucket.Lifecycle)
	if err != nil || l == nil {
		return nil
	}
	return l.Rules
}

// setExpiration tells when the rules delete the current version, if they do.
func (c *call) setExpiration(v *meta.Version) {
	rules := c.rules()
	if rules == nil {
		return
	}
	s := lifecycle.Current(v)
	if o := (lifecycle.Calendar{Day: c.s.LifecycleDay}).Judge(rules, &s); o.Action == lifecycle.Expire {
		c.w.setExact("x-amz-expiration", `expiry-date="`+httpTime(o.At)+`", rule-id="`+ruleName(o.Rule)+`"`)
	}
}

// setAbort tells when the rules abort the upload, if they do.
func (c *call) setAbort(started time.Time) {
	rules := c.rules()
	if rules == nil {
		return
	}
	if o := (lifecycle.Calendar{Day: c.s.LifecycleDay}).JudgeUpload(rules, c.key, started); o.Action == lifecycle.Abort {
		c.w.setExact("x-amz-abort-date", httpTime(o.At))
		c.w.setExact("x-amz-abort-rule-id", ruleName(o.Rule))
	}
}

// ruleName is the id of a rule as headers have it.
func ruleName(id string) string { return strings.ReplaceAll(url.QueryEscape(id), "+", "%20") }
