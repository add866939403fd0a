package s3

import (
	"time"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

const maxKeys = 1000

// encoding reads encoding-type.
func (c *call) encoding() (s3xml.Names, error) {
	switch v := c.query.get("encoding-type"); v {
	case "":
		return false, nil
	case "url":
		return s3xml.URL, nil
	default:
		return false, s3err.Argument("Invalid Encoding Method specified in Request", "encoding-type", v)
	}
}

// listing reads what both versions of the object listing have.
func (c *call) listing() (in object.Listing, names s3xml.Names, err error) {
	if names, err = c.encoding(); err != nil {
		return in, names, err
	}
	in = object.Listing{Bucket: c.record, Prefix: c.query.get("prefix"), Delimiter: c.query.get("delimiter")}
	in.Max, err = c.count("max-keys")
	return in, names, err
}

// page reads a page; one of no keys is empty and not truncated, as S3 has it.
func (s *Server) page(c *call, in object.Listing) (object.Page, error) {
	if in.Max == 0 {
		return object.Page{}, nil
	}
	return s.Objects.List(c.ctx(), in)
}

func (s *Server) listObjects(c *call) error {
	if v := c.query.get("list-type"); v != "" && v != "1" {
		return s3err.Argument("Invalid List Type specified in Request", "list-type", v)
	}
	if v, ok := c.query.lookup("start-after"); ok {
		return s3err.Argument("startAfter only supported in REST.GET.BUCKET with list-type=2", "start-after", v)
	}
	in, names, err := c.listing()
	if err != nil {
		return err
	}
	in.After = c.query.get("marker")
	page, err := s.page(c, in)
	if err != nil {
		return err
	}
	who, err := c.ownerIn()
	if err != nil {
		return err
	}
	doc := &s3xml.ObjectList{
		Names: names, Bucket: c.bucket, Prefix: in.Prefix, Marker: in.After, Delimiter: in.Delimiter, MaxKeys: in.Max,
		Truncated: page.Truncated, Contents: contents(page.Objects, who), Prefixes: page.Prefixes,
	}
	if page.Truncated && in.Delimiter != "" { // without a delimiter the last key is the next marker, and S3 leaves it out
		doc.NextMarker = page.Next
	}
	c.w.document(doc)
	return nil
}

func (s *Server) listObjects2(c *call) error {
	in, names, err := c.listing()
	if err != nil {
		return err
	}
	doc := &s3xml.ObjectList2{
		Names: names, Bucket: c.bucket, Prefix: in.Prefix, Delimiter: in.Delimiter, MaxKeys: in.Max, StartAfter: c.query.get("start-after"),
	}
	in.After = doc.StartAfter
	if v, ok := c.query.lookup("continuation-token"); ok {
		doc.Token = &v
		if v != "" { // an empty one is as if there were none, but for its echo
			if in.After, err = parseToken(v); err != nil {
				return s3err.Argument("The continuation token provided is incorrect", "continuation-token", v)
			}
		}
	}
	page, err := s.page(c, in)
	if err != nil {
		return err
	}
	var who func(string) s3xml.Owner
	if c.query.get("fetch-owner") == "true" {
		if who, err = c.ownerIn(); err != nil {
			return err
		}
	}
	doc.Contents, doc.Prefixes, doc.Truncated = contents(page.Objects, who), page.Prefixes, page.Truncated
	if page.Truncated {
		doc.NextToken = makeToken(page.Next)
	}
	c.w.document(doc)
	return nil
}

// contents are the entries of a listing, with owners if there is who names them.
func contents(versions []*meta.Version, who func(string) s3xml.Owner) []s3xml.ObjectEntry {
	list := make([]s3xml.ObjectEntry, len(versions))
	for i, v := range versions {
		list[i] = entry(v, who)
	}
	return list
}

func entry(v *meta.Version, who func(string) s3xml.Owner) s3xml.ObjectEntry {
	e := s3xml.ObjectEntry{
		Key: v.Key, LastModified: v.Modified(), ETag: v.ETag(), Size: v.Size, StorageClass: className(v.Class),
	}
	if v.Checksum.Algorithm != checksum.None {
		e.Algorithm, e.ChecksumType = v.Checksum.Algorithm.String(), checksumType(v.Checksum.Composite)
	}
	if who != nil {
		o := who(v.Owner)
		e.Owner = &o
	}
	return e
}

func (s *Server) listVersions(c *call) error {
	names, err := c.encoding()
	if err != nil {
		return err
	}
	in := object.VersionListing{
		Bucket: c.record, Prefix: c.query.get("prefix"), Delimiter: c.query.get("delimiter"),
		KeyMarker: c.query.get("key-marker"), VersionMarker: c.query.get("version-id-marker"),
	}
	if in.Max, err = c.count("max-keys"); err != nil {
		return err
	}
	if v, ok := c.query.lookup("version-id-marker"); ok {
		switch {
		case v != "" && !c.query.has("key-marker"):
			return s3err.Argument("A version-id marker cannot be specified without a key marker.", "version-id-marker", v)
		case v == "" && in.KeyMarker != "":
			return s3err.Argument("A version-id marker cannot be empty.", "version-id-marker", v)
		}
	}
	var page object.VersionPage
	if in.Max > 0 {
		if page, err = s.Objects.ListVersions(c.ctx(), in); err != nil {
			return err
		}
	}
	who, err := c.ownerIn()
	if err != nil {
		return err
	}
	doc := &s3xml.VersionList{
		Names: names, Bucket: c.bucket, Prefix: in.Prefix, Delimiter: in.Delimiter, KeyMarker: in.KeyMarker, VersionMarker: in.VersionMarker,
		NextKeyMarker: page.NextKey, NextVersionID: page.NextVersion, MaxKeys: in.Max, Truncated: page.Truncated, Prefixes: page.Prefixes,
	}
	for _, v := range page.Versions {
		owner := who(v.Owner)
		e := s3xml.ObjectEntry{Key: v.Key, LastModified: v.Modified(), Marker: true, Owner: &owner}
		if !v.Marker {
			e = entry(v.Version, who)
		}
		e.VersionID, e.Latest = v.ID(), v.Latest
		doc.Versions = append(doc.Versions, e)
	}
	c.w.document(doc)
	return nil
}

func (s *Server) listUploads(c *call) error {
	names, err := c.encoding()
	if err != nil {
		return err
	}
	in := object.UploadListing{
		Bucket: c.record, Prefix: c.query.get("prefix"), Delimiter: c.query.get("delimiter"),
		KeyMarker: c.query.get("key-marker"), UploadMarker: c.query.get("upload-id-marker"),
	}
	if in.Max, err = c.count("max-uploads"); err != nil {
		return err
	}
	if in.KeyMarker == "" {
		in.UploadMarker = "" // without a key marker S3 does not look at it
	}
	var page object.UploadPage
	if in.Max > 0 {
		if page, err = s.Objects.ListUploads(c.ctx(), in); err != nil {
			return err
		}
	}
	who, err := c.ownerIn()
	if err != nil {
		return err
	}
	doc := &s3xml.UploadList{
		Names: names, Bucket: c.bucket, Prefix: in.Prefix, Delimiter: in.Delimiter, KeyMarker: in.KeyMarker, UploadMarker: in.UploadMarker,
		NextKeyMarker: page.NextKey, NextUploadID: page.NextUpload, MaxUploads: in.Max, Truncated: page.Truncated, Prefixes: page.Prefixes,
	}
	known := initiators{}
	for _, u := range page.Uploads {
		e := s3xml.UploadEntry{
			Key: u.Key, UploadID: u.ID.String(), Initiator: known.of(c, u), Owner: who(u.Owner),
			StorageClass: className(u.Class), Initiated: u.Started.Truncate(time.Second),
		}
		if u.Explicit {
			e.Algorithm, e.ChecksumType = u.Algorithm.String(), checksumType(u.Composite)
		}
		doc.Uploads = append(doc.Uploads, e)
	}
	c.w.document(doc)
	return nil
}
