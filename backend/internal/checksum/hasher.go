package checksum

import (
	"bytes"
	"crypto/md5"  //nolint:gosec // ETags and Content-MD5 are MD5
	"crypto/sha1" //nolint:gosec // one of the algorithms of the protocol
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/minio/crc64nvme"
	"github.com/zeebo/xxh3"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// hashes make the state of each algorithm; a digest keeps that of a CRC in a number.
var hashes = [algorithms]func() hash.Hash{
	CRC32:     func() hash.Hash { return crc32.NewIEEE() },
	CRC32C:    func() hash.Hash { return crc32.New(castagnoli) },
	CRC64NVME: func() hash.Hash { return crc64nvme.New() },
	SHA1:      sha1.New,
	SHA256:    sha256.New,
	SHA512:    sha512.New,
	MD5:       md5.New,
	XXHASH64:  func() hash.Hash { return xxhash.New() },
	XXHASH3:   func() hash.Hash { return xxh3.New() },
	XXHASH128: func() hash.Hash { return xxh3.New128() },
}

// digest is the running state of one algorithm; hash objects are made when first needed and kept for the next stream.
type digest struct {
	algorithm Algorithm
	crc       uint64
	hashes    [algorithms]hash.Hash
}

func (d *digest) reset(a Algorithm) {
	d.algorithm, d.crc = a, 0
	if a != None && !a.IsCRC() {
		d.hashes[a] = fresh(d.hashes[a], hashes[a])
	}
}

func fresh(h hash.Hash, create func() hash.Hash) hash.Hash {
	if h == nil {
		return create()
	}
	h.Reset()
	return h
}

func (d *digest) write(p []byte) {
	switch d.algorithm {
	case CRC32:
		d.crc = uint64(crc32.Update(uint32(d.crc), crc32.IEEETable, p)) //nolint:gosec // 32 bits are in use
	case CRC32C:
		d.crc = uint64(crc32.Update(uint32(d.crc), castagnoli, p)) //nolint:gosec // 32 bits are in use
	case CRC64NVME:
		d.crc = crc64nvme.Update(d.crc, p)
	case None:
	default:
		d.hashes[d.algorithm].Write(p)
	}
}

// sum appends the digest to dst.
func (d *digest) sum(dst []byte) []byte {
	switch d.algorithm {
	case CRC32, CRC32C, CRC64NVME:
		return appendCRC(dst, d.algorithm, d.crc)
	case None:
		return dst
	}
	return d.hashes[d.algorithm].Sum(dst)
}

func appendCRC(dst []byte, a Algorithm, crc uint64) []byte {
	if a == CRC64NVME {
		return binary.BigEndian.AppendUint64(dst, crc)
	}
	return binary.BigEndian.AppendUint32(dst, uint32(crc)) //nolint:gosec // 32 bits are in use
}

// NewHash returns a hash for the algorithm, which must not be None.
func NewHash(a Algorithm) hash.Hash { return hashes[a]() }

// Of returns the digest of data, nil for None.
func Of(a Algorithm, data []byte) []byte {
	if a == None {
		return nil
	}
	var d digest
	d.reset(a)
	d.write(data)
	return d.sum(make([]byte, 0, a.Size()))
}

// MD5 is computed beside the rest once a stream is longer than asyncFrom: it is slower than everything else together. Bytes reach it
// through at most buffers × bufferSize bytes of copies, so that a stream costs 256 KiB and one goroutine, whatever its length.
const (
	asyncFrom  = 256 << 10
	bufferSize = 64 << 10
	buffers    = 4
)

// Sums are the digests of one stream.
type Sums struct {
	Size     int64         // bytes
	MD5      [MD5Size]byte // always
	SHA256   [32]byte      // when asked for, also by the algorithm SHA256
	Checksum []byte        // of the algorithm asked for; nil for None
}

// Hasher computes MD5 and, as asked, the payload's SHA-256 and one checksum of a stream in one pass. It is not safe for concurrent use.
// Close must follow, also after a failure; it ends the goroutine that a long stream has and hands the memory on.
type Hasher struct {
	*state   // nil once closed
	size     int64
	sums     Sums
	finished bool
}

// state is what the next Hasher can use again.
type state struct {
	md5     hash.Hash
	kept    Algorithm // the one that was asked for
	digest  digest    // of it; of None when it is MD5, which is computed anyway
	withSHA bool      // a SHA-256 that is not the digest
	sha256  hash.Hash
	async   *beside
}

var states = sync.Pool{New: func() any { return &state{md5: md5.New()} }} //nolint:gosec // see above

// New returns a Hasher for the algorithm, which may be None, and for the SHA-256 of the payload if asked.
func New(a Algorithm, payloadSHA256 bool) *Hasher {
	s := states.Get().(*state)
	s.md5.Reset()
	s.kept = a
	if a == MD5 {
		a = None
	}
	s.digest.reset(a)
	s.withSHA = payloadSHA256 && a != SHA256
	if s.withSHA {
		s.sha256 = fresh(s.sha256, sha256.New)
	}
	return &Hasher{state: s}
}

// Write adds p to the stream; it keeps no reference to p and never fails.
func (h *Hasher) Write(p []byte) (int, error) {
	h.mustBeOpen()
	h.size += int64(len(p))
	switch {
	case h.async != nil:
		h.async.write(p)
	case h.size > asyncFrom:
		h.async = start(h.md5)
		h.async.write(p)
	default:
		h.md5.Write(p)
	}
	h.digest.write(p)
	if h.withSHA {
		h.sha256.Write(p)
	}
	return len(p), nil
}

// Sum ends the stream and returns its digests; later calls return the same. Nothing may be written after it.
func (h *Hasher) Sum() Sums {
	if h.finished {
		return h.sums
	}
	h.mustBeOpen()
	h.join()
	h.finished = true
	h.sums.Size = h.size
	h.md5.Sum(h.sums.MD5[:0])
	switch h.kept {
	case None:
	case MD5:
		h.sums.Checksum = bytes.Clone(h.sums.MD5[:])
	default:
		h.sums.Checksum = h.digest.sum(make([]byte, 0, h.kept.Size()))
	}
	switch {
	case h.withSHA:
		h.sha256.Sum(h.sums.SHA256[:0])
	case h.digest.algorithm == SHA256:
		copy(h.sums.SHA256[:], h.sums.Checksum)
	}
	return h.sums
}

// Close releases what the Hasher holds. Nothing but Close may be called after it; Sums already taken stay valid.
func (h *Hasher) Close() {
	if h.state != nil {
		h.join()
		states.Put(h.state)
		h.state = nil
	}
}

func (h *Hasher) mustBeOpen() {
	if h.finished || h.state == nil {
		panic("checksum: Hasher used after its end")
	}
}

// join waits until MD5 has seen everything.
func (s *state) join() {
	if s.async != nil {
		s.async.end()
		s.async = nil
	}
}

// beside runs one hash in a goroutine of its own.
type beside struct {
	full chan []byte   // to the goroutine; closed at the end
	free chan []byte   // and back
	done chan struct{} // closed when the goroutine is through
	buf  []byte        // being filled
}

var blocks = sync.Pool{New: func() any { return new([bufferSize]byte) }}

func start(h hash.Hash) *beside {
	b := &beside{full: make(chan []byte, buffers), free: make(chan []byte, buffers), done: make(chan struct{})}
	for range buffers {
		b.free <- blocks.Get().(*[bufferSize]byte)[:0]
	}
	go func() {
		defer close(b.done)
		for p := range b.full {
			h.Write(p)
			b.free <- p[:0] // never blocks: there are as many places as buffers
		}
	}()
	return b
}

func (b *beside) write(p []byte) {
	for len(p) > 0 {
		if b.buf == nil {
			b.buf = <-b.free
		}
		n := min(len(p), bufferSize-len(b.buf))
		b.buf = append(b.buf, p[:n]...)
		p = p[n:]
		if len(b.buf) == bufferSize {
			b.full <- b.buf
			b.buf = nil
		}
	}
}

// end hands over the rest and waits for it, at most for buffers × bufferSize bytes of MD5.
func (b *beside) end() {
	if b.buf != nil {
		b.full <- b.buf
	}
	close(b.full)
	<-b.done
	for range buffers {
		p := <-b.free
		blocks.Put((*[bufferSize]byte)(p[:bufferSize]))
	}
}
