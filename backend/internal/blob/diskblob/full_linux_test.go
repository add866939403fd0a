package diskblob

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
)

// TestFullDisk fills a real file system of 8 MiB.
func TestFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not run: mounting a small file system needs root")
	}
	root := t.TempDir()
	if err := unix.Mount("tmpfs", root, "tmpfs", 0, "size=8m"); err != nil {
		t.Skip("not run: mounting a small file system is not allowed here:", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(root, 0)) })
	s, err := Open(root+"/blobs", Options{Reserve: -1})
	require.NoError(t, err)
	ctx := t.Context()
	kept := 0
	for n := range 12 {
		if _, err := blobtest.Put(ctx, s, blobtest.ID(n), blobtest.Bytes(n, 1<<20)); err != nil {
			require.ErrorIs(t, err, blob.ErrFull)
			continue
		}
		kept++
	}
	require.InDelta(t, 7, kept, 1)
	require.NoError(t, s.Poisoned())
	ids, err := blobtest.IDs(ctx, s, blob.ID{})
	require.NoError(t, err)
	require.Len(t, ids, kept, "what was refused left nothing")
	for n, id := range ids {
		got, err := blobtest.Get(ctx, s, id, 0, -1)
		require.NoError(t, err)
		require.Equal(t, blobtest.Bytes(n, 1<<20), got)
	}
	require.NoError(t, s.DeleteAll(ctx, ids[:3]))
	_, err = s.Clone(ctx, blobtest.ID(100), []blob.Segment{{ID: ids[4], N: -1}})
	require.NoError(t, err, "writes come back with the space")
	_, err = s.Clone(ctx, blobtest.ID(101), []blob.Segment{{ID: ids[4], N: -1}, {ID: ids[5], N: -1}, {ID: ids[4], N: -1}, {ID: ids[5], N: -1}})
	require.ErrorIs(t, err, blob.ErrFull)
	require.NoError(t, s.Close())
}
