package s3

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/peer"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// target is what a path and a host name.
type target struct {
	bucket  string
	key     string // decoded once; opaque from here on
	scope   Scope
	virtual bool // the host names the bucket
}

// locate finds the target of an escaped path. domains are those under which <bucket>.<domain> names a bucket, in lower case.
//
// The path is cut before it is decoded, so that %2F is part of a name, and it is never cleaned: "//", "." and ".." are parts of keys, and
// keys never become paths.
func locate(escaped, host string, domains []string) (target, error) {
	t := target{}
	rest, ok := strings.CutPrefix(escaped, "/")
	if !ok {
		return t, invalidURI(escaped)
	}
	t.bucket, t.virtual = bucketOfHost(host, domains)
	var err error
	if !t.virtual {
		var name string
		name, rest, _ = strings.Cut(rest, "/")
		if t.bucket, err = unescape(name); err != nil {
			return t, invalidURI(escaped)
		}
		if name == "" && rest == "" {
			return t, nil
		}
		if t.bucket == "" {
			return t, s3err.New("InvalidBucketName").With("BucketName", "")
		}
	}
	t.scope = Bucket
	if rest != "" {
		t.scope = Object
		if t.key, err = unescape(rest); err != nil {
			return t, invalidURI(escaped)
		}
	}
	return t, nil
}

// unescape decodes a part of the path. A NUL and what is not UTF-8 have no place in a name.
func unescape(s string) (string, error) {
	s, err := url.PathUnescape(s)
	if err == nil && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
		err = s3err.New("InvalidURI")
	}
	return s, err
}

func invalidURI(escaped string) error {
	return s3err.New("InvalidURI").With("URI", escaped)
}

// bucketOfHost returns the bucket that a host names.
func bucketOfHost(host string, domains []string) (string, bool) {
	host = strings.ToLower(peer.Name(host))
	for _, d := range domains {
		if name, ok := strings.CutSuffix(host, "."+d); ok && d != "" && name != "" {
			return name, true
		}
	}
	return "", false
}

// NamesBucket reports whether the request's host names a bucket, so that every path on it belongs to that bucket.
func (s *Server) NamesBucket(r *http.Request) bool {
	for _, host := range peer.Of(r, s.TrustedProxies).Hosts {
		if _, ok := bucketOfHost(host, append(slices.Clip(s.Domains), s.WebsiteDomain)); ok {
			return true
		}
	}
	return false
}
