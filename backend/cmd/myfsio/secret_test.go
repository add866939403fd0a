package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/server"
)

// TestSecretRekey goes from a generated key to a given one, to another, and back, and starts the server after each.
func TestSecretRekey(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	const account = "ADMIN_ACCESS_KEY=root-key" // whose secret is sealed
	env := func(secret string) []string {
		return []string{"STORAGE_ROOT=" + data, "LOG_TO_FILE=false", "APP_PORT=0", "UI_PORT=0", account, "ADMIN_SECRET_KEY=root-secret-0001", "SECRET_KEY=" + secret}
	}
	rekey := func(secret, typed string) (string, error) {
		in, err := os.CreateTemp(t.TempDir(), "in")
		require.NoError(t, err)
		_, err = in.WriteString(typed)
		require.NoError(t, err)
		_, err = in.Seek(0, 0)
		require.NoError(t, err)
		stdin := os.Stdin
		os.Stdin = in
		defer func() { os.Stdin = stdin; require.NoError(t, in.Close()) }()
		t.Setenv("STORAGE_ROOT", data)
		t.Setenv("SECRET_KEY", secret)
		return command(t, "secret", "rekey")
	}
	starts := func(secret string) {
		t.Helper()
		serving(t, env(secret))()
	}
	refuses := func(secret, text string) {
		t.Helper()
		conf, report, err := config.Load(config.Sources{Environ: env(secret)})
		require.NoError(t, err)
		err = server.Run(context.Background(), server.Options{Config: conf, Report: report, Mode: server.ModeAll, Terminal: os.Stderr})
		require.ErrorContains(t, err, text)
	}

	_, err := rekey("first-secret", "")
	require.ErrorContains(t, err, "there is no store with secrets")
	stop := serving(t, env(""))
	_, err = rekey("first-secret", "")
	require.ErrorContains(t, err, "the server must be stopped")
	stop()
	refuses("first-secret", "`myfsio secret rekey` to change over")

	said, err := rekey("first-secret", "")
	require.NoError(t, err)
	require.Contains(t, said, "sealed with this SECRET_KEY now")
	starts("first-secret")
	refuses("", "SECRET_KEY is not set")
	said, err = rekey("first-secret", "")
	require.NoError(t, err)
	require.Contains(t, said, "nothing to do")

	_, err = rekey("second-secret", "")
	require.ErrorContains(t, err, "the former SECRET_KEY is missing")
	_, err = rekey("second-secret", "wrong\n")
	require.ErrorContains(t, err, "nothing was changed")
	require.NotContains(t, err.Error(), "wrong")
	starts("first-secret")
	_, err = rekey("second-secret", "first-secret\r\nand more\n")
	require.NoError(t, err)
	starts("second-secret")
	refuses("first-secret", "run `myfsio secret rekey`")

	said, err = rekey("", "second-secret")
	require.NoError(t, err)
	require.Contains(t, said, "a new generated key")
	starts("")
	_, err = rekey("", "") // another generated one
	require.NoError(t, err)
	starts("")
}
