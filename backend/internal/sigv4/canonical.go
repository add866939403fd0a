package sigv4

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// scratch is the memory in which canonical forms are built.
type scratch struct {
	buf   []byte // canonical request
	enc   []byte // encoded names and values of the query
	pairs []span
	text  []byte // string to sign
}

// span is a query parameter in scratch.enc: name [start, mid), value [mid, end).
type span struct{ start, mid, end int }

var scratches = sync.Pool{New: func() any { return &scratch{buf: make([]byte, 0, 1024), text: make([]byte, 0, 256)} }}

// plain holds the bytes that are never percent-encoded.
var plain = func() (t [256]bool) {
	for c := range t {
		b := byte(c) //nolint:gosec // 0..255
		t[c] = b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || strings.IndexByte("-._~", b) >= 0
	}
	return t
}()

const upperHex = "0123456789ABCDEF"

func appendEscaped(dst []byte, c byte) []byte {
	return append(dst, '%', upperHex[c>>4], upperHex[c&15])
}

// unhex returns the byte of "%XX" at s[i], false when that is no escape.
func unhex(s string, i int) (byte, bool) {
	if i+2 >= len(s) {
		return 0, false
	}
	hi, lo := nibble(s[i+1]), nibble(s[i+2])
	return hi<<4 | lo, hi|lo < 16
}

func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 0xF0
}

// slashes says what becomes of an encoded slash in a path: clients differ, and either way means the same key.
type slashes bool

const (
	keepSlashes   slashes = false
	decodeSlashes slashes = true
)

// appendPath appends the canonical form of an encoded path: every byte but the unreserved and "/" percent-encoded exactly once. A "%"
// that begins no escape stands for itself.
func appendPath(dst []byte, path string, s slashes) []byte {
	if path == "" {
		return append(dst, '/')
	}
	for i := 0; i < len(path); i++ {
		c := path[i]
		if plain[c] || c == '/' {
			dst = append(dst, c)
			continue
		}
		if c == '%' {
			if d, ok := unhex(path, i); ok {
				c = d
				i += 2
			}
		}
		switch {
		case plain[c], c == '/' && s == decodeSlashes:
			dst = append(dst, c)
		default:
			dst = appendEscaped(dst, c)
		}
	}
	return dst
}

// appendQueryPart appends the canonical form of an encoded name or value of a query, where "+" is a space.
func appendQueryPart(dst []byte, part string) []byte {
	for i := 0; i < len(part); i++ {
		c := part[i]
		switch c {
		case '+':
			c = ' '
		case '%':
			if d, ok := unhex(part, i); ok {
				c = d
				i += 2
			}
		}
		if plain[c] {
			dst = append(dst, c)
		} else {
			dst = appendEscaped(dst, c)
		}
	}
	return dst
}

// unescape decodes a name or value of a query; "+" is a space, and a "%" that begins no escape stands for itself.
func unescape(part string) string {
	if strings.IndexByte(part, '%') < 0 && strings.IndexByte(part, '+') < 0 {
		return part
	}
	out := make([]byte, 0, len(part))
	for i := 0; i < len(part); i++ {
		c := part[i]
		switch c {
		case '+':
			c = ' '
		case '%':
			if d, ok := unhex(part, i); ok {
				c = d
				i += 2
			}
		}
		out = append(out, c)
	}
	return string(out)
}

// queryValue returns the decoded first value of a name, and whether the name occurs.
func queryValue(query, name string) (string, bool) {
	for query != "" {
		var item string
		item, query, _ = strings.Cut(query, "&")
		n, v, _ := strings.Cut(item, "=")
		if n == name || strings.IndexByte(n, '%') >= 0 && unescape(n) == name {
			return unescape(v), true
		}
	}
	return "", false
}

// appendQuery appends the canonical form of a query: parameters by encoded name, then value, repeated ones kept, except as named.
func (s *scratch) appendQuery(dst []byte, query, except string) []byte {
	s.enc, s.pairs = s.enc[:0], s.pairs[:0]
	for query != "" {
		var item string
		item, query, _ = strings.Cut(query, "&")
		if item == "" {
			continue
		}
		name, value, _ := strings.Cut(item, "=")
		start := len(s.enc)
		s.enc = appendQueryPart(s.enc, name)
		mid := len(s.enc)
		if except != "" && string(s.enc[start:mid]) == except {
			s.enc = s.enc[:start]
			continue
		}
		s.enc = appendQueryPart(s.enc, value)
		s.pairs = append(s.pairs, span{start, mid, len(s.enc)})
	}
	if len(s.pairs) > 1 {
		slices.SortStableFunc(s.pairs, func(a, b span) int {
			if c := bytes.Compare(s.enc[a.start:a.mid], s.enc[b.start:b.mid]); c != 0 {
				return c
			}
			return bytes.Compare(s.enc[a.mid:a.end], s.enc[b.mid:b.end])
		})
	}
	for i, p := range s.pairs {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = append(dst, s.enc[p.start:p.mid]...)
		dst = append(dst, '=')
		dst = append(dst, s.enc[p.mid:p.end]...)
	}
	return dst
}

// appendValue appends a header's value without white space around it and with single spaces inside.
func appendValue(dst []byte, value string) []byte {
	value = strings.Trim(value, " \t")
	space := false
	for i := range len(value) {
		c := value[i]
		if c == ' ' || c == '\t' {
			space = true
			continue
		}
		if space {
			dst = append(dst, ' ')
			space = false
		}
		dst = append(dst, c)
	}
	return dst
}

// values returns the values of a header that is named in any case.
func values(header map[string][]string, name string) []string {
	var room [64]byte
	key := append(room[:0], name...)
	upper := true
	for i, c := range key {
		switch {
		case upper && c >= 'a' && c <= 'z':
			key[i] = c - 'a' + 'A'
		case !upper && c >= 'A' && c <= 'Z':
			key[i] = c - 'A' + 'a'
		}
		upper = c == '-'
	}
	return header[string(key)]
}

// appendHeader appends "name:value\n" for a signed header of the request.
func appendHeader(dst []byte, r *Request, name, host string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ':')
	if name == "host" {
		dst = appendValue(dst, host)
		return append(dst, '\n')
	}
	list := values(r.Header, name)
	if len(list) == 0 {
		// What the HTTP library takes out of the header map.
		switch name {
		case "content-length":
			if r.Length >= 0 {
				dst = strconv.AppendInt(dst, r.Length, 10)
			}
		case "expect":
			dst = append(dst, "100-continue"...)
		case "transfer-encoding":
			dst = append(dst, "chunked"...)
		}
	}
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendValue(dst, v)
	}
	return append(dst, '\n')
}

// form is one way in which a client may have signed host and path.
type form struct {
	host    string
	prefix  string // of the path
	slashes slashes
}

// canonical builds the canonical request of a V4 signature in s.buf.
func (s *scratch) canonical(r *Request, a *Auth, f form) {
	b := append(s.buf[:0], r.Method...)
	b = append(b, '\n')
	if f.prefix != "" {
		b = appendPath(b, f.prefix, f.slashes)
	}
	b = appendPath(b, r.Path, f.slashes)
	b = append(b, '\n')
	if r.Query != "" {
		except := ""
		if a.Kind == QueryV4 {
			except = paramSignature
		}
		b = s.appendQuery(b, r.Query, except)
	}
	b = append(b, '\n')
	for _, name := range a.SignedHeaders {
		b = appendHeader(b, r, name, f.host)
	}
	b = append(b, '\n')
	b = append(b, a.list...)
	b = append(b, '\n')
	s.buf = append(b, a.PayloadHash...)
}
