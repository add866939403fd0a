package s3compat

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

func setVersioning(t *testing.T, c *s3.Client, bucket string, status types.BucketVersioningStatus) {
	t.Helper()
	_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: status}})
	require.NoError(t, err)
}

// versioned makes a bucket with versioning.
func versioned(t *testing.T, c *s3.Client) string {
	t.Helper()
	bucket := newBucket(t, c)
	setVersioning(t, c, bucket, types.BucketVersioningStatusEnabled)
	return bucket
}

// history is a listing of versions in one line: newest first, markers with an x, the latest with a star.
func history(t *testing.T, c *s3.Client, bucket, key string) string {
	t.Helper()
	out, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: &key})
	require.NoError(t, err)
	ids := map[string]string{}
	for _, v := range out.Versions {
		s := fmt.Sprint(*v.Size)
		if aws.ToBool(v.IsLatest) {
			s += "*"
		}
		ids[*v.VersionId] = s
	}
	for _, v := range out.DeleteMarkers {
		s := "x"
		if aws.ToBool(v.IsLatest) {
			s += "*"
		}
		ids[*v.VersionId] = s
	}
	var line []string
	for _, v := range rawVersions(t, server.Get(t, "/"+bucket, "versions&encoding-type=url&prefix="+key).Body) {
		name := ids[v.id]
		if v.id == "null" {
			name += "(null)"
		}
		line = append(line, name)
	}
	return strings.Join(line, " ")
}

func TestVersioning(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	key := aws.String("k")
	state, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Empty(t, state.Status, "never set is not the same as Suspended")

	// Unversioned: one null version, replaced.
	require.Nil(t, put(t, c, bucket, *key, make([]byte, 1)).VersionId)
	put(t, c, bucket, *key, make([]byte, 2))
	require.Equal(t, "2*(null)", history(t, c, bucket, *key))

	// Enabled: the null version stays below.
	setVersioning(t, c, bucket, types.BucketVersioningStatusEnabled)
	v3 := put(t, c, bucket, *key, make([]byte, 3))
	v4 := put(t, c, bucket, *key, make([]byte, 4))
	require.NotEqual(t, *v3.VersionId, *v4.VersionId)
	require.Equal(t, "4* 3 2(null)", history(t, c, bucket, *key))

	// Delete without a version: a marker on top.
	del, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: key})
	require.NoError(t, err)
	require.True(t, aws.ToBool(del.DeleteMarker))
	require.Equal(t, "x* 4 3 2(null)", history(t, c, bucket, *key))
	a := server.Get(t, "/"+bucket+"/k", "")
	a.Refused(t, 404, "NoSuchKey")
	require.Equal(t, "true", a.Header.Get("X-Amz-Delete-Marker"))
	require.Equal(t, *del.VersionId, a.Header.Get("X-Amz-Version-Id"))
	a = server.Get(t, "/"+bucket+"/k", "versionId="+*del.VersionId)
	a.Refused(t, 405, "MethodNotAllowed")
	require.Equal(t, "true", a.Header.Get("X-Amz-Delete-Marker"))
	require.Equal(t, "DELETE", a.Header.Get("Allow"))
	require.NotEmpty(t, a.Header.Get("Last-Modified"))
	list, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
	require.NoError(t, err)
	require.Empty(t, list.Contents)
	for _, w := range []*s3.PutObjectOutput{v3, v4} {
		h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: key, VersionId: w.VersionId})
		require.NoError(t, err)
		require.Equal(t, *w.VersionId, *h.VersionId)
	}

	// Suspended: writes replace the null version only, deletes put a null marker in its place.
	setVersioning(t, c, bucket, types.BucketVersioningStatusSuspended)
	w := put(t, c, bucket, *key, make([]byte, 5))
	require.Contains(t, []string{"", "null"}, aws.ToString(w.VersionId), "a write says its version only when it is a new one")
	require.Equal(t, "5*(null) x 4 3", history(t, c, bucket, *key))
	put(t, c, bucket, *key, make([]byte, 6))
	require.Equal(t, "6*(null) x 4 3", history(t, c, bucket, *key))
	del2, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: key})
	require.NoError(t, err)
	require.Equal(t, "null", aws.ToString(del2.VersionId))
	require.Equal(t, "x*(null) x 4 3", history(t, c, bucket, *key))

	// Enabled again, on top of the null marker.
	setVersioning(t, c, bucket, types.BucketVersioningStatusEnabled)
	put(t, c, bucket, *key, make([]byte, 7))
	require.Equal(t, "7* x(null) x 4 3", history(t, c, bucket, *key))

	// Deleting versions for good: the one below becomes the latest, and a null version goes by its name.
	out, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: key, VersionId: aws.String("null")})
	require.NoError(t, err)
	require.True(t, aws.ToBool(out.DeleteMarker), "what was deleted was a marker")
	require.Equal(t, "7* x 4 3", history(t, c, bucket, *key))
	g, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: key})
	require.NoError(t, err)
	top := *g.VersionId
	require.NoError(t, g.Body.Close())
	for _, id := range []string{top, *del.VersionId} {
		_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: key, VersionId: &id})
		require.NoError(t, err)
	}
	require.Equal(t, "4* 3", history(t, c, bucket, *key))
	require.Len(t, read(t, c, bucket, *key), 4)
	// Deleting a version that is not there answers as if it were done.
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: key, VersionId: &top})
	require.NoError(t, err)
}

func TestVersionRefusals(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := versioned(t, c)
	w := put(t, c, bucket, "k", []byte("x"))
	_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("k"), VersionId: aws.String("null")})
	refused(t, err, 404, "NoSuchVersion")
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("other"), VersionId: w.VersionId})
	refused(t, err, 404, "NoSuchVersion")
	server.Get(t, "/"+bucket+"/k", "versionId=not-a-version").Refused(t, 400, "InvalidArgument")
	server.Get(t, "/"+bucket+"/k", "versionId=").Refused(t, 400, "InvalidArgument")
	server.Do(t, server.New(http.MethodPut, "/"+bucket+"/k", "versionId="+*w.VersionId, []byte("y"))).Refused(t, 400, "InvalidArgument")
	for _, body := range []string{"<VersioningConfiguration><Status>Off</Status></VersioningConfiguration>", "<Nonsense/>", "not xml", ""} {
		a := server.Do(t, server.New(http.MethodPut, "/"+bucket, "versioning", []byte(body)))
		require.Equal(t, 400, a.Status, "%q: %s", body, a.Body)
		require.Contains(t, []string{"MalformedXML", "IllegalVersioningConfigurationException", "MissingRequestBodyError"}, a.Error.Code)
	}
	state, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Equal(t, types.BucketVersioningStatusEnabled, state.Status)
}

// TestListVersionPages pages through a history with every page size and finds the same each time.
func TestListVersionPages(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := versioned(t, c)
	for round := range 3 {
		for _, k := range []string{"a", "a/1", "a/2", "b", "c/x/y"} {
			put(t, c, bucket, k, []byte(fmt.Sprint(round)))
		}
		if round == 1 {
			for _, k := range []string{"a/1", "b"} {
				_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &k})
				require.NoError(t, err)
			}
		}
	}
	want := rawVersions(t, server.Get(t, "/"+bucket, "versions").Body)
	require.Len(t, want, 17)
	for size := 1; size <= 18; size++ {
		var got []rawVersion
		keyMarker, idMarker := "", ""
		for {
			q := fmt.Sprintf("versions&max-keys=%d&key-marker=%s&version-id-marker=%s", size, keyMarker, idMarker)
			if keyMarker == "" {
				q = fmt.Sprintf("versions&max-keys=%d", size)
			}
			a := server.Get(t, "/"+bucket, q)
			require.Equal(t, 200, a.Status, "%s", a.Body)
			page := rawVersions(t, a.Body)
			require.LessOrEqual(t, len(page), size)
			got = append(got, page...)
			if !strings.Contains(string(a.Body), "<IsTruncated>true</IsTruncated>") {
				break
			}
			keyMarker, idMarker = between(string(a.Body), "NextKeyMarker"), between(string(a.Body), "NextVersionIdMarker")
		}
		require.Equal(t, want, got, "pages of %d", size)
	}
	// With a delimiter the prefixes count as entries of a page.
	out, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket, Delimiter: aws.String("/"), MaxKeys: aws.Int32(1000)})
	require.NoError(t, err)
	require.Len(t, out.CommonPrefixes, 2)
	require.Len(t, out.Versions, 6)
	require.Len(t, out.DeleteMarkers, 1)
	require.NotNil(t, out.Versions[0].Owner)
	server.Get(t, "/"+bucket, "versions&version-id-marker="+want[0].id).Refused(t, 400, "InvalidArgument")
}

func between(doc, element string) string {
	_, rest, _ := strings.Cut(doc, "<"+element+">")
	value, _, _ := strings.Cut(rest, "</"+element+">")
	return value
}

// TestVersionsKeepTheirContent writes many versions at once and reads each back.
func TestVersionsKeepTheirContent(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := versioned(t, c)
	type made struct {
		id   string
		size int
	}
	results := make(chan made, 40)
	for w := range 4 {
		go func() {
			for i := range 10 {
				n := (w*10 + i) * 3001
				out, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("k"), Body: readerOf(bytesOf(n, uint64(n)))})
				if err != nil {
					t.Error(err)
					results <- made{}
					continue
				}
				results <- made{*out.VersionId, n}
			}
		}()
	}
	seen := map[string]int{}
	for range 40 {
		m := <-results
		seen[m.id] = m.size
	}
	require.Len(t, seen, 40)
	for id, n := range seen {
		g, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("k"), VersionId: &id})
		require.NoError(t, err)
		got, err := io.ReadAll(g.Body)
		require.NoError(t, err)
		equalBytes(t, bytesOf(n, uint64(n)), got)
	}
	require.Len(t, rawVersions(t, server.Get(t, "/"+bucket, "versions").Body), 40)
}
