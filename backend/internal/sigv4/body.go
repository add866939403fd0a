package sigv4

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"strconv"
	"strings"
	"sync"
)

// checksumTrailer begins the names of the trailers that a request may announce; which of them there are is the checksums' business.
const checksumTrailer = "x-amz-checksum-"

// Body is the payload of a request: out of its chunks, held to the digest, the chunk signatures, the length and the trailers that the
// request announced. It needs constant memory: at most one line, one read buffer, and the trailers, whatever the size of a chunk.
//
// Bytes are given out before the signature over their chunk or the digest of the whole could be checked; whoever reads must throw away
// everything when Read returns an error other than io.EOF, and must read to io.EOF before it believes anything. Errors about the payload
// are *Error; errors of the connection come through as they are, save that its early end is IncompleteBody. Every error is final.
type Body struct {
	payload  Payload
	body     io.Reader
	length   int64 // decoded; -1 when unknown
	read     int64 // decoded bytes given out
	err      error // sticky
	hash     hash.Hash
	want     string   // Hashed: what the request announced
	announce []string // trailers, lower case
	trailer  []Pair
	chunks   *chunks
}

var hashes = sync.Pool{New: func() any { return sha256.New() }}

// NewBody returns the payload in body, which is what follows the request's headers. The claim must be verified unless it is anonymous. A
// refusal that the headers alone decide is an *Error, and nothing has been read then.
func NewBody(r *Request, a *Auth, body io.Reader) (*Body, error) {
	b := &Body{payload: a.Payload, body: body, length: r.Length}
	if err := b.readAnnounced(r); err != nil {
		return nil, err
	}
	switch {
	case a.Payload == Hashed:
		b.want = a.PayloadHash
		b.hash = takeHash()
	case a.Payload.Chunked():
		text := strings.TrimSpace(first(r.Header, headerDecodedContentLength))
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || text[0] == '+' {
			return nil, refuse(CodeMissingContentLength, "You must provide the Content-Length HTTP header.")
		}
		b.length = n
		b.chunks = newChunks(body, a.Payload, n, b.announce)
		if a.Payload != ChunksTrailer {
			if !a.verified {
				return nil, denied("Access Denied")
			}
			b.chunks.chain = newChain(a)
			b.hash = takeHash()
		}
	}
	return b, nil
}

func takeHash() hash.Hash {
	h := hashes.Get().(hash.Hash)
	h.Reset()
	return h
}

// readAnnounced reads x-amz-trailer. What is announced without a form of body that has trailers can never arrive.
func (b *Body) readAnnounced(r *Request) error {
	for _, line := range r.Header[headerTrailer] {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
				continue
			}
			if !strings.HasPrefix(name, checksumTrailer) {
				return refuse(CodeInvalidRequest, "The value specified in the x-amz-trailer header is not supported")
			}
			b.announce = append(b.announce, name)
		}
	}
	if len(b.announce) > 0 && !b.payload.Trailer() {
		return malformedTrailer()
	}
	return nil
}

// Length is the size of the payload in bytes, -1 when the request does not say.
func (b *Body) Length() int64 { return b.length }

// Announced lists the trailers that are to come, in lower case.
func (b *Body) Announced() []string { return b.announce }

// Trailer returns the value of a trailer by its name in lower case; false before io.EOF and when it did not come.
func (b *Body) Trailer(name string) (string, bool) {
	if errors.Is(b.err, io.EOF) {
		for _, p := range b.trailer {
			if p.Name == name {
				return p.Value, true
			}
		}
	}
	return "", false
}

// Read gives out the payload; see Body for what its error means.
func (b *Body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	n, err := b.next(p)
	b.read += int64(n)
	if err != nil {
		b.end(err)
	}
	return n, b.err
}

func (b *Body) next(p []byte) (int, error) {
	if b.chunks != nil {
		return b.chunks.read(p, b.hash)
	}
	n, err := b.body.Read(p)
	if b.hash != nil {
		b.hash.Write(p[:n])
	}
	return n, err
}

// end settles on the final error and hands the memory on.
func (b *Body) end(err error) {
	b.err = err
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		b.err = incomplete()
	case !errors.Is(err, io.EOF):
	case b.chunks != nil:
		b.trailer = b.chunks.trailer
	case b.length >= 0 && b.read != b.length:
		b.err = incomplete()
	case b.hash != nil:
		var sum [hashSize]byte
		b.hash.Sum(sum[:0])
		if computed := hexOf(sum); !strings.EqualFold(computed, b.want) {
			b.err = ContentMismatch(b.want, computed)
		}
	}
	if b.hash != nil {
		hashes.Put(b.hash)
		b.hash = nil
	}
	if b.chunks != nil {
		b.chunks.release()
		b.chunks = nil
	}
}
