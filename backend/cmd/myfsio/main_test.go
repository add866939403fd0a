package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/server"
)

// opened is closed once the terminal shows something, which a server does when it serves.
type opened struct {
	once sync.Once
	c    chan struct{}
}

func (o *opened) Write(p []byte) (int, error) {
	o.once.Do(func() { close(o.c) })
	return len(p), nil
}

// command runs a command line and returns what it prints.
func command(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var c cli
	parser, err := kong.New(&c)
	require.NoError(t, err)
	run, err := parser.Parse(args)
	require.NoError(t, err)
	out, err := os.CreateTemp(t.TempDir(), "out")
	require.NoError(t, err)
	stdout := os.Stdout
	os.Stdout = out
	failed := run.Run()
	os.Stdout = stdout
	_, err = out.Seek(0, io.SeekStart)
	require.NoError(t, err)
	text, err := io.ReadAll(out)
	require.NoError(t, err)
	require.NoError(t, out.Close())
	return string(text), failed
}

// serving runs a server with these settings until the function that it returns is called.
func serving(t *testing.T, env []string) (stop func()) {
	t.Helper()
	conf, report, err := config.Load(config.Sources{Environ: env})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := &opened{c: make(chan struct{})}, make(chan error, 1)
	go func() {
		done <- server.Run(ctx, server.Options{Config: conf, Report: report, Mode: server.ModeAll, Terminal: ready})
	}()
	select {
	case <-ready.c:
	case err := <-done:
		t.Fatalf("the server did not start: %v", err)
	}
	return func() {
		cancel()
		require.NoError(t, <-done)
	}
}

func TestAccountCommands(t *testing.T) {
	root := t.TempDir()
	env := []string{"STORAGE_ROOT=" + filepath.Join(root, "data"), "LOG_TO_FILE=false", "APP_PORT=0", "UI_PORT=0"}
	t.Setenv("STORAGE_ROOT", filepath.Join(root, "data"))
	_, err := command(t, "account", "list")
	require.ErrorContains(t, err, "no server runs on this store")

	defer serving(t, env)()

	made, err := command(t, "account", "create", "team", "--display-name", "The team", "--access-key", "team-key", "--secret-key", "team-secret")
	require.NoError(t, err)
	require.Regexp(t, `^name\tteam\nid\t\d{12}\ncanonical_id\t[0-9a-f]{64}\naccess_key\tteam-key\nsecret_key\tteam-secret\n$`, made)
	made, err = command(t, "account", "create", "other")
	require.NoError(t, err)
	require.Regexp(t, `access_key\tAKIA[A-Z2-7]{16}\nsecret_key\t\S{40}\n$`, made)
	_, err = command(t, "account", "create", "team")
	require.ErrorContains(t, err, "There is an account team already.")

	list, err := command(t, "account", "list")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(list), "\n")
	require.Len(t, lines, 3)
	require.True(t, strings.HasPrefix(lines[0], "default\t000000000000\t"), lines[0])
	require.Regexp(t, `(?m)^team\t\d{12}\t[0-9a-f]{64}\tThe team$`, list)
	users, err := command(t, "user", "list")
	require.NoError(t, err)
	require.Contains(t, users, "localadmin\tLocal administrator\tdefault\n")
	require.Contains(t, users, "team-key\tThe team\tteam\n")
	secret, err := command(t, "user", "rotate", "team-key")
	require.NoError(t, err)
	require.Regexp(t, `^\S{40}\n$`, secret)

	_, err = command(t, "account", "delete", "default")
	require.ErrorContains(t, err, "cannot be deleted")
	_, err = command(t, "account", "delete", "team")
	require.NoError(t, err)
	_, err = command(t, "account", "delete", "team")
	require.ErrorContains(t, err, "There is no account with this name.")
	users, err = command(t, "user", "list")
	require.NoError(t, err)
	require.NotContains(t, users, "team-key")
}
