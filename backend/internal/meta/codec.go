package meta

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// A stored value is one format byte and then fields in the wire form of protocol buffers: a field that is zero is left out, and a field
// that a decoder does not know is an error, because a record that is written back would lose it.

// ErrCorrupt is returned for stored bytes that are no record of the expected type.
var ErrCorrupt = errors.New("meta: corrupt record")

type encoder struct{ b []byte }

func newEncoder(format byte, size int) *encoder { //nolint:unparam // records change their formats one by one
	e := &encoder{b: make([]byte, 0, size)}
	e.b = append(e.b, format)
	return e
}

func (e *encoder) uint(n protowire.Number, v uint64) {
	if v != 0 {
		e.b = protowire.AppendVarint(protowire.AppendTag(e.b, n, protowire.VarintType), v)
	}
}

func (e *encoder) int(n protowire.Number, v int64) { e.uint(n, protowire.EncodeZigZag(v)) }

func (e *encoder) bool(n protowire.Number, v bool) { e.uint(n, protowire.EncodeBool(v)) }

func (e *encoder) str(n protowire.Number, v string) {
	if v != "" {
		e.b = protowire.AppendString(protowire.AppendTag(e.b, n, protowire.BytesType), v)
	}
}

func (e *encoder) bytes(n protowire.Number, v []byte) {
	if len(v) != 0 {
		e.b = protowire.AppendBytes(protowire.AppendTag(e.b, n, protowire.BytesType), v)
	}
}

func (e *encoder) time(n protowire.Number, t time.Time) {
	if !t.IsZero() {
		e.int(n, t.UnixNano())
	}
}

// message appends a nested message, also when it is empty, so that a list keeps its length.
func (e *encoder) message(n protowire.Number, fill func(*encoder)) {
	e.b = append(protowire.AppendTag(e.b, n, protowire.BytesType), 0) // the length of most takes one byte
	start := len(e.b)
	fill(e)
	size := len(e.b) - start
	if more := protowire.SizeVarint(uint64(size)) - 1; more > 0 { //nolint:gosec // not negative
		e.b = append(e.b, make([]byte, more)...)
		copy(e.b[start+more:], e.b[start:start+size])
	}
	protowire.AppendVarint(e.b[:start-1], uint64(size)) //nolint:gosec // not negative
}

// field is one decoded field: num holds a varint, data the bytes of a length-delimited one (not a copy).
type field struct {
	id   protowire.Number
	num  uint64
	data []byte
}

func (f field) int() int64   { return protowire.DecodeZigZag(f.num) }
func (f field) bool() bool   { return f.num != 0 }
func (f field) str() string  { return string(f.data) }
func (f field) copy() []byte { return append([]byte(nil), f.data...) }
func (f field) time() time.Time {
	if f.num == 0 {
		return time.Time{}
	}
	return time.Unix(0, f.int()).UTC()
}

func (f field) fixed(dst []byte) error {
	if len(f.data) != len(dst) {
		return fmt.Errorf("%w: field %d has %d bytes, not %d", ErrCorrupt, f.id, len(f.data), len(dst))
	}
	copy(dst, f.data)
	return nil
}

// decode checks the format byte and walks the fields.
func decode(b []byte, format byte, each func(field) error) error { //nolint:unparam // see newEncoder
	if len(b) == 0 || b[0] != format {
		return fmt.Errorf("%w: unknown format", ErrCorrupt)
	}
	return decodeFields(b[1:], each)
}

func decodeFields(b []byte, each func(field) error) error {
	for len(b) > 0 {
		id, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return fmt.Errorf("%w: %w", ErrCorrupt, protowire.ParseError(n))
		}
		b = b[n:]
		f := field{id: id}
		switch typ {
		case protowire.VarintType:
			if f.num, n = protowire.ConsumeVarint(b); n > 0 && f.num == 0 {
				return fmt.Errorf("%w: field %d is zero, which nobody writes", ErrCorrupt, id)
			}
		case protowire.BytesType:
			f.data, n = protowire.ConsumeBytes(b)
		default:
			return fmt.Errorf("%w: wire type %d", ErrCorrupt, typ)
		}
		if n < 0 {
			return fmt.Errorf("%w: %w", ErrCorrupt, protowire.ParseError(n))
		}
		b = b[n:]
		if err := each(f); err != nil {
			return err
		}
	}
	return nil
}

func unknown(record string, f field) error {
	return fmt.Errorf("%w: %s has unknown field %d", ErrCorrupt, record, f.id)
}
