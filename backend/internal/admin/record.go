package admin

import (
	"encoding/binary"
	"errors"
	"time"
)

// Rows of this package: a format byte, then fields. A field is a number with one bit for its kind, then bytes with their length before them,
// or an integer; all numbers are varints. A field's number is never used again for something else.
const recordFormat = 1

var errRecord = errors.New("admin: a record cannot be read")

type encoder struct{ b []byte }

func newRecord() *encoder { return &encoder{b: []byte{recordFormat}} }

// item is one text of a list; unlike str it keeps empty ones.
func (e *encoder) item(n int, s string) {
	e.b = binary.AppendUvarint(e.b, uint64(n)<<1|1) //nolint:gosec // small and positive
	e.b = append(binary.AppendUvarint(e.b, uint64(len(s))), s...)
}

func (e *encoder) str(n int, s string) {
	if s != "" {
		e.item(n, s)
	}
}

func (e *encoder) bytes(n int, s []byte) { e.str(n, string(s)) }

func (e *encoder) int(n int, v int64) {
	if v != 0 {
		e.b = binary.AppendUvarint(e.b, uint64(n)<<1) //nolint:gosec // small and positive
		e.b = binary.AppendVarint(e.b, v)
	}
}

func (e *encoder) bool(n int, v bool) {
	if v {
		e.int(n, 1)
	}
}

func (e *encoder) time(n int, t time.Time) {
	if !t.IsZero() {
		e.int(n, t.UnixNano())
	}
}

// recordField is one field as it was read.
type recordField struct {
	n    int
	text string
	num  int64
}

func (f *recordField) time() time.Time { return time.Unix(0, f.num).UTC() }

// readRecord calls fn for each field; fn skips those of a newer server, which it does not know.
func readRecord(raw []byte, fn func(recordField) error) error {
	if len(raw) == 0 || raw[0] != recordFormat {
		return errRecord
	}
	return readFields(raw[1:], fn)
}

const maxField = 1 << 16

func readFields(raw []byte, fn func(recordField) error) error {
	for len(raw) > 0 {
		tag, size := binary.Uvarint(raw)
		if size <= 0 || tag >= maxField {
			return errRecord
		}
		raw = raw[size:]
		f := recordField{n: int(tag >> 1)} //nolint:gosec // below maxField
		if tag&1 == 1 {
			n, size := binary.Uvarint(raw)
			if size <= 0 || n > uint64(len(raw)-size) {
				return errRecord
			}
			raw = raw[size:]
			f.text, raw = string(raw[:n]), raw[n:]
		} else {
			f.num, size = binary.Varint(raw)
			if size <= 0 {
				return errRecord
			}
			raw = raw[size:]
		}
		if err := fn(f); err != nil {
			return err
		}
	}
	return nil
}
