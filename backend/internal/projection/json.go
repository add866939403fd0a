package projection

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Bad is the error of a file that cannot be taken in.
func Bad(format string, args ...any) error {
	return fault.New("projection.Parse", fault.InvalidRequest, fmt.Sprintf(format, args...))
}

// BadAt is Bad for something that is on a line; 0 for none.
func BadAt(line int, format string, args ...any) error {
	return Bad("%s", OnLine(line, fmt.Sprintf(format, args...)))
}

// OnLine says on which line of a file something is; 0 says nothing.
func OnLine(line int, text string) string {
	if line == 0 {
		return text
	}
	return "line " + strconv.Itoa(line) + ": " + text
}

// Decode reads a file of one JSON value into v. Members that v does not have are refused. The error says where and what is wrong, without the
// text that it was found in.
func Decode(content []byte, v any) error {
	if len(content) > MaxFile {
		return Bad("the file is longer than %d bytes", MaxFile)
	}
	if !utf8.Valid(content) {
		return Bad("the file is not valid UTF-8")
	}
	content = bare(content)
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return describe(content, err)
	}
	at := d.InputOffset()
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		rest := bytes.TrimLeft(content[at:], " \t\r\n")
		return BadAt(lineAt(content, len(content)-len(rest)), "there is text after the end of the file's content")
	}
	return nil
}

// bare is the content without a byte order mark.
func bare(content []byte) []byte { return bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")) }

func describe(content []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return BadAt(lineAt(content, len(content)), "this is no JSON: the file ends too early")
	case errors.As(err, &syntax):
		return BadAt(lineAt(content, int(syntax.Offset)-1), "this is no JSON")
	case errors.As(err, &kind):
		what, _, _ := strings.Cut(kind.Value, " ") // without the value
		return BadAt(lineAt(content, int(kind.Offset)-1), "%s must not be of the type %s", cmp.Or(kind.Field, "the file"), what)
	}
	field := strings.TrimPrefix(err.Error(), "json: unknown field ")
	// The decoder does not tell where it is; the first of that name is likely enough.
	return BadAt(lineAt(content, max(0, bytes.Index(content, []byte(field)))), "unknown field %s", field)
}

func lineAt(content []byte, offset int) int {
	return 1 + bytes.Count(content[:min(max(offset, 0), len(content))], []byte("\n"))
}

// Element is an element of a list or a member of an object.
type Element struct {
	Name  string // of a member
	Line  int    // where it begins
	Value json.RawMessage
}

// Elements lists what a member of the file's object holds, which is a list or an object itself, in order, and says where the member stands;
// none on line 0 when there is no such member. The file is one that Decode takes. A member that stands twice is refused.
func Elements(content []byte, member string) (line int, list []Element, err error) {
	content = bare(content)
	d := json.NewDecoder(bytes.NewReader(content))
	if _, err := d.Token(); err != nil {
		return 0, nil, err
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return 0, nil, err
		}
		if name, _ := token.(string); !strings.EqualFold(name, member) { // as the decoder compares
			var other json.RawMessage
			if err := d.Decode(&other); err != nil {
				return 0, nil, err
			}
			continue
		}
		at := lineAt(content, int(d.InputOffset()))
		if line != 0 {
			return 0, nil, BadAt(at, "%q stands twice", member)
		}
		line = at
		if list, err = elements(d, content); err != nil {
			return 0, nil, err
		}
	}
	return line, list, nil
}

func elements(d *json.Decoder, content []byte) (list []Element, err error) {
	open, err := d.Token()
	if err != nil || open == nil {
		return nil, err
	}
	at, line := 0, 1
	to := func(offset int) int { // counted on, so that the whole costs one walk
		line += bytes.Count(content[at:offset], []byte("\n"))
		at = offset
		return line
	}
	for d.More() {
		var e Element
		if open == json.Delim('{') {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			e.Name, _ = name.(string)
			e.Line = to(int(d.InputOffset()))
		}
		if err := d.Decode(&e.Value); err != nil {
			return nil, err
		}
		if e.Line == 0 {
			e.Line = to(int(d.InputOffset()) - len(e.Value))
		}
		list = append(list, e)
	}
	_, err = d.Token()
	return list, err
}
