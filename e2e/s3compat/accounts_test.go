package s3compat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

// account is another account of the server, and a client of its administrator.
type account struct {
	*s3.Client
	number, canonical string
}

func newAccount(t *testing.T, name string) account {
	t.Helper()
	a := server.Do(t, server.New(http.MethodPost, "/myfsio/accounts", "", []byte(`{"name":"`+name+`"}`)).With("Content-Type", "application/json"))
	require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
	var made struct {
		ID        string `json:"id"`
		Canonical string `json:"canonical_id"`
		Access    string `json:"access_key"`
		Secret    string `json:"secret_key"`
	}
	require.NoError(t, json.Unmarshal(a.Body, &made))
	require.Len(t, made.Canonical, 64)
	t.Cleanup(func() {
		a := server.Do(t, server.New(http.MethodDelete, "/myfsio/accounts/"+name, "", nil))
		require.Equal(t, http.StatusNoContent, a.Status, "%s", a.Body)
	})
	c := client(t, func(o *s3.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider(made.Access, made.Secret, "")
	})
	return account{c, made.ID, made.Canonical}
}

// has is the error of a read.
func has(c *s3.Client, bucket, key string) error {
	out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err == nil {
		_ = out.Body.Close()
	}
	return err
}

// TestAccounts: what is one account's is closed to the administrator of another, until a policy or a list opens it; names are everybody's.
func TestAccounts(t *testing.T) {
	t.Parallel()
	c := client(t)
	other := newAccount(t, fmt.Sprintf("other-%s", bucketName()))
	bucket, key := newBucket(t, c), "k"
	put(t, c, bucket, key, []byte("mine"))
	private, err := c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: &bucket})
	require.NoError(t, err)
	require.NotEqual(t, other.canonical, *private.Owner.ID)

	refused(t, has(other.Client, bucket, key), http.StatusForbidden, "AccessDenied")
	_, err = other.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
	refused(t, err, http.StatusForbidden, "AccessDenied")
	_, err = other.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket})
	refused(t, err, http.StatusConflict, "BucketAlreadyExists")
	_, err = other.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &bucket})
	refused(t, err, http.StatusForbidden, "AccessDenied")
	list, err := other.ListBuckets(ctx, &s3.ListBucketsInput{})
	require.NoError(t, err)
	require.Empty(t, list.Buckets)
	require.Equal(t, other.canonical, *list.Owner.ID)

	// Whose the bucket is can be made a condition of the request.
	_, err = c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket, ExpectedBucketOwner: &other.number})
	require.Equal(t, http.StatusForbidden, Status(err))
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("not"), Body: strings.NewReader("x"), ExpectedBucketOwner: &other.number})
	refused(t, err, http.StatusForbidden, "AccessDenied")
	absent(t, c, bucket, "not")

	// A list opens an object, and closes it again.
	_, err = c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: &bucket, Key: &key, GrantRead: aws.String(`id="` + other.canonical + `"`)})
	require.NoError(t, err)
	require.NoError(t, has(other.Client, bucket, key))
	_, err = other.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: &bucket, Key: &key, ACL: types.ObjectCannedACLPublicRead})
	refused(t, err, http.StatusForbidden, "AccessDenied")
	_, err = c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: &bucket, Key: &key, ACL: types.ObjectCannedACLPrivate})
	require.NoError(t, err)
	refused(t, has(other.Client, bucket, key), http.StatusForbidden, "AccessDenied")

	// A policy opens the bucket. What the other account writes is its own, and the owner of the bucket reads it only when it is given.
	policy := func(actions string) {
		t.Helper()
		_, err := c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
			"Principal":{"AWS":"arn:aws:iam::` + other.number + `:root"},"Action":` + actions + `,"Resource":"arn:aws:s3:::` + bucket + `/*"}]}`)})
		require.NoError(t, err)
	}
	policy(`["s3:GetObject","s3:PutObject","s3:PutObjectAcl"]`)
	require.NoError(t, has(other.Client, bucket, key))
	put(t, other.Client, bucket, "theirs", []byte("theirs"))
	refused(t, has(c, bucket, "theirs"), http.StatusForbidden, "AccessDenied")
	require.NoError(t, has(other.Client, bucket, "theirs"))
	page, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, FetchOwner: aws.Bool(true)})
	require.NoError(t, err)
	require.Equal(t, []string{key, "theirs"}, keysOf(page.Contents))
	require.Equal(t, []string{*private.Owner.ID, other.canonical}, []string{*page.Contents[0].Owner.ID, *page.Contents[1].Owner.ID})
	_, err = other.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("given"), Body: strings.NewReader("given"), ACL: types.ObjectCannedACLBucketOwnerFullControl})
	require.NoError(t, err)
	require.NoError(t, has(c, bucket, "given"))

	// With the owner of the bucket enforced, what is in it is the owner's, and lists mean nothing.
	_, err = c.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{Bucket: &bucket, OwnershipControls: &types.OwnershipControls{
		Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipBucketOwnerEnforced}}}})
	require.NoError(t, err)
	require.NoError(t, has(c, bucket, "theirs"))
	policy(`"s3:PutObject"`)
	refused(t, has(other.Client, bucket, "theirs"), http.StatusForbidden, "AccessDenied")

	// A copy across needs the right to read at one end and to write at the other.
	mine := bucketName()
	_, err = other.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &mine})
	require.NoError(t, err)
	t.Cleanup(func() { // before the account goes, which must have no buckets
		_, err := other.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &mine, Key: aws.String("copied")})
		require.NoError(t, err)
		_, err = other.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &mine})
		require.NoError(t, err)
	})
	carry := func() error {
		_, err := other.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &mine, Key: aws.String("copied"), CopySource: aws.String(bucket + "/" + key)})
		return err
	}
	refused(t, carry(), http.StatusForbidden, "AccessDenied")
	policy(`["s3:GetObject","s3:GetObjectTagging"]`)
	require.NoError(t, carry())
	require.Equal(t, "mine", string(read(t, other.Client, mine, "copied")))
	refused(t, has(c, mine, "copied"), http.StatusForbidden, "AccessDenied")
}
