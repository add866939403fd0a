package iam

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// updates counts transactions.
type updates struct {
	kv.Store
	n   int
	err error
}

func (u *updates) Update(ctx context.Context, fn func(kv.Txn) error) error {
	u.n++
	if u.err != nil {
		return u.err
	}
	return u.Store.Update(ctx, fn)
}

func TestWhenAKeyWasUsedLast(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	key := person(t, s, admin, "ada")
	u := &updates{Store: s.Store}
	s.Store = u
	last := func(s *Service) meta.KeyUse {
		t.Helper()
		e, use, err := s.KeyUse(ctx, admin, key)
		require.NoError(t, err)
		require.Equal(t, "ada", e.Name)
		return use
	}
	look := func(wrote int, least time.Duration) {
		t.Helper()
		before := u.n
		s.writeUses(ctx, least)
		require.Equal(t, wrote, u.n-before)
	}
	require.Zero(t, last(s))
	id := who(t, s, key)
	w.clock.Advance(time.Minute)
	s.Used(id, "s3", "us-east-1")
	first := meta.KeyUse{At: w.clock.Now(), Service: "s3", Region: "us-east-1"}
	require.Equal(t, first, last(s), "also before it is written")
	require.Zero(t, u.n, "no request writes")
	look(1, useWritten)
	for range 4 { // a minute's look each
		w.clock.Advance(time.Minute)
		s.Used(id, "iam", "us-east-1")
		look(0, useWritten)
	}
	require.Equal(t, "iam", last(s).Service)
	again, _ := w.start()
	require.Equal(t, first, last(again), "what is written outlives the process")
	w.clock.Advance(time.Minute)
	u.err = errors.New("no space")
	look(1, useWritten)
	u.err = nil
	look(1, useWritten)
	require.Equal(t, "iam", last(again).Service)
	s.Used(id, "sts", "us-east-1")
	look(1, 0)
	require.Equal(t, "sts", last(again).Service, "the end of the process writes what is left")
	w.clock.Advance(time.Hour)
	look(0, useWritten)
	require.Empty(t, s.used.last, "what is written needs no memory")

	// The sessions of a user are none of its keys, and another key of the id has not been used.
	session, err := s.SessionToken(ctx, id, 0)
	require.NoError(t, err)
	c, err := s.SessionCredential(ctx, session.AccessKey, session.Token)
	require.NoError(t, err)
	s.Used(c.Identity, "s3", "us-east-1")
	s.Used(Anonymous, "s3", "us-east-1")
	s.Used(Machine, "s3", "us-east-1")
	require.Empty(t, s.used.last)
	s.Used(id, "s3", "us-east-1")
	require.NoError(t, s.DeleteKey(ctx, admin, "ada", key))
	look(1, useWritten)
	require.NoError(t, s.Store.View(ctx, func(r kv.Reader) error {
		_, err := r.Get(meta.KeyUseKey(key))
		require.ErrorIs(t, err, kv.ErrNotFound)
		return nil
	}))
	w.clock.Advance(time.Second)
	w.sync(s)
	w.edit(func(f *fileForm) { f.named("ada").AccessKey, f.named("ada").SecretKey = key, "another secret" })
	w.sync(s)
	require.True(t, s.File.Health().OK, s.File.Health().Problem)
	require.Zero(t, last(s))
}

// Many keys at once are noted, no more than fit, and the worker writes what is left at its end.
func TestUsesAreBounded(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	key := person(t, s, who(t, s, DefaultAccessKey), "ada")
	s.Used(who(t, s, key), "s3", "us-east-1")
	for i := range maxUses + 10 {
		s.Used(&Identity{AccessKey: string(rune(i + 1000))}, "s3", "us-east-1")
	}
	require.Len(t, s.used.last, maxUses)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	require.NoError(t, s.WriteUses(ended))
	again, _ := w.start()
	_, use, err := again.KeyUse(ctx, Machine, key)
	require.NoError(t, err)
	require.Equal(t, w.clock.Now(), use.At)
}
