package s3

import "github.com/myfsio/myfsio/backend/internal/limit"

// scopeLimits are the classes of what is addressed, where neither the operation nor its method says otherwise.
var scopeLimits = [...]limit.Class{Service: limit.ListBuckets, Bucket: limit.BucketOps, Object: limit.ObjectOps}

// limitClass is the class of the request's rate limit, also of one that no operation answers.
func (c *call) limitClass() limit.Class {
	switch {
	case c.r.Method == head:
		return limit.HeadOps
	case c.site:
		return limit.ObjectOps
	case c.op != nil && c.op.Limit != limit.None:
		return c.op.Limit
	}
	return scopeLimits[c.scope]
}

// limitAddress counts the request before anybody is asked who it is from. What comes from the admin API has been counted there.
func (c *call) limitAddress() error {
	if c.trusted != nil {
		return nil
	}
	return c.s.Limits.Address(c.ctx(), c.limitClass(), c.peer.Addr)
}

// limitKey counts it once more when that is known.
func (c *call) limitKey() error {
	if c.id.Anonymous {
		return nil
	}
	return c.s.Limits.Key(c.ctx(), c.limitClass(), c.id.AccessKey)
}
