package sigv4

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Error is a refusal as the client is to see it.
type Error struct {
	Code    string // "SignatureDoesNotMatch"
	Message string
	Detail  []Pair // further elements of the error document, in order
}

// Error is code and message. The details repeat parts of the request and are for its sender only, never for a log.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Get returns the value of a detail, empty when there is none.
func (e *Error) Get(name string) string {
	for _, p := range e.Detail {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// The codes in use.
const (
	CodeAccessDenied          = "AccessDenied"
	CodeHeaderMalformed       = "AuthorizationHeaderMalformed"
	CodeQueryParameters       = "AuthorizationQueryParametersError"
	CodeIncompleteBody        = "IncompleteBody"
	CodeInvalidAccessKeyID    = "InvalidAccessKeyId"
	CodeInvalidArgument       = "InvalidArgument"
	CodeInvalidChunkSize      = "InvalidChunkSizeError"
	CodeInvalidRequest        = "InvalidRequest"
	CodeMalformedTrailer      = "MalformedTrailerError"
	CodeMissingContentLength  = "MissingContentLength"
	CodeNotImplemented        = "NotImplemented"
	CodeRequestTimeTooSkewed  = "RequestTimeTooSkewed"
	CodeSignatureDoesNotMatch = "SignatureDoesNotMatch"
	CodeContentSHA256Mismatch = "XAmzContentSHA256Mismatch"
)

func refuse(code, message string, detail ...Pair) *Error {
	return &Error{Code: code, Message: message, Detail: detail}
}

func malformedHeader(text string, detail ...Pair) *Error {
	return refuse(CodeHeaderMalformed, "The authorization header is malformed; "+text, detail...)
}

func badQuery(text string, detail ...Pair) *Error {
	return refuse(CodeQueryParameters, text, detail...)
}

func invalidAuthorization(text, value string) *Error {
	return refuse(CodeInvalidArgument, text, Pair{"ArgumentName", "Authorization"}, Pair{"ArgumentValue", value})
}

func denied(text string, detail ...Pair) *Error { return refuse(CodeAccessDenied, text, detail...) }

// UnknownAccessKey is the refusal of a key that nobody has.
func UnknownAccessKey(accessKey string) *Error {
	return refuse(CodeInvalidAccessKeyID, "The AWS Access Key Id you provided does not exist in our records.", Pair{"AWSAccessKeyId", accessKey})
}

// VersionNotSupported is the refusal of Signature Version 2 where it is switched off.
func VersionNotSupported() *Error {
	return refuse(CodeInvalidRequest, "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
}

// ContentMismatch is the refusal of a body whose SHA-256 is not the one that the request announced; both in hex.
func ContentMismatch(client, computed string) *Error {
	return refuse(CodeContentSHA256Mismatch, "The provided 'x-amz-content-sha256' header does not match what was computed.",
		Pair{"ClientComputedContentSHA256", client}, Pair{"S3ComputedContentSHA256", computed})
}

func badDate() *Error {
	return denied("AWS authentication requires a valid Date or x-amz-date header")
}

func skewed(sent string, now time.Time) *Error {
	return refuse(CodeRequestTimeTooSkewed, "The difference between the request time and the current time is too large.",
		Pair{"RequestTime", sent}, Pair{"ServerTime", iso(now)}, Pair{"MaxAllowedSkewMilliseconds", strconv.FormatInt(maxSkew.Milliseconds(), 10)})
}

func expired(at, now time.Time) *Error {
	return denied("Request has expired", Pair{"Expires", iso(at)}, Pair{"ServerTime", iso(now)})
}

func mismatch(accessKey, signature, stringToSign, canonicalRequest string) *Error {
	e := refuse(CodeSignatureDoesNotMatch,
		"The request signature we calculated does not match the signature you provided. Check your key and signing method.",
		Pair{"AWSAccessKeyId", accessKey}, Pair{"StringToSign", stringToSign}, Pair{"SignatureProvided", signature},
		Pair{"StringToSignBytes", spacedHex(stringToSign)})
	if canonicalRequest != "" {
		e.Detail = append(e.Detail, Pair{"CanonicalRequest", canonicalRequest}, Pair{"CanonicalRequestBytes", spacedHex(canonicalRequest)})
	}
	return e
}

func incomplete() *Error {
	return refuse(CodeIncompleteBody, "You did not provide the number of bytes specified by the Content-Length HTTP header")
}

func chunkTooSmall(number int, size int64) *Error {
	return refuse(CodeInvalidChunkSize, "Only the last chunk is allowed to have a size less than 8192 bytes",
		Pair{"Chunk", strconv.Itoa(number)}, Pair{"BadChunkSize", strconv.FormatInt(size, 10)})
}

func malformedTrailer() *Error {
	return refuse(CodeMalformedTrailer, "The request contained trailing data that was not well-formed or did not conform to our published schema.")
}

func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// spacedHex writes bytes as AWS does in its error documents: "47 45 54".
func spacedHex(s string) string {
	var b strings.Builder
	b.Grow(3 * len(s))
	var pair [2]byte
	for i := range len(s) {
		if i > 0 {
			b.WriteByte(' ')
		}
		hex.Encode(pair[:], []byte{s[i]})
		b.Write(pair[:])
	}
	return b.String()
}
