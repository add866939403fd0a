package diskblob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/fault"
)

func memoryStore(t *testing.T, opts Options) (*Store, *blobtest.Disk) {
	t.Helper()
	disk := blobtest.NewDisk()
	opts.FS = disk
	s, err := Open("/store/blobs", opts)
	require.NoError(t, err)
	<-s.swept
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s, disk
}

// record returns the operations that fn causes.
func record(disk *blobtest.Disk, fn func()) (ops []string) {
	names := strings.NewReplacer(blobtest.ID(1).String(), "A", blobtest.ID(2).String(), "B", blobtest.ID(3).String(), "C")
	disk.Hook(func(op blobtest.Op) error {
		if op.Verb != "space" {
			ops = append(ops, names.Replace(op.String()))
		}
		return nil
	})
	fn()
	disk.Hook(nil)
	return ops
}

// TestOperations is the golden list of what each change asks of the file system.
func TestOperations(t *testing.T) {
	s, disk := memoryStore(t, Options{})
	ctx := t.Context()
	dirOf := func(n int) string { return filepath.Base(s.dir(blobtest.ID(n)).path) }

	require.Equal(t, []string{"create A.1.tmp", "fwrite A.1.tmp 1000", "fsync A.1.tmp", "fclose A.1.tmp", "rename A.1.tmp A", "sync " + dirOf(1)},
		record(disk, func() {
			_, err := blobtest.Put(ctx, s, blobtest.ID(1), blobtest.Bytes(1, 1000))
			require.NoError(t, err)
		}))
	require.Equal(t, []string{"create B.2.tmp", "fwrite B.2.tmp 262144", "fwrite B.2.tmp 262144", "fwrite B.2.tmp 12", "fsync B.2.tmp", "fclose B.2.tmp", "rename B.2.tmp B", "sync " + dirOf(2)},
		record(disk, func() {
			_, err := blobtest.Put(ctx, s, blobtest.ID(2), blobtest.Bytes(2, 2*bufferSize+12))
			require.NoError(t, err)
		}))
	require.Equal(t, []string{
		"open A", "fclose A", "open B", "fclose B", "open C", "create C.3.tmp", // lengths first; C must not exist
		"open A", "fcopy A C.3.tmp 1000", "fclose A", "open B", "fcopy B C.3.tmp 100", "fclose B",
		"fsync C.3.tmp", "fclose C.3.tmp", "rename C.3.tmp C", "sync " + dirOf(3),
	}, record(disk, func() {
		_, err := s.Clone(ctx, blobtest.ID(3), []blob.Segment{{ID: blobtest.ID(1), N: -1}, {ID: blobtest.ID(2), Off: 5, N: 100}})
		require.NoError(t, err)
	}), "no byte of a clone passes through the process")
	require.Equal(t, []string{"remove A", "sync " + dirOf(1)}, record(disk, func() { require.NoError(t, s.Delete(ctx, blobtest.ID(1))) }))
	require.Empty(t, record(disk, func() {
		w, err := s.Create(ctx, blobtest.ID(1))
		require.NoError(t, err)
		_, err = w.Write(blobtest.Bytes(1, 100_000))
		require.NoError(t, err)
		require.NoError(t, w.Abort())
	}), "a short write that is refused never reached the disk")
}

// TestSharedSync has many callers sync one directory while a sync runs: they share one more.
func TestSharedSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const callers = 50
		disk := blobtest.NewDisk()
		require.NoError(t, disk.Mkdir("/d"))
		d := &directory{path: "/d", running: make(chan struct{}, 1)}
		var syncs atomic.Int64
		first := make(chan struct{})
		disk.Hook(func(blobtest.Op) error {
			if syncs.Add(1) == 1 {
				<-first
			}
			return nil
		})
		var done atomic.Int64
		for range callers {
			go func() {
				if err := d.sync(disk); err == nil {
					done.Add(1)
				}
			}()
			synctest.Wait()
		}
		require.Zero(t, done.Load())
		close(first)
		synctest.Wait()
		require.EqualValues(t, callers, done.Load())
		require.EqualValues(t, 2, syncs.Load())
	})
}

func TestReserve(t *testing.T) {
	const mib = 1 << 20
	ctx := t.Context()
	s, disk := memoryStore(t, Options{Reserve: 3 * mib})
	disk.Limit(30 * mib)
	require.NoError(t, s.Admit(27*mib))
	require.ErrorIs(t, s.Admit(27*mib+1), blob.ErrFull)

	// A body of unknown length stops at the reserve and leaves nothing.
	w, err := s.Create(ctx, blobtest.ID(1))
	require.NoError(t, err)
	n, err := io.Copy(w, io.LimitReader(zeros{}, 60*mib))
	require.ErrorIs(t, err, blob.ErrFull)
	require.LessOrEqual(t, n, int64(27*mib+bufferSize))
	require.Greater(t, n, int64(20*mib))
	_, err = w.Commit()
	require.ErrorIs(t, err, blob.ErrFull)
	require.Empty(t, disk.Files())
	require.NoError(t, s.Admit(27*mib), "what was granted is given back")

	// Many bodies at once stop before the reserve as well.
	var wg sync.WaitGroup
	var filled atomic.Int64
	for i := range 8 {
		wg.Go(func() {
			w, err := s.Create(ctx, blobtest.ID(10+i))
			if err != nil {
				t.Error(err)
				return
			}
			if _, err = io.Copy(w, io.LimitReader(zeros{}, 9*mib)); errors.Is(err, blob.ErrFull) {
				filled.Add(1)
			}
			sp, err := s.Space()
			if err != nil || sp.Free < sp.Reserve {
				t.Errorf("free %d, reserve %d: %v", sp.Free, sp.Reserve, err)
			}
			if err := w.Abort(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.NotZero(t, filled.Load())
	require.Empty(t, disk.Files())

	// Without a reserve the disk itself says no; with the space back, writes come back.
	s.reserve = -1
	_, err = blobtest.Put(ctx, s, blobtest.ID(30), make([]byte, 29*mib))
	require.NoError(t, err)
	_, err = blobtest.Put(ctx, s, blobtest.ID(31), make([]byte, 2*mib))
	require.ErrorIs(t, err, blob.ErrFull)
	_, err = s.Clone(ctx, blobtest.ID(31), []blob.Segment{{ID: blobtest.ID(30), N: -1}})
	require.ErrorIs(t, err, blob.ErrFull)
	require.Len(t, disk.Files(), 1)
	require.NoError(t, s.Delete(ctx, blobtest.ID(30)))
	_, err = blobtest.Put(ctx, s, blobtest.ID(31), make([]byte, 2*mib))
	require.NoError(t, err)
}

func TestDefaultReserve(t *testing.T) {
	s, disk := memoryStore(t, Options{})
	for total, reserve := range map[uint64]uint64{10 << 30: 1 << 30, 100 << 30: 2 << 30} {
		disk.Limit(total)
		sp, err := s.Space()
		require.NoError(t, err)
		require.Equal(t, blob.Space{Total: total, Free: total, Reserve: reserve}, sp)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestListInBatches lists with batches far smaller than the store.
func TestListInBatches(t *testing.T) {
	s, _ := memoryStore(t, Options{})
	var want []blob.ID
	for n := range 50 {
		_, err := blobtest.Put(t.Context(), s, blobtest.ID(n), nil)
		require.NoError(t, err)
		want = append(want, blobtest.ID(n))
	}
	for _, batch := range []int{1, 2, 7, 49, 50, 51} {
		for _, skip := range []int{0, 1, 25, 50} {
			after := blob.ID{}
			if skip > 0 {
				after = want[skip-1]
			}
			got := []blob.ID{}
			require.NoError(t, s.list(t.Context(), after, batch, func(i blob.Info) error {
				got = append(got, i.ID)
				return nil
			}))
			require.Equal(t, append([]blob.ID{}, want[skip:]...), got, "batch %d after %d", batch, skip)
		}
	}
}

func TestDirectoriesAndModes(t *testing.T) {
	root := filepath.Join(t.TempDir(), "s", "blobs")
	s, err := Open(root, Options{Reserve: -1})
	require.NoError(t, err)
	used := map[*directory]bool{}
	for n := range 300 {
		used[s.dir(blobtest.ID(n))] = true
	}
	require.Greater(t, len(used), 120, "ids are spread over the directories")
	_, err = blobtest.Put(t.Context(), s, blobtest.ID(1), []byte("x"))
	require.NoError(t, err)
	for path, mode := range map[string]os.FileMode{root: 0o700, s.dirs[0].path: 0o700, s.path(blobtest.ID(1)): 0o600} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
	names, err := os.ReadDir(root)
	require.NoError(t, err)
	require.Len(t, names, fan)
	require.NoError(t, s.Close())
}

// TestLeftovers: temporary files of a dead process go, those of this one and foreign files stay.
func TestLeftovers(t *testing.T) {
	s, disk := memoryStore(t, Options{})
	_, err := blobtest.Put(t.Context(), s, blobtest.ID(1), []byte("kept"))
	require.NoError(t, err)
	dead, err := s.Create(t.Context(), blobtest.ID(2))
	require.NoError(t, err)
	_, err = dead.Write(make([]byte, bufferSize))
	require.NoError(t, err)
	foreign, err := disk.Create(s.dirs[0].path + "/README")
	require.NoError(t, err)
	require.NoError(t, foreign.Close())
	require.Len(t, disk.Files(), 3)

	// The new process begins a blob of the same id, whose temporary name the leftover has, before it sweeps.
	hold := make(chan struct{})
	disk.Hook(func(op blobtest.Op) error {
		if op.Verb == "read" && filepath.Base(op.Path) != "blobs" {
			<-hold
		}
		return nil
	})
	next, err := Open("/store/blobs", Options{FS: disk})
	require.NoError(t, err)
	w, err := next.Create(t.Context(), blobtest.ID(2))
	require.NoError(t, err)
	_, err = w.Write(make([]byte, bufferSize))
	require.NoError(t, err)
	close(hold)
	<-next.swept
	_, err = w.Commit()
	require.NoError(t, err)
	require.Len(t, disk.Files(), 3)
	got, err := blobtest.Get(t.Context(), next, blobtest.ID(2), 0, -1)
	require.NoError(t, err)
	require.Len(t, got, bufferSize)
	require.NoError(t, dead.Abort())
	require.NoError(t, next.Close())
}

func TestReadOnly(t *testing.T) {
	ctx := context.Background()
	disk := blobtest.NewDisk()
	disk.Hook(func(op blobtest.Op) error {
		if op.Changes() {
			t.Errorf("%s on a read-only store", op)
		}
		return nil
	})
	s, err := Open("/store/blobs", Options{FS: disk, ReadOnly: true})
	require.NoError(t, err)
	ids, err := blobtest.IDs(ctx, s, blob.ID{})
	require.NoError(t, err, "a store that never was is empty")
	require.Empty(t, ids)
	_, err = s.Open(ctx, blobtest.ID(1), 0, -1)
	require.ErrorIs(t, err, blob.ErrNotFound)
	_, err = s.Create(ctx, blobtest.ID(1))
	require.True(t, fault.Is(err, fault.ReadOnly))
	require.True(t, fault.Is(s.Delete(ctx, blobtest.ID(1)), fault.ReadOnly))
	require.NoError(t, s.Close())
}

// TestTruncatedFile: a blob that lost its end never passes for whole.
func TestTruncatedFile(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "blobs"), Options{Reserve: -1})
	require.NoError(t, err)
	data := blobtest.Bytes(1, 10_000)
	_, err = blobtest.Put(t.Context(), s, blobtest.ID(1), data)
	require.NoError(t, err)
	r, err := s.Open(t.Context(), blobtest.ID(1), 0, -1)
	require.NoError(t, err)
	require.NoError(t, os.Truncate(s.path(blobtest.ID(1)), 6000))
	got, err := io.ReadAll(r)
	require.ErrorIs(t, err, blob.ErrCorrupt)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.True(t, bytes.Equal(data[:6000], got))
	require.NoError(t, r.Close())
	require.NoError(t, s.Close())
}
