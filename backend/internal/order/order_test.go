package order

import (
	"bytes"
	"cmp"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var samples = []string{
	"", "\x00", "\x00\x00", "\x00\x01", "\x00\xff", "\x01", "a", "a\x00", "a\x00\x00", "a\x00\x01", "a\x00b", "a\x01", "a\xff", "ab", "b",
	"\xff", "\xff\x00", "\xff\xff", "€", strings.Repeat("k", 1024),
}

func TestStringsSortAsTheyDo(t *testing.T) {
	for _, a := range samples {
		for _, b := range samples {
			checkPair(t, a, b, []byte{0xFF, 0xFF}, nil)
			checkPair(t, a, b, nil, []byte{0xFF, 0xFF})
		}
	}
}

func TestStringWithoutNULIsCompact(t *testing.T) {
	key := strings.Repeat("k", 1024)
	require.Len(t, AppendString(nil, key), len(key)+StringOverhead)
}

func TestStringPrefix(t *testing.T) {
	for _, prefix := range samples {
		p := AppendStringPrefix(nil, prefix)
		for _, s := range samples {
			require.Equal(t, strings.HasPrefix(s, prefix), bytes.HasPrefix(AppendString(nil, s), p), "%q in %q", prefix, s)
		}
	}
}

func TestIntegers(t *testing.T) {
	values := []uint64{0, 1, 255, 256, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64, math.MaxUint64}
	for _, a := range values {
		for _, b := range values {
			require.Equal(t, cmp.Compare(a, b), bytes.Compare(AppendUint64(nil, a), AppendUint64(nil, b)))
			require.Equal(t, cmp.Compare(b, a), bytes.Compare(AppendUint64Desc(nil, a), AppendUint64Desc(nil, b)))
			x, y := uint32(a>>7), uint32(b>>7) //nolint:gosec // any 32 bits will do
			require.Equal(t, cmp.Compare(x, y), bytes.Compare(AppendUint32(nil, x), AppendUint32(nil, y)))
		}
		row := AppendString(AppendUint32(AppendUint64Desc(AppendUint64(nil, a), a), 7), "tail")
		v, rest, err := DecodeUint64(row)
		require.NoError(t, err)
		require.Equal(t, a, v)
		v, rest, err = DecodeUint64Desc(rest)
		require.NoError(t, err)
		require.Equal(t, a, v)
		w, rest, err := DecodeUint32(rest)
		require.NoError(t, err)
		require.Equal(t, uint32(7), w)
		s, rest, err := DecodeString(rest)
		require.NoError(t, err)
		require.Equal(t, "tail", s)
		require.Empty(t, rest)
	}
}

func TestMalformed(t *testing.T) {
	for _, b := range []string{"", "a", "a\x00", "a\x00\x02", "a\x00\x00", "a\x00\xff", "\x00\xff\x00"} {
		_, _, err := DecodeString([]byte(b))
		require.ErrorIs(t, err, ErrMalformed, "%q", b)
	}
	_, _, err := DecodeUint64(make([]byte, 7))
	require.ErrorIs(t, err, ErrMalformed)
	_, _, err = DecodeUint64Desc(make([]byte, 7))
	require.ErrorIs(t, err, ErrMalformed)
	_, _, err = DecodeUint32(make([]byte, 3))
	require.ErrorIs(t, err, ErrMalformed)
}

// Every string of up to six of the bytes that mean something, or stand beside those that do, decodes to what encodes to it, or not at all.
func TestDecodeStringExhaustively(t *testing.T) {
	alphabet := []byte{0x00, 0x01, 0x02, 'a', 0xFE, 0xFF}
	var walk func(b []byte)
	walk = func(b []byte) {
		if s, rest, err := DecodeString(b); err == nil {
			if !bytes.Equal(b, append(AppendString(nil, s), rest...)) {
				t.Fatalf("%q decodes to %q and %q", b, s, rest)
			}
		} else if err != ErrMalformed { //nolint:errorlint // exactly this one
			t.Fatalf("%q: %v", b, err)
		}
		if s, rest, err := DecodeString(AppendString(nil, string(b))); err != nil || s != string(b) || len(rest) != 0 {
			t.Fatalf("%q does not come back: %q %q %v", b, s, rest, err)
		}
		if len(b) < 6 {
			for _, c := range alphabet {
				walk(append(bytes.Clone(b), c))
			}
		}
	}
	walk(nil)
}

func FuzzString(f *testing.F) {
	for i, s := range samples {
		f.Add(s, samples[len(samples)-1-i], []byte("x"), []byte{})
	}
	f.Fuzz(func(t *testing.T, a, b string, tailA, tailB []byte) { checkPair(t, a, b, tailA, tailB) })
}

func FuzzDecodeString(f *testing.F) {
	for _, s := range samples {
		f.Add(AppendString(nil, s))
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, rest, err := DecodeString(b)
		if err == nil {
			require.Equal(t, b, append(AppendString(nil, s), rest...))
		}
	})
}

// checkPair holds that a and b with anything behind them sort as a and b, and decode to themselves.
func checkPair(t *testing.T, a, b string, tailA, tailB []byte) {
	t.Helper()
	ea, eb := append(AppendString(nil, a), tailA...), append(AppendString(nil, b), tailB...)
	if a != b {
		require.Equal(t, strings.Compare(a, b), bytes.Compare(ea, eb), "%q %q", a, b)
	}
	s, rest, err := DecodeString(ea)
	require.NoError(t, err)
	require.Equal(t, a, s)
	require.True(t, bytes.Equal(tailA, rest))
}
