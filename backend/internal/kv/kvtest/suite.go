// Package kvtest holds every engine to the kv contract: a conformance suite, an engine in memory, a hostile wrapper, and crash and fault
// harnesses.
package kvtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// Engine says how to open the store under test.
type Engine struct {
	// Open opens the store of this test: empty at the first call, and what it was at a later call after Close.
	Open func(t testing.TB) kv.Store
	// Volatile engines forget at Close; the reopen tests do not apply.
	Volatile bool
}

// Run runs the conformance suite: open returns an engine description with its own, empty store, once for each test of the suite.
func Run(t *testing.T, open func(t testing.TB) Engine) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := open(t)
			if e.Volatile && c.reopens {
				return // an engine without durability has nothing to show here
			}
			c.run(t, e)
		})
	}
}

type suiteCase struct {
	name    string
	run     func(t *testing.T, e Engine)
	reopens bool
}

var cases = []suiteCase{
	{name: "empty", run: testEmpty},
	{name: "order", run: testOrder},
	{name: "bounds", run: testBounds},
	{name: "seek", run: testSeek},
	{name: "keys only", run: testKeysOnly},
	{name: "prefix", run: testPrefix},
	{name: "read your writes", run: testReadYourWrites},
	{name: "discard", run: testDiscard},
	{name: "copies", run: testCopies},
	{name: "iterator open", run: testIterOpen},
	{name: "limits", run: testLimits},
	{name: "snapshot", run: testSnapshot},
	{name: "view sees acknowledged", run: testViewSeesAcknowledged},
	{name: "lost update", run: testLostUpdate},
	{name: "write skew", run: testWriteSkew},
	{name: "phantom", run: testPhantom},
	{name: "neighbours", run: testNeighbours},
	{name: "on commit", run: testOnCommit},
	{name: "panic", run: testPanic},
	{name: "cancel", run: testCancel},
	{name: "delete range", run: testDeleteRange},
	{name: "closed", run: testClosed},
	{name: "random", run: testRandom},
	{name: "random concurrent", run: testRandomConcurrent},
	{name: "reopen", run: testReopen, reopens: true},
}

var ctx = context.Background()

// start opens the store and closes it at the end of the test.
func start(t *testing.T, e Engine) kv.Store {
	s := e.Open(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, kv.ErrClosed) {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func b(s string) []byte { return []byte(s) }

// set stores pairs "key=value" in one transaction; "key" alone deletes.
func set(t testing.TB, s kv.Store, pairs ...string) {
	t.Helper()
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error { return apply(tx, pairs) }))
}

func apply(tx kv.Txn, pairs []string) error {
	for _, p := range pairs {
		k, v, ok := bytes.Cut(b(p), b("="))
		var err error
		if ok {
			err = tx.Set(k, v)
		} else {
			err = tx.Delete(k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list returns the pairs of a range as "key=value".
func list(r kv.Reader, rg kv.Range) ([]string, error) {
	it := r.Iter(rg)
	out := []string{}
	for it.Next() {
		out = append(out, string(it.Key())+"="+string(it.Value()))
	}
	return out, it.Close()
}

func viewList(t testing.TB, s kv.Store, rg kv.Range) (out []string) {
	t.Helper()
	require.NoError(t, s.View(ctx, func(r kv.Reader) (err error) {
		out, err = list(r, rg)
		return err
	}))
	return out
}

func get(t testing.TB, s kv.Store, key string) string {
	t.Helper()
	var v []byte
	err := s.View(ctx, func(r kv.Reader) (err error) {
		v, err = r.Get(b(key))
		return err
	})
	if errors.Is(err, kv.ErrNotFound) {
		return "<none>"
	}
	require.NoError(t, err)
	return string(v)
}

func testEmpty(t *testing.T, e Engine) {
	s := start(t, e)
	require.Equal(t, "<none>", get(t, s, "a"))
	require.Empty(t, viewList(t, s, kv.Range{}))
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		_, err := tx.Get(b("a"))
		require.ErrorIs(t, err, kv.ErrNotFound)
		return tx.Delete(b("a"))
	}))
	set(t, s, "a=")
	require.Equal(t, "", get(t, s, "a"))
	require.Equal(t, []string{"a="}, viewList(t, s, kv.Range{}))
}

func testOrder(t *testing.T, e Engine) {
	s := start(t, e)
	keys := [][]byte{{0}, {0, 0}, {0, 1}, {1}, b("A"), b("a"), b("a\x00"), b("a/b"), b("ab"), {0x7f}, {0x80}, {0xc3, 0xa9}, {0xff}, {0xff, 0}, {0xff, 0xff}}
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		for i := range keys {
			k := keys[(i*7)%len(keys)]
			if err := tx.Set(k, k); err != nil {
				return err
			}
		}
		return nil
	}))
	require.NoError(t, s.View(ctx, func(r kv.Reader) error {
		it := r.Iter(kv.Range{})
		for _, k := range keys {
			require.True(t, it.Next())
			require.Equal(t, k, it.Key())
			require.Equal(t, k, it.Value())
		}
		require.False(t, it.Next())
		require.False(t, it.Next(), "an iterator that ended stays ended")
		return it.Close()
	}))
}

func testBounds(t *testing.T, e Engine) {
	s := start(t, e)
	set(t, s, "a=1", "b=2", "c=3", "d=4")
	check := func(list func(rg kv.Range) []string) {
		for _, c := range []struct {
			rg   kv.Range
			want []string
		}{
			{kv.Range{Start: b("b"), End: b("d")}, []string{"b=2", "c=3"}},
			{kv.Range{Start: b("b\x00"), End: b("d\x00")}, []string{"c=3", "d=4"}},
			{kv.Range{End: b("b")}, []string{"a=1"}},
			{kv.Range{Start: b("d")}, []string{"d=4"}},
			{kv.Range{Start: b("e")}, []string{}},
			{kv.Range{Start: b("c"), End: b("c")}, []string{}},
			{kv.Range{Start: b("c"), End: b("b")}, []string{}},
			{kv.Range{Start: []byte{}, End: []byte{}}, []string{}},
			{kv.Range{}, []string{"a=1", "b=2", "c=3", "d=4"}},
		} {
			require.Equal(t, c.want, list(c.rg), "%q", c.rg)
		}
	}
	check(func(rg kv.Range) []string { return viewList(t, s, rg) })
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		check(func(rg kv.Range) []string {
			out, err := list(tx, rg)
			require.NoError(t, err)
			return out
		})
		return nil
	}))
}

func testSeek(t *testing.T, e Engine) {
	s := start(t, e)
	set(t, s, "a=1", "b=2", "c=3", "d=4", "e=5")
	check := func(r kv.Reader) error {
		it := r.Iter(kv.Range{Start: b("b"), End: b("e")})
		at := func(want string) {
			t.Helper()
			require.Equal(t, want, string(it.Key())+"="+string(it.Value()))
		}
		require.True(t, it.SeekGE(b("c")))
		at("c=3")
		require.True(t, it.Next())
		at("d=4")
		require.True(t, it.SeekGE(b("b")), "backwards")
		at("b=2")
		require.True(t, it.SeekGE(b("a")), "before the range is its start")
		at("b=2")
		require.True(t, it.SeekGE(b("b\x00")))
		at("c=3")
		require.False(t, it.SeekGE(b("e")), "the end is outside")
		require.False(t, it.Next())
		require.False(t, it.SeekGE(b("z")))
		require.True(t, it.SeekGE(b("d")), "an iterator that ran out can be moved back")
		at("d=4")
		require.False(t, it.Next())
		require.True(t, it.SeekGE(nil))
		at("b=2")
		key, value := append([]byte{}, it.Key()...), append([]byte{}, it.Value()...)
		require.Equal(t, key, it.Key(), "Key can be called again")
		require.Equal(t, value, it.Value())
		return it.Close()
	}
	require.NoError(t, s.View(ctx, check))
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error { return check(tx) }))
}

func testKeysOnly(t *testing.T, e Engine) {
	s := start(t, e)
	set(t, s, "a=1", "b=2")
	require.NoError(t, s.View(ctx, func(r kv.Reader) error {
		it := r.Iter(kv.Range{KeysOnly: true})
		require.True(t, it.Next())
		require.Equal(t, b("a"), it.Key())
		require.Nil(t, it.Value())
		require.True(t, it.Next())
		require.Equal(t, b("b"), it.Key())
		require.False(t, it.Next())
		return it.Close()
	}))
}

func testPrefix(t *testing.T, e Engine) {
	s := start(t, e)
	set(t, s, "o/=0", "o/a=1", "o/\xff\xff=2", "o0=3", "n=4", "\xff=5", "\xff\xff=6")
	require.Equal(t, []string{"o/=0", "o/a=1", "o/\xff\xff=2"}, viewList(t, s, kv.Prefix(b("o/"))))
	require.Equal(t, []string{"\xff=5", "\xff\xff=6"}, viewList(t, s, kv.Prefix([]byte{0xff})))
	require.Len(t, viewList(t, s, kv.Prefix(nil)), 7)
}

func testReadYourWrites(t *testing.T, e Engine) {
	s := start(t, e)
	set(t, s, "a=1", "c=3", "e=5")
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		require.NoError(t, apply(tx, []string{"b=2", "c", "d=4", "a=1b"}))
		for key, want := range map[string]string{"a": "1b", "b": "2", "d": "4", "e": "5"} {
			v, err := tx.Get(b(key))
			require.NoError(t, err)
			require.Equal(t, want, string(v))
		}
		_, err := tx.Get(b("c"))
		require.ErrorIs(t, err, kv.ErrNotFound)
		out, err := list(tx, kv.Range{})
		require.NoError(t, err)
		require.Equal(t, []string{"a=1b", "b=2", "d=4", "e=5"}, out)
		require.NoError(t, apply(tx, []string{"b", "c=3c"}))
		it := tx.Iter(kv.Range{Start: b("a\x00")})
		require.True(t, it.Next())
		require.Equal(t, "c=3c", string(it.Key())+"="+string(it.Value()))
		require.True(t, it.SeekGE(b("d")))
		require.Equal(t, b("d"), it.Key())
		require.True(t, it.SeekGE(b("b")))
		require.Equal(t, b("c"), it.Key())
		return it.Close()
	}))
	require.Equal(t, []string{"a=1b", "c=3c", "d=4", "e=5"}, viewList(t, s, kv.Range{}))
}

func testDiscard(t *testing.T, e Engine) {
	s := start(t, e)
	set(t, s, "a=1")
	boom := errors.New("boom")
	err := s.Update(ctx, func(tx kv.Txn) error {
		tx.OnCommit(func() { t.Error("hook of a discarded transaction ran") })
		require.NoError(t, apply(tx, []string{"a=2", "b=2"}))
		return boom
	})
	require.Equal(t, boom, err, "the error of fn is returned as it is")
	require.Equal(t, boom, s.View(ctx, func(kv.Reader) error { return boom }))
	require.Equal(t, []string{"a=1"}, viewList(t, s, kv.Range{}))
}

func testCopies(t *testing.T, e Engine) {
	s := start(t, e)
	key, value := b("key"), b("value")
	start, end := b("a"), b("z")
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		copy(key, "key")
		copy(value, "value")
		require.NoError(t, tx.Set(key, value))
		copy(key, "xxx")
		copy(value, "xxxxx")
		got, err := tx.Get(b("key"))
		require.NoError(t, err)
		require.Equal(t, "value", string(got))
		got[0] = 'X'
		got, err = tx.Get(b("key"))
		require.NoError(t, err)
		require.Equal(t, "value", string(got))
		return nil
	}))
	require.NoError(t, s.View(ctx, func(r kv.Reader) error {
		got, err := r.Get(b("key"))
		require.NoError(t, err)
		got[0] = 'X'
		_ = append(got, "overrun"...)
		it := r.Iter(kv.Range{Start: start, End: end})
		start[0], end[0] = 'x', 'y'
		require.True(t, it.Next())
		require.Equal(t, "key=value", string(it.Key())+"="+string(it.Value()))
		return it.Close()
	}))
	require.Equal(t, "value", get(t, s, "key"))
}

func testIterOpen(t *testing.T, e Engine) {
	s := start(t, e)
	set(t, s, "a=1")
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		it := tx.Iter(kv.Range{})
		require.ErrorIs(t, tx.Set(b("b"), b("2")), kv.ErrIterOpen)
		require.ErrorIs(t, tx.Delete(b("a")), kv.ErrIterOpen)
		other := tx.Iter(kv.Range{})
		require.NoError(t, it.Close())
		require.NoError(t, it.Close(), "closing twice is harmless")
		require.False(t, it.Next())
		require.ErrorIs(t, tx.Set(b("b"), b("2")), kv.ErrIterOpen)
		_, err := tx.Get(b("a"))
		require.NoError(t, err)
		require.NoError(t, other.Close())
		return tx.Set(b("c"), b("3"))
	}))
	require.Equal(t, []string{"a=1", "c=3"}, viewList(t, s, kv.Range{}))
	require.ErrorIs(t, s.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Set(b("d"), b("4")); err != nil {
			return err
		}
		tx.Iter(kv.Range{})
		return nil
	}), kv.ErrIterOpen)
	require.ErrorIs(t, s.View(ctx, func(r kv.Reader) error {
		r.Iter(kv.Range{}).Next()
		return nil
	}), kv.ErrIterOpen)
	require.Equal(t, []string{"a=1", "c=3"}, viewList(t, s, kv.Range{}))
}

func testLimits(t *testing.T, e Engine) {
	s := start(t, e)
	long, big := bytes.Repeat([]byte{0xff}, kv.MaxKey), bytes.Repeat([]byte{7}, kv.MaxValue)
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		require.ErrorIs(t, tx.Set(nil, b("v")), kv.ErrTooLarge)
		require.ErrorIs(t, tx.Delete([]byte{}), kv.ErrTooLarge)
		require.ErrorIs(t, tx.Set(append(long, 0), b("v")), kv.ErrTooLarge)
		require.ErrorIs(t, tx.Delete(append(long, 0)), kv.ErrTooLarge)
		require.ErrorIs(t, tx.Set(b("a"), append(big, 0)), kv.ErrTooLarge)
		return tx.Set(long, big)
	}))
	require.NoError(t, s.View(ctx, func(r kv.Reader) error {
		v, err := r.Get(long)
		require.NoError(t, err)
		require.True(t, bytes.Equal(big, v))
		_, err = r.Get(append(long, 0))
		require.ErrorIs(t, err, kv.ErrNotFound)
		out, err := list(r, kv.Range{Start: append(long, 0)})
		require.Empty(t, out)
		return err
	}))

	bytesLeft := kv.MaxTxnBytes
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		bytesLeft = kv.MaxTxnBytes
		for i := 0; bytesLeft > 0; i++ {
			k := fmt.Sprintf("big%02d", i)
			n := min(kv.MaxValue, bytesLeft-len(k))
			require.NoError(t, tx.Set(b(k), big[:n]))
			bytesLeft -= n + len(k)
		}
		require.ErrorIs(t, tx.Set(b("x"), nil), kv.ErrTooLarge)
		return nil
	}))
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		for i := range kv.MaxTxnOps {
			if i%2 == 0 {
				require.NoError(t, tx.Set(fmt.Appendf(nil, "op%04d", i), b("v")))
			} else {
				require.NoError(t, tx.Delete(fmt.Appendf(nil, "op%04d", i-1)))
			}
		}
		require.ErrorIs(t, tx.Set(b("x"), nil), kv.ErrTooLarge)
		require.ErrorIs(t, tx.Delete(b("x")), kv.ErrTooLarge)
		return nil
	}))
	require.Empty(t, viewList(t, s, kv.Prefix(b("op"))))
}
