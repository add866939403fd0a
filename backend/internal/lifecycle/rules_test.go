package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

const day = 24 * time.Hour

var utc = Calendar{Day: day}

// naiveDue says by the book, for a single moment, whether a rule ends the version at it, and how.
func naiveDue(r meta.LifecycleRule, s Subject, now time.Time) Action {
	old := func(days int64) bool {
		end := s.Since.AddDate(0, 0, int(days))
		if midnight := time.Date(end.Year(), end.Month(), end.Day(), 0, 0, 0, 0, time.UTC); !end.Equal(midnight) {
			end = midnight.AddDate(0, 0, 1)
		}
		return !now.Before(end)
	}
	about := !r.Disabled && strings.HasPrefix(s.Key, r.Prefix)
	for _, t := range r.Tags {
		about = about && slices.Contains(s.Tags, t)
	}
	if r.SizeAbove != nil {
		about = about && s.Size > *r.SizeAbove
	}
	if r.SizeBelow != nil {
		about = about && s.Size < *r.SizeBelow
	}
	expired := r.Expire == meta.ExpireAfter && old(r.ExpireDays) || r.Expire == meta.ExpireOn && !now.Before(r.ExpireDate)
	switch {
	case !about:
	case s.Noncurrent:
		if r.NoncurrentDays > 0 && old(r.NoncurrentDays) && s.Newer >= r.NoncurrentKeep {
			return Remove
		}
	case s.Marker:
		if s.Alone && (expired || r.Expire == meta.ExpireMarkers) {
			return Clear
		}
	case expired:
		return Expire
	}
	return Keep
}

func pick[T any](rng *rand.Rand, list ...T) T { return list[rng.IntN(len(list))] }

func randomRule(rng *rand.Rand, n int) meta.LifecycleRule {
	r := meta.LifecycleRule{ID: fmt.Sprint("r", n), Disabled: rng.IntN(8) == 0, Prefix: pick(rng, "", "", "a", "a/", "b"), Expire: meta.Expiration(rng.IntN(5))}
	switch r.Expire {
	case meta.ExpireAfter:
		r.ExpireDays = 1 + rng.Int64N(5)
	case meta.ExpireOn:
		r.ExpireDate = start.Truncate(day).Add(time.Duration(rng.IntN(10)-3) * day)
	}
	if rng.IntN(2) == 0 {
		r.NoncurrentDays, r.NoncurrentKeep = 1+rng.Int64N(4), rng.Int64N(3)
	}
	if rng.IntN(4) == 0 {
		r.Tags = meta.Tags{{Name: "t", Value: pick(rng, "1", "2")}}
	}
	if v := rng.Int64N(4); rng.IntN(4) == 0 {
		r.SizeAbove = &v
	}
	if v := 1 + rng.Int64N(4); rng.IntN(4) == 0 {
		r.SizeBelow = &v
	}
	return r
}

func randomTags(rng *rand.Rand) meta.Tags {
	return pick(rng, nil, meta.Tags{{Name: "t", Value: "1"}}, meta.Tags{{Name: "u", Value: "1"}, {Name: "t", Value: "2"}})
}

// What the rules have in store is the first midnight at which one of them, by the book, ends the version.
func TestJudge(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	acted := map[Action]int{}
	for range 20_000 {
		var rules []meta.LifecycleRule
		for i := range rng.IntN(4) {
			rules = append(rules, randomRule(rng, i))
		}
		s := Subject{
			Key: pick(rng, "a", "a/x", "b", "c"), Size: rng.Int64N(5), Tags: randomTags(rng), Since: start.Add(time.Duration(rng.Int64N(int64(4 * day)))),
			Noncurrent: rng.IntN(2) == 0, Newer: rng.Int64N(4), Marker: rng.IntN(3) == 0, Alone: rng.IntN(2) == 0,
		}
		if rng.IntN(4) == 0 {
			s.Since = s.Since.Truncate(day)
		}
		if s.Marker {
			s.Size, s.Tags = 0, nil
		}
		s.Alone = s.Alone && !s.Noncurrent
		got := utc.Judge(rules, &s)
		acted[got.Action]++
		for d := -6; d < 16; d++ {
			now := start.Truncate(day).Add(time.Duration(d) * day)
			if now.Before(s.Since) {
				continue
			}
			want := Keep
			for _, r := range rules {
				if a := naiveDue(r, s, now); a != Keep {
					want = a
				}
			}
			require.Equal(t, want != Keep, got.Due(now), "%+v\n%+v\n%+v at %s", rules, s, got, now)
			if want != Keep {
				require.Equal(t, want, got.Action)
			}
		}
	}
	for _, a := range []Action{Keep, Expire, Remove, Clear} {
		require.Greater(t, acted[a], 300, "the samples must cover %d", a)
	}
}

func TestCalendar(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		require.NoError(t, err)
		return v
	}
	// The example of the documentation: created on the 15th at 10:30, three days, gone on the 19th at midnight.
	require.Equal(t, at("2014-01-19T00:00:00Z"), utc.after(at("2014-01-15T10:30:00Z"), 3))
	require.Equal(t, at("2014-01-18T00:00:00Z"), utc.after(at("2014-01-15T00:00:00Z"), 3))
	require.Equal(t, at("2014-01-19T00:00:00Z"), utc.after(at("2014-01-15T00:00:00.000000001Z"), 3))
	require.Equal(t, at("2014-01-15T10:30:04Z"), Calendar{Day: time.Second}.after(at("2014-01-15T10:30:01.5Z"), 2))
	require.True(t, utc.after(start, 1<<31-1).After(start), "the most days that a rule may have")
}

func TestJudgeUpload(t *testing.T) {
	rules := []meta.LifecycleRule{{ID: "late", AbortDays: 7}, {ID: "soon", AbortDays: 2, Prefix: "tmp/"}, {ID: "off", AbortDays: 1, Disabled: true}}
	require.Equal(t, Outcome{Abort, start.Truncate(day).Add(8 * day), "late"}, utc.JudgeUpload(rules, "a", start))
	require.Equal(t, Outcome{Abort, start.Truncate(day).Add(3 * day), "soon"}, utc.JudgeUpload(rules, "tmp/a", start))
	require.Equal(t, Outcome{}, utc.JudgeUpload(rules[2:], "a", start))
}
