package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRotation(t *testing.T) {
	dir := t.TempDir()
	log, err := openRotating(filepath.Join(dir, "logs"), "app.log", 40, 2)
	require.NoError(t, err)
	for _, c := range "abcdefg" {
		_, err := log.Write([]byte(strings.Repeat(string(c), 19) + "\n"))
		require.NoError(t, err)
	}
	require.NoError(t, log.Close())
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, "logs", name))
		require.NoError(t, err)
		return strings.ReplaceAll(string(b), "\n", "")
	}
	require.Equal(t, strings.Repeat("g", 19), read("app.log"))
	require.Equal(t, strings.Repeat("e", 19)+strings.Repeat("f", 19), read("app.log.1"))
	require.Equal(t, strings.Repeat("c", 19)+strings.Repeat("d", 19), read("app.log.2"))
	require.NoFileExists(t, filepath.Join(dir, "logs", "app.log.3"))

	log, err = openRotating(filepath.Join(dir, "logs"), "app.log", 40, 2)
	require.NoError(t, err)
	_, err = log.Write([]byte("more\n"))
	require.NoError(t, err)
	require.NoError(t, log.Close())
	require.Equal(t, strings.Repeat("g", 19)+"more", read("app.log"), "a restart goes on with the file")
	_, err = log.Write([]byte("late\n"))
	require.ErrorIs(t, err, os.ErrClosed)
}
