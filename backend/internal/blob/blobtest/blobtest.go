// Package blobtest holds every blob engine to the contract of package blob: the conformance suite, an engine in memory for the tests of
// upper packages, and a disk in memory that loses what was not synced and fails on demand.
package blobtest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
)

// Run runs the conformance suite. open(t) prepares an empty place and returns a function that opens the engine there; Run closes what it
// opens.
func Run(t *testing.T, open func(t *testing.T) func() blob.Store) {
	t.Helper()
	cases := []struct {
		name string
		run  func(t *testing.T, s blob.Store)
	}{
		{"commit", testCommit}, {"abort", testAbort}, {"ranges", testRanges}, {"not found", testNotFound}, {"exists", testExists},
		{"delete", testDelete}, {"delete all", testDeleteAll}, {"list", testList}, {"cancel", testCancel}, {"large", testLarge},
		{"read from", testReadFrom}, {"concurrent", testConcurrent}, {"racing creators", testRacers}, {"reader survives delete", testReaderSurvives},
		{"clone", testClone}, {"filer", testFiler}, {"spacer", testSpacer},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)()
			c.run(t, s)
			require.NoError(t, s.Close())
		})
	}
	t.Run("closed", func(t *testing.T) { testClosed(t, open(t)()) })
}

// Reopen is the part of the suite for engines that outlive their Close: open(t) is called once, what it returns twice, for the same place.
func Reopen(t *testing.T, open func(t *testing.T) func() blob.Store) {
	t.Helper()
	t.Run("reopen", func(t *testing.T) { testReopen(t, open(t)) })
}

// ID returns the id of the n-th blob of a test: ids ascend with n, and their random parts are spread.
func ID(n int) (id blob.ID) {
	binary.BigEndian.PutUint32(id[:4], 1)
	binary.BigEndian.PutUint64(id[4:12], uint64(n)) //nolint:gosec // small and positive
	r := rand.New(rand.NewPCG(uint64(n), 7))        //nolint:gosec // reproducible on purpose
	binary.BigEndian.PutUint64(id[12:20], r.Uint64())
	binary.BigEndian.PutUint32(id[20:], r.Uint32())
	return id
}

// Bytes returns n bytes that follow from seed.
func Bytes(seed, n int) []byte {
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16)})
	p := make([]byte, n)
	_, _ = r.Read(p)
	return p
}

// Put writes a blob in several writes.
func Put(ctx context.Context, s blob.Store, id blob.ID, data []byte) (blob.Info, error) {
	w, err := s.Create(ctx, id)
	if err != nil {
		return blob.Info{}, err
	}
	for rest := data; len(rest) > 0; {
		n := min(len(rest), 48<<10)
		if _, err = w.Write(rest[:n]); err != nil {
			return blob.Info{}, errors.Join(err, w.Abort())
		}
		rest = rest[n:]
	}
	info, err := w.Commit()
	return info, errors.Join(err, w.Abort())
}

// Get reads a range of a blob.
func Get(ctx context.Context, s blob.Store, id blob.ID, off, n int64) ([]byte, error) {
	r, err := s.Open(ctx, id, off, n)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	return data, errors.Join(err, r.Close())
}

// IDs lists a store.
func IDs(ctx context.Context, s blob.Store, after blob.ID) (ids []blob.ID, err error) {
	err = s.List(ctx, after, func(i blob.Info) error {
		ids = append(ids, i.ID)
		return nil
	})
	return ids, err
}

func put(t *testing.T, s blob.Store, n, size int) []byte {
	t.Helper()
	data := Bytes(n, size)
	info, err := Put(t.Context(), s, ID(n), data)
	require.NoError(t, err)
	require.Equal(t, ID(n), info.ID)
	require.Equal(t, int64(size), info.Size)
	return data
}

func expect(t *testing.T, s blob.Store, id blob.ID, want []byte) {
	t.Helper()
	got, err := Get(t.Context(), s, id, 0, -1)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "blob %s: got %d bytes, want %d", id, len(got), len(want))
}

func absent(t *testing.T, s blob.Store, id blob.ID) {
	t.Helper()
	_, err := s.Open(t.Context(), id, 0, -1)
	require.ErrorIs(t, err, blob.ErrNotFound)
}

func testCommit(t *testing.T, s blob.Store) {
	for n, size := range []int{0, 1, 511, 4096, 256<<10 - 1, 256 << 10, 256<<10 + 1, 700_001} {
		data := put(t, s, n, size)
		expect(t, s, ID(n), data)
	}
	w, err := s.Create(t.Context(), ID(100))
	require.NoError(t, err)
	_, err = w.Write([]byte("unseen"))
	require.NoError(t, err)
	absent(t, s, ID(100))
	_, err = w.Commit()
	require.NoError(t, err)
	require.NoError(t, w.Abort(), "Abort after Commit is harmless")
	_, err = w.Write([]byte("x"))
	require.Error(t, err, "Write after Commit")
	_, err = w.Commit()
	require.Error(t, err, "second Commit")
	expect(t, s, ID(100), []byte("unseen"))
}

func testAbort(t *testing.T, s blob.Store) {
	for n, size := range []int{0, 10, 1 << 20} {
		w, err := s.Create(t.Context(), ID(n))
		require.NoError(t, err)
		_, err = w.Write(Bytes(n, size))
		require.NoError(t, err)
		require.NoError(t, w.Abort())
		require.NoError(t, w.Abort(), "Abort is idempotent")
		_, err = w.Commit()
		require.Error(t, err, "Commit after Abort")
		absent(t, s, ID(n))
	}
	ids, err := IDs(t.Context(), s, blob.ID{})
	require.NoError(t, err)
	require.Empty(t, ids)
	data := put(t, s, 0, 100) // the id is free
	expect(t, s, ID(0), data)
}

func testRanges(t *testing.T, s blob.Store) {
	const size = 300_000
	data := put(t, s, 1, size)
	put(t, s, 2, 0)
	good := [][2]int64{
		{0, -1}, {0, size}, {0, 0}, {0, 1}, {1, -1}, {1, 10}, {size - 1, 1}, {size - 1, -1}, {size, 0}, {size, -1},
		{100_000, 65_537}, {7, 0}, {4096, 8192},
	}
	for _, g := range good {
		got, err := Get(t.Context(), s, ID(1), g[0], g[1])
		require.NoError(t, err, "range %v", g)
		want := data[g[0]:]
		if g[1] >= 0 {
			want = want[:g[1]]
		}
		require.True(t, bytes.Equal(want, got), "range %v", g)
	}
	for _, b := range [][2]int64{
		{0, size + 1}, {1, size}, {size, 1}, {size + 1, 0}, {size + 1, -1}, {-1, 1}, {-1, -1}, {1 << 62, 1 << 62}, {1, 1<<63 - 1},
	} {
		_, err := s.Open(t.Context(), ID(1), b[0], b[1])
		require.ErrorIs(t, err, blob.ErrRange, "range %v", b)
	}
	for _, g := range [][2]int64{{0, -1}, {0, 0}} {
		got, err := Get(t.Context(), s, ID(2), g[0], g[1])
		require.NoError(t, err, "empty blob, range %v", g)
		require.Empty(t, got)
	}
	_, err := s.Open(t.Context(), ID(2), 0, 1)
	require.ErrorIs(t, err, blob.ErrRange)
}

func testNotFound(t *testing.T, s blob.Store) {
	absent(t, s, ID(1))
	for _, r := range [][2]int64{{0, 0}, {0, 1}, {5, -1}} {
		_, err := s.Open(t.Context(), ID(1), r[0], r[1])
		require.ErrorIs(t, err, blob.ErrNotFound, "range %v", r)
	}
}

func testExists(t *testing.T, s blob.Store) {
	old := put(t, s, 1, 5000)
	_, err := Put(t.Context(), s, ID(1), Bytes(2, 7000))
	require.ErrorIs(t, err, blob.ErrExists)
	expect(t, s, ID(1), old)
	_, err = Put(t.Context(), s, ID(1), old)
	require.ErrorIs(t, err, blob.ErrExists, "the same bytes are another blob too")
	ids, err := IDs(t.Context(), s, blob.ID{})
	require.NoError(t, err)
	require.Equal(t, []blob.ID{ID(1)}, ids)
}

func testDelete(t *testing.T, s blob.Store) {
	require.NoError(t, s.Delete(t.Context(), ID(1)), "deleting what is not there")
	put(t, s, 1, 1000)
	kept := put(t, s, 2, 1000)
	require.NoError(t, s.Delete(t.Context(), ID(1)))
	absent(t, s, ID(1))
	require.NoError(t, s.Delete(t.Context(), ID(1)), "Delete is idempotent")
	expect(t, s, ID(2), kept)
	again := put(t, s, 1, 50) // a freed id may be used again
	expect(t, s, ID(1), again)
}

func testDeleteAll(t *testing.T, s blob.Store) {
	const n = 40
	ids := make([]blob.ID, n)
	for i := range n {
		put(t, s, i, 100)
		ids[i] = ID(i)
	}
	require.NoError(t, blob.DeleteAll(t.Context(), s, nil))
	require.NoError(t, blob.DeleteAll(t.Context(), s, append(ids[:n-1:n-1], ID(1000), ID(0))))
	left, err := IDs(t.Context(), s, blob.ID{})
	require.NoError(t, err)
	require.Equal(t, []blob.ID{ID(n - 1)}, left)
}

var errStop = errors.New("enough")

func testList(t *testing.T, s blob.Store) {
	const n = 60
	order := rand.New(rand.NewPCG(1, 2)).Perm(n) //nolint:gosec // reproducible on purpose
	want := make([]blob.ID, n)
	for _, i := range order {
		put(t, s, i, i*7)
		want[i] = ID(i)
	}
	got, err := IDs(t.Context(), s, blob.ID{})
	require.NoError(t, err)
	require.Equal(t, want, got)
	for _, i := range []int{0, 1, 30, n - 1} {
		got, err = IDs(t.Context(), s, ID(i))
		require.NoError(t, err)
		require.Equal(t, append([]blob.ID(nil), want[i+1:]...), got, "after %d", i)
	}
	between := ID(10)
	between[23]++ // no such blob, and the next in order is 11 unless the last byte wrapped
	if between[23] != 0 {
		got, err = IDs(t.Context(), s, between)
		require.NoError(t, err)
		require.Equal(t, want[11:], got)
	}
	i := 0
	err = s.List(t.Context(), blob.ID{}, func(info blob.Info) error {
		require.Equal(t, int64(i*7), info.Size)
		require.False(t, info.Created.IsZero())
		if i++; i == 5 {
			return errStop
		}
		return nil
	})
	require.ErrorIs(t, err, errStop)
	require.Equal(t, 5, i)
	err = s.List(t.Context(), blob.ID{}, func(info blob.Info) error { return s.Delete(t.Context(), info.ID) })
	require.NoError(t, err, "deleting what is listed, while listing")
	got, err = IDs(t.Context(), s, blob.ID{})
	require.NoError(t, err)
	require.Empty(t, got)
}

func testCancel(t *testing.T, s blob.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	late, err := s.Create(ctx, ID(1))
	require.NoError(t, err)
	_, err = late.Write(Bytes(1, 400_000))
	require.NoError(t, err)
	written, err := s.Create(ctx, ID(2))
	require.NoError(t, err)
	_, err = written.Write([]byte("all of it"))
	require.NoError(t, err)
	cancel()
	_, err = late.Write([]byte("more"))
	require.ErrorIs(t, err, context.Canceled)
	_, err = late.Commit()
	require.Error(t, err, "Commit after a failed Write")
	require.NoError(t, late.Abort())
	_, err = written.Commit()
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, written.Abort())
	absent(t, s, ID(1))
	absent(t, s, ID(2))

	put(t, s, 3, 10)
	_, err = s.Create(ctx, ID(4))
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Open(ctx, ID(3), 0, -1)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.Delete(ctx, ID(3)), context.Canceled)
	require.ErrorIs(t, s.List(ctx, blob.ID{}, func(blob.Info) error { return nil }), context.Canceled)
	expect(t, s, ID(3), Bytes(3, 10))
}

func testLarge(t *testing.T, s blob.Store) {
	const size = 17<<20 + 12_345
	data := Bytes(1, size)
	w, err := s.Create(t.Context(), ID(1))
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // reproducible on purpose
	for rest := data; len(rest) > 0; {
		n := min(len(rest), 1+r.IntN(3<<20))
		wrote, err := w.Write(rest[:n])
		require.NoError(t, err)
		require.Equal(t, n, wrote)
		rest = rest[n:]
	}
	info, err := w.Commit()
	require.NoError(t, err)
	require.Equal(t, int64(size), info.Size)
	expect(t, s, ID(1), data)
	got, err := Get(t.Context(), s, ID(1), 9<<20-3, 1<<20)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data[9<<20-3:10<<20-3], got))
}

// testReadFrom copies into the writer from a reader that has no WriterTo, so that a ReadFrom of the engine is used, and from one that fails.
func testReadFrom(t *testing.T, s blob.Store) {
	data := Bytes(1, 3<<20+5)
	w, err := s.Create(t.Context(), ID(1))
	require.NoError(t, err)
	_, err = w.Write([]byte("head"))
	require.NoError(t, err)
	n, err := io.Copy(w, struct{ io.Reader }{bytes.NewReader(data)})
	require.NoError(t, err)
	require.Equal(t, int64(len(data)), n)
	_, err = w.Write([]byte("tail"))
	require.NoError(t, err)
	_, err = w.Commit()
	require.NoError(t, err)
	expect(t, s, ID(1), append(append([]byte("head"), data...), "tail"...))

	w, err = s.Create(t.Context(), ID(2))
	require.NoError(t, err)
	_, err = io.Copy(w, struct{ io.Reader }{io.MultiReader(bytes.NewReader(data), failing{})})
	require.ErrorIs(t, err, errStop)
	require.NoError(t, w.Abort())
	absent(t, s, ID(2))
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errStop }

func testConcurrent(t *testing.T, s blob.Store) {
	const workers, each = 8, 12
	var wg sync.WaitGroup
	errs := make(chan error, workers*each*4)
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				n := w*each + i
				data := Bytes(n, n*997%70_000)
				if _, err := Put(t.Context(), s, ID(n), data); err != nil {
					errs <- err
					continue
				}
				if got, err := Get(t.Context(), s, ID(n), 0, -1); err != nil || !bytes.Equal(got, data) {
					errs <- fmt.Errorf("blob %d read back differs (%w)", n, err)
				}
				if i%3 == 0 {
					if err := s.Delete(t.Context(), ID(n)); err != nil {
						errs <- err
					}
				}
				if i%5 == 0 {
					if _, err := IDs(t.Context(), s, blob.ID{}); err != nil {
						errs <- err
					}
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	var want []blob.ID
	for n := range workers * each {
		if n%each%3 != 0 {
			want = append(want, ID(n))
		}
	}
	got, err := IDs(t.Context(), s, blob.ID{})
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// testRacers lets several writers commit one id: exactly one wins, and its bytes stay.
func testRacers(t *testing.T, s blob.Store) {
	const racers = 8
	var wg sync.WaitGroup
	errs := make([]error, racers)
	for i := range racers {
		wg.Go(func() { _, errs[i] = Put(t.Context(), s, ID(1), Bytes(i, 2000+i)) })
	}
	wg.Wait()
	winner := -1
	for i, err := range errs {
		if err == nil {
			require.Equal(t, -1, winner, "two winners")
			winner = i
		} else {
			require.ErrorIs(t, err, blob.ErrExists)
		}
	}
	require.NotEqual(t, -1, winner, "no winner")
	expect(t, s, ID(1), Bytes(winner, 2000+winner))
}

// testReaderSurvives holds a reader over a Delete and a reuse of the id: it may fail but must never give other bytes. A reader that is a
// file must not fail.
func testReaderSurvives(t *testing.T, s blob.Store) {
	const size = 2 << 20
	data := put(t, s, 1, size)
	r, err := s.Open(t.Context(), ID(1), 0, -1)
	require.NoError(t, err)
	head := make([]byte, 1000)
	_, err = io.ReadFull(r, head)
	require.NoError(t, err)
	require.NoError(t, s.Delete(t.Context(), ID(1)))
	_, err = Put(t.Context(), s, ID(1), Bytes(2, size))
	require.NoError(t, err)
	rest, err := io.ReadAll(r)
	if _, filer := r.(blob.Filer); filer {
		require.NoError(t, err)
	}
	if err == nil {
		require.Len(t, rest, size-1000)
	}
	require.True(t, bytes.Equal(data[1000:1000+len(rest)], rest), "other bytes after a Delete")
	require.NoError(t, r.Close())
}

func testClone(t *testing.T, s blob.Store) {
	c, ok := s.(blob.Cloner)
	if !ok {
		return
	}
	const mib = 1 << 20
	a, b := put(t, s, 1, 6*mib+17), put(t, s, 2, 5*mib)
	empty := put(t, s, 3, 0)
	next := 10
	clone := func(want []byte, from ...blob.Segment) {
		t.Helper()
		next++
		info, err := c.Clone(t.Context(), ID(next), from)
		if errors.Is(err, blob.ErrUnsupported) {
			absent(t, s, ID(next))
			return
		}
		require.NoError(t, err)
		require.Equal(t, ID(next), info.ID)
		require.Equal(t, int64(len(want)), info.Size)
		expect(t, s, ID(next), want)
	}
	clone(a, blob.Segment{ID: ID(1), N: -1})
	clone(a[:mib], blob.Segment{ID: ID(1), N: mib})
	clone(a[5:], blob.Segment{ID: ID(1), Off: 5, N: -1})
	clone(append(append([]byte(nil), a...), b...), blob.Segment{ID: ID(1), N: -1}, blob.Segment{ID: ID(2), N: -1})
	clone(append(append([]byte(nil), b...), a[3:100]...), blob.Segment{ID: ID(2), N: -1}, blob.Segment{ID: ID(1), Off: 3, N: 97})
	clone(append(append([]byte(nil), a[:10]...), b[:10]...), blob.Segment{ID: ID(1), N: 10}, blob.Segment{ID: ID(2), N: 10})
	clone(empty, blob.Segment{ID: ID(3), N: -1})
	clone(append([]byte(nil), b...), blob.Segment{ID: ID(3), N: -1}, blob.Segment{ID: ID(2), N: -1}, blob.Segment{ID: ID(1), Off: 9, N: 0})
	clone(nil)

	_, err := c.Clone(t.Context(), ID(100), []blob.Segment{{ID: ID(99), N: -1}})
	require.ErrorIs(t, err, blob.ErrNotFound)
	for _, bad := range []blob.Segment{{ID: ID(2), N: 5*mib + 1}, {ID: ID(2), Off: 5*mib + 1, N: -1}, {ID: ID(2), Off: -1, N: 2}} {
		_, err = c.Clone(t.Context(), ID(100), []blob.Segment{{ID: ID(1), N: -1}, bad})
		require.ErrorIs(t, err, blob.ErrRange)
	}
	_, err = c.Clone(t.Context(), ID(2), []blob.Segment{{ID: ID(1), N: -1}})
	require.ErrorIs(t, err, blob.ErrExists)
	expect(t, s, ID(2), b)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Clone(ended, ID(100), []blob.Segment{{ID: ID(1), N: -1}})
	require.ErrorIs(t, err, context.Canceled)
	absent(t, s, ID(100))

	// A clone is a blob of its own.
	require.NoError(t, s.Delete(t.Context(), ID(1)))
	expect(t, s, ID(11), a)
	require.NoError(t, s.Delete(t.Context(), ID(11)))
	absent(t, s, ID(11))
}

func testFiler(t *testing.T, s blob.Store) {
	data := put(t, s, 1, 100_000)
	for _, g := range [][2]int64{{0, -1}, {10, 20}, {99_999, 1}, {100_000, 0}, {500, -1}} {
		r, err := s.Open(t.Context(), ID(1), g[0], g[1])
		require.NoError(t, err)
		if filer, ok := r.(blob.Filer); ok {
			if f, off, n := filer.File(); f != nil {
				require.Equal(t, g[0], off)
				if g[1] >= 0 {
					require.Equal(t, g[1], n)
				}
				got, err := io.ReadAll(io.LimitReader(f, n))
				require.NoError(t, err)
				require.True(t, bytes.Equal(data[off:off+n], got), "range %v", g)
			}
		}
		require.NoError(t, r.Close())
	}
}

func testSpacer(t *testing.T, s blob.Store) {
	sp, ok := s.(blob.Spacer)
	if !ok {
		return
	}
	space, err := sp.Space()
	require.NoError(t, err)
	require.GreaterOrEqual(t, space.Total, space.Free)
	require.NotZero(t, space.Free)
	require.NoError(t, sp.Admit(0))
	require.NoError(t, sp.Admit(-1))
	require.ErrorIs(t, sp.Admit(1<<62), blob.ErrFull)
}

func testClosed(t *testing.T, s blob.Store) {
	put(t, s, 1, 10)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "Close is idempotent")
	_, err := s.Create(t.Context(), ID(2))
	require.ErrorIs(t, err, blob.ErrClosed)
	_, err = s.Open(t.Context(), ID(1), 0, -1)
	require.ErrorIs(t, err, blob.ErrClosed)
	require.ErrorIs(t, s.Delete(t.Context(), ID(1)), blob.ErrClosed)
	require.ErrorIs(t, s.List(t.Context(), blob.ID{}, func(blob.Info) error { return nil }), blob.ErrClosed)
}

func testReopen(t *testing.T, open func() blob.Store) {
	s := open()
	kept := map[int][]byte{}
	for n := range 10 {
		kept[n] = put(t, s, n, n*10_000)
	}
	for _, n := range []int{2, 5} {
		require.NoError(t, s.Delete(t.Context(), ID(n)))
		delete(kept, n)
	}
	w, err := s.Create(t.Context(), ID(50)) // its process dies with it open
	require.NoError(t, err)
	_, err = w.Write(Bytes(1, 500_000))
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = w.Commit()
	require.Error(t, err, "Commit after Close")
	require.NoError(t, w.Abort())

	s = open()
	ids, err := IDs(t.Context(), s, blob.ID{})
	require.NoError(t, err)
	require.Len(t, ids, len(kept))
	for n, data := range kept {
		expect(t, s, ID(n), data)
	}
	absent(t, s, ID(2))
	absent(t, s, ID(50))
	put(t, s, 2, 99)
	require.NoError(t, s.Close())
}
