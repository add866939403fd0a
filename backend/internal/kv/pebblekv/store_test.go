package pebblekv

import (
	"log/slog"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
)

func TestConformance(t *testing.T) {
	kvtest.Run(t, func(t testing.TB) kvtest.Engine {
		dir := t.TempDir()
		return kvtest.Engine{Open: func(t testing.TB) kv.Store {
			s, err := Open(dir, Options{Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
			require.NoError(t, err)
			return s
		}}
	})
}

// TestHostile: wrapped, the engine keeps the contract still.
func TestHostile(t *testing.T) {
	kvtest.Run(t, func(testing.TB) kvtest.Engine {
		fs := vfs.NewMem()
		return kvtest.Engine{Open: func(t testing.TB) kv.Store {
			s, err := Open("meta", Options{FS: fs})
			require.NoError(t, err)
			return kvtest.Hostile(s, 1)
		}}
	})
}
