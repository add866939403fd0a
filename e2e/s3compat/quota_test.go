package s3compat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

type quotaDocument struct {
	Quota struct {
		MaxBytes   *int64 `json:"max_bytes"`
		MaxObjects *int64 `json:"max_objects"`
	} `json:"quota"`
	Usage struct{ Bytes, Objects int64 } `json:"usage"`
}

func quota(t *testing.T, bucket string) (out quotaDocument) {
	t.Helper()
	a := server.Get(t, "/"+bucket, "quota")
	require.Equal(t, 200, a.Status, "%s", a.Body)
	require.NoError(t, json.Unmarshal(a.Body, &out))
	return out
}

func setQuota(t *testing.T, bucket, body string) {
	t.Helper()
	r := server.New(http.MethodPut, "/"+bucket, "quota", []byte(body)).With("Content-Type", "application/json")
	a := server.Do(t, r)
	require.Less(t, a.Status, 300, "%s", a.Body)
}

// TestQuota: what would go over it is refused by every way of writing, and changes nothing.
func TestQuota(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket, source := newBucket(t, c), newBucket(t, c)
	put(t, c, source, "large", bytes.Repeat([]byte("x"), 900))
	require.Nil(t, quota(t, bucket).Quota.MaxBytes)
	setQuota(t, bucket, `{"max_bytes":1000,"max_objects":3}`)
	put(t, c, bucket, "a", bytes.Repeat([]byte("x"), 600))
	_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("b"), Body: strings.NewReader(strings.Repeat("x", 401))})
	refused(t, err, 400, "QuotaExceeded")
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: aws.String("b"), CopySource: aws.String(source + "/large")})
	refused(t, err, 400, "QuotaExceeded")
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: aws.String("b")})
	require.NoError(t, err)
	part, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: aws.String("b"), UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader(strings.Repeat("x", 300))})
	require.NoError(t, err)
	put(t, c, bucket, "c", bytes.Repeat([]byte("x"), 350))
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: aws.String("b"), UploadId: up.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag}}}})
	refused(t, err, 400, "QuotaExceeded")
	absent(t, c, bucket, "b")
	require.Equal(t, struct{ Bytes, Objects int64 }{950, 2}, quota(t, bucket).Usage)
	// What shrinks is allowed, and room that was made can be used.
	put(t, c, bucket, "a", bytes.Repeat([]byte("x"), 10))
	put(t, c, bucket, "b", nil)
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("d")})
	refused(t, err, 400, "QuotaExceeded")
	setQuota(t, bucket, `{}`)
	put(t, c, bucket, "d", bytes.Repeat([]byte("x"), 2000))
}

// TestQuotaUnderWriters: sixty-four at once never write more than there is room for, and use all of it.
func TestQuotaUnderWriters(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	const size, room = 1000, 100
	setQuota(t, bucket, fmt.Sprintf(`{"max_bytes":%d}`, size*room+size/2))
	body := bytes.Repeat([]byte("q"), size)
	var written, turned atomic.Int64
	var wg sync.WaitGroup
	for w := range 64 {
		wg.Go(func() {
			for i := range 4 {
				_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(fmt.Sprintf("%d/%d", w, i)), Body: bytes.NewReader(body)})
				switch {
				case err == nil:
					written.Add(1)
				case Code(err) == "QuotaExceeded":
					turned.Add(1)
				default:
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 64*4, written.Load()+turned.Load())
	require.EqualValues(t, room, written.Load())
	require.Equal(t, struct{ Bytes, Objects int64 }{size * room, room}, quota(t, bucket).Usage)
	require.Equal(t, room, count(t, c, bucket))
}

// TestQuotaUnderEveryWriter: puts, copies and completions race for the same room; each is written whole or not at all.
func TestQuotaUnderEveryWriter(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket, source := newBucket(t, c), newBucket(t, c)
	const size, room, each = 1000, 90, 3
	body := bytes.Repeat([]byte("q"), size)
	put(t, c, source, "k", body)
	type parts struct {
		key, id string
		etag    *string
	}
	// The uploads are open before there is a quota, which leaves their completions to be judged.
	var uploads []parts
	for i := range 64 / 3 * each {
		key := fmt.Sprint("upload/", i)
		up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
		require.NoError(t, err)
		part, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: &key, UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader(body)})
		require.NoError(t, err)
		uploads = append(uploads, parts{key, *up.UploadId, part.ETag})
	}
	setQuota(t, bucket, fmt.Sprintf(`{"max_bytes":%d}`, size*room+size/2))
	var written, turned atomic.Int64
	var wg sync.WaitGroup
	writer := func(write func(i int) error) {
		wg.Go(func() {
			for i := range each {
				switch err := write(i); {
				case err == nil:
					written.Add(1)
				case Code(err) == "QuotaExceeded":
					turned.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	for w := range 64 {
		switch w % 3 {
		case 0:
			writer(func(i int) error {
				_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(fmt.Sprintf("put/%d/%d", w, i)), Body: bytes.NewReader(body)})
				return err
			})
		case 1:
			writer(func(i int) error {
				_, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: aws.String(fmt.Sprintf("copy/%d/%d", w, i)), CopySource: aws.String(source + "/k")})
				return err
			})
		case 2:
			writer(func(i int) error {
				u := uploads[w/3*each+i]
				_, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: &u.key, UploadId: &u.id,
					MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: u.etag}}}})
				return err
			})
		}
	}
	wg.Wait()
	require.EqualValues(t, 64*each, written.Load()+turned.Load())
	require.EqualValues(t, room, written.Load())
	require.Equal(t, struct{ Bytes, Objects int64 }{size * room, room}, quota(t, bucket).Usage)
	require.Equal(t, room, count(t, c, bucket))
}

// count is how many objects a bucket lists.
func count(t *testing.T, c *s3.Client, bucket string) (n int) {
	t.Helper()
	for p := s3.NewListObjectsV2Paginator(c, &s3.ListObjectsV2Input{Bucket: &bucket}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		require.NoError(t, err)
		n += len(page.Contents)
	}
	return n
}
