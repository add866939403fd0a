package s3

import (
	"bytes"
	"crypto/md5" //nolint:gosec // Content-MD5 is what some operations demand
	"encoding/base64"
	"io"
	"net/http"
	"net/url"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/peer"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// Document answers a request for a document of a bucket or of an object as this port would answer who asks, so that the
// admin API has the same checks and the same errors. Path and query of the target name the document, as /bucket/key?retention; header may be
// nil. outer is the request that it comes from: client, proxies and TLS are its.
func (s *Server) Document(outer *http.Request, who *access.Asker, method string, target *url.URL, header http.Header, body []byte) ([]byte, *s3err.Error) {
	start := s.Clock.Now()
	info := &reqinfo.Info{RequestID: s.Idents.Request()}
	r := outer.Clone(reqinfo.With(outer.Context(), info))
	r.Method, r.URL, r.ProtoMajor = method, target, 2
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if r.Header = header.Clone(); r.Header == nil {
		r.Header = http.Header{}
	}
	for _, name := range []string{"User-Agent", "Referer", "X-Forwarded-For", "X-Forwarded-Proto"} {
		if v, ok := outer.Header[name]; ok {
			r.Header[name] = v
		}
	}
	if len(body) > 0 {
		sum := md5.Sum(body) //nolint:gosec // see above
		r.Header.Set("Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
	}
	to := &inside{header: http.Header{}}
	c := &call{s: s, r: r, w: newResponse(to, r, s.IdleTimeout), header: r.Header, now: start, info: info, trusted: who}
	c.peer = peer.Of(r, s.TrustedProxies)
	c.peer.Hosts = []string{""} // the path alone names the bucket
	info.Remote = c.peer.Addr.String()
	defer s.finish(c, start)
	defer c.tell(reqinfo.From(outer.Context()))
	if err := c.handle(); err != nil {
		e := s3err.From(err)
		c.complete(e)
		c.w.status, c.w.code = e.Status, e.Code
		return nil, e
	}
	return to.body.Bytes(), nil
}

// tell notes what decided over the request in the one that it comes from.
func (c *call) tell(outer *reqinfo.Info) {
	if c.decided(c.w.status); c.info.Action != "" {
		outer.Decide(c.info.Action, c.info.Decision)
	}
}

// inside takes an answer that leaves the process by another door.
type inside struct {
	header http.Header
	body   bytes.Buffer
}

func (w *inside) Header() http.Header         { return w.header }
func (w *inside) WriteHeader(int)             {}
func (w *inside) Write(p []byte) (int, error) { return w.body.Write(p) }

// trust takes the place of authenticate for a caller that the admin API knows.
func (c *call) trust(who *access.Asker) {
	c.signed, c.claim = &sigv4.Request{Method: c.r.Method, Header: c.r.Header, Length: c.r.ContentLength}, &sigv4.Auth{}
	c.is(who.ID)
	c.asks(who.ID)
	c.asker.Circumstances = who.Circumstances
}
