package s3

import (
	"net/http"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// CORS is what pages of other origins may do where a bucket has no rules of its own. A "*" allows any; in an origin it may stand once
// within, as in https://*.example.com. No origins: nothing is allowed.
type CORS struct {
	Origins       []string
	Methods       []string
	AllowHeaders  []string
	ExposeHeaders []string
}

// origin returns the value of Access-Control-Allow-Origin for an origin, empty when it is not allowed.
func (k *CORS) origin(origin string) string {
	for _, pattern := range k.Origins {
		if pattern == "*" {
			return "*"
		}
		before, after, wild := strings.Cut(pattern, "*")
		switch {
		case !wild && pattern == origin,
			wild && len(origin) >= len(before)+len(after) && strings.HasPrefix(origin, before) && strings.HasSuffix(origin, after):
			return origin
		}
	}
	return ""
}

func (k *CORS) method(method string) bool {
	return slices.ContainsFunc(k.Methods, func(m string) bool { return m == "*" || strings.EqualFold(m, method) })
}

// headers reports whether every header of a comma-separated list is allowed.
func (k *CORS) headers(list string) bool {
	for _, name := range strings.Split(list, ",") {
		name = strings.TrimSpace(name)
		if name != "" && !slices.ContainsFunc(k.AllowHeaders, func(h string) bool { return h == "*" || strings.EqualFold(h, name) }) {
			return false
		}
	}
	return true
}

// allowOrigin sets the CORS headers of an actual answer, errors included. Cookies mean nothing on this listener, so credentials are never
// allowed, and any origin may be answered with "*".
func (c *call) allowOrigin() {
	origin := c.r.Header.Get("Origin")
	if len(c.s.CORS.Origins) > 0 {
		c.w.vary()
	}
	if origin == "" || c.r.Method == opts || !c.s.CORS.method(c.r.Method) {
		return
	}
	allowed := c.s.CORS.origin(origin)
	if allowed == "" {
		return
	}
	c.w.set("Access-Control-Allow-Origin", allowed)
	c.w.set("Access-Control-Allow-Methods", strings.Join(c.s.CORS.Methods, ", "))
	c.w.set("Access-Control-Expose-Headers", c.s.CORS.exposed())
}

// exposed lists the headers that a page may read.
func (k *CORS) exposed() string { return strings.Join(k.ExposeHeaders, ", ") }

// vary keeps caches from giving the answer for one origin to another.
func (w *response) vary() {
	w.set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
}

// preflight answers OPTIONS: whether a page may send the request that it describes.
func (s *Server) preflight(c *call) error {
	h := c.r.Header
	origin, method := h.Get("Origin"), h.Get("Access-Control-Request-Method")
	if origin == "" {
		return s3err.Text("BadRequest", "Insufficient information. Origin request header needed.")
	}
	if !slices.Contains([]string{get, head, put, post, del}, method) {
		if method == "" {
			method = "null"
		}
		return s3err.Text("BadRequest", "Invalid Access-Control-Request-Method: "+method)
	}
	asked := strings.Join(h["Access-Control-Request-Headers"], ",")
	allowed := s.CORS.origin(origin)
	if allowed == "" || !s.CORS.method(method) || !s.CORS.headers(asked) {
		return s3err.Text("AccessForbidden", "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, "+
			"request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.").
			With("Method", method).With("ResourceType", c.scope.resource())
	}
	c.w.set("Access-Control-Allow-Origin", allowed)
	c.w.set("Access-Control-Allow-Methods", strings.Join(s.CORS.Methods, ", "))
	c.w.set("Access-Control-Allow-Headers", asked)
	c.w.set("Access-Control-Expose-Headers", s.CORS.exposed())
	c.w.set("Access-Control-Max-Age", "600")
	c.w.empty(http.StatusOK)
	return nil
}
