package diskblob

import (
	"crypto/md5" //nolint:gosec // the work that a PUT does on each byte
	"fmt"
	"io"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
)

// BenchmarkCommit writes blobs as a PUT does, hashing on the way, with several writers at once.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{64 << 10, 16 << 20} {
		for _, writers := range []int{1, 16} {
			b.Run(fmt.Sprintf("%dKiB/%d", size>>10, writers), func(b *testing.B) {
				s, err := Open(b.TempDir(), Options{Reserve: -1})
				require.NoError(b, err)
				data := blobtest.Bytes(1, size)
				var n atomic.Int64
				b.SetBytes(int64(size))
				b.SetParallelism(writers) // times GOMAXPROCS, which the run sets to 1 for exactly this many
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						w, err := s.Create(b.Context(), blobtest.ID(int(n.Add(1))))
						if err != nil {
							b.Error(err)
							return
						}
						h := md5.New() //nolint:gosec // likewise
						for rest := data; len(rest) > 0; rest = rest[min(len(rest), 64<<10):] {
							p := rest[:min(len(rest), 64<<10)]
							_, _ = h.Write(p)
							if _, err := w.Write(p); err != nil {
								b.Error(err)
							}
						}
						if _, err := w.Commit(); err != nil {
							b.Error(err)
						}
					}
				})
				require.NoError(b, s.Close())
			})
		}
	}
}

// BenchmarkOpen opens a blob for reading, as each GET does.
func BenchmarkOpen(b *testing.B) {
	s, err := Open(b.TempDir(), Options{Reserve: -1})
	require.NoError(b, err)
	_, err = blobtest.Put(b.Context(), s, blobtest.ID(1), blobtest.Bytes(1, 64<<10))
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		r, err := s.Open(b.Context(), blobtest.ID(1), 0, -1)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.CopyN(io.Discard, r, 0)
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
	require.NoError(b, s.Close())
}
