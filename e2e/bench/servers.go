package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a process under measurement.
type server struct {
	name string
	addr string
	dir  string
	cmd  *exec.Cmd
	boot time.Duration // from start to the first answer
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// startOurs starts MyFSIO with its defaults, but for some settings, on an own folder.
func startOurs(bin, dir string, settings ...string) (*server, error) {
	s3, err := freeAddr()
	if err != nil {
		return nil, err
	}
	ui, err := freeAddr()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(bin, "serve")
	cmd.Dir = dir
	cmd.Env = append(clean(), "STORAGE_ROOT="+filepath.Join(dir, "data"), "LOG_DIR="+filepath.Join(dir, "logs"), "APP_PORT="+port(s3), "UI_PORT="+port(ui), "ADMIN_ACCESS_KEY="+accessKey, "ADMIN_SECRET_KEY="+secretKey, "SECRET_KEY=bench-wrapping-key-not-a-secret")
	cmd.Env = append(cmd.Env, settings...)
	return start(&server{name: "myfsio", addr: s3, dir: dir, cmd: cmd}, "/myfsio/health")
}

func startReference(dir string, inline int64) (*server, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "-reference", addr, "-dir", dir, "-inline", strconv.FormatInt(inline, 10))
	return start(&server{name: "reference", addr: addr, dir: dir, cmd: cmd}, "/x/y")
}

func start(s *server, probe string) (*server, error) {
	log, err := os.Create(filepath.Join(s.dir, "output.txt"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	begun := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for deadline := begun.Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		c, err := dial(s.addr)
		if err != nil {
			if s.cmd.ProcessState != nil {
				break
			}
			continue
		}
		res, err := c.do(request{method: "GET", path: probe}, true)
		c.close()
		if err == nil && res.status != 503 {
			s.boot = time.Since(begun)
			return s, nil
		}
	}
	s.stop()
	out, _ := os.ReadFile(log.Name())
	return nil, fmt.Errorf("%s did not start: %s", s.name, out)
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() { _ = s.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(60 * time.Second):
		_ = s.cmd.Process.Kill()
		<-done
	}
}

// resident is the process's resident memory in bytes.
func (s *server) resident() (int64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if v, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(v)[0], 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("no VmRSS")
}

func port(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }

// clean is the environment without settings of MyFSIO or AWS.
func clean() []string {
	var env []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if name == "PATH" || name == "HOME" || name == "TMPDIR" || name == "GODEBUG" || name == "GOMAXPROCS" {
			env = append(env, e)
		}
	}
	return env
}

func mustDir(parts ...string) string {
	dir := filepath.Join(parts...)
	fail(os.MkdirAll(dir, 0o700))
	return dir
}

// cpu is the CPU time that the process has used, 0 where the system does not tell. Its grain is 10 ms.
func (s *server) cpu() time.Duration {
	if s.cmd == nil {
		return 0
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(raw), ") ") // the name may hold spaces
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}
