package object

import (
	"context"
	"slices"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// MaxLapsed is how many versions and uploads one Lapse ends, well within the limits of a transaction.
const MaxLapsed = batchStep

// Lapsed is what a rule of the bucket ends, as it was when it was judged: a version or an upload that is not completed.
type Lapsed struct {
	Version *meta.Version
	Current bool // the version was current: the key is deleted as without a version id. Else, and if it is a marker, the version goes for good
	Upload  *meta.Upload
	Err     error // outcome: PreconditionFailed when it is not any more what was judged, or why it must stay
}

// Lapse ends up to MaxLapsed versions and uploads in one transaction, by the same steps as Delete and Abort: what changed since it was
// judged, or is protected, stays and carries an error, and the others go. after runs at the end of the transaction, as often as that runs,
// and may refuse all of it. Faults of the call: those of Delete.
//
// kill -9: everything is gone and what after wrote is there, or nothing of both.
func (s *Service) Lapse(ctx context.Context, b *meta.Bucket, items []*Lapsed, after func(kv.Txn) error) error {
	const op = "object.Lapse"
	if err := s.writable(op); err != nil {
		return err
	}
	return failure(op, s.transact(ctx, true, func(tx kv.Txn) error {
		t := turn{tx: tx, now: s.now(), node: s.node}
		var err error
		if t.bucket, err = s.guard(tx, b); err != nil {
			return err
		}
		for _, item := range items {
			if item.Err = s.lapse(&t, item); item.Err != nil && fault.KindOf(item.Err) == fault.Internal {
				return item.Err
			}
		}
		if err := t.flush(); err != nil {
			return err
		}
		return after(tx)
	}))
}

func (s *Service) lapse(t *turn, item *Lapsed) error {
	if v := item.Version; v != nil {
		c := &change{action: actDrop, key: v.Key, owner: t.bucket.Account, still: item}
		if !item.Current || v.Marker {
			c.action, c.which = actRemove, wanted{named: true, null: v.Null, order: v.Order}
		}
		return t.apply(c)
	}
	up, err := upload(t.tx, t.bucket.ID, item.Upload.Key, item.Upload.ID)
	if err != nil {
		return err
	}
	if err := s.takesParts("object.Lapse", up); err != nil {
		return err
	}
	return t.abort(up)
}

// holds refuses what is not any more the version that was judged, or not in the place that it had. A marker that was newest may have
// become noncurrent meanwhile: it hides nothing then.
func (l *Lapsed) holds(v *meta.Version, current bool) error {
	if l == nil || v != nil && v.Order == l.Version.Order && (current == l.Current || v.Marker) && slices.Equal(v.Tags, l.Version.Tags) {
		return nil
	}
	return failed("lifecycle")
}
