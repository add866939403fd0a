package pebblekv

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// TestHotRowsAreWhatIsCommitted reads rows that are remembered after every way in which they can change.
func TestHotRowsAreWhatIsCommitted(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	key, other := []byte("k"), []byte("other")
	update := func(fn func(kv.Txn) error) error { return s.Update(t.Context(), fn) }
	read := func() (got string) {
		require.NoError(t, update(func(tx kv.Txn) error {
			value, err := tx.Get(key)
			if errors.Is(err, kv.ErrNotFound) {
				value, err = []byte("none"), nil
			}
			got = string(value)
			return err
		}))
		return got
	}
	require.Equal(t, "none", read())
	for i := range 3 {
		want := fmt.Sprint("value ", i)
		require.NoError(t, update(func(tx kv.Txn) error { return tx.Set(key, []byte(want)) }))
		require.Equal(t, want, read())
		require.Equal(t, want, read())
	}
	given := errors.New("given up")
	require.ErrorIs(t, update(func(tx kv.Txn) error {
		require.NoError(t, tx.Set(other, nil))
		require.NoError(t, tx.Set(key, []byte("refused")))
		value, err := tx.Get(key)
		require.NoError(t, err)
		require.Equal(t, "refused", string(value))
		return given
	}), given)
	require.Equal(t, "value 2", read())
	require.ErrorIs(t, update(func(tx kv.Txn) error {
		value, err := tx.Get(key)
		if err != nil {
			return err
		}
		value[0] = '!' // ours
		if err := tx.Delete(key); err != nil {
			return err
		}
		_, err = tx.Get(key)
		require.ErrorIs(t, err, kv.ErrNotFound)
		return given
	}), given)
	require.Equal(t, "value 2", read())
	require.NoError(t, update(func(tx kv.Txn) error {
		return errors.Join(tx.Set(key, []byte("passing")), tx.Delete(key), tx.Set(key, []byte("last")))
	}))
	require.Equal(t, "last", read())
	require.NoError(t, update(func(tx kv.Txn) error { return errors.Join(tx.Set(key, []byte("gone")), tx.Delete(key)) }))
	require.Equal(t, "none", read())
	require.NoError(t, update(func(tx kv.Txn) error { return tx.Set(key, []byte("again")) }))
	require.Equal(t, "again", read())
	require.NoError(t, s.DeleteRange(t.Context(), []byte("a"), []byte("z")))
	require.Equal(t, "none", read())
}
