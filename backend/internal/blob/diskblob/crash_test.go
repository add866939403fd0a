package diskblob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
)

var _ FS = (*blobtest.Disk)(nil)

func onMemory(*testing.T) func() blob.Store {
	disk := blobtest.NewDisk()
	return func() blob.Store {
		s, err := Open("/store/blobs", Options{FS: disk})
		if err != nil {
			panic(err)
		}
		return s
	}
}

func TestConformanceInMemory(t *testing.T) {
	blobtest.Run(t, onMemory)
	blobtest.Reopen(t, onMemory)
}

// oracle knows what every blob of a test contains, which were acknowledged, and which deletions were begun and acknowledged.
type oracle struct {
	mu                      sync.Mutex
	want                    map[blob.ID][]byte
	acked, deleting, absent map[blob.ID]bool
}

func newOracle() *oracle {
	return &oracle{want: map[blob.ID][]byte{}, acked: map[blob.ID]bool{}, deleting: map[blob.ID]bool{}, absent: map[blob.ID]bool{}}
}

func (o *oracle) set(m map[blob.ID]bool, id blob.ID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	m[id] = true
}

func (o *oracle) copy(m map[blob.ID]bool) map[blob.ID]bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := make(map[blob.ID]bool, len(m))
	for id := range m {
		c[id] = true
	}
	return c
}

// load writes, deletes and clones blobs lo..hi; what fails is not acknowledged.
func (o *oracle) load(s *Store, lo, hi int) error {
	var errs []error
	ctx := context.Background()
	for n := lo; n < hi; n++ {
		id := blobtest.ID(n)
		data := blobtest.Bytes(n, n*3001%9000)
		switch n % 4 {
		case 3: // of two that were written before
			a, b := blobtest.ID(n-2), blobtest.ID(n-1)
			o.mu.Lock()
			data = append(append([]byte(nil), o.want[a]...), o.want[b]...)
			o.want[id] = data
			o.mu.Unlock()
			if _, err := s.Clone(ctx, id, []blob.Segment{{ID: a, N: -1}, {ID: b, N: -1}}); err != nil {
				errs = append(errs, err)
				continue
			}
		default:
			o.mu.Lock()
			o.want[id] = data
			o.mu.Unlock()
			if _, err := blobtest.Put(ctx, s, id, data); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		o.set(o.acked, id)
		if gone := blobtest.ID(n - 3); n%5 == 4 && n-3 >= lo && n%4 != 2 && n%4 != 1 {
			o.set(o.deleting, gone)
			if err := s.Delete(ctx, gone); err != nil {
				errs = append(errs, err)
				continue
			}
			o.set(o.absent, gone)
		}
	}
	return errors.Join(errs...)
}

// check opens the store on a disk and holds it against what was acknowledged before the disk was copied.
func (o *oracle) check(disk *blobtest.Disk, acked, absent map[blob.ID]bool) error {
	s, err := Open("/store/blobs", Options{FS: disk, dirs: 8})
	if err != nil {
		return err
	}
	<-s.swept
	deleting := o.copy(o.deleting)
	ids, err := blobtest.IDs(context.Background(), s, blob.ID{})
	if err != nil {
		return err
	}
	have := map[blob.ID]bool{}
	for _, id := range ids {
		have[id] = true
		got, err := blobtest.Get(context.Background(), s, id, 0, -1)
		if err != nil {
			return err
		}
		o.mu.Lock()
		want := o.want[id]
		o.mu.Unlock()
		if !bytes.Equal(got, want) {
			return fmt.Errorf("blob %s is torn: %d of %d bytes", id, len(got), len(want))
		}
	}
	for id := range acked {
		if !have[id] && !deleting[id] {
			return fmt.Errorf("blob %s was acknowledged and is lost", id)
		}
	}
	for id := range absent {
		if have[id] {
			return fmt.Errorf("blob %s was deleted and is back", id)
		}
	}
	for _, path := range disk.Files() {
		if strings.HasSuffix(path, tempExt) {
			return fmt.Errorf("%s was left", path)
		}
	}
	return s.Close()
}

// TestCrash copies the disk, as a crash could leave it, before every operation of a load, and checks the copies.
func TestCrash(t *testing.T) {
	for _, workers := range []int{1, 4} {
		t.Run(fmt.Sprint(workers, " writers"), func(t *testing.T) {
			const each = 16
			disk, o := blobtest.NewDisk(), newOracle()
			var mu sync.Mutex
			var failed error
			crashes := uint64(0)
			disk.Hook(func(op blobtest.Op) error {
				if !op.Changes() {
					return nil
				}
				for range 3 {
					acked, absent := o.copy(o.acked), o.copy(o.absent) // before the copy: acknowledged later may be in it or not
					mu.Lock()
					crashes++
					seed := crashes
					mu.Unlock()
					if err := o.check(disk.Crash(seed), acked, absent); err != nil {
						mu.Lock()
						failed = errors.Join(failed, fmt.Errorf("crash %d, before %s: %w", seed, op, err))
						mu.Unlock()
					}
				}
				return nil
			})
			s, err := Open("/store/blobs", Options{FS: disk, dirs: 8})
			require.NoError(t, err)
			var wg sync.WaitGroup
			for w := range workers {
				wg.Go(func() {
					if err := o.load(s, w*each, (w+1)*each); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			require.NoError(t, failed)
			require.Greater(t, crashes, uint64(250))
			require.NoError(t, s.Close())
		})
	}
}

// TestCrashNoticesMissingSyncs proves that the harness sees what it is for: without the syncs, blobs are lost.
func TestCrashNoticesMissingSyncs(t *testing.T) {
	for _, verb := range []string{"fsync", "sync"} {
		disk, o := blobtest.NewDisk(), newOracle()
		s, err := Open("/store/blobs", Options{FS: lazy{disk, verb}, dirs: 8})
		require.NoError(t, err)
		require.NoError(t, o.load(s, 0, 20))
		bad := 0
		for seed := range uint64(10) {
			if o.check(disk.Crash(seed), o.acked, o.absent) != nil {
				bad++
			}
		}
		require.NotZero(t, bad, "no loss without %s", verb)
		require.NoError(t, s.Close())
	}
}

// lazy is a disk on which one kind of sync does nothing.
type lazy struct {
	*blobtest.Disk
	verb string
}

func (l lazy) Sync(dir string) error {
	if l.verb == "sync" {
		return nil
	}
	return l.Disk.Sync(dir)
}

func (l lazy) Create(path string) (File, error) {
	f, err := l.Disk.Create(path)
	if err == nil && l.verb == "fsync" {
		f = lazyFile{f}
	}
	return f, err
}

type lazyFile struct{ File }

func (lazyFile) Sync() error { return nil }

// TestFaults fails each operation of a load in turn, in several ways.
func TestFaults(t *testing.T) {
	eio, full := error(syscall.EIO), error(syscall.ENOSPC)
	for name, fault := range map[string]error{"EIO": eio, "ENOSPC": full, "EIO after the effect": blobtest.Done(eio)} {
		t.Run(name, func(t *testing.T) {
			for k := 0; ; k++ {
				if !failAt(t, k, fault) {
					require.Greater(t, k, 100)
					return
				}
			}
		})
	}
}

// failAt fails operation k of the load and reports whether the load had that many.
func failAt(t *testing.T, k int, fault error) bool {
	t.Helper()
	disk, o := blobtest.NewDisk(), newOracle()
	s, err := Open("/store/blobs", Options{FS: disk, dirs: 8})
	require.NoError(t, err)
	<-s.swept
	n := 0
	var hit blobtest.Op
	disk.Hook(func(op blobtest.Op) error {
		if n++; n == k+1 {
			hit = op
			return fault
		}
		return nil
	})
	failed := o.load(s, 0, 16)
	disk.Hook(nil)
	if hit.Verb == "" {
		require.NoError(t, failed)
		return false
	}
	at := fmt.Sprintf("operation %d, %s: %v", k, hit, failed)

	// What was refused is not there, unless removing it is what failed; what was acknowledged is there.
	ctx := t.Context()
	for id := range o.want {
		got, err := blobtest.Get(ctx, s, id, 0, -1)
		switch {
		case o.acked[id] && !o.deleting[id]:
			require.NoError(t, err, at)
			require.Equal(t, len(o.want[id]), len(got), at)
			require.True(t, bytes.Equal(o.want[id], got), at)
		case o.absent[id], !o.acked[id]:
			require.ErrorIs(t, err, blob.ErrNotFound, at)
		}
	}
	for _, path := range disk.Files() {
		if hit.Verb != "remove" {
			require.False(t, strings.HasSuffix(path, tempExt), "%s: %s was left", at, path)
		}
	}
	poisons := hit.Verb == "sync" || hit.Verb == "fsync" && !errors.Is(fault, syscall.ENOSPC)
	if poisons {
		require.ErrorIs(t, failed, blob.ErrPoisoned, at)
		require.Error(t, s.Poisoned())
		_, err = s.Create(ctx, blobtest.ID(1000))
		require.ErrorIs(t, err, blob.ErrPoisoned, at)
		require.ErrorIs(t, s.Delete(ctx, blobtest.ID(0)), blob.ErrPoisoned, at)
		_, err = s.Clone(ctx, blobtest.ID(1000), nil)
		require.ErrorIs(t, err, blob.ErrPoisoned, at)
	} else {
		require.NotErrorIs(t, failed, blob.ErrPoisoned, at)
		_, err = blobtest.Put(ctx, s, blobtest.ID(1000), []byte("on we go"))
		require.NoError(t, err, at)
		require.NoError(t, s.Delete(ctx, blobtest.ID(1000)), at)
	}
	if errors.Is(fault, syscall.ENOSPC) && (hit.Verb == "create" || hit.Verb == "fwrite" || hit.Verb == "fcopy" || hit.Verb == "fsync") {
		require.ErrorIs(t, failed, blob.ErrFull, at)
	}
	require.Zero(t, s.inflight.Load(), at)
	require.Empty(t, s.live, at)
	require.NoError(t, s.Close())

	require.NoError(t, o.check(disk.Crash(uint64(k)), o.acked, o.absent), at) //nolint:gosec // not negative
	s, err = Open("/store/blobs", Options{FS: disk, dirs: 8})
	require.NoError(t, err, at)
	_, err = blobtest.Put(ctx, s, blobtest.ID(2000), []byte("after a restart"))
	require.NoError(t, err, at)
	require.NoError(t, s.Close())
	return true
}

// TestFaultsOfOpen fails each operation of the first Open: it reports the error, and the next one succeeds.
func TestFaultsOfOpen(t *testing.T) {
	for k := 0; ; k += 1 + rand.IntN(5) { //nolint:gosec // which of 256 alike directories does not matter
		disk := blobtest.NewDisk()
		n, hit := 0, false
		var mu sync.Mutex
		disk.Hook(func(op blobtest.Op) error {
			mu.Lock()
			defer mu.Unlock()
			if !op.Changes() {
				return nil
			}
			if n++; n == k+1 {
				hit = true
				return syscall.EIO
			}
			return nil
		})
		s, err := Open("/store/blobs", Options{FS: disk})
		if err == nil {
			require.NoError(t, s.Close())
			require.False(t, hit)
			require.Greater(t, k, fan)
			return
		}
		require.ErrorIs(t, err, syscall.EIO)
		disk.Hook(nil)
		s, err = Open("/store/blobs", Options{FS: disk})
		require.NoError(t, err)
		_, err = blobtest.Put(t.Context(), s, blobtest.ID(1), []byte("x"))
		require.NoError(t, err)
		require.NoError(t, s.Close())
	}
}
