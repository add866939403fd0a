package object

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
)

// intake reads a body once: it computes the digests, holds the body to its length and remembers whose error ended it.
type intake struct {
	src    io.Reader
	hasher *checksum.Hasher
	also   hash.Hash // of a checksum to check that is not the one to keep, nil for none
	size   int64     // declared, or -1
	limit  int64
	n      int64
	err    error // of the body, not of where it goes
}

// Read implements io.Reader. It reports the end only once the body has reported its own, since that is when a signature fails.
func (i *intake) Read(p []byte) (int, error) {
	const op = "object.body"
	if i.err != nil {
		return 0, i.err
	}
	n, err := i.src.Read(p)
	if n > 0 {
		i.n += int64(n)
		if i.size >= 0 && i.n > i.size {
			i.err = fault.New(op, fault.IncompleteBody, "The request body is longer than its declared length.")
			return 0, i.err
		}
		if i.n > i.limit {
			i.err = fault.New(op, fault.EntityTooLarge, "").With("MaxSizeAllowed", itoa(i.limit))
			return 0, i.err
		}
		_, _ = i.hasher.Write(p[:n]) // never fails
		if i.also != nil {
			_, _ = i.also.Write(p[:n]) // neither
		}
	}
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF) && i.size >= 0 && i.n < i.size:
		i.err = short(io.ErrUnexpectedEOF)
	case errors.Is(err, io.EOF):
		return n, io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF) && fault.KindOf(err) == fault.Internal:
		i.err = short(err)
	default:
		i.err = err
	}
	return n, i.err
}

func short(err error) error {
	return &fault.Error{Kind: fault.IncompleteBody, Op: "object.body", Err: err}
}

// sums ends the body and checks the digests that the client asked for.
func (i *intake) sums(d *Digests) (checksum.Sums, error) {
	sums := i.hasher.Sum()
	if d.MD5 != nil {
		if len(d.MD5) != checksum.MD5Size {
			return sums, fault.New("object.digests", fault.InvalidDigest, "")
		}
		if err := checksum.CheckMD5([checksum.MD5Size]byte(d.MD5), sums.MD5); err != nil {
			return sums, err
		}
	}
	want := d.Value
	if d.Trailer != nil {
		late, err := d.Trailer()
		if err != nil {
			return sums, err
		}
		if late != nil {
			want = late
		}
	}
	if want == nil || d.Algorithm == checksum.None {
		return sums, nil
	}
	got := sums.Checksum
	if i.also != nil {
		got = i.also.Sum(nil)
	}
	return sums, d.Algorithm.Check(want, got)
}

// kept is the algorithm whose checksum is computed and stored: that of the client, else CRC64NVME, as AWS does.
func kept(a checksum.Algorithm) checksum.Algorithm {
	if a == checksum.None {
		return checksum.CRC64NVME
	}
	return a
}

// inline reads a body that fits the inline threshold. With whole set, value is all of it; else it is the beginning of a longer body.
// The memory belongs to the pool: release gives it back.
func (s *Service) inline(in *intake) (value []byte, whole bool, release func(), err error) {
	buffer, _ := s.buffers.Get().(*[]byte)
	release = func() { s.buffers.Put(buffer) }
	n, err := io.ReadFull(in, *buffer)
	switch {
	case in.err != nil:
		release()
		return nil, false, nil, in.err
	case err == nil:
		return (*buffer)[:n], false, release, nil
	}
	return (*buffer)[:n], true, release, nil // io.EOF and io.ErrUnexpectedEOF: the body has ended
}

// store writes a body to a new blob, after head, which was read from it before. On any refusal, also by check, nothing stays.
//
// kill -9: before Commit returned there is a temporary file or an orphan blob of this epoch, afterwards such a blob: the sweep after the next
// start deletes it.
func (s *Service) store(ctx context.Context, in *intake, head []byte, check func() error) (id ident.Blob, err error) {
	if space, ok := s.blobs.(blob.Spacer); ok && head == nil {
		if err := space.Admit(in.size); err != nil {
			return id, err
		}
	}
	id = s.idents.Blob(s.epoch)
	w, err := s.blobs.Create(ctx, id)
	if err != nil {
		return id, err
	}
	s.limbo.Add(1)
	if err = fill(w, in, head); err == nil {
		err = check()
	}
	if err == nil {
		err = ctx.Err() // said now it is certain that nothing stays
	}
	if err != nil {
		if abort := w.Abort(); abort != nil {
			s.stray(id, abort)
		}
		s.limbo.Add(-1)
		return id, err
	}
	if _, err = w.Commit(); err != nil {
		s.limbo.Add(-1)
		if !errors.Is(err, blob.ErrFull) && !errors.Is(err, blob.ErrExists) {
			s.stray(id, err) // whether it is there, the next sweep finds out
		}
		return id, err
	}
	return id, nil
}

func fill(w blob.Writer, in *intake, head []byte) error {
	if len(head) > 0 {
		if _, err := w.Write(head); err != nil {
			return err
		}
	}
	_, err := io.Copy(w, in)
	if in.err != nil {
		return in.err
	}
	return err
}

// settle ends the limbo of a committed blob with the outcome of the transaction that was to name it: after a refusal the blob goes; when
// the outcome is not known it stays, for the sweep after the next start to judge.
func (s *Service) settle(ctx context.Context, id ident.Blob, outcome error) {
	defer s.limbo.Add(-1)
	var refused refusal
	switch {
	case outcome == nil:
	case !errors.As(outcome, &refused):
		s.stray(id, outcome)
	default:
		if err := s.blobs.Delete(context.WithoutCancel(ctx), id); err != nil {
			s.stray(id, fmt.Errorf("%w; deleting the blob: %w", outcome, err))
		}
	}
}

// stray notes that a blob may have been left behind, so that Close does not call the epoch clean.
func (s *Service) stray(id ident.Blob, err error) {
	if !s.orphans.Swap(true) {
		s.log.Info("a blob may have been left behind; the next start looks for it", "blob", id.String(), "cause", err.Error())
	}
}
