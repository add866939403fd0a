package diskblob

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
)

func onDisk(t *testing.T) func() blob.Store {
	t.Helper()
	root := t.TempDir() + "/a/.sys/blobs"
	return func() blob.Store {
		s, err := Open(root, Options{Reserve: -1})
		require.NoError(t, err)
		return s
	}
}

func TestConformance(t *testing.T) {
	blobtest.Run(t, onDisk)
	blobtest.Reopen(t, onDisk)
}
