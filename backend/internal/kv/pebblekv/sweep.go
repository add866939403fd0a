package pebblekv

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// A deleted key stays behind as a tombstone, and a walk over a million of them takes most of a second, until compactions have dropped
// them. So the sweeper follows the deletes and covers the stretches that became empty with range tombstones, over which Pebble seeks in
// one step, and which let compactions drop whole tables unread.
//
// It counts deletes by lane (the keys with a common beginning of some length) and keeps a sample of them. After enough deletes, and when
// they have ceased for a moment, it looks how far the emptiness around each sample reaches, so that its work is bounded by the number of
// deletes and by what it finds. A range tombstone only ever covers keys that are deleted already: losing or repeating one changes nothing.
const (
	sweepAfter  = 4096 // deletes in a lane before a look
	quietAfter  = 16   // deletes before a look when they have ceased
	quiet       = 50 * time.Millisecond
	sampleEvery = 16 // deletes
	maxLanes    = 256
	minGap      = 512 // tombstones that are worth a range tombstone
	maxTouched  = 4096
)

// laneLengths are the lengths of the beginnings: a table of keys, and a bucket in a table.
var laneLengths = [...]int{2, 14}

type sweeper struct {
	mu    sync.Mutex
	lanes map[string]*lane
	due   []*lane
	idle  bool // nothing was due at the last look
	loose int  // deletes since the last flush
	wake  chan struct{}

	one sync.Mutex // held by the sweep under way
	// watch records what is set in the stretch under sweep. It is set under the writer token and used by transactions, which hold that.
	watch atomic.Pointer[watch]
}

// lane is the deletes of keys with a common beginning since the last look.
type lane struct {
	name   string
	n      int
	seen   int // n a moment ago
	sample [][]byte
}

// watch is a stretch under sweep and the keys that were set in it meanwhile.
type watch struct {
	lo, hi  []byte
	mu      sync.Mutex
	touched [][]byte
	spilled bool // too many
}

func newSweeper() *sweeper {
	return &sweeper{lanes: map[string]*lane{}, wake: make(chan struct{}, 1)}
}

// deleted counts a delete.
func (w *sweeper) deleted(key []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loose++
	for _, n := range laneLengths {
		if len(key) < n {
			return
		}
		l := w.lanes[string(key[:n])]
		if l == nil {
			w.makeRoom()
			l = &lane{name: string(key[:n])}
			w.lanes[l.name] = l
		}
		if l.n%sampleEvery == 0 {
			l.sample = append(l.sample, bytes.Clone(key))
		}
		if l.n++; l.n == sweepAfter {
			delete(w.lanes, l.name)
			w.due = append(w.due, l)
		}
		if l.n == quietAfter || l.n == sweepAfter {
			w.idle = false
			select {
			case w.wake <- struct{}{}:
			default:
			}
		}
	}
}

// deletedRange asks for a flush: the space of a deleted range comes back only after one.
func (w *sweeper) deletedRange() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loose += sweepAfter
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// take returns the lanes to look at: those with enough deletes and those in which they have ceased. more tells whether to ask again
// soon, without another delete.
func (w *sweeper) take() (due []*lane, more bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	due, w.due = w.due, nil
	for name, l := range w.lanes {
		switch {
		case l.n < quietAfter:
		case l.n == l.seen:
			delete(w.lanes, name)
			due = append(due, l)
		default:
			l.seen = l.n
			more = true
		}
	}
	more = more || len(due) > 0
	w.idle = !more
	return due, more
}

// makeRoom forgets the lanes with few deletes when there are too many lanes, or all.
func (w *sweeper) makeRoom() {
	if len(w.lanes) < maxLanes {
		return
	}
	for name, l := range w.lanes {
		if l.n < quietAfter {
			delete(w.lanes, name)
		}
	}
	if len(w.lanes) > maxLanes/2 {
		clear(w.lanes)
	}
}

// set notes a key that a transaction sets.
func (w *sweeper) set(key []byte) {
	s := w.watch.Load()
	if s == nil || bytes.Compare(key, s.lo) < 0 || bytes.Compare(key, s.hi) >= 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.touched) == maxTouched {
		s.spilled = true
		return
	}
	s.touched = append(s.touched, bytes.Clone(key))
}

// sweeps runs the sweeper until stop.
func (s *Store) sweeps() {
	defer close(s.swept)
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	more := false
	for {
		ceased := timer.C
		if !more {
			ceased = nil
		}
		select {
		case <-s.stop:
			return
		case <-s.sweeper.wake:
		case <-ceased:
		}
		var due []*lane
		due, more = s.sweeper.take()
		for _, l := range due {
			select {
			case <-s.stop:
				return
			default:
			}
			if err := s.sweep(l); err != nil {
				s.log.Debug("metadata: sweep of deleted keys put off", "err", err)
			}
		}
		if !more {
			s.settle()
		}
		timer.Reset(quiet)
	}
}

// settle flushes after many deletes: in a memtable Pebble steps over each key that a range tombstone covers, and a flush drops them.
func (s *Store) settle() {
	w := s.sweeper
	w.mu.Lock()
	many := w.loose >= sweepAfter
	if many {
		w.loose = 0
	}
	w.mu.Unlock()
	if !many || s.admit(context.Background()) != nil {
		return
	}
	defer s.yield()
	if s.space.check(0) != ample {
		return
	}
	if _, err := s.db.AsyncFlush(); err != nil {
		s.log.Warn("metadata: flush failed", "err", err)
	}
}

type gap struct{ lo, hi []byte }

// sweep covers the empty stretches of a lane. It looks without the writer token, from an iterator taken under it; what is set meanwhile
// is watched for.
func (s *Store) sweep(l *lane) error {
	ctx := context.Background()
	s.sweeper.one.Lock()
	defer s.sweeper.one.Unlock()
	lo, hi := []byte(l.name), kv.PrefixEnd([]byte(l.name))
	if hi == nil {
		hi = beyond
	}
	seen := &watch{lo: lo, hi: hi}
	it, err := s.watched(ctx, seen)
	if err != nil {
		return err
	}
	defer s.sweeper.watch.Store(nil)
	gaps := find(it, l.sample, lo, hi)
	if err := it.Close(); err != nil || len(gaps) == 0 {
		return err
	}
	return s.cover(ctx, seen, gaps)
}

// watched begins to watch a stretch and returns an iterator over it; no Set falls between.
func (s *Store) watched(ctx context.Context, w *watch) (*pebble.Iterator, error) {
	if err := s.admit(ctx); err != nil {
		return nil, err
	}
	defer s.yield()
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: w.lo, UpperBound: w.hi})
	if err == nil {
		s.sweeper.watch.Store(w)
	}
	return it, err
}

// find returns the stretches around the samples that hold no live key and take many steps to cross. They lie in [lo, hi), the iterator's
// bounds.
func find(it *pebble.Iterator, sample [][]byte, lo, hi []byte) (gaps []gap) {
	slices.SortFunc(sample, bytes.Compare)
	crossed := 0
	steps := func() int {
		st := it.Stats()
		n := st.ForwardStepCount[pebble.InternalIterCall] + st.ReverseStepCount[pebble.InternalIterCall]
		defer func() { crossed = n }()
		return n - crossed
	}
	var done []byte // looked at up to here
	for _, at := range sample {
		if bytes.Compare(at, done) < 0 {
			continue
		}
		g := gap{lo, hi}
		if it.SeekLT(at) { // the live key before it; the stretch begins behind
			g.lo = append(append(make([]byte, 0, len(it.Key())+1), it.Key()...), 0)
		}
		if it.SeekGE(at) {
			g.hi = bytes.Clone(it.Key())
		}
		if steps() >= minGap {
			gaps = append(gaps, g)
		}
		done = g.hi
	}
	return gaps
}

// cover writes the range tombstones, but for the gaps in which something was set since.
func (s *Store) cover(ctx context.Context, seen *watch, gaps []gap) error {
	if err := s.admit(ctx); err != nil {
		return err
	}
	defer s.yield()
	if seen.spilled || s.space.check(0) >= low {
		return nil
	}
	batch := s.db.NewBatch()
	for _, g := range gaps {
		if seen.in(g) {
			continue
		}
		if err := batch.DeleteRange(g.lo, g.hi, nil); err != nil {
			return err
		}
	}
	if batch.Empty() {
		return batch.Close()
	}
	_, err := s.commit(batch, &everyKind, nil)
	return err
}

// in reports whether a key of the gap was set.
func (w *watch) in(g gap) bool {
	for _, k := range w.touched {
		if bytes.Compare(k, g.lo) >= 0 && bytes.Compare(k, g.hi) < 0 {
			return true
		}
	}
	return false
}
