package admin

import (
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

func fuzzDeps(f *testing.F) Deps {
	box, err := seal.Open(f.TempDir(), "a secret of the tests", seal.Options{})
	require.NoError(f, err)
	now := clock.NewManual(time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC))
	return Deps{KV: kvtest.NewMemory(), Seal: box, Clock: now, Idents: ident.NewSource(now, rand.Reader), Config: config.Default()}
}

// No text is a token but one that the server made.
func FuzzToken(f *testing.F) {
	tokens := newTokens(fuzzDeps(f))
	made, err := tokens.make(&session{row: "row", userID: "AIDA", expires: time.Date(2026, 5, 5, 0, 0, 0, 0, time.UTC)}, time.Hour)
	require.NoError(f, err)
	_, err = tokens.read(made.Token)
	require.NoError(f, err)
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add(made.Token[:len(made.Token)-2])
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := tokens.read(text); err == nil && text != made.Token {
			t.Fatalf("%q is a token of %s", text, c.Subject)
		}
	})
}

// No text is a refresh token that says what none says that the server made.
func FuzzRefreshToken(f *testing.F) {
	tokens := newRefreshTokens(fuzzDeps(f))
	made, err := tokens.make("row", 3)
	require.NoError(f, err)
	row, turn, ok := tokens.read(made)
	require.Equal(f, []any{"row", uint64(3), true}, []any{row, turn, ok})
	f.Add(made[:len(made)-2])
	f.Fuzz(func(t *testing.T, text string) {
		if row, turn, ok := tokens.read(text); ok && (row != "row" || turn != 3) {
			t.Fatalf("%q is a token of %s, turn %d", text, row, turn)
		}
	})
}

// No cookie signs anybody in but one that the server gave.
func FuzzCookie(f *testing.F) {
	store := newSessionStore(fuzzDeps(f))
	f.Add("MTc4OTA5|x|y")
	f.Fuzz(func(t *testing.T, value string) {
		r := &http.Request{Header: http.Header{"Cookie": {"myfsio=" + value}}}
		s, err := store.New(r, "myfsio")
		require.NoError(t, err)
		require.True(t, s.IsNew)
	})
}

// A cursor is refused, or it is one place, which it names again.
func FuzzCursor(f *testing.F) {
	f.Add(cursor{Value: 7, Name: "a\xff", More: "m", Again: true}.String())
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text)
		if err != nil {
			return
		}
		again, err := parseCursor(c.String())
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}
