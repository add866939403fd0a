package s3xml

// PostResponse is the answer of a form that asks for the status 201. It has no namespace.
type PostResponse struct{ Location, Bucket, Key, ETag string }

func (d *PostResponse) encode(e *encoder) {
	e.open("PostResponse")
	e.text("Location", d.Location)
	e.text("Bucket", d.Bucket)
	e.text("Key", d.Key)
	e.etag(d.ETag)
	e.close("PostResponse")
}
