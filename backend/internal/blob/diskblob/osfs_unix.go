//go:build unix

package diskblob

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// linkNew is the rename that does not replace, of systems that have none: between its steps the file has both names, and the temporary
// one is removed at the next start.
func linkNew(from, to string) error {
	if err := os.Link(from, to); err != nil {
		return err
	}
	return os.Remove(from)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func space(dir string) (total, free uint64, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	size := uint64(st.Bsize)                                       //nolint:gosec,unconvert // its type differs by system
	return uint64(st.Blocks) * size, uint64(st.Bavail) * size, nil //nolint:gosec,unconvert // likewise
}

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
