package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/s3"
)

// screen is a terminal that can be waited on.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	select {
	case s.grew <- struct{}{}:
	default:
	}
	return len(p), nil
}

// find waits for text that matches and returns the first group.
func (s *screen) find(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for deadline := time.After(30 * time.Second); ; {
		s.mu.Lock()
		m := re.FindStringSubmatch(s.text.String())
		s.mu.Unlock()
		if m != nil {
			return m[len(m)-1]
		}
		select {
		case <-s.grew:
		case <-deadline:
			t.Fatalf("the terminal never showed %q", pattern)
		}
	}
}

type running struct {
	*screen
	s3, console string
	stop        context.CancelFunc
	now         chan struct{}
	done        chan error
}

// run starts a server and waits until it is ready; pattern is what the terminal shows then.
func run(t *testing.T, root, pattern string, change func(*Options), env ...string) *running {
	t.Helper()
	env = append(env, "STORAGE_ROOT="+filepath.Join(root, "data"), "LOG_DIR="+filepath.Join(root, "logs"), "APP_PORT=0", "UI_PORT=0",
		"ADMIN_ACCESS_KEY=root", "ADMIN_SECRET_KEY=root-secret-of-tests")
	c, report, err := config.Load(config.Sources{Environ: env, EnvFile: ""})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{screen: &screen{grew: make(chan struct{}, 1)}, stop: cancel, now: make(chan struct{}), done: make(chan error, 1)}
	o := Options{Config: c, Report: report, Mode: ModeAll, Terminal: r.screen, Stop: r.now}
	if change != nil {
		change(&o)
	}
	go func() { r.done <- Run(ctx, o) }()
	t.Cleanup(func() {
		cancel()
		<-r.done
	})
	r.find(t, pattern)
	if o.Mode != ModeUI && pattern == ready {
		r.s3 = r.find(t, `S3 API\s+(\S+)`)
	}
	if o.Mode != ModeAPI && pattern == ready {
		r.console = strings.TrimSuffix(r.find(t, `Console\s+(\S+)`), "/ui")
	}
	return r
}

const ready = `MyFSIO [0-9.]+\n[^\n]+\n`

// end stops the server and returns what Run returned.
func (r *running) end(t *testing.T) {
	t.Helper()
	r.stop()
	err := <-r.done
	r.done <- err // for the cleanup
	require.NoError(t, err)
}

func send(t *testing.T, method, url, body string, headers ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(raw)
}

var asRoot = []string{"X-Access-Key", "root", "X-Secret-Key", "root-secret-of-tests"}

func TestServeStopServe(t *testing.T) {
	root := t.TempDir()
	r := run(t, root, ready, nil)
	status, body := send(t, "GET", r.s3+"/myfsio/health", "")
	require.Equal(t, 200, status, body)
	require.JSONEq(t, fmt.Sprintf(`{"status":"ok","version":%q}`, config.Version), body)
	status, body = send(t, "PUT", r.s3+"/kept", "", asRoot...)
	require.Equal(t, 200, status, body)
	status, body = send(t, "PUT", r.s3+"/kept/a/key", "content", asRoot...)
	require.Equal(t, 200, status, body)
	status, _ = send(t, "GET", r.s3+"/kept/a/key", "")
	require.Equal(t, 403, status, "nobody reads without a key")
	status, _ = send(t, "GET", r.console+"/ui/", "")
	require.Contains(t, []int{200, 503}, status, "503 when the console was not built")

	var users []map[string]any
	require.NoError(t, Control(context.Background(), filepath.Join(root, "data"), "GET", "/users", nil, &users))
	require.Len(t, users, 1)
	r.end(t)

	r = run(t, root, ready, func(o *Options) { o.ReadOnly = true })
	status, body = send(t, "GET", r.s3+"/kept/a/key", "", asRoot...)
	require.Equal(t, 200, status)
	require.Equal(t, "content", body)
	for _, method := range []string{"PUT", "DELETE"} {
		status, body = send(t, method, r.s3+"/kept/a/key", "", asRoot...)
		require.Equal(t, 503, status, body)
	}
	status, body = send(t, "POST", r.console+"/myfsio/session", `{"accessKey":"root","secretKey":"root-secret-of-tests"}`,
		"Content-Type", "application/json", "X-Myfsio-Console", "1", "Origin", r.console)
	require.Equal(t, 200, status, body)
	require.Contains(t, body, `"code":"ReadOnly"`)
	r.end(t)
}

// TestThePolicyFile: an edit takes effect without a restart, and one that is refused is told to administrators, with its line.
func TestThePolicyFile(t *testing.T) {
	root := t.TempDir()
	r := run(t, root, ready, nil)
	file := filepath.Join(root, "data", SystemDir, "config", "bucket_policies.json")
	status, body := send(t, "PUT", r.s3+"/docs", "", asRoot...)
	require.Equal(t, 200, status, body)
	status, body = send(t, "PUT", r.s3+"/docs/k", "content", asRoot...)
	require.Equal(t, 200, status, body)
	read := func() int {
		status, _ := send(t, "GET", r.s3+"/docs/k", "")
		return status
	}
	require.Equal(t, 403, read())
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	text := strings.Replace(string(raw), `"policies": {}`, `"policies": {"docs": {"Version": "2012-10-17", "Statement":
		{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*"}}}`, 1)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	require.Eventually(t, func() bool { return read() == 200 }, 10*time.Second, 10*time.Millisecond)
	status, body = send(t, "GET", r.s3+"/docs?policy", "", asRoot...)
	require.Equal(t, 200, status)
	require.Contains(t, body, "arn:aws:s3:::docs/*")

	require.NoError(t, os.WriteFile(file, []byte("{\n\"policies\": {\"none\": {}}}"), 0o600))
	health := func(headers ...string) string {
		_, body := send(t, "GET", r.s3+"/myfsio/health", "", headers...)
		return body
	}
	const reason = `line 2: the policy of the bucket \"none\" cannot be set, as there is no such bucket`
	require.Eventually(t, func() bool { return strings.Contains(health(asRoot...), reason) }, 10*time.Second, 10*time.Millisecond)
	require.JSONEq(t, fmt.Sprintf(`{"status":"degraded","version":%q}`, config.Version), health())
	require.Equal(t, 200, read(), "what was in force stays")
	r.end(t)
	log, err := os.ReadFile(filepath.Join(root, "logs", "app.log"))
	require.NoError(t, err)
	require.Contains(t, strings.ReplaceAll(string(log), `\\\"`, `\"`), "line 2: the policy of the bucket")

	// A policy that is set over the S3 port is in the file, also after a stop at once.
	require.NoError(t, os.Remove(file))
	r = run(t, root, ready, nil)
	raw, err = os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(raw), "arn:aws:s3:::docs/*")
	status, _ = send(t, "DELETE", r.s3+"/docs?policy", "", asRoot...)
	require.Equal(t, 204, status)
	r.end(t)
	run(t, root, ready, nil)
	raw, err = os.ReadFile(file)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "docs")
}

// Accounts over the S3 port: names are everybody's, buckets the account's own.
func TestAccountsOverS3(t *testing.T) {
	root := t.TempDir()
	r := run(t, root, ready, nil, "AWS_REGION=eu-west-1")
	team := ControlAccount{Name: "team", AccessKey: "team", SecretKey: "team-secret-of-tests"}
	require.NoError(t, Control(context.Background(), filepath.Join(root, "data"), "POST", "/accounts", &team, &team))
	const here = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"
	asTeam := []string{"X-Access-Key", team.AccessKey, "X-Secret-Key", team.SecretKey}
	for _, c := range []struct {
		bucket       string
		owner, other []string
	}{{"ours", asRoot, asTeam}, {"theirs", asTeam, asRoot}} {
		status, body := send(t, "PUT", r.s3+"/"+c.bucket, here, c.owner...)
		require.Equal(t, 200, status, body)
		status, body = send(t, "PUT", r.s3+"/"+c.bucket, here, c.owner...)
		require.Equal(t, 409, status, body)
		require.Contains(t, body, "<Code>BucketAlreadyOwnedByYou</Code>")
		status, body = send(t, "PUT", r.s3+"/"+c.bucket, here, c.other...)
		require.Equal(t, 409, status, body)
		require.Contains(t, body, "<Code>BucketAlreadyExists</Code>")
		status, body = send(t, "PUT", r.s3+"/"+c.bucket+"/k", "content", c.owner...)
		require.Equal(t, 200, status, body)
		for _, path := range []string{"/k", "?list-type=2", "?policy"} {
			status, body = send(t, "GET", r.s3+"/"+c.bucket+path, "", c.other...)
			require.Equal(t, 403, status, body)
		}
	}
	status, body := send(t, "GET", r.s3+"/", "", asTeam...)
	require.Equal(t, 200, status, body)
	require.Contains(t, body, "<ID>"+team.CanonicalID+"</ID>")
	require.Contains(t, body, "<Name>theirs</Name>")
	require.NotContains(t, body, "<Name>ours</Name>")
	for owner, want := range map[string]int{team.ID: 200, "000000000000": 403} {
		status, body = send(t, "GET", r.s3+"/theirs/k", "", append(asTeam, "X-Amz-Expected-Bucket-Owner", owner)...)
		require.Equal(t, want, status, body)
	}
	r.end(t)
}

func TestTakesOver(t *testing.T) {
	root := t.TempDir()
	first := run(t, root, ready, nil)
	status, _ := send(t, "PUT", first.s3+"/shared", "", asRoot...)
	require.Equal(t, 200, status)
	second := run(t, root, `belongs to process (\d+)`, nil)
	first.end(t)
	second.find(t, ready)
	status, body := send(t, "HEAD", second.find(t, `S3 API\s+(\S+)`)+"/shared", "", asRoot...)
	require.Equal(t, 200, status, body)
	second.end(t)
}

func TestPortInUse(t *testing.T) {
	r := run(t, t.TempDir(), ready, nil)
	port := r.s3[strings.LastIndexByte(r.s3, ':')+1:]
	c, report, err := config.Load(config.Sources{Environ: []string{"STORAGE_ROOT=" + t.TempDir(), "LOG_TO_FILE=false", "APP_PORT=" + port, "UI_PORT=0"}})
	require.NoError(t, err)
	err = Run(context.Background(), Options{Config: c, Report: report, Mode: ModeAll})
	require.ErrorContains(t, err, "in use")
	require.ErrorContains(t, err, "APP_PORT")
}

// TestSecondSignal cuts off a request that does not end.
func TestSecondSignal(t *testing.T) {
	r := run(t, t.TempDir(), ready, nil, "SHUTDOWN_GRACE_SECONDS=600")
	status, _ := send(t, "PUT", r.s3+"/slow", "", asRoot...)
	require.Equal(t, 200, status)
	body, feed := io.Pipe()
	req, err := http.NewRequest("PUT", r.s3+"/slow/key", body)
	require.NoError(t, err)
	req.ContentLength = 1 << 20
	for i := 0; i < len(asRoot); i += 2 {
		req.Header.Set(asRoot[i], asRoot[i+1])
	}
	failed := make(chan error, 1)
	go func() {
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
			err = fmt.Errorf("status %d", res.StatusCode)
		}
		failed <- err
	}()
	_, err = feed.Write(make([]byte, 128<<10)) // returns when the server is reading
	require.NoError(t, err)
	r.stop()
	close(r.now)
	r.end(t)
	_ = feed.CloseWithError(io.ErrUnexpectedEOF) // the client's transport waits for its body
	require.Error(t, <-failed)
}

func TestRemoteConsole(t *testing.T) {
	api := run(t, t.TempDir(), ready, func(o *Options) { o.Mode = ModeAPI })
	ui := run(t, t.TempDir(), ready, func(o *Options) { o.Mode = ModeUI }, "API_BASE_URL="+api.s3)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := http.Client{Jar: jar}
	do := func(method, path, body string, headers ...string) (int, string) {
		req, err := http.NewRequest(method, ui.console+path, strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Myfsio-Console", "1")
		req.Header.Set("Origin", ui.console)
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		res, err := browser.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(raw)
	}
	status, _ := do("GET", "/myfsio/buckets", "")
	require.Equal(t, 401, status)
	status, _ = do("POST", "/myfsio/session", `{"accessKey":"root","secretKey":"wrong"}`)
	require.Equal(t, 401, status)
	status, _ = do("POST", "/myfsio/session", `{"accessKey":"root","secretKey":"root-secret-of-tests"}`, "Origin", "http://evil.example")
	require.Equal(t, 403, status)
	status, body := do("POST", "/myfsio/session", `{"accessKey":"root","secretKey":"root-secret-of-tests"}`)
	require.Equal(t, 200, status, body)
	var session struct{ User struct{ AccessKey string } }
	require.NoError(t, json.Unmarshal([]byte(body), &session))
	require.Equal(t, "root", session.User.AccessKey)
	status, body = do("POST", "/myfsio/buckets", `{"name":"from-afar"}`)
	require.Contains(t, []int{200, 201}, status, body)
	status, body = do("POST", "/myfsio/buckets", `{"name":"forged"}`, "Origin", "http://evil.example")
	require.Equal(t, 403, status, body)
	status, body = do("GET", "/myfsio/buckets", "")
	require.Equal(t, 200, status)
	require.Contains(t, body, "from-afar")
	status, _ = do("GET", "/myfsio/buckets", "", "Host", "x")
	require.Equal(t, 200, status)
	status, _ = do("DELETE", "/myfsio/session", "")
	require.Equal(t, 204, status)
	status, _ = do("GET", "/myfsio/buckets", "")
	require.Equal(t, 401, status)
}

// TestCompatibility holds what the server tells of the S3 port to the table that the port is routed by.
func TestCompatibility(t *testing.T) {
	ops, headers := compatibility()
	built := map[string]bool{}
	for _, o := range ops {
		require.NotEmpty(t, o.Methods, o.Name)
		built[o.Name] = o.Built
	}
	for _, o := range s3.Operations() {
		b, known := built[o.Name]
		require.True(t, known, o.Name)
		require.True(t, b || o.Handle == nil, o.Name)
	}
	require.NotEmpty(t, headers)
}
