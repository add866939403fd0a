package s3err

import (
	"errors"
	"net/http"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// Element is a further element of an error document.
type Element struct{ Name, Value string }

// Error is a refusal as the client is to see it.
type Error struct {
	Code     string
	Status   int
	Message  string
	Elements []Element   // between Message and Resource, in order
	Header   http.Header // further headers of the answer, nil for none
	Err      error       // cause, for the log only
}

// New returns the error of a code with the sentence of the table. The code must be in the table; another one is InternalError.
func New(code string) *Error {
	c, ok := byName[code]
	if !ok {
		c = byName["InternalError"]
	}
	return &Error{Code: c.Name, Status: c.Status, Message: c.Message}
}

// Text returns the error of a code with a sentence of its own.
func Text(code, message string) *Error {
	e := New(code)
	if message != "" {
		e.Message = message
	}
	return e
}

// Argument is InvalidArgument for a parameter or header.
func Argument(message, name, value string) *Error {
	return Text("InvalidArgument", message).With("ArgumentName", name).With("ArgumentValue", value)
}

// NotImplemented names the header or parameter whose feature does not exist.
func NotImplemented(header string) *Error {
	return New("NotImplemented").With("Header", header)
}

// Add adds an element.
func (e *Error) Add(name, value string) { e.Elements = append(e.Elements, Element{name, value}) }

// With adds an element and returns e.
func (e *Error) With(name, value string) *Error {
	e.Add(name, value)
	return e
}

// Default adds an element unless there is one of this name.
func (e *Error) Default(name, value string) {
	if _, ok := e.Element(name); !ok {
		e.Add(name, value)
	}
}

// Element returns the value of the element of a name.
func (e *Error) Element(name string) (string, bool) {
	for _, el := range e.Elements {
		if el.Name == name {
			return el.Value, true
		}
	}
	return "", false
}

// Replace sets an element, in its place if there is one of this name.
func (e *Error) Replace(name, value string) {
	for i := range e.Elements {
		if e.Elements[i].Name == name {
			e.Elements[i].Value = value
			return
		}
	}
	e.Add(name, value)
}

// SetHeader sets a header of the answer, in the case in which it is given, unless the value is empty.
func (e *Error) SetHeader(name, value string) {
	if value == "" {
		return
	}
	if e.Header == nil {
		e.Header = http.Header{}
	}
	e.Header[name] = []string{value}
}

// WithHeader is SetHeader and returns e.
func (e *Error) WithHeader(name, value string) *Error {
	e.SetHeader(name, value)
	return e
}

// Because sets the cause and returns e.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// Error is code, sentence and cause, for logs. The elements stay out: some repeat what is signed.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Code + ": " + e.Message + ": " + e.Err.Error()
	}
	return e.Code + ": " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// kinds gives each kind of failure its code.
var kinds = map[fault.Kind]string{
	fault.Internal:    "InternalError",
	fault.Canceled:    "RequestTimeout",
	fault.Busy:        "SlowDown",
	fault.Unavailable: "ServiceUnavailable",
	fault.ReadOnly:    "ServiceUnavailable",
	fault.StorageFull: "StorageFull",

	fault.NoSuchBucket:   "NoSuchBucket",
	fault.NoSuchKey:      "NoSuchKey",
	fault.NoSuchVersion:  "NoSuchVersion",
	fault.NoSuchUpload:   "NoSuchUpload",
	fault.NoSuchUser:     "InvalidAccessKeyId",
	fault.NoSuchDocument: "NoSuchConfiguration",
	fault.NotFound:       "NoSuchResource",
	fault.DeleteMarker:   "MethodNotAllowed",

	fault.BucketExists:        "BucketAlreadyExists",
	fault.BucketOwned:         "BucketAlreadyOwnedByYou",
	fault.BucketNotEmpty:      "BucketNotEmpty",
	fault.Conflict:            "OperationAborted",
	fault.ConditionalConflict: "ConditionalRequestConflict",

	fault.InvalidArgument:    "InvalidArgument",
	fault.InvalidRequest:     "InvalidRequest",
	fault.InvalidBucketName:  "InvalidBucketName",
	fault.InvalidBucketState: "InvalidBucketState",
	fault.KeyTooLong:         "KeyTooLongError",
	fault.InvalidRange:       "InvalidRange",
	fault.InvalidPart:        "InvalidPart",
	fault.InvalidPartOrder:   "InvalidPartOrder",
	fault.EntityTooSmall:     "EntityTooSmall",
	fault.EntityTooLarge:     "EntityTooLarge",
	fault.MetadataTooLarge:   "MetadataTooLarge",
	fault.InvalidDigest:      "InvalidDigest",
	fault.BadDigest:          "BadDigest",
	fault.IncompleteBody:     "IncompleteBody",
	fault.MalformedPolicy:    "MalformedPolicy",

	fault.PreconditionFailed: "PreconditionFailed",
	fault.NotModified:        "NotModified",

	fault.AccessDenied:    "AccessDenied",
	fault.Unauthenticated: "AccessDenied",
	fault.LockedOut:       "AccessDenied",
	fault.RateLimited:     "SlowDown",
	fault.ObjectLocked:    "AccessDenied",
	fault.QuotaExceeded:   "QuotaExceeded",
	fault.NotImplemented:  "NotImplemented",
}

// shown lists the details of faults that belong into the document, in the order in which it has them. Other details are for the code
// that makes the answer (headers) and stay out.
var shown = []string{
	"ArgumentName", "ArgumentValue", "Header", "AdditionalMessage", "Method", "ResourceType",
	"BucketName", "Key", "UploadId", "PartNumber", "ETag",
	"RangeRequested", "ActualObjectSize", "PartNumberRequested", "ActualPartCount",
	"Size", "MaxSizeAllowed", "ProposedSize", "MinSizeAllowed",
	"Content-MD5", "ExpectedDigest", "CalculatedDigest", "StorageClassRequested", "LocationConstraint", "Condition",
}

// From returns the error that a client sees for err: an Error as it is, the refusals of signatures with their own codes, every fault by its
// kind, and anything else as InternalError without its text.
func From(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var sig *sigv4.Error
	if errors.As(err, &sig) {
		return fromSignature(sig, err)
	}
	kind := fault.KindOf(err)
	text := fault.TextOf(err)
	if kind == fault.InvalidBucketName {
		text = "" // AWS does not say why
	}
	e = Text(kinds[kind], text).Because(err)
	detail := fault.DetailOf(err)
	for _, name := range shown {
		if v, ok := detail[name]; ok && (name != "ETag" || kind == fault.InvalidPart || kind == fault.EntityTooSmall) {
			e.Add(name, v)
		}
	}
	e.SetHeader("Retry-After", detail[fault.RetryAfter])
	if kind == fault.NoSuchVersion {
		e.Default("VersionId", detail["VersionId"])
	}
	return e
}

func fromSignature(sig *sigv4.Error, err error) *Error {
	e := Text(sig.Code, sig.Message)
	if e.Code != sig.Code {
		return New("InternalError").Because(err)
	}
	for _, p := range sig.Detail {
		e.Add(p.Name, p.Value)
	}
	return e
}

// Document is the XML body of the answer. Resource is the path that was asked for, decoded.
func (e *Error) Document(resource, requestID, hostID string) []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	e.Fragment(&b, resource, requestID, hostID)
	return []byte(b.String())
}

// Fragment writes the document without its declaration, for answers that have begun already.
func (e *Error) Fragment(b *strings.Builder, resource, requestID, hostID string) {
	b.WriteString("<Error>")
	element(b, "Code", e.Code)
	element(b, "Message", e.Message)
	for _, el := range e.Elements {
		element(b, el.Name, el.Value)
	}
	if resource != "" {
		element(b, "Resource", resource)
	}
	element(b, "RequestId", requestID)
	element(b, "HostId", hostID)
	b.WriteString("</Error>")
}

func element(b *strings.Builder, name, value string) {
	b.WriteByte('<')
	b.WriteString(name)
	b.WriteByte('>')
	escape(b, value)
	b.WriteString("</")
	b.WriteString(name)
	b.WriteByte('>')
}

// escape writes text so that any XML 1.0 parser reads it: what XML cannot hold, which only a broken request contains, becomes U+FFFD.
func escape(b *strings.Builder, s string) {
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\'':
			b.WriteString("&apos;")
		case r == '\r':
			b.WriteString("&#13;")
		case r < 0x20 && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff:
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r) // invalid UTF-8 arrives here as U+FFFD
		}
	}
}
