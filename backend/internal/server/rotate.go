package server

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// rotatingFile is a log file of bounded size: when a line would carry it over max bytes it becomes <name>.1, the older ones move on by
// one, and those beyond keep are removed. A line is never split. Lines are gathered for a moment, since a write for each request would
// cost more than the request's own work; a crash of the process loses the last lines and nothing else.
type rotatingFile struct {
	path string
	max  int64
	keep int

	mu      sync.Mutex
	file    *os.File
	size    int64  // of the file and what is pending
	pending []byte // lines to write
	timer   *time.Timer
	err     error // of a write in the background, told to the next caller
}

const (
	gatherTime = 200 * time.Millisecond
	gatherSize = 32 << 10
)

func openRotating(dir, name string, maxBytes int64, keep int) (*rotatingFile, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	r := &rotatingFile{path: filepath.Join(dir, name), max: maxBytes, keep: keep}
	return r, r.open()
}

func (r *rotatingFile) open() error {
	f, err := os.OpenFile(r.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	r.file, r.size = f, info.Size()
	return nil
}

// Write appends one line.
func (r *rotatingFile) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return 0, fs.ErrClosed
	}
	if r.max > 0 && r.size > 0 && r.size+int64(len(line)) > r.max {
		if err := errors.Join(r.flush(), r.rotate()); err != nil {
			return 0, err
		}
	}
	r.pending = append(r.pending, line...)
	r.size += int64(len(line))
	err := r.err
	r.err = nil
	switch {
	case len(r.pending) >= gatherSize:
		err = errors.Join(err, r.flush())
	case r.timer == nil:
		r.timer = time.AfterFunc(gatherTime, r.tick)
	}
	return len(line), err
}

// tick writes what was gathered.
func (r *rotatingFile) tick() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer = nil
	if r.file != nil {
		r.err = r.flush()
	}
}

func (r *rotatingFile) flush() error {
	if len(r.pending) == 0 {
		return nil
	}
	_, err := r.file.Write(r.pending)
	r.pending = r.pending[:0]
	return err
}

// rotate moves the files on. Without backups the file is emptied.
func (r *rotatingFile) rotate() error {
	if err := r.file.Close(); err != nil {
		return err
	}
	r.file = nil
	if r.keep <= 0 {
		if err := os.Truncate(r.path, 0); err != nil {
			return err
		}
		return r.open()
	}
	for i := r.keep - 1; i >= 0; i-- {
		from := r.path
		if i > 0 {
			from += "." + strconv.Itoa(i)
		}
		if err := os.Rename(from, r.path+"."+strconv.Itoa(i+1)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return r.open()
}

// Close writes what is pending and closes the file; later writes fail.
func (r *rotatingFile) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return nil
	}
	err := errors.Join(r.flush(), r.file.Close())
	r.file = nil
	return err
}
