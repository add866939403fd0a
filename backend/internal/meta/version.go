package meta

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

func wireNumber(i int) protowire.Number { return protowire.Number(i) } //nolint:gosec // a small field number

// NullVersion is the version id of a version that was made while versioning was not enabled.
const NullVersion = "null"

// Pair is a name and a value.
type Pair struct{ Name, Value string }

// Headers are the stored headers that a client gave and gets back.
type Headers struct {
	ContentType        string
	CacheControl       string
	ContentDisposition string
	ContentEncoding    string
	ContentLanguage    string
	Expires            string
	Metadata           []Pair // user metadata, names in lower case without the prefix x-amz-meta-, in order of name
}

// Checksum is an additional checksum of an object or a part.
type Checksum struct {
	Algorithm checksum.Algorithm // checksum.None: there is none
	Composite bool               // a checksum of checksums, shown with the number of parts
	Value     []byte
}

// Version is one version of a key, or a delete marker.
type Version struct {
	Key      string // from the key of the row
	Order    ident.Order
	Null     bool   // its id is "null"
	Marker   bool   // a delete marker; it has no fields below but Owner
	Owner    string // account
	Size     int64
	MD5      [16]byte // of the content, or of the parts' digests
	Parts    int      // number of parts, 0 when it was not uploaded in parts
	Checksum Checksum
	Headers  Headers
	Class    string // storage class, empty for STANDARD
	Tags     Tags
	Lock     Lock
	ACL      *ACL   // nil for a private object
	Redirect string // where a website sends readers of this version, empty for nowhere

	// Where the bytes are: one of these.
	Blob   ident.Blob // a blob; Inline tells whether in the KV (no row when Size is 0) or in the blob store. Zero when Segmented
	Inline bool
	Upload ident.Upload // the parts of this upload, when Segmented
}

// Segmented reports whether the bytes are those of an upload's parts. A copy of such a version has Parts, for its entity tag, but one blob.
func (v *Version) Segmented() bool { return v.Upload != (ident.Upload{}) }

// Modified is the time of the version, to the second, as S3 tells it.
func (v *Version) Modified() time.Time { return OrderTime(v.Order).Truncate(time.Second) }

// OrderTime is the time that an order stands for.
func OrderTime(o ident.Order) time.Time { return time.Unix(0, int64(o)).UTC() } //nolint:gosec // until 2262

// ID is the version id as S3 shows it for buckets that have had versioning enabled.
func (v *Version) ID() string {
	if v.Null {
		return NullVersion
	}
	return v.Order.VersionID()
}

// ETag is the entity tag without quotes.
func (v *Version) ETag() string {
	tag := hex.EncodeToString(v.MD5[:])
	if v.Parts > 0 {
		tag += "-" + strconv.Itoa(v.Parts)
	}
	return tag
}

const versionFormat = 1

// Encode returns the record's bytes.
func (v *Version) Encode() []byte {
	e := newEncoder(versionFormat, 160)
	e.uint(1, uint64(v.Order))
	e.bool(2, v.Null)
	e.bool(3, v.Marker)
	e.str(4, v.Owner)
	if v.Marker {
		return e.b
	}
	e.int(5, v.Size)
	e.bytes(6, v.MD5[:])
	e.uint(7, uint64(v.Parts)) //nolint:gosec // not negative
	v.Checksum.encode(e, 8)
	v.Headers.encode(e, 16)
	e.str(11, v.Class)
	if !v.Blob.IsZero() {
		e.bytes(12, v.Blob[:])
	}
	e.bool(13, v.Inline)
	if v.Upload != (ident.Upload{}) {
		e.bytes(14, v.Upload[:])
	}
	v.Tags.encode(e, 23)
	v.Lock.encode(e, 24)
	encodeACL(e, 25, v.ACL)
	e.str(26, v.Redirect)
	return e.b
}

// DecodeVersion is the inverse of Encode.
func DecodeVersion(key string, raw []byte) (*Version, error) {
	v := &Version{Key: key}
	err := decode(raw, versionFormat, func(f field) error {
		switch f.id {
		case 1:
			v.Order = ident.Order(f.num)
		case 2:
			v.Null = f.bool()
		case 3:
			v.Marker = f.bool()
		case 4:
			v.Owner = f.str()
		case 5:
			v.Size = f.int()
		case 6:
			return f.fixed(v.MD5[:])
		case 7:
			v.Parts = int(f.num) //nolint:gosec // at most 10,000
		case 8:
			return v.Checksum.decode(f.data)
		case 11:
			v.Class = f.str()
		case 12:
			return f.fixed(v.Blob[:])
		case 13:
			v.Inline = f.bool()
		case 14:
			return f.fixed(v.Upload[:])
		case 23:
			return v.Tags.decode(f)
		case 24:
			return v.Lock.decode(f.data)
		case 25:
			return decodeACL(f, &v.ACL)
		case 26:
			v.Redirect = f.str()
		default:
			if !v.Headers.decode(f, 16) {
				return unknown("version", f)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// encode writes the checksum as one nested field, nothing when there is none.
func (c *Checksum) encode(e *encoder, n protowire.Number) {
	if c.Algorithm == checksum.None {
		return
	}
	e.message(n, func(in *encoder) {
		in.uint(1, uint64(c.Algorithm))
		in.bool(2, c.Composite)
		in.bytes(3, c.Value)
	})
}

func (c *Checksum) decode(raw []byte) error {
	return decodeFields(raw, func(f field) error {
		switch f.id {
		case 1:
			return f.algorithm(&c.Algorithm)
		case 2:
			c.Composite = f.bool()
		case 3:
			c.Value = f.copy()
		default:
			return unknown("checksum", f)
		}
		return nil
	})
}

func (f field) algorithm(to *checksum.Algorithm) error {
	if *to = checksum.Algorithm(f.num); f.num > math.MaxUint8 || !to.Valid() { //nolint:gosec // checked in the same breath
		return fmt.Errorf("%w: checksum algorithm %d", ErrCorrupt, f.num)
	}
	return nil
}

// encode writes the headers as fields n to n+6.
func (h *Headers) encode(e *encoder, n protowire.Number) {
	for i, s := range [...]string{h.ContentType, h.CacheControl, h.ContentDisposition, h.ContentEncoding, h.ContentLanguage, h.Expires} {
		e.str(n+wireNumber(i), s)
	}
	for _, p := range h.Metadata {
		e.message(n+6, p.encode)
	}
}

// decode takes a field written by encode and reports whether it was one.
func (h *Headers) decode(f field, n protowire.Number) bool {
	to := [...]*string{&h.ContentType, &h.CacheControl, &h.ContentDisposition, &h.ContentEncoding, &h.ContentLanguage, &h.Expires}
	switch i := int(f.id - n); {
	case i >= 0 && i < len(to):
		*to[i] = f.str()
	case i == len(to):
		p, err := decodePair(f.data)
		if err != nil {
			return false
		}
		h.Metadata = append(h.Metadata, p)
	default:
		return false
	}
	return true
}

// GetCurrent returns the current version of a key, or kv.ErrNotFound when there is none or it is a delete marker.
func GetCurrent(r kv.Reader, id ident.Bucket, key string) (*Version, error) {
	raw, err := r.Get(ObjectKey(id, key))
	if err != nil {
		return nil, err
	}
	return DecodeVersion(key, raw)
}

// GetNoncurrent returns a noncurrent version or a marker, or kv.ErrNotFound.
func GetNoncurrent(r kv.Reader, id ident.Bucket, key string, o ident.Order) (*Version, error) {
	raw, err := r.Get(VersionKey(id, key, o))
	if err != nil {
		return nil, err
	}
	return DecodeVersion(key, raw)
}

// Newest returns the newest row of v/ for the key, which is the current one when GetCurrent finds none; kv.ErrNotFound when there is none.
// No iterator stays open.
func Newest(r kv.Reader, id ident.Bucket, key string) (v *Version, err error) {
	it := r.Iter(kv.Prefix(VersionsKey(id, key)))
	defer func() { err = errors.Join(err, it.Close()) }()
	if !it.Next() {
		return nil, kv.ErrNotFound
	}
	return DecodeVersion(key, it.Value())
}

// GetNullOrder returns the order of the key's noncurrent null version, or kv.ErrNotFound.
func GetNullOrder(r kv.Reader, id ident.Bucket, key string) (ident.Order, error) {
	raw, err := r.Get(NullKey(id, key))
	if err != nil {
		return 0, err
	}
	if len(raw) != 9 || raw[0] != 1 {
		return 0, ErrCorrupt
	}
	return ident.Order(binary.BigEndian.Uint64(raw[1:])), nil
}

// SetNullOrder records the order of the key's noncurrent null version.
func SetNullOrder(tx kv.Txn, id ident.Bucket, key string, o ident.Order) error {
	return tx.Set(NullKey(id, key), binary.BigEndian.AppendUint64([]byte{1}, uint64(o)))
}
