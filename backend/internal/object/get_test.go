package object

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob/diskblob"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// stored is an object of each way to keep bytes: inline, in a blob, in parts.
type stored struct {
	name  string
	key   string
	body  []byte
	parts []int // sizes
}

func (l *lab) storeEach(size int) []stored {
	l.t.Helper()
	small, large := content(1, testInline), content(2, size)
	l.put("inline", small)
	l.put("blob", large)
	u := l.begin("parts")
	sizes := []int{testMin, testMin + 7, size - 3*testMin - 7, testMin}
	var list []CompletedPart
	rest := large
	for i, n := range sizes {
		list = append(list, l.putPart(u, 2*i+1, rest[:n]))
		rest = rest[n:]
	}
	_, err := l.s.Complete(context.Background(), l.completeInput(u, list...))
	require.NoError(l.t, err)
	return []stored{{"inline", "inline", small, nil}, {"blob", "blob", large, nil}, {"parts", "parts", large, sizes}}
}

// TestSpans reads every kind of range of every kind of object.
func TestSpans(t *testing.T) {
	l := newLab(t)
	for _, o := range l.storeEach(1000) {
		size := int64(len(o.body))
		for _, span := range []Span{
			{0, -1}, {0, 0}, {0, size - 1}, {0, size}, {0, math.MaxInt64}, {size - 1, -1}, {size - 1, size - 1}, {1, size - 2}, {testMin - 1, testMin},
			{testMin, testMin}, {testMin, 2*testMin + 6}, {60, 99}, {-1, 0}, {-5, -1}, {-size, 0}, {-size - 1, 0}, {math.MinInt64, 0}, {3, 3},
		} {
			t.Run(fmt.Sprint(o.name, " ", span.String()), func(t *testing.T) {
				first, last := span.First, span.Last
				switch {
				case first < 0:
					first, last = max(size+first, 0), size-1
					if span.First == math.MinInt64 {
						first = 0
					}
				case last < 0 || last >= size:
					last = size - 1
				}
				in := l.in(o.key, "")
				in.Span = &span
				got, body := l.mustRead(in)
				require.Equal(t, first, got.Offset)
				require.Equal(t, last-first+1, got.Length)
				require.True(t, got.Partial)
				require.Equal(t, o.body[first:last+1], body)
			})
		}
		for _, span := range []Span{{size, -1}, {size, size}, {math.MaxInt64, -1}, {5, 4}} {
			in := l.in(o.key, "")
			in.Span = &span
			_, _, err := l.read(in)
			l.wantKind(fault.InvalidRange, err)
			require.Equal(t, map[string]string{"ActualObjectSize": itoa(size), "RangeRequested": span.String()}, fault.DetailOf(err))
		}
		in := l.in(o.key, "")
		got, body := l.mustRead(in)
		require.False(t, got.Partial)
		require.Equal(t, o.body, body)
	}
	l.put("empty", nil)
	for _, span := range []Span{{0, -1}, {0, 0}, {math.MaxInt64, math.MaxInt64}} {
		in := l.in("empty", "")
		in.Span = &span
		_, _, err := l.read(in)
		l.wantKind(fault.InvalidRange, err)
	}
	in := l.in("empty", "")
	in.Span = &Span{-1, -1} // the last byte of nothing
	got, body := l.mustRead(in)
	require.False(t, got.Partial)
	require.Empty(t, body)
	require.Empty(t, l.s.reads.live)
}

// TestPartNumbers reads single parts, by the numbers that they were uploaded with.
func TestPartNumbers(t *testing.T) {
	l := newLab(t)
	for _, o := range l.storeEach(1000) {
		for _, head := range []bool{false, true} {
			off := 0
			for i, n := range o.parts {
				in := l.in(o.key, "")
				in.PartNumber, in.HeadOnly = 2*i+1, head
				got, err := l.s.Get(t.Context(), in)
				require.NoError(t, err)
				require.True(t, got.Partial)
				require.Equal(t, [3]int64{int64(off), int64(n), 4}, [3]int64{got.Offset, got.Length, int64(got.PartsCount)})
				if !head {
					body, err := io.ReadAll(got.Content)
					require.NoError(t, err)
					require.Equal(t, o.body[off:off+n], body)
					require.NoError(t, got.Content.Close())
				}
				off += n
			}
			if o.parts == nil {
				in := l.in(o.key, "")
				in.PartNumber, in.HeadOnly = 1, head
				got, err := l.s.Get(t.Context(), in)
				require.NoError(t, err)
				require.True(t, got.Partial)
				require.Equal(t, int64(len(o.body)), got.Length)
				require.Zero(t, got.PartsCount)
				if !head {
					require.NoError(t, got.Content.Close())
				}
			}
			for _, none := range []int{2, 10000} {
				in := l.in(o.key, "")
				in.PartNumber, in.HeadOnly = none, head
				_, err := l.s.Get(t.Context(), in)
				l.wantKind(fault.InvalidPart, err)
			}
		}
	}
	l.put("empty", nil)
	in := l.in("empty", "")
	in.PartNumber = 1
	got, body := l.mustRead(in)
	require.Empty(t, body)
	require.True(t, got.Partial)
}

// TestReadConditions goes through the precedence of RFC 9110.
func TestReadConditions(t *testing.T) {
	l := newLab(t)
	tag := l.put("k", []byte("x")).Version.ETag()
	modified := testStart.Truncate(time.Second)
	before, after := modified.Add(-time.Second), modified.Add(time.Second)
	const ok = fault.Internal
	cases := []struct {
		cond ReadConditions
		kind fault.Kind
		name string
	}{
		{ReadConditions{}, ok, ""},
		{ReadConditions{IfMatch: tag}, ok, ""},
		{ReadConditions{IfMatch: `"` + tag + `"`}, ok, ""},
		{ReadConditions{IfMatch: `"a", W/"` + tag + `" , "b"`}, ok, ""},
		{ReadConditions{IfMatch: "*"}, ok, ""},
		{ReadConditions{IfMatch: `"a","b"`}, fault.PreconditionFailed, "If-Match"},
		{ReadConditions{IfMatch: tag, IfUnmodifiedSince: &before}, ok, ""},
		{ReadConditions{IfMatch: "a", IfUnmodifiedSince: &after}, fault.PreconditionFailed, "If-Match"},
		{ReadConditions{IfUnmodifiedSince: &before}, fault.PreconditionFailed, "If-Unmodified-Since"},
		{ReadConditions{IfUnmodifiedSince: &modified}, ok, ""},
		{ReadConditions{IfNoneMatch: tag}, fault.NotModified, "If-None-Match"},
		{ReadConditions{IfNoneMatch: "*"}, fault.NotModified, "If-None-Match"},
		{ReadConditions{IfNoneMatch: "a"}, ok, ""},
		{ReadConditions{IfNoneMatch: "a", IfModifiedSince: &after}, ok, ""},
		{ReadConditions{IfNoneMatch: tag, IfModifiedSince: &before}, fault.NotModified, "If-None-Match"},
		{ReadConditions{IfModifiedSince: &modified}, fault.NotModified, "If-Modified-Since"},
		{ReadConditions{IfModifiedSince: &before}, ok, ""},
		{ReadConditions{IfMatch: tag, IfNoneMatch: tag}, fault.NotModified, "If-None-Match"},
		{ReadConditions{IfMatch: "a", IfNoneMatch: tag}, fault.PreconditionFailed, "If-Match"},
		{ReadConditions{IfUnmodifiedSince: &before, IfModifiedSince: &after}, fault.PreconditionFailed, "If-Unmodified-Since"},
	}
	for i, c := range cases {
		in := l.in("k", "")
		in.If = c.cond
		_, _, err := l.read(in)
		if c.kind == ok {
			require.NoError(t, err, "case %d", i)
			continue
		}
		l.wantKind(c.kind, err)
		require.Equal(t, map[string]string{
			"Condition": c.name, "ETag": tag, "LastModified": "Wed, 04 Mar 2026 05:06:07 GMT", "VersionId": "null",
		}, fault.DetailOf(err), "case %d", i)
	}
}

// TestVersionIDs walks the answers to ids of versions that are there, that are not, and that are none.
func TestVersionIDs(t *testing.T) {
	l := newLab(t)
	head := func(key, id string) (*Object, error) {
		in := l.in(key, id)
		in.HeadOnly = true
		return l.s.Get(t.Context(), in)
	}
	absent := ident.Order(77).VersionID()
	l.put("k", []byte("0"))
	for _, bad := range []string{"x", "NULL", absent + "0", absent[:31] + "-", " "} {
		_, err := head("k", bad)
		l.wantKind(fault.InvalidArgument, err)
		require.Equal(t, "Invalid version id specified", fault.TextOf(err))
		_, err = l.s.Delete(t.Context(), DeleteInput{Bucket: l.bucket, Key: "k", VersionID: bad})
		l.wantKind(fault.InvalidArgument, err)
	}
	for _, elsewhere := range []string{"L4kqtJlcpXroDTDmpUMLUo_3sL4.kqtJ", "9b7c6a1e-0d3f-4c55-8a61-1f2e3d4c5b6a", "01G65Z755AFWAKHE12NY0CQ9FH", absent[:31] + "W"} {
		_, err := head("k", elsewhere)
		l.wantKind(fault.NoSuchVersion, err)
		require.Equal(t, elsewhere, fault.DetailOf(err)["VersionId"])
		d, err := l.s.Delete(t.Context(), DeleteInput{Bucket: l.bucket, Key: "k", VersionID: elsewhere})
		require.NoError(t, err)
		require.Equal(t, elsewhere, d.VersionID)
	}
	_, err := head("k", absent)
	l.wantKind(fault.NoSuchVersion, err)
	require.Equal(t, map[string]string{"Key": "k", "VersionId": absent}, fault.DetailOf(err))
	_, err = head("none", "null")
	l.wantKind(fault.NoSuchVersion, err)
	_, err = head("none", "")
	l.wantKind(fault.NoSuchKey, err)
	require.Equal(t, map[string]string{"Key": "none"}, fault.DetailOf(err))
	o, err := head("k", "null")
	require.NoError(t, err)
	require.Equal(t, "null", o.VersionID)
	_, err = head("k", o.Version.Order.VersionID())
	l.wantKind(fault.NoSuchVersion, err) // a null version has no other id

	l.versioning(meta.VersioningEnabled)
	w := l.put("k", []byte("1"))
	require.NotEqual(t, "null", w.VersionID)
	o, err = head("k", "")
	require.NoError(t, err)
	require.Equal(t, w.VersionID, o.VersionID)
	require.True(t, o.Current)
	o, err = head("k", "null")
	require.NoError(t, err)
	require.False(t, o.Current)
	d := l.del("k", "")
	require.True(t, d.Marker)
	_, err = head("k", "")
	l.wantKind(fault.NoSuchKey, err)
	require.Equal(t, map[string]string{"Key": "k", "DeleteMarker": "true", "VersionId": d.VersionID, "LastModified": "Wed, 04 Mar 2026 05:06:07 GMT"}, fault.DetailOf(err))
	_, err = head("k", d.VersionID)
	l.wantKind(fault.DeleteMarker, err)
	require.Equal(t, map[string]string{"DeleteMarker": "true", "VersionId": d.VersionID, "LastModified": "Wed, 04 Mar 2026 05:06:07 GMT"}, fault.DetailOf(err))
	require.Equal(t, Deleted{Key: "k", VersionID: absent}, l.del("k", absent))
	require.Equal(t, Deleted{Key: "k", VersionID: d.VersionID, Marker: true}, l.del("k", d.VersionID))
	o, err = head("k", "")
	require.NoError(t, err)
	require.Equal(t, w.VersionID, o.VersionID)
	require.Equal(t, Deleted{Key: "k", VersionID: w.VersionID}, l.del("k", w.VersionID))
	o, err = head("k", "")
	require.NoError(t, err)
	require.Equal(t, "null", o.VersionID)
	require.Equal(t, Deleted{Key: "k", VersionID: "null"}, l.del("k", "null"))
	_, err = head("k", "")
	l.wantKind(fault.NoSuchKey, err)
	require.Equal(t, map[string]string{"Key": "k"}, fault.DetailOf(err))

	d = l.del("never", "")
	require.True(t, d.Marker) // a marker comes also for a key that never was
	l.versioning(meta.VersioningSuspended)
	d = l.del("never", "")
	require.Equal(t, Deleted{Key: "never", VersionID: "null", Marker: true}, d)
	require.Equal(t, Deleted{Key: "never", VersionID: "null", Marker: true}, l.del("never", ""))
	require.Equal(t, int64(2), l.usage().Markers)
	l.audit(true)
	l.checkUsage()
}

// TestClockStandsOrReturns holds that the order of versions is that of commits whatever the clock does.
func TestClockStandsOrReturns(t *testing.T) {
	l := newLab(t)
	l.versioning(meta.VersioningEnabled)
	var last ident.Order
	for i := range 20 {
		w := l.put("k", content(i, 5))
		require.Greater(t, w.Version.Order, last)
		last = w.Version.Order
		if i%3 == 0 {
			l.clock.Advance(-time.Hour)
		}
		if i%5 == 0 {
			require.True(t, l.del("k", "").Marker)
		}
	}
	l.audit(true)
}

// TestDeleteConditions goes through the conditions of deletes.
func TestDeleteConditions(t *testing.T) {
	l := newLab(t)
	l.versioning(meta.VersioningEnabled)
	w := l.put("k", []byte("four"))
	tag, four, five := w.Version.ETag(), int64(4), int64(5)
	at, other := testStart, testStart.Add(time.Second)
	del := func(key, id string, cond WriteConditions) error {
		_, err := l.s.Delete(t.Context(), DeleteInput{Bucket: l.bucket, Key: key, VersionID: id, If: cond, Caller: testCaller})
		return err
	}
	for _, bad := range []WriteConditions{{IfMatch: "0"}, {IfMatchSize: &five}, {IfMatchModified: &other}, {IfMatch: tag, IfMatchSize: &five}} {
		l.wantKind(fault.PreconditionFailed, del("k", "", bad))
		l.wantKind(fault.PreconditionFailed, del("k", w.VersionID, bad))
	}
	l.wantKind(fault.PreconditionFailed, del("none", "", WriteConditions{IfMatch: "*"}))
	require.NoError(t, del("k", "", WriteConditions{IfMatch: tag, IfMatchSize: &four, IfMatchModified: &at}))
	l.wantKind(fault.PreconditionFailed, del("k", "", WriteConditions{IfMatch: "*"})) // a marker is current
	require.NoError(t, del("k", w.VersionID, WriteConditions{IfMatch: "*"}))
	out, err := l.s.DeleteBatch(t.Context(), l.bucket, testCaller, []BatchItem{
		{Key: "a", If: WriteConditions{IfMatch: "0"}}, {Key: "b"}, {Key: ""}, {Key: "c", Err: fault.New("x", fault.AccessDenied, "")},
	})
	require.NoError(t, err)
	l.wantKind(fault.PreconditionFailed, out[0].Err)
	require.NoError(t, out[1].Err)
	l.wantKind(fault.InvalidArgument, out[2].Err)
	l.wantKind(fault.AccessDenied, out[3].Err)
}

// TestBatch deletes more keys than fit a transaction.
func TestBatch(t *testing.T) {
	l := newLab(t)
	var items []BatchItem
	for i := range 250 {
		key := fmt.Sprint("k", i)
		if i%10 != 0 {
			l.put(key, content(i, 10+i))
		}
		items = append(items, BatchItem{Key: key})
	}
	l.put("stays", []byte("x"))
	out, err := l.s.DeleteBatch(t.Context(), l.bucket, testCaller, items)
	require.NoError(t, err)
	for i, d := range out {
		require.Equal(t, Deleted{Key: items[i].Key}, d)
	}
	require.Equal(t, int64(1), l.usage().Objects)
	l.checkUsage()
	l.collect()
	l.audit(true)
	_, err = l.s.DeleteBatch(t.Context(), l.bucket, testCaller, make([]BatchItem, MaxBatch+1))
	l.wantKind(fault.InvalidArgument, err)
	gone := *l.bucket
	gone.ID[0]++
	out, err = l.s.DeleteBatch(t.Context(), &gone, testCaller, items[:2])
	require.NoError(t, err)
	l.wantKind(fault.NoSuchBucket, out[1].Err)
}

// TestLostBlob holds that damage is an internal failure and no truncated answer.
func TestLostBlob(t *testing.T) {
	l := newLab(t)
	for _, o := range l.storeEach(1000) {
		v := func() *meta.Version { o, _ := l.mustRead(l.in(o.key, "")); return o.Version }()
		switch {
		case v.Inline:
			require.NoError(t, l.s.drop(t.Context(), meta.InlineKey(v.Blob)))
		case v.Segmented():
			require.NoError(t, l.s.drop(t.Context(), meta.PartKey(v.Upload, 3)))
		default:
			require.NoError(t, l.blobs.Delete(t.Context(), v.Blob))
		}
		_, _, err := l.read(l.in(o.key, ""))
		l.wantKind(fault.Internal, err)
	}
	require.Len(t, l.s.reads.live, 0)
}

// TestServeDisk serves every kind of object from the disk through HTTP, which takes plain files by sendfile.
func TestServeDisk(t *testing.T) {
	blobs, err := diskblob.Open(t.TempDir(), diskblob.Options{Reserve: -1})
	require.NoError(t, err)
	l := labOn(t, newStore(t), blobs)
	all := l.storeEach(1 << 20)
	var files int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := l.in(r.URL.Path[1:], "")
		in.Span = &Span{First: 10, Last: -20}
		o, err := l.s.Get(r.Context(), in)
		if err != nil {
			t.Error(err)
			return
		}
		w.Header().Set("Content-Length", itoa(o.Length))
		w.Header().Set("Content-Type", "x/y")
		n, err := o.Content.WriteTo(fileSpy{w, &files})
		if n != o.Length || err != nil || o.Content.Close() != nil {
			t.Error(n, err)
		}
	}))
	defer server.Close()
	for _, o := range all {
		resp, err := http.Get(server.URL + "/" + o.key)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.True(t, bytes.Equal(o.body[10:], body), o.name)
	}
	require.Equal(t, 5, files, "the blob and each part")
	require.NoError(t, blobs.Close())
}

// fileSpy counts readers that net would serve by sendfile.
type fileSpy struct {
	http.ResponseWriter
	files *int
}

func (s fileSpy) ReadFrom(r io.Reader) (int64, error) {
	if lr, ok := r.(*io.LimitedReader); ok {
		if _, ok := lr.R.(interface{ Fd() uintptr }); ok {
			*s.files++
		}
	}
	return s.ResponseWriter.(io.ReaderFrom).ReadFrom(r)
}

// TestPartsPage pages through the parts of a version.
func TestPartsPage(t *testing.T) {
	l := newLab(t)
	for _, o := range l.storeEach(1000) {
		got, _ := l.mustRead(l.in(o.key, ""))
		var numbers []int
		for after := 0; ; {
			page, err := l.s.Parts(t.Context(), got.Version, after, 3)
			require.NoError(t, err)
			for _, p := range page.Parts {
				numbers = append(numbers, p.Number)
				require.Equal(t, checksum.CRC64NVME, p.Checksum.Algorithm)
			}
			if after = page.Next; !page.Truncated {
				break
			}
		}
		if o.parts == nil {
			require.Empty(t, numbers)
		} else {
			require.Equal(t, []int{1, 3, 5, 7}, numbers)
		}
	}
}
