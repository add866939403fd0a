package oidc

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/outbound"
)

// issuer is a provider that signs whatever it is told to, on a real port.
type issuer struct {
	t      testing.TB
	clock  *clock.Manual
	server *httptest.Server

	mu       sync.Mutex
	keys     []jose.JSONWebKey // private
	down     bool
	calls    map[string]int
	describe func(map[string]any)
	token    func(url.Values) (int, any) // answers the token endpoint
	info     any
}

var testKeys = sync.OnceValue(func() (out []*rsa.PrivateKey) {
	for range 3 {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		out = append(out, k)
	}
	return out
})

func newIssuer(t testing.TB) (*issuer, *Providers) {
	t.Helper()
	i := &issuer{t: t, clock: clock.NewManual(time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)), calls: map[string]int{}}
	i.keys = []jose.JSONWebKey{{Key: testKeys()[0], KeyID: "one", Algorithm: "RS256", Use: "sig"}}
	i.server = httptest.NewServer(http.HandlerFunc(i.serve))
	t.Cleanup(i.server.Close)
	g, err := outbound.New([]string{"127.0.0.1"}, nil)
	require.NoError(t, err)
	return i, New(g, i.clock)
}

func (i *issuer) serve(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.calls[r.URL.Path]++
	if i.down {
		http.Error(w, "down", http.StatusBadGateway)
		return
	}
	var out any
	status := http.StatusOK
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		u := i.server.URL
		m := map[string]any{"issuer": u, "authorization_endpoint": u + "/authorize?tenant=1", "token_endpoint": u + "/token", "jwks_uri": u + "/keys", "userinfo_endpoint": u + "/info",
			"end_session_endpoint": u + "/leave", "id_token_signing_alg_values_supported": []string{"none", "HS256", "RS256"}}
		if i.describe != nil {
			i.describe(m)
		}
		out = m
	case "/keys":
		set := jose.JSONWebKeySet{}
		for _, k := range i.keys {
			set.Keys = append(set.Keys, k.Public())
		}
		raw, _ := json.Marshal(set)
		// A key of a kind that nobody knows, and a symmetric one, stand among them.
		out = json.RawMessage(strings.Replace(string(raw), `"keys":[`, `"keys":[{"kty":"NEW","kid":"x"},{"kty":"oct","kid":"sym","k":"c2VjcmV0"},`, 1))
	case "/token":
		_ = r.ParseForm()
		status, out = i.token(r.Form)
	case "/info":
		out = i.info
	default:
		status = http.StatusNotFound
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}

func (i *issuer) count(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.calls[path]
}

func (i *issuer) set(fn func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	fn()
}

// claims are good ones, changed.
func (i *issuer) claims(change map[string]any) map[string]any {
	now := i.clock.Now().Unix()
	m := map[string]any{"iss": i.server.URL, "sub": "ann-1", "aud": "myfsio", "exp": now + 300, "iat": now, "nonce": "n"}
	for k, v := range change {
		if v == nil {
			delete(m, k)
		} else {
			m[k] = v
		}
	}
	return m
}

func (i *issuer) sign(key jose.JSONWebKey, claims map[string]any) string {
	i.t.Helper()
	alg := jose.SignatureAlgorithm(key.Algorithm)
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, nil)
	require.NoError(i.t, err)
	raw, err := json.Marshal(claims)
	require.NoError(i.t, err)
	signed, err := s.Sign(raw)
	require.NoError(i.t, err)
	text, err := signed.CompactSerialize()
	require.NoError(i.t, err)
	return text
}

func (i *issuer) good(change map[string]any) string { return i.sign(i.keys[0], i.claims(change)) }

func b64(v any) string {
	raw, ok := v.([]byte)
	if !ok {
		raw, _ = json.Marshal(v)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// hs256 signs with a secret, as one who takes the public key for it.
func hs256(header, claims any, secret []byte) string {
	head := b64(header) + "." + b64(claims)
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(head))
	return head + "." + b64(h.Sum(nil))
}

func wants(t *testing.T, err error, code string, what string) {
	t.Helper()
	require.Error(t, err, what)
	require.Equal(t, code, fault.DetailOf(err)[Detail], "%s: %v", what, err)
}

func TestVerify(t *testing.T) {
	i, all := newIssuer(t)
	p := all.Provider(i.server.URL)
	ctx := context.Background()
	c, err := p.Verify(ctx, i.good(map[string]any{"groups": []string{"a", "b"}, "realm": map[string]any{"roles": []any{"x", 7}}, "https://e/claim": "v"}), []string{"other", "myfsio"})
	require.NoError(t, err)
	require.Equal(t, "ann-1", c.Subject)
	require.Equal(t, []string{"a", "b"}, c.Texts("groups"))
	require.Equal(t, []string{"x"}, c.Texts("realm.roles"))
	require.Equal(t, "v", c.Text("https://e/claim"))
	require.Nil(t, c.Texts("none.of.it"))

	now := i.clock.Now().Unix()
	other := jose.JSONWebKey{Key: testKeys()[1], KeyID: "one", Algorithm: "RS256"}
	unknown := jose.JSONWebKey{Key: testKeys()[1], KeyID: "two", Algorithm: "RS256"}
	public, err := x509.MarshalPKIXPublicKey(&testKeys()[0].PublicKey)
	require.NoError(t, err)
	modulus := testKeys()[0].N.Bytes()
	header := map[string]any{"alg": "HS256", "kid": "one"}
	for what, token := range map[string]string{
		"wrong audience":       i.good(map[string]any{"aud": "other"}),
		"audience of several":  i.good(map[string]any{"aud": []string{"x", "y"}}),
		"no audience":          i.good(map[string]any{"aud": nil}),
		"audience of a number": i.good(map[string]any{"aud": 7}),
		"wrong issuer":         i.good(map[string]any{"iss": "https://evil.example"}),
		"issuer and a slash":   i.good(map[string]any{"iss": i.server.URL + "/"}),
		"no subject":           i.good(map[string]any{"sub": ""}),
		"long subject":         i.good(map[string]any{"sub": strings.Repeat("x", 256)}),
		"no expiry":            i.good(map[string]any{"exp": nil}),
		"from the future":      i.good(map[string]any{"iat": now + 3600}),
		"not yet":              i.good(map[string]any{"nbf": now + 3600}),
		"another key":          i.sign(other, i.claims(nil)),
		"an unknown key":       i.sign(unknown, i.claims(nil)),
		"alg none":             b64(map[string]any{"alg": "none"}) + "." + b64(i.claims(nil)) + ".",
		"alg None":             b64(map[string]any{"alg": "None", "kid": "one"}) + "." + b64(i.claims(nil)) + ".",
		"HS256 by public key":  hs256(header, i.claims(nil), public),
		"HS256 by modulus":     hs256(header, i.claims(nil), modulus),
		"HS256 by set":         hs256(map[string]any{"alg": "HS256", "kid": "sym"}, i.claims(nil), []byte("secret")),
		"cut signature":        strings.TrimSuffix(i.good(nil), i.good(nil)[len(i.good(nil))-5:]),
		"changed claims":       changed(i.good(nil), i.claims(map[string]any{"sub": "admin"})),
		"nothing":              "",
		"two dots":             "..",
		"too large":            i.good(map[string]any{"pad": strings.Repeat("x", MaxToken)}),
		"JSON form":            `{"payload":"` + b64(i.claims(nil)) + `","signatures":[]}`,
	} {
		_, err := p.Verify(ctx, token, []string{"myfsio"})
		wants(t, err, "InvalidIdentityToken", what)
		require.NotContains(t, err.Error(), "ann-1", what)
	}
	_, err = p.Verify(ctx, i.good(map[string]any{"exp": now - 61}), []string{"myfsio"})
	wants(t, err, "ExpiredToken", "expired")
	_, err = p.Verify(ctx, i.good(map[string]any{"exp": now - 30}), []string{"myfsio"})
	require.NoError(t, err, "within the leeway")

	// An embedded key, or the address of one, proves nothing.
	evil, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: testKeys()[1]}, (&jose.SignerOptions{EmbedJWK: true}).WithHeader("jku", i.server.URL+"/keys"))
	require.NoError(t, err)
	raw, err := json.Marshal(i.claims(nil))
	require.NoError(t, err)
	signed, err := evil.Sign(raw)
	require.NoError(t, err)
	text, err := signed.CompactSerialize()
	require.NoError(t, err)
	_, err = p.Verify(ctx, text, []string{"myfsio"})
	wants(t, err, "InvalidIdentityToken", "embedded key")
}

// changed puts other claims under a signature.
func changed(token string, claims map[string]any) string {
	parts := strings.Split(token, ".")
	return parts[0] + "." + b64(claims) + "." + parts[2]
}

func TestOtherAlgorithms(t *testing.T) {
	i, all := newIssuer(t)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	i.keys = append(i.keys, jose.JSONWebKey{Key: ec, KeyID: "ec", Algorithm: "ES256"})
	for _, k := range []jose.JSONWebKey{i.keys[1], {Key: testKeys()[0], KeyID: "", Algorithm: "PS256"}} {
		_, err = all.Provider(i.server.URL).Verify(context.Background(), i.sign(k, i.claims(nil)), []string{"myfsio"})
		if k.Algorithm == "ES256" {
			require.NoError(t, err)
		} else { // the key is published for RS256 alone
			wants(t, err, "InvalidIdentityToken", "PS256")
		}
	}
}

// TestRotation: a new key is found at once, an old one ends with the next look; nobody can make the server call the provider often.
func TestRotation(t *testing.T) {
	i, all := newIssuer(t)
	p := all.Provider(i.server.URL)
	ctx := context.Background()
	verify := func(key jose.JSONWebKey) error {
		_, err := p.Verify(ctx, i.sign(key, i.claims(nil)), []string{"myfsio"})
		return err
	}
	first := i.keys[0]
	second := jose.JSONWebKey{Key: testKeys()[1], KeyID: "two", Algorithm: "RS256", Use: "sig"}
	for range 10 {
		require.NoError(t, verify(first))
	}
	require.Equal(t, 1, i.count("/keys"))
	i.set(func() { i.keys = []jose.JSONWebKey{second} })
	require.NoError(t, verify(second))
	require.Equal(t, 2, i.count("/keys"))
	wants(t, verify(first), "InvalidIdentityToken", "a key that was taken away")

	unknown := jose.JSONWebKey{Key: testKeys()[2], KeyID: "three", Algorithm: "RS256"}
	for range 50 {
		wants(t, verify(unknown), "InvalidIdentityToken", "unknown key")
	}
	require.LessOrEqual(t, i.count("/keys")+i.count("/.well-known/openid-configuration"), burst)
	require.NoError(t, verify(second), "others go on")
	i.clock.Advance(2 * time.Minute)
	i.set(func() { i.keys = []jose.JSONWebKey{second, unknown} })
	require.NoError(t, verify(unknown))
}

// TestDown: a provider that does not answer is left in peace for a while; its keys hold on for some hours.
func TestDown(t *testing.T) {
	i, all := newIssuer(t)
	p := all.Provider(i.server.URL)
	ctx := context.Background()
	verify := func() error {
		_, err := p.Verify(ctx, i.good(nil), []string{"myfsio"})
		return err
	}
	i.set(func() { i.down = true })
	for range 20 {
		wants(t, verify(), "IDPCommunicationError", "down")
		require.True(t, fault.Is(verify(), fault.Unavailable))
	}
	require.Equal(t, 1, i.count("/.well-known/openid-configuration"))
	i.set(func() { i.down = false })
	i.clock.Advance(sulk)
	require.NoError(t, verify())
	i.set(func() { i.down = true })
	i.clock.Advance(fresh + time.Minute)
	require.NoError(t, verify(), "the keys hold on")
	i.clock.Advance(stale)
	wants(t, verify(), "IDPCommunicationError", "not for ever")
	i.set(func() { i.down = false })
	i.clock.Advance(time.Minute)
	require.NoError(t, verify())
}

// TestMany: many at once are one call.
func TestMany(t *testing.T) {
	i, all := newIssuer(t)
	token := i.good(nil)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := all.Provider(i.server.URL).Verify(context.Background(), token, []string{"myfsio"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Equal(t, 1, i.count("/keys"))
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	p := all.Provider(i.server.URL)
	p.turn <- struct{}{}
	_, err := p.Describe(gone)
	require.True(t, fault.Is(err, fault.Canceled), err)
	<-p.turn
}

func TestDescription(t *testing.T) {
	for what, change := range map[string]func(map[string]any){
		"another issuer":  func(m map[string]any) { m["issuer"] = "https://evil.example" },
		"no keys":         func(m map[string]any) { delete(m, "jwks_uri") },
		"keys in a file":  func(m map[string]any) { m["jwks_uri"] = "file:///etc/passwd" },
		"token elsewhere": func(m map[string]any) { m["token_endpoint"] = "ftp://h/x" },
	} {
		i, all := newIssuer(t)
		i.describe = change
		_, err := all.Provider(i.server.URL).Describe(context.Background())
		wants(t, err, "IDPCommunicationError", what)
	}
	i, all := newIssuer(t)
	i.describe = func(m map[string]any) { m["jwks_uri"] = "http://169.254.169.254/latest/meta-data" }
	_, err := all.Provider(i.server.URL).Verify(context.Background(), i.good(nil), []string{"myfsio"})
	wants(t, err, "IDPCommunicationError", "keys at the address of a cloud's secrets")
	require.Contains(t, fault.TextOf(err), "OUTBOUND_ALLOW")
	for range maxIssuers + 10 {
		all.Provider(rand.Text())
	}
	require.LessOrEqual(t, len(all.known), maxIssuers)
}

func TestSignIn(t *testing.T) {
	i, all := newIssuer(t)
	ctx := context.Background()
	c := &Client{Provider: all.Provider(i.server.URL), ID: "myfsio", Secret: "hunter2hunter2", Scopes: []string{"profile", "groups"}}
	a := &Attempt{State: "s", Nonce: "n", Verifier: strings.Repeat("v", 43), Redirect: "https://ui/back"}
	at, err := c.Begin(ctx, a)
	require.NoError(t, err)
	u, err := url.Parse(at)
	require.NoError(t, err)
	q := u.Query()
	sum := sha256.Sum256([]byte(a.Verifier))
	for name, want := range map[string]string{"tenant": "1", "client_id": "myfsio", "redirect_uri": "https://ui/back", "response_type": "code", "state": "s", "nonce": "n",
		"scope": "openid profile groups", "code_challenge_method": "S256", "code_challenge": base64.RawURLEncoding.EncodeToString(sum[:])} {
		require.Equal(t, want, q.Get(name), name)
	}
	require.NotContains(t, at, "hunter2")

	answer := func(status int, more map[string]any) {
		i.set(func() {
			i.token = func(f url.Values) (int, any) {
				if f.Get("code") != "good" || f.Get("code_verifier") != a.Verifier || f.Get("redirect_uri") != a.Redirect {
					return http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "hunter2hunter2"}
				}
				m := map[string]any{"access_token": "at", "token_type": "Bearer", "id_token": i.good(nil)}
				for k, v := range more {
					m[k] = v
				}
				return status, m
			}
		})
	}
	answer(200, nil)
	claims, err := c.End(ctx, a, "good")
	require.NoError(t, err)
	require.Equal(t, "ann-1", claims.Subject)
	_, err = c.End(ctx, a, "bad")
	wants(t, err, "InvalidIdentityToken", "bad code")
	require.NotContains(t, err.Error(), "hunter2")
	_, err = c.End(ctx, &Attempt{State: "s", Nonce: "other", Verifier: a.Verifier, Redirect: a.Redirect}, "good")
	wants(t, err, "InvalidIdentityToken", "nonce")
	for what, token := range map[string]any{
		"no nonce":          i.good(map[string]any{"nonce": nil}),
		"for another":       i.good(map[string]any{"azp": "other"}),
		"for more than one": i.good(map[string]any{"aud": []string{"myfsio", "other"}}),
		"wrong audience":    i.good(map[string]any{"aud": "other"}),
		"no token":          7,
	} {
		answer(200, map[string]any{"id_token": token})
		_, err = c.End(ctx, a, "good")
		wants(t, err, "InvalidIdentityToken", what)
	}
	answer(200, map[string]any{"id_token": i.good(map[string]any{"aud": []string{"myfsio", "other"}, "azp": "myfsio"})})
	_, err = c.End(ctx, a, "good")
	require.NoError(t, err)
	answer(503, nil)
	_, err = c.End(ctx, a, "good")
	wants(t, err, "IDPCommunicationError", "busy")

	// What the token lacks is asked for, of the same person.
	answer(200, nil)
	i.set(func() { i.info = map[string]any{"sub": "ann-1", "groups": []string{"g"}, "nonce": "x"} })
	claims, err = c.End(ctx, a, "good", "groups")
	require.NoError(t, err)
	require.Equal(t, []string{"g"}, claims.Texts("groups"))
	i.set(func() { i.info = map[string]any{"sub": "bob", "groups": []string{"admins"}} })
	_, err = c.End(ctx, a, "good", "groups")
	wants(t, err, "InvalidIdentityToken", "somebody else")

	out, err := c.Leave(ctx, "https://ui/ui/sign-in")
	require.NoError(t, err)
	require.Equal(t, i.server.URL+"/leave?client_id=myfsio&post_logout_redirect_uri=https%3A%2F%2Fui%2Fui%2Fsign-in", out)
}

// FuzzVerify: whatever a stranger sends is read without a panic; what is read has the claims that everything rests on, and is believed only
// if the provider signed those very claims.
func FuzzVerify(f *testing.F) {
	i, all := newIssuer(f)
	good := i.good(nil)
	f.Add(good)
	f.Add(changed(good, i.claims(map[string]any{"sub": "admin"})))
	f.Add("a.b.c")
	f.Add(b64(map[string]any{"alg": "RS256", "kid": "k"}) + "." + b64(map[string]any{"iss": "i", "sub": "s", "aud": []string{"a"}, "exp": 1e300, "iat": -1}) + ".c2ln")
	f.Add(b64(map[string]any{"alg": "none"}) + "." + b64(map[string]any{"iss": "i"}) + ".")
	want, err := Peek(good)
	require.NoError(f, err)
	p := all.Provider(i.server.URL)
	f.Fuzz(func(t *testing.T, token string) {
		c, err := Peek(token)
		if err != nil {
			require.Equal(t, "InvalidIdentityToken", fault.DetailOf(err)[Detail])
			return
		}
		require.True(t, c.Issuer != "" && c.Subject != "" && len(c.Audience) > 0 && !c.Expires.Before(time.Unix(0, 0)))
		for name := range c.All {
			c.Texts(name)
			c.Text(name + ".x")
		}
		if c, err = p.Verify(context.Background(), token, []string{"myfsio"}); err == nil {
			require.Equal(t, want.All, c.All)
		}
	})
}
