package sigv4

import (
	"crypto/sha256"
	"io"
	"strconv"
	"time"
)

// ChunkWriter frames a payload as a client sends it. Close ends it with the trailers.
type ChunkWriter struct {
	w     io.Writer
	chain *chain // nil when chunks are not signed
	form  Payload
	buf   []byte
	head  []byte
}

// Chunks returns a writer of chunks of size bytes, the last one excepted. form is one of StreamingPayload, StreamingPayloadTrailer and
// StreamingUnsignedTrailer; signature and now are those of the request, as from and to Sign.
func (s *Signer) Chunks(w io.Writer, form string, size int, signature string, now time.Time) *ChunkWriter {
	a := s.claim(HeaderV4, form, now)
	_ = a.readPayload(form) // one of the constants
	c := &ChunkWriter{w: w, form: a.Payload, buf: make([]byte, 0, size)}
	if a.Payload != ChunksTrailer {
		a.Signature, a.key = signature, s.keys.get(s.Secret, a.Day, a.Region, a.Service)
		c.chain = newChain(a)
	}
	return c
}

// Write adds to the payload.
func (c *ChunkWriter) Write(p []byte) (int, error) {
	done := 0
	for len(p) > 0 {
		n := min(len(p), cap(c.buf)-len(c.buf))
		c.buf = append(c.buf, p[:n]...)
		p, done = p[n:], done+n
		if len(c.buf) == cap(c.buf) {
			if err := c.flush(); err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

// flush writes a chunk of what is held, also one of no bytes.
func (c *ChunkWriter) flush() error {
	c.head = strconv.AppendInt(c.head[:0], int64(len(c.buf)), 16)
	if c.chain != nil {
		c.chain.previous = c.chain.sign(sha256.Sum256(c.buf), false)
		c.head = append(append(append(c.head, ';'), chunkSignature...), c.chain.previous[:]...)
	}
	c.head = append(c.head, '\r', '\n')
	if len(c.buf) > 0 {
		c.head = append(append(c.head, c.buf...), '\r', '\n')
	}
	c.buf = c.buf[:0]
	_, err := c.w.Write(c.head)
	return err
}

// Close writes what is left, the last chunk, the trailers (names in lower case) and their signature. It does not close the writer below.
func (c *ChunkWriter) Close(trailers ...Pair) error {
	if len(c.buf) > 0 {
		if err := c.flush(); err != nil {
			return err
		}
	}
	if err := c.flush(); err != nil {
		return err
	}
	var out, signed []byte
	for _, t := range trailers {
		out = append(append(append(append(out, t.Name...), ':'), t.Value...), '\r', '\n')
		signed = append(append(append(append(signed, t.Name...), ':'), t.Value...), '\n')
	}
	if c.form == SignedChunksTrailer {
		c.chain.previous = c.chain.sign(sha256.Sum256(signed), true)
		out = append(append(append(append(out, trailerSignature...), ':'), c.chain.previous[:]...), '\r', '\n')
	}
	_, err := c.w.Write(append(out, '\r', '\n'))
	return err
}

// ChunkedLength is the Content-Length of a payload of length bytes that is framed as by Chunks and ended with the trailers.
func ChunkedLength(form string, size int, length int64, trailers ...Pair) int64 {
	const line = 2 // CR LF
	extension := int64(len(";") + len(chunkSignature) + 2*hashSize)
	if form == StreamingUnsignedTrailer {
		extension = 0
	}
	frame := func(n int64) int64 { return int64(len(strconv.FormatInt(n, 16))) + extension + line }
	full, tail := length/int64(size), length%int64(size)
	total := full * (frame(int64(size)) + int64(size) + line)
	if tail > 0 {
		total += frame(tail) + tail + line
	}
	total += frame(0) + line
	for _, t := range trailers {
		total += int64(len(t.Name) + 1 + len(t.Value) + line)
	}
	if form == StreamingPayloadTrailer {
		total += int64(len(trailerSignature) + 1 + 2*hashSize + line)
	}
	return total
}
