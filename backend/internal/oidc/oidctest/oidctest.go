// Package oidctest is a provider of identities for tests: a real server on loopback, with TLS, that signs what it is told to.
package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/oidc"
	"github.com/myfsio/myfsio/backend/internal/outbound"
)

// Issuer is a provider. It is safe for concurrent use.
type Issuer struct {
	t      testing.TB
	clock  clock.Clock
	server *httptest.Server

	mu    sync.Mutex
	key   int
	down  bool
	calls int
	code  func(url.Values) map[string]any
}

var keys = sync.OnceValue(func() (out []*rsa.PrivateKey) {
	for range 2 {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		out = append(out, k)
	}
	return out
})

// authority is the certificate that servers of tests have: one for all.
var authority = sync.OnceValue(func() []byte {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
})

// Providers are those of a server that may call providers on loopback and trusts their certificates.
func Providers(t testing.TB, c clock.Clock) *oidc.Providers {
	t.Helper()
	g, err := outbound.New([]string{"127.0.0.1"}, authority())
	require.NoError(t, err)
	return oidc.New(g, c)
}

// Start starts a provider, which ends with the test.
func Start(t testing.TB, c clock.Clock) *Issuer {
	t.Helper()
	i := &Issuer{t: t, clock: c}
	i.server = httptest.NewTLSServer(http.HandlerFunc(i.serve))
	t.Cleanup(i.server.Close)
	return i
}

// URL is the issuer.
func (i *Issuer) URL() string { return i.server.URL }

// Host is the issuer without its scheme.
func (i *Issuer) Host() string { return i.server.Listener.Addr().String() }

// Rotate replaces the key.
func (i *Issuer) Rotate() { i.change(func() { i.key = 1 - i.key }) }

// Down makes the provider answer nothing but errors, or ends that.
func (i *Issuer) Down(down bool) { i.change(func() { i.down = down }) }

// Calls is how often the provider was called.
func (i *Issuer) Calls() (n int) {
	i.change(func() { n = i.calls })
	return n
}

// OnCode says what the token of a sign-in says of somebody; the form is what was sent for it.
func (i *Issuer) OnCode(fn func(form url.Values) map[string]any) { i.change(func() { i.code = fn }) }

func (i *Issuer) change(fn func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	fn()
}

func (i *Issuer) serve(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.calls++
	var out any
	switch {
	case i.down:
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	case r.URL.Path == "/keys":
		key := i.signing()
		out = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}}
	case r.URL.Path == "/token" && i.code != nil:
		if err := r.ParseForm(); err != nil {
			http.Error(w, "no form", http.StatusBadRequest)
			return
		}
		i.mu.Unlock()
		token := i.Token("", "", i.code(r.Form))
		i.mu.Lock()
		out = map[string]any{"access_token": "opaque", "token_type": "Bearer", "id_token": token}
	case r.URL.Path == "/.well-known/openid-configuration":
		u := i.server.URL
		out = map[string]any{"issuer": u, "jwks_uri": u + "/keys", "authorization_endpoint": u + "/authorize", "token_endpoint": u + "/token", "end_session_endpoint": u + "/leave"}
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out) // the client may be gone
}

func (i *Issuer) signing() jose.JSONWebKey {
	return jose.JSONWebKey{Key: keys()[i.key], KeyID: []string{"one", "two"}[i.key], Algorithm: string(jose.RS256), Use: "sig"}
}

// Claims are those of a good token of a subject for an audience, for five minutes.
func (i *Issuer) Claims(subject, audience string) map[string]any {
	now := i.clock.Now().Unix()
	return map[string]any{"iss": i.server.URL, "sub": subject, "aud": audience, "iat": now, "exp": now + 300}
}

// Token is a token of a subject for an audience; change takes the place of claims, nil takes one away.
func (i *Issuer) Token(subject, audience string, change map[string]any) string {
	i.t.Helper()
	c := i.Claims(subject, audience)
	maps.Copy(c, change)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	var key jose.JSONWebKey
	i.change(func() { key = i.signing() })
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, nil)
	require.NoError(i.t, err)
	raw, err := json.Marshal(c)
	require.NoError(i.t, err)
	signed, err := s.Sign(raw)
	require.NoError(i.t, err)
	text, err := signed.CompactSerialize()
	require.NoError(i.t, err)
	return text
}
