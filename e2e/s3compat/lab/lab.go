// Package lab starts the real server for tests and gives them clients: those of the AWS SDK and MinIO, and one that writes requests byte by byte.
//
// The server is the binary named by MYFSIO_BIN, else bin/myfsio at the root of the repository. Each one runs in a directory of its own
// on free ports, with a clean environment.
package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The administrator of every server that the lab starts, and the domain of virtual-host addressing.
const (
	AccessKey = "LABADMINKEY000000001"
	SecretKey = "lab-secret/with+signs-0123456789abcdef"
	Region    = "us-east-1"
	Domain    = "s3.lab.test"
)

// StartTime bounds how long a server may take until it is healthy.
const StartTime = 30 * time.Second

// Options say how a server is started.
type Options struct {
	Root string            // working directory, also the parent of the store; required for Launch, made by Start when empty
	Env  map[string]string // on top of what the lab sets; an empty value removes a variable
	Args []string          // after "serve"
	Port int               // of the S3 listener; a free one when 0
}

// Server is a running server.
type Server struct {
	Root    string // working directory
	Store   string // STORAGE_ROOT
	Port    int    // of the S3 listener
	UIPort  int    // of the console
	URL     string // http://127.0.0.1:Port; https with a TLS_CERT_FILE among the settings
	cmd     *exec.Cmd
	log     *tail
	exited  chan struct{}
	waitErr error
}

// Binary returns the path of the server's binary, or an error that says how to get one.
func Binary() (string, error) {
	path := os.Getenv("MYFSIO_BIN")
	if path == "" {
		dir, err := os.Getwd()
		if err != nil {
			return "", err
		}
		for {
			if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
				break
			}
			if parent := filepath.Dir(dir); parent != dir {
				dir = parent
				continue
			}
			return "", errors.New("go.work not found above the working directory; name the binary in MYFSIO_BIN")
		}
		path = filepath.Join(dir, "bin", "myfsio")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("these tests drive the real server, and there is none at %s: run `make build` first or name it in MYFSIO_BIN", path)
	}
	return path, nil
}

// FreePort returns a port of the loopback interface that nobody listens on.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// Environment returns what a server with these options gets as its environment.
func Environment(o Options, port, ui int) []string {
	vars := map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": o.Root, "TMPDIR": os.TempDir(),
		"STORAGE_ROOT": filepath.Join(o.Root, "data"), "LOG_DIR": filepath.Join(o.Root, "logs"),
		"APP_PORT": strconv.Itoa(port), "UI_PORT": strconv.Itoa(ui),
		"ADMIN_ACCESS_KEY": AccessKey, "ADMIN_SECRET_KEY": SecretKey, "SECRET_KEY": "a-key-of-the-laboratory-0123456789",
		"S3_DOMAINS": Domain, "RATE_LIMIT_ADMIN": "none",
	}
	for k, v := range o.Env {
		if v == "" {
			delete(vars, k)
			continue
		}
		vars[k] = v
	}
	var env []string
	for k, v := range vars {
		env = append(env, k+"="+v)
	}
	slices.Sort(env)
	return env
}

// Launch starts a server and waits until it is healthy. A port that somebody took in between is tried again with another.
func Launch(o Options) (*Server, error) {
	for try := 0; ; try++ {
		s, err := Spawn(o)
		if err != nil {
			return nil, err
		}
		err = s.Healthy(StartTime)
		if err == nil {
			return s, nil
		}
		s.Kill()
		if o.Port != 0 || try == 3 || !strings.Contains(s.Log(), "in use") {
			return nil, fmt.Errorf("%w\n%s", err, s.Log())
		}
	}
}

// Spawn starts a server without waiting for it.
func Spawn(o Options) (*Server, error) {
	bin, err := Binary()
	if err != nil {
		return nil, err
	}
	port := o.Port
	if port == 0 {
		if port, err = FreePort(); err != nil {
			return nil, err
		}
	}
	ui, err := FreePort()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Root: o.Root, Store: filepath.Join(o.Root, "data"), Port: port, UIPort: ui, URL: "http://127.0.0.1:" + strconv.Itoa(port),
		log: &tail{}, exited: make(chan struct{}),
	}
	if root := o.Env["STORAGE_ROOT"]; root != "" {
		s.Store = root
	}
	if o.Env["TLS_CERT_FILE"] != "" {
		s.URL = strings.Replace(s.URL, "http:", "https:", 1)
	}
	s.cmd = exec.Command(bin, append([]string{"serve"}, o.Args...)...)
	s.cmd.Dir = o.Root
	s.cmd.Env = Environment(o, port, ui)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		s.waitErr = s.cmd.Wait()
		close(s.exited)
	}()
	return s, nil
}

// Start launches a server for one test and stops it at its end. The log is shown when the test failed.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Root == "" {
		o.Root = t.TempDir()
	}
	s, err := Launch(o)
	require.NoError(t, err)
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("log of the server:\n%s", s.Log())
		}
	})
	return s
}

// Healthy waits until the health check of the S3 listener answers 200, the process ends, or the time is over.
func (s *Server) Healthy(limit time.Duration) error {
	end := time.NewTimer(limit)
	defer end.Stop()
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	transport := Transport("127.0.0.1:" + strconv.Itoa(s.Port))
	transport.DisableKeepAlives = true
	client := &http.Client{Timeout: 2 * time.Second, Transport: transport}
	for {
		resp, err := client.Get(s.URL + "/myfsio/health")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the server ended before it was healthy: %w", s.waitErr)
		case <-end.C:
			return fmt.Errorf("the server was not healthy after %s: %w", limit, err)
		case <-poll.C:
		}
	}
}

// Pid is the process id.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Signal sends a signal.
func (s *Server) Signal(sig os.Signal) error { return s.cmd.Process.Signal(sig) }

// Kill ends the process with SIGKILL, whatever it is doing, and waits for its end.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill() // an error means that it has ended already
	<-s.exited
}

// Stop asks the process to end and waits for it. It returns the error of an exit code other than 0.
func (s *Server) Stop(limit time.Duration) error {
	if err := s.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return s.Wait(limit)
}

// Wait waits for the end of the process. It returns the error of an exit code other than 0.
func (s *Server) Wait(limit time.Duration) error {
	select {
	case <-s.exited:
		return s.waitErr
	case <-time.After(limit):
		return fmt.Errorf("the server still runs after %s", limit)
	}
}

// Exited is closed when the process has ended.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// Log returns the end of what the server has written to its standard output and error.
func (s *Server) Log() string { return s.log.String() }

// Run runs the binary with arguments other than serve until it ends, and returns its exit code, standard output and error.
func Run(ctx context.Context, o Options, env []string, args ...string) (code int, stdout, stderr string, err error) {
	bin, err := Binary()
	if err != nil {
		return 0, "", "", err
	}
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Dir, cmd.Env = o.Root, env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil
	}
	if cmd.ProcessState != nil {
		code = cmd.ProcessState.ExitCode()
	}
	return code, out.String(), errs.String(), err
}

// tail keeps the last bytes of a log.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailMax = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if len(t.buf) > 2*tailMax {
		t.buf = slices.Clone(t.buf[len(t.buf)-tailMax:])
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}
