package s3xml

import (
	"strconv"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Lifecycle is the rules of a bucket.
type Lifecycle struct{ Rules []meta.LifecycleRule }

func (d *Lifecycle) encode(e *encoder) {
	e.root("LifecycleConfiguration", func() {
		for i := range d.Rules {
			e.lifecycleRule(&d.Rules[i])
		}
	})
}

func (e *encoder) lifecycleRule(r *meta.LifecycleRule) {
	e.open("Rule")
	e.text("ID", r.ID)
	switch {
	case r.Form&meta.FilterLegacy != 0:
		e.text("Prefix", r.Prefix)
	case r.Form&meta.FilterAnd != 0:
		e.open("Filter")
		e.open("And")
		e.conditions(r)
		e.close("And")
		e.close("Filter")
	default:
		e.open("Filter")
		e.conditions(r)
		e.close("Filter")
	}
	status := "Enabled"
	if r.Disabled {
		status = "Disabled"
	}
	e.text("Status", status)
	if r.Expire != meta.ExpireNone {
		e.open("Expiration")
		switch r.Expire {
		case meta.ExpireAfter:
			e.int("Days", r.ExpireDays)
		case meta.ExpireOn:
			e.time("Date", r.ExpireDate)
		default:
			e.bool("ExpiredObjectDeleteMarker", r.Expire == meta.ExpireMarkers)
		}
		e.close("Expiration")
	}
	if r.NoncurrentDays != 0 {
		e.open("NoncurrentVersionExpiration")
		e.int("NoncurrentDays", r.NoncurrentDays)
		if r.NoncurrentKeep != 0 {
			e.int("NewerNoncurrentVersions", r.NoncurrentKeep)
		}
		e.close("NoncurrentVersionExpiration")
	}
	if r.AbortDays != 0 {
		e.open("AbortIncompleteMultipartUpload")
		e.int("DaysAfterInitiation", r.AbortDays)
		e.close("AbortIncompleteMultipartUpload")
	}
	e.close("Rule")
}

func (e *encoder) conditions(r *meta.LifecycleRule) {
	if r.Form&meta.FilterPrefix != 0 {
		e.text("Prefix", r.Prefix)
	}
	for _, t := range r.Tags {
		e.tag(t)
	}
	if r.SizeAbove != nil {
		e.int("ObjectSizeGreaterThan", *r.SizeAbove)
	}
	if r.SizeBelow != nil {
		e.int("ObjectSizeLessThan", *r.SizeBelow)
	}
}

// DecodeLifecycle reads a LifecycleConfiguration of 1 to most rules. Their values are only read, not judged: where an element is there
// whose number is zero, the rule has -1, since zero is the rule without it. tier is the first storage class that a transition names.
func DecodeLifecycle(body []byte, most int) (rules []meta.LifecycleRule, tier string, err error) {
	root, err := parse(body, "LifecycleConfiguration")
	if err != nil {
		return nil, "", err
	}
	err = root.each(map[string]func(*node) error{"Rule": func(n *node) error {
		if len(rules) == most {
			return ErrMalformed
		}
		r, to, err := decodeRule(n)
		rules = append(rules, r)
		if tier == "" {
			tier = to
		}
		return err
	}})
	if err == nil && len(rules) == 0 {
		err = ErrMalformed
	}
	return rules, tier, err
}

func decodeRule(n *node) (r meta.LifecycleRule, tier string, err error) {
	var id, legacy, filter, stated, expires, noncurrent, aborts bool
	var status string
	once := func(seen *bool, fn func(*node) error) func(*node) error {
		return func(n *node) error {
			if *seen {
				return ErrMalformed
			}
			*seen = true
			return fn(n)
		}
	}
	transition := func(days string) func(*node) error {
		return func(n *node) error {
			class, err := decodeTransition(n, days)
			if tier == "" {
				tier = class
			}
			return err
		}
	}
	err = n.each(map[string]func(*node) error{
		"ID":         exact(&r.ID, &id),
		"Prefix":     exact(&r.Prefix, &legacy),
		"Filter":     once(&filter, func(n *node) error { return decodeFilter(n, &r) }),
		"Status":     into(&status, &stated),
		"Expiration": once(&expires, func(n *node) error { return decodeExpiration(n, &r) }),
		"NoncurrentVersionExpiration": once(&noncurrent, func(n *node) error {
			var days, keep bool
			err := n.each(map[string]func(*node) error{"NoncurrentDays": count(&r.NoncurrentDays, &days), "NewerNoncurrentVersions": count(&r.NoncurrentKeep, &keep)})
			return need(err, days)
		}),
		"AbortIncompleteMultipartUpload": once(&aborts, func(n *node) error {
			var days bool
			err := n.each(map[string]func(*node) error{"DaysAfterInitiation": count(&r.AbortDays, &days)})
			return need(err, days)
		}),
		"Transition":                  transition("Days"),
		"NoncurrentVersionTransition": transition("NoncurrentDays"),
	})
	if err != nil {
		return r, tier, err
	}
	if legacy == filter || (status != "Enabled" && status != "Disabled") {
		return r, tier, ErrMalformed
	}
	if legacy {
		r.Form = meta.FilterLegacy
	}
	r.Disabled = status == "Disabled"
	return r, tier, nil
}

func need(err error, all ...bool) error {
	for _, ok := range all {
		if err == nil && !ok {
			return ErrMalformed
		}
	}
	return err
}

// decodeFilter reads one condition, or two and more that And joins.
func decodeFilter(n *node, r *meta.LifecycleRule) error {
	fewest, most := 0, 1
	if len(n.children) == 1 && n.children[0].name == "And" {
		if len(strings.TrimSpace(string(n.text))) > 0 {
			return ErrMalformed
		}
		n, fewest, most = n.children[0], 2, len(n.children[0].children)
		r.Form = meta.FilterAnd
	}
	if len(n.children) < fewest || len(n.children) > most {
		return ErrMalformed
	}
	var prefix, above, below bool
	var sizeAbove, sizeBelow int64
	err := n.each(map[string]func(*node) error{
		"Prefix": exact(&r.Prefix, &prefix),
		"Tag": func(n *node) error {
			t, err := decodeTag(n)
			r.Tags = append(r.Tags, t)
			return err
		},
		"ObjectSizeGreaterThan": number(&sizeAbove, &above, 64),
		"ObjectSizeLessThan":    number(&sizeBelow, &below, 64),
	})
	if prefix {
		r.Form |= meta.FilterPrefix
	}
	if above {
		r.SizeAbove = &sizeAbove
	}
	if below {
		r.SizeBelow = &sizeBelow
	}
	return err
}

// decodeExpiration reads one of days, date and marker. A marker that is false says nothing beside the others.
func decodeExpiration(n *node, r *meta.LifecycleRule) error {
	var days, date, marker bool
	var on, flag string
	err := n.each(map[string]func(*node) error{
		"Days": count(&r.ExpireDays, &days), "Date": into(&on, &date), "ExpiredObjectDeleteMarker": into(&flag, &marker),
	})
	if err != nil {
		return err
	}
	alone := false
	switch strings.ToLower(flag) {
	case "true":
		alone = true
	case "false":
	default:
		if marker {
			return ErrMalformed
		}
	}
	switch {
	case days && !date && !alone:
		r.Expire = meta.ExpireAfter
	case date && !days && !alone:
		r.Expire = meta.ExpireOn
		r.ExpireDate, err = parseDate(on)
	case marker && !days && !date:
		if r.Expire = meta.ExpireNothing; alone {
			r.Expire = meta.ExpireMarkers
		}
	default:
		return ErrMalformed
	}
	return err
}

// transitionClasses are the storage classes that rules may name.
var transitionClasses = map[string]bool{
	"GLACIER": true, "STANDARD_IA": true, "ONEZONE_IA": true, "INTELLIGENT_TIERING": true, "DEEP_ARCHIVE": true, "GLACIER_IR": true,
}

// decodeTransition reads a transition, whose days have the name, and returns its class.
func decodeTransition(n *node, days string) (class string, err error) {
	var v, keep int64
	var hasDays, hasDate, hasKeep, hasClass bool
	var on string
	fields := map[string]func(*node) error{days: count(&v, &hasDays), "StorageClass": into(&class, &hasClass)}
	if days == "Days" {
		fields["Date"] = into(&on, &hasDate)
	} else {
		fields["NewerNoncurrentVersions"] = count(&keep, &hasKeep)
	}
	err = n.each(fields)
	if err == nil && hasDate {
		_, err = parseDate(on)
	}
	return class, need(err, hasDays != hasDate, transitionClasses[class])
}

// parseDate reads the time of a date, with or without its hours.
func parseDate(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return parseTime(s)
}

// number returns a function that takes the number of a child that may stand there once.
func number(to *int64, seen *bool, bits int) func(*node) error {
	return func(n *node) error {
		var text string
		if err := into(&text, seen)(n); err != nil {
			return err
		}
		v, err := strconv.ParseInt(text, 10, bits)
		if err != nil {
			return ErrMalformed
		}
		*to = v
		return nil
	}
}

// count is number for what counts from 1: zero becomes -1.
func count(to *int64, seen *bool) func(*node) error {
	read := number(to, seen, 32)
	return func(n *node) error {
		err := read(n)
		if *to == 0 {
			*to = -1
		}
		return err
	}
}
