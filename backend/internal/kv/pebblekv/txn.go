package pebblekv

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// reader reads a published snapshot, or the indexed batch of a running transaction.
type reader struct {
	ctx  context.Context // of the call that made the reader; both end together
	from pebble.Reader
	open []*iterator
}

func (r *reader) Get(key []byte) ([]byte, error) {
	value, closer, err := r.from.Get(key)
	if err != nil {
		if errors.Is(err, pebble.ErrNotFound) {
			return nil, kv.ErrNotFound
		}
		return nil, err
	}
	return append([]byte{}, value...), closer.Close()
}

func (r *reader) Iter(rg kv.Range) kv.Iterator {
	// One allocation holds both bounds: the caller may change its slices while the iterator lives.
	bounds := make([]byte, 0, len(rg.Start)+len(rg.End))
	bounds = append(append(bounds, rg.Start...), rg.End...)
	it := &iterator{r: r, keysOnly: rg.KeysOnly}
	var opts pebble.IterOptions
	if len(rg.Start) > 0 {
		opts.LowerBound = bounds[:len(rg.Start):len(rg.Start)]
	}
	if rg.End != nil {
		opts.UpperBound = bounds[len(rg.Start):]
		it.done = bytes.Compare(rg.Start, rg.End) >= 0 // the library takes an empty bound for none, and must not get them crossed
	}
	if !it.done {
		it.in, it.err = r.from.NewIter(&opts)
	}
	r.open = append(r.open, it)
	return it
}

// finish closes what fn left open; err is what fn returned.
func (r *reader) finish(err error) error {
	for len(r.open) > 0 {
		cerr := r.open[len(r.open)-1].Close()
		if cerr == nil {
			cerr = kv.ErrIterOpen
		}
		if err == nil {
			err = cerr
		}
	}
	return err
}

// checkEvery is how many keys an iterator passes between two looks at the context.
const checkEvery = 64

type iterator struct {
	r        *reader
	in       *pebble.Iterator
	keysOnly bool
	started  bool
	done     bool
	closed   bool
	steps    int
	err      error
}

func (it *iterator) Next() bool {
	if !it.ready() {
		return false
	}
	if !it.started {
		it.started = true
		return it.at(it.in.First())
	}
	if it.done {
		return false
	}
	return it.at(it.in.Next())
}

func (it *iterator) SeekGE(key []byte) bool {
	if !it.ready() {
		return false
	}
	it.started = true
	if len(key) == 0 { // the library wants a key
		return it.at(it.in.First())
	}
	return it.at(it.in.SeekGE(key))
}

// ready reports whether the iterator can move at all.
func (it *iterator) ready() bool {
	if it.closed || it.err != nil || it.in == nil {
		return false
	}
	if it.steps%checkEvery == 0 {
		it.err = it.r.ctx.Err()
	}
	it.steps++
	return it.err == nil
}

func (it *iterator) at(ok bool) bool {
	it.done = !ok
	return ok
}

func (it *iterator) Key() []byte {
	if it.in == nil || it.done || it.err != nil || !it.started {
		return nil
	}
	return it.in.Key()
}

func (it *iterator) Value() []byte {
	if it.keysOnly || it.in == nil || it.done || it.err != nil || !it.started {
		return nil
	}
	value, err := it.in.ValueAndErr()
	if err != nil {
		it.err = err
		return nil
	}
	return value
}

func (it *iterator) Close() error {
	if it.closed {
		return it.err
	}
	it.closed = true
	for i, o := range it.r.open {
		if o == it {
			it.r.open = append(it.r.open[:i], it.r.open[i+1:]...)
			break
		}
	}
	if it.in != nil {
		if err := it.in.Close(); it.err == nil {
			it.err = err
		}
		it.in = nil
	}
	return it.err
}

// txn is a running transaction: an indexed batch over the live database, which nobody else changes meanwhile.
type txn struct {
	reader
	batch   *pebble.Batch
	sweeper *sweeper
	hot     *hotRows
	written []hotRow // rows that were remembered and that this transaction sets
	budget  kv.Budget
	refuse  error // what Set answers: nil, kv.ErrFull or kv.ErrReadOnly
	hooks   []func()
	touched kinds
}

// Get reads what is committed and what this transaction wrote. Only before its first write it is certain that a row is committed.
func (t *txn) Get(key []byte) ([]byte, error) {
	if value, ok := t.hot.get(key); ok {
		return value, nil
	}
	value, err := t.reader.Get(key)
	if err == nil && t.batch.Empty() {
		t.hot.keep(key, value)
	}
	return value, err
}

func (t *txn) Set(key, value []byte) error {
	switch {
	case len(t.open) > 0:
		return kv.ErrIterOpen
	case t.refuse != nil:
		return t.refuse
	}
	if err := t.budget.Set(key, value); err != nil {
		return err
	}
	t.sweeper.set(key)
	if t.unsettle(key) {
		t.written = append(t.written, hotRow{bytes.Clone(key), bytes.Clone(value)})
	}
	t.touched.add(key)
	return t.batch.Set(key, value, nil)
}

func (t *txn) Delete(key []byte) error {
	switch {
	case len(t.open) > 0:
		return kv.ErrIterOpen
	case errors.Is(t.refuse, kv.ErrReadOnly):
		return t.refuse
	}
	if err := t.budget.Delete(key); err != nil {
		return err
	}
	t.sweeper.deleted(key)
	t.unsettle(key)
	t.touched.add(key)
	return t.batch.Delete(key, nil)
}

// unsettle forgets what is remembered of a row that this transaction changes, and reports whether it was remembered.
func (t *txn) unsettle(key []byte) bool {
	held := t.hot.drop(key)
	for i := range t.written {
		if bytes.Equal(t.written[i].key, key) {
			t.written = slices.Delete(t.written, i, i+1)
			return true
		}
	}
	return held
}

func (t *txn) OnCommit(fn func()) { t.hooks = append(t.hooks, fn) }
