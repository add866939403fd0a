package pebblekv

import (
	"context"
	"fmt"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// Flush moves what is in memory to tables.
func (s *Store) Flush() error {
	if err := s.enter(context.Background()); err != nil {
		return err
	}
	defer s.active.Done()
	if s.opts.ReadOnly {
		return kv.ErrReadOnly
	}
	done, err := s.db.AsyncFlush()
	if err != nil {
		return err
	}
	select {
	case <-done:
		return nil
	case <-s.disk.poisoned:
		return kv.ErrPoisoned
	case <-s.disk.stalled():
		return kv.ErrFull
	}
}

// Compact rewrites [start, end) without its deleted keys.
func (s *Store) Compact(ctx context.Context, start, end []byte) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.active.Done()
	if s.opts.ReadOnly {
		return kv.ErrReadOnly
	}
	if end == nil {
		end = beyond
	}
	if len(start) == 0 {
		start = first
	}
	if string(start) >= string(end) {
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, 1)
	go func() { done <- s.db.Compact(ctx, start, end, false) }()
	select {
	case err := <-done:
		return err
	case <-s.disk.poisoned:
		cancel(kv.ErrPoisoned)
		return kv.ErrPoisoned
	case <-s.disk.stalled():
		cancel(kv.ErrFull)
		return kv.ErrFull
	}
}

// Stats tells what the engine knows of itself.
func (s *Store) Stats() kv.Stats {
	if err := s.enter(context.Background()); err != nil {
		return kv.Stats{Engine: "pebble"}
	}
	defer s.active.Done()
	m := s.db.Metrics()
	var tables int64
	for _, l := range m.Levels {
		tables += l.TablesCount
	}
	state := "ok"
	if s.disk.failed() {
		state = "writes stopped"
	}
	return kv.Stats{
		Engine:    "pebble",
		DiskBytes: m.DiskSpaceUsage(),
		Fields: map[string]string{
			"state":              state,
			"tables":             fmt.Sprint(tables),
			"read_amplification": fmt.Sprint(m.ReadAmp()),
			"memtable_bytes":     fmt.Sprint(m.MemTable.Size),
			"cache_bytes":        fmt.Sprint(m.BlockCache.Size),
			"log_bytes":          fmt.Sprint(m.WAL.Size),
			"compaction_debt":    fmt.Sprint(m.Compact.EstimatedDebt),
		},
	}
}
