package diskblob

import (
	"io"
	"os"
	"time"
)

// FS is all that the store asks of a file system. OS is the real one; tests stand in one that crashes and fails. Errors are told apart
// by errors.Is: fs.ErrNotExist, fs.ErrExist, errors.ErrUnsupported, and syscall.ENOSPC or EDQUOT for a full disk.
type FS interface {
	// Mkdir makes one directory of mode 0700.
	Mkdir(path string) error
	// Create makes a file of mode 0600 for writing; fs.ErrExist if the name is taken.
	Create(path string) (File, error)
	// Open opens a file for reading.
	Open(path string) (File, error)
	// Rename gives a file another name in the same directory, in one step; fs.ErrExist if that is taken, never replacing it.
	Rename(from, to string) error
	// Remove removes a file's name.
	Remove(path string) error
	// Sync makes the names in a directory durable, as they are at the time of the call.
	Sync(dir string) error
	// Read calls fn with each name in a directory, in any order, until fn returns an error, which Read returns.
	Read(dir string, fn func(name string) error) error
	// Space returns the size of the file system that holds dir and what an ordinary user may still use of it, in bytes.
	Space(dir string) (total, free uint64, err error)
}

// File is an open file. It is an alias, so that a file system can be written without importing this package.
type File = interface {
	io.Writer // appends
	io.ReaderAt
	io.Closer
	Stat() (size int64, modified time.Time, err error)
	// Sync makes the file's bytes durable (not its name).
	Sync() error
	// CopyFrom appends n bytes of another file of the same file system, from offset off, without their passing through the process where
	// the system can; extents are shared where the file system can. errors.ErrUnsupported if it cannot for these two files.
	CopyFrom(src io.ReaderAt, off, n int64) (int64, error)
	// Std returns the operating system's file, nil if there is none.
	Std() *os.File
}
