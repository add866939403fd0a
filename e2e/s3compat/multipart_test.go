package s3compat

import (
	"bytes"
	"crypto/md5" //nolint:gosec // ETags
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// upload is an open multipart upload.
type upload struct {
	c           *s3.Client
	bucket, key string
	id          *string
}

func newUpload(t *testing.T, c *s3.Client, bucket, key string) *upload {
	t.Helper()
	out, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: &key, ContentType: aws.String("text/parts"), Metadata: map[string]string{"m": "1"}})
	require.NoError(t, err)
	require.Equal(t, bucket, *out.Bucket)
	require.Equal(t, key, *out.Key)
	return &upload{c, bucket, key, out.UploadId}
}

func (u *upload) part(t *testing.T, n int, body []byte) types.CompletedPart {
	t.Helper()
	out, err := u.c.UploadPart(ctx, &s3.UploadPartInput{Bucket: &u.bucket, Key: &u.key, UploadId: u.id, PartNumber: aws.Int32(int32(n)), Body: bytes.NewReader(body)}) //nolint:gosec // small
	require.NoError(t, err)
	require.Equal(t, etag(body), *out.ETag)
	return types.CompletedPart{PartNumber: aws.Int32(int32(n)), ETag: out.ETag} //nolint:gosec // small
}

func (u *upload) complete(parts ...types.CompletedPart) (*s3.CompleteMultipartUploadOutput, error) {
	return u.c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &u.bucket, Key: &u.key, UploadId: u.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
}

func (u *upload) abort(t *testing.T) {
	t.Helper()
	_, err := u.c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &u.bucket, Key: &u.key, UploadId: u.id})
	require.NoError(t, err)
}

// multiTag is the entity tag of an object of these parts.
func multiTag(parts ...[]byte) string {
	var all []byte
	for _, p := range parts {
		s := md5.Sum(p) //nolint:gosec // as S3 has it
		all = append(all, s[:]...)
	}
	s := md5.Sum(all) //nolint:gosec // as S3 has it
	return fmt.Sprintf(`"%s-%d"`, hex.EncodeToString(s[:]), len(parts))
}

// plainUploads sends parts without checksums; the default of the SDK is another client.
func plainUploads(t *testing.T) *s3.Client {
	t.Helper()
	c, err := server.Client(lab.Modes[1], nil)
	require.NoError(t, err)
	return c
}

func TestMultipart(t *testing.T) {
	t.Parallel()
	c := plainUploads(t)
	bucket := newBucket(t, c)
	u := newUpload(t, c, bucket, "k")
	a, b, last := bytesOf(5<<20, 1), bytesOf(6<<20, 2), bytesOf(3, 3)
	// In any order, with gaps in the numbers, and one replaced.
	p7 := u.part(t, 7, last)
	u.part(t, 1, b)
	p1 := u.part(t, 1, a)
	p3 := u.part(t, 3, b)
	u.part(t, 5, []byte("not listed at completion"))
	absent(t, c, bucket, "k")

	out, err := u.complete(p1, p3, p7)
	require.NoError(t, err)
	require.Equal(t, multiTag(a, b, last), *out.ETag)
	require.Equal(t, bucket, *out.Bucket)
	require.Equal(t, "k", *out.Key)
	require.NotEmpty(t, aws.ToString(out.Location))
	whole := bytes.Join([][]byte{a, b, last}, nil)
	equalBytes(t, whole, read(t, c, bucket, "k"))
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("k")})
	require.NoError(t, err)
	require.Equal(t, "text/parts", *h.ContentType)
	require.Equal(t, "1", h.Metadata["m"])
	require.Equal(t, int64(len(whole)), *h.ContentLength)

	// Ranges across parts, and parts by number in the order of the object.
	for _, r := range [][2]int{{5<<20 - 1, 5<<20 + 1}, {11<<20 - 5, len(whole)}, {0, len(whole)}, {1, 11 << 20}} {
		g, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("k"), Range: aws.String(fmt.Sprintf("bytes=%d-%d", r[0], r[1]-1))})
		require.NoError(t, err)
		got, err := io.ReadAll(g.Body)
		require.NoError(t, err)
		equalBytes(t, whole[r[0]:r[1]], got)
	}
	// The parts of an object are numbered as they were uploaded.
	for n, want := range map[int32][]byte{1: a, 3: b, 7: last} {
		g, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("k"), PartNumber: aws.Int32(n)})
		require.NoError(t, err, "part %d", n)
		got, err := io.ReadAll(g.Body)
		require.NoError(t, err)
		equalBytes(t, want, got)
		require.Equal(t, int32(3), aws.ToInt32(g.PartsCount))
		require.NotEmpty(t, aws.ToString(g.ContentRange))
		require.Equal(t, multiTag(a, b, last), *g.ETag)
	}
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("k"), PartNumber: aws.Int32(8)})
	refused(t, err, 416, "InvalidPartNumber")
	list, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Empty(t, list.Uploads)

	// The same completion again is answered as the first time; a part no longer finds its upload.
	again, err := u.complete(p1, p3, p7)
	require.NoError(t, err)
	require.Equal(t, *out.ETag, *again.ETag)
	_, err = c.UploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: aws.String("k"), UploadId: u.id, PartNumber: aws.Int32(1), Body: bytes.NewReader(last)})
	refused(t, err, 404, "NoSuchUpload")
	_, err = c.ListParts(ctx, &s3.ListPartsInput{Bucket: &bucket, Key: aws.String("k"), UploadId: u.id})
	refused(t, err, 404, "NoSuchUpload")
	equalBytes(t, whole, read(t, c, bucket, "k"))
}

// TestPartsWithChecksumsOfTheirOwn: an upload made without an algorithm takes parts that bring a checksum, as SDKs send them by default.
func TestPartsWithChecksumsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, m := range []lab.Mode{lab.Modes[0], lab.Modes[3]} {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			c, err := server.Client(m, proxy)
			require.NoError(t, err)
			bucket := newBucket(t, c)
			u := newUpload(t, c, bucket, "k")
			p1, p2 := u.part(t, 1, bytesOf(5<<20, 1)), u.part(t, 2, bytesOf(10, 2))
			_, err = u.complete(p1, p2)
			require.NoError(t, err)
			require.Len(t, read(t, c, bucket, "k"), 5<<20+10)
		})
	}
}

func TestMultipartRefusals(t *testing.T) {
	t.Parallel()
	c := plainUploads(t)
	bucket := newBucket(t, c)
	u := newUpload(t, c, bucket, "k")
	small1, small2 := u.part(t, 1, []byte("chunk1")), u.part(t, 2, []byte("chunk2"))
	_, err := u.complete(small1, small2)
	refused(t, err, 400, "EntityTooSmall")
	doc := func(parts ...types.CompletedPart) []byte {
		var b strings.Builder
		b.WriteString("<CompleteMultipartUpload>")
		for _, p := range parts {
			fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", *p.PartNumber, *p.ETag)
		}
		b.WriteString("</CompleteMultipartUpload>")
		return []byte(b.String())
	}
	send := func(id string, body []byte) *lab.Answer {
		return server.Do(t, server.New(http.MethodPost, "/"+bucket+"/k", "uploadId="+id, body))
	}
	a := send(*u.id, doc(small1, small2))
	a.Refused(t, 400, "EntityTooSmall")
	for name, value := range map[string]string{"ProposedSize": "6", "MinSizeAllowed": "5242880", "PartNumber": "1"} {
		require.True(t, a.Error.Has(name, value), "%s: %s", name, a.Body)
	}
	send(*u.id, doc(small2, small1)).Refused(t, 400, "InvalidPartOrder")
	send(*u.id, doc(small1, small1)).Refused(t, 400, "InvalidPartOrder")
	missing := types.CompletedPart{PartNumber: aws.Int32(3), ETag: small1.ETag}
	send(*u.id, doc(small1, missing)).Refused(t, 400, "InvalidPart")
	wrong := types.CompletedPart{PartNumber: aws.Int32(1), ETag: small2.ETag}
	send(*u.id, doc(wrong)).Refused(t, 400, "InvalidPart")
	for _, body := range []string{"", "<CompleteMultipartUpload></CompleteMultipartUpload>", "<Other/>", "nonsense", "<CompleteMultipartUpload><Part><PartNumber>x</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>",
		"<CompleteMultipartUpload><Part><PartNumber>0</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>"} {
		a := send(*u.id, []byte(body))
		require.Equal(t, 400, a.Status, "%q: %s", body, a.Body)
	}
	for _, id := range []string{"nonsense", "", "../../x", strings.Repeat("A", 500)} {
		a := send(id, doc(small1))
		require.Contains(t, []int{404, 400}, a.Status)
		if id == "nonsense" {
			a.Refused(t, 404, "NoSuchUpload")
		}
	}
	// The upload belongs to its key.
	server.Do(t, server.New(http.MethodPost, "/"+bucket+"/other", "uploadId="+*u.id, doc(small1))).Refused(t, 404, "NoSuchUpload")
	server.Do(t, server.New(http.MethodPut, "/"+bucket+"/other", "partNumber=1&uploadId="+*u.id, []byte("x"))).Refused(t, 404, "NoSuchUpload")
	for _, n := range []string{"0", "-1", "10001", "x", "", "1.0", "99999999999999999999", "1&partNumber=2"} {
		a := server.Do(t, server.New(http.MethodPut, "/"+bucket+"/k", "partNumber="+n+"&uploadId="+*u.id, []byte("x")))
		a.Refused(t, 400, "InvalidArgument")
	}
	absent(t, c, bucket, "k")

	// After all these refusals the upload is as it was.
	parts, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: &bucket, Key: aws.String("k"), UploadId: u.id})
	require.NoError(t, err)
	require.Len(t, parts.Parts, 2)
	u.abort(t)
	_, err = c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &bucket, Key: aws.String("k"), UploadId: u.id})
	refused(t, err, 404, "NoSuchUpload")
	_, err = u.complete(small1)
	refused(t, err, 404, "NoSuchUpload")
	absent(t, c, bucket, "k")
}

// TestAbortDuringUpload aborts while a part is on its way: the part is refused or gone, and nothing is left.
func TestAbortDuringUpload(t *testing.T) {
	t.Parallel()
	c := plainUploads(t)
	bucket := newBucket(t, c)
	u := newUpload(t, c, bucket, "k")
	body := bytesOf(1<<20, 1)
	r := server.New(http.MethodPut, "/"+bucket+"/k", "partNumber=1&uploadId="+*u.id, body).With("X-Amz-Content-Sha256", lab.Unsigned)
	server.Signer().Sign(r)
	conn := server.Dial(t)
	_, err := conn.Write(append(r.Head(), body[:len(body)/2]...))
	require.NoError(t, err)
	u.abort(t)
	_, _ = conn.Write(body[len(body)/2:]) // the server may have closed already
	a, err := lab.ReadAnswer(conn, http.MethodPut)
	require.NoError(t, err)
	a.Refused(t, 404, "NoSuchUpload")
	absent(t, c, bucket, "k")
	list, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Empty(t, list.Uploads)
}

// TestCompleteAndAbortAtOnce races the two: exactly one wins.
func TestCompleteAndAbortAtOnce(t *testing.T) {
	t.Parallel()
	c := plainUploads(t)
	bucket := newBucket(t, c)
	for i := range 10 {
		key := fmt.Sprint("k", i)
		u := newUpload(t, c, bucket, key)
		p := u.part(t, 1, []byte("content"))
		var wg sync.WaitGroup
		var cerr, aerr error
		wg.Go(func() { _, cerr = u.complete(p) })
		wg.Go(func() {
			_, aerr = c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &bucket, Key: &key, UploadId: u.id})
		})
		wg.Wait()
		if cerr == nil {
			require.Error(t, aerr, "both were acknowledged")
			require.Equal(t, "content", string(read(t, c, bucket, key)))
			continue
		}
		require.NoError(t, aerr, "neither was acknowledged: %v", cerr)
		absent(t, c, bucket, key)
	}
}

// TestCompleteAtOnce completes one upload from many clients: all are told of the same object.
func TestCompleteAtOnce(t *testing.T) {
	t.Parallel()
	c := plainUploads(t)
	bucket := versioned(t, c)
	u := newUpload(t, c, bucket, "k")
	p := u.part(t, 1, []byte("content"))
	var wg sync.WaitGroup
	ids := make([]string, 6)
	for i := range ids {
		wg.Go(func() {
			out, err := u.complete(p)
			if err != nil {
				if code := Code(err); code != "OperationAborted" && code != "NoSuchUpload" {
					t.Error(err)
				}
				return
			}
			ids[i] = aws.ToString(out.VersionId)
		})
	}
	wg.Wait()
	one := ""
	for _, id := range ids {
		if id != "" {
			require.True(t, one == "" || one == id, "one object: %v", ids)
			one = id
		}
	}
	require.NotEmpty(t, one)
	require.Equal(t, "7*", history(t, c, bucket, "k"))
}

func TestUploadPartCopy(t *testing.T) {
	t.Parallel()
	c := plainUploads(t)
	bucket := versioned(t, c)
	src := bytesOf(11<<20, 1)
	w := put(t, c, bucket, "src", src)
	put(t, c, bucket, "src", []byte("newer"))
	u := newUpload(t, c, bucket, "k")
	from := bucket + "/src?versionId=" + *w.VersionId
	copyPart := func(n int32, source, rng string) (*s3.UploadPartCopyOutput, error) {
		in := &s3.UploadPartCopyInput{Bucket: &bucket, Key: aws.String("k"), UploadId: u.id, PartNumber: &n, CopySource: &source}
		if rng != "" {
			in.CopySourceRange = &rng
		}
		return c.UploadPartCopy(ctx, in)
	}
	p1, err := copyPart(1, from, "bytes=0-5242879")
	require.NoError(t, err)
	require.Equal(t, etag(src[:5<<20]), *p1.CopyPartResult.ETag)
	require.Equal(t, *w.VersionId, aws.ToString(p1.CopySourceVersionId))
	require.NotNil(t, p1.CopyPartResult.LastModified)
	p2, err := copyPart(2, from, "bytes=5242880-11534335")
	require.NoError(t, err)
	p3, err := copyPart(3, bucket+"/src", "")
	require.NoError(t, err)
	_, err = copyPart(4, from, "bytes=0-11534336")
	refused(t, err, 400, "InvalidArgument") // ends behind the end
	_, err = copyPart(4, from, "bytes=11534336-11534340")
	refused(t, err, 400, "InvalidRequest") // begins there
	for _, bad := range []string{"bytes=5-4", "bytes=0-", "bytes=-5", "0-5", "bytes=0-5,7-9", "bytes=a-b"} {
		_, err = copyPart(4, from, bad)
		require.Equal(t, 400, Status(err), "%s: %v", bad, err)
	}
	_, err = copyPart(4, bucket+"/none", "")
	refused(t, err, 404, "NoSuchKey")
	_, err = u.complete(types.CompletedPart{PartNumber: aws.Int32(1), ETag: p1.CopyPartResult.ETag}, types.CompletedPart{PartNumber: aws.Int32(2), ETag: p2.CopyPartResult.ETag},
		types.CompletedPart{PartNumber: aws.Int32(3), ETag: p3.CopyPartResult.ETag})
	require.NoError(t, err)
	want := append(bytes.Clone(src), []byte("newer")...)
	equalBytes(t, want, read(t, c, bucket, "k"))
	// A source of several parts is copied across their borders.
	u2 := newUpload(t, c, bucket, "k2")
	p, err := c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: &bucket, Key: aws.String("k2"), UploadId: u2.id, PartNumber: aws.Int32(1), CopySource: aws.String(bucket + "/k"), CopySourceRange: aws.String("bytes=5242870-5242889")})
	require.NoError(t, err)
	_, err = u2.complete(types.CompletedPart{PartNumber: aws.Int32(1), ETag: p.CopyPartResult.ETag})
	require.NoError(t, err)
	equalBytes(t, want[5242870:5242890], read(t, c, bucket, "k2"))
}

func TestListUploadsAndParts(t *testing.T) {
	t.Parallel()
	c := plainUploads(t)
	bucket := newBucket(t, c)
	var want []string // key and id, in order
	for _, k := range []string{"a", "a", "a/1", "b", "c/1", "c/2"} {
		u := newUpload(t, c, bucket, k)
		want = append(want, k+" "+*u.id)
	}
	for size := int32(1); size <= 7; size++ {
		var got []string
		in := &s3.ListMultipartUploadsInput{Bucket: &bucket, MaxUploads: &size}
		for {
			out, err := c.ListMultipartUploads(ctx, in)
			require.NoError(t, err)
			for _, u := range out.Uploads {
				got = append(got, *u.Key+" "+*u.UploadId)
				require.NotNil(t, u.Initiated)
				require.NotNil(t, u.Initiator)
				require.NotNil(t, u.Owner)
				require.Equal(t, "STANDARD", string(u.StorageClass))
			}
			if !aws.ToBool(out.IsTruncated) {
				break
			}
			in.KeyMarker, in.UploadIdMarker = out.NextKeyMarker, out.NextUploadIdMarker
		}
		require.Equal(t, want, got, "pages of %d", size)
	}
	out, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket, Delimiter: aws.String("/")})
	require.NoError(t, err)
	require.Len(t, out.Uploads, 3)
	require.Len(t, out.CommonPrefixes, 2)
	out, err = c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket, Prefix: aws.String("c/")})
	require.NoError(t, err)
	require.Len(t, out.Uploads, 2)
	out, err = c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket, KeyMarker: aws.String("a")})
	require.NoError(t, err)
	require.Len(t, out.Uploads, 4, "without an upload id the whole key of the marker is behind it")

	u := newUpload(t, c, bucket, "p")
	for n := 1; n <= 5; n++ {
		u.part(t, n*2, []byte(fmt.Sprint("part ", n)))
	}
	for size := int32(1); size <= 6; size++ {
		var got []int32
		in := &s3.ListPartsInput{Bucket: &bucket, Key: aws.String("p"), UploadId: u.id, MaxParts: &size}
		for {
			out, err := c.ListParts(ctx, in)
			require.NoError(t, err)
			for _, p := range out.Parts {
				got = append(got, *p.PartNumber)
				require.Equal(t, int64(6), *p.Size)
				require.NotNil(t, p.LastModified)
			}
			if !aws.ToBool(out.IsTruncated) {
				break
			}
			in.PartNumberMarker = out.NextPartNumberMarker
		}
		require.Equal(t, []int32{2, 4, 6, 8, 10}, got)
	}
	for _, q := range []string{"max-parts=-1", "max-parts=x", "part-number-marker=-1", "part-number-marker=99999999999"} {
		server.Get(t, "/"+bucket+"/p", "uploadId="+*u.id+"&"+q).Refused(t, 400, "InvalidArgument")
	}
	for _, q := range []string{"max-uploads=-1", "max-uploads=x", "max-uploads=99999999999"} {
		server.Get(t, "/"+bucket, "uploads&"+q).Refused(t, 400, "InvalidArgument")
	}
}

// TestPartNumberLimits: a part may have the highest number and be the only one.
func TestPartNumberLimits(t *testing.T) {
	t.Parallel()
	c := plainUploads(t)
	bucket := newBucket(t, c)
	u := newUpload(t, c, bucket, "k")
	p := u.part(t, 10000, []byte("the last possible part"))
	_, err := u.complete(p)
	require.NoError(t, err)
	require.Equal(t, "the last possible part", string(read(t, c, bucket, "k")))
}
