package kvtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

func testSnapshot(t *testing.T, e Engine) {
	s := start(t, e)
	set(t, s, "a=1", "b=1")
	require.NoError(t, s.View(ctx, func(r kv.Reader) error {
		v, err := r.Get(b("a"))
		require.NoError(t, err)
		require.Equal(t, "1", string(v))
		it := r.Iter(kv.Range{})
		require.True(t, it.Next())

		set(t, s, "a=2", "b", "c=2")

		v, err = r.Get(b("a"))
		require.NoError(t, err)
		require.Equal(t, "1", string(v))
		_, err = r.Get(b("c"))
		require.ErrorIs(t, err, kv.ErrNotFound)
		require.True(t, it.Next())
		require.Equal(t, b("b"), it.Key())
		require.False(t, it.Next())
		require.NoError(t, it.Close())
		out, err := list(r, kv.Range{})
		require.NoError(t, err)
		require.Equal(t, []string{"a=1", "b=1"}, out)
		return nil
	}))
	require.Equal(t, []string{"a=2", "c=2"}, viewList(t, s, kv.Range{}))
}

// testViewSeesAcknowledged: what Update acknowledged is in every View that begins later, whoever runs it.
func testViewSeesAcknowledged(t *testing.T, e Engine) {
	s := start(t, e)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 25 {
				key, value := fmt.Sprintf("k%d", g), fmt.Sprint(i)
				if err := s.Update(ctx, func(tx kv.Txn) error { return tx.Set(b(key), b(value)) }); err != nil {
					t.Error(err)
					return
				}
				err := s.View(ctx, func(r kv.Reader) error {
					v, err := r.Get(b(key))
					if err == nil && string(v) != value {
						t.Errorf("acknowledged %s, then read %s", value, v)
					}
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
}

// increment adds one to the decimal number under key.
func increment(tx kv.Txn, key string) error {
	n := 0
	v, err := tx.Get(b(key))
	if err == nil {
		_, err = fmt.Sscan(string(v), &n)
	}
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	return tx.Set(b(key), fmt.Append(nil, n+1))
}

// patiently runs an Update again for as long as the engine asks for that.
func patiently(s kv.Store, fn func(tx kv.Txn) error) error {
	for {
		if err := s.Update(ctx, fn); !Busy(err) {
			return err
		}
	}
}

func testLostUpdate(t *testing.T, e Engine) {
	s := start(t, e)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 10 {
				if err := patiently(s, func(tx kv.Txn) error { return increment(tx, "n") }); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	require.Equal(t, "40", get(t, s, "n"))
}

// testWriteSkew: two may not both leave when each only checked that the other stays.
func testWriteSkew(t *testing.T, e Engine) {
	s := start(t, e)
	for range 10 {
		set(t, s, "x=in", "y=in")
		var wg sync.WaitGroup
		for _, pair := range [][2]string{{"x", "y"}, {"y", "x"}} {
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := patiently(s, func(tx kv.Txn) error {
					v, err := tx.Get(b(pair[1]))
					if err != nil || string(v) == "out" {
						return err
					}
					return tx.Set(b(pair[0]), b("out"))
				})
				if err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		require.NotEqual(t, "outout", get(t, s, "x")+get(t, s, "y"))
	}
}

// testPhantom: of two that found a range empty, only one may put something there.
func testPhantom(t *testing.T, e Engine) {
	s := start(t, e)
	for i := range 10 {
		prefix := fmt.Sprintf("p%d/", i)
		var wg sync.WaitGroup
		for _, name := range []string{"a", "b"} {
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := patiently(s, func(tx kv.Txn) error {
					it := tx.Iter(kv.Prefix(b(prefix)))
					found := it.Next()
					if err := it.Close(); err != nil || found {
						return err
					}
					return tx.Set(b(prefix+name), b("1"))
				})
				if err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		require.Len(t, viewList(t, s, kv.Prefix(b(prefix))), 1)
	}
}

// testNeighbours: transactions on different keys all get through, however close the keys are.
func testNeighbours(t *testing.T, e Engine) {
	s := start(t, e)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 5 {
				if err := s.Update(ctx, func(tx kv.Txn) error { return increment(tx, fmt.Sprintf("n%d", g)) }); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	for g := range 8 {
		require.Equal(t, "5", get(t, s, fmt.Sprintf("n%d", g)))
	}
}

func testOnCommit(t *testing.T, e Engine) {
	s := start(t, e)
	var order []string
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		order = nil
		tx.OnCommit(func() {
			order = append(order, "first")
			if got := get(t, s, "a"); got != "1" {
				t.Errorf("hook ran before its writes could be read: %s", got)
			}
		})
		tx.OnCommit(func() { order = append(order, "second") })
		return tx.Set(b("a"), b("1"))
	}))
	require.Equal(t, []string{"first", "second"}, order)

	ran := 0
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		ran = 0
		tx.OnCommit(func() { ran++ })
		return nil
	}))
	require.Equal(t, 1, ran, "a transaction without writes commits as well")

	// Under contention attempts are discarded; each transaction that succeeds runs its hook once.
	var hooks, done atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 10 {
				err := s.Update(ctx, func(tx kv.Txn) error {
					tx.OnCommit(func() { hooks.Add(1) })
					return increment(tx, "n")
				})
				switch {
				case err == nil:
					done.Add(1)
				case !Busy(err):
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	require.Equal(t, done.Load(), hooks.Load())
	require.Equal(t, fmt.Sprint(done.Load()), get(t, s, "n"))
}

func testPanic(t *testing.T, e Engine) {
	s := start(t, e)
	require.PanicsWithValue(t, "boom", func() {
		_ = s.Update(ctx, func(tx kv.Txn) error {
			require.NoError(t, tx.Set(b("a"), b("1")))
			tx.Iter(kv.Range{}).Next()
			panic("boom")
		})
	})
	require.PanicsWithValue(t, "boom", func() {
		_ = s.View(ctx, func(r kv.Reader) error {
			r.Iter(kv.Range{}).Next()
			panic("boom")
		})
	})
	require.Equal(t, "<none>", get(t, s, "a"))
	set(t, s, "a=2")
	require.Equal(t, "2", get(t, s, "a"))
}

func testCancel(t *testing.T, e Engine) {
	s := start(t, e)
	var pairs []string
	for i := range 1000 {
		pairs = append(pairs, fmt.Sprintf("k%03d=v", i))
	}
	set(t, s, pairs...)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, s.View(gone, func(kv.Reader) error {
		t.Error("fn ran")
		return nil
	}), context.Canceled)
	require.ErrorIs(t, s.Update(gone, func(kv.Txn) error {
		t.Error("fn ran")
		return nil
	}), context.Canceled)
	require.ErrorIs(t, s.DeleteRange(gone, nil, nil), context.Canceled)

	during, cancel := context.WithCancel(ctx)
	require.ErrorIs(t, s.Update(during, func(tx kv.Txn) error {
		tx.OnCommit(func() { t.Error("hook ran") })
		cancel()
		if err := tx.Set(b("x"), b("1")); err != nil {
			return err
		}
		return nil
	}), context.Canceled)
	require.Equal(t, "<none>", get(t, s, "x"))

	during, cancel = context.WithCancel(ctx)
	defer cancel()
	n := 0
	require.ErrorIs(t, s.View(during, func(r kv.Reader) error {
		it := r.Iter(kv.Range{})
		for it.Next() {
			if n++; n == 10 {
				cancel()
			}
		}
		return it.Close()
	}), context.Canceled)
	require.Less(t, n, 1000, "a long walk ends when its caller has gone")
	require.Len(t, viewList(t, s, kv.Range{}), 1000)
}

func testDeleteRange(t *testing.T, e Engine) {
	s := start(t, e)
	set(t, s, "a=1", "b=1", "b/1=1", "b/2=1", "c=1", "\xff\xff\xff=1")
	require.NoError(t, s.DeleteRange(ctx, b("b"), b("b")))
	require.NoError(t, s.DeleteRange(ctx, b("c"), b("b")))
	require.Len(t, viewList(t, s, kv.Range{}), 6)
	require.NoError(t, s.DeleteRange(ctx, b("b"), b("b/2")))
	require.Equal(t, []string{"a=1", "b/2=1", "c=1", "\xff\xff\xff=1"}, viewList(t, s, kv.Range{}))
	set(t, s, "b/1=2")
	require.Equal(t, []string{"b/1=2", "b/2=1"}, viewList(t, s, kv.Prefix(b("b"))))
	require.NoError(t, s.DeleteRange(ctx, b("b/2"), nil))
	require.Equal(t, []string{"a=1", "b/1=2"}, viewList(t, s, kv.Range{}))

	var pairs []string
	for i := range 3000 {
		pairs = append(pairs, fmt.Sprintf("m%04d=v", i))
	}
	set(t, s, pairs...)
	require.NoError(t, s.DeleteRange(ctx, b("m0001"), b("m2999")))
	require.Equal(t, []string{"m0000=v", "m2999=v"}, viewList(t, s, kv.Prefix(b("m"))))
	require.NoError(t, s.DeleteRange(ctx, nil, nil))
	require.Empty(t, viewList(t, s, kv.Range{}))
}

// testClosed: Close waits for what runs, and nothing begins afterwards.
func testClosed(t *testing.T, e Engine) {
	s := e.Open(t)
	set(t, s, "a=1")
	inside, finish := make(chan struct{}), make(chan struct{})
	view := make(chan error, 1)
	go func() {
		view <- s.View(ctx, func(r kv.Reader) error {
			close(inside)
			<-finish
			_, err := r.Get(b("a"))
			return err
		})
	}()
	<-inside
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	for { // until Close has begun
		if err := s.View(ctx, func(kv.Reader) error { return nil }); errors.Is(err, kv.ErrClosed) {
			break
		}
	}
	require.Empty(t, closed, "Close waits for a View")
	close(finish)
	require.NoError(t, <-view)
	require.NoError(t, <-closed)
	require.ErrorIs(t, s.View(ctx, func(kv.Reader) error { return nil }), kv.ErrClosed)
	require.ErrorIs(t, s.Update(ctx, func(kv.Txn) error { return nil }), kv.ErrClosed)
	require.ErrorIs(t, s.DeleteRange(ctx, nil, nil), kv.ErrClosed)
	require.ErrorIs(t, s.Close(), kv.ErrClosed)
}

func testReopen(t *testing.T, e Engine) {
	s := e.Open(t)
	set(t, s, "a=1", "b=2", "c=3")
	require.NoError(t, s.DeleteRange(ctx, b("b"), b("c")))
	require.NoError(t, s.Close())
	s = start(t, e)
	require.Equal(t, []string{"a=1", "c=3"}, viewList(t, s, kv.Range{}))
	set(t, s, "d=4")
	require.Equal(t, []string{"a=1", "c=3", "d=4"}, viewList(t, s, kv.Range{}))
}
