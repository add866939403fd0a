package limit

import (
	"context"
	"log/slog"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/fault"
)

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }

// open opens the limits that settings make.
func open(t testing.TB, log *slog.Logger, env ...string) *Limits {
	t.Helper()
	c, _, err := config.Load(config.Sources{Environ: append(env, "LOG_TO_FILE=false")})
	require.NoError(t, err)
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	l, err := New(c, log)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func limited(t *testing.T, err error) {
	t.Helper()
	require.True(t, fault.Is(err, fault.RateLimited), "%v", err)
}

func TestEveryClassHasItsSetting(t *testing.T) {
	for class, name := range map[Class]string{
		ListBuckets: "LIST_BUCKETS", BucketOps: "BUCKET_OPS", ObjectOps: "OBJECT_OPS", HeadOps: "HEAD_OPS", Admin: "ADMIN", Login: "LOGIN",
	} {
		l := open(t, nil, "RATE_LIMIT_DEFAULT=none", "RATE_LIMIT_"+name+"=2 per hour")
		for c := None; c < classes; c++ {
			for range 2 {
				require.NoError(t, l.Address(t.Context(), c, addr("192.0.2.1")))
			}
			if c == class {
				limited(t, l.Address(t.Context(), c, addr("192.0.2.1")))
			} else {
				require.NoError(t, l.Address(t.Context(), c, addr("192.0.2.1")))
			}
		}
	}
}

func TestDefaults(t *testing.T) {
	l := open(t, nil)
	for _, c := range []Class{None, ListBuckets, BucketOps, ObjectOps, HeadOps} {
		require.Empty(t, l.rules[c], c)
	}
	for c, most := range map[Class]int{Admin: 600, Login: 20} {
		for range most {
			require.NoError(t, l.Address(t.Context(), c, addr("192.0.2.1")))
		}
		limited(t, l.Address(t.Context(), c, addr("192.0.2.1")))
	}
	l = open(t, nil, "RATE_LIMIT_DEFAULT=1-H", "RATE_LIMIT_HEAD_OPS=none")
	for c := ListBuckets; c < classes; c++ {
		require.NoError(t, l.Address(t.Context(), c, addr("192.0.2.1")))
		err := l.Address(t.Context(), c, addr("192.0.2.1"))
		require.Equal(t, c != HeadOps, fault.Is(err, fault.RateLimited), "%s: %v", c, err)
	}
}

func TestClientsAreToldApart(t *testing.T) {
	l := open(t, nil, "RATE_LIMIT_OBJECT_OPS=1 per hour")
	take := func(text string) error { return l.Address(t.Context(), ObjectOps, addr(text)) }
	require.NoError(t, take("192.0.2.1"))
	require.NoError(t, take("192.0.2.2"))
	limited(t, take("192.0.2.1"))
	// Of IPv6 the network counts.
	require.NoError(t, take("2001:db8::1"))
	limited(t, take("2001:db8::2"))
	require.NoError(t, take("2001:db8:0:1::1"))
	// A key is another matter, also one that looks like an address.
	require.NoError(t, l.Key(t.Context(), ObjectOps, "192.0.2.1"))
	limited(t, l.Key(t.Context(), ObjectOps, "192.0.2.1"))
	require.NoError(t, l.Key(t.Context(), ObjectOps, "key"))
	require.NoError(t, l.Address(t.Context(), ObjectOps, netip.Addr{}))
}

func TestEachRateCounts(t *testing.T) {
	l := open(t, nil, "RATE_LIMIT_OBJECT_OPS=2 per hour; 3 per day")
	take := func() error { return l.Address(t.Context(), ObjectOps, addr("192.0.2.1")) }
	require.NoError(t, take())
	require.NoError(t, take())
	err := take()
	limited(t, err)
	wait, aerr := strconv.Atoi(fault.DetailOf(err)[fault.RetryAfter])
	require.NoError(t, aerr)
	require.True(t, wait > 3500 && wait <= 3600, "%d", wait)
}

func TestALimitEnds(t *testing.T) {
	l := open(t, nil, "RATE_LIMIT_OBJECT_OPS=1 per second")
	take := func() error { return l.Address(t.Context(), ObjectOps, addr("192.0.2.1")) }
	require.NoError(t, take())
	err := take()
	limited(t, err)
	require.Equal(t, "1", fault.DetailOf(err)[fault.RetryAfter])
	require.Eventually(t, func() bool { return take() == nil }, 5*time.Second, 20*time.Millisecond)
}

func TestGuesses(t *testing.T) {
	l := open(t, nil, "RATE_LIMIT_LOGIN=2 per hour")
	a := addr("192.0.2.1")
	for range 2 {
		require.NoError(t, l.Guess(t.Context(), a))
	}
	for range 3 { // looking counts nothing
		require.NoError(t, l.Guesses(t.Context(), a))
	}
	limited(t, l.Guess(t.Context(), a))
	limited(t, l.Guesses(t.Context(), a))
	require.NoError(t, l.Guesses(t.Context(), addr("192.0.2.2")))
	require.NoError(t, l.Address(t.Context(), Login, a), "signing in has counters of its own")
}

// What has no limit costs nothing.
func TestNoLimitAllocatesNothing(t *testing.T) {
	a := addr("2001:db8::1")
	ctx := context.Background()
	for _, l := range []*Limits{nil, open(t, nil)} {
		require.Zero(t, testing.AllocsPerRun(100, func() {
			if l.Address(ctx, ObjectOps, a) != nil || l.Key(ctx, ObjectOps, "key") != nil {
				t.Error("there is no limit")
			}
		}))
	}
	var none *Limits
	require.NoError(t, none.Guess(ctx, a))
	require.NoError(t, none.Guesses(ctx, a))
	require.NoError(t, none.Close())
	require.False(t, none.Away() || none.Shared())
}

func BenchmarkLimit(b *testing.B) {
	for _, c := range []struct{ name, env string }{{"unset", "RATE_LIMIT_OBJECT_OPS=none"}, {"set", "RATE_LIMIT_OBJECT_OPS=4000000000 per hour"}} {
		b.Run(c.name, func(b *testing.B) {
			l, a := open(b, nil, c.env), addr("192.0.2.1")
			b.ReportAllocs()
			for b.Loop() {
				if err := l.Address(b.Context(), ObjectOps, a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
