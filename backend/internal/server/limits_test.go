//go:build unix

package server

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/limit/redistest"
)

// With the settings that nobody has changed, traffic of 64 connections meets no limit.
func TestDefaultsDoNotLimitTraffic(t *testing.T) {
	r := run(t, t.TempDir(), ready, nil)
	status, body := send(t, "PUT", r.s3+"/busy", "", asRoot...)
	require.Equal(t, 200, status, body)
	const connections = 64
	long := 3 * time.Second
	if kvtest.Soak() {
		long = time.Minute
	}
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer c.CloseIdleConnections()
	do := func(method, target, content string) {
		req, err := http.NewRequest(method, r.s3+target, strings.NewReader(content))
		if err != nil {
			t.Error(err)
			return
		}
		for i := 0; i < len(asRoot); i += 2 {
			req.Header.Set(asRoot[i], asRoot[i+1])
		}
		res, err := c.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		_ = res.Body.Close()
		if res.StatusCode/100 != 2 {
			t.Errorf("%s %s: %s", method, target, res.Status)
		}
	}
	var wg sync.WaitGroup
	var requests atomic.Int64
	end := time.Now().Add(long)
	for i := range connections {
		wg.Go(func() {
			for n := 0; time.Now().Before(end) && !t.Failed(); n++ {
				key := fmt.Sprintf("/busy/%d-%d", i, n)
				do("PUT", key, "content")
				do("GET", key, "")
				do("HEAD", key, "")
				do("GET", "/busy?list-type=2&max-keys=2", "")
				do("GET", "/", "")
				do("DELETE", key, "")
				requests.Add(6)
			}
		})
	}
	wg.Wait()
	t.Logf("%d requests in %v", requests.Load(), long)
	require.Greater(t, requests.Load(), int64(600), "a limit of the admin API would not have been met")
}

// Two servers count in one Redis, on both ports; one goes on when that is gone, and says so.
func TestServersShareLimits(t *testing.T) {
	redis, ok := redistest.Start(t)
	if !ok {
		return
	}
	env := []string{"RATE_LIMIT_OBJECT_OPS=4 per hour", "RATE_LIMIT_LOGIN=2 per hour", "RATE_LIMIT_STORAGE_URI=" + redis.URI()}
	var servers []*running
	var logs []string
	for range 2 {
		root := t.TempDir()
		servers, logs = append(servers, run(t, root, ready, nil, env...)), append(logs, filepath.Join(root, "logs", "app.log"))
	}
	for _, r := range servers {
		status, body := send(t, "PUT", r.s3+"/shared", "", asRoot...)
		require.Equal(t, 200, status, body)
	}
	for i := range 4 {
		status, body := send(t, "PUT", servers[i%2].s3+"/shared/key", "content", asRoot...)
		require.Equal(t, 200, status, body)
	}
	for _, r := range servers {
		req, err := http.NewRequest("GET", r.s3+"/shared/key", nil)
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, 503, res.StatusCode)
		wait, err := strconv.Atoi(res.Header.Get("Retry-After"))
		require.NoError(t, err)
		require.True(t, wait > 3500 && wait <= 3600, "%d", wait)
	}
	login := `{"accessKey":"root","secretKey":"root-secret-of-tests"}`
	for i, want := range []int{200, 200, 429} {
		status, body := send(t, "POST", servers[i%2].console+"/myfsio/tokens", login, "Content-Type", "application/json")
		require.Equal(t, want, status, body)
	}

	redis.Stall(t)
	for range 4 {
		status, body := send(t, "GET", servers[0].s3+"/shared/key", "", asRoot...)
		require.Equal(t, 200, status, body)
	}
	status, body := send(t, "GET", servers[0].s3+"/shared/key", "", asRoot...)
	require.Equal(t, 503, status, "it counts for itself: %s", body)
	_, body = send(t, "GET", servers[0].s3+"/myfsio/health", "", asRoot...)
	require.Contains(t, body, `"status":"degraded"`)
	require.Contains(t, body, "RATE_LIMIT_STORAGE_URI")
	redis.Resume(t)
	require.Eventually(t, func() bool {
		_, body := send(t, "GET", servers[0].s3+"/myfsio/health", "", asRoot...)
		return strings.Contains(body, `"status":"ok"`)
	}, 20*time.Second, 20*time.Millisecond)
	for i, r := range servers {
		r.end(t)
		log, err := os.ReadFile(logs[i])
		require.NoError(t, err)
		require.NotContains(t, string(log), redis.Password)
	}
}
