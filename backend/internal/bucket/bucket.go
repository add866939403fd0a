// Package bucket is the life of buckets: creation, lookup, listing, state and removal.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/projection"
)

// DefaultRegion is the region that S3 shows as an empty location.
const DefaultRegion = "us-east-1"

// Deps is what a Service needs.
type Deps struct {
	KV     kv.Store
	Clock  clock.Clock
	Idents *ident.Source
	Region string // of this server

	Ownership meta.Ownership // of objects in new buckets

	ReadOnly bool // writes are refused, whatever they would come to

	Logger     *slog.Logger    // nil: nothing is logged
	PolicyFile string          // path of bucket_policies.json; empty: no file is kept
	Principals PrincipalsCheck // of policies that are edited there; nil: nobody is looked for
}

// Service reads and changes buckets. It is safe for concurrent use.
type Service struct {
	Deps
	File        *projection.File // bucket_policies.json
	generations kv.Generations   // nil where others write, too
	decoded     sync.Map         // name → *decodedBucket
	documents   sync.Map         // ident.Bucket → *sync.Map of document name → *decodedDocument
}

// New returns a Service.
func New(d Deps) *Service {
	s := &Service{Deps: d}
	if d.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	s.File = &projection.File{Path: d.PolicyFile, Doc: policyFile{s}, Store: d.KV, Clock: d.Clock, Logger: s.Logger, ReadOnly: d.ReadOnly}
	s.generations, _ = d.KV.(kv.Generations)
	return s
}

// CreateInput describes a new bucket.
type CreateInput struct {
	Name    string
	Account string // id of the owner
	User    string
	Region  string // location constraint, empty when the request had none
	Lock    bool   // with object lock, and so with versioning

	Ownership *meta.Ownership // nil for that of Deps
	ACL       *meta.ACL
	Tags      meta.Tags
}

// Create makes a bucket. It returns fault.BucketOwned with the bucket when the account has it already, fault.BucketExists when another has.
//
// One transaction writes the rows: a crash leaves the bucket whole or absent.
func (s *Service) Create(ctx context.Context, in CreateInput) (*meta.Bucket, error) {
	const op = "bucket.Create"
	if err := ValidName(in.Name); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if s.ReadOnly {
		return nil, fault.New(op, fault.ReadOnly, "")
	}
	fresh := &meta.Bucket{Name: in.Name, ID: s.Idents.Bucket(), Created: s.Clock.Now(), Account: in.Account, CreatedBy: in.User, Region: in.Region}
	if in.Lock {
		fresh.Versioning, fresh.Lock.Enabled = meta.VersioningEnabled, true
	}
	result := fresh
	err := s.KV.Update(ctx, func(tx kv.Txn) error {
		result = fresh
		old, err := meta.GetBucket(tx, in.Name)
		switch {
		case errors.Is(err, kv.ErrNotFound):
			// An account may be deleted while it has no bucket.
			if _, err := meta.GetAccount(tx, in.Account); errors.Is(err, kv.ErrNotFound) {
				return fault.New(op, fault.AccessDenied, "The account does not exist any more.")
			} else if err != nil {
				return err
			}
			return errors.Join(tx.Set(meta.BucketKey(in.Name), fresh.Encode()), s.found(tx, fresh, &in))
		case err != nil:
			return err
		case old.ID == fresh.ID: // this very transaction, committed with an unknown outcome and run again
			return nil
		case old.Account == in.Account:
			result = old
			return fault.New(op, fault.BucketOwned, "").With("BucketName", in.Name)
		default:
			result = nil
			return fault.New(op, fault.BucketExists, "").With("BucketName", in.Name)
		}
	})
	return result, Fault(op, err)
}

// found writes the documents that a bucket begins with.
func (s *Service) found(tx kv.Txn, b *meta.Bucket, in *CreateInput) (err error) {
	ownership := in.Ownership
	if ownership == nil && s.Ownership != meta.ObjectWriter {
		ownership = &s.Ownership
	}
	if ownership != nil {
		err = tx.Set(meta.DocumentKey(b.ID, Ownership.Name), ownership.Encode())
	}
	if in.ACL != nil {
		err = errors.Join(err, tx.Set(meta.DocumentKey(b.ID, ACL.Name), in.ACL.Encode()))
	}
	if len(in.Tags) > 0 {
		err = errors.Join(err, tx.Set(meta.DocumentKey(b.ID, Tagging.Name), in.Tags.Encode()))
	}
	return err
}

// Get returns the bucket, or fault.NoSuchBucket. The record is shared: it must not be changed.
func (s *Service) Get(ctx context.Context, name string) (b *meta.Bucket, err error) {
	const op = "bucket.Get"
	if ValidName(name) != nil {
		return nil, missing(op, name)
	}
	var generation uint64
	if s.generations != nil {
		generation = s.generations.Generation(meta.BucketKey("")[0])
		if old, ok := s.decoded.Load(name); ok && old.(*decodedBucket).generation == generation {
			return old.(*decodedBucket).bucket, nil
		}
	}
	err = s.KV.View(ctx, func(r kv.Reader) error {
		b, err = s.read(r, op, name, generation)
		return err
	})
	return b, Fault(op, err)
}

// decodedBucket is what was made of a row. It holds while the row has these bytes, and, where the engine tells, without a look at the row
// while no bucket has changed since the generation.
type decodedBucket struct {
	raw        string
	bucket     *meta.Bucket
	generation uint64
}

func (s *Service) read(r kv.Reader, op, name string, generation uint64) (*meta.Bucket, error) {
	raw, err := r.Get(meta.BucketKey(name))
	if errors.Is(err, kv.ErrNotFound) {
		s.decoded.Delete(name)
		return nil, missing(op, name)
	}
	if err != nil {
		return nil, err
	}
	var b *meta.Bucket
	if old, ok := s.decoded.Load(name); ok && old.(*decodedBucket).raw == string(raw) {
		b = old.(*decodedBucket).bucket
	} else if b, err = meta.DecodeBucket(name, raw); err != nil {
		return nil, err
	}
	s.decoded.Store(name, &decodedBucket{raw: string(raw), bucket: b, generation: generation})
	return b, nil
}

// Delete removes an empty bucket: one without versions and delete markers (fault.BucketNotEmpty).
//
// The transaction removes the record and queues what may be left under the bucket's identity (uploads, counters, documents), so
// that a crash leaves either the bucket or a queued purge.
func (s *Service) Delete(ctx context.Context, name string) error {
	const op = "bucket.Delete"
	if s.ReadOnly {
		return fault.New(op, fault.ReadOnly, "")
	}
	var gone ident.Bucket
	err := s.KV.Update(ctx, func(tx kv.Txn) error {
		b, err := meta.GetBucket(tx, name)
		if errors.Is(err, kv.ErrNotFound) {
			return missing(op, name)
		}
		if err != nil {
			return err
		}
		gone = b.ID
		empty, err := s.empty(tx, b.ID)
		if err != nil {
			return err
		}
		if !empty {
			return fault.New(op, fault.BucketNotEmpty, "").With("BucketName", name)
		}
		if err := s.policyChanges(tx, meta.DocumentKey(b.ID, policyName), nil); err != nil {
			return err
		}
		var row ident.Blob
		copy(row[:], b.ID[:])
		due := uint64(s.Clock.Now().UnixNano()) //nolint:gosec // after 1970
		return errors.Join(
			tx.Delete(meta.BucketKey(name)),
			tx.Set(meta.GarbageKey(due, row), meta.WasteBucket.Encode()),
		)
	})
	if err == nil {
		s.decoded.Delete(name)
		s.documents.Delete(gone)
	}
	return Fault(op, err)
}

// empty reports whether the bucket has no versions. S3 lets a bucket with open uploads go and aborts them; the
// uploads' parts are queued by the purge of the identity.
func (s *Service) empty(r kv.Reader, id ident.Bucket) (bool, error) {
	for _, rng := range []kv.Range{meta.Objects(id, "", ""), meta.VersionsFrom(id, "")} {
		rng.KeysOnly = true
		it := r.Iter(rng)
		found := it.Next()
		if err := it.Close(); err != nil || found {
			return false, err
		}
	}
	return true, nil
}

// ListInput asks for a page of buckets in order of name.
type ListInput struct {
	Prefix string
	After  string // exclusive
	Max    int    // 0 for no limit
	Keep   func(*meta.Bucket) bool
}

// List returns the page and whether there are more. Keep, when set, decides which buckets count.
func (s *Service) List(ctx context.Context, in ListInput) (page []*meta.Bucket, truncated bool, err error) {
	err = s.KV.View(ctx, func(r kv.Reader) (err error) {
		page, truncated = nil, false
		rng := kv.Prefix(meta.BucketKey(in.Prefix))
		if in.After >= in.Prefix && in.After != "" {
			rng.Start = append(meta.BucketKey(in.After), 0)
		}
		it := r.Iter(rng)
		defer func() { err = errors.Join(err, it.Close()) }()
		for it.Next() {
			b, err := meta.DecodeBucket(string(it.Key()[2:]), it.Value())
			if err != nil {
				return err
			}
			if in.Keep != nil && !in.Keep(b) {
				continue
			}
			if in.Max > 0 && len(page) == in.Max {
				truncated = true
				return nil
			}
			page = append(page, b)
		}
		return nil
	})
	return page, truncated, Fault("bucket.List", err)
}

// NeedsMFA refuses what only a code of a device opens.
func NeedsMFA(op string) error {
	return fault.New(op, fault.AccessDenied, "Mfa Authentication must be used for this request")
}

// VersioningChange says what becomes of a bucket's versioning.
type VersioningChange struct {
	To        meta.Versioning
	MFADelete meta.MFADelete // MFADeleteUnset: it stays as it is
	Proven    bool           // the caller gave a code of a device
}

// SetVersioning turns versioning on or suspends it, and returns the bucket as it is then. It returns fault.InvalidBucketState for one with
// object lock, whose versioning stays on, and for MFA delete where there are lifecycle rules, which would delete without a code;
// fault.AccessDenied for a change that needs a code.
func (s *Service) SetVersioning(ctx context.Context, name string, to VersioningChange) (*meta.Bucket, error) {
	const op = "bucket.SetVersioning"
	if to.To == meta.VersioningOff {
		return nil, fault.New(op, fault.InvalidArgument, "Versioning can be enabled or suspended.")
	}
	return s.change(ctx, op, name, func(r kv.Reader, b *meta.Bucket) error {
		switch {
		case !to.Proven && (b.MFADelete == meta.MFADeleteEnabled || to.MFADelete == meta.MFADeleteEnabled):
			return NeedsMFA(op)
		case b.Lock.Enabled && to.To != meta.VersioningEnabled:
			return fault.New(op, fault.InvalidBucketState,
				"An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
		}
		if to.MFADelete == meta.MFADeleteEnabled {
			rules, err := ReadDocument(r, b, Lifecycle)
			if err != nil {
				return err
			}
			if rules != nil {
				return fault.New(op, fault.InvalidBucketState, "MFA delete cannot be enabled on a bucket that has a lifecycle configuration.")
			}
		}
		b.Versioning = to.To
		if to.MFADelete != meta.MFADeleteUnset {
			b.MFADelete = to.MFADelete
		}
		return nil
	})
}

// SetLock enables object lock with this default retention. It returns fault.InvalidBucketState unless versioning is enabled.
func (s *Service) SetLock(ctx context.Context, b *meta.Bucket, rule meta.LockRule) error {
	const op = "bucket.SetLock"
	_, err := s.change(ctx, op, b.Name, func(_ kv.Reader, now *meta.Bucket) error {
		switch {
		case now.ID != b.ID:
			return missing(op, b.Name)
		case now.Versioning != meta.VersioningEnabled:
			return fault.New(op, fault.InvalidBucketState, "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
		}
		now.Lock = rule
		now.Lock.Enabled = true
		return nil
	})
	return err
}

// SetQuota bounds what the bucket holds, and returns the bucket as it is then. The quota may be smaller than what is there already.
func (s *Service) SetQuota(ctx context.Context, name string, to meta.Quota) (*meta.Bucket, error) {
	const op = "bucket.SetQuota"
	for _, limit := range []*int64{to.MaxBytes, to.MaxObjects} {
		if limit != nil && *limit < 0 {
			return nil, fault.New(op, fault.InvalidArgument, "A limit of a quota is not negative.")
		}
	}
	return s.change(ctx, op, name, func(_ kv.Reader, b *meta.Bucket) error {
		b.Quota = to
		return nil
	})
}

// change rewrites a bucket record in one transaction.
func (s *Service) change(ctx context.Context, op, name string, fn func(kv.Reader, *meta.Bucket) error) (b *meta.Bucket, err error) {
	if s.ReadOnly {
		return nil, fault.New(op, fault.ReadOnly, "")
	}
	err = s.KV.Update(ctx, func(tx kv.Txn) error {
		b, err = meta.GetBucket(tx, name)
		if errors.Is(err, kv.ErrNotFound) {
			return missing(op, name)
		}
		if err != nil {
			return err
		}
		if err := fn(tx, b); err != nil {
			return err
		}
		return tx.Set(meta.BucketKey(name), b.Encode())
	})
	if err != nil {
		return nil, Fault(op, err)
	}
	return b, nil
}

// Usage returns what the bucket holds.
func (s *Service) Usage(ctx context.Context, b *meta.Bucket) (u meta.Usage, err error) {
	err = s.KV.View(ctx, func(r kv.Reader) error {
		u, err = meta.GetUsage(r, b.ID)
		return err
	})
	return u, Fault("bucket.Usage", err)
}

// Fault classifies an error of the metadata engine; see kv.Fault.
func Fault(op string, err error) error { return kv.Fault(op, err) }

func missing(op, name string) error {
	return fault.New(op, fault.NoSuchBucket, "").With("BucketName", name)
}

// reserved are first path segments of the admin API.
var reserved = map[string]bool{"myfsio": true, "iam": true, "kms": true}

// ValidName holds a name against the rules of S3 and the segments that this server keeps for itself.
func ValidName(name string) error {
	const op = "bucket.ValidName"
	bad := func(why string, args ...any) error {
		return fault.New(op, fault.InvalidBucketName, "The specified bucket is not valid: "+fmt.Sprintf(why, args...)+".").With("BucketName", name)
	}
	switch {
	case len(name) < 3 || len(name) > 63:
		return bad("a name has 3 to 63 characters")
	case reserved[name]:
		return bad("the name %s is reserved", strconv.Quote(name))
	case strings.HasPrefix(name, "xn--"), strings.HasPrefix(name, "sthree-"), strings.HasPrefix(name, "amzn-s3-demo-"):
		return bad("the name has a reserved prefix")
	case strings.HasSuffix(name, "-s3alias"), strings.HasSuffix(name, "--ol-s3"), strings.HasSuffix(name, ".mrap"), strings.HasSuffix(name, "--x-s3"), strings.HasSuffix(name, "--table-s3"):
		return bad("the name has a reserved suffix")
	}
	digits, dots := 0, 0
	for i := range len(name) {
		c := name[i]
		alnum := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			dots++
		}
		switch {
		case !alnum && c != '-' && c != '.':
			return bad("only lower-case letters, digits, hyphens and dots are allowed")
		case !alnum && (i == 0 || i == len(name)-1):
			return bad("a name begins and ends with a letter or digit")
		case i > 0 && !alnum && (c == '.' || name[i-1] == '.') && (name[i-1] == '.' || name[i-1] == '-'):
			return bad("a dot stands between letters or digits")
		}
	}
	if dots == 3 && digits+dots == len(name) {
		return bad("a name is not formatted as an IP address")
	}
	return nil
}
