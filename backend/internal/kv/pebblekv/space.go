package pebblekv

import (
	"errors"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/myfsio/myfsio/backend/internal/clock"
)

// Defaults of a large file system; a small one gets a share of its size instead.
const (
	reserveBytes = 1 << 30
	ballastBytes = 256 << 20
	ballastName  = "BALLAST"
)

// room is the state of the file system's space.
type room uint8

const (
	ample room = iota // everything is admitted, also where the file system does not tell
	low               // below the reserve: only what gives space back
	none              // too little even for that
)

// space decides what is admitted. It asks the file system at most every refreshEvery, or refreshBytes of writes.
type space struct {
	fs      vfs.FS
	dir     string
	clock   clock.Clock
	reserve uint64 // 0: from the size of the file system
	ballast *ballast

	mu      sync.Mutex
	asked   time.Time
	written int
	usage   vfs.DiskUsage
	state   room
}

const (
	refreshEvery = 100 * time.Millisecond
	refreshBytes = 4 << 20
)

// check returns the state, after n more bytes were written.
func (s *space) check(n int) room {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written += n
	if s.written < refreshBytes && !s.asked.IsZero() && s.clock.Since(s.asked) < refreshEvery {
		return s.state
	}
	s.asked, s.written = s.clock.Now(), 0
	s.state = s.judge()
	if s.state == none && s.ballast.release(s.fs) {
		s.state = s.judge()
	}
	return s.state
}

// judge asks the file system.
func (s *space) judge() room {
	usage, err := s.fs.GetDiskUsage(s.dir)
	if err != nil {
		return ample
	}
	s.usage = usage
	reserve := s.floor()
	switch avail := usage.AvailBytes; {
	case avail < reserve/8:
		return none
	case avail < reserve:
		return low
	case avail > 2*reserve+2*s.ballast.size:
		s.ballast.restore(s.fs)
	}
	return ample
}

// floor is the space that stays free: what was set, else the larger of 1 GiB and 2 %, but not over a tenth of the file system.
func (s *space) floor() uint64 {
	if s.reserve > 0 {
		return s.reserve
	}
	return min(max(reserveBytes, s.usage.TotalBytes/50), s.usage.TotalBytes/10)
}

// ballast is a file that holds space for the moment when there is none, so that deletes and shutdown can run.
type ballast struct {
	path string
	size uint64 // 0: there is none

	mu   sync.Mutex
	held bool
}

// release gives the space back and reports whether there was any.
func (b *ballast) release(fs vfs.FS) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.held {
		return false
	}
	b.held = false
	return fs.Remove(b.path) == nil
}

// restore makes the file again where there is ample space. Failing to is no fault: the store then runs without.
func (b *ballast) restore(fs vfs.FS) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held || b.size == 0 {
		return
	}
	b.held = b.fill(fs) == nil
	if !b.held {
		b.size = 0
		_ = fs.Remove(b.path)
	}
}

func (b *ballast) fill(fs vfs.FS) error {
	if info, err := fs.Stat(b.path); err == nil && uint64(info.Size()) == b.size { //nolint:gosec // a size is not negative
		return nil
	}
	f, err := fs.Create(b.path, "ballast")
	if err != nil {
		return err
	}
	size := int64(b.size) //nolint:gosec // far below the limit
	if err = f.Preallocate(0, size); err == nil {
		_, err = f.WriteAt([]byte{0}, size-1) // its size says that it is whole
	}
	return errors.Join(err, f.Close())
}
