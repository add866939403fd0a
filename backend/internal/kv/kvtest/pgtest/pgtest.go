//go:build unix

// Package pgtest starts private PostgreSQL servers for tests.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Server is a PostgreSQL server of a test, with its data in a temporary directory, reached by TCP on loopback and by a socket in Dir.
type Server struct {
	Dir  string
	Port int

	bin  string
	cred *syscall.SysProcAttr
}

// Start starts a server that is stopped at the end of the test, and reports whether there is one. PostgreSQL is looked for in PATH and
// where Debian puts it; root installs Debian's package if it is not there. If there is none the test did not run, and the log says so;
// with MYFSIO_REQUIRE_POSTGRES=1 that is a failure.
func Start(t testing.TB) (*Server, bool) {
	t.Helper()
	bin, err := find()
	if err != nil {
		if os.Getenv("MYFSIO_REQUIRE_POSTGRES") == "1" {
			t.Fatalf("PostgreSQL is required (MYFSIO_REQUIRE_POSTGRES=1): %v", err)
		}
		t.Logf("NOT RUN: the tests against PostgreSQL did not run here: %v. Set MYFSIO_REQUIRE_POSTGRES=1 to make that a failure.", err)
		return nil, false
	}
	s := &Server{bin: bin}
	// Not t.TempDir: a socket's path must be short, and the server's user must be able to reach it.
	s.Dir, err = os.MkdirTemp("", "pg")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(s.Dir)) })
	s.drop(t)
	s.Port = freePort(t)
	s.run(t, "initdb", "-D", s.data(), "-U", "myfsio", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	s.Up(t)
	t.Cleanup(func() { s.Down(t, "immediate") })
	return s, true
}

// DSN names the database, through another port than the server's own if port is not 0.
func (s *Server) DSN(port int) string {
	if port == 0 {
		port = s.Port
	}
	return fmt.Sprintf("postgres://myfsio@127.0.0.1:%d/postgres?sslmode=disable", port)
}

// Up starts the server after Down and returns when it answers.
func (s *Server) Up(t testing.TB) {
	t.Helper()
	opts := fmt.Sprintf("-h 127.0.0.1 -p %d -k %s -c max_connections=60 -c shared_buffers=16MB -c log_min_messages=fatal", s.Port, s.Dir)
	s.run(t, "pg_ctl", "-D", s.data(), "-w", "-t", "60", "-l", filepath.Join(s.Dir, "log"), "-o", opts, "start")
}

// Down stops the server: "fast" is orderly, "immediate" is like a crash. It is no error if it is down.
func (s *Server) Down(t testing.TB, mode string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(s.data(), "postmaster.pid")); errors.Is(err, os.ErrNotExist) {
		return
	}
	s.run(t, "pg_ctl", "-D", s.data(), "-w", "-t", "60", "-m", mode, "stop")
}

func (s *Server) data() string { return filepath.Join(s.Dir, "data") }

func (s *Server) run(t testing.TB, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), filepath.Join(s.bin, name), args...) //nolint:gosec // found by this package
	cmd.Dir, cmd.SysProcAttr = s.Dir, s.cred
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	// A file, not a pipe: the server inherits it and would keep a pipe open.
	out, err := os.CreateTemp(s.Dir, "out")
	require.NoError(t, err)
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	require.NoError(t, out.Close())
	text, rerr := os.ReadFile(out.Name())
	require.NoError(t, rerr)
	require.NoError(t, err, "%s: %s", name, text)
}

// drop makes the commands run as another user where this one is root, whom PostgreSQL refuses.
func (s *Server) drop(t testing.TB) {
	if os.Geteuid() != 0 {
		return
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		require.NoError(t, err)
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		require.NoError(t, err)
		s.cred = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		require.NoError(t, os.Chown(s.Dir, int(uid), int(gid))) //nolint:gosec // an id
		return
	}
	t.Fatal("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

var install sync.Once

// find returns the directory of PostgreSQL's programs.
func find() (string, error) {
	if bin := look(); bin != "" {
		return bin, nil
	}
	if os.Geteuid() != 0 || runtime.GOOS != "linux" {
		return "", errors.New("no initdb and pg_ctl in PATH or /usr/lib/postgresql")
	}
	var out []byte
	var err error
	install.Do(func() {
		cmd := exec.CommandContext(context.Background(), "sh", "-c", "apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql")
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		out, err = cmd.CombinedOutput()
	})
	if bin := look(); bin != "" {
		return bin, nil
	}
	return "", fmt.Errorf("no PostgreSQL here, and installing it failed: %w: %s", err, lastLine(out))
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

func look() string {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return ""
	}
	slices.Reverse(dirs)
	if p, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			dirs = append([]string{filepath.Dir(real)}, dirs...)
		}
	}
	for _, dir := range dirs {
		_, ierr := os.Stat(filepath.Join(dir, "initdb"))
		_, perr := os.Stat(filepath.Join(dir, "pg_ctl"))
		if ierr == nil && perr == nil {
			return dir
		}
	}
	return ""
}

func freePort(t testing.TB) int {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return l.Addr().(*net.TCPAddr).Port
}
