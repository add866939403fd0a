package lifecycle

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv/pebbletest"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
)

var (
	start  = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	caller = object.Caller{Account: "default", User: "u"}
)

// lab is the worker on the real services.
type lab struct {
	*testing.T
	ctx   context.Context
	kv    kv.Store
	blobs blob.Store
	clock *clock.Manual
	*Service
}

func newLab(t *testing.T, store kv.Store) *lab {
	l := &lab{T: t, ctx: context.Background(), kv: store, blobs: blobtest.NewMemory(), clock: clock.NewManual(start)}
	l.open()
	return l
}

// open opens everything anew, as after a crash.
func (l *lab) open() {
	ids := ident.NewSource(l.clock, rand.NewChaCha8([32]byte{1}))
	var objects *object.Service
	l.again(func() (err error) {
		objects, err = object.Open(l.ctx, object.Deps{KV: l.kv, Blobs: l.blobs, Clock: l.clock, Idents: ids})
		return err
	})
	buckets := bucket.New(bucket.Deps{KV: l.kv, Clock: l.clock, Idents: ids})
	l.Service = New(Deps{
		Calendar: utc, KV: l.kv, Buckets: buckets, Objects: objects, Clock: l.clock, Interval: time.Hour, Logger: slog.New(slog.DiscardHandler),
	})
}

// again repeats what a store that loses answers refused.
func (l *lab) again(fn func() error) {
	l.Helper()
	for {
		err := fn()
		if fault.Is(err, fault.Unavailable) || fault.Is(err, fault.Busy) {
			continue
		}
		require.NoError(l, err)
		return
	}
}

func (l *lab) bucket(name string, v meta.Versioning, rules ...meta.LifecycleRule) (b *meta.Bucket) {
	l.again(func() (err error) {
		b, err = l.Buckets.Create(l.ctx, bucket.CreateInput{Name: name, Account: "default"})
		if fault.Is(err, fault.BucketOwned) {
			return nil
		}
		return err
	})
	if v != meta.VersioningOff {
		l.again(func() (err error) {
			b, err = l.Buckets.SetVersioning(l.ctx, name, bucket.VersioningChange{To: v})
			return err
		})
	}
	l.rules(b, rules...)
	return b
}

func (l *lab) rules(b *meta.Bucket, rules ...meta.LifecycleRule) {
	l.again(func() error {
		return bucket.SetDocument(l.ctx, l.Buckets, b, bucket.Lifecycle, &meta.Lifecycle{Rules: rules}, nil)
	})
}

func (l *lab) put(b *meta.Bucket, key string, size int, tags ...meta.Pair) {
	l.again(func() error {
		_, err := l.Objects.Put(l.ctx, object.PutInput{Bucket: b, Key: key, Caller: caller, Body: bytes.NewReader(make([]byte, size)), Size: int64(size), Tags: tags})
		return err
	})
}

func (l *lab) del(b *meta.Bucket, key string) {
	l.again(func() error {
		_, err := l.Objects.Delete(l.ctx, object.DeleteInput{Bucket: b, Key: key, Caller: caller})
		return err
	})
}

// round runs steps until the worker rests for longer than it does between steps.
func (l *lab) round() {
	l.Helper()
	for range 10_000 {
		var rest time.Duration
		l.again(func() (err error) { rest, err = l.Step(l.ctx); return err })
		if rest > time.Minute {
			return
		}
	}
	l.Fatal("the round has no end")
}

func (l *lab) versions(b *meta.Bucket) []object.VersionEntry {
	page, err := l.Objects.ListVersions(l.ctx, object.VersionListing{Bucket: b, Max: 10_000})
	require.NoError(l, err)
	require.False(l, page.Truncated)
	return page.Versions
}

func (l *lab) last(b *meta.Bucket) meta.LifecycleRun {
	h, err := l.History(l.ctx, b)
	require.NoError(l, err)
	require.NotEmpty(l, h)
	return h[0]
}

// naiveRound says what a round leaves of the versions, each named by key and order, and what it does. A marker that comes has order 0.
func naiveRound(b *meta.Bucket, rules []meta.LifecycleRule, all []object.VersionEntry, now time.Time) (left []string, run meta.LifecycleRun) {
	replaced := map[string]bool{} // keys whose null version makes room for a null marker
	for i, e := range all {
		s := Subject{Key: e.Key, Size: e.Size, Tags: e.Tags, Marker: e.Marker, Since: e.Modified(), Noncurrent: !e.Latest, Alone: true}
		for j, other := range all {
			if other.Key != e.Key || i == j {
				continue
			}
			s.Alone = false
			if j < i && !other.Latest {
				s.Newer++
			}
		}
		if !e.Latest {
			s.Since = all[i-1].Modified()
		}
		action := Keep
		for _, r := range rules {
			if a := naiveDue(r, s, now); a != Keep {
				action = a
			}
		}
		name := func(o ident.Order) string { return fmt.Sprint(e.Key, " ", uint64(o)) }
		switch action {
		case Keep:
			if !e.Null || !replaced[e.Key] {
				left = append(left, name(e.Order))
			}
		case Remove:
			run.Removed.Add(e.Size)
		case Clear:
			run.Markers.Add(0)
		case Expire:
			run.Expired.Add(e.Size)
			if b.Versioning != meta.VersioningOff {
				left = append(left, name(0))
			}
			replaced[e.Key] = b.Versioning == meta.VersioningSuspended
			if b.Versioning == meta.VersioningEnabled || b.Versioning == meta.VersioningSuspended && !e.Null {
				left = append(left, name(e.Order))
			}
		}
	}
	return left, run
}

func names(before, after []object.VersionEntry) (list []string) {
	known := map[string]bool{}
	for _, e := range before {
		known[fmt.Sprint(e.Key, e.Order)] = true
	}
	for _, e := range after {
		o := e.Order
		if !known[fmt.Sprint(e.Key, o)] && e.Marker {
			o = 0
		}
		list = append(list, fmt.Sprint(e.Key, " ", uint64(o)))
	}
	return list
}

// Rounds over random buckets leave and count what the book says, on an engine that runs everything twice and loses answers, too.
func TestRounds(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			store := kvtest.NewMemory()
			if seed%2 == 1 {
				store = kvtest.Hostile(store, seed).Unknown(12)
			}
			l := newLab(t, store)
			rng := rand.New(rand.NewPCG(seed, 9))
			var rules []meta.LifecycleRule
			for i := range 1 + rng.IntN(3) {
				rules = append(rules, randomRule(rng, i))
			}
			b := l.bucket("bucket", meta.Versioning(seed%3), rules...)
			for range 4 {
				for range 120 {
					key := fmt.Sprint(pick(rng, "a", "a/", "b", "c"), rng.IntN(8))
					if l.clock.Advance(time.Duration(rng.Int64N(int64(time.Hour)))); rng.IntN(4) == 0 {
						l.del(b, key)
					} else {
						l.put(b, key, rng.IntN(5), randomTags(rng)...)
					}
				}
				if v := meta.Versioning(rng.IntN(3)); b.Versioning != meta.VersioningOff && v != meta.VersioningOff {
					l.again(func() (err error) {
						b, err = l.Buckets.SetVersioning(l.ctx, "bucket", bucket.VersioningChange{To: v})
						return err
					})
				}
				before := l.versions(b)
				preview, err := l.Preview(l.ctx, b, rules, "")
				require.NoError(t, err)
				want, run := naiveRound(b, rules, before, l.clock.Now())
				require.Equal(t, run, preview.Run)
				l.round()
				if set := newRuleset(rules); set.empty() {
					return
				}
				require.Equal(t, want, names(before, l.versions(b)))
				got := l.last(b)
				run.Started, run.Ended = l.clock.Now(), l.clock.Now()
				require.Equal(t, run, got)
				l.clock.Advance(2 * time.Hour)
			}
		})
	}
}

// A crash in the middle of a round loses and repeats nothing: the next start goes on, and the history counts everything once.
func TestCrashResumes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	disk := pebbletest.NewDisk()
	l := newLab(t, disk.Open(t, pebblekv.Options{}))
	const keys = 1234
	b := l.bucket("bucket", meta.VersioningEnabled, meta.LifecycleRule{ID: "r", Prefix: "old/", Expire: meta.ExpireAfter, ExpireDays: 1, AbortDays: 1})
	for i := range keys {
		l.put(b, fmt.Sprintf("old/%04d", i), 2)
	}
	l.put(b, "new", 2)
	for range 5 {
		_, err := l.Objects.CreateUpload(l.ctx, object.CreateUploadInput{Bucket: b, Key: "old/up", Caller: caller})
		require.NoError(t, err)
	}
	l.clock.Advance(2 * day)
	crashes := 0
	for step := 0; ; step++ {
		rest, err := l.Step(l.ctx)
		require.NoError(t, err)
		if rest > time.Minute {
			break
		}
		if step%3 == 2 {
			crashes++
			disk = disk.Crash(rng.IntN(101), rng)
			old := l.kv
			l.kv = disk.Open(t, pebblekv.Options{})
			l.open()
			require.NoError(t, old.Close())
		}
	}
	t.Cleanup(func() { require.NoError(t, l.kv.Close()) })
	require.Greater(t, crashes, 3)
	run := l.last(b)
	require.Equal(t, meta.Tally{Count: keys, Bytes: 2 * keys}, run.Expired)
	require.Equal(t, meta.Tally{Count: 5}, run.Uploads)
	require.Equal(t, start.Add(2*day), run.Started)
	page, err := l.Objects.List(l.ctx, object.Listing{Bucket: b, Max: 10})
	require.NoError(t, err)
	require.Len(t, page.Objects, 1)
	u, err := l.Buckets.Usage(l.ctx, b)
	require.NoError(t, err)
	require.Equal(t, meta.Usage{Objects: 1, Bytes: 2, Versions: keys + 1, VersionBytes: 2 * (keys + 1), Markers: keys}, u)
}

// What changed between the look and the deletion stays: another current version, other tags, a noncurrent version that was brought back.
func TestJudgedAnew(t *testing.T) {
	l := newLab(t, kvtest.NewMemory())
	b := l.bucket("bucket", meta.VersioningEnabled, meta.LifecycleRule{ID: "r", Expire: meta.ExpireAfter, ExpireDays: 1, NoncurrentDays: 1})
	for _, key := range []string{"back", "gone", "new", "tagged"} {
		l.put(b, key, 1)
	}
	l.del(b, "back")
	l.clock.Advance(3 * day)
	list, _, err := l.page(l.ctx, b, newRuleset([]meta.LifecycleRule{{ID: "r", Expire: meta.ExpireAfter, ExpireDays: 1, NoncurrentDays: 1}}),
		&meta.LifecycleWalk{Phase: meta.WalkVersions}, l.clock.Now(), 10)
	require.NoError(t, err)
	require.Len(t, list, 4)

	all := l.versions(b)
	require.True(t, all[0].Marker)
	_, err = l.Objects.Delete(l.ctx, object.DeleteInput{Bucket: b, Key: "back", VersionID: all[0].ID(), Caller: caller})
	require.NoError(t, err)
	l.put(b, "new", 1)
	l.del(b, "gone")
	items := make([]*object.Lapsed, len(list))
	for i, d := range list {
		items[i] = &d.Lapsed
	}
	items[3].Version.Tags = meta.Tags{{Name: "since", Value: "removed"}}
	before := l.versions(b)
	require.NoError(t, l.Objects.Lapse(l.ctx, b, items, func(kv.Txn) error { return nil }))
	for _, item := range items {
		require.Equal(t, fault.PreconditionFailed, fault.KindOf(item.Err), item.Version.Key)
	}
	require.Equal(t, before, l.versions(b))
}

// A worker whose lease was taken over changes nothing any more; one that shows no life loses it after a while, a dead one at once.
func TestLease(t *testing.T) {
	l := newLab(t, kvtest.NewMemory())
	b := l.bucket("bucket", meta.VersioningOff, meta.LifecycleRule{ID: "r", Expire: meta.ExpireAfter, ExpireDays: 1})
	l.put(b, "k", 1)
	l.clock.Advance(2 * day)
	step := func(s *Service) time.Duration {
		rest, err := s.Step(l.ctx)
		require.NoError(t, err)
		return rest
	}
	require.Less(t, step(l.Service), time.Second, "takes the lease and enters the bucket")

	// Another node, whose epoch is live: it waits, and takes over when the row has stood still.
	const epoch = 77
	other := New(l.Deps)
	other.lease.epoch = epoch
	require.NoError(t, l.kv.Update(l.ctx, func(tx kv.Txn) error {
		return tx.Set(meta.EpochKey(epoch), (&meta.Epoch{State: meta.EpochLive, Started: start}).Encode())
	}))
	require.Equal(t, leaseTime/3, step(other))
	l.clock.Advance(leaseTime - 1)
	require.Equal(t, leaseTime/3, step(other))
	require.Len(t, l.versions(b), 1)
	before, token := l.versions(b), l.lease.token
	_, w, err := l.load(l.ctx)
	require.NoError(t, err)
	l.clock.Advance(1)
	taken, err := other.take(l.ctx)
	require.NoError(t, err)
	require.True(t, taken)

	set, err := l.ruleset(l.ctx, b)
	require.NoError(t, err)
	_, err = l.walk(l.ctx, b, set, w, l.clock.Now())
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "the old holder had begun under token %d", token)
	require.Equal(t, before, l.versions(b))

	// The other one dies: the next look takes the lease and ends the round.
	require.NoError(t, l.kv.Update(l.ctx, func(tx kv.Txn) error { return tx.Delete(meta.EpochKey(epoch)) }))
	l.round()
	require.Empty(t, l.versions(b))
	require.Equal(t, meta.Tally{Count: 1, Bytes: 1}, l.last(b).Expired)
}

// Markers that end up alone go in the round after, a new round comes when its time has come, and idle rounds leave one line.
func TestHistory(t *testing.T) {
	l := newLab(t, kvtest.NewMemory())
	b := l.bucket("bucket", meta.VersioningEnabled, meta.LifecycleRule{ID: "r", Expire: meta.ExpireMarkers, NoncurrentDays: 1})
	l.bucket("empty", meta.VersioningOff)
	l.put(b, "k", 3)
	l.del(b, "k")
	l.round()
	l.clock.Advance(2 * day)
	l.round()
	require.Len(t, l.versions(b), 1)
	l.clock.Advance(time.Hour)
	l.round()
	require.Empty(t, l.versions(b))
	for range 3 {
		l.clock.Advance(time.Hour)
		l.round()
	}
	h, err := l.History(l.ctx, b)
	require.NoError(t, err)
	at := func(d time.Duration) meta.LifecycleRun {
		return meta.LifecycleRun{Started: start.Add(d), Ended: start.Add(d)}
	}
	idle, cleared, removed, first := at(2*day+4*time.Hour), at(2*day+time.Hour), at(2*day), at(0)
	cleared.Markers.Count, removed.Removed = 1, meta.Tally{Count: 1, Bytes: 3}
	require.Equal(t, meta.LifecycleHistory{idle, cleared, removed, first}, h)

	var many meta.LifecycleHistory
	for i := range 3 * meta.MaxLifecycleRuns {
		many.Add(meta.LifecycleRun{Removed: meta.Tally{Count: int64(i + 1)}})
	}
	require.Len(t, many, meta.MaxLifecycleRuns)
	require.EqualValues(t, 3*meta.MaxLifecycleRuns, many[0].Removed.Count)
}

// A bucket that is deleted, and rules that go, end the walk through it.
func TestGoneInTheMiddle(t *testing.T) {
	l := newLab(t, kvtest.NewMemory())
	rule := meta.LifecycleRule{ID: "r", Expire: meta.ExpireAfter, ExpireDays: 1}
	first, second := l.bucket("first", meta.VersioningOff, rule), l.bucket("second", meta.VersioningOff, rule)
	for i := range 250 {
		l.put(second, fmt.Sprint(i), 1)
	}
	l.clock.Advance(2 * day)
	_, err := l.Step(l.ctx)
	require.NoError(t, err)
	_, w, err := l.load(l.ctx)
	require.NoError(t, err)
	require.Equal(t, "first", w.Bucket)
	require.NoError(t, l.Buckets.Delete(l.ctx, first.Name))
	for w.Bucket != "second" || w.Run.Expired.Count == 0 {
		_, err = l.Step(l.ctx)
		require.NoError(t, err)
		_, w, err = l.load(l.ctx)
		require.NoError(t, err)
	}
	l.rules(second)
	l.round()
	require.Len(t, l.versions(second), 150)
	require.Equal(t, meta.Tally{Count: 100, Bytes: 100}, l.last(second).Expired)
}

// What Object Lock protects stays, and a preview tells so.
func TestLockedVersionsStay(t *testing.T) {
	l := newLab(t, kvtest.NewMemory())
	rules := []meta.LifecycleRule{{ID: "r", Expire: meta.ExpireAfter, ExpireDays: 1, NoncurrentDays: 1}}
	b, err := l.Buckets.Create(l.ctx, bucket.CreateInput{Name: "bucket", Account: "default", Lock: true})
	require.NoError(t, err)
	l.rules(b, rules...)
	for i, lock := range []meta.Lock{{Hold: meta.HoldOn}, {Mode: meta.LockGovernance, Until: start.Add(10 * day)}, {Mode: meta.LockCompliance, Until: start.Add(day)}, {}} {
		key := fmt.Sprint(i)
		_, err := l.Objects.Put(l.ctx, object.PutInput{Bucket: b, Key: key, Caller: caller, Body: bytes.NewReader([]byte{1}), Size: 1, Lock: lock})
		require.NoError(t, err)
		l.put(b, key, 2)
	}
	l.clock.Advance(3 * day)
	preview, err := l.Preview(l.ctx, b, rules, "")
	require.NoError(t, err)
	require.Equal(t, meta.LifecycleRun{Expired: meta.Tally{Count: 4, Bytes: 8}, Removed: meta.Tally{Count: 2, Bytes: 2}, Kept: meta.Tally{Count: 2, Bytes: 2}}, preview.Run)
	require.Len(t, preview.Sample, 6)
	l.round()
	got := l.last(b)
	got.Started, got.Ended = time.Time{}, time.Time{}
	require.Equal(t, preview.Run, got)
}

// A preview of a large bucket comes in parts, which together are the whole.
func TestPreviewInParts(t *testing.T) {
	l := newLab(t, kvtest.NewMemory())
	b := l.bucket("bucket", meta.VersioningOff)
	const keys = previewRows + 500
	const step = 1000
	for from := 0; from < keys; from += step {
		require.NoError(t, l.kv.Update(l.ctx, func(tx kv.Txn) error {
			for i := from; i < min(from+step, keys); i++ {
				v := meta.Version{Order: ident.Order(start.UnixNano()), Null: true, Size: 1} //nolint:gosec // after 1970
				if err := tx.Set(meta.ObjectKey(b.ID, fmt.Sprintf("%06d", i)), v.Encode()); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	l.clock.Advance(2 * day)
	rules := []meta.LifecycleRule{{ID: "r", Expire: meta.ExpireAfter, ExpireDays: 1}}
	first, err := l.Preview(l.ctx, b, rules, "")
	require.NoError(t, err)
	require.NotEmpty(t, first.Next)
	require.Len(t, first.Sample, maxSample)
	require.Equal(t, Item{Outcome{Expire, start.Truncate(day).Add(2 * day), "r"}, "000000", "null", "", 1}, first.Sample[0])
	second, err := l.Preview(l.ctx, b, rules, first.Next)
	require.NoError(t, err)
	require.Empty(t, second.Next)
	require.EqualValues(t, keys, first.Run.Expired.Count+second.Run.Expired.Count)
	require.False(t, slices.Contains(second.Sample, first.Sample[maxSample-1]))
	_, err = l.Preview(l.ctx, b, rules, "nonsense")
	require.Equal(t, fault.InvalidArgument, fault.KindOf(err))
}
