// Package faults takes from the server what it needs - disk space, its store, its port, time to end - and holds what it says and keeps then.
package faults

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

func runBinary(t *testing.T, o lab.Options, port int, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ui, err := lab.FreePort()
	require.NoError(t, err)
	code, stdout, stderr, err = lab.Run(ctx, o, lab.Environment(o, port, ui), args...)
	require.NoError(t, err, "%s%s", stdout, stderr)
	return code, stdout, stderr
}

func TestVersionAndHealth(t *testing.T) {
	t.Parallel()
	s := lab.Start(t, lab.Options{})
	o := lab.Options{Root: s.Root}
	code, out, _ := runBinary(t, o, s.Port, "version")
	require.Zero(t, code)
	require.Regexp(t, `^myfsio \d+\.\d+\.\d+`, out)
	code, out, _ = runBinary(t, o, s.Port, "health")
	require.Zero(t, code)
	require.Contains(t, out, `"status"`)
	code, out, _ = runBinary(t, o, s.Port, "health", "--endpoint", s.URL)
	require.Zero(t, code, out)
	free, err := lab.FreePort()
	require.NoError(t, err)
	code, out, errs := runBinary(t, o, free, "health")
	require.NotZero(t, code)
	require.NotEmpty(t, out+errs)
}

func TestConfigChecks(t *testing.T) {
	t.Parallel()
	secret := "a-secret-that-is-nowhere-printed-0001"
	o := lab.Options{Root: t.TempDir(), Env: map[string]string{"SECRET_KEY": secret, "RATE_LIMIT_STORAGE_URI": "redis://user:redispassword@127.0.0.1:1"}}
	for _, args := range [][]string{{"--show-config"}, {"serve", "--show-config"}} {
		code, out, errs := runBinary(t, o, 5999, args...)
		require.Zero(t, code, errs)
		for _, hidden := range []string{secret, lab.SecretKey, "redispassword"} {
			require.NotContains(t, out+errs, hidden)
		}
		for _, shown := range []string{"STORAGE_ROOT", "APP_PORT", "5999", "SECRET_KEY", "ADMIN_SECRET_KEY", lab.AccessKey, "environment"} {
			require.Contains(t, out, shown)
		}
	}
	code, out, _ := runBinary(t, lab.Options{Root: o.Root}, 5999, "--check-config")
	require.Zero(t, code, out)
	for name, env := range map[string]map[string]string{
		"UI_PORT":          {"UI_PORT": "5999"},
		"ADMIN_SECRET_KEY": {"ADMIN_SECRET_KEY": ""},
		"MAX_UPLOAD_SIZE":  {"MAX_UPLOAD_SIZE": "much"},
		"APP_PORT":         {"APP_PORT": "99999"},
	} {
		code, out, errs := runBinary(t, lab.Options{Root: o.Root, Env: env}, 5999, "--check-config")
		require.Equal(t, 1, code, "%s: %s", name, out)
		require.Contains(t, out+errs, "CRITICAL", name)
		require.Contains(t, out+errs, name)
		code, out, errs = runBinary(t, lab.Options{Root: o.Root, Env: env}, 5999, "serve")
		require.NotZero(t, code, "%s: a server must not start with it", name)
		require.Contains(t, out+errs, name)
	}
	code, out, errs := runBinary(t, lab.Options{Root: o.Root, Env: map[string]string{"SECRET_KEY": "change-me", "FLASK_DEBUG": "1"}}, 5999, "--check-config")
	require.Zero(t, code, "warnings are no reason to fail: %s", errs)
	require.Contains(t, out, "WARNING")
	require.NotContains(t, out, "change-me")
	entries, err := os.ReadDir(o.Root)
	require.NoError(t, err)
	for _, e := range entries {
		require.NotEqual(t, "data", e.Name(), "looking at settings makes no store")
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	port := l.Addr().(*net.TCPAddr).Port
	code, out, errs := runBinary(t, lab.Options{Root: t.TempDir()}, port, "serve")
	require.NotZero(t, code)
	require.Contains(t, out+errs, strconv.Itoa(port))
	require.Contains(t, out+errs, "in use")
	require.Contains(t, out+errs, "APP_PORT")
}

// TestSecondOwner starts a second process on the same store: it says who has it, answers 503 and takes over when the first one has gone.
func TestSecondOwner(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(s *lab.Server) error{
		"asked":  func(s *lab.Server) error { return s.Stop(40 * time.Second) },
		"killed": func(s *lab.Server) error { s.Kill(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			first := lab.Start(t, lab.Options{Root: root})
			require.Equal(t, 200, first.Put(t, "/bucket", nil).Status)
			require.Equal(t, 200, first.Put(t, "/bucket/k", []byte("of the first")).Status)
			second, err := lab.Spawn(lab.Options{Root: root})
			require.NoError(t, err)
			t.Cleanup(second.Kill)
			waitFor(t, 20*time.Second, func() bool { return strings.Contains(second.Log(), fmt.Sprint(first.Pid())) })
			a := second.Do(t, second.New("GET", "/bucket/k", "", nil))
			a503(t, a)
			health := second.Send(t, second.New("GET", "/myfsio/health", "", nil))
			require.Equal(t, 503, health.Status)
			require.Equal(t, 200, first.Put(t, "/bucket/late", []byte("while the second waits")).Status)
			require.NoError(t, leave(first))
			require.NoError(t, second.Healthy(lab.StartTime))
			require.Equal(t, "of the first", string(second.Get(t, "/bucket/k", "").Body))
			require.Equal(t, "while the second waits", string(second.Get(t, "/bucket/late", "").Body))
			require.Equal(t, 200, second.Put(t, "/bucket/k", []byte("of the second")).Status)
			require.NoError(t, second.Stop(40*time.Second))
		})
	}
}

func a503(t *testing.T, a *lab.Answer) {
	t.Helper()
	require.Equal(t, "503 ServiceUnavailable", fmt.Sprint(a.Status, " ", a.Error.Code), "%s", a.Body)
}

// waitFor polls for what another process does in its own time.
func waitFor(t *testing.T, limit time.Duration, done func() bool) {
	t.Helper()
	end := time.Now().Add(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		require.True(t, time.Now().Before(end), "waited %s in vain", limit)
		<-tick.C
	}
}

// half sends the head and half of the body of an upload, and returns the connection once the server has begun to read it.
func half(t *testing.T, s *lab.Server, body []byte) (*net.TCPConn, *lab.Request) {
	t.Helper()
	r := s.New(http.MethodPut, "/bucket/slow", "", body).With("X-Amz-Content-Sha256", lab.Unsigned).With("Expect", "100-continue")
	s.Signer().Sign(r)
	conn := s.Dial(t)
	_, err := conn.Write(r.Head())
	require.NoError(t, err)
	line := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	_, err = conn.Read(line)
	require.NoError(t, err)
	require.Contains(t, string(line), "100 Continue")
	_, err = conn.Write(body[:len(body)/2])
	require.NoError(t, err)
	return conn, r
}

// TestGracefulStop: a request under way is carried to its end, new ones are not taken, and the exit code is 0.
func TestGracefulStop(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	s := lab.Start(t, lab.Options{Root: root})
	require.Equal(t, 200, s.Put(t, "/bucket", nil).Status)
	body := bytes.Repeat([]byte("slow upload "), 50_000)
	conn, r := half(t, s, body)
	require.NoError(t, s.Signal(syscall.SIGTERM))
	waitFor(t, 10*time.Second, func() bool { // the port closes, or says that there is no service
		c, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(s.Port), time.Second)
		if err != nil {
			return true
		}
		defer func() { _ = c.Close() }()
		_ = c.SetDeadline(time.Now().Add(time.Second))
		_, _ = c.Write([]byte("GET /myfsio/health HTTP/1.1\r\nHost: x\r\n\r\n"))
		a, err := lab.ReadAnswer(c, "GET")
		return err != nil || a.Status == 503
	})
	_, err := conn.Write(body[len(body)/2:])
	require.NoError(t, err)
	a, err := lab.ReadAnswer(conn, r.Method)
	require.NoError(t, err)
	require.Equal(t, 200, a.Status)
	require.NoError(t, s.Wait(20*time.Second), "%s", s.Log())
	s = lab.Start(t, lab.Options{Root: root})
	require.True(t, bytes.Equal(body, s.Get(t, "/bucket/slow", "").Body))
}

// TestSecondSignal: a second signal cuts what is under way, at once.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]lab.Options{"twice": {}, "grace over": {Env: map[string]string{"SHUTDOWN_GRACE_SECONDS": "1"}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.Root = t.TempDir()
			s := lab.Start(t, o)
			require.Equal(t, 200, s.Put(t, "/bucket", nil).Status)
			require.Equal(t, 200, s.Put(t, "/bucket/slow", []byte("before")).Status)
			half(t, s, bytes.Repeat([]byte("slow upload "), 50_000))
			require.NoError(t, s.Signal(syscall.SIGTERM))
			if name == "twice" {
				waitFor(t, 10*time.Second, func() bool {
					c, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(s.Port), time.Second)
					if err == nil {
						_ = c.Close()
					}
					return err != nil
				})
				require.NoError(t, s.Signal(syscall.SIGTERM))
			}
			select {
			case <-s.Exited():
			case <-time.After(10 * time.Second):
				t.Fatal("the server still runs after 10 s")
			}
			again := lab.Start(t, lab.Options{Root: o.Root})
			require.Equal(t, "before", string(again.Get(t, "/bucket/slow", "").Body))
		})
	}
}

// TestReadOnly: reads work, writes answer 503, and no file of the store changes.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	s, err := lab.Spawn(lab.Options{Root: t.TempDir(), Args: []string{"--read-only"}})
	require.NoError(t, err)
	t.Cleanup(s.Kill)
	require.Error(t, s.Wait(20*time.Second), "a store that is not there cannot be read")
	require.Contains(t, s.Log(), "read-only")

	s = lab.Start(t, lab.Options{Root: root})
	require.Equal(t, 200, s.Put(t, "/bucket", nil).Status)
	require.Equal(t, 200, s.Put(t, "/bucket/small", []byte("small")).Status)
	large := bytes.Repeat([]byte("large "), 100_000)
	require.Equal(t, 200, s.Put(t, "/bucket/large", large).Status)
	up := s.Do(t, s.New("POST", "/bucket/open", "uploads", nil))
	_, rest, _ := strings.Cut(string(up.Body), "<UploadId>")
	id, _, _ := strings.Cut(rest, "</UploadId>")
	require.NoError(t, s.Stop(40*time.Second))

	before := snapshot(t, s.Store)
	s = lab.Start(t, lab.Options{Root: root, Args: []string{"--read-only"}})
	require.Equal(t, "small", string(s.Get(t, "/bucket/small", "").Body))
	require.True(t, bytes.Equal(large, s.Get(t, "/bucket/large", "").Body))
	require.Contains(t, string(s.Get(t, "/bucket", "list-type=2").Body), "<KeyCount>2</KeyCount>")
	for _, r := range []*lab.Request{
		s.New("PUT", "/bucket/new", "", []byte("x")), s.New("PUT", "/bucket/new", "", large), s.New("DELETE", "/bucket/small", "", nil), s.New("PUT", "/other-bucket", "", nil), s.New("DELETE", "/bucket", "", nil),
		s.New("POST", "/bucket/new", "uploads", nil), s.New("PUT", "/bucket/open", "partNumber=1&uploadId="+id, []byte("x")), s.New("DELETE", "/bucket/open", "uploadId="+id, nil),
		s.New("PUT", "/bucket/new", "", nil).With("X-Amz-Copy-Source", "bucket/small"), s.New("PUT", "/bucket", "versioning", []byte("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")),
	} {
		a503(t, s.Do(t, r))
	}
	a := s.Do(t, s.New("POST", "/iam/users", "", []byte(`{"display_name":"x"}`)).With("Content-Type", "application/json"))
	require.Equal(t, 503, a.Status, "%s", a.Body)
	require.NoError(t, s.Stop(40*time.Second))
	require.Equal(t, before, snapshot(t, s.Store))
}

// snapshot lists the files of a store with size and time of change. The lock file names its owner and may change.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "lock" || d.Name() == "LOCK" { // locks are touched, whoever reads
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		files[path] = fmt.Sprint(info.Size(), " ", info.ModTime(), " ", info.Mode())
		return nil
	}))
	return files
}

// TestSecretsStayHome: no secret stands in a log, and the system's own files are closed to others.
func TestSecretsStayHome(t *testing.T) {
	t.Parallel()
	s := lab.Start(t, lab.Options{Env: map[string]string{"LOG_LEVEL": "DEBUG"}})
	require.Equal(t, 200, s.Put(t, "/bucket", nil).Status)
	host := s.New("GET", "/", "", nil).Host
	link := s.Signer().Presign("GET", host, "/bucket/k", "", 60)
	s.Send(t, s.New("GET", "/bucket/k", link, nil))
	s.Send(t, s.New("GET", "/bucket/k", "", nil).With("X-Access-Key", lab.AccessKey).With("X-Secret-Key", lab.SecretKey))
	s.Send(t, s.New("GET", "/bucket/k", "", nil).With("X-Access-Key", lab.AccessKey).With("X-Secret-Key", "mistyped-"+lab.SecretKey))
	created := s.Do(t, s.New("POST", "/iam/users", "", []byte(`{"display_name":"Somebody","policies":[]}`)).With("Content-Type", "application/json"))
	_, rest, _ := strings.Cut(string(created.Body), `"secret_key":"`)
	fresh, _, ok := strings.Cut(rest, `"`)
	require.True(t, ok, "%s", created.Body)
	_, signature, _ := strings.Cut(link, "X-Amz-Signature=")
	require.NoError(t, s.Stop(40*time.Second))
	found := 0
	hidden := []string{lab.SecretKey, fresh, "a-key-of-the-laboratory-0123456789"}
	for _, dir := range []string{filepath.Join(s.Root, "logs"), s.Store} {
		require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			if strings.HasPrefix(path, filepath.Join(s.Store, ".myfsio.sys")) {
				require.Zero(t, info.Mode().Perm()&0o077, "%s can be read by others: %s", path, info.Mode())
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			found++
			for _, h := range hidden {
				require.False(t, bytes.Contains(content, []byte(h)), "%s contains a secret", path)
			}
			if dir != s.Store {
				require.False(t, bytes.Contains(content, []byte(signature)), "%s contains the signature of a link", path)
			}
			return nil
		}))
	}
	require.Greater(t, found, 3)
	require.NotContains(t, s.Log(), lab.SecretKey)
	info, err := os.Stat(filepath.Join(s.Store, ".myfsio.sys"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())
}
