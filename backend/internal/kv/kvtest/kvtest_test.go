package kvtest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

func TestMemory(t *testing.T) {
	Run(t, func(testing.TB) Engine {
		return Engine{Open: func(testing.TB) kv.Store { return NewMemory() }, Volatile: true}
	})
}

// TestHostile: the wrapper keeps the contract, with all that it does.
func TestHostile(t *testing.T) {
	Run(t, func(testing.TB) Engine {
		return Engine{Open: func(testing.TB) kv.Store { return Hostile(NewMemory(), 1) }, Volatile: true}
	})
}

// TestHostileUnknown: of the commits reported as unknown some happened and some did not, and no hook ran for them.
func TestHostileUnknown(t *testing.T) {
	s := Hostile(NewMemory(), 1).Unknown(2)
	happened := map[bool]int{}
	for i := range 200 {
		key, hooks := fmt.Sprint("k", i), 0
		err := s.Update(ctx, func(tx kv.Txn) error {
			tx.OnCommit(func() { hooks++ })
			return tx.Set([]byte(key), []byte("v"))
		})
		there := get(t, s, key) == "v"
		if err == nil {
			require.True(t, there)
			require.Equal(t, 1, hooks)
			continue
		}
		require.ErrorIs(t, err, kv.ErrUnknown)
		require.Zero(t, hooks)
		happened[there]++
	}
	require.Greater(t, happened[true], 20)
	require.Greater(t, happened[false], 20)
}

// TestHostileFinds: callers that lean on more than the contract are found out.
func TestHostileFinds(t *testing.T) {
	s := Hostile(NewMemory(), 1)
	calls := 0
	require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
		calls++
		return nil
	}))
	require.Equal(t, 2, calls, "fn with effects outside the transaction")

	set(t, s, "a=1", "b=2", "c=3", "d=4")
	require.NoError(t, s.View(ctx, func(r kv.Reader) error {
		it := r.Iter(kv.Range{})
		require.True(t, it.Next())
		kept := it.Key()
		require.True(t, it.Next())
		require.NotEqual(t, "a", string(kept), "a key kept over the next call")
		return it.Close()
	}))
	met := 0
	s.Meddle(func(inner kv.Store) {
		met++
		set(t, inner, "a=meddled")
	})
	for range 100 {
		require.NoError(t, s.Update(ctx, func(tx kv.Txn) error { return tx.Set([]byte("a"), []byte("1")) }))
		require.Equal(t, "1", get(t, s, "a")[:1])
		set(t, s, "a=1")
	}
	require.Positive(t, met)
}
