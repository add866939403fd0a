package pebblekv

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
)

// Limits of what waits in memory for its flush. Pebble's own limits are set so high that it never stalls a commit; the store stops
// admitting transactions instead, before they take the writer token.
const (
	// Pebble takes the memtables out of the cache's size: of these, the active one and the one before it, 32 MiB, hold no blocks.
	defaultCache    = 64 << 20
	defaultMemtable = 16 << 20
	maxMemtables    = 4 // waiting ones
)

// sized fills in the sizes. A small file system gets small memtables, so that the reserve has room for flushing them.
func (s *Store) sized() {
	if s.opts.CacheBytes == 0 {
		s.opts.CacheBytes = defaultCache
	}
	if s.opts.MemtableBytes == 0 {
		s.opts.MemtableBytes = defaultMemtable
		if total := s.space.usage.TotalBytes; total > 0 {
			s.opts.MemtableBytes = max(1<<20, min(defaultMemtable, total/256))
		}
	}
}

// tuned returns Pebble's options: small when idle, without write stalls, and with filters so that looking for a key that is not there
// reads no table.
func (s *Store) tuned() *pebble.Options {
	o := &pebble.Options{
		FS:                          s.disk,
		Logger:                      logger{s.log, s.disk},
		ReadOnly:                    s.opts.ReadOnly,
		CacheSize:                   s.opts.CacheBytes,
		MemTableSize:                s.opts.MemtableBytes,
		MemTableStopWritesThreshold: 64,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       1 << 20,
		LBaseMaxBytes:               64 << 20,
		MaxOpenFiles:                512,
		FormatMajorVersion:          pebble.FormatWALSyncChunks,
		CompactionConcurrencyRange:  func() (int, int) { return 1, 2 },
		EventListener: &pebble.EventListener{
			BackgroundError: s.backgroundError,
			DataCorruption: func(i pebble.DataCorruptionInfo) {
				s.log.Error("metadata: a table is damaged", "err", i.Details)
			},
			WALCreated: func(pebble.WALCreateInfo) { s.rotated.Store(true) },
			FlushEnd:   func(pebble.FlushInfo) { s.flow.open() },
		},
	}
	for i := range o.Levels {
		o.Levels[i].BlockSize = 8 << 10
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	o.EnsureDefaults()
	return o
}

// backgroundError is told of a failed flush or compaction, which will run again.
func (s *Store) backgroundError(err error) {
	s.log.Warn("metadata: background work failed and will be repeated", "err", err)
}

// flow is the gate before the writer token. It is shut while too much waits in memory for its flush.
type flow struct {
	mu   sync.Mutex
	shut chan struct{} // nil when open; closed when it opens
}

// gate returns nil when open, else a channel that is closed when it opens.
func (f *flow) gate() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.shut
}

func (f *flow) open() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shut != nil {
		close(f.shut)
		f.shut = nil
	}
}

func (f *flow) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shut == nil {
		f.shut = make(chan struct{})
	}
}

// regulate shuts the gate if the last commit began a new memtable while many wait. A flush that ends opens it again.
func (s *Store) regulate() {
	if !s.rotated.CompareAndSwap(true, false) {
		return
	}
	if s.crowded() {
		s.flow.close()
		if !s.crowded() { // the last flush ended in between
			s.flow.open()
		}
	}
}

func (s *Store) crowded() bool {
	return s.db.Metrics().MemTable.Size > (maxMemtables+1)*s.opts.MemtableBytes
}

// logger passes Pebble's log on.
type logger struct {
	log  *slog.Logger
	disk *disk
}

func (l logger) Infof(format string, args ...any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.log.Debug("pebble: " + fmt.Sprintf(format, args...))
	}
}

func (l logger) Errorf(format string, args ...any) {
	l.log.Error("pebble: " + fmt.Sprintf(format, args...))
}

// Fatalf is called when Pebble cannot go on: then nothing may reach the disk any more.
func (l logger) Fatalf(format string, args ...any) {
	l.disk.poison(fmt.Errorf("pebble: "+format, args...))
}
