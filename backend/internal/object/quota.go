package object

import (
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// The quota of a bucket is held by the commit, which sums the lanes of the counters where a bucket has one: transactions are serializable,
// so no number of writers gets past it together. Buckets without a quota pay nothing; what the early refusals say is only a hint.

// within refuses a change that would take the counters over the quota. What does not grow is always allowed, also over the quota.
func within(q meta.Quota, have, change meta.Usage) error {
	over := func(limit *int64, have, change int64) bool { return limit != nil && change > 0 && have+change > *limit }
	text := "Bucket quota exceeded: storage limit reached"
	switch {
	case over(q.MaxBytes, have.VersionBytes, change.VersionBytes):
	case over(q.MaxObjects, have.Versions, change.Versions):
		text = "Bucket quota exceeded: object limit reached"
	default:
		return nil
	}
	return fault.New("object.quota", fault.QuotaExceeded, text)
}

// quota holds what the transaction has changed so far to the quota of its bucket.
func (t *turn) quota() error {
	var change meta.Usage
	for i := range t.usage {
		change.Add(t.usage[i].Usage)
	}
	if !t.bucket.Quota.Limited() || (change.Versions <= 0 && change.VersionBytes <= 0) {
		return nil
	}
	have, err := meta.GetUsage(t.tx, t.bucket.ID)
	if err != nil {
		return err
	}
	return within(t.bucket.Quota, have, change)
}

// room refuses early a new version of the key, of at least size bytes, that the quota has no room for.
func room(r kv.Reader, b *meta.Bucket, key string, size int64) error {
	if !b.Quota.Limited() {
		return nil
	}
	change := meta.Usage{Versions: 1, VersionBytes: max(size, 0)}
	if b.Versioning != meta.VersioningEnabled { // a null version goes
		old, err := current(r, b.ID, key)
		if err == nil && (old == nil || !old.Null) && b.Versioning == meta.VersioningSuspended {
			old, err = noncurrent(r, b.ID, key, wanted{named: true, null: true})
		}
		if err != nil {
			return err
		}
		if old != nil && !old.Marker {
			change.Add(meta.Usage{Versions: -1, VersionBytes: -old.Size})
		}
	}
	have, err := meta.GetUsage(r, b.ID)
	if err != nil {
		return err
	}
	return within(b.Quota, have, change)
}

// roomForPart is room for a part of size bytes beside those that its upload has.
func roomForPart(r kv.Reader, b *meta.Bucket, up *meta.Upload, id ident.Upload, number int, size int64) error {
	if b.Quota.MaxBytes == nil {
		return nil
	}
	old, err := partOrNone(r, id, number)
	if err != nil {
		return err
	}
	return room(r, b, up.Key, up.Bytes-old.Size+max(size, 0))
}
