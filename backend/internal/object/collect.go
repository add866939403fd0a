package object

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const (
	maxPending = 1 << 14 // garbage rows that wait in memory for reads to end
	wasteStep  = 500     // rows that one transaction deals with
)

// collector is the state of Collect. All of it can be lost: the rows are the truth.
type collector struct {
	mu      sync.Mutex // held while a step runs
	cursor  []byte     // garbage rows up to here were seen in this round
	pending []batch    // oldest first
	waiting int        // rows in pending

	sweeping bool // there may be fenced epochs
	sweep    *sweep
}

// batch is garbage that was seen in one snapshot.
type batch struct {
	generation uint64 // of reads: the last one that may be using it
	items      []waste
}

type waste struct {
	key  []byte // of the garbage row
	kind meta.Waste
	id   ident.Blob
	row  []byte // WasteRow
}

// Collect does a bounded piece of background work: about limit blobs or rows that are due by now are deleted, and if fewer are, leftovers of
// dead epochs are looked for (sweep). It returns how much was done; 0 means that there is nothing to do until something is replaced or
// until a read ends. One step runs at a time; it can be canceled and repeated at any point.
//
// kill -9: a garbage row goes after what it names, so that what is left is named again after the restart; every deletion may be repeated.
func (s *Service) Collect(ctx context.Context, now time.Time, limit int) (int, error) {
	const op = "object.Collect"
	if s.readOnly || limit <= 0 || !s.work.mu.TryLock() {
		return 0, nil
	}
	defer s.work.mu.Unlock()
	if err := s.gather(ctx, now, limit); err != nil {
		return 0, failure(op, err)
	}
	done, err := s.dispose(ctx, limit)
	if err == nil && done < limit && s.work.sweeping {
		var more int
		more, err = s.sweepStep(ctx, limit-done)
		done += more
	}
	return done, failure(op, err)
}

// gather puts garbage rows that are due into the queue, in a batch that waits for every read that may have begun before.
func (s *Service) gather(ctx context.Context, now time.Time, limit int) error {
	c := &s.work
	room := min(limit, maxPending-c.waiting)
	if room <= 0 {
		return nil
	}
	var items []waste
	ended := false
	err := s.kv.View(ctx, func(r kv.Reader) (err error) {
		items, ended = nil, false
		rg := meta.Garbage(uint64(now.UnixNano()) + 1) //nolint:gosec // after 1970
		if c.cursor != nil {
			rg.Start = append(append([]byte(nil), c.cursor...), 0)
		}
		it := r.Iter(rg)
		defer func() { err = errors.Join(err, it.Close()) }()
		for len(items) < room {
			if !it.Next() {
				ended = true
				return nil
			}
			w := waste{key: append([]byte(nil), it.Key()...)}
			if _, w.id, err = meta.KeyOfGarbage(w.key); err != nil {
				return err
			}
			var row []byte
			if w.kind, row, err = meta.DecodeWaste(it.Value()); err != nil {
				return err
			}
			w.row = append([]byte(nil), row...)
			items = append(items, w)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if ended && len(items) == 0 && c.waiting == 0 && c.cursor != nil {
		c.cursor = nil // begin again: rows may have come with earlier times
		return s.gather(ctx, now, limit)
	}
	if len(items) > 0 {
		// Closed after the snapshot: a later read cannot see what these rows gave up.
		c.pending = append(c.pending, batch{generation: s.reads.close(), items: items})
		c.waiting += len(items)
		c.cursor = items[len(items)-1].key
	}
	return nil
}

// dispose deletes what pending batches name, as far as reads allow.
func (s *Service) dispose(ctx context.Context, limit int) (done int, err error) {
	c := &s.work
	defer func() {
		if err != nil { // forget the rest of the queue; its rows are found again
			c.pending, c.waiting, c.cursor = nil, 0, nil
		}
	}()
	for done < limit && len(c.pending) > 0 && s.reads.ended(c.pending[0].generation) {
		b := &c.pending[0]
		n := min(len(b.items), limit-done, wasteStep)
		blobs := make([]waste, 0, n)
		for len(b.items) > 0 && len(blobs) < n && b.items[0].kind == meta.WasteBlob {
			blobs = append(blobs, b.items[0])
			b.items = b.items[1:]
		}
		worked := len(blobs)
		switch {
		case len(blobs) > 0:
			err = s.disposeBlobs(ctx, blobs)
		case len(b.items) > 0:
			var finished bool
			if worked, finished, err = s.disposeOther(ctx, b.items[0], limit-done); err == nil && finished {
				b.items = b.items[1:]
				c.waiting--
			}
		}
		if err != nil {
			return done, err
		}
		c.waiting -= len(blobs)
		done += max(worked, 1)
		if len(b.items) == 0 {
			c.pending = c.pending[1:]
		}
	}
	return done, nil
}

func (s *Service) disposeBlobs(ctx context.Context, items []waste) error {
	ids := make([]blob.ID, len(items))
	for i, w := range items {
		ids[i] = w.id
	}
	if err := blob.DeleteAll(ctx, s.blobs, ids); err != nil {
		return err
	}
	return s.transact(ctx, true, func(tx kv.Txn) error {
		for _, w := range items {
			if err := tx.Delete(w.key); err != nil {
				return err
			}
		}
		return nil
	})
}

// disposeOther deletes at most about limit of what a row names that is not a blob, and the row when that is all.
func (s *Service) disposeOther(ctx context.Context, w waste, limit int) (worked int, finished bool, err error) {
	switch w.kind {
	case meta.WasteInline:
		return 1, true, s.drop(ctx, w.key, meta.InlineKey(w.id))
	case meta.WasteUpload:
		return s.disposeParts(ctx, w, limit, nil)
	case meta.WasteParts:
		return s.disposeUnlisted(ctx, w, limit)
	case meta.WasteRow:
		return 1, true, s.disposeCompleted(ctx, w)
	case meta.WasteBucket:
		return s.disposeBucket(ctx, w, limit)
	}
	return 0, false, fmt.Errorf("%w: garbage of kind %d", meta.ErrCorrupt, w.kind)
}

// drop deletes rows in one transaction.
func (s *Service) drop(ctx context.Context, keys ...[]byte) error {
	return s.transact(ctx, true, func(tx kv.Txn) error {
		for _, k := range keys {
			if err := tx.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
}

// disposeParts deletes parts of an upload with their blobs, except those that keep lists; without keep the manifest goes too, last.
func (s *Service) disposeParts(ctx context.Context, w waste, limit int, keep map[int]bool) (int, bool, error) {
	u := meta.WasteOfUpload(w.id)
	limit = min(limit, wasteStep)
	var parts []*meta.Part
	finished := true
	err := s.kv.View(ctx, func(r kv.Reader) (err error) {
		parts, finished = nil, true
		it := r.Iter(meta.Parts(u, 1))
		defer func() { err = errors.Join(err, it.Close()) }()
		for it.Next() {
			number := meta.PartOfKey(it.Key())
			if keep[number] {
				continue
			}
			if len(parts) == limit {
				finished = false
				return nil
			}
			p, err := meta.DecodePart(number, it.Value())
			if err != nil {
				return err
			}
			parts = append(parts, p)
		}
		return nil
	})
	if err != nil {
		return 0, false, err
	}
	ids := make([]blob.ID, 0, len(parts))
	keys := make([][]byte, 0, 2*len(parts)+2)
	for _, p := range parts {
		keys = append(keys, meta.PartKey(u, p.Number))
		if p.Inline {
			keys = append(keys, meta.InlineKey(p.Blob))
		} else {
			ids = append(ids, p.Blob)
		}
	}
	if finished {
		if keys = append(keys, w.key); keep == nil {
			keys = append(keys, meta.PartKey(u, 0))
		}
	}
	if err := blob.DeleteAll(ctx, s.blobs, ids); err != nil {
		return 0, false, err
	}
	return len(parts) + 1, finished, s.drop(ctx, keys...)
}

// disposeUnlisted deletes the parts that a version does not consist of. Without its manifest the version is gone, and a row of its own
// names all parts.
func (s *Service) disposeUnlisted(ctx context.Context, w waste, limit int) (int, bool, error) {
	var m *meta.Manifest
	err := s.kv.View(ctx, func(r kv.Reader) (err error) {
		m, err = manifest(r, &meta.Version{Upload: meta.WasteOfUpload(w.id)})
		return err
	})
	if errors.Is(err, kv.ErrNotFound) {
		return 1, true, s.drop(ctx, w.key)
	}
	if err != nil {
		return 0, false, err
	}
	keep := make(map[int]bool, len(m.Parts))
	for _, p := range m.Parts {
		keep[p.Number] = true
	}
	return s.disposeParts(ctx, w, limit, keep)
}

// disposeCompleted deletes the row of an upload that was completed a day ago.
func (s *Service) disposeCompleted(ctx context.Context, w waste) error {
	return s.transact(ctx, true, func(tx kv.Txn) error {
		return errors.Join(tx.Delete(w.row), tx.Delete(w.key))
	})
}

// disposeBucket gives up what is left under a bucket identity whose record is gone, and then its rows. Nothing can be added to it: every
// commit finds the record first.
func (s *Service) disposeBucket(ctx context.Context, w waste, limit int) (int, bool, error) {
	id := meta.WasteOfBucket(w.id)
	limit = min(limit, wasteStep)
	worked := 0
	err := s.transact(ctx, true, func(tx kv.Txn) error {
		worked = 0
		t := turn{tx: tx, now: s.now(), bucket: &meta.Bucket{ID: id}} // its counters go with it
		for _, rg := range []kv.Range{meta.Uploads(id), meta.Objects(id, "", ""), meta.VersionsFrom(id, "")} {
			rows, err := firstRows(tx, rg, limit-worked)
			if err != nil {
				return err
			}
			for _, row := range rows {
				if err := t.giveUp(row.key, row.value); err != nil {
					return err
				}
			}
			worked += len(rows)
		}
		return nil
	})
	if err != nil || worked > 0 {
		return worked, false, err
	}
	for _, rg := range meta.BucketRanges(id) {
		if err := s.kv.DeleteRange(ctx, rg.Start, rg.End); err != nil {
			return 0, false, err
		}
	}
	return 1, true, s.drop(ctx, w.key)
}

type entry struct{ key, value []byte }

// firstRows copies up to limit rows of a range. No iterator stays open.
func firstRows(r kv.Reader, rg kv.Range, limit int) (rows []entry, err error) {
	if limit <= 0 {
		return nil, nil
	}
	it := r.Iter(rg)
	defer func() { err = errors.Join(err, it.Close()) }()
	for len(rows) < limit && it.Next() {
		rows = append(rows, entry{append([]byte(nil), it.Key()...), append([]byte(nil), it.Value()...)})
	}
	return rows, nil
}

// giveUp deletes a row of a dead bucket and queues what it names.
func (t *turn) giveUp(key, value []byte) error {
	if err := t.tx.Delete(key); err != nil {
		return err
	}
	if key[0] == 'u' {
		_, id, err := meta.KeyOfUpload(key)
		if err != nil {
			return err
		}
		return t.waste(meta.UploadWaste(id), meta.WasteUpload.Encode())
	}
	v, err := meta.DecodeVersion("", value)
	if err != nil {
		return err
	}
	return t.discard(v)
}
