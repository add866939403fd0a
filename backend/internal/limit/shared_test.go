//go:build unix

package limit

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/limit/redistest"
)

// page is a log that may be written while it is read.
type page struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *page) count(text string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Count(p.text.String(), text)
}

const away = "does not answer"

func far(t *testing.T, uri string, env ...string) (*Limits, *page) {
	t.Helper()
	log := &page{}
	l := open(t, slog.New(slog.NewTextHandler(log, nil)), append(env, "RATE_LIMIT_STORAGE_URI="+uri)...)
	return l, log
}

func back(t *testing.T, l *Limits) {
	t.Helper()
	require.Eventually(t, func() bool { return !l.Away() }, 20*time.Second, 5*time.Millisecond)
}

func TestServersCountTogether(t *testing.T) {
	s, ok := redistest.Start(t)
	if !ok {
		return
	}
	one, log := far(t, s.URI(), "RATE_LIMIT_OBJECT_OPS=3 per hour", "RATE_LIMIT_LOGIN=1 per hour")
	two, _ := far(t, s.URI(), "RATE_LIMIT_OBJECT_OPS=3 per hour", "RATE_LIMIT_LOGIN=1 per hour")
	require.True(t, one.Shared() && !one.Away())
	a := addr("192.0.2.1")
	for _, l := range []*Limits{one, two, one} {
		require.NoError(t, l.Address(t.Context(), ObjectOps, a))
	}
	limited(t, two.Address(t.Context(), ObjectOps, a))
	limited(t, one.Address(t.Context(), ObjectOps, a))
	require.NoError(t, one.Guess(t.Context(), a))
	require.NoError(t, two.Guesses(t.Context(), a))
	limited(t, two.Guess(t.Context(), a))
	limited(t, one.Guesses(t.Context(), a))
	// A client that goes away is not an outage.
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, one.Address(gone, ObjectOps, addr("192.0.2.2")))
	require.False(t, one.Away())
	require.Zero(t, log.count(away))
}

// An outage costs no request more than the wait that finds it, stops nothing, and ends by itself.
func TestOutages(t *testing.T) {
	s, ok := redistest.Start(t)
	if !ok {
		return
	}
	for name, outage := range map[string]struct{ begin, end func(testing.TB) }{
		"down": {s.Down, s.Up}, "stalled": {s.Stall, s.Resume},
	} {
		t.Run(name, func(t *testing.T) {
			l, log := far(t, s.URI(), "RATE_LIMIT_OBJECT_OPS=100 per hour")
			a := addr("192.0.2.1")
			require.NoError(t, l.Address(t.Context(), ObjectOps, a))
			outage.begin(t)
			began := time.Now()
			for range 100 {
				require.NoError(t, l.Address(t.Context(), ObjectOps, a))
			}
			require.Less(t, time.Since(began), 4*patience, "one wait, not a hundred")
			require.True(t, l.Away())
			limited(t, l.Address(t.Context(), ObjectOps, a)) // it counts for itself
			outage.end(t)
			back(t, l)
			require.NoError(t, l.Address(t.Context(), ObjectOps, a))
			require.False(t, l.Away())
			require.Equal(t, 1, log.count(away))
			require.Equal(t, 1, log.count("answers again"))
			require.Zero(t, log.count(s.Password))
		})
	}
}

// Requests that meet the outage together wait together.
func TestManyMeetAnOutage(t *testing.T) {
	s, ok := redistest.Start(t)
	if !ok {
		return
	}
	l, log := far(t, s.URI(), "RATE_LIMIT_OBJECT_OPS=100000 per hour")
	s.Stall(t)
	began := time.Now()
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 20 {
				if err := l.Address(t.Context(), ObjectOps, addr("192.0.2.1")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.Less(t, time.Since(began), 6*patience)
	require.Equal(t, 1, log.count(away))
	s.Resume(t)
	back(t, l)
}

func TestStartsWithoutTheStore(t *testing.T) {
	s, ok := redistest.Start(t)
	if !ok {
		return
	}
	s.Down(t)
	l, log := far(t, s.URI(), "RATE_LIMIT_OBJECT_OPS=1 per hour")
	require.True(t, l.Away())
	a := addr("192.0.2.1")
	require.NoError(t, l.Address(t.Context(), ObjectOps, a))
	limited(t, l.Address(t.Context(), ObjectOps, a))
	s.Up(t)
	back(t, l)
	require.NoError(t, l.Address(t.Context(), ObjectOps, a))
	limited(t, l.Address(t.Context(), ObjectOps, a))
	require.Zero(t, log.count(s.Password))
}

// One that answers and does not let us count is no store: it needs a password that is not given.
func TestAStoreThatRefuses(t *testing.T) {
	s, ok := redistest.Start(t)
	if !ok {
		return
	}
	l, log := far(t, strings.Replace(s.URI(), s.Password, "another-password", 1), "RATE_LIMIT_OBJECT_OPS=1 per hour")
	require.True(t, l.Away())
	require.NoError(t, l.Address(t.Context(), ObjectOps, addr("192.0.2.1")))
	limited(t, l.Address(t.Context(), ObjectOps, addr("192.0.2.1")))
	require.Equal(t, 1, log.count(away))
	require.Zero(t, log.count("another-password"))
}
