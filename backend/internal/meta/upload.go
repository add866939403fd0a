package meta

import (
	"time"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/ident"
)

// UploadState is how far a multipart upload is.
type UploadState uint8

// The states. Parts are frozen from UploadCompleting on; a completed upload stays a day, so that completing it again gives the same answer.
const (
	UploadOpen UploadState = iota
	UploadCompleting
	UploadCompleted
)

// Upload is a multipart upload.
type Upload struct {
	Key       string       // from the key of the row
	ID        ident.Upload // likewise
	State     UploadState
	Started   time.Time
	Owner     string // account
	Initiator string // user id
	Headers   Headers
	Class     string
	Algorithm checksum.Algorithm
	Composite bool   // the checksum type the client asked for or that follows from the algorithm
	Explicit  bool   // the client named the algorithm: parts must come with it
	Digest    []byte // completing and completed: digest of the list of parts that the client named
	Completed Order  // completed: the version that came of it
	Due       time.Time
	Bytes     int64  // sum of the sizes of its parts
	Epoch     uint32 // completing: the node epoch that froze the parts; once it has ended nobody is completing any more
	Result    []byte // completed: Version.Encode of the version, so that the answer can be given again when that is gone
	Tags      Tags   // of the version that will come of it
	Lock      Lock   // likewise, as the client asked for it
	ACL       *ACL   // likewise
	Redirect  string // likewise
}

// Order is an alias, so that records read well.
type Order = ident.Order

const uploadFormat = 1

// Encode returns the record's bytes.
func (u *Upload) Encode() []byte {
	e := newEncoder(uploadFormat, 128)
	e.uint(1, uint64(u.State))
	e.time(2, u.Started)
	e.str(3, u.Owner)
	e.str(4, u.Initiator)
	e.str(5, u.Class)
	e.uint(6, uint64(u.Algorithm))
	e.bool(7, u.Composite)
	e.bool(8, u.Explicit)
	e.bytes(9, u.Digest)
	e.uint(10, uint64(u.Completed))
	e.time(11, u.Due)
	e.int(12, u.Bytes)
	e.uint(13, uint64(u.Epoch))
	e.bytes(14, u.Result)
	u.Headers.encode(e, 16)
	u.Tags.encode(e, 23)
	u.Lock.encode(e, 24)
	encodeACL(e, 25, u.ACL)
	e.str(26, u.Redirect)
	return e.b
}

// DecodeUpload is the inverse of Encode.
func DecodeUpload(key string, id ident.Upload, raw []byte) (*Upload, error) {
	u := &Upload{Key: key, ID: id}
	err := decode(raw, uploadFormat, func(f field) error {
		switch f.id {
		case 1:
			if f.num > uint64(UploadCompleted) {
				return unknown("state of upload", f)
			}
			u.State = UploadState(f.num)
		case 2:
			u.Started = f.time()
		case 3:
			u.Owner = f.str()
		case 4:
			u.Initiator = f.str()
		case 5:
			u.Class = f.str()
		case 6:
			return f.algorithm(&u.Algorithm)
		case 7:
			u.Composite = f.bool()
		case 8:
			u.Explicit = f.bool()
		case 9:
			u.Digest = f.copy()
		case 10:
			u.Completed = Order(f.num)
		case 11:
			u.Due = f.time()
		case 12:
			u.Bytes = f.int()
		case 13:
			u.Epoch = uint32(f.num) //nolint:gosec // written by Encode
		case 14:
			u.Result = f.copy()
		case 23:
			return u.Tags.decode(f)
		case 24:
			return u.Lock.decode(f.data)
		case 25:
			return decodeACL(f, &u.ACL)
		case 26:
			u.Redirect = f.str()
		default:
			if !u.Headers.decode(f, 16) {
				return unknown("upload", f)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// Part is a part of an upload.
type Part struct {
	Number   int // from the key of the row
	Blob     ident.Blob
	Inline   bool
	Size     int64
	MD5      [16]byte
	Checksum Checksum
	Modified time.Time
}

const partFormat = 1

// Encode returns the record's bytes.
func (p *Part) Encode() []byte {
	e := newEncoder(partFormat, 96)
	if !p.Blob.IsZero() {
		e.bytes(1, p.Blob[:])
	}
	e.bool(2, p.Inline)
	e.int(3, p.Size)
	e.bytes(4, p.MD5[:])
	p.Checksum.encode(e, 5)
	e.time(6, p.Modified)
	return e.b
}

// DecodePart is the inverse of Encode.
func DecodePart(number int, raw []byte) (*Part, error) {
	p := &Part{Number: number}
	err := decode(raw, partFormat, func(f field) error {
		switch f.id {
		case 1:
			return f.fixed(p.Blob[:])
		case 2:
			p.Inline = f.bool()
		case 3:
			p.Size = f.int()
		case 4:
			return f.fixed(p.MD5[:])
		case 5:
			return p.Checksum.decode(f.data)
		case 6:
			p.Modified = f.time()
		default:
			return unknown("part", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// PartSize is one entry of a manifest.
type PartSize struct {
	Number int
	Size   int64
}

// Manifest lists the parts of a version in order, so that a range is found without reading the parts before it. It is stored as part 0.
type Manifest struct{ Parts []PartSize }

const (
	manifestFormat = 1
	maxPart        = 10000
)

// Encode returns the record's bytes: about 8 for each part.
func (m *Manifest) Encode() []byte {
	e := newEncoder(manifestFormat, 16+10*len(m.Parts))
	for _, p := range m.Parts {
		e.uint(1, uint64(p.Number)) //nolint:gosec // 1 to 10,000
		e.uint(2, uint64(p.Size)+1) //nolint:gosec // not negative; a field of zero would be left out
	}
	return e.b
}

// DecodeManifest is the inverse of Encode.
func DecodeManifest(raw []byte) (*Manifest, error) {
	m := &Manifest{}
	err := decode(raw, manifestFormat, func(f field) error {
		switch {
		case f.id == 1 && f.num >= 1 && f.num <= maxPart:
			m.Parts = append(m.Parts, PartSize{Number: int(f.num)}) //nolint:gosec // at most 10,000
		case f.id == 2 && len(m.Parts) > 0 && f.num > 0 && m.Parts[len(m.Parts)-1].Size == 0:
			m.Parts[len(m.Parts)-1].Size = int64(f.num - 1) //nolint:gosec // written by Encode
		default:
			return unknown("manifest", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}
