package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// leaseTime is how long the row of another holder must stand still, on this node's own clock, before the work is taken over.
const leaseTime = 30 * time.Second

// lease is this node's hold on the work. Its token is checked by every transaction of the work, so that a node that was taken for dead
// changes nothing any more.
type lease struct {
	key   []byte
	epoch uint32
	token uint64 // 0: not held
	seen  meta.Lease
	since time.Time // when seen was first seen
}

func readLease(r kv.Reader, key []byte) (*meta.Lease, error) {
	raw, err := r.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return meta.DecodeLease(raw)
}

// held reports whether the row is this node's.
func (l *lease) held(r kv.Reader) (bool, error) {
	row, err := readLease(r, l.key)
	return err == nil && row != nil && l.token != 0 && row.Token == l.token && row.Epoch == l.epoch, err
}

// renew refuses a transaction unless the lease is held, and shows that its holder lives.
func (l *lease) renew(tx kv.Txn) error {
	row, err := readLease(tx, l.key)
	if err != nil {
		return err
	}
	if row == nil || row.Token != l.token || row.Epoch != l.epoch {
		return fault.New("lifecycle.renew", fault.Unavailable, "Another server does this work.")
	}
	row.Beat++
	return tx.Set(l.key, row.Encode())
}

// take takes the lease if nobody has it, its holder's epoch has ended, or its holder shows no life.
func (s *Service) take(ctx context.Context) (taken bool, err error) {
	l := &s.lease
	var row *meta.Lease
	var next meta.Lease
	err = s.KV.Update(ctx, func(tx kv.Txn) error {
		taken = false
		if row, err = readLease(tx, l.key); err != nil {
			return err
		}
		next = meta.Lease{Token: 1, Epoch: l.epoch}
		if row != nil {
			next.Token = row.Token + 1
			alive, err := s.alive(tx, row)
			if err != nil || alive {
				return err
			}
		}
		taken = true
		return tx.Set(l.key, next.Encode())
	})
	switch {
	case err != nil:
		return false, err
	case taken:
		l.token = next.Token
	case *row != l.seen:
		l.seen, l.since = *row, s.Clock.Now()
	}
	return taken, nil
}

// alive reports whether the holder of the row may be at work.
func (s *Service) alive(r kv.Reader, row *meta.Lease) (bool, error) {
	l := &s.lease
	if row.Epoch == l.epoch || *row == l.seen && s.Clock.Since(l.since) >= leaseTime {
		return false, nil
	}
	raw, err := r.Get(meta.EpochKey(row.Epoch))
	if errors.Is(err, kv.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	e, err := meta.DecodeEpoch(row.Epoch, raw)
	return err == nil && e.State == meta.EpochLive, err
}
