package s3

import (
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

const headerAttributes = "X-Amz-Object-Attributes"

// wantedAttributes reads x-amz-object-attributes.
func (c *call) wantedAttributes() (map[string]bool, error) {
	want := map[string]bool{}
	for _, line := range c.header[headerAttributes] {
		for _, name := range strings.Split(line, ",") {
			switch name = strings.TrimSpace(name); name {
			case "ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize":
				want[name] = true
			case "":
			default:
				return nil, s3err.Argument("Invalid attribute name specified.", "x-amz-object-attributes", name)
			}
		}
	}
	if len(want) == 0 {
		return nil, s3err.Text("InvalidRequest", "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty")
	}
	return want, nil
}

// partsPage reads x-amz-max-parts and x-amz-part-number-marker.
func (c *call) partsPage() (limit, after int, err error) {
	limit = maxKeys
	for _, f := range []struct {
		header, name string
		to           *int
	}{{"X-Amz-Max-Parts", "x-amz-max-parts", &limit}, {"X-Amz-Part-Number-Marker", "x-amz-part-number-marker", &after}} {
		v, ok := c.header[f.header]
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(v[0], 10, 32)
		if err != nil {
			return 0, 0, s3err.Argument("Provided "+f.name+" not an integer or within integer range", f.name, v[0])
		}
		if n < 0 {
			return 0, 0, s3err.Argument("Argument "+f.name+" must be an integer between 0 and 2147483647", f.name, v[0])
		}
		*f.to = int(n)
	}
	return min(limit, maxKeys), after, nil
}

func (s *Server) objectAttributes(c *call) error {
	want, err := c.wantedAttributes()
	if err != nil {
		return err
	}
	limit, after, err := c.partsPage()
	if err != nil {
		return err
	}
	in := object.GetInput{Bucket: c.record, Key: c.key, If: readConditions(c.header, ""), HeadOnly: true}
	if in.VersionID, err = c.versionID(); err != nil {
		return err
	}
	o, err := s.Objects.Get(c.ctx(), in)
	if err != nil {
		return c.missing(err)
	}
	if err := c.pass(o.Version); err != nil {
		return err
	}
	v := o.Version
	doc := &s3xml.Attributes{}
	if want["ETag"] {
		doc.ETag = v.ETag()
	}
	if want["Checksum"] {
		doc.Checksum = element(v.Checksum, v.Parts, true)
	}
	if want["StorageClass"] {
		doc.StorageClass = className(v.Class)
	}
	if want["ObjectSize"] {
		doc.Size = &v.Size
	}
	if want["ObjectParts"] && v.Segmented() {
		if doc.Parts, err = s.attributeParts(c, v, after, limit); err != nil {
			return err
		}
	}
	c.w.set("Last-Modified", httpTime(v.Modified()))
	c.setVersion(o.VersionID)
	c.w.document(doc)
	return nil
}

// attributeParts lists the parts of a version.
func (s *Server) attributeParts(c *call, v *meta.Version, after, limit int) (*s3xml.AttributeParts, error) {
	page, err := s.Objects.Parts(c.ctx(), v, after, limit)
	if err != nil {
		return nil, err
	}
	parts := &s3xml.AttributeParts{Total: v.Parts, Listed: true, Marker: after, Next: page.Next, Max: limit, Truncated: page.Truncated}
	for _, p := range page.Parts {
		parts.Parts = append(parts.Parts, s3xml.PartEntry{Number: p.Number, Size: p.Size, Checksum: element(p.Checksum, 0, false)})
	}
	return parts, nil
}
