// Package kv is the contract of the metadata engine: an ordered map of bytes to bytes with serializable transactions.
//
// Everything above it is written once against this contract; kvtest holds every engine to it.
package kv

import (
	"context"
	"errors"
)

// Limits that every engine honours and every caller keeps. An engine refuses more with ErrTooLarge.
const (
	MaxKey      = 2500    // bytes of a key; a key has at least one byte
	MaxValue    = 1 << 20 // bytes of a value
	MaxTxnBytes = 8 << 20 // sum of key and value bytes written by one transaction
	MaxTxnOps   = 5000    // Set and Delete calls of one transaction
)

var (
	// ErrNotFound is returned by Get for a key that is not there.
	ErrNotFound = errors.New("kv: not found")
	// ErrTooLarge is returned for a key, value or transaction over a limit, and for writing an empty key.
	ErrTooLarge = errors.New("kv: over a limit")
	// ErrUnknown means that the outcome of a commit is not known: nothing may be cleaned up on it.
	ErrUnknown = errors.New("kv: outcome of the commit unknown")
	// ErrClosed is returned by a store that was closed.
	ErrClosed = errors.New("kv: closed")
	// ErrIterOpen is returned by a write while an iterator of the transaction is open, and by View and Update when fn left one open.
	ErrIterOpen = errors.New("kv: iterator open")
	// ErrPoisoned is returned by every write after a failed fsync, until a restart.
	ErrPoisoned = errors.New("kv: a sync failed; writes are stopped until restart")
	// ErrFull is returned by a write that found no space.
	ErrFull = errors.New("kv: no space")
	// ErrReadOnly is returned by a write to a store that was opened for reading only.
	ErrReadOnly = errors.New("kv: read only")
)

// Store is an engine. It is safe for concurrent use.
type Store interface {
	// View runs fn on one consistent, durable snapshot. fn must not block on the network and ends within 5 s.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn in a serializable transaction and returns nil only after its writes are durable. fn may run again, so it has no
	// effect but on the transaction. An error of fn discards the writes and is returned as it is, once all that fn read is durable.
	Update(ctx context.Context, fn func(Txn) error) error
	// DeleteRange removes every key in [start, end), in steps of the engine's choosing: for ranges that no live record names any more.
	DeleteRange(ctx context.Context, start, end []byte) error
	// Close waits for running transactions. Later calls return ErrClosed.
	Close() error
}

// Reader reads one snapshot. It is used by one goroutine and not after the function that received it returned.
type Reader interface {
	// Get returns a copy of the value, or ErrNotFound.
	Get(key []byte) ([]byte, error)
	// Iter walks a range in ascending byte order, starting before its first key.
	Iter(r Range) Iterator
}

// Txn reads its own writes.
type Txn interface {
	Reader
	// Set stores a copy of key and value.
	Set(key, value []byte) error
	// Delete removes the key; deleting what is not there is no error.
	Delete(key []byte) error
	// OnCommit registers a function that runs once, after the writes are durable, in the goroutine of Update; never for an attempt that was discarded.
	OnCommit(fn func())
}

// Range is [Start, End); a nil End has no upper bound. KeysOnly lets an engine leave values unread: Value is then nil.
type Range struct {
	Start, End []byte
	KeysOnly   bool
}

// Iterator walks a Range. Key and Value are valid until the next call.
type Iterator interface {
	// Next moves to the next key and reports whether there is one.
	Next() bool
	// SeekGE moves to the first key in the range that is not less than key, also backwards, and reports whether there is one.
	SeekGE(key []byte) bool
	Key() []byte
	Value() []byte
	// Close ends the iteration and returns its error, if any. It must be called and its error checked.
	Close() error
}

// Stats is what an engine can tell of itself, for the metrics; optional, by type assertion to Statser.
type Stats struct {
	Engine    string
	DiskBytes uint64
	Fields    map[string]string
}

// Statser is implemented by engines that know their own figures.
type Statser interface{ Stats() Stats }

// PrefixEnd returns the smallest key greater than every key with the prefix, or nil if there is none.
func PrefixEnd(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}

// Prefix returns the range of every key with the prefix.
func Prefix(prefix []byte) Range { return Range{Start: prefix, End: PrefixEnd(prefix)} }
