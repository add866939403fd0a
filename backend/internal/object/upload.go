package object

import (
	"context"
	"errors"
	"hash"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// An upload is a row in u/, moved to f/ when it is completed; its parts are rows in p/ and blobs. A version that comes of it keeps the part rows: they and the manifest are
// where its bytes are. Parts are never inline, so that a copy of the version is a clone of blobs.

// CreateUpload starts a multipart upload. kill -9: its row is there or not. Faults as for Put.
func (s *Service) CreateUpload(ctx context.Context, in CreateUploadInput) (*meta.Upload, error) {
	const op = "object.CreateUpload"
	if err := s.refuse(ctx, in.Bucket, in.Key, 0, MaxObject, WriteConditions{}); err != nil {
		return nil, failure(op, err)
	}
	if err := s.refuseLock(in.Bucket, in.Lock); err != nil {
		return nil, failure(op, err)
	}
	u := &meta.Upload{
		Key: in.Key, ID: s.idents.Upload(), Started: s.clock.Now(), Owner: in.Caller.Account, Initiator: in.Caller.User,
		Headers: in.Headers, Class: in.Class, Tags: in.Tags, ACL: in.ACL, Redirect: in.Redirect, Lock: in.Lock, Algorithm: kept(in.Algorithm), Composite: in.Composite, Explicit: in.Algorithm != checksum.None,
	}
	err := s.transact(ctx, false, func(tx kv.Txn) error {
		b, err := s.guard(tx, in.Bucket)
		if err != nil {
			return err
		}
		if err := tx.Set(meta.UploadKey(b.ID, u.Key, u.ID), u.Encode()); err != nil {
			return err
		}
		return meta.AddUsage(tx, b.ID, laneOf(s.node, u.Key), meta.Usage{Uploads: 1})
	})
	if err != nil {
		return nil, failure(op, err)
	}
	return u, nil
}

func noSuchUpload(op string, u ident.Upload) error {
	return fault.New(op, fault.NoSuchUpload, "").With("UploadId", u.String())
}

// upload reads an upload in any state, or fault.NoSuchUpload.
func upload(r kv.Reader, b ident.Bucket, key string, u ident.Upload) (*meta.Upload, error) {
	raw, err := r.Get(meta.UploadKey(b, key, u))
	if errors.Is(err, kv.ErrNotFound) {
		raw, err = r.Get(meta.CompletedKey(b, key, u))
	}
	if errors.Is(err, kv.ErrNotFound) {
		return nil, noSuchUpload("object.upload", u)
	}
	if err != nil {
		return nil, err
	}
	return meta.DecodeUpload(key, u, raw)
}

// Upload returns an upload that is not completed, else fault.NoSuchUpload.
func (s *Service) Upload(ctx context.Context, b *meta.Bucket, key string, u ident.Upload) (*meta.Upload, error) {
	const op = "object.Upload"
	var up *meta.Upload
	err := s.kv.View(ctx, func(r kv.Reader) (err error) {
		up, err = upload(r, b.ID, key, u)
		return err
	})
	if err == nil && up.State == meta.UploadCompleted {
		err = noSuchUpload(op, u)
	}
	if err != nil {
		return nil, failure(op, err)
	}
	return up, nil
}

// takesParts refuses a part for an upload that is not open. Parts that were frozen by an epoch that has ended are thawed: whoever was
// completing the upload then is gone.
func (s *Service) takesParts(op string, u *meta.Upload) error {
	switch {
	case u.State == meta.UploadCompleted:
		return noSuchUpload(op, u.ID)
	case u.State == meta.UploadCompleting && u.Epoch == s.epoch:
		return fault.New(op, fault.Conflict, "The upload is being completed.").With("UploadId", u.ID.String())
	}
	return nil
}

// agrees holds a part's checksum algorithm to that of its upload. Where the upload was created with none, each part may come with any:
// clients that add checksums by default add them to parts only. Where the checksum will be of the whole object, a part may come without.
func agrees(op string, u *meta.Upload, a checksum.Algorithm) error {
	if !u.Explicit || a == u.Algorithm || (a == checksum.None && !u.Composite) {
		return nil
	}
	return fault.New(op, fault.InvalidRequest, "Checksum Type mismatch occurred, expected checksum Type: "+typeName(u.Algorithm)+", actual checksum Type: "+typeName(a))
}

// another returns the hash for a checksum that a part comes with beside the one that is kept, nil when that is the same or there is none.
func another(kept, sent checksum.Algorithm) hash.Hash {
	if sent == kept || sent == checksum.None {
		return nil
	}
	return checksum.NewHash(sent)
}

// PutPart stores a part; one of the same number is replaced. Faults: NoSuchUpload, Conflict while the upload is being completed, and those
// of Put.
//
// kill -9: the part's blob is as in store; the transaction then names it, gives up the blob that it replaces and counts its bytes, or does
// none of it. An upload that was aborted or completed meanwhile refuses the transaction, and the blob goes.
func (s *Service) PutPart(ctx context.Context, in PartInput) (*meta.Part, error) {
	const op = "object.PutPart"
	p, err := s.putPart(ctx, in)
	return p, failure(op, err)
}

func (s *Service) putPart(ctx context.Context, in PartInput) (*meta.Part, error) {
	const op = "object.PutPart"
	if err := s.refuse(ctx, in.Bucket, in.Key, in.Size, MaxPart, WriteConditions{}); err != nil {
		return nil, err
	}
	up, err := s.openFor(ctx, op, in.Bucket, in.Key, in.Upload, in.Number, in.Size)
	if err != nil {
		return nil, err
	}
	if err := agrees(op, up, in.Digests.Algorithm); err != nil {
		return nil, err
	}
	body := intake{src: in.Body, hasher: checksum.New(up.Algorithm, false), also: another(up.Algorithm, in.Digests.Algorithm), size: in.Size, limit: MaxPart}
	defer body.hasher.Close()
	var sums checksum.Sums
	id, err := s.store(ctx, &body, nil, func() (err error) {
		sums, err = body.sums(&in.Digests)
		return err
	})
	if err != nil {
		return nil, err
	}
	p := &meta.Part{
		Number: in.Number, Blob: id, Size: sums.Size, MD5: sums.MD5,
		Checksum: meta.Checksum{Algorithm: up.Algorithm, Value: sums.Checksum},
	}
	err = s.addPart(ctx, in.Bucket, in.Key, in.Upload, p)
	s.settle(ctx, id, err)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// openFor is the early refusal of a part of at least size bytes.
func (s *Service) openFor(ctx context.Context, op string, b *meta.Bucket, key string, u ident.Upload, number int, size int64) (up *meta.Upload, err error) {
	if number < 1 || number > MaxParts {
		return nil, fault.New(op, fault.InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive").
			With("ArgumentName", "partNumber").With("ArgumentValue", itoa(int64(number)))
	}
	err = s.kv.View(ctx, func(r kv.Reader) error {
		if up, err = upload(r, b.ID, key, u); err != nil {
			return err
		}
		if err := s.takesParts(op, up); err != nil {
			return err
		}
		return roomForPart(r, b, up, u, number, size)
	})
	return up, err
}

// addPart is the transaction that makes a blob a part.
func (s *Service) addPart(ctx context.Context, b *meta.Bucket, key string, u ident.Upload, p *meta.Part) error {
	const op = "object.addPart"
	return s.transact(ctx, false, func(tx kv.Txn) error {
		t := turn{tx: tx, now: s.now(), node: s.node}
		var err error
		if t.bucket, err = s.guard(tx, b); err != nil {
			return err
		}
		up, err := upload(tx, t.bucket.ID, key, u)
		if err != nil {
			return err
		}
		if err := s.takesParts(op, up); err != nil {
			return err
		}
		old, err := partOrNone(tx, u, p.Number)
		switch {
		case err != nil:
			return err
		case old.Blob == p.Blob:
			return nil // run again
		case !old.Blob.IsZero():
			if err := t.waste(old.Blob, meta.WasteBlob.Encode()); err != nil {
				return err
			}
		}
		p.Modified = meta.OrderTime(t.now)
		grown := p.Size - old.Size
		up.State, up.Digest, up.Epoch = meta.UploadOpen, nil, 0
		up.Bytes += grown
		if err := tx.Set(meta.PartKey(u, p.Number), p.Encode()); err != nil {
			return err
		}
		if err := tx.Set(meta.UploadKey(t.bucket.ID, key, u), up.Encode()); err != nil {
			return err
		}
		t.lane(key).UploadBytes += grown
		return t.flush()
	})
}

// partOrNone is part, with a zero record where there is none.
func partOrNone(r kv.Reader, u ident.Upload, number int) (*meta.Part, error) {
	p, err := part(r, u, number)
	if errors.Is(err, kv.ErrNotFound) {
		return &meta.Part{}, nil
	}
	return p, err
}

// CopyPart makes a part of an object or a range of one, which must lie inside it (Span.Inside). It returns the part and the version id
// of the source. Extents of the source are shared or copied by the kernel; the source is read for the part's MD5 and checksum unless both
// are known: the whole of an object that was written in one piece, with the upload's algorithm. kill -9 as for PutPart.
func (s *Service) CopyPart(ctx context.Context, in PartCopyInput) (*meta.Part, string, error) {
	const op = "object.CopyPart"
	p, id, err := s.copyPart(ctx, in)
	return p, id, failure(op, err)
}

func (s *Service) copyPart(ctx context.Context, in PartCopyInput) (*meta.Part, string, error) {
	const op = "object.CopyPart"
	if err := s.refuse(ctx, in.Bucket, in.Key, 0, MaxPart, WriteConditions{}); err != nil {
		return nil, "", err
	}
	up, err := s.openFor(ctx, op, in.Bucket, in.Key, in.Upload, in.Number, 0)
	if err != nil {
		return nil, "", err
	}
	src, done, err := s.source(ctx, in.Source)
	if err != nil {
		return nil, "", err
	}
	defer done()
	v := src.Version
	if err := in.Source.Span.Inside(v.Size); err != nil {
		return nil, "", err
	}
	if src.Length > MaxPart {
		return nil, "", tooLarge(op)
	}
	if err := s.kv.View(ctx, func(r kv.Reader) error { return roomForPart(r, in.Bucket, up, in.Upload, in.Number, src.Length) }); err != nil {
		return nil, "", err
	}
	p := &meta.Part{Number: in.Number, Size: src.Length, MD5: v.MD5, Checksum: v.Checksum}
	known := src.Length == v.Size && v.Parts == 0 && v.Checksum.Algorithm == up.Algorithm && !v.Checksum.Composite
	if p.Blob, err = s.clone(ctx, src); err != nil && !errors.Is(err, blob.ErrUnsupported) {
		return nil, "", err
	}
	if cloned := err == nil; !known || !cloned {
		var sums checksum.Sums
		id, err := s.digest(ctx, src, up.Algorithm, !cloned, &sums)
		if err != nil {
			if cloned {
				s.settle(ctx, p.Blob, refusal{err})
			}
			return nil, "", err
		}
		if !cloned {
			p.Blob = id
		}
		p.MD5, p.Checksum = sums.MD5, meta.Checksum{Algorithm: up.Algorithm, Value: sums.Checksum}
	}
	err = s.addPart(ctx, in.Bucket, in.Key, in.Upload, p)
	s.settle(ctx, p.Blob, err)
	if err != nil {
		return nil, "", err
	}
	return p, src.VersionID, nil
}

// Abort ends an upload that is not completed and gives its parts up; parts under way are refused. kill -9: done or not, in one transaction.
func (s *Service) Abort(ctx context.Context, b *meta.Bucket, key string, u ident.Upload) error {
	const op = "object.Abort"
	if err := s.writable(op); err != nil {
		return err
	}
	return failure(op, s.transact(ctx, true, func(tx kv.Txn) error {
		t := turn{tx: tx, now: s.now(), node: s.node}
		var err error
		if t.bucket, err = s.guard(tx, b); err != nil {
			return err
		}
		up, err := upload(tx, t.bucket.ID, key, u)
		if err != nil {
			return err
		}
		if up.State == meta.UploadCompleted {
			return noSuchUpload(op, u)
		}
		if err := t.abort(up); err != nil {
			return err
		}
		return t.flush()
	}))
}

// abort deletes the row of an upload that is not completed and gives its parts up.
func (t *turn) abort(up *meta.Upload) error {
	if err := t.tx.Delete(meta.UploadKey(t.bucket.ID, up.Key, up.ID)); err != nil {
		return err
	}
	l := t.lane(up.Key)
	l.Uploads--
	l.UploadBytes -= up.Bytes
	return t.waste(meta.UploadWaste(up.ID), meta.WasteUpload.Encode())
}

// ListParts lists the parts of an upload that is not completed, in order, from the first number above after.
func (s *Service) ListParts(ctx context.Context, b *meta.Bucket, key string, u ident.Upload, after, limit int) (PartsPage, error) {
	const op = "object.ListParts"
	var page PartsPage
	err := s.kv.View(ctx, func(r kv.Reader) (err error) {
		page = PartsPage{}
		if page.Upload, err = upload(r, b.ID, key, u); err != nil {
			return err
		}
		if page.Upload.State == meta.UploadCompleted {
			return noSuchUpload(op, u)
		}
		page.Parts, page.Truncated, err = partsFrom(r, u, max(after, 0)+1, limit)
		if n := len(page.Parts); n > 0 {
			page.Next = page.Parts[n-1].Number
		}
		return err
	})
	if err != nil {
		return PartsPage{}, failure(op, err)
	}
	return page, nil
}

// partsFrom reads up to limit part rows from a number on, and reports whether there are more.
func partsFrom(r kv.Reader, u ident.Upload, from, limit int) (parts []*meta.Part, more bool, err error) {
	if from > MaxParts {
		return nil, false, nil
	}
	it := r.Iter(meta.Parts(u, from))
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		if len(parts) >= limit {
			return parts, true, nil
		}
		p, err := meta.DecodePart(meta.PartOfKey(it.Key()), it.Value())
		if err != nil {
			return nil, false, err
		}
		parts = append(parts, p)
	}
	return parts, false, nil
}
