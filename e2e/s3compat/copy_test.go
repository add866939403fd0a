package s3compat

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

func TestCopy(t *testing.T) {
	t.Parallel()
	c := client(t)
	from, to := newBucket(t, c), newBucket(t, c)
	body := bytesOf(150_000, 1)
	_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &from, Key: aws.String("s"), Body: readerOf(body), ContentType: aws.String("text/one"), CacheControl: aws.String("max-age=1"),
		Metadata: map[string]string{"a": "1"}, ChecksumAlgorithm: types.ChecksumAlgorithmSha256})
	require.NoError(t, err)

	out, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &to, Key: aws.String("d"), CopySource: aws.String(from + "/s")})
	require.NoError(t, err)
	require.Equal(t, etag(body), *out.CopyObjectResult.ETag)
	require.Equal(t, sum(types.ChecksumAlgorithmSha256, body), aws.ToString(out.CopyObjectResult.ChecksumSHA256))
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &to, Key: aws.String("d")})
	require.NoError(t, err)
	require.Equal(t, []string{"text/one", "max-age=1", "1"}, []string{*h.ContentType, aws.ToString(h.CacheControl), h.Metadata["a"]})
	equalBytes(t, body, read(t, c, to, "d"))

	// REPLACE takes everything from the request; COPY nothing.
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &to, Key: aws.String("d"), CopySource: aws.String(from + "/s"), MetadataDirective: types.MetadataDirectiveReplace,
		ContentType: aws.String("text/two"), Metadata: map[string]string{"b": "2"}})
	require.NoError(t, err)
	h, err = c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &to, Key: aws.String("d")})
	require.NoError(t, err)
	require.Equal(t, "text/two", *h.ContentType)
	require.Nil(t, h.CacheControl)
	require.Equal(t, map[string]string{"b": "2"}, h.Metadata)
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &to, Key: aws.String("d"), CopySource: aws.String(from + "/s"), MetadataDirective: types.MetadataDirectiveCopy,
		ContentType: aws.String("text/three"), Metadata: map[string]string{"c": "3"}})
	require.NoError(t, err)
	h, err = c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &to, Key: aws.String("d")})
	require.NoError(t, err)
	require.Equal(t, "text/one", *h.ContentType)
	require.Equal(t, map[string]string{"a": "1"}, h.Metadata)

	// Another checksum than the source has.
	out, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &to, Key: aws.String("d"), CopySource: aws.String(from + "/s"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c})
	require.NoError(t, err)
	require.Equal(t, sum(types.ChecksumAlgorithmCrc32c, body), aws.ToString(out.CopyObjectResult.ChecksumCRC32C))

	// Onto itself only with a change.
	self := &s3.CopyObjectInput{Bucket: &from, Key: aws.String("s"), CopySource: aws.String(from + "/s")}
	_, err = c.CopyObject(ctx, self)
	refused(t, err, 400, "InvalidRequest")
	self.MetadataDirective, self.Metadata = types.MetadataDirectiveReplace, map[string]string{"new": "yes"}
	_, err = c.CopyObject(ctx, self)
	require.NoError(t, err)
	equalBytes(t, body, read(t, c, from, "s"))

	// The copy lives on without its source.
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &from, Key: aws.String("s")})
	require.NoError(t, err)
	equalBytes(t, body, read(t, c, to, "d"))
}

func TestCopyRefusals(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "s", []byte("x"))
	for _, tc := range []struct {
		source string
		status int
		code   string
	}{
		{bucket + "/none", 404, "NoSuchKey"}, {"no-such-bucket-here/k", 404, "NoSuchBucket"},
		{bucket, 400, "InvalidArgument"}, {"/", 400, "InvalidArgument"}, {bucket + "/", 400, "InvalidArgument"}, {bucket + "/%zz", 400, "InvalidArgument"},
		{bucket + "/s?versionId=nonsense", 400, "InvalidArgument"},
	} {
		a := server.Do(t, server.New(http.MethodPut, "/"+bucket+"/d", "", nil).With("X-Amz-Copy-Source", tc.source))
		a.Refused(t, tc.status, tc.code)
	}
	for name, value := range map[string]string{"X-Amz-Metadata-Directive": "MERGE", "X-Amz-Tagging-Directive": "MERGE"} {
		a := server.Do(t, server.New(http.MethodPut, "/"+bucket+"/d", "", nil).With("X-Amz-Copy-Source", bucket+"/s").With(name, value))
		require.Contains(t, []int{400, 501}, a.Status, "%s", a.Body)
	}
	// Paths that would lead out of the bucket are only names of keys.
	for _, source := range []string{bucket + "/../s", "../" + bucket + "/s", ".myfsio.sys/config/iam.json", bucket + "/..%2f..%2fetc/passwd", bucket + "/.myfsio.sys/config/iam.json", "..%2f.myfsio.sys/config/iam.json"} {
		a := server.Do(t, server.New(http.MethodPut, "/"+bucket+"/d", "", nil).With("X-Amz-Copy-Source", source))
		require.Contains(t, []int{400, 404}, a.Status, "%s: %s", source, a.Body)
	}
	absent(t, c, bucket, "d")
	require.Equal(t, []string{"s"}, listAll(t, bucket))
	// The slash in front is optional, and the source may be escaped or not.
	for _, source := range []string{bucket + "/s", "/" + bucket + "/s", bucket + "/%73", "%2F" + bucket + "%2Fs"} {
		a := server.Do(t, server.New(http.MethodPut, "/"+bucket+"/d", "", nil).With("X-Amz-Copy-Source", source))
		require.Equal(t, 200, a.Status, "%s: %s", source, a.Body)
	}
}

func TestCopyVersions(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := versioned(t, c)
	first := put(t, c, bucket, "s", []byte("first"))
	put(t, c, bucket, "s", []byte("second"))
	out, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: aws.String("d"), CopySource: aws.String(bucket + "/s?versionId=" + *first.VersionId)})
	require.NoError(t, err)
	require.Equal(t, *first.VersionId, aws.ToString(out.CopySourceVersionId))
	require.NotEmpty(t, aws.ToString(out.VersionId))
	require.Equal(t, "first", string(read(t, c, bucket, "d")))
	// An old version becomes the current one again by copying it onto its own key.
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: aws.String("s"), CopySource: aws.String(bucket + "/s?versionId=" + *first.VersionId)})
	require.NoError(t, err)
	require.Equal(t, "first", string(read(t, c, bucket, "s")))
	// A delete marker is no source: by key there is nothing, by version it is a request that makes no sense.
	del, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("s")})
	require.NoError(t, err)
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: aws.String("d"), CopySource: aws.String(bucket + "/s")})
	refused(t, err, 404, "NoSuchKey")
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: aws.String("d"), CopySource: aws.String(bucket + "/s?versionId=" + *del.VersionId)})
	refused(t, err, 400, "InvalidRequest")
}
