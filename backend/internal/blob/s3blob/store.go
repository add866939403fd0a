// Package s3blob keeps blobs as objects in a bucket of any S3 service.
//
// A blob is the object <prefix><id>. Objects come into being whole, so nothing torn is ever visible; conditional writes (If-None-Match: *)
// keep an id from being written twice, also by two servers. What a crash leaves after each step of a write:
//
//	up to PartSize bytes     nothing: they are in memory until Commit puts the object in one request
//	further parts            an unfinished multipart upload, which costs space and is never visible; a lifecycle rule with
//	                         AbortIncompleteMultipartUpload on the bucket removes it
//	put, or complete         the object, of which nobody was told until Commit returned
//
// An answer that got lost is resolved by looking: every writer marks its object with a random word of its own.
package s3blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
)

// Options say where the blobs are. Nothing is ever taken from AWS_* variables or shared configuration files.
type Options struct {
	Endpoint  string // "https://s3.example.org"; empty for AWS
	Bucket    string // must exist
	Prefix    string // of every key: "blobs/"
	Region    string // "us-east-1" if empty
	AccessKey string
	SecretKey string
	PathStyle bool

	HTTPClient *http.Client // nil for one with the pool's limits raised
	Rand       io.Reader    // nil for crypto/rand
}

// PartSize is the size of the parts of a long blob, in bytes, and the memory that a writer takes at most.
const PartSize = 8 << 20

// cleanup bounds what is done after a failure, when the caller's context may have ended already.
const cleanup = 30 * time.Second

// Store is a blob.Store in a bucket. It implements blob.Cloner and blob.Remover. Readers may fail after a Delete.
type Store struct {
	client  *s3.Client
	bucket  string
	prefix  string
	rand    io.Reader
	buffers sync.Pool
	closed  atomic.Bool
	idle    func()
}

// Open checks that the bucket is there and may be used.
func Open(ctx context.Context, opts Options) (*Store, error) {
	const op = "s3blob.Open"
	s := &Store{bucket: opts.Bucket, prefix: opts.Prefix, rand: opts.Rand}
	if s.rand == nil {
		s.rand = rand.Reader
	}
	client := opts.HTTPClient
	if client == nil {
		transport := &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: false, MaxIdleConns: 256, MaxIdleConnsPerHost: 256,
			IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second,
			ResponseHeaderTimeout: 5 * time.Minute, // completing a long upload takes its time
		}
		client = &http.Client{Transport: transport}
	}
	s.idle = client.CloseIdleConnections
	s.client = newClient(opts, client)
	s.buffers.New = func() any { b := make([]byte, 0, PartSize); return &b }
	if _, err := s.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.bucket}); err != nil {
		return nil, fault.Wrap(op, fmt.Errorf("bucket %s: %w", opts.Bucket, err))
	}
	return s, nil
}

// newClient makes a client from the options alone; what reads the environment in the SDK is its package config, which is not used.
func newClient(opts Options, client *http.Client) *s3.Client {
	region := opts.Region
	if region == "" {
		region = "us-east-1"
	}
	o := s3.Options{
		Region: region, UsePathStyle: opts.PathStyle,
		Credentials:                credentials.NewStaticCredentialsProvider(opts.AccessKey, opts.SecretKey, ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,

		DisableLogOutputChecksumValidationSkipped: true,
	}
	if client != nil {
		o.HTTPClient = client
	}
	if opts.Endpoint != "" {
		o.BaseEndpoint = aws.String(opts.Endpoint)
	}
	return s3.New(o)
}

func (s *Store) key(id blob.ID) *string { return aws.String(s.prefix + id.String()) }

// ready reports why the store cannot be used.
func (s *Store) ready(ctx context.Context) error {
	if s.closed.Load() {
		return blob.ErrClosed
	}
	return ctx.Err()
}

// Close implements blob.Store.
func (s *Store) Close() error {
	if !s.closed.Swap(true) {
		s.idle()
	}
	return nil
}

// status is the HTTP status of a service's answer, 0 if there was none.
func status(err error) int {
	var r *awshttp.ResponseError
	if errors.As(err, &r) {
		return r.HTTPStatusCode()
	}
	return 0
}

// code is the error code of a service's answer.
func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

func missing(err error) bool {
	return status(err) == http.StatusNotFound && code(err) != "NoSuchBucket"
}

// head returns a blob's description and its writer's word.
func (s *Store) head(ctx context.Context, id blob.ID) (blob.Info, string, error) {
	out, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: s.key(id)})
	if missing(err) {
		return blob.Info{}, "", blob.ErrNotFound
	}
	if err != nil {
		return blob.Info{}, "", fault.Wrap("s3blob.Head", err)
	}
	info := blob.Info{ID: id, Size: aws.ToInt64(out.ContentLength), Created: aws.ToTime(out.LastModified)}
	return info, out.Metadata[wordName], nil
}

// resolve turns a range into offset and length.
func resolve(size, off, n int64) (int64, error) {
	if off < 0 || off > size || n > size-off {
		return 0, blob.ErrRange
	}
	if n < 0 {
		n = size - off
	}
	return n, nil
}

// Open implements blob.Store. One request serves it, save for empty ranges and those outside the blob.
func (s *Store) Open(ctx context.Context, id blob.ID, off, n int64) (io.ReadCloser, error) {
	const op = "s3blob.Open"
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	in := &s3.GetObjectInput{Bucket: &s.bucket, Key: s.key(id)}
	switch {
	case off < 0, n == 0, n > math.MaxInt64-off:
		return s.openEmpty(ctx, id, off, n)
	case n > 0:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", off, off+n-1))
	case off > 0:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", off))
	}
	out, err := s.client.GetObject(ctx, in)
	switch {
	case missing(err):
		return nil, blob.ErrNotFound
	case status(err) == http.StatusRequestedRangeNotSatisfiable:
		return s.openEmpty(ctx, id, off, n)
	case err != nil:
		return nil, fault.Wrap(op, err)
	}
	length := aws.ToInt64(out.ContentLength)
	switch {
	case in.Range != nil && !strings.HasPrefix(aws.ToString(out.ContentRange), fmt.Sprintf("bytes %d-", off)):
		err = fault.Wrap(op, fmt.Errorf("asked for %s, answered %q", *in.Range, aws.ToString(out.ContentRange)))
	case n > 0 && length < n:
		err = blob.ErrRange // the service answers with what there is of the range
	}
	if err != nil {
		return nil, errors.Join(err, out.Body.Close())
	}
	return &reader{body: out.Body, left: length}, nil
}

// openEmpty serves what can only be an empty range, or none of the blob's.
func (s *Store) openEmpty(ctx context.Context, id blob.ID, off, n int64) (io.ReadCloser, error) {
	info, _, err := s.head(ctx, id)
	if err != nil {
		return nil, err
	}
	left, err := resolve(info.Size, off, n)
	if err != nil {
		return nil, err
	}
	if left > 0 {
		return nil, fault.Wrap("s3blob.Open", fmt.Errorf("%w: a range inside the %d bytes of the blob was refused", blob.ErrCorrupt, info.Size))
	}
	return http.NoBody, nil
}

// reader notices when less comes than was promised.
type reader struct {
	body io.ReadCloser
	left int64
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	r.left -= int64(n)
	if errors.Is(err, io.EOF) && r.left != 0 {
		err = fmt.Errorf("%w: %d bytes too few: %w", blob.ErrCorrupt, r.left, io.ErrUnexpectedEOF)
	}
	return n, err
}

func (r *reader) Close() error { return r.body.Close() }

// Delete implements blob.Store.
func (s *Store) Delete(ctx context.Context, id blob.ID) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: s.key(id)})
	if missing(err) {
		return nil // some services say so
	}
	return fault.Wrap("s3blob.Delete", err)
}

// DeleteAll implements blob.Remover, a thousand blobs per request.
func (s *Store) DeleteAll(ctx context.Context, ids []blob.ID) error {
	const op = "s3blob.DeleteAll"
	for len(ids) > 0 {
		if err := s.ready(ctx); err != nil {
			return err
		}
		n := min(len(ids), 1000)
		objects := make([]types.ObjectIdentifier, n)
		for i, id := range ids[:n] {
			objects[i].Key = s.key(id)
		}
		out, err := s.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
			Bucket: &s.bucket, Delete: &types.Delete{Objects: objects, Quiet: aws.Bool(true)},
		})
		if err != nil {
			return fault.Wrap(op, err)
		}
		for _, e := range out.Errors {
			if aws.ToString(e.Code) != "NoSuchKey" {
				return fault.Wrap(op, fmt.Errorf("%s: %s: %s", aws.ToString(e.Key), aws.ToString(e.Code), aws.ToString(e.Message)))
			}
		}
		ids = ids[n:]
	}
	return nil
}

// List implements blob.Store. Keys sort as ids do.
func (s *Store) List(ctx context.Context, after blob.ID, fn func(blob.Info) error) error {
	start := *s.key(after)
	for {
		if err := s.ready(ctx); err != nil {
			return err
		}
		out, err := s.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &s.prefix, StartAfter: &start})
		if err != nil {
			return fault.Wrap("s3blob.List", err)
		}
		for _, o := range out.Contents {
			start = aws.ToString(o.Key)
			id, err := ident.ParseBlob(strings.TrimPrefix(start, s.prefix))
			if err != nil {
				continue // nothing of ours
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := fn(blob.Info{ID: id, Size: aws.ToInt64(o.Size), Created: aws.ToTime(o.LastModified)}); err != nil {
				return err
			}
		}
		if len(out.Contents) == 0 || !aws.ToBool(out.IsTruncated) {
			return nil
		}
	}
}

// wordName is the metadata entry that holds the writer's word.
const wordName = "writer"

func (s *Store) word() (string, error) {
	var raw [16]byte
	if _, err := io.ReadFull(s.rand, raw[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(raw[:]), nil
}
