package s3compat

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/minio/minio-go/v7/pkg/lifecycle"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

const enabled = types.ExpirationStatusEnabled

func setRules(t *testing.T, c *s3.Client, bucket string, rules ...types.LifecycleRule) {
	t.Helper()
	_, err := c.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: &bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: rules},
	})
	require.NoError(t, err)
}

// below is a filter of keys.
func below(prefix string) *types.LifecycleRuleFilter {
	return &types.LifecycleRuleFilter{Prefix: &prefix}
}

func inDays(n int32) *types.LifecycleExpiration { return &types.LifecycleExpiration{Days: &n} }

// TestLifecycleDocuments: rules come back to both SDKs as they were given, and answers about objects and uploads tell of them.
func TestLifecycleDocuments(t *testing.T) {
	t.Parallel()
	c, m := client(t), server.MinIO(t, false)
	bucket := newBucket(t, c)
	get := &s3.GetBucketLifecycleConfigurationInput{Bucket: &bucket}
	_, err := c.GetBucketLifecycleConfiguration(ctx, get)
	refused(t, err, 404, "NoSuchLifecycleConfiguration")

	rules := []types.LifecycleRule{
		{ID: aws.String("logs"), Status: enabled, Filter: below("logs/"), Expiration: inDays(30)},
		{ID: aws.String("date"), Status: types.ExpirationStatusDisabled, Filter: below(""), Expiration: &types.LifecycleExpiration{Date: aws.Time(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))}},
		{
			ID: aws.String("versions"), Status: enabled, Filter: &types.LifecycleRuleFilter{},
			Expiration:                     &types.LifecycleExpiration{ExpiredObjectDeleteMarker: aws.Bool(true)},
			NoncurrentVersionExpiration:    &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(3), NewerNoncurrentVersions: aws.Int32(5)},
			AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(7)},
		},
		{ID: aws.String("and"), Status: enabled, Expiration: inDays(1), Filter: &types.LifecycleRuleFilter{And: &types.LifecycleRuleAndOperator{
			Prefix: aws.String("tmp/"), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}, ObjectSizeGreaterThan: aws.Int64(1), ObjectSizeLessThan: aws.Int64(1 << 40),
		}}},
	}
	setRules(t, c, bucket, rules...)
	out, err := c.GetBucketLifecycleConfiguration(ctx, get)
	require.NoError(t, err)
	require.Equal(t, rules, out.Rules)
	require.Equal(t, types.TransitionDefaultMinimumObjectSizeAllStorageClasses128k, out.TransitionDefaultMinimumObjectSize)

	midnight := time.Now().UTC().Truncate(24 * time.Hour)
	w := put(t, c, bucket, "logs/k", []byte("x"))
	const layout = `expiry-date="Mon, 02 Jan 2006 15:04:05 GMT", rule-id="logs"`
	at, err := time.Parse(layout, aws.ToString(w.Expiration))
	require.NoError(t, err)
	require.WithinRange(t, at, midnight.AddDate(0, 0, 31), midnight.AddDate(0, 0, 32))
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("logs/k")})
	require.NoError(t, err)
	require.Equal(t, w.Expiration, h.Expiration)
	require.Nil(t, put(t, c, bucket, "other", []byte("x")).Expiration)
	u, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: aws.String("up")})
	require.NoError(t, err)
	require.Equal(t, "versions", aws.ToString(u.AbortRuleId))
	require.WithinRange(t, *u.AbortDate, midnight.AddDate(0, 0, 8), midnight.AddDate(0, 0, 9))

	conf := lifecycle.NewConfiguration()
	conf.Rules = []lifecycle.Rule{{
		ID: "m", Status: "Enabled", RuleFilter: lifecycle.Filter{Prefix: "a/"}, Expiration: lifecycle.Expiration{Days: 2},
		NoncurrentVersionExpiration: lifecycle.NoncurrentVersionExpiration{NoncurrentDays: 1, NewerNoncurrentVersions: 1},
	}}
	require.NoError(t, m.SetBucketLifecycle(ctx, bucket, conf))
	got, err := m.GetBucketLifecycle(ctx, bucket)
	require.NoError(t, err)
	require.Len(t, got.Rules, 1)
	require.Equal(t, "a/", got.Rules[0].RuleFilter.Prefix)
	require.EqualValues(t, 2, got.Rules[0].Expiration.Days)
	require.EqualValues(t, 1, got.Rules[0].NoncurrentVersionExpiration.NoncurrentDays)
	require.Equal(t, 1, got.Rules[0].NoncurrentVersionExpiration.NewerNoncurrentVersions)

	_, err = c.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: &bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{{
			Status: enabled, Filter: below(""), Transitions: []types.Transition{{Days: aws.Int32(1), StorageClass: types.TransitionStorageClassGlacier}},
		}}},
	})
	refused(t, err, 501, "NotImplemented")
	_, err = c.DeleteBucketLifecycle(ctx, &s3.DeleteBucketLifecycleInput{Bucket: &bucket})
	require.NoError(t, err)
	_, err = c.GetBucketLifecycleConfiguration(ctx, get)
	refused(t, err, 404, "NoSuchLifecycleConfiguration")
}

// hasty starts a server whose days last a second.
func hasty(t *testing.T, root string) (*lab.Server, *s3.Client) {
	t.Helper()
	s := lab.Start(t, lab.Options{Root: root, Env: map[string]string{"LIFECYCLE_DEBUG_DAY_SECONDS": "1", "LIFECYCLE_INTERVAL_SECONDS": "1"}})
	return s, s.S3(t)
}

// eventually looks again and again until what it looks for is there, or a minute is over.
func eventually(t *testing.T, look func() bool, missing func() string) {
	t.Helper()
	end := time.NewTimer(time.Minute)
	defer end.Stop()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for !look() {
		select {
		case <-end.C:
			t.Fatal(missing())
		case <-poll.C:
		}
	}
}

// becomes waits until a listing of the bucket's versions and uploads is the wanted one: "key", "key noncurrent", "key marker", "key upload".
func becomes(t *testing.T, c *s3.Client, bucket string, want ...string) {
	t.Helper()
	var got []string
	look := func() bool {
		got = []string{}
		v, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket})
		require.NoError(t, err)
		for _, o := range v.Versions {
			got = append(got, *o.Key+map[bool]string{false: " noncurrent"}[*o.IsLatest])
		}
		for _, o := range v.DeleteMarkers {
			got = append(got, *o.Key+" marker")
		}
		u, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket})
		require.NoError(t, err)
		for _, o := range u.Uploads {
			got = append(got, *o.Key+" upload")
		}
		return strings.Join(got, ", ") == strings.Join(want, ", ")
	}
	eventually(t, look, func() string { return fmt.Sprintf("the bucket has %v instead of %v", got, want) })
}

// TestLifecycleRules: the rules are carried out on what they are about, and on nothing else.
func TestLifecycleRules(t *testing.T) {
	t.Parallel()
	_, c := hasty(t, "")
	newOne := func(versions bool) string {
		bucket := bucketName()
		_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket})
		require.NoError(t, err)
		if versions {
			setVersioning(t, c, bucket, types.BucketVersioningStatusEnabled)
		}
		return bucket
	}
	tagged := func(bucket, key, tags, body string) {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body), Tagging: &tags})
		require.NoError(t, err)
	}

	plain := newOne(false)
	for _, key := range []string{"logs/a", "logs/b", "data"} {
		put(t, c, plain, key, []byte("x"))
	}
	tagged(plain, "blue", "team=blue&x=y", "12345")
	tagged(plain, "blue-large", "team=blue", "1234567890")
	tagged(plain, "red", "team=red", "12345")
	for _, key := range []string{"logs/up", "up"} {
		_, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &plain, Key: &key})
		require.NoError(t, err)
	}
	setRules(t, c, plain,
		types.LifecycleRule{Status: enabled, Filter: below("logs/"), Expiration: inDays(1), AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(1)}},
		types.LifecycleRule{Status: types.ExpirationStatusDisabled, Filter: below("data"), Expiration: inDays(1)},
		types.LifecycleRule{Status: enabled, Expiration: inDays(1), Filter: &types.LifecycleRuleFilter{And: &types.LifecycleRuleAndOperator{
			Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}}, ObjectSizeLessThan: aws.Int64(10),
		}}})
	becomes(t, c, plain, "blue-large", "data", "red", "up upload")

	kept := newOne(true)
	for i := range 5 {
		put(t, c, kept, "k", []byte(fmt.Sprint(i)))
	}
	setRules(t, c, kept, types.LifecycleRule{Status: enabled, Filter: below(""), NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{
		NoncurrentDays: aws.Int32(1), NewerNoncurrentVersions: aws.Int32(2),
	}})
	becomes(t, c, kept, "k", "k noncurrent", "k noncurrent")
	require.Equal(t, "4", string(read(t, c, kept, "k")))

	expired := newOne(true)
	put(t, c, expired, "k", []byte("x"))
	setRules(t, c, expired, types.LifecycleRule{Status: enabled, Filter: below(""), Expiration: inDays(1)})
	becomes(t, c, expired, "k noncurrent", "k marker")
	setRules(t, c, expired, types.LifecycleRule{Status: enabled, Filter: below(""), NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(1)}})
	becomes(t, c, expired, "k marker")
	setRules(t, c, expired, types.LifecycleRule{Status: enabled, Filter: below(""), Expiration: &types.LifecycleExpiration{ExpiredObjectDeleteMarker: aws.Bool(true)}})
	becomes(t, c, expired)
}

// TestLifecycleSparesLocks: what is locked outlives every rule, and goes when the lock has ended.
func TestLifecycleSparesLocks(t *testing.T) {
	t.Parallel()
	_, c := hasty(t, "")
	bucket := lockedBucket(t, c)
	lock := func(key string, mode types.ObjectLockMode, hold types.ObjectLockLegalHoldStatus, until time.Time) string {
		in := &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("x"), ObjectLockLegalHoldStatus: hold}
		if mode != "" {
			in.ObjectLockMode, in.ObjectLockRetainUntilDate = mode, &until
		}
		out, err := c.PutObject(ctx, in)
		require.NoError(t, err)
		return *out.VersionId
	}
	far := time.Now().Add(time.Hour)
	lock("compliance", types.ObjectLockModeCompliance, "", far)
	lock("governance", types.ObjectLockModeGovernance, "", far)
	held := lock("hold", "", types.ObjectLockLegalHoldStatusOn, far)
	put(t, c, bucket, "free", []byte("x"))
	setRules(t, c, bucket, types.LifecycleRule{Status: enabled, Filter: below(""), Expiration: inDays(1),
		NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(1)}})
	// Current versions get markers, which takes nothing away; of the noncurrent ones only what is free goes, and then its marker.
	becomes(t, c, bucket, "compliance noncurrent", "governance noncurrent", "hold noncurrent", "compliance marker", "governance marker", "hold marker")
	_, err := c.PutObjectLegalHold(ctx, &s3.PutObjectLegalHoldInput{Bucket: &bucket, Key: aws.String("hold"), VersionId: &held,
		LegalHold: &types.ObjectLockLegalHold{Status: types.ObjectLockLegalHoldStatusOff}})
	require.NoError(t, err)
	becomes(t, c, bucket, "compliance noncurrent", "governance noncurrent", "compliance marker", "governance marker")
}

// TestLifecycleAfterKill: a server that is killed in the middle of a round goes on with it, and everything is counted once.
func TestLifecycleAfterKill(t *testing.T) {
	t.Parallel()
	const keys = 600
	root := t.TempDir()
	s, c := hasty(t, root)
	bucket := bucketName()
	_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket})
	require.NoError(t, err)
	for i := range keys {
		put(t, c, bucket, fmt.Sprintf("k%03d", i), []byte("x"))
	}
	setRules(t, c, bucket, types.LifecycleRule{Status: enabled, Filter: below(""), Expiration: inDays(1)})
	eventually(t, func() bool {
		page, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
		require.NoError(t, err)
		return len(page.Contents) < keys
	}, func() string { return "nothing expires" })
	s.Kill()
	s, c = hasty(t, root)
	becomes(t, c, bucket)
	counted := 0
	eventually(t, func() bool {
		counted = expiredIn(t, s, bucket)
		return counted >= keys
	}, func() string { return fmt.Sprintf("the history counts %d of %d", counted, keys) })
	require.Equal(t, keys, counted)
}

// expiredIn is how many objects the history of a bucket tells of.
func expiredIn(t *testing.T, s *lab.Server, bucket string) (n int) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, s.URL+"/myfsio/buckets/"+bucket+"/lifecycle/history", nil)
	require.NoError(t, err)
	r.Header.Set("X-Access-Key", lab.AccessKey)
	r.Header.Set("X-Secret-Key", lab.SecretKey)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, 200, res.StatusCode, "%s", raw)
	var doc struct {
		Runs []struct {
			Expired struct{ Count int }
		}
	}
	require.NoError(t, json.Unmarshal(raw, &doc))
	for _, run := range doc.Runs {
		n += run.Expired.Count
	}
	return n
}
