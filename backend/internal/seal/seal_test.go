package seal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

func open(t *testing.T, dir, secret string) *Box {
	t.Helper()
	b, err := Open(dir, secret, Options{})
	require.NoError(t, err)
	return b
}

func refused(t *testing.T, dir, secret, want string) {
	t.Helper()
	before := files(t, dir)
	_, err := Open(dir, secret, Options{})
	require.True(t, fault.Is(err, fault.InvalidRequest), "%v", err)
	require.Contains(t, fault.TextOf(err), want)
	if secret != "" {
		require.NotContains(t, err.Error(), secret)
	}
	require.Equal(t, before, files(t, dir), "a refusal changes nothing")
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range list {
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		out[e.Name()] = string(raw)
	}
	return out
}

func TestSealAndOpen(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, "correct horse")
	sealed := b.Seal([]byte("secret"), []byte("user/ada"))
	require.NotContains(t, string(sealed), "secret")
	plain, err := b.Open(sealed, []byte("user/ada"))
	require.NoError(t, err)
	require.Equal(t, "secret", string(plain))
	_, err = b.Open(sealed, []byte("user/eve"))
	require.ErrorIs(t, err, ErrSealed)
	for i := range sealed {
		bad := append([]byte(nil), sealed...)
		bad[i] ^= 1
		_, err = b.Open(bad, []byte("user/ada"))
		require.ErrorIs(t, err, ErrSealed)
	}
	_, err = b.Open(nil, nil)
	require.ErrorIs(t, err, ErrSealed)

	text := b.SealText("secret", "x")
	require.True(t, strings.HasPrefix(text, Prefix) && Sealed(text))
	again := open(t, dir, "correct horse")
	got, err := again.OpenText(text, "x")
	require.NoError(t, err)
	require.Equal(t, "secret", got)
	for _, bad := range []string{"", "secret", "sealed:v2:AAAA", Prefix, Prefix + "%", text + "A"} {
		_, err = again.OpenText(bad, "x")
		require.ErrorIs(t, err, ErrSealed, bad)
	}
	require.Equal(t, b.ID(), again.ID())
	require.Equal(t, b.Derive("session", 64), again.Derive("session", 64))
	require.NotEqual(t, b.Derive("session", 32), b.Derive("jwt", 32))
	require.NoFileExists(t, filepath.Join(dir, SecretFile))
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "config")
	open(t, dir, "")
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	for name := range files(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
}

func TestRefusesInsteadOfRegenerating(t *testing.T) {
	given, generated := t.TempDir(), t.TempDir()
	open(t, given, "one")
	refused(t, given, "two", "Set the former SECRET_KEY again")
	refused(t, given, "", "is missing")

	open(t, generated, "")
	refused(t, generated, "one", "generated secret")
	require.NoError(t, os.WriteFile(filepath.Join(generated, SecretFile), []byte("other"), 0o600))
	refused(t, generated, "", "does not belong")

	for _, damage := range []string{"", "{", `{"format":2}`, `{"format":1,"kdf":"argon2id","time":1,"memory_kib":4294967295,"lanes":1,"salt":"AAAAAAAAAAAAAAAA"}`} {
		require.NoError(t, os.WriteFile(filepath.Join(given, StoreFile), []byte(damage), 0o600))
		refused(t, given, "one", "damaged")
	}
	_, err := Open(t.TempDir(), "one", Options{Existing: true})
	require.Contains(t, fault.TextOf(err), "backup")
}

func TestBackupRestores(t *testing.T) {
	dir, restored := t.TempDir(), t.TempDir()
	text := open(t, dir, "").SealText("s", "")
	for name, content := range files(t, dir) {
		require.NoError(t, os.WriteFile(filepath.Join(restored, name), []byte(content), 0o600))
	}
	got, err := open(t, restored, "").OpenText(text, "")
	require.NoError(t, err)
	require.Equal(t, "s", got)
}

func TestOldSecretFileIsUsed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, SecretFile), []byte("from an older version\n"), 0o600))
	a := open(t, dir, "")
	require.Equal(t, "from an older version\n", files(t, dir)[SecretFile])
	require.Equal(t, a.ID(), open(t, dir, "").ID())
	require.Equal(t, a.ID(), open(t, dir, "from an older version").ID())
}

func TestRekey(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, "")
	text, first := b.SealText("s", ""), files(t, dir)[SecretFile]
	check := func(secret string) {
		t.Helper()
		got, err := open(t, dir, secret).OpenText(text, "")
		require.NoError(t, err)
		require.Equal(t, "s", got)
	}
	require.NoError(t, b.Rekey("given"))
	require.NotContains(t, files(t, dir), SecretFile)
	check("given")
	refused(t, dir, "", "is missing")
	require.NoError(t, b.Rekey(""))
	require.NotEqual(t, first, files(t, dir)[SecretFile])
	check("")
}

// A rekey to a generated secret is cut after each of its steps.
func TestRekeyInterrupted(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, "")
	text := b.SealText("s", "")
	check := func() {
		t.Helper()
		got, err := open(t, dir, "").OpenText(text, "")
		require.NoError(t, err)
		require.Equal(t, "s", got)
	}
	next, err := b.generate(nextFile)
	require.NoError(t, err)
	check() // the old secret still opens the store
	require.NoError(t, b.wrap(next))
	check() // the next one does, and takes its place
	require.NoFileExists(t, filepath.Join(dir, nextFile))
	require.Equal(t, next, strings.TrimSpace(files(t, dir)[SecretFile]))
	check()
}

// A first start is cut after the secret was written, and while files were.
func TestCreateInterrupted(t *testing.T) {
	dir := t.TempDir()
	b := &Box{dir: dir, random: strings.NewReader(strings.Repeat("x", keySize))}
	secret, err := b.generate(SecretFile)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "."+StoreFile+".tmp"), []byte(`{"form`), 0o600))
	open(t, dir, "")
	require.Equal(t, secret, strings.TrimSpace(files(t, dir)[SecretFile]))
	require.NotContains(t, files(t, dir), "."+StoreFile+".tmp")
	open(t, dir, secret)
}

func TestWriteFileFails(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "folder")
	require.NoError(t, os.MkdirAll(filepath.Join(target, "full"), 0o700))
	require.Error(t, WriteFile(target, []byte("x")))
	require.NotContains(t, mustNames(t, dir), ".folder.tmp")
}

func mustNames(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}
