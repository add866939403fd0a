package s3

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// moody is a store whose next write is preceded by before and fails with fails, where these are set.
type moody struct {
	kv.Store
	before func()
	fails  error
}

func (m *moody) Update(ctx context.Context, fn func(kv.Txn) error) error {
	before, err := m.before, m.fails
	m.before, m.fails = nil, nil
	if before != nil {
		before()
	}
	if err != nil {
		return err
	}
	return m.Store.Update(ctx, fn)
}

// What the store says when it cannot write reaches the client by its own code, and nothing is stored.
func TestStoreThatCannotWrite(t *testing.T) {
	store := &moody{Store: kvtest.NewMemory()}
	e := newEnvOn(t, store, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	busy := fault.New("test", fault.Busy, "")
	for _, c := range []struct {
		code   string
		status int
		err    error
		header map[string]string
	}{
		{"ServiceUnavailable", 503, kv.ErrUnknown, nil},
		{"ServiceUnavailable", 503, kv.ErrPoisoned, nil},
		{"StorageFull", 507, kv.ErrFull, nil},
		{"SlowDown", 503, busy, nil},
		{"ConditionalRequestConflict", 409, busy, map[string]string{"If-None-Match": "*"}},
	} {
		store.fails = c.err
		res, body := e.do(adminKey, put, "/bucket/key", "content", c.header)
		require.Equal(t, c.status, res.StatusCode, c.code)
		require.Contains(t, body, "<Code>"+c.code+"</Code>")
		require.NotContains(t, body, "kv:")
		require.Empty(t, e.keys("bucket"))
	}
	e.ok(adminKey, put, "/bucket/key", "content", nil)
}

// Who may write an ACL was decided by the object that was there: another one that came in between is left alone.
func TestACLOfWhatWasReplaced(t *testing.T) {
	store := &moody{Store: kvtest.NewMemory()}
	e := newEnvOn(t, store, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	e.ok(adminKey, put, "/bucket/key", "content", nil)
	store.before = func() { e.ok(adminKey, put, "/bucket/key", "another", nil) }
	res, body := e.do(adminKey, put, "/bucket/key?acl", "", map[string]string{"x-amz-acl": "public-read"})
	require.Equal(t, 409, res.StatusCode)
	require.Contains(t, body, "<Code>OperationAborted</Code>")
	_, body = e.ok(adminKey, get, "/bucket/key?acl", "", nil)
	require.NotContains(t, body, "AllUsers")
}

// Credentials of a session work until they end, and only with their own token.
func TestSessionEnds(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	e.ok(adminKey, put, "/bucket/key", "content", nil)
	cred, err := e.iam.Credential(context.Background(), "reader")
	require.NoError(t, err)
	session, err := e.iam.SessionToken(context.Background(), cred.Identity, time.Hour)
	require.NoError(t, err)
	as := func(token string) (int, string) {
		e.signers["session"] = sigv4.NewSigner(sigv4.Credentials{AccessKey: session.AccessKey, Secret: session.Secret, Token: token}, "us-east-1", "s3")
		res, body := e.do("session", get, "/bucket/key", "", nil)
		return res.StatusCode, body
	}
	status, body := as(session.Token)
	require.Equal(t, 200, status, body)
	e.clock.Advance(time.Hour + time.Second)
	status, body = as(session.Token)
	require.Equal(t, 400, status)
	require.Contains(t, body, "<Code>ExpiredToken</Code>")
	status, body = as("another")
	require.Equal(t, 400, status)
	require.Contains(t, body, "<Code>InvalidToken</Code>")
}

// The kinds that no operation of S3 lets through today have their codes all the same.
func TestKindsWithoutAnOperation(t *testing.T) {
	require.Equal(t, "NoSuchConfiguration", s3err.From(fault.New("test", fault.NoSuchDocument, "")).Code)
	require.Equal(t, "NoSuchResource", s3err.From(fault.New("test", fault.NotFound, "")).Code)
}
