package pebblekv

import (
	"hash/maphash"
)

// hotRows remembers rows that transactions read again and again and seldom write, such as that of the bucket in every write of an object:
// a row deep in the store costs a look into every level above it. It is a table with one place for each hash, so that a row that is read
// often is back soon after another has taken its place. A remembered row that a transaction writes, such as the counters of a bucket, is
// remembered as written once that has committed. The holder of the writer token alone uses it; it never holds what is not committed.
type hotRows struct {
	seed  maphash.Seed
	slots [256]hotRow
}

type hotRow struct{ key, value []byte }

// hotMost is the size in bytes of the largest row that is remembered.
const hotMost = 1 << 10

func newHotRows() *hotRows { return &hotRows{seed: maphash.MakeSeed()} }

func (h *hotRows) slot(key []byte) *hotRow {
	return &h.slots[maphash.Bytes(h.seed, key)%uint64(len(h.slots))]
}

// get returns a copy of a remembered row.
func (h *hotRows) get(key []byte) ([]byte, bool) {
	if row := h.slot(key); row.key != nil && string(row.key) == string(key) {
		return append([]byte{}, row.value...), true
	}
	return nil, false
}

// keep remembers a committed row.
func (h *hotRows) keep(key, value []byte) {
	if len(key)+len(value) > hotMost {
		return
	}
	row := h.slot(key)
	row.key = append(row.key[:0], key...)
	row.value = append(row.value[:0], value...)
}

// drop forgets a row that is being written, and reports whether it was remembered.
func (h *hotRows) drop(key []byte) bool {
	row := h.slot(key)
	held := row.key != nil && string(row.key) == string(key)
	if held {
		row.key = nil
	}
	return held
}

// clear forgets everything.
func (h *hotRows) clear() { clear(h.slots[:]) }
