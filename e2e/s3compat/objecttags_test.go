package s3compat

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/tags"
	"github.com/stretchr/testify/require"
)

// tagsOf are the tags of an object in one line.
func tagsOf(t *testing.T, c *s3.Client, bucket, key string, version *string) string {
	t.Helper()
	out, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &bucket, Key: &key, VersionId: version})
	require.NoError(t, err)
	var line []string
	for _, tag := range out.TagSet {
		line = append(line, *tag.Key+"="+*tag.Value)
	}
	return strings.Join(line, " ")
}

func TestObjectTags(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := versioned(t, c)
	key := aws.String("k")
	first, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: key, Body: strings.NewReader("1"), Tagging: aws.String("team=blue&empty=")})
	require.NoError(t, err)
	put(t, c, bucket, *key, []byte("2"))
	require.Equal(t, "team=blue empty=", tagsOf(t, c, bucket, *key, first.VersionId))
	require.Empty(t, tagsOf(t, c, bucket, *key, nil))

	before, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: key})
	require.NoError(t, err)
	set, err := c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: &bucket, Key: key, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String("ключ"), Value: aws.String("+ =")}}}})
	require.NoError(t, err)
	require.Equal(t, *before.VersionId, *set.VersionId)
	after, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: key})
	require.NoError(t, err)
	require.Nil(t, before.TagCount)
	require.EqualValues(t, 1, *after.TagCount)
	require.Equal(t, before.LastModified, after.LastModified)
	require.Equal(t, "ключ=+ =", tagsOf(t, c, bucket, *key, nil))

	copied := "copied"
	from := aws.String(bucket + "/k?versionId=" + *first.VersionId)
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: &copied, CopySource: from})
	require.NoError(t, err)
	require.Equal(t, "team=blue empty=", tagsOf(t, c, bucket, copied, nil))
	_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: &copied, CopySource: from, TaggingDirective: types.TaggingDirectiveReplace, Tagging: aws.String("other=1")})
	require.NoError(t, err)
	require.Equal(t, "other=1", tagsOf(t, c, bucket, copied, nil))

	var many []types.Tag
	for i := range 11 {
		many = append(many, types.Tag{Key: aws.String(fmt.Sprint(i)), Value: aws.String("")})
	}
	_, err = c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: &bucket, Key: key, Tagging: &types.Tagging{TagSet: many}})
	refused(t, err, 400, "BadRequest")
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("none"), Tagging: aws.String("a=1&a=2")})
	refused(t, err, 400, "InvalidArgument")
	absent(t, c, bucket, "none")

	_, err = c.DeleteObjectTagging(ctx, &s3.DeleteObjectTaggingInput{Bucket: &bucket, Key: key, VersionId: first.VersionId})
	require.NoError(t, err)
	require.Empty(t, tagsOf(t, c, bucket, *key, first.VersionId))
	require.Equal(t, "ключ=+ =", tagsOf(t, c, bucket, *key, nil))
}

func TestMinIOObjectTags(t *testing.T) {
	t.Parallel()
	c, m := client(t), server.MinIO(t, false)
	bucket := newBucket(t, c)
	// Content of unknown length goes as parts, whose upload carries the tags.
	_, err := m.PutObject(ctx, bucket, "parts", strings.NewReader("content"), -1, minio.PutObjectOptions{PartSize: 5 << 20, UserTags: map[string]string{"a": "b c"}})
	require.NoError(t, err)
	require.Equal(t, "a=b c", tagsOf(t, c, bucket, "parts", nil))
	other, err := tags.NewTags(map[string]string{"x": "y"}, true)
	require.NoError(t, err)
	require.NoError(t, m.PutObjectTagging(ctx, bucket, "parts", other, minio.PutObjectTaggingOptions{}))
	got, err := m.GetObjectTagging(ctx, bucket, "parts", minio.GetObjectTaggingOptions{})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"x": "y"}, got.ToMap())
	require.NoError(t, m.RemoveObjectTagging(ctx, bucket, "parts", minio.RemoveObjectTaggingOptions{}))
	require.Empty(t, tagsOf(t, c, bucket, "parts", nil))
}
