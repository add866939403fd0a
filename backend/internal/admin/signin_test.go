package admin

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const horse = "correct horse battery"

// signIn signs in to the console with a body, from a browser.
func (l *lab) signIn(body string) (*client, *reply) {
	l.t.Helper()
	c := l.as("", "").with(headerConsole, "1").with("Origin", "http://localhost:5100").with("Sec-Fetch-Site", "same-origin").with("User-Agent", "Test/1.0")
	r := c.do("POST", "/myfsio/session", body)
	if cookies := r.w.Result().Cookies(); len(cookies) == 1 {
		c = c.with("Cookie", cookies[0].Name+"="+cookies[0].Value)
	}
	return c, r
}

const adas = `{"userName":"ada","password":"` + horse + `"}`

// passworded is a lab with the user ada, who has a password, no key, and may read objects and make links.
func passworded(t *testing.T) *lab {
	t.Helper()
	l := start(t)
	l.bucket("one")
	l.put("one", "k")
	boss := l.admin()
	boss.do("POST", users, `{"name":"ada"}`).want(201)
	boss.do("PUT", users+"/ada/attached?arn="+fullS3, "").want(204)
	boss.do("PUT", users+"/ada/password", `{"password":"`+horse+`","mustChange":false}`).want(204)
	return l
}

func TestSigningInWithAPassword(t *testing.T) {
	l := passworded(t)
	boss := l.admin()
	l.signIn(`{"userName":"ada","password":"wrong"}`)
	for _, bad := range []string{`{}`, `{"userName":"ada"}`, `{"accessKey":"a","secretKey":"b","userName":"ada","password":"x"}`} {
		_, r := l.signIn(bad)
		r.fails(400, "InvalidArgument")
	}
	_, unknown := l.signIn(`{"userName":"nobody","password":"wrong"}`)
	_, wrong := l.signIn(`{"userName":"ada","password":"wrong"}`)
	require.Equal(t, unknown.fails(401, "Unauthenticated").Detail, wrong.fails(401, "Unauthenticated").Detail)
	ada, r := l.signIn(adas)
	var s Session
	r.want(200).into(&s)
	require.Equal(t, "ada", s.User.UserName)
	require.Empty(t, s.User.AccessKey)
	require.NotContains(t, r.text(), "console~")
	ada.get("/myfsio/buckets/one").want(200)

	// Links work without a key of one's own, and end with the password.
	var link Presigned
	ada.do("POST", "/myfsio/presign", `{"method":"GET","bucket":"one","key":"k"}`).want(200).into(&link)
	path := link.URL[strings.Index(link.URL, "/one/"):]
	fetch := func() int {
		host := strings.TrimPrefix(link.URL[:strings.Index(link.URL, "/one/")], "http://")
		c := l.as("", "").on(l.wire)
		c.host = host
		return c.do("GET", path, "").w.Code
	}
	require.Equal(t, 200, fetch())
	identity := boss.identity(users + "/ada")
	require.NotNil(t, identity.Password)
	require.Empty(t, identity.AccessKeys)
	require.Zero(t, identity.Keys)

	ada.do("PUT", "/myfsio/me/password", `{"password":"not the old one","newPassword":"another horse battery"}`).fails(403, "AccessDenied")
	ada.do("PUT", "/myfsio/me/password", `{"password":"`+horse+`","newPassword":"too short"}`).want(422)
	other, _ := l.signIn(adas)
	ada.do("PUT", "/myfsio/me/password", `{"password":"`+horse+`","newPassword":"another horse battery"}`).want(204)
	ada.get("/myfsio/buckets/one").want(200)
	other.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
	require.Equal(t, 403, fetch())

	boss.do("PUT", users+"/ada/password", `{"password":"`+horse+`","mustChange":true}`).want(204)
	ada.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
	_, r = l.signIn(adas)
	r.fails(403, "PasswordChangeRequired")
	ada, r = l.signIn(`{"userName":"ada","password":"` + horse + `","newPassword":"a third horse battery"}`)
	r.want(200)
	boss.do("DELETE", users+"/ada/console", "").want(204)
	ada.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
	ada, _ = l.signIn(`{"userName":"ada","password":"a third horse battery"}`)
	ada.get("/myfsio/buckets/one").want(200)
	boss.do("DELETE", users+"/ada/password", "").want(204)
	ada.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
	require.Nil(t, boss.identity(users+"/ada").Password)
	boss.do("DELETE", users+"/ada/password", "").fails(404, "NoSuchEntity")
	for _, secret := range []string{horse, "another horse", "third horse", "argon2"} {
		require.NotContains(t, l.log.String(), secret)
	}
}

func TestKeysAndUsersThatEnd(t *testing.T) {
	l := start(t)
	l.bucket("one")
	boss := l.admin()
	var made CreatedIdentity
	end := l.clock.Now().Add(2 * time.Hour)
	boss.do("POST", users, `{"name":"ada","accessKey":true,"validUntil":"`+end.Format(time.RFC3339)+`"}`).want(201).into(&made)
	boss.do("PUT", users+"/ada/attached?arn="+fullS3, "").want(204)
	soon := l.clock.Now().Add(time.Hour)
	var second NewKey
	boss.do("POST", users+"/ada/keys?expires="+l.clock.Now().Format(time.RFC3339), "").fails(400, "InvalidArgument")
	boss.do("POST", users+"/ada/keys?expires="+soon.Format(time.RFC3339), "").want(201).into(&second)
	first, ada := l.as(made.AccessKey, made.SecretKey), l.as(second.AccessKey, second.SecretKey)
	browser, r := l.signIn(`{"accessKey":"` + second.AccessKey + `","secretKey":"` + second.SecretKey + `"}`)
	r.want(200)
	var token Token
	l.as("", "").do("POST", "/myfsio/tokens", `{"accessKey":"`+second.AccessKey+`","secretKey":"`+second.SecretKey+`","expiresIn":86400}`).want(200).into(&token)
	bearer := l.as("", "").with("Authorization", "Bearer "+token.Token)
	hold := func(status int, who ...*client) {
		t.Helper()
		for _, c := range who {
			c.get("/myfsio/buckets/one").want(status)
		}
	}
	hold(200, first, ada, browser, bearer)
	l.clock.Set(soon)
	hold(401, ada, browser, bearer)
	hold(200, first)
	whole := boss.identity(users + "/ada")
	require.Equal(t, 1, whole.Keys)
	require.Equal(t, end, *whole.ValidUntil)
	require.True(t, whole.AccessKeys[1].Expired)
	require.Equal(t, soon, *whole.AccessKeys[1].Expires)
	boss.do("PUT", users+"/ada/keys/"+second.AccessKey, `{"expires":"soon"}`).fails(400, "InvalidArgument")
	boss.do("PUT", users+"/ada/keys/"+second.AccessKey, `{}`).fails(400, "InvalidArgument")
	boss.do("PUT", users+"/ada/keys/"+second.AccessKey, `{"expires":""}`).want(204)
	hold(200, ada, browser, bearer)
	l.clock.Set(end)
	hold(401, first, ada, browser, bearer)
	boss.do("PUT", users+"/ada", `{"validUntil":"tomorrow"}`).fails(400, "InvalidArgument")
	boss.do("PUT", users+"/ada", `{"validUntil":""}`).want(204)
	hold(200, first, ada, browser, bearer)
	boss.do("PUT", users+"/ada", `{"validFrom":"`+end.Add(time.Second).Format(time.RFC3339)+`"}`).want(204)
	hold(401, first, ada, browser, bearer)
	boss.do("PUT", users+"/localadmin", `{"validUntil":"2030-01-01T00:00:00Z"}`).fails(400, "InvalidRequest")
	boss.do("PUT", groups+"/none", `{"validUntil":""}`).fails(400, "InvalidArgument")
}

func TestOnesOwnSessions(t *testing.T) {
	for name, start := range map[string]func(*testing.T) *lab{"kept": passworded, "held": func(t *testing.T) *lab {
		l := passworded(t)
		l.deps.ReadOnly = true
		var err error
		l.api, err = New(l.deps)
		require.NoError(t, err)
		l.console = l.mount(Console)
		return l
	}} {
		t.Run(name, func(t *testing.T) {
			l := start(t)
			one, r := l.signIn(adas)
			r.want(200)
			l.clock.Advance(time.Hour)
			two, _ := l.signIn(adas)
			l.clock.Advance(time.Second)
			three, _ := l.signIn(adas)
			list := func(c *client) (out ConsoleSessionList) {
				t.Helper()
				c.get("/myfsio/sessions").want(200).into(&out)
				return out
			}
			two.remote = "192.0.2.7:999"
			all := list(two)
			require.Len(t, all.Sessions, 3)
			require.Equal(t, []bool{false, true, false}, []bool{all.Sessions[0].Current, all.Sessions[1].Current, all.Sessions[2].Current})
			require.Equal(t, "Test/1.0", all.Sessions[0].Agent)
			require.True(t, all.Sessions[0].Password)
			require.Equal(t, "127.0.0.1", all.Sessions[1].Remote)
			oldest := all.Sessions[2]
			require.Equal(t, oldest.Created, oldest.Seen)
			// One that is used is seen, from where it is used.
			one.remote = "192.0.2.8:999"
			l.clock.Advance(time.Second)
			one.get("/myfsio/session").want(200)
			again := list(two).Sessions[0]
			require.Equal(t, oldest.ID, again.ID)
			require.Equal(t, "192.0.2.8", again.Remote)
			require.Equal(t, l.clock.Now(), again.Seen)

			stranger := l.browser()
			require.Len(t, list(stranger).Sessions, 1)
			stranger.do("DELETE", "/myfsio/sessions/"+oldest.ID, "").fails(404, "NotFound")
			two.do("DELETE", "/myfsio/sessions/"+oldest.ID, "").want(204)
			one.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
			two.do("DELETE", "/myfsio/sessions/"+oldest.ID, "").fails(404, "NotFound")
			two.do("DELETE", "/myfsio/sessions", "").want(204)
			three.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
			require.Len(t, list(two).Sessions, 1)
			require.Len(t, list(stranger).Sessions, 1)
		})
	}
}

// Whatever somebody sends to sign in gets an answer, and never a session without a secret that is right.
func FuzzSignIn(f *testing.F) {
	f.Add(adas)
	f.Add(login)
	f.Add(`{"userName":"ada","password":"` + horse + `","code":"123456"}`)
	f.Add(`{"account":"default","userName":"ADA","password":"x","newPassword":"y"}`)
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(body, "localadmin") {
			return
		}
		l := start(t)
		_, r := l.signIn(body)
		require.Contains(t, []int{400, 401, 403, 413, 415, 422, 429, 503}, r.w.Code, "%s", body)
		require.Empty(t, r.w.Result().Cookies())
	})
}

// codeNow is the code of a seed in base32, as an authenticator shows it.
func codeNow(t *testing.T, seed string, at time.Time) string {
	t.Helper()
	raw, err := base32.StdEncoding.DecodeString(seed)
	require.NoError(t, err)
	h := hmac.New(sha1.New, raw)
	require.NoError(t, binary.Write(h, binary.BigEndian, at.Unix()/30))
	sum := h.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[19]&15:])&0x7fffffff%1_000_000)
}

func TestSigningInWithACode(t *testing.T) {
	l := passworded(t)
	boss := l.admin()
	ada, _ := l.signIn(adas)
	boss.do("PUT", users+"/ada/policies/m", `{"document":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:ListAllMyBuckets\",\"Resource\":\"*\",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"false\"}}}}"}`).want(204)
	lists := func(c *client) bool {
		var s Session
		c.get("/myfsio/session").want(200).into(&s)
		return slices.Contains(s.Permissions, "s3:ListAllMyBuckets")
	}
	require.False(t, lists(ada))
	var d NewMFADevice
	ada.do("POST", "/myfsio/me/devices", `{"name":"phone"}`).want(200).into(&d)
	require.Len(t, d.QR, len(d.QR[0]))
	require.Contains(t, d.URI, d.Seed)
	confirm := func(first, second time.Duration) *reply {
		now := l.clock.Now()
		return ada.do("PUT", "/myfsio/me/devices", `{"token":"`+d.Token+`","first":"`+codeNow(t, d.Seed, now.Add(first))+`","second":"`+codeNow(t, d.Seed, now.Add(second))+`"}`)
	}
	confirm(0, 0).fails(403, "InvalidAuthenticationCode")
	l.admin().do("PUT", "/myfsio/me/devices", `{"token":"`+d.Token+`","first":"000000","second":"000000"}`).fails(400, "InvalidArgument")
	confirm(-30*time.Second, 0).want(200)
	l.clock.Advance(time.Minute)

	_, r := l.signIn(adas)
	r.fails(403, "MFARequired")
	require.Empty(t, r.w.Result().Cookies())
	with := func(code string) (*client, *reply) {
		return l.signIn(`{"userName":"ada","password":"` + horse + `","code":"` + code + `"}`)
	}
	_, r = with("000000")
	r.fails(403, "InvalidAuthenticationCode")
	code := codeNow(t, d.Seed, l.clock.Now())
	in, r := with(code)
	r.want(200)
	require.True(t, lists(in), "the session knows that a code was given")
	_, r = with(code)
	r.fails(403, "InvalidAuthenticationCode")
	var p Profile
	in.get("/myfsio/me").want(200).into(&p)
	require.True(t, p.MFA)
	require.Equal(t, []MFADevice{{"phone", "arn:aws:iam::000000000000:mfa/phone", p.Devices[0].Enabled}}, p.Devices)
	require.Equal(t, "ada", p.UserName)
	require.NotNil(t, p.Password)
	require.Equal(t, p.Devices, boss.identity(users+"/ada").Devices)

	// A key is no way around it in the console.
	var key NewKey
	boss.do("POST", users+"/ada/keys", "").want(201).into(&key)
	_, r = l.signIn(`{"accessKey":"` + key.AccessKey + `","secretKey":"` + key.SecretKey + `"}`)
	r.fails(403, "MFARequired")

	l.clock.Advance(time.Minute)
	in.do("POST", "/myfsio/me/devices/phone/remove", `{"code":"000000"}`).fails(403, "InvalidAuthenticationCode")
	in.do("POST", "/myfsio/me/devices/phone/remove", `{"code":"`+codeNow(t, d.Seed, l.clock.Now())+`"}`).want(204)
	_, r = l.signIn(adas)
	r.want(200)
	boss.do("DELETE", users+"/ada/devices/phone", "").fails(404, "NoSuchEntity")
	for _, secret := range []string{d.Seed, d.Token, code} {
		require.NotContains(t, l.log.String(), secret)
	}
	var mine Profile
	l.admin().get("/myfsio/me").want(200).into(&mine)
	require.Equal(t, "localadmin", mine.AccessKeys[0].ID)
}
