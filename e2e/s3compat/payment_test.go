package s3compat

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

// TestRequestPayment: the owner pays, which may be said; that requesters pay is refused and changes nothing.
func TestRequestPayment(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	pays := func(want types.Payer) {
		t.Helper()
		out, err := c.GetBucketRequestPayment(ctx, &s3.GetBucketRequestPaymentInput{Bucket: &bucket})
		require.NoError(t, err)
		require.Equal(t, want, out.Payer)
	}
	set := func(bucket string, payer types.Payer) error {
		_, err := c.PutBucketRequestPayment(ctx, &s3.PutBucketRequestPaymentInput{Bucket: &bucket,
			RequestPaymentConfiguration: &types.RequestPaymentConfiguration{Payer: payer}})
		return err
	}
	pays(types.PayerBucketOwner)
	require.NoError(t, set(bucket, types.PayerBucketOwner))
	refused(t, set(bucket, types.PayerRequester), http.StatusNotImplemented, "NotImplemented")
	refused(t, set(bucket, "Somebody"), http.StatusBadRequest, "MalformedXML")
	pays(types.PayerBucketOwner)
	missing := bucketName()
	refused(t, set(missing, types.PayerBucketOwner), http.StatusNotFound, "NoSuchBucket")

	// Who offers to pay is served as everybody is, and not told that it was charged.
	put(t, c, bucket, "k", []byte("x"))
	got, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("k"), RequestPayer: types.RequestPayerRequester})
	require.NoError(t, err)
	require.NoError(t, got.Body.Close())
	require.Empty(t, got.RequestCharged)
}

// TestAcceleration: suspended is what it always is; a bucket that was never asked has no status at all.
func TestAcceleration(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	status := func(want types.BucketAccelerateStatus) {
		t.Helper()
		out, err := c.GetBucketAccelerateConfiguration(ctx, &s3.GetBucketAccelerateConfigurationInput{Bucket: &bucket})
		require.NoError(t, err)
		require.Equal(t, want, out.Status)
	}
	set := func(bucket string, s types.BucketAccelerateStatus) error {
		_, err := c.PutBucketAccelerateConfiguration(ctx, &s3.PutBucketAccelerateConfigurationInput{Bucket: &bucket,
			AccelerateConfiguration: &types.AccelerateConfiguration{Status: s}})
		return err
	}
	status("")
	refused(t, set(bucket, types.BucketAccelerateStatusEnabled), http.StatusNotImplemented, "NotImplemented")
	status("")
	require.NoError(t, set(bucket, types.BucketAccelerateStatusSuspended))
	status(types.BucketAccelerateStatusSuspended)
	refused(t, set(bucket, "Paused"), http.StatusBadRequest, "MalformedXML")
	status(types.BucketAccelerateStatusSuspended)
	dotted := bucketName() + ".dotted"
	_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &dotted})
	require.NoError(t, err)
	t.Cleanup(func() { removeBucket(t, dotted) })
	refused(t, set(dotted, types.BucketAccelerateStatusSuspended), http.StatusBadRequest, "InvalidRequest")
}
