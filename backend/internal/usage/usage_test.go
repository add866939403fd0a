package usage

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// TestRecount counts over more than one page and leaves other buckets and completed uploads out.
func TestRecount(t *testing.T) {
	store := kvtest.NewMemory()
	id, other := ident.Bucket{1}, ident.Bucket{1, 1}
	const n = page + 3
	for from := 0; from < n; from += 1000 {
		require.NoError(t, store.Update(t.Context(), func(tx kv.Txn) error {
			for i := from; i < min(from+1000, n); i++ {
				v := meta.Version{Order: 1, Size: int64(i)}
				if err := tx.Set(meta.ObjectKey(id, fmt.Sprintf("k%06d", i)), v.Encode()); err != nil {
					return err
				}
				if err := tx.Set(meta.ObjectKey(other, fmt.Sprintf("k%06d", i)), v.Encode()); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	require.NoError(t, store.Update(t.Context(), func(tx kv.Txn) error {
		old := meta.Version{Order: 7, Size: 5}
		marker := meta.Version{Order: 9, Marker: true}
		open := meta.Upload{Key: "u", ID: ident.Upload{1}}
		freezing := meta.Upload{Key: "u", ID: ident.Upload{2}, State: meta.UploadCompleting}
		done := meta.Upload{Key: "u", ID: ident.Upload{3}, State: meta.UploadCompleted}
		part := meta.Part{Size: 10}
		rows := []struct{ key, value []byte }{
			{meta.VersionKey(id, "k", 7), old.Encode()},
			{meta.VersionKey(id, "k", 9), marker.Encode()},
			{meta.UploadKey(id, "u", open.ID), open.Encode()},
			{meta.UploadKey(id, "u", freezing.ID), freezing.Encode()},
			{meta.CompletedKey(id, "u", done.ID), done.Encode()},
			{meta.PartKey(open.ID, 0), (&meta.Manifest{}).Encode()},
			{meta.PartKey(open.ID, 1), part.Encode()},
			{meta.PartKey(freezing.ID, 10000), part.Encode()},
			{meta.PartKey(done.ID, 1), part.Encode()},
		}
		for _, row := range rows {
			if err := tx.Set(row.key, row.value); err != nil {
				return err
			}
		}
		return meta.AddUsage(tx, id, 3, meta.Usage{Objects: 4})
	}))
	got, err := Recount(t.Context(), store, id)
	require.NoError(t, err)
	bytes := int64(n * (n - 1) / 2)
	require.Equal(t, meta.Usage{
		Objects: n, Bytes: bytes, Versions: n + 1, VersionBytes: bytes + 5, Markers: 1, Uploads: 2, UploadBytes: 20,
	}, got)
	kept, err := Get(t.Context(), store, id)
	require.NoError(t, err)
	require.Equal(t, meta.Usage{Objects: 4}, kept)
}
