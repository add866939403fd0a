// Package admin is the admin API: what the console uses and scripts can use, as huma operations that are the same on both ports.
//
// A request passes, in this order: the edge (headers of every answer, the allow-list of hosts), the guard of its operation (limit by
// address, foreign pages, who is it, what the console's cookie asks for, the permission that belongs to no bucket, limit by key), the
// schema, the permissions on the bucket and keys that it names, and the handler. The table in routes.go says for each operation what it
// needs; nothing is reachable beside it.
//
// What is stored here (x/session/, x/ticket/, x/job/) can be lost without losing an object: a session means signing in again. Each row is
// written by one transaction before the answer that speaks of it, so that a crash leaves it whole or absent.
package admin

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/lifecycle"
	"github.com/myfsio/myfsio/backend/internal/limit"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/oidc"
	"github.com/myfsio/myfsio/backend/internal/peer"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
	"github.com/myfsio/myfsio/backend/internal/seal"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// Port is the listener that a request came to.
type Port uint8

// The ports.
const (
	S3      Port = iota // ignores cookies
	Console             // takes the session cookie
)

// Deps is what an API needs. The specification needs none of it.
type Deps struct {
	IAM       *iam.Service
	Buckets   *bucket.Service
	Objects   *object.Service
	Lifecycle *lifecycle.Service
	Audit     *audit.Log      // nil keeps none
	OIDC      *oidc.Providers // nil: nobody signs in at a provider
	KV        kv.Store
	Seal      *seal.Box
	Clock     clock.Clock
	Idents    *ident.Source
	Logger    *slog.Logger
	Config    *config.Config
	Report    *config.Report // values for getConfig; nil shows none

	Limits   *limit.Limits // nil for none
	S3Port   int           // of the S3 listener, for links where no public address is set
	ReadOnly bool          // the store takes no writes: sessions are kept for this process alone
	Alone    bool          // no other server uses the store: jobs that a stop interrupted are taken up at once
	TempDir  string        // where the directory of a large archive is kept while it is written; empty for the system's

	Health func(context.Context) HealthReport // nil: always ok
	Space  func() (blob.Space, error)         // nil: no bounded medium

	Documents     DocumentPort                       // documents of buckets and objects
	Compatibility func() ([]S3Operation, []S3Header) // what the S3 port supports, and the headers that it does not; nil tells nothing
}

// HealthReport is what the server knows of its health.
type HealthReport struct {
	Status string // ok, degraded, starting, stopping
	Checks []HealthCheck
}

// API is the admin API. It is safe for concurrent use.
type API struct {
	Deps
	started  time.Time
	names    *peer.Names
	verifier *sigv4.Verifier
	sessions *sessionStore
	tokens   *tokens
	refresh  refreshTokens
	jobs     *jobs
	tickets  *tickets
	sso      *singleSignOn // nil without a provider
}

// New returns an API. It fails when a public address is none.
func New(d Deps) (*API, error) {
	c := d.Config
	a := &API{Deps: d, started: d.Clock.Now(), names: peer.NewNames([]string{c.APIBaseURL, c.UIBaseURL}, append(slices.Clip(c.S3Domains), c.AppHost)...)}
	for name, base := range map[string]string{"API_BASE_URL": c.APIBaseURL, "UI_BASE_URL": c.UIBaseURL} {
		if base == "" {
			continue
		}
		u, err := url.Parse(base)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, fmt.Errorf("admin: %s is no http or https address", name)
		}
	}
	a.verifier = sigv4.NewVerifier(c.Region, c.Service)
	a.sessions = newSessionStore(d)
	a.tokens, a.refresh = newTokens(d), newRefreshTokens(d)
	a.sso = newSingleSignOn(d)
	a.tickets = &tickets{kv: d.KV, clock: d.Clock, idents: d.Idents}
	a.jobs = newJobs(a)
	return a, nil
}

// Run does the work of jobs until ctx ends, and takes up jobs that a stop interrupted. What it leaves unfinished goes on at the next Run.
func (a *API) Run(ctx context.Context) error { return a.jobs.run(ctx) }

// prefixes of the paths that belong to the admin API.
var prefixes = []string{"/myfsio", "/iam", "/kms"}

// Owns reports whether an escaped path belongs to the admin API (on the S3 port: when the host names no bucket).
func Owns(path string) bool {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(path, p); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// Mount puts the operations of a port on a router, and a problem on every other path below theirs, so that nothing of it falls through to
// what the router serves elsewhere.
func (a *API) Mount(r chi.Router, port Port) {
	own := chi.NewRouter()
	own.NotFound(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, problem(reqinfo.From(r.Context()), fault.New("admin", fault.NotFound, "There is no such operation.")))
	})
	own.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		p := problem(reqinfo.From(r.Context()), fault.New("admin", fault.InvalidRequest, "The operation does not know this method."))
		p.Status, p.Title, p.Code = http.StatusMethodNotAllowed, http.StatusText(http.StatusMethodNotAllowed), "MethodNotAllowed"
		writeProblem(w, r, p)
	})
	missing := func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, problem(reqinfo.From(r.Context()), fault.New("admin", fault.NotImplemented, "")))
	}
	own.HandleFunc("/kms", missing)
	own.HandleFunc("/kms/*", missing)
	m := &mount{api: a, huma: humachi.New(own, specification()), port: port}
	m.register()
	h := a.edge(port, own)
	for _, p := range prefixes {
		r.Handle(p, h)
		r.Handle(p+"/*", h)
	}
}

// Table is what OpenAPI and the tests read.
func (a *API) describe() *mount {
	m := &mount{api: a, huma: humachi.New(chi.NewRouter(), specification())}
	m.register()
	return m
}

// OpenAPI is the specification.
func (a *API) OpenAPI() *huma.OpenAPI { return a.describe().huma.OpenAPI() }

// fail turns the error of an operation into a problem, and logs what the client must not see: this is the edge.
func (a *API) fail(ctx context.Context, o *operation, err error) *Problem {
	info := reqinfo.From(ctx)
	p := problem(info, err)
	note(info, err)
	if _, known := asProblem(err); known || p.Status < http.StatusInternalServerError || ctx.Err() != nil {
		return p
	}
	level := slog.LevelWarn
	if fault.Is(err, fault.Internal) {
		level = slog.LevelError
	}
	if p.Status != http.StatusNotImplemented {
		a.Logger.Log(ctx, level, "operation failed", "operation", o.id, "request", info.RequestID, "error", err)
	}
	return p
}
