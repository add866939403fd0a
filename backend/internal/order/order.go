// Package order encodes tuples as byte strings that sort as the tuples do: element by element, integers by value, strings byte by byte.
//
// Every encoded element is self-delimiting, so that elements can be appended one after the other, and no encoding of an element is a
// prefix of another encoding of the same kind. Integers are big-endian and of fixed width. A string is its own bytes with each NUL
// written as 0x00 0xFF, followed by 0x00 0x01: a string without NUL takes two bytes more than itself.
package order

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// ErrMalformed is returned for bytes that no Append function wrote.
var ErrMalformed = errors.New("order: malformed encoding")

const (
	escape     = 0x00 // introduces one of the two below
	terminator = 0x01 // sorts before every escaped or plain byte that may follow instead
	escapedNUL = 0xFF
)

// StringOverhead is what AppendString adds to a string without NUL, in bytes.
const StringOverhead = 2

// AppendString appends s so that the encodings of strings sort as the strings do, whatever follows them.
func AppendString(dst []byte, s string) []byte {
	return append(AppendStringPrefix(dst, s), escape, terminator)
}

// AppendStringPrefix appends s without its end: the result is a prefix of the encoding of every string that starts with s, and of
// nothing else.
func AppendStringPrefix(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, escape)
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		dst = append(dst, escape, escapedNUL)
		s = s[i+1:]
	}
}

// DecodeString is the inverse of AppendString; rest is what follows the string and shares memory with b, s does not.
func DecodeString(b []byte) (s string, rest []byte, err error) {
	i := bytes.IndexByte(b, escape)
	if i >= 0 && i+1 < len(b) && b[i+1] == terminator {
		return string(b[:i]), b[i+2:], nil // no NUL in it
	}
	var out []byte
	for {
		i := bytes.IndexByte(b, escape)
		if i < 0 || i+1 >= len(b) {
			return "", nil, ErrMalformed
		}
		out = append(out, b[:i]...)
		mark := b[i+1]
		b = b[i+2:]
		switch mark {
		case terminator:
			return string(out), b, nil
		case escapedNUL:
			out = append(out, 0)
		default:
			return "", nil, ErrMalformed
		}
	}
}

// AppendUint64 appends v in eight bytes, smaller values first.
func AppendUint64(dst []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(dst, v) }

// AppendUint64Desc appends v in eight bytes, larger values first.
func AppendUint64Desc(dst []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(dst, ^v) }

// AppendUint32 appends v in four bytes, smaller values first.
func AppendUint32(dst []byte, v uint32) []byte { return binary.BigEndian.AppendUint32(dst, v) }

// DecodeUint64 is the inverse of AppendUint64.
func DecodeUint64(b []byte) (v uint64, rest []byte, err error) {
	if len(b) < 8 {
		return 0, nil, ErrMalformed
	}
	return binary.BigEndian.Uint64(b), b[8:], nil
}

// DecodeUint64Desc is the inverse of AppendUint64Desc.
func DecodeUint64Desc(b []byte) (v uint64, rest []byte, err error) {
	v, rest, err = DecodeUint64(b)
	if err != nil {
		return 0, nil, err
	}
	return ^v, rest, nil
}

// DecodeUint32 is the inverse of AppendUint32.
func DecodeUint32(b []byte) (v uint32, rest []byte, err error) {
	if len(b) < 4 {
		return 0, nil, ErrMalformed
	}
	return binary.BigEndian.Uint32(b), b[4:], nil
}
