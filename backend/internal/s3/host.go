package s3

import (
	"net/http"
	"slices"
)

// NamesBucket reports whether the request's host names a bucket, so that every path on it belongs to that bucket.
func (s *Server) NamesBucket(r *http.Request) bool {
	for _, host := range s.peerOf(r).hosts {
		if _, ok := bucketOfHost(host, append(slices.Clip(s.Domains), s.WebsiteDomain)); ok {
			return true
		}
	}
	return false
}
