// Package ident makes the identifiers of the server: opaque, fixed in width, and ordered by time where order pays.
package ident

import (
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"sync"

	"github.com/myfsio/myfsio/backend/internal/clock"
)

// Sizes in bytes.
const (
	BlobSize   = 24
	BucketSize = 12
	UploadSize = 24
)

type (
	// Blob names a blob: node epoch (4 bytes), unix nanoseconds (8), random (12), big-endian. Blobs of one epoch sort by time.
	Blob [BlobSize]byte
	// Bucket is a bucket's identity; a re-created bucket has another one. All random.
	Bucket [BucketSize]byte
	// Upload names a multipart upload: unix nanoseconds (8), random (16). Uploads sort by time.
	Upload [UploadSize]byte
)

// Epoch is the node epoch that made the blob.
func (b Blob) Epoch() uint32 { return binary.BigEndian.Uint32(b[:4]) }

// IsZero reports whether b names no blob.
func (b Blob) IsZero() bool { return b == Blob{} }

// String is the blob's name in lower-case hex, as used for file names and object keys of blob engines.
func (b Blob) String() string { return hex.EncodeToString(b[:]) }

// ErrInvalid is returned for text that is not an identifier.
var ErrInvalid = errors.New("ident: invalid identifier")

// ParseBlob is the inverse of Blob.String.
func ParseBlob(s string) (b Blob, err error) {
	if len(s) != 2*BlobSize {
		return b, ErrInvalid
	}
	if _, err = hex.Decode(b[:], []byte(s)); err != nil || b.String() != s {
		return Blob{}, ErrInvalid
	}
	return b, nil
}

// String is the bucket identity in lower-case hex.
func (b Bucket) String() string { return hex.EncodeToString(b[:]) }

var b32 = base32.HexEncoding.WithPadding(base32.NoPadding)

// String is the upload id as clients see it: 39 characters 0-9A-V that sort as the bytes do.
func (u Upload) String() string { return b32.EncodeToString(u[:]) }

// ParseUpload is the inverse of Upload.String.
func ParseUpload(s string) (u Upload, err error) {
	raw, err := b32.DecodeString(s)
	if err != nil || len(raw) != UploadSize {
		return u, ErrInvalid
	}
	copy(u[:], raw)
	if u.String() != s {
		return Upload{}, ErrInvalid
	}
	return u, nil
}

// Order places a version among the versions of its key: unix nanoseconds, raised where the clock did not move on.
type Order uint64

// VersionID is the version id that clients see for a version of this order: 32 characters, unique within a key.
func (o Order) VersionID() string {
	var raw [20]byte
	binary.BigEndian.PutUint64(raw[:8], uint64(o))
	mix(&raw)
	return b32.EncodeToString(raw[:])
}

// ParseVersionID is the inverse of Order.VersionID; it does not accept "null".
func ParseVersionID(s string) (Order, error) {
	if len(s) != 32 {
		return 0, ErrInvalid
	}
	dec, err := b32.DecodeString(s)
	if err != nil || len(dec) != 20 {
		return 0, ErrInvalid
	}
	o := Order(binary.BigEndian.Uint64(dec[:8]))
	if o.VersionID() != s {
		return 0, ErrInvalid
	}
	return o, nil
}

// LikeVersionID reports whether s is of a form that version ids have on AWS or on other servers: 32 letters, digits, dots and underscores, a
// UUID, or a ULID. Such an id is well-formed, though it names no version here.
func LikeVersionID(s string) bool {
	for i := range len(s) {
		c := s[i]
		upper, digit := 'A' <= c && c <= 'Z', '0' <= c && c <= '9'
		switch {
		case len(s) == 36 && (i == 8 || i == 13 || i == 18 || i == 23):
			if c != '-' {
				return false
			}
		case digit:
		case upper && len(s) != 36, 'a' <= c && c <= 'z' && len(s) == 32, 'a' <= c && c <= 'f' && len(s) == 36, (c == '.' || c == '_') && len(s) == 32:
		default:
			return false
		}
	}
	return len(s) == 26 || len(s) == 32 || len(s) == 36
}

// mix fills the tail of raw with bytes that follow from the order, so that a mistyped version id is recognised as one.
func mix(raw *[20]byte) {
	x := binary.BigEndian.Uint64(raw[:8])
	for i := 8; i < 20; i += 4 {
		x += 0x9e3779b97f4a7c15
		z := (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
		z = (z ^ (z >> 27)) * 0x94d049bb133111eb
		binary.BigEndian.PutUint32(raw[i:], uint32(z>>32)) //nolint:gosec // the upper half is wanted
	}
}

// Source makes identifiers from a clock and a source of randomness. It is safe for concurrent use.
type Source struct {
	clock clock.Clock
	mu    sync.Mutex
	rand  io.Reader
	buf   []byte
	left  []byte
}

// NewSource returns a Source; rand is crypto/rand.Reader except where answers must be reproducible.
func NewSource(c clock.Clock, rand io.Reader) *Source {
	return &Source{clock: c, rand: rand, buf: make([]byte, 1024)}
}

// Fill puts random bytes into p. A failing source of randomness is fatal, since nothing safe can be done without one.
func (s *Source) Fill(p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(p) > 0 {
		if len(s.left) == 0 {
			if _, err := io.ReadFull(s.rand, s.buf); err != nil {
				panic("ident: no randomness: " + err.Error())
			}
			s.left = s.buf
		}
		n := copy(p, s.left)
		clear(s.left[:n])
		s.left, p = s.left[n:], p[n:]
	}
}

// Blob returns a new blob id of the node epoch.
func (s *Source) Blob(epoch uint32) (b Blob) {
	binary.BigEndian.PutUint32(b[:4], epoch)
	binary.BigEndian.PutUint64(b[4:12], s.now())
	s.Fill(b[12:])
	return b
}

// Bucket returns a new bucket identity.
func (s *Source) Bucket() (b Bucket) {
	s.Fill(b[:])
	return b
}

// Upload returns a new upload id.
func (s *Source) Upload() (u Upload) {
	binary.BigEndian.PutUint64(u[:8], s.now())
	s.Fill(u[8:])
	return u
}

// Request returns a new request id: 16 characters 0-9A-V.
func (s *Source) Request() string {
	var raw [10]byte
	s.Fill(raw[:])
	return b32.EncodeToString(raw[:])
}

func (s *Source) now() uint64 { return uint64(s.clock.Now().UnixNano()) } //nolint:gosec // after 1970
