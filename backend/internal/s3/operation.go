package s3

import (
	"net/http"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/limit"
)

// Scope is what a request addresses.
type Scope uint8

// The scopes.
const (
	Service Scope = iota
	Bucket
	Object
)

// Auth is how an operation finds out who asks.
type Auth uint8

// The kinds. The zero kind is none of them, so that a row without one is seen.
const (
	_         Auth = iota
	AuthAny        // header, query, X-Access-Key, or anonymous where a policy allows it
	AuthKnown      // like AuthAny, but an anonymous request is refused whatever policies say
	AuthForm       // the fields of a form carry policy and signature
	AuthOpen       // nobody is asked: preflight requests
)

// Body is what the body of a request is.
type Body uint8

// The kinds of bodies.
const (
	BodyNone   Body = iota // none; what comes all the same is not read
	BodyStream             // the content of an object or a part
	BodyXML                // a document, read whole within its bound
	BodyLong               // a document that lists up to 10,000 parts or 1,000 keys
	BodyForm               // multipart/form-data
)

// Operation is one row of the table: how a request for it looks, what it needs, and what answers it.
type Operation struct {
	Name     string
	Method   string
	Scope    Scope
	Query    []string // names that the query must have; "name=value" must have that value
	Header   string   // header that must be present, in canonical form
	Params   []string // further query names that it reads
	Actions  []string // every one must be allowed; of the bucket or of the object, as the action's name says
	Version  []string // instead of Actions when versionId is named; nil for the same
	Owned    bool     // the handler holds the version that it finds to its owner and its ACL (call.pass)
	PerKey   bool     // the handler asks for each bucket or key by itself, and refuses those instead of the request
	Auth     Auth
	Body     Body
	Checked  bool                       // the body must come with Content-MD5 or a checksum
	Handle   func(*Server, *call) error // nil for what this server does not do: NotImplemented
	Creates  bool                       // the bucket need not exist
	Limit    limit.Class                // of its rate limit; None for that of its method and scope
	Resource string                     // what an error calls the thing, "OBJECT"; empty for that of the scope
}

// Operations returns the table. The rows are shared and must not be changed.
func Operations() []*Operation { return table }

// actions returns what the caller must be allowed to do.
func (o *Operation) actions(versioned bool) []string {
	if versioned && o.Version != nil {
		return o.Version
	}
	return o.Actions
}

func (o *Operation) matches(q *query, h http.Header) bool {
	for _, want := range o.Query {
		name, value, valued := strings.Cut(want, "=")
		got, ok := q.lookup(name)
		if !ok || (valued && got != value) {
			return false
		}
	}
	if o.Header != "" {
		if _, ok := h[o.Header]; !ok {
			return false
		}
	}
	return true
}

type place struct {
	method string
	scope  Scope
}

// places holds the rows by method and scope, those with more demands first.
var places = func() map[place][]*Operation {
	m := map[place][]*Operation{}
	for _, o := range table {
		p := place{o.Method, o.Scope}
		at := len(m[p])
		for at > 0 && demands(m[p][at-1]) < demands(o) {
			at--
		}
		m[p] = append(m[p], nil)
		copy(m[p][at+1:], m[p][at:])
		m[p][at] = o
	}
	return m
}()

func demands(o *Operation) int {
	n := 2 * len(o.Query)
	if o.Header != "" {
		n++
	}
	return n
}

// selectors are the query names that choose an operation somewhere: the sub-resources. Their value is what an error calls the resource.
var selectors = func() map[string]string {
	m := map[string]string{}
	for _, o := range table {
		for _, q := range o.Query {
			name, _, valued := strings.Cut(q, "=")
			switch {
			case valued, name == "uploadId", name == "partNumber", name == "id", name == "annotationName": // parameters rather than sub-resources
			case o.Resource != "":
				m[name] = o.Resource
			default:
				m[name] = strings.ToUpper(strings.ReplaceAll(name, "-", ""))
			}
		}
	}
	return m
}()

// find returns the operation of a request, or nil when the resource has none of this method.
func find(method string, scope Scope, q *query, h http.Header) *Operation {
	for _, o := range places[place{method, scope}] {
		if o.matches(q, h) {
			return o
		}
	}
	return nil
}

// methods lists the methods that a scope has, for the header Allow of an answer to another one.
func methods(scope Scope, other string) []string {
	var list []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPost, http.MethodDelete, http.MethodOptions} {
		if m != other && len(places[place{m, scope}]) > 0 {
			list = append(list, m)
		}
	}
	return list
}

func (s Scope) resource() string { return [...]string{"SERVICE", "BUCKET", "OBJECT"}[s] }
