// Package object is the life of objects: the versions of a key and the uploads that become versions.
//
// It knows no HTTP. Every write ends in one transaction (commit.go) that re-checks the bucket, the conditions and the locks, makes the new
// version current, adjusts usage and queues what it replaced for deletion; whatever a caller saw before that transaction was only a hint.
package object

import (
	"io"
	"time"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Limits of S3.
const (
	MaxKey      = 1024    // bytes
	MaxObject   = 5 << 40 // bytes
	MaxPart     = 5 << 30 // bytes
	MaxParts    = 10000
	MaxMetadata = 2 << 10 // bytes of names and values of user metadata
	MaxBatch    = 1000    // keys of one DeleteBatch
)

// Caller is who a write is done for; the record of the version names it.
type Caller struct {
	Account string
	User    string
}

// Digests are the checks a client asked for. A mismatch stores nothing and is fault.BadDigest.
type Digests struct {
	MD5       []byte                 // Content-MD5, nil when absent
	Algorithm checksum.Algorithm     // checksum.None: the client named none, and CRC64NVME is computed and kept
	Value     []byte                 // expected value, nil when it comes as a trailer or the client only named the algorithm
	Trailer   func() ([]byte, error) // called after the body's end; returns the value the trailer carried; nil when there is none
}

// WriteConditions must hold in the commit. The zero value has none.
type WriteConditions struct {
	IfNoneMatch     bool       // If-None-Match: *
	IfMatch         string     // entity tag without quotes, or "*"; empty for none
	IfMatchSize     *int64     // deletes only
	IfMatchModified *time.Time // deletes only; to the second
}

// ReadConditions decide whether a read answers NotModified or PreconditionFailed, with the precedence of RFC 9110. Entity tags as sent.
type ReadConditions struct {
	IfMatch           string
	IfNoneMatch       string
	IfModifiedSince   *time.Time
	IfUnmodifiedSince *time.Time
}

// PutInput describes a new version.
type PutInput struct {
	Bucket   *meta.Bucket
	Key      string
	Caller   Caller
	Body     io.Reader // must return an error before its end when the payload is not what was signed
	Size     int64     // declared length, which the body must have (fault.IncompleteBody); -1 when not known
	Headers  meta.Headers
	Class    string
	Tags     meta.Tags
	Lock     meta.Lock // zero: the bucket's default
	ACL      *meta.ACL
	Redirect string // website redirect location, empty for none
	Digests  Digests
	If       WriteConditions
}

// Written is the outcome of a write.
type Written struct {
	Version   *meta.Version
	VersionID string // as the answer shows it: empty when the bucket never had versioning
}

// Span is a range of bytes as a client asks for it: First to Last inclusive; Last < 0 means to the end; First < 0 means the last -First bytes.
type Span struct{ First, Last int64 }

// GetInput names a version and the part of it that is wanted.
type GetInput struct {
	Bucket     *meta.Bucket
	Key        string
	VersionID  string      // empty for the current one
	Seen       ident.Order // unless 0, of the version that must still be the one: else fault.Conflict
	If         ReadConditions
	Span       *Span  // nil for all; fault.InvalidRange when nothing of it exists
	SpanIf     string // If-Range, empty for none: all is wanted unless the version has this entity tag or, to the second, this date
	PartNumber int    // 0 for none; fault.InvalidPart (416 on the wire) when there is no such part
	HeadOnly   bool   // no content is opened
}

// Object is a version with the content that was asked for.
type Object struct {
	Version    *meta.Version
	VersionID  string // empty when the bucket never had versioning
	Current    bool
	Offset     int64 // of the content within the object
	Length     int64
	Partial    bool    // a span or a part was asked for
	PartsCount int     // number of parts, when PartNumber was asked for and the version has parts; else 0
	Content    Content // nil when HeadOnly
}

// Content streams the bytes. WriteTo uses sendfile where the bytes are in a plain file and w can do it.
type Content interface {
	io.Reader
	io.WriterTo
	io.Closer
}

// DeleteInput names what is to be deleted.
type DeleteInput struct {
	Bucket    *meta.Bucket
	Key       string
	VersionID string // empty: the current version goes, or a delete marker comes
	Bypass    bool   // a retention in governance mode does not count
	MFA       bool   // the caller gave a code of a device, without which a bucket with MFA delete keeps its versions
	Caller    Caller
	If        WriteConditions
}

// Deleted is the outcome of a delete. Deleting what is not there succeeds.
type Deleted struct {
	Key       string
	VersionID string // version that was deleted, or the id of the new marker; empty when the bucket never had versioning
	Marker    bool   // the version named here is a delete marker: one that came, or one that went
	Err       error  // batch only
}

// BatchItem is one key of DeleteBatch.
type BatchItem struct {
	Key       string
	VersionID string
	Bypass    bool // as in DeleteInput
	MFA       bool // as in DeleteInput
	If        WriteConditions
	Err       error // set by the caller: this item is refused and only reported
}

// CopyInput describes a copy. The source was authorized by the caller.
type CopyInput struct {
	Source         GetInput // VersionID and If apply to the source
	Target         *meta.Bucket
	Key            string
	Caller         Caller
	ReplaceHeaders bool // metadata directive REPLACE: Headers count, else those of the source
	Headers        meta.Headers
	ReplaceTags    bool // Tags count, else those of the source
	Tags           meta.Tags
	Lock           meta.Lock          // that of the source does not count
	Redirect       string             // that of the source is not copied
	Class          string             // empty: STANDARD, as S3 does unless it is named
	ACL            *meta.ACL          // that of the source does not count
	Algorithm      checksum.Algorithm // None: that of the source is kept
	If             WriteConditions
}

// CreateUploadInput starts a multipart upload.
type CreateUploadInput struct {
	Bucket    *meta.Bucket
	Key       string
	Caller    Caller
	Headers   meta.Headers
	Class     string
	Tags      meta.Tags
	Lock      meta.Lock // with the bucket's default, it counts from completion
	ACL       *meta.ACL
	Redirect  string
	Algorithm checksum.Algorithm // None: the client named none, CRC64NVME is computed
	Composite bool               // checksum type; the caller refuses impossible pairs
}

// PartInput is one part.
type PartInput struct {
	Bucket  *meta.Bucket
	Key     string
	Upload  ident.Upload
	Number  int // 1 to MaxParts
	Body    io.Reader
	Size    int64 // -1 when not known
	Digests Digests
}

// PartCopyInput is a part copied from an object.
type PartCopyInput struct {
	Source GetInput // with Span for a range
	Bucket *meta.Bucket
	Key    string
	Upload ident.Upload
	Number int
}

// CompletedPart is one part as the client lists it on completion.
type CompletedPart struct {
	Number   int
	ETag     string // without quotes
	Checksum map[checksum.Algorithm][]byte
}

// CompleteInput makes a version of an upload.
type CompleteInput struct {
	Bucket    *meta.Bucket
	Key       string
	Upload    ident.Upload
	Caller    Caller
	Parts     []CompletedPart
	Size      int64 // x-amz-mp-object-size, -1 when absent
	Algorithm checksum.Algorithm
	Value     []byte // full-object or composite checksum the client expects, nil when absent
	Composite *bool  // x-amz-checksum-type, nil when absent
	If        WriteConditions
}

// PartsPage is a page of ListParts.
type PartsPage struct {
	Upload    *meta.Upload
	Parts     []*meta.Part
	Truncated bool
	Next      int // part-number-marker of the next page
}

// Listing asks for a page of current versions.
type Listing struct {
	Bucket    *meta.Bucket
	Prefix    string
	Delimiter string
	After     string // exclusive: a key, or a common prefix of the page before
	Max       int    // keys and prefixes together
}

// Page is a page of current versions; Objects and Prefixes are each in order.
type Page struct {
	Objects   []*meta.Version
	Prefixes  []string
	Truncated bool
	Next      string // After of the next page: the last key or prefix of this one
}

// VersionListing asks for a page of all versions.
type VersionListing struct {
	Bucket        *meta.Bucket
	Prefix        string
	Delimiter     string
	KeyMarker     string
	VersionMarker string      // after this version of KeyMarker; empty: after the key KeyMarker
	Before        ident.Order // instead of VersionMarker: only versions of KeyMarker that are older than this; 0 for none
	Max           int
}

// VersionEntry is one version in a listing.
type VersionEntry struct {
	*meta.Version
	Latest bool
}

// VersionPage is a page of versions.
type VersionPage struct {
	Versions    []VersionEntry
	Prefixes    []string
	Truncated   bool
	NextKey     string
	NextVersion string // empty when the page ended with a common prefix
}

// UploadListing asks for a page of open uploads.
type UploadListing struct {
	Bucket       *meta.Bucket
	Prefix       string
	Delimiter    string
	KeyMarker    string
	UploadMarker string // only with KeyMarker
	Max          int
}

// UploadPage is a page of open uploads.
type UploadPage struct {
	Uploads    []*meta.Upload
	Prefixes   []string
	Truncated  bool
	NextKey    string
	NextUpload string
}
