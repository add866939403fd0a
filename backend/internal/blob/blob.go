// Package blob is the contract of the blob engine: immutable byte strings under ids that the caller chooses.
package blob

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/myfsio/myfsio/backend/internal/ident"
)

// ID names a blob.
type ID = ident.Blob

var (
	// ErrNotFound is returned by Open for an id without a committed blob.
	ErrNotFound = errors.New("blob: not found")
	// ErrExists is returned by Commit and Clone for an id that has a blob already; the old one stays.
	ErrExists = errors.New("blob: exists")
	// ErrRange is returned by Open and Clone for a range that is not wholly inside the blob.
	ErrRange = errors.New("blob: range outside the blob")
	// ErrFull is returned by writes that found no space. Nothing of them stays.
	ErrFull = errors.New("blob: no space")
	// ErrPoisoned is returned by every write after a failed fsync, until a restart.
	ErrPoisoned = errors.New("blob: a sync failed; writes are stopped until restart")
	// ErrUnsupported is returned by an optional operation that this store cannot do for these blobs.
	ErrUnsupported = errors.New("blob: not supported here")
	// ErrCorrupt is returned when a blob's bytes are not those that were committed.
	ErrCorrupt = errors.New("blob: corrupt")
	// ErrClosed is returned by every use of a store after its Close, and by writers after their Commit or Abort.
	ErrClosed = errors.New("blob: closed")
)

// Info describes a committed blob.
type Info struct {
	ID      ID
	Size    int64
	Created time.Time // as the engine tells it; for reports, never for correctness
}

// Store is an engine. It is safe for concurrent use.
type Store interface {
	// Create starts a blob. Exactly one of Commit and Abort follows (Abort after either is harmless); once ctx has ended, Write and
	// Commit fail.
	Create(ctx context.Context, id ID) (Writer, error)
	// Open returns n bytes from offset off; n < 0 means up to the end. A range may be empty and may begin at the end. The reader goes on to work after a Delete of the blob where the
	// engine can (disk), else it fails, and never gives other bytes.
	Open(ctx context.Context, id ID, off, n int64) (io.ReadCloser, error)
	// Delete removes the blob durably. Deleting what is not there is no error.
	Delete(ctx context.Context, id ID) error
	// List calls fn for each committed blob with an id greater than after, in ascending order, until fn returns an error, which List returns.
	List(ctx context.Context, after ID, fn func(Info) error) error
	Close() error
}

// Writer receives a blob's bytes. It is used by one goroutine.
type Writer interface {
	io.Writer
	// Commit makes the blob durable and visible, in this order; after an error there is no blob, or (ErrExists) the one before. A crash
	// in the middle of a Commit that had not returned leaves the whole blob or none. After a failed Write, Commit fails with its error.
	Commit() (Info, error)
	// Abort discards what was written. It is idempotent and harmless after Commit.
	Abort() error
}

// Segment is a part of a blob. A negative N means up to the end.
type Segment struct {
	ID     ID
	Off, N int64
}

// Cloner is implemented by engines that can make a blob of others without its bytes passing through the process: extents are shared
// where the file system can, else the kernel or the store copies. The result is as durable as one of Commit.
type Cloner interface {
	// Clone makes blob dst of segments of others, in order. It returns ErrUnsupported before any effect if it cannot.
	Clone(ctx context.Context, dst ID, from []Segment) (Info, error)
}

// Remover is implemented by engines that remove many blobs for less than the sum: with one sync, or in one request.
type Remover interface {
	// DeleteAll does what Delete does for each id. After an error any of them may still be there; the call may be repeated.
	DeleteAll(ctx context.Context, ids []ID) error
}

// DeleteAll deletes every blob of ids, in the cheapest way that s has.
func DeleteAll(ctx context.Context, s Store, ids []ID) error {
	if r, ok := s.(Remover); ok {
		return r.DeleteAll(ctx, ids)
	}
	for _, id := range ids {
		if err := s.Delete(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// Filer is implemented by readers of Open that are (part of) a plain file, positioned at the requested offset, so that sendfile can serve them.
type Filer interface {
	File() (f *os.File, off, n int64)
}

// Space is what a full store has left. Optional, by type assertion to Spacer.
type Space struct{ Total, Free, Reserve uint64 }

// Spacer is implemented by engines on a bounded medium.
type Spacer interface {
	Space() (Space, error)
	// Admit returns ErrFull when, with the bytes that open writers are about to write, a write of n more bytes would go below the reserve; n < 0 means of unknown size.
	Admit(n int64) error
}
