package bucket

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

func open(t *testing.T, store kv.Store) *Service {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	return New(Deps{KV: store, Clock: c, Idents: ident.NewSource(c, rand.Reader), Region: DefaultRegion})
}

func engines(t *testing.T, fn func(t *testing.T, s *Service)) {
	t.Run("memory", func(t *testing.T) { fn(t, open(t, kvtest.NewMemory())) })
	t.Run("hostile", func(t *testing.T) { fn(t, open(t, kvtest.Hostile(kvtest.NewMemory(), 1))) })
}

func TestLife(t *testing.T) {
	ctx := context.Background()
	engines(t, func(t *testing.T, s *Service) {
		_, err := s.Get(ctx, "photos")
		require.Equal(t, fault.NoSuchBucket, fault.KindOf(err))

		b, err := s.Create(ctx, CreateInput{Name: "photos", Account: "default", User: "u1"})
		require.NoError(t, err)
		got, err := s.Get(ctx, "photos")
		require.NoError(t, err)
		require.Equal(t, b, got)

		again, err := s.Create(ctx, CreateInput{Name: "photos", Account: "default"})
		require.Equal(t, fault.BucketOwned, fault.KindOf(err))
		require.Equal(t, b.ID, again.ID)
		_, err = s.Create(ctx, CreateInput{Name: "photos", Account: "other"})
		require.Equal(t, fault.BucketExists, fault.KindOf(err))
		_, err = s.Create(ctx, CreateInput{Name: "orphan", Account: "123456789012"})
		require.Equal(t, fault.AccessDenied, fault.KindOf(err), "the account was deleted meanwhile")

		v, err := s.SetVersioning(ctx, "photos", VersioningChange{To: meta.VersioningEnabled})
		require.NoError(t, err)
		require.Equal(t, meta.VersioningEnabled, v.Versioning)
		got, err = s.Get(ctx, "photos")
		require.NoError(t, err)
		require.Equal(t, "Enabled", got.Versioning.String())
		_, err = s.SetVersioning(ctx, "photos", VersioningChange{To: meta.VersioningOff})
		require.Equal(t, fault.InvalidArgument, fault.KindOf(err))

		require.NoError(t, s.Delete(ctx, "photos"))
		require.Equal(t, fault.NoSuchBucket, fault.KindOf(s.Delete(ctx, "photos")))
		fresh, err := s.Create(ctx, CreateInput{Name: "photos", Account: "default"})
		require.NoError(t, err)
		require.NotEqual(t, b.ID, fresh.ID, "a re-created bucket is another bucket")
		require.Equal(t, meta.VersioningOff, fresh.Versioning)
	})
}

func TestDeleteNeedsEmpty(t *testing.T) {
	ctx := context.Background()
	for name, row := range map[string]func(b *meta.Bucket) []byte{
		"object":  func(b *meta.Bucket) []byte { return meta.ObjectKey(b.ID, "k") },
		"version": func(b *meta.Bucket) []byte { return meta.VersionKey(b.ID, "k", 7) },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, kvtest.NewMemory())
			b, err := s.Create(ctx, CreateInput{Name: "full", Account: "default"})
			require.NoError(t, err)
			require.NoError(t, s.KV.Update(ctx, func(tx kv.Txn) error { return tx.Set(row(b), []byte{1}) }))
			require.Equal(t, fault.BucketNotEmpty, fault.KindOf(s.Delete(ctx, "full")))
			require.NoError(t, s.KV.Update(ctx, func(tx kv.Txn) error { return tx.Delete(row(b)) }))
			require.NoError(t, s.Delete(ctx, "full"))
		})
	}
}

func TestList(t *testing.T) {
	ctx := context.Background()
	engines(t, func(t *testing.T, s *Service) {
		for _, name := range []string{"alpha", "beta", "beta-2", "gamma"} {
			_, err := s.Create(ctx, CreateInput{Name: name, Account: "default"})
			require.NoError(t, err)
		}
		list := func(in ListInput) string {
			page, more, err := s.List(ctx, in)
			require.NoError(t, err)
			var names []string
			for _, b := range page {
				names = append(names, b.Name)
			}
			if more {
				names = append(names, "…")
			}
			return strings.Join(names, " ")
		}
		require.Equal(t, "alpha beta beta-2 gamma", list(ListInput{}))
		require.Equal(t, "beta beta-2", list(ListInput{Prefix: "beta"}))
		require.Equal(t, "alpha beta …", list(ListInput{Max: 2}))
		require.Equal(t, "beta-2 gamma", list(ListInput{After: "beta", Max: 2}))
		require.Equal(t, "beta-2", list(ListInput{Prefix: "beta", After: "beta"}))
		require.Equal(t, "beta", list(ListInput{Prefix: "beta", After: "alpha", Keep: func(b *meta.Bucket) bool { return b.Name == "beta" }}))
	})
}

func TestOneCreatorWins(t *testing.T) {
	s := open(t, kvtest.NewMemory())
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := s.Create(context.Background(), CreateInput{Name: "race", Account: "default"}); err == nil {
				won.Add(1)
			} else if !fault.Is(err, fault.BucketOwned) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, won.Load())
}

func TestValidName(t *testing.T) {
	for _, good := range []string{"abc", "my-bucket.v1", "0a0", strings.Repeat("a", 63), "1.2.3", "1.2.3.4a", "a--b"} {
		require.NoError(t, ValidName(good), good)
	}
	for _, bad := range []string{
		"", "ab", strings.Repeat("a", 64), "Abc", "a_b", "-abc", "abc-", ".abc", "abc.", "a..b", "192.168.0.1", "xn--abc", "sthree-abc",
		"abc-s3alias", "abc--ol-s3", "myfsio", "iam", "kms", ".myfsio.sys", "a b", "a/b", "é12", "abc--x-s3",
	} {
		require.Equal(t, fault.InvalidBucketName, fault.KindOf(ValidName(bad)), bad)
	}
}

// TestDocuments sets, reads, replaces and removes a document, and holds it to the bucket that it was meant for.
func TestDocuments(t *testing.T) {
	ctx := context.Background()
	engines(t, func(t *testing.T, s *Service) {
		b, err := s.Create(ctx, CreateInput{Name: "docs", Account: "default"})
		require.NoError(t, err)
		read := func(b *meta.Bucket) *meta.Tags {
			tags, err := GetDocument(ctx, s, b, Tagging)
			require.NoError(t, err)
			return tags
		}
		require.Nil(t, read(b))
		for _, value := range []string{"one", "two"} {
			tags := meta.Tags{{Name: "tag", Value: value}, {Name: "empty"}}
			require.NoError(t, SetDocument(ctx, s, b, Tagging, &tags, nil))
			require.Equal(t, &tags, read(b))
		}
		refused := fault.New("test", fault.InvalidArgument, "no")
		err = SetDocument(ctx, s, b, Tagging, nil, func(_ kv.Reader, now *meta.Bucket, old *meta.Tags) error {
			require.Equal(t, b.ID, now.ID)
			require.Equal(t, "two", (*old)[0].Value)
			return refused
		})
		require.ErrorIs(t, err, refused)
		require.NotNil(t, read(b))
		require.NoError(t, SetDocument(ctx, s, b, Tagging, nil, nil))
		require.Nil(t, read(b))

		require.NoError(t, s.Delete(ctx, "docs"))
		again, err := s.Create(ctx, CreateInput{Name: "docs", Account: "default"})
		require.NoError(t, err)
		require.Equal(t, fault.NoSuchBucket, fault.KindOf(SetDocument(ctx, s, b, Tagging, &meta.Tags{}, nil)))
		require.Nil(t, read(again))
	})
}

// TestDocumentsAreRemembered reads the same document again while nothing has changed, and another after a change.
func TestDocumentsAreRemembered(t *testing.T) {
	store, err := pebblekv.Open(t.TempDir(), pebblekv.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	s := open(t, store)
	ctx := t.Context()
	b, err := s.Create(ctx, CreateInput{Name: "docs", Account: "default"})
	require.NoError(t, err)
	get := func() *meta.Tags {
		tags, err := GetDocument(ctx, s, b, Tagging)
		require.NoError(t, err)
		return tags
	}
	require.Nil(t, get())
	require.Nil(t, get())
	require.NoError(t, SetDocument(ctx, s, b, Tagging, &meta.Tags{{Name: "a"}}, nil))
	first := get()
	require.Len(t, *first, 1)
	require.Same(t, first, get())
	require.NoError(t, SetDocument(ctx, s, b, Tagging, &meta.Tags{{Name: "a"}, {Name: "b"}}, nil))
	require.Len(t, *get(), 2)
	require.NoError(t, SetDocument(ctx, s, b, Tagging, nil, nil))
	require.Nil(t, get())
}
