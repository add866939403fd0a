// Package fault classifies failures. Lower floors return kinds; the wire floors map every kind to a status and a code in one table each.
package fault

import (
	"context"
	"errors"
	"strings"
)

// Kind is the class of a failure. The zero kind is Internal: whatever nobody classified, whose text never reaches a client.
type Kind uint8

// The kinds. Adding one makes the tests of s3/s3err and admin fail until both map it.
const (
	Internal Kind = iota
	// Service state.
	Canceled    // the client went away or its deadline passed
	Busy        // contention or load; the same request may succeed later
	Unavailable // starting, stopping, or the outcome of a commit is not known
	ReadOnly    // the server was started read-only, or writes are stopped after a failed fsync
	StorageFull // no space for the write
	// Names that do not exist.
	NoSuchBucket
	NoSuchKey
	NoSuchVersion
	NoSuchUpload
	NoSuchUser
	NoSuchDocument // a bucket has no such configuration
	NotFound       // anything else that is named and does not exist
	DeleteMarker   // the named version is a delete marker
	// Names that exist.
	BucketExists // owned by another account
	BucketOwned  // owned by the caller's account
	BucketNotEmpty
	Conflict            // another change came first
	ConditionalConflict // a conditional write met a concurrent one
	// Input.
	InvalidArgument
	InvalidRequest
	InvalidBucketName
	InvalidBucketState // the bucket's versioning or lock state forbids it
	KeyTooLong
	InvalidRange
	InvalidPart
	InvalidPartOrder
	EntityTooSmall
	EntityTooLarge
	MetadataTooLarge
	InvalidDigest // a digest header that is not a digest
	BadDigest     // content does not match its digest
	IncompleteBody
	MalformedPolicy
	// Conditions.
	PreconditionFailed
	NotModified
	// Access.
	AccessDenied
	Unauthenticated // no or wrong credentials where an identity is needed
	LockedOut
	RateLimited
	ObjectLocked
	QuotaExceeded
	NotImplemented
	kinds // count
)

var names = [kinds]string{
	"internal", "canceled", "busy", "unavailable", "read only", "storage full",
	"no such bucket", "no such key", "no such version", "no such upload", "no such user", "no such document", "not found", "delete marker",
	"bucket exists", "bucket owned", "bucket not empty", "conflict", "conditional conflict",
	"invalid argument", "invalid request", "invalid bucket name", "invalid bucket state", "key too long", "invalid range", "invalid part",
	"invalid part order", "entity too small", "entity too large", "metadata too large", "invalid digest", "bad digest", "incomplete body", "malformed policy",
	"precondition failed", "not modified",
	"access denied", "unauthenticated", "locked out", "rate limited", "object locked", "quota exceeded", "not implemented",
}

// String is the kind's name for logs.
func (k Kind) String() string {
	if k < kinds {
		return names[k]
	}
	return "unknown kind"
}

// Kinds returns every kind, for the tests that hold the tables complete.
func Kinds() []Kind {
	all := make([]Kind, kinds)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// Error is a classified failure.
type Error struct {
	Kind   Kind
	Op     string            // "object.Put"
	Text   string            // for the client; empty means the wire floor's own sentence for the kind
	Detail map[string]string // what the wire adds: "ArgumentName", "VersionId", "Condition" …
	Err    error             // cause, for the log only
}

// Error is the text for logs: operation, kind, text and cause.
func (e *Error) Error() string {
	parts := make([]string, 0, 4)
	if e.Op != "" {
		parts = append(parts, e.Op)
	}
	parts = append(parts, e.Kind.String())
	if e.Text != "" {
		parts = append(parts, e.Text)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// RetryAfter is the detail that says after how many seconds the same request may succeed.
const RetryAfter = "RetryAfter"

// With adds a detail and returns e.
func (e *Error) With(name, value string) *Error {
	if e.Detail == nil {
		e.Detail = map[string]string{}
	}
	e.Detail[name] = value
	return e
}

// New returns an error of a kind with a text for the client.
func New(op string, kind Kind, text string) *Error { return &Error{Kind: kind, Op: op, Text: text} }

// Wrap adds an operation to err and keeps its kind, text and details; nil stays nil.
func Wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: KindOf(err), Op: op, Text: TextOf(err), Detail: DetailOf(err), Err: err}
}

// KindOf returns the kind of err: that of the outermost Error, Canceled for a context's end, else Internal.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Canceled
	}
	return Internal
}

// Is reports whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// TextOf returns the text for the client, empty for what is not an Error.
func TextOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Kind != Internal {
		return e.Text
	}
	return ""
}

// DetailOf returns the details of the outermost Error.
func DetailOf(err error) map[string]string {
	var e *Error
	if errors.As(err, &e) {
		return e.Detail
	}
	return nil
}
