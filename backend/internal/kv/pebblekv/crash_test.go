package pebblekv_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv/pebbletest"
)

var ctx = context.Background()

// small makes logs rotate, memtables flush and tables compact within a short test.
var small = pebblekv.Options{MemtableBytes: 32 << 10, CacheBytes: 1 << 20}

const (
	writers = 4
	parts   = 3 // keys that one transaction of a writer sets to the same number
)

// ledger is the oracle of writers that each raise their own number, in one transaction over several keys.
type ledger struct{ attempted, acknowledged [writers]atomic.Int64 }

func load(a *[writers]atomic.Int64) (out [writers]int64) {
	for i := range a {
		out[i] = a[i].Load()
	}
	return out
}

// raise runs the next transaction of writer w. Some also delete and write filler, so that there is something to flush and compact.
func (l *ledger) raise(s kv.Store, w int, rng *rand.Rand) error {
	n := l.attempted[w].Add(1)
	filler := strings.Repeat("x", 500+rng.IntN(3000))
	err := s.Update(ctx, func(tx kv.Txn) error {
		for p := range parts {
			if err := tx.Set(fmt.Appendf(nil, "w%d/%d", w, p), fmt.Appendf(nil, "%d %s", n, filler)); err != nil {
				return err
			}
		}
		if err := tx.Set(fmt.Appendf(nil, "f%d/%d", w, n), []byte(filler)); err != nil {
			return err
		}
		return tx.Delete(fmt.Appendf(nil, "f%d/%d", w, n-10))
	})
	if err == nil {
		l.acknowledged[w].Store(n)
	}
	return err
}

// numbers reads what the store holds, and fails when a transaction is there in part.
func numbers(s kv.Store) (out [writers]int64, err error) {
	err = s.View(ctx, func(r kv.Reader) error {
		for w := range writers {
			for p := range parts {
				n := int64(0)
				v, err := r.Get(fmt.Appendf(nil, "w%d/%d", w, p))
				switch {
				case err == nil:
					text, _, _ := strings.Cut(string(v), " ")
					if n, err = strconv.ParseInt(text, 10, 64); err != nil {
						return err
					}
				case !errors.Is(err, kv.ErrNotFound):
					return err
				}
				if p == 0 {
					out[w] = n
				} else if n != out[w] {
					return fmt.Errorf("torn transaction: w%d/0 is %d, w%d/%d is %d", w, out[w], w, p, n)
				}
			}
			if out[w] > 0 {
				if _, err := r.Get(fmt.Appendf(nil, "f%d/%d", w, out[w])); err != nil {
					return fmt.Errorf("writer %d at %d, its last filler: %w", w, out[w], err)
				}
			}
		}
		return nil
	})
	return out, err
}

// atMost reports whether no number of a is above that of b.
func atMost(a, b [writers]int64) bool {
	for i := range a {
		if a[i] > b[i] {
			return false
		}
	}
	return true
}

// TestCrashAtEverySync loses the power before and after every sync. What is left must open, hold everything that was acknowledged or seen
// by a reader before, nothing that was not attempted, and nothing in part.
func TestCrashAtEverySync(t *testing.T) {
	seed := kvtest.Seed(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	steps := 10
	if kvtest.Soak() {
		steps = 1000
	}
	disk, l, crashes := pebbletest.NewDisk(), &ledger{}, 0
	s := disk.Open(t, small)
	disk.OnSync(func() {
		acknowledged := load(&l.acknowledged)
		seen, err := numbers(s)
		if errors.Is(err, kv.ErrClosed) { // the last syncs are those of Close
			seen, err = acknowledged, nil
		}
		if err != nil {
			t.Error(err)
			return
		}
		percent := []int{0, 0, 50, 100}[rng.IntN(4)]
		left := disk.Crash(percent, rng)
		attempted := load(&l.attempted)
		crashes++
		if err := survives(left, rng, acknowledged, seen, attempted); err != nil {
			t.Errorf("crash %d, %d %% of what was not synced kept: %v", crashes, percent, err)
		}
	})
	var wg sync.WaitGroup
	for w := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			rng := rand.New(rand.NewPCG(seed, uint64(w+1))) //nolint:gosec // small
			for range steps {
				if err := l.raise(s, w, rng); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
	require.NoError(t, s.Close())
	disk.OnSync(nil)
	t.Logf("%d crashes", crashes)
	require.Greater(t, crashes, steps)
	require.NoError(t, survives(disk.Crash(0, rng), rng, load(&l.acknowledged), load(&l.acknowledged), load(&l.attempted)))
}

// survives opens what a crash left. Half of the time it crashes again at once: what the store showed after the first one must stay.
func survives(left *pebbletest.Disk, rng *rand.Rand, acknowledged, seen, attempted [writers]int64) error {
	for range 1 + rng.IntN(2) {
		opts := small
		opts.FS = left.FS()
		s, err := pebblekv.Open(pebbletest.Dir, opts)
		if err != nil {
			if acknowledged == ([writers]int64{}) && seen == acknowledged {
				return nil // a crash while the store was made
			}
			return err
		}
		got, err := numbers(s)
		again := left.Crash(0, rng)
		err = errors.Join(err, s.Close())
		if err != nil {
			return err
		}
		if !atMost(acknowledged, got) || !atMost(seen, got) || !atMost(got, attempted) {
			return fmt.Errorf("acknowledged %d, seen %d, recovered %d, attempted %d", acknowledged, seen, got, attempted)
		}
		left, seen = again, got
	}
	return nil
}
