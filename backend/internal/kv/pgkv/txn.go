package pgkv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// session is one transaction on one connection. BEGIN travels with the first statement.
type session struct {
	ctx    context.Context // of the call that made the session; both end together
	conn   *pgx.Conn
	begin  string
	begun  bool
	ended  bool
	failed error // the first error; PostgreSQL refuses everything after it
}

// rows runs a query and hands each row to scan.
func (x *session) rows(scan func(pgx.Rows) error, sql string, args ...any) error {
	if x.failed != nil {
		return x.failed
	}
	x.failed = x.query(scan, sql, args)
	return x.failed
}

func (x *session) query(scan func(pgx.Rows) error, sql string, args []any) (err error) {
	if x.begun {
		rows, err := x.conn.Query(x.ctx, sql, args...)
		if err != nil {
			return err
		}
		return drain(rows, scan)
	}
	b := &pgx.Batch{}
	b.Queue(x.begin)
	b.Queue(sql, args...)
	x.begun = true
	res := x.conn.SendBatch(x.ctx, b)
	defer func() {
		if cerr := res.Close(); err == nil {
			err = cerr
		}
	}()
	if _, err := res.Exec(); err != nil {
		return err
	}
	rows, err := res.Query()
	if err != nil {
		return err
	}
	return drain(rows, scan)
}

func drain(rows pgx.Rows, scan func(pgx.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// end ends a transaction that was not committed. A connection on which that fails is thrown away by the pool.
func (x *session) end(sql string) {
	if !x.begun || x.ended || x.conn.IsClosed() {
		return
	}
	x.ended = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.ctx), commitTimeout)
	defer cancel()
	if _, err := x.conn.Exec(ctx, sql); err != nil {
		_ = x.conn.Close(ctx)
	}
}

// Point reads: by the hash index where the read is locked, by the primary key in a View, which locks nothing.
const (
	pointTxn  = `select v from myfsio_kv where k||''::bytea = $1`
	pointView = `select v from myfsio_kv where k = $1`
)

type reader struct {
	*session
	point string
	open  []*iterator
}

func (r *reader) Get(key []byte) ([]byte, error) {
	var value []byte
	found := false
	err := r.rows(func(row pgx.Rows) error {
		found = true
		return row.Scan(&value)
	}, r.point, notNil(key))
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, kv.ErrNotFound
	}
	return value, nil
}

func notNil(p []byte) []byte {
	if p == nil {
		return []byte{}
	}
	return p
}

func (r *reader) Iter(rg kv.Range) kv.Iterator { return r.iter(rg, nil) }

func (r *reader) iter(rg kv.Range, writes map[string]write) *iterator {
	it := &iterator{
		r:      r,
		rg:     kv.Range{Start: append([]byte{}, rg.Start...), End: bytes.Clone(rg.End), KeysOnly: rg.KeysOnly},
		writes: writes,
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

// write is a buffered Set or Delete.
type write struct {
	value   []byte
	deleted bool
}

type txn struct {
	reader
	budget   kv.Budget
	readOnly bool
	writes   map[string]write
	hooks    []func()
}

func newTxn(x *session, readOnly bool) *txn {
	return &txn{reader: reader{session: x, point: pointTxn}, readOnly: readOnly, writes: map[string]write{}}
}

func (t *txn) Get(key []byte) ([]byte, error) {
	if w, ok := t.writes[string(key)]; ok {
		if w.deleted {
			return nil, kv.ErrNotFound
		}
		return append([]byte{}, w.value...), nil
	}
	return t.reader.Get(key)
}

func (t *txn) Iter(rg kv.Range) kv.Iterator {
	return t.iter(rg, t.writes)
}

func (t *txn) Set(key, value []byte) error {
	if err := t.writable(); err != nil {
		return err
	}
	if err := t.budget.Set(key, value); err != nil {
		return err
	}
	t.writes[string(key)] = write{value: append([]byte{}, value...)}
	return nil
}

func (t *txn) Delete(key []byte) error {
	if err := t.writable(); err != nil {
		return err
	}
	if err := t.budget.Delete(key); err != nil {
		return err
	}
	t.writes[string(key)] = write{deleted: true}
	return nil
}

func (t *txn) writable() error {
	switch {
	case len(t.open) > 0:
		return kv.ErrIterOpen
	case t.readOnly:
		return kv.ErrReadOnly
	}
	return nil
}

func (t *txn) OnCommit(fn func()) { t.hooks = append(t.hooks, fn) }

// commit sends the buffered writes, the transaction id and COMMIT in one message; without id only COMMIT. Its caller may have gone
// meanwhile: what was sent is seen through.
func (t *txn) commit(id []byte) (err error) {
	if !t.begun && id == nil {
		return nil // nothing was read
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), commitTimeout)
	defer cancel()
	b := &pgx.Batch{}
	if !t.begun {
		b.Queue(t.begin)
	}
	if id != nil {
		t.queue(b)
		b.Queue(`insert into myfsio_txn (id) values ($1)`, id)
	}
	b.Queue(`commit`)
	t.begun = true
	res := t.conn.SendBatch(ctx, b)
	defer func() {
		if cerr := res.Close(); err == nil {
			err = cerr
		}
		t.ended = err == nil
	}()
	var tag pgconn.CommandTag
	for range b.Len() {
		if tag, err = res.Exec(); err != nil {
			return err
		}
	}
	if tag.String() != "COMMIT" { // a transaction that failed before answers ROLLBACK
		return errors.New("pgkv: the transaction was rolled back")
	}
	return nil
}

// queue adds the writes in the order of their keys, so that transactions do not lock each other crosswise.
func (t *txn) queue(b *pgx.Batch) {
	var sets, values, deletes [][]byte
	for _, k := range slices.Sorted(maps.Keys(t.writes)) {
		if w := t.writes[k]; w.deleted {
			deletes = append(deletes, []byte(k))
		} else {
			sets, values = append(sets, []byte(k)), append(values, w.value)
		}
	}
	if len(deletes) > 0 {
		b.Queue(`delete from myfsio_kv using unnest($1::bytea[]) d(k) where myfsio_kv.k||''::bytea = d.k`, deletes)
	}
	if len(sets) > 0 {
		b.Queue(`insert into myfsio_kv (k, v) select * from unnest($1::bytea[], $2::bytea[]) on conflict (k) do update set v = excluded.v`, sets, values)
	}
}

// lost reports whether a failed commit may have happened all the same: the database did not say that it refused it.
func (t *txn) lost(err error) bool {
	var pg *pgconn.PgError
	return t.conn.IsClosed() || !errors.As(err, &pg)
}

// Rows of a page: few at first, since many a walk wants only one.
const (
	firstPage = 32
	fullPage  = 256
	keysPage  = 1024
)

type pair struct{ key, value []byte }

// iterator merges pages of the table with the writes of its own transaction.
type iterator struct {
	r      *reader
	rg     kv.Range
	keys   []string // of writes, sorted
	writes map[string]write

	begun  bool
	page   []pair
	size   int
	whole  bool   // nothing behind the page
	next   []byte // where the page after this one begins
	cur    *pair
	ended  bool
	closed bool
	err    error
}

func (it *iterator) Next() bool {
	if it.closed || it.err != nil || it.ended {
		return false
	}
	if !it.begun {
		it.seek(it.rg.Start)
	}
	return it.step()
}

func (it *iterator) SeekGE(key []byte) bool {
	if it.closed || it.err != nil {
		return false
	}
	if bytes.Compare(key, it.rg.Start) < 0 {
		key = it.rg.Start
	}
	it.seek(bytes.Clone(key))
	return it.step()
}

func (it *iterator) seek(key []byte) {
	it.begun, it.ended, it.whole = true, false, false
	it.page, it.next = nil, notNil(key)
	it.size = firstPage
	if it.rg.KeysOnly {
		it.size = keysPage
	}
	if it.writes != nil {
		it.keys = slices.Sorted(maps.Keys(it.writes))
		at, _ := slices.BinarySearch(it.keys, string(key))
		it.keys = it.keys[at:]
	}
}

// step moves to the next key of page and writes; a write goes before what the table holds.
func (it *iterator) step() bool {
	for len(it.page) > 0 || it.whole || it.load() {
		own := len(it.keys) > 0 && (it.rg.End == nil || it.keys[0] < string(it.rg.End))
		switch {
		case own && (len(it.page) == 0 || it.keys[0] <= string(it.page[0].key)):
			k := it.keys[0]
			it.keys = it.keys[1:]
			if len(it.page) > 0 && k == string(it.page[0].key) {
				it.page = it.page[1:]
			}
			w := it.writes[k]
			if w.deleted {
				continue
			}
			it.cur = &pair{[]byte(k), append([]byte{}, w.value...)}
			return true
		case len(it.page) > 0:
			it.cur = &it.page[0]
			it.page = it.page[1:]
			return true
		}
		break
	}
	it.cur, it.ended = nil, true
	return false
}

// load reads the next page; false after an error.
func (it *iterator) load() bool {
	what := "k, v"
	if it.rg.KeysOnly {
		what = "k, null::bytea"
	}
	sql := fmt.Sprintf(`select %s from myfsio_kv where k >= $1 and k < $2 order by k limit %d`, what, it.size)
	args := []any{it.next, it.rg.End}
	if it.rg.End == nil {
		sql = fmt.Sprintf(`select %s from myfsio_kv where k >= $1 order by k limit %d`, what, it.size)
		args = args[:1]
	}
	it.err = it.r.rows(func(row pgx.Rows) error {
		var p pair
		if err := row.Scan(&p.key, &p.value); err != nil {
			return err
		}
		it.page = append(it.page, p)
		return nil
	}, sql, args...)
	if it.err != nil {
		return false
	}
	it.whole = len(it.page) < it.size
	if n := len(it.page); n > 0 {
		it.next = append(bytes.Clone(it.page[n-1].key), 0)
	}
	it.size = max(it.size, fullPage)
	return true
}

func (it *iterator) Key() []byte {
	if it.cur == nil || it.closed {
		return nil
	}
	return it.cur.key
}

func (it *iterator) Value() []byte {
	if it.cur == nil || it.closed || it.rg.KeysOnly {
		return nil
	}
	return notNil(it.cur.value)
}

func (it *iterator) Close() error {
	if !it.closed {
		it.closed = true
		it.r.open = slices.DeleteFunc(it.r.open, func(o *iterator) bool { return o == it })
	}
	return it.err
}
