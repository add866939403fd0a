package meta

import (
	"errors"
	"time"

	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

// Versioning is the versioning state of a bucket.
type Versioning uint8

// The states. A bucket never returns to VersioningOff.
const (
	VersioningOff Versioning = iota
	VersioningEnabled
	VersioningSuspended
)

// String is the state as S3 names it, empty for VersioningOff.
func (v Versioning) String() string { return [...]string{"", "Enabled", "Suspended"}[v] }

// MFADelete is whether a version can be deleted, or the versioning state changed, only with a code of a device.
type MFADelete uint8

// The states. Unset is that of a bucket for which it was never said.
const (
	MFADeleteUnset MFADelete = iota
	MFADeleteDisabled
	MFADeleteEnabled
)

// String is the state as S3 names it, empty for MFADeleteUnset.
func (m MFADelete) String() string { return [...]string{"", "Disabled", "Enabled"}[m] }

// Bucket is a bucket's record.
type Bucket struct {
	Name       string // from the key
	ID         ident.Bucket
	Created    time.Time
	Account    string // id of the owner
	CreatedBy  string // user id
	Region     string // location constraint as given, empty for us-east-1
	Versioning Versioning
	MFADelete  MFADelete
	Lock       LockRule // enabled only while versioning is
	Quota      Quota
}

const bucketFormat = 1

// Encode returns the record's bytes.
func (b *Bucket) Encode() []byte {
	e := newEncoder(bucketFormat, 64)
	e.bytes(1, b.ID[:])
	e.time(2, b.Created)
	e.str(3, b.Account)
	e.str(4, b.CreatedBy)
	e.str(5, b.Region)
	e.uint(6, uint64(b.Versioning))
	b.Lock.encode(e, 9)
	e.limit(7, b.Quota.MaxBytes)
	e.limit(8, b.Quota.MaxObjects)
	e.uint(10, uint64(b.MFADelete))
	return e.b
}

// DecodeBucket is the inverse of Encode.
func DecodeBucket(name string, raw []byte) (*Bucket, error) {
	b := &Bucket{Name: name}
	err := decode(raw, bucketFormat, func(f field) error {
		switch f.id {
		case 1:
			return f.fixed(b.ID[:])
		case 2:
			b.Created = f.time()
		case 3:
			b.Account = f.str()
		case 4:
			b.CreatedBy = f.str()
		case 5:
			b.Region = f.str()
		case 6:
			if f.num > uint64(VersioningSuspended) {
				return unknown("versioning state of bucket", f)
			}
			b.Versioning = Versioning(f.num)
		case 9:
			return b.Lock.decode(f.data)
		case 7:
			return f.limit(&b.Quota.MaxBytes)
		case 8:
			return f.limit(&b.Quota.MaxObjects)
		case 10:
			if f.num > uint64(MFADeleteEnabled) {
				return unknown("MFA delete of bucket", f)
			}
			b.MFADelete = MFADelete(f.num)
		default:
			return unknown("bucket", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// GetBucket returns the bucket of a name, or kv.ErrNotFound.
func GetBucket(r kv.Reader, name string) (*Bucket, error) {
	raw, err := r.Get(BucketKey(name))
	if err != nil {
		return nil, err
	}
	return DecodeBucket(name, raw)
}

// Usage is what a bucket holds, or one lane's share of it (whose fields may be negative).
type Usage struct {
	Objects      int64 // current versions that are no delete markers
	Bytes        int64 // of those
	Versions     int64 // all versions that are no delete markers, the current ones included
	VersionBytes int64 // of those
	Markers      int64 // delete markers
	Uploads      int64 // open multipart uploads
	UploadBytes  int64 // bytes of their parts
}

// Add adds d to u.
func (u *Usage) Add(d Usage) {
	u.Objects += d.Objects
	u.Bytes += d.Bytes
	u.Versions += d.Versions
	u.VersionBytes += d.VersionBytes
	u.Markers += d.Markers
	u.Uploads += d.Uploads
	u.UploadBytes += d.UploadBytes
}

const usageFormat = 1

// Encode returns the record's bytes.
func (u *Usage) Encode() []byte {
	e := newEncoder(usageFormat, 48)
	for i, v := range [...]int64{u.Objects, u.Bytes, u.Versions, u.VersionBytes, u.Markers, u.Uploads, u.UploadBytes} {
		e.int(wireNumber(i+1), v)
	}
	return e.b
}

// DecodeUsage is the inverse of Encode.
func DecodeUsage(raw []byte) (u Usage, err error) {
	to := [...]*int64{&u.Objects, &u.Bytes, &u.Versions, &u.VersionBytes, &u.Markers, &u.Uploads, &u.UploadBytes}
	err = decode(raw, usageFormat, func(f field) error {
		if f.id < 1 || int(f.id) > len(to) {
			return unknown("usage", f)
		}
		*to[f.id-1] = f.int()
		return nil
	})
	return u, err
}

// AddUsage adds d to one lane of a bucket's counters.
func AddUsage(tx kv.Txn, id ident.Bucket, lane uint16, d Usage) error {
	if d == (Usage{}) {
		return nil
	}
	key := UsageKey(id, lane)
	raw, err := tx.Get(key)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	var u Usage
	if err == nil {
		if u, err = DecodeUsage(raw); err != nil {
			return err
		}
	}
	u.Add(d)
	return tx.Set(key, u.Encode())
}

// GetUsage sums the lanes of a bucket.
func GetUsage(r kv.Reader, id ident.Bucket) (sum Usage, err error) {
	it := r.Iter(UsageLanes(id))
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		u, err := DecodeUsage(it.Value())
		if err != nil {
			return sum, err
		}
		sum.Add(u)
	}
	return sum, nil
}
