package admin

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/iam"
)

// Over a real connection: large bodies up and down, and answers that are cut.
func TestOverAConnection(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	srv := httptest.NewServer(l.console)
	t.Cleanup(srv.Close)
	do := func(method, target string, body io.Reader) (*http.Response, []byte, error) {
		req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+target, body)
		require.NoError(t, err)
		req.Header.Set(headerAccessKey, iam.DefaultAccessKey)
		req.Header.Set(headerSecretKey, iam.DefaultSecret)
		if strings.HasSuffix(target, "/zip") {
			req.Header.Set("Content-Type", "application/json")
		}
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer func() { require.NoError(t, resp.Body.Close()) }()
		raw, err := io.ReadAll(resp.Body)
		return resp, raw, err
	}
	content := make([]byte, 3<<20)
	_, _ = rand.Read(content)
	resp, raw, err := do("PUT", "/myfsio/buckets/bkt/content?key=large", bytes.NewReader(content))
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode, string(raw))
	// Of unknown length.
	resp, raw, err = do("PUT", "/myfsio/buckets/bkt/content?key=chunked", io.MultiReader(bytes.NewReader(content)))
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode, string(raw))
	for _, key := range []string{"large", "chunked"} {
		resp, raw, err = do("GET", "/myfsio/buckets/bkt/content?key="+key, nil)
		require.NoError(t, err)
		require.EqualValues(t, len(content), resp.ContentLength)
		require.True(t, bytes.Equal(content, raw))
	}

	// What breaks off in the middle does not look whole.
	l.blobs.after.Store(1 << 20)
	_, raw, err = do("GET", "/myfsio/buckets/bkt/content?key=large", nil)
	require.Error(t, err)
	require.Less(t, len(raw), len(content))
	resp, raw, err = do("POST", "/myfsio/buckets/bkt/zip", strings.NewReader(`{"keys":["large"]}`))
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode, string(raw))
	var z ZipTicket
	(&reply{t: t, w: &httptest.ResponseRecorder{Body: bytes.NewBuffer(raw)}}).into(&z)
	_, _, err = do("GET", z.URL, nil)
	require.Error(t, err)
	require.Contains(t, l.log.String(), "the disk said no")
	require.NotContains(t, string(raw), "the disk said no")
}

// Run does what is created while it runs, and ends with its context.
func TestRun(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	l.many("bkt", "k", 10)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.api.Run(ctx) }()
	j := l.job(l.admin(), "delete", `{"bucket":"bkt","prefixes":[""]}`)
	require.Eventually(t, func() bool { return l.state(l.admin(), j.ID).State == "done" }, 10*time.Second, time.Millisecond)
	cancel()
	require.NoError(t, <-done)
	require.Empty(t, l.keysOf("bkt"))
}
