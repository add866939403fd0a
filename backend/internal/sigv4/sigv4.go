// Package sigv4 reads, checks and makes the signatures of S3 requests: Signature Version 4 in the Authorization header, in the query of a
// presigned URL, in the fields of a browser's form and over the chunks and trailers of a streamed body, and Signature Version 2 in header,
// query and form.
//
// Everything here is a pure function of the request, the credentials and a time. The order of a server is: Parse, Verifier.Check, look
// the access key up, Verifier.Verify, then NewBody around the request's body. Refusals are of type *Error and carry the error code and the
// sentence that AWS answers.
package sigv4

import "time"

// Request is what is signed of an HTTP request.
type Request struct {
	Method string
	Path   string              // as sent, percent-encoded, without query
	Query  string              // as sent, without "?"
	Header map[string][]string // keys in canonical form, as net/http has them; Host is not read from here
	Hosts  []string            // the host that the client may have signed: the Host header first, then public names of the server
	Prefix string              // of the path as the client may have signed it, which a proxy took away; empty for none. For Version 4
	Bucket string              // bucket that the host names; empty for path style. Only Signature Version 2 needs it
	Length int64               // Content-Length, -1 when unknown
	Digest string              // SHA-256 of the body in hex, for services whose requests need not name it; empty for S3
}

// Kind is how a request is authenticated.
type Kind uint8

// The kinds.
const (
	Anonymous Kind = iota
	HeaderV4
	QueryV4
	HeaderV2
	QueryV2
	FormV4
	FormV2
)

// V4 reports whether the kind is a form of Signature Version 4.
func (k Kind) V4() bool { return k == HeaderV4 || k == QueryV4 || k == FormV4 }

// Presigned reports whether the signature stands in the query.
func (k Kind) Presigned() bool { return k == QueryV4 || k == QueryV2 }

// String is the value of the policy key s3:authType; empty for Anonymous.
func (k Kind) String() string {
	switch k {
	case HeaderV4, HeaderV2:
		return "REST-HEADER"
	case QueryV4, QueryV2:
		return "REST-QUERY-STRING"
	case FormV4, FormV2:
		return "POST"
	}
	return ""
}

// Version is the value of the policy key s3:signatureversion; empty for Anonymous.
func (k Kind) Version() string {
	switch k {
	case HeaderV4, QueryV4, FormV4:
		return algorithmV4
	case HeaderV2, QueryV2, FormV2:
		return "AWS"
	}
	return ""
}

// Payload is what x-amz-content-sha256 says of the body.
type Payload uint8

// The forms of a body.
const (
	Unsigned            Payload = iota // UNSIGNED-PAYLOAD, or nothing said
	Hashed                             // the SHA-256 of the body in hex
	SignedChunks                       // STREAMING-AWS4-HMAC-SHA256-PAYLOAD
	SignedChunksTrailer                // STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
	ChunksTrailer                      // STREAMING-UNSIGNED-PAYLOAD-TRAILER
)

// Values of x-amz-content-sha256 beside the hex digest of a body.
const (
	UnsignedPayload            = "UNSIGNED-PAYLOAD"
	StreamingPayload           = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	StreamingPayloadTrailer    = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	StreamingUnsignedTrailer   = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	EmptyPayload               = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" // SHA-256 of nothing
	streamingECDSA             = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"
	streamingECDSATrailer      = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER"
	algorithmV4                = "AWS4-HMAC-SHA256"
	algorithmV4a               = "AWS4-ECDSA-P256-SHA256"
	terminal                   = "aws4_request"
	timeFormat                 = "20060102T150405Z"
	dayFormat                  = "20060102"
	maxSkew                    = 15 * time.Minute
	maxExpires                 = 7 * 24 * time.Hour
	headerAuthorization        = "Authorization"
	headerDate                 = "Date"
	headerAmzDate              = "X-Amz-Date"
	headerContentSHA256        = "X-Amz-Content-Sha256"
	headerSecurityToken        = "X-Amz-Security-Token"
	headerDecodedContentLength = "X-Amz-Decoded-Content-Length"
	headerTrailer              = "X-Amz-Trailer"
)

// Chunked reports whether the body is framed in chunks.
func (p Payload) Chunked() bool { return p >= SignedChunks }

// Trailer reports whether trailers follow the last chunk.
func (p Payload) Trailer() bool { return p == SignedChunksTrailer || p == ChunksTrailer }

// Auth is what a request claims about its sender. Nothing in it is proven before Verify returned nil.
type Auth struct {
	Kind          Kind
	AccessKey     string
	Time          time.Time     // when it was signed; zero for QueryV2 and Anonymous
	Expires       time.Duration // QueryV4: for how long from Time
	ExpiresAt     time.Time     // end of a presigned request's life
	Day           string        // V4: the date in the scope, "20060102"
	Region        string        // V4
	Service       string        // V4
	SignedHeaders []string      // V4, lower case, as listed
	Signature     string
	SessionToken  string
	Payload       Payload
	PayloadHash   string // V4: the last line of the canonical request; otherwise x-amz-content-sha256 as sent

	timeText string // as it stands in the string to sign
	list     string // SignedHeaders as sent; the policy of a form
	key      [32]byte
	verified bool
}

// Age is for how long the request has been signed at now; zero where the time of signing is not known.
func (a *Auth) Age(now time.Time) time.Duration {
	if a.Time.IsZero() {
		return 0
	}
	return now.Sub(a.Time)
}

// Pair is a name with its value.
type Pair struct{ Name, Value string }
