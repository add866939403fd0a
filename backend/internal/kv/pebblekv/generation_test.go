package pebblekv

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

func TestGenerationMovesWithItsKind(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	ctx := context.Background()
	b, o := s.Generation('b'), s.Generation('o')
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error { return tx.Set([]byte("b/x"), []byte("1")) }))
	require.Greater(t, s.Generation('b'), b)
	require.Equal(t, o, s.Generation('o'))
	b = s.Generation('b')
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error { return tx.Delete([]byte("b/x")) }))
	require.Greater(t, s.Generation('b'), b)
	o = s.Generation('o')
	require.NoError(t, s.DeleteRange(ctx, []byte("a"), []byte("z")))
	require.Greater(t, s.Generation('o'), o)
}

// TestGenerationNeverHidesAChange keeps what it read under a generation, as callers do, and looks after each of its own commits whether it
// would have found the change, while others write.
func TestGenerationNeverHidesAChange(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	ctx := context.Background()
	var mu sync.Mutex
	kept := map[string]string{}
	var keptAt uint64
	read := func(key string) (value string) {
		g := s.Generation('k')
		mu.Lock()
		v, ok := kept[key]
		ok = ok && keptAt == g
		mu.Unlock()
		if ok {
			return v
		}
		if err := s.View(ctx, func(r kv.Reader) error {
			raw, err := r.Get([]byte(key))
			value = string(raw)
			return err
		}); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if keptAt != g && keptAt <= g {
			kept, keptAt = map[string]string{}, g
		}
		if keptAt == g {
			kept[key] = value
		}
		return value
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			key := fmt.Sprintf("k/%d", w)
			for i := range 100 {
				want := fmt.Sprint(i)
				if err := s.Update(ctx, func(tx kv.Txn) error { return tx.Set([]byte(key), []byte(want)) }); err != nil {
					t.Error(err)
					return
				}
				if got := read(key); got != want {
					t.Errorf("%s is %s, not %s", key, got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}
