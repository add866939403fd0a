package kvtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// HostileStore is an engine that does everything that the contract allows and that engines seldom do, so that callers which lean on more
// are found out: it runs every fn of an Update twice, pages iterators by three keys, lets other writers commit in between, and reports
// ErrUnknown for commits, some of which happened.
type HostileStore struct {
	inner   kv.Store
	unknown atomic.Int64 // report ErrUnknown for one commit in so many; 0: never

	mu      sync.Mutex
	rng     *rand.Rand
	meddler func(kv.Store) // a concurrent writer
	busy    bool
}

// noise is where the wrapper's own writer writes; callers do not see those keys.
var noise = []byte("\xff\xff\xff\xffhostile")

// Hostile wraps an engine. The seed decides what happens when. Keys that begin with the bytes ff ff ff ff "hostile" are its own.
func Hostile(s kv.Store, seed uint64) *HostileStore {
	return &HostileStore{inner: s, rng: rand.New(rand.NewPCG(seed, 0x686f7374696c65))}
}

// Unknown makes Update answer kv.ErrUnknown once in n commits at random, half of them after a real commit and half before it; 0 ends that.
func (h *HostileStore) Unknown(n int) *HostileStore {
	h.unknown.Store(int64(n))
	return h
}

// Meddle sets a writer that runs on the inner engine between the two runs of an fn, now and then, so that fn finds a changed store.
func (h *HostileStore) Meddle(f func(kv.Store)) *HostileStore {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.meddler = f
	return h
}

func (h *HostileStore) chance(n int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return n > 0 && h.rng.IntN(n) == 0
}

// View runs fn once, on paging iterators, while others write.
func (h *HostileStore) View(ctx context.Context, fn func(kv.Reader) error) error {
	return h.inner.View(ctx, func(r kv.Reader) error {
		h.interfere()
		hr := &hostileReader{Reader: r}
		return hr.finish(fn(hr))
	})
}

// interfere commits something else, unless that is under way already.
func (h *HostileStore) interfere() {
	h.mu.Lock()
	f, n := h.meddler, h.rng.IntN(8)
	if h.busy || n > 1 {
		h.mu.Unlock()
		return
	}
	h.busy = true
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		h.busy = false
		h.mu.Unlock()
	}()
	if n == 1 && f != nil {
		f(h.inner)
		return
	}
	// A refusal (closed, full) is for the caller's own call to find.
	_ = h.inner.Update(context.Background(), func(tx kv.Txn) error { return tx.Set(noise, fmt.Append(nil, n)) })
}

var errDiscard = errors.New("kvtest: first run")

// Update runs fn, throws that away, lets others write, and runs it again.
func (h *HostileStore) Update(ctx context.Context, fn func(kv.Txn) error) error {
	return h.update(ctx, fn, h.inner.Update)
}

// Reclaim does the same by the engine's Reclaim.
func (h *HostileStore) Reclaim(ctx context.Context, fn func(kv.Txn) error) error {
	return h.update(ctx, fn, func(ctx context.Context, fn func(kv.Txn) error) error { return kv.Reclaim(ctx, h.inner, fn) })
}

type updater func(ctx context.Context, fn func(kv.Txn) error) error

func (h *HostileStore) update(ctx context.Context, fn func(kv.Txn) error, update updater) error {
	err := update(ctx, func(tx kv.Txn) error {
		t := &hostileTxn{hostileReader: hostileReader{Reader: tx}, Txn: tx, mute: true}
		if err := t.finish(fn(t)); err != nil {
			return err
		}
		return errDiscard
	})
	if !errors.Is(err, errDiscard) && err != nil && ctx.Err() != nil {
		return err
	}
	if errors.Is(err, kv.ErrClosed) {
		return err
	}
	// Also after an error of fn: it may have found out something that is no longer so.
	h.interfere()
	unknown := h.chance(int(h.unknown.Load()))
	if unknown && h.chance(2) {
		return kv.ErrUnknown
	}
	err = update(ctx, func(tx kv.Txn) error {
		t := &hostileTxn{hostileReader: hostileReader{Reader: tx}, Txn: tx, mute: unknown}
		return t.finish(fn(t))
	})
	if err == nil && unknown {
		return kv.ErrUnknown
	}
	return err
}

// DeleteRange passes on, but for the wrapper's own keys.
func (h *HostileStore) DeleteRange(ctx context.Context, start, end []byte) error {
	return h.inner.DeleteRange(ctx, start, end)
}

// Compact passes on where the engine can.
func (h *HostileStore) Compact(ctx context.Context, start, end []byte) error {
	if c, ok := h.inner.(kv.Compacter); ok {
		return c.Compact(ctx, start, end)
	}
	return nil
}

// Close closes the engine.
func (h *HostileStore) Close() error { return h.inner.Close() }

// hostileReader hides the wrapper's own keys and pages.
type hostileReader struct {
	kv.Reader
	open int
}

func (r *hostileReader) finish(err error) error {
	if err == nil && r.open > 0 {
		return kv.ErrIterOpen
	}
	return err
}

// Get returns its value in an array with room behind it that is not the caller's: writing there is a fault of the caller's append.
func (r *hostileReader) Get(key []byte) ([]byte, error) {
	if bytes.HasPrefix(key, noise) {
		return nil, kv.ErrNotFound
	}
	v, err := r.Reader.Get(key)
	return v[:len(v):len(v)], err
}

func (r *hostileReader) Iter(rg kv.Range) kv.Iterator {
	r.open++
	rg.Start, rg.End = bytes.Clone(rg.Start), bytes.Clone(rg.End)
	return &pager{r: r, rg: rg, from: rg.Start}
}

type hostileTxn struct {
	hostileReader
	kv.Txn
	mute bool // hooks of a run that does not count
}

func (t *hostileTxn) Get(key []byte) ([]byte, error) { return t.hostileReader.Get(key) }
func (t *hostileTxn) Iter(rg kv.Range) kv.Iterator   { return t.hostileReader.Iter(rg) }
func (t *hostileTxn) OnCommit(f func()) {
	if !t.mute {
		t.Txn.OnCommit(f)
	}
}

func (t *hostileTxn) Set(key, value []byte) error {
	if t.open > 0 {
		return kv.ErrIterOpen
	}
	return t.Txn.Set(key, value)
}

func (t *hostileTxn) Delete(key []byte) error {
	if t.open > 0 {
		return kv.ErrIterOpen
	}
	return t.Txn.Delete(key)
}

const pageSize = 3

type pair struct{ key, value []byte }

// pager reads a few keys at a time and spoils what it handed out before.
type pager struct {
	r      *hostileReader
	rg     kv.Range
	page   []pair
	at     int // in the page; the next one is at+1
	from   []byte
	begun  bool
	ended  bool
	closed bool
	err    error
}

func (p *pager) Next() bool {
	switch {
	case p.closed || p.err != nil || p.ended:
		return false
	case p.begun && p.at+1 < len(p.page):
		p.spoil()
		p.at++
		return true
	case p.begun:
		p.from = append(bytes.Clone(p.page[p.at].key), 0)
	}
	return p.load()
}

func (p *pager) SeekGE(key []byte) bool {
	if p.closed || p.err != nil {
		return false
	}
	if bytes.Compare(key, p.rg.Start) < 0 {
		key = p.rg.Start
	}
	p.from = bytes.Clone(key)
	return p.load()
}

// spoil overwrites the pair that the caller was given: it is valid until the next call only.
func (p *pager) spoil() {
	if p.at < len(p.page) {
		for _, b := range [][]byte{p.page[p.at].key, p.page[p.at].value} {
			for i := range b {
				b[i] = 0xdb
			}
		}
	}
}

func (p *pager) load() bool {
	if p.begun {
		p.spoil()
	}
	p.page, p.at, p.begun, p.ended = nil, 0, true, false
	rg := p.rg
	rg.Start = p.from
	it := p.r.Reader.Iter(rg)
	for len(p.page) < pageSize && it.Next() {
		if bytes.HasPrefix(it.Key(), noise) {
			continue
		}
		x := pair{key: bytes.Clone(it.Key())}
		if !rg.KeysOnly {
			x.value = append([]byte{}, it.Value()...)
		}
		p.page = append(p.page, x)
	}
	if p.err = it.Close(); p.err != nil {
		p.page = nil
	}
	p.ended = len(p.page) == 0
	return !p.ended
}

func (p *pager) Key() []byte {
	if p.closed || p.at >= len(p.page) {
		return nil
	}
	return p.page[p.at].key
}

func (p *pager) Value() []byte {
	if p.closed || p.at >= len(p.page) {
		return nil
	}
	return p.page[p.at].value
}

func (p *pager) Close() error {
	if !p.closed {
		p.closed = true
		p.r.open--
	}
	return p.err
}
