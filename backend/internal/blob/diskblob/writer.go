package diskblob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/fault"
)

const (
	maxGrant = 64 << 20 // bytes a writer may write until it looks at the free space again
	minGrant = 1 << 20
	step     = 4 << 20 // bytes between two looks at the context
)

// Create implements blob.Store. Nothing is made on the disk before the first bufferSize bytes, or Commit.
func (s *Store) Create(ctx context.Context, id blob.ID) (blob.Writer, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	return &writer{ctx: ctx, draft: draft{store: s, id: id}}, nil
}

// draft is a blob in the making: a temporary file and the space granted to it.
type draft struct {
	store   *Store
	id      blob.ID
	temp    string
	file    File
	size    int64 // bytes in the file
	granted int64 // bytes it may have until the next look at the free space
}

// open makes the temporary file.
func (d *draft) open() error {
	s := d.store
	for {
		temp := fmt.Sprintf("%s.%x%s", s.path(d.id), s.seq.Add(1), tempExt)
		s.mu.Lock()
		s.live[temp] = struct{}{}
		s.mu.Unlock()
		file, err := s.fs.Create(temp)
		if err == nil {
			d.temp, d.file = temp, file
			return nil
		}
		taken := errors.Is(err, fs.ErrExist) // a leftover of a dead process
		if !taken {
			_ = s.fs.Remove(temp) // made in spite of the error, perhaps
		}
		s.forget(temp)
		if !taken {
			return full(err)
		}
	}
}

func (s *Store) forget(temp string) {
	s.mu.Lock()
	delete(s.live, temp)
	s.mu.Unlock()
}

// grant asks for the space of the next n bytes. Long bodies are granted more at once, never more than they have already written.
func (d *draft) grant(n int64) error {
	if d.size+n <= d.granted {
		return nil
	}
	want := n
	if d.size > 0 {
		want = max(n, min(max(d.size, minGrant), maxGrant))
	}
	d.store.inflight.Add(want)
	d.granted += want
	err := d.store.Admit(0)
	if err != nil && want > n { // little is left: step by step then
		d.store.inflight.Add(n - want)
		d.granted += n - want
		err = d.store.Admit(0)
	}
	return err
}

func (d *draft) wrote(n int64) {
	d.size += n
	d.store.inflight.Add(-n)
}

// release gives back what was granted and not written.
func (d *draft) release() {
	d.store.inflight.Add(d.size - d.granted)
	d.granted = d.size
}

// write appends p, which is at most step bytes.
func (d *draft) write(p []byte) error {
	if err := d.grant(int64(len(p))); err != nil {
		return err
	}
	n, err := d.file.Write(p)
	d.wrote(int64(n))
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return full(err)
}

// discard removes the temporary file. Where even that fails the next Open removes it.
func (d *draft) discard() {
	d.release()
	if d.file != nil {
		_ = d.file.Close()
		_ = d.store.fs.Remove(d.temp)
		d.store.forget(d.temp)
		d.file = nil
	}
}

// publish makes the file durable and gives it the blob's name. It is called inside enter and leave; after an error nothing is left.
func (d *draft) publish() (blob.Info, error) {
	s := d.store
	defer d.discard()
	if err := d.file.Sync(); err != nil {
		if isFull(err) { // the blocks of this file alone were not to be had
			return blob.Info{}, full(err)
		}
		return blob.Info{}, s.poisonWith(err)
	}
	size, modified, err := d.file.Stat()
	if err != nil {
		return blob.Info{}, err
	}
	if size != d.size {
		return blob.Info{}, fmt.Errorf("%w: the file has %d bytes, not the %d written", blob.ErrCorrupt, size, d.size)
	}
	file := d.file
	d.file = nil
	defer s.forget(d.temp)
	final := s.path(d.id)
	if err := file.Close(); err != nil {
		_ = s.fs.Remove(d.temp)
		return blob.Info{}, full(err)
	}
	if err := s.fs.Rename(d.temp, final); err != nil {
		gone := s.fs.Remove(d.temp)
		if errors.Is(err, fs.ErrExist) {
			return blob.Info{}, blob.ErrExists
		}
		if errors.Is(gone, fs.ErrNotExist) { // the rename was done in spite of the error
			_ = s.fs.Remove(final)
		}
		return blob.Info{}, full(err)
	}
	if err := s.dir(d.id).sync(s.fs); err != nil {
		// Refused, so it goes; should a crash bring it back, it is whole, and no record names it.
		_ = s.fs.Remove(final)
		return blob.Info{}, s.poisonWith(err)
	}
	return blob.Info{ID: d.id, Size: size, Created: modified}, nil
}

type writer struct {
	draft
	ctx    context.Context //nolint:containedctx // the writer's life is one request's
	buffer *[]byte         // from the pool, at the first byte
	err    error           // the first failure
	done   bool
}

// begin reports why no more can be written.
func (w *writer) begin() error {
	if w.done {
		return blob.ErrClosed
	}
	if w.err == nil {
		w.err = w.ctx.Err()
	}
	return w.err
}

func (w *writer) take() {
	if w.buffer == nil {
		w.buffer, _ = w.store.buffers.Get().(*[]byte)
	}
}

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	if err := w.begin(); err != nil {
		return 0, err
	}
	w.take()
	done := 0
	for done < len(p) {
		rest := p[done:]
		if len(*w.buffer) == 0 && len(rest) >= bufferSize {
			n := min(len(rest), step)
			if err := w.out(rest[:n]); err != nil {
				return done, err
			}
			done += n
			continue
		}
		n := min(len(rest), bufferSize-len(*w.buffer))
		*w.buffer = append(*w.buffer, rest[:n]...)
		done += n
		if err := w.flushFull(); err != nil {
			return done, err
		}
	}
	return done, nil
}

// ReadFrom implements io.ReaderFrom: io.Copy then reads straight into the buffer.
func (w *writer) ReadFrom(r io.Reader) (total int64, err error) {
	for {
		if err := w.begin(); err != nil {
			return total, err
		}
		w.take()
		have := len(*w.buffer)
		n, err := r.Read((*w.buffer)[have:bufferSize])
		*w.buffer = (*w.buffer)[:have+n]
		total += int64(n)
		if ferr := w.flushFull(); ferr != nil {
			return total, ferr
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

func (w *writer) flushFull() error {
	if len(*w.buffer) < bufferSize {
		return nil
	}
	err := w.out(*w.buffer)
	*w.buffer = (*w.buffer)[:0]
	return err
}

// out writes p, at most step bytes, to the file.
func (w *writer) out(p []byte) error {
	if w.err = w.store.enter(w.ctx); w.err != nil {
		return w.err
	}
	defer w.store.leave()
	if w.file == nil {
		if w.err = w.open(); w.err != nil {
			return w.err
		}
	}
	if w.err = w.write(p); w.err != nil {
		w.discard() // a full disk gets its space back at once
	}
	return w.err
}

// Commit implements blob.Writer.
func (w *writer) Commit() (blob.Info, error) {
	const op = "diskblob.Commit"
	err := w.begin()
	if err == nil && (w.file == nil || len(*w.buffer) > 0) {
		w.take()
		err = w.out(*w.buffer)
	}
	if err == nil {
		err = w.store.enter(w.ctx)
	}
	if err != nil {
		return blob.Info{}, errors.Join(err, w.Abort())
	}
	defer w.store.leave()
	info, err := w.publish()
	if abort := w.Abort(); err == nil {
		err = abort
	}
	return info, fault.Wrap(op, err)
}

// Abort implements blob.Writer.
func (w *writer) Abort() error {
	w.done = true
	w.discard()
	if w.buffer != nil {
		*w.buffer = (*w.buffer)[:0]
		w.store.buffers.Put(w.buffer)
		w.buffer = nil
	}
	return nil
}
