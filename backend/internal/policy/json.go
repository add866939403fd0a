package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// MaxBytes is the largest policy text that is accepted, in bytes.
const MaxBytes = 20 << 10

const maxDepth = 16

// node is a JSON value that keeps the order of members and has none twice.
type node struct {
	kind    byte // '{' '[' '"' '0' 't' 'n': object, array, string, number, boolean, null
	text    string
	names   []string
	members []*node // of an object (beside names) or an array
	from    int     // where an object or an array begins, and after which byte it ends
	to      int
}

// get returns the member of that name, or nil.
func (n *node) get(name string) *node {
	for i, have := range n.names {
		if have == name {
			return n.members[i]
		}
	}
	return nil
}

func (n *node) what() string {
	switch n.kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't':
		return "a boolean"
	}
	return "null"
}

func malformed(format string, args ...any) error {
	return fault.New("policy.Parse", fault.MalformedPolicy, fmt.Sprintf(format, args...))
}

// What S3 says of several mistakes.
const (
	badJSON      = "This policy contains invalid Json"
	syntax       = "Invalid policy syntax."
	badResource  = "Policy has invalid resource"
	badAction    = "Policy has invalid action"
	BadPrincipal = "Invalid principal in policy"
)

const sentenceKey = "Sentence"

// As gives a refusal the sentence that S3 has for the mistake.
func As(sentence string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		_ = f.With(sentenceKey, sentence)
	}
	return err
}

// Sentence is what S3 says of the mistake in a policy, empty where that is not known. The text of err says also where it is.
func Sentence(err error) string { return fault.DetailOf(err)[sentenceKey] }

// readJSON parses one strict JSON text: valid UTF-8, nothing after it, no member twice, at most maxDepth levels.
func readJSON(data []byte) (*node, error) {
	if len(data) > MaxBytes {
		return nil, malformed("The policy is %d bytes long; the limit is %d.", len(data), MaxBytes)
	}
	if !utf8.Valid(data) {
		return nil, As(badJSON, malformed("The policy is not valid UTF-8."))
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, malformed("The policy is empty.")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	n, err := readValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, As(badJSON, malformed("There is text after the end of the policy."))
	}
	return n, nil
}

func readValue(d *json.Decoder, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, As(badJSON, malformed("The policy is nested more than %d levels deep.", maxDepth))
	}
	tok, err := d.Token()
	if err != nil {
		return nil, As(badJSON, malformed("The policy is not valid JSON, near byte %d.", d.InputOffset()))
	}
	switch v := tok.(type) {
	case string:
		return &node{kind: '"', text: v}, nil
	case json.Number:
		return &node{kind: '0', text: v.String()}, nil
	case bool:
		return &node{kind: 't', text: fmt.Sprint(v)}, nil
	case nil:
		return &node{kind: 'n'}, nil
	case json.Delim:
		n := &node{kind: byte(v), from: int(d.InputOffset()) - 1}
		for d.More() {
			if v == '{' {
				name, err := d.Token()
				if err != nil {
					return nil, As(badJSON, malformed("The policy is not valid JSON, near byte %d.", d.InputOffset()))
				}
				key, _ := name.(string)
				if n.get(key) != nil {
					return nil, As(badJSON, malformed("The member %q stands twice in one object.", key))
				}
				n.names = append(n.names, key)
			}
			m, err := readValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			n.members = append(n.members, m)
		}
		if _, err := d.Token(); err != nil {
			return nil, As(badJSON, malformed("The policy is not valid JSON, near byte %d.", d.InputOffset()))
		}
		n.to = int(d.InputOffset())
		return n, nil
	}
	return nil, As(badJSON, malformed("The policy is not valid JSON."))
}

// strings reads a string or a list of strings. scalars also admits numbers and booleans, as condition values may be.
func (n *node) strings(where string, scalars bool) ([]string, error) {
	list := []*node{n}
	if n.kind == '[' {
		list = n.members
	}
	if len(list) == 0 {
		return nil, malformed("%s is an empty list.", where)
	}
	out := make([]string, 0, len(list))
	for _, m := range list {
		if m.kind != '"' && (!scalars || m.kind != '0' && m.kind != 't') {
			return nil, malformed("%s must be a string or a list of strings, not %s.", where, m.what())
		}
		out = append(out, m.text)
	}
	return out, nil
}

// writer renders JSON without the escaping for HTML that encoding/json does.
type writer struct{ strings.Builder }

func (w *writer) string(s string) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	w.Write(bytes.TrimRight(b.Bytes(), "\n"))
}

func (w *writer) member(first *bool, name string) {
	if !*first {
		w.WriteByte(',')
	}
	*first = false
	w.string(name)
	w.WriteByte(':')
}

// list renders one value as a string and several as an array.
func (w *writer) list(values []string) {
	if len(values) == 1 {
		w.string(values[0])
		return
	}
	w.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			w.WriteByte(',')
		}
		w.string(v)
	}
	w.WriteByte(']')
}
