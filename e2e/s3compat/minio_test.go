package s3compat

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"
)

// TestMinIO drives every operation through minio-go: with signatures of version 4 (each chunk signed), and of version 2.
func TestMinIO(t *testing.T) {
	t.Parallel()
	for _, v2 := range []bool{false, true} {
		t.Run(map[bool]string{false: "v4-streaming", true: "v2"}[v2], func(t *testing.T) {
			t.Parallel()
			m := server.MinIO(t, v2)
			bucket := bucketName()
			require.NoError(t, m.MakeBucket(ctx, bucket, minio.MakeBucketOptions{}))
			t.Cleanup(func() { removeBucket(t, bucket) })
			ok, err := m.BucketExists(ctx, bucket)
			require.NoError(t, err)
			require.True(t, ok)
			loc, err := m.GetBucketLocation(ctx, bucket)
			require.NoError(t, err)
			require.Equal(t, "us-east-1", loc)
			_, err = m.ListBuckets(ctx)
			require.NoError(t, err)

			for _, size := range []int{0, 1, 65536, 65537, 1 << 20, 5 << 20} {
				body := bytesOf(size, 1)
				info, err := m.PutObject(ctx, bucket, "folder/key ü", bytes.NewReader(body), int64(size), minio.PutObjectOptions{ContentType: "text/minio", UserMetadata: map[string]string{"colour": "red"}})
				require.NoError(t, err, "%d bytes", size)
				require.Equal(t, `"`+info.ETag+`"`, etag(body))
				obj, err := m.GetObject(ctx, bucket, "folder/key ü", minio.GetObjectOptions{})
				require.NoError(t, err)
				got, err := io.ReadAll(obj)
				require.NoError(t, err)
				equalBytes(t, body, got)
			}
			// Content of unknown length goes as parts.
			whole := bytesOf(17<<20, 2)
			_, err = m.PutObject(ctx, bucket, "parts", io.MultiReader(bytes.NewReader(whole)), -1, minio.PutObjectOptions{PartSize: 5 << 20, NumThreads: 2})
			require.NoError(t, err)
			obj, err := m.GetObject(ctx, bucket, "parts", minio.GetObjectOptions{})
			require.NoError(t, err)
			got, err := io.ReadAll(obj)
			require.NoError(t, err)
			equalBytes(t, whole, got)
			_, err = obj.ReadAt(got[:100], 9<<20)
			require.NoError(t, err)
			equalBytes(t, whole[9<<20:9<<20+100], got[:100])
			st, err := m.StatObject(ctx, bucket, "folder/key ü", minio.StatObjectOptions{})
			require.NoError(t, err)
			require.Equal(t, "text/minio", st.ContentType)
			require.Equal(t, "red", st.UserMetadata["Colour"])

			_, err = m.CopyObject(ctx, minio.CopyDestOptions{Bucket: bucket, Object: "copy"}, minio.CopySrcOptions{Bucket: bucket, Object: "folder/key ü"})
			require.NoError(t, err)
			_, err = m.ComposeObject(ctx, minio.CopyDestOptions{Bucket: bucket, Object: "composed"}, minio.CopySrcOptions{Bucket: bucket, Object: "parts"}, minio.CopySrcOptions{Bucket: bucket, Object: "copy"})
			require.NoError(t, err)
			composed, err := m.StatObject(ctx, bucket, "composed", minio.StatObjectOptions{})
			require.NoError(t, err)
			require.Equal(t, int64(22<<20), composed.Size)

			require.Equal(t, []string{"composed", "copy", "folder/key ü", "parts"}, minioKeys(t, m, bucket, minio.ListObjectsOptions{Recursive: true}))
			require.ElementsMatch(t, []string{"composed", "copy", "folder/", "parts"}, minioKeys(t, m, bucket, minio.ListObjectsOptions{}))
			require.Equal(t, []string{"composed", "copy", "folder/key ü", "parts"}, minioKeys(t, m, bucket, minio.ListObjectsOptions{Recursive: true, UseV1: true, MaxKeys: 2}))

			require.NoError(t, m.EnableVersioning(ctx, bucket))
			vc, err := m.GetBucketVersioning(ctx, bucket)
			require.NoError(t, err)
			require.True(t, vc.Enabled())
			_, err = m.PutObject(ctx, bucket, "v", bytes.NewReader([]byte("1")), 1, minio.PutObjectOptions{})
			require.NoError(t, err)
			require.NoError(t, m.RemoveObject(ctx, bucket, "v", minio.RemoveObjectOptions{}))
			require.Len(t, minioKeys(t, m, bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true, Prefix: "v"}), 2)
			require.NoError(t, m.SuspendVersioning(ctx, bucket))

			link, err := m.PresignedGetObject(ctx, bucket, "copy", time.Minute, nil)
			require.NoError(t, err)
			a := server.Send(t, server.New("GET", link.EscapedPath(), link.RawQuery, nil))
			require.Equal(t, 200, a.Status, "%.300s", a.Body)
			link, err = m.PresignedPutObject(ctx, bucket, "linked", time.Minute)
			require.NoError(t, err)
			require.Equal(t, 200, server.Send(t, server.New("PUT", link.EscapedPath(), link.RawQuery, []byte("x"))).Status)

			core := minio.Core{Client: m}
			id, err := core.NewMultipartUpload(ctx, bucket, "open", minio.PutObjectOptions{})
			require.NoError(t, err)
			_, err = core.PutObjectPart(ctx, bucket, "open", id, 1, bytes.NewReader([]byte("x")), 1, minio.PutObjectPartOptions{})
			require.NoError(t, err)
			parts, err := core.ListObjectParts(ctx, bucket, "open", id, 0, 10)
			require.NoError(t, err)
			require.Len(t, parts.ObjectParts, 1)
			require.NoError(t, m.RemoveIncompleteUpload(ctx, bucket, "open"))

			names := make(chan minio.ObjectInfo)
			go func() {
				defer close(names)
				for _, k := range []string{"composed", "copy", "folder/key ü", "parts", "never there"} {
					names <- minio.ObjectInfo{Key: k}
				}
			}()
			for e := range m.RemoveObjects(ctx, bucket, names, minio.RemoveObjectsOptions{}) {
				require.NoError(t, e.Err, e.ObjectName)
			}
			require.Equal(t, []string{"linked"}, minioKeys(t, m, bucket, minio.ListObjectsOptions{Recursive: true}))
		})
	}
}

func minioKeys(t *testing.T, m *minio.Client, bucket string, o minio.ListObjectsOptions) (keys []string) {
	t.Helper()
	for info := range m.ListObjects(ctx, bucket, o) {
		require.NoError(t, info.Err, fmt.Sprint(o))
		keys = append(keys, info.Key)
	}
	return keys
}

func TestMinIOErrors(t *testing.T) {
	t.Parallel()
	m := server.MinIO(t, false)
	_, err := m.StatObject(ctx, "no-such-bucket-here", "k", minio.StatObjectOptions{})
	require.Equal(t, 404, minio.ToErrorResponse(err).StatusCode)
	bucket := newBucket(t, client(t))
	_, err = m.StatObject(ctx, bucket, "k", minio.StatObjectOptions{})
	require.Equal(t, "NoSuchKey", minio.ToErrorResponse(err).Code)
	require.Equal(t, "BucketNotEmpty", func() string {
		_, err := m.PutObject(ctx, bucket, "k", bytes.NewReader(nil), 0, minio.PutObjectOptions{})
		require.NoError(t, err)
		return minio.ToErrorResponse(m.RemoveBucket(ctx, bucket)).Code
	}())
}
