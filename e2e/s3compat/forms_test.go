package s3compat

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
)

// post sends a form with a file and returns the answer's status and body.
func post(t *testing.T, url string, fields map[string]string, content []byte) (int, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		require.NoError(t, w.WriteField(name, value))
	}
	file, err := w.CreateFormFile("file", "name.txt")
	require.NoError(t, err)
	_, err = file.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	res, err := http.Post(url, w.FormDataContentType(), &body)
	require.NoError(t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(answer)
}

func TestForms(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	key := "up/form"
	content := bytesOf(3<<20, 7)
	signed, err := s3.NewPresignClient(c).PresignPostObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(key)}, func(o *s3.PresignPostOptions) {
		o.Conditions = []any{[]any{"content-length-range", 1, len(content)}}
	})
	require.NoError(t, err)
	status, answer := post(t, signed.URL, signed.Values, content)
	require.Equal(t, 204, status, answer)
	equalBytes(t, content, read(t, c, bucket, key))

	status, answer = post(t, signed.URL, signed.Values, append(content, 'x'))
	require.Equal(t, 400, status)
	require.Contains(t, answer, "<Code>EntityTooLarge</Code>")
	signed.Values["x-amz-meta-more"] = "x"
	status, answer = post(t, signed.URL, signed.Values, content)
	require.Equal(t, 403, status)
	require.Contains(t, answer, "Extra input fields: x-amz-meta-more")
}
