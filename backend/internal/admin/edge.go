package admin

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

const (
	headerConsole   = "X-Myfsio-Console" // a header that no foreign page can send without asking first
	headerAccessKey = "X-Access-Key"
	headerSecretKey = "X-Secret-Key"
	healthPath      = "/myfsio/health"
)

// call is one request on its way: who it is from, and where it came in.
type call struct {
	id      *iam.Identity // nil while nobody is known
	via     via
	session *session // of a request with a good cookie
	port    Port
	r       *http.Request
	w       http.ResponseWriter
	remote  string      // address of the client, without port
	scheme  string      // http or https, as the client sees it
	host    string      // host and maybe port, as the client sees it
	claim   *sigv4.Auth // of a signature
	buckets map[string]*meta.Bucket
	who     *access.Asker // the caller, once the operation has been permitted
	guard   *access.Guard // of the object that the operation reads; nil for none
}

// via is how a caller was authenticated.
type via uint8

const (
	viaNothing via = iota
	viaCookie
	viaToken
	viaSignature
	viaHeaders
)

type callKey struct{}

func callOf(ctx context.Context) *call { c, _ := ctx.Value(callKey{}).(*call); return c }

// edge is what every request passes, also one for no operation: it gives it an id where the server did not, sets the headers that every
// answer has, and refuses hosts that are not ours. It never answers with a CORS header.
func (a *API) edge(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := reqinfo.From(r.Context())
		if info.RequestID == "" {
			info = &reqinfo.Info{RequestID: a.Idents.Request(), Remote: a.clientAddr(r)}
			r = r.WithContext(reqinfo.With(r.Context(), info))
		}
		h := w.Header()
		h.Set("X-Request-Id", info.RequestID)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		// Probes name the server in their own ways, and the health of it is no secret.
		if r.URL.Path != healthPath {
			if err := a.checkHost(r); err != nil {
				writeProblem(w, r, problem(info, err))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// checkHost holds the names that a client reached us by against the list: otherwise a foreign page could let its own name point here and
// be of one origin with us. An address instead of a name cannot be used for that.
func (a *API) checkHost(r *http.Request) error {
	names := []string{r.Host}
	if a.trusted(r) {
		if h := firstOf(r.Header.Get("X-Forwarded-Host")); h != "" {
			names = append(names, h)
		}
	}
	for _, host := range names {
		if !a.allowedHost(host) {
			return fault.New("admin.checkHost", fault.AccessDenied,
				"The server does not know itself by the name in the Host header. Set UI_BASE_URL or API_BASE_URL to the public address.").With(detailCode, "UnknownHost")
		}
	}
	return nil
}

// AllowHost refuses a request with a Host header that names another server; the console's pages are held to the same list.
func (a *API) AllowHost(r *http.Request) error { return a.checkHost(r) }

func (a *API) allowedHost(host string) bool {
	name := hostName(host)
	if name == "" {
		return false
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	return a.hosts[name] || strings.HasSuffix(name, ".localhost")
}

// hostName is a Host header without port and brackets; empty when it is none.
func hostName(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

func remoteHost(addr string) string {
	if h, _, err := net.SplitHostPort(addr); err == nil {
		return h
	}
	return addr
}

func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

// trusted reports whether the peer is a proxy whose forwarding headers count.
func (a *API) trusted(r *http.Request) bool { return a.trustedAddr(remoteHost(r.RemoteAddr)) }

// clientAddr is the address that the request came from: of the peer, or, behind proxies that are trusted, the last one in the list that is
// none of them. What stands before that one may be made up.
func (a *API) clientAddr(r *http.Request) string {
	addr := remoteHost(r.RemoteAddr)
	list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(list) - 1; i >= 0 && a.trustedAddr(addr); i-- {
		next := hostName(strings.TrimSpace(list[i]))
		if _, err := netip.ParseAddr(next); err != nil {
			break
		}
		addr = next
	}
	return addr
}

func (a *API) trustedAddr(text string) bool {
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	for _, p := range a.Config.TrustedProxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// newCall reads where the request came in.
func (a *API) newCall(port Port, r *http.Request, w http.ResponseWriter) *call {
	c := &call{port: port, r: r, w: w, scheme: "http", host: r.Host, remote: reqinfo.From(r.Context()).Remote, buckets: map[string]*meta.Bucket{}}
	if r.TLS != nil {
		c.scheme = "https"
	}
	if c.remote == "" {
		c.remote = a.clientAddr(r)
	}
	if a.trusted(r) {
		if p := strings.ToLower(firstOf(r.Header.Get("X-Forwarded-Proto"))); p == "http" || p == "https" {
			c.scheme = p
		}
		if h := firstOf(r.Header.Get("X-Forwarded-Host")); h != "" {
			c.host = h
		}
	}
	return c
}

// origin is an origin as browsers write it: without the port that the scheme implies.
func origin(scheme, host string) string {
	host = strings.ToLower(host)
	if scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host
}

// foreign reports whether a browser says that a page of another origin makes the request.
func (a *API) foreign(c *call) bool {
	if c.r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return true
	}
	values := c.r.Header.Values("Origin")
	return len(values) > 1 || len(values) == 1 && !a.ownOrigin(c, values[0])
}

func (a *API) ownOrigin(c *call, text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return false
	}
	o := origin(u.Scheme, u.Host)
	return a.origins[o] || o == origin(c.scheme, c.host)
}

// guard is what stands before each operation.
func (m *mount) guard(o *operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humachi.Unwrap(ctx)
		info := reqinfo.From(r.Context())
		info.Operation = o.id
		c := m.api.newCall(m.port, r, w)
		if err := m.api.enter(r.Context(), o, c); err != nil {
			writeProblem(w, r, m.api.fail(r.Context(), o, err))
			return
		}
		next(huma.WithValue(ctx, callKey{}, c))
	}
}

// enter decides whether the call may go on to the operation, as far as that does not depend on buckets and keys.
func (a *API) enter(ctx context.Context, o *operation, c *call) error {
	const op = "admin.enter"
	info := reqinfo.From(ctx)
	if err := a.limits.take(ctx, o.class, "address", c.remote); err != nil {
		return err
	}
	if o.need.scope == scopeAnonymous && !o.console && o.class != classLogin {
		// Who is known sees more; a page that is foreign, or credentials that are wrong, only mean that nobody is known.
		if a.foreign(c) {
			return nil
		}
		if err := a.authenticate(ctx, c, o); err != nil && fault.Is(err, fault.Internal) {
			return err
		}
		return nil
	}
	if a.foreign(c) {
		return fault.New(op, fault.AccessDenied, "A page of another site may not use this API.").With(detailCode, "ForeignOrigin")
	}
	if o.console {
		if c.port != Console {
			return fault.New(op, fault.InvalidRequest, "Sessions belong to the console's port. Use POST /myfsio/tokens here.")
		}
		if err := checkConsole(c); err != nil {
			return err
		}
	}
	if o.need.scope == scopeAnonymous {
		return nil
	}
	if err := a.authenticate(ctx, c, o); err != nil {
		return err
	}
	if c.id == nil {
		return fault.New(op, fault.Unauthenticated, "")
	}
	info.AccessKey = c.id.AccessKey
	if c.via == viaCookie {
		if err := a.checkCookieUse(o, c); err != nil {
			return err
		}
	}
	if o.need.scope == scopeAdministrative && !o.need.inside {
		for _, action := range o.need.actions {
			if err := a.allowAdmin(c, action); err != nil {
				return err
			}
		}
	}
	return a.limits.take(ctx, o.class, "key", c.id.AccessKey)
}

// checkConsole asks for the header that only the console's own scripts can send.
func checkConsole(c *call) error {
	if c.r.Header.Get(headerConsole) != "1" {
		return fault.New("admin.checkConsole", fault.AccessDenied, "The header X-Myfsio-Console: 1 is missing.").With(detailCode, "ConsoleHeaderMissing")
	}
	return nil
}

// checkCookieUse holds requests that a cookie vouches for to be the console's own. A cookie does not know ports, so another server on this
// machine can make a browser send it.
func (a *API) checkCookieUse(o *operation, c *call) error {
	const op = "admin.checkCookieUse"
	if site := c.r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return fault.New(op, fault.AccessDenied, "A page of another site may not use the session.").With(detailCode, "ForeignOrigin")
	}
	if !o.writes() {
		return nil
	}
	if err := checkConsole(c); err != nil {
		return err
	}
	if o := c.r.Header.Get("Origin"); o == "" || !a.ownOrigin(c, o) {
		return fault.New(op, fault.AccessDenied, "The Origin header must be the console's own.").With(detailCode, "ForeignOrigin")
	}
	return nil
}
