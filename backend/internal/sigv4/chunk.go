package sigv4

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"slices"
	"strings"
	"sync"
)

// Bounds of the framing, in bytes.
const (
	minChunk    = 8 << 10  // of every chunk but the last
	maxLine     = 256      // of the line before a chunk
	maxTrailer  = 8 << 10  // of everything behind the last chunk
	chunkBuffer = 32 << 10 // read ahead
)

const (
	chunkAlgorithm   = "AWS4-HMAC-SHA256-PAYLOAD"
	trailerAlgorithm = "AWS4-HMAC-SHA256-TRAILER"
	chunkSignature   = "chunk-signature="
	trailerSignature = "x-amz-trailer-signature"
)

// chain is the state of signatures of which each covers the one before.
type chain struct {
	key      [hashSize]byte
	scope    string // "\n<time>\n<scope>\n"
	previous [2 * hashSize]byte
	text     []byte
}

// newChain begins with the signature of the request.
func newChain(a *Auth) *chain {
	c := &chain{key: a.key, scope: "\n" + a.timeText + "\n" + string(a.appendScope(nil)) + "\n"}
	copy(c.previous[:], a.Signature)
	return c
}

// sign returns the next signature: of a chunk or, with trailer, of the trailers. Until accept it does not take part in the chain.
func (c *chain) sign(sum [hashSize]byte, trailer bool) (signature [2 * hashSize]byte) {
	c.text = append(c.text[:0], chunkAlgorithm...)
	if trailer {
		c.text = append(c.text[:0], trailerAlgorithm...)
	}
	c.text = append(c.text, c.scope...)
	c.text = append(c.text, c.previous[:]...)
	c.text = append(c.text, '\n')
	if !trailer {
		c.text = append(c.text, EmptyPayload...)
		c.text = append(c.text, '\n')
	}
	c.text = appendHex(c.text, sum)
	sum = hmac256(c.key[:], c.text)
	hex.Encode(signature[:], sum[:])
	return signature
}

// accept compares a signature with the expected one and makes it the previous.
func (c *chain) accept(sent [2 * hashSize]byte, sum [hashSize]byte, trailer bool) bool {
	want := c.sign(sum, trailer)
	if subtle.ConstantTimeCompare(want[:], sent[:]) != 1 {
		return false
	}
	c.previous = want
	return true
}

// chunks takes a payload out of its framing.
type chunks struct {
	r         *bufio.Reader
	payload   Payload
	chain     *chain             // nil when chunks are not signed
	left      int64              // of the payload, as declared
	inChunk   int64              // left of the current chunk
	open      bool               // a chunk has begun and its end was not read
	number    int                // of the current chunk, from 1
	small     int64              // size of the previous chunk if that may only be the last, else 0
	signature [2 * hashSize]byte // of the current chunk, as sent
	sum       [hashSize]byte     // of a chunk that is through
	announced []string           // the trailers that are to come, in lower case
	trailer   []Pair
}

var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, chunkBuffer) }}

func newChunks(body io.Reader, payload Payload, length int64, announced []string) *chunks {
	r := readers.Get().(*bufio.Reader)
	r.Reset(body)
	return &chunks{r: r, payload: payload, left: length, announced: announced}
}

func (c *chunks) release() {
	c.r.Reset(nil)
	readers.Put(c.r)
	c.r = nil
}

// read is Body.Read: it gives out bytes of one chunk. The last bytes of a chunk whose signature is wrong are not given out.
func (c *chunks) read(p []byte, h hash.Hash) (int, error) {
	if c.open && c.inChunk == 0 {
		if err := c.crlf(); err != nil {
			return 0, err
		}
		c.open = false
	}
	if !c.open {
		size, err := c.header()
		if err != nil {
			return 0, err
		}
		if size == 0 {
			return 0, c.last(h)
		}
		c.inChunk, c.open = size, true
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.inChunk)])
	if h != nil {
		h.Write(p[:n])
	}
	c.inChunk -= int64(n)
	c.left -= int64(n)
	if err != nil {
		return n, early(err)
	}
	if c.inChunk == 0 && h != nil {
		if err := c.verify(h); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// verify compares the signature of the chunk that h has seen.
func (c *chunks) verify(h hash.Hash) error {
	h.Sum(c.sum[:0])
	h.Reset()
	if !c.chain.accept(c.signature, c.sum, false) {
		return c.mismatch()
	}
	return nil
}

// mismatch repeats what was signed here, as for a request.
func (c *chunks) mismatch() *Error {
	e := mismatch("", string(c.signature[:]), string(c.chain.text), "")
	e.Detail = e.Detail[1:] // the key is not at hand and not in doubt
	return e
}

// early makes an end of the body where none may be an IncompleteBody.
func early(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return incomplete()
	}
	return err
}

// crlf reads the end of a line that must be empty.
func (c *chunks) crlf() error {
	for _, want := range [...]byte{'\r', '\n'} {
		got, err := c.r.ReadByte()
		if err != nil {
			return early(err)
		}
		if got != want {
			return incomplete()
		}
	}
	return nil
}

// line reads a line without its end, which is CR LF. The result is valid until the next read.
func (c *chunks) line() ([]byte, error) {
	line, err := c.r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, incomplete()
	case err != nil:
		return nil, early(err)
	}
	line, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok || len(line) > maxLine {
		return nil, incomplete()
	}
	return line, nil
}

// header reads the line before a chunk: its size in hex and, when chunks are signed, its signature.
func (c *chunks) header() (size int64, err error) {
	line, err := c.line()
	if err != nil {
		return 0, err
	}
	digits, extension, extended := bytes.Cut(line, []byte(";"))
	if len(digits) == 0 || len(digits) > 15 {
		return 0, incomplete()
	}
	for _, d := range digits {
		v := nibble(d)
		if v > 15 {
			return 0, incomplete()
		}
		size = size<<4 | int64(v)
	}
	if c.chain != nil {
		signature, ok := bytes.CutPrefix(extension, []byte(chunkSignature))
		if !ok || len(signature) != len(c.signature) {
			return 0, incomplete()
		}
		copy(c.signature[:], signature)
	} else if extended {
		return 0, incomplete()
	}
	if size > c.left || size == 0 && c.left > 0 {
		return 0, incomplete()
	}
	c.number++
	if size > 0 {
		if c.small > 0 {
			return 0, chunkTooSmall(c.number-1, c.small)
		}
		if size < minChunk {
			c.small = size
		}
	}
	return size, nil
}

// last verifies the chunk of no bytes that ends the payload, reads what follows it, and returns io.EOF when all is well.
func (c *chunks) last(h hash.Hash) error {
	if h != nil {
		if err := c.verify(h); err != nil {
			return err
		}
	}
	if c.payload.Trailer() {
		if err := c.readTrailer(); err != nil {
			return err
		}
		return io.EOF
	}
	// The empty line at the end; some clients leave it out.
	rest, err := c.rest(len("\r\n"))
	switch {
	case err != nil:
		return err
	case len(rest) > 0 && string(rest) != "\r\n":
		return incomplete()
	}
	return io.EOF
}

// rest reads everything that is left of the body; more than limit bytes is IncompleteBody, since it was not announced.
func (c *chunks) rest(limit int) ([]byte, error) {
	rest, err := io.ReadAll(io.LimitReader(c.r, int64(limit)+1))
	switch {
	case err != nil:
		return nil, early(err)
	case len(rest) > limit:
		return nil, incomplete()
	}
	return rest, nil
}

// readTrailer reads the lines behind the last chunk. Clients differ in how they end them: "\r\n", "\n" and "\n\r\n" are all in use, so
// that empty lines say nothing. Where chunks are signed the signature over the trailers is the last line and covers "name:value\n" each.
func (c *chunks) readTrailer() error {
	rest, err := io.ReadAll(io.LimitReader(c.r, maxTrailer+1))
	switch {
	case err != nil:
		return early(err)
	case len(rest) > maxTrailer:
		return malformedTrailer()
	}
	var signed []byte
	var signature string
	complete := len(rest) == 0 && len(c.announced) == 0 // no empty line is owed where there are no trailers
	for text := string(rest); text != ""; {
		line, after, ok := strings.Cut(text, "\n")
		if !ok {
			return incomplete() // cut off in the middle of a line
		}
		text = after
		if line = strings.TrimSuffix(line, "\r"); line == "" {
			complete = true
			continue
		}
		if strings.IndexByte(line, '\r') >= 0 {
			return incomplete()
		}
		complete = false
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch {
		case !ok || name == "" || signature != "":
			return malformedTrailer()
		case name == trailerSignature && c.chain != nil:
			if len(value) != 2*hashSize {
				return incomplete()
			}
			signature = value
		default:
			c.trailer = append(c.trailer, Pair{name, value})
			signed = append(append(append(append(signed, name...), ':'), value...), '\n')
		}
	}
	switch {
	case !complete, c.chain != nil && signature == "" && len(c.trailer)+len(c.announced) > 0:
		return incomplete()
	case !c.agrees():
		return malformedTrailer()
	case c.chain == nil, signature == "": // nothing announced, nothing sent
		return nil
	}
	copy(c.signature[:], signature)
	if !c.chain.accept(c.signature, sha256.Sum256(signed), true) {
		return c.mismatch()
	}
	return nil
}

// agrees holds the trailers that came to those announced: each exactly once, no other.
func (c *chunks) agrees() bool {
	if len(c.trailer) != len(c.announced) {
		return false
	}
	for _, name := range c.announced {
		if !slices.ContainsFunc(c.trailer, func(p Pair) bool { return p.Name == name }) {
			return false
		}
	}
	return true
}
