package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"syscall"

	"github.com/myfsio/myfsio/backend/internal/config"
)

// newLogger logs to the rotating file and, when a person watches, to the terminal too: then as much as the level asks for in the file
// and warnings on the terminal, else everything to standard error.
func newLogger(c *config.Config, terminal io.Writer) (*slog.Logger, func() error, error) {
	var outs []io.Writer
	closer := func() error { return nil }
	if c.LogToFile {
		f, err := openRotating(c.LogDir, c.LogFile, c.LogMaxBytes, c.LogBackupCount)
		if err != nil {
			return nil, nil, err
		}
		outs, closer = append(outs, f), f.Close
	}
	if !c.LogToFile || terminal == nil {
		outs = append(outs, os.Stderr)
	}
	main := handler(c, io.MultiWriter(outs...), c.LogLevel)
	if c.LogToFile && terminal != nil {
		main = both{main, handler(c, os.Stderr, max(c.LogLevel, slog.LevelWarn))}
	}
	return slog.New(main), closer, nil
}

func handler(c *config.Config, w io.Writer, level slog.Level) slog.Handler {
	opts := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.NewJSONHandler(w, opts)
	}
	return slog.NewTextHandler(w, opts)
}

// both gives each record to two handlers.
type both struct{ a, b slog.Handler }

func (h both) Enabled(ctx context.Context, l slog.Level) bool {
	return h.a.Enabled(ctx, l) || h.b.Enabled(ctx, l)
}

func (h both) Handle(ctx context.Context, r slog.Record) error {
	var errs [2]error
	if h.a.Enabled(ctx, r.Level) {
		errs[0] = h.a.Handle(ctx, r.Clone())
	}
	if h.b.Enabled(ctx, r.Level) {
		errs[1] = h.b.Handle(ctx, r)
	}
	return errors.Join(errs[0], errs[1])
}

func (h both) WithAttrs(as []slog.Attr) slog.Handler {
	return both{h.a.WithAttrs(as), h.b.WithAttrs(as)}
}
func (h both) WithGroup(n string) slog.Handler { return both{h.a.WithGroup(n), h.b.WithGroup(n)} }

// quiet drops what net/http says of clients that went away in mid-answer.
type quiet struct{ slog.Handler }

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	if strings.Contains(r.Message, "superfluous response.WriteHeader") {
		return nil
	}
	return q.Handler.Handle(ctx, r)
}

// portError names the likely culprit of a port in use.
func portError(name, addr string, port int, err error) error {
	setting := "APP_PORT"
	if name == "console" {
		setting = "UI_PORT"
	}
	if !errors.Is(err, syscall.EADDRINUSE) && !strings.Contains(err.Error(), "Only one usage of each socket address") {
		return fmt.Errorf("%s cannot listen on %s: %w", name, addr, err)
	}
	culprit := "another program, perhaps a MyFSIO that is running already"
	if port == 5000 {
		culprit += ", or AirPlay Receiver on macOS (System Settings, General, AirDrop & Handoff)"
	}
	return fmt.Errorf("%s cannot listen on %s: the port is in use by %s; stop it or set %s to another port", name, addr, culprit, setting)
}
