package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// storeLock is the right of this process to own the embedded store.
type storeLock struct{ file *os.File }

// errOwned is returned when another process owns the store.
var errOwned = errors.New("another MyFSIO process owns this store")

// lockStore takes the lock of the system directory. When another process has it, wait is called once with that process's id (0 when unknown)
// and the lock is tried until ctx ends; a nil wait refuses at once.
func lockStore(ctx context.Context, dir string, wait func(pid string)) (*storeLock, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for asked := false; ; asked = true {
		ok, err := tryLock(f)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if ok {
			l := &storeLock{file: f}
			return l, l.sign()
		}
		if wait == nil {
			return nil, errors.Join(fmt.Errorf("%w (%s, process %s)", errOwned, dir, owner(f)), f.Close())
		}
		if !asked {
			wait(owner(f))
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// sign writes the process id into the lock file, for the message that another process shows.
func (l *storeLock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(fmt.Sprintln(os.Getpid())), 0)
	return err
}

func owner(f *os.File) string {
	buf := make([]byte, 32)
	n, _ := f.ReadAt(buf, 0) //nolint:errcheck // for a message only
	if pid := strings.TrimSpace(string(buf[:n])); pid != "" {
		return pid
	}
	return "unknown"
}

func (l *storeLock) release() error { return l.file.Close() }
