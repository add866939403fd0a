package diskblob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Clone implements blob.Cloner by File.CopyFrom. The new blob is a file of its own: it never shares an inode with its sources, at most
// extents. A crash in the middle leaves what one in the middle of a Commit leaves.
func (s *Store) Clone(ctx context.Context, dst blob.ID, from []blob.Segment) (blob.Info, error) {
	const op = "diskblob.Clone"
	if err := s.enter(ctx); err != nil {
		return blob.Info{}, err
	}
	s.leave() // not held while bytes are copied: Close does not wait for gigabytes

	lengths := make([]int64, len(from))
	var total int64
	for i, seg := range from {
		file, n, err := s.open(seg.ID, seg.Off, seg.N)
		if err != nil {
			return blob.Info{}, err
		}
		if err := file.Close(); err != nil {
			return blob.Info{}, fault.Wrap(op, err)
		}
		lengths[i] = n
		total += n
	}
	switch old, err := s.fs.Open(s.path(dst)); {
	case err == nil: // told now rather than after the copy; the rename decides
		return blob.Info{}, errors.Join(blob.ErrExists, old.Close())
	case !errors.Is(err, fs.ErrNotExist):
		return blob.Info{}, fault.Wrap(op, err)
	}
	if err := s.Admit(total); err != nil {
		return blob.Info{}, err
	}
	d := &draft{store: s, id: dst}
	defer d.discard()
	if err := d.open(); err != nil {
		return blob.Info{}, fault.Wrap(op, err)
	}
	for i, seg := range from {
		if err := d.copy(ctx, seg, lengths[i]); err != nil {
			return blob.Info{}, fault.Wrap(op, err)
		}
	}
	if err := s.enter(ctx); err != nil {
		return blob.Info{}, err
	}
	defer s.leave()
	info, err := d.publish()
	return info, fault.Wrap(op, err)
}

// copy appends n bytes of a segment.
func (d *draft) copy(ctx context.Context, seg blob.Segment, n int64) error {
	if n == 0 {
		return nil
	}
	src, n, err := d.store.open(seg.ID, seg.Off, n)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	for off := seg.Off; n > 0; {
		if err := d.store.enter(ctx); err != nil {
			return err
		}
		d.store.leave()
		part := min(n, maxGrant)
		if err := d.grant(part); err != nil {
			return err
		}
		done, err := d.file.CopyFrom(src, off, part)
		d.wrote(done)
		if errors.Is(err, errors.ErrUnsupported) {
			return fmt.Errorf("%w: %w", blob.ErrUnsupported, err)
		}
		if err != nil {
			return full(err)
		}
		off, n = off+done, n-done
	}
	return nil
}
