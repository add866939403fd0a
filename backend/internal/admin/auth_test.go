package admin

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/limit"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

const login = `{"accessKey":"localadmin","secretKey":"localadmin"}`

// browser is the console in a browser, signed in.
func (l *lab) browser() *client {
	l.t.Helper()
	c := l.as("", "").with(headerConsole, "1").with("Origin", "http://localhost:5100").with("Sec-Fetch-Site", "same-origin")
	r := c.do("POST", "/myfsio/session", login).want(200)
	cookies := r.w.Result().Cookies()
	require.Len(l.t, cookies, 1)
	return c.with("Cookie", cookies[0].Name+"="+cookies[0].Value)
}

func TestTheSessionOfTheConsole(t *testing.T) {
	l := start(t)
	c := l.as("", "").with(headerConsole, "1").with("Origin", "http://localhost:5100")
	r := c.do("POST", "/myfsio/session", login).want(200)
	cookie := r.w.Result().Cookies()[0]
	require.Equal(t, sessionCookie, cookie.Name)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.Equal(t, "/", cookie.Path)
	require.False(t, cookie.Secure, "the request came over http")
	require.Equal(t, 30*24*3600, cookie.MaxAge)
	var s Session
	r.into(&s)
	require.Equal(t, "localadmin", s.User.AccessKey)
	require.True(t, s.User.Admin)
	require.NotNil(t, s.Expires)
	require.Equal(t, "DefaultSecret", s.Warnings[0].Code)

	in := c.with("Cookie", cookie.Name+"="+cookie.Value)
	in.get("/myfsio/buckets").want(200)
	in.on(l.s3).get("/myfsio/buckets").fails(401, "Unauthenticated")
	l.as("", "").on(l.s3).with(headerConsole, "1").do("POST", "/myfsio/session", login).fails(400, "InvalidRequest")

	// Signing out ends it for every copy of the cookie.
	out := in.do("DELETE", "/myfsio/session", "").want(204)
	require.Less(t, out.w.Result().Cookies()[0].MaxAge, 0)
	in.get("/myfsio/buckets").fails(401, "Unauthenticated")
	in.do("DELETE", "/myfsio/session", "").want(204)

	// Nobody is signed in: no error, but no user.
	var none Session
	in.get("/myfsio/session").want(200).into(&none)
	require.Nil(t, none.User)
	require.Empty(t, none.Permissions)
	require.Empty(t, none.Warnings)
	require.NotEmpty(t, none.S3Endpoint)
}

func TestTheCookieIsSecureOverTLS(t *testing.T) {
	l := start(t)
	c := l.as("", "").with(headerConsole, "1").with("Origin", "https://localhost:5100")
	req := c.request("POST", "/myfsio/session", login)
	req.TLS = &tls.ConnectionState{}
	w := httptest.NewRecorder()
	l.console.ServeHTTP(w, req)
	require.Equal(t, 200, w.Code, w.Body.String())
	require.True(t, w.Result().Cookies()[0].Secure)
}

func TestSessionsEnd(t *testing.T) {
	t.Run("by time", func(t *testing.T) {
		l := start(t)
		in := l.browser()
		l.clock.Advance(30*24*time.Hour - time.Second)
		in.get("/myfsio/buckets").want(200)
		l.clock.Advance(time.Second)
		in.get("/myfsio/buckets").fails(401, "Unauthenticated")
		l.browser() // sweeps the row
	})
	t.Run("with the secret", func(t *testing.T) {
		l := start(t)
		in := l.browser()
		in.do("POST", "/iam/users/localadmin/rotate", "").want(200)
		in.get("/myfsio/buckets").fails(401, "Unauthenticated")
	})
	t.Run("with the user", func(t *testing.T) {
		l := start(t)
		var u UserSecret
		l.admin().do("POST", "/iam/users", `{"display_name":"u"}`).want(201).into(&u)
		c := l.as("", "").with(headerConsole, "1").with("Origin", "http://localhost:5100")
		r := c.do("POST", "/myfsio/session", `{"accessKey":"`+u.AccessKey+`","secretKey":"`+u.SecretKey+`"}`).want(200)
		in := c.with("Cookie", r.w.Result().Cookies()[0].String())
		in.get("/myfsio/buckets").want(200)
		l.admin().do("DELETE", "/iam/users/"+u.AccessKey, "").want(204)
		in.get("/myfsio/buckets").fails(401, "Unauthenticated")
	})
	t.Run("with a new one in the same browser", func(t *testing.T) {
		l := start(t)
		in := l.browser()
		in.do("POST", "/myfsio/session", login).want(200)
		in.get("/myfsio/buckets").fails(401, "Unauthenticated")
	})
	t.Run("when the cookie is changed", func(t *testing.T) {
		l := start(t)
		in := l.browser()
		value := in.header.Get("Cookie")
		for _, bad := range []string{value[:len(value)-2], value + "AA", sessionCookie + "=x", strings.Replace(value, "A", "B", 1), ""} {
			if bad != value {
				in.with("Cookie", bad).get("/myfsio/buckets").fails(401, "Unauthenticated")
			}
		}
	})
}

// readOnly is a store that was opened for reading only.
type readOnly struct{ kv.Store }

func (readOnly) Update(context.Context, func(kv.Txn) error) error { return kv.ErrReadOnly }

// A store that takes no writes can be looked at in the console all the same; its sessions end with the process.
func TestSessionsOfAReadOnlyServer(t *testing.T) {
	l := start(t, func(d *Deps) { d.KV, d.ReadOnly = readOnly{d.KV}, true })
	in := l.browser()
	in.get("/myfsio/buckets").want(200)
	var s Session
	in.get("/myfsio/session").want(200).into(&s)
	require.Contains(t, s.Warnings, Warning{"ReadOnly", "The server was started read-only: nothing can be changed."})

	other := l.browser()
	in.do("DELETE", "/myfsio/session", "").want(204)
	in.get("/myfsio/buckets").fails(401, "Unauthenticated")
	other.get("/myfsio/buckets").want(200)
	l.clock.Advance(l.deps.Config.SessionLifetime)
	other.get("/myfsio/buckets").fails(401, "Unauthenticated")
	l.browser() // sweeps
	require.Len(t, l.api.sessions.held.rows, 1)
}

func TestWritesByCookieMustBeTheConsolesOwn(t *testing.T) {
	l := start(t)
	in := l.browser()
	const body = `{"name":"abc"}`
	in.with(headerConsole, "").do("POST", "/myfsio/buckets", body).fails(403, "ConsoleHeaderMissing")
	in.with("Origin", "").do("POST", "/myfsio/buckets", body).fails(403, "ForeignOrigin")
	for _, foreign := range []string{"http://localhost:8080", "https://localhost:5100", "http://evil.example", "null", "http://localhost:5100.evil.example"} {
		in.with("Origin", foreign).do("POST", "/myfsio/buckets", body).fails(403, "ForeignOrigin")
	}
	in.with("Sec-Fetch-Site", "same-site").get("/myfsio/buckets").fails(403, "ForeignOrigin")
	in.with("Sec-Fetch-Site", "cross-site").get("/myfsio/buckets").fails(403, "ForeignOrigin")
	in.with("Sec-Fetch-Site", "none").get("/myfsio/buckets").want(200)
	in.do("POST", "/myfsio/buckets", body).want(201)
	in.with("Origin", "").with(headerConsole, "").get("/myfsio/buckets").want(200)
	// Signing in and out as well.
	anon := l.as("", "")
	anon.do("POST", "/myfsio/session", login).fails(403, "ConsoleHeaderMissing")
	anon.with(headerConsole, "1").with("Origin", "http://evil.example").do("POST", "/myfsio/session", login).fails(403, "ForeignOrigin")
	in.with(headerConsole, "").do("DELETE", "/myfsio/session", "").fails(403, "ConsoleHeaderMissing")
}

func TestThePublicAddressIsAnOriginToo(t *testing.T) {
	l := start(t, func(d *Deps) {
		d.Config.UIBaseURL = "https://console.example"
		d.Config.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	c := l.as("", "").with(headerConsole, "1").with("Origin", "https://console.example").with("X-Forwarded-Proto", "https")
	c.host = "console.example"
	r := c.do("POST", "/myfsio/session", login).want(200)
	require.True(t, r.w.Result().Cookies()[0].Secure)
	var s Session
	r.into(&s)
	require.Equal(t, "https://console.example:5000", s.S3Endpoint)
}

func TestForeignPagesCannotDriveTheServer(t *testing.T) {
	l := start(t)
	l.admin().with("Origin", "http://evil.example").get("/iam/users").fails(403, "ForeignOrigin")
	l.admin().with("Sec-Fetch-Site", "cross-site").get("/iam/users").fails(403, "ForeignOrigin")
	l.as("", "").with("Origin", "http://evil.example").do("POST", "/myfsio/tokens", login).fails(403, "ForeignOrigin")
	for _, method := range []string{"OPTIONS", "GET", "POST"} {
		for _, target := range []string{"/iam/users", "/myfsio/buckets", "/myfsio/health", "/myfsio/nothing", "/kms/keys"} {
			c := l.as("", "").with("Origin", "http://evil.example").with("Access-Control-Request-Method", "POST")
			for name := range c.do(method, target, "").w.Header() {
				require.False(t, strings.HasPrefix(name, "Access-Control-"), "%s %s answers %s", method, target, name)
			}
		}
	}
	// A page under a name that was bent to point here.
	for _, host := range []string{"evil.example", "evil.example:5100", "localhost.evil.example", ""} {
		c := l.admin()
		c.host = host
		c.get("/myfsio/session").fails(403, "UnknownHost")
		c.get("/iam/users").fails(403, "UnknownHost")
		c.on(l.s3).get("/iam/users").fails(403, "UnknownHost")
		c.get("/myfsio/health").want(200)
	}
	for _, host := range []string{"127.0.0.1:5100", "[::1]:5100", "localhost", "LOCALHOST.", "192.0.2.7:5100", "console.localhost"} {
		c := l.admin()
		c.host = host
		c.get("/iam/users").want(200)
	}
	// It cannot claim another name in a header that it may set itself.
	c := l.admin().with("X-Forwarded-Host", "localhost:5100")
	c.host = "evil.example"
	c.get("/myfsio/version").fails(403, "UnknownHost")
	// The answer to a form that a page can send without asking is of no type that we read.
	l.as("", "").with("Content-Type", "text/plain").do("POST", "/myfsio/tokens", login).fails(415, "UnsupportedMediaType")
}

func TestSecretsInHeaders(t *testing.T) {
	for _, mode := range []struct {
		setting                     string
		local, far, forwarded, tlsd bool
	}{
		{"auto", true, false, false, true},
		{"on", true, true, true, true},
		{"off", false, false, false, false},
	} {
		l := start(t, func(d *Deps) { d.Config.AuthHeaders = mode.setting })
		try := func(name string, allowed bool, c *client, secure bool) {
			req := c.request("GET", "/myfsio/version", "")
			if secure {
				req.TLS = &tls.ConnectionState{}
			}
			w := httptest.NewRecorder()
			c.handler.ServeHTTP(w, req)
			want := 403
			if allowed {
				want = 200
			}
			require.Equal(t, want, w.Code, "%s %s: %s", mode.setting, name, w.Body.String())
		}
		c := l.admin()
		try("local", mode.local, c, false)
		far := l.admin()
		far.remote = "192.0.2.9:1234"
		try("far", mode.far, far, false)
		try("tls", mode.tlsd, far, true)
		for _, h := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Real-Ip"} {
			try("forwarded by "+h, mode.forwarded, c.with(h, "192.0.2.1"), false)
		}
	}
	l := start(t)
	l.admin().with("Authorization", "Bearer x").get("/myfsio/version").fails(400, "InvalidRequest")
	l.admin().with(headerSecretKey, "").get("/myfsio/version").fails(400, "InvalidRequest")
	l.admin().with(headerSecretKey, "wrong").get("/myfsio/version").fails(401, "Unauthenticated")
	// Wrong ones are never taken for nobody where nobody would see less.
	l.admin().with(headerSecretKey, "wrong").get("/myfsio/buckets").fails(401, "Unauthenticated")
}

func TestLockout(t *testing.T) {
	l := start(t)
	bad := l.as("localadmin", "wrong")
	for range 5 {
		bad.get("/myfsio/version").fails(401, "Unauthenticated")
	}
	l.admin().get("/myfsio/version").fails(401, "Unauthenticated")
	c := l.as("", "").with(headerConsole, "1")
	locked := c.do("POST", "/myfsio/session", login).fails(401, "Unauthenticated")
	other := c.do("POST", "/myfsio/session", `{"accessKey":"nobody","secretKey":"x"}`).fails(401, "Unauthenticated")
	require.Equal(t, locked.Detail, other.Detail)
	far := l.admin()
	far.remote = "127.0.0.2:999"
	far.get("/myfsio/version").want(200)
	l.clock.Advance(15 * time.Minute)
	l.admin().get("/myfsio/version").want(200)
}

func TestTokens(t *testing.T) {
	l := start(t)
	anon := l.as("", "")
	var tok Token
	anon.do("POST", "/myfsio/tokens", login).want(200).into(&tok)
	require.Equal(t, l.clock.Now().Add(15*time.Minute), tok.Expires)
	bearer := func(text string) *client { return anon.with("Authorization", "Bearer "+text) }
	bearer(tok.Token).get("/myfsio/buckets").want(200)
	bearer(tok.Token).on(l.s3).do("POST", "/myfsio/buckets", `{"name":"by-token"}`).want(201)

	anon.do("POST", "/myfsio/tokens", `{"accessKey":"localadmin","secretKey":"nope"}`).fails(401, "Unauthenticated")
	anon.do("POST", "/myfsio/tokens", `{"accessKey":"localadmin","secretKey":"localadmin","expiresIn":1}`).fails(422, "InvalidArgument")
	for _, bad := range []string{"", "x", "a.b.c", tok.Token + "x", tok.Token[:len(tok.Token)-3], strings.Repeat("a", 5000)} {
		bearer(bad).get("/myfsio/buckets").fails(401, "Unauthenticated")
	}

	parts := strings.Split(tok.Token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	bearer(none+"."+parts[1]+".").get("/myfsio/buckets").fails(401, "Unauthenticated")
	require.NotContains(t, string(raw), "localadmin\",\"secret")

	// A token with everything right but one thing.
	forge := func(change func(c *claims), method jwt.SigningMethod, key any) string {
		now := l.clock.Now()
		c := claims{RegisteredClaims: jwt.RegisteredClaims{
			Issuer: tokenIssuer, Audience: jwt.ClaimStrings{tokenAudience}, IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(time.Minute)),
		}}
		real, err := l.api.tokens.read(tok.Token)
		require.NoError(t, err)
		c.Subject, c.Session = real.Subject, real.Session
		change(&c)
		text, err := jwt.NewWithClaims(method, c).SignedString(key)
		require.NoError(t, err)
		return text
	}
	var signedIn Session
	l.as("", "").with(headerConsole, "1").do("POST", "/myfsio/session", login).want(200).into(&signedIn)
	console := ""
	rows, err := l.api.sessions.of(t.Context(), signedIn.User.ID)
	require.NoError(t, err)
	for _, s := range rows {
		if !s.program {
			console = s.row
		}
	}
	require.NotEmpty(t, console)
	key := l.api.tokens.key
	hs := jwt.SigningMethodHS256
	bearer(forge(func(*claims) {}, hs, key)).get("/myfsio/buckets").want(200)
	for name, text := range map[string]string{
		"other key":   forge(func(*claims) {}, hs, []byte("another key of some length......")),
		"HS512":       forge(func(*claims) {}, jwt.SigningMethodHS512, key),
		"none":        forge(func(*claims) {}, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"issuer":      forge(func(c *claims) { c.Issuer = "other" }, hs, key),
		"audience":    forge(func(c *claims) { c.Audience = nil }, hs, key),
		"no expiry":   forge(func(c *claims) { c.ExpiresAt = nil }, hs, key),
		"expired":     forge(func(c *claims) { c.ExpiresAt = jwt.NewNumericDate(l.clock.Now()) }, hs, key),
		"future":      forge(func(c *claims) { c.IssuedAt = jwt.NewNumericDate(l.clock.Now().Add(time.Hour)) }, hs, key),
		"other user":  forge(func(c *claims) { c.Subject = "AIDAX" }, hs, key),
		"no session":  forge(func(c *claims) { c.Session = "" }, hs, key),
		"a console's": forge(func(c *claims) { c.Session = console }, hs, key),
	} {
		require.Equal(t, 401, bearer(text).get("/myfsio/buckets").w.Code, name)
	}

	l.clock.Advance(15 * time.Minute)
	bearer(tok.Token).get("/myfsio/buckets").fails(401, "Unauthenticated")
	anon.do("POST", "/myfsio/tokens", login).want(200).into(&tok)
	bearer(tok.Token).do("POST", "/iam/users/localadmin/rotate", "").want(200)
	bearer(tok.Token).get("/myfsio/buckets").fails(401, "Unauthenticated")
}

// TestRefreshTokens goes along a session of a program: its turns, a copy of its refresh token, its end.
func TestRefreshTokens(t *testing.T) {
	for name, opts := range map[string][]func(*Deps){
		"stored": nil,
		"held":   {func(d *Deps) { d.KV, d.ReadOnly = readOnly{d.KV}, true }},
	} {
		t.Run(name, func(t *testing.T) { turns(t, start(t, opts...)) })
	}
}

func turns(t *testing.T, l *lab) {
	anon := l.as("", "")
	bearer := func(tok Token) *client { return anon.with("Authorization", "Bearer "+tok.Token) }
	begin := func() (tok Token) {
		t.Helper()
		anon.do("POST", "/myfsio/tokens", `{"accessKey":"localadmin","secretKey":"localadmin","refresh":true}`).want(200).into(&tok)
		return tok
	}
	quoted := func(text string) string { return `{"refreshToken":"` + text + `"}` }
	refresh := func(tok Token) *reply { return anon.do("POST", "/myfsio/tokens/refresh", quoted(tok.RefreshToken)) }
	revoke := func(text string) {
		t.Helper()
		anon.do("POST", "/myfsio/tokens/revoke", `{"token":"`+text+`"}`).want(204)
	}

	var plain Token
	anon.do("POST", "/myfsio/tokens", login).want(200).into(&plain)
	require.Empty(t, plain.RefreshToken)
	first := begin()
	require.Equal(t, l.clock.Now().Add(l.deps.Config.SessionLifetime), *first.RefreshExpires)
	l.clock.Advance(20 * time.Minute)
	bearer(first).get("/myfsio/buckets").fails(401, "Unauthenticated")
	bearer(plain).get("/myfsio/buckets").fails(401, "Unauthenticated")
	var second, third Token
	refresh(first).want(200).into(&second)
	require.Equal(t, first.RefreshExpires, second.RefreshExpires)
	refresh(second).want(200).into(&third)
	bearer(second).get("/myfsio/buckets").want(200)
	bearer(third).get("/myfsio/buckets").want(200)

	// A copy that was used before ends them all.
	other := begin()
	refresh(second).fails(401, "Unauthenticated")
	bearer(third).get("/myfsio/buckets").fails(401, "Unauthenticated")
	refresh(third).fails(401, "Unauthenticated")
	bearer(other).get("/myfsio/buckets").want(200)

	// Either token revokes.
	revoke(other.Token)
	bearer(other).get("/myfsio/buckets").fails(401, "Unauthenticated")
	refresh(other).fails(401, "Unauthenticated")
	other = begin()
	revoke(other.RefreshToken)
	bearer(other).get("/myfsio/buckets").fails(401, "Unauthenticated")
	revoke(other.RefreshToken)
	anon.do("POST", "/myfsio/tokens/revoke", `{"token":"no token"}`).fails(401, "Unauthenticated")

	// What is no refresh token.
	other = begin()
	for _, bad := range []string{"x", other.Token, other.RefreshToken[1:], other.RefreshToken + "x", strings.Repeat("a", 4000)} {
		anon.do("POST", "/myfsio/tokens/refresh", quoted(bad)).fails(401, "Unauthenticated")
	}
	bearer(Token{Token: other.RefreshToken}).get("/myfsio/buckets").fails(401, "Unauthenticated")
	anon.with("Cookie", sessionCookie+"="+other.RefreshToken).get("/myfsio/buckets").fails(401, "Unauthenticated")
	bearer(other).get("/myfsio/buckets").want(200)

	// Many at once: one turn, and the others, who show an old one, end it.
	var wg sync.WaitGroup
	var good atomic.Int32
	for range 8 {
		wg.Go(func() {
			if refresh(other).w.Code == 200 {
				good.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, good.Load())
	bearer(other).get("/myfsio/buckets").fails(401, "Unauthenticated")

	// Its user sees it, and ends it.
	other = begin()
	var list ConsoleSessionList
	bearer(other).get("/myfsio/sessions").want(200).into(&list)
	i := slices.IndexFunc(list.Sessions, func(s ConsoleSession) bool { return s.Program })
	require.GreaterOrEqual(t, i, 0)
	l.admin().do("DELETE", "/myfsio/sessions", "").want(204)
	refresh(other).fails(401, "Unauthenticated")

	// Its time.
	other = begin()
	l.clock.Advance(l.deps.Config.SessionLifetime)
	refresh(other).fails(401, "Unauthenticated")
}

// signed makes a request with Signature Version 4.
func (l *lab) signed(secret, method, target, body, hash string) *httptest.ResponseRecorder {
	c := l.as("", "")
	req := c.request(method, target, body)
	if hash == "" {
		hash = sigv4.HashPayload([]byte(body))
	}
	signer := sigv4.NewSigner(sigv4.Credentials{AccessKey: "localadmin", Secret: secret}, "us-east-1", "s3")
	signer.Sign(&sigv4.Request{
		Method: method, Path: req.URL.EscapedPath(), Query: req.URL.RawQuery, Header: req.Header, Hosts: []string{req.Host}, Length: req.ContentLength,
	}, hash, l.clock.Now())
	w := httptest.NewRecorder()
	l.s3.ServeHTTP(w, req)
	return w
}

func TestSignedRequests(t *testing.T) {
	l := start(t)
	code := func(w *httptest.ResponseRecorder, status int, code string) {
		t.Helper()
		(&reply{t: t, w: w, what: code}).fails(status, code)
	}
	require.Equal(t, 201, l.signed(iam.DefaultSecret, "POST", "/myfsio/buckets", `{"name":"signed"}`, "").Code)
	code(l.signed("wrong", "GET", "/myfsio/buckets", "", ""), 403, "SignatureDoesNotMatch")
	code(l.signed(iam.DefaultSecret, "POST", "/myfsio/buckets", `{"name":"other"}`, sigv4.EmptyPayload), 400, "XAmzContentSHA256Mismatch")
	code(l.signed(iam.DefaultSecret, "POST", "/myfsio/buckets", strings.Repeat(" ", maxBody+1), ""), 413, "EntityTooLarge")
	require.Equal(t, 200, l.signed(iam.DefaultSecret, "PUT", "/myfsio/buckets/signed/content?key=a", "body", "").Code)
	code(l.signed(iam.DefaultSecret, "PUT", "/myfsio/buckets/signed/content?key=b", "body", sigv4.HashPayload([]byte("other"))), 400, "XAmzContentSHA256Mismatch")
	l.admin().get("/myfsio/buckets/signed/object?key=b").fails(404, "NoSuchKey")
	require.Equal(t, 200, l.signed(iam.DefaultSecret, "PUT", "/myfsio/buckets/signed/content?key=c", "body", sigv4.UnsignedPayload).Code)
	code(l.signed(iam.DefaultSecret, "POST", "/myfsio/buckets", `{}`, sigv4.StreamingPayload), 400, "InvalidRequest")

	anon := l.as("", "")
	anon.with("Authorization", "AWS localadmin:xyz").with("Date", l.clock.Now().Format(http.TimeFormat)).get("/myfsio/buckets").fails(400, "InvalidRequest")
	anon.with("Authorization", "Basic eDp5").get("/myfsio/buckets").fails(400, "InvalidArgument")
	two := anon.with("Authorization", "Bearer x")
	two.header["Authorization"] = []string{"Bearer x", "Bearer y"}
	two.get("/myfsio/buckets").fails(400, "InvalidRequest")
}

// limited is a lab with limits by the hour.
func limited(t *testing.T, login, admin, content int64) *lab {
	return start(t, func(d *Deps) {
		rate := func(n int64) []config.Rate {
			if n == 0 {
				return nil
			}
			return []config.Rate{{Limit: n, Period: time.Hour}}
		}
		d.Config.RateLogin, d.Config.RateAdmin, d.Config.RateObjectOps = rate(login), rate(admin), rate(content)
		var err error
		d.Limits, err = limit.New(d.Config, d.Logger)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, d.Limits.Close()) })
	})
}

func TestRateLimits(t *testing.T) {
	l := limited(t, 3, 5, 0)
	anon := l.as("", "")
	for range 3 {
		anon.do("POST", "/myfsio/tokens", login).want(200)
	}
	r := anon.do("POST", "/myfsio/tokens", login)
	r.fails(429, "TooManyRequests")
	wait, err := strconv.Atoi(r.w.Header().Get("Retry-After"))
	require.NoError(t, err)
	require.True(t, wait > 3500 && wait <= 3600, wait)
	for range 5 {
		l.admin().get("/myfsio/buckets").want(200)
	}
	l.admin().get("/myfsio/buckets").fails(429, "TooManyRequests")
	// The key counts as well, wherever it comes from; another key is another matter.
	far := l.admin()
	far.remote = "127.0.0.3:1"
	far.get("/myfsio/buckets").fails(429, "TooManyRequests")
	for range 50 {
		anon.get("/myfsio/health").want(200)
	}
}

// Guessing in headers is guessing.
func TestGuessesAreLimited(t *testing.T) {
	l := limited(t, 3, 0, 0)
	guess := l.as("", "")
	for i := range 3 {
		guess.with(headerAccessKey, fmt.Sprint("key", i)).with(headerSecretKey, "x").get("/myfsio/version").fails(401, "Unauthenticated")
	}
	r := guess.with(headerAccessKey, "other").with(headerSecretKey, "x").get("/myfsio/version")
	r.fails(429, "TooManyRequests")
	require.NotEmpty(t, r.w.Header().Get("Retry-After"))
	l.admin().get("/myfsio/version").fails(429, "TooManyRequests")
	far := l.admin()
	far.remote = "127.0.0.3:1"
	far.get("/myfsio/version").want(200)
}

// Content is bytes of objects, and has their limit.
func TestContentHasTheLimitOfObjects(t *testing.T) {
	l := limited(t, 0, 0, 3)
	l.bucket("bkt")
	l.put("bkt", "a", "b")
	l.admin().get("/myfsio/buckets/bkt/content?key=a").want(200)
	l.admin().get("/myfsio/buckets/bkt/content?key=a").fails(429, "TooManyRequests")
	l.admin().get("/myfsio/buckets/bkt").want(200)
}

// deadlines records the read deadlines that are set.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error { d.set = append(d.set, at); return nil }

func TestTheDeadlineOfABodyDoesNotOutliveIt(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	for _, r := range []*http.Request{
		l.admin().request("POST", "/myfsio/buckets/bkt/folder", `{"prefix":"f"}`),
		l.admin().request("PUT", "/myfsio/buckets/bkt/content?key=k", "body"),
	} {
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		l.console.ServeHTTP(w, r)
		require.Less(t, w.Code, 300)
		require.False(t, w.set[0].IsZero() && len(w.set) == 1)
		require.True(t, w.set[len(w.set)-1].IsZero())
	}
}

func TestHealth(t *testing.T) {
	report := HealthReport{Status: "ok", Checks: []HealthCheck{{Name: "metadata", State: "ok"}}}
	l := start(t, func(d *Deps) { d.Health = func(context.Context) HealthReport { return report } })
	anon := l.as("", "")
	for status, code := range map[string]int{"ok": 200, "degraded": 200, "starting": 503, "stopping": 503} {
		report.Status = status
		for _, h := range []http.Handler{l.console, l.s3} {
			var got Health
			anon.on(h).get("/myfsio/health").want(code).into(&got)
			require.Equal(t, Health{Status: status, Version: config.Version}, got)
			require.Zero(t, anon.on(h).do("HEAD", "/myfsio/health", "").want(code).w.Body.Len())
		}
		var got Health
		l.admin().get("/myfsio/health").want(code).into(&got)
		require.Equal(t, report.Checks, got.Checks)
		l.user(`[{"bucket":"*","actions":["*"]}]`).get("/myfsio/health").want(code).into(&got)
	}
	report.Status = "ok"
	var got Health
	l.as("localadmin", "wrong").get("/myfsio/health").want(200).into(&got)
	require.Nil(t, got.Checks)
}

// What the server counts is what its buckets do.
func TestServerCounts(t *testing.T) {
	l := start(t)
	l.bucket("plain")
	l.admin().do("POST", "/myfsio/buckets", `{"name":"kept","versioning":true}`).want(201)
	l.put("plain", "a", "bb")
	l.put("kept", "a", "a", "gone")
	l.admin().do("DELETE", "/myfsio/buckets/kept/object?key=gone", "").want(200)
	var s Server
	l.admin().get("/myfsio/server").want(200).into(&s)
	size := func(keys ...string) (n int64) {
		for _, k := range keys {
			n += int64(len("content of " + k))
		}
		return n
	}
	require.Equal(t, []int64{2, 3, size("a", "bb", "a"), 5, size("a", "bb", "a", "a", "gone"), 0},
		[]int64{s.Buckets, s.Objects, s.Bytes, s.Versions, s.VersionBytes, s.UploadBytes})
}
