package iam

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

// counted is a store that tells generations, from zero on as after a restart.
type counted struct {
	kv.Store
	generation uint64
	views      int
}

func (c *counted) View(ctx context.Context, fn func(kv.Reader) error) error {
	c.views++
	return c.Store.View(ctx, fn)
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

// The credentials of a session are remembered as others are, and end as others do.
func TestSessionsAreRemembered(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	ada := person(t, s, admin, "ada")
	_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: "R", Trust: trust("arn:aws:iam::000000000000:user/ada")})
	require.NoError(t, err)
	require.NoError(t, s.Edit(ctx, admin, RoleEntity, "R", PutPolicy("p", readS3)))
	session, err := s.AssumeRole(ctx, who(t, s, ada), AssumeRole{RoleARN: "arn:aws:iam::000000000000:role/R", Name: "me"})
	require.NoError(t, err)
	c := &counted{Store: s.Store}
	s.Store = c
	for range 3 {
		got, err := s.SessionCredential(ctx, session.AccessKey, session.Token)
		require.NoError(t, err)
		require.Equal(t, session.Secret, got.Secret)
		require.True(t, may(s, got.Identity, "s3:GetObject"))
	}
	require.Equal(t, 1, c.views)
	_, err = s.SessionCredential(ctx, ada, session.Token)
	require.Equal(t, "invalid", fault.DetailOf(err)["Token"], "of another key")

	require.NoError(t, s.Edit(ctx, admin, RoleEntity, "R", DeletePolicy("p")))
	c.generation++
	got, err := s.SessionCredential(ctx, session.AccessKey, session.Token)
	require.NoError(t, err)
	require.False(t, may(s, got.Identity, "s3:GetObject"))
	w.clock.Advance(time.Hour)
	_, err = s.SessionCredential(ctx, session.AccessKey, session.Token)
	require.Equal(t, "expired", fault.DetailOf(err)["Token"])
}
