package audit

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Rows in the metadata store: x/audit/first is where the log begins, x/audit/at/<number> the hash of a line. There is one of these for the
// last line, for the last line of each file, and for those that Open found another hash at.

const rowFormat = 1

var errRow = errors.New("audit: a row of the metadata store cannot be read")

func firstKey() []byte { return meta.SystemKey("audit/first") }

func anchorKey(n uint64) []byte { return meta.SystemKey(fmt.Sprintf("audit/at/%016x", n)) }

func anchorRange() kv.Range { return kv.Prefix(meta.SystemKey("audit/at/")) }

// row is a number and a hash: of the line before the first one, or of the line that the key names.
func row(n uint64, hash sum) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{rowFormat}, n), hash[:]...)
}

func parseRow(raw []byte) (n uint64, hash sum, err error) {
	if len(raw) != 9+len(hash) || raw[0] != rowFormat {
		return 0, hash, errRow
	}
	return binary.BigEndian.Uint64(raw[1:9]), sum(raw[9:]), nil
}

// anchors is what the metadata store knows of the log.
type anchors struct {
	known bool   // there was a log before
	first uint64 // number of the first line, 1 unless files were removed for their age
	prev  sum    // hash of the line before it
	at    map[uint64]sum
	last  uint64 // the highest number in at, 0 for none
}

func readAnchors(ctx context.Context, store kv.Store) (a anchors, err error) {
	err = store.View(ctx, func(r kv.Reader) (err error) {
		a = anchors{first: 1, at: map[uint64]sum{}}
		raw, err := r.Get(firstKey())
		switch {
		case err == nil:
			a.known = true
			if a.first, a.prev, err = parseRow(raw); err != nil {
				return err
			}
		case !errors.Is(err, kv.ErrNotFound):
			return err
		}
		it := r.Iter(anchorRange())
		defer func() { err = errors.Join(err, it.Close()) }()
		for it.Next() {
			n, hash, err := parseRow(it.Value())
			if err != nil {
				return err
			}
			a.at[n], a.last = hash, max(a.last, n)
		}
		return nil
	})
	return a, fault.Wrap("audit.readAnchors", err)
}

// anchor keeps the hash of the last line in the metadata store, unless it did so a moment ago and nothing presses. keep tells that the row
// stays when a later line gets one.
func (l *Log) anchor(press, keep bool) {
	if !press && (time.Since(l.paced) < l.Pace || l.at.n == l.anchored) || l.at.n == 0 || l.sync() != nil {
		return
	}
	at, was, drop := l.at, l.anchored, !l.kept && l.anchored != l.at.n
	ctx, cancel := bounded()
	defer cancel()
	err := l.KV.Update(ctx, func(tx kv.Txn) error {
		if drop && was > 0 {
			if err := tx.Delete(anchorKey(was)); err != nil {
				return err
			}
		}
		return tx.Set(anchorKey(at.n), row(at.n, at.hash))
	})
	l.paced = time.Now()
	if err != nil {
		l.Logger.Warn("the end of the audit log could not be anchored; it is tried again", "error", err)
		return
	}
	l.kept = keep || l.kept && was == at.n
	l.anchored = at.n
}

// expire removes files that are too old or too much. The metadata store is told first where the log begins then.
func (l *Log) expire() {
	l.looked = time.Now()
	list, err := segments(l.Path)
	if err != nil || !l.keep.TryLock() { // somebody reads: next time
		return
	}
	defer l.keep.Unlock()
	n, err := l.surplus(list)
	if err == nil && n > 0 {
		err = l.forget(list[n-1], list[n])
	}
	for i := 0; i < n && err == nil; i++ {
		err = os.Remove(filepath.Join(l.Path, list[i].name()))
	}
	if err == nil && n > 0 {
		err = syncDir(l.Path)
	}
	if err != nil {
		l.Logger.Warn("old files of the audit log could not be removed; it is tried again", "error", err)
	}
}

const maxExpire = 256 // files at a time

// surplus counts the files that are to go. The last one stays.
func (l *Log) surplus(list []segment) (n int, err error) {
	total := int64(0)
	sizes := make([]int64, len(list))
	for i, s := range list {
		info, err := os.Stat(filepath.Join(l.Path, s.name()))
		if err != nil {
			return 0, err
		}
		sizes[i] = info.Size()
		total += sizes[i]
	}
	oldest := ""
	if l.Keep > 0 {
		oldest = l.Clock.Now().Add(-l.Keep).UTC().Format(dayFormat)
	}
	for n < len(list)-1 && n < maxExpire {
		// No line of a file is of a later day than the first line of the next one.
		if list[n+1].day >= oldest && (l.KeepBytes == 0 || total <= l.KeepBytes) {
			break
		}
		total -= sizes[n]
		n++
	}
	return n, nil
}

// forget makes a file the first one, which follows the last of those that go.
func (l *Log) forget(gone, s segment) error {
	end, err := scan(filepath.Join(l.Path, gone.name()), 0)
	if err != nil {
		return err
	}
	ctx, cancel := bounded()
	defer cancel()
	return l.KV.Update(ctx, func(tx kv.Txn) (err error) {
		rng := anchorRange()
		rng.End, rng.KeysOnly = anchorKey(s.first), true
		var old [][]byte
		it := tx.Iter(rng)
		for it.Next() && len(old) < 2*maxExpire {
			old = append(old, append([]byte(nil), it.Key()...))
		}
		if err := it.Close(); err != nil {
			return err
		}
		for _, k := range old {
			if err := tx.Delete(k); err != nil {
				return err
			}
		}
		return tx.Set(firstKey(), row(s.first, end.hash))
	})
}
