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

// TestUpload walks an upload from its creation to the version and to the end of its rows.
func TestUpload(t *testing.T) {
	l := newLab(t)
	u, err := l.s.CreateUpload(t.Context(), CreateUploadInput{
		Bucket: l.bucket, Key: "k", Caller: testCaller, Headers: meta.Headers{ContentType: "a/b"}, Class: "GLACIER",
	})
	require.NoError(t, err)
	one, two := content(1, testMin), content(2, 10)
	l.putPart(u, 1, content(9, 80))
	b := l.putPart(u, 7, two)
	l.putPart(u, 9, content(3, 77)) // never listed
	require.Equal(t, meta.Usage{Uploads: 1, UploadBytes: 80 + 10 + 77}, l.usage())
	a := l.putPart(u, 1, one) // replaced
	require.Equal(t, meta.Usage{Uploads: 1, UploadBytes: testMin + 10 + 77}, l.usage())
	l.checkUsage()

	page, err := l.s.ListParts(t.Context(), l.bucket, "k", u.ID, 0, 2)
	require.NoError(t, err)
	require.True(t, page.Truncated)
	require.Equal(t, 7, page.Next)
	require.Equal(t, "a/b", page.Upload.Headers.ContentType)
	page, err = l.s.ListParts(t.Context(), l.bucket, "k", u.ID, 7, 2)
	require.NoError(t, err)
	require.False(t, page.Truncated)
	require.Len(t, page.Parts, 1)
	_, _, err = l.read(l.in("k", ""))
	l.wantKind(fault.NoSuchKey, err)

	l.clock.Advance(time.Minute)
	w, err := l.s.Complete(t.Context(), l.completeInput(u, a, b))
	require.NoError(t, err)
	all := append(append([]byte{}, one...), two...)
	ma, mb := md5Of(one), md5Of(two)
	etag := checksum.ETag(md5Of(append(ma[:], mb[:]...))) + "-2"
	require.Equal(t, etag, w.Version.ETag())
	require.Equal(t, meta.Checksum{Algorithm: checksum.CRC64NVME, Value: checksum.Of(checksum.CRC64NVME, all)}, w.Version.Checksum)
	require.Equal(t, "GLACIER", w.Version.Class)
	require.Equal(t, meta.Usage{Objects: 1, Bytes: 60, Versions: 1, VersionBytes: 60}, l.usage())
	_, body := l.mustRead(l.in("k", ""))
	require.Equal(t, all, body)
	l.audit(false)

	// Everything but the same completion finds no upload.
	_, err = l.s.Upload(t.Context(), l.bucket, "k", u.ID)
	l.wantKind(fault.NoSuchUpload, err)
	_, err = l.s.ListParts(t.Context(), l.bucket, "k", u.ID, 0, 10)
	l.wantKind(fault.NoSuchUpload, err)
	_, err = l.s.PutPart(t.Context(), l.partInput(u, 1, one))
	l.wantKind(fault.NoSuchUpload, err)
	l.wantKind(fault.NoSuchUpload, l.s.Abort(t.Context(), l.bucket, "k", u.ID))
	_, err = l.s.Complete(t.Context(), l.completeInput(u, a))
	l.wantKind(fault.NoSuchUpload, err)
	again, err := l.s.Complete(t.Context(), l.completeInput(u, a, b))
	require.NoError(t, err)
	require.Equal(t, w, again)
	l.collect() // the part that was replaced and the one that was not listed
	l.audit(false)
	require.Equal(t, 3, l.rows()['p'], "two parts and the manifest")

	// The same answer also after the version is gone, until a day has passed.
	l.del("k", "")
	l.collect()
	require.Zero(t, l.rows()['p'])
	again, err = l.s.Complete(t.Context(), l.completeInput(u, a, b))
	require.NoError(t, err)
	require.Equal(t, w, again)
	_, _, err = l.read(l.in("k", ""))
	l.wantKind(fault.NoSuchKey, err)
	l.clock.Advance(completedFor)
	l.collect()
	_, err = l.s.Complete(t.Context(), l.completeInput(u, a, b))
	l.wantKind(fault.NoSuchUpload, err)
	l.audit(true)
	l.empty()
}

// TestCompleteRefused holds every refusal of a completion, and that the upload is open afterwards.
func TestCompleteRefused(t *testing.T) {
	l := newLab(t)
	l.put("there", []byte("x"))
	u := l.begin("k")
	a, b, c := l.putPart(u, 1, content(1, testMin)), l.putPart(u, 2, content(2, testMin-1)), l.putPart(u, 4, content(3, 5))
	yes := true
	cases := map[string]struct {
		change func(*CompleteInput)
		kind   fault.Kind
		detail map[string]string
	}{
		"none":        {func(in *CompleteInput) { in.Parts = nil }, fault.InvalidRequest, nil},
		"order":       {func(in *CompleteInput) { in.Parts = []CompletedPart{b, a} }, fault.InvalidPartOrder, nil},
		"twice":       {func(in *CompleteInput) { in.Parts = []CompletedPart{a, a} }, fault.InvalidPartOrder, nil},
		"number":      {func(in *CompleteInput) { in.Parts = []CompletedPart{{Number: 0, ETag: a.ETag}} }, fault.InvalidArgument, nil},
		"over":        {func(in *CompleteInput) { in.Parts = []CompletedPart{{Number: 10001, ETag: a.ETag}} }, fault.InvalidArgument, nil},
		"missing":     {func(in *CompleteInput) { in.Parts = []CompletedPart{a, {Number: 3, ETag: a.ETag}, c} }, fault.InvalidPart, map[string]string{"UploadId": u.ID.String(), "PartNumber": "3", "ETag": a.ETag}},
		"missing end": {func(in *CompleteInput) { in.Parts = []CompletedPart{a, {Number: 5, ETag: a.ETag}} }, fault.InvalidPart, nil},
		"tag":         {func(in *CompleteInput) { in.Parts = []CompletedPart{{Number: 1, ETag: b.ETag}} }, fault.InvalidPart, nil},
		"small": {func(in *CompleteInput) { in.Parts = []CompletedPart{a, b, c} }, fault.EntityTooSmall,
			map[string]string{"ETag": b.ETag, "MinSizeAllowed": itoa(testMin), "ProposedSize": itoa(testMin - 1), "PartNumber": "2"}},
		"size":     {func(in *CompleteInput) { in.Size = 1 }, fault.InvalidRequest, nil},
		"checksum": {func(in *CompleteInput) { in.Value = make([]byte, 8) }, fault.BadDigest, nil},
		"part checksum": {func(in *CompleteInput) {
			in.Parts[0].Checksum = map[checksum.Algorithm][]byte{checksum.CRC64NVME: make([]byte, 8)}
		}, fault.InvalidPart, nil},
		"algorithm":      {func(in *CompleteInput) { in.Algorithm = checksum.SHA1 }, fault.InvalidRequest, nil},
		"type":           {func(in *CompleteInput) { in.Composite = &yes }, fault.InvalidRequest, nil},
		"If-Match":       {func(in *CompleteInput) { in.If.IfMatch = "0" }, fault.NoSuchKey, nil},
		"other key":      {func(in *CompleteInput) { in.Key = "there" }, fault.NoSuchUpload, nil},
		"unknown upload": {func(in *CompleteInput) { in.Upload[3]++ }, fault.NoSuchUpload, nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := l.completeInput(u, a, c)
			tc.change(&in)
			_, err := l.s.Complete(t.Context(), in)
			l.wantKind(tc.kind, err)
			if tc.detail != nil {
				require.Equal(t, tc.detail, fault.DetailOf(err))
			}
			up, err := l.s.Upload(t.Context(), l.bucket, "k", u.ID)
			require.NoError(t, err)
			require.Equal(t, meta.UploadOpen, up.State)
		})
	}
	l.put("k", nil)
	in := l.completeInput(u, a, c)
	in.If.IfNoneMatch = true
	_, err := l.s.Complete(t.Context(), in)
	l.wantKind(fault.PreconditionFailed, err)
	l.putPart(u, 4, content(3, 5))
	in.If = WriteConditions{}
	in.Value, in.Algorithm = checksum.Of(checksum.CRC64NVME, append(content(1, testMin), content(3, 5)...)), checksum.CRC64NVME
	in.Size = testMin + 5
	_, err = l.s.Complete(t.Context(), in)
	require.NoError(t, err)
}

// TestPartChecksums goes through the algorithms and types, and the rules that hold parts to their upload.
func TestPartChecksums(t *testing.T) {
	l := newLab(t)
	for _, a := range checksum.All() {
		for _, composite := range []bool{true, false} {
			if composite && a == checksum.CRC64NVME || !composite && !a.IsCRC() {
				continue
			}
			u, err := l.s.CreateUpload(t.Context(), CreateUploadInput{Bucket: l.bucket, Key: "k", Caller: testCaller, Algorithm: a, Composite: composite})
			require.NoError(t, err)
			typ := checksum.FullObject
			if composite {
				typ = checksum.Composite
			}
			want := checksum.NewMultipart(a, typ)
			var list []CompletedPart
			for i := range 3 {
				body := content(i, testMin+i)
				in := l.partInput(u, i+1, body)
				_, err := l.s.PutPart(t.Context(), in)
				if composite {
					l.wantKind(fault.InvalidRequest, err)
					require.Equal(t, "Checksum Type mismatch occurred, expected checksum Type: "+strings.ToLower(a.String())+", actual checksum Type: null", fault.TextOf(err))
				} else {
					require.NoError(t, err)
				}
				in = l.partInput(u, i+1, body)
				in.Digests.Algorithm = a
				in.Digests.Value = make([]byte, a.Size())
				_, err = l.s.PutPart(t.Context(), in)
				l.wantKind(fault.BadDigest, err)
				in = l.partInput(u, i+1, body)
				in.Digests.Algorithm = a
				p, err := l.s.PutPart(t.Context(), in)
				require.NoError(t, err)
				require.Equal(t, checksum.Of(a, body), p.Checksum.Value)
				require.NoError(t, want.Add(p.MD5, p.Checksum.Value, p.Size))
				list = append(list, CompletedPart{Number: i + 1, ETag: checksum.ETag(p.MD5)})
			}
			in := l.completeInput(u, list...)
			if composite {
				_, err = l.s.Complete(t.Context(), in)
				l.wantKind(fault.InvalidRequest, err)
				require.Contains(t, fault.TextOf(err), "It was missing for part 1 in the request.")
				for i := range in.Parts {
					in.Parts[i].Checksum = map[checksum.Algorithm][]byte{a: checksum.Of(a, content(i, testMin+i))}
				}
			}
			in.Value, in.Algorithm, in.Composite = want.Sum(), a, &composite
			w, err := l.s.Complete(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, meta.Checksum{Algorithm: a, Composite: composite, Value: want.Sum()}, w.Version.Checksum)
			require.Equal(t, want.ETag(), w.Version.ETag())
		}
	}
}

// TestChecksumsOfPartsOnly holds uploads that were created without an algorithm, whose parts come with one: it is checked, and CRC64NVME is
// what is kept.
func TestChecksumsOfPartsOnly(t *testing.T) {
	l := newLab(t)
	for _, a := range checksum.All() {
		u := l.begin("k")
		body := content(1, testMin)
		in := l.partInput(u, 1, body)
		in.Digests.Algorithm, in.Digests.Value = a, make([]byte, a.Size())
		_, err := l.s.PutPart(t.Context(), in)
		l.wantKind(fault.BadDigest, err)
		in = l.partInput(u, 1, body)
		in.Digests.Algorithm, in.Digests.Value = a, checksum.Of(a, body)
		p, err := l.s.PutPart(t.Context(), in)
		require.NoError(t, err)
		require.Equal(t, checksum.Of(checksum.CRC64NVME, body), p.Checksum.Value)
		done := l.completeInput(u, CompletedPart{Number: 1, ETag: checksum.ETag(p.MD5), Checksum: map[checksum.Algorithm][]byte{a: checksum.Of(a, body)}})
		w, err := l.s.Complete(t.Context(), done)
		require.NoError(t, err)
		require.Equal(t, meta.Checksum{Algorithm: checksum.CRC64NVME, Value: checksum.Of(checksum.CRC64NVME, body)}, w.Version.Checksum)
	}
}

// TestSpanUnderCondition holds spans that are wanted only of a certain version: of another one all is wanted.
func TestSpanUnderCondition(t *testing.T) {
	l := newLab(t)
	v := l.put("k", []byte("0123456789")).Version
	for condition, length := range map[string]int64{
		"": 2, `"` + v.ETag() + `"`: 2, v.Modified().Format(HTTPTime): 2,
		`"other"`: 10, v.Modified().Add(-time.Second).Format(HTTPTime): 10, "no date": 10,
	} {
		o, err := l.s.Get(t.Context(), GetInput{Bucket: l.bucket, Key: "k", Span: &Span{First: 3, Last: 4}, SpanIf: condition, HeadOnly: true})
		require.NoError(t, err)
		require.Equal(t, length, o.Length, condition)
		require.Equal(t, length == 2, o.Partial, condition)
	}
}

// TestPartRefused holds what refuses a part, before its body where that can be told, and that nothing stays.
func TestPartRefused(t *testing.T) {
	l := newLab(t)
	u := l.begin("k")
	summed, err := l.s.CreateUpload(t.Context(), CreateUploadInput{Bucket: l.bucket, Key: "k", Caller: testCaller, Algorithm: checksum.CRC32})
	require.NoError(t, err)
	for name, change := range map[string]func(*PartInput){
		"number 0":     func(in *PartInput) { in.Number = 0 },
		"number 10001": func(in *PartInput) { in.Number = 10001 },
		"size":         func(in *PartInput) { in.Size = MaxPart + 1 },
		"upload":       func(in *PartInput) { in.Upload[0]++ },
		"key":          func(in *PartInput) { in.Key = "other" },
		"checksum":     func(in *PartInput) { in.Upload, in.Digests.Algorithm = summed.ID, checksum.SHA1 },
	} {
		t.Run(name, func(t *testing.T) {
			in := l.partInput(u, 1, []byte("x"))
			in.Body = untouched{t}
			change(&in)
			_, err := l.s.PutPart(t.Context(), in)
			require.Error(t, err)
		})
	}
	broken := errors.New("broken")
	in := l.partInput(u, 1, content(1, 100))
	in.Body = io.MultiReader(in.Body, readerFunc(func([]byte) (int, error) { return 0, broken }))
	_, err = l.s.PutPart(t.Context(), in)
	require.ErrorIs(t, err, broken)
	require.NoError(t, l.s.Abort(t.Context(), l.bucket, "k", u.ID))
	require.NoError(t, l.s.Abort(t.Context(), l.bucket, "k", summed.ID))
	l.collect()
	l.empty()
}

// TestAbortDuringPart aborts the upload, completes it, or deletes the bucket, while a part is under way: the late part leaves nothing.
func TestAbortDuringPart(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(l *lab, u *meta.Upload, one CompletedPart) error
		kind      fault.Kind
	}{
		"abort": {func(l *lab, u *meta.Upload, _ CompletedPart) error {
			return l.s.Abort(context.Background(), l.bucket, u.Key, u.ID)
		}, fault.NoSuchUpload},
		"complete": {func(l *lab, u *meta.Upload, one CompletedPart) error {
			_, err := l.s.Complete(context.Background(), l.completeInput(u, one))
			return err
		}, fault.NoSuchUpload},
		"freeze": {func(l *lab, u *meta.Upload, one CompletedPart) error {
			c := &completion{service: l.s, bucket: l.bucket, key: u.Key, id: u.ID, digest: []byte("d")}
			return c.freeze(context.Background())
		}, fault.Conflict},
		"bucket": {func(l *lab, _ *meta.Upload, _ CompletedPart) error {
			l.update(func(tx kv.Txn) error {
				if err := tx.Delete(meta.BucketKey(l.bucket.Name)); err != nil {
					return err
				}
				return tx.Set(meta.GarbageKey(1, meta.BucketWaste(l.bucket.ID)), meta.WasteBucket.Encode())
			})
			return nil
		}, fault.NoSuchBucket},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			u := l.begin("k")
			one := l.putPart(u, 1, content(1, 60))
			in := l.partInput(u, 1, content(2, 60))
			in.Body = io.MultiReader(in.Body, readerFunc(func([]byte) (int, error) {
				require.NoError(t, c.meanwhile(l, u, one))
				return 0, io.EOF
			}))
			_, err := l.s.PutPart(t.Context(), in)
			l.wantKind(c.kind, err)
			l.clock.Advance(25 * time.Hour)
			l.collect()
			l.audit(true)
			l.checkUsage()
			if name == "bucket" {
				require.Equal(t, map[byte]int{'x': 2}, l.rows())
			}
		})
	}
}

// TestConcurrentCompletions completes one upload many times at once, with two lists. All that name the winning list get the same answer,
// the others find no upload or are overtaken, and there is one version.
func TestConcurrentCompletions(t *testing.T) {
	l := newLab(t)
	l.versioning(meta.VersioningEnabled)
	u := l.begin("k")
	a, b := l.putPart(u, 1, content(1, 60)), l.putPart(u, 2, content(2, 60))
	var wg sync.WaitGroup
	var mu sync.Mutex
	ids := map[string]int{}
	for i := range 12 {
		wg.Go(func() {
			in := l.completeInput(u, a, b)
			if i%3 == 0 {
				in.Parts = in.Parts[:1]
			}
			w, err := l.s.Complete(context.Background(), in)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				ids[w.VersionID]++
			case !fault.Is(err, fault.NoSuchUpload) && !fault.Is(err, fault.Conflict):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(ids) == 0 { // everyone was overtaken by another; the last one thawed the upload
		_, err := l.s.Complete(t.Context(), l.completeInput(u, a))
		require.NoError(t, err)
	} else {
		require.Len(t, ids, 1)
	}
	require.Equal(t, int64(1), l.usage().Versions)
	l.checkUsage()
	l.collect()
	l.audit(false)
}

// TestCompletingThroughCrash stops a completion after it froze the parts: after the restart the upload takes parts again, and completes.
func TestCompletingThroughCrash(t *testing.T) {
	for _, next := range []string{"complete", "part", "abort"} {
		l := newLab(t)
		u := l.begin("k")
		a := l.putPart(u, 1, content(1, 60))
		c := &completion{service: l.s, bucket: l.bucket, key: "k", id: u.ID, digest: []byte("d")}
		require.NoError(t, c.freeze(t.Context()))
		_, err := l.s.PutPart(t.Context(), l.partInput(u, 2, nil))
		l.wantKind(fault.Conflict, err)
		l.open()
		switch next {
		case "part":
			b := l.putPart(u, 2, content(2, 60))
			_, err := l.s.Complete(t.Context(), l.completeInput(u, a, b))
			require.NoError(t, err)
		case "complete":
			_, err := l.s.Complete(t.Context(), l.completeInput(u, a))
			require.NoError(t, err)
		case "abort":
			require.NoError(t, l.s.Abort(t.Context(), l.bucket, "k", u.ID))
		}
		l.checkUsage()
		l.collect()
		l.audit(false)
	}
}

// TestManyParts completes an upload of 10,000 parts, reads ranges of it and collects it in bounded steps.
func TestManyParts(t *testing.T) {
	c := &counted{Store: kvtest.NewMemory()}
	l := labOn(t, c, blobtest.NewMemory())
	u := l.begin("k")
	list := make([]CompletedPart, MaxParts)
	all := make([]byte, 0, MaxParts*testMin)
	for i := range MaxParts {
		body := content(i, testMin)
		all = append(all, body...)
		list[i] = l.putPart(u, i+1, body)
	}
	list = append(list[:5000], list[5001:]...)
	all = append(all[:5000*testMin], all[5001*testMin:]...)
	c.take()
	w, err := l.s.Complete(t.Context(), l.completeInput(u, list...))
	require.NoError(t, err)
	require.Equal(t, "views 10 updates 2 gets 8 sets 7 deletes 1 iters 10", c.take())
	require.Equal(t, int64(len(all)), w.Version.Size)
	_, body := l.mustRead(l.in("k", ""))
	require.True(t, bytes.Equal(all, body))
	c.take()
	in := l.in("k", "")
	in.Span = &Span{First: int64(len(all) - testMin - 10), Last: int64(len(all) - testMin + 9)}
	_, body = l.mustRead(in)
	require.Equal(t, all[len(all)-testMin-10:len(all)-testMin+10], body)
	require.Equal(t, "views 3 updates 0 gets 4 sets 0 deletes 0 iters 0", c.take(), "record, manifest and two parts")
	l.checkUsage()
	l.del("k", "")
	steps, total := 0, 0
	for {
		n, err := l.s.Collect(t.Context(), l.clock.Now(), 1000)
		require.NoError(t, err)
		if n == 0 {
			break
		}
		require.LessOrEqual(t, n, 1600)
		steps, total = steps+1, total+n
	}
	require.GreaterOrEqual(t, steps, 10)
	require.GreaterOrEqual(t, total, MaxParts)
	ids, err := blobtest.IDs(t.Context(), l.blobs, blob.ID{})
	require.NoError(t, err)
	require.Empty(t, ids)
	l.empty2()
}

// empty2 is empty where completed uploads are still remembered.
func (l *lab) empty2() {
	l.t.Helper()
	require.Zero(l.t, l.rows()['p'])
	require.Equal(l.t, meta.Usage{}, l.usage())
	l.checkUsage()
}

// TestParallelParts uploads parts at once, twice each, and completes.
func TestParallelParts(t *testing.T) {
	l := newLab(t)
	u := l.begin("k")
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			if _, err := l.s.PutPart(context.Background(), l.partInput(u, 1+i/2, content(i/2, 60+i/2))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	l.checkUsage()
	var list []CompletedPart
	var all []byte
	for i := range 16 {
		body := content(i, 60+i)
		all = append(all, body...)
		list = append(list, CompletedPart{Number: i + 1, ETag: fmt.Sprintf("%x", md5Of(body))})
	}
	_, err := l.s.Complete(t.Context(), l.completeInput(u, list...))
	require.NoError(t, err)
	_, body := l.mustRead(l.in("k", ""))
	require.Equal(t, all, body)
	l.collect()
	l.checkUsage()
}
