package pebblekv

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// BenchmarkCommit compares an Update of one 4 KiB value with Pebble's own group commit on the same options.
// Run: go test -bench Commit -run - -benchtime 2s ./internal/kv/pebblekv
func BenchmarkCommit(b *testing.B) {
	ctx := context.Background()
	value := make([]byte, 4096)
	rng := rand.NewChaCha8([32]byte{1})
	_, _ = rng.Read(value)
	for _, n := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("plain/%d", n), func(b *testing.B) {
			s := benchStore(b)
			run(b, n, func(key []byte) error { return s.db.Set(key, value, pebble.Sync) })
		})
		b.Run(fmt.Sprintf("update/%d", n), func(b *testing.B) {
			s := benchStore(b)
			run(b, n, func(key []byte) error {
				return s.Update(ctx, func(tx kv.Txn) error { return tx.Set(key, value) })
			})
		})
		b.Run(fmt.Sprintf("read-write/%d", n), func(b *testing.B) {
			s := benchStore(b)
			run(b, n, func(key []byte) error {
				return s.Update(ctx, func(tx kv.Txn) error {
					if _, err := tx.Get(key); err != nil && !errors.Is(err, kv.ErrNotFound) {
						return err
					}
					if err := tx.Set(key, value); err != nil {
						return err
					}
					return tx.Set(append([]byte("n/"), key...), value[:32])
				})
			})
		})
	}
}

// BenchmarkView reads one key of a settled store.
func BenchmarkView(b *testing.B) {
	ctx := context.Background()
	s := benchStore(b)
	fill(b, s, 100000, 200)
	require.NoError(b, s.Flush())
	var n atomic.Uint64
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			key := benchKey(n.Add(7919) % 100000)
			err := s.View(ctx, func(r kv.Reader) error {
				_, err := r.Get(key)
				return err
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}

func benchStore(b *testing.B) *Store {
	dir := b.TempDir()
	if at := os.Getenv("MYFSIO_BENCH_DIR"); at != "" {
		var err error
		dir, err = os.MkdirTemp(at, "bench")
		require.NoError(b, err)
		b.Cleanup(func() { _ = os.RemoveAll(dir) })
	}
	s, err := Open(dir, Options{})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	return s
}

func benchKey(n uint64) []byte { return binary.BigEndian.AppendUint64([]byte("o/0123456789ab"), n) }

func fill(b testing.TB, s *Store, keys, size int) {
	value := make([]byte, size)
	for i := 0; i < keys; i += 1000 {
		require.NoError(b, s.Update(context.Background(), func(tx kv.Txn) error {
			for j := i; j < i+1000; j++ {
				if err := tx.Set(benchKey(uint64(j)), value); err != nil { //nolint:gosec // not negative
					return err
				}
			}
			return nil
		}))
	}
}

func run(b *testing.B, n int, one func(key []byte) error) {
	var next atomic.Uint64
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				i := next.Add(1)
				if i > uint64(b.N) { //nolint:gosec // not negative
					return
				}
				if err := one(benchKey(i * 0x9e3779b97f4a7c15)); err != nil {
					b.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
}
