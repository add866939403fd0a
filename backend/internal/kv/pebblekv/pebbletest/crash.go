// Package pebbletest runs the embedded metadata engine on a file system in memory that can crash and fail, for tests of the engine and of
// everything above it.
package pebbletest

import (
	"io/fs"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv"
)

// Dir is where the store lives on a Disk.
const Dir = "meta"

// Disk is a file system in memory that remembers what was synced. The zero value is not usable; see NewDisk.
type Disk struct {
	mem  *vfs.MemFS
	fail atomic.Pointer[func(op errorfs.Op) error]

	mu     sync.Mutex
	onSync func()
}

// NewDisk returns an empty disk.
func NewDisk() *Disk { return &Disk{mem: vfs.NewCrashableMem()} }

// FS returns the file system to hand to pebblekv.Options. Its operations fail as set with Fail.
func (d *Disk) FS() vfs.FS {
	return errorfs.Wrap(&syncFS{FS: d.mem, d: d}, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if f := d.fail.Load(); f != nil {
			return (*f)(op)
		}
		return nil
	}))
}

// Open opens the store on the disk.
func (d *Disk) Open(t testing.TB, opts pebblekv.Options) *pebblekv.Store {
	t.Helper()
	opts.FS = d.FS()
	s, err := pebblekv.Open(Dir, opts)
	require.NoError(t, err)
	return s
}

// Fail makes every operation ask f first; an error of f is the operation's. Nil ends that.
func (d *Disk) Fail(f func(op errorfs.Op) error) {
	if f == nil {
		d.fail.Store(nil)
		return
	}
	d.fail.Store(&f)
}

// OnSync calls f before and after every sync of a file or directory, in the goroutine that syncs and one at a time. f may use the store
// for Views only.
func (d *Disk) OnSync(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.onSync = f
}

// Crash returns a disk as a loss of power could leave it now: with all that was synced, and each unsynced block and directory entry with
// a likelihood of percent. The disk itself goes on.
func (d *Disk) Crash(percent int, rng *rand.Rand) *Disk {
	return &Disk{mem: d.mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: rng})}
}

// SetFree sets what the file system says of its space.
func (d *Disk) SetFree(avail, total uint64) {
	d.mem.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: avail, TotalBytes: total, UsedBytes: total - avail})
}

func (d *Disk) synced() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.onSync != nil {
		d.onSync()
	}
}

// syncFS reports syncs.
type syncFS struct {
	vfs.FS
	d *Disk
}

func (s *syncFS) Unwrap() vfs.FS { return s.FS }

func (s *syncFS) wrap(f vfs.File, err error) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	return &syncFile{File: f, d: s.d}, nil
}

func (s *syncFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return s.wrap(s.FS.Create(name, c))
}

func (s *syncFS) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return s.wrap(s.FS.ReuseForWrite(oldname, newname, c))
}

func (s *syncFS) OpenReadWrite(name string, c vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	return s.wrap(s.FS.OpenReadWrite(name, c, opts...))
}

func (s *syncFS) OpenDir(name string) (vfs.File, error) { return s.wrap(s.FS.OpenDir(name)) }

func (s *syncFS) MkdirAll(dir string, perm fs.FileMode) error { return s.FS.MkdirAll(dir, perm) }

type syncFile struct {
	vfs.File
	d *Disk
}

func (f *syncFile) around(sync func() error) error {
	f.d.synced()
	err := sync()
	f.d.synced()
	return err
}

func (f *syncFile) Sync() error     { return f.around(f.File.Sync) }
func (f *syncFile) SyncData() error { return f.around(f.File.SyncData) }

func (f *syncFile) SyncTo(length int64) (full bool, err error) {
	err = f.around(func() (err error) {
		full, err = f.File.SyncTo(length)
		return err
	})
	return full, err
}
