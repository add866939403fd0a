package checksum

import (
	"crypto/md5" //nolint:gosec // ETags are MD5
	"encoding/hex"
	"hash"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Type is how the checksum of a multipart object comes about. The numbers are stored in records and never change.
type Type uint8

// The types.
const (
	FullObject Type = iota // of the object's bytes
	Composite              // of the parts' digests one after the other, written with "-" and the number of parts
)

// String is the name on the wire.
func (t Type) String() string {
	if t == Composite {
		return "COMPOSITE"
	}
	return "FULL_OBJECT"
}

// ParseType returns the type of a name on the wire and holds that the algorithm has it: CRC64NVME is never COMPOSITE, the SHA algorithms
// never FULL_OBJECT. Anything else is fault.InvalidRequest.
func ParseType(name string, a Algorithm) (Type, error) {
	const op = "checksum.ParseType"
	var t Type
	switch {
	case strings.EqualFold(name, "COMPOSITE"):
		t = Composite
	case strings.EqualFold(name, "FULL_OBJECT"):
		t = FullObject
	default:
		return 0, fault.New(op, fault.InvalidRequest, "Value for x-amz-checksum-type header is invalid.")
	}
	if a == None {
		return 0, fault.New(op, fault.InvalidRequest, "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
	}
	if t == Composite && a == CRC64NVME || t == FullObject && !a.IsCRC() {
		return 0, fault.New(op, fault.InvalidRequest, "The "+t.String()+" checksum type cannot be used with the "+strings.ToLower(a.String())+" checksum algorithm.")
	}
	return t, nil
}

// Multipart makes the ETag and the checksum of a multipart object from those of its parts, in constant memory.
type Multipart struct {
	algorithm Algorithm
	typ       Type
	parts     int
	size      int64
	etag      hash.Hash
	composite digest
	full      uint64
}

// NewMultipart returns one for the algorithm, which may be None, and the type, which the algorithm must have.
func NewMultipart(a Algorithm, t Type) *Multipart {
	m := &Multipart{algorithm: a, typ: t, etag: md5.New()} //nolint:gosec // ETags are MD5
	if t == Composite {
		m.composite.reset(a)
	}
	return m
}

// Add appends the next part: its MD5, its digest by the algorithm (ignored for None) and its size in bytes. A digest of another size
// than the algorithm's is a fault of kind Internal.
func (m *Multipart) Add(etag [MD5Size]byte, sum []byte, size int64) error {
	if m.algorithm != None && len(sum) != m.algorithm.Size() || size < 0 {
		return fault.New("checksum.Multipart", fault.Internal, "part without its digest")
	}
	m.etag.Write(etag[:])
	switch {
	case m.algorithm == None:
	case m.typ == Composite:
		m.composite.write(sum)
	default:
		m.full = combine(m.algorithm, m.full, crcValue(sum), size)
	}
	m.parts++
	m.size += size
	return nil
}

// Parts is the number of parts added.
func (m *Multipart) Parts() int { return m.parts }

// Size is the sum of the parts' sizes in bytes.
func (m *Multipart) Size() int64 { return m.size }

// ETag is the multipart ETag without quotes: the MD5 of the parts' MD5s in hex, "-", the number of parts.
func (m *Multipart) ETag() string {
	var sum [MD5Size]byte
	return hex.EncodeToString(m.etag.Sum(sum[:0])) + "-" + strconv.Itoa(m.parts)
}

// MD5 is the first half of the ETag in bytes.
func (m *Multipart) MD5() (sum [MD5Size]byte) {
	m.etag.Sum(sum[:0])
	return sum
}

// Sum is the digest of the whole object by algorithm and type; nil for None.
func (m *Multipart) Sum() []byte {
	switch {
	case m.algorithm == None:
		return nil
	case m.typ == Composite:
		return m.composite.sum(make([]byte, 0, m.algorithm.Size()))
	}
	return appendCRC(make([]byte, 0, m.algorithm.Size()), m.algorithm, m.full)
}

// EncodeComposite is the text of a COMPOSITE digest over that many parts.
func EncodeComposite(sum []byte, parts int) string { return Encode(sum) + "-" + strconv.Itoa(parts) }

// DecodeComposite is the inverse of EncodeComposite; other text is fault.InvalidRequest.
func (a Algorithm) DecodeComposite(text string) (sum []byte, parts int, err error) {
	digest, count, ok := strings.Cut(text, "-")
	n, numErr := strconv.ParseUint(count, 10, 16)
	if !ok || numErr != nil || n == 0 || strconv.FormatUint(n, 10) != count {
		return nil, 0, fault.New("checksum.DecodeComposite", fault.InvalidRequest, "Value for "+a.Header()+" header is invalid.")
	}
	sum, err = a.Decode(digest)
	return sum, int(n), err
}

// Combine returns the digest of two byte strings one after the other from the digests of each and the length of the second in bytes.
// Only the CRC algorithms can; others, digests of another size and negative lengths are a fault of kind Internal.
func Combine(a Algorithm, first, second []byte, secondSize int64) ([]byte, error) {
	if !a.IsCRC() || len(first) != a.Size() || len(second) != a.Size() || secondSize < 0 {
		return nil, fault.New("checksum.Combine", fault.Internal, "not combinable")
	}
	return appendCRC(make([]byte, 0, a.Size()), a, combine(a, crcValue(first), crcValue(second), secondSize)), nil
}

func crcValue(sum []byte) (v uint64) {
	for _, b := range sum {
		v = v<<8 | uint64(b)
	}
	return v
}

// field is arithmetic on polynomials over GF(2) modulo the polynomial of a CRC. A polynomial is written reflected: the highest bit is
// the coefficient of x^0.
type field struct {
	poly   uint64
	one    uint64     // x^0
	powers [67]uint64 // x^(2^n)
}

func newField(poly uint64, width int) *field {
	f := &field{poly: poly, one: 1 << (width - 1)}
	f.powers[0] = f.one >> 1
	for n := 1; n < len(f.powers); n++ {
		f.powers[n] = f.times(f.powers[n-1], f.powers[n-1])
	}
	return f
}

func (f *field) times(a, b uint64) (product uint64) {
	for bit := f.one; a != 0; bit >>= 1 {
		if a&bit != 0 {
			product ^= b
			a &^= bit
		}
		// b times x
		if b&1 != 0 {
			b = b>>1 ^ f.poly
		} else {
			b >>= 1
		}
	}
	return product
}

// shift is x to the power of 8n: what n bytes more do to the remainder of what stands before them.
func (f *field) shift(n int64) uint64 {
	result := f.one
	for i := 3; n > 0; i, n = i+1, n>>1 {
		if n&1 != 0 {
			result = f.times(f.powers[i], result)
		}
	}
	return result
}

var fields = [algorithms]*field{
	CRC32:     newField(0xEDB88320, 32),
	CRC32C:    newField(0x82F63B78, 32),
	CRC64NVME: newField(0x9A6C9329AC4BC9B5, 64),
}

// combine works because the initial value and the final inversion of all three CRCs, which are all ones, cancel out.
func combine(a Algorithm, first, second uint64, secondSize int64) uint64 {
	f := fields[a]
	return f.times(f.shift(secondSize), first) ^ second
}

// ETag is the ETag of an object that was written in one piece, without quotes.
func ETag(sum [MD5Size]byte) string { return hex.EncodeToString(sum[:]) }
