package s3compat

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// trickyKeys are names that lead careless servers astray.
var trickyKeys = []string{
	"plain", "/", "//", "///", "/leading", "trailing/", "a//b", "a///b", "./a", "../a", "a/./b", "a/../b", "a/..", "a/.", ".", "..", "...", ".hidden", "..a", "a..",
	"with space", " leading space", "trailing space ", "  ", "plus+sign", "percent%sign", "%", "%%", "%20", "%2F", "a%2Fb", "%2e%2e/x", "%00", "%zz", "a%",
	"question?mark", "hash#tag", "amp&ersand", "equals=sign", "semi;colon", "co:lon", "com,ma", "at@sign", "dollar$", "excl!", "star*", "quote\"s", "apos'trophe", "(paren)", "[bracket]", "{brace}", "pipe|", "back\\slash",
	"caret^", "tilde~", "back`tick", "<tag>", "&amp;", "]]>", "<!--", "ünïcödé", "日本語/ファイル", "emoji 😀🎉.txt", "e\u0301 decomposed", "\u00e9 composed", "\ufeffbom", "rtl \u202eabc", "zero\u200bwidth", "\u2028line", "nbsp\u00a0x",
	"tab\there", "new\nline", "carriage\rreturn", "\x01\x02", "bell\x07", "esc\x1b[31m", "\x7fdel", "\uffff", "\U0010ffff",
	"uploads", "?uploads", "versionId=1", "policy", "x?acl", "myfsio/health", "iam/users", ".myfsio.sys/config/iam.json", "../.myfsio.sys/keys", "CON", "nul.txt", "A/case", "a/case",
	"..%2f..%2f..%2fetc/passwd", "....//....//etc", "C:\\Windows", "~/.ssh/id_rsa", strings.Repeat("k", 1024), strings.Repeat("ü", 512), strings.Repeat("d/", 512), strings.Repeat("long", 60) + "/" + strings.Repeat("segment", 100),
}

// TestTrickyKeys stores, reads, heads, copies, lists and deletes every name. Keys next to each other must not be mistaken for each other, so
// all of them are there at once, each with its own content.
func TestTrickyKeys(t *testing.T) {
	t.Parallel()
	for _, m := range []lab.Mode{lab.Modes[0], lab.Modes[2], lab.Modes[3]} {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			c, err := server.Client(m, proxy)
			require.NoError(t, err)
			bucket := newBucket(t, c)
			keys := slices.Clone(trickyKeys)
			for _, k := range keys {
				_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &k, Body: strings.NewReader("content of " + k)})
				require.NoError(t, err, "%q", k)
			}
			for _, k := range keys {
				require.Equal(t, "content of "+k, string(read(t, c, bucket, k)), "%q", k)
				h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &k})
				require.NoError(t, err, "%q", k)
				require.Equal(t, int64(len("content of "+k)), *h.ContentLength)
				_, err = c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: aws.String("copy target"), CopySource: aws.String(bucket + "/" + lab.Escape(k, true))})
				require.NoError(t, err, "%q", k)
				require.Equal(t, "content of "+k, string(read(t, c, bucket, "copy target")), "%q", k)
			}
			_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("copy target")})
			require.NoError(t, err)
			require.Equal(t, slices.Sorted(slices.Values(keys)), listAll(t, bucket))
			for i, k := range keys {
				_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &k})
				require.NoError(t, err)
				if i%20 == 0 {
					require.Len(t, listAll(t, bucket), len(keys)-i-1, "deleting %q takes only that", k)
				}
			}
		})
	}
}

// listAll lists every key by small pages with encoding-type=url and decodes them.
func listAll(t *testing.T, bucket string) []string {
	t.Helper()
	var keys []string
	for token := ""; ; {
		q := "list-type=2&encoding-type=url&max-keys=17"
		if token != "" {
			q += "&continuation-token=" + url.QueryEscape(token)
		}
		a := server.Get(t, "/"+bucket, q)
		require.Equal(t, 200, a.Status, "%s", a.Body)
		text := string(a.Body)
		for {
			_, rest, ok := strings.Cut(text, "<Key>")
			if !ok {
				break
			}
			var key string
			key, text, _ = strings.Cut(rest, "</Key>")
			key, err := url.QueryUnescape(key)
			require.NoError(t, err)
			keys = append(keys, key)
		}
		_, rest, ok := strings.Cut(string(a.Body), "<NextContinuationToken>")
		if !ok {
			return keys
		}
		token, _, _ = strings.Cut(rest, "</NextContinuationToken>")
	}
}

func TestTrickyKeysMinIO(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	m := server.MinIO(t, false)
	for _, k := range trickyKeys {
		if strings.HasPrefix(k, "/") || strings.HasSuffix(k, " ") || strings.TrimSpace(k) == "" || strings.ContainsAny(k, "\x00\r\n\ufeff") || !minioTakes(k) {
			continue // minio-go refuses or trims these by itself
		}
		_, err := m.PutObject(ctx, bucket, k, strings.NewReader("m "+k), int64(len("m "+k)), minio.PutObjectOptions{})
		require.NoError(t, err, "%q", k)
		require.Equal(t, "m "+k, string(read(t, c, bucket, k)), "%q", k)
		info, err := m.StatObject(ctx, bucket, k, minio.StatObjectOptions{})
		require.NoError(t, err, "%q", k)
		require.Equal(t, int64(len("m "+k)), info.Size)
	}
}

func minioTakes(k string) bool {
	for part := range strings.SplitSeq(k, "/") {
		if part == "." || part == ".." {
			return false
		}
	}
	return true
}

func TestBadKeys(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	for _, tc := range []struct {
		escaped, code string
	}{
		{strings.Repeat("k", 1025), "KeyTooLongError"},
		{strings.Repeat("%C3%BC", 513), "KeyTooLongError"},
		{"nul%00byte", ""}, {"bad%FFutf8", ""}, {"%C3", ""}, {"%ED%A0%80", ""}, {"overlong%C0%AF", ""},
	} {
		for _, method := range []string{http.MethodPut, http.MethodGet, http.MethodDelete} {
			a := server.Do(t, server.New(method, "/"+bucket+"/"+tc.escaped, "", []byte("x")))
			require.Equal(t, 400, a.Status, "%s %.40s: %s", method, tc.escaped, a.Body)
			if tc.code != "" {
				a.Refused(t, 400, tc.code)
				require.True(t, a.Error.Has("MaxSizeAllowed", "1024"), "%s", a.Body)
			}
		}
	}
	require.Empty(t, listAll(t, bucket))
	up := server.Do(t, server.New(http.MethodPost, "/"+bucket+"/"+strings.Repeat("k", 1025), "uploads", nil))
	up.Refused(t, 400, "KeyTooLongError")
	server.Do(t, server.New(http.MethodPut, "/"+bucket+"/"+strings.Repeat("k", 1025), "", nil).With("X-Amz-Copy-Source", bucket+"/x")).Refused(t, 400, "KeyTooLongError")
	// Escaped in lower case, or escaped where it need not be, a key is the same key.
	require.Equal(t, 200, server.Put(t, "/"+bucket+"/%61%c3%bc", []byte("x")).Status)
	require.Equal(t, []string{"aü"}, listAll(t, bucket))
	require.Equal(t, "x", string(server.Get(t, "/"+bucket+"/a%C3%BC", "").Body))
	require.Equal(t, fmt.Sprint(204), fmt.Sprint(server.Do(t, server.New(http.MethodDelete, "/"+bucket+"/a%c3%BC", "", nil)).Status))
}
