package meta

import (
	"fmt"
	"math"
)

// Quota bounds what a bucket holds: every version that is no delete marker counts. A nil limit is none.
type Quota struct {
	MaxBytes   *int64 // not negative
	MaxObjects *int64 // not negative
}

// Limited reports whether there is any limit.
func (q Quota) Limited() bool { return q.MaxBytes != nil || q.MaxObjects != nil }

// limit appends a limit as one more than it is, since a field that is zero is left out.
func (e *encoder) limit(n int, v *int64) {
	if v != nil {
		e.uint(wireNumber(n), uint64(*v)+1) //nolint:gosec // not negative
	}
}

// limit takes a field written by encoder.limit.
func (f field) limit(to **int64) error {
	if f.num == 0 || f.num-1 > math.MaxInt64 {
		return fmt.Errorf("%w: field %d is no limit", ErrCorrupt, f.id)
	}
	v := int64(f.num - 1)
	*to = &v
	return nil
}
