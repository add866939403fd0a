// Package clock makes time a parameter.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time. Wall time is for people and for the wire; durations are measured by Since, which is monotonic.
type Clock interface {
	Now() time.Time
	Since(t time.Time) time.Duration
}

// System is the machine's clock.
type System struct{}

// Now returns the current time in UTC with its monotonic reading.
func (System) Now() time.Time { return time.Now().UTC() }

// Since returns the time that passed since t.
func (System) Since(t time.Time) time.Duration { return time.Since(t) }

// Manual is a clock that moves only when told to. It is safe for concurrent use.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual returns a clock that stands at t.
func NewManual(t time.Time) *Manual { return &Manual{now: t.UTC()} }

// Now returns the time the clock stands at.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Since returns the time between t and the time the clock stands at.
func (m *Manual) Since(t time.Time) time.Duration { return m.Now().Sub(t) }

// Advance moves the clock by d.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

// Set moves the clock to t.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t.UTC()
}
