package kvtest

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// Memory returns an empty engine that lives in memory: ordered, serializable, with snapshot Views. It is the fast engine for the tests of
// the packages above. Nothing survives Close.
func Memory() kv.Store { return NewMemory() }

// NewMemory is Memory.
func NewMemory() kv.Store {
	m := &memory{writer: make(chan struct{}, 1)}
	m.root.Store(&tree{})
	return m
}

// memory keeps every state as an immutable tree, so that a snapshot is a pointer.
type memory struct {
	writer chan struct{} // holds one token while a transaction runs
	root   atomic.Pointer[tree]

	mu     sync.Mutex
	closed bool
	active sync.WaitGroup // added to under mu while not closed
}

// tree is one immutable state of the store.
type tree struct{ top *node }

func (m *memory) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return kv.ErrClosed
	}
	m.active.Add(1)
	return nil
}

func (m *memory) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.active.Done()
	r := &memReader{ctx: ctx, top: m.root.Load().top}
	if err := fn(r); err != nil {
		return err
	}
	if r.open > 0 {
		return kv.ErrIterOpen
	}
	return nil
}

func (m *memory) Update(ctx context.Context, fn func(kv.Txn) error) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.active.Done()
	t, err := m.attempt(ctx, fn)
	if err != nil {
		return err
	}
	for _, f := range t.hooks {
		f()
	}
	return nil
}

func (m *memory) attempt(ctx context.Context, fn func(kv.Txn) error) (*memTxn, error) {
	select {
	case m.writer <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-m.writer }()
	t := &memTxn{memReader: memReader{ctx: ctx, top: m.root.Load().top}}
	if err := fn(t); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if t.open > 0 {
		return nil, kv.ErrIterOpen
	}
	m.root.Store(&tree{top: t.top})
	return t, nil
}

func (m *memory) DeleteRange(ctx context.Context, start, end []byte) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.active.Done()
	select {
	case m.writer <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-m.writer }()
	top := m.root.Load().top
	if end != nil && string(start) >= string(end) {
		return nil
	}
	left, rest := split(top, string(start))
	var right *node
	if end != nil {
		_, right = split(rest, string(end))
	}
	m.root.Store(&tree{top: merge(left, right)})
	return nil
}

func (m *memory) Close() error {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return kv.ErrClosed
	}
	m.closed = true
	m.mu.Unlock()
	m.active.Wait()
	return nil
}

func (m *memory) Stats() kv.Stats { return kv.Stats{Engine: "memory"} }

type memReader struct {
	ctx  context.Context // of the call that made the reader; both end together
	top  *node
	open int
}

func (r *memReader) Get(key []byte) ([]byte, error) {
	if n := lookup(r.top, string(key)); n != nil {
		return append([]byte{}, n.value...), nil
	}
	return nil, kv.ErrNotFound
}

func (r *memReader) Iter(rg kv.Range) kv.Iterator {
	r.open++
	it := &memIter{r: r, start: string(rg.Start), keysOnly: rg.KeysOnly, before: true}
	if rg.End != nil {
		end := string(rg.End)
		it.end = &end
	}
	return it
}

type memTxn struct {
	memReader
	budget kv.Budget
	hooks  []func()
}

func (t *memTxn) Set(key, value []byte) error {
	if t.open > 0 {
		return kv.ErrIterOpen
	}
	if err := t.budget.Set(key, value); err != nil {
		return err
	}
	t.top = put(t.top, string(key), append([]byte{}, value...))
	return nil
}

func (t *memTxn) Delete(key []byte) error {
	if t.open > 0 {
		return kv.ErrIterOpen
	}
	if err := t.budget.Delete(key); err != nil {
		return err
	}
	t.top = drop(t.top, string(key))
	return nil
}

func (t *memTxn) OnCommit(fn func()) { t.hooks = append(t.hooks, fn) }

type memIter struct {
	r        *memReader
	start    string
	end      *string
	keysOnly bool
	before   bool // not moved yet
	cur      *node
	err      error
	closed   bool
}

func (it *memIter) Next() bool {
	switch {
	case it.closed || it.err != nil:
		return false
	case it.before:
		return it.land(ceiling(it.r.top, it.start))
	case it.cur == nil:
		return false
	}
	return it.land(above(it.r.top, it.cur.key))
}

func (it *memIter) SeekGE(key []byte) bool {
	if it.closed || it.err != nil {
		return false
	}
	k := string(key)
	if k < it.start {
		k = it.start
	}
	return it.land(ceiling(it.r.top, k))
}

func (it *memIter) land(n *node) bool {
	it.before = false
	if it.err = it.r.ctx.Err(); it.err != nil {
		n = nil
	}
	if n != nil && it.end != nil && n.key >= *it.end {
		n = nil
	}
	it.cur = n
	return n != nil
}

func (it *memIter) Key() []byte {
	if it.cur == nil {
		return nil
	}
	return []byte(it.cur.key)
}

func (it *memIter) Value() []byte {
	if it.cur == nil || it.keysOnly {
		return nil
	}
	return append([]byte{}, it.cur.value...)
}

func (it *memIter) Close() error {
	if !it.closed {
		it.closed = true
		it.r.open--
		it.cur = nil
	}
	return it.err
}
