package object

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/blob/diskblob"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

var update = flag.Bool("update", false, "write golden files anew")

// plainBlobs hides what an engine can do beside the contract.
type plainBlobs struct{ blob.Store }

// TestCopy copies every kind of object, onto others and onto itself, with and without an engine that clones.
func TestCopy(t *testing.T) {
	for _, clones := range []bool{true, false} {
		for _, algorithm := range []checksum.Algorithm{checksum.None, checksum.CRC64NVME, checksum.SHA1} {
			l := labOn(t, newStore(t), blobtest.NewMemory())
			if !clones {
				l.deps.Blobs = plainBlobs{l.blobs}
				l.open()
			}
			for _, o := range l.storeEach(1000) {
				for _, to := range []string{"to " + o.key, o.key} {
					t.Run(fmt.Sprint(clones, algorithm, o.name, to), func(t *testing.T) {
						src, _ := l.mustRead(l.in(o.key, ""))
						in := CopyInput{
							Source: l.in(o.key, ""), Target: l.bucket, Key: to, Caller: Caller{Account: "other"}, Algorithm: algorithm,
							ReplaceHeaders: to == o.key, Headers: meta.Headers{ContentType: "new/type"},
						}
						l.clock.Advance(time.Second)
						w, err := l.s.Copy(t.Context(), in)
						require.NoError(t, err)
						got, body := l.mustRead(l.in(to, ""))
						require.Equal(t, o.body, body)
						require.Equal(t, w.Version, got.Version)
						want := *src.Version
						want.Key, want.Owner, want.Order, want.Blob, want.Upload = to, "other", got.Version.Order, got.Version.Blob, [24]byte{}
						if in.ReplaceHeaders {
							want.Headers = in.Headers
						}
						touched := !want.Inline && !clones || algorithm == checksum.SHA1
						if touched {
							a := algorithm
							if a == checksum.None {
								a = checksum.CRC64NVME
							}
							want.MD5, want.Parts, want.Checksum = md5Of(body), 0, meta.Checksum{Algorithm: a, Value: checksum.Of(a, body)}
						}
						require.Equal(t, &want, got.Version)
						l.checkUsage()
					})
				}
			}
			l.collect()
			l.audit(false)
			require.Empty(t, l.s.reads.live)
			require.Zero(t, l.s.limbo.Load())
		}
	}
}

// TestCopyRefused holds refusals of a copy, by its source and by its target, and that they leave nothing.
func TestCopyRefused(t *testing.T) {
	l := newLab(t)
	l.versioning(meta.VersioningEnabled)
	w := l.put("k", content(1, 1000))
	tag := w.Version.ETag()
	l.put("other", nil)
	marker := l.del("gone", "")
	before, after := testStart.Add(-time.Hour), testStart.Add(time.Hour)
	base := func() CopyInput {
		return CopyInput{Source: l.in("k", ""), Target: l.bucket, Key: "new", Caller: testCaller}
	}
	for name, c := range map[string]struct {
		change func(*CopyInput)
		kind   fault.Kind
	}{
		"no source":           {func(in *CopyInput) { in.Source.Key = "none" }, fault.NoSuchKey},
		"current marker":      {func(in *CopyInput) { in.Source.Key = "gone" }, fault.NoSuchKey},
		"marker by id":        {func(in *CopyInput) { in.Source.Key, in.Source.VersionID = "gone", marker.VersionID }, fault.InvalidRequest},
		"no version":          {func(in *CopyInput) { in.Source.VersionID = marker.VersionID; in.Source.Key = "none" }, fault.NoSuchVersion},
		"bad version":         {func(in *CopyInput) { in.Source.VersionID = "x" }, fault.InvalidArgument},
		"if-match":            {func(in *CopyInput) { in.Source.If.IfMatch = "0" }, fault.PreconditionFailed},
		"if-none-match":       {func(in *CopyInput) { in.Source.If.IfNoneMatch = tag }, fault.PreconditionFailed},
		"if-modified-since":   {func(in *CopyInput) { in.Source.If.IfModifiedSince = &after }, fault.PreconditionFailed},
		"if-unmodified-since": {func(in *CopyInput) { in.Source.If.IfUnmodifiedSince = &before }, fault.PreconditionFailed},
		"target exists":       {func(in *CopyInput) { in.Key, in.If.IfNoneMatch = "other", true }, fault.PreconditionFailed},
		"target missing":      {func(in *CopyInput) { in.If.IfMatch = "0" }, fault.NoSuchKey},
		"target key":          {func(in *CopyInput) { in.Key = strings.Repeat("x", 2000) }, fault.KeyTooLong},
		"target bucket":       {func(in *CopyInput) { b := *in.Target; b.ID[0]++; in.Target = &b }, fault.NoSuchBucket},
	} {
		t.Run(name, func(t *testing.T) {
			in := base()
			c.change(&in)
			_, err := l.s.Copy(t.Context(), in)
			l.wantKind(c.kind, err)
			l.audit(true)
			require.Zero(t, l.s.limbo.Load())
			require.False(t, l.s.orphans.Load())
		})
	}
	require.Empty(t, l.s.reads.live)
}

// TestCopyPart makes an upload of pieces of other objects.
func TestCopyPart(t *testing.T) {
	for _, clones := range []bool{true, false} {
		l := newLab(t)
		if !clones {
			l.deps.Blobs = plainBlobs{l.blobs}
			l.open()
		}
		all := l.storeEach(1000)
		u := l.begin("made")
		var want []byte
		var list []CompletedPart
		number := 0
		for _, o := range all {
			size := int64(len(o.body))
			for _, span := range []*Span{nil, {0, size - 1}, {10, size - 20}, {testMin - 10, testMin + 49}} {
				number++
				src := l.in(o.key, "")
				src.Span = span
				p, id, err := l.s.CopyPart(t.Context(), PartCopyInput{Source: src, Bucket: l.bucket, Key: "made", Upload: u.ID, Number: number})
				require.NoError(t, err)
				require.Empty(t, id)
				body := o.body
				if span != nil {
					body = body[span.First : span.Last+1]
				}
				require.Equal(t, md5Of(body), p.MD5, "%s %v", o.name, span)
				require.Equal(t, int64(len(body)), p.Size)
				require.Equal(t, checksum.Of(checksum.CRC64NVME, body), p.Checksum.Value)
				want = append(want, body...)
				list = append(list, CompletedPart{Number: number, ETag: checksum.ETag(p.MD5)})
			}
			for _, span := range []*Span{{0, size}, {size - 1, size}, {size, size}, {-5, -1}, {0, -1}} {
				src := l.in(o.key, "")
				src.Span = span
				_, _, err := l.s.CopyPart(t.Context(), PartCopyInput{Source: src, Bucket: l.bucket, Key: "made", Upload: u.ID, Number: 1})
				require.Error(t, err)
			}
		}
		_, err := l.s.Complete(t.Context(), l.completeInput(u, list...))
		require.NoError(t, err)
		_, body := l.mustRead(l.in("made", ""))
		require.Equal(t, want, body)
		l.collect()
		l.audit(false)
		l.checkUsage()
		require.Empty(t, l.s.reads.live)
		require.Zero(t, l.s.limbo.Load())
	}
}

// TestCopyFileOperations holds a copy to a golden list of what it asks of the file system: no byte is read or written by the process.
func TestCopyFileOperations(t *testing.T) {
	disk := blobtest.NewDisk()
	blobs, err := diskblob.Open("/store/blobs", diskblob.Options{FS: disk})
	require.NoError(t, err)
	l := labOn(t, newStore(t), blobs)
	var mu sync.Mutex // the store looks for leftovers in the background meanwhile: it reads directories, which a copy never does
	var got strings.Builder
	hex := regexp.MustCompile(`[0-9a-f]{48}(\.[0-9a-f]+)?`)
	shard := regexp.MustCompile(`^(sync|mkdir) [0-9a-f]{2}$`)
	for _, o := range l.storeEach(1000) {
		fmt.Fprintf(&got, "# %s\n", o.name)
		names := map[string]string{}
		disk.Hook(func(op blobtest.Op) error {
			if strings.HasPrefix(op.String(), "read ") {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			line := hex.ReplaceAllStringFunc(op.String(), func(name string) string {
				if names[name] == "" {
					names[name] = fmt.Sprintf("blob%d", len(names)+1)
				}
				return names[name]
			})
			fmt.Fprintln(&got, shard.ReplaceAllString(line, "$1 dir"))
			return nil
		})
		_, err := l.s.Copy(context.Background(), CopyInput{Source: l.in(o.key, ""), Target: l.bucket, Key: "copy", Caller: testCaller})
		require.NoError(t, err)
		disk.Hook(nil)
	}
	for _, touching := range []string{"fwrite", "fread"} {
		require.NotContains(t, got.String(), touching)
	}
	golden := filepath.Join("testdata", "copy.golden")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
	require.NoError(t, blobs.Close())
}
