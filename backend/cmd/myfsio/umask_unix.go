//go:build unix

package main

import "golang.org/x/sys/unix"

// Whatever a library creates, too, belongs to the server's user alone.
func init() { unix.Umask(0o077) }
