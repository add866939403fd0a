package blobtest

import (
	"bytes"
	"context"
	"io"
	"sort"
	"sync"
	"time"

	"github.com/myfsio/myfsio/backend/internal/blob"
)

// NewMemory returns a store that keeps its blobs in memory: a whole engine, for the tests of upper packages. It implements blob.Cloner and
// blob.Remover. Its blobs were all created at the Unix epoch, so that nothing depends on a clock.
func NewMemory() blob.Store { return &memory{blobs: map[blob.ID][]byte{}} }

type memory struct {
	mu     sync.RWMutex
	blobs  map[blob.ID][]byte // never changed once here
	closed bool
}

var memoryTime = time.Unix(0, 0).UTC()

func (m *memory) Create(ctx context.Context, id blob.ID) (blob.Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, blob.ErrClosed
	}
	return &memoryWriter{ctx: ctx, store: m, id: id}, nil
}

func (m *memory) get(id blob.ID, off, n int64) ([]byte, error) {
	if m.closed {
		return nil, blob.ErrClosed
	}
	data, ok := m.blobs[id]
	if !ok {
		return nil, blob.ErrNotFound
	}
	size := int64(len(data))
	if off < 0 || off > size || n > size-off {
		return nil, blob.ErrRange
	}
	if n < 0 {
		n = size - off
	}
	return data[off : off+n], nil
}

func (m *memory) Open(ctx context.Context, id blob.ID, off, n int64) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	data, err := m.get(id, off, n)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (m *memory) Delete(ctx context.Context, id blob.ID) error {
	return m.DeleteAll(ctx, []blob.ID{id})
}

func (m *memory) DeleteAll(ctx context.Context, ids []blob.ID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return blob.ErrClosed
	}
	for _, id := range ids {
		delete(m.blobs, id)
	}
	return nil
}

func (m *memory) List(ctx context.Context, after blob.ID, fn func(blob.Info) error) error {
	m.mu.RLock()
	if m.closed {
		m.mu.RUnlock()
		return blob.ErrClosed
	}
	infos := make([]blob.Info, 0, len(m.blobs))
	for id, data := range m.blobs {
		if bytes.Compare(id[:], after[:]) > 0 {
			infos = append(infos, blob.Info{ID: id, Size: int64(len(data)), Created: memoryTime})
		}
	}
	m.mu.RUnlock()
	sort.Slice(infos, func(i, j int) bool { return bytes.Compare(infos[i].ID[:], infos[j].ID[:]) < 0 })
	for _, info := range infos {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(info); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Clone(ctx context.Context, dst blob.ID, from []blob.Segment) (blob.Info, error) {
	if err := ctx.Err(); err != nil {
		return blob.Info{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []byte
	for _, seg := range from {
		data, err := m.get(seg.ID, seg.Off, seg.N)
		if err != nil {
			return blob.Info{}, err
		}
		all = append(all, data...)
	}
	return m.put(dst, all)
}

// put is called with the mutex held.
func (m *memory) put(id blob.ID, data []byte) (blob.Info, error) {
	if m.closed {
		return blob.Info{}, blob.ErrClosed
	}
	if _, ok := m.blobs[id]; ok {
		return blob.Info{}, blob.ErrExists
	}
	m.blobs[id] = data
	return blob.Info{ID: id, Size: int64(len(data)), Created: memoryTime}, nil
}

func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

type memoryWriter struct {
	ctx   context.Context //nolint:containedctx // the writer's life is one request's
	store *memory
	id    blob.ID
	data  []byte
	done  bool
}

func (w *memoryWriter) Write(p []byte) (int, error) {
	if w.done {
		return 0, blob.ErrClosed
	}
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	w.data = append(w.data, p...)
	return len(p), nil
}

func (w *memoryWriter) Commit() (blob.Info, error) {
	if w.done {
		return blob.Info{}, blob.ErrClosed
	}
	w.done = true
	if err := w.ctx.Err(); err != nil {
		return blob.Info{}, err
	}
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	return w.store.put(w.id, w.data)
}

func (w *memoryWriter) Abort() error {
	w.done, w.data = true, nil
	return nil
}
