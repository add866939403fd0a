package s3

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// The secret that everybody knows is of no use to a page of another site, however it signs.
func TestPagesCannotUseTheWellKnownSecret(t *testing.T) {
	e := newEnv(t, func(c *Config) {
		c.APIBaseURL, c.UIBaseURL = "https://files.example", "https://console.example"
		c.CORS.Origins = []string{"*", "https://*.dev.example"}
		c.AuthHeaders = AuthHeadersOn
	})
	_, _, err := e.iam.CreateUser(t.Context(), iam.Machine, iam.CreateUser{
		Name: "admin", AccessKey: iam.DefaultAccessKey, Secret: iam.DefaultSecret, Policies: []byte(`[{"bucket":"*","actions":["*"]}]`),
	})
	require.NoError(t, err)
	e.signers[iam.DefaultAccessKey] = sigv4.NewSigner(sigv4.Credentials{AccessKey: iam.DefaultAccessKey, Secret: iam.DefaultSecret}, "us-east-1", "s3")
	e.ok(adminKey, put, "/bucket", "", nil)

	forwarded := ""
	// ask sends a request to a host, from a page of an origin, with the secret used in some way: a write of an object, or a POST, which a
	// browser sends for any page without asking first.
	ask := func(method, user, way, host, origin string) (int, string) {
		path, query, content := "/bucket/key", "", "content"
		if method == post {
			path, query, content = "/bucket", "delete", "<Delete><Object><Key>key</Key></Object></Delete>"
		}
		r := e.request("", method, path, content, summed(content))
		r.URL.RawQuery = query
		if host != "" {
			r.URL.Opaque, r.Host = "", host // a whole address in the request line would win over the header
		}
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		if forwarded != "" {
			r.Header.Set("X-Forwarded-Host", forwarded)
		}
		bucket, _ := bucketOfHost(forwarded, []string{"s3.test"})
		sr := &sigv4.Request{Method: method, Path: path, Query: query, Header: r.Header, Hosts: []string{r.Host}, Bucket: bucket, Length: r.ContentLength}
		switch way {
		case "header":
			e.signers[user].Sign(sr, sigv4.HashPayload([]byte(content)), e.clock.Now())
		case "link":
			r.URL.RawQuery = e.signers[user].Presign(sr, 300e9, e.clock.Now())
		case "v2":
			r.Header.Set("Date", e.clock.Now().Format(http.TimeFormat))
			e.signers[user].SignV2(sr, e.clock.Now())
		case "secret":
			r.Header.Set(headerAccessKey, iam.DefaultAccessKey)
			r.Header.Set(headerSecretKey, iam.DefaultSecret)
		}
		res, body := e.send(r)
		return res.StatusCode, body
	}
	for _, way := range []string{"header", "link", "v2", "secret"} {
		// What a page may do in other ways is for the bucket's CORS rules to say.
		status, body := ask(put, iam.DefaultAccessKey, way, "", "https://evil.example")
		require.Equal(t, 200, status, "%s: %s", way, body)
		for _, origin := range []string{"", "http://localhost:3000", "https://app.localhost", "http://127.0.0.1:8080", "http://[::1]", "https://files.example", "https://console.example", "https://a.dev.example"} {
			status, body := ask(post, iam.DefaultAccessKey, way, "", origin)
			require.Equal(t, 200, status, "%s from %q: %s", way, origin, body)
		}
		for _, host := range []string{
			"localhost:5000", "s3.test", "bucket.localhost", "files.example", "192.0.2.1", "host.docker.internal:5000", "myfsio:5000", "nas.local", "s3.home.arpa", "store.test",
		} {
			status, body := ask(put, iam.DefaultAccessKey, way, host, "")
			require.Equal(t, 200, status, "%s at %q: %s", way, host, body)
		}
		for _, origin := range []string{"https://evil.example", "null", "http://files.example", "https://dev.example", "http://192.0.2.1", "http://localhost.evil.example"} {
			status, body := ask(post, iam.DefaultAccessKey, way, "", origin)
			require.Equal(t, 403, status, "%s from %q", way, origin)
			require.Contains(t, body, "well-known secret")
		}
		// A name that was bent to point here: then the page is of our own origin, as it seems.
		for _, host := range []string{"evil.example", "internal.evil.example", "test.com"} {
			for _, origin := range []string{"", "http://" + host} {
				status, _ := ask(put, iam.DefaultAccessKey, way, host, origin)
				require.Equal(t, 403, status, "%s at %s from %q", way, host, origin)
			}
		}
		for _, host := range []string{"localhost", "bucket.s3.test"} { // which a page may say as a proxy would
			forwarded = host
			status, body := ask(put, iam.DefaultAccessKey, way, "evil.example", "")
			require.Equal(t, 403, status, way)
			require.Contains(t, body, "well-known secret", way)
		}
		forwarded = ""
	}
	// Any other secret is a secret: pages that have it were given it.
	for _, way := range []string{"header", "link", "v2"} {
		status, body := ask(put, adminKey, way, "evil.example", "https://evil.example")
		require.Equal(t, 200, status, "%s: %s", way, body)
	}

	// Nor does it get temporary credentials that way.
	form := url.Values{"Action": {"GetSessionToken"}, "Version": {"2011-06-15"}}.Encode()
	session := func(origin string) (int, string) {
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		if origin != "" {
			header.Set("Origin", origin)
		}
		r := e.request("", post, "/", form, nil)
		r.Header = header
		sts := sigv4.NewSigner(sigv4.Credentials{AccessKey: iam.DefaultAccessKey, Secret: iam.DefaultSecret}, "us-east-1", "sts")
		sts.Sign(&sigv4.Request{Method: post, Path: "/", Header: header, Hosts: []string{r.Host}, Length: int64(len(form))}, sigv4.HashPayload([]byte(form)), e.clock.Now())
		res, body := e.send(r)
		return res.StatusCode, body
	}
	status, body := session("")
	require.Equal(t, 200, status, body)
	status, body = session("https://evil.example")
	require.Equal(t, 403, status, body)
	require.True(t, strings.Contains(body, "<Code>AccessDenied</Code>"), body)
}
