package s3compat

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"
)

// lockedBucket makes a bucket with object lock. It is left behind: nobody can delete what is in it.
func lockedBucket(t *testing.T, c *s3.Client) string {
	t.Helper()
	name := bucketName()
	_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name, ObjectLockEnabledForBucket: aws.Bool(true)})
	require.NoError(t, err)
	return name
}

func TestObjectLock(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket, key := lockedBucket(t, c), aws.String("k")
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	v, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: key, Body: strings.NewReader("kept"),
		ObjectLockMode: types.ObjectLockModeGovernance, ObjectLockRetainUntilDate: &until, ObjectLockLegalHoldStatus: types.ObjectLockLegalHoldStatusOn})
	require.NoError(t, err)
	head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: key})
	require.NoError(t, err)
	require.Equal(t, types.ObjectLockModeGovernance, head.ObjectLockMode)
	require.Equal(t, until, head.ObjectLockRetainUntilDate.UTC())
	require.Equal(t, types.ObjectLockLegalHoldStatusOn, head.ObjectLockLegalHoldStatus)

	// A deletion makes a marker. The version stands, on hold whatever is bypassed, then in governance mode, whatever comes to end it.
	del := &s3.DeleteObjectInput{Bucket: &bucket, Key: key}
	_, err = c.DeleteObject(ctx, del)
	require.NoError(t, err)
	del.VersionId, del.BypassGovernanceRetention = v.VersionId, aws.Bool(true)
	_, err = c.DeleteObject(ctx, del)
	refused(t, err, 403, "AccessDenied")
	_, err = c.PutObjectLegalHold(ctx, &s3.PutObjectLegalHoldInput{Bucket: &bucket, Key: key, VersionId: v.VersionId,
		LegalHold: &types.ObjectLockLegalHold{Status: types.ObjectLockLegalHoldStatusOff}})
	require.NoError(t, err)
	hold, err := c.GetObjectLegalHold(ctx, &s3.GetObjectLegalHoldInput{Bucket: &bucket, Key: key, VersionId: v.VersionId})
	require.NoError(t, err)
	require.Equal(t, types.ObjectLockLegalHoldStatusOff, hold.LegalHold.Status)
	del.BypassGovernanceRetention = nil
	_, err = c.DeleteObject(ctx, del)
	refused(t, err, 403, "AccessDenied")
	many, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: key, VersionId: v.VersionId}}}})
	require.NoError(t, err)
	require.Equal(t, "AccessDenied", *many.Errors[0].Code)
	_, err = c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended}})
	refused(t, err, 409, "InvalidBucketState")

	retain := &s3.PutObjectRetentionInput{Bucket: &bucket, Key: key, VersionId: v.VersionId,
		Retention: &types.ObjectLockRetention{Mode: types.ObjectLockRetentionModeGovernance, RetainUntilDate: aws.Time(until.Add(-time.Minute))}}
	_, err = c.PutObjectRetention(ctx, retain)
	refused(t, err, 403, "AccessDenied")
	retain.BypassGovernanceRetention = aws.Bool(true)
	_, err = c.PutObjectRetention(ctx, retain)
	require.NoError(t, err)
	got, err := c.GetObjectRetention(ctx, &s3.GetObjectRetentionInput{Bucket: &bucket, Key: key, VersionId: v.VersionId})
	require.NoError(t, err)
	require.Equal(t, until.Add(-time.Minute), got.Retention.RetainUntilDate.UTC())
	retain.Retention = &types.ObjectLockRetention{}
	_, err = c.PutObjectRetention(ctx, retain)
	require.NoError(t, err)
	_, err = c.GetObjectRetention(ctx, &s3.GetObjectRetentionInput{Bucket: &bucket, Key: key, VersionId: v.VersionId})
	refused(t, err, 404, "NoSuchObjectLockConfiguration")
	_, err = c.DeleteObject(ctx, del)
	require.NoError(t, err)
}

func TestDefaultRetention(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := versioned(t, c)
	_, err := c.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: &bucket})
	refused(t, err, 404, "ObjectLockConfigurationNotFoundError")
	bucket = lockedBucket(t, c)
	_, err = c.PutObjectLockConfiguration(ctx, &s3.PutObjectLockConfigurationInput{Bucket: &bucket, ObjectLockConfiguration: &types.ObjectLockConfiguration{
		ObjectLockEnabled: types.ObjectLockEnabledEnabled,
		Rule:              &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{Mode: types.ObjectLockRetentionModeCompliance, Days: aws.Int32(2)}},
	}})
	require.NoError(t, err)
	conf, err := c.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: &bucket})
	require.NoError(t, err)
	require.EqualValues(t, 2, *conf.ObjectLockConfiguration.Rule.DefaultRetention.Days)

	m := server.MinIO(t, false)
	info, err := m.PutObject(ctx, bucket, "parts", strings.NewReader("content"), -1, minio.PutObjectOptions{PartSize: 5 << 20})
	require.NoError(t, err)
	mode, until, err := m.GetObjectRetention(ctx, bucket, "parts", info.VersionID)
	require.NoError(t, err)
	require.Equal(t, minio.Compliance, *mode)
	require.WithinDuration(t, time.Now().Add(48*time.Hour), *until, time.Minute)
	require.Error(t, m.RemoveObject(ctx, bucket, "parts", minio.RemoveObjectOptions{VersionID: info.VersionID, GovernanceBypass: true}))
	longer := until.Add(time.Hour)
	require.NoError(t, m.PutObjectRetention(ctx, bucket, "parts", minio.PutObjectRetentionOptions{Mode: mode, RetainUntilDate: &longer}))
	on := minio.LegalHoldEnabled
	require.NoError(t, m.PutObjectLegalHold(ctx, bucket, "parts", minio.PutObjectLegalHoldOptions{Status: &on}))
	status, err := m.GetObjectLegalHold(ctx, bucket, "parts", minio.GetObjectLegalHoldOptions{})
	require.NoError(t, err)
	require.Equal(t, on, *status)
}
