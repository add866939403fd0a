package object

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/blob/diskblob"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv/pebbletest"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

func TestOraclePebble(t *testing.T) {
	if onPebble {
		playOn(t, pebbletest.NewDisk().Open(t, pebblekv.Options{}), false, 400)
	}
}

const blobRoot = "/store/blobs"

// wreck is what a loss of power left of both disks.
type wreck struct {
	meta  *pebbletest.Disk
	blobs *blobtest.Disk
	when  string
}

// TestCrashAnywhere loses the power before and after every sync of the metadata and before every change of the blobs' disk, under one
// client at a time, so that both disks are left as at one moment. What is left must open; every key must be as before or as after the
// operation that was under way, every other one as acknowledged; the counters equal a recount; and after the sweep exactly the blobs
// that are referenced are there.
func TestCrashAnywhere(t *testing.T) {
	if !onPebble {
		return // it has its own stores
	}
	seed := seedOf(t)
	rng := rand.New(rand.NewPCG(seed, 3))
	metaDisk, blobDisk := pebbletest.NewDisk(), blobtest.NewDisk()
	blobs, err := diskblob.Open(blobRoot, diskblob.Options{FS: blobDisk})
	require.NoError(t, err)
	store := metaDisk.Open(t, pebblekv.Options{})
	p := &play{lab: labOn(t, store, blobs), rng: rand.New(rand.NewPCG(seed, 1)), model: model{keys: map[string][]known{}}}

	var wrecks []wreck
	crash := func(when string) {
		percent := []int{0, 50, 100}[rng.IntN(3)]
		wrecks = append(wrecks, wreck{metaDisk.Crash(percent, rng), blobDisk.Crash(rng.Uint64()), fmt.Sprintf("%s, %d %% of the unsynced metadata kept", when, percent)})
	}
	metaDisk.OnSync(func() { crash("at a sync of the metadata") })
	blobDisk.Hook(func(op blobtest.Op) error {
		if op.Changes() {
			crash("before " + op.String())
		}
		return nil
	})
	want, crashes := 60, 0
	if os.Getenv("MYFSIO_SOAK") == "1" {
		want = 3000
	}
	// How many writes a step makes is the seed's choice, so the crashes are counted and not the steps.
	for i := 0; crashes < want; i++ {
		require.Less(t, i, 10*want, "the steps write nothing")
		before, bucket := maps.Clone(p.model.keys), p.bucket
		wrecks = wrecks[:0]
		p.step()
		// A long step leaves many; some of them, and always the last, are enough.
		for len(wrecks) > 8 {
			wrecks = slices.Delete(wrecks, 0, 1+rng.IntN(2))
		}
		crashes += len(wrecks)
		for _, w := range slices.Clone(wrecks) {
			if err := w.check(t, p, bucket, before); err != nil {
				t.Fatalf("step %d, power lost %s: %v", i, w.when, err)
			}
		}
	}
	t.Logf("%d crashes", crashes)
	metaDisk.OnSync(nil)
	blobDisk.Hook(nil)
	p.run(0)
	require.NoError(t, store.Close())
	require.NoError(t, blobs.Close())
}

// check starts a server on what was left.
func (w wreck) check(t *testing.T, p *play, bucket *meta.Bucket, before map[string][]known) error {
	blobs, err := diskblob.Open(blobRoot, diskblob.Options{FS: w.blobs})
	if err != nil {
		return err
	}
	store, err := pebblekv.Open(pebbletest.Dir, pebblekv.Options{FS: w.meta.FS()})
	if err != nil {
		return err
	}
	now := clock.NewManual(p.clock.Now())
	l := &lab{t: t, kv: store, blobs: blobs, clock: now, idents: ident.NewSource(now, rand.NewChaCha8([32]byte{2})), bucket: bucket}
	l.deps = p.deps
	l.deps.KV, l.deps.Blobs, l.deps.Clock, l.deps.Idents = store, blobs, now, l.idents
	l.open()
	q := &play{lab: l}
	look := func() error {
		for _, key := range playKeys {
			if got := q.dump(key); !match(before[key], got) && !match(p.model.keys[key], got) {
				return fmt.Errorf("%q\nbefore %v\nafter %v\ngot %v", key, before[key], p.model.keys[key], got)
			}
		}
		l.checkUsage()
		return auditStore(store, blobs, false)
	}
	if err := look(); err != nil {
		return err
	}
	now.Advance(25 * time.Hour)
	l.collect()
	if err := look(); err != nil {
		return fmt.Errorf("after the sweep: %w", err)
	}
	if err := auditStore(store, blobs, true); err != nil {
		return fmt.Errorf("after the sweep: %w", err)
	}
	if err := store.Close(); err != nil {
		return err
	}
	return blobs.Close()
}

// TestDiskFaults fails every operation of the blobs' disk in turn, once, under a fixed series of operations. Each of those succeeds or is
// refused with a clear kind and without effect; and on a healthy disk, after the sweep, exactly the blobs that are referenced are there.
func TestDiskFaults(t *testing.T) {
	if onPebble {
		return // the metadata is not what fails here
	}
	for name, failure := range map[string]error{"EIO": syscall.EIO, "ENOSPC": syscall.ENOSPC, "EIO after the effect": blobtest.Done(syscall.EIO)} {
		t.Run(name, func(t *testing.T) {
			k := 0
			for failDisk(t, k, failure) {
				k++
			}
			require.Greater(t, k, 40)
		})
	}
}

// failDisk fails operation k and reports whether there was one.
func failDisk(t *testing.T, k int, failure error) bool {
	t.Helper()
	disk, n := blobtest.NewDisk(), 0
	blobs, err := diskblob.Open(blobRoot, diskblob.Options{FS: disk})
	require.NoError(t, err)
	p := &play{lab: labOn(t, newStore(t), blobs), rng: rand.New(rand.NewPCG(1, 1)), model: model{keys: map[string][]known{}}}
	outcome := func(what, key string, err error, after []known) {
		t.Helper()
		if err != nil {
			require.Contains(t, []fault.Kind{fault.Internal, fault.StorageFull, fault.ReadOnly, fault.NoSuchKey, fault.InvalidPart}, fault.KindOf(err), "%s: %v", what, err)
			after = p.model.keys[key]
		}
		disk.Hook(nil)
		p.settle(what, key, nil, after)
	}
	hook := func() { // settle reads on a healthy disk
		disk.Hook(func(op blobtest.Op) error {
			if op.Verb == "read" { // by the store's own cleaning up after Open
				return nil
			}
			if n++; n-1 == k {
				return failure
			}
			return nil
		})
	}
	copyTo := func(from, to string) {
		hook()
		src := p.model.current(from)
		_, err := p.s.Copy(context.Background(), CopyInput{Source: p.in(from, ""), Target: p.bucket, Key: to, Caller: testCaller})
		if src == nil {
			require.Error(t, err)
			src = &known{}
		}
		outcome("copy", to, err, []known{{id: meta.NullVersion, body: src.body}})
	}
	for i, size := range []int{500, 10, 600} {
		hook()
		_, err := p.s.Put(context.Background(), p.putInput("a", content(i, size)))
		outcome("put", "a", err, []known{{id: meta.NullVersion, body: content(i, size)}})
	}
	copyTo("a", "b")
	u := p.begin("c")
	var list []CompletedPart
	var all []byte
	for i := range 2 {
		hook()
		body := content(10+i, 300)
		_, err := p.s.PutPart(context.Background(), p.partInput(u, i+1, body))
		disk.Hook(nil)
		all, list = append(all, body...), append(list, CompletedPart{Number: i + 1, ETag: checksum.ETag(md5Of(body))})
		if err != nil {
			require.Contains(t, []fault.Kind{fault.Internal, fault.StorageFull, fault.ReadOnly}, fault.KindOf(err))
		}
	}
	hook()
	_, err = p.s.Complete(context.Background(), p.completeInput(u, list...))
	outcome("complete", "c", err, []known{{id: meta.NullVersion, body: all}})
	copyTo("c", "a")
	hook()
	_, err = p.s.Delete(context.Background(), DeleteInput{Bucket: p.bucket, Key: "b", Caller: testCaller})
	outcome("delete", "b", err, nil)
	hook()
	_, _ = p.s.Collect(context.Background(), p.clock.Now(), 100)
	disk.Hook(nil)
	found := n > k
	if err := p.s.Abort(context.Background(), p.bucket, "c", u.ID); err != nil {
		require.Equal(t, fault.NoSuchUpload, fault.KindOf(err))
	}
	require.NoError(t, p.s.Close(context.Background()))
	require.NoError(t, blobs.Close())

	if p.blobs, err = diskblob.Open(blobRoot, diskblob.Options{FS: disk}); err != nil {
		t.Fatal(err)
	}
	p.deps.Blobs = p.blobs
	p.open()
	p.clock.Advance(25 * time.Hour)
	p.collect()
	p.audit(true)
	p.checkUsage()
	for _, key := range []string{"a", "b", "c"} {
		require.True(t, match(p.model.keys[key], p.dump(key)), key)
	}
	require.NoError(t, p.blobs.Close())
	return found
}

// benchLab is a service on the real disk, with the defaults of a server.
func benchLab(b *testing.B) *lab {
	b.Helper()
	store, err := pebblekv.Open(b.TempDir(), pebblekv.Options{})
	require.NoError(b, err)
	blobs, err := diskblob.Open(b.TempDir(), diskblob.Options{})
	require.NoError(b, err)
	l := labOn(b, store, blobs)
	l.deps.InlineMax, l.deps.MinPartSize = 0, 0
	l.open()
	b.Cleanup(func() {
		require.NoError(b, store.Close())
		require.NoError(b, blobs.Close())
	})
	return l
}

func BenchmarkPut4KiBMemory(b *testing.B) {
	l := newLab(b)
	l.deps.InlineMax = 0
	l.open()
	benchmarkPut(b, l, 4<<10)
}

func BenchmarkPut4KiB(b *testing.B)  { benchmarkPut(b, benchLab(b), 4<<10) }
func BenchmarkPut64KiB(b *testing.B) { benchmarkPut(b, benchLab(b), 64<<10) }
func BenchmarkPut16MiB(b *testing.B) { benchmarkPut(b, benchLab(b), 16<<20) }

func benchmarkPut(b *testing.B, l *lab, size int) {
	body := content(1, size)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		l.put(fmt.Sprint("k", i%1000), body)
	}
}

func BenchmarkGet4KiB(b *testing.B) {
	l := benchLab(b)
	l.put("k", content(1, 4<<10))
	b.ReportAllocs()
	for b.Loop() {
		o, err := l.s.Get(context.Background(), l.in("k", ""))
		require.NoError(b, err)
		n, err := o.Content.WriteTo(discard{})
		if n != 4<<10 || err != nil {
			b.Fatal(n, err)
		}
		_ = o.Content.Close()
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkHead(b *testing.B) {
	l := benchLab(b)
	l.put("k", content(1, 4<<10))
	in := l.in("k", "")
	in.HeadOnly = true
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.s.Get(context.Background(), in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkThreshold compares inline values with blobs, size by size, under 16 writers: the figures that the inline threshold rests on.
func BenchmarkThreshold(b *testing.B) {
	for _, size := range []int{4 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 256 << 10} {
		for _, where := range []string{"inline", "blob"} {
			b.Run(fmt.Sprintf("%dKiB/%s", size>>10, where), func(b *testing.B) {
				l := benchLab(b)
				l.deps.InlineMax = -1
				if where == "inline" {
					l.deps.InlineMax = 256 << 10
				}
				l.open()
				body := content(1, size)
				var n atomic.Int64
				b.SetBytes(int64(size))
				b.SetParallelism(8)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						l.put(fmt.Sprint("k", n.Add(1)%5000), body)
					}
				})
			})
		}
	}
}
