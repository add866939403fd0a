package s3blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/fault"
)

const (
	maxParts    = 10_000
	minCopyPart = 5 << 20 // of all parts but the last, in S3
	maxCopyPart = 1 << 30
)

// Create implements blob.Store. Nothing is sent before the first PartSize bytes, or Commit.
func (s *Store) Create(ctx context.Context, id blob.ID) (blob.Writer, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	d, err := s.draft(ctx, id)
	if err != nil {
		return nil, err
	}
	return &writer{draft: d}, nil
}

// draft is an object in the making.
type draft struct {
	store  *Store
	ctx    context.Context //nolint:containedctx // the writer's life is one request's
	id     blob.ID
	word   string
	upload *string // id of the multipart upload, nil without
	parts  []types.CompletedPart
	size   int64
}

func (s *Store) draft(ctx context.Context, id blob.ID) (draft, error) {
	word, err := s.word()
	return draft{store: s, ctx: ctx, id: id, word: word}, err
}

// begin starts the multipart upload.
func (d *draft) begin() error {
	if d.upload != nil {
		return nil
	}
	out, err := d.store.client.CreateMultipartUpload(d.ctx, &s3.CreateMultipartUploadInput{
		Bucket: &d.store.bucket, Key: d.store.key(d.id), Metadata: map[string]string{wordName: d.word},
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32, ChecksumType: types.ChecksumTypeFullObject,
	})
	if err != nil {
		return err
	}
	d.upload = out.UploadId
	return nil
}

// part uploads the next part.
func (d *draft) part(p []byte) error {
	if len(d.parts) == maxParts {
		return fmt.Errorf("s3blob: longer than %d bytes", int64(maxParts)*PartSize)
	}
	if err := d.begin(); err != nil {
		return err
	}
	number := aws.Int32(int32(len(d.parts) + 1)) //nolint:gosec // at most maxParts
	out, err := d.store.client.UploadPart(d.ctx, &s3.UploadPartInput{
		Bucket: &d.store.bucket, Key: d.store.key(d.id), UploadId: d.upload, PartNumber: number,
		Body: bytes.NewReader(p), ContentLength: aws.Int64(int64(len(p))), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	if err != nil {
		return err
	}
	d.parts = append(d.parts, types.CompletedPart{PartNumber: number, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32})
	d.size += int64(len(p))
	return nil
}

// put writes a short blob in one request.
func (d *draft) put(p []byte) error {
	d.size = int64(len(p))
	_, err := d.store.client.PutObject(d.ctx, &s3.PutObjectInput{
		Bucket: &d.store.bucket, Key: d.store.key(d.id), Body: bytes.NewReader(p), ContentLength: aws.Int64(d.size),
		IfNoneMatch: aws.String("*"), Metadata: map[string]string{wordName: d.word}, ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	return err
}

func (d *draft) complete() error {
	_, err := d.store.client.CompleteMultipartUpload(d.ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &d.store.bucket, Key: d.store.key(d.id), UploadId: d.upload, IfNoneMatch: aws.String("*"),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: d.parts}, ChecksumType: types.ChecksumTypeFullObject,
	})
	return err
}

// settle finds out what became of put or complete. After an error it looks whose object is there: an answer may have been lost, and the
// client's own second attempt is then refused because of the first. If the object is ours it counts as written, unless the caller has
// gone; then it is removed.
func (d *draft) settle(err error) (blob.Info, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), cleanup)
	defer cancel()
	info, word, herr := d.store.head(ctx, d.id)
	there, ours := herr == nil, herr == nil && word == d.word
	if err == nil || ours {
		d.upload = nil // nothing to abort
	}
	switch {
	case ours && info.Size != d.size:
		return blob.Info{}, errors.Join(blob.ErrCorrupt, d.store.Delete(ctx, d.id))
	case err == nil && !ours: // acknowledged; that it cannot be seen now does not take it back
		return blob.Info{ID: d.id, Size: d.size}, nil
	case ours && d.ctx.Err() != nil && err != nil:
		return blob.Info{}, errors.Join(d.ctx.Err(), d.store.Delete(ctx, d.id))
	case ours:
		return info, nil
	case there && d.ctx.Err() == nil:
		return blob.Info{}, blob.ErrExists
	}
	return blob.Info{}, mapped(err)
}

// abort drops the multipart upload, if there is one.
func (d *draft) abort() error {
	if d.upload == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), cleanup)
	defer cancel()
	_, err := d.store.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
		Bucket: &d.store.bucket, Key: d.store.key(d.id), UploadId: d.upload,
	})
	d.upload = nil
	if missing(err) {
		return nil
	}
	return err
}

// mapped tells the contract's errors from the others.
func mapped(err error) error {
	if status(err) == http.StatusInsufficientStorage {
		return fmt.Errorf("%w: %w", blob.ErrFull, err)
	}
	return err
}

type writer struct {
	draft
	buffer *[]byte // from the pool, once more than small bytes are there
	small  []byte
	err    error
	done   bool
}

// smallSize is up to where a writer grows a buffer of its own instead of taking one of PartSize.
const smallSize = 256 << 10

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	if w.done {
		return 0, blob.ErrClosed
	}
	if w.err == nil {
		w.err = w.store.ready(w.ctx)
	}
	if w.err != nil {
		return 0, w.err
	}
	if w.buffer == nil {
		if len(w.small)+len(p) <= smallSize {
			w.small = append(w.small, p...)
			return len(p), nil
		}
		w.buffer, _ = w.store.buffers.Get().(*[]byte)
		*w.buffer = append((*w.buffer)[:0], w.small...)
		w.small = nil
	}
	done := 0
	for done < len(p) {
		if len(*w.buffer) == PartSize { // there is more, so this is not the last part
			if w.err = mapped(w.part(*w.buffer)); w.err != nil {
				return done, w.err
			}
			*w.buffer = (*w.buffer)[:0]
		}
		n := min(len(p)-done, PartSize-len(*w.buffer))
		*w.buffer = append(*w.buffer, p[done:done+n]...)
		done += n
	}
	return done, nil
}

// Commit implements blob.Writer.
func (w *writer) Commit() (info blob.Info, err error) {
	const op = "s3blob.Commit"
	if w.done {
		return blob.Info{}, blob.ErrClosed
	}
	if w.err == nil {
		w.err = w.store.ready(w.ctx)
	}
	rest := w.small
	if w.buffer != nil {
		rest = *w.buffer
	}
	switch {
	case w.err != nil:
		err = w.err
	case w.upload == nil:
		info, err = w.settle(w.put(rest))
	default:
		if err = mapped(w.part(rest)); err == nil {
			info, err = w.settle(w.complete())
		}
	}
	_ = w.finish() // the outcome of the commit is what counts
	return info, fault.Wrap(op, err)
}

// finish gives back what the writer holds and drops an upload that did not become a blob.
func (w *writer) finish() error {
	w.done, w.small = true, nil
	if w.buffer != nil {
		*w.buffer = (*w.buffer)[:0]
		w.store.buffers.Put(w.buffer)
		w.buffer = nil
	}
	return fault.Wrap("s3blob.Abort", w.abort())
}

// Abort implements blob.Writer. An upload that could not be dropped is left to the bucket's lifecycle rule.
func (w *writer) Abort() error {
	if w.done {
		return nil
	}
	return w.finish()
}

// Clone implements blob.Cloner by UploadPartCopy. It cannot join pieces of less than 5 MiB, the last one aside.
func (s *Store) Clone(ctx context.Context, dst blob.ID, from []blob.Segment) (blob.Info, error) {
	const op = "s3blob.Clone"
	if err := s.ready(ctx); err != nil {
		return blob.Info{}, err
	}
	var pieces []blob.Segment
	for _, seg := range from {
		info, _, err := s.head(ctx, seg.ID)
		if err != nil {
			return blob.Info{}, err
		}
		n, err := resolve(info.Size, seg.Off, seg.N)
		if err != nil {
			return blob.Info{}, err
		}
		for off := seg.Off; n > 0; {
			part := min(n, maxCopyPart)
			if rest := n - part; rest > 0 && rest < minCopyPart {
				part -= minCopyPart // so that the rest is long enough
			}
			pieces = append(pieces, blob.Segment{ID: seg.ID, Off: off, N: part})
			off, n = off+part, n-part
		}
	}
	for i, p := range pieces {
		if p.N < minCopyPart && i < len(pieces)-1 || i >= maxParts {
			return blob.Info{}, blob.ErrUnsupported
		}
	}
	if _, _, err := s.head(ctx, dst); err == nil { // told now rather than after the copy; the completion decides
		return blob.Info{}, blob.ErrExists
	}
	d, err := s.draft(ctx, dst)
	if err != nil {
		return blob.Info{}, err
	}
	if len(pieces) == 0 {
		info, err := d.settle(d.put(nil))
		return info, fault.Wrap(op, err)
	}
	info, err := d.copy(pieces)
	if err != nil {
		_ = d.abort() // left to the lifecycle rule if it fails
	}
	return info, fault.Wrap(op, err)
}

func (d *draft) copy(pieces []blob.Segment) (blob.Info, error) {
	for i, p := range pieces {
		if err := d.store.ready(d.ctx); err != nil {
			return blob.Info{}, err
		}
		if err := d.begin(); err != nil {
			return blob.Info{}, mapped(err)
		}
		number := aws.Int32(int32(i + 1)) //nolint:gosec // at most maxParts
		source := url.URL{Path: d.store.bucket + "/" + *d.store.key(p.ID)}
		out, err := d.store.client.UploadPartCopy(d.ctx, &s3.UploadPartCopyInput{
			Bucket: &d.store.bucket, Key: d.store.key(d.id), UploadId: d.upload, PartNumber: number,
			CopySource: aws.String(source.EscapedPath()), CopySourceRange: aws.String(fmt.Sprintf("bytes=%d-%d", p.Off, p.Off+p.N-1)),
		})
		if err != nil {
			return blob.Info{}, mapped(err)
		}
		if out.CopyPartResult == nil {
			return blob.Info{}, io.ErrUnexpectedEOF
		}
		d.parts = append(d.parts, types.CompletedPart{
			PartNumber: number, ETag: out.CopyPartResult.ETag, ChecksumCRC32: out.CopyPartResult.ChecksumCRC32,
		})
		d.size += p.N
	}
	return d.settle(d.complete())
}
