package iam

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// When keys were used last is noted in memory and written from there now and then, so that no request waits for it. A kill loses the last
// minutes.
const (
	useWritten = 5 * time.Minute // the least time between two writes for one key
	useLook    = time.Minute
	maxUses    = 10_000 // keys that are remembered between two looks
	maxUseRows = 500    // of one transaction
)

// keyUses are the last uses of keys that this process has seen.
type keyUses struct {
	mu   sync.Mutex
	last map[string]*keyUse
}

type keyUse struct {
	meta.KeyUse
	written time.Time // the use that the row tells of, zero for none that is known
}

// Used notes that a key was used for a service ("s3") in a region. Only keys that were verified come here, and not those of sessions.
func (s *Service) Used(id *Identity, service, region string) {
	if id.AccessKey == "" || id.machine || id.session != nil {
		return
	}
	now := s.Clock.Now()
	s.used.mu.Lock()
	defer s.used.mu.Unlock()
	u := s.used.last[id.AccessKey]
	if u == nil {
		if len(s.used.last) >= maxUses {
			return // until the next look
		}
		if s.used.last == nil {
			s.used.last = map[string]*keyUse{}
		}
		u = &keyUse{}
		s.used.last[id.AccessKey] = u
	}
	u.KeyUse = meta.KeyUse{At: now, Service: service, Region: region}
}

// WriteUses writes the uses of keys until ctx ends, and once more then. It returns nil.
func (s *Service) WriteUses(ctx context.Context) error {
	ticker := time.NewTicker(useLook)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			s.writeUses(context.WithoutCancel(ctx), 0)
			return nil
		case <-ticker.C:
			s.writeUses(ctx, useWritten)
		}
	}
}

// writeUses writes the uses whose rows tell of one that was at least so long before, and forgets those that are written and older.
func (s *Service) writeUses(ctx context.Context, least time.Duration) {
	due := s.used.due(s.Clock.Now(), least)
	for len(due) > 0 {
		part := due[:min(len(due), maxUseRows)]
		due = due[len(part):]
		err := s.Store.Update(ctx, func(tx kv.Txn) error {
			for _, u := range part {
				if _, err := tx.Get(meta.AccessKeyKey(u.key)); errors.Is(err, kv.ErrNotFound) {
					continue // deleted meanwhile
				} else if err != nil {
					return err
				}
				if err := tx.Set(meta.KeyUseKey(u.key), u.use.Encode()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			s.Logger.Warn("when keys were used last could not be written", "error", err)
			return
		}
		s.used.wrote(part)
	}
}

type dueUse struct {
	key string
	use meta.KeyUse
}

func (u *keyUses) due(now time.Time, least time.Duration) (due []dueUse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for key, use := range u.last {
		switch {
		case use.At.After(use.written) && now.Sub(use.written) >= least:
			due = append(due, dueUse{key, use.KeyUse})
		case !use.At.After(use.written) && now.Sub(use.written) >= useWritten:
			delete(u.last, key)
		}
	}
	return due
}

func (u *keyUses) wrote(part []dueUse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, d := range part {
		if use := u.last[d.key]; use != nil {
			use.written = d.use.At
		}
	}
}

// lastUse is when a key was used last, zero for never. Uses of a key that had the id before it was made are none of it.
func (s *Service) lastUse(r kv.Reader, k *meta.AccessKey) (meta.KeyUse, error) {
	var last meta.KeyUse
	switch raw, err := r.Get(meta.KeyUseKey(k.ID)); {
	case err == nil:
		u, err := meta.DecodeKeyUse(raw)
		if err != nil {
			return last, err
		}
		last = *u
	case !errors.Is(err, kv.ErrNotFound):
		return last, err
	}
	s.used.mu.Lock()
	if u := s.used.last[k.ID]; u != nil && u.At.After(last.At) {
		last = u.KeyUse
	}
	s.used.mu.Unlock()
	if last.At.Before(k.Created) {
		return meta.KeyUse{}, nil
	}
	return last, nil
}
