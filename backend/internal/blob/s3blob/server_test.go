package s3blob

import (
	"crypto/rand"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// ownServer starts the S3 wire of this program.
func ownServer(t *testing.T, access, secret string) string {
	t.Helper()
	var now clock.System
	ids := ident.NewSource(now, rand.Reader)
	rows := kvtest.NewMemory()
	box, err := seal.Open(t.TempDir(), "a secret key for tests", seal.Options{})
	require.NoError(t, err)
	users, err := iam.New(iam.Deps{Store: rows, Box: box, Clock: now, Idents: ids, Logger: slog.New(slog.DiscardHandler), AdminAccessKey: access, AdminSecretKey: secret})
	require.NoError(t, err)
	_, err = users.Bootstrap(t.Context(), true)
	require.NoError(t, err)
	objects, err := object.Open(t.Context(), object.Deps{KV: rows, Blobs: blobtest.NewMemory(), Clock: now, Idents: ids})
	require.NoError(t, err)
	wire := s3.New(s3.Deps{
		Config:  s3.Config{Region: "us-east-1", Service: "s3", MaxUpload: 5 << 30},
		Buckets: bucket.New(bucket.Deps{KV: rows, Clock: now, Idents: ids, Region: "us-east-1"}),
		Objects: objects, IAM: users, Clock: now, Idents: ids, Logger: slog.New(slog.DiscardHandler),
	})
	server := httptest.NewServer(wire)
	t.Cleanup(server.Close)
	return server.URL
}
