package s3

import (
	"html"
	"net/http"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// siteOf finds the target of a request to a website. Where domains nest, the longer one counts.
func (c *call) siteOf(host string) (bool, error) {
	if c.s.WebsiteDomain == "" {
		return false, nil
	}
	name, ok := bucketOfHost(host, []string{c.s.WebsiteDomain})
	if other, virtual := bucketOfHost(host, c.s.Domains); !ok || virtual && len(other) <= len(name) {
		return false, nil
	}
	var err error
	c.target, err = locate(c.r.URL.EscapedPath(), host, []string{c.s.WebsiteDomain})
	c.site, c.info.Operation = true, "WebsiteGetObject"
	return true, err
}

// website answers a request to a website. Whoever asks is nobody: signatures and queries mean nothing here.
func (s *Server) website(c *call) error {
	switch c.r.Method {
	case get, head:
	case opts:
		return s.preflight(c)
	default:
		return s3err.New("MethodNotAllowed").With("Method", c.r.Method).With("ResourceType", "OBJECT").WithHeader("Allow", "GET, HEAD, OPTIONS")
	}
	c.op, c.query, c.claim, c.signed = find(get, Object, &query{}, http.Header{}), query{}, &sigv4.Auth{}, &sigv4.Request{}
	c.asks(iam.Anonymous)
	if err := bucket.ValidName(c.bucket); err != nil {
		return err
	}
	b, err := s.Buckets.Get(c.ctx(), c.bucket)
	if err != nil {
		return err
	}
	c.record = b
	site, err := getDocument(c, bucket.Website, "NoSuchWebsiteConfiguration")
	if err != nil {
		return err
	}
	asked := c.key
	if site.All != nil {
		to := c.address(*site.All) + c.r.URL.EscapedPath()
		if c.r.URL.RawQuery != "" {
			to += "?" + c.r.URL.RawQuery
		}
		c.moved(http.StatusMovedPermanently, to)
		return nil
	}
	if c.route(site, asked, 0) {
		return nil
	}
	key := asked
	if key == "" || strings.HasSuffix(key, "/") {
		key += site.Index
	}
	err = c.page(key, http.StatusOK)
	if err == nil || c.w.begun {
		return err
	}
	e := s3err.From(err)
	if e.Status < http.StatusBadRequest || e.Status >= http.StatusInternalServerError && e.Code != "InternalError" {
		return err
	}
	if key == asked && c.folder(site, asked) {
		e := &s3err.Error{Code: "Found", Status: http.StatusFound, Message: "Resource Found"}
		return e.WithHeader("Location", "/"+s3xml.EscapeURL(asked)+"/")
	}
	if c.route(site, asked, e.Status) {
		return nil
	}
	c.key = key
	if site.Error == "" || e.Status >= http.StatusInternalServerError {
		return err
	}
	c.complete(e) // before another key is looked at
	c.setErrorHeaders(e)
	for _, name := range []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "Range"} {
		c.header.Del(name)
	}
	failed := c.page(site.Error, e.Status)
	if failed == nil || c.w.begun {
		return failed
	}
	c.failed = s3err.From(failed)
	c.complete(c.failed)
	return e
}

// page answers with an object, or where that says so with a redirect.
func (c *call) page(key string, status int) error {
	c.key = key
	if err := c.authorize(); err != nil {
		return err
	}
	in := object.GetInput{Bucket: c.record, Key: key, If: readConditions(c.header, ""), HeadOnly: c.r.Method == head}
	if v := c.header.Get("Range"); v != "" {
		in.Span, in.SpanIf = parseRange(v), c.header.Get("If-Range")
	}
	o, err := c.s.Objects.Get(c.ctx(), in)
	if err != nil {
		return c.missing(err)
	}
	if o.Content != nil {
		defer o.Content.Close()
	}
	if err := c.pass(o.Version); err != nil {
		return err
	}
	if to := o.Version.Redirect; to != "" {
		c.moved(http.StatusMovedPermanently, to)
		return nil
	}
	if err := c.describe(o, 0); err != nil {
		return err
	}
	return c.send(o, &in, status)
}

// folder reports whether a key that is not there names a folder with an index document that anybody may read.
func (c *call) folder(site *meta.Website, key string) bool {
	if _, err := c.look(object.VersionInput{Bucket: c.record, Key: key}); !fault.Is(err, fault.NoSuchKey) {
		return false
	}
	c.key = key + "/" + site.Index
	if c.authorize() != nil {
		return false
	}
	o, err := c.look(object.VersionInput{Bucket: c.record, Key: c.key})
	return err == nil && c.pass(o.Version) == nil
}

// route redirects by the first rule for the key and the status that the request would fail with, 0 before it has been tried.
func (c *call) route(site *meta.Website, key string, status int) bool {
	for i := range site.Rules {
		r := &site.Rules[i]
		if !strings.HasPrefix(key, r.Prefix) || r.Status == "" != (status == 0) || status != 0 && r.Status != strconv.Itoa(status) {
			continue
		}
		to := s3xml.EscapeURL(key)
		switch r.Replace {
		case meta.ReplaceKey:
			to = r.With
		case meta.ReplacePrefix:
			to = r.With + s3xml.EscapeURL(key[len(r.Prefix):])
		}
		code, err := strconv.Atoi(r.Code)
		if err != nil {
			code = http.StatusMovedPermanently
		}
		c.moved(code, c.address(r.To)+"/"+to)
		return true
	}
	return false
}

// address is where a redirect leads: what it does not say is as in the request.
func (c *call) address(to meta.SiteHost) string {
	host, protocol := to.Host, to.Protocol
	if host == "" {
		host = c.peer.Host()
	}
	if protocol == "" {
		protocol = c.peer.Scheme()
	}
	return protocol + "://" + host
}

func (c *call) moved(status int, to string) {
	c.w.set("Location", to)
	c.w.empty(status)
}

func (c *call) setErrorHeaders(e *s3err.Error) {
	c.w.setExact("x-amz-error-code", e.Code)
	c.w.setExact("x-amz-error-message", e.Message)
	for _, el := range e.Elements {
		c.w.setExact("x-amz-error-detail-"+el.Name, s3xml.EscapeURL(el.Value))
	}
}

// failPage answers with an error as a page.
func (c *call) failPage(e *s3err.Error) {
	w := c.w
	for name, values := range e.Header {
		w.Header()[name] = values
	}
	w.code = e.Code
	if e.Status == http.StatusNotModified {
		w.empty(e.Status)
		return
	}
	c.setErrorHeaders(e)
	reason := http.StatusText(e.Status)
	if e.Status == http.StatusFound {
		reason = "Moved Temporarily" // so S3 calls it
	}
	title := strconv.Itoa(e.Status) + " " + reason
	var b strings.Builder
	b.WriteString("<html>\n<head><title>" + title + "</title></head>\n<body>\n<h1>" + title + "</h1>\n")
	list := func(e *s3err.Error, more ...s3err.Element) {
		b.WriteString("<ul>\n")
		for _, el := range append(append([]s3err.Element{{Name: "Code", Value: e.Code}, {Name: "Message", Value: e.Message}}, e.Elements...), more...) {
			b.WriteString("<li>" + el.Name + ": " + html.EscapeString(el.Value) + "</li>\n")
		}
		b.WriteString("</ul>\n")
	}
	list(e, s3err.Element{Name: "RequestId", Value: w.request}, s3err.Element{Name: "HostId", Value: w.hostID})
	if c.failed != nil {
		b.WriteString("<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n")
		list(c.failed)
	}
	b.WriteString("<hr/>\n</body>\n</html>\n")
	w.text(e.Status, "text/html; charset=utf-8", []byte(b.String()))
}
