// Package lifecycle carries out the lifecycle rules of buckets.
//
// What a rule makes of a version is decided by a pure function (rules.go). A walk over the versions and the uploads of a bucket asks it
// (scan.go), for a preview and for the worker (worker.go), which deletes through the commits of package object and remembers in the same
// transactions how far it got.
package lifecycle

import (
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Action is what becomes of a version or an upload.
type Action uint8

// The actions.
const (
	Keep   Action = iota
	Expire        // the current version is deleted: for good, or by a delete marker where the bucket has versions
	Remove        // a noncurrent version goes
	Clear         // a delete marker that has no version below it goes
	Abort         // an upload is aborted
)

// Outcome is what the rules have in store.
type Outcome struct {
	Action Action
	At     time.Time // from when on
	Rule   string    // id of the rule that says so first
}

// Due reports whether it is time.
func (o *Outcome) Due(now time.Time) bool { return o.Action != Keep && !o.At.After(now) }

// Subject is a version as rules see it.
type Subject struct {
	Key        string
	Size       int64 // bytes, 0 of a marker
	Tags       meta.Tags
	Marker     bool
	Alone      bool // the key has no other version
	Noncurrent bool
	Since      time.Time // when it was made; noncurrent: when the version that took its place was made
	Newer      int64     // noncurrent: how many noncurrent versions of the key are newer
}

// Calendar tells what a day is.
type Calendar struct {
	Day time.Duration // whole seconds; 24 hours but for tests
}

// after is the end of the day, in UTC, in which so many days have passed since t.
func (c Calendar) after(t time.Time, days int64) time.Time {
	day := int64(c.Day / time.Second)
	at := t.Unix() + days*day
	if t.Nanosecond() > 0 {
		at++
	}
	return time.Unix((at+day-1)/day*day, 0).UTC()
}

// Judge tells what the rules have in store for a version, and what comes first when several have.
func (c Calendar) Judge(rules []meta.LifecycleRule, s *Subject) (first Outcome) {
	for i := range rules {
		r := &rules[i]
		if o := c.judge(r, s); o.Action != Keep && matches(r, s) {
			first.earlier(o)
		}
	}
	return first
}

// JudgeUpload does so for an upload that was started then and is not completed.
func (c Calendar) JudgeUpload(rules []meta.LifecycleRule, key string, started time.Time) (first Outcome) {
	for i := range rules {
		if r := &rules[i]; r.AbortDays > 0 && !r.Disabled && strings.HasPrefix(key, r.Prefix) {
			first.earlier(Outcome{Abort, c.after(started, r.AbortDays), r.ID})
		}
	}
	return first
}

func (o *Outcome) earlier(other Outcome) {
	if o.Action == Keep || other.At.Before(o.At) {
		*o = other
	}
}

// judge tells what a rule has in store for what it matches.
func (c Calendar) judge(r *meta.LifecycleRule, s *Subject) Outcome {
	if s.Noncurrent {
		if r.NoncurrentDays == 0 || s.Newer < r.NoncurrentKeep {
			return Outcome{}
		}
		return Outcome{Remove, c.after(s.Since, r.NoncurrentDays), r.ID}
	}
	o := Outcome{Action: Expire, Rule: r.ID}
	if s.Marker {
		if o.Action = Clear; !s.Alone {
			return Outcome{}
		}
	}
	switch r.Expire {
	case meta.ExpireAfter:
		o.At = c.after(s.Since, r.ExpireDays)
	case meta.ExpireOn:
		o.At = r.ExpireDate
	case meta.ExpireMarkers:
		if o.At = s.Since; !s.Marker {
			return Outcome{}
		}
	default:
		return Outcome{}
	}
	return o
}

// matches reports whether a rule is about the version.
func matches(r *meta.LifecycleRule, s *Subject) bool {
	if r.Disabled || !strings.HasPrefix(s.Key, r.Prefix) || (r.SizeAbove != nil && s.Size <= *r.SizeAbove) || (r.SizeBelow != nil && s.Size >= *r.SizeBelow) {
		return false
	}
	for _, want := range r.Tags {
		if !tagged(s.Tags, want) {
			return false
		}
	}
	return true
}

func tagged(tags meta.Tags, want meta.Pair) bool {
	for _, t := range tags {
		if t == want {
			return true
		}
	}
	return false
}

// Current is a current version as rules see it.
func Current(v *meta.Version) Subject {
	return Subject{Key: v.Key, Size: v.Size, Tags: v.Tags, Marker: v.Marker, Since: v.Modified()}
}
