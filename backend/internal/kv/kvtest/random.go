package kvtest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

// Busy reports whether an Update gave up under contention and may be run again.
func Busy(err error) bool { return fault.Is(err, fault.Busy) }

// Soak reports whether the long runs were asked for, by MYFSIO_SOAK=1.
func Soak() bool { return os.Getenv("MYFSIO_SOAK") == "1" }

// Seed returns the seed of a random test and logs it: MYFSIO_SEED if set, else a new one.
func Seed(t testing.TB) uint64 {
	n := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	if text := os.Getenv("MYFSIO_SEED"); text != "" {
		var err error
		n, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("repeat with MYFSIO_SEED=%d", n)
	return n
}

// Model is the oracle: what a store must hold, in the plainest way.
type Model map[string]string

// Clone returns a copy.
func (m Model) Clone() Model {
	c := make(Model, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// List returns the pairs of a range as "key=value" in order.
func (m Model) List(rg kv.Range) []string {
	keys := []string{}
	for k := range m {
		if bytes.Compare(b(k), rg.Start) >= 0 && (rg.End == nil || bytes.Compare(b(k), rg.End) < 0) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for i, k := range keys {
		keys[i] = k + "=" + m[k]
	}
	return keys
}

// Check compares everything that the store holds with the model.
func (m Model) Check(t testing.TB, s kv.Store) {
	t.Helper()
	require.Equal(t, m.List(kv.Range{}), viewList(t, s, kv.Range{}))
}

// randomKey is short and over few letters, so that keys meet and are each other's prefixes.
func randomKey(rng *rand.Rand) []byte {
	k := make([]byte, 1+rng.IntN(4))
	for i := range k {
		k[i] = "\x00aab/\xff"[rng.IntN(6)]
	}
	return k
}

func randomRange(rng *rand.Rand) (rg kv.Range) {
	if rng.IntN(4) > 0 {
		rg.Start = randomKey(rng)
	}
	if rng.IntN(4) > 0 {
		rg.End = randomKey(rng)
	}
	return rg
}

// compareReads reads at random and compares with the model.
func compareReads(rng *rand.Rand, r kv.Reader, m Model) error {
	switch rng.IntN(3) {
	case 0:
		k := randomKey(rng)
		v, err := r.Get(k)
		want, ok := m[string(k)]
		if errors.Is(err, kv.ErrNotFound) {
			if ok {
				return fmt.Errorf("get %q: not found, want %q", k, want)
			}
			return nil
		}
		if err == nil && (!ok || string(v) != want) {
			return fmt.Errorf("get %q: %q, want %q %v", k, v, want, ok)
		}
		return err
	case 1:
		rg := randomRange(rng)
		got, err := list(r, rg)
		if want := m.List(rg); err == nil && !slices.Equal(got, want) {
			return fmt.Errorf("list %q %q: %q, want %q", rg.Start, rg.End, got, want)
		}
		return err
	}
	rg := randomRange(rng)
	it := r.Iter(rg)
	for range 5 {
		k := randomKey(rng)
		from := k
		if bytes.Compare(from, rg.Start) < 0 {
			from = rg.Start
		}
		want := m.List(kv.Range{Start: from, End: rg.End})
		ok := it.SeekGE(k)
		for range 3 {
			got := string(it.Key()) + "=" + string(it.Value())
			if ok != (len(want) > 0) || ok && got != want[0] {
				return errors.Join(fmt.Errorf("seek %q in %q %q: %v %q, want %.1q", k, rg.Start, rg.End, ok, got, want), it.Close())
			}
			if !ok {
				break
			}
			want = want[1:]
			ok = it.Next()
		}
	}
	return it.Close()
}

// testRandom runs random transactions and compares every read with the model.
func testRandom(t *testing.T, e Engine) {
	rng := rand.New(rand.NewPCG(Seed(t), 1))
	s := e.Open(t)
	defer func() { require.NoError(t, s.Close()) }()
	model := Model{}
	steps := 150
	if Soak() {
		steps = 20000
	}
	discard := errors.New("discard")
	for i := range steps {
		switch n := rng.IntN(20); {
		case n == 0 && !e.Volatile:
			require.NoError(t, s.Close())
			s = e.Open(t)
		case n == 1:
			rg := randomRange(rng)
			require.NoError(t, s.DeleteRange(ctx, rg.Start, rg.End))
			for _, pair := range model.List(rg) {
				k, _, _ := bytes.Cut(b(pair), b("="))
				delete(model, string(k))
			}
		case n < 8:
			require.NoError(t, s.View(ctx, func(r kv.Reader) error { return compareReads(rng, r, model) }))
		default:
			var next Model
			a, z := rng.Uint64(), rng.Uint64()
			err := s.Update(ctx, func(tx kv.Txn) error {
				// Another run of fn does the same.
				rng := rand.New(rand.NewPCG(a, z))
				next = model.Clone()
				for j := range rng.IntN(8) {
					k := randomKey(rng)
					var err error
					switch rng.IntN(4) {
					case 0:
						delete(next, string(k))
						err = tx.Delete(k)
					case 1, 2:
						next[string(k)] = fmt.Sprint(i, ".", j)
						err = tx.Set(k, b(next[string(k)]))
					default:
						err = compareReads(rng, tx, next)
					}
					if err != nil {
						return err
					}
				}
				if rng.IntN(5) == 0 {
					return discard
				}
				return nil
			})
			if errors.Is(err, discard) {
				continue
			}
			require.NoError(t, err)
			model = next
		}
	}
	model.Check(t, s)
}

// testRandomConcurrent lets transfers between accounts run side by side: every View and every transaction sees the same total.
func testRandomConcurrent(t *testing.T, e Engine) {
	seed := Seed(t)
	s := start(t, e)
	const accounts, total = 8, 800
	var pairs []string
	for i := range accounts {
		pairs = append(pairs, fmt.Sprintf("acc%d=%d", i, total/accounts))
	}
	set(t, s, pairs...)
	rounds := 30
	if Soak() {
		rounds = 3000
	}
	sum := func(r kv.Reader) error {
		n := 0
		for i := range accounts {
			v, err := r.Get(fmt.Appendf(nil, "acc%d", i))
			if err != nil {
				return err
			}
			one, err := strconv.Atoi(string(v))
			if err != nil {
				return err
			}
			n += one
		}
		if n != total {
			return fmt.Errorf("the total is %d", n)
		}
		return nil
	}
	var wg sync.WaitGroup
	for g := range uint64(4) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			rng := rand.New(rand.NewPCG(seed, g))
			for range rounds {
				from, to, n := rng.IntN(accounts), rng.IntN(accounts), rng.IntN(20)
				err := s.Update(ctx, func(tx kv.Txn) error { return transfer(tx, from, to, n) })
				if err != nil && !Busy(err) {
					t.Error(err)
					return
				}
				if err := s.View(ctx, sum); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
	require.NoError(t, s.View(ctx, sum))
}

func transfer(tx kv.Txn, from, to, n int) error {
	for _, move := range []struct{ account, by int }{{from, -n}, {to, n}} {
		key := fmt.Appendf(nil, "acc%d", move.account)
		v, err := tx.Get(key)
		if err != nil {
			return err
		}
		have, err := strconv.Atoi(string(v))
		if err != nil {
			return err
		}
		if err := tx.Set(key, strconv.AppendInt(nil, int64(have+move.by), 10)); err != nil {
			return err
		}
	}
	return nil
}
