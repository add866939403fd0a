package object

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const (
	sweepBatch = 1 << 15 // blobs that are held against the records at a time
	scanFactor = 20      // records that count as much as one deletion
	scanView   = 2000    // records of one View
)

// sweep looks for blobs of a fenced epoch that nothing references: what a crash left between a blob and its transaction. No commit of that
// epoch can come any more, so a blob that no record names is garbage for good.
//
// A batch of the epoch's blobs is held in memory; every record in o/, v/ and p/, in this order, strikes out those that it names; the rest
// are queued as garbage. Records move meanwhile: from o/ to v/ the scan meets them at one place or the other; from v/ back to o/ it could
// miss them, so that such a move leaves a row (meta.MovedKey) while a sweep is due. Part rows do not move.
//
// kill -9: the epoch's row tells how far whole batches got; the sweep begins again from there.
type sweep struct {
	epoch  *meta.Epoch
	blobs  map[ident.Blob]struct{}
	last   ident.Blob // end of the batch
	phase  int        // index into sweepRanges; beyond: settle the batch
	cursor []byte
}

var sweepRanges = []kv.Range{kv.Prefix([]byte("o/")), kv.Prefix([]byte("v/")), kv.Prefix([]byte("p/"))}

var errStop = errors.New("object: enough")

// sweepStep does a piece of the sweep and returns how much.
func (s *Service) sweepStep(ctx context.Context, limit int) (int, error) {
	c := &s.work
	if c.sweep == nil {
		next, err := s.nextSweep(ctx)
		if err != nil || next == nil {
			return 0, err
		}
		c.sweep = next
		return 1, nil
	}
	var n int
	var err error
	if c.sweep.phase < len(sweepRanges) {
		n, err = s.strikeOut(ctx, c.sweep, limit*scanFactor)
	} else {
		n, err = 1, s.settleBatch(ctx, c.sweep)
		c.sweep = nil // the next step begins the next batch, or this one again after an error
	}
	return n, err
}

// nextSweep begins a batch of a fenced epoch. An epoch without further blobs is forgotten; with the last of them the sweep is over.
func (s *Service) nextSweep(ctx context.Context) (*sweep, error) {
	for {
		var fenced *meta.Epoch
		err := s.kv.View(ctx, func(r kv.Reader) error {
			fenced = nil
			epochs, err := allEpochs(r)
			for _, e := range epochs {
				if e.State == meta.EpochFenced && fenced == nil {
					fenced = e
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if fenced == nil {
			if err := s.endSweep(ctx); err != nil {
				return nil, err
			}
			s.work.sweeping = false
			return nil, nil
		}
		sw := &sweep{epoch: fenced, blobs: map[ident.Blob]struct{}{}}
		if err := s.candidates(ctx, sw); err != nil {
			return nil, err
		}
		if len(sw.blobs) > 0 {
			return sw, nil
		}
		if err := s.drop(ctx, meta.EpochKey(fenced.Number)); err != nil {
			return nil, err
		}
	}
}

// candidates fills the batch with the next blobs of the epoch.
func (s *Service) candidates(ctx context.Context, sw *sweep) error {
	after := sw.epoch.Swept
	if after.IsZero() && sw.epoch.Number > 0 { // right before the first id that the epoch can have made
		binary.BigEndian.PutUint32(after[:4], sw.epoch.Number-1)
		for i := 4; i < len(after); i++ {
			after[i] = 0xff
		}
	}
	err := s.blobs.List(ctx, after, func(info blob.Info) error {
		if info.ID.Epoch() != sw.epoch.Number || len(sw.blobs) == sweepBatch {
			return errStop
		}
		sw.blobs[info.ID] = struct{}{}
		sw.last = info.ID
		return nil
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// strikeOut walks about limit records and takes the blobs that they name out of the batch.
func (s *Service) strikeOut(ctx context.Context, sw *sweep, limit int) (int, error) {
	walked := 0
	for walked < limit && sw.phase < len(sweepRanges) {
		if len(sw.blobs) == 0 {
			sw.phase = len(sweepRanges)
			break
		}
		n, ended := 0, false
		var cursor []byte
		err := s.kv.View(ctx, func(r kv.Reader) (err error) {
			n, ended, cursor = 0, false, nil
			rg := sweepRanges[sw.phase]
			if sw.cursor != nil {
				rg.Start = append(append([]byte(nil), sw.cursor...), 0)
			}
			it := r.Iter(rg)
			defer func() { err = errors.Join(err, it.Close()) }()
			for n < scanView {
				if !it.Next() {
					ended = true
					return nil
				}
				n++
				id, err := blobOf(it.Key(), it.Value())
				if err != nil {
					return err
				}
				delete(sw.blobs, id)
				if n == scanView {
					cursor = append([]byte(nil), it.Key()...)
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
		walked += max(n, 1)
		if sw.cursor = cursor; ended {
			sw.phase++
			sw.cursor = nil
		}
	}
	return walked/scanFactor + 1, nil
}

// blobOf is the blob that a row of o/, v/ or p/ names, zero for none.
func blobOf(key, value []byte) (ident.Blob, error) {
	if key[0] != 'p' {
		v, err := meta.DecodeVersion("", value)
		if err != nil {
			return ident.Blob{}, err
		}
		return v.Blob, nil
	}
	number := meta.PartOfKey(key)
	if number == 0 {
		return ident.Blob{}, nil // a manifest
	}
	p, err := meta.DecodePart(number, value)
	if err != nil {
		return ident.Blob{}, err
	}
	return p.Blob, nil
}

// settleBatch queues what no record names and notes that the batch is done.
func (s *Service) settleBatch(ctx context.Context, sw *sweep) error {
	err := s.kv.View(ctx, func(r kv.Reader) (err error) {
		it := r.Iter(meta.Moved())
		defer func() { err = errors.Join(err, it.Close()) }()
		for it.Next() {
			var id ident.Blob
			copy(id[:], it.Key()[len(it.Key())-ident.BlobSize:])
			delete(sw.blobs, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	ids := make([]ident.Blob, 0, len(sw.blobs))
	for id := range sw.blobs {
		ids = append(ids, id)
	}
	for len(ids) > 0 {
		page := ids[:min(wasteStep, len(ids))]
		ids = ids[len(page):]
		err := s.transact(ctx, true, func(tx kv.Txn) error {
			t := turn{tx: tx, now: s.now()}
			for _, id := range page {
				if err := t.waste(id, meta.WasteBlob.Encode()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if n := len(sw.blobs); n > 0 {
		s.log.Info("found blobs that a crash left behind", "epoch", sw.epoch.Number, "blobs", n)
	}
	return s.transact(ctx, true, func(tx kv.Txn) error {
		e := *sw.epoch
		e.Swept = sw.last
		return tx.Set(meta.EpochKey(e.Number), e.Encode())
	})
}

// endSweep removes the notes that commits made for it. An epoch that was fenced meanwhile keeps them.
func (s *Service) endSweep(ctx context.Context) error {
	for {
		more := false
		err := s.transact(ctx, true, func(tx kv.Txn) error {
			more = false
			epochs, err := allEpochs(tx)
			if err != nil {
				return err
			}
			for _, e := range epochs {
				if e.State == meta.EpochFenced {
					return nil
				}
			}
			rg := meta.Moved()
			rg.KeysOnly = true
			rows, err := firstRows(tx, rg, wasteStep)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := tx.Delete(r.key); err != nil {
					return err
				}
			}
			if more = len(rows) == wasteStep; more {
				return nil
			}
			if _, err := tx.Get(meta.SweepingKey()); errors.Is(err, kv.ErrNotFound) {
				return nil
			}
			return tx.Delete(meta.SweepingKey())
		})
		if err != nil || !more {
			return err
		}
	}
}
