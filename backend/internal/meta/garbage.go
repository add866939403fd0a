package meta

import (
	"fmt"

	"github.com/myfsio/myfsio/backend/internal/ident"
)

// Waste is what a garbage row names.
type Waste uint8

// The kinds of waste. WasteUpload stands for all parts of an upload: the row's blob id then holds the upload id.
const (
	WasteBlob Waste = iota + 1
	WasteInline
	WasteUpload
	WasteBucket // all rows of a bucket identity: the row's blob id then begins with the bucket id
	WasteParts  // the parts of an upload that its manifest does not list; the row's blob id holds the upload id
	WasteRow    // one row, a completed upload: the garbage row's value names it, its blob id names nothing
)

const garbageFormat = 1

// Encode returns the bytes of a garbage row of the kind.
func (w Waste) Encode() []byte { return []byte{garbageFormat, byte(w)} }

// EncodeRow returns the bytes of a garbage row of kind WasteRow for a key of the store.
func EncodeRow(key []byte) []byte { return append(WasteRow.Encode(), key...) }

// DecodeWaste is the inverse of Encode and EncodeRow; row is set for WasteRow alone and shares memory with raw.
func DecodeWaste(raw []byte) (w Waste, row []byte, err error) {
	if len(raw) < 2 || raw[0] != garbageFormat {
		return 0, nil, fmt.Errorf("%w: garbage row", ErrCorrupt)
	}
	w, row = Waste(raw[1]), raw[2:]
	if w < WasteBlob || w > WasteRow || (w == WasteRow) != (len(row) > 0) {
		return 0, nil, fmt.Errorf("%w: garbage row of kind %d", ErrCorrupt, raw[1])
	}
	return w, row, nil
}

// The key of a garbage row has room for any identifier.
var (
	_ [ident.BlobSize - ident.UploadSize]struct{}
	_ [ident.BlobSize - ident.BucketSize]struct{}
)

// UploadWaste is the identifier under which a garbage row names an upload.
func UploadWaste(u ident.Upload) (b ident.Blob) {
	copy(b[:], u[:])
	return b
}

// WasteOfUpload is the inverse of UploadWaste.
func WasteOfUpload(b ident.Blob) (u ident.Upload) {
	copy(u[:], b[:])
	return u
}

// BucketWaste is the identifier under which a garbage row names a bucket identity.
func BucketWaste(id ident.Bucket) (b ident.Blob) {
	copy(b[:], id[:])
	return b
}

// WasteOfBucket is the inverse of BucketWaste.
func WasteOfBucket(b ident.Blob) (id ident.Bucket) {
	copy(id[:], b[:])
	return id
}
