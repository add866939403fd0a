package diskblob

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
)

// listBatch is how many ids one pass over the directories collects: 6 MiB of them.
const listBatch = 1 << 18

// List implements blob.Store. Names lie in the directories in no order, so it makes a pass over all of them for every listBatch blobs and
// keeps the smallest ids. A blob that is committed meanwhile may or may not be listed.
func (s *Store) List(ctx context.Context, after blob.ID, fn func(blob.Info) error) error {
	return s.list(ctx, after, listBatch, fn)
}

func (s *Store) list(ctx context.Context, after blob.ID, batch int, fn func(blob.Info) error) error {
	for {
		if err := s.readable(ctx); err != nil {
			return err
		}
		ids, more, err := s.smallest(ctx, after, batch)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				return err
			}
			info, err := s.stat(id)
			if errors.Is(err, fs.ErrNotExist) {
				continue // deleted meanwhile
			}
			if err != nil {
				return fault.Wrap("diskblob.List", err)
			}
			if err := fn(info); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
		after = ids[len(ids)-1]
	}
}

// smallest returns the batch smallest ids greater than after, and whether there are more.
func (s *Store) smallest(ctx context.Context, after blob.ID, batch int) (ids []blob.ID, more bool, err error) {
	compare := func(a, b blob.ID) int { return bytes.Compare(a[:], b[:]) }
	shrink := func() {
		slices.SortFunc(ids, compare)
		if len(ids) > batch {
			ids, more = ids[:batch], true
		}
	}
	for i := range s.dirs {
		err = s.fs.Read(s.dirs[i].path, func(name string) error {
			id, ok := parseName(name)
			if !ok || compare(id, after) <= 0 || more && compare(id, ids[batch-1]) > 0 {
				return nil
			}
			if ids = append(ids, id); len(ids) == 2*batch {
				shrink()
			}
			return ctx.Err()
		})
		if errors.Is(err, fs.ErrNotExist) && s.readOnly {
			err = nil // a store that was never opened for writing
		}
		if err != nil {
			return nil, false, err
		}
	}
	shrink()
	return ids, more, nil
}

// parseName returns the id that a file's name is; a temporary file and what is not ours have none.
func parseName(name string) (blob.ID, bool) {
	id, err := ident.ParseBlob(name)
	return id, err == nil
}

func (s *Store) stat(id blob.ID) (blob.Info, error) {
	file, err := s.fs.Open(s.path(id))
	if err != nil {
		return blob.Info{}, err
	}
	size, modified, err := file.Stat()
	return blob.Info{ID: id, Size: size, Created: modified}, errors.Join(err, file.Close())
}
