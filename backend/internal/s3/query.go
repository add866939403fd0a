package s3

import (
	"net/url"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// query is the query of a request in the order in which it came. Only "&" separates: net/url also knows ";" and drops such queries whole.
type query struct {
	pairs []pair
}

type pair struct {
	name, value string
}

const maxParams = 200

// parseQuery reads a raw query. A bad escape, or more parameters than any client sends, is InvalidURI.
func parseQuery(raw string) (q query, err error) {
	for raw != "" {
		var part string
		part, raw, _ = strings.Cut(raw, "&")
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		if name, err = url.QueryUnescape(name); err != nil {
			return query{}, s3err.New("InvalidURI")
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return query{}, s3err.New("InvalidURI")
		}
		if len(q.pairs) == maxParams {
			return query{}, s3err.New("InvalidURI")
		}
		q.pairs = append(q.pairs, pair{name, value})
	}
	return q, nil
}

// lookup returns the value of a name and whether it is there.
func (q *query) lookup(name string) (string, bool) {
	for i := range q.pairs {
		if q.pairs[i].name == name {
			return q.pairs[i].value, true
		}
	}
	return "", false
}

func (q *query) has(name string) bool {
	_, ok := q.lookup(name)
	return ok
}

// get returns the value of a name, empty when it is absent.
func (q *query) get(name string) string {
	v, _ := q.lookup(name)
	return v
}

// signing reports whether a name belongs to the signature of a presigned request.
func signing(name string) bool {
	switch strings.ToLower(name) {
	case "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature", "x-amz-security-token":
		return true
	}
	switch name {
	case "AWSAccessKeyId", "Signature", "Expires", "content-type", "content-md5": // botocore puts the last two beside a V2 signature
		return true
	}
	return false
}

// check holds the query against what the operation knows. A name that it reads stands there once. Reads ignore unknown names, as S3 does,
// but not the sub-resources of other operations; writes refuse whatever could be a sub-resource.
func (q *query) check(o *Operation) error {
	for i := range q.pairs {
		name := q.pairs[i].name
		if o.knows(name) {
			for j := range i {
				if q.pairs[j].name == name {
					return s3err.Argument("A query parameter may stand only once in a request.", name, q.pairs[i].value)
				}
			}
			continue
		}
		if resource, ok := selectors[name]; ok {
			return s3err.New("MethodNotAllowed").With("Method", o.Method).With("ResourceType", resource)
		}
		if o.Method == get || o.Method == head || signing(name) || strings.HasPrefix(strings.ToLower(name), "x-") {
			continue
		}
		if name == "versionId" {
			return s3err.Argument("This operation does not accept a version-id.", "versionId", q.pairs[i].value)
		}
		return s3err.Text("NotImplemented", "A parameter you provided implies functionality that is not implemented").With("Parameter", name)
	}
	return nil
}

// misplaced refuses what S3 refuses whoever asks: parameters of uploads and a copy source where there can be none.
func (c *call) misplaced() error {
	uploads, part := c.query.has("uploadId"), c.query.has("partNumber")
	switch m := c.r.Method; {
	case m == opts:
		return nil
	case c.scope == Bucket && m == get && uploads && c.query.has("uploads"):
		return s3err.Text("InvalidArgument", "Conflicting query string parameters: uploads, uploadId")
	case c.scope == Object && m == get && c.query.has("uploads"):
		return s3err.Text("InvalidRequest", "Key is not expected for the GET method ?uploads subresource")
	case c.scope == Object && m == get && c.query.has("versions"):
		return s3err.Text("InvalidRequest", "There is no such thing as the ?versions sub-resource for a key")
	case c.scope == Object && m == put && part && !uploads:
		return s3err.Argument("This operation does not accept partNumber without uploadId", "partNumber", c.query.get("partNumber"))
	case c.scope == Object && m == put && uploads && !part:
		return s3err.New("MethodNotAllowed").With("Method", m).With("ResourceType", "UPLOAD").WithHeader("Allow", "DELETE, POST, GET")
	case m != put && (m != post || uploads) && len(c.header[copySource]) > 0:
		return s3err.Argument("You can only specify a copy source header for copy requests.", "x-amz-copy-source", c.header.Get(copySource))
	}
	return nil
}

func (o *Operation) knows(name string) bool {
	for _, want := range o.Query {
		if n, _, _ := strings.Cut(want, "="); n == name {
			return true
		}
	}
	for _, p := range o.Params {
		if p == name {
			return true
		}
	}
	return false
}
