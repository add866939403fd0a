package s3compat

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

func TestConditionalReads(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	w := put(t, c, bucket, "k", []byte("content"))
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("k")})
	require.NoError(t, err)
	at, etag := *h.LastModified, *w.ETag
	before, after := at.Add(-time.Hour).Format(http.TimeFormat), at.Add(time.Second).Format(http.TimeFormat)
	same, other := at.Format(http.TimeFormat), `"00000000000000000000000000000000"`
	for _, tc := range []struct {
		headers string // name=value, separated by |
		status  int
	}{
		{"If-Match=" + etag, 200}, {"If-Match=" + strings.Trim(etag, `"`), 200}, {"If-Match=*", 200}, {"If-Match=" + other, 412}, {"If-Match=" + other + ", " + etag, 200},
		{"If-None-Match=" + other, 200}, {"If-None-Match=" + etag, 304}, {"If-None-Match=*", 304}, {"If-None-Match=" + other + "," + etag, 304},
		{"If-Modified-Since=" + before, 200}, {"If-Modified-Since=" + same, 304}, {"If-Modified-Since=nonsense", 200},
		{"If-Unmodified-Since=" + before, 412}, {"If-Unmodified-Since=" + same, 200}, {"If-Unmodified-Since=" + after, 200}, {"If-Unmodified-Since=nonsense", 200},
		// A matching entity tag outweighs a date that fails, and the other way round for the pair of the negatives.
		{"If-Match=" + etag + "|If-Unmodified-Since=" + before, 200}, {"If-Match=" + other + "|If-Unmodified-Since=" + after, 412},
		{"If-None-Match=" + etag + "|If-Modified-Since=" + before, 304}, {"If-None-Match=" + other + "|If-Modified-Since=" + same, 200},
		{"If-Match=" + etag + "|If-None-Match=" + etag, 304},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := server.New(method, "/"+bucket+"/k", "", nil)
			for part := range strings.SplitSeq(tc.headers, "|") {
				name, value, _ := strings.Cut(part, "=")
				r.Header.Set(name, value)
			}
			a := server.Do(t, r)
			require.Equal(t, tc.status, a.Status, "%s %s", method, tc.headers)
			switch {
			case tc.status == 304:
				require.Empty(t, a.Body)
				require.Equal(t, etag, a.Header.Get("ETag"), "304 carries the entity tag")
			case tc.status == 412 && method == http.MethodGet:
				a.Refused(t, 412, "PreconditionFailed")
				name, _, _ := strings.Cut(tc.headers, "=")
				require.True(t, a.Error.Has("Condition", name), "%s", a.Body)
			}
		}
	}
	server.Do(t, server.New(http.MethodGet, "/"+bucket+"/none", "", nil).With("If-None-Match", "*")).Refused(t, 404, "NoSuchKey")
}

func TestConditionalWrites(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	key := aws.String("k")
	put1 := func(in s3.PutObjectInput) (*s3.PutObjectOutput, error) {
		in.Bucket, in.Key, in.Body = &bucket, key, strings.NewReader("content")
		return c.PutObject(ctx, &in)
	}
	_, err := put1(s3.PutObjectInput{IfMatch: aws.String(`"0123"`)})
	refused(t, err, 404, "NoSuchKey")
	w, err := put1(s3.PutObjectInput{IfNoneMatch: aws.String("*")})
	require.NoError(t, err)
	_, err = put1(s3.PutObjectInput{IfNoneMatch: aws.String("*")})
	refused(t, err, 412, "PreconditionFailed")
	_, err = put1(s3.PutObjectInput{IfMatch: aws.String(`"0123"`)})
	refused(t, err, 412, "PreconditionFailed")
	_, err = put1(s3.PutObjectInput{IfMatch: w.ETag})
	require.NoError(t, err)
	_, err = put1(s3.PutObjectInput{IfNoneMatch: aws.String(`"0123"`)}) // only * is known here
	refused(t, err, 501, "NotImplemented")

	// Copy onto an existing key, and completion of an upload.
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: aws.String("copy"), CopySource: aws.String(bucket + "/k"), IfNoneMatch: aws.String("*")})
	require.NoError(t, err)
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: aws.String("copy"), CopySource: aws.String(bucket + "/k"), IfNoneMatch: aws.String("*")})
	refused(t, err, 412, "PreconditionFailed")
	up, part := oneUpload(t, c, bucket, "k", []byte("tiny"))
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: key, UploadId: up, MultipartUpload: part, IfNoneMatch: aws.String("*")})
	refused(t, err, 412, "PreconditionFailed")
	require.Equal(t, "content", string(read(t, c, bucket, "k")))
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: key, UploadId: up, MultipartUpload: part, IfMatch: w.ETag})
	require.NoError(t, err)
	require.Equal(t, "tiny", string(read(t, c, bucket, "k")))

	// Deletion.
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: key})
	require.NoError(t, err)
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: key, IfMatch: w.ETag})
	refused(t, err, 412, "PreconditionFailed")
	for name, value := range map[string]string{"X-Amz-If-Match-Size": "5", "X-Amz-If-Match-Last-Modified-Time": h.LastModified.Add(time.Hour).Format(http.TimeFormat)} {
		server.Do(t, server.New(http.MethodDelete, "/"+bucket+"/k", "", nil).With(name, value)).Refused(t, 412, "PreconditionFailed")
	}
	require.Equal(t, "tiny", string(read(t, c, bucket, "k")))
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: key, IfMatch: h.ETag})
	require.NoError(t, err)
	absent(t, c, bucket, "k")
	for _, tag := range []*string{h.ETag, aws.String("*")} {
		_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: key, IfMatch: tag})
		refused(t, err, 412, "PreconditionFailed")
	}
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: key, IfMatchSize: aws.Int64(5), IfMatchLastModifiedTime: h.LastModified})
	require.NoError(t, err)
}

// TestOneCreatorWins lets many clients create the same key: exactly one is told that it did, and its content is what is there.
func TestOneCreatorWins(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	const creators = 24
	for round, size := range []int{10, 70_000, 10, 70_000, 10} {
		key := fmt.Sprint("key-", round)
		codes := make([]string, creators)
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i := range creators {
			wg.Go(func() {
				body := append([]byte(fmt.Sprintf("creator %02d ", i)), bytesOf(size, uint64(i))...)
				<-start
				var err error
				if i%8 == 7 { // some by way of an upload
					up, part := oneUpload(t, c, bucket, key, body)
					_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: &key, UploadId: up, MultipartUpload: part, IfNoneMatch: aws.String("*")})
				} else {
					_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body), IfNoneMatch: aws.String("*")})
				}
				codes[i] = Code(err)
			})
		}
		close(start)
		wg.Wait()
		winner := -1
		for i, code := range codes {
			if code == "" {
				require.Equal(t, -1, winner, "two creators won")
				winner = i
				continue
			}
			require.Contains(t, []string{"PreconditionFailed", "ConditionalRequestConflict"}, code)
		}
		require.NotEqual(t, -1, winner, "nobody won: %v", codes)
		require.Contains(t, string(read(t, c, bucket, key)[:11]), fmt.Sprintf("creator %02d", winner))
	}
}

// TestCompareAndSwap counts in an object with If-Match: no increment is lost.
func TestCompareAndSwap(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	key := aws.String("counter")
	put(t, c, bucket, *key, []byte("0"))
	const workers, each = 4, 8
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for done := 0; done < each; {
				g, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: key})
				if err != nil {
					t.Error(err)
					return
				}
				var n int
				_, err = fmt.Fscan(g.Body, &n)
				_ = g.Body.Close()
				if err != nil {
					t.Error(err)
					return
				}
				_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: key, Body: strings.NewReader(fmt.Sprint(n + 1)), IfMatch: g.ETag})
				switch Code(err) {
				case "":
					done++
				case "PreconditionFailed", "ConditionalRequestConflict":
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, fmt.Sprint(workers*each), string(read(t, c, bucket, *key)))
}

func TestCopyConditions(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	w := put(t, c, bucket, "source", []byte("content"))
	past, future := time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat), time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	for _, tc := range []struct {
		headers string
		ok      bool
	}{
		{"If-Match=" + *w.ETag, true}, {`If-Match="bad"`, false}, {"If-None-Match=" + *w.ETag, false}, {`If-None-Match="bad"`, true},
		{"If-Modified-Since=" + past, true}, {"If-Unmodified-Since=" + past, false}, {"If-Unmodified-Since=" + future, true},
		{"If-Match=" + *w.ETag + "|If-Unmodified-Since=" + past, true}, {"If-None-Match=" + *w.ETag + "|If-Modified-Since=" + past, false},
	} {
		r := server.New(http.MethodPut, "/"+bucket+"/target", "", nil).With("X-Amz-Copy-Source", "/"+bucket+"/source")
		for part := range strings.SplitSeq(tc.headers, "|") {
			name, value, _ := strings.Cut(part, "=")
			r.Header.Set("X-Amz-Copy-Source-"+name, value)
		}
		a := server.Do(t, r)
		if tc.ok {
			require.Equal(t, 200, a.Status, "%s: %s", tc.headers, a.Body)
			continue
		}
		a.Refused(t, 412, "PreconditionFailed")
	}
}

// oneUpload starts an upload of one part and returns what completes it. It reports failures without ending the goroutine of the test.
func oneUpload(t *testing.T, c *s3.Client, bucket, key string, body []byte) (*string, *types.CompletedMultipartUpload) {
	t.Helper()
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
	if err != nil {
		t.Error(err)
		return aws.String("none"), nil
	}
	part, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: &key, UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader(body)})
	if err != nil {
		t.Error(err)
		return up.UploadId, nil
	}
	return up.UploadId, &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{ETag: part.ETag, PartNumber: aws.Int32(1)}}}
}
