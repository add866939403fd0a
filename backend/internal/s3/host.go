package s3

import "net/http"

// NamesBucket reports whether the request's host names a bucket, so that every path on it belongs to that bucket.
func (s *Server) NamesBucket(r *http.Request) bool {
	for _, host := range s.peerOf(r).hosts {
		if _, ok := bucketOfHost(host, s.Domains); ok {
			return true
		}
	}
	return false
}

// UnbuiltHeader is a request header of a feature that does not exist here. A name that ends in "-" stands for all that begin with it.
type UnbuiltHeader struct {
	Name string
	Pass []string // values that ask for nothing
}

// Unbuilt lists these headers, for the manual.
func Unbuilt() []UnbuiltHeader {
	all := make([]UnbuiltHeader, len(unbuilt))
	for i, u := range unbuilt {
		all[i] = UnbuiltHeader{Name: u.header, Pass: u.noop}
	}
	return all
}
