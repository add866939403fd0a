package s3

import (
	"net/http"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

// CORS is what pages of other origins may do where a bucket has no rules of its own. A "*" allows any; in an origin it may stand once
// within, as in https://*.example.com. No origins: nothing is allowed.
type CORS struct {
	Origins       []string
	Methods       []string
	AllowHeaders  []string
	ExposeHeaders []string
}

// names reports whether an origin is one of those that are listed, "*" aside.
func (k *CORS) names(origin string) bool {
	return slices.ContainsFunc(k.Origins, func(pattern string) bool { return pattern != "*" && wild(pattern, origin) })
}

// defaultMaxAge is for how many seconds a page may rely on an answer that no rule of a bucket made.
const defaultMaxAge = 600

// rules returns what stands here as the rules of a bucket would have it.
func (k *CORS) rules() []meta.CORSRule {
	if len(k.Origins) == 0 {
		return nil
	}
	age := int32(defaultMaxAge)
	return []meta.CORSRule{{Origins: k.Origins, Methods: k.Methods, AllowHeaders: k.AllowHeaders, ExposeHeaders: k.ExposeHeaders, MaxAge: &age}}
}

// grant is what a rule allows a page.
type grant struct {
	rule        *meta.CORSRule
	origin      string // for Access-Control-Allow-Origin
	headers     string // that the page may send, as it asked for them
	credentials bool
}

// corsRules returns the rules for the request, and whether they are the bucket's own.
func (c *call) corsRules() (rules []meta.CORSRule, own bool, err error) {
	if c.bucket != "" {
		b, err := c.s.Buckets.Get(c.ctx(), c.bucket)
		if err != nil && !fault.Is(err, fault.NoSuchBucket) {
			return nil, false, err
		}
		if err == nil {
			doc, err := bucket.GetDocument(c.ctx(), c.s.Buckets, b, bucket.CORS)
			if err != nil || doc != nil {
				if doc != nil {
					rules = doc.Rules
				}
				return rules, true, err
			}
		}
	}
	return c.s.corsRules, false, nil
}

// grants finds the first rule that allows an origin a method and headers, nil for none. Cookies mean nothing on this listener, so the
// server's settings never allow credentials; a bucket's rule for certain origins does, as in S3.
func grants(rules []meta.CORSRule, own bool, origin, method string, headers []string) *grant {
	for i := range rules {
		r := &rules[i]
		at := slices.IndexFunc(r.Origins, func(pattern string) bool { return wild(pattern, origin) })
		if at < 0 || !slices.ContainsFunc(r.Methods, func(m string) bool { return m == "*" || strings.EqualFold(m, method) }) {
			continue
		}
		if slices.ContainsFunc(headers, func(name string) bool {
			return !slices.ContainsFunc(r.AllowHeaders, func(pattern string) bool { return wild(strings.ToLower(pattern), name) })
		}) {
			continue
		}
		if r.Origins[at] == "*" {
			origin = "*"
		}
		return &grant{rule: r, origin: origin, headers: strings.Join(headers, ", "), credentials: own && origin != "*"}
	}
	return nil
}

// wild reports whether a text is that of a pattern, in which one "*" stands for any text.
func wild(pattern, text string) bool {
	before, after, ok := strings.Cut(pattern, "*")
	if !ok {
		return pattern == text
	}
	return len(text) >= len(before)+len(after) && strings.HasPrefix(text, before) && strings.HasSuffix(text, after)
}

func (w *response) allow(g *grant) {
	w.set("Access-Control-Allow-Origin", g.origin)
	w.set("Access-Control-Allow-Methods", strings.Join(g.rule.Methods, ", "))
	w.set("Access-Control-Allow-Headers", g.headers)
	w.set("Access-Control-Expose-Headers", strings.Join(g.rule.ExposeHeaders, ", "))
	if g.rule.MaxAge != nil {
		w.set("Access-Control-Max-Age", itoa(int64(*g.rule.MaxAge)))
	}
	if g.credentials {
		w.set("Access-Control-Allow-Credentials", "true")
	}
}

// allowOrigin sets the CORS headers of an actual answer, errors included. Vary keeps caches from giving the answer for one origin to
// another. A page may name the method that it means, as S3 has it.
func (c *call) allowOrigin() {
	c.w.set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
	origin, method := c.r.Header.Get("Origin"), c.r.Header.Get("Access-Control-Request-Method")
	if origin == "" || c.r.Method == opts {
		return
	}
	if method == "" {
		method = c.r.Method
	}
	rules, own, err := c.corsRules()
	if err != nil {
		return // the request itself will find out
	}
	if g := grants(rules, own, origin, method, nil); g != nil {
		c.w.allow(g)
	}
}

// corsMethods are those that a rule can allow.
var corsMethods = []string{get, put, post, del, head}

// preflight answers OPTIONS: whether a page may send the request that it describes.
func (s *Server) preflight(c *call) error {
	h := c.r.Header
	origin, method := h.Get("Origin"), h.Get("Access-Control-Request-Method")
	if origin == "" {
		return s3err.Text("BadRequest", "Insufficient information. Origin request header needed.")
	}
	if !slices.Contains(corsMethods, method) {
		if method == "" {
			method = "null"
		}
		return s3err.Text("BadRequest", "Invalid Access-Control-Request-Method: "+method)
	}
	var headers []string
	for _, name := range strings.Split(strings.Join(h["Access-Control-Request-Headers"], ","), ",") {
		name = strings.TrimSpace(name)
		if strings.ContainsFunc(name, notToken) {
			return s3err.Text("BadRequest", `Access-Control-Request-Headers "`+name+`" contains invalid character.`)
		}
		if name != "" {
			headers = append(headers, strings.ToLower(name))
		}
	}
	rules, own, err := c.corsRules()
	if err != nil {
		return err
	}
	g := grants(rules, own, origin, method, headers)
	if g == nil {
		text := "This CORS request is not allowed. This is usually because the evalution of Origin, request method / " +
			"Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
		if len(rules) == 0 {
			text = "CORS is not enabled for this bucket."
			if _, err := s.Buckets.Get(c.ctx(), c.bucket); err != nil {
				text = "Bucket not found"
			}
		}
		return s3err.Text("AccessForbidden", "CORSResponse: "+text).With("Method", method).With("ResourceType", c.scope.resource())
	}
	c.w.allow(g)
	c.w.empty(http.StatusOK)
	return nil
}

func (s *Server) bucketCORS(c *call) error {
	doc, err := getDocument(c, bucket.CORS, "NoSuchCORSConfiguration")
	if err != nil {
		return err
	}
	c.w.document(&s3xml.CORS{Rules: doc.Rules})
	return nil
}

// Bounds of CORS rules.
const (
	maxCORSBody  = 64 << 10 // bytes
	maxCORSRules = 100
	maxCORSID    = 255 // UTF-16 code units
)

func (s *Server) putBucketCORS(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	if len(body) > maxCORSBody {
		return s3err.New("MaxMessageLengthExceeded").With("MaxMessageLengthBytes", itoa(maxCORSBody))
	}
	rules, err := s3xml.DecodeCORS(body)
	if err != nil {
		return malformed(err)
	}
	if len(rules) > maxCORSRules {
		return s3err.Text("InvalidRequest", "The number of CORS rules should not exceed allowed limit of "+itoa(maxCORSRules)+" rules.")
	}
	for i := range rules {
		if err := validCORS(&rules[i]); err != nil {
			return err
		}
	}
	return setDocument(c, bucket.CORS, &meta.CORS{Rules: rules}, http.StatusOK)
}

func (s *Server) deleteBucketCORS(c *call) error {
	return setDocument[meta.CORS](c, bucket.CORS, nil, http.StatusNoContent)
}

// validCORS refuses a rule that S3 refuses.
func validCORS(r *meta.CORSRule) error {
	bad := func(text string) error { return s3err.Text("InvalidRequest", text) }
	if units(r.ID) > maxCORSID {
		return s3err.Argument("ID length should not exceed allowed limit of "+itoa(maxCORSID), "ID", r.ID)
	}
	for _, m := range r.Methods {
		if !slices.Contains(corsMethods, m) {
			return bad("Found unsupported HTTP method in CORS config. Unsupported method is " + m)
		}
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"AllowedOrigin", r.Origins}, {"AllowedHeader", r.AllowHeaders}} {
		for _, v := range list.values {
			if strings.Count(v, "*") > 1 {
				return bad(list.name + ` "` + v + `" can not have more than one wildcard.`)
			}
			if !visible(v) || list.name == "AllowedHeader" && strings.ContainsFunc(v, notToken) {
				return bad(list.name + ` "` + v + `" contains invalid character.`)
			}
		}
	}
	for _, v := range r.ExposeHeaders {
		if strings.Contains(v, "*") {
			return bad(`ExposeHeader "` + v + `" contains wildcard. We currently do not support wildcard for ExposeHeader.`)
		}
		if v == "" || strings.ContainsFunc(v, notToken) {
			return bad(`ExposeHeader "` + v + `" contains invalid character.`)
		}
	}
	return nil
}

// visible reports whether a text is one that a header can carry as a word.
func visible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == ',' {
			return false
		}
	}
	return s != ""
}
