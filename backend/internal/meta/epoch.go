package meta

import (
	"fmt"
	"time"

	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/order"
)

// A node epoch is one life of one node. Its row is there from its start until it ended cleanly or its leftovers were swept.

// EpochState is how a node epoch stands.
type EpochState uint8

// The states.
const (
	EpochLive   EpochState = iota + 1
	EpochFenced            // its node died, or is taken for dead: it cannot commit any more, and its leftovers are being swept
)

// Epoch is the row of a node epoch.
type Epoch struct {
	Number  uint32 // from the key of the row
	State   EpochState
	Started time.Time
	Swept   ident.Blob // fenced: leftovers up to this blob have been dealt with
}

// LastEpochKey is x/epoch: the number of the newest node epoch.
func LastEpochKey() []byte { return SystemKey("epoch") }

const epochPrefix = "x/epoch/"

// EpochKey is x/epoch/<number>: one node epoch.
func EpochKey(number uint32) []byte { return order.AppendUint32([]byte(epochPrefix), number) }

// Epochs is the range of all rows of node epochs.
func Epochs() kv.Range { return kv.Prefix([]byte(epochPrefix)) }

// EpochOfKey is the number in a key made by EpochKey.
func EpochOfKey(k []byte) (uint32, error) {
	if len(k) != len(epochPrefix)+4 {
		return 0, fmt.Errorf("%w: epoch key", ErrCorrupt)
	}
	n, _, err := order.DecodeUint32(k[len(epochPrefix):])
	return n, err
}

// SweepingKey is x/sweeping: there while fenced epochs are swept, so that commits leave a trace of blobs that move (MovedKey).
func SweepingKey() []byte { return SystemKey("sweeping") }

// MovedKey is x/moved/<blobID>: the blob's version became current again while a sweep ran, so that a scan may have missed it.
func MovedKey(b ident.Blob) []byte { return append([]byte("x/moved/"), b[:]...) }

// Moved is the range of all rows of MovedKey.
func Moved() kv.Range { return kv.Prefix([]byte("x/moved/")) }

const epochFormat = 1

// Encode returns the row's bytes.
func (e *Epoch) Encode() []byte {
	w := newEncoder(epochFormat, 48)
	w.uint(1, uint64(e.State))
	w.time(2, e.Started)
	if !e.Swept.IsZero() {
		w.bytes(3, e.Swept[:])
	}
	return w.b
}

// DecodeEpoch is the inverse of Encode.
func DecodeEpoch(number uint32, raw []byte) (*Epoch, error) {
	e := &Epoch{Number: number}
	err := decode(raw, epochFormat, func(f field) error {
		switch f.id {
		case 1:
			e.State = EpochState(f.num) //nolint:gosec // checked below
		case 2:
			e.Started = f.time()
		case 3:
			return f.fixed(e.Swept[:])
		default:
			return unknown("epoch", f)
		}
		return nil
	})
	if err == nil && e.State != EpochLive && e.State != EpochFenced {
		err = fmt.Errorf("%w: epoch in state %d", ErrCorrupt, e.State)
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

// EncodeNumber returns the bytes of a row that holds one number.
func EncodeNumber(n uint64) []byte {
	w := newEncoder(1, 12)
	w.uint(1, n)
	return w.b
}

// DecodeNumber is the inverse of EncodeNumber.
func DecodeNumber(raw []byte) (n uint64, err error) {
	err = decode(raw, 1, func(f field) error {
		if f.id != 1 {
			return unknown("number", f)
		}
		n = f.num
		return nil
	})
	return n, err
}

// EncodeOrder returns the bytes of a row of NullKey.
func EncodeOrder(o ident.Order) []byte { return EncodeNumber(uint64(o)) }

// DecodeOrder is the inverse of EncodeOrder.
func DecodeOrder(raw []byte) (ident.Order, error) {
	n, err := DecodeNumber(raw)
	return ident.Order(n), err
}
