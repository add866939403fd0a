package s3compat

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// fetch asks as a browser does that carries no credentials.
func fetch(t *testing.T, s *lab.Server, method, path string, header map[string]string) *http.Response {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, nil)
	require.NoError(t, err)
	for k, v := range header {
		if k == "Host" {
			r.Host = v
			continue
		}
		r.Header.Set(k, v)
	}
	follow := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := follow.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// TestCORS: the rules come back to the SDK, and decide over preflight, actual and refused requests.
func TestCORS(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("x"))
	get := &s3.GetBucketCorsInput{Bucket: &bucket}
	_, err := c.GetBucketCors(ctx, get)
	refused(t, err, 404, "NoSuchCORSConfiguration")
	rules := []types.CORSRule{
		{ID: aws.String("app"), AllowedOrigins: []string{"https://*.example.com"}, AllowedMethods: []string{"GET", "PUT"}, AllowedHeaders: []string{"x-amz-*"}, ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: aws.Int32(600)},
		{AllowedOrigins: []string{"https://other.test"}, AllowedMethods: []string{"HEAD"}},
	}
	_, err = c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: &bucket, CORSConfiguration: &types.CORSConfiguration{CORSRules: rules}})
	require.NoError(t, err)
	out, err := c.GetBucketCors(ctx, get)
	require.NoError(t, err)
	require.Equal(t, rules, out.CORSRules)

	path := "/" + bucket + "/k"
	ask := func(origin, method, headers string) *http.Response {
		return fetch(t, server, http.MethodOptions, path, map[string]string{"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers})
	}
	ok := ask("https://app.example.com", "PUT", "X-Amz-Date")
	require.Equal(t, 200, ok.StatusCode)
	require.Equal(t, "https://app.example.com", ok.Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "GET, PUT", ok.Header.Get("Access-Control-Allow-Methods"))
	require.Equal(t, "x-amz-date", ok.Header.Get("Access-Control-Allow-Headers"))
	require.Equal(t, "ETag", ok.Header.Get("Access-Control-Expose-Headers"))
	require.Equal(t, "600", ok.Header.Get("Access-Control-Max-Age"))
	require.Contains(t, ok.Header.Get("Vary"), "Origin")
	for _, no := range []*http.Response{
		ask("https://example.org", "PUT", ""), ask("https://app.example.com", "DELETE", ""), ask("https://app.example.com", "PUT", "X-Other"), ask("https://other.test", "PUT", ""),
	} {
		require.Equal(t, 403, no.StatusCode)
		require.Empty(t, no.Header.Get("Access-Control-Allow-Origin"))
	}
	// Answers to requests carry the headers, also when they are refused: a page has to be able to read why.
	refusal := fetch(t, server, http.MethodGet, path, map[string]string{"Origin": "https://app.example.com"})
	require.Equal(t, 403, refusal.StatusCode)
	require.Equal(t, "https://app.example.com", refusal.Header.Get("Access-Control-Allow-Origin"))
	signed := server.Do(t, server.New(http.MethodGet, path, "", nil).With("Origin", "https://app.example.com"))
	require.Equal(t, 200, signed.Status)
	require.Equal(t, "https://app.example.com", signed.Header.Get("Access-Control-Allow-Origin"))
	require.Empty(t, server.Do(t, server.New(http.MethodGet, path, "", nil).With("Origin", "https://example.org")).Header.Get("Access-Control-Allow-Origin"))

	// Without rules the server's own hold, which allow everything by default.
	_, err = c.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Equal(t, 200, ask("https://example.org", "DELETE", "X-Other").StatusCode)
}

// TestCORSOfTheServer: what the settings allow holds for buckets without rules, and for those only; nothing else of the server is opened.
func TestCORSOfTheServer(t *testing.T) {
	t.Parallel()
	s := lab.Start(t, lab.Options{Env: map[string]string{
		"CORS_ORIGINS": "https://a.test,https://*.b.test", "CORS_METHODS": "GET,PUT", "CORS_ALLOW_HEADERS": "Content-Type,X-Amz-*", "CORS_EXPOSE_HEADERS": "ETag"}})
	c := s.S3(t)
	bucket := bucketName()
	_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket})
	require.NoError(t, err)
	path := "/" + bucket + "/k"
	const vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
	ask := func(origin, method, headers string) *http.Response {
		res := fetch(t, s, http.MethodOptions, path, map[string]string{"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers})
		require.Equal(t, vary, res.Header.Get("Vary"))
		return res
	}
	ok := ask("https://x.b.test", "PUT", "content-type, x-amz-date")
	require.Equal(t, 200, ok.StatusCode)
	require.Equal(t, "https://x.b.test", ok.Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "GET, PUT", ok.Header.Get("Access-Control-Allow-Methods"))
	require.Equal(t, "content-type, x-amz-date", ok.Header.Get("Access-Control-Allow-Headers"))
	require.Equal(t, "ETag", ok.Header.Get("Access-Control-Expose-Headers"))
	require.Empty(t, ok.Header.Get("Access-Control-Allow-Credentials"), "settings never allow cookies")
	for _, no := range []*http.Response{ask("https://b.test", "PUT", ""), ask("https://a.test", "DELETE", ""), ask("https://a.test", "PUT", "authorization"), ask("http://a.test", "GET", "")} {
		require.Equal(t, 403, no.StatusCode)
		require.Empty(t, no.Header.Get("Access-Control-Allow-Origin"))
	}
	// Actual answers: those that refuse, those that find nothing, and those without an Origin vary alike.
	for origin, allowed := range map[string]string{"https://a.test": "https://a.test", "https://elsewhere.test": "", "": ""} {
		r := s.New(http.MethodGet, path, "", nil)
		if origin != "" {
			r.With("Origin", origin)
		}
		a := s.Do(t, r)
		a.Refused(t, 404, "NoSuchKey")
		require.Equal(t, allowed, a.Header.Get("Access-Control-Allow-Origin"))
		require.Equal(t, vary, a.Header.Get("Vary"))
	}
	// The rules of a bucket take the place of the settings.
	_, err = c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: &bucket, CORSConfiguration: &types.CORSConfiguration{
		CORSRules: []types.CORSRule{{AllowedOrigins: []string{"https://own.test"}, AllowedMethods: []string{"GET"}}}}})
	require.NoError(t, err)
	require.Equal(t, 403, ask("https://a.test", "GET", "").StatusCode)
	require.Equal(t, 200, ask("https://own.test", "GET", "").StatusCode)

	for _, path := range []string{"/myfsio/health", "/myfsio/buckets", "/iam/users"} {
		res := fetch(t, s, http.MethodGet, path, map[string]string{"Origin": "https://a.test"})
		require.Empty(t, res.Header.Get("Access-Control-Allow-Origin"), path)
	}
}
