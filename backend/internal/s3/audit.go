package s3

import (
	"context"
	"errors"
	"net/http"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// Configures reports whether the operation makes, ends or configures a bucket. The audit log always keeps that.
func (o *Operation) Configures() bool {
	return o.Scope == Bucket && (o.Method == put || o.Method == del)
}

// begins notes that the request changes what the audit log always keeps, and refuses it while the log cannot be written.
func (c *call) begins() error {
	if c.trusted != nil {
		return nil // the admin API does
	}
	if err := c.s.Audit.Ready(); err != nil {
		return err
	}
	c.change = true
	c.w.settle = func(status int) {
		if err := c.settle(status); err != nil {
			panic(s3err.From(err)) // the answer that handle makes of it takes the place of this one
		}
	}
	return nil
}

// settle writes a change to the audit log before its answer is sent. What was refused can wait.
func (c *call) settle(status int) error {
	if c.kept || status >= http.StatusBadRequest && status < http.StatusInternalServerError {
		return nil
	}
	c.kept = true
	if err := c.s.Audit.Commit(c.entry(status)); err != nil {
		return fault.New("s3.settle", fault.KindOf(err), "The change was made, but it could not be written to the audit log.")
	}
	return nil
}

// keep tells the audit log of a request that has been answered.
func (c *call) keep() {
	log := c.s.Audit
	if c.kept || c.trusted != nil || c.op != nil && c.op.Auth == AuthOpen || log.Level() == audit.LevelOff {
		return
	}
	refused := c.w.status == http.StatusForbidden || c.w.status == http.StatusUnauthorized || c.info.Unproven != ""
	if refused && c.op != nil && c.op.Configures() {
		c.change = true
	}
	if refused || c.change || log.All() {
		log.Add(c.entry(c.w.status))
	}
}

// entry is what the audit log keeps of the request.
func (c *call) entry(status int) *audit.Entry {
	info := c.info
	info.Bucket, info.Key, info.Version, info.Code = c.bucket, c.key, c.query.get("versionId"), c.w.code
	id := c.id
	if info.Unproven != "" { // whose key it was that somebody else, or who mistyped the secret, named
		id = nil
		if cred, err := c.s.IAM.Credential(context.WithoutCancel(c.ctx()), c.claimed()); err == nil {
			id = cred.Identity
		}
	}
	if id != nil {
		id.Describe(info)
	}
	c.decided(status)
	e := audit.From(info).By(c.r.UserAgent()).Answered(info, status, c.change)
	e.Door = audit.DoorS3
	return e
}

// decided notes which decision the answer comes from.
func (c *call) decided(status int) {
	if c.guard.Action != "" {
		c.info.Decide(c.guard.Action, c.guard.Decided)
	}
	if status == http.StatusForbidden && c.denied.Action != "" {
		c.info.Decide(c.denied.Action, c.denied.Decision)
	}
}

// claimed is the access key that the request names.
func (c *call) claimed() string {
	if v := c.r.Header.Get(headerAccessKey); v != "" {
		return v
	}
	if c.claim != nil {
		return c.claim.AccessKey
	}
	return ""
}

// unproven notes that who asks could not be found out. Somebody who shows no credentials is nobody, which is no failure.
func (c *call) unproven(err error) {
	switch {
	case c.claim == nil && c.op.Auth == AuthForm: // it is no form
		return
	case c.id != nil && c.id.Anonymous == (c.claim.Kind == sigv4.Anonymous):
		return
	}
	if e := s3err.From(err); e.Status < http.StatusInternalServerError {
		c.info.Unproven = e.Code
	}
}

// keepKey tells the audit log what became of one of the keys of a request.
func (c *call) keepKey(key, version string, err error) {
	info := *c.info
	c.id.Describe(&info)
	info.Bucket, info.Key, info.Version = c.bucket, key, version
	status := http.StatusNoContent
	if err != nil {
		e := s3err.From(err)
		status, info.Code, info.Message = e.Status, e.Code, e.Message
	}
	var r *access.Refusal
	if errors.As(err, &r) {
		info.Decide(r.Action, r.Decision)
	}
	e := audit.From(&info).By(c.r.UserAgent()).Answered(&info, status, false)
	e.Door = audit.DoorS3
	c.s.Audit.Add(e)
}
