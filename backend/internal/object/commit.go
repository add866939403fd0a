package object

import (
	"context"
	"errors"
	"fmt"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Every change of a key's versions is a change run by commit: put, copy and multipart completion, delete with and without a version id.
//
// kill -9 during commit: the transaction is there as a whole or not at all, and nobody was told of it. What a writer prepared before it (a
// blob) is then named by a record or an orphan of this epoch, which the next Open fences and sweeps. Nothing is to be done after it: what
// the change replaced is named by a garbage row of the same transaction.
//
// When the outcome is not known (kv.ErrUnknown) the caller learns fault.Unavailable and leaves the blob where it is: it may be current.

type action uint8

const (
	actPut    action = iota // next becomes current
	actDrop                 // the current version goes, or a delete marker comes
	actRemove               // the version of one id goes
	actAmend                // a version keeps its place and its bytes, and says something else
)

// change is one change of one key. The fields of the outcome are set anew by every run of the transaction.
type change struct {
	action action
	key    string
	owner  string // of a new version or marker
	cond   WriteConditions

	next   *meta.Version                    // actPut: order and Null are chosen in the transaction
	value  []byte                           // actPut: inline bytes
	from   *completion                      // actPut: the upload that becomes the version
	which  wanted                           // actRemove, actAmend
	still  *Lapsed                          // actDrop, actRemove: what was judged, which must not have changed; nil for no such condition
	amend  func(*turn, *meta.Version) error // actAmend: changes the record, or refuses; it runs anew with the transaction
	lock   meta.Lock                        // actPut: what the request asks for
	bypass bool                             // actRemove: retention in governance mode does not count
	mfa    bool                             // actRemove: a code of a device was given

	version *meta.Version // outcome: the version that is current (actPut), the marker that came (actDrop), the version that went (actRemove) or was amended; nil for none
	err     error         // outcome of a change that may fail alone
}

// turn is one run of a transaction of changes to one bucket.
type turn struct {
	tx     kv.Txn
	bucket *meta.Bucket // as it is now
	now    ident.Order
	node   uint8
	usage  []laneUsage
}

type laneUsage struct {
	lane uint16
	meta.Usage
}

// commit runs the changes in one transaction. With alone set, a change that is refused leaves the others be and carries its error.
// With reclaim set the transaction gives space back and is admitted on a full disk. It returns the bucket as the transaction saw it.
func (s *Service) commit(ctx context.Context, b *meta.Bucket, reclaim, alone bool, changes ...*change) (*meta.Bucket, error) {
	var seen *meta.Bucket
	err := s.transact(ctx, reclaim, func(tx kv.Txn) error {
		t := turn{tx: tx, now: s.now(), node: s.node}
		var err error
		if t.bucket, err = s.guard(tx, b); err != nil {
			return err
		}
		seen = t.bucket
		for _, c := range changes {
			c.version, c.err = nil, nil
			if err := t.apply(c); err != nil {
				if !alone || fault.KindOf(err) == fault.Internal {
					return err
				}
				c.err = err
			}
		}
		if err := t.quota(); err != nil {
			return err
		}
		return t.flush()
	})
	if fault.Is(err, fault.Busy) && changes[0].cond.any() {
		err = &fault.Error{Kind: fault.ConditionalConflict, Op: "object.commit", Err: err}
	}
	return seen, err
}

// refusal is the error of a transaction that certainly wrote nothing.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// transact runs a writing transaction and marks as a refusal what certainly wrote nothing: an error of fn, and what an engine says before
// it begins. Once it has begun it is not canceled, so that a client that goes away does not leave the outcome open.
func (s *Service) transact(ctx context.Context, reclaim bool, fn func(kv.Txn) error) error {
	if err := ctx.Err(); err != nil {
		return refusal{err}
	}
	var inner error
	run := func(tx kv.Txn) error {
		inner = fn(tx)
		return inner
	}
	ctx = context.WithoutCancel(ctx)
	var err error
	if reclaim {
		err = kv.Reclaim(ctx, s.kv, run)
	} else {
		err = s.kv.Update(ctx, run)
	}
	if err != nil && (inner != nil || errors.Is(err, kv.ErrFull) || errors.Is(err, kv.ErrTooLarge) || fault.Is(err, fault.Busy)) && !errors.Is(err, kv.ErrUnknown) {
		return refusal{err}
	}
	return err
}

// apply makes one change. A refusal comes before the change's first write.
func (t *turn) apply(c *change) error {
	switch c.action {
	case actPut:
		return t.put(c)
	case actDrop:
		return t.drop(c)
	case actAmend:
		return t.amend(c)
	default:
		return t.remove(c)
	}
}

// put makes c.next current. When it is current already, as after an unknown outcome, nothing is done.
func (t *turn) put(c *change) error {
	cur, err := t.current(c.key)
	if err != nil {
		return err
	}
	next := c.next
	if cur != nil && cur.Blob == next.Blob && cur.Upload == next.Upload {
		c.version = cur
		return nil
	}
	if c.from != nil {
		if err := c.from.frozen(t); err != nil {
			return err
		}
	}
	if err := c.cond.forPut(cur, c.key); err != nil {
		return err
	}
	if next.Order, err = t.order(c.key, cur); err != nil {
		return err
	}
	next.Null = t.bucket.Versioning != meta.VersioningEnabled
	next.Lock = t.lockOf(c.lock)
	if err := t.retire(c.key, cur, next.Null); err != nil {
		return err
	}
	u := t.lane(c.key)
	u.Objects++
	u.Bytes += next.Size
	u.Versions++
	u.VersionBytes += next.Size
	if next.Inline && next.Size > 0 {
		if err := t.tx.Set(meta.InlineKey(next.Blob), c.value); err != nil {
			return err
		}
	}
	if err := t.tx.Set(meta.ObjectKey(t.bucket.ID, c.key), next.Encode()); err != nil {
		return err
	}
	c.version = next
	if c.from != nil {
		return c.from.finish(t, next)
	}
	return nil
}

// drop deletes the key: for good in a bucket that never had versioning, else by a delete marker.
func (t *turn) drop(c *change) error {
	cur, err := t.current(c.key)
	if err != nil {
		return err
	}
	if err := c.cond.forDelete(cur); err != nil {
		return err
	}
	if err := c.still.holds(cur, true); err != nil {
		return err
	}
	if t.bucket.Versioning == meta.VersioningOff && cur == nil {
		return nil
	}
	marker := &meta.Version{Key: c.key, Marker: true, Owner: c.owner, Null: t.bucket.Versioning == meta.VersioningSuspended}
	if marker.Order, err = t.order(c.key, cur); err != nil {
		return err
	}
	if err := t.retire(c.key, cur, t.bucket.Versioning != meta.VersioningEnabled); err != nil {
		return err
	}
	if cur != nil {
		if err := t.tx.Delete(meta.ObjectKey(t.bucket.ID, c.key)); err != nil {
			return err
		}
	}
	if t.bucket.Versioning == meta.VersioningOff {
		return nil
	}
	c.version = marker
	t.lane(c.key).Markers++
	return t.shelve(marker)
}

// remove deletes one version by its id and makes the newest one that remains current, unless that is a marker. What is not there is
// deleted already.
func (t *turn) remove(c *change) error {
	if t.bucket.MFADelete == meta.MFADeleteEnabled && !c.mfa {
		return bucket.NeedsMFA("object.remove")
	}
	cur, err := t.current(c.key)
	if err != nil {
		return err
	}
	gone := cur
	if cur == nil || !c.which.is(cur) {
		if gone, err = noncurrent(t.tx, t.bucket.ID, c.key, c.which); err != nil {
			return err
		}
	}
	if err := c.cond.forDelete(gone); err != nil || gone == nil {
		return err
	}
	if err := c.still.holds(gone, gone == cur); err != nil {
		return err
	}
	if err := t.unlocked(gone, c.bypass); err != nil {
		return err
	}
	c.version = gone
	if err := t.discard(gone); err != nil {
		return err
	}
	if gone == cur {
		u := t.lane(c.key)
		u.Objects--
		u.Bytes -= cur.Size
		if err := t.tx.Delete(meta.ObjectKey(t.bucket.ID, c.key)); err != nil {
			return err
		}
	} else {
		if err := t.unshelve(gone); err != nil {
			return err
		}
		if cur != nil {
			return nil
		}
	}
	if t.bucket.Versioning == meta.VersioningOff {
		return nil
	}
	return t.promote(c.key)
}

// promote makes the newest noncurrent version current, of a key that has no current one; a marker stays where it is.
func (t *turn) promote(key string) error {
	v, err := meta.Newest(t.tx, t.bucket.ID, key)
	if errors.Is(err, kv.ErrNotFound) || err == nil && v.Marker {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.unshelve(v); err != nil {
		return err
	}
	u := t.lane(key)
	u.Objects++
	u.Bytes += v.Size
	if err := t.tx.Set(meta.ObjectKey(t.bucket.ID, key), v.Encode()); err != nil {
		return err
	}
	// A sweep reads o/ before v/, so this is the one move it could miss.
	if _, err := t.tx.Get(meta.SweepingKey()); errors.Is(err, kv.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	if v.Blob.IsZero() {
		return nil // parts do not move
	}
	return t.tx.Set(meta.MovedKey(v.Blob), meta.EncodeNumber(1))
}

// retire takes the current version, if any, out of its place for a new version or marker. A null one replaces the null version that there
// is, current or not, unless that is locked; every other version becomes noncurrent. The row in o/ is the caller's to overwrite or delete.
func (t *turn) retire(key string, cur *meta.Version, null bool) (err error) {
	var old *meta.Version
	switch {
	case null && cur != nil && cur.Null:
		old = cur // there is no other null version
	case null && t.bucket.Versioning != meta.VersioningOff:
		if old, err = noncurrent(t.tx, t.bucket.ID, key, wanted{named: true, null: true}); err != nil {
			return err
		}
	}
	if err := t.unlocked(old, false); err != nil {
		return err
	}
	if cur != nil {
		u := t.lane(key)
		u.Objects--
		u.Bytes -= cur.Size
		if old != cur {
			err = t.shelve(cur)
		}
	}
	if err != nil || old == nil {
		return err
	}
	if err := t.discard(old); err != nil || old == cur {
		return err
	}
	return t.unshelve(old)
}

// shelve writes the row of a noncurrent version or marker.
func (t *turn) shelve(v *meta.Version) error {
	if v.Null {
		if err := t.tx.Set(meta.NullKey(t.bucket.ID, v.Key), meta.EncodeOrder(v.Order)); err != nil {
			return err
		}
	}
	return t.tx.Set(meta.VersionKey(t.bucket.ID, v.Key, v.Order), v.Encode())
}

// unshelve deletes the row of a noncurrent version or marker.
func (t *turn) unshelve(v *meta.Version) error {
	if v.Null {
		if err := t.tx.Delete(meta.NullKey(t.bucket.ID, v.Key)); err != nil {
			return err
		}
	}
	return t.tx.Delete(meta.VersionKey(t.bucket.ID, v.Key, v.Order))
}

// discard gives the bytes of a version up: inline ones go now, since they are read in the same snapshot as their record; blobs and parts
// go once no read that began before can be using them.
func (t *turn) discard(v *meta.Version) error {
	u := t.lane(v.Key)
	if v.Marker {
		u.Markers--
		return nil
	}
	u.Versions--
	u.VersionBytes -= v.Size
	switch {
	case v.Segmented():
		return t.waste(meta.UploadWaste(v.Upload), meta.WasteUpload.Encode())
	case !v.Inline:
		return t.waste(v.Blob, meta.WasteBlob.Encode())
	case v.Size > 0:
		return t.tx.Delete(meta.InlineKey(v.Blob))
	}
	return nil
}

func (t *turn) waste(id ident.Blob, row []byte) error {
	return t.tx.Set(meta.GarbageKey(uint64(t.now), id), row)
}

// order chooses the place of a new version of the key: now, or right after the newest one.
func (t *turn) order(key string, cur *meta.Version) (ident.Order, error) {
	if cur == nil {
		if t.bucket.Versioning == meta.VersioningOff {
			return t.now, nil
		}
		newest, err := meta.Newest(t.tx, t.bucket.ID, key) // a marker, if there is one
		if errors.Is(err, kv.ErrNotFound) {
			return t.now, nil
		}
		if err != nil {
			return 0, err
		}
		cur = newest
	}
	return max(t.now, cur.Order+1), nil
}

// current returns the current version, nil when there is none or it is a marker.
func (t *turn) current(key string) (*meta.Version, error) { return current(t.tx, t.bucket.ID, key) }

func current(r kv.Reader, id ident.Bucket, key string) (*meta.Version, error) {
	v, err := meta.GetCurrent(r, id, key)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

// noncurrent returns the version or marker of an id that is not in o/, nil when there is none.
func noncurrent(r kv.Reader, id ident.Bucket, key string, w wanted) (*meta.Version, error) {
	if w.null {
		raw, err := r.Get(meta.NullKey(id, key))
		if errors.Is(err, kv.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if w.order, err = meta.DecodeOrder(raw); err != nil {
			return nil, err
		}
	}
	v, err := meta.GetNoncurrent(r, id, key, w.order)
	switch {
	case err == nil && w.is(v):
		return v, nil
	case w.null && (err == nil || errors.Is(err, kv.ErrNotFound)):
		return nil, fmt.Errorf("%w: the null version that was noted is not there", meta.ErrCorrupt)
	case err == nil, errors.Is(err, kv.ErrNotFound):
		return nil, nil
	}
	return nil, err
}

// lane is the change of the counters that the key's commits touch. The pointer is good until the next call.
func (t *turn) lane(key string) *meta.Usage { return t.laneOf(laneOf(t.node, key)) }

func (t *turn) laneOf(lane uint16) *meta.Usage {
	for i := range t.usage {
		if t.usage[i].lane == lane {
			return &t.usage[i].Usage
		}
	}
	t.usage = append(t.usage, laneUsage{lane: lane})
	return &t.usage[len(t.usage)-1].Usage
}

// lanes is how many counters each node has for a bucket: concurrent commits rarely meet, and a sum stays cheap.
const lanes = 16

// laneOf picks the counters of a key: FNV-1a.
func laneOf(node uint8, key string) uint16 {
	h := uint32(2166136261)
	for i := range len(key) {
		h = (h ^ uint32(key[i])) * 16777619
	}
	return uint16(node)*lanes + uint16(h%lanes) //nolint:gosec // below lanes
}

// flush writes the counters.
func (t *turn) flush() error {
	for i := range t.usage {
		if err := meta.AddUsage(t.tx, t.bucket.ID, t.usage[i].lane, t.usage[i].Usage); err != nil {
			return err
		}
	}
	return nil
}
