package object

import (
	"context"
	"errors"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// VersionInput names a version that is to be amended.
type VersionInput struct {
	Bucket    *meta.Bucket
	Key       string
	VersionID string // empty for the current one
}

// SetTags gives a version these tags, none for no tags. Its place, its bytes and its time stay. Faults: KeyTooLong, InvalidArgument,
// NoSuchBucket, NoSuchKey, NoSuchVersion, DeleteMarker (details as for Get), StorageFull, ReadOnly, Unavailable, Canceled.
func (s *Service) SetTags(ctx context.Context, in VersionInput, tags meta.Tags) (Written, error) {
	w, err := s.amend(ctx, in, func(_ *turn, v *meta.Version) error {
		v.Tags = tags
		return nil
	})
	return w, failure("object.SetTags", err)
}

// SetACL gives a version an ACL, nil for a private one. fault.Conflict when the version is not the one of the order seen any more, on whose
// owner and ACL the caller's right to do this hung; else the faults of SetTags.
func (s *Service) SetACL(ctx context.Context, in VersionInput, seen ident.Order, acl *meta.ACL) (Written, error) {
	const op = "object.SetACL"
	w, err := s.amend(ctx, in, func(_ *turn, v *meta.Version) error {
		if v.Order != seen {
			return replaced(op)
		}
		v.ACL = acl
		return nil
	})
	return w, failure(op, err)
}

func replaced(op string) error {
	return fault.New(op, fault.Conflict, "The object was replaced by another request.")
}

// amend rewrites the row of a version. kill -9: it is the old one or the new one.
func (s *Service) amend(ctx context.Context, in VersionInput, fn func(*turn, *meta.Version) error) (Written, error) {
	if err := s.writable("object.amend"); err != nil {
		return Written{}, err
	}
	if err := CheckKey(in.Key); err != nil {
		return Written{}, err
	}
	which, err := parseVersion(in.VersionID)
	if err != nil {
		return Written{}, err
	}
	c := &change{action: actAmend, key: in.Key, which: which, amend: fn}
	seen, err := s.commit(ctx, in.Bucket, false, false, c)
	if err != nil {
		return Written{}, err
	}
	return Written{Version: c.version, VersionID: shown(seen, c.version, which.named)}, nil
}

// amend changes the record of a version where it is, in o/ or v/. A key whose newest row is a marker has nothing to amend.
func (t *turn) amend(c *change) error {
	v, isCurrent, err := lookUp(t.tx, t.bucket, c.key, c.which)
	if fault.Is(err, fault.NoSuchKey) && t.bucket.Versioning != meta.VersioningOff {
		switch marker, newest := meta.Newest(t.tx, t.bucket.ID, c.key); {
		case newest == nil:
			return marked(fault.New("object.amend", fault.DeleteMarker, ""), marker)
		case !errors.Is(newest, kv.ErrNotFound):
			return newest
		}
	}
	if err != nil {
		return err
	}
	if err := c.amend(t, v); err != nil {
		return err
	}
	c.version = v
	if isCurrent {
		return t.tx.Set(meta.ObjectKey(t.bucket.ID, c.key), v.Encode())
	}
	return t.tx.Set(meta.VersionKey(t.bucket.ID, c.key, v.Order), v.Encode())
}
