package s3blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
)

// service returns the endpoint and credentials of an S3 service with a bucket for the tests: the one that MYFSIO_TEST_S3_ENDPOINT, _BUCKET,
// _ACCESS_KEY and _SECRET_KEY name, else this very server on engines in memory.
func service(t *testing.T) Options {
	t.Helper()
	opts := Options{
		Endpoint: os.Getenv("MYFSIO_TEST_S3_ENDPOINT"), Bucket: os.Getenv("MYFSIO_TEST_S3_BUCKET"), PathStyle: true,
		AccessKey: os.Getenv("MYFSIO_TEST_S3_ACCESS_KEY"), SecretKey: os.Getenv("MYFSIO_TEST_S3_SECRET_KEY"),
	}
	if opts.Bucket == "" {
		opts.Bucket = "blobs"
	}
	if opts.Endpoint == "" {
		opts.AccessKey, opts.SecretKey = "keeper", "keeper-secret-of-tests"
		opts.Endpoint = ownServer(t, opts.AccessKey, opts.SecretKey)
	}
	if _, err := Open(t.Context(), opts); err != nil {
		_, err := newClient(opts, nil).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &opts.Bucket})
		require.NoError(t, err)
	}
	return opts
}

var places atomic.Int64

// TestConformance must not be led astray by the variables that the SDK reads when it is asked to.
func TestConformance(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "wrong", "AWS_SECRET_ACCESS_KEY": "wrong", "AWS_REGION": "mars-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
		"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", "AWS_CA_BUNDLE": "/nonexistent", "AWS_PROFILE": "nobody", "AWS_CONFIG_FILE": "/nonexistent",
	} {
		t.Setenv(name, value)
	}
	base := service(t)
	open := func(t *testing.T) func() blob.Store {
		t.Helper()
		opts := base
		opts.Prefix = fmt.Sprintf("test %d-%d/", os.Getpid(), places.Add(1))
		t.Cleanup(func() {
			s, err := Open(context.Background(), opts)
			require.NoError(t, err)
			ids, err := blobtest.IDs(context.Background(), s, blob.ID{})
			require.NoError(t, err)
			require.NoError(t, s.DeleteAll(context.Background(), ids))
			uploads, err := s.client.ListMultipartUploads(context.Background(), &s3.ListMultipartUploadsInput{Bucket: &opts.Bucket, Prefix: &opts.Prefix})
			require.NoError(t, err)
			require.Empty(t, uploads.Uploads, "uploads were left")
		})
		return func() blob.Store {
			s, err := Open(context.Background(), opts)
			require.NoError(t, err)
			return s
		}
	}
	blobtest.Run(t, open)
	blobtest.Reopen(t, open)
}

// loser is a network that carries the requests of one method and query to the service and loses the answers.
type loser struct {
	lose func(*http.Request) bool
	lost atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (l *loser) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && l.lose(r) {
		l.lost.Add(1)
		return nil, errors.Join(errLost, resp.Body.Close())
	}
	return resp, err
}

var errLost = errors.New("the answer was lost")

// TestLostAnswer: a blob that the service has counts as written although no answer ever came; one that was there before does not.
func TestLostAnswer(t *testing.T) {
	opts := service(t)
	opts.Prefix = fmt.Sprintf("lost %d-%d/", os.Getpid(), places.Add(1))
	for name, lose := range map[string]func(*http.Request) bool{
		"put":      func(r *http.Request) bool { return r.Method == http.MethodPut && r.URL.Query().Get("uploadId") == "" },
		"complete": func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Query().Get("uploadId") != "" },
	} {
		t.Run(name, func(t *testing.T) {
			size := 1000
			if name == "complete" {
				size = PartSize + 1000
			}
			network := &loser{lose: lose}
			opts.HTTPClient = &http.Client{Transport: network}
			s, err := Open(t.Context(), opts)
			require.NoError(t, err)
			data := blobtest.Bytes(1, size)
			info, err := blobtest.Put(t.Context(), s, blobtest.ID(size), data)
			require.NoError(t, err)
			require.EqualValues(t, size, info.Size)
			require.NotZero(t, network.lost.Load())
			got, err := blobtest.Get(t.Context(), s, blobtest.ID(size), 0, -1)
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, got))
			_, err = blobtest.Put(t.Context(), s, blobtest.ID(size), blobtest.Bytes(2, size))
			require.ErrorIs(t, err, blob.ErrExists)
			got, err = blobtest.Get(t.Context(), s, blobtest.ID(size), 0, -1)
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, got))
			require.NoError(t, s.Delete(t.Context(), blobtest.ID(size)))
			require.NoError(t, s.Close())
		})
	}
}
