package object

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// goneBlobs is an engine whose readers fail once their blob was deleted, as an object store's do.
type goneBlobs struct{ blob.Store }

type goneReader struct {
	ctx   context.Context
	store blob.Store
	id    blob.ID
	off   int64
	n     int64
}

func (s goneBlobs) Open(ctx context.Context, id blob.ID, off, n int64) (io.ReadCloser, error) {
	r, err := s.Store.Open(ctx, id, off, n)
	if err != nil {
		return nil, err
	}
	return &goneReader{ctx, s.Store, id, off, n}, r.Close()
}

func (r *goneReader) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	part, err := blobtest.Get(r.ctx, r.store, r.id, r.off, min(r.n, int64(len(p)), 10))
	r.off += int64(len(part))
	r.n -= int64(len(part))
	return copy(p, part), err
}

func (r *goneReader) Close() error { return nil }

// TestReaderIsNotCut replaces and deletes what is being read, and collects meanwhile.
func TestReaderIsNotCut(t *testing.T) {
	l := labOn(t, newStore(t), goneBlobs{blobtest.NewMemory()})
	for _, o := range l.storeEach(1000) {
		t.Run(o.name, func(t *testing.T) {
			got, err := l.s.Get(t.Context(), l.in(o.key, ""))
			require.NoError(t, err)
			head := make([]byte, 5)
			_, err = io.ReadFull(got.Content, head)
			require.NoError(t, err)
			l.put(o.key, content(77, 500))
			l.del(o.key, "")
			l.collect()
			l.put(o.key, content(78, 500))
			second, err := l.s.Get(t.Context(), l.in(o.key, "")) // a later read is not waited for
			require.NoError(t, err)
			l.collect()
			rest, err := io.ReadAll(got.Content)
			require.NoError(t, err)
			require.True(t, bytes.Equal(o.body, append(head, rest...)))
			require.NoError(t, got.Content.Close())
			l.collect()
			l.audit(false)
			require.Len(t, l.blobIDs(), l.namedBlobs(), "collected although a later read goes on")
			require.NoError(t, second.Content.Close())
		})
	}
	l.clock.Advance(25 * time.Hour)
	l.collect()
	l.audit(true)
}

func (l *lab) blobIDs() []blob.ID {
	ids, err := blobtest.IDs(context.Background(), l.blobs, blob.ID{})
	require.NoError(l.t, err)
	return ids
}

// namedBlobs counts the blobs that versions and parts name.
func (l *lab) namedBlobs() (n int) {
	l.walk(func(key, value []byte) error {
		if key[0] != 'o' && key[0] != 'v' && key[0] != 'p' {
			return nil
		}
		id, err := blobOf(key, value)
		inline := false
		if key[0] != 'p' {
			v, err := meta.DecodeVersion("", value)
			if err != nil {
				return err
			}
			inline = v.Inline
		}
		if !id.IsZero() && !inline {
			n++
		}
		return err
	})
	return n
}

// TestReadersUnderFire reads, overwrites and collects at once: no read fails or mixes versions.
func TestReadersUnderFire(t *testing.T) {
	l := labOn(t, newStore(t), goneBlobs{blobtest.NewMemory()})
	bodies := map[string]bool{}
	var all [][]byte
	for i := range 8 {
		all = append(all, content(i, 400+i))
		bodies[string(all[i])] = true
	}
	l.put("k", all[0])
	ctx, stop := context.WithCancel(t.Context())
	var readers, others sync.WaitGroup
	others.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			l.put("k", all[i%len(all)])
		}
	})
	others.Go(func() {
		for ctx.Err() == nil {
			if _, err := l.s.Collect(context.Background(), l.clock.Now(), 10); err != nil {
				t.Error(err)
			}
		}
	})
	for range 4 {
		readers.Go(func() {
			for range 150 {
				_, body, err := l.read(l.in("k", ""))
				if err != nil || !bodies[string(body)] {
					t.Error(len(body), err)
					return
				}
			}
		})
	}
	readers.Wait()
	stop()
	others.Wait()
	l.collect()
	l.audit(true)
}

// TestDeadBucket deletes a bucket that still holds versions and uploads: everything goes, in steps, and nothing of another bucket.
func TestDeadBucket(t *testing.T) {
	l := newLab(t)
	dead := l.bucket
	l.versioning(meta.VersioningEnabled)
	for i := range 60 {
		l.put(fmt.Sprint("k", i%7), content(i, 20*i))
		if i%9 == 0 {
			l.del(fmt.Sprint("k", i%7), "")
		}
	}
	l.storeEach(1000)
	u := l.begin("open")
	l.putPart(u, 3, content(1, 100))
	l.bucket = l.makeBucket("other")
	l.storeEach(1000)
	l.update(func(tx kv.Txn) error {
		return errors.Join(tx.Delete(meta.BucketKey(dead.Name)),
			tx.Set(meta.GarbageKey(uint64(testStart.UnixNano()), meta.BucketWaste(dead.ID)), meta.WasteBucket.Encode()))
	})
	l.clock.Advance(25 * time.Hour)
	l.collect()
	l.audit(true)
	l.checkUsage()
	for _, rg := range meta.BucketRanges(dead.ID) {
		l.walk(func(key, _ []byte) error {
			require.False(t, bytes.Compare(key, rg.Start) >= 0 && bytes.Compare(key, rg.End) < 0, "%q", key)
			return nil
		})
	}
	for _, o := range []string{"inline", "blob", "parts"} {
		l.mustRead(l.in(o, ""))
	}
}

// TestCollectNotDue leaves what is not due, and what is due at once is found although later rows came with earlier times.
func TestCollectNotDue(t *testing.T) {
	l := newLab(t)
	l.put("a", content(1, 500))
	l.clock.Advance(time.Hour)
	l.del("a", "")
	n, err := l.s.Collect(t.Context(), testStart, 10)
	require.NoError(t, err)
	require.Zero(t, n)
	require.Len(t, l.blobIDs(), 1)
	l.collect()
	require.Empty(t, l.blobIDs())
	l.put("b", content(1, 500))
	l.clock.Set(testStart.Add(-time.Hour))
	l.del("b", "")
	l.collect()
	require.Empty(t, l.blobIDs())
}

// TestCollectFails goes on after an engine's error, and forgets nothing.
func TestCollectFails(t *testing.T) {
	broken := &brokenBlobs{Store: blobtest.NewMemory()}
	l := labOn(t, newStore(t), broken)
	for i := range 30 {
		l.put(fmt.Sprint(i), content(i, 500))
		l.del(fmt.Sprint(i), "")
	}
	broken.fail = true
	for range 3 {
		_, err := l.s.Collect(t.Context(), l.clock.Now(), 10)
		require.ErrorIs(t, err, errBroken)
	}
	broken.fail = false
	l.collect()
	l.audit(true)
	require.Empty(t, l.blobIDs())
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	l.put("k", content(1, 500))
	l.del("k", "")
	_, err := l.s.Collect(canceled, l.clock.Now(), 10)
	require.ErrorIs(t, err, context.Canceled)
	l.collect()
	l.audit(true)
}

var errBroken = errors.New("broken")

type brokenBlobs struct {
	blob.Store
	fail bool
}

func (s *brokenBlobs) Delete(ctx context.Context, id blob.ID) error {
	if s.fail {
		return errBroken
	}
	return s.Store.Delete(ctx, id)
}

// orphan leaves a blob of the service's epoch that nothing names, as a crash before the transaction does.
func (l *lab) orphan() blob.ID {
	l.t.Helper()
	id := l.idents.Blob(l.s.epoch)
	_, err := blobtest.Put(context.Background(), l.blobs, id, content(5, 500))
	require.NoError(l.t, err)
	return id
}

// TestSweep leaves orphans in several epochs among blobs that are named in every way, and sweeps step by step while clients go on, and
// through a restart in the middle.
func TestSweep(t *testing.T) {
	for seed := range uint64(5) {
		rng := rand.New(rand.NewPCG(seed, 4))
		l := newLab(t)
		l.versioning(meta.VersioningEnabled)
		orphans := map[blob.ID]bool{}
		for epoch := range 3 {
			for i := range 20 {
				key := fmt.Sprint("k", rng.IntN(12))
				l.put(key, content(100*epoch+i, 50+rng.IntN(200)))
				if rng.IntN(4) == 0 {
					l.del(key, "")
				}
				if rng.IntN(3) == 0 {
					orphans[l.orphan()] = true
				}
			}
			u := l.begin("open")
			l.putPart(u, 1, content(epoch, 60))
			l.open()
		}
		l.orphan()
		var own blob.ID
		for i := 0; l.s.work.sweeping; i++ {
			require.Less(t, i, 1000)
			_, err := l.s.Collect(t.Context(), l.clock.Now(), 1+rng.IntN(3))
			require.NoError(t, err)
			key := fmt.Sprint("k", rng.IntN(12))
			switch rng.IntN(4) {
			case 0:
				l.put(key, content(i, 300))
			case 1:
				l.del(key, "")
			case 2: // promotes what is older
				if o, err := l.s.Get(t.Context(), GetInput{Bucket: l.bucket, Key: key, HeadOnly: true}); err == nil {
					l.del(key, o.Version.ID())
				}
			}
			if i == 4 {
				l.open()
				own = l.orphan() // of the live epoch: an upload under way
			}
		}
		l.collect()
		for _, id := range l.blobIDs() {
			require.False(t, orphans[id])
		}
		_, err := blobtest.Get(t.Context(), l.blobs, own, 0, -1)
		require.NoError(t, err)
		require.NoError(t, l.blobs.Delete(t.Context(), own))
		l.audit(true)
		l.checkUsage()
		require.Equal(t, 2, l.rows()['x'], "no notes are left")
	}
}

// TestSweepMoves makes a version current again between the scan of o/ and that of v/, which would otherwise miss it.
func TestSweepMoves(t *testing.T) {
	l := newLab(t)
	l.versioning(meta.VersioningEnabled)
	body := content(1, 500)
	l.put("k", body)
	l.put("k", content(2, 500))
	top := l.put("k", content(3, 500))
	l.orphan()
	l.open()
	sw, err := l.s.nextSweep(t.Context())
	require.NoError(t, err)
	l.s.work.sweep = sw
	_, err = l.s.strikeOut(t.Context(), sw, 1)
	require.NoError(t, err)
	require.Equal(t, 1, sw.phase, "o/ is done, v/ is not")
	l.del("k", top.VersionID)
	l.collect()
	_, got := l.mustRead(l.in("k", ""))
	require.Equal(t, content(2, 500), got)
	l.audit(true)
	require.Len(t, l.blobIDs(), 2)
}
