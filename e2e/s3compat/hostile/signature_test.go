package hostile

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

func TestWrongSignatures(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	good := server.Signer()
	for name, tc := range map[string]struct {
		change func(r *lab.Request) // signs
		want   []string
	}{
		"secret":    {func(r *lab.Request) { s := good; s.Secret = "other"; s.Sign(r) }, []string{"403 SignatureDoesNotMatch"}},
		"key":       {func(r *lab.Request) { s := good; s.Access = "NOSUCHKEY00000000001"; s.Sign(r) }, []string{"403 InvalidAccessKeyId"}},
		"empty key": {func(r *lab.Request) { s := good; s.Access = ""; s.Sign(r) }, []string{"400 AuthorizationHeaderMalformed", "403 InvalidAccessKeyId"}},
		"region":    {func(r *lab.Request) { s := good; s.Region = "eu-west-1"; s.Sign(r) }, []string{"400 AuthorizationHeaderMalformed"}},
		"old":       {func(r *lab.Request) { s := good; s.At = time.Now().Add(-16 * time.Minute); s.Sign(r) }, []string{"403 RequestTimeTooSkewed"}},
		"future":    {func(r *lab.Request) { s := good; s.At = time.Now().Add(16 * time.Minute); s.Sign(r) }, []string{"403 RequestTimeTooSkewed"}},
		"path":      {func(r *lab.Request) { good.Sign(r); r.Path += "x" }, []string{"403 SignatureDoesNotMatch"}},
		"query":     {func(r *lab.Request) { good.Sign(r); r.Query = "x-id=PutObject" }, []string{"403 SignatureDoesNotMatch"}},
		"method":    {func(r *lab.Request) { good.Sign(r); r.Method = http.MethodDelete }, []string{"403 SignatureDoesNotMatch"}},
		"body":      {func(r *lab.Request) { good.Sign(r); r.Body = []byte("tampered") }, []string{"400 XAmzContentSHA256Mismatch"}},
		"digest":    {func(r *lab.Request) { good.Sign(r); r.Header.Set("X-Amz-Content-Sha256", lab.Unsigned) }, []string{"403 SignatureDoesNotMatch"}},
		"metadata": {func(r *lab.Request) {
			r.Header.Set("X-Amz-Meta-A", "1")
			good.Sign(r)
			r.Header.Set("X-Amz-Meta-A", "2")
		}, []string{"403 SignatureDoesNotMatch"}},
		"unsigned header": {func(r *lab.Request) { good.Sign(r); r.Header.Set("X-Amz-Meta-Added", "1") },
			[]string{"403 AccessDenied", "403 SignatureDoesNotMatch"}},
		"unsigned copy": {func(r *lab.Request) { good.Sign(r); r.Header.Set("X-Amz-Copy-Source", "/"+bucket+"/k") }, []string{"403 AccessDenied", "403 SignatureDoesNotMatch"}},
		"date":          {func(r *lab.Request) { good.Sign(r); r.Header.Set("X-Amz-Date", "20200101T000000Z") }, []string{"403 RequestTimeTooSkewed", "403 SignatureDoesNotMatch", "400 AuthorizationHeaderMalformed"}},
		"no date":       {func(r *lab.Request) { good.Sign(r); r.Header.Del("X-Amz-Date") }, []string{"403 AccessDenied", "403 SignatureDoesNotMatch"}},
		"bad date":      {func(r *lab.Request) { good.Sign(r); r.Header.Set("X-Amz-Date", "yesterday") }, []string{"403 AccessDenied", "403 SignatureDoesNotMatch", "400 AuthorizationHeaderMalformed"}},
		"no digest":     {func(r *lab.Request) { good.Sign(r); r.Header.Del("X-Amz-Content-Sha256") }, []string{"400 InvalidRequest", "403 SignatureDoesNotMatch", "403 AccessDenied"}},
		"two headers": {func(r *lab.Request) {
			good.Sign(r)
			r.Header["Authorization"] = append(r.Header["Authorization"], r.Header.Get("Authorization"))
		}, []string{"400 InvalidArgument", "400 InvalidRequest", "400 AuthorizationHeaderMalformed"}},
		"truncated signature": {func(r *lab.Request) {
			good.Sign(r)
			a := r.Header.Get("Authorization")
			r.Header.Set("Authorization", a[:len(a)-1])
		}, []string{"403 SignatureDoesNotMatch", "400 AuthorizationHeaderMalformed"}},
		"host": {func(r *lab.Request) { good.Sign(r); r.Host = "other.example" }, []string{"403 SignatureDoesNotMatch"}},
		"host not signed": {func(r *lab.Request) {
			good.Sign(r)
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "SignedHeaders=host;", "SignedHeaders=", 1))
		}, []string{"403 SignatureDoesNotMatch", "403 AccessDenied", "400 AuthorizationHeaderMalformed"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := object(bucket, []byte("body"))
			tc.change(r)
			a := server.Send(t, r)
			one(t, a, tc.want...)
			switch name {
			case "region":
				require.True(t, a.Error.Has("Region", lab.Region), "%s", a.Body)
			case "secret":
				for _, element := range []string{"AWSAccessKeyId", "StringToSign", "SignatureProvided", "CanonicalRequest"} {
					require.Contains(t, string(a.Error.Inner), "<"+element+">")
				}
				require.NotContains(t, string(a.Body), lab.SecretKey)
			case "old":
				require.Contains(t, string(a.Error.Inner), "<MaxAllowedSkewMilliseconds>900000<")
			}
		})
	}
	untouched(t, bucket)
}

func TestMalformedAuthorization(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	date := time.Now().UTC().Format("20060102")
	cred := lab.AccessKey + "/" + date + "/us-east-1/s3/aws4_request"
	sig := strings.Repeat("a", 64)
	for _, value := range []string{
		"", " ", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "Basic dXNlcjpwYXNz", "Digest x", "AWS4-HMAC-SHA512 Credential=" + cred + ", SignedHeaders=host, Signature=" + sig,
		"AWS4-HMAC-SHA256 Credential=" + cred + ", SignedHeaders=host", "AWS4-HMAC-SHA256 Credential=" + cred + ", Signature=" + sig, "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=" + sig,
		"AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=", "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=" + sig,
		"AWS4-HMAC-SHA256 Credential=" + lab.AccessKey + "/20000101/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + sig,
		"AWS4-HMAC-SHA256 Credential=" + lab.AccessKey + "/" + date + "/us-east-1/ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + sig,
		"AWS4-HMAC-SHA256 Credential=" + lab.AccessKey + "/" + date + "/us-east-1/s3/aws5_request, SignedHeaders=host;x-amz-date, Signature=" + sig,
		"AWS4-HMAC-SHA256 Credential=" + cred + ", SignedHeaders=host;x-amz-date, Signature=" + sig + ", Signature=" + sig,
		"AWS", "AWS ", "AWS x", "AWS :", "AWS " + lab.AccessKey + ":", "AWS " + lab.AccessKey + ":wrong", "AWS4-ECDSA-P256-SHA256 Credential=" + cred + ", SignedHeaders=host, Signature=" + sig,
		strings.Repeat("A", 6000), "AWS4-HMAC-SHA256 Credential=" + cred + ", SignedHeaders=" + strings.Repeat("x;", 2000) + ", Signature=" + sig, "AWS4-HMAC-SHA256 \x01\x02\xff",
	} {
		r := object(bucket, []byte("body"))
		r.Header.Set("X-Amz-Date", time.Now().UTC().Format("20060102T150405Z"))
		r.Header.Set("X-Amz-Content-Sha256", lab.Unsigned)
		r.Header.Set("Authorization", value)
		a := server.Send(t, r)
		if strings.HasPrefix(value, "AWS4-ECDSA") { // signatures for several regions are known, and not built
			one(t, a, "501 NotImplemented", "400 InvalidRequest")
			continue
		}
		require.Contains(t, []int{400, 403}, a.Status, "%.100q: %s", value, a.Body)
	}
	untouched(t, bucket)
}

// TestRefusalReachesClient does the same with the HTTP client of Go, which gives up on an answer when its writing fails first, and with
// refusals that are known before the body and after its beginning. Some clients (the AWS SDK for Go among them) announce with Expect that they
// wait for permission, and send all the same.
func TestRefusalReachesClient(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	hasty := lab.Transport(strings.TrimPrefix(server.URL, "http://"))
	hasty.ExpectContinueTimeout = 0
	c := &http.Client{Transport: hasty}
	for _, size := range []int{100 << 10, 1 << 20, 5 << 20} {
		for name, change := range map[string]func(r *lab.Request){
			"signature": func(r *lab.Request) { s := server.Signer(); s.Secret = "other"; s.Sign(r) },
			"bucket":    func(r *lab.Request) { r.Path = "/no-such-bucket-here/k"; server.Signer().Sign(r) },
			"checksum":  func(r *lab.Request) { r.Header.Set("X-Amz-Checksum-Crc32", "AAAAAA=="); server.Signer().Sign(r) },
			"chunk": func(r *lab.Request) {
				bad, chunks := chunked(bucket, lab.Streaming, "", size, r.Body[:64<<10], r.Body[64<<10:])
				chunks[0][len(chunks[0])-9] ^= 1
				r.Header, r.Body = bad.Header, slices.Concat(chunks...)
			},
		} {
			for i := range 8 {
				r := object(bucket, pattern(size)).With("X-Amz-Content-Sha256", lab.Unsigned)
				change(r)
				if i%2 == 1 {
					r.Header.Set("Expect", "100-continue")
				}
				req, err := http.NewRequestWithContext(t.Context(), r.Method, server.URL+r.Path, strings.NewReader(string(r.Body)))
				require.NoError(t, err)
				req.Header = r.Header
				resp, err := c.Do(req)
				require.NoError(t, err, "%s, %d bytes, %v: the client never saw why it was refused", name, size, r.Header["Expect"])
				require.NoError(t, resp.Body.Close())
				require.Contains(t, []int{400, 403, 404}, resp.StatusCode)
			}
		}
	}
	untouched(t, bucket)
}

// TestRefusalIsReadable sends large bodies without waiting for permission. The refusal must reach a client that writes everything before it
// reads: a connection that is reset under its hands shows it nothing.
func TestRefusalIsReadable(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	for _, size := range []int{100 << 10, 1 << 20, 8 << 20} {
		for range 3 {
			r := object(bucket, pattern(size))
			s := server.Signer()
			s.Secret = "other"
			r.Header.Set("X-Amz-Content-Sha256", lab.Unsigned)
			s.Sign(r)
			one(t, server.Send(t, r), "403 SignatureDoesNotMatch")
		}
	}
	untouched(t, bucket)
}
