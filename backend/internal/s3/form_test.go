package s3

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

const formType = "multipart/form-data; boundary=form"

// form writes the body of a form as the directive @form has it. The conditions of a policy that is signed by v4 get those of the signature.
func (tr *transcript) form(t *testing.T, p *prepared, how, text string) []byte {
	signer := tr.signers[p.as]
	var fields []sigv4.Pair
	file := ""
	for file == "" && text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		name, value, ok := strings.Cut(line, "=")
		require.True(t, ok, "form line %q", line)
		if name == "file" {
			file = "Content-Disposition: form-data; name=\"file\"; filename=\"" + value + "\"\r\nContent-Type: text/plain\r\n\r\n" + text
			continue
		}
		if name != "policy" || how == "none" {
			fields = append(fields, sigv4.Pair{Name: name, Value: value})
			continue
		}
		if how == "v2" {
			fields = append(fields, signer.SignFormV2([]byte(value))...)
			continue
		}
		now := tr.clock.Now()
		var conditions strings.Builder
		for _, f := range signer.FormFields(now) {
			fmt.Fprintf(&conditions, `{%q: %q}, `, f.Name, f.Value)
		}
		value = strings.Replace(value, `"conditions": [`, `"conditions": [`+conditions.String(), 1)
		fields = append(fields, signer.SignForm([]byte(value), now)...)
	}
	p.form = "none"
	if p.header.Get("Content-Type") == "" {
		p.header.Set("Content-Type", formType)
	}
	return []byte(formBody(fields, file))
}

// formBody is a form with these fields and, unless it is empty, a last part.
func formBody(fields []sigv4.Pair, last string) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("--form\r\nContent-Disposition: form-data; name=\"" + f.Name + "\"\r\n\r\n" + f.Value + "\r\n")
	}
	if last != "" {
		b.WriteString("--form\r\n" + last + "\r\n")
	}
	return b.String() + "--form--\r\n"
}

// signedForm is the start of a form that a writer may send, up to its file.
func signedForm(e *env, key, conditions string) string {
	signer, now := e.signers["writer"], e.clock.Now()
	fields := append([]sigv4.Pair{{Name: "key", Value: key}}, signer.SignForm([]byte(`{"expiration": "2030-01-01T00:00:00Z", "conditions": [{"bucket": "bucket"}, ["starts-with", "$key", ""],
		["starts-with", "$x-amz-algorithm", ""], ["starts-with", "$x-amz-credential", ""], ["starts-with", "$x-amz-date", ""]`+conditions+`]}`), now)...)
	return strings.TrimSuffix(formBody(fields, "Content-Disposition: form-data; name=\"file\"\r\n\r\n"), "\r\n--form--\r\n")
}

const formEnd = "\r\n--form--\r\n"

func (w *wire) post(length int) {
	w.say(fmt.Sprintf("POST /bucket HTTP/1.1\r\nHost: host\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", formType, length))
}

// The file is stored while it arrives: of one that is cut off, in whatever way, nothing stays.
func TestFormCutOff(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	start, body := signedForm(e, "k", ""), strings.Repeat("content ", 10_000)
	for name, sent := range map[string]string{"in its fields": start[:len(start)/2], "in its file": start + body[:50_000], "in its end": start + body + formEnd[:6]} {
		w := e.dial()
		w.post(len(start + body + formEnd))
		w.say(sent)
		require.NoError(t, w.Conn.(*net.TCPConn).CloseWrite(), name)
		status, answer := w.answer(post)
		require.Equal(t, 400, status, name)
		require.Contains(t, answer, "<Code>IncompleteBody</Code>", name)
	}
	w := e.dial()
	w.post(len(start + body))
	w.say(start + body) // all that was announced, but no end
	status, answer := w.answer(post)
	require.Equal(t, 400, status)
	require.Contains(t, answer, "<Code>MalformedPOSTRequest</Code>")
	res, _ := e.do(adminKey, get, "/bucket/k", "", nil)
	require.Equal(t, 404, res.StatusCode)

	w = e.dial()
	w.post(len(start + body + formEnd))
	w.say(start + body + formEnd)
	status, answer = w.answer(post)
	require.Equal(t, 204, status, answer)
	_, got := e.ok(adminKey, get, "/bucket/k", "", nil)
	require.Equal(t, body, got)
}

// A file that is longer than its policy allows is refused before all of it has come.
func TestFormTooLongIsCutShort(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	start := signedForm(e, "k", `, ["content-length-range", 0, 100000]`)
	w := e.dial()
	w.post(10 << 20)
	w.say(start + strings.Repeat("x", 200_000))
	status, answer := w.answer(post)
	require.Equal(t, 400, status)
	require.Contains(t, answer, "<Code>EntityTooLarge</Code>")
	require.Contains(t, answer, "<MaxSizeAllowed>100000</MaxSizeAllowed>")
	res, _ := e.do(adminKey, get, "/bucket/k", "", nil)
	require.Equal(t, 404, res.StatusCode)
}

// What comes before the file is bounded, in whatever form it comes.
func TestFormFieldsAreBounded(t *testing.T) {
	endless := strings.Repeat("m", 1<<20)
	for name, start := range map[string]string{
		"before the first field": strings.Repeat("m\n", 1<<20),
		"in a value":             "--form\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + endless,
		"in a header":            "--form\r\nX: " + endless,
		"in many headers":        "--form\r\n" + strings.Repeat("X: y\r\n", 1<<16),
		"in many fields":         manyFields(),
	} {
		from := &counted{Reader: strings.NewReader(start)}
		_, err := readForm(from, "form")
		require.ErrorContains(t, err, "MaxPostPreDataLengthExceeded", name)
		require.LessOrEqual(t, from.n, maxFormData+formAhead, name)
	}
}

func manyFields() string {
	var b strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, "--form\r\nContent-Disposition: form-data; name=\"a%d\"\r\n\r\n\r\n", i)
	}
	return b.String()
}

type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func TestFormPolicyIsBase64(t *testing.T) {
	_, err := parseFormPolicy("{}")
	require.ErrorContains(t, err, "Invalid Policy: invalid Base64 encoding.")
}

// Whatever is sent: a form is refused, or its fields are within the bounds, each there once, and its file is what stands in the body.
func FuzzForm(f *testing.F) {
	file := "Content-Disposition: form-data; name=\"file\"; filename=\"a\\\\b/c.txt\"\r\n\r\nhello"
	f.Add(formBody([]sigv4.Pair{{Name: "key", Value: "up/${filename}"}, {Name: "Content-Type", Value: "text/plain"}}, file))
	f.Add(formBody(nil, file))
	f.Add(formBody([]sigv4.Pair{{Name: "a", Value: "b"}, {Name: "A", Value: "b"}}, file))
	f.Add("--form--\r\n")
	f.Add("--form\nContent-Disposition: form-data; name=file\n\nx\n--form--")
	f.Fuzz(func(t *testing.T, body string) {
		got, err := readForm(strings.NewReader(body), "form")
		if err != nil {
			return
		}
		require.NotContains(t, got.filename, "/")
		seen, size := map[string]bool{}, 0
		for _, x := range got.fields {
			require.False(t, seen[strings.ToLower(x.name)])
			seen[strings.ToLower(x.name)] = true
			size += len(x.value)
		}
		require.LessOrEqual(t, size, maxFormData*len(got.fields))
		content, err := io.ReadAll(got.file)
		if err == nil {
			require.Contains(t, body, string(content))
		}
	})
}

// A policy that is taken allows nothing beyond what it says: neither after its end, nor a field that no condition names, nor a bucket or key
// that a condition does not allow.
func FuzzFormPolicy(f *testing.F) {
	f.Add(`{"expiration": "2026-01-02T04:00:00Z", "conditions": [{"bucket": "b"}, ["starts-with", "$key", "up/"], ["content-length-range", 1, 10]]}`, "up/x", "acl")
	f.Add(`{"expiration": "2026-01-02T04:00:00.000Z", "conditions": [["eq", "$Bucket", "b"], ["eq", "$KEY", "\$x"], {"acl": "private"}]}`, "$x", "acl")
	f.Add(`{"expiration": 1, "conditions": [[], {}, null, 1, "x"]}`, "", "")
	f.Fuzz(func(t *testing.T, document, key, field string) {
		p, err := parseFormPolicy(base64.StdEncoding.EncodeToString([]byte(document)))
		if err != nil {
			require.ErrorContains(t, err, "InvalidPolicyDocument")
			return
		}
		require.GreaterOrEqual(t, p.least, int64(0))
		fields := []formField{{"key", key}, {field, "value"}}
		if p.check("b", fields, began) != nil {
			return
		}
		require.True(t, began.Before(p.expires))
		require.Error(t, p.check("b", fields, p.expires))
		named := map[string]bool{}
		for _, c := range p.conditions {
			lower := strings.ToLower(c.field)
			named[lower] = true
			if lower == "bucket" && !c.prefix {
				require.Equal(t, "b", c.value)
			}
			if lower == "key" && strings.ToLower(field) != "key" {
				require.True(t, strings.HasPrefix(key, c.value))
			}
		}
		require.True(t, named["key"] && named["bucket"])
		lower := strings.ToLower(field)
		require.True(t, named[lower] || uncovered[lower] || strings.HasPrefix(lower, "x-ignore-"))
	})
}
