package diskblob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Open implements blob.Store. The reader goes on to work after a Delete and after Close, and implements blob.Filer.
func (s *Store) Open(ctx context.Context, id blob.ID, off, n int64) (io.ReadCloser, error) {
	const op = "diskblob.Open"
	if err := s.readable(ctx); err != nil {
		return nil, err
	}
	file, n, err := s.open(id, off, n)
	if err != nil {
		return nil, err
	}
	std := file.Std()
	if std == nil {
		return &reader{file: file, off: off, n: n}, nil
	}
	if off > 0 {
		if _, err := std.Seek(off, io.SeekStart); err != nil {
			return nil, errors.Join(fault.Wrap(op, err), file.Close())
		}
	}
	return &fileReader{std: std, off: off, n: n, left: n}, nil
}

// open opens a blob and resolves a range of it.
func (s *Store) open(id blob.ID, off, n int64) (File, int64, error) {
	const op = "diskblob.Open"
	file, err := s.fs.Open(s.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, blob.ErrNotFound
	}
	if err != nil {
		return nil, 0, fault.Wrap(op, err)
	}
	size, _, err := file.Stat()
	switch {
	case err != nil:
		err = fault.Wrap(op, err)
	case off < 0 || off > size || n > size-off:
		err = blob.ErrRange
	case n < 0:
		n = size - off
	}
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, n, nil
}

// short is the error of a file that has become shorter than it was.
func short(left int64) error {
	return fmt.Errorf("%w: the file ends %d bytes early: %w", blob.ErrCorrupt, left, io.ErrUnexpectedEOF)
}

// fileReader reads through the descriptor's own position, which sendfile shares.
type fileReader struct {
	std          *os.File
	off, n, left int64
}

// File implements blob.Filer.
func (r *fileReader) File() (*os.File, int64, int64) { return r.std, r.off, r.n }

func (r *fileReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n, err := r.std.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = short(r.left)
	}
	return n, err
}

func (r *fileReader) Close() error { return r.std.Close() }

// reader reads a file that is not the operating system's.
type reader struct {
	file   File
	off, n int64
}

func (r *reader) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n, err := r.file.ReadAt(p[:min(int64(len(p)), r.n)], r.off)
	r.off += int64(n)
	r.n -= int64(n)
	if errors.Is(err, io.EOF) {
		if err = nil; n == 0 && len(p) > 0 {
			err = short(r.n)
		}
	}
	return n, err
}

func (r *reader) Close() error { return r.file.Close() }
