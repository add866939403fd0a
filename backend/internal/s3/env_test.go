package s3

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/oidc/oidctest"
	"github.com/myfsio/myfsio/backend/internal/seal"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// began is when every test's clock starts.
var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// zeros makes the ids of requests the same everywhere.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

var box = sync.OnceValue(func() *seal.Box {
	dir, err := os.MkdirTemp("", "myfsio-s3-test")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	b, err := seal.Open(dir, "a secret key for tests", seal.Options{})
	if err != nil {
		panic(err)
	}
	return b
})

// env is a server on engines in memory.
type env struct {
	t       testing.TB
	clock   *clock.Manual
	server  *Server
	buckets *bucket.Service
	objects *object.Service
	iam     *iam.Service
	other   iam.Account
	http    *httptest.Server
	serving sync.RWMutex // held for reading by each request
	signers map[string]*sigv4.Signer
	mu      sync.Mutex
	log     *strings.Builder
}

// The users of every test, with their rights.
var users = []struct{ name, policies string }{
	{"reader", `[{"bucket":"*","actions":["list","read"]}]`},
	{"writer", `[{"bucket":"*","actions":["write"]}]`},
	{"getter", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`},
	{"photos", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringLike":{"s3:prefix":"photos/*"}}},{"Effect":"Allow","Action":"s3:*Object","Resource":"arn:aws:s3:::*/photos/*"}]}`},
	{"nobody", ``},
}

const adminKey = "admin"

func secretOf(name string) string { return name + "-secret-key" }

func newEnv(t testing.TB, change func(*Config)) *env { return newEnvOn(t, kvtest.NewMemory(), change) }

func newEnvOn(t testing.TB, store kv.Store, change func(*Config)) *env {
	ctx := context.Background()
	e := &env{t: t, clock: clock.NewManual(began), signers: map[string]*sigv4.Signer{}, log: &strings.Builder{}}
	idents := func() *ident.Source { return ident.NewSource(e.clock, rand.NewChaCha8([32]byte{})) } // each its own, so that none shifts another's
	cfg := Config{
		Region: "us-east-1", Service: "s3", Domains: []string{"s3.test"}, SigV2: true, MaxUpload: 64 << 20, LifecycleDay: 24 * time.Hour, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		CORS: CORS{Origins: []string{"*"}, Methods: []string{"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD"}, AllowHeaders: []string{"*"}, ExposeHeaders: []string{"*"}},
	}
	if change != nil {
		change(&cfg)
	}
	var err error
	e.buckets = bucket.New(bucket.Deps{KV: store, Clock: e.clock, Idents: idents(), Region: cfg.Region})
	e.objects, err = object.Open(ctx, object.Deps{KV: store, Blobs: blobtest.NewMemory(), Clock: e.clock, Idents: idents(), InlineMax: 1 << 10, MinPartSize: 5 << 20})
	require.NoError(t, err)
	logger := slog.New(slog.NewTextHandler(&lockedWriter{e: e}, nil))
	e.iam, err = iam.New(iam.Deps{OIDC: oidctest.Providers(t, e.clock), Store: store, Box: box(), Clock: e.clock, Idents: idents(), Logger: slog.New(slog.DiscardHandler),
		AdminAccessKey: adminKey, AdminSecretKey: secretOf(adminKey)})
	require.NoError(t, err)
	_, err = e.iam.Bootstrap(ctx, true)
	require.NoError(t, err)
	e.sign(adminKey)
	for _, u := range users {
		_, _, err := e.iam.CreateUser(ctx, iam.Machine, iam.CreateUser{Name: u.name, AccessKey: u.name, Secret: secretOf(u.name), Policies: []byte(u.policies)})
		require.NoError(t, err)
		e.sign(u.name)
	}
	// A second account: ann may do everything there, bob nothing.
	e.other, _, _, err = e.iam.CreateAccount(ctx, iam.Machine, iam.CreateAccount{Name: "other", DisplayName: "The other", AccessKey: "ann", Secret: secretOf("ann")})
	require.NoError(t, err)
	_, _, err = e.iam.CreateUser(ctx, iam.Machine, iam.CreateUser{Name: "bob", Account: "other", AccessKey: "bob", Secret: secretOf("bob")})
	require.NoError(t, err)
	e.sign("ann")
	e.sign("bob")
	e.server = New(Deps{Config: cfg, Buckets: e.buckets, Objects: e.objects, IAM: e.iam, Clock: e.clock, Idents: ident.NewSource(e.clock, zeros{}), Logger: logger})
	e.http = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.serving.RLock()
		defer e.serving.RUnlock()
		e.server.ServeHTTP(w, r)
	}))
	e.http.Config.MaxHeaderBytes = 64 << 10
	e.http.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	e.http.Start()
	t.Cleanup(func() {
		e.http.Close()
		require.NoError(t, e.objects.Close(ctx))
		require.NoError(t, store.Close())
	})
	return e
}

type lockedWriter struct{ e *env }

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.e.mu.Lock()
	defer w.e.mu.Unlock()
	return w.e.log.Write(p)
}

func (e *env) logged() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.log.String()
}

var logField = regexp.MustCompile(`(\w+)=("[^"]*"|\S*)`)

// requests are the fields that the log has of each request, in the order in which they ended.
func (e *env) requests() (all []map[string]string) {
	for line := range strings.Lines(e.logged()) {
		fields := map[string]string{}
		for _, m := range logField.FindAllStringSubmatch(line, -1) {
			fields[m[1]] = strings.Trim(m[2], `"`)
		}
		if fields["msg"] == "request" {
			all = append(all, fields)
		}
	}
	return all
}

func (e *env) sign(name string) {
	e.signers[name] = sigv4.NewSigner(sigv4.Credentials{AccessKey: name, Secret: secretOf(name)}, "us-east-1", "s3")
}

// request makes a signed request without sending it.
func (e *env) request(user, method, target, body string, header map[string]string) *http.Request {
	r, err := http.NewRequest(method, e.http.URL+target, strings.NewReader(body))
	require.NoError(e.t, err)
	r.URL.Opaque = "//" + r.URL.Host + strings.SplitN(target, "?", 2)[0] // as it is, not as net/url would write it
	for k, v := range header {
		r.Header.Set(k, v)
	}
	if user != "" {
		path, query, _ := strings.Cut(target, "?")
		e.signers[user].Sign(&sigv4.Request{Method: method, Path: path, Query: query, Header: r.Header, Hosts: []string{r.Host}, Length: int64(len(body))},
			sigv4.HashPayload([]byte(body)), e.clock.Now())
	}
	return r
}

// do sends a signed request and returns status, headers and body.
func (e *env) do(user, method, target, body string, header map[string]string) (*http.Response, string) {
	return e.send(e.request(user, method, target, body, header))
}

func (e *env) send(r *http.Request) (*http.Response, string) {
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	require.NoError(e.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(e.t, err)
	return res, string(b)
}

// ok is do for requests that must succeed.
func (e *env) ok(user, method, target, body string, header map[string]string) (*http.Response, string) {
	res, b := e.do(user, method, target, body, header)
	require.Less(e.t, res.StatusCode, 300, "%s %s: %s", method, target, b)
	return res, b
}
