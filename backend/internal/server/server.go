// Package server builds the graph of services, owns the listeners, and stops everything in order.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/s3"
)

// Mode is which listeners a process opens.
type Mode string

// The modes.
const (
	ModeAll Mode = "all"
	ModeAPI Mode = "api"
	ModeUI  Mode = "ui" // opens no store: the console's files, and the admin API of another process
)

// Options says what to run.
type Options struct {
	Config   *config.Config
	Report   *config.Report
	Mode     Mode
	ReadOnly bool
	Terminal io.Writer       // what a person reads: addresses, the first administrator; nil for none
	Stop     <-chan struct{} // closed by a second signal: requests under way are cut off
}

// SystemDir is the folder of the system's own data under STORAGE_ROOT.
const SystemDir = ".myfsio.sys"

// ControlSocket is the path of the control socket of the store in root.
func ControlSocket(root string) string { return filepath.Join(root, SystemDir, "control.sock") }

// Run serves until ctx ends, then stops: no new connections, requests under way for at most SHUTDOWN_GRACE_SECONDS, background work,
// stores. It returns nil after an orderly stop.
func Run(ctx context.Context, o Options) (err error) {
	log, closeLog, err := newLogger(o.Config, o.Terminal)
	if err != nil {
		return fmt.Errorf("log file: %w", err)
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	for _, f := range o.Report.Findings {
		log.Log(ctx, findingLevel(f.Level), f.Text, "setting", f.Setting)
	}
	paceCollector()
	s := &process{Options: o, log: log}
	if s.cert, err = openCertificate(o.Config.TLSCertFile, o.Config.TLSKeyFile, log); err != nil {
		return err
	}
	if s.cert != nil {
		watched, stop := context.WithCancel(ctx)
		var watch sync.WaitGroup
		watch.Go(func() { s.cert.watch(watched) })
		defer func() { stop(); watch.Wait() }()
	}
	if o.Mode == ModeUI {
		return s.runConsoleOnly(ctx)
	}
	return s.run(ctx)
}

// process is one running server.
type process struct {
	Options
	log       *slog.Logger
	cert      *certificate // nil without TLS
	listeners []*listener
}

func findingLevel(l config.Level) slog.Level {
	switch l {
	case config.Critical:
		return slog.LevelError
	case config.Warning:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// listener is an open port whose handler can be exchanged, so that it answers 503 until the store is there and again while it goes.
type listener struct {
	name    string
	net     net.Listener
	server  *http.Server
	handler atomic.Pointer[http.Handler]
}

func (l *listener) set(h http.Handler) { l.handler.Store(&h) }

func (l *listener) port() int { return l.net.Addr().(*net.TCPAddr).Port }

// listen opens a port and begins to serve the given handler.
func (s *process) listen(name string, port int, first http.Handler) (*listener, error) {
	addr := net.JoinHostPort(s.Config.AppHost, strconv.Itoa(port))
	var lc net.ListenConfig
	n, err := lc.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, portError(name, addr, port, err)
	}
	l := &listener{name: name, net: s3.Listener(n)}
	l.set(first)
	l.server = &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*l.handler.Load()).ServeHTTP(w, r) }),
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ConnContext:       s3.ConnContext,
		ErrorLog:          slog.NewLogLogger(quiet{s.log.Handler()}, slog.LevelDebug),
	}
	serve := l.server.Serve
	if s.cert != nil {
		l.server.TLSConfig = s.cert.config()
		serve = func(n net.Listener) error { return l.server.ServeTLS(n, "", "") }
	}
	s.listeners = append(s.listeners, l)
	go func() {
		if err := serve(l.net); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("listener ended", "listener", name, "error", err)
		}
	}()
	return l, nil
}

// run serves the embedded store.
func (s *process) run(ctx context.Context) (err error) {
	wait := newGate("starting", "the server is starting")
	s3, err := s.listen("S3 API", s.Config.AppPort, wait)
	if err != nil {
		return err
	}
	defer s.closeListeners()
	var console *listener
	if s.Mode == ModeAll {
		if console, err = s.listen("console", s.Config.UIPort, wait); err != nil {
			return err
		}
	}
	st, err := s.open(ctx, wait)
	if err != nil {
		if ctx.Err() != nil {
			return nil // stopped before it was ready
		}
		return err
	}
	defer func() { err = errors.Join(err, st.close(s.log)) }()
	if err := st.serve(ctx, s, s3, console); err != nil {
		return err
	}
	s.greet(st, s3, console)

	work, stopWork := context.WithCancel(context.Background())
	defer stopWork()
	ended := st.background(work, s.log)
	<-ctx.Done()
	s.log.Info("stopping", "grace", s.Config.ShutdownGrace)
	st.stopping.Store(true)
	s.drain()
	stopWork()
	ended.Wait()
	return nil
}

// drain lets requests under way end, for the grace period or until a second signal.
func (s *process) drain() {
	grace, cancel := context.WithTimeout(context.Background(), s.Config.ShutdownGrace)
	defer cancel()
	go func() {
		select {
		case <-s.Stop:
			cancel()
		case <-grace.Done():
		}
	}()
	done := make(chan error, len(s.listeners))
	for _, l := range s.listeners {
		go func() { done <- l.server.Shutdown(grace) }()
	}
	for range s.listeners {
		if err := <-done; err != nil {
			s.log.Warn("requests under way were cut off", "error", err)
		}
	}
	s.closeListeners()
}

func (s *process) closeListeners() {
	for _, l := range s.listeners {
		if err := l.server.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			s.log.Warn("closing a listener", "listener", l.name, "error", err)
		}
	}
}

// greet tells a person where to go.
func (s *process) greet(st *stores, s3, console *listener) {
	s.log.Info("ready", "version", config.Version, "s3", s3.net.Addr().String(), "storage", s.Config.StorageRoot, "read_only", s.ReadOnly)
	if s.Terminal == nil {
		return
	}
	host := s.Config.AppHost
	if host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	url := func(l *listener) string { return s.scheme() + "://" + net.JoinHostPort(host, strconv.Itoa(l.port())) }
	fmt.Fprintf(s.Terminal, "\nMyFSIO %s\n", config.Version)
	if console != nil {
		fmt.Fprintf(s.Terminal, "  Console  %s/ui\n", url(console))
	}
	fmt.Fprintf(s.Terminal, "  S3 API   %s\n", url(s3))
	if abs, err := filepath.Abs(s.Config.StorageRoot); err == nil {
		fmt.Fprintf(s.Terminal, "  Storage  %s\n", abs)
	}
	switch first := st.first; {
	case first.Default:
		fmt.Fprintf(s.Terminal, "  Sign in  access key localadmin, secret key localadmin (only while the server listens on loopback)\n")
	case first.Created && isTerminal(s.Terminal):
		fmt.Fprintf(s.Terminal, "  Sign in  access key %s, secret key %s (also in %s)\n", first.AccessKey, first.Secret, first.File)
	case first.Created:
		fmt.Fprintf(s.Terminal, "  Sign in  access key %s, secret key in %s\n", first.AccessKey, first.File)
	}
	fmt.Fprintln(s.Terminal)
}

// scheme is that of the listeners.
func (s *process) scheme() string {
	if s.cert != nil {
		return "https"
	}
	return "http"
}

// isTerminal reports whether a person watches; a secret must not end in a file that output is redirected to.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
