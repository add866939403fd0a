package pebblekv

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// disk stands between Pebble and the file system, because Pebble answers a failed write of its log or manifest by ending the process, and
// a failed flush by trying again at once, for ever. Here instead:
//
//   - No space: the ballast is given back and the operation runs again; if that is not enough the operation waits for space, and while
//     one waits the store is stalled: it refuses writes and waits for nothing. A compaction does not wait, it fails and gives back what
//     it had written.
//   - Any other failure of a write, and every failed sync (after which nobody knows what the disk holds): the store is poisoned. From
//     then on nothing reaches the disk any more, as after a crash at that moment: operations on the log pretend to succeed, so that
//     nobody hangs over it (no Update is acknowledged in that state), all others stay where they are.
//
// Reads are not touched. While the store is being opened errors go to the caller of Open.
type disk struct {
	vfs.FS
	log *slog.Logger

	live     atomic.Bool   // false while the store is being opened
	poisoned chan struct{} // closed when nothing may reach the disk any more
	lock     io.Closer     // of the directory
	ballast  *ballast

	mu      sync.Mutex
	cause   error         // why it was poisoned
	waiting int           // operations that wait for space
	stall   chan struct{} // closed while there are any
}

func newDisk(inner vfs.FS, b *ballast, log *slog.Logger) *disk {
	return &disk{FS: inner, log: log, ballast: b, poisoned: make(chan struct{}), stall: make(chan struct{})}
}

// Unwrap returns the file system below.
func (d *disk) Unwrap() vfs.FS { return d.FS }

// poison stops the disk for good; the first cause counts.
func (d *disk) poison(cause error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cause != nil {
		return
	}
	d.cause = cause
	close(d.poisoned)
	if !errors.Is(cause, errClosing) {
		d.log.Error("metadata: writing to the disk failed; writes are stopped until restart", "err", cause)
	}
}

// errClosing is the cause when a store on a full disk is closed: it lets go of what waits for space.
var errClosing = errors.New("closed while the disk was full")

// why returns the cause, nil while the disk works.
func (d *disk) why() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cause
}

// failed reports whether the disk was stopped.
func (d *disk) failed() bool {
	select {
	case <-d.poisoned:
		return true
	default:
		return false
	}
}

// stalled returns a channel that is closed while an operation waits for space.
func (d *disk) stalled() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stall
}

// kind is what an operation is for.
type kind uint8

const (
	other kind = iota
	logKind
	compactionKind
)

func kindOf(c vfs.DiskWriteCategory) kind {
	switch c {
	case "pebble-wal":
		return logKind
	case "pebble-compaction":
		return compactionKind
	}
	return other
}

// pause is the time between two tries of an operation that found no space, and holds back the engine from repeating what failed.
const pause = 100 * time.Millisecond

// write runs an operation that changes the disk.
func (d *disk) write(k kind, op func() error) error {
	waits := false
	defer func() {
		if waits {
			d.wait(-1)
		}
	}()
	for {
		if d.live.Load() && d.failed() {
			return d.stop(k)
		}
		err := op()
		switch {
		case err == nil:
			return nil
		case !d.live.Load():
			return err
		case !full(err):
			d.poison(err)
			return d.stop(k)
		case d.ballast.release(d.FS):
			d.log.Warn("metadata: the disk is full; the ballast was given back")
			continue
		case k == compactionKind:
			d.sleep()
			return err
		case !waits:
			waits = true
			d.wait(1)
			d.log.Error("metadata: the disk is full; waiting for space")
		}
		d.sleep()
	}
}

// sync runs an operation after whose failure nobody knows what the disk holds.
func (d *disk) sync(k kind, op func() error) error {
	if d.live.Load() && d.failed() {
		return d.stop(k)
	}
	err := op()
	if err != nil && d.live.Load() {
		d.poison(err)
		return d.stop(k)
	}
	return err
}

// stop ends an operation on a stopped disk: on the log by pretending, elsewhere never.
func (d *disk) stop(k kind) error {
	if k == logKind {
		return nil
	}
	select {}
}

func (d *disk) wait(by int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting += by
	switch {
	case by > 0 && d.waiting == 1:
		close(d.stall)
	case by < 0 && d.waiting == 0:
		d.stall = make(chan struct{})
		d.log.Info("metadata: there is space again")
	}
}

func (d *disk) sleep() {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
	case <-d.poisoned:
	}
}

// full reports whether err means that there was no space.
func full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func (d *disk) Create(name string, c vfs.DiskWriteCategory) (f vfs.File, err error) {
	return d.made(kindOf(c), func() (vfs.File, error) { return d.FS.Create(name, c) })
}

func (d *disk) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (f vfs.File, err error) {
	return d.made(kindOf(c), func() (vfs.File, error) { return d.FS.ReuseForWrite(oldname, newname, c) })
}

func (d *disk) OpenReadWrite(name string, c vfs.DiskWriteCategory, opts ...vfs.OpenOption) (f vfs.File, err error) {
	return d.made(kindOf(c), func() (vfs.File, error) { return d.FS.OpenReadWrite(name, c, opts...) })
}

func (d *disk) made(k kind, open func() (vfs.File, error)) (vfs.File, error) {
	var inner vfs.File
	err := d.write(k, func() (err error) {
		inner, err = open()
		return err
	})
	if err != nil {
		return nil, err
	}
	if inner == nil { // on a stopped disk
		inner = vfs.NewMemFile(nil)
	}
	return &file{File: inner, d: d, kind: k}, nil
}

func (d *disk) Link(oldname, newname string) error {
	return d.write(other, func() error { return d.FS.Link(oldname, newname) })
}

func (d *disk) Rename(oldname, newname string) error {
	return d.write(other, func() error { return d.FS.Rename(oldname, newname) })
}

func (d *disk) MkdirAll(dir string, perm fs.FileMode) error {
	return d.write(other, func() error { return d.FS.MkdirAll(dir, perm) })
}

// Remove removes what is obsolete. What stays after a failure is removed at the next start.
func (d *disk) Remove(name string) error {
	if d.live.Load() && d.failed() {
		return d.stop(other)
	}
	return d.FS.Remove(name)
}

func (d *disk) RemoveAll(name string) error {
	if d.live.Load() && d.failed() {
		return d.stop(other)
	}
	return d.FS.RemoveAll(name)
}

// Lock keeps the lock, so that a store whose Pebble cannot be closed any more can give it back.
func (d *disk) Lock(name string) (io.Closer, error) {
	l, err := d.FS.Lock(name)
	if err != nil {
		return nil, err
	}
	d.lock = &onceCloser{Closer: l}
	return d.lock, nil
}

// unlock gives the lock of the directory back, if Pebble did not.
func (d *disk) unlock() error {
	if d.lock == nil {
		return nil
	}
	return d.lock.Close()
}

type onceCloser struct {
	io.Closer
	once sync.Once
	err  error
}

func (o *onceCloser) Close() error {
	o.once.Do(func() { o.err = o.Closer.Close() })
	return o.err
}

// OpenDir opens a directory, which Pebble does to sync it. Once the disk has stopped that is pretended, like writing the log: a new log
// file needs it.
func (d *disk) OpenDir(name string) (vfs.File, error) {
	f, err := d.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return &file{File: f, d: d, kind: logKind}, nil
}

// file is a file that is open for writing.
type file struct {
	vfs.File
	d    *disk
	kind kind
}

func (f *file) Write(p []byte) (int, error) {
	all := len(p)
	err := f.d.write(f.kind, func() error {
		n, err := f.File.Write(p)
		if n > 0 && n <= len(p) {
			p = p[n:]
		}
		return err
	})
	if err != nil {
		return all - len(p), err
	}
	return all, nil
}

func (f *file) WriteAt(p []byte, off int64) (int, error) {
	err := f.d.write(f.kind, func() error {
		_, err := f.File.WriteAt(p, off)
		return err
	})
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (f *file) Sync() error     { return f.d.sync(f.kind, f.File.Sync) }
func (f *file) SyncData() error { return f.d.sync(f.kind, f.File.SyncData) }
func (f *file) Close() error    { return f.d.sync(f.kind, f.File.Close) }

func (f *file) SyncTo(length int64) (fullSync bool, err error) {
	err = f.d.sync(f.kind, func() (err error) {
		fullSync, err = f.File.SyncTo(length)
		return err
	})
	return fullSync, err
}

// Preallocate is a hint: the write that follows finds out.
func (f *file) Preallocate(offset, length int64) error {
	if f.d.live.Load() && f.d.failed() {
		return nil
	}
	return f.File.Preallocate(offset, length)
}
