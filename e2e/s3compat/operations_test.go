package s3compat

import (
	"bytes"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// TestOperations goes through every operation in each way that an SDK has of talking to the server.
func TestOperations(t *testing.T) {
	for _, m := range lab.Modes {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			c, err := server.Client(m, proxy)
			require.NoError(t, err)
			everyOperation(t, c)
		})
	}
}

func everyOperation(t *testing.T, c *s3.Client) {
	bucket := newBucket(t, c)
	key := "folder/über & <all>/a+b c%20.txt"
	body := bytesOf(100_000, 1)

	// Buckets.
	head, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Equal(t, lab.Region, aws.ToString(head.BucketRegion))
	loc, err := c.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Empty(t, loc.LocationConstraint)
	buckets, err := c.ListBuckets(ctx, &s3.ListBucketsInput{Prefix: &bucket})
	require.NoError(t, err)
	require.Len(t, buckets.Buckets, 1)

	// Put, head, get.
	for _, content := range [][]byte{{}, body[:10], body} {
		w, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(content), ContentType: aws.String("text/x-trial"),
			Metadata: map[string]string{"colour": "green"}})
		require.NoError(t, err)
		h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key, ChecksumMode: types.ChecksumModeEnabled})
		require.NoError(t, err)
		require.Equal(t, int64(len(content)), *h.ContentLength)
		require.Equal(t, *w.ETag, *h.ETag)
		require.Equal(t, "text/x-trial", *h.ContentType)
		require.Equal(t, "green", h.Metadata["colour"])
		require.Equal(t, w.ChecksumCRC32, h.ChecksumCRC32)
		equalBytes(t, content, read(t, c, bucket, key))
	}
	part, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key, Range: aws.String("bytes=10-19")})
	require.NoError(t, err)
	got, err := io.ReadAll(part.Body)
	require.NoError(t, err)
	equalBytes(t, body[10:20], got)
	attrs, err := c.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{Bucket: &bucket, Key: &key,
		ObjectAttributes: []types.ObjectAttributes{types.ObjectAttributesObjectSize, types.ObjectAttributesEtag}})
	require.NoError(t, err)
	require.Equal(t, int64(len(body)), *attrs.ObjectSize)

	// Listings.
	v1, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Equal(t, []string{key}, keysOf(v1.Contents))
	v2, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, FetchOwner: aws.Bool(true)})
	require.NoError(t, err)
	require.Equal(t, []string{key}, keysOf(v2.Contents))
	require.NotNil(t, v2.Contents[0].Owner)

	// Copy.
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: aws.String("copy"), CopySource: aws.String(bucket + "/" + lab.Escape(key, true))})
	require.NoError(t, err)
	equalBytes(t, body, read(t, c, bucket, "copy"))

	// Multipart: by hand with a copied part, and by the transfer manager.
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: aws.String("parts")})
	require.NoError(t, err)
	uploads, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Len(t, uploads.Uploads, 1)
	big := bytesOf(5<<20, 2)
	p1, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: aws.String("parts"), UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader(big)})
	require.NoError(t, err)
	p2, err := c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: &bucket, Key: aws.String("parts"), UploadId: up.UploadId, PartNumber: aws.Int32(2),
		CopySource: aws.String(bucket + "/copy"), CopySourceRange: aws.String("bytes=100-1099")})
	require.NoError(t, err)
	parts, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: &bucket, Key: aws.String("parts"), UploadId: up.UploadId})
	require.NoError(t, err)
	require.Len(t, parts.Parts, 2)
	done := &types.CompletedMultipartUpload{Parts: []types.CompletedPart{
		{PartNumber: aws.Int32(1), ETag: p1.ETag}, {PartNumber: aws.Int32(2), ETag: p2.CopyPartResult.ETag}}}
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: aws.String("parts"), UploadId: up.UploadId, MultipartUpload: done})
	require.NoError(t, err)
	equalBytes(t, append(bytes.Clone(big), body[100:1100]...), read(t, c, bucket, "parts"))
	gone, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: aws.String("gone")})
	require.NoError(t, err)
	_, err = c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &bucket, Key: aws.String("gone"), UploadId: gone.UploadId})
	require.NoError(t, err)
	whole := bytesOf(11<<20, 3)
	//nolint:staticcheck // the manager that most programs still use
	_, err = manager.NewUploader(c).Upload(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("managed"), Body: bytes.NewReader(whole)})
	require.NoError(t, err)
	buf := manager.NewWriteAtBuffer(nil)
	_, err = manager.NewDownloader(c).Download(ctx, buf, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("managed")}) //nolint:staticcheck // as above
	require.NoError(t, err)
	equalBytes(t, whole, buf.Bytes())

	// Versioning.
	_, err = c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}})
	require.NoError(t, err)
	state, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Equal(t, types.BucketVersioningStatusEnabled, state.Status)
	first := put(t, c, bucket, "v", []byte("one"))
	put(t, c, bucket, "v", []byte("two"))
	old, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("v"), VersionId: first.VersionId})
	require.NoError(t, err)
	got, err = io.ReadAll(old.Body)
	require.NoError(t, err)
	require.Equal(t, "one", string(got))
	del, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("v")})
	require.NoError(t, err)
	require.True(t, aws.ToBool(del.DeleteMarker))
	versions, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: aws.String("v")})
	require.NoError(t, err)
	require.Len(t, versions.Versions, 2)
	require.Len(t, versions.DeleteMarkers, 1)

	// Delete.
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("v"), VersionId: del.VersionId})
	require.NoError(t, err)
	require.Equal(t, "two", string(read(t, c, bucket, "v")))
	batch, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: []types.ObjectIdentifier{
		{Key: aws.String("copy")}, {Key: aws.String("never")}, {Key: &key}}}})
	require.NoError(t, err)
	require.Len(t, batch.Deleted, 3)
	require.Empty(t, batch.Errors)
	_, err = c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("copy")})
	require.Equal(t, 404, Status(err))
}
