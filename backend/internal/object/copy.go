package object

import (
	"context"
	"errors"
	"io"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// maxCopy is the largest source of one copy, in bytes, as in S3.
const maxCopy = 5 << 30

func tooLarge(op string) error {
	return fault.New(op, fault.InvalidRequest, "The specified copy source is larger than the maximum allowable size for a copy source: "+itoa(maxCopy))
}

// Copy makes a version of another one. Faults: those of Get for the source, with PreconditionFailed for each of its conditions and
// InvalidRequest for a delete marker or more than 5 GiB, and those of Put.
//
// No byte passes through the process: an inline value goes from row to row, blobs are cloned. MD5 and checksum stay those of the source, as
// the bytes do. A source that was uploaded in parts becomes one blob and keeps its entity tag and checksum, "-N" included, where AWS would
// read the bytes to compute new ones; it has no parts any more. The bytes are read, and their MD5 taken, only where another checksum
// algorithm is asked for or the blob engine cannot clone.
//
// kill -9: until the transaction is durable there is an orphan blob of this epoch at most, which the sweep after the next start deletes.
func (s *Service) Copy(ctx context.Context, in CopyInput) (Written, error) {
	const op = "object.Copy"
	w, err := s.copy(ctx, in)
	return w, failure(op, err)
}

func (s *Service) copy(ctx context.Context, in CopyInput) (Written, error) {
	const op = "object.Copy"
	if err := s.refuse(ctx, in.Target, in.Key, 0, MaxObject, in.If); err != nil {
		return Written{}, err
	}
	if err := s.refuseLock(in.Target, in.Lock); err != nil {
		return Written{}, err
	}
	in.Source.Span, in.Source.PartNumber = nil, 0
	src, done, err := s.source(ctx, in.Source)
	if err != nil {
		return Written{}, err
	}
	defer done()
	v := src.Version
	if v.Size > maxCopy {
		return Written{}, tooLarge(op)
	}
	c := &change{action: actPut, key: in.Key, cond: in.If, lock: in.Lock, value: src.value, next: &meta.Version{
		Key: in.Key, Owner: in.Caller.Account, Size: v.Size, MD5: v.MD5, Parts: v.Parts, Checksum: v.Checksum,
		Headers: v.Headers, Class: in.Class, Tags: v.Tags, ACL: in.ACL, Redirect: in.Redirect, Inline: v.Inline,
	}}
	if in.ReplaceHeaders {
		c.next.Headers = in.Headers
	}
	if in.ReplaceTags {
		c.next.Tags = in.Tags
	}
	algorithm := in.Algorithm
	if algorithm == checksum.None {
		algorithm = kept(v.Checksum.Algorithm)
	}
	read := algorithm != v.Checksum.Algorithm
	if v.Inline {
		c.next.Blob = s.idents.Blob(s.epoch)
		if read {
			h := checksum.New(algorithm, false)
			_, _ = h.Write(src.value) // never fails
			digested(c.next, h.Sum(), algorithm)
			h.Close()
		}
		return s.written(ctx, in.Target, c)
	}
	cloned := false
	if c.next.Blob, err = s.clone(ctx, src); err == nil {
		cloned = true
	} else if !errors.Is(err, blob.ErrUnsupported) {
		return Written{}, err
	}
	if read || !cloned {
		var sums checksum.Sums
		id, err := s.digest(ctx, src, algorithm, !cloned, &sums)
		if err != nil {
			if cloned {
				s.settle(ctx, c.next.Blob, refusal{err})
			}
			return Written{}, err
		}
		if !cloned {
			c.next.Blob = id
		}
		c.next.Parts = 0
		digested(c.next, sums, algorithm)
	}
	w, err := s.written(ctx, in.Target, c)
	s.settle(ctx, c.next.Blob, err)
	return w, err
}

// source looks a copy's source up and keeps its blobs from being collected until done is called.
func (s *Service) source(ctx context.Context, in GetInput) (f *found, done func(), err error) {
	const op = "object.source"
	in.HeadOnly = false
	read := s.reads.begin()
	f, err = s.find(ctx, in)
	if err == nil {
		return f, func() { s.reads.end(read) }, nil
	}
	s.reads.end(read)
	switch fault.KindOf(err) {
	case fault.NotModified:
		err = &fault.Error{Kind: fault.PreconditionFailed, Op: op, Detail: fault.DetailOf(err)}
	case fault.DeleteMarker:
		err = fault.New(op, fault.InvalidRequest, "The source of a copy request may not specifically refer to a delete marker by version id.")
	}
	return nil, nil, err
}

// Inside refuses a span that does not lie wholly in a copy's source of a size, as S3 does: one that begins behind its end is an
// InvalidRequest, one that ends there an InvalidArgument. No span is the whole.
func (s *Span) Inside(size int64) error {
	const op = "object.Inside"
	switch {
	case s == nil:
		return nil
	case s.First >= size:
		return fault.New(op, fault.InvalidRequest, "The specified copy range is invalid for the source object size")
	case s.First < 0 || s.Last < s.First || s.Last >= size:
		return fault.New(op, fault.InvalidArgument, "Range specified is not valid for source object of size: "+itoa(size)).
			With("ArgumentName", "x-amz-copy-source-range").With("ArgumentValue", s.String())
	}
	return nil
}

// clone makes a new blob of the bytes of f without touching them; it is in limbo until settle. blob.ErrUnsupported if it cannot.
func (s *Service) clone(ctx context.Context, f *found) (id ident.Blob, err error) {
	cloner, ok := s.blobs.(blob.Cloner)
	if !ok || f.Version.Inline {
		return id, blob.ErrUnsupported
	}
	from, err := s.pieces(ctx, f)
	if err != nil {
		return id, err
	}
	id = s.idents.Blob(s.epoch)
	s.limbo.Add(1)
	if _, err = cloner.Clone(ctx, id, from); err != nil {
		s.limbo.Add(-1)
		if !errors.Is(err, blob.ErrUnsupported) && !errors.Is(err, blob.ErrFull) {
			s.stray(id, err)
		}
	}
	return id, err
}

// pieces are the blobs that hold the bytes of f.
func (s *Service) pieces(ctx context.Context, f *found) ([]blob.Segment, error) {
	if !f.Version.Segmented() {
		return []blob.Segment{{ID: f.Version.Blob, Off: f.Offset, N: f.Length}}, nil
	}
	var from []blob.Segment
	skip, left := f.Offset, f.Length
	parts := f.manifest.Parts
	for len(parts) > 0 && left > 0 {
		page := parts[:min(partsPage, len(parts))]
		parts = parts[len(page):]
		atSkip, atLeft, had := skip, left, len(from)
		err := s.kv.View(ctx, func(r kv.Reader) error {
			skip, left, from = atSkip, atLeft, from[:had]
			for _, p := range page {
				if skip >= p.Size {
					skip -= p.Size
					continue
				}
				if left == 0 {
					return nil
				}
				row, err := part(r, f.Version.Upload, p.Number)
				if err != nil {
					return err
				}
				if row.Inline {
					return blob.ErrUnsupported
				}
				n := min(p.Size-skip, left)
				from = append(from, blob.Segment{ID: row.Blob, Off: skip, N: n})
				skip, left = 0, left-n
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return from, nil
}

// digest reads the bytes of f and returns their digests; with keep set it also writes them to a new blob, which is in limbo until settle.
func (s *Service) digest(ctx context.Context, f *found, a checksum.Algorithm, keep bool, sums *checksum.Sums) (id ident.Blob, err error) {
	read := s.reads.begin()
	content, err := s.content(ctx, f, read)
	if err != nil {
		s.reads.end(read)
		return id, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	body := intake{src: content, hasher: checksum.New(a, false), size: f.Length, limit: MaxObject}
	defer body.hasher.Close()
	if keep {
		return s.store(ctx, &body, nil, func() (err error) {
			*sums, err = body.sums(&Digests{})
			return err
		})
	}
	buffer, _ := s.copies.Get().(*[]byte)
	defer s.copies.Put(buffer)
	for err == nil {
		if err = ctx.Err(); err == nil {
			_, err = body.Read(*buffer)
		}
	}
	if body.err != nil || !errors.Is(err, io.EOF) {
		return id, err
	}
	*sums, err = body.sums(&Digests{})
	return id, err
}
