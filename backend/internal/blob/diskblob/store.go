// Package diskblob keeps blobs as files under one directory of the local disk.
//
// A blob is the file <root>/<xx>/<id>, xx being two hex digits that follow from the random part of its id; all 256 directories are made
// when the store is first opened. A blob is written under a temporary name in its directory. What a crash leaves after each step:
//
//	create, write   a temporary file, removed at the next Open; no blob
//	fsync of it     the same: whole, but without its name
//	rename          either the temporary name or the blob, whole; nobody was told of it
//	fsync of xx     the blob. Only now does Commit return
//
// An acknowledged blob therefore survives a crash, and a torn one is never visible, whatever the file system does with unsynced bytes and
// names. Delete removes the name and syncs the directory in the same way. Syncs of one directory by concurrent commits are shared.
//
// After a failed fsync nobody knows what the disk holds, and trying again would only be told that all is well. So the store is poisoned:
// every write fails with blob.ErrPoisoned until the process starts again; reads go on.
//
// One process owns the directory; the caller holds the lock that makes it so.
package diskblob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Options are the choices of Open. The zero value is right for a server.
type Options struct {
	// FS is the file system, nil for the machine's.
	FS FS
	// Reserve is the number of bytes that writes leave free: 0 for the larger of 1 GiB and 2 % of the file system, negative for none.
	Reserve int64
	// ReadOnly opens the store without changing anything on the disk; writes fail with a fault of kind ReadOnly.
	ReadOnly bool

	dirs int // directories, fan if 0; fewer make the tests that open thousands of stores quick
}

const (
	fan     = 256 // directories
	tempExt = ".tmp"
	// bufferSize is how many bytes go to the file system at once.
	bufferSize = 256 << 10
)

// Store is a blob.Store on the local disk. It implements blob.Cloner, blob.Remover and blob.Spacer; its readers implement blob.Filer.
type Store struct {
	fs       FS
	root     string
	reserve  int64
	readOnly bool
	dirs     []directory
	buffers  sync.Pool
	seq      atomic.Uint64         // numbers temporary files
	inflight atomic.Int64          // bytes granted to writers and not yet written
	poison   atomic.Pointer[error] // the sync that failed

	gate   sync.RWMutex // held for reading while something is made durable; Close waits for it
	closed bool         // guarded by gate

	mu   sync.Mutex
	live map[string]struct{} // temporary files of this process

	stop  context.CancelFunc
	swept chan struct{} // closed when the leftovers of dead processes are gone
}

// Open opens the store in directory root and makes it if needed. Temporary files that dead processes left are removed in the background.
func Open(root string, opts Options) (*Store, error) {
	const op = "diskblob.Open"
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	s := &Store{fs: opts.FS, root: root, reserve: opts.Reserve, readOnly: opts.ReadOnly,
		dirs: make([]directory, cmp.Or(opts.dirs, fan)), live: map[string]struct{}{}, swept: make(chan struct{})}
	if s.fs == nil {
		s.fs = OS{}
	}
	s.buffers.New = func() any { b := make([]byte, 0, bufferSize); return &b }
	for i := range s.dirs {
		s.dirs[i].path = filepath.Join(root, fmt.Sprintf("%02x", i))
		s.dirs[i].running = make(chan struct{}, 1)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if s.readOnly {
		close(s.swept)
		return s, nil
	}
	if err := s.makeDirs(); err != nil {
		stop()
		return nil, fault.Wrap(op, err)
	}
	go s.sweep(ctx)
	return s, nil
}

// makeDirs makes what is missing of the directories. It syncs even if nothing is missing: a process that died between making a directory
// and syncing its name must not leave us believing in it.
func (s *Store) makeDirs() error {
	if err := s.makeRoot(s.root); err != nil {
		return err
	}
	have := map[string]bool{}
	if err := s.fs.Read(s.root, func(name string) error { have[name] = true; return nil }); err != nil {
		return err
	}
	for i := range s.dirs {
		if path := s.dirs[i].path; !have[filepath.Base(path)] {
			if err := s.fs.Mkdir(path); err != nil && !errors.Is(err, fs.ErrExist) {
				return err
			}
		}
	}
	if err := s.fs.Sync(s.root); err != nil {
		return err
	}
	// The directories above are ours too in all likelihood (STORAGE_ROOT and .myfsio.sys); one that we may not open is somebody else's.
	for dir, n := filepath.Dir(s.root), 0; n < 2; dir, n = filepath.Dir(dir), n+1 {
		if err := s.fs.Sync(dir); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return nil
}

func (s *Store) makeRoot(path string) error {
	err := s.fs.Mkdir(path)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(path) != path {
		if err = s.makeRoot(filepath.Dir(path)); err == nil {
			err = s.fs.Mkdir(path)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.fs.Sync(filepath.Dir(path))
}

// sweep removes the temporary files of dead processes. Ours are in live before they exist.
func (s *Store) sweep(ctx context.Context) {
	defer close(s.swept)
	for i := range s.dirs {
		dir := s.dirs[i].path
		// A directory that cannot be read now is swept at the next start; leftovers take space and are otherwise harmless.
		_ = s.fs.Read(dir, func(name string) error {
			if strings.HasSuffix(name, tempExt) {
				path := filepath.Join(dir, name)
				s.mu.Lock()
				_, ours := s.live[path]
				s.mu.Unlock()
				if !ours {
					_ = s.fs.Remove(path)
				}
			}
			return ctx.Err()
		})
		if ctx.Err() != nil {
			return
		}
	}
}

// Close waits for the commits and deletions that are under way. Writers that are still open can only be aborted; readers go on to work.
func (s *Store) Close() error {
	s.stop()
	<-s.swept
	s.gate.Lock()
	defer s.gate.Unlock()
	s.closed = true
	return nil
}

// Poisoned returns the failed sync that stopped the writes, nil while they go on.
func (s *Store) Poisoned() error {
	if p := s.poison.Load(); p != nil {
		return *p
	}
	return nil
}

// poisonWith stops the writes and returns the error for the caller.
func (s *Store) poisonWith(cause error) error {
	s.poison.CompareAndSwap(nil, &cause)
	return fmt.Errorf("%w: %w", blob.ErrPoisoned, cause)
}

// enter begins a change: if it returns nil, leave must follow.
func (s *Store) enter(ctx context.Context) error {
	s.gate.RLock()
	err := s.writable(ctx)
	if err != nil {
		s.gate.RUnlock()
	}
	return err
}

func (s *Store) leave() { s.gate.RUnlock() }

// writable is called with the gate held.
func (s *Store) writable(ctx context.Context) error {
	if s.closed {
		return blob.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.readOnly {
		return fault.New("diskblob", fault.ReadOnly, "")
	}
	if cause := s.Poisoned(); cause != nil {
		return fmt.Errorf("%w: %w", blob.ErrPoisoned, cause)
	}
	return nil
}

// readable reports why the store cannot be read.
func (s *Store) readable(ctx context.Context) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.closed {
		return blob.ErrClosed
	}
	return ctx.Err()
}

// dir is the directory of a blob: by a hash of the random part of its id, since ids of one time share all else.
func (s *Store) dir(id blob.ID) *directory {
	h := fnv.New32a()
	_, _ = h.Write(id[12:])
	sum := h.Sum32()
	return &s.dirs[int((sum^sum>>8^sum>>16^sum>>24)%fan)%len(s.dirs)]
}

func (s *Store) path(id blob.ID) string { return filepath.Join(s.dir(id).path, id.String()) }

// Delete implements blob.Store. The directory is synced even if there was no blob: the deletion that removed it may not have come so far.
func (s *Store) Delete(ctx context.Context, id blob.ID) error { return s.DeleteAll(ctx, []blob.ID{id}) }

// DeleteAll implements blob.Remover: each directory concerned is synced once.
func (s *Store) DeleteAll(ctx context.Context, ids []blob.ID) error {
	const op = "diskblob.Delete"
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	touched := map[*directory]struct{}{}
	var failed error
	for _, id := range ids {
		if failed = ctx.Err(); failed != nil {
			break
		}
		if err := s.fs.Remove(s.path(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = fault.Wrap(op, err)
			break
		}
		touched[s.dir(id)] = struct{}{}
	}
	for d := range touched {
		if err := d.sync(s.fs); err != nil {
			return s.poisonWith(err)
		}
	}
	return failed
}

// Space implements blob.Spacer.
func (s *Store) Space() (blob.Space, error) {
	total, free, err := s.fs.Space(s.root)
	if err != nil {
		return blob.Space{}, fault.Wrap("diskblob.Space", err)
	}
	reserve := max(1<<30, total/50)
	if s.reserve != 0 {
		reserve = uint64(max(s.reserve, 0)) //nolint:gosec // not negative
	}
	return blob.Space{Total: total, Free: free, Reserve: reserve}, nil
}

// Admit implements blob.Spacer.
func (s *Store) Admit(n int64) error {
	sp, err := s.Space()
	if err != nil {
		return err
	}
	need := sp.Reserve
	for _, add := range []int64{s.inflight.Load(), n} {
		if add > 0 {
			if need > math.MaxInt64 {
				return blob.ErrFull
			}
			need += uint64(add)
		}
	}
	if sp.Free < need {
		return blob.ErrFull
	}
	return nil
}

// full turns what the file system says of a lack of space into blob.ErrFull.
func full(err error) error {
	if isFull(err) {
		return fmt.Errorf("%w: %w", blob.ErrFull, err)
	}
	return err
}

// directory is one of the store's directories, and the syncs of it.
type directory struct {
	path    string
	mu      sync.Mutex
	next    *round        // the round that changes made now take part in; nil if it has no leader yet
	running chan struct{} // of capacity 1, full while a round syncs
}

type round struct {
	done chan struct{}
	err  error
}

// sync makes the names in the directory durable. Callers that come while a sync runs share the next one.
func (d *directory) sync(fsys FS) error {
	d.mu.Lock()
	r := d.next
	if r != nil {
		d.mu.Unlock()
		<-r.done
		return r.err
	}
	r = &round{done: make(chan struct{})}
	d.next = r
	d.mu.Unlock()

	d.running <- struct{}{}
	d.mu.Lock()
	d.next = nil // from here on, changes may come too late for this sync
	d.mu.Unlock()
	r.err = fsys.Sync(d.path)
	<-d.running
	close(r.done)
	return r.err
}
