package object

import (
	"context"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// batchStep is how many keys one transaction of DeleteBatch deletes, well within the limits of a transaction.
const batchStep = 100

// Delete deletes the version of an id, or the key: for good in a bucket that never had versioning, else by a delete marker. What is not
// there is deleted already. Faults: KeyTooLong, InvalidArgument, NoSuchBucket, PreconditionFailed, ObjectLocked, AccessDenied
// for a version that only a code of a device deletes, ReadOnly, Unavailable, Canceled.
func (s *Service) Delete(ctx context.Context, in DeleteInput) (Deleted, error) {
	const op = "object.Delete"
	if err := s.writable(op); err != nil {
		return Deleted{}, err
	}
	c, err := deletion(BatchItem{Key: in.Key, VersionID: in.VersionID, Bypass: in.Bypass, MFA: in.MFA, If: in.If}, in.Caller)
	if err != nil {
		return Deleted{}, failure(op, err)
	}
	if _, err := s.commit(ctx, in.Bucket, true, false, c); err != nil {
		return Deleted{}, failure(op, err)
	}
	return c.deleted(in.VersionID), nil
}

// DeleteBatch deletes up to MaxBatch keys, in transactions of a hundred; a crash leaves a beginning of the list deleted. The result has one
// entry for each item, in order, with the item's own error; the call fails only as a whole.
func (s *Service) DeleteBatch(ctx context.Context, b *meta.Bucket, caller Caller, items []BatchItem) ([]Deleted, error) {
	const op = "object.DeleteBatch"
	if err := s.writable(op); err != nil {
		return nil, err
	}
	if len(items) > s.batchMax {
		return nil, fault.New(op, fault.InvalidArgument, "Too many keys in one request.")
	}
	all := make([]Deleted, 0, len(items))
	for len(items) > 0 {
		n := min(batchStep, len(items))
		all = append(all, s.deleteStep(ctx, b, caller, items[:n])...)
		if err := ctx.Err(); err != nil {
			return all, failure(op, err)
		}
		items = items[n:]
	}
	return all, nil
}

// deleteStep deletes what fits one transaction. When that fails as a whole, each of its items fails.
func (s *Service) deleteStep(ctx context.Context, b *meta.Bucket, caller Caller, items []BatchItem) []Deleted {
	const op = "object.DeleteBatch"
	out := make([]Deleted, len(items))
	changes := make([]*change, 0, len(items))
	at := make([]int, 0, len(items))
	for i, item := range items {
		out[i] = Deleted{Key: item.Key, VersionID: item.VersionID, Err: item.Err}
		if item.Err != nil {
			continue
		}
		c, err := deletion(item, caller)
		if err != nil {
			out[i].Err = failure(op, err)
			continue
		}
		changes, at = append(changes, c), append(at, i)
	}
	if len(changes) == 0 {
		return out
	}
	_, err := s.commit(ctx, b, true, true, changes...)
	for j, c := range changes {
		o := &out[at[j]]
		switch {
		case err != nil:
			o.Err = failure(op, err)
		case c.err != nil:
			o.Err = failure(op, c.err)
		default:
			*o = c.deleted(items[at[j]].VersionID)
		}
	}
	return out
}

func deletion(item BatchItem, caller Caller) (*change, error) {
	if err := CheckKey(item.Key); err != nil {
		return nil, err
	}
	which, err := parseVersion(item.VersionID)
	if err != nil {
		return nil, err
	}
	c := &change{action: actDrop, key: item.Key, owner: caller.Account, cond: item.If, which: which, bypass: item.Bypass, mfa: item.MFA}
	if which.named {
		c.action = actRemove
	}
	return c, nil
}

// deleted is the outcome of a deletion. Only versioned buckets make markers, so their id is always shown.
func (c *change) deleted(asked string) Deleted {
	d := Deleted{Key: c.key, VersionID: asked}
	if v := c.version; v != nil && v.Marker {
		d.Marker, d.VersionID = true, v.ID()
	}
	return d
}
