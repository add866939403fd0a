package s3compat

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

func TestHeaderAuthentication(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t, client(t))
	with := func(r *lab.Request, access, secret string) *lab.Request {
		return r.With("X-Access-Key", access).With("X-Secret-Key", secret)
	}
	path := "/" + bucket + "/k"
	require.Equal(t, 200, server.Send(t, with(server.New("PUT", path, "", []byte("by header")), lab.AccessKey, lab.SecretKey)).Status)
	require.Equal(t, "by header", string(server.Send(t, with(server.New("GET", path, "", nil), lab.AccessKey, lab.SecretKey)).Body))
	require.Equal(t, 200, server.Send(t, with(server.New("GET", "/", "", nil), lab.AccessKey, lab.SecretKey)).Status)
	require.Equal(t, 200, server.Send(t, with(server.New("GET", "/"+bucket, "list-type=2", nil), lab.AccessKey, lab.SecretKey)).Status)
	// With a signature as well, the request contradicts itself.
	both := with(server.New("GET", path, "", nil), lab.AccessKey, lab.SecretKey)
	server.Signer().Sign(both)
	require.Equal(t, 400, server.Send(t, both).Status)
	// Half of it, or another secret, is never treated as anonymous.
	for _, r := range []*lab.Request{
		server.New("GET", path, "", nil).With("X-Access-Key", lab.AccessKey), server.New("GET", path, "", nil).With("X-Secret-Key", lab.SecretKey),
		with(server.New("GET", path, "", nil), "NOSUCHKEY00000000001", "x"),
	} {
		a := server.Send(t, r)
		require.Contains(t, []int{400, 403}, a.Status, "%s", a.Body)
	}
	// Behind a proxy without TLS the secret would have crossed a network.
	r := with(server.New("GET", path, "", nil), lab.AccessKey, lab.SecretKey).With("X-Forwarded-For", "203.0.113.9").With("X-Forwarded-Proto", "http")
	require.Equal(t, 403, server.Send(t, r).Status)
	r = with(server.New("GET", path, "", nil), lab.AccessKey, lab.SecretKey).With("X-Forwarded-For", "203.0.113.9").With("X-Forwarded-Proto", "https")
	require.Equal(t, 200, server.Send(t, r).Status)
	// A session token that is key and secret is no such thing here.
	a := server.Send(t, server.New("GET", path, "", nil).With("X-Amz-Security-Token", lab.AccessKey+":"+lab.SecretKey))
	require.Contains(t, []int{400, 403}, a.Status)
}

func TestHeaderAuthenticationLockout(t *testing.T) {
	t.Parallel()
	s := lab.Start(t, lab.Options{})
	get := func(secret string) int {
		return s.Send(t, s.New("GET", "/", "", nil).With("X-Access-Key", lab.AccessKey).With("X-Secret-Key", secret)).Status
	}
	require.Equal(t, 200, get(lab.SecretKey))
	for range 5 {
		require.Equal(t, 403, get("wrong"))
	}
	require.Equal(t, 403, get(lab.SecretKey), "locked out now")
	require.Equal(t, 200, s.Get(t, "/", "").Status, "a signature proves the secret without sending it, and is never locked out")
}

func TestHeaderAuthenticationOff(t *testing.T) {
	t.Parallel()
	s := lab.Start(t, lab.Options{Env: map[string]string{"AUTH_HEADERS": "off"}})
	a := s.Send(t, s.New("GET", "/", "", nil).With("X-Access-Key", lab.AccessKey).With("X-Secret-Key", lab.SecretKey))
	require.Equal(t, 403, a.Status)
}

func TestAnonymous(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("private"))
	for _, r := range []struct{ method, path, query string }{
		{"GET", "/" + bucket, ""}, {"GET", "/" + bucket + "/k", ""}, {"PUT", "/" + bucket + "/new", ""}, {"DELETE", "/" + bucket + "/k", ""}, {"DELETE", "/" + bucket, ""},
		{"PUT", "/another-bucket-name", ""}, {"POST", "/" + bucket + "/k", "uploads"}, {"GET", "/" + bucket, "versioning"}, {"PUT", "/" + bucket, "versioning"}, {"GET", "/" + bucket + "/missing", ""},
	} {
		a := server.Send(t, server.New(r.method, r.path, r.query, nil))
		require.Equal(t, "403 AccessDenied", fmt.Sprint(a.Status, " ", a.Error.Code), "%s %s: %s", r.method, r.path, a.Body)
	}
	require.Equal(t, 403, server.Send(t, server.New("HEAD", "/"+bucket+"/k", "", nil)).Status)
	require.Equal(t, []string{"k"}, listAll(t, bucket))
}

// TestAdminPaths: what belongs to the admin API is no bucket, whatever the method.
func TestAdminPaths(t *testing.T) {
	t.Parallel()
	a := server.Send(t, server.New("GET", "/myfsio/health", "", nil))
	require.Equal(t, 200, a.Status)
	require.Contains(t, string(a.Body), `"status"`)
	require.Equal(t, 200, server.Send(t, server.New("HEAD", "/myfsio/health", "", nil)).Status)
	for _, path := range []string{"/iam/users", "/myfsio/buckets", "/myfsio/config"} {
		a := server.Send(t, server.New("GET", path, "", nil))
		require.Contains(t, []int{401, 403}, a.Status, "%s: %s", path, a.Body)
		require.Empty(t, a.Header.Get("Access-Control-Allow-Origin"))
	}
	require.Equal(t, 404, server.Do(t, server.New("GET", "/myfsio/no/such/thing", "", nil)).Status)
	// A bucket of the old system's sub-resource by its JSON address needs an administrator; the virtual host is S3 only.
	r := server.New("GET", "/myfsio/health", "", nil)
	r.Host = "some-bucket." + lab.Domain
	a = server.Do(t, r)
	require.NotEqual(t, 200, a.Status, "under a bucket's host name every path is a key")
}

func TestUserWithoutRights(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t, client(t))
	a := server.Do(t, server.New("POST", "/iam/users", "", []byte(`{"display_name":"Reader","policies":[{"bucket":"`+bucket+`","actions":["list","read"]}]}`)).With("Content-Type", "application/json"))
	require.Contains(t, []int{200, 201}, a.Status, "%s", a.Body)
	access, secret := jsonField(string(a.Body), "access_key"), jsonField(string(a.Body), "secret_key")
	require.NotEmpty(t, access)
	require.NotEmpty(t, secret)
	reader := lab.Signer{Access: access, Secret: secret, Region: lab.Region}
	do := func(method, path, query string, body []byte) *lab.Answer {
		r := server.New(method, path, query, body)
		reader.Sign(r)
		return server.Send(t, r)
	}
	require.Equal(t, 200, server.Put(t, "/"+bucket+"/k", []byte("x")).Status)
	require.Equal(t, 200, do("GET", "/"+bucket+"/k", "", nil).Status)
	require.Equal(t, 200, do("GET", "/"+bucket, "list-type=2", nil).Status)
	do("GET", "/"+bucket+"/none", "", nil).Refused(t, 404, "NoSuchKey")
	do("PUT", "/"+bucket+"/n", "", []byte("x")).Refused(t, 403, "AccessDenied")
	do("DELETE", "/"+bucket+"/k", "", nil).Refused(t, 403, "AccessDenied")
	do("PUT", "/"+bucketName(), "", nil).Refused(t, 403, "AccessDenied")
	do("DELETE", "/"+bucket, "", nil).Refused(t, 403, "AccessDenied")
	do("PUT", "/"+bucket, "versioning", []byte("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")).Refused(t, 403, "AccessDenied")
	buckets := do("GET", "/", "", nil)
	require.Equal(t, 200, buckets.Status)
	require.Equal(t, 1, strings.Count(string(buckets.Body), "<Bucket>"), "only what may be listed")
	require.Equal(t, 403, do("GET", "/iam/users", "", nil).Status)
	r := server.New(http.MethodPut, "/"+bucket+"/copy", "", nil).With("X-Amz-Copy-Source", bucket+"/k")
	reader.Sign(r)
	server.Send(t, r).Refused(t, 403, "AccessDenied")
	require.Equal(t, []string{"k"}, listAll(t, bucket))
	a = server.Do(t, server.New("DELETE", "/iam/users/"+access, "", nil))
	require.Contains(t, []int{200, 204}, a.Status)
	do("GET", "/"+bucket+"/k", "", nil).Refused(t, 403, "InvalidAccessKeyId")
}

func jsonField(doc, name string) string {
	_, rest, _ := strings.Cut(doc, `"`+name+`"`)
	_, rest, _ = strings.Cut(rest, `"`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}
