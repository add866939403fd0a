package faults

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// TestAuditDiskFull: with no space for the audit log no change is made without a line, what makes space and what is no change goes on, and
// everything returns with the space.
func TestAuditDiskFull(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "data", ".myfsio.sys", "audit")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	mountSmall(t, dir, 48<<10)
	o := lab.Options{Root: root, Env: map[string]string{"AUDIT_LOG": "all"}}
	s := lab.Start(t, o)
	admin := func(method, path, body string) *lab.Answer {
		path, query, _ := strings.Cut(path, "?")
		r := s.New(method, path, query, []byte(body)).With("X-Access-Key", lab.AccessKey).With("X-Secret-Key", lab.SecretKey).With("Content-Type", "application/json")
		return s.Send(t, r)
	}
	exists := func(user string) bool {
		return strings.Contains(string(admin("GET", "/iam/users", "").Body), `"`+user+`"`)
	}
	create := func(user string) *lab.Answer {
		return admin("POST", "/iam/users", fmt.Sprintf(`{"display_name":"x","access_key":%q,"policies":[]}`, user))
	}
	require.Equal(t, 200, s.Put(t, "/bucket", nil).Status)
	require.Equal(t, 200, s.Put(t, "/bucket/k", []byte("kept")).Status)
	code := func(a *lab.Answer) string {
		var p struct{ Code string }
		require.NoError(t, json.Unmarshal(a.Body, &p), "%s", a.Body)
		return p.Code
	}
	// Until there is no space: the change that met the end of it says that it was made; those behind it are not.
	var last string
	for i := 0; ; i++ {
		require.Less(t, i, 500)
		last = fmt.Sprint("user-", i)
		a := create(last)
		if a.Status == 201 {
			continue
		}
		require.Equal(t, 507, a.Status, "%s", a.Body)
		if code(a) == "AuditLogUnavailable" {
			require.True(t, exists(last))
		} else {
			require.Equal(t, "StorageFull", code(a))
			require.False(t, exists(last))
		}
		require.NotContains(t, string(a.Body), "secret_key")
		break
	}
	require.Equal(t, 507, create("never").Status)
	require.False(t, exists("never"))
	s.Put(t, "/another-bucket", nil).Refused(t, 507, "StorageFull")
	require.Equal(t, 404, s.Do(t, s.New("HEAD", "/another-bucket", "", nil)).Status)
	// Data, signing in, and deleting go on, and wait for nothing.
	for i := range 20 {
		require.Equal(t, 200, s.Put(t, fmt.Sprint("/bucket/", i), []byte("x")).Status)
	}
	require.Equal(t, "kept", string(s.Get(t, "/bucket/k", "").Body))
	require.Equal(t, 200, admin("POST", "/myfsio/tokens", fmt.Sprintf(`{"accessKey":%q,"secretKey":%q}`, lab.AccessKey, lab.SecretKey)).Status)
	require.Equal(t, 200, admin("DELETE", "/myfsio/buckets/bucket/object?key=1", "").Status)
	require.Equal(t, 404, s.Get(t, "/bucket/1", "").Status)
	health := admin("GET", "/myfsio/health", "")
	require.Contains(t, string(health.Body), "degraded")
	require.Contains(t, string(health.Body), "audit log")
	exit, out, _ := runBinary(t, o, s.Port, "audit", "verify")
	require.Zero(t, exit, out)

	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=8388608"))
	waitFor(t, 20*time.Second, func() bool { return create("again").Status == http.StatusCreated })
	exit, out, _ = runBinary(t, o, s.Port, "audit", "verify")
	require.Zero(t, exit, out)
	require.NoError(t, s.Stop(40*time.Second), "%s", s.Log())
	exit, out, _ = runBinary(t, o, s.Port, "audit", "verify")
	require.Zero(t, exit, out)
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	require.NoError(t, err)
	log := ""
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		log += string(raw)
	}
	require.Regexp(t, `"operation":"lost","lost":\d+`, log, "what was lost is counted")
	require.Contains(t, log, `"operation":"deleteObject"`, "what went on without space was kept for later")
	require.Contains(t, log, `"target":"again"`)
}
