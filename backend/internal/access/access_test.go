package access

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// world is the services over engines in memory, with one bucket and a user who may read it.
func world(t *testing.T) (Service, *meta.Bucket, *iam.Identity) {
	ctx := t.Context()
	store, now := kvtest.NewMemory(), clock.NewManual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	ids := ident.NewSource(now, rand.Reader)
	box, err := seal.Open(t.TempDir(), "a secret of the tests", seal.Options{})
	require.NoError(t, err)
	s := Service{Buckets: bucket.New(bucket.Deps{KV: store, Clock: now, Idents: ids})}
	s.IAM, err = iam.New(iam.Deps{Store: store, Box: box, Clock: now, Idents: ids})
	require.NoError(t, err)
	s.Objects, err = object.Open(ctx, object.Deps{KV: store, Blobs: blobtest.NewMemory(), Clock: now, Idents: ids})
	require.NoError(t, err)
	_, _, err = s.IAM.CreateUser(ctx, iam.Machine, iam.CreateUser{Name: "u", AccessKey: "user", Secret: "a-long-secret", Policies: []byte(`[{"bucket":"*","actions":["read"]}]`)})
	require.NoError(t, err)
	c, err := s.IAM.Credential(ctx, "user")
	require.NoError(t, err)
	b, err := s.Buckets.Create(ctx, bucket.CreateInput{Name: "docs", Account: iam.DefaultAccount})
	require.NoError(t, err)
	return s, b, c.Identity
}

func TestCircumstances(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	k := Circumstances{
		Time: now, Addr: netip.MustParseAddr("192.0.2.1"), Secure: true, TLS: tls.VersionTLS13, Header: http.Header{"User-Agent": {"a", "b"}, "Referer": {""}},
		AuthType: "REST-HEADER", Signature: "AWS4-HMAC-SHA256", Signed: now.Add(-1500 * time.Millisecond),
	}
	for name, want := range map[string]string{
		"aws:CurrentTime": "2026-01-02T03:04:05Z", "aws:EpochTime": "1767323045", "aws:SourceIp": "192.0.2.1", "aws:SecureTransport": "true", "aws:Referer": "",
		"aws:UserAgent": "a", "s3:authType": "REST-HEADER", "s3:signatureversion": "AWS4-HMAC-SHA256", "s3:signatureAge": "1500", "s3:TlsVersion": "1.3",
	} {
		v, ok := k.Lookup(name)
		require.True(t, ok, name)
		require.Equal(t, []string{want}, v, name)
	}
	k = Circumstances{Time: now, TLS: tls.VersionTLS12}
	v, _ := k.Lookup("s3:TlsVersion")
	require.Equal(t, []string{"1.2"}, v)
	v, _ = k.Lookup("aws:SecureTransport")
	require.Equal(t, []string{"false"}, v)
	for _, name := range []string{"aws:SourceIp", "aws:Referer", "aws:UserAgent", "s3:authType", "s3:signatureversion", "s3:signatureAge", "s3:prefix", "aws:username"} {
		_, ok := k.Lookup(name)
		require.False(t, ok, name)
	}
}

// TestTagsOfTheVersionThatIsFound decide, whatever they were when the request was let in.
func TestTagsOfTheVersionThatIsFound(t *testing.T) {
	ctx := t.Context()
	s, b, id := world(t)
	p, err := bucket.ParsePolicy([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::docs/*",
		"Condition":{"StringEquals":{"s3:ExistingObjectTag/secret":"yes"}}}}`), "docs")
	require.NoError(t, err)
	require.NoError(t, s.Buckets.SetPolicy(ctx, b, p))
	put := func(tags ...meta.Pair) *meta.Version {
		w, err := s.Objects.Put(ctx, object.PutInput{Bucket: b, Key: "k", Body: strings.NewReader("x"), Size: 1, Tags: tags})
		require.NoError(t, err)
		return w.Version
	}
	guard := func() *Guard { return &Guard{Ask: Ask{Bucket: b, Key: "k"}, Actions: []string{"s3:GetObject"}} }
	secret := meta.Pair{Name: "secret", Value: "yes"}
	plain := put()
	a, g := &Asker{Service: s, ID: id}, guard()
	require.NoError(t, g.Enter(ctx, a, true))
	require.True(t, g.One(), "another version may have other tags")
	require.NoError(t, g.Pass(ctx, a, plain))
	hidden := put(secret)
	err = g.Pass(ctx, a, hidden)
	require.True(t, fault.Is(err, fault.AccessDenied))
	var r *Refusal
	require.ErrorAs(t, err, &r)
	require.True(t, r.Decision.ExplicitDeny)

	a, g = &Asker{Service: s, ID: id}, guard()
	require.True(t, fault.Is(g.Enter(ctx, a, true), fault.AccessDenied))
	require.True(t, fault.Is(g.Judge(ctx, a, hidden), fault.AccessDenied))
	require.NoError(t, g.Judge(ctx, a, plain))

	// Nothing is read for a policy that asks for no tag, and an operation that makes the object has none to ask for.
	require.NoError(t, s.Buckets.SetPolicy(ctx, b, nil))
	a, g = &Asker{Service: s, ID: id}, guard()
	a.Look = func(context.Context, object.VersionInput) (*object.Object, error) {
		require.Fail(t, "looked")
		return nil, nil
	}
	require.NoError(t, g.Enter(ctx, a, true))
	require.False(t, g.One())
	_, ok := a.Lookup(ctx, &Ask{Bucket: b, Key: "k", New: true}, "s3:ExistingObjectTag/secret")
	require.False(t, ok)
	v, ok := a.Lookup(ctx, &Ask{Bucket: b, Key: "k", Version: "v"}, "s3:VersionId")
	require.True(t, ok)
	require.Equal(t, []string{"v"}, v)
}

// TestRulesAreReadOnce in a request, also those of a second bucket.
func TestRulesAreReadOnce(t *testing.T) {
	ctx := t.Context()
	s, b, id := world(t)
	other, err := s.Buckets.Create(ctx, bucket.CreateInput{Name: "more", Account: iam.DefaultAccount})
	require.NoError(t, err)
	a := &Asker{Service: s, ID: id}
	asks := func(b *meta.Bucket) bool {
		d, err := a.Decide(ctx, &Ask{Action: "s3:GetObject", Bucket: b, Key: "k"})
		require.NoError(t, err)
		return d.Allowed
	}
	require.True(t, asks(b))
	require.True(t, asks(other))
	for _, b := range []*meta.Bucket{b, other} {
		p, err := bucket.ParsePolicy([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::`+b.Name+`/*"}}`), b.Name)
		require.NoError(t, err)
		require.NoError(t, s.Buckets.SetPolicy(ctx, b, p))
		require.True(t, asks(b), "the request goes by what it has seen")
	}
	a = &Asker{Service: s, ID: id}
	require.False(t, asks(b))
	require.False(t, asks(other))
}
