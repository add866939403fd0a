package s3xml

import (
	"strconv"
	"time"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

var lockModes = map[string]meta.LockMode{meta.LockGovernance.String(): meta.LockGovernance, meta.LockCompliance.String(): meta.LockCompliance}

// ParseLockMode returns the mode of a name.
func ParseLockMode(s string) (meta.LockMode, bool) {
	m, ok := lockModes[s]
	return m, ok
}

// ParseHold returns the state of a legal hold.
func ParseHold(s string) (meta.Hold, bool) {
	switch s {
	case meta.HoldOn.String():
		return meta.HoldOn, true
	case meta.HoldOff.String():
		return meta.HoldOff, true
	}
	return meta.HoldUnset, false
}

// ParseRetainUntil reads the date of a retention, to the millisecond in which answers tell it.
func ParseRetainUntil(s string) (time.Time, error) {
	t, err := parseTime(s)
	return t.Truncate(time.Millisecond), err
}

// LockConfiguration is the object lock of a bucket.
type LockConfiguration struct{ Rule meta.LockRule }

func (d *LockConfiguration) encode(e *encoder) {
	e.root("ObjectLockConfiguration", func() {
		e.text("ObjectLockEnabled", "Enabled")
		if d.Rule.Mode == meta.LockNone {
			return
		}
		e.open("Rule")
		e.open("DefaultRetention")
		e.text("Mode", d.Rule.Mode.String())
		if d.Rule.Days > 0 {
			e.int("Days", int64(d.Rule.Days))
		} else {
			e.int("Years", int64(d.Rule.Years))
		}
		e.close("DefaultRetention")
		e.close("Rule")
	})
}

// DecodeLockConfiguration reads an ObjectLockConfiguration. The period of its rule is only read, not judged.
func DecodeLockConfiguration(body []byte) (r meta.LockRule, err error) {
	root, err := parse(body, "ObjectLockConfiguration")
	if err != nil {
		return r, err
	}
	var enabled string
	var hasEnabled, hasRule bool
	err = root.each(map[string]func(*node) error{
		"ObjectLockEnabled": into(&enabled, &hasEnabled),
		"Rule": func(n *node) error {
			if hasRule || len(n.children) != 1 {
				return ErrMalformed
			}
			hasRule = true
			return n.each(map[string]func(*node) error{"DefaultRetention": func(n *node) error { return decodeDefaultRetention(n, &r) }})
		},
	})
	if err == nil && enabled != "Enabled" {
		err = ErrMalformed
	}
	r.Enabled = true
	return r, err
}

func decodeDefaultRetention(n *node, r *meta.LockRule) error {
	var mode, days, years string
	var hasMode, hasDays, hasYears bool
	err := n.each(map[string]func(*node) error{"Mode": into(&mode, &hasMode), "Days": into(&days, &hasDays), "Years": into(&years, &hasYears)})
	if err != nil {
		return err
	}
	var ok bool
	if r.Mode, ok = ParseLockMode(mode); !ok || hasDays == hasYears {
		return ErrMalformed
	}
	if hasDays {
		r.Days, err = strconv.Atoi(days)
	} else {
		r.Years, err = strconv.Atoi(years)
	}
	if err != nil {
		return ErrMalformed
	}
	return nil
}

// Retention is the retention of a version.
type Retention struct{ Lock meta.Lock }

func (d *Retention) encode(e *encoder) {
	e.root("Retention", func() {
		e.text("Mode", d.Lock.Mode.String())
		e.time("RetainUntilDate", d.Lock.Until)
	})
}

// DecodeRetention reads a Retention: a mode and a date, or neither.
func DecodeRetention(body []byte) (l meta.Lock, err error) {
	root, err := parse(body, "Retention")
	if err != nil {
		return l, err
	}
	var mode, until string
	var hasMode, hasUntil bool
	err = root.each(map[string]func(*node) error{"Mode": into(&mode, &hasMode), "RetainUntilDate": into(&until, &hasUntil)})
	if err != nil || !hasMode && !hasUntil {
		return l, err
	}
	var ok bool
	if l.Mode, ok = ParseLockMode(mode); !ok {
		return l, ErrMalformed
	}
	l.Until, err = ParseRetainUntil(until)
	return l, err
}

// LegalHold is the legal hold of a version.
type LegalHold struct{ Hold meta.Hold }

func (d *LegalHold) encode(e *encoder) {
	e.root("LegalHold", func() { e.text("Status", d.Hold.String()) })
}

// DecodeLegalHold reads a LegalHold.
func DecodeLegalHold(body []byte) (h meta.Hold, err error) {
	root, err := parse(body, "LegalHold")
	if err != nil {
		return h, err
	}
	var status string
	var seen, ok bool
	if err := root.each(map[string]func(*node) error{"Status": into(&status, &seen)}); err != nil {
		return h, err
	}
	if h, ok = ParseHold(status); !ok {
		return h, ErrMalformed
	}
	return h, nil
}
