package projection

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// swap exchanges two files in one step, so that what was at path can be looked at afterwards. swapped is false where only replacing is
// possible, or nothing was there.
func swap(temp, path string) (swapped bool, err error) {
	err = unix.Renameat2(unix.AT_FDCWD, temp, unix.AT_FDCWD, path, unix.RENAME_EXCHANGE)
	if err == nil {
		return true, nil
	}
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return false, os.Rename(temp, path)
	}
	return false, err
}
