package diskblob

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// OS is the file system of the machine.
type OS struct{}

// Mkdir implements FS.
func (OS) Mkdir(path string) error { return os.Mkdir(path, 0o700) }

// Create implements FS.
func (OS) Create(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &osFile{File: f}, nil
}

// Open implements FS.
func (OS) Open(path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &osFile{File: f}, nil
}

// Rename implements FS.
func (OS) Rename(from, to string) error { return renameNew(from, to) }

// Remove implements FS.
func (OS) Remove(path string) error { return os.Remove(path) }

// Sync implements FS.
func (OS) Sync(dir string) error { return syncDir(dir) }

// Read implements FS.
func (OS) Read(dir string, fn func(name string) error) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	for {
		names, err := d.Readdirnames(1024)
		for _, name := range names {
			if err := fn(name); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Space implements FS.
func (OS) Space(dir string) (total, free uint64, err error) { return space(dir) }

type osFile struct {
	*os.File
	written int64 // bytes appended
	started int64 // bytes whose way to the disk has begun
}

func (f *osFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	f.wrote(int64(n))
	return n, err
}

// wrote lets the disk begin on a long file early, so that the fsync at its end finds little left to do.
func (f *osFile) wrote(n int64) {
	if f.written += n; f.written-f.started >= writeback {
		startWriteback(f.File, f.started, f.written-f.started)
		f.started = f.written
	}
}

// writeback is the number of bytes after which their way to the disk begins.
const writeback = 2 << 20

func (f *osFile) Stat() (int64, time.Time, error) {
	info, err := f.File.Stat()
	if err != nil {
		return 0, time.Time{}, err
	}
	if !info.Mode().IsRegular() {
		return 0, time.Time{}, fmt.Errorf("%s: not a regular file", f.Name())
	}
	return info.Size(), info.ModTime(), nil
}

func (f *osFile) CopyFrom(src io.ReaderAt, off, n int64) (int64, error) {
	from, ok := src.(*osFile)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	done, err := copyRange(f.File, from.File, off, n)
	f.wrote(done)
	return done, err
}

func (f *osFile) Std() *os.File { return f.File }
