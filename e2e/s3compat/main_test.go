package s3compat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// One server for all tests of the package: they use buckets of their own.
var (
	server *lab.Server
	proxy  *httptest.Server
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	root, err := os.MkdirTemp("", "s3compat")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(root) }()
	server, err = lab.Launch(lab.Options{Root: root})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	proxy = server.Proxy()
	code := m.Run()
	proxy.Close()
	if err := server.Stop(40 * time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "the server did not stop cleanly:", err)
		code = 1
	}
	if code != 0 {
		fmt.Fprintf(os.Stderr, "end of the server's log:\n%s\n", server.Log())
	}
	return code
}

var ctx = context.Background()

// client is the AWS SDK over HTTP with path style and default checksums.
func client(t *testing.T, opts ...func(*s3.Options)) *s3.Client {
	t.Helper()
	return server.S3(t, opts...)
}

var bucketNumber atomic.Int64

func bucketName() string {
	return fmt.Sprintf("suite-%d-%d", os.Getpid(), bucketNumber.Add(1))
}

// newBucket makes a bucket that lives as long as the test.
func newBucket(t *testing.T, c *s3.Client) string {
	t.Helper()
	name := bucketName()
	_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})
	require.NoError(t, err)
	t.Cleanup(func() { removeBucket(t, name) })
	return name
}

// removeBucket empties and deletes a bucket. That it can be emptied by listing and deleting is itself part of the test.
func removeBucket(t *testing.T, name string) {
	t.Helper()
	c := client(t)
	uploads, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &name})
	if Code(err) == "NoSuchBucket" {
		return
	}
	require.NoError(t, err)
	for _, u := range uploads.Uploads {
		_, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &name, Key: u.Key, UploadId: u.UploadId})
		require.NoError(t, err)
	}
	for {
		page := server.Get(t, "/"+name, "versions&encoding-type=url&max-keys=1000")
		require.Equal(t, 200, page.Status, "%s", page.Body)
		versions := rawVersions(t, page.Body)
		if len(versions) == 0 {
			break
		}
		for _, v := range versions {
			a := server.Do(t, server.New(http.MethodDelete, "/"+name+"/"+v.key, "versionId="+v.id, nil))
			require.Equal(t, 204, a.Status, "%s", a.Body)
		}
	}
	_, err = c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name})
	require.NoError(t, err)
}

type rawVersion struct{ key, id string }

// rawVersions reads keys, still escaped, and version ids out of a listing.
func rawVersions(t *testing.T, doc []byte) (list []rawVersion) {
	t.Helper()
	text := string(doc)
	for {
		_, rest, ok := strings.Cut(text, "<Key>")
		if !ok {
			return list
		}
		key, rest, _ := strings.Cut(rest, "</Key>")
		_, rest, ok = strings.Cut(rest, "<VersionId>")
		require.True(t, ok)
		id, rest, _ := strings.Cut(rest, "</VersionId>")
		list, text = append(list, rawVersion{key, id}), rest
	}
}

// Code returns the error code of an SDK error, "" for nil.
func Code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return "not an API error: " + err.Error()
	}
	return ""
}

// Status returns the HTTP status of an SDK error.
func Status(err error) int {
	var re *smithyhttp.ResponseError
	if errors.As(err, &re) {
		return re.HTTPStatusCode()
	}
	return 0
}

// refused holds an SDK error against status and code.
func refused(t *testing.T, err error, status int, code string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, fmt.Sprint(status, " ", code), fmt.Sprint(Status(err), " ", Code(err)), "%v", err)
}

// put stores an object and returns the answer.
func put(t *testing.T, c *s3.Client, bucket, key string, body []byte) *s3.PutObjectOutput {
	t.Helper()
	out, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body)})
	require.NoError(t, err)
	return out
}

// read returns the content of an object.
func read(t *testing.T, c *s3.Client, bucket, key string) []byte {
	t.Helper()
	out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	require.NoError(t, err)
	body, err := io.ReadAll(out.Body)
	require.NoError(t, err)
	require.NoError(t, out.Body.Close())
	return body
}

// absent asserts that there is nothing under a key, nor in its history.
func absent(t *testing.T, c *s3.Client, bucket, key string) {
	t.Helper()
	_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	require.Equal(t, 404, Status(err))
	list, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: &key})
	require.NoError(t, err)
	for _, v := range list.Versions {
		require.NotEqual(t, key, *v.Key)
	}
}

// bytesOf returns n bytes that depend on seed and do not compress.
func bytesOf(n int, seed uint64) []byte {
	out := make([]byte, n)
	var key [32]byte
	key[0], key[1], key[2] = byte(seed), byte(seed>>8), byte(seed>>16)
	_, _ = rand.NewChaCha8(key).Read(out)
	return out
}

// keysOf returns the keys of a listing.
func keysOf(list []types.Object) []string {
	keys := make([]string, len(list))
	for i := range list {
		keys[i] = aws.ToString(list[i].Key)
	}
	return keys
}

// equalBytes compares without printing megabytes.
func equalBytes(t *testing.T, want, got []byte) {
	t.Helper()
	if !bytes.Equal(want, got) {
		at := 0
		for at < min(len(want), len(got)) && want[at] == got[at] {
			at++
		}
		require.Failf(t, "content differs", "%d bytes wanted, %d got, first difference at %d", len(want), len(got), at)
	}
}

func readerOf(p []byte) io.ReadSeeker { return bytes.NewReader(p) }
