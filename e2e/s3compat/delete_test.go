package s3compat

import (
	"crypto/md5" //nolint:gosec // Content-MD5
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

func TestDeleteObjects(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	var ids []types.ObjectIdentifier
	var keys []string
	for i := range 250 { // several commits
		keys = append(keys, fmt.Sprintf("k%03d", i))
		ids = append(ids, types.ObjectIdentifier{Key: aws.String(keys[i])})
	}
	fill(t, c, bucket, append(keys, "stays")...)
	out, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: ids}})
	require.NoError(t, err)
	require.Empty(t, out.Errors)
	require.Len(t, out.Deleted, 250)
	for i, d := range out.Deleted {
		require.Equal(t, keys[i], *d.Key, "answers come in the order of the request")
	}
	require.Equal(t, []string{"stays"}, listAll(t, bucket))
}

func TestDeleteObjectsVersions(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := versioned(t, c)
	first := put(t, c, bucket, "k", []byte("1"))
	second := put(t, c, bucket, "k", []byte("22"))
	put(t, c, bucket, "other", []byte("3"))
	out, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: []types.ObjectIdentifier{
		{Key: aws.String("k"), VersionId: first.VersionId}, {Key: aws.String("other")}, {Key: aws.String("k"), VersionId: aws.String("not-a-version")}, {Key: aws.String("k"), VersionId: first.VersionId}}}})
	require.NoError(t, err)
	require.Equal(t, "2*", history(t, c, bucket, "k"))
	require.Equal(t, "x* 1", history(t, c, bucket, "other"))
	require.Equal(t, "22", string(read(t, c, bucket, "k")))
	require.NotEmpty(t, second.VersionId)
	marker := false
	for _, d := range out.Deleted {
		if *d.Key == "other" {
			marker = aws.ToBool(d.DeleteMarker) && aws.ToString(d.DeleteMarkerVersionId) != ""
		}
	}
	require.True(t, marker, "a marker that was made is said with its version")
	require.Len(t, out.Errors, 1)
	require.Contains(t, []string{"NoSuchVersion", "InvalidArgument"}, *out.Errors[0].Code)
}

func TestDeleteObjectsConditions(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	w := put(t, c, bucket, "k", []byte("1"))
	put(t, c, bucket, "k2", []byte("2"))
	out, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: []types.ObjectIdentifier{
		{Key: aws.String("k"), ETag: w.ETag}, {Key: aws.String("k2"), ETag: w.ETag}}}})
	require.NoError(t, err)
	require.Len(t, out.Deleted, 1)
	require.Len(t, out.Errors, 1)
	require.Equal(t, "PreconditionFailed", *out.Errors[0].Code)
	require.Equal(t, []string{"k2"}, listAll(t, bucket))
}

func TestDeleteObjectsRefusals(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("1"))
	doc := "<Delete><Object><Key>k</Key></Object></Delete>"
	send := func(body string, md5sum bool) *lab.Answer {
		r := server.New(http.MethodPost, "/"+bucket, "delete", []byte(body))
		if md5sum {
			s := md5.Sum([]byte(body)) //nolint:gosec // as above
			r.Header.Set("Content-Md5", base64.StdEncoding.EncodeToString(s[:]))
		}
		return server.Do(t, r)
	}
	send(doc, false).Refused(t, 400, "InvalidRequest") // neither Content-MD5 nor a checksum
	for _, bad := range []string{"", "<Delete></Delete>", "<Delete>", "nonsense", "<Other/>", "<Delete><Object></Object></Delete>",
		"<Delete>" + strings.Repeat("<Object><Key>x</Key></Object>", 1001) + "</Delete>"} {
		a := send(bad, true)
		require.Equal(t, 400, a.Status, "%.60q: %s", bad, a.Body)
		require.Contains(t, []string{"MalformedXML", "MissingRequestBodyError", "UserKeyMustBeSpecified"}, a.Error.Code)
	}
	r := server.New(http.MethodPost, "/"+bucket, "delete", []byte(doc)).With(header("CRC32"), sum("CRC32", []byte("other")))
	server.Do(t, r).Refused(t, 400, "BadDigest")
	require.Equal(t, []string{"k"}, listAll(t, bucket))

	// A key that is too long or bad is an error of that key alone.
	long := strings.Repeat("l", 1025)
	a := send("<Delete><Object><Key>"+long+"</Key></Object><Object><Key>k</Key></Object></Delete>", true)
	require.Equal(t, 200, a.Status, "%s", a.Body)
	require.Contains(t, string(a.Body), "<Code>KeyTooLongError</Code>")
	require.Empty(t, listAll(t, bucket))
	server.Do(t, server.New(http.MethodPost, "/no-such-bucket-at-all", "delete", []byte(doc)).With(header("CRC32"), sum("CRC32", []byte(doc)))).Refused(t, 404, "NoSuchBucket")
	ok := send("<?xml version=\"1.0\"?><Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet><Object><Key>a&lt;b&#10;c</Key></Object></Delete>", true)
	require.Equal(t, 200, ok.Status, "%s", ok.Body)
	require.NotContains(t, string(ok.Body), "<Deleted>")
	_ = c
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	c := plainUploads(t)
	bucket := versioned(t, c)
	body := bytesOf(1000, 1)
	w, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("k"), Body: readerOf(body), ChecksumAlgorithm: types.ChecksumAlgorithmSha1})
	require.NoError(t, err)
	everything := []types.ObjectAttributes{types.ObjectAttributesEtag, types.ObjectAttributesChecksum, types.ObjectAttributesObjectParts, types.ObjectAttributesObjectSize, types.ObjectAttributesStorageClass}
	out, err := c.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{Bucket: &bucket, Key: aws.String("k"), ObjectAttributes: everything})
	require.NoError(t, err)
	require.Equal(t, strings.Trim(etag(body), `"`), *out.ETag, "the tag has no quotes here")
	require.Equal(t, int64(1000), *out.ObjectSize)
	require.Equal(t, "STANDARD", string(out.StorageClass))
	require.Equal(t, sum(types.ChecksumAlgorithmSha1, body), *out.Checksum.ChecksumSHA1)
	require.Equal(t, types.ChecksumTypeFullObject, out.Checksum.ChecksumType)
	require.Nil(t, out.ObjectParts)
	require.Equal(t, *w.VersionId, *out.VersionId)
	require.NotNil(t, out.LastModified)
	one, err := c.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{Bucket: &bucket, Key: aws.String("k"), VersionId: w.VersionId, ObjectAttributes: everything[3:4]})
	require.NoError(t, err)
	require.Nil(t, one.ETag)
	require.Equal(t, int64(1000), *one.ObjectSize)

	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: aws.String("m"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c})
	require.NoError(t, err)
	var done []types.CompletedPart
	for n, p := range [][]byte{bytesOf(5<<20, 1), bytesOf(5<<20, 2), bytesOf(9, 3)} {
		part, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: aws.String("m"), UploadId: up.UploadId, PartNumber: aws.Int32(int32(n + 1)), Body: readerOf(p), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c}) //nolint:gosec // small
		require.NoError(t, err)
		done = append(done, completed(n+1, *part.ETag, types.ChecksumAlgorithmCrc32c, *part.ChecksumCRC32C))
	}
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: aws.String("m"), UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: done}})
	require.NoError(t, err)
	out, err = c.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{Bucket: &bucket, Key: aws.String("m"), ObjectAttributes: everything, MaxParts: aws.Int32(2)})
	require.NoError(t, err)
	require.Equal(t, int32(3), *out.ObjectParts.TotalPartsCount)
	require.Len(t, out.ObjectParts.Parts, 2)
	require.True(t, *out.ObjectParts.IsTruncated)
	require.Equal(t, *done[0].ChecksumCRC32C, *out.ObjectParts.Parts[0].ChecksumCRC32C)
	rest, err := c.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{Bucket: &bucket, Key: aws.String("m"), ObjectAttributes: everything, PartNumberMarker: out.ObjectParts.NextPartNumberMarker})
	require.NoError(t, err)
	require.Len(t, rest.ObjectParts.Parts, 1)
	require.Equal(t, int64(9), *rest.ObjectParts.Parts[0].Size)

	server.Get(t, "/"+bucket+"/k", "attributes").Refused(t, 400, "InvalidRequest")
	server.Do(t, server.New(http.MethodGet, "/"+bucket+"/k", "attributes", nil).With("X-Amz-Object-Attributes", "Colour")).Refused(t, 400, "InvalidArgument")
	server.Do(t, server.New(http.MethodGet, "/"+bucket+"/none", "attributes", nil).With("X-Amz-Object-Attributes", "ETag")).Refused(t, 404, "NoSuchKey")
}
