//go:build !windows

package seal

import "os"

func syncHandle(d *os.File) error { return d.Sync() }
