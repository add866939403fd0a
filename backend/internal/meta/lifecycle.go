package meta

import (
	"fmt"
	"time"
)

// Lifecycle is the lifecycle rules of a bucket, valid and each with an id.
type Lifecycle struct {
	Rules         []LifecycleRule
	VariesByClass bool // the smallest object that a transition moves depends on the class; kept for the answer, no transition exists
}

// LifecycleRule is one rule. Times in days are counted from 1; zero is no such action.
type LifecycleRule struct {
	ID       string
	Disabled bool

	// The filter: what is to match all of these.
	Form      FilterForm
	Prefix    string
	Tags      Tags
	SizeAbove *int64 // bytes: larger than this; nil for any size
	SizeBelow *int64 // bytes: smaller than this; nil for any size

	Expire         Expiration
	ExpireDays     int64     // with ExpireAfter
	ExpireDate     time.Time // with ExpireOn: a midnight UTC
	NoncurrentDays int64     // a version goes this many days after another one took its place,
	NoncurrentKeep int64     // and while this many newer noncurrent versions are there; 0 for none
	AbortDays      int64     // an upload that is not completed goes this many days after its start
}

// FilterForm is how a document wrote the filter: any of the bits.
type FilterForm uint8

// The bits.
const (
	FilterLegacy FilterForm = 1 << iota // the prefix stands in the rule itself, without a filter
	FilterAnd                           // conditions are joined by And
	FilterPrefix                        // there is a prefix, though it may be empty

	filterForms
)

// Expiration is what becomes of current versions.
type Expiration uint8

// The kinds.
const (
	ExpireNone    Expiration = iota
	ExpireAfter              // a number of days
	ExpireOn                 // a date
	ExpireMarkers            // of delete markers alone, those that have no version below them
	ExpireNothing            // ExpiredObjectDeleteMarker says false

	expirations
)

const lifecycleFormat = 1

// Encode returns the document's bytes.
func (l *Lifecycle) Encode() []byte {
	e := newEncoder(lifecycleFormat, 128)
	for i := range l.Rules {
		e.message(1, l.Rules[i].encode)
	}
	e.bool(2, l.VariesByClass)
	return e.b
}

func (r *LifecycleRule) encode(e *encoder) {
	e.str(1, r.ID)
	e.bool(2, r.Disabled)
	e.uint(3, uint64(r.Form))
	e.str(4, r.Prefix)
	r.Tags.encode(e, 5)
	e.optional(6, r.SizeAbove)
	e.optional(7, r.SizeBelow)
	e.uint(8, uint64(r.Expire))
	e.int(9, r.ExpireDays)
	e.time(10, r.ExpireDate)
	e.int(11, r.NoncurrentDays)
	e.int(12, r.NoncurrentKeep)
	e.int(13, r.AbortDays)
}

// optional writes a number that may be zero or absent.
func (e *encoder) optional(n int, v *int64) {
	if v != nil {
		e.uint(wireNumber(n), uint64(*v)+1) //nolint:gosec // not negative; a field of zero would be left out
	}
}

func (f field) optional() *int64 {
	v := int64(f.num - 1) //nolint:gosec // written by optional
	return &v
}

// DecodeLifecycle is the inverse of Encode.
func DecodeLifecycle(raw []byte) (*Lifecycle, error) {
	l := &Lifecycle{}
	err := decode(raw, lifecycleFormat, func(f field) error {
		switch f.id {
		case 1:
			var r LifecycleRule
			err := r.decode(f.data)
			l.Rules = append(l.Rules, r)
			return err
		case 2:
			l.VariesByClass = f.bool()
		default:
			return unknown("lifecycle", f)
		}
		return nil
	})
	return l, err
}

func (r *LifecycleRule) decode(raw []byte) error {
	return decodeFields(raw, func(f field) error {
		switch f.id {
		case 1:
			r.ID = f.str()
		case 2:
			r.Disabled = f.bool()
		case 3:
			if f.num >= uint64(filterForms) {
				return unknown("filter of lifecycle rule", f)
			}
			r.Form = FilterForm(f.num)
		case 4:
			r.Prefix = f.str()
		case 5:
			return r.Tags.decode(f)
		case 6:
			r.SizeAbove = f.optional()
		case 7:
			r.SizeBelow = f.optional()
		case 8:
			if f.num >= uint64(expirations) {
				return unknown("expiration of lifecycle rule", f)
			}
			r.Expire = Expiration(f.num)
		case 9:
			r.ExpireDays = f.int()
		case 10:
			r.ExpireDate = f.time()
		case 11:
			r.NoncurrentDays = f.int()
		case 12:
			r.NoncurrentKeep = f.int()
		case 13:
			r.AbortDays = f.int()
		default:
			return fmt.Errorf("%w: lifecycle rule has unknown field %d", ErrCorrupt, f.id)
		}
		return nil
	})
}
