// Package s3xml reads and writes the documents of the S3 wire: the bodies of requests, strictly and within bounds, and the bodies of answers
// with the names, the order and the escapes that S3 has.
package s3xml

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"
)

// Namespace is that of every document of S3.
const Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// Declaration begins every document.
const Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

const timeFormat = "2006-01-02T15:04:05.000Z"

// Time is a time as documents have it.
func Time(t time.Time) string { return t.UTC().Format(timeFormat) }

// Document is the body of an answer.
type Document interface{ encode(e *encoder) }

// Encode returns the document with its declaration.
func Encode(d Document) []byte {
	e := &encoder{}
	e.b.WriteString(Declaration)
	d.encode(e)
	return e.b.Bytes()
}

// EncodeBare returns the document without a declaration, for answers that have begun with one.
func EncodeBare(d Document) []byte {
	e := &encoder{}
	d.encode(e)
	return e.b.Bytes()
}

type encoder struct{ b bytes.Buffer }

// root writes the outermost element with the namespace of S3.
func (e *encoder) root(name string, body func()) {
	e.b.WriteString("<" + name + " xmlns=\"" + Namespace + "\">")
	body()
	e.close(name)
}

func (e *encoder) open(name string) {
	e.b.WriteByte('<')
	e.b.WriteString(name)
	e.b.WriteByte('>')
}

func (e *encoder) close(name string) {
	e.b.WriteString("</")
	e.b.WriteString(name)
	e.b.WriteByte('>')
}

// text writes an element, also when it is empty.
func (e *encoder) text(name, value string) {
	e.open(name)
	e.escape(value)
	e.close(name)
}

// some writes an element unless it is empty.
func (e *encoder) some(name, value string) {
	if value != "" {
		e.text(name, value)
	}
}

func (e *encoder) int(name string, v int64) {
	e.open(name)
	e.b.Write(strconv.AppendInt(e.b.AvailableBuffer(), v, 10))
	e.close(name)
}

func (e *encoder) bool(name string, v bool) {
	e.open(name)
	e.b.Write(strconv.AppendBool(e.b.AvailableBuffer(), v))
	e.close(name)
}

func (e *encoder) time(name string, t time.Time) {
	e.open(name)
	e.b.Write(t.UTC().AppendFormat(e.b.AvailableBuffer(), timeFormat))
	e.close(name)
}

func (e *encoder) etag(value string) {
	e.b.WriteString("<ETag>&quot;")
	e.escape(value)
	e.b.WriteString("&quot;</ETag>")
}

// escape writes text. Characters that XML 1.0 cannot hold are written as the references that S3 writes for them: a strict parser refuses
// those, which is why S3 has encoding-type=url.
func (e *encoder) escape(s string) {
	last := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if (r == utf8.RuneError && n == 1) || r == 0xfffe || r == 0xffff {
				e.b.WriteString(s[last:i])
				e.b.WriteRune(utf8.RuneError)
				last = i + n
			}
			i += n
			continue
		}
		var ref string
		switch {
		case c == '&':
			ref = "&amp;"
		case c == '<':
			ref = "&lt;"
		case c == '>':
			ref = "&gt;"
		case c == '"':
			ref = "&quot;"
		case c == '\'':
			ref = "&apos;"
		case c < 0x20 && c != '\t' && c != '\n':
			ref = "&#x" + strconv.FormatUint(uint64(c), 16) + ";"
		}
		if ref != "" {
			e.b.WriteString(s[last:i])
			e.b.WriteString(ref)
			last = i + 1
		}
		i++
	}
	e.b.WriteString(s[last:])
}

// Names writes keys, prefixes and markers as the encoding-type of the request wants them: URL, or as they are.
type Names bool

// URL is encoding-type=url.
const URL Names = true

// name returns the key in the form of the encoding.
func (n Names) name(s string) string {
	if !n {
		return s
	}
	return EscapeURL(s)
}

// encodingType writes the element EncodingType where it is due.
func (n Names) encodingType(e *encoder) {
	if n {
		e.text("EncodingType", "url")
	}
}

// EscapeURL is the escape of encoding-type=url: everything but letters, digits and -._~*/ is percent-encoded. A space is %20, which decoders
// of forms and of paths both read.
func EscapeURL(s string) string {
	const hex = "0123456789ABCDEF"
	n := 0
	for i := range len(s) {
		if !plain(s[i]) {
			n++
		}
	}
	if n == 0 {
		return s
	}
	b := make([]byte, 0, len(s)+2*n)
	for i := range len(s) {
		if c := s[i]; plain(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}

func plain(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	switch c {
	case '-', '.', '_', '~', '*', '/':
		return true
	}
	return false
}
