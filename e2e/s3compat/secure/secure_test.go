// Package secure drives a server that speaks TLS itself, over HTTP/1.1 and HTTP/2, with the AWS SDK and the binary's own commands.
package secure

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

var ctx = context.Background()

var modes = []lab.Mode{
	{Name: "http1-trailers", TLS: true, Checksum: aws.RequestChecksumCalculationWhenSupported, Verify: aws.ResponseChecksumValidationWhenSupported},
	{Name: "http1-virtual-plain", TLS: true, Virtual: true, Checksum: aws.RequestChecksumCalculationWhenRequired, Verify: aws.ResponseChecksumValidationWhenRequired},
	{Name: "http2-trailers", TLS: true, HTTP2: true, Checksum: aws.RequestChecksumCalculationWhenSupported, Verify: aws.ResponseChecksumValidationWhenSupported},
	{Name: "http2-virtual-plain", TLS: true, HTTP2: true, Virtual: true, Checksum: aws.RequestChecksumCalculationWhenRequired, Verify: aws.ResponseChecksumValidationWhenRequired},
}

// counting counts the answers of each version of HTTP.
type counting struct {
	next     http.RoundTripper
	versions [3]atomic.Int64
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := c.next.RoundTrip(r)
	if err == nil {
		c.versions[res.ProtoMajor].Add(1)
	}
	return res, err
}

// client is an SDK client of a mode; the test fails at its end when it spoke another version of HTTP.
func client(t *testing.T, s *lab.Server, m lab.Mode) (*s3.Client, *counting) {
	t.Helper()
	count := &counting{}
	c, err := s.Client(m, nil, func(o *s3.Options) {
		count.next = o.HTTPClient.(*http.Client).Transport
		o.HTTPClient = &http.Client{Transport: count}
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		other := 2
		if m.HTTP2 {
			other = 1
		}
		require.Zero(t, count.versions[other].Load())
		require.NotZero(t, count.versions[3-other].Load())
		count.next.(*http.Transport).CloseIdleConnections()
	})
	return c, count
}

func content(t *testing.T, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	_, err := rand.Read(b)
	require.NoError(t, err)
	return b
}

func read(t *testing.T, body io.ReadCloser) []byte {
	t.Helper()
	b, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	return b
}

func TestSDK(t *testing.T) {
	s := lab.Start(t, lab.Options{Env: lab.NewCertificate(t, t.TempDir(), 1).Env()})
	for _, m := range modes {
		t.Run(m.Name, func(t *testing.T) {
			c, count := client(t, s, m)
			bucket := aws.String(m.Name)
			_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket})
			require.NoError(t, err)
			for _, size := range []int{0, 1, 4096, 100_000, 3 << 20} {
				key, body := aws.String(fmt.Sprint("size ", size)), content(t, size)
				_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(body)})
				require.NoError(t, err)
				got, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key})
				require.NoError(t, err)
				require.True(t, bytes.Equal(body, read(t, got.Body)), size)
				if size > 1 {
					got, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, Range: aws.String("bytes=1-")})
					require.NoError(t, err)
					require.True(t, bytes.Equal(body[1:], read(t, got.Body)), size)
				}
			}
			// In parts, several at once.
			up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: aws.String("parts")})
			require.NoError(t, err)
			whole := content(t, 13<<20)
			parts := make([]types.CompletedPart, 3)
			var wg sync.WaitGroup
			for i := range parts {
				wg.Go(func() {
					n := int32(i + 1)
					part, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: aws.String("parts"), UploadId: up.UploadId, PartNumber: &n,
						Body: bytes.NewReader(whole[i*5<<20 : min((i+1)*5<<20, len(whole))])})
					if err != nil {
						t.Error(err)
						return
					}
					parts[i] = types.CompletedPart{PartNumber: &n, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32}
				})
			}
			wg.Wait()
			done, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: aws.String("parts"), UploadId: up.UploadId,
				MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(*done.Location, "https://"), *done.Location)
			got, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("parts")})
			require.NoError(t, err)
			require.True(t, bytes.Equal(whole, read(t, got.Body)))
			_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: aws.String("copy"), CopySource: aws.String(m.Name + "/parts")})
			require.NoError(t, err)
			list, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket})
			require.NoError(t, err)
			require.Len(t, list.Contents, 7)
			// A link, and what is refused.
			link, err := s3.NewPresignClient(c).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("size 4096")})
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(link.URL, "https://"))
			req, err := http.NewRequest(http.MethodGet, link.URL, nil)
			require.NoError(t, err)
			res, err := (&http.Client{Transport: count}).Do(req)
			require.NoError(t, err)
			require.Len(t, read(t, res.Body), 4096)
			_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("none")})
			require.ErrorContains(t, err, "NoSuchKey")
			_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("no-such-bucket"), Key: aws.String("k"), Body: bytes.NewReader(whole)})
			require.ErrorContains(t, err, "NoSuchBucket")
			var objects []types.ObjectIdentifier
			for _, o := range list.Contents {
				objects = append(objects, types.ObjectIdentifier{Key: o.Key})
			}
			_, err = c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: objects}})
			require.NoError(t, err)
			_, err = c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket})
			require.NoError(t, err)
		})
	}
	require.NoError(t, s.Stop(lab.StartTime))
}

// Certificates change under load, and one of them is broken: no request fails, no connection is dropped.
func TestRenewalUnderLoad(t *testing.T) {
	cert := lab.NewCertificate(t, t.TempDir(), 1)
	s := lab.Start(t, lab.Options{Env: cert.Env()})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var requests atomic.Int64
	for i, m := range modes {
		c, _ := client(t, s, m)
		bucket := aws.String(fmt.Sprint("load-", i))
		_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket})
		require.NoError(t, err)
		for worker := range 4 {
			wg.Go(func() {
				body := bytes.Repeat([]byte{byte(worker)}, 100_000)
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					key := aws.String(fmt.Sprint(worker, "/", n%10))
					if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(body)}); err != nil {
						t.Error(m.Name, err)
						return
					}
					got, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key})
					if err != nil {
						t.Error(m.Name, err)
						return
					}
					back, err := io.ReadAll(got.Body)
					_ = got.Body.Close()
					if err != nil || !bytes.Equal(body, back) {
						t.Error(m.Name, "content", err)
						return
					}
					requests.Add(2)
				}
			})
		}
	}
	shown := func(serial int64) {
		t.Helper()
		require.Eventually(t, func() bool { return lab.Serial(t, s.Port) == serial && lab.Serial(t, s.UIPort) == serial }, 30*time.Second, 50*time.Millisecond)
	}
	for serial := int64(2); serial < 5; serial++ {
		cert.Renew(t, serial)
		shown(serial)
	}
	cert.Break(t)
	require.Eventually(t, func() bool { return strings.Contains(s.Log(), "cannot be used") }, 30*time.Second, 50*time.Millisecond)
	shown(4)
	cert.Renew(t, 5)
	shown(5)
	close(stop)
	wg.Wait()
	require.NotZero(t, requests.Load())
	t.Logf("%d requests", requests.Load())
	require.NoError(t, s.Stop(lab.StartTime))
}

// The commands of the binary find a server that speaks TLS.
func TestCommands(t *testing.T) {
	cert := lab.NewCertificate(t, t.TempDir(), 1)
	s := lab.Start(t, lab.Options{Env: cert.Env()})
	o := lab.Options{Root: s.Root, Env: cert.Env()}
	limit, cancel := context.WithTimeout(ctx, lab.StartTime)
	defer cancel()
	code, out, errs, err := lab.Run(limit, o, lab.Environment(o, s.Port, s.UIPort), "health")
	require.NoError(t, err)
	require.Zero(t, code, errs)
	require.Contains(t, out, `"status":"ok"`)
	code, _, _, err = lab.Run(limit, o, lab.Environment(o, s.Port, s.UIPort), "health", "--endpoint", s.URL)
	require.NoError(t, err)
	require.NotZero(t, code, "a named server has to prove who it is")
	code, out, _, err = lab.Run(limit, o, lab.Environment(o, s.Port, s.UIPort), "--check-config")
	require.NoError(t, err)
	require.Zero(t, code, out)
	cert.Break(t)
	code, out, _, err = lab.Run(limit, o, lab.Environment(o, s.Port, s.UIPort), "--check-config")
	require.NoError(t, err)
	require.Equal(t, 1, code)
	require.Contains(t, out, "CRITICAL")
	require.Contains(t, out, "TLS_CERT_FILE")
	require.Contains(t, s.Log(), "https://127.0.0.1:"+strconv.Itoa(s.Port))
}
