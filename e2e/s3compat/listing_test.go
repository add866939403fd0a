package s3compat

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

// fill stores empty objects.
func fill(t *testing.T, c *s3.Client, bucket string, keys ...string) {
	t.Helper()
	work := make(chan string)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for key := range work {
				if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(nil)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, k := range keys {
		work <- k
	}
	close(work)
	wg.Wait()
}

// naive lists as the documentation describes it: sort by bytes, cut by prefix, roll up by delimiter.
func naive(keys []string, prefix, delimiter, after string) (objects, prefixes []string) {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	for _, k := range keys {
		if !strings.HasPrefix(k, prefix) {
			continue
		}
		if delimiter != "" {
			if i := strings.Index(k[len(prefix):], delimiter); i >= 0 {
				p := k[:len(prefix)+i+len(delimiter)]
				if p > after && !strings.HasPrefix(after, p) && (len(prefixes) == 0 || prefixes[len(prefixes)-1] != p) {
					prefixes = append(prefixes, p)
				} else if strings.HasPrefix(after, p) && k > after && (len(prefixes) == 0 || prefixes[len(prefixes)-1] != p) {
					prefixes = append(prefixes, p) // keys behind start-after remain in the rolled up prefix
				}
				continue
			}
		}
		if k > after {
			objects = append(objects, k)
		}
	}
	return objects, prefixes
}

var treeKeys = []string{
	"a", "a/", "a/b", "a/b/c", "a/b/d", "a/c", "a//x", "a0", "b", "b/1", "b/2", "b/3/4", "c-1", "c-2--x", "c-2--y", "photos/2006/January/1", "photos/2006/February/2", "photos/2007/x",
	"sample.jpg", "z/", "zz", "ä/ö", "ä/ü", "日本/東京", "😀/1", "😀2", "~",
}

func TestListAgainstNaive(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	fill(t, c, bucket, treeKeys...)
	for _, prefix := range []string{"", "a", "a/", "a/b", "photos/", "photos/2006/", "nothing", "ä", "日本/", "z/", "c-2"} {
		for _, delimiter := range []string{"", "/", "--", "2006", "b/", "ä"} {
			for _, size := range []int32{1000, 1, 3} {
				name := fmt.Sprintf("prefix %q delimiter %q by %d", prefix, delimiter, size)
				wantKeys, wantPrefixes := naive(treeKeys, prefix, delimiter, "")

				var keys, prefixes []string
				in := &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix, Delimiter: &delimiter, MaxKeys: &size}
				for {
					out, err := c.ListObjectsV2(ctx, in)
					require.NoError(t, err, name)
					require.Equal(t, int(*out.KeyCount), len(out.Contents)+len(out.CommonPrefixes), name)
					require.LessOrEqual(t, *out.KeyCount, size)
					keys = append(keys, keysOf(out.Contents)...)
					for _, p := range out.CommonPrefixes {
						prefixes = append(prefixes, *p.Prefix)
					}
					require.Equal(t, aws.ToBool(out.IsTruncated), out.NextContinuationToken != nil)
					if !aws.ToBool(out.IsTruncated) {
						break
					}
					in.ContinuationToken = out.NextContinuationToken
				}
				require.Equal(t, wantKeys, keys, name)
				require.Equal(t, wantPrefixes, prefixes, name)

				keys, prefixes = nil, nil
				in1 := &s3.ListObjectsInput{Bucket: &bucket, Prefix: &prefix, Delimiter: &delimiter, MaxKeys: &size}
				for {
					out, err := c.ListObjects(ctx, in1)
					require.NoError(t, err, name)
					keys = append(keys, keysOf(out.Contents)...)
					for _, p := range out.CommonPrefixes {
						prefixes = append(prefixes, *p.Prefix)
					}
					if !aws.ToBool(out.IsTruncated) {
						break
					}
					if delimiter == "" { // then the marker of the next page is the last key, and is not said
						require.Nil(t, out.NextMarker)
						in1.Marker = out.Contents[len(out.Contents)-1].Key
						continue
					}
					require.NotNil(t, out.NextMarker, name)
					in1.Marker = out.NextMarker
				}
				require.Equal(t, wantKeys, keys, name)
				require.Equal(t, wantPrefixes, prefixes, name)
			}
		}
	}
}

func TestListStartAfter(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	fill(t, c, bucket, treeKeys...)
	for _, after := range []string{"a", "a/", "a/b", "a/zzz", "zz", "~", "ä/ö", "nothing", "😀"} {
		for _, prefix := range []string{"", "a/", "b"} {
			out, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, StartAfter: &after, Prefix: &prefix})
			require.NoError(t, err)
			want, _ := naive(treeKeys, prefix, "", after)
			if want == nil {
				want = []string{}
			}
			require.Equal(t, want, keysOf(out.Contents), "after %q prefix %q", after, prefix)
			require.Equal(t, after, aws.ToString(out.StartAfter))
			v1, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: &bucket, Marker: &after, Prefix: &prefix})
			require.NoError(t, err)
			require.Equal(t, want, keysOf(v1.Contents), "after %q prefix %q", after, prefix)
		}
	}
}

func TestListShape(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "dir/one & <two>", []byte("12345"))
	put(t, c, bucket, "top", []byte("1"))

	out, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
	require.NoError(t, err)
	require.Nil(t, out.Contents[0].Owner, "version 2 names the owner only when asked")
	require.Equal(t, etag([]byte("12345")), *out.Contents[0].ETag)
	require.Equal(t, int64(5), *out.Contents[0].Size)
	require.Equal(t, "STANDARD", string(out.Contents[0].StorageClass))
	require.Equal(t, []types.ChecksumAlgorithm{types.ChecksumAlgorithmCrc32}, out.Contents[0].ChecksumAlgorithm)
	require.Equal(t, int32(1000), *out.MaxKeys)
	h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("top")})
	require.NoError(t, err)
	require.True(t, h.LastModified.Equal(out.Contents[1].LastModified.Truncate(1e9)), "%s %s", h.LastModified, out.Contents[1].LastModified)
	v1, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: &bucket})
	require.NoError(t, err)
	require.NotNil(t, v1.Contents[0].Owner)

	// max-keys 0 is an empty page that says that nothing follows; more than 1,000 is 1,000.
	zero, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, MaxKeys: aws.Int32(0)})
	require.NoError(t, err)
	require.Empty(t, zero.Contents)
	require.False(t, aws.ToBool(zero.IsTruncated))
	many, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, MaxKeys: aws.Int32(5000)})
	require.NoError(t, err)
	require.Len(t, many.Contents, 2)
	a := server.Get(t, "/"+bucket, "list-type=2&max-keys=5000")
	require.Contains(t, string(a.Body), "<MaxKeys>1000</MaxKeys>")

	for _, q := range []string{"max-keys=-1", "max-keys=x", "max-keys=2147483648", "max-keys=99999999999999999999"} {
		server.Get(t, "/"+bucket, "list-type=2&"+q).Refused(t, 400, "InvalidArgument")
		server.Get(t, "/"+bucket, q).Refused(t, 400, "InvalidArgument")
	}
	server.Get(t, "/"+bucket, "list-type=2&encoding-type=base64").Refused(t, 400, "InvalidArgument")
	server.Get(t, "/"+bucket, "list-type=2&continuation-token=nonsense").Refused(t, 400, "InvalidArgument")
	body := string(server.Get(t, "/"+bucket, "list-type=2&prefix=dir%2F&delimiter=%2F").Body)
	require.Contains(t, body, `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`)
	require.Contains(t, body, "<Key>dir/one &amp; &lt;two&gt;</Key>")
	require.Contains(t, body, "<Delimiter>/</Delimiter>")
}

func TestListEncoding(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	keys := []string{"a b", "a+b", "c/d%20", "ctrl\x01\x1f/x", "new\nline", "ü/ä"}
	for _, k := range keys {
		require.Equal(t, 200, server.Put(t, "/"+bucket+"/"+strings.ReplaceAll(url.PathEscape(k), "%2F", "/"), nil).Status, "%q", k)
	}
	a := server.Get(t, "/"+bucket, "list-type=2&encoding-type=url&delimiter=%2F&start-after=a%20a")
	require.Equal(t, 200, a.Status)
	body := strings.ReplaceAll(string(a.Body), "%20", "+") // a blank may be either
	require.Contains(t, body, "<EncodingType>url</EncodingType>")
	require.Contains(t, body, "<StartAfter>a+a</StartAfter>")
	for _, want := range []string{"<Key>a+b</Key>", "<Key>a%2Bb</Key>", "<Prefix>c/</Prefix>", "<Prefix>ctrl%01%1F/</Prefix>", "<Key>new%0Aline</Key>", "<Prefix>%C3%BC/</Prefix>"} {
		require.Contains(t, body, want)
	}
	// Without encoding the document must still be well-formed XML that a parser takes back to the same keys, as far as XML can say them.
	in := &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: aws.String("new")}
	out, err := c.ListObjectsV2(ctx, in)
	require.NoError(t, err)
	require.Equal(t, []string{"new\nline"}, keysOf(out.Contents))
}

// TestListManyPages pages through more than two pages of 1,000.
func TestListManyPages(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	var keys []string
	for i := range 2100 {
		keys = append(keys, fmt.Sprintf("d%02d/%05d", i%21, i))
	}
	fill(t, c, bucket, keys...)
	slices.Sort(keys)
	var got []string
	pages := 0
	for p := s3.NewListObjectsV2Paginator(c, &s3.ListObjectsV2Input{Bucket: &bucket}); p.HasMorePages(); pages++ {
		out, err := p.NextPage(ctx)
		require.NoError(t, err)
		got = append(got, keysOf(out.Contents)...)
	}
	require.Equal(t, keys, got)
	require.Equal(t, 3, pages)
	out, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, Delimiter: aws.String("/")})
	require.NoError(t, err)
	require.Len(t, out.CommonPrefixes, 21)
	for batch := range slices.Chunk(keys, 1000) {
		ids := make([]types.ObjectIdentifier, len(batch))
		for i := range batch {
			ids[i].Key = &batch[i]
		}
		del, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: ids, Quiet: aws.Bool(true)}})
		require.NoError(t, err)
		require.Empty(t, del.Deleted)
		require.Empty(t, del.Errors)
	}
	out, err = c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
	require.NoError(t, err)
	require.Empty(t, out.Contents)
}

func TestUnknownQueryNames(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("x"))
	require.Equal(t, 200, server.Get(t, "/"+bucket, "list-type=2&whatever=1").Status)
	require.Equal(t, 200, server.Get(t, "/"+bucket+"/k", "whatever=1&x-id=GetObject").Status)
	a := server.Do(t, server.New(http.MethodPut, "/"+bucket+"/new", "newsubresource", []byte("x")))
	require.GreaterOrEqual(t, a.Status, 400, "a write with an unknown sub-resource")
	absent(t, c, bucket, "new")
	require.Equal(t, 200, server.Do(t, server.New(http.MethodPut, "/"+bucket+"/new", "x-id=PutObject", []byte("x"))).Status)
}
