package meta

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// LockMode is how a version is retained.
type LockMode uint8

// The modes.
const (
	LockNone       LockMode = iota
	LockGovernance          // who may bypass it can end it
	LockCompliance          // nobody can end it, only make it longer
)

// String is the mode as S3 names it, empty for LockNone.
func (m LockMode) String() string { return [...]string{"", "GOVERNANCE", "COMPLIANCE"}[m] }

// Hold is the legal hold of a version, which has no end of its own.
type Hold uint8

// The states. One that never had a hold is told from one that has none any more.
const (
	HoldUnset Hold = iota
	HoldOff
	HoldOn
)

// String is the state as S3 names it, empty for HoldUnset.
func (h Hold) String() string { return [...]string{"", "OFF", "ON"}[h] }

// Lock is what keeps a version from being deleted or replaced.
type Lock struct {
	Mode  LockMode
	Until time.Time // to the millisecond; zero for LockNone
	Hold  Hold
}

// Holds reports whether the version must stay at a time, for whoever cannot bypass governance.
func (l *Lock) Holds(now time.Time) bool {
	return l.Hold == HoldOn || l.Mode != LockNone && l.Until.After(now)
}

// encode writes the lock as one nested field, nothing when there is none.
func (l *Lock) encode(e *encoder, n protowire.Number) {
	if *l == (Lock{}) {
		return
	}
	e.message(n, func(in *encoder) {
		in.uint(1, uint64(l.Mode))
		if l.Mode != LockNone {
			in.int(2, l.Until.UnixMilli()) // dates behind 2262 are no nanoseconds
		}
		in.uint(3, uint64(l.Hold))
	})
}

func (l *Lock) decode(raw []byte) error {
	return decodeFields(raw, func(f field) error {
		switch {
		case f.id == 1 && f.num <= uint64(LockCompliance):
			l.Mode = LockMode(f.num)
		case f.id == 2:
			l.Until = time.UnixMilli(f.int()).UTC()
		case f.id == 3 && f.num <= uint64(HoldOn):
			l.Hold = Hold(f.num)
		default:
			return unknown("lock", f)
		}
		return nil
	})
}

// LockRule is a bucket's object lock with its default retention, of which either Days or Years count. Once enabled it stays so.
type LockRule struct {
	Enabled bool
	Mode    LockMode // LockNone: no default retention
	Days    int
	Years   int
}

// Default is the lock of a version that was made at a time and names no retention of its own.
func (r *LockRule) Default(made time.Time) Lock {
	if r.Mode == LockNone {
		return Lock{}
	}
	return Lock{Mode: r.Mode, Until: made.AddDate(r.Years, 0, r.Days).UTC().Truncate(time.Millisecond)}
}

func (r *LockRule) encode(e *encoder, n protowire.Number) {
	if *r == (LockRule{}) {
		return
	}
	e.message(n, func(in *encoder) {
		in.bool(1, r.Enabled)
		in.uint(2, uint64(r.Mode))
		in.uint(3, uint64(r.Days))  //nolint:gosec // not negative
		in.uint(4, uint64(r.Years)) //nolint:gosec // not negative
	})
}

func (r *LockRule) decode(raw []byte) error {
	return decodeFields(raw, func(f field) error {
		switch {
		case f.id == 1:
			r.Enabled = f.bool()
		case f.id == 2 && f.num <= uint64(LockCompliance):
			r.Mode = LockMode(f.num)
		case f.id == 3:
			r.Days = int(f.num) //nolint:gosec // written by encode
		case f.id == 4:
			r.Years = int(f.num) //nolint:gosec // written by encode
		default:
			return unknown("lock rule", f)
		}
		return nil
	})
}
