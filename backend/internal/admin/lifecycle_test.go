package admin

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// TestLifecycle previews rules, stores them, lets the worker carry them out, and reads what it did.
func TestLifecycle(t *testing.T) {
	l := start(t)
	a := l.admin()
	a.do("POST", "/myfsio/buckets", `{"name":"one"}`).want(201)
	for _, key := range []string{"logs/a", "logs/b", "data"} {
		a.do("PUT", "/myfsio/buckets/one/content?key="+key, "123").want(200)
	}
	preview := func(rules string) (p LifecyclePreview) {
		a.do("POST", "/myfsio/buckets/one/lifecycle/preview", `{"rules":[`+rules+`]}`).want(200).into(&p)
		return p
	}
	const rule = `{"id":"r","prefix":"logs/","expireDays":2,"tags":[]}`
	require.Equal(t, LifecyclePreview{Looked: 2, Sample: []LifecycleItem{}}, preview(rule))
	l.clock.Advance(72 * time.Hour)
	p := preview(rule)
	require.Equal(t, LifecycleCounts{Expired: Tally{2, 6}}, p.LifecycleCounts)
	require.Equal(t, LifecycleItem{"expire", "logs/a", "null", "", 3, "r", time.Date(2026, 5, 7, 0, 0, 0, 0, time.UTC)}, p.Sample[0])
	require.Empty(t, p.Cursor)
	require.Equal(t, LifecycleCounts{}, preview(`{"id":"r","expireDate":"2027-01-01T00:00:00Z","noncurrentDays":1,"newerNoncurrentVersions":3,"sizeLessThan":9}`).LifecycleCounts)

	const path = "/myfsio/buckets/one/lifecycle/preview"
	a.do("POST", path, `{"rules":[{"id":"r"}]}`).fails(400, "InvalidRequest")
	a.do("POST", path, `{"rules":[{"id":"r","expireDays":1,"expireMarkers":true}]}`).fails(400, "InvalidRequest")
	a.do("POST", path, `{"rules":[{"id":"r","expireDays":1},{"id":"r","expireDays":1}]}`).fails(400, "InvalidArgument")
	a.do("POST", path, `{"rules":[{"id":"r","expireDate":"2027-01-01T01:00:00Z"}]}`).fails(400, "InvalidArgument")
	a.do("POST", path, `{"rules":[{"id":"r","expireDays":1}],"cursor":"x"}`).fails(400, "InvalidArgument")
	l.user(`[{"bucket":"*","actions":["list","read","write","delete"]}]`).do("POST", path, `{"rules":[{"id":"r","expireDays":1}]}`).fails(403, "AccessDenied")

	b, err := l.deps.Buckets.Get(t.Context(), "one")
	require.NoError(t, err)
	require.NoError(t, bucket.SetDocument(t.Context(), l.deps.Buckets, b, bucket.Lifecycle, &meta.Lifecycle{Rules: []meta.LifecycleRule{
		{ID: "r", Prefix: "logs/", Expire: meta.ExpireAfter, ExpireDays: 2},
	}}, nil))
	var h LifecycleHistory
	a.do("GET", "/myfsio/buckets/one/lifecycle/history", "").want(200).into(&h)
	require.Equal(t, LifecycleHistory{Runs: []LifecycleRun{}, Enabled: true, Interval: 3600}, h)
	for range 3 { // into the bucket, through it, and to the end
		_, err := l.deps.Lifecycle.Step(t.Context())
		require.NoError(t, err)
	}
	a.do("GET", "/myfsio/buckets/one/lifecycle/history", "").want(200).into(&h)
	now := l.clock.Now()
	require.Equal(t, []LifecycleRun{{now, now, LifecycleCounts{Expired: Tally{2, 6}}}}, h.Runs)
	var list ObjectList
	a.do("GET", "/myfsio/buckets/one/objects", "").want(200).into(&list)
	require.Len(t, list.Objects, 1)
}
