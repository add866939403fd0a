package blobtest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Disk is a file system in memory for diskblob (it is a diskblob.FS). It keeps apart what has been synced and what has not, so that Crash
// can make the disk that a crash would leave; it fails on demand, and it can be full. It is safe for concurrent use.
type Disk struct {
	mu    sync.Mutex
	dirs  map[string]map[string]*name // by path
	hook  func(Op) error
	limit uint64
	used  uint64
	tick  int64 // modification times count up from the Unix epoch
}

// Op is a call that is about to be made. Verb is mkdir, create, open, rename, remove, sync (a directory), read (a directory), space; for
// an open file fwrite, fread, fsync, fcopy, fclose. Path is the first name, To a rename's second; N the bytes of fwrite and fcopy.
type Op struct {
	Verb, Path, To string
	N              int64
}

// String is the call without the directories of its paths.
func (o Op) String() string {
	s := o.Verb + " " + filepath.Base(o.Path)
	if o.To != "" {
		s += " " + filepath.Base(o.To)
	}
	if o.N > 0 {
		s += fmt.Sprintf(" %d", o.N)
	}
	return s
}

// Changes reports whether the call changes the disk or makes a change durable.
func (o Op) Changes() bool {
	return !slices.Contains([]string{"open", "read", "fread", "fclose", "space"}, o.Verb)
}

// file is an inode. What is a directory has a path in Disk.dirs instead.
type file struct {
	data, synced []byte
	modified     time.Time
	links        int
}

// name is an entry of a directory: what it is, and each thing that it may be after a crash. A nil file is no entry, isDir a directory.
type name struct {
	now  *file
	past []*file // the durable one first
}

var isDir = &file{}

// NewDisk returns an empty disk of 1 TiB.
func NewDisk() *Disk {
	return &Disk{dirs: map[string]map[string]*name{filepath.VolumeName(os.TempDir()) + string(filepath.Separator): {}}, limit: 1 << 40}
}

// Hook has fn called before each operation, without any lock held. If fn returns an error the operation fails with it and has no effect,
// save that a failed fwrite or fcopy writes half. An error of Done is returned after the operation was carried out. nil removes the hook.
func (d *Disk) Hook(fn func(Op) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hook = fn
}

// Limit makes the disk one of n bytes.
func (d *Disk) Limit(n uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.limit = n
}

type doneError struct{ error }

// Unwrap returns the error given to Done.
func (e doneError) Unwrap() error { return e.error }

// Done returns err for a hook to report an operation as failed that takes effect all the same.
func Done(err error) error { return doneError{err} }

// do runs an operation through the hook. fn runs with the lock held; whole is false for the effect of a failed write.
func (d *Disk) do(op Op, fn func(whole bool) error) error {
	d.mu.Lock()
	hook := d.hook
	d.mu.Unlock()
	var failed error
	if hook != nil {
		failed = hook(op)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var done doneError
	switch {
	case failed == nil:
		return fn(true)
	case errors.As(failed, &done):
		_ = fn(true)
	case op.Verb == "fwrite" || op.Verb == "fcopy":
		_ = fn(false)
	}
	return &fs.PathError{Op: op.Verb, Path: op.Path, Err: failed}
}

func (d *Disk) entry(path string) (map[string]*name, *name, error) {
	dir, ok := d.dirs[filepath.Dir(path)]
	if !ok {
		return nil, nil, &fs.PathError{Op: "lookup", Path: path, Err: fs.ErrNotExist}
	}
	e := dir[filepath.Base(path)]
	if e == nil {
		e = &name{past: []*file{nil}}
	}
	return dir, e, nil
}

// set changes what a path is.
func (d *Disk) set(path string, to *file) error {
	dir, e, err := d.entry(path)
	if err != nil {
		return err
	}
	if e.now != nil && e.now != isDir {
		if e.now.links--; e.now.links == 0 {
			d.used -= uint64(len(e.now.data))
		}
	}
	if to != nil && to != isDir {
		if to.links++; to.links == 1 {
			d.used += uint64(len(to.data))
		}
	}
	e.now = to
	e.past = append(e.past, to)
	dir[filepath.Base(path)] = e
	return nil
}

func (d *Disk) lookup(path string, want bool) (*file, error) {
	_, e, err := d.entry(path)
	switch {
	case err != nil:
		return nil, err
	case e.now == nil && want:
		return nil, &fs.PathError{Op: "lookup", Path: path, Err: fs.ErrNotExist}
	case e.now != nil && !want:
		return nil, &fs.PathError{Op: "lookup", Path: path, Err: fs.ErrExist}
	}
	return e.now, nil
}

// Mkdir makes a directory.
func (d *Disk) Mkdir(path string) error {
	path = filepath.Clean(path)
	return d.do(Op{Verb: "mkdir", Path: path}, func(bool) error {
		if _, err := d.lookup(path, false); err != nil {
			return err
		}
		if err := d.set(path, isDir); err != nil {
			return err
		}
		d.dirs[path] = map[string]*name{}
		return nil
	})
}

// Create makes a file.
func (d *Disk) Create(path string) (File, error) {
	f := &diskFile{disk: d, path: filepath.Clean(path), file: &file{}}
	err := d.do(Op{Verb: "create", Path: f.path}, func(bool) error {
		if _, err := d.lookup(f.path, false); err != nil {
			return err
		}
		f.file.modified = d.now()
		return d.set(f.path, f.file)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Open opens a file.
func (d *Disk) Open(path string) (File, error) {
	f := &diskFile{disk: d, path: filepath.Clean(path)}
	err := d.do(Op{Verb: "open", Path: f.path}, func(bool) (err error) {
		f.file, err = d.lookup(f.path, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Rename moves a file's name to a free one.
func (d *Disk) Rename(from, to string) error {
	from, to = filepath.Clean(from), filepath.Clean(to)
	return d.do(Op{Verb: "rename", Path: from, To: to}, func(bool) error {
		f, err := d.lookup(from, true)
		if err != nil {
			return err
		}
		if _, err := d.lookup(to, false); err != nil {
			return err
		}
		return errors.Join(d.set(to, f), d.set(from, nil))
	})
}

// Remove removes a file's name.
func (d *Disk) Remove(path string) error {
	path = filepath.Clean(path)
	return d.do(Op{Verb: "remove", Path: path}, func(bool) error {
		if _, err := d.lookup(path, true); err != nil {
			return err
		}
		return d.set(path, nil)
	})
}

// Sync makes the names in a directory durable.
func (d *Disk) Sync(dir string) error {
	dir = filepath.Clean(dir)
	return d.do(Op{Verb: "sync", Path: dir}, func(bool) error {
		names, ok := d.dirs[dir]
		if !ok {
			return &fs.PathError{Op: "sync", Path: dir, Err: fs.ErrNotExist}
		}
		for _, e := range names {
			e.past = []*file{e.now}
		}
		return nil
	})
}

// Read lists a directory.
func (d *Disk) Read(dir string, fn func(name string) error) error {
	dir = filepath.Clean(dir)
	var all []string
	err := d.do(Op{Verb: "read", Path: dir}, func(bool) error {
		names, ok := d.dirs[dir]
		if !ok {
			return &fs.PathError{Op: "read", Path: dir, Err: fs.ErrNotExist}
		}
		for n, e := range names {
			if e.now != nil {
				all = append(all, n)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, n := range all {
		if err := fn(n); err != nil {
			return err
		}
	}
	return nil
}

// Space tells the size of the disk and what is free.
func (d *Disk) Space(dir string) (total, free uint64, err error) {
	err = d.do(Op{Verb: "space", Path: dir}, func(bool) error {
		total, free = d.limit, d.limit-min(d.used, d.limit)
		return nil
	})
	return total, free, err
}

func (d *Disk) now() time.Time {
	d.tick++
	return time.Unix(0, d.tick).UTC()
}

// Files returns the paths of all files, sorted.
func (d *Disk) Files() (paths []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for dir, names := range d.dirs {
		for n, e := range names {
			if e.now != nil && e.now != isDir {
				paths = append(paths, filepath.Join(dir, n))
			}
		}
	}
	slices.Sort(paths)
	return paths
}

// Crash returns a disk as a crash at this moment could leave it, one of many; seed chooses. Each name that was not synced is as it was at
// its last sync or as at any time since, independently of all others; unsynced bytes of a file are there, or gone, or torn by sectors.
// The disk itself goes on unharmed.
func (d *Disk) Crash(seed uint64) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // reproducible on purpose
	c := &Disk{dirs: map[string]map[string]*name{}, limit: d.limit, tick: d.tick}
	left := map[*file]*file{isDir: isDir}
	roots := make([]string, 0, len(d.dirs))
	for path := range d.dirs {
		roots = append(roots, path)
	}
	slices.Sort(roots) // parents before children, and the same order for the same seed
	for _, path := range roots {
		if parent := filepath.Dir(path); parent != path {
			if up := c.dirs[parent]; up == nil || up[filepath.Base(path)] == nil {
				continue // the directory itself was lost
			}
		}
		c.dirs[path] = map[string]*name{}
		for _, n := range sortedKeys(d.dirs[path]) {
			past := d.dirs[path][n].past
			was := past[r.IntN(len(past))]
			if was == nil {
				continue
			}
			if left[was] == nil {
				data := was.torn(r)
				left[was] = &file{data: data, synced: data, modified: was.modified}
			}
			f := left[was]
			if f != isDir {
				if f.links++; f.links == 1 {
					c.used += uint64(len(f.data))
				}
			}
			c.dirs[path][n] = &name{now: f, past: []*file{f}}
		}
	}
	return c
}

func sortedKeys(m map[string]*name) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// torn returns the file's bytes after a crash.
func (f *file) torn(r *rand.Rand) []byte {
	const sector = 512
	grown := len(f.data) - len(f.synced)
	if grown == 0 { // files only grow
		return slices.Clone(f.synced)
	}
	switch r.IntN(4) {
	case 0:
		return slices.Clone(f.synced)
	case 1:
		return slices.Clone(f.data)
	case 2:
		return slices.Clone(f.data[:len(f.synced)+r.IntN(grown+1)])
	}
	data := slices.Clone(f.data) // the length came through, some sectors did not
	for at := len(f.synced); at < len(data); at = (at/sector + 1) * sector {
		if r.IntN(2) == 0 {
			clear(data[at:min((at/sector+1)*sector, len(data))])
		}
	}
	return data
}

// File is what Disk's files are: diskblob.File, which is an alias of the same type.
type File = interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Stat() (size int64, modified time.Time, err error)
	Sync() error
	CopyFrom(src io.ReaderAt, off, n int64) (int64, error)
	Std() *os.File
}

type diskFile struct {
	disk *Disk
	path string
	file *file
}

// append is called with the lock held.
func (f *diskFile) append(p []byte) (int, error) {
	d := f.disk
	if f.file.links > 0 {
		if free := d.limit - min(d.used, d.limit); uint64(len(p)) > free {
			p = p[:free]
			f.file.data = append(f.file.data, p...)
			d.used += uint64(len(p))
			return len(p), &fs.PathError{Op: "write", Path: f.path, Err: syscall.ENOSPC}
		}
		d.used += uint64(len(p))
	}
	f.file.data = append(f.file.data, p...)
	f.file.modified = d.now()
	return len(p), nil
}

func (f *diskFile) Write(p []byte) (n int, err error) {
	err = f.disk.do(Op{Verb: "fwrite", Path: f.path, N: int64(len(p))}, func(whole bool) (err error) {
		if !whole {
			p = p[:len(p)/2]
		}
		n, err = f.append(p)
		return err
	})
	return n, err
}

func (f *diskFile) CopyFrom(src io.ReaderAt, off, n int64) (done int64, err error) {
	from, ok := src.(*diskFile)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	err = f.disk.do(Op{Verb: "fcopy", Path: from.path, To: f.path, N: n}, func(whole bool) error {
		if !whole {
			n /= 2
		}
		if off+n > int64(len(from.file.data)) {
			return io.ErrUnexpectedEOF
		}
		c, err := f.append(from.file.data[off : off+n])
		done = int64(c)
		return err
	})
	return done, err
}

func (f *diskFile) ReadAt(p []byte, off int64) (n int, err error) {
	err = f.disk.do(Op{Verb: "fread", Path: f.path, N: int64(len(p))}, func(bool) error {
		if off < int64(len(f.file.data)) {
			n = copy(p, f.file.data[off:])
		}
		return nil
	})
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

func (f *diskFile) Stat() (int64, time.Time, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.file == isDir {
		return 0, time.Time{}, errors.New("is a directory")
	}
	return int64(len(f.file.data)), f.file.modified, nil
}

func (f *diskFile) Sync() error {
	return f.disk.do(Op{Verb: "fsync", Path: f.path}, func(bool) error {
		f.file.synced = f.file.data[:len(f.file.data):len(f.file.data)]
		return nil
	})
}

func (f *diskFile) Close() error {
	return f.disk.do(Op{Verb: "fclose", Path: f.path}, func(bool) error { return nil })
}

func (f *diskFile) Std() *os.File { return nil }
