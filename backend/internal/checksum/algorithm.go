// Package checksum computes and names the digests of S3: MD5 for ETags, the SHA-256 of payloads, and the checksum algorithms of
// the x-amz-checksum headers, over streams, over parts (COMPOSITE) and combined from parts without reading them again (FULL_OBJECT).
package checksum

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Algorithm is one of the checksum algorithms that a client can ask for. The numbers are stored in records and never change.
type Algorithm uint8

// The algorithms; the zero one is no checksum.
const (
	None Algorithm = iota
	CRC32
	CRC32C
	CRC64NVME
	SHA1
	SHA256
	SHA512
	MD5
	XXHASH64
	XXHASH3
	XXHASH128
	algorithms // count
)

// MaxSize is the size in bytes of the longest digest.
const MaxSize = 64

var table = [algorithms]struct {
	name, header, element string
	size                  int
}{
	{"", "", "", 0},
	{"CRC32", "x-amz-checksum-crc32", "ChecksumCRC32", 4},
	{"CRC32C", "x-amz-checksum-crc32c", "ChecksumCRC32C", 4},
	{"CRC64NVME", "x-amz-checksum-crc64nvme", "ChecksumCRC64NVME", 8},
	{"SHA1", "x-amz-checksum-sha1", "ChecksumSHA1", 20},
	{"SHA256", "x-amz-checksum-sha256", "ChecksumSHA256", 32},
	{"SHA512", "x-amz-checksum-sha512", "ChecksumSHA512", 64},
	{"MD5", "x-amz-checksum-md5", "ChecksumMD5", MD5Size},
	{"XXHASH64", "x-amz-checksum-xxhash64", "ChecksumXXHASH64", 8},
	{"XXHASH3", "x-amz-checksum-xxhash3", "ChecksumXXHASH3", 8},
	{"XXHASH128", "x-amz-checksum-xxhash128", "ChecksumXXHASH128", 16},
}

// All lists the algorithms in the order in which AWS names them.
func All() []Algorithm {
	return []Algorithm{CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5, XXHASH64, XXHASH3, XXHASH128}
}

// Valid reports whether a is None or one of All.
func (a Algorithm) Valid() bool { return a < algorithms }

// String is the name on the wire, "CRC32C"; empty for None.
func (a Algorithm) String() string { return table[a].name }

// Header is the name of the header or trailer that carries the checksum, in lower case; empty for None.
func (a Algorithm) Header() string { return table[a].header }

// Element is the name of the XML element that carries the checksum, "ChecksumCRC32C"; empty for None.
func (a Algorithm) Element() string { return table[a].element }

// Size is the length of a digest in bytes.
func (a Algorithm) Size() int { return table[a].size }

// IsCRC reports whether digests of parts can be combined into that of the whole.
func (a Algorithm) IsCRC() bool { return a == CRC32 || a == CRC32C || a == CRC64NVME }

// DefaultType is how multipart checksums of the algorithm are made unless the client says otherwise.
func (a Algorithm) DefaultType() Type {
	if a == CRC64NVME {
		return FullObject
	}
	return Composite
}

// Parse returns the algorithm of a name on the wire, in any case. Any other text, the empty one too, is fault.InvalidRequest.
func Parse(name string) (Algorithm, error) {
	for a := CRC32; a < algorithms; a++ {
		if strings.EqualFold(name, table[a].name) {
			return a, nil
		}
	}
	return None, fault.New("checksum.Parse", fault.InvalidRequest,
		"Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, MD5, SHA1, SHA256, SHA512, XXHASH128, XXHASH3, XXHASH64]")
}

// ByHeader returns the algorithm whose header or trailer has the name, in any case.
func ByHeader(name string) (Algorithm, bool) {
	for a := CRC32; a < algorithms; a++ {
		if strings.EqualFold(name, table[a].header) {
			return a, true
		}
	}
	return None, false
}

// Decode returns the digest that text, the value of the algorithm's header, stands for. What is not the canonical base64 of exactly one
// digest is fault.InvalidRequest.
func (a Algorithm) Decode(text string) ([]byte, error) {
	sum, ok := decode(text, a.Size())
	if !ok || a == None {
		return nil, fault.New("checksum.Decode", fault.InvalidRequest, "Value for "+a.Header()+" header is invalid.")
	}
	return sum, nil
}

// DecodeTrailer is Decode for a value that came as a trailer.
func (a Algorithm) DecodeTrailer(text string) ([]byte, error) {
	sum, ok := decode(text, a.Size())
	if !ok || a == None {
		return nil, fault.New("checksum.DecodeTrailer", fault.InvalidRequest, "Value for "+a.Header()+" trailing header is invalid.")
	}
	return sum, nil
}

// Check compares a digest that the client sent with the computed one; a difference is fault.BadDigest.
func (a Algorithm) Check(sent, computed []byte) error {
	if string(sent) == string(computed) {
		return nil
	}
	return fault.New("checksum.Check", fault.BadDigest, "The "+a.String()+" you specified did not match the calculated checksum.")
}

// Encode is the text of a digest on the wire.
func Encode(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }

// decode accepts only what Encode would have written.
func decode(text string, size int) ([]byte, bool) {
	if len(text) != base64.StdEncoding.EncodedLen(size) {
		return nil, false
	}
	sum, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(sum) != size || strings.ContainsAny(text, "\r\n") {
		return nil, false
	}
	return sum, true
}

// MD5Size is the size of an MD5 digest in bytes.
const MD5Size = 16

// ParseMD5 returns the digest of a Content-MD5 header; anything but the base64 of 16 bytes is fault.InvalidDigest.
func ParseMD5(text string) (sum [MD5Size]byte, err error) {
	raw, ok := decode(text, MD5Size)
	if !ok {
		return sum, fault.New("checksum.ParseMD5", fault.InvalidDigest, "The Content-MD5 you specified was invalid.").With("Content-MD5", text)
	}
	return [MD5Size]byte(raw), nil
}

// CheckMD5 compares a Content-MD5 with the computed one; a difference is fault.BadDigest. As AWS has it, the digest that was sent is told in
// hex, the computed one in base64.
func CheckMD5(sent, computed [MD5Size]byte) error {
	if sent == computed {
		return nil
	}
	return fault.New("checksum.CheckMD5", fault.BadDigest, "The Content-MD5 you specified did not match what we received.").
		With("ExpectedDigest", hex.EncodeToString(sent[:])).With("CalculatedDigest", Encode(computed[:]))
}
