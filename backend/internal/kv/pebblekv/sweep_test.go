package pebblekv

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
)

// TestListAfterMassDelete: a walk over a range out of which everything was deleted, one transaction of 100 keys after the other, takes
// few steps, whatever the order of the deletes.
func TestListAfterMassDelete(t *testing.T) {
	keys := 20000
	if kvtest.Soak() {
		keys = 1000000
	}
	for _, order := range []string{"ascending", "descending", "random"} {
		t.Run(order, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(kvtest.Seed(t), 0))
			dir := t.TempDir()
			s, err := Open(dir, Options{})
			require.NoError(t, err)
			defer func() { require.NoError(t, s.Close()) }()
			fill(t, s, keys, 100)
			require.NoError(t, s.Update(context.Background(), func(tx kv.Txn) error { return tx.Set([]byte("o/z"), []byte("last")) }))
			require.NoError(t, s.Flush())

			ids := rng.Perm(keys)
			if order != "random" {
				sort.Ints(ids)
			}
			if order == "descending" {
				slices.Reverse(ids)
			}
			for len(ids) > 0 {
				n := min(100, len(ids))
				require.NoError(t, s.Update(context.Background(), func(tx kv.Txn) error {
					for _, id := range ids[:n] {
						if err := tx.Delete(benchKey(uint64(id))); err != nil { //nolint:gosec // not negative
							return err
						}
					}
					return nil
				}))
				ids = ids[n:]
			}
			begin := time.Now()
			walk(t, s)
			t.Logf("the first walk takes %v", time.Since(begin))
			s.sweptOut(t)
			steps := walk(t, s)
			begin = time.Now()
			walk(t, s)
			t.Logf("a walk takes %v and %d steps", time.Since(begin), steps)
			require.Less(t, steps, keys/4)
		})
	}
}

// sweptOut returns when the sweeper has nothing to do and what it did is published.
func (s *Store) sweptOut(t *testing.T) {
	for {
		s.sweeper.one.Lock()
		s.sweeper.mu.Lock()
		idle := s.sweeper.idle
		s.sweeper.mu.Unlock()
		s.sweeper.one.Unlock()
		if idle {
			require.NoError(t, s.Update(context.Background(), func(kv.Txn) error { return nil }))
			require.NoError(t, s.Flush())
			return
		}
		runtime.Gosched()
	}
}

// walk lists o/ as Views do and returns the internal steps that it took.
func walk(t *testing.T, s *Store) (steps int) {
	err := s.View(context.Background(), func(r kv.Reader) error {
		it := r.Iter(kv.Prefix([]byte("o/"))).(*iterator)
		if !it.Next() || string(it.Key()) != "o/z" || it.Next() {
			t.Errorf("the walk found %q", it.Key())
		}
		steps = it.in.Stats().ForwardStepCount[1]
		return it.Close()
	})
	require.NoError(t, err)
	return steps
}

// TestSweepKeepsWhatIsSet runs deletes and sets side by side, with a sweeper that looks all the time, against the model.
func TestSweepKeepsWhatIsSet(t *testing.T) {
	seed := kvtest.Seed(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	ctx := context.Background()
	s, err := Open("db", Options{FS: vfs.NewMem(), MemtableBytes: 64 << 10})
	require.NoError(t, err)
	model := kvtest.Model{}
	key := func(i int) string { return fmt.Sprintf("o/0123456789ab%06d", i) }
	const keys = 4000
	rounds := 60
	if kvtest.Soak() {
		rounds = 5000
	}
	for round := range rounds {
		lo := rng.IntN(keys)
		n := min(rng.IntN(2000), keys-lo)
		require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
			for i := lo; i < lo+n; i++ {
				k := key(i)
				if rng.IntN(3000) == 0 {
					model[k] = fmt.Sprint(round)
					if err := tx.Set([]byte(k), []byte(model[k])); err != nil {
						return err
					}
					continue
				}
				delete(model, k)
				if err := tx.Delete([]byte(k)); err != nil {
					return err
				}
			}
			return nil
		}))
		// Look now, as if enough had been deleted, while sets go on.
		done := make(chan error, 1)
		go func() { done <- s.sweep(sampled(key, keys)) }()
		for range rng.IntN(20) {
			k := key(rng.IntN(keys))
			model[k] = fmt.Sprint(round, "b")
			require.NoError(t, s.Update(ctx, func(tx kv.Txn) error { return tx.Set([]byte(k), []byte(model[k])) }))
		}
		require.NoError(t, <-done)
		model.Check(t, s)
	}
	require.NoError(t, s.Flush())
	require.NoError(t, s.Compact(ctx, nil, nil))
	model.Check(t, s)
	require.NoError(t, s.Close())
}

// sampled is a lane of all the keys.
func sampled(key func(int) string, keys int) *lane {
	l := &lane{name: "o/", n: keys}
	for i := 0; i < keys; i += sampleEvery {
		l.sample = append(l.sample, []byte(key(i)))
	}
	return l
}
