package s3

import (
	"bytes"
	"errors"
	"io"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// content is the body of an upload: out of its chunks, held to its signatures, with what the headers ask to check. Nothing has been read.
type content struct {
	body    *sigv4.Body
	size    int64
	digests object.Digests
}

// content prepares the body of an upload of at most limit bytes.
func (c *call) content(limit int64) (content, error) {
	k, err := c.open()
	if err != nil {
		return k, err
	}
	if k.size < 0 || (k.size == 0 && c.r.ContentLength == 0 && len(c.r.Header["Content-Length"]) == 0 && !c.claim.Payload.Chunked()) {
		if len(c.r.TransferEncoding) > 0 && !c.claim.Payload.Chunked() {
			return k, s3err.NotImplemented("Transfer-Encoding")
		}
		return k, s3err.New("MissingContentLength")
	}
	if k.size > limit {
		return k, s3err.New("EntityTooLarge").With("ProposedSize", itoa(k.size)).With("MaxSizeAllowed", itoa(limit))
	}
	return k, nil
}

// open undresses the body and reads what the headers want checked.
func (c *call) open() (k content, err error) {
	if k.body, err = sigv4.NewBody(c.signed, c.claim, c.w.body); err != nil {
		return k, err
	}
	k.size = k.body.Length()
	k.digests, err = c.digests(k.body.Trailer)
	return k, err
}

// digests reads what the headers want checked; trailer returns a trailer of the body by its name.
func (c *call) digests(trailer func(string) (string, bool)) (d object.Digests, err error) {
	if v, ok := c.header["Content-Md5"]; ok {
		sum, err := checksum.ParseMD5(v[0])
		if err != nil {
			return d, err
		}
		d.MD5 = sum[:]
	}
	want, err := checksum.FromHeaders(c.header)
	if err != nil {
		return d, err
	}
	d.Algorithm, d.Value = want.Algorithm, want.Sum
	if want.Trailer {
		d.Trailer = func() ([]byte, error) {
			text, ok := trailer(want.Algorithm.Header())
			if !ok {
				return nil, s3err.New("MalformedTrailerError")
			}
			return want.Algorithm.DecodeTrailer(text)
		}
	}
	return d, nil
}

// document returns the body of an operation that takes an XML document, checked like an upload; empty when there is none. It is read
// once, be it by a condition of a policy or by the operation.
func (c *call) document() ([]byte, error) {
	if c.read == nil {
		body, err := c.readDocument()
		c.read = func() ([]byte, error) { return body, err }
	}
	return c.read()
}

func (c *call) readDocument() ([]byte, error) {
	limit := int64(s3xml.MaxBody)
	if c.op.Body == BodyLong {
		limit = s3xml.MaxLongBody
	}
	if c.op.Body == BodyXML && c.claim.Payload.Chunked() { // which S3 takes for objects and parts
		return nil, s3err.Text("InvalidRequest", "The value of x-amz-content-sha256 header is invalid.")
	}
	k, err := c.open()
	if err != nil {
		return nil, err
	}
	if c.op.Checked && k.digests.MD5 == nil && k.digests.Algorithm == checksum.None {
		return nil, s3err.Text("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
	}
	if k.size > limit {
		return nil, s3err.New("MaxMessageLengthExceeded").With("MaxMessageLengthBytes", itoa(limit))
	}
	hasher := checksum.New(k.digests.Algorithm, false)
	defer hasher.Close()
	var b bytes.Buffer
	n, err := io.Copy(io.MultiWriter(&b, hasher), io.LimitReader(k.body, limit+1))
	switch {
	case err != nil:
		return nil, broken(err)
	case n > limit:
		return nil, s3err.New("MaxMessageLengthExceeded").With("MaxMessageLengthBytes", itoa(limit))
	case k.size >= 0 && n != k.size:
		return nil, s3err.New("IncompleteBody")
	}
	sums := hasher.Sum()
	if k.digests.MD5 != nil {
		if err := checksum.CheckMD5([checksum.MD5Size]byte(k.digests.MD5), sums.MD5); err != nil {
			return nil, err
		}
	}
	want := k.digests.Value
	if k.digests.Trailer != nil {
		if want, err = k.digests.Trailer(); err != nil {
			return nil, err
		}
	}
	if want != nil {
		if err := k.digests.Algorithm.Check(want, sums.Checksum); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// broken is the failure to read a body: what the wire itself says of it stays, anything else is the connection's end.
func broken(err error) error {
	var wire *s3err.Error
	var sig *sigv4.Error
	var f *fault.Error
	if errors.As(err, &wire) || errors.As(err, &sig) || errors.As(err, &f) {
		return err
	}
	return s3err.New("IncompleteBody").Because(err)
}

// stated is a reader whose failures are classified by broken, so that a lost connection is not taken for a fault of the store.
type stated struct{ io.Reader }

// Read reads and classifies.
func (s stated) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = broken(err)
	}
	return n, err
}

func malformed(err error) error {
	if errors.Is(err, s3xml.ErrMalformed) {
		return s3err.New("MalformedXML")
	}
	return err
}
