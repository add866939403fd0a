package admin

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/limit"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/peer"
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
	peer    peer.Peer
	claim   *sigv4.Auth // of a signature
	buckets map[string]*meta.Bucket
	claimed string        // access key that the call names, as it says
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
func (a *API) edge(port Port, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := reqinfo.From(r.Context())
		if info.RequestID == "" {
			info = &reqinfo.Info{RequestID: a.Idents.Request(), Remote: a.peer(r).Addr.String()}
			r = r.WithContext(reqinfo.With(r.Context(), info))
		}
		t := &trail{ResponseWriter: w, api: a, port: port, r: r, info: info}
		done := false
		defer func() { t.end(done) }()
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
			if err := a.AllowHost(r); err != nil {
				writeProblem(t, r, problem(info, err))
				return
			}
		}
		next.ServeHTTP(t, r)
		done = true
	})
}

// peer is who sent a request.
func (a *API) peer(r *http.Request) peer.Peer { return peer.Of(r, a.Config.TrustedProxies) }

// AllowHost refuses a request with a Host header that names another server: otherwise a foreign page could let its own name point here and be
// of one origin with us. The console's pages are held to the same list.
func (a *API) AllowHost(r *http.Request) error {
	if p := a.peer(r); !a.names.Reached(&p) {
		return fault.New("admin.AllowHost", fault.AccessDenied,
			"The server does not know itself by the name in the Host header. Set UI_BASE_URL or API_BASE_URL to the public address.").With(detailCode, "UnknownHost")
	}
	return nil
}

// newCall reads where the request came in.
func (a *API) newCall(port Port, r *http.Request, w http.ResponseWriter) *call {
	return &call{port: port, r: r, w: w, peer: a.peer(r), buckets: map[string]*meta.Bucket{}}
}

// remote is the address of the client.
func (c *call) remote() string { return c.peer.Addr.String() }

// guard is what stands before each operation.
func (m *mount) guard(o *operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humachi.Unwrap(ctx)
		info := reqinfo.From(r.Context())
		info.Operation = o.id
		c := m.api.newCall(m.port, r, w)
		if t, ok := w.(*trail); ok {
			t.o, t.c = o, c
		}
		if err := m.api.enter(r.Context(), o, c); err != nil {
			writeProblem(w, r, m.api.fail(r.Context(), o, err))
			return
		}
		if t, ok := w.(*trail); ok {
			t.let = true
		}
		next(huma.WithValue(ctx, callKey{}, c))
	}
}

// enter decides whether the call may go on to the operation, as far as that does not depend on buckets and keys.
func (a *API) enter(ctx context.Context, o *operation, c *call) error {
	const op = "admin.enter"
	info := reqinfo.From(ctx)
	if err := a.Limits.Address(ctx, o.class, c.peer.Addr); err != nil {
		return err
	}
	if o.need.scope == scopeAnonymous && !o.console && !o.landing && o.class != limit.Login {
		// Who is known sees more; a page that is foreign, or credentials that are wrong, only mean that nobody is known.
		if a.names.Foreign(&c.peer, c.r) {
			return nil
		}
		if err := a.authenticate(ctx, c, o); err != nil {
			if fault.Is(err, fault.Internal) {
				return err
			}
			unproven(info, err)
		}
		return nil
	}
	if !o.landing && a.names.Foreign(&c.peer, c.r) {
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
		unproven(info, err)
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
	if o.writes() && !o.always {
		if err := a.Audit.Ready(); err != nil {
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
	return a.Limits.Key(ctx, o.class, c.id.AccessKey)
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
	if o.method == http.MethodGet || o.method == http.MethodHead {
		return nil
	}
	if err := checkConsole(c); err != nil {
		return err
	}
	if o := c.r.Header.Get("Origin"); o == "" || !a.names.Own(&c.peer, o) {
		return fault.New(op, fault.AccessDenied, "The Origin header must be the console's own.").With(detailCode, "ForeignOrigin")
	}
	return nil
}
