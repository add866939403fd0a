package s3

import (
	"errors"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// A browser sends an object as a form: fields, then the file. Who asks, what is asked and whether a policy allows it stands in the fields, so
// they are read before anything is decided; the file is streamed, and what follows it is not read.

const (
	maxFormData = 20 << 10 // bytes of a form without its file
	formAhead   = 8 << 10  // what the parser may read ahead
	fileField   = "file"
)

// formField is a field before the file. Its name is as sent; names are without regard to case.
type formField struct{ name, value string }

// form is a form whose file has not been read.
type form struct {
	fields   []formField
	filename string // without a path
	file     io.Reader
	least    int64 // bytes of the file, as the policy has them
	most     int64
}

// field returns the value of a field.
func (f *form) field(name string) (string, bool) {
	for _, x := range f.fields {
		if strings.EqualFold(x.name, name) {
			return x.value, true
		}
	}
	return "", false
}

// bounded ends with an error after left bytes, until it is opened.
type bounded struct {
	io.Reader
	left int
	open bool
}

// Read reads within the bound.
func (b *bounded) Read(p []byte) (int, error) {
	if b.open {
		return b.Reader.Read(p)
	}
	if b.left == 0 {
		return 0, formTooLong()
	}
	n, err := b.Reader.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func formTooLong() error {
	return s3err.New("MaxPostPreDataLengthExceeded").With("MaxPostPreDataLengthBytes", itoa(maxFormData))
}

// readForm reads the fields of a form up to the content of its file. At most maxFormData and formAhead bytes are held.
func readForm(body io.Reader, boundary string) (*form, error) {
	from := &bounded{Reader: body, left: maxFormData + formAhead}
	parts := multipart.NewReader(from, boundary)
	f := &form{most: math.MaxInt64}
	refused := func(err error) error {
		if from.left == 0 { // the parser may take what the bound cut off for malformed
			return formTooLong()
		}
		return malformedForm(err)
	}
	for size := 0; ; {
		part, err := parts.NextRawPart()
		if err == io.EOF { //nolint:errorlint // the form's own end; another one is wrapped
			return nil, s3err.Argument("POST requires exactly one file upload per request.", fileField, "0")
		}
		if err != nil {
			return nil, refused(err)
		}
		disposition, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		name := params["name"]
		if err != nil || disposition != "form-data" || name == "" {
			return nil, refused(err)
		}
		if strings.EqualFold(name, fileField) {
			f.filename = params["filename"][strings.LastIndexAny(params["filename"], `/\`)+1:]
			f.file, from.open = formFile{part}, true
			return f, f.expand()
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, refused(err)
		}
		if size += len(name) + len(value); size > maxFormData {
			return nil, formTooLong()
		}
		if _, again := f.field(name); again {
			return nil, s3err.Argument("A form may have a field only once.", name, string(value))
		}
		f.fields = append(f.fields, formField{name, string(value)})
	}
}

// malformedForm is the failure to read a form, unless it is one of the connection or of a bound.
func malformedForm(err error) error {
	if wire := (*s3err.Error)(nil); errors.As(err, &wire) {
		return err
	}
	return s3err.New("MalformedPOSTRequest").Because(err)
}

// formFile is the content of the file.
type formFile struct{ part io.Reader }

// Read reads on to the boundary behind the file. A form that ends before it is malformed.
func (f formFile) Read(p []byte) (int, error) {
	n, err := f.part.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // the part's own end
		err = malformedForm(err)
	}
	return n, err
}

// expand puts the name of the file into the fields, but for those that are signed as they are.
func (f *form) expand() error {
	for i := range f.fields {
		x := &f.fields[i]
		if !uncovered[strings.ToLower(x.name)] {
			x.value = strings.ReplaceAll(x.value, "${filename}", f.filename)
		}
		if len(x.value) > maxFormData { // the name stood in it more often than is meant well
			return formTooLong()
		}
	}
	return nil
}

// authenticateByForm reads the fields, finds out who signed the policy in them, and holds them to it. From here on they are to the request
// what headers are to a PutObject; its own headers count for nothing, since no policy allowed them.
func (c *call) authenticateByForm() error {
	boundary, err := c.formBoundary()
	if err != nil {
		return err
	}
	if shown, err := sigv4.Parse(c.signed); err != nil || shown.Kind != sigv4.Anonymous || c.r.Header.Get(headerAccessKey) != "" || c.r.Header.Get(headerSecretKey) != "" {
		return s3err.Text("InvalidRequest", "A form carries its credentials in its fields. They cannot be combined with another form of authentication.")
	}
	f, err := readForm(stated{c.w.body}, boundary)
	if err != nil {
		return err
	}
	c.form = f
	if c.claim, err = sigv4.ParseForm(f.field); err != nil {
		return err
	}
	if c.claim.SessionToken != "" && c.claim.Kind == sigv4.Anonymous {
		return s3err.New("InvalidToken") // it is no credential by itself
	}
	if err := c.formKey(); err != nil {
		return err
	}
	c.id = iam.Anonymous
	if c.claim.Kind != sigv4.Anonymous {
		if err := c.authenticateBySignature(); err != nil {
			return err
		}
		policy, err := parseFormPolicy(c.claim.Policy())
		if err != nil {
			return err
		}
		if err := policy.check(c.bucket, f.fields, c.now); err != nil {
			return err
		}
		f.least, f.most = policy.least, policy.most
	}
	return c.formHeader()
}

// formBoundary refuses early what cannot be a form that is taken, and returns what is between its fields.
func (c *call) formBoundary() (string, error) {
	media, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if media != "multipart/form-data" {
		return "", s3err.New("PreconditionFailed").With("Condition", "Bucket POST must be of the enclosure-type multipart/form-data")
	}
	if err != nil || params["boundary"] == "" || len(params["boundary"]) > 70 {
		return "", s3err.New("MalformedPOSTRequest").Because(err)
	}
	limit := c.s.uploadLimit()
	switch size := c.r.ContentLength; {
	case size < 0, size == 0 && len(c.r.Header["Content-Length"]) == 0:
		return "", s3err.New("MissingContentLength")
	case size > limit+maxFormData:
		return "", s3err.New("EntityTooLarge").With("ProposedSize", itoa(size)).With("MaxSizeAllowed", itoa(limit))
	}
	return params["boundary"], nil
}

// formKey takes the key of the object out of the form.
func (c *call) formKey() error {
	key, ok := c.form.field("key")
	switch {
	case !ok:
		return sigv4.MissingField("key")
	case key == "":
		return s3err.Argument("User key must have a length greater than 0.", "key", "")
	case !utf8.ValidString(key) || strings.IndexByte(key, 0) >= 0:
		return s3err.Argument("The object key must be valid UTF-8 without NUL.", "key", "")
	}
	c.key = key
	return nil
}

// carried are the headers of the request that say nothing of the object.
var carried = []string{"User-Agent", "Referer", "Origin", "X-Amz-Expected-Bucket-Owner"}

// ownFields are the fields that mean something to the form itself.
var ownFields = map[string]bool{
	"key": true, "bucket": true, "success_action_status": true, "success_action_redirect": true, "redirect": true,
	"x-amz-algorithm": true, "x-amz-credential": true, "x-amz-date": true, "x-amz-security-token": true,
}

// formHeaders are the fields beside x-amz-* that are headers of a PutObject, by their names in lower case.
var formHeaders = map[string]string{
	"acl": "X-Amz-Acl", "cache-control": "Cache-Control", "content-disposition": "Content-Disposition", "content-encoding": "Content-Encoding",
	"content-language": "Content-Language", "content-md5": "Content-Md5", "content-type": "Content-Type", "expires": "Expires",
}

// formHeader makes of the fields the headers that a PutObject would have.
func (c *call) formHeader() error {
	h := http.Header{}
	for _, name := range carried {
		if v, ok := c.r.Header[name]; ok {
			h[name] = v
		}
	}
	for _, f := range c.form.fields {
		lower := strings.ToLower(f.name)
		name, ok := formHeaders[lower]
		switch {
		case ownFields[lower], uncovered[lower]:
			continue
		case lower == "tagging":
			tags, err := s3xml.DecodeTagging([]byte(f.value))
			if err != nil {
				return malformed(err)
			}
			query := url.Values{}
			for _, t := range tags {
				query.Add(t.Name, t.Value)
			}
			name, f.value = taggingHeader, query.Encode()
		case strings.HasPrefix(lower, "x-amz-"):
			name = http.CanonicalHeaderKey(lower)
		case !ok:
			continue
		}
		if strings.ContainsAny(f.value, "\r\n\x00") || strings.ContainsFunc(name, notToken) {
			return s3err.Argument("The value of a field must be one that a header can have.", f.name, f.value)
		}
		h[name] = append(h[name], f.value)
	}
	c.header = h
	return nil
}

// notToken reports what cannot be in the name of a header.
func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

// held is a file that is held to the lengths which its policy allows.
type held struct {
	*form
	n     int64
	limit int64
}

// Read refuses as soon as there is too much, and at the end when there is too little.
func (h *held) Read(p []byte) (int, error) {
	n, err := h.file.Read(p)
	h.n += int64(n)
	most := min(h.most, h.limit)
	switch {
	case h.n > most:
		return 0, s3err.New("EntityTooLarge").With("ProposedSize", itoa(h.n)).With("MaxSizeAllowed", itoa(most))
	case errors.Is(err, io.EOF) && h.n < h.least:
		return 0, s3err.New("EntityTooSmall").With("ProposedSize", itoa(h.n)).With("MinSizeAllowed", itoa(h.least))
	}
	return n, err
}

func (s *Server) postObject(c *call) error {
	in, err := c.putInput()
	if err != nil {
		return err
	}
	if in.Digests, err = c.digests(func(string) (string, bool) { return "", false }); err != nil {
		return err
	}
	in.Body, in.Size = &held{form: c.form, limit: s.uploadLimit()}, -1
	w, err := s.Objects.Put(c.ctx(), in)
	if err != nil {
		return c.conceal(err, c.record)
	}
	etag := `"` + w.Version.ETag() + `"`
	c.setWritten(w.VersionID)
	c.setExpiration(w.Version)
	c.setChecksum(w.Version.Checksum, w.Version.Parts)
	c.w.setExact("ETag", etag)
	if to := c.redirect(etag); to != "" {
		c.w.set("Location", to)
		c.w.empty(http.StatusSeeOther)
		return nil
	}
	location := c.location("/" + url.PathEscape(c.key))
	c.w.set("Location", location)
	switch status, _ := c.form.field("success_action_status"); status {
	case "200":
		c.w.empty(http.StatusOK)
	case "201":
		c.w.xml(http.StatusCreated, s3xml.Encode(&s3xml.PostResponse{Location: location, Bucket: c.bucket, Key: c.key, ETag: w.Version.ETag()}))
	default:
		c.w.empty(http.StatusNoContent)
	}
	return nil
}

// redirect is where the form sends the browser, with what was stored; empty for nowhere, as when it names no address.
func (c *call) redirect(etag string) string {
	to, ok := c.form.field("success_action_redirect")
	if !ok {
		to, _ = c.form.field("redirect")
	}
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	u.RawQuery += "bucket=" + escape(c.bucket) + "&key=" + escape(c.key) + "&etag=" + escape(etag)
	return u.String()
}
