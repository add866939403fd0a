package s3xml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Bounds of request documents.
const (
	MaxBody      = 1 << 20 // bytes of a document
	MaxLongBody  = 4 << 20 // bytes of the two that list up to 1,000 keys or 10,000 parts with their checksums
	maxDepth     = 16
	maxElements  = 100_000
	maxAttribute = 64 // of one element
)

// ErrMalformed is returned for a document that is not well-formed, has a DTD, or is not of the schema.
var ErrMalformed = errors.New("s3xml: malformed document")

// node is an element of a request.
type node struct {
	name     string
	kind     string // its attribute xsi:type
	text     []byte
	children []*node
}

// parse reads a document whose root has the name. Directives (DTDs) and with them entities of one's own are refused, foreign namespaces too.
func parse(body []byte, root string) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	var stack []*node
	var top *node
	elements := 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, ErrMalformed
		}
		switch t := tok.(type) {
		case xml.Directive:
			return nil, ErrMalformed
		case xml.StartElement:
			elements++
			if (t.Name.Space != "" && t.Name.Space != Namespace) || elements > maxElements || len(stack) >= maxDepth ||
				len(t.Attr) > maxAttribute || (len(stack) == 0 && top != nil) {
				return nil, ErrMalformed
			}
			n := &node{name: t.Name.Local}
			for _, a := range t.Attr {
				if a.Name.Space == XSI && a.Name.Local == "type" {
					n.kind = a.Value
				}
			}
			if len(stack) == 0 {
				top = n
			} else {
				parent := stack[len(stack)-1]
				parent.children = append(parent.children, n)
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				open := stack[len(stack)-1]
				open.text = append(open.text, t...)
			} else if len(bytes.TrimSpace(t)) > 0 {
				return nil, ErrMalformed
			}
		}
	}
	if top == nil || top.name != root {
		return nil, ErrMalformed
	}
	return top, nil
}

// each calls the function of every child's name. An unknown child, or text between children, is malformed, as S3's schema has it.
func (n *node) each(fn map[string]func(*node) error) error {
	if len(bytes.TrimSpace(n.text)) > 0 {
		return ErrMalformed
	}
	for _, c := range n.children {
		f, ok := fn[c.name]
		if !ok {
			return ErrMalformed
		}
		if err := f(c); err != nil {
			return err
		}
	}
	return nil
}

// leaf returns the text of an element without children.
func (n *node) leaf() (string, error) {
	if len(n.children) > 0 {
		return "", ErrMalformed
	}
	return string(n.text), nil
}

// into returns a function that takes the trimmed text of a child that may stand there once.
func into(to *string, seen *bool) func(*node) error {
	return func(n *node) error {
		text, err := n.leaf()
		if err != nil || *seen {
			return ErrMalformed
		}
		*to, *seen = strings.TrimSpace(text), true
		return nil
	}
}

// BucketConfiguration is the body of CreateBucket.
type BucketConfiguration struct {
	LocationConstraint string
	Tags               meta.Tags
	Unsupported        string // an element whose feature does not exist here, empty for none
}

// DecodeBucketConfiguration reads a CreateBucketConfiguration.
func DecodeBucketConfiguration(body []byte) (c BucketConfiguration, err error) {
	root, err := parse(body, "CreateBucketConfiguration")
	if err != nil {
		return c, err
	}
	unsupported := func(n *node) error {
		c.Unsupported = n.name
		return nil
	}
	var seen bool
	err = root.each(map[string]func(*node) error{
		"LocationConstraint": into(&c.LocationConstraint, &seen),
		"Location":           unsupported, "Bucket": unsupported,
		"Tags": func(n *node) (err error) {
			if c.Tags != nil {
				return ErrMalformed
			}
			c.Tags, err = decodeTags(n)
			return err
		},
	})
	return c, err
}

// DecodeVersioning reads a VersioningConfiguration. Status is Enabled, Suspended, or empty when it is not named.
func DecodeVersioning(body []byte) (v Versioning, err error) {
	root, err := parse(body, "VersioningConfiguration")
	if err != nil {
		return v, err
	}
	var status, mfa bool
	err = root.each(map[string]func(*node) error{"Status": into(&v.Status, &status), "MfaDelete": into(&v.MFADelete, &mfa)})
	if err != nil {
		return v, err
	}
	if (status && v.Status != "Enabled" && v.Status != "Suspended") || (mfa && v.MFADelete != "Enabled" && v.MFADelete != "Disabled") {
		return v, ErrMalformed
	}
	return v, nil
}

// Delete is the body of DeleteObjects.
type Delete struct {
	Quiet   bool
	Objects []DeleteObject
}

// DeleteObject names a key of Delete. The conditions are nil when absent.
type DeleteObject struct {
	Key          string
	VersionID    string
	ETag         *string
	LastModified *time.Time
	Size         *int64
}

// DecodeDelete reads a Delete of 1 to most objects.
func DecodeDelete(body []byte, most int) (d Delete, err error) {
	root, err := parse(body, "Delete")
	if err != nil {
		return d, err
	}
	err = root.each(map[string]func(*node) error{
		"Quiet": func(n *node) error {
			text, err := n.leaf()
			if err != nil {
				return err
			}
			switch strings.ToLower(strings.TrimSpace(text)) {
			case "true", "1":
				d.Quiet = true
			case "false", "0", "":
				d.Quiet = false
			default:
				return ErrMalformed
			}
			return nil
		},
		"Object": func(n *node) error {
			if len(d.Objects) == most {
				return ErrMalformed
			}
			o, err := decodeDeleteObject(n)
			d.Objects = append(d.Objects, o)
			return err
		},
	})
	if err == nil && len(d.Objects) == 0 {
		err = ErrMalformed
	}
	return d, err
}

func decodeDeleteObject(n *node) (o DeleteObject, err error) {
	var versionID, etag, modified, size string
	var hasVersion, hasETag, hasModified, hasSize bool
	err = n.each(map[string]func(*node) error{
		"Key": func(n *node) error {
			text, err := n.leaf()
			if err != nil || o.Key != "" || text == "" {
				return ErrMalformed
			}
			o.Key = text // spaces are part of a key
			return nil
		},
		"VersionId": into(&versionID, &hasVersion), "ETag": into(&etag, &hasETag),
		"LastModifiedTime": into(&modified, &hasModified), "Size": into(&size, &hasSize),
	})
	if err != nil {
		return o, err
	}
	if o.Key == "" {
		return o, ErrMalformed
	}
	o.VersionID = versionID
	if hasETag {
		o.ETag = &etag
	}
	if hasModified {
		t, err := parseTime(modified)
		if err != nil {
			return o, err
		}
		o.LastModified = &t
	}
	if hasSize {
		v, err := strconv.ParseInt(size, 10, 64)
		if err != nil || v < 0 {
			return o, ErrMalformed
		}
		o.Size = &v
	}
	return o, nil
}

// parseTime reads the time formats that SDKs send.
func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "Mon, 02 Jan 2006 15:04:05 GMT"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, ErrMalformed
}

// CompletePart is a part in the body of CompleteMultipartUpload.
type CompletePart struct {
	Number    int
	ETag      string            // as sent, quotes and all
	Checksums map[string]string // by the name of the element, nil for none
}

// checksumElements are those that a part may carry.
var checksumElements = []string{"ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA256",
	"ChecksumSHA512", "ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3", "ChecksumXXHASH128"}

// DecodeComplete reads a CompleteMultipartUpload of 1 to most parts. Numbers are only read, not judged.
func DecodeComplete(body []byte, most int) (parts []CompletePart, err error) {
	root, err := parse(body, "CompleteMultipartUpload")
	if err != nil {
		return nil, err
	}
	err = root.each(map[string]func(*node) error{"Part": func(n *node) error {
		if len(parts) == most {
			return ErrMalformed
		}
		p, err := decodePart(n)
		parts = append(parts, p)
		return err
	}})
	if err == nil && len(parts) == 0 {
		err = ErrMalformed
	}
	return parts, err
}

func decodePart(n *node) (p CompletePart, err error) {
	if len(bytes.TrimSpace(n.text)) > 0 {
		return p, ErrMalformed
	}
	var number string
	var hasNumber, hasETag bool
	for _, c := range n.children {
		switch c.name {
		case "PartNumber":
			err = into(&number, &hasNumber)(c)
		case "ETag":
			err = into(&p.ETag, &hasETag)(c)
		default:
			err = p.checksum(c)
		}
		if err != nil {
			return p, err
		}
	}
	if !hasNumber || !hasETag {
		return p, ErrMalformed
	}
	p.Number, err = strconv.Atoi(number)
	if err != nil {
		return p, ErrMalformed
	}
	return p, nil
}

func (p *CompletePart) checksum(c *node) error {
	for _, name := range checksumElements {
		if name != c.name {
			continue
		}
		var value string
		_, seen := p.Checksums[name]
		if err := into(&value, &seen)(c); err != nil {
			return err
		}
		if p.Checksums == nil {
			p.Checksums = map[string]string{}
		}
		p.Checksums[name] = value
		return nil
	}
	return ErrMalformed
}
