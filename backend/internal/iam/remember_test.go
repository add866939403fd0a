package iam

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// counted is a store that tells generations, from zero on as after a restart.
type counted struct {
	kv.Store
	generation uint64
}

func (c *counted) Generation(byte) uint64 { return c.generation }

func TestCredentialsAreRememberedFromTheStart(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start(env("root", "a-secret-of-root"))
	c := &counted{Store: s.Store}
	s.Store = c
	for range 2 {
		got, err := s.Credential(t.Context(), "root")
		require.NoError(t, err)
		require.Equal(t, "a-secret-of-root", got.Secret)
	}
	_, err := s.RotateSecret(t.Context(), Machine, "root")
	c.generation++
	if err == nil {
		got, err := s.Credential(t.Context(), "root")
		require.NoError(t, err)
		require.NotEqual(t, "a-secret-of-root", got.Secret)
	}
}
