package object

import (
	"context"
	"errors"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// A listing walks rows in order of key. Every entry of a page, key or common prefix, is greater than the marker, and a common prefix is
// left by one seek to its successor, so that the cost of a page follows its entries and not the keys below them.

// rollup folds keys into common prefixes.
type rollup struct{ prefix, delimiter, after string }

// of returns the common prefix that a key (which has the listing's prefix) folds into.
func (r rollup) of(key string) (string, bool) {
	if r.delimiter == "" {
		return "", false
	}
	i := strings.Index(key[len(r.prefix):], r.delimiter)
	if i < 0 {
		return "", false
	}
	return key[:len(r.prefix)+i+len(r.delimiter)], true
}

// start is the first key that can belong to the page.
func (r rollup) start() string {
	if r.after < r.prefix {
		return r.prefix
	}
	if p, ok := r.inside(); ok {
		return successor(p)
	}
	return r.after + "\x00"
}

// inside returns the common prefix that the marker lies in or is: it is not greater than the marker, so all of it belongs to earlier pages.
func (r rollup) inside() (string, bool) {
	if !strings.HasPrefix(r.after, r.prefix) {
		return "", false
	}
	return r.of(r.after)
}

// successor is the smallest string greater than every string with the prefix. Keys are UTF-8, so none begins with 0xff.
func successor(prefix string) string {
	if end := kv.PrefixEnd([]byte(prefix)); end != nil {
		return string(end)
	}
	return "\xff"
}

// List returns a page of current versions.
func (s *Service) List(ctx context.Context, in Listing) (page Page, err error) {
	err = s.kv.View(ctx, func(r kv.Reader) (err error) {
		page = Page{}
		if in.Max <= 0 {
			return nil
		}
		fold := rollup{in.Prefix, in.Delimiter, in.After}
		end := ""
		if in.Prefix != "" {
			end = successor(in.Prefix)
		}
		start := fold.start()
		if end != "" && start >= end {
			return nil
		}
		it := r.Iter(meta.Objects(in.Bucket.ID, start, end))
		defer func() { err = errors.Join(err, it.Close()) }()
		for ok := it.Next(); ok; {
			key := meta.KeyOfObject(it.Key())
			if len(page.Objects)+len(page.Prefixes) == in.Max {
				page.Truncated = true
				return nil
			}
			if p, folds := fold.of(key); folds {
				page.Prefixes = append(page.Prefixes, p)
				page.Next = p
				ok = it.SeekGE(meta.ObjectKey(in.Bucket.ID, successor(p)))
				continue
			}
			v, err := meta.DecodeVersion(key, it.Value())
			if err != nil {
				return err
			}
			page.Objects = append(page.Objects, v)
			page.Next = key
			ok = it.Next()
		}
		return nil
	})
	if !page.Truncated {
		page.Next = ""
	}
	return page, bucket.Fault("object.List", err)
}

// ListVersions returns a page of all versions and delete markers: by key, and the newest first within a key.
func (s *Service) ListVersions(ctx context.Context, in VersionListing) (page VersionPage, err error) {
	const op = "object.ListVersions"
	err = s.kv.View(ctx, func(r kv.Reader) (err error) {
		page = VersionPage{}
		if in.Max <= 0 {
			return nil
		}
		var older ident.Order // of the marker's key only versions older than this belong to the page
		if older = in.Before; older == 0 && in.VersionMarker != "" {
			if older, err = markerOrder(r, in.Bucket.ID, in.KeyMarker, in.VersionMarker); err != nil {
				return err
			}
		}
		w := openVersions(r, in, older)
		defer func() { err = errors.Join(err, w.close()) }()
		return w.fill(&page, in.Max)
	})
	if !page.Truncated {
		page.NextKey, page.NextVersion = "", ""
	}
	return page, bucket.Fault(op, err)
}

// markerOrder finds the order that a version marker stands for.
func markerOrder(r kv.Reader, id ident.Bucket, key, marker string) (ident.Order, error) {
	if marker != meta.NullVersion {
		o, err := ident.ParseVersionID(marker)
		if err != nil {
			return 0, fault.New("object.ListVersions", fault.InvalidArgument, "Invalid version id specified").
				With("ArgumentName", "version-id-marker").With("ArgumentValue", marker)
		}
		return o, nil
	}
	v, err := meta.GetCurrent(r, id, key)
	if err == nil && v.Null {
		return v.Order, nil
	}
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return 0, err
	}
	o, err := meta.GetNullOrder(r, id, key)
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil // it is gone: nothing is older than it
	}
	return o, err
}

// versionWalk merges the rows of current and of noncurrent versions.
type versionWalk struct {
	fold       rollup
	id         ident.Bucket
	end        string // exclusive, empty for none
	marker     string // the key that older applies to
	older      ident.Order
	cur, old   kv.Iterator
	curOK      bool
	oldOK      bool
	curKey     string
	oldKey     string
	oldOrder   ident.Order
	seenLatest string // key whose newest version was passed
	seen       bool
	err        error
}

func openVersions(r kv.Reader, in VersionListing, older ident.Order) *versionWalk {
	w := &versionWalk{fold: rollup{in.Prefix, in.Delimiter, in.KeyMarker}, id: in.Bucket.ID, marker: in.KeyMarker, older: older}
	if in.Prefix != "" {
		w.end = successor(in.Prefix)
	}
	start := w.fold.start()
	if older != 0 && strings.HasPrefix(in.KeyMarker, in.Prefix) {
		if _, folds := w.fold.inside(); !folds {
			start = in.KeyMarker // the rest of its versions come first
		}
	}
	w.cur = r.Iter(meta.Objects(w.id, "", ""))
	w.old = r.Iter(meta.VersionsFrom(w.id, ""))
	w.seek(start)
	return w
}

func (w *versionWalk) close() error { return errors.Join(w.err, w.cur.Close(), w.old.Close()) }

func (w *versionWalk) seek(key string) {
	w.curOK = w.cur.SeekGE(meta.ObjectKey(w.id, key))
	w.oldOK = w.old.SeekGE(meta.VersionsKey(w.id, key))
	w.read(true, true)
}

// read takes over the keys that the iterators stand on.
func (w *versionWalk) read(cur, old bool) {
	if cur && w.curOK {
		w.curKey = meta.KeyOfObject(w.cur.Key())
		w.curOK = w.end == "" || w.curKey < w.end
	}
	if old && w.oldOK {
		var err error
		if w.oldKey, w.oldOrder, err = meta.KeyOfVersion(w.old.Key()); err != nil {
			w.err, w.oldOK = err, false
			return
		}
		w.oldOK = w.end == "" || w.oldKey < w.end
	}
}

// fill takes entries until the page is full or nothing is left.
func (w *versionWalk) fill(page *VersionPage, most int) error {
	for w.err == nil && (w.curOK || w.oldOK) {
		current := w.curOK && (!w.oldOK || w.curKey <= w.oldKey)
		key := w.oldKey
		if current {
			key = w.curKey
		}
		p, folds := w.fold.of(key)
		if !folds && w.passed(current, key) {
			w.step(current, key)
			continue
		}
		if len(page.Versions)+len(page.Prefixes) == most {
			page.Truncated = true
			return nil
		}
		if folds {
			page.Prefixes = append(page.Prefixes, p)
			page.NextKey, page.NextVersion = p, ""
			w.seek(successor(p))
			continue
		}
		it := w.old
		if current {
			it = w.cur
		}
		v, err := meta.DecodeVersion(key, it.Value())
		if err != nil {
			return err
		}
		page.Versions = append(page.Versions, VersionEntry{Version: v, Latest: !w.seen || w.seenLatest != key})
		page.NextKey, page.NextVersion = key, v.ID()
		w.step(current, key)
	}
	return nil
}

// passed reports whether the row belongs to an earlier page.
func (w *versionWalk) passed(current bool, key string) bool {
	if w.older == 0 || key != w.marker {
		return false
	}
	if !current {
		return w.oldOrder >= w.older
	}
	v, err := meta.DecodeVersion(key, w.cur.Value())
	if err != nil {
		w.err = err
		return true
	}
	return v.Order >= w.older
}

func (w *versionWalk) step(current bool, key string) {
	w.seen, w.seenLatest = true, key
	if current {
		w.curOK = w.cur.Next()
	} else {
		w.oldOK = w.old.Next()
	}
	w.read(current, !current)
}

// ListUploads returns a page of uploads that are not completed: by key, and the oldest first within a key.
func (s *Service) ListUploads(ctx context.Context, in UploadListing) (page UploadPage, err error) {
	err = s.kv.View(ctx, func(r kv.Reader) (err error) {
		page = UploadPage{}
		if in.Max <= 0 {
			return nil
		}
		fold := rollup{in.Prefix, in.Delimiter, in.KeyMarker}
		rng := meta.Uploads(in.Bucket.ID)
		rng.Start = meta.UploadsKey(in.Bucket.ID, fold.start())
		if in.UploadMarker != "" && strings.HasPrefix(in.KeyMarker, in.Prefix) {
			if _, folds := fold.inside(); !folds {
				id, err := ident.ParseUpload(in.UploadMarker)
				if err != nil {
					return fault.New("object.ListUploads", fault.InvalidArgument, "Invalid uploadId marker").
						With("ArgumentName", "upload-id-marker").With("ArgumentValue", in.UploadMarker)
				}
				rng.Start = append(meta.UploadKey(in.Bucket.ID, in.KeyMarker, id), 0)
			}
		}
		if in.Prefix != "" {
			rng.End = meta.UploadsKey(in.Bucket.ID, successor(in.Prefix))
		}
		it := r.Iter(rng)
		defer func() { err = errors.Join(err, it.Close()) }()
		for ok := it.Next(); ok; {
			key, id, err := meta.KeyOfUpload(it.Key())
			if err != nil {
				return err
			}
			if len(page.Uploads)+len(page.Prefixes) == in.Max {
				page.Truncated = true
				return nil
			}
			if p, folds := fold.of(key); folds {
				page.Prefixes = append(page.Prefixes, p)
				page.NextKey, page.NextUpload = p, ""
				ok = it.SeekGE(meta.UploadsKey(in.Bucket.ID, successor(p)))
				continue
			}
			u, err := meta.DecodeUpload(key, id, it.Value())
			if err != nil {
				return err
			}
			page.Uploads = append(page.Uploads, u)
			page.NextKey, page.NextUpload = key, id.String()
			ok = it.Next()
		}
		return nil
	})
	if !page.Truncated {
		page.NextKey, page.NextUpload = "", ""
	}
	return page, bucket.Fault("object.ListUploads", err)
}
