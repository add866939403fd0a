package object

import (
	"context"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Put stores a new version of a key and makes it current. What can be refused by the headers alone is refused before the first byte of the
// body is read. Faults: KeyTooLong, InvalidArgument, EntityTooLarge, NoSuchBucket, PreconditionFailed, NoSuchKey (If-Match), QuotaExceeded,
// BadDigest, IncompleteBody, StorageFull, ReadOnly, Unavailable, Canceled; and what the body's reader returns.
//
// A body up to the inline threshold is read into memory and stored by the transaction itself: a crash before that has nothing to leave. A
// longer one goes to a blob first (store), which the transaction then names (commit).
func (s *Service) Put(ctx context.Context, in PutInput) (Written, error) {
	const op = "object.Put"
	w, err := s.put(ctx, in)
	return w, failure(op, err)
}

func (s *Service) put(ctx context.Context, in PutInput) (Written, error) {
	if err := s.refuse(ctx, in.Bucket, in.Key, in.Size, MaxObject, in.If); err != nil {
		return Written{}, err
	}
	if err := s.refuseLock(in.Bucket, in.Lock); err != nil {
		return Written{}, err
	}
	body := intake{src: in.Body, hasher: checksum.New(kept(in.Digests.Algorithm), false), size: in.Size, limit: MaxObject}
	defer body.hasher.Close()
	c := &change{action: actPut, key: in.Key, cond: in.If, lock: in.Lock, next: &meta.Version{
		Key: in.Key, Owner: in.Caller.Account, Headers: in.Headers, Class: in.Class, Tags: in.Tags, ACL: in.ACL, Redirect: in.Redirect,
	}}
	var sums checksum.Sums
	check := func() (err error) {
		sums, err = body.sums(&in.Digests)
		return err
	}
	var head []byte
	if in.Size <= s.inlineMax {
		value, whole, release, err := s.inline(&body)
		if err != nil {
			return Written{}, err
		}
		defer release()
		if whole {
			if err := check(); err != nil {
				return Written{}, err
			}
			c.value = value
			c.next.Inline, c.next.Blob = true, s.idents.Blob(s.epoch)
			digested(c.next, sums, kept(in.Digests.Algorithm))
			return s.written(ctx, in.Bucket, c)
		}
		head = value
	}
	id, err := s.store(ctx, &body, head, check)
	if err != nil {
		return Written{}, err
	}
	c.next.Blob = id
	digested(c.next, sums, kept(in.Digests.Algorithm))
	w, err := s.written(ctx, in.Bucket, c)
	s.settle(ctx, id, err)
	return w, err
}

// refuse is what can be said against a write before its body is read. Conditions and quota are only hints here: the commit decides them.
func (s *Service) refuse(ctx context.Context, b *meta.Bucket, key string, size, limit int64, cond WriteConditions) error {
	const op = "object.refuse"
	if err := s.writable(op); err != nil {
		return err
	}
	if err := CheckKey(key); err != nil {
		return err
	}
	if size > limit {
		return fault.New(op, fault.EntityTooLarge, "").With("ProposedSize", itoa(size)).With("MaxSizeAllowed", itoa(limit))
	}
	if !cond.any() && !b.Quota.Limited() {
		return nil
	}
	return s.kv.View(ctx, func(r kv.Reader) error {
		v, err := current(r, b.ID, key)
		if err != nil {
			return err
		}
		if err := cond.forPut(v, key); err != nil {
			return err
		}
		return room(r, b, key, size)
	})
}

// digested records the size and the digests of a content.
func digested(v *meta.Version, sums checksum.Sums, a checksum.Algorithm) {
	v.Size, v.MD5 = sums.Size, sums.MD5
	v.Checksum = meta.Checksum{Algorithm: a, Value: sums.Checksum}
}

// written commits one new version.
func (s *Service) written(ctx context.Context, b *meta.Bucket, c *change) (Written, error) {
	seen, err := s.commit(ctx, b, false, false, c)
	if err != nil {
		return Written{}, err
	}
	return Written{Version: c.version, VersionID: shown(seen, c.version, false)}, nil
}
