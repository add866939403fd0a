package object

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const (
	completedFor = 24 * time.Hour // how long completing an upload again gives the same answer
	partsPage    = 1000           // part rows of one View
)

// completion is an upload on its way to become a version.
type completion struct {
	service *Service
	bucket  *meta.Bucket
	key     string
	id      ident.Upload
	digest  []byte // of the list of parts that the client named
	now     *meta.Upload
	row     ident.Blob // name of the garbage row that ends the completed upload's row

	manifest meta.Manifest
	unlisted bool // there are parts that the client did not name
}

// Complete makes a version of the listed parts. Its cost is that of reading their rows: no byte of them is touched. Faults: NoSuchUpload,
// InvalidRequest, InvalidPartOrder, InvalidPart, EntityTooSmall, BadDigest, Conflict, and those of commit. After a fault the upload is open
// as before. Completing again with the same list within a day gives the same answer.
//
// kill -9, by step:
//
//   - parts frozen (u/ is completing, with the digest of the list and this epoch): the next part, completion or abort after the restart
//     takes the upload over, since the epoch has ended.
//   - rows read: likewise; reading leaves nothing.
//   - committed: the version, its manifest, the row in f/ instead of that in u/, and what is to be deleted are there, in one transaction;
//     the client, who was not told, gets the same answer by completing again.
func (s *Service) Complete(ctx context.Context, in CompleteInput) (Written, error) {
	const op = "object.Complete"
	w, err := s.complete(ctx, in)
	return w, failure(op, err)
}

func (s *Service) complete(ctx context.Context, in CompleteInput) (Written, error) {
	const op = "object.Complete"
	if err := s.refuse(ctx, in.Bucket, in.Key, 0, MaxObject, WriteConditions{}); err != nil {
		return Written{}, err
	}
	if len(in.Parts) == 0 || len(in.Parts) > MaxParts {
		return Written{}, fault.New(op, fault.InvalidRequest, "You must specify at least one part")
	}
	for i, p := range in.Parts {
		if i > 0 && p.Number <= in.Parts[i-1].Number {
			return Written{}, fault.New(op, fault.InvalidPartOrder, "").With("UploadId", in.Upload.String())
		}
		if p.Number < 1 || p.Number > MaxParts {
			return Written{}, fault.New(op, fault.InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive").
				With("ArgumentName", "partNumber").With("ArgumentValue", itoa(int64(p.Number)))
		}
	}
	c := &completion{service: s, bucket: in.Bucket, key: in.Key, id: in.Upload, digest: listDigest(in.Parts), row: s.idents.Blob(s.epoch)}
	if err := c.freeze(ctx); err != nil {
		var refused refusal
		if !errors.As(err, &refused) {
			c.thaw(ctx)
		}
		return Written{}, err
	}
	if c.now.State == meta.UploadCompleted {
		return c.again(ctx)
	}
	v, err := c.assemble(ctx, &in)
	var w Written
	if err == nil {
		w, err = s.written(ctx, in.Bucket, &change{action: actPut, key: in.Key, cond: in.If, lock: c.now.Lock, next: v, from: c})
	}
	switch {
	case errors.Is(err, errCompleted):
		return c.again(ctx)
	case err != nil:
		c.thaw(ctx)
		return Written{}, err
	}
	return w, nil
}

// errCompleted is returned by the commit of a completion when another one with the same list came first.
var errCompleted = errors.New("object: completed already")

// listDigest tells lists of parts apart.
func listDigest(parts []CompletedPart) []byte {
	h := sha256.New()
	var number [4]byte
	for _, p := range parts {
		binary.BigEndian.PutUint32(number[:], uint32(p.Number)) //nolint:gosec // 1 to MaxParts
		h.Write(number[:])
		h.Write([]byte(strings.ToLower(p.ETag)))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

// freeze marks the upload as being completed with this list. Another completion under way is overtaken: its commit will fail.
func (c *completion) freeze(ctx context.Context) error {
	return c.service.transact(ctx, false, func(tx kv.Txn) error {
		b, err := c.service.guard(tx, c.bucket)
		if err != nil {
			return err
		}
		u, err := upload(tx, b.ID, c.key, c.id)
		if err != nil {
			return err
		}
		c.now = u
		if u.State == meta.UploadCompleted {
			if string(u.Digest) != string(c.digest) {
				return noSuchUpload("object.Complete", c.id)
			}
			return nil
		}
		u.State, u.Digest, u.Epoch = meta.UploadCompleting, c.digest, c.service.epoch
		return tx.Set(meta.UploadKey(b.ID, c.key, c.id), u.Encode())
	})
}

// thaw opens the upload again after a completion that failed, unless another one has taken it over. Where it cannot, the upload stays
// frozen until it is completed, aborted, or the server starts again.
func (c *completion) thaw(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	err := c.service.transact(ctx, true, func(tx kv.Txn) error {
		b, err := c.service.guard(tx, c.bucket)
		if err != nil {
			return err
		}
		u, err := upload(tx, b.ID, c.key, c.id)
		if err != nil || !c.owns(u) {
			return err
		}
		u.State, u.Digest, u.Epoch = meta.UploadOpen, nil, 0
		return tx.Set(meta.UploadKey(b.ID, c.key, c.id), u.Encode())
	})
	if err != nil && fault.KindOf(err) == fault.Internal {
		c.service.log.Warn("an upload stays frozen after a failed completion", "upload", c.id.String(), "cause", err.Error())
	}
}

// owns reports whether the upload is frozen by this completion, or by one with the same list.
func (c *completion) owns(u *meta.Upload) bool {
	return u.State == meta.UploadCompleting && u.Epoch == c.service.epoch && string(u.Digest) == string(c.digest)
}

// again is the answer to completing a completed upload with the same list.
func (c *completion) again(ctx context.Context) (w Written, err error) {
	if w.Version, err = meta.DecodeVersion(c.key, c.now.Result); err != nil {
		return Written{}, err
	}
	err = c.service.kv.View(ctx, func(r kv.Reader) error {
		b, err := meta.GetBucket(r, c.bucket.Name)
		if err == nil {
			w.VersionID = shown(b, w.Version, false)
		}
		return err
	})
	return w, err
}

// assemble reads the frozen parts, holds the client's list to them and makes the version's record.
func (c *completion) assemble(ctx context.Context, in *CompleteInput) (*meta.Version, error) {
	const op = "object.Complete"
	u := c.now
	typ := checksum.FullObject
	if u.Composite {
		typ = checksum.Composite
	}
	if in.Composite != nil && *in.Composite != u.Composite {
		return nil, fault.New(op, fault.InvalidRequest, "The upload was created using the "+typ.String()+
			" checksum mode. The complete request must use the same checksum mode.")
	}
	if in.Algorithm != checksum.None && in.Algorithm != u.Algorithm {
		return nil, fault.New(op, fault.InvalidRequest, "Checksum Type mismatch occurred, expected checksum Type: "+typeName(u.Algorithm)+
			", actual checksum Type: "+typeName(in.Algorithm))
	}
	whole := checksum.NewMultipart(u.Algorithm, typ)
	if err := c.match(ctx, in.Parts, whole); err != nil {
		return nil, err
	}
	for i, p := range c.manifest.Parts[:len(c.manifest.Parts)-1] {
		if p.Size < c.service.minPart {
			return nil, fault.New(op, fault.EntityTooSmall, "").
				With("ETag", in.Parts[i].ETag).With("MinSizeAllowed", itoa(c.service.minPart)).
				With("ProposedSize", itoa(p.Size)).With("PartNumber", itoa(int64(p.Number)))
		}
	}
	switch {
	case whole.Size() > MaxObject:
		return nil, fault.New(op, fault.EntityTooLarge, "").With("ProposedSize", itoa(whole.Size())).With("MaxSizeAllowed", itoa(MaxObject))
	case in.Size >= 0 && in.Size != whole.Size():
		return nil, fault.New(op, fault.InvalidRequest, "The provided 'x-amz-mp-object-size' header value "+itoa(in.Size)+
			" does not match what was computed: "+itoa(whole.Size()))
	}
	sum := whole.Sum()
	if in.Value != nil {
		if err := u.Algorithm.Check(in.Value, sum); err != nil {
			return nil, err
		}
	}
	return &meta.Version{
		Key: c.key, Owner: u.Owner, Size: whole.Size(), MD5: whole.MD5(), Parts: whole.Parts(),
		Checksum: meta.Checksum{Algorithm: u.Algorithm, Composite: u.Composite, Value: sum},
		Headers:  u.Headers, Class: u.Class, Tags: u.Tags, ACL: u.ACL, Redirect: u.Redirect, Upload: c.id,
	}, nil
}

// match walks the part rows beside the client's list, both in order of number.
func (c *completion) match(ctx context.Context, list []CompletedPart, whole *checksum.Multipart) error {
	c.manifest.Parts = make([]meta.PartSize, 0, len(list))
	from, more := 1, true
	for more {
		var rows []*meta.Part
		err := c.service.kv.View(ctx, func(r kv.Reader) (err error) {
			rows, more, err = partsFrom(r, c.id, from, partsPage)
			return err
		})
		if err != nil {
			return err
		}
		for _, row := range rows {
			from = row.Number + 1
			if len(list) == 0 || row.Number < list[0].Number {
				c.unlisted = true
				continue
			}
			if row.Number > list[0].Number {
				break // and so is list[0] missing
			}
			if err := c.same(row, &list[0]); err != nil {
				return err
			}
			if err := whole.Add(row.MD5, row.Checksum.Value, row.Size); err != nil {
				return err
			}
			c.manifest.Parts = append(c.manifest.Parts, meta.PartSize{Number: row.Number, Size: row.Size})
			list = list[1:]
		}
		if n := len(rows); len(list) > 0 && n > 0 && rows[n-1].Number > list[0].Number {
			break
		}
	}
	if len(list) > 0 {
		return c.invalid(&list[0])
	}
	return nil
}

func (c *completion) invalid(p *CompletedPart) error {
	return fault.New("object.Complete", fault.InvalidPart, "").
		With("UploadId", c.id.String()).With("PartNumber", itoa(int64(p.Number))).With("ETag", p.ETag)
}

// same compares what the client says of a part with its row.
func (c *completion) same(row *meta.Part, p *CompletedPart) error {
	if !strings.EqualFold(p.ETag, checksum.ETag(row.MD5)) {
		return c.invalid(p)
	}
	u := c.now
	for a, sum := range p.Checksum {
		if a != u.Algorithm && !u.Explicit {
			continue // it was checked when the part came, and is not kept; the entity tag says that this is the part
		}
		if a != u.Algorithm || string(sum) != string(row.Checksum.Value) {
			return c.invalid(p)
		}
	}
	if u.Explicit && u.Composite && p.Checksum[u.Algorithm] == nil {
		name := typeName(u.Algorithm)
		return fault.New("object.Complete", fault.InvalidRequest, "The upload was created using a "+name+
			" checksum. The complete request must include the checksum for each part. It was missing for part "+
			itoa(int64(p.Number))+" in the request.")
	}
	return nil
}

// frozen holds, in the commit, that the parts are those that were read.
func (c *completion) frozen(t *turn) error {
	u, err := upload(t.tx, t.bucket.ID, c.key, c.id)
	if err != nil {
		return err
	}
	switch {
	case u.State == meta.UploadCompleted && string(u.Digest) == string(c.digest):
		c.now = u
		return errCompleted
	case !c.owns(u):
		return fault.New("object.Complete", fault.Conflict, "The upload is being completed by another request.").With("UploadId", c.id.String())
	}
	c.now = u
	return nil
}

// finish writes, in the commit, what there is of the upload besides the version.
func (c *completion) finish(t *turn, v *meta.Version) error {
	u := *c.now
	l := t.lane(c.key)
	l.Uploads--
	l.UploadBytes -= u.Bytes
	u.State, u.Epoch, u.Bytes = meta.UploadCompleted, 0, 0
	u.Completed, u.Result = v.Order, v.Encode()
	due := meta.OrderTime(t.now).Add(completedFor)
	u.Due = due
	key := meta.CompletedKey(t.bucket.ID, c.key, c.id)
	err := errors.Join(
		t.tx.Delete(meta.UploadKey(t.bucket.ID, c.key, c.id)),
		t.tx.Set(key, u.Encode()),
		t.tx.Set(meta.PartKey(c.id, 0), c.manifest.Encode()),
		t.tx.Set(meta.GarbageKey(uint64(due.UnixNano()), c.row), meta.EncodeRow(key)), //nolint:gosec // after 1970
	)
	if err == nil && c.unlisted {
		err = t.waste(meta.UploadWaste(c.id), meta.WasteParts.Encode())
	}
	return err
}

func typeName(a checksum.Algorithm) string {
	if a == checksum.None {
		return "null"
	}
	return strings.ToLower(a.String())
}
