package meta

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

var (
	here  = ident.Bucket{1, 0xff, 0xff}
	names = []string{"", "a", "a\x01", "a/b", "a\xc3\xa9", "b", "\x01", strings.Repeat("k", 1024)}
)

// TestKeysComeBack takes keys apart again.
func TestKeysComeBack(t *testing.T) {
	for _, name := range names {
		require.Equal(t, name, KeyOfObject(ObjectKey(here, name)))
		got, o, err := KeyOfVersion(VersionKey(here, name, 12345))
		require.NoError(t, err)
		require.Equal(t, name, got)
		require.Equal(t, ident.Order(12345), o)
		up := ident.Upload{1, 0, 0xff}
		got, u, err := KeyOfUpload(UploadKey(here, name, up))
		require.NoError(t, err)
		require.Equal(t, name, got)
		require.Equal(t, up, u)
	}
	due, b, err := KeyOfGarbage(GarbageKey(77, ident.Blob{3}))
	require.NoError(t, err)
	require.Equal(t, uint64(77), due)
	require.Equal(t, ident.Blob{3}, b)
	require.Equal(t, 10000, PartOfKey(PartKey(ident.Upload{1}, 10000)))
	n, err := EpochOfKey(EpochKey(1 << 31))
	require.NoError(t, err)
	require.Equal(t, uint32(1<<31), n)
	for _, bad := range [][]byte{nil, []byte("v/"), VersionsKey(here, "a"), append(VersionKey(here, "a", 1), 0)} {
		_, _, err := KeyOfVersion(bad)
		require.ErrorIs(t, err, ErrCorrupt)
		_, _, err = KeyOfUpload(bad)
		require.ErrorIs(t, err, ErrCorrupt)
		_, _, err = KeyOfGarbage(bad)
		require.ErrorIs(t, err, ErrCorrupt)
		_, err = EpochOfKey(bad)
		require.ErrorIs(t, err, ErrCorrupt)
	}
	require.Equal(t, ident.Upload{1, 2}, WasteOfUpload(UploadWaste(ident.Upload{1, 2})))
	require.Equal(t, here, WasteOfBucket(BucketWaste(here)))
}

// TestKeysSort holds rows to the order that listings rely on: keys byte by byte, versions newest first, parts and uploads ascending.
func TestKeysSort(t *testing.T) {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	var rows [][]byte
	for _, name := range sorted {
		rows = append(rows, VersionKey(here, name, 1<<62), VersionKey(here, name, 5), VersionKey(here, name, 0))
	}
	require.True(t, slices.IsSortedFunc(rows, bytes.Compare))
	rows = nil
	for _, name := range sorted {
		rows = append(rows, ObjectKey(here, name))
	}
	require.True(t, slices.IsSortedFunc(rows, bytes.Compare))
	require.Less(t, string(PartKey(ident.Upload{1}, 255)), string(PartKey(ident.Upload{1}, 256)))
	require.Less(t, string(GarbageKey(255, ident.Blob{9})), string(GarbageKey(256, ident.Blob{})))
}

// TestRanges holds that each range has its own rows and no others.
func TestRanges(t *testing.T) {
	in := func(rg kv.Range, key []byte) bool {
		return bytes.Compare(key, rg.Start) >= 0 && (rg.End == nil || bytes.Compare(key, rg.End) < 0)
	}
	next := here
	next[len(next)-1]++
	for _, name := range names {
		require.True(t, in(Objects(here, "", ""), ObjectKey(here, name)))
		require.False(t, in(Objects(here, "", ""), ObjectKey(next, name)))
		require.True(t, in(VersionsFrom(here, ""), VersionKey(here, name, 1)))
		require.True(t, in(VersionsFrom(here, name), VersionKey(here, name, 1<<63)))
		require.False(t, in(VersionsFrom(here, ""), VersionKey(next, name, 1)))
		require.True(t, in(Uploads(here), UploadKey(here, name, ident.Upload{})))
		require.False(t, in(Uploads(here), CompletedKey(here, name, ident.Upload{})))
		require.True(t, in(kv.Prefix(VersionsKey(here, name)), VersionKey(here, name, 0)))
		require.False(t, in(kv.Prefix(VersionsKey(here, name)), VersionKey(here, name+"\x01", 0)))
	}
	require.True(t, in(Objects(here, "a", "b"), ObjectKey(here, "a/b")))
	require.False(t, in(Objects(here, "a", "b"), ObjectKey(here, "b")))
	require.True(t, in(Garbage(6), GarbageKey(5, ident.Blob{0xff})))
	require.False(t, in(Garbage(6), GarbageKey(6, ident.Blob{})))
	require.False(t, in(Parts(ident.Upload{1}, 2), PartKey(ident.Upload{1}, 1)))
	require.True(t, in(Parts(ident.Upload{1}, 2), PartKey(ident.Upload{1}, 10000)))
	require.False(t, in(Parts(ident.Upload{1}, 2), PartKey(ident.Upload{2}, 5)))
	require.True(t, in(Epochs(), EpochKey(0)))
	require.False(t, in(Epochs(), LastEpochKey()))
	for _, key := range [][]byte{ObjectKey(here, "k"), VersionKey(here, "k", 1), NullKey(here, "k"), UploadKey(here, "k", ident.Upload{}), CompletedKey(here, "k", ident.Upload{}), UsageKey(here, 3), DocumentKey(here, "cors")} {
		found := 0
		for _, rg := range BucketRanges(here) {
			if in(rg, key) {
				found++
			}
		}
		require.Equal(t, 1, found, "%q", key)
	}
	longest := UploadKey(here, strings.Repeat("\x00", 1024), ident.Upload{})
	require.LessOrEqual(t, len(longest), kv.MaxKey)
	require.Len(t, VersionKey(here, strings.Repeat("k", 1024), 1), 2+12+1024+2+8)
}
