package s3xml

import "time"

// ObjectEntry is an object or a version in a listing.
type ObjectEntry struct {
	Key          string
	LastModified time.Time
	ETag         string
	Algorithm    string // of the checksum, empty for none
	ChecksumType string
	Size         int64
	Owner        *Owner // nil where the listing does not show it
	StorageClass string
	// Listings of versions only.
	VersionID string
	Latest    bool
	Marker    bool
}

func (o *ObjectEntry) encode(e *encoder, n Names) {
	e.open("Contents")
	e.text("Key", n.name(o.Key))
	e.time("LastModified", o.LastModified)
	o.content(e)
	e.close("Contents")
}

// content writes what objects and versions share, from the entity tag on.
func (o *ObjectEntry) content(e *encoder) {
	e.etag(o.ETag)
	e.some("ChecksumAlgorithm", o.Algorithm)
	e.some("ChecksumType", o.ChecksumType)
	e.int("Size", o.Size)
	o.Owner.encode(e, "Owner")
	e.text("StorageClass", o.StorageClass)
}

func (o *ObjectEntry) encodeVersion(e *encoder, n Names) {
	name := "Version"
	if o.Marker {
		name = "DeleteMarker"
	}
	e.open(name)
	e.text("Key", n.name(o.Key))
	e.text("VersionId", o.VersionID)
	e.bool("IsLatest", o.Latest)
	e.time("LastModified", o.LastModified)
	if o.Marker {
		o.Owner.encode(e, "Owner")
	} else {
		o.content(e)
	}
	e.close(name)
}

func commonPrefixes(e *encoder, n Names, prefixes []string) {
	for _, p := range prefixes {
		e.open("CommonPrefixes")
		e.text("Prefix", n.name(p))
		e.close("CommonPrefixes")
	}
}

// ObjectList is the answer of ListObjects.
type ObjectList struct {
	Names
	Bucket, Prefix, Marker, Delimiter string
	NextMarker                        string // empty for none
	MaxKeys                           int
	Truncated                         bool
	Contents                          []ObjectEntry
	Prefixes                          []string
}

func (d *ObjectList) encode(e *encoder) {
	e.root("ListBucketResult", func() {
		e.text("Name", d.Bucket)
		e.text("Prefix", d.name(d.Prefix))
		e.text("Marker", d.name(d.Marker))
		e.some("NextMarker", d.name(d.NextMarker))
		e.int("MaxKeys", int64(d.MaxKeys))
		e.some("Delimiter", d.name(d.Delimiter))
		d.encodingType(e)
		e.bool("IsTruncated", d.Truncated)
		for i := range d.Contents {
			d.Contents[i].encode(e, d.Names)
		}
		commonPrefixes(e, d.Names, d.Prefixes)
	})
}

// ObjectList2 is the answer of ListObjectsV2.
type ObjectList2 struct {
	Names
	Bucket, Prefix, Delimiter string
	StartAfter                string
	Token                     *string // continuation token of the request, nil when it had none
	NextToken                 string
	MaxKeys                   int
	Truncated                 bool
	Contents                  []ObjectEntry
	Prefixes                  []string
}

func (d *ObjectList2) encode(e *encoder) {
	e.root("ListBucketResult", func() {
		e.text("Name", d.Bucket)
		e.text("Prefix", d.name(d.Prefix))
		e.some("StartAfter", d.name(d.StartAfter))
		if d.Token != nil {
			e.text("ContinuationToken", *d.Token)
		}
		e.some("NextContinuationToken", d.NextToken)
		e.int("KeyCount", int64(len(d.Contents)+len(d.Prefixes)))
		e.int("MaxKeys", int64(d.MaxKeys))
		e.some("Delimiter", d.name(d.Delimiter))
		d.encodingType(e)
		e.bool("IsTruncated", d.Truncated)
		for i := range d.Contents {
			d.Contents[i].encode(e, d.Names)
		}
		commonPrefixes(e, d.Names, d.Prefixes)
	})
}

// VersionList is the answer of ListObjectVersions.
type VersionList struct {
	Names
	Bucket, Prefix, Delimiter    string
	KeyMarker, VersionMarker     string
	NextKeyMarker, NextVersionID string
	MaxKeys                      int
	Truncated                    bool
	Versions                     []ObjectEntry
	Prefixes                     []string
}

func (d *VersionList) encode(e *encoder) {
	e.root("ListVersionsResult", func() {
		e.text("Name", d.Bucket)
		e.text("Prefix", d.name(d.Prefix))
		e.text("KeyMarker", d.name(d.KeyMarker))
		e.text("VersionIdMarker", d.VersionMarker)
		if d.Truncated {
			e.text("NextKeyMarker", d.name(d.NextKeyMarker))
			e.some("NextVersionIdMarker", d.NextVersionID)
		}
		e.int("MaxKeys", int64(d.MaxKeys))
		e.some("Delimiter", d.name(d.Delimiter))
		d.encodingType(e)
		e.bool("IsTruncated", d.Truncated)
		for i := range d.Versions {
			d.Versions[i].encodeVersion(e, d.Names)
		}
		commonPrefixes(e, d.Names, d.Prefixes)
	})
}

// UploadList is the answer of ListMultipartUploads.
type UploadList struct {
	Names
	Bucket, Prefix, Delimiter   string
	KeyMarker, UploadMarker     string
	NextKeyMarker, NextUploadID string
	MaxUploads                  int
	Truncated                   bool
	Uploads                     []UploadEntry
	Prefixes                    []string
}

// UploadEntry is an open upload.
type UploadEntry struct {
	Key, UploadID           string
	Initiator, Owner        Owner
	StorageClass            string
	Initiated               time.Time
	Algorithm, ChecksumType string
}

func (d *UploadList) encode(e *encoder) {
	e.root("ListMultipartUploadsResult", func() {
		e.text("Bucket", d.Bucket)
		e.text("KeyMarker", d.name(d.KeyMarker))
		e.text("UploadIdMarker", d.UploadMarker)
		if d.Truncated {
			e.text("NextKeyMarker", d.name(d.NextKeyMarker))
			e.text("NextUploadIdMarker", d.NextUploadID)
		}
		e.some("Delimiter", d.name(d.Delimiter))
		e.text("Prefix", d.name(d.Prefix))
		d.encodingType(e)
		e.int("MaxUploads", int64(d.MaxUploads))
		e.bool("IsTruncated", d.Truncated)
		for i := range d.Uploads {
			u := &d.Uploads[i]
			e.open("Upload")
			e.text("Key", d.name(u.Key))
			e.text("UploadId", u.UploadID)
			u.Initiator.encode(e, "Initiator")
			u.Owner.encode(e, "Owner")
			e.text("StorageClass", u.StorageClass)
			e.time("Initiated", u.Initiated)
			e.some("ChecksumAlgorithm", u.Algorithm)
			e.some("ChecksumType", u.ChecksumType)
			e.close("Upload")
		}
		commonPrefixes(e, d.Names, d.Prefixes)
	})
}

// PartList is the answer of ListParts.
type PartList struct {
	Names
	Bucket, Key, UploadID   string
	Initiator, Owner        Owner
	StorageClass            string
	Marker, Next, MaxParts  int
	Truncated               bool
	Algorithm, ChecksumType string
	Parts                   []PartEntry
}

// PartEntry is a part.
type PartEntry struct {
	Number       int
	LastModified time.Time
	ETag         string
	Size         int64
	Checksum     Checksum
}

func (d *PartList) encode(e *encoder) {
	e.root("ListPartsResult", func() {
		e.text("Bucket", d.Bucket)
		e.text("Key", d.name(d.Key))
		e.text("UploadId", d.UploadID)
		d.Initiator.encode(e, "Initiator")
		d.Owner.encode(e, "Owner")
		e.text("StorageClass", d.StorageClass)
		e.int("PartNumberMarker", int64(d.Marker))
		e.int("NextPartNumberMarker", int64(d.Next))
		e.int("MaxParts", int64(d.MaxParts))
		d.encodingType(e)
		e.bool("IsTruncated", d.Truncated)
		e.some("ChecksumAlgorithm", d.Algorithm)
		e.some("ChecksumType", d.ChecksumType)
		for _, p := range d.Parts {
			e.open("Part")
			e.int("PartNumber", int64(p.Number))
			e.time("LastModified", p.LastModified)
			e.etag(p.ETag)
			e.int("Size", p.Size)
			p.Checksum.encode(e)
			e.close("Part")
		}
	})
}
