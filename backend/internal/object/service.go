package object

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Defaults of Deps.
const (
	DefaultInlineMax   = 16 << 10
	DefaultMinPartSize = 5 << 20
	maxInline          = kv.MaxValue / 2
	copyBuffer         = 256 << 10
)

// Deps are what the service stands on.
type Deps struct {
	KV     kv.Store
	Blobs  blob.Store
	Clock  clock.Clock
	Idents *ident.Source

	InlineMax   int64 // objects up to this size live in the KV; 0 is DefaultInlineMax, negative none but the empty ones
	MinPartSize int64 // of every part but the last; 0 is DefaultMinPartSize
	BatchMax    int   // keys of one DeleteBatch; 0 is MaxBatch
	Node        uint8 // number of this node among those that share the store: commits of different nodes touch different counters
	ReadOnly    bool  // writes are refused, nothing is collected and the store is not changed, not even by Open
	Logger      *slog.Logger
}

// Service is the life of objects. It is safe for concurrent use.
type Service struct {
	kv        kv.Store
	blobs     blob.Store
	clock     clock.Clock
	idents    *ident.Source
	log       *slog.Logger
	inlineMax int64
	minPart   int64
	batchMax  int
	node      uint8
	readOnly  bool

	epoch    uint32
	epochKey []byte
	epochRow []byte       // while it is live
	limbo    atomic.Int64 // blobs of this epoch that no record names yet
	orphans  atomic.Bool  // such a blob may have been left behind

	reads   reads
	buffers sync.Pool // *[]byte of inlineMax+1
	copies  sync.Pool // *[]byte of copyBuffer
	work    collector
}

// Open takes a new node epoch and fences every other one, durably, and starts nothing. The caller owns the store alone.
//
// kill -9: the epoch is taken and the older ones are fenced in one transaction. Before it nothing happened; after it one more epoch without
// blobs is fenced by the next Open.
func Open(ctx context.Context, d Deps) (*Service, error) {
	const op = "object.Open"
	s := &Service{
		kv: d.KV, blobs: d.Blobs, clock: d.Clock, idents: d.Idents, log: d.Logger,
		inlineMax: d.InlineMax, minPart: d.MinPartSize, batchMax: d.BatchMax, node: d.Node, readOnly: d.ReadOnly,
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	switch {
	case s.inlineMax == 0:
		s.inlineMax = DefaultInlineMax
	case s.inlineMax < 0:
		s.inlineMax = 0
	case s.inlineMax > maxInline:
		return nil, fault.New(op, fault.InvalidArgument, "The inline threshold is too large for the metadata store.")
	}
	if s.minPart == 0 {
		s.minPart = DefaultMinPartSize
	}
	if s.batchMax == 0 {
		s.batchMax = MaxBatch
	}
	s.buffers.New = func() any { b := make([]byte, s.inlineMax+1); return &b }
	s.copies.New = func() any { b := make([]byte, copyBuffer); return &b }
	if s.readOnly {
		return s, nil
	}
	if err := kv.Reclaim(ctx, s.kv, s.takeEpoch); err != nil {
		return nil, failure(op, err)
	}
	s.work.sweeping = true // until the first look finds nothing
	return s, nil
}

// takeEpoch is the transaction of Open.
func (s *Service) takeEpoch(tx kv.Txn) error {
	last, err := number(tx, meta.LastEpochKey())
	if err != nil {
		return err
	}
	epochs, err := allEpochs(tx)
	if err != nil {
		return err
	}
	for _, e := range epochs {
		e.State = meta.EpochFenced
		if err := tx.Set(meta.EpochKey(e.Number), e.Encode()); err != nil {
			return err
		}
	}
	if len(epochs) > 0 {
		if err := tx.Set(meta.SweepingKey(), meta.EncodeNumber(1)); err != nil {
			return err
		}
	}
	s.epoch = uint32(last) + 1 //nolint:gosec // one for each start
	if err := tx.Set(meta.LastEpochKey(), meta.EncodeNumber(uint64(s.epoch))); err != nil {
		return err
	}
	e := meta.Epoch{State: meta.EpochLive, Started: s.clock.Now()}
	s.epochKey, s.epochRow = meta.EpochKey(s.epoch), e.Encode()
	return tx.Set(s.epochKey, s.epochRow)
}

func number(r kv.Reader, key []byte) (uint64, error) {
	raw, err := r.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return meta.DecodeNumber(raw)
}

// allEpochs returns the rows of node epochs. No iterator stays open.
func allEpochs(r kv.Reader) (all []*meta.Epoch, err error) {
	it := r.Iter(meta.Epochs())
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		n, err := meta.EpochOfKey(it.Key())
		if err != nil {
			return nil, err
		}
		e, err := meta.DecodeEpoch(n, it.Value())
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// Close marks the epoch as cleanly ended, so that the next Open need not look for leftovers. The caller has ended every other call. Where a
// blob may have been left behind the mark is not made, and the next Open sweeps. The stores stay open.
func (s *Service) Close(ctx context.Context) error {
	if s.readOnly || s.orphans.Load() || s.limbo.Load() != 0 {
		return nil
	}
	return failure("object.Close", kv.Reclaim(ctx, s.kv, func(tx kv.Txn) error {
		if err := s.fence(tx); err != nil {
			return err
		}
		return tx.Delete(s.epochKey)
	}))
}

// Epoch is the node epoch that Open took, 0 when read-only.
func (s *Service) Epoch() uint32 { return s.epoch }

// fence fails once this epoch has ended: another owner may be sweeping its blobs.
func (s *Service) fence(r kv.Reader) error {
	raw, err := r.Get(s.epochKey)
	switch {
	case err == nil && bytes.Equal(raw, s.epochRow): // nothing but fencing changes the row of a live epoch
		return nil
	case err != nil && !errors.Is(err, kv.ErrNotFound):
		return err
	}
	return fault.New("object.fence", fault.Unavailable, "Another server has taken over this store.")
}

// guard is the beginning of every writing transaction: the epoch is live, and the bucket is still the one that was authorized. It returns
// the bucket as it is now.
func (s *Service) guard(r kv.Reader, b *meta.Bucket) (*meta.Bucket, error) {
	if err := s.fence(r); err != nil {
		return nil, err
	}
	now, err := meta.GetBucket(r, b.Name)
	if errors.Is(err, kv.ErrNotFound) || err == nil && now.ID != b.ID {
		return nil, fault.New("object.guard", fault.NoSuchBucket, "").With("BucketName", b.Name)
	}
	return now, err
}

// writable is the first refusal of every write.
func (s *Service) writable(op string) error {
	if s.readOnly {
		return fault.New(op, fault.ReadOnly, "")
	}
	return nil
}

// now is the order of this moment.
func (s *Service) now() ident.Order {
	return ident.Order(s.clock.Now().UnixNano()) //nolint:gosec // after 1970
}

// failure classifies what the engines say. Errors that are classified already keep their kind, text and details.
func failure(op string, err error) error {
	if err == nil {
		return nil
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Kind != fault.Internal {
		return fault.Wrap(op, err)
	}
	kind := fault.KindOf(err)
	switch {
	case errors.Is(err, kv.ErrUnknown), errors.Is(err, kv.ErrClosed), errors.Is(err, blob.ErrClosed):
		kind = fault.Unavailable
	case errors.Is(err, kv.ErrFull), errors.Is(err, blob.ErrFull):
		kind = fault.StorageFull
	case errors.Is(err, kv.ErrPoisoned), errors.Is(err, blob.ErrPoisoned), errors.Is(err, kv.ErrReadOnly):
		kind = fault.ReadOnly
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		kind = fault.Canceled
	}
	return &fault.Error{Kind: kind, Op: op, Err: err}
}

// CheckKey refuses what cannot be an object key.
func CheckKey(key string) error {
	const op = "object.CheckKey"
	switch {
	case len(key) > MaxKey:
		return fault.New(op, fault.KeyTooLong, "").With("Size", itoa(int64(len(key)))).With("MaxSizeAllowed", itoa(MaxKey))
	case key == "":
		return fault.New(op, fault.InvalidArgument, "The object key must not be empty.").With("ArgumentName", "Key").With("ArgumentValue", "")
	case !utf8.ValidString(key), strings.IndexByte(key, 0) >= 0:
		return fault.New(op, fault.InvalidArgument, "The object key must be valid UTF-8 without NUL.").With("ArgumentName", "Key")
	}
	return nil
}
