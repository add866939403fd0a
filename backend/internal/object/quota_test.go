package object

import (
	"context"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

func (l *lab) quota(bytes, objects int64) {
	l.t.Helper()
	b := *l.bucket
	b.Quota = meta.Quota{}
	if bytes >= 0 {
		b.Quota.MaxBytes = &bytes
	}
	if objects >= 0 {
		b.Quota.MaxObjects = &objects
	}
	l.writeBucket(&b)
	l.bucket = &b
}

// over puts and expects the refusal, also from the commit, where the caller's record of the bucket has no quota yet.
func (l *lab) over(key string, size int) {
	l.t.Helper()
	for _, stale := range []bool{false, true} {
		in := l.putInput(key, content(1, size))
		if stale {
			old := *l.bucket
			old.Quota = meta.Quota{}
			in.Bucket = &old
		} else {
			in.Body = unreadable{l.t}
		}
		_, err := l.s.Put(context.Background(), in)
		l.wantKind(fault.QuotaExceeded, err)
	}
	l.audit(false)
}

// unreadable is a body that must not be asked for.
type unreadable struct{ t testing.TB }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.ErrUnexpectedEOF
}

func TestQuota(t *testing.T) {
	for _, size := range []int{testInline, 3 * testInline} { // inline and in a blob
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			l := newLab(t)
			l.quota(int64(2*size), 3)
			l.put("a", content(1, size))
			l.put("b", content(2, size))
			l.over("c", 1)
			l.put("b", content(3, size-1))
			l.put("c", content(4, 1))
			l.over("b", size)
			l.over("d", 0) // a fourth object
			l.put("c", nil)
			l.quota(1, 1) // smaller than what is there
			l.put("a", content(5, size))
			l.put("a", content(5, size-1))
			l.over("a", size)
			l.del("a", "")
			l.del("b", "")
			l.put("c", content(6, 1))
			l.quota(0, -1)
			l.over("c", 2)
			l.put("c", nil)
			l.put("d", nil)
			l.quota(-1, -1)
			l.put("e", content(7, size))
			l.checkUsage()
		})
	}
}

// Noncurrent versions count, delete markers do not, and the null version of a suspended bucket makes room for the next one.
func TestQuotaOfVersions(t *testing.T) {
	l := newLab(t)
	l.versioning(meta.VersioningEnabled)
	l.quota(-1, 2)
	first := l.put("k", content(1, 10))
	l.put("k", content(2, 10))
	l.over("k", 10)
	l.del("k", "")
	l.over("k", 10)
	l.over("other", 10)
	l.del("k", first.VersionID)
	l.versioning(meta.VersioningSuspended)
	l.put("k", content(3, 10))
	l.put("k", content(4, 10))
	l.del("k", "") // the null version goes
	l.put("k", content(5, 10))
	l.versioning(meta.VersioningEnabled)
	l.over("k", 10)
	l.checkUsage()
}

func TestQuotaOfCopiesAndUploads(t *testing.T) {
	ctx := context.Background()
	l := newLab(t)
	l.put("a", content(1, 2*testInline))
	u := l.begin("u")
	l.quota(5*testInline, -1)
	_, err := l.s.Copy(ctx, CopyInput{Source: l.in("a", ""), Target: l.bucket, Key: "b", Caller: testCaller})
	require.NoError(t, err)
	_, err = l.s.Copy(ctx, CopyInput{Source: l.in("a", ""), Target: l.bucket, Key: "c", Caller: testCaller})
	l.wantKind(fault.QuotaExceeded, err)

	l.putPart(u, 1, content(1, testInline))
	one := l.putPart(u, 1, content(2, testInline)) // a part that replaces itself
	in := l.partInput(u, 2, content(3, 1))
	in.Body = unreadable{t}
	_, err = l.s.PutPart(ctx, in)
	l.wantKind(fault.QuotaExceeded, err)
	_, _, err = l.s.CopyPart(ctx, PartCopyInput{Source: l.in("a", ""), Bucket: l.bucket, Key: "u", Upload: u.ID, Number: 2})
	l.wantKind(fault.QuotaExceeded, err)

	l.quota(-1, -1)
	two := l.putPart(u, 2, content(4, 1))
	l.quota(5*testInline, -1)
	_, err = l.s.Complete(ctx, l.completeInput(u, one, two))
	l.wantKind(fault.QuotaExceeded, err)
	w, err := l.s.Complete(ctx, l.completeInput(u, one)) // the upload is open as before
	require.NoError(t, err)
	require.EqualValues(t, testInline, w.Version.Size)
	again, err := l.s.Complete(ctx, l.completeInput(u, one))
	require.NoError(t, err)
	require.Equal(t, w.Version, again.Version)
	l.checkUsage()
}

// TestQuotaOfManyWriters lets 64 writers race for the room of some objects, in every lane.
func TestQuotaOfManyWriters(t *testing.T) {
	const writers, fit = 64, 20
	for name, limits := range map[string][2]int64{"bytes": {fit*10 + 9, -1}, "objects": {-1, fit}} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			l.quota(limits[0], limits[1])
			stale := *l.bucket
			stale.Quota = meta.Quota{} // so that the commit alone decides
			var won [writers]bool
			var wg sync.WaitGroup
			for i := range writers {
				wg.Go(func() {
					in := l.putInput(fmt.Sprint("k", i), content(i, 10))
					in.Bucket = &stale
					_, err := l.s.Put(context.Background(), in)
					if won[i] = err == nil; err != nil && !fault.Is(err, fault.QuotaExceeded) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			n := 0
			for _, yes := range won {
				if yes {
					n++
				}
			}
			require.Equal(t, fit, n)
			require.EqualValues(t, fit, l.usage().Versions)
			l.checkUsage()
			l.audit(true)
		})
	}
}
