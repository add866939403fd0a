//go:build !linux

package projection

import "os"

// swap replaces path by temp; only Linux can exchange them, to look at what was there.
func swap(temp, path string) (swapped bool, err error) {
	return false, os.Rename(temp, path)
}
