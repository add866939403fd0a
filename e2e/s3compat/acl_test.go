package s3compat

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

// unsigned is the status of an anonymous read.
func unsigned(t *testing.T, path string) int {
	t.Helper()
	return server.Send(t, server.New("GET", path, "", nil)).Status
}

func TestACLs(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket, key := newBucket(t, c), "k"
	put(t, c, bucket, key, []byte("content"))
	private, err := c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: &bucket, Key: &key})
	require.NoError(t, err)
	require.Len(t, private.Grants, 1)
	require.Equal(t, types.PermissionFullControl, private.Grants[0].Permission)
	require.Equal(t, types.TypeCanonicalUser, private.Grants[0].Grantee.Type)
	require.Equal(t, *private.Owner.ID, *private.Grants[0].Grantee.ID)
	require.Equal(t, 403, unsigned(t, "/"+bucket+"/"+key))

	// What is read can be sent back, with more.
	everybody := "http://acs.amazonaws.com/groups/global/AllUsers"
	more := append(private.Grants, types.Grant{Grantee: &types.Grantee{Type: types.TypeGroup, URI: &everybody}, Permission: types.PermissionRead})
	_, err = c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: &bucket, Key: &key, AccessControlPolicy: &types.AccessControlPolicy{Owner: private.Owner, Grants: more}})
	require.NoError(t, err)
	require.Equal(t, 200, unsigned(t, "/"+bucket+"/"+key))
	public, err := c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: &bucket, Key: &key})
	require.NoError(t, err)
	require.Equal(t, more, public.Grants)
	_, err = c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: &bucket, Key: &key, ACL: types.ObjectCannedACLPrivate})
	require.NoError(t, err)
	require.Equal(t, 403, unsigned(t, "/"+bucket+"/"+key))

	// The bucket: listing.
	require.Equal(t, 403, unsigned(t, "/"+bucket))
	_, err = c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: &bucket, ACL: types.BucketCannedACLPublicRead})
	require.NoError(t, err)
	require.Equal(t, 200, unsigned(t, "/"+bucket))
	require.Equal(t, 403, unsigned(t, "/"+bucket+"/"+key))
	id := "_foo"
	_, err = c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: &bucket, AccessControlPolicy: &types.AccessControlPolicy{Owner: private.Owner, Grants: []types.Grant{
		{Grantee: &types.Grantee{Type: types.TypeCanonicalUser, ID: &id}, Permission: types.PermissionRead}}}})
	refused(t, err, 400, "InvalidArgument")
	mail := "nobody@example.com"
	_, err = c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: &bucket, AccessControlPolicy: &types.AccessControlPolicy{Owner: private.Owner, Grants: []types.Grant{
		{Grantee: &types.Grantee{Type: types.TypeAmazonCustomerByEmail, EmailAddress: &mail}, Permission: types.PermissionRead}}}})
	refused(t, err, 400, "UnresolvableGrantByEmailAddress")
}

func TestOwnershipControls(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket, key := newBucket(t, c), "k"
	_, err := c.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: &bucket})
	refused(t, err, 404, "OwnershipControlsNotFoundError")
	enforce := func() error {
		_, err := c.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{Bucket: &bucket, OwnershipControls: &types.OwnershipControls{
			Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipBucketOwnerEnforced}}}})
		return err
	}
	_, err = c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: &bucket, ACL: types.BucketCannedACLPublicRead})
	require.NoError(t, err)
	refused(t, enforce(), 400, "InvalidBucketAclWithObjectOwnership")
	_, err = c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: &bucket, ACL: types.BucketCannedACLPrivate})
	require.NoError(t, err)
	require.NoError(t, enforce())
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, ACL: types.ObjectCannedACLPublicRead})
	refused(t, err, 400, "AccessControlListNotSupported")
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, ACL: types.ObjectCannedACLBucketOwnerFullControl})
	require.NoError(t, err)
	_, err = c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: &bucket, ACL: types.BucketCannedACLPublicRead})
	refused(t, err, 400, "AccessControlListNotSupported")
	_, err = c.DeleteBucketOwnershipControls(ctx, &s3.DeleteBucketOwnershipControlsInput{Bucket: &bucket})
	require.NoError(t, err)
}
