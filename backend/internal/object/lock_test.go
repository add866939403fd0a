package object

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// locks gives the lab's bucket object lock with this default retention.
func (l *lab) locks(rule meta.LockRule) {
	l.t.Helper()
	b := *l.bucket
	b.Versioning, b.Lock = meta.VersioningEnabled, rule
	b.Lock.Enabled = true
	l.writeBucket(&b)
	l.bucket = &b
}

func (l *lab) retain(id string, mode meta.LockMode, until time.Time, bypass bool) error {
	_, err := l.s.SetRetention(context.Background(), VersionInput{Bucket: l.bucket, Key: "key", VersionID: id}, mode, until, bypass)
	return err
}

func (l *lab) remove(id string, bypass bool) error {
	_, err := l.s.Delete(context.Background(), DeleteInput{Bucket: l.bucket, Key: "key", VersionID: id, Caller: testCaller, Bypass: bypass})
	return err
}

// What a retention allows, by its mode and with or without bypass, before its end and after.
func TestRetention(t *testing.T) {
	for _, c := range []struct {
		name              string
		mode              meta.LockMode
		bypass            bool
		remove, shorten   bool // what is allowed
		lengthen, another bool
	}{
		{"governance", meta.LockGovernance, false, false, false, true, false},
		{"governance bypassed", meta.LockGovernance, true, true, true, true, true},
		{"compliance", meta.LockCompliance, false, false, false, true, false},
		{"compliance, which is not bypassed", meta.LockCompliance, true, false, false, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			l.locks(meta.LockRule{})
			id := l.put("key", []byte("content")).Version.ID()
			end := l.clock.Now().Add(10 * time.Hour).Truncate(time.Millisecond).UTC()
			want := func(allowed bool, err error) {
				t.Helper()
				if allowed {
					require.NoError(t, err)
				} else {
					l.wantKind(fault.ObjectLocked, err)
				}
			}
			set := func() {
				require.NoError(t, l.retain(id, c.mode, end, true))
				o, _ := l.mustRead(l.in("key", id))
				require.Equal(t, meta.Lock{Mode: c.mode, Until: end}, o.Version.Lock)
			}
			set()
			want(true, l.retain(id, c.mode, end, c.bypass))
			want(c.shorten, l.retain(id, c.mode, end.Add(-time.Millisecond), c.bypass))
			set()
			want(c.shorten, l.retain(id, meta.LockNone, time.Time{}, c.bypass))
			set()
			want(c.another, l.retain(id, meta.LockGovernance+meta.LockCompliance-c.mode, end, c.bypass))
			if c.another { // it is in compliance mode now, for good
				id = l.put("key", []byte("content")).Version.ID()
				set()
			}
			want(c.lengthen, l.retain(id, c.mode, end.Add(time.Hour), c.bypass))
			l.clock.Advance(10 * time.Hour)
			want(c.remove, l.remove(id, c.bypass))
			if c.remove {
				return
			}
			l.clock.Advance(time.Hour)
			want(true, l.remove(id, false))
			l.wantKind(fault.NoSuchVersion, l.retain(id, c.mode, end.Add(24*time.Hour), false))
			l.checkUsage()
		})
	}
}

// A hold has no end of its own and nobody bypasses it; a marker may come and go above whatever is locked.
func TestHold(t *testing.T) {
	ctx := context.Background()
	l := newLab(t)
	first := l.put("key", []byte("from before"))
	l.locks(meta.LockRule{})
	in := l.putInput("key", content(1, 3000))
	in.Lock.Hold = meta.HoldOn
	held, err := l.s.Put(ctx, in)
	require.NoError(t, err)
	for _, w := range []Written{first, held} {
		_, err := l.s.SetHold(ctx, VersionInput{Bucket: l.bucket, Key: "key", VersionID: w.Version.ID()}, meta.HoldOn)
		require.NoError(t, err)
		l.wantKind(fault.ObjectLocked, l.remove(w.Version.ID(), true))
	}
	marker := l.del("key", "")
	require.True(t, marker.Marker)
	out, err := l.s.DeleteBatch(ctx, l.bucket, testCaller, []BatchItem{
		{Key: "key", VersionID: first.Version.ID(), Bypass: true}, {Key: "key", VersionID: marker.VersionID}, {Key: "key", VersionID: held.Version.ID()},
	})
	require.NoError(t, err)
	l.wantKind(fault.ObjectLocked, out[0].Err)
	require.NoError(t, out[1].Err)
	l.wantKind(fault.ObjectLocked, out[2].Err)
	l.checkUsage()

	// Versioning cannot be suspended where there are locks. If it were, a null version on hold would still stand.
	l.versioning(meta.VersioningSuspended)
	_, err = l.s.Put(ctx, l.putInput("key", []byte("another null version")))
	l.wantKind(fault.ObjectLocked, err)
	_, err = l.s.Delete(ctx, DeleteInput{Bucket: l.bucket, Key: "key", Caller: testCaller})
	l.wantKind(fault.ObjectLocked, err)
	l.checkUsage()
	l.versioning(meta.VersioningEnabled)

	_, body := l.mustRead(l.in("key", held.Version.ID()))
	require.Equal(t, content(1, 3000), body)
	_, err = l.s.SetHold(ctx, VersionInput{Bucket: l.bucket, Key: "key"}, meta.HoldOff)
	require.NoError(t, err)
	require.NoError(t, l.remove(held.Version.ID(), false))
	l.checkUsage()
}

// A new version has the lock that it came with, else the bucket's default, whichever way it came; that of a copy's source does not count.
func TestDefaultRetention(t *testing.T) {
	ctx := context.Background()
	l := newLab(t)
	l.locks(meta.LockRule{Mode: meta.LockGovernance, Years: 1})
	now := l.clock.Now()
	byDefault := meta.Lock{Mode: meta.LockGovernance, Until: now.AddDate(1, 0, 0).UTC().Truncate(time.Millisecond)}
	own := meta.Lock{Mode: meta.LockCompliance, Until: time.Date(2999, 1, 2, 3, 4, 5, 0, time.UTC), Hold: meta.HoldOff}
	for _, lock := range []meta.Lock{{}, own} {
		want := lock
		if lock == (meta.Lock{}) {
			want = byDefault
		}
		in := l.putInput("key", []byte("content"))
		in.Lock = lock
		w, err := l.s.Put(ctx, in)
		require.NoError(t, err)
		require.Equal(t, want, w.Version.Lock)
		w, err = l.s.Copy(ctx, CopyInput{Source: l.in("key", ""), Target: l.bucket, Key: "copy", Caller: testCaller, Lock: lock})
		require.NoError(t, err)
		require.Equal(t, want, w.Version.Lock)
		w, err = l.s.Copy(ctx, CopyInput{Source: l.in("key", ""), Target: l.bucket, Key: "copy", Caller: testCaller})
		require.NoError(t, err)
		require.Equal(t, byDefault, w.Version.Lock)
		u, err := l.s.CreateUpload(ctx, CreateUploadInput{Bucket: l.bucket, Key: "parts", Caller: testCaller, Lock: lock})
		require.NoError(t, err)
		w, err = l.s.Complete(ctx, l.completeInput(u, l.putPart(u, 1, content(1, testMin))))
		require.NoError(t, err)
		require.Equal(t, want, w.Version.Lock)
		o, _ := l.mustRead(l.in("parts", ""))
		require.Equal(t, want, o.Version.Lock)
	}
	in := l.putInput("key", []byte("content"))
	in.Lock.Hold = meta.HoldOn
	w, err := l.s.Put(ctx, in)
	require.NoError(t, err)
	require.Equal(t, meta.Lock{Mode: byDefault.Mode, Until: byDefault.Until, Hold: meta.HoldOn}, w.Version.Lock)

	l.wantKind(fault.InvalidArgument, l.retain("", meta.LockGovernance, now, true))
	in.Lock = meta.Lock{Mode: meta.LockGovernance, Until: now}
	_, err = l.s.Put(ctx, in)
	l.wantKind(fault.InvalidArgument, err)

	l.bucket = l.makeBucket("without-lock")
	in = l.putInput("key", []byte("content"))
	in.Lock = own
	_, err = l.s.Put(ctx, in)
	l.wantKind(fault.InvalidRequest, err)
	_, err = l.s.CreateUpload(ctx, CreateUploadInput{Bucket: l.bucket, Key: "key", Caller: testCaller, Lock: own})
	l.wantKind(fault.InvalidRequest, err)
	l.wantKind(fault.InvalidRequest, l.retain("", own.Mode, own.Until, true))
	_, err = l.s.SetHold(ctx, VersionInput{Bucket: l.bucket, Key: "key"}, meta.HoldOn)
	l.wantKind(fault.InvalidRequest, err)
	w, err = l.s.Put(ctx, l.putInput("key", []byte("content")))
	require.NoError(t, err)
	require.Zero(t, w.Version.Lock)
}
