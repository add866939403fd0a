package bucket

import (
	"context"
	"errors"
	"sync"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Document is a kind of configuration document that a bucket may have one of.
type Document[T any] struct {
	Name   string // in the key of the row
	Encode func(*T) []byte
	Decode func([]byte) (*T, error)
}

// Tagging is the tags of the bucket.
var Tagging = Document[meta.Tags]{Name: "tagging", Encode: (*meta.Tags).Encode, Decode: meta.DecodeTags}

// ACL is the access control list of the bucket, none for a private one.
var ACL = Document[meta.ACL]{Name: "acl", Encode: (*meta.ACL).Encode, Decode: meta.DecodeACL}

// Ownership says whose the bucket's objects are; none is meta.ObjectWriter.
var Ownership = Document[meta.Ownership]{Name: "ownership", Encode: (*meta.Ownership).Encode, Decode: meta.DecodeOwnership}

// CORS is the rules for pages of other origins.
var CORS = Document[meta.CORS]{Name: "cors", Encode: (*meta.CORS).Encode, Decode: meta.DecodeCORS}

// Website is how the bucket is served as a website.
var Website = Document[meta.Website]{Name: "website", Encode: (*meta.Website).Encode, Decode: meta.DecodeWebsite}

// Acceleration is what was said of transfer acceleration.
var Acceleration = Document[meta.Acceleration]{Name: "accelerate", Encode: (*meta.Acceleration).Encode, Decode: meta.DecodeAcceleration}

// Lifecycle is its lifecycle rules.
var Lifecycle = Document[meta.Lifecycle]{Name: "lifecycle", Encode: (*meta.Lifecycle).Encode, Decode: meta.DecodeLifecycle}

// LifecycleHistory is what the rules did of late.
var LifecycleHistory = Document[meta.LifecycleHistory]{Name: "lifecycle-history", Encode: (*meta.LifecycleHistory).Encode, Decode: meta.DecodeLifecycleHistory}

// decodedDocument is what was made of a row: nil when there is none. It holds as a decodedBucket does, and as long as the row's bytes are
// the same.
type decodedDocument struct {
	doc        any
	raw        string
	generation uint64
}

// GetDocument returns a document of the bucket, nil when it has none. It is shared: it must not be changed. Where the engine tells of
// changes, a document that was read before costs no look into the store; nowhere is the same row decoded for each request.
func GetDocument[T any](ctx context.Context, s *Service, b *meta.Bucket, kind Document[T]) (doc *T, err error) {
	var old *decodedDocument
	if of, ok := s.documents.Load(b.ID); ok {
		if d, ok := of.(*sync.Map).Load(kind.Name); ok {
			old = d.(*decodedDocument)
		}
	}
	var generation uint64
	if s.generations != nil {
		generation = s.generations.Generation(meta.DocumentKey(b.ID, "")[0])
		if old != nil && old.generation == generation {
			return old.doc.(*T), nil
		}
	}
	var raw []byte
	var same bool
	err = s.KV.View(ctx, func(r kv.Reader) error {
		same = false
		raw, err = r.Get(meta.DocumentKey(b.ID, kind.Name))
		switch {
		case errors.Is(err, kv.ErrNotFound):
			doc, err = nil, nil
		case err == nil && old != nil && old.raw == string(raw):
			doc, same = old.doc.(*T), true
		case err == nil:
			doc, err = kind.Decode(raw)
		}
		return err
	})
	if err != nil {
		return nil, Fault("bucket.GetDocument", err)
	}
	entry := &decodedDocument{doc: doc, generation: generation}
	switch {
	case same && s.generations == nil:
		return doc, nil
	case same:
		entry.raw = old.raw
	default:
		entry.raw = string(raw)
	}
	of, _ := s.documents.LoadOrStore(b.ID, &sync.Map{})
	of.(*sync.Map).Store(kind.Name, entry)
	return doc, nil
}

// ReadDocument is GetDocument within a transaction.
func ReadDocument[T any](r kv.Reader, b *meta.Bucket, kind Document[T]) (*T, error) {
	raw, err := r.Get(meta.DocumentKey(b.ID, kind.Name))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return kind.Decode(raw)
}

// SetDocument gives the bucket a document, or takes it away when doc is nil. It returns fault.NoSuchBucket when the bucket is not that
// one any more. check, unless nil, may refuse with a fault after a look at the bucket and the document that is there (nil for none).
//
// One transaction writes one row: a crash leaves the old document or the new one.
func SetDocument[T any](ctx context.Context, s *Service, b *meta.Bucket, kind Document[T], doc *T, check func(tx kv.Reader, now *meta.Bucket, old *T) error) error {
	const op = "bucket.SetDocument"
	if s.ReadOnly {
		return fault.New(op, fault.ReadOnly, "")
	}
	key := meta.DocumentKey(b.ID, kind.Name)
	return Fault(op, s.KV.Update(ctx, func(tx kv.Txn) error {
		now, err := meta.GetBucket(tx, b.Name)
		if errors.Is(err, kv.ErrNotFound) || err == nil && now.ID != b.ID {
			return missing(op, b.Name)
		}
		if err != nil {
			return err
		}
		if check != nil {
			old, err := ReadDocument(tx, b, kind)
			if err != nil {
				return err
			}
			if err := check(tx, now, old); err != nil {
				return err
			}
		}
		var raw []byte
		if doc != nil {
			raw = kind.Encode(doc)
		}
		if kind.Name == policyName {
			if err := s.policyChanges(tx, key, raw); err != nil {
				return err
			}
		}
		if doc == nil {
			return tx.Delete(key)
		}
		return tx.Set(key, raw)
	}))
}
