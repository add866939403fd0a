package pebblekv_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv/pebbletest"
)

var errDisk = errors.New("the disk is broken")

// within fails the test when f takes long: nothing may hang over a broken or full disk.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s hangs", what)
	}
}

// isWrite tells the operations whose failure the store must not survive as if nothing had been.
func isWrite(op errorfs.Op) bool {
	switch op.Kind {
	case errorfs.OpRemove, errorfs.OpRemoveAll, errorfs.OpFilePreallocate, errorfs.OpLock:
		return false // may fail without harm, or only fails Open
	}
	return op.Kind.ReadOrWrite() == errorfs.OpIsWrite
}

// TestErrorAtEveryOperation fails one operation after the other, from the first of Open on, and lets everything after it fail as well or
// work again. Whatever fails, nothing hangs, no error is told as a success, and what was acknowledged is there when the disk works again.
func TestErrorAtEveryOperation(t *testing.T) {
	seed := kvtest.Seed(t)
	stride := int64(13) // of the operations, so that repeated runs see all of them
	if kvtest.Soak() {
		stride = 1
	}
	tested := 0
	for n := 1 + int64(seed%uint64(stride)); ; n += stride { //nolint:gosec // small
		tested++
		if !failAt(t, seed, n) {
			break
		}
	}
	t.Logf("%d operations", tested)
	require.Greater(t, tested, 10)
}

// failAt runs the workload on a disk whose n-th operation fails and reports whether there were that many.
func failAt(t *testing.T, seed uint64, n int64) bool {
	rng := rand.New(rand.NewPCG(seed, uint64(n))) //nolint:gosec // not negative
	sticky, broken := rng.IntN(2) == 0, errDisk
	if rng.IntN(4) == 0 {
		broken = syscall.EIO
	}
	disk, l := pebbletest.NewDisk(), &ledger{}
	var ops, hits, hitWrites atomic.Int64
	disk.Fail(func(op errorfs.Op) error {
		i := ops.Add(1)
		if i < n || i > n && !sticky {
			return nil
		}
		hits.Add(1)
		if isWrite(op) {
			hitWrites.Add(1)
		}
		return broken
	})
	within(t, "a store whose disk fails", func() {
		opts := small
		opts.FS = disk.FS()
		s, err := pebblekv.Open(pebbletest.Dir, opts)
		if err != nil {
			if hits.Load() == 0 {
				t.Errorf("operation %d: open: %v", n, err)
			}
			return
		}
		for i := range 40 {
			err := l.raise(s, i%writers, rng)
			if err != nil && hits.Load() == 0 {
				t.Errorf("operation %d: update: %v", n, err)
			}
			if errors.Is(err, kv.ErrPoisoned) {
				if err := l.raise(s, i%writers, rng); !errors.Is(err, kv.ErrPoisoned) || errors.Is(err, kv.ErrUnknown) {
					t.Errorf("operation %d: a write after a failed one: %v", n, err)
				}
				disk.Fail(nil)
				seen, err := numbers(s)
				if err != nil {
					t.Errorf("operation %d: a View after a failed write: %v", n, err)
				}
				if !atMost(load(&l.acknowledged), seen) {
					t.Errorf("operation %d: acknowledged %d, seen %d", n, load(&l.acknowledged), seen)
				}
				break
			}
		}
		if err := s.Close(); err != nil && hits.Load() == 0 {
			t.Errorf("operation %d: close: %v", n, err)
		}
	})
	if t.Failed() {
		t.FailNow()
	}
	disk.Fail(nil)
	for _, percent := range []int{0, 50, 100} {
		a := load(&l.acknowledged)
		err := survives(disk.Crash(percent, rng), rng, a, a, load(&l.attempted))
		require.NoError(t, err, "operation %d, sticky %v, %d %% of what was not synced kept", n, sticky, percent)
	}
	// Without a crash in between the same must hold: the directory is as the store left it.
	a := load(&l.acknowledged)
	require.NoError(t, survives(disk, rng, a, a, load(&l.attempted)), "operation %d, sticky %v, reopened", n, sticky)
	return hits.Load() > 0
}

// TestFailedSyncPoisons: after a failed sync every write is refused, also when the disk works again, until the store is opened anew.
func TestFailedSyncPoisons(t *testing.T) {
	disk, l := pebbletest.NewDisk(), &ledger{}
	rng := rand.New(rand.NewPCG(1, 1))
	s := disk.Open(t, small)
	require.NoError(t, l.raise(s, 0, rng))
	disk.Fail(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData {
			return syscall.EIO
		}
		return nil
	})
	within(t, "Update", func() {
		err := l.raise(s, 1, rng)
		require.ErrorIs(t, err, kv.ErrUnknown)
		require.ErrorIs(t, err, kv.ErrPoisoned)
	})
	disk.Fail(nil)
	for range 3 {
		require.ErrorIs(t, l.raise(s, 1, rng), kv.ErrPoisoned)
		require.ErrorIs(t, s.DeleteRange(ctx, nil, nil), kv.ErrPoisoned)
	}
	got, err := numbers(s)
	require.NoError(t, err)
	require.Equal(t, [writers]int64{1}, got, "a View shows no write that may be lost")
	within(t, "Close", func() { require.NoError(t, s.Close()) })

	s = disk.Open(t, small)
	got, err = numbers(s)
	require.NoError(t, err)
	require.Equal(t, int64(1), got[0])
	for w := range writers {
		l.attempted[w].Store(got[w])
	}
	require.NoError(t, l.raise(s, 2, rng))
	require.NoError(t, s.Close())
}

// TestReserve: below the reserve only what gives space back is admitted, and everything again when there is space.
func TestReserve(t *testing.T) {
	disk := pebbletest.NewDisk()
	clk := &ticker{}
	opts := small
	opts.Reserve, opts.Clock = 1<<20, clk
	disk.SetFree(1<<30, 2<<30)
	s := disk.Open(t, opts)
	put := func(tx kv.Txn) error { return tx.Set([]byte("k"), []byte("v")) }
	free := func(n uint64) {
		disk.SetFree(n, 2<<30)
		clk.n.Add(int64(time.Hour))
	}
	require.NoError(t, s.Update(ctx, put))

	free(1<<20 - 1)
	require.ErrorIs(t, s.Update(ctx, put), kv.ErrFull)
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error { return tx.Delete([]byte("k")) }), "a transaction that only deletes")
	require.NoError(t, kv.Reclaim(ctx, s, put))
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		_, err := tx.Get([]byte("k"))
		return err
	}), "a transaction that only reads")

	free(1<<17 - 1)
	require.ErrorIs(t, kv.Reclaim(ctx, s, put), kv.ErrFull)

	free(1 << 20)
	require.NoError(t, s.Update(ctx, put))
	require.NoError(t, s.Close())
}

// ticker is a clock that the test moves.
type ticker struct{ n atomic.Int64 }

func (c *ticker) Now() time.Time                  { return time.Unix(0, c.n.Load()) }
func (c *ticker) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// TestFullDisk fills the disk under a running store: no write hangs, none is told as done that is not, reads go on, closing works, and
// writes come back with the space.
func TestFullDisk(t *testing.T) {
	disk, l := pebbletest.NewDisk(), &ledger{}
	rng := rand.New(rand.NewPCG(kvtest.Seed(t), 0))
	opts := small
	opts.Ballast = true
	disk.SetFree(1<<30, 4<<20) // a small total keeps the ballast small
	s := disk.Open(t, opts)
	for i := range 20 {
		require.NoError(t, l.raise(s, i%writers, rng))
	}
	var hits atomic.Int64
	full := func(op errorfs.Op) error {
		switch op.Kind {
		case errorfs.OpFileWrite, errorfs.OpCreate:
			hits.Add(1)
			return syscall.ENOSPC
		}
		return nil
	}
	for round := range 3 {
		disk.Fail(full)
		unknown, refused := 0, 0
		within(t, "a write on a full disk", func() {
			for refused < 3 {
				err := l.raise(s, round, rng)
				switch {
				case errors.Is(err, kv.ErrUnknown):
					unknown++
				case errors.Is(err, kv.ErrFull):
					refused++
				default:
					require.NoError(t, err)
				}
			}
		})
		require.LessOrEqual(t, unknown, 1, "at most what was under way")
		_, err := numbers(s)
		require.NoError(t, err, "reads go on")
		disk.Fail(nil)
		within(t, "a write after there is space", func() {
			for l.raise(s, 3, rng) != nil {
				time.Sleep(10 * time.Millisecond) // nothing tells when the engine has noticed
			}
		})
		got, err := numbers(s)
		require.NoError(t, err)
		require.True(t, atMost(load(&l.acknowledged), got) && atMost(got, load(&l.attempted)))
	}
	disk.Fail(full)
	within(t, "closing on a full disk", func() {
		for l.raise(s, 0, rng) == nil {
			continue
		}
		require.NoError(t, s.Close())
	})
	require.Positive(t, hits.Load())
	disk.Fail(nil)
	a := load(&l.acknowledged)
	require.NoError(t, survives(disk.Crash(0, rng), rng, a, a, load(&l.attempted)))
}

// TestBallast: the file is there while there is space, given up when there is none, and comes back.
func TestBallast(t *testing.T) {
	disk := pebbletest.NewDisk()
	opts := small
	clk := &ticker{}
	opts.Ballast, opts.Clock, opts.Reserve = true, clk, 1<<20
	disk.SetFree(16<<20, 20<<20)
	path := pebbletest.Dir + "/BALLAST"
	held := func() bool {
		_, err := disk.FS().Stat(path)
		return err == nil
	}
	s := disk.Open(t, opts)
	require.True(t, held())
	put := func(tx kv.Txn) error { return tx.Set([]byte("k"), []byte("v")) }
	disk.SetFree(100<<10, 20<<20)
	clk.n.Add(int64(time.Hour))
	require.ErrorIs(t, s.Update(ctx, put), kv.ErrFull)
	require.False(t, held(), "given up before there is nothing left")
	disk.SetFree(16<<20, 20<<20)
	clk.n.Add(int64(time.Hour))
	require.NoError(t, s.Update(ctx, put))
	require.True(t, held())
	require.NoError(t, s.Close())

	// A store that finds the file of an earlier run gives that up.
	disk.SetFree(0, 20<<20)
	opts.Ballast = false
	s = disk.Open(t, opts)
	require.ErrorIs(t, s.Update(ctx, put), kv.ErrFull)
	require.False(t, held())
	require.NoError(t, s.Close())
}

// TestReadOnly: a store opened for reading shows everything and changes nothing.
func TestReadOnly(t *testing.T) {
	disk, l := pebbletest.NewDisk(), &ledger{}
	rng := rand.New(rand.NewPCG(1, 1))
	_, err := pebblekv.Open(pebbletest.Dir, pebblekv.Options{FS: pebbletest.NewDisk().FS(), ReadOnly: true})
	require.Error(t, err, "there is nothing to read")
	s := disk.Open(t, small)
	for i := range 30 {
		require.NoError(t, l.raise(s, i%writers, rng))
	}
	want, err := numbers(s)
	require.NoError(t, err)
	left := disk.Crash(0, rng) // with a log to replay
	require.NoError(t, s.Close())

	left.Fail(func(op errorfs.Op) error {
		switch op.Kind {
		case errorfs.OpFileWrite, errorfs.OpFileWriteAt, errorfs.OpRename, errorfs.OpRemove, errorfs.OpLink, errorfs.OpCreate:
			t.Errorf("%v %s", op.Kind, op.Path)
		}
		return nil
	})
	opts := small
	opts.ReadOnly = true
	s = left.Open(t, opts)
	got, err := numbers(s)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.ErrorIs(t, l.raise(s, 0, rng), kv.ErrReadOnly)
	require.ErrorIs(t, s.Update(ctx, func(tx kv.Txn) error { return tx.Delete([]byte("x")) }), kv.ErrReadOnly)
	require.ErrorIs(t, s.DeleteRange(ctx, nil, nil), kv.ErrReadOnly)
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		_, err := tx.Get([]byte("w0/0"))
		return err
	}))
	require.NoError(t, s.Close())
}

// TestDamagedTable: a table that cannot be read is an error of the View, not the end of the process.
func TestDamagedTable(t *testing.T) {
	disk, l := pebbletest.NewDisk(), &ledger{}
	rng := rand.New(rand.NewPCG(1, 1))
	s := disk.Open(t, small)
	for i := range 40 {
		require.NoError(t, l.raise(s, i%writers, rng))
	}
	require.NoError(t, s.Flush())
	require.NoError(t, s.Close())
	s = disk.Open(t, small)
	disk.Fail(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileReadAt {
			return syscall.EIO
		}
		return nil
	})
	_, err := numbers(s)
	require.Error(t, err)
	require.NotErrorIs(t, err, io.EOF)
	disk.Fail(nil)
	// A background read of the same table may still be failing, and the View shares it.
	require.Eventually(t, func() bool {
		_, err := numbers(s)
		return err == nil
	}, 10*time.Second, time.Millisecond)
	require.NoError(t, s.Close())
}

// TestOneOwner: a second store in the same directory is refused.
func TestOneOwner(t *testing.T) {
	dir := t.TempDir()
	s, err := pebblekv.Open(dir, pebblekv.Options{})
	require.NoError(t, err)
	_, err = pebblekv.Open(dir, pebblekv.Options{})
	require.Error(t, err)
	require.NoError(t, s.Close())
	s, err = pebblekv.Open(dir, pebblekv.Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// TestCancelWhileWaiting: a caller that has gone does not wait for the transaction before its own.
func TestCancelWhileWaiting(t *testing.T) {
	s := pebbletest.NewDisk().Open(t, small)
	inside, finish, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.Update(ctx, func(kv.Txn) error {
			close(inside)
			<-finish
			return nil
		})
	}()
	<-inside
	gone, cancel := context.WithCancel(ctx)
	waiting := make(chan error, 1)
	go func() { waiting <- s.Update(gone, func(kv.Txn) error { return nil }) }()
	cancel()
	require.ErrorIs(t, <-waiting, context.Canceled)
	close(finish)
	require.NoError(t, <-done)
	require.NoError(t, s.Close())
}
