//go:build unix

// Package redistest starts private Redis servers for tests.
package redistest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Server is a Redis server of a test on loopback, with nothing on a disk.
type Server struct {
	Port     int
	Password string

	bin string
	cmd *exec.Cmd
}

// Start starts a server that is stopped at the end of the test, and reports whether there is one. Redis is looked for in PATH; root installs
// Debian's package if it is not there. If there is none the test did not run, and the log says so; with MYFSIO_REQUIRE_REDIS=1 that is a
// failure.
func Start(t testing.TB) (*Server, bool) {
	t.Helper()
	bin, err := find()
	if err != nil {
		if os.Getenv("MYFSIO_REQUIRE_REDIS") == "1" {
			t.Fatalf("Redis is required (MYFSIO_REQUIRE_REDIS=1): %v", err)
		}
		t.Logf("NOT RUN: the tests against Redis did not run here: %v. Set MYFSIO_REQUIRE_REDIS=1 to make that a failure.", err)
		return nil, false
	}
	s := &Server{Port: freePort(t), Password: "a-password-of-tests", bin: bin}
	s.Up(t)
	t.Cleanup(func() { s.Down(t) })
	return s, true
}

// URI is the address of the server, with its password.
func (s *Server) URI() string {
	return fmt.Sprintf("redis://:%s@127.0.0.1:%d", s.Password, s.Port)
}

// Up starts the server after Down and returns when it answers. It has forgotten everything.
func (s *Server) Up(t testing.TB) {
	t.Helper()
	s.cmd = exec.CommandContext(context.Background(), s.bin, "--bind", "127.0.0.1", "--port", strconv.Itoa(s.Port), //nolint:gosec // found by this package
		"--requirepass", s.Password, "--save", "", "--appendonly", "no", "--dir", os.TempDir())
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	s.cmd.Stderr = s.cmd.Stdout
	require.NoError(t, s.cmd.Start())
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said = append(said, lines.Text())
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			return
		}
	}
	t.Fatalf("Redis did not start:\n%s", strings.Join(said, "\n"))
}

// Down kills the server. It is no error if it is down.
func (s *Server) Down(t testing.TB) {
	t.Helper()
	if s.cmd == nil {
		return
	}
	require.NoError(t, s.cmd.Process.Kill())
	_ = s.cmd.Wait() // killed
	s.cmd = nil
}

// Stall makes the server keep its connections, take new ones and answer nothing, until Resume.
func (s *Server) Stall(t testing.TB) {
	t.Helper()
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGSTOP))
}

// Resume lets a stalled server go on.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGCONT))
}

var install sync.Once

func find() (string, error) {
	if bin, err := exec.LookPath("redis-server"); err == nil {
		return bin, nil
	}
	if os.Geteuid() != 0 || runtime.GOOS != "linux" {
		return "", errors.New("no redis-server in PATH")
	}
	var out []byte
	install.Do(func() {
		// The package alone: the service of it is not wanted.
		cmd := exec.CommandContext(context.Background(), "sh", "-c", "apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server")
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1")
		out, _ = cmd.CombinedOutput() // looked for below
	})
	if bin, err := exec.LookPath("redis-server"); err == nil {
		return bin, nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return "", fmt.Errorf("no redis-server here, and installing it failed: %s", lines[len(lines)-1])
}

func freePort(t testing.TB) int {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return l.Addr().(*net.TCPAddr).Port
}
