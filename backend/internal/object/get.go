package object

import (
	"context"
	"errors"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// found is a version that was looked up, with all that one snapshot has to say about it.
type found struct {
	Object
	value    []byte         // inline bytes of the whole object
	manifest *meta.Manifest // of a segmented version, when it was needed
}

// Get looks a version up, decides conditions and ranges, and opens the content, all on one snapshot; the caller closes the content. Faults:
// InvalidArgument, NoSuchKey and DeleteMarker (details VersionId, LastModified, DeleteMarker for a marker), NoSuchVersion, NotModified and
// PreconditionFailed (details ETag, LastModified, VersionId, Condition), InvalidRange (ActualObjectSize, RangeRequested), InvalidPart.
//
// The content stays whole however often the version is replaced or deleted meanwhile: the read is registered before the snapshot is taken
// and until the content is closed, and the collector waits for it.
func (s *Service) Get(ctx context.Context, in GetInput) (*Object, error) {
	const op = "object.Get"
	if in.HeadOnly {
		f, err := s.find(ctx, in)
		if err != nil {
			return nil, failure(op, err)
		}
		return &f.Object, nil
	}
	read := s.reads.begin()
	f, err := s.find(ctx, in)
	if err == nil {
		f.Content, err = s.content(ctx, f, read)
	}
	if err != nil {
		s.reads.end(read)
		return nil, failure(op, err)
	}
	return &f.Object, nil
}

// find reads the record, and what else of the snapshot the content needs unless only the head is wanted.
func (s *Service) find(ctx context.Context, in GetInput) (*found, error) {
	which, err := parseVersion(in.VersionID)
	if err != nil {
		return nil, err
	}
	f := &found{}
	err = s.kv.View(ctx, func(r kv.Reader) error {
		*f = found{}
		v, isCurrent, err := lookUp(r, in.Bucket, in.Key, which)
		if err != nil {
			return err
		}
		if in.Seen != 0 && v.Order != in.Seen {
			return replaced("object.find")
		}
		if err := in.If.check(v); err != nil {
			return err
		}
		f.Object = Object{Version: v, VersionID: shown(in.Bucket, v, which.named), Current: isCurrent}
		if v.Segmented() && (in.PartNumber > 0 || !in.HeadOnly) {
			if f.manifest, err = manifest(r, v); err != nil {
				return err
			}
		}
		if err := f.place(in); err != nil {
			return err
		}
		if v.Inline && f.Length > 0 && !in.HeadOnly {
			f.value, err = r.Get(meta.InlineKey(v.Blob))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

func manifest(r kv.Reader, v *meta.Version) (*meta.Manifest, error) {
	raw, err := r.Get(meta.PartKey(v.Upload, 0))
	if err != nil {
		return nil, err
	}
	return meta.DecodeManifest(raw)
}

// lookUp finds the version that is wanted and tells whether it is the current one.
func lookUp(r kv.Reader, b *meta.Bucket, key string, which wanted) (*meta.Version, bool, error) {
	const op = "object.lookUp"
	cur, err := current(r, b.ID, key)
	if err != nil {
		return nil, false, err
	}
	if cur != nil && (!which.named || which.is(cur)) {
		return cur, true, nil
	}
	if which.named {
		v, err := noncurrent(r, b.ID, key, which)
		switch {
		case err != nil:
			return nil, false, err
		case v == nil:
			return nil, false, fault.New(op, fault.NoSuchVersion, "").With("Key", key).With("VersionId", which.id)
		case v.Marker:
			return nil, false, marked(fault.New(op, fault.DeleteMarker, ""), v)
		}
		return v, false, nil
	}
	missing := fault.New(op, fault.NoSuchKey, "").With("Key", key)
	if b.Versioning == meta.VersioningOff {
		return nil, false, missing
	}
	switch v, err := meta.Newest(r, b.ID, key); {
	case errors.Is(err, kv.ErrNotFound):
		return nil, false, missing
	case err != nil:
		return nil, false, err
	default:
		return nil, false, marked(missing, v)
	}
}

func marked(f *fault.Error, v *meta.Version) *fault.Error {
	return f.With("DeleteMarker", "true").With("VersionId", v.ID()).With("LastModified", v.Modified().Format(HTTPTime))
}

// place resolves the span or part that is wanted.
func (f *found) place(in GetInput) error {
	const op = "object.place"
	v := f.Version
	f.Length = v.Size
	switch {
	case in.PartNumber > 0:
		f.Partial = true
		if f.manifest == nil {
			if in.PartNumber > 1 {
				return noSuchPart(in.PartNumber, 1)
			}
			return nil
		}
		f.PartsCount = len(f.manifest.Parts)
		for _, p := range f.manifest.Parts {
			if p.Number == in.PartNumber {
				f.Length = p.Size
				return nil
			}
			f.Offset += p.Size
		}
		return noSuchPart(in.PartNumber, len(f.manifest.Parts))
	case in.Span != nil && in.Span.First < 0 && v.Size == 0: // the last bytes of nothing are all of it
	case in.Span != nil && spanHolds(in.SpanIf, v):
		first, last, ok := in.Span.resolve(v.Size)
		if !ok {
			return fault.New(op, fault.InvalidRange, "").With("ActualObjectSize", itoa(v.Size)).With("RangeRequested", in.Span.String())
		}
		f.Partial, f.Offset, f.Length = true, first, last-first+1
	}
	return nil
}

func noSuchPart(number, count int) error {
	return fault.New("object.place", fault.InvalidPart, "The requested partnumber is not satisfiable").
		With("PartNumberRequested", itoa(int64(number))).With("ActualPartCount", itoa(int64(count)))
}

// resolve returns the first and the last byte of the span in an object of a size, false when there is none.
func (s *Span) resolve(size int64) (first, last int64, ok bool) {
	first, last = s.First, s.Last
	if first < 0 { // the last -first bytes
		return max(size+first, 0), size - 1, size > 0 // first is above -2^63, and size is not negative
	}
	if last < 0 || last >= size {
		last = size - 1
	}
	return first, last, first <= last
}

// String is the span as the header Range has it.
func (s *Span) String() string {
	switch {
	case s.First < 0:
		return "bytes=" + itoa(s.First)
	case s.Last < 0:
		return "bytes=" + itoa(s.First) + "-"
	}
	return "bytes=" + itoa(s.First) + "-" + itoa(s.Last)
}

// Parts lists the parts of a version that was uploaded in parts, in order, from the first number above after. The checksum of a part is
// that of its bytes. A version without parts has none.
func (s *Service) Parts(ctx context.Context, v *meta.Version, after, limit int) (PartsPage, error) {
	const op = "object.Parts"
	if !v.Segmented() {
		return PartsPage{}, nil
	}
	var page PartsPage
	err := s.kv.View(ctx, func(r kv.Reader) error {
		page = PartsPage{}
		m, err := manifest(r, v)
		if errors.Is(err, kv.ErrNotFound) { // the version went meanwhile
			return fault.New(op, fault.NoSuchKey, "").With("Key", v.Key)
		}
		if err != nil {
			return err
		}
		for _, p := range m.Parts {
			if p.Number <= after {
				continue
			}
			if len(page.Parts) == limit {
				page.Truncated = true
				return nil
			}
			part, err := part(r, v.Upload, p.Number)
			if err != nil {
				return err
			}
			page.Parts, page.Next = append(page.Parts, part), p.Number
		}
		return nil
	})
	if err != nil {
		return PartsPage{}, failure(op, err)
	}
	return page, nil
}

func part(r kv.Reader, u ident.Upload, number int) (*meta.Part, error) {
	raw, err := r.Get(meta.PartKey(u, number))
	if err != nil {
		return nil, err
	}
	return meta.DecodePart(number, raw)
}
