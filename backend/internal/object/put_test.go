package object

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// untouched fails the test when it is read.
type untouched struct{ t testing.TB }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

// nothing holds that no refused write left a trace.
func (l *lab) nothing() {
	l.t.Helper()
	rows := l.rows()
	delete(rows, 'b')
	delete(rows, 'x')
	require.Empty(l.t, rows)
	ids, err := blobtest.IDs(context.Background(), l.blobs, blob.ID{})
	require.NoError(l.t, err)
	require.Empty(l.t, ids)
	require.Zero(l.t, l.s.limbo.Load())
	require.False(l.t, l.s.orphans.Load())
}

// TestPutRefusedUnread holds that what the headers alone decide is decided before the body is asked for.
func TestPutRefusedUnread(t *testing.T) {
	l := newLab(t)
	full := &fullBlobs{Store: l.blobs}
	l.deps.Blobs = full
	l.open()
	cases := map[string]struct {
		change func(*PutInput)
		kind   fault.Kind
	}{
		"1025 bytes":    {func(in *PutInput) { in.Key = strings.Repeat("k", 1025) }, fault.KeyTooLong},
		"empty key":     {func(in *PutInput) { in.Key = "" }, fault.InvalidArgument},
		"NUL":           {func(in *PutInput) { in.Key = "a\x00b" }, fault.InvalidArgument},
		"not UTF-8":     {func(in *PutInput) { in.Key = "a\xff" }, fault.InvalidArgument},
		"over 5 TiB":    {func(in *PutInput) { in.Size = MaxObject + 1 }, fault.EntityTooLarge},
		"no space":      {func(in *PutInput) { in.Size = testInline + 1 }, fault.StorageFull},
		"If-Match":      {func(in *PutInput) { in.If.IfMatch = "0" }, fault.NoSuchKey},
		"If-None-Match": {func(in *PutInput) { in.Key, in.If.IfNoneMatch = "there", true }, fault.PreconditionFailed},
	}
	l.put("there", nil)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := l.putInput("k", []byte("x"))
			in.Body = untouched{t}
			c.change(&in)
			_, err := l.s.Put(t.Context(), in)
			l.wantKind(c.kind, err)
		})
	}
	l.del("there", "")
	l.empty()
	l.put(strings.Repeat("k", 1024), []byte("x"))
}

// fullBlobs is a blob store without space.
type fullBlobs struct{ blob.Store }

func (fullBlobs) Space() (blob.Space, error) { return blob.Space{}, nil }
func (fullBlobs) Admit(int64) error          { return fmt.Errorf("%w: none", blob.ErrFull) }

// TestPutRefused holds that a body that is not what was announced leaves nothing, whatever its size.
func TestPutRefused(t *testing.T) {
	broken := errors.New("signature of a chunk")
	for _, size := range []int{1, testInline, testInline + 1, 1000} {
		body := content(size, size)
		sha := checksum.Of(checksum.SHA256, body)
		other := checksum.Of(checksum.SHA256, []byte("other"))
		sum := md5Of(body)
		cases := map[string]struct {
			change func(*PutInput)
			kind   fault.Kind
		}{
			"short":             {func(in *PutInput) { in.Body = bytes.NewReader(body[:size-1]) }, fault.IncompleteBody},
			"cut off":           {func(in *PutInput) { in.Body = iotest.ErrReader(io.ErrUnexpectedEOF) }, fault.IncompleteBody},
			"long":              {func(in *PutInput) { in.Body = bytes.NewReader(append(body, 1)) }, fault.IncompleteBody},
			"error at the end":  {func(in *PutInput) { in.Body = io.MultiReader(in.Body, iotest.ErrReader(broken)) }, fault.Internal},
			"late, unknown":     {func(in *PutInput) { in.Size, in.Body = -1, io.MultiReader(in.Body, iotest.ErrReader(broken)) }, fault.Internal},
			"Content-MD5":       {func(in *PutInput) { in.Digests.MD5 = make([]byte, 16) }, fault.BadDigest},
			"odd Content-MD5":   {func(in *PutInput) { in.Digests.MD5 = make([]byte, 15) }, fault.InvalidDigest},
			"checksum":          {func(in *PutInput) { in.Digests.Algorithm, in.Digests.Value = checksum.SHA256, other }, fault.BadDigest},
			"trailing checksum": {func(in *PutInput) { in.Digests = trailer(other, nil) }, fault.BadDigest},
			"trailer":           {func(in *PutInput) { in.Digests = trailer(nil, broken) }, fault.Internal},
			"bucket gone":       {func(in *PutInput) { b := *in.Bucket; b.Name = "gone"; in.Bucket = &b }, fault.NoSuchBucket},
			"bucket made anew":  {func(in *PutInput) { b := *in.Bucket; b.ID[0]++; in.Bucket = &b }, fault.NoSuchBucket},
		}
		for name, c := range cases {
			t.Run(fmt.Sprint(size, " ", name), func(t *testing.T) {
				l := newLab(t)
				in := l.putInput("k", body)
				c.change(&in)
				_, err := l.s.Put(t.Context(), in)
				l.wantKind(c.kind, err)
				if c.kind == fault.Internal {
					require.ErrorIs(t, err, broken)
				}
				l.nothing()
			})
		}
		t.Run(fmt.Sprint(size, " right"), func(t *testing.T) {
			l := newLab(t)
			in := l.putInput("k", body)
			in.Body = iotest.OneByteReader(in.Body)
			in.Digests = trailer(sha, nil)
			in.Digests.MD5 = sum[:]
			w, err := l.s.Put(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, meta.Checksum{Algorithm: checksum.SHA256, Value: sha}, w.Version.Checksum)
			require.Equal(t, checksum.ETag(sum), w.Version.ETag())
			require.Empty(t, w.VersionID)
			require.Equal(t, size <= testInline, w.Version.Inline)
			require.Equal(t, testStart.Truncate(time.Second), w.Version.Modified())
			o, got := l.mustRead(l.in("k", ""))
			require.Equal(t, body, got)
			require.Equal(t, w.Version, o.Version)
		})
	}
}

func trailer(sum []byte, err error) Digests {
	return Digests{Algorithm: checksum.SHA256, Trailer: func() ([]byte, error) { return sum, err }}
}

// TestPutDefaultChecksum holds that an object has a CRC64NVME when the client named nothing.
func TestPutDefaultChecksum(t *testing.T) {
	l := newLab(t)
	for _, n := range []int{0, 10, 1000} {
		body := content(n, n)
		w := l.put("k", body)
		require.Equal(t, meta.Checksum{Algorithm: checksum.CRC64NVME, Value: checksum.Of(checksum.CRC64NVME, body)}, w.Version.Checksum)
	}
}

// TestCreators lets many writers create the same key at once: one of them wins, and the others leave nothing.
func TestCreators(t *testing.T) {
	for _, size := range []int{10, 1000} {
		l := newLab(t)
		const writers = 16
		won := make([]bool, writers)
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				in := l.putInput("k", content(i, size))
				in.If.IfNoneMatch = true
				_, err := l.s.Put(context.Background(), in)
				won[i] = err == nil
				if err != nil && !fault.Is(err, fault.PreconditionFailed) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		_, body := l.mustRead(l.in("k", ""))
		winners := 0
		for i, yes := range won {
			if yes {
				winners++
				require.Equal(t, content(i, size), body)
			}
		}
		require.Equal(t, 1, winners)
		l.audit(true)
	}
}

// TestBucketDeletedDuringPut deletes the bucket, and makes another of its name, between the body and the commit.
func TestBucketDeletedDuringPut(t *testing.T) {
	for _, size := range []int{10, 1000} {
		for _, again := range []bool{false, true} {
			l := newLab(t)
			old := l.bucket
			in := l.putInput("k", content(1, size))
			in.Body = io.MultiReader(in.Body, readerFunc(func([]byte) (int, error) {
				l.update(func(tx kv.Txn) error { return tx.Delete(meta.BucketKey(old.Name)) })
				if again {
					l.bucket = l.makeBucket(old.Name)
				}
				return 0, io.EOF
			}))
			_, err := l.s.Put(t.Context(), in)
			l.wantKind(fault.NoSuchBucket, err)
			l.nothing()
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestUnknownOutcome holds that a write whose outcome is not known is Unavailable, that its blob stays, and that the sweep after the next
// start decides about it.
func TestUnknownOutcome(t *testing.T) {
	for _, committed := range []bool{false, true} {
		l := newLab(t)
		lossy := &lossyStore{Store: l.kv}
		l.deps.KV = lossy
		l.open()
		lossy.lose, lossy.commit = true, committed
		_, err := l.s.Put(t.Context(), l.putInput("k", content(1, 1000)))
		l.wantKind(fault.Unavailable, err)
		lossy.lose = false
		require.NoError(t, l.s.Close(t.Context()))
		ids, err := blobtest.IDs(t.Context(), l.blobs, blob.ID{})
		require.NoError(t, err)
		require.Len(t, ids, 1)
		l.open()
		l.collect()
		_, _, err = l.read(l.in("k", ""))
		if committed {
			require.NoError(t, err)
		} else {
			l.wantKind(fault.NoSuchKey, err)
		}
		l.audit(true)
		l.checkUsage()
	}
}

// lossyStore reports the outcome of commits as unknown while told to, and commits or not.
type lossyStore struct {
	kv.Store
	lose, commit bool
}

func (s *lossyStore) Update(ctx context.Context, fn func(kv.Txn) error) error {
	if s.lose {
		if s.commit {
			if err := s.Store.Update(ctx, fn); err != nil {
				return err
			}
		}
		return kv.ErrUnknown
	}
	return s.Store.Update(ctx, fn)
}

// TestAgain runs a commit again after its outcome was unknown: what is current already stays as it is.
func TestAgain(t *testing.T) {
	for _, v := range []meta.Versioning{meta.VersioningOff, meta.VersioningEnabled, meta.VersioningSuspended} {
		for _, size := range []int{0, 10, 1000} {
			l := newLab(t)
			l.versioning(v)
			w := l.put("k", content(1, size))
			before := l.usage()
			next := *w.Version
			c := &change{action: actPut, key: "k", next: &next, value: content(1, size)}
			l.clock.Advance(time.Second)
			_, err := l.s.commit(t.Context(), l.bucket, false, false, c)
			require.NoError(t, err)
			require.Equal(t, w.Version, c.version)
			require.Equal(t, before, l.usage())
			l.audit(true)
		}
	}
}

// TestFenced holds that a service whose epoch was fenced commits nothing, and that a clean end needs no sweep.
func TestFenced(t *testing.T) {
	l := newLab(t)
	old := l.s
	l.open()
	require.Equal(t, old.Epoch()+1, l.s.Epoch())
	in := l.putInput("k", content(1, 1000))
	_, err := old.Put(t.Context(), in)
	l.wantKind(fault.Unavailable, err)
	_, err = old.Delete(t.Context(), DeleteInput{Bucket: l.bucket, Key: "k"})
	l.wantKind(fault.Unavailable, err)
	_, err = old.CreateUpload(t.Context(), CreateUploadInput{Bucket: l.bucket, Key: "k"})
	l.wantKind(fault.Unavailable, err)
	require.Error(t, old.Close(t.Context()))
	l.nothing()
	l.put("k", content(1, 1000))
	l.collect()
	require.Equal(t, 2, l.rows()['x'], "the counter and the live epoch")
	require.NoError(t, l.s.Close(t.Context()))
	require.Equal(t, 1, l.rows()['x'])
	l.open()
	require.Equal(t, 2, l.rows()['x'], "nothing to sweep after a clean end")
}

// TestReadOnly holds that a read-only service changes nothing.
func TestReadOnly(t *testing.T) {
	l := newLab(t)
	l.put("k", []byte("x"))
	before := l.rows()
	l.deps.ReadOnly = true
	l.open()
	_, body := l.mustRead(l.in("k", ""))
	require.Equal(t, []byte("x"), body)
	_, err := l.s.Put(t.Context(), PutInput{Bucket: l.bucket, Key: "k", Body: untouched{t}})
	l.wantKind(fault.ReadOnly, err)
	_, err = l.s.Delete(t.Context(), DeleteInput{Bucket: l.bucket, Key: "k"})
	l.wantKind(fault.ReadOnly, err)
	n, err := l.s.Collect(t.Context(), l.clock.Now(), 100)
	require.NoError(t, err)
	require.Zero(t, n)
	require.NoError(t, l.s.Close(t.Context()))
	require.Equal(t, before, l.rows())
}

// TestEngineFailures classifies what the engines say.
func TestEngineFailures(t *testing.T) {
	for err, kind := range map[error]fault.Kind{
		kv.ErrUnknown: fault.Unavailable, kv.ErrFull: fault.StorageFull, blob.ErrFull: fault.StorageFull, kv.ErrPoisoned: fault.ReadOnly,
		blob.ErrPoisoned: fault.ReadOnly, kv.ErrClosed: fault.Unavailable, context.Canceled: fault.Canceled, kv.ErrTooLarge: fault.Internal,
		blob.ErrCorrupt: fault.Internal, meta.ErrCorrupt: fault.Internal,
	} {
		require.Equal(t, kind, fault.KindOf(failure("op", fault.Wrap("engine", fmt.Errorf("engine: %w", err)))), "%v", err)
	}
	require.NoError(t, failure("op", nil))
	l := newLab(t)
	require.NoError(t, l.kv.Close())
	_, err := l.s.Put(t.Context(), l.putInput("k", []byte("x")))
	l.wantKind(fault.Unavailable, err)
}

// TestFullStore holds that a full metadata store refuses a write without a trace, and still deletes.
func TestFullStore(t *testing.T) {
	l := newLab(t)
	l.put("old", content(1, 1000))
	store := &fullStore{Store: l.kv}
	l.deps.KV = store
	l.open()
	store.full = true
	for _, size := range []int{10, 1000} {
		_, err := l.s.Put(t.Context(), l.putInput("k", content(1, size)))
		l.wantKind(fault.StorageFull, err)
	}
	l.del("old", "")
	l.collect()
	l.empty()
	store.full = false
	l.put("k", content(1, 1000))
}

// empty holds that the bucket holds nothing any more.
func (l *lab) empty() {
	l.t.Helper()
	l.audit(true)
	l.checkUsage()
	require.Equal(l.t, meta.Usage{}, l.usage())
	require.Zero(l.t, l.s.limbo.Load())
}

// fullStore refuses what does not give space back.
type fullStore struct {
	kv.Store
	full bool
}

func (s *fullStore) Update(ctx context.Context, fn func(kv.Txn) error) error {
	if s.full {
		return kv.ErrFull
	}
	return s.Store.Update(ctx, fn)
}

func (s *fullStore) Reclaim(ctx context.Context, fn func(kv.Txn) error) error {
	return s.Store.Update(ctx, fn)
}

// TestCanceled holds that a client that goes away leaves nothing.
func TestCanceled(t *testing.T) {
	for _, size := range []int{10, 1000} {
		l := newLab(t)
		ctx, cancel := context.WithCancel(t.Context())
		in := l.putInput("k", content(1, size))
		in.Body = io.MultiReader(in.Body, readerFunc(func([]byte) (int, error) {
			cancel()
			return 0, io.EOF
		}))
		_, err := l.s.Put(ctx, in)
		l.wantKind(fault.Canceled, err)
		l.nothing()
	}
}

// counted counts what transactions ask of the store.
type counted struct {
	kv.Store
	gets, sets, deletes, iters, updates, views int
}

type countedTxn struct {
	kv.Txn
	c *counted
}

type countedReader struct {
	kv.Reader
	c *counted
}

func (c *counted) Update(ctx context.Context, fn func(kv.Txn) error) error {
	c.updates++
	return c.Store.Update(ctx, func(tx kv.Txn) error { return fn(countedTxn{tx, c}) })
}

func (c *counted) View(ctx context.Context, fn func(kv.Reader) error) error {
	c.views++
	return c.Store.View(ctx, func(r kv.Reader) error { return fn(countedReader{r, c}) })
}

func (t countedTxn) Get(k []byte) ([]byte, error)    { t.c.gets++; return t.Txn.Get(k) }
func (t countedTxn) Set(k, v []byte) error           { t.c.sets++; return t.Txn.Set(k, v) }
func (t countedTxn) Delete(k []byte) error           { t.c.deletes++; return t.Txn.Delete(k) }
func (t countedTxn) Iter(r kv.Range) kv.Iterator     { t.c.iters++; return t.Txn.Iter(r) }
func (r countedReader) Get(k []byte) ([]byte, error) { r.c.gets++; return r.Reader.Get(k) }
func (r countedReader) Iter(g kv.Range) kv.Iterator  { r.c.iters++; return r.Reader.Iter(g) }

func (c *counted) take() string {
	s := fmt.Sprintf("views %d updates %d gets %d sets %d deletes %d iters %d", c.views, c.updates, c.gets, c.sets, c.deletes, c.iters)
	*c = counted{Store: c.Store}
	return s
}

// TestTransactionSize holds the transactions of the common operations to what they must ask: epoch, bucket, record and counters.
func TestTransactionSize(t *testing.T) {
	c := &counted{Store: kvtest.NewMemory()}
	l := labOn(t, c, blobtest.NewMemory())
	c.take()
	step := func(want, what string) {
		t.Helper()
		require.Equal(t, want, c.take(), what)
	}
	l.put("k", content(1, 10))
	step("views 0 updates 1 gets 4 sets 3 deletes 0 iters 0", "new inline object")
	l.put("k", content(2, 10))
	step("views 0 updates 1 gets 3 sets 2 deletes 1 iters 0", "inline over inline of the same size: the counters stay")
	l.put("k", content(2, 11))
	step("views 0 updates 1 gets 4 sets 3 deletes 1 iters 0", "inline over inline")
	l.put("k", content(3, 1000))
	step("views 0 updates 1 gets 4 sets 2 deletes 1 iters 0", "blob over inline")
	l.put("k", content(4, 1001))
	step("views 0 updates 1 gets 4 sets 3 deletes 0 iters 0", "blob over blob")
	l.mustRead(l.in("k", ""))
	step("views 1 updates 0 gets 1 sets 0 deletes 0 iters 0", "get of a blob")
	l.put("i", content(1, 10))
	c.take()
	l.mustRead(l.in("i", ""))
	step("views 1 updates 0 gets 2 sets 0 deletes 0 iters 0", "get of an inline object")
	in := l.in("i", "")
	in.HeadOnly = true
	_, err := l.s.Get(t.Context(), in)
	require.NoError(t, err)
	step("views 1 updates 0 gets 1 sets 0 deletes 0 iters 0", "head")
	l.del("i", "")
	step("views 0 updates 1 gets 4 sets 1 deletes 2 iters 0", "delete of an inline object")
	l.del("i", "")
	step("views 0 updates 1 gets 3 sets 0 deletes 0 iters 0", "delete of nothing")
	l.versioning(meta.VersioningEnabled)
	c.take()
	l.put("k", content(1, 10))
	step("views 0 updates 1 gets 4 sets 5 deletes 0 iters 0", "new version over a null one")
	l.put("k", content(1, 10))
	step("views 0 updates 1 gets 4 sets 4 deletes 0 iters 0", "new version")
	l.del("k", "")
	step("views 0 updates 1 gets 4 sets 3 deletes 1 iters 0", "delete marker")
}
