package admin

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/oidc/oidctest"
)

// onward is a lab whose people sign in at a provider.
type onward struct {
	*lab
	issuer *oidctest.Issuer
	as     map[string]any // claims of the next token
}

func onwards(t *testing.T, settings ...string) *onward {
	t.Helper()
	o := &onward{}
	o.lab = start(t, func(d *Deps) {
		o.issuer = oidctest.Start(t, d.Clock)
		c, _, err := config.Load(config.Sources{Environ: append([]string{"OIDC_ISSUER=" + o.issuer.URL(), "OIDC_CLIENT_ID=myfsio", "OIDC_CLIENT_SECRET=the secret of the client",
			"OIDC_NAME=Example", "OIDC_GRANTS=staff=group:writers; admins=policy:AdministratorAccess; *=policy:AmazonS3ReadOnlyAccess"}, settings...)})
		require.NoError(t, err)
		d.Config, d.OIDC = c, oidctest.Providers(t, d.Clock)
	})
	o.issuer.OnCode(func(url.Values) map[string]any { return o.as })
	o.admin().do("POST", "/myfsio/identities/groups", `{"name":"writers"}`).want(201)
	return o
}

// jar is a browser of one tab: it keeps cookies, and goes where it is told.
type jar struct {
	o       *onward
	cookies map[string]*http.Cookie
	last    *httptest.ResponseRecorder
}

func (o *onward) browser() *jar { return &jar{o: o, cookies: map[string]*http.Cookie{}} }

// get follows no redirect; site is what the browser says of where the request comes from.
func (j *jar) get(target, site string) *httptest.ResponseRecorder {
	j.o.t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host, r.RemoteAddr = "localhost:5100", "127.0.0.1:40000"
	r.Header.Set("Sec-Fetch-Site", site)
	for _, c := range j.cookies {
		if c.SameSite == http.SameSiteStrictMode && site == "cross-site" || !strings.HasPrefix(r.URL.Path, c.Path) {
			continue
		}
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	j.o.console.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(j.cookies, c.Name)
		} else {
			j.cookies[c.Name] = c
		}
	}
	j.last = w
	return w
}

// begin starts a sign-in and returns what the provider is asked.
func (j *jar) begin(next string) url.Values {
	j.o.t.Helper()
	w := j.get(ssoPath+"?next="+url.QueryEscape(next), "same-origin")
	require.Equal(j.o.t, 302, w.Code, w.Body)
	u, err := url.Parse(w.Header().Get("Location"))
	require.NoError(j.o.t, err)
	require.Equal(j.o.t, j.o.issuer.Host(), u.Host)
	return u.Query()
}

// back comes back with a code, as somebody with claims; it returns where the browser is sent.
func (j *jar) back(asked url.Values, claims map[string]any) *url.URL {
	j.o.t.Helper()
	j.o.as = map[string]any{"sub": "ann-1", "aud": "myfsio", "nonce": asked.Get("nonce"), "preferred_username": "ann", "name": "Ann", "groups": []string{"staff"}}
	for k, v := range claims {
		j.o.as[k] = v
	}
	return j.land(url.Values{"state": {asked.Get("state")}, "code": {"a code"}})
}

func (j *jar) land(q url.Values) *url.URL {
	j.o.t.Helper()
	w := j.get(ssoPath+"/callback?"+q.Encode(), "cross-site")
	require.Equal(j.o.t, 302, w.Code, w.Body)
	u, err := url.Parse(w.Header().Get("Location"))
	require.NoError(j.o.t, err)
	require.Equal(j.o.t, "localhost:5100", u.Host)
	return u
}

func (j *jar) session() Session {
	j.o.t.Helper()
	var s Session
	require.NoError(j.o.t, json.NewDecoder(j.get("/myfsio/session", "same-origin").Body).Decode(&s))
	return s
}

func (j *jar) in(claims map[string]any) *url.URL { return j.back(j.begin("/buckets"), claims) }

func TestSingleSignOn(t *testing.T) {
	o := onwards(t)
	j := o.browser()
	require.Equal(t, &SingleSignOn{Name: "Example"}, j.session().SingleSignOn)
	asked := j.begin("/buckets/photos?prefix=a%2F")
	require.Equal(t, "http://localhost:5100/myfsio/session/oidc/callback", asked.Get("redirect_uri"))
	c := j.cookies[attemptCookie]
	require.True(t, c.HttpOnly && c.SameSite == http.SameSiteLaxMode && c.MaxAge == 600 && c.Path == ssoPath, c)
	require.NotContains(t, c.Value, asked.Get("nonce"))
	at := j.back(asked, nil)
	require.Equal(t, "/ui/buckets/photos?prefix=a%2F", at.RequestURI())
	require.Nil(t, j.cookies[attemptCookie])
	s := j.session()
	require.Equal(t, "Ann", s.User.Name)
	require.True(t, s.User.Provider && !s.User.Admin)
	require.WithinDuration(t, o.clock.Now().Add(12*time.Hour), *s.Expires, time.Second)
	require.Contains(t, s.Permissions, "s3:ListAllMyBuckets")
	require.NotContains(t, s.Permissions, "s3:CreateBucket")
	require.True(t, j.cookies[sessionCookie].SameSite == http.SameSiteStrictMode)

	// The groups of the next sign-in count at once, for the session that is there, too.
	other := o.browser()
	other.in(map[string]any{"groups": []string{"admins"}})
	require.True(t, j.session().User.Provider)
	require.Contains(t, j.session().Permissions, "iam:CreateUser")
	other.in(nil)
	require.NotContains(t, j.session().Permissions, "iam:CreateUser")

	// Who is disabled is out, and cannot come back.
	o.admin().do("PUT", "/myfsio/identities/users/ann", `{"disabled":true}`).want(204)
	require.Nil(t, j.session().User)
	require.Equal(t, "disabled", j.in(nil).Query().Get("sso"))
	require.Nil(t, j.session().User)
}

func TestSingleSignOnRefusals(t *testing.T) {
	o := onwards(t)
	fails := func(why string, at *url.URL, j *jar) {
		t.Helper()
		require.Equal(t, "/ui/sign-in", at.Path)
		require.Equal(t, why, at.Query().Get("sso"))
		require.NotEmpty(t, at.Query().Get("request"))
		require.Nil(t, j.session().User)
		require.NotContains(t, at.String(), "secret")
	}
	j := o.browser()
	for what, claims := range map[string]map[string]any{
		"nonce":    {"nonce": "other"},
		"audience": {"aud": "other"},
		"expired":  {"exp": o.clock.Now().Add(-time.Hour).Unix()},
		"issuer":   {"iss": "https://evil.example"},
		"party":    {"azp": "other"},
	} {
		t.Log(what)
		fails("failed", j.in(claims), j)
	}
	// A state that is another's, that came back, that is old, or that there is none of.
	asked := j.begin("/")
	fails("expired", j.land(url.Values{"state": {"another"}, "code": {"c"}}), j)
	stranger := o.browser()
	fails("expired", stranger.back(asked, nil), stranger)
	stranger.begin("/")
	fails("expired", stranger.back(asked, nil), stranger)
	kept := *j.cookies[attemptCookie]
	require.Equal(t, "/ui/", j.back(asked, nil).Path)
	again := o.browser()
	again.cookies[attemptCookie] = &kept
	fails("expired", again.back(asked, nil), again)
	j = o.browser()
	asked = j.begin("/")
	o.clock.Advance(11 * time.Minute)
	fails("expired", j.back(asked, nil), j)
	j.cookies[attemptCookie].Value = "x" + j.cookies[attemptCookie].Value
	fails("expired", j.back(asked, nil), j)

	asked = j.begin("/jobs")
	at := j.land(url.Values{"state": {asked.Get("state")}, "error": {"access_denied"}, "error_description": {"<script>"}})
	fails("denied", at, j)
	require.Equal(t, "/jobs", at.Query().Get("next"))
	require.NotContains(t, at.String(), "script")

	o.issuer.Down(true)
	o.clock.Advance(12 * time.Hour)
	w := j.get(ssoPath, "same-origin")
	u, err := url.Parse(w.Header().Get("Location"))
	require.NoError(t, err)
	fails("unavailable", u, j)
	// The server's own people go on signing in.
	o.signIn(o.first.AccessKey, iam.DefaultSecret)

	require.Equal(t, 403, o.browser().get(ssoPath, "cross-site").Code, "a page of another site begins nothing")
	require.NotContains(t, o.log.String(), "the secret of the client")
}

// signIn signs in with a key.
func (o *onward) signIn(key, secret string) {
	o.t.Helper()
	o.lab.as("", "").with(headerConsole, "1").with("Origin", "http://localhost:5100").do("POST", "/myfsio/session", `{"accessKey":"`+key+`","secretKey":"`+secret+`"}`).want(200)
}

func TestSingleSignOnNext(t *testing.T) {
	o := onwards(t)
	for next, want := range map[string]string{
		"/buckets/x": "/ui/buckets/x", "": "/ui/", "https://evil.example/": "/ui/", "//evil.example": "/ui/", `/\evil.example`: "/ui/", "javascript:alert(1)": "/ui/",
		"/x\r\nSet-Cookie: a=b": "/ui/",
	} {
		j := o.browser()
		require.Equal(t, want, j.back(j.begin(next), nil).Path, next)
	}
}

func TestSingleSignOnWithoutProvision(t *testing.T) {
	o := onwards(t, "OIDC_PROVISION=off")
	j := o.browser()
	require.Equal(t, "unknown", j.in(nil).Query().Get("sso"))
	require.NotContains(t, o.admin().do("GET", "/myfsio/identities/users", "").w.Body.String(), `"ann"`)
}

func TestSingleSignOnIsAudited(t *testing.T) {
	o := onwards(t)
	log, err := audit.Open(t.Context(), audit.Options{Path: t.TempDir(), KV: o.deps.KV, Clock: o.clock, Level: "changes"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, log.Close()) })
	o.api.Audit = log
	j := o.browser()
	j.in(nil)
	j.in(map[string]any{"nonce": "other"})
	text := o.admin().do("GET", "/myfsio/audit", "").want(200).w.Body.String()
	require.Contains(t, text, `"operation":"finishSingleSignOn"`)
	require.Contains(t, text, `user/sso/ann`)
	require.Contains(t, text, o.issuer.URL()+" ann-1")
	require.Contains(t, text, "SingleSignOnFailed")
	require.Contains(t, text, "The token belongs to another sign-in.")
}

func TestSingleSignOnEndsAtTheProvider(t *testing.T) {
	o := onwards(t)
	w := o.browser().get(ssoPath+"/leave", "same-origin")
	require.Equal(t, 302, w.Code)
	require.Equal(t, o.issuer.URL()+"/leave?client_id=myfsio&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A5100%2Fui%2Fsign-in", w.Header().Get("Location"))
	w = o.browser().get(ssoPath+"/leave", "cross-site")
	require.Equal(t, "http://localhost:5100/ui/sign-in", w.Header().Get("Location"))
	_, err := io.Copy(io.Discard, w.Body)
	require.NoError(t, err)
	plain := start(t)
	require.Equal(t, 404, plain.admin().do("GET", ssoPath, "").w.Code)
}
