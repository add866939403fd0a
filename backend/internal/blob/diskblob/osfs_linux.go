package diskblob

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) { // a file system without it
		return linkNew(from, to)
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

func startWriteback(f *os.File, off, n int64) {
	// Advice only: what it cannot start, the fsync does.
	_ = unix.SyncFileRange(int(f.Fd()), off, n, unix.SYNC_FILE_RANGE_WRITE)
}

// copyRange lets the kernel copy: copy_file_range, which shares extents on file systems that can, else sendfile.
func copyRange(dst, src *os.File, off, n int64) (done int64, err error) {
	for done < n {
		at := off + done
		step := int(min(n-done, 1<<30))
		c, err := unix.CopyFileRange(int(src.Fd()), &at, int(dst.Fd()), nil, step, 0)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EXDEV), errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EOPNOTSUPP):
			at = off + done
			c, err = unix.Sendfile(int(dst.Fd()), int(src.Fd()), &at, step)
			if errors.Is(err, unix.EINTR) {
				continue
			}
			if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
				return done, errors.ErrUnsupported
			}
		}
		if err != nil {
			return done, &os.PathError{Op: "copy_file_range", Path: dst.Name(), Err: err}
		}
		if c == 0 {
			return done, io.ErrUnexpectedEOF
		}
		done += int64(c)
	}
	return done, nil
}
