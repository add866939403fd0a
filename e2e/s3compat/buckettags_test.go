package s3compat

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/minio/minio-go/v7/pkg/tags"
	"github.com/stretchr/testify/require"
)

func TestBucketTags(t *testing.T) {
	t.Parallel()
	c, m := client(t), server.MinIO(t, false)
	bucket := newBucket(t, c)
	get := func() ([]types.Tag, error) {
		out, err := c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: &bucket})
		if err != nil {
			return nil, err
		}
		return out.TagSet, nil
	}
	set := func(list ...types.Tag) error {
		_, err := c.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: &bucket, Tagging: &types.Tagging{TagSet: list}})
		return err
	}
	tag := func(name, value string) types.Tag { return types.Tag{Key: &name, Value: &value} }
	_, err := get()
	refused(t, err, http.StatusNotFound, "NoSuchTagSet")
	want := []types.Tag{tag("проект", "one two"), tag("cost:center", "+-=._:/@"), tag("empty", "")}
	require.NoError(t, set(want...))
	got, err := get()
	require.NoError(t, err)
	require.ElementsMatch(t, want, got)

	var many []types.Tag
	for i := range 51 {
		many = append(many, tag(fmt.Sprint("t", i), ""))
	}
	refused(t, set(many...), http.StatusBadRequest, "BadRequest")
	refused(t, set(tag("a", "1"), tag("a", "2")), http.StatusBadRequest, "InvalidTag")
	refused(t, set(tag("aws:own", "1")), http.StatusBadRequest, "InvalidTag")
	refused(t, set(tag("a", "<")), http.StatusBadRequest, "InvalidTag")
	got, err = get()
	require.NoError(t, err)
	require.ElementsMatch(t, want, got, "what was refused changed nothing")

	require.NoError(t, set(many[:50]...))
	other, err := tags.NewTags(map[string]string{"x": "y"}, false)
	require.NoError(t, err)
	require.NoError(t, m.SetBucketTagging(ctx, bucket, other))
	read, err := m.GetBucketTagging(ctx, bucket)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"x": "y"}, read.ToMap(), "a document replaces the one before")
	require.NoError(t, m.RemoveBucketTagging(ctx, bucket))
	_, err = c.DeleteBucketTagging(ctx, &s3.DeleteBucketTaggingInput{Bucket: &bucket})
	require.NoError(t, err, "there need be none")
	_, err = get()
	refused(t, err, http.StatusNotFound, "NoSuchTagSet")

	tagged := bucketName()
	_, err = c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &tagged, CreateBucketConfiguration: &types.CreateBucketConfiguration{Tags: []types.Tag{tag("born", "with")}}})
	require.NoError(t, err)
	t.Cleanup(func() { removeBucket(t, tagged) })
	out, err := c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: aws.String(tagged)})
	require.NoError(t, err)
	require.Equal(t, []types.Tag{tag("born", "with")}, out.TagSet)
}
