package s3compat

import (
	"bytes"
	"crypto/md5" //nolint:gosec // ETags
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
)

func etag(body []byte) string {
	sum := md5.Sum(body) //nolint:gosec // what S3 defines
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// TestObjectSizes stores sizes around every boundary: inline and not, chunks, pages.
func TestObjectSizes(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	for i, size := range []int{0, 1, 255, 4095, 4096, 8192, 65535, 65536, 65537, 131072, 1 << 20, 1<<20 + 1, 7<<20 + 13} {
		body := bytesOf(size, uint64(i))
		w := put(t, c, bucket, "same-key", body)
		require.Equal(t, etag(body), *w.ETag)
		equalBytes(t, body, read(t, c, bucket, "same-key"))
	}
}

func TestObjectHeaders(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	expires := time.Date(2033, 5, 6, 7, 8, 9, 0, time.UTC)
	_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("k"), Body: strings.NewReader("body"),
		ContentType: aws.String("text/html; charset=utf-8"), CacheControl: aws.String("max-age=60"), ContentDisposition: aws.String(`attachment; filename="x y.html"`),
		ContentEncoding: aws.String("gzip"), ContentLanguage: aws.String("de-DE, en"), Expires: &expires,
		Metadata: map[string]string{"Mixed-Case": "Value", "second": "a, b", "empty": ""}})
	require.NoError(t, err)
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("k")})
	require.NoError(t, err)
	require.Equal(t, "text/html; charset=utf-8", *h.ContentType)
	require.Equal(t, "max-age=60", *h.CacheControl)
	require.Equal(t, `attachment; filename="x y.html"`, *h.ContentDisposition)
	require.Equal(t, "gzip", *h.ContentEncoding)
	require.Equal(t, "de-DE, en", *h.ContentLanguage)
	require.Equal(t, expires.Format(http.TimeFormat), *h.ExpiresString)
	require.Equal(t, "bytes", *h.AcceptRanges)
	require.Equal(t, map[string]string{"mixed-case": "Value", "second": "a, b", "empty": ""}, h.Metadata)
	require.WithinDuration(t, time.Now(), *h.LastModified, time.Minute)

	// A body without a type, and the overrides of GET.
	put(t, c, bucket, "plain", []byte("x"))
	h, err = c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("plain")})
	require.NoError(t, err)
	require.Equal(t, "application/octet-stream", *h.ContentType)
	a := server.Put(t, "/"+bucket+"/typeless", []byte("x"))
	require.Equal(t, 200, a.Status)
	a = server.Get(t, "/"+bucket+"/typeless", "")
	require.Equal(t, "binary/octet-stream", a.Header.Get("Content-Type"))
	g, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("k"), ResponseCacheControl: aws.String("no-store"), ResponseContentType: aws.String("text/plain"),
		ResponseContentDisposition: aws.String("inline"), ResponseContentLanguage: aws.String("fr"), ResponseContentEncoding: aws.String("identity"), ResponseExpires: aws.Time(expires.Add(time.Hour))})
	require.NoError(t, err)
	require.NoError(t, g.Body.Close())
	require.Equal(t, []string{"no-store", "text/plain", "inline", "fr", "identity", expires.Add(time.Hour).Format(http.TimeFormat)},
		[]string{*g.CacheControl, *g.ContentType, *g.ContentDisposition, *g.ContentLanguage, *g.ContentEncoding, *g.ExpiresString})
	// An override is for signed requests.
	a = server.Send(t, server.New(http.MethodGet, "/"+bucket+"/k", "response-content-type=text/plain", nil))
	require.Contains(t, []string{"InvalidRequest", "AccessDenied"}, a.Error.Code)
	// aws-chunked is how a body travelled, not what the object is.
	h2 := server.New(http.MethodPut, "/"+bucket+"/enc", "", []byte("zzz")).With("Content-Encoding", "gzip")
	require.Equal(t, 200, server.Do(t, h2).Status)
	require.Equal(t, "gzip", server.Get(t, "/"+bucket+"/enc", "").Header.Get("Content-Encoding"))
}

func TestEveryAnswerCarriesItsName(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("x"))
	seen := map[string]bool{}
	for _, r := range []struct{ method, path, query string }{
		{"GET", "/", ""}, {"GET", "/" + bucket, ""}, {"HEAD", "/" + bucket, ""}, {"GET", "/" + bucket + "/k", ""}, {"HEAD", "/" + bucket + "/k", ""},
		{"HEAD", "/" + bucket + "/none", ""}, {"GET", "/" + bucket + "/none", ""}, {"DELETE", "/" + bucket + "/none", ""}, {"PUT", "/" + bucket + "/n", ""},
	} {
		a := server.Do(t, server.New(r.method, r.path, r.query, nil))
		id := a.Header.Get("X-Amz-Request-Id")
		require.NotEmpty(t, id)
		require.False(t, seen[id], "request ids are unique")
		seen[id] = true
		require.NotEmpty(t, a.Header.Get("X-Amz-Id-2"))
		require.NotEmpty(t, a.Header.Get("Server"))
		_, err := http.ParseTime(a.Header.Get("Date"))
		require.NoError(t, err)
		if r.method == "HEAD" {
			require.Empty(t, a.Body)
		}
	}
	// HEAD of an object tells its length, HEAD of nothing has no body.
	a := server.Do(t, server.New("HEAD", "/"+bucket+"/k", "", nil))
	require.Equal(t, "1", a.Header.Get("Content-Length"))
}

func TestObjectOverwriteAndDelete(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("one"))
	put(t, c, bucket, "k", bytesOf(200_000, 4))
	put(t, c, bucket, "k", []byte("three"))
	require.Equal(t, "three", string(read(t, c, bucket, "k")))
	list, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
	require.NoError(t, err)
	require.Len(t, list.Contents, 1)
	require.Equal(t, int64(5), *list.Contents[0].Size)
	for range 2 { // a second delete answers as the first
		_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("k")})
		require.NoError(t, err)
		absent(t, c, bucket, "k")
	}
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("k")})
	refused(t, err, 404, "NoSuchKey")
}

// TestReaderOutlivesOverwrite reads slowly while the object is replaced and deleted: the reader gets what it began with, whole.
func TestReaderOutlivesOverwrite(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	body := bytesOf(24<<20, 5)
	put(t, c, bucket, "k", body)
	out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("k")})
	require.NoError(t, err)
	first := make([]byte, 1<<20)
	_, err = io.ReadFull(out.Body, first)
	require.NoError(t, err)
	put(t, c, bucket, "k", []byte("other"))
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("k")})
	require.NoError(t, err)
	rest, err := io.ReadAll(out.Body)
	require.NoError(t, err)
	equalBytes(t, body, append(first, rest...))
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	// Two KiB of names and values are the limit.
	fits := map[string]string{"a": strings.Repeat("x", 1000), "b": strings.Repeat("y", 1046)}
	_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("fits"), Body: strings.NewReader("x"), Metadata: fits})
	require.NoError(t, err)
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("large"), Body: strings.NewReader("x"),
		Metadata: map[string]string{"a": strings.Repeat("x", 1000), "b": strings.Repeat("y", 1047)}})
	refused(t, err, 400, "MetadataTooLarge")
	absent(t, c, bucket, "large")
	_, err = c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: aws.String("large"), Metadata: map[string]string{"a": strings.Repeat("x", 2048)}})
	refused(t, err, 400, "MetadataTooLarge")

	// The same name twice is one value with a comma; names come back in lower case.
	r := server.New(http.MethodPut, "/"+bucket+"/twice", "", []byte("x"))
	r.Header["X-Amz-Meta-Twice"] = []string{"one", "two"}
	require.Equal(t, 200, server.Do(t, r).Status)
	require.Equal(t, "one,two", strings.ReplaceAll(server.Get(t, "/"+bucket+"/twice", "").Header.Get("X-Amz-Meta-Twice"), ", ", ","))

	// Values in UTF-8 arrive: as they are or in the encoded form of RFC 2047, which is what AWS answers with.
	r = server.New(http.MethodPut, "/"+bucket+"/unicode", "", []byte("x")).With("X-Amz-Meta-Name", "Größe")
	require.Equal(t, 200, server.Do(t, r).Status)
	got := server.Get(t, "/"+bucket+"/unicode", "").Header.Get("X-Amz-Meta-Name")
	require.Contains(t, []string{"Größe", "=?UTF-8?B?R3LDtsOfZQ==?=", "=?UTF-8?Q?Gr=C3=B6=C3=9Fe?="}, got)
}

func TestStorageClass(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put := func(class string) *http.Header {
		a := server.Do(t, server.New(http.MethodPut, "/"+bucket+"/k", "", []byte("x")).With("X-Amz-Storage-Class", class))
		require.Equal(t, 200, a.Status, "%s", a.Body)
		h := server.Get(t, "/"+bucket+"/k", "").Header
		return &h
	}
	require.Empty(t, put("STANDARD").Get("X-Amz-Storage-Class"), "the standard class is not said")
	require.Equal(t, "STANDARD_IA", put("STANDARD_IA").Get("X-Amz-Storage-Class"))
	list, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
	require.NoError(t, err)
	require.Equal(t, "STANDARD_IA", string(list.Contents[0].StorageClass))
	server.Do(t, server.New(http.MethodPut, "/"+bucket+"/k2", "", []byte("x")).With("X-Amz-Storage-Class", "FLOPPY")).Refused(t, 400, "InvalidStorageClass")
	absent(t, c, bucket, "k2")
}

func TestLengths(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	r := server.New(http.MethodPut, "/"+bucket+"/k", "", nil)
	r.NoLength = true
	server.Do(t, r).Refused(t, 411, "MissingContentLength")
	// Chunked transfer encoding says no length either; S3 does not take it.
	r = server.New(http.MethodPut, "/"+bucket+"/k", "", nil).With("Transfer-Encoding", "chunked").With("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	r.NoLength = true
	server.Signer().Sign(r)
	r.Body = []byte("3\r\nabc\r\n0\r\n\r\n")
	chunked := server.Send(t, r)
	require.Contains(t, []string{"501 NotImplemented", "411 MissingContentLength"}, fmt.Sprint(chunked.Status, " ", chunked.Error.Code))
	r = server.New(http.MethodPut, "/"+bucket+"/k", "", nil).With("Content-Length", fmt.Sprint(int64(5)<<30+1)).With("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	a := server.Do(t, r)
	a.Refused(t, 400, "EntityTooLarge")
	require.True(t, a.Error.Has("ProposedSize", fmt.Sprint(int64(5)<<30+1)), "%s", a.Body)
	absent(t, c, bucket, "k")
}

func TestRanges(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	small, large := bytesOf(1000, 6), bytesOf(300_000, 7)
	put(t, c, bucket, "small", small)
	put(t, c, bucket, "large", large)
	put(t, c, bucket, "empty", nil)
	for _, tc := range []struct {
		spec   string
		lo, hi int // of content, hi exclusive; lo = -1: whole with 200; -2: 416
	}{
		{"bytes=0-0", 0, 1}, {"bytes=0-", 0, 1000}, {"bytes=1-9", 1, 10}, {"bytes=999-", 999, 1000}, {"bytes=999-5000", 999, 1000}, {"bytes=-1", 999, 1000},
		{"bytes=-1000", 0, 1000}, {"bytes=-5000", 0, 1000}, {"bytes=500-499", -1, 0}, {"bytes=1000-", -2, 0}, {"bytes=1000-1001", -2, 0}, {"bytes=-0", -2, 0},
		{"bytes=0-1,3-4", -1, 0}, {"bytes=abc", -1, 0}, {"bytes=", -1, 0}, {"lines=0-1", -1, 0}, {"bytes=18446744073709551616-", -2, 0}, {"bytes=0-99999999999999999999", 0, 1000},
	} {
		r := server.New(http.MethodGet, "/"+bucket+"/small", "", nil).With("Range", tc.spec)
		a := server.Do(t, r)
		h := server.Do(t, server.New(http.MethodHead, "/"+bucket+"/small", "", nil).With("Range", tc.spec))
		require.Equal(t, a.Status, h.Status, "HEAD answers as GET: %s", tc.spec)
		switch tc.lo {
		case -2:
			a.Refused(t, 416, "InvalidRange")
			require.True(t, a.Error.Has("ActualObjectSize", "1000"), "%s", a.Body)
			require.True(t, a.Error.Has("RangeRequested", tc.spec), "%s", a.Body)
		case -1:
			require.Equal(t, 200, a.Status, tc.spec)
			equalBytes(t, small, a.Body)
		default:
			require.Equal(t, 206, a.Status, tc.spec)
			equalBytes(t, small[tc.lo:tc.hi], a.Body)
			require.Equal(t, fmt.Sprintf("bytes %d-%d/1000", tc.lo, tc.hi-1), a.Header.Get("Content-Range"))
			require.Equal(t, fmt.Sprint(tc.hi-tc.lo), h.Header.Get("Content-Length"))
		}
	}
	for _, r := range [][2]int{{0, 1}, {65535, 65537}, {131072, 131073}, {1, 299_999}, {299_999, 300_000}} {
		g, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("large"), Range: aws.String(fmt.Sprintf("bytes=%d-%d", r[0], r[1]-1))})
		require.NoError(t, err)
		got, err := io.ReadAll(g.Body)
		require.NoError(t, err)
		equalBytes(t, large[r[0]:r[1]], got)
	}
	for _, spec := range []string{"bytes=0-0", "bytes=0-", "bytes=-0"} {
		server.Do(t, server.New(http.MethodGet, "/"+bucket+"/empty", "", nil).With("Range", spec)).Refused(t, 416, "InvalidRange")
	}
	// The last byte of nothing is all there is.
	require.Equal(t, 200, server.Do(t, server.New(http.MethodGet, "/"+bucket+"/empty", "", nil).With("Range", "bytes=-1")).Status)
	// A part number on an object that has no parts: one part, the whole.
	g, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("small"), PartNumber: aws.Int32(1)})
	require.NoError(t, err)
	got, err := io.ReadAll(g.Body)
	require.NoError(t, err)
	require.True(t, bytes.Equal(small, got))
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("small"), PartNumber: aws.Int32(2)})
	refused(t, err, 416, "InvalidPartNumber")
	server.Do(t, server.New(http.MethodGet, "/"+bucket+"/small", "partNumber=1", nil).With("Range", "bytes=0-1")).Refused(t, 400, "InvalidRequest")
	for _, n := range []string{"0", "-1", "10001", "x", "1.5", "99999999999999999999"} {
		server.Get(t, "/"+bucket+"/small", "partNumber="+n).Refused(t, 400, "InvalidArgument")
	}
}
