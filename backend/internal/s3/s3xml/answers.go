package s3xml

import "time"

// Owner is an account or a user.
type Owner struct{ ID, DisplayName string }

func (o *Owner) encode(e *encoder, name string) {
	if o == nil {
		return
	}
	e.open(name)
	e.text("ID", o.ID)
	e.some("DisplayName", o.DisplayName)
	e.close(name)
}

// Checksum is a checksum by the name of its element, "ChecksumCRC32"; the zero value is none.
type Checksum struct {
	Element string
	Value   string
	Type    string // COMPOSITE or FULL_OBJECT; empty where the document has none
}

func (c Checksum) encode(e *encoder) {
	if c.Element != "" {
		e.text(c.Element, c.Value)
	}
	e.some("ChecksumType", c.Type)
}

// BucketList is the answer of ListBuckets.
type BucketList struct {
	Owner             Owner
	Buckets           []BucketEntry
	ContinuationToken string
	Prefix            *string // nil when the request had none
}

// BucketEntry is a bucket in BucketList.
type BucketEntry struct {
	Name    string
	Created time.Time
	Region  string // empty when the answer does not show regions
}

func (d *BucketList) encode(e *encoder) {
	e.root("ListAllMyBucketsResult", func() {
		d.Owner.encode(e, "Owner")
		e.open("Buckets")
		for _, b := range d.Buckets {
			e.open("Bucket")
			e.text("Name", b.Name)
			e.time("CreationDate", b.Created)
			e.some("BucketRegion", b.Region)
			e.close("Bucket")
		}
		e.close("Buckets")
		e.some("ContinuationToken", d.ContinuationToken)
		if d.Prefix != nil {
			e.text("Prefix", *d.Prefix)
		}
	})
}

// Location is the answer of GetBucketLocation; empty for us-east-1.
type Location string

func (d Location) encode(e *encoder) {
	if d == "" {
		e.b.WriteString("<LocationConstraint xmlns=\"" + Namespace + "\"/>")
		return
	}
	e.root("LocationConstraint", func() { e.escape(string(d)) })
}

// Versioning is the answer of GetBucketVersioning; an empty Status says that versioning was never set.
type Versioning struct{ Status, MFADelete string }

func (d *Versioning) encode(e *encoder) {
	if d.Status == "" && d.MFADelete == "" {
		e.b.WriteString("<VersioningConfiguration xmlns=\"" + Namespace + "\"/>")
		return
	}
	e.root("VersioningConfiguration", func() {
		e.some("Status", d.Status)
		e.some("MfaDelete", d.MFADelete)
	})
}

// CopyResult is the answer of CopyObject and, with Part, of UploadPartCopy.
type CopyResult struct {
	Part         bool
	ETag         string
	LastModified time.Time
	Checksum     Checksum
}

func (d *CopyResult) encode(e *encoder) {
	name := "CopyObjectResult"
	if d.Part {
		name = "CopyPartResult"
	}
	e.root(name, func() {
		e.time("LastModified", d.LastModified)
		e.etag(d.ETag)
		d.Checksum.encode(e)
	})
}

// InitiatedUpload is the answer of CreateMultipartUpload.
type InitiatedUpload struct{ Bucket, Key, UploadID string }

func (d *InitiatedUpload) encode(e *encoder) {
	e.root("InitiateMultipartUploadResult", func() {
		e.text("Bucket", d.Bucket)
		e.text("Key", d.Key)
		e.text("UploadId", d.UploadID)
	})
}

// CompletedUpload is the answer of CompleteMultipartUpload.
type CompletedUpload struct {
	Location, Bucket, Key, ETag string
	Checksum                    Checksum
}

func (d *CompletedUpload) encode(e *encoder) {
	e.root("CompleteMultipartUploadResult", func() {
		e.text("Location", d.Location)
		e.text("Bucket", d.Bucket)
		e.text("Key", d.Key)
		e.etag(d.ETag)
		d.Checksum.encode(e)
	})
}

// DeleteResult is the answer of DeleteObjects, in the order of the request.
type DeleteResult struct {
	Quiet   bool // only errors are told
	Entries []DeleteEntry
}

// DeleteEntry is one key: an error when Code is set.
type DeleteEntry struct {
	Key             string
	VersionID       string // as the request named it
	Marker          bool
	MarkerVersionID string
	Code, Message   string
}

func (d *DeleteResult) encode(e *encoder) {
	e.root("DeleteResult", func() {
		for i := range d.Entries {
			entry := &d.Entries[i]
			if entry.Code != "" {
				e.open("Error")
				e.text("Key", entry.Key)
				e.some("VersionId", entry.VersionID)
				e.text("Code", entry.Code)
				e.text("Message", entry.Message)
				e.close("Error")
				continue
			}
			if d.Quiet {
				continue
			}
			e.open("Deleted")
			e.text("Key", entry.Key)
			e.some("VersionId", entry.VersionID)
			if entry.Marker {
				e.bool("DeleteMarker", true)
				e.some("DeleteMarkerVersionId", entry.MarkerVersionID)
			}
			e.close("Deleted")
		}
	})
}

// Attributes is the answer of GetObjectAttributes. Nil and empty fields were not asked for or do not exist.
type Attributes struct {
	ETag         string
	Checksum     Checksum
	Parts        *AttributeParts
	StorageClass string
	Size         *int64
}

// AttributeParts lists the parts of an object. Without Listed only the count is known.
type AttributeParts struct {
	Total     int
	Listed    bool
	Marker    int
	Next      int
	Max       int
	Truncated bool
	Parts     []PartEntry
}

func (d *Attributes) encode(e *encoder) {
	e.root("GetObjectAttributesResponse", func() {
		e.some("ETag", d.ETag)
		if d.Checksum.Element != "" {
			e.open("Checksum")
			d.Checksum.encode(e)
			e.close("Checksum")
		}
		if p := d.Parts; p != nil {
			e.open("ObjectParts")
			e.int("PartsCount", int64(p.Total))
			if p.Listed {
				e.int("PartNumberMarker", int64(p.Marker))
				e.int("NextPartNumberMarker", int64(p.Next))
				e.int("MaxParts", int64(p.Max))
				e.bool("IsTruncated", p.Truncated)
				for _, part := range p.Parts {
					e.open("Part")
					e.int("PartNumber", int64(part.Number))
					e.int("Size", part.Size)
					part.Checksum.encode(e)
					e.close("Part")
				}
			}
			e.close("ObjectParts")
		}
		e.some("StorageClass", d.StorageClass)
		if d.Size != nil {
			e.int("ObjectSize", *d.Size)
		}
	})
}
