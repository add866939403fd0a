package s3compat

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// visit follows a presigned request as a program without credentials would.
func visit(t *testing.T, m lab.Mode, req *v4.PresignedHTTPRequest, body []byte) (int, []byte) {
	t.Helper()
	addr := strings.TrimPrefix(server.URL, "http://")
	if m.TLS {
		addr = proxy.Listener.Addr().String()
	}
	r, err := http.NewRequestWithContext(ctx, req.Method, req.URL, bytes.NewReader(body))
	require.NoError(t, err)
	for k, v := range req.SignedHeader {
		if k != "Host" && k != "Content-Length" {
			r.Header[k] = v
		}
	}
	resp, err := (&http.Client{Transport: lab.Transport(addr)}).Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, answer
}

func TestPresignedBySDK(t *testing.T) {
	t.Parallel()
	for _, m := range lab.Modes {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			c, err := server.Client(m, proxy)
			require.NoError(t, err)
			bucket := newBucket(t, c)
			p := s3.NewPresignClient(c)
			key := "a folder/ü+&?.txt"
			req, err := p.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, ContentType: aws.String("text/presigned")})
			require.NoError(t, err)
			status, body := visit(t, m, req, []byte("by link"))
			require.Equal(t, 200, status, "%s", body)
			req, err = p.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key, ResponseContentDisposition: aws.String(`attachment; filename="x.txt"`)})
			require.NoError(t, err)
			status, body = visit(t, m, req, nil)
			require.Equal(t, 200, status, "%s", body)
			require.Equal(t, "by link", string(body))
			req, err = p.PresignHeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
			require.NoError(t, err)
			status, _ = visit(t, m, req, nil)
			require.Equal(t, 200, status)
			up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
			require.NoError(t, err)
			req, err = p.PresignUploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: &key, UploadId: up.UploadId, PartNumber: aws.Int32(1)})
			require.NoError(t, err)
			status, body = visit(t, m, req, []byte("part by link"))
			require.Equal(t, 200, status, "%s", body)
			req, err = p.PresignDeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key})
			require.NoError(t, err)
			status, body = visit(t, m, req, nil)
			require.Equal(t, 204, status, "%s", body)
			absent(t, c, bucket, key)
		})
	}
}

func TestPresignedRefusals(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("content"))
	path := "/" + bucket + "/k"
	host := server.New("GET", path, "", nil).Host
	signer := server.Signer()
	send := func(method, path, query string) *lab.Answer {
		return server.Send(t, server.New(method, path, query, nil))
	}

	good := signer.Presign("GET", host, path, "", 60)
	require.Equal(t, "content", string(send("GET", path, good).Body))
	send("GET", path+"x", good).Refused(t, 403, "SignatureDoesNotMatch")
	send("DELETE", path, good).Refused(t, 403, "SignatureDoesNotMatch")
	send("GET", path, good+"&versionId=null").Refused(t, 403, "SignatureDoesNotMatch")
	send("GET", path, good+"&response-content-type=text%2Fhtml").Refused(t, 403, "SignatureDoesNotMatch")
	send("GET", path, strings.Replace(good, "Expires=60", "Expires=6000", 1)).Refused(t, 403, "SignatureDoesNotMatch")
	send("GET", path, good[:len(good)-1]+map[bool]string{true: "0", false: "1"}[good[len(good)-1] != '0']).Refused(t, 403, "SignatureDoesNotMatch")

	old := signer
	old.At = time.Now().Add(-2 * time.Minute)
	expired := send("GET", path, old.Presign("GET", host, path, "", 60))
	expired.Refused(t, 403, "AccessDenied")
	require.Contains(t, expired.Error.Message, "expired")
	require.Contains(t, string(expired.Error.Inner), "<Expires>")
	require.Equal(t, 200, send("GET", path, old.Presign("GET", host, path, "", 600)).Status)
	early := signer
	early.At = time.Now().Add(20 * time.Minute)
	send("GET", path, early.Presign("GET", host, path, "", 60)).Refused(t, 403, "AccessDenied")
	for _, life := range []int{0, -1, 604801} {
		a := send("GET", path, signer.Presign("GET", host, path, "", life))
		if life == 0 { // signed for no time at all: refused as malformed or as expired
			require.Contains(t, []int{400, 403}, a.Status)
			continue
		}
		a.Refused(t, 400, "AuthorizationQueryParametersError")
	}
	require.Equal(t, 200, send("GET", path, signer.Presign("GET", host, path, "", 604800)).Status)
	other := signer
	other.Region = "eu-north-1"
	send("GET", path, other.Presign("GET", host, path, "", 60)).Refused(t, 400, "AuthorizationQueryParametersError")
	unknown := signer
	unknown.Access = "NOSUCHKEY00000000001"
	a := send("GET", path, unknown.Presign("GET", host, path, "", 60))
	a.Refused(t, 403, "InvalidAccessKeyId")
	require.True(t, a.Error.Has("AWSAccessKeyId", "NOSUCHKEY00000000001"), "%s", a.Body)
	for _, drop := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"} {
		var keep []string
		for part := range strings.SplitSeq(good, "&") {
			if !strings.HasPrefix(part, drop+"=") {
				keep = append(keep, part)
			}
		}
		a := send("GET", path, strings.Join(keep, "&"))
		require.GreaterOrEqual(t, a.Status, 400, drop)
		require.Less(t, a.Status, 500, drop)
	}
	// Two ways of signing at once.
	both := server.New("GET", path, good, nil)
	signer.Sign(both)
	require.Equal(t, 400, server.Send(t, both).Status)
}

func TestSignatureV2(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	path := "/" + bucket + "/v2%20key"
	signer := server.Signer()
	do := func(method, query string, body []byte, headers ...string) *lab.Answer {
		r := server.New(method, path, query, body)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		signer.SignV2(r)
		return server.Send(t, r)
	}
	require.Equal(t, 200, do("PUT", "", []byte("second version"), "Content-Type", "text/v2", "X-Amz-Meta-B", "2", "X-Amz-Meta-A", "1").Status)
	a := do("GET", "", nil)
	require.Equal(t, "second version", string(a.Body))
	require.Equal(t, "text/v2", a.Header.Get("Content-Type"))
	require.Equal(t, 200, do("GET", "versionId=null", nil).Status)
	bad := server.New("GET", path, "", nil)
	signer.SignV2(bad)
	bad.Header.Set("X-Amz-Meta-Added", "later")
	server.Send(t, bad).Refused(t, 403, "SignatureDoesNotMatch")

	in := time.Now().Add(time.Minute)
	send := func(method, query string, body []byte) *lab.Answer {
		return server.Send(t, server.New(method, path, query, body))
	}
	require.Equal(t, "second version", string(send("GET", signer.PresignV2("GET", path, in), nil).Body))
	require.Equal(t, 200, send("PUT", signer.PresignV2("PUT", path, in), []byte("by link")).Status)
	require.Equal(t, "by link", string(send("GET", signer.PresignV2("GET", path, in), nil).Body))
	send("DELETE", signer.PresignV2("GET", path, in), nil).Refused(t, 403, "SignatureDoesNotMatch")
	send("GET", signer.PresignV2("GET", path, time.Now().Add(-time.Minute)), nil).Refused(t, 403, "AccessDenied")
	require.Equal(t, 204, send("DELETE", signer.PresignV2("DELETE", path, in), nil).Status)
	absent(t, c, bucket, "v2 key")
	wrong := signer
	wrong.Secret = "wrong"
	send("GET", wrong.PresignV2("GET", path, in), nil).Refused(t, 403, "SignatureDoesNotMatch")
}

// TestSignatureV2Off: the setting refuses both forms and says why.
func TestSignatureV2Off(t *testing.T) {
	t.Parallel()
	s := lab.Start(t, lab.Options{Env: map[string]string{"SIGV2": "off"}})
	r := s.New("GET", "/", "", nil)
	s.Signer().SignV2(r)
	a := s.Send(t, r)
	require.Equal(t, "400 InvalidRequest", fmt.Sprint(a.Status, " ", a.Error.Code))
	require.Contains(t, a.Error.Message, "AWS4-HMAC-SHA256")
	a = s.Send(t, s.New("GET", "/b/k", s.Signer().PresignV2("GET", "/b/k", time.Now().Add(time.Minute)), nil))
	require.Equal(t, "400 InvalidRequest", fmt.Sprint(a.Status, " ", a.Error.Code))
}
