package object

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// content opens what was found. The read ends with the content's Close, or here when no blob is needed. After an error it is the caller's.
func (s *Service) content(ctx context.Context, f *found, read uint64) (Content, error) {
	v := f.Version
	switch {
	case v.Inline || f.Length == 0:
		if int64(len(f.value)) < f.Offset+f.Length {
			return nil, fmt.Errorf("%w: %d inline bytes instead of %d", meta.ErrCorrupt, len(f.value), v.Size)
		}
		s.reads.end(read)
		c := &inlineContent{}
		if f.Length > 0 {
			c.Reset(f.value[f.Offset : f.Offset+f.Length])
		}
		return c, nil
	case v.Segmented():
		c := &segments{ctx: ctx, service: s, upload: v.Upload, parts: f.manifest.Parts, skip: f.Offset, left: f.Length}
		c.done = func() { s.reads.end(read) }
		if err := c.next(); err != nil { // told now rather than after the answer has begun
			return nil, err
		}
		return c, nil
	}
	r, err := s.blobs.Open(ctx, v.Blob, f.Offset, f.Length)
	if err != nil {
		return nil, fmt.Errorf("blob %s: %w", v.Blob, err)
	}
	return &blobContent{ReadCloser: r, left: f.Length, done: func() { s.reads.end(read) }}, nil
}

// inlineContent is bytes that came with the record.
type inlineContent struct{ bytes.Reader }

func (*inlineContent) Close() error { return nil }

// blobContent is a range of one blob.
type blobContent struct {
	io.ReadCloser
	left int64
	done func()
	once sync.Once
}

// Read implements io.Reader; an end before the range's is io.ErrUnexpectedEOF.
func (c *blobContent) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.left -= int64(n)
	if err == io.EOF && c.left > 0 { //nolint:errorlint // the reader's plain end
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// WriteTo implements io.WriterTo. A plain file is handed to w as *io.LimitedReader over *os.File, which is what net takes for sendfile.
func (c *blobContent) WriteTo(w io.Writer) (int64, error) {
	n, err := send(w, c.ReadCloser, c.left)
	c.left -= n
	return n, err
}

// send copies n bytes of r to w.
func send(w io.Writer, r io.Reader, n int64) (int64, error) {
	if f, ok := r.(blob.Filer); ok {
		r, _, _ = f.File() // positioned where r begins
	}
	sent, err := io.Copy(w, &io.LimitedReader{R: r, N: n})
	if err == nil && sent < n {
		err = io.ErrUnexpectedEOF
	}
	return sent, err
}

// Close implements io.Closer. It may be called again.
func (c *blobContent) Close() (err error) {
	c.once.Do(func() {
		err = c.ReadCloser.Close()
		c.done()
	})
	return err
}

// segments is a range of the parts of an upload. One part is open at a time, and only its own row is read.
type segments struct {
	ctx     context.Context //nolint:containedctx // a content lives as long as one request
	service *Service
	upload  ident.Upload
	parts   []meta.PartSize // those that were not opened yet
	skip    int64           // bytes to leave out before the next part's
	left    int64           // bytes still to come

	cur     io.ReadCloser // nil before next
	curLeft int64
	done    func()
	once    sync.Once
}

// next opens the part that the content goes on with.
func (c *segments) next() error {
	if c.cur != nil {
		if err := c.cur.Close(); err != nil {
			return err
		}
		c.cur = nil
	}
	for len(c.parts) > 0 && c.skip >= c.parts[0].Size {
		c.skip -= c.parts[0].Size
		c.parts = c.parts[1:]
	}
	if len(c.parts) == 0 {
		return fmt.Errorf("%w: manifest of upload %s is too short", meta.ErrCorrupt, c.upload)
	}
	p := c.parts[0]
	c.parts = c.parts[1:]
	n := min(p.Size-c.skip, c.left)
	var row *meta.Part
	var value []byte
	err := c.service.kv.View(c.ctx, func(r kv.Reader) (err error) {
		if row, err = part(r, c.upload, p.Number); err == nil && row.Inline {
			value, err = r.Get(meta.InlineKey(row.Blob))
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("part %d of upload %s: %w", p.Number, c.upload, err)
	case row.Size != p.Size, row.Inline && int64(len(value)) != p.Size:
		return fmt.Errorf("%w: part %d of upload %s is not of its size", meta.ErrCorrupt, p.Number, c.upload)
	case row.Inline:
		c.cur = io.NopCloser(bytes.NewReader(value[c.skip : c.skip+n]))
	default:
		if c.cur, err = c.service.blobs.Open(c.ctx, row.Blob, c.skip, n); err != nil {
			return fmt.Errorf("part %d of upload %s: %w", p.Number, c.upload, err)
		}
	}
	c.skip, c.curLeft = 0, n
	return nil
}

// Read implements io.Reader.
func (c *segments) Read(p []byte) (int, error) {
	const op = "object.read"
	if c.left == 0 {
		return 0, io.EOF
	}
	if c.curLeft == 0 {
		if err := c.next(); err != nil {
			return 0, failure(op, err)
		}
	}
	n, err := c.cur.Read(p[:min(int64(len(p)), c.curLeft)])
	c.curLeft -= int64(n)
	c.left -= int64(n)
	if err == io.EOF { //nolint:errorlint // the reader's plain end
		if err = nil; n == 0 && len(p) > 0 {
			err = io.ErrUnexpectedEOF
		}
	}
	return n, err
}

// WriteTo implements io.WriterTo, with sendfile for each part in turn.
func (c *segments) WriteTo(w io.Writer) (total int64, err error) {
	const op = "object.read"
	for c.left > 0 {
		if c.curLeft == 0 {
			if err := c.next(); err != nil {
				return total, failure(op, err)
			}
		}
		n, err := send(w, c.cur, c.curLeft)
		c.curLeft -= n
		c.left -= n
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// Close implements io.Closer. It may be called again.
func (c *segments) Close() (err error) {
	c.once.Do(func() {
		if c.cur != nil {
			err = c.cur.Close()
		}
		c.done()
	})
	return err
}
