// Package usage counts what buckets hold. The counters are kept by the transactions that change what they count (object); here they are
// counted anew, from the records alone, to hold the counters to them.
package usage

import (
	"context"
	"errors"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// page is how many records one View walks.
const page = 5000

// Get returns the counters of a bucket, from one snapshot.
func Get(ctx context.Context, store kv.Store, id ident.Bucket) (u meta.Usage, err error) {
	err = store.View(ctx, func(r kv.Reader) (err error) {
		u, err = meta.GetUsage(r, id)
		return err
	})
	return u, fault.Wrap("usage.Get", err)
}

// Recount counts the records of a bucket, in pages. It equals Get while nothing is written.
func Recount(ctx context.Context, store kv.Store, id ident.Bucket) (meta.Usage, error) {
	const op = "usage.Recount"
	var u meta.Usage
	err := walk(ctx, store, meta.Objects(id, "", ""), func(_, value []byte) error {
		v, err := meta.DecodeVersion("", value)
		if err == nil {
			u.Add(meta.Usage{Objects: 1, Bytes: v.Size, Versions: 1, VersionBytes: v.Size})
		}
		return err
	})
	if err != nil {
		return u, fault.Wrap(op, err)
	}
	err = walk(ctx, store, meta.VersionsFrom(id, ""), func(_, value []byte) error {
		v, err := meta.DecodeVersion("", value)
		switch {
		case err != nil:
			return err
		case v.Marker:
			u.Markers++
		default:
			u.Add(meta.Usage{Versions: 1, VersionBytes: v.Size})
		}
		return nil
	})
	if err != nil {
		return u, fault.Wrap(op, err)
	}
	var open []ident.Upload
	err = walk(ctx, store, meta.Uploads(id), func(key, _ []byte) error {
		_, upload, err := meta.KeyOfUpload(key)
		if err == nil {
			open = append(open, upload)
		}
		return err
	})
	u.Uploads = int64(len(open))
	for _, upload := range open {
		if err != nil {
			break
		}
		err = walk(ctx, store, meta.Parts(upload, 1), func(key, value []byte) error {
			p, err := meta.DecodePart(meta.PartOfKey(key), value)
			if err == nil {
				u.UploadBytes += p.Size
			}
			return err
		})
	}
	return u, fault.Wrap(op, err)
}

// walk calls fn with every row of a range, a page in each View. Key and value are good until fn returns.
func walk(ctx context.Context, store kv.Store, rg kv.Range, fn func(key, value []byte) error) error {
	for more := true; more; {
		var rows [][2][]byte
		err := store.View(ctx, func(r kv.Reader) (err error) {
			rows, more = rows[:0], false
			it := r.Iter(rg)
			defer func() { err = errors.Join(err, it.Close()) }()
			for it.Next() {
				if len(rows) == page {
					more = true
					return nil
				}
				rows = append(rows, [2][]byte{append([]byte(nil), it.Key()...), append([]byte(nil), it.Value()...)})
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := fn(row[0], row[1]); err != nil {
				return err
			}
		}
		if n := len(rows); n > 0 {
			rg.Start = append(rows[n-1][0], 0)
		}
	}
	return nil
}
