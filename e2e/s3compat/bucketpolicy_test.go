package s3compat

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

// anyone gives everybody an action on the keys of a bucket.
func anyone(bucket, action, condition string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":[{"Sid":"s","Effect":"Allow","Principal":"*","Action":"` + action +
		`","Resource":"arn:aws:s3:::` + bucket + `/*"` + condition + `}]}`)
}

func TestBucketPolicy(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("open"))
	open := func() (int, string) {
		a := server.Send(t, server.New("GET", "/"+bucket+"/k", "", nil))
		return a.Status, string(a.Body)
	}
	_, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
	refused(t, err, http.StatusNotFound, "NoSuchBucketPolicy")
	_, err = c.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: &bucket})
	refused(t, err, http.StatusNotFound, "NoSuchBucketPolicy")
	status, _ := open()
	require.Equal(t, http.StatusForbidden, status)

	policy := anyone(bucket, "s3:GetObject", "")
	_, err = c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: policy, ConfirmRemoveSelfBucketAccess: aws.Bool(false)})
	require.NoError(t, err)
	got, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Equal(t, *policy, *got.Policy)
	public, err := c.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: &bucket})
	require.NoError(t, err)
	require.True(t, *public.PolicyStatus.IsPublic)
	status, body := open()
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "open", body)

	for text, code := range map[string]string{
		"x": "MalformedPolicy", *anyone("elsewhere", "s3:GetObject", ""): "MalformedPolicy", *anyone(bucket, "s3:Nothing", ""): "MalformedPolicy",
		*policy + strings.Repeat(" ", 20<<10): "PolicyTooLarge",
	} {
		_, err = c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: &text})
		refused(t, err, http.StatusBadRequest, code)
	}
	plain, err := server.MinIO(t, false).GetBucketPolicy(ctx, bucket)
	require.NoError(t, err)
	require.Equal(t, *policy, plain, "what was refused changed nothing")
	require.NoError(t, server.MinIO(t, false).SetBucketPolicy(ctx, bucket, ""), "which deletes it")
	_, err = c.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &bucket})
	require.NoError(t, err)
	status, _ = open()
	require.Equal(t, http.StatusForbidden, status)
}

func TestPublicAccessBlock(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("open"))
	_, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &bucket})
	refused(t, err, http.StatusNotFound, "NoSuchPublicAccessBlockConfiguration")
	set := func(b types.PublicAccessBlockConfiguration) {
		_, err := c.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{Bucket: &bucket, PublicAccessBlockConfiguration: &b})
		require.NoError(t, err)
	}
	set(types.PublicAccessBlockConfiguration{BlockPublicPolicy: aws.Bool(true)})
	got, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Equal(t, &types.PublicAccessBlockConfiguration{
		BlockPublicAcls: aws.Bool(false), IgnorePublicAcls: aws.Bool(false), BlockPublicPolicy: aws.Bool(true), RestrictPublicBuckets: aws.Bool(false),
	}, got.PublicAccessBlockConfiguration)
	_, err = c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: anyone(bucket, "s3:GetObject", "")})
	refused(t, err, http.StatusForbidden, "AccessDenied")
	_, err = c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: anyone(bucket, "s3:GetObject", `,"Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}`)})
	require.NoError(t, err)
	_, err = c.DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{Bucket: &bucket})
	require.NoError(t, err)
	_, err = c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: anyone(bucket, "s3:GetObject", "")})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, server.Send(t, server.New("GET", "/"+bucket+"/k", "", nil)).Status)
	set(types.PublicAccessBlockConfiguration{RestrictPublicBuckets: aws.Bool(true)})
	require.Equal(t, http.StatusForbidden, server.Send(t, server.New("GET", "/"+bucket+"/k", "", nil)).Status)
	require.Equal(t, "open", string(read(t, c, bucket, "k")))
}
