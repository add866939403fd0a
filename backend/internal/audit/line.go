package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// A line is the entry as a JSON object whose last members are the chain:
//
//	{"n":7, … ,"prev":"<64 hex>","hash":"<64 hex>"}
//
// prev is the hash of the line before, 64 zeros for the first. hash is the SHA-256 of the line up to the comma before "hash".
const (
	prevHead = `,"prev":"`
	hashHead = `","hash":"`
	lineEnd  = `"}`
	hexSize  = 2 * sha256.Size
	hashSize = len(`,"hash":"`) + hexSize + len(lineEnd)
	tailSize = len(prevHead) + hexSize + hashSize + 1 // with the quote that ends prev

	// maxLine bounds a line: every byte of the longest texts may take six in JSON.
	maxLine = 32 << 10
)

// sum is the hash of a line.
type sum [sha256.Size]byte

func (s sum) String() string { return hex.EncodeToString(s[:]) }

// appendLine appends an entry as a line, with its newline, and returns its hash.
func appendLine(b []byte, e *Entry, prev sum) ([]byte, sum, error) {
	start := len(b)
	buf := bytes.NewBuffer(b)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return b, sum{}, err
	}
	b = buf.Bytes()
	b = append(b[:len(b)-2], prevHead...) // without brace and newline
	b = hex.AppendEncode(b, prev[:])
	b = append(b, '"')
	hash := sum(sha256.Sum256(b[start:]))
	b = append(b, hashHead[1:]...)
	b = hex.AppendEncode(b, hash[:])
	return append(b, lineEnd+"\n"...), hash, nil
}

// link is a line's place in the chain.
type link struct {
	Entry
	prev, hash sum
}

var (
	errShape   = errors.New("is no line of the log")
	errContent = errors.New("was changed: its hash is another one")
)

// parseLine reads a line, without its newline. errContent is returned with the link when the hash does not fit.
func parseLine(line []byte) (l link, err error) {
	if len(line) < tailSize || len(line) > maxLine {
		return l, errShape
	}
	end := line[len(line)-tailSize:]
	rest, ok := bytes.CutPrefix(end, []byte(prevHead))
	if !ok || !unhex(&l.prev, rest) {
		return l, errShape
	}
	rest, ok = bytes.CutPrefix(rest[hexSize:], []byte(hashHead))
	if !ok || !unhex(&l.hash, rest) || string(rest[hexSize:]) != lineEnd {
		return l, errShape
	}
	if err := json.Unmarshal(line, &l.Entry); err != nil {
		return l, fmt.Errorf("%w: %w", errShape, err)
	}
	if sha256.Sum256(line[:len(line)-hashSize]) != l.hash {
		return l, errContent
	}
	return l, nil
}

// unhex reads a hash in lower-case hex from the beginning of b.
func unhex(to *sum, b []byte) bool {
	if len(b) < hexSize {
		return false
	}
	for _, c := range b[:hexSize] {
		if c >= 'A' && c <= 'F' {
			return false
		}
	}
	_, err := hex.Decode(to[:], b[:hexSize])
	return err == nil
}
