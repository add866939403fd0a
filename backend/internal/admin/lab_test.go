package admin

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/lifecycle"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// lab is an API over the real services and engines in memory, with both ports.
type lab struct {
	t       *testing.T
	api     *API
	deps    Deps
	clock   *clock.Manual
	log     *bytes.Buffer
	console http.Handler
	s3      http.Handler
	wire    http.Handler // the S3 port itself
	first   iam.FirstAdmin
	blobs   *cutBlobs
}

// cutBlobs is a blob store whose readers fail after some bytes, once asked to.
type cutBlobs struct {
	blob.Store
	after atomic.Int64 // 0: never
}

func (c *cutBlobs) Open(ctx context.Context, id blob.ID, off, n int64) (io.ReadCloser, error) {
	r, err := c.Store.Open(ctx, id, off, n)
	if max := c.after.Load(); err == nil && max > 0 {
		return struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(r, max), iotest.ErrReader(errors.New("the disk said no"))), r}, nil
	}
	return r, err
}

// start makes a lab; change adjusts what the API is made of.
func start(t *testing.T, change ...func(*Deps)) *lab {
	t.Helper()
	ctx := context.Background()
	l := &lab{t: t, clock: clock.NewManual(time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)), log: &bytes.Buffer{}, blobs: &cutBlobs{Store: blobtest.NewMemory()}}
	store := kvtest.NewMemory()
	box, err := seal.Open(t.TempDir(), "a secret of the tests", seal.Options{})
	require.NoError(t, err)
	ids := ident.NewSource(l.clock, rand.Reader)
	l.deps = Deps{
		KV: store, Seal: box, Clock: l.clock, Idents: ids, Config: config.Default(), S3Port: 5000, Alone: true, TempDir: t.TempDir(),
		Logger: slog.New(slog.NewTextHandler(l.log, nil)),
	}
	for _, fn := range change {
		fn(&l.deps)
	}
	l.deps.IAM, err = iam.New(iam.Deps{Store: store, Box: box, Clock: l.clock, Idents: ids, Logger: l.deps.Logger})
	require.NoError(t, err)
	l.first, err = l.deps.IAM.Bootstrap(ctx, l.deps.Config.Loopback())
	require.NoError(t, err)
	l.deps.Buckets = bucket.New(bucket.Deps{KV: store, Clock: l.clock, Idents: ids, Region: "us-east-1"})
	l.deps.Objects, err = object.Open(ctx, object.Deps{KV: store, Blobs: l.blobs, Clock: l.clock, Idents: ids, MinPartSize: 1, Logger: l.deps.Logger})
	require.NoError(t, err)
	l.deps.Lifecycle = lifecycle.New(lifecycle.Deps{KV: store, Buckets: l.deps.Buckets, Objects: l.deps.Objects, Clock: l.clock, Logger: l.deps.Logger})
	wire := s3.New(s3.Deps{
		Config:  s3.Config{Region: "us-east-1", Service: "s3"},
		Buckets: l.deps.Buckets, Objects: l.deps.Objects, IAM: l.deps.IAM, Clock: l.clock, Idents: ids, Logger: l.deps.Logger, Audit: l.deps.Audit,
	})
	l.wire, l.deps.Documents = wire, wire.Document
	l.api, err = New(l.deps)
	require.NoError(t, err)
	l.console, l.s3 = l.mount(Console), l.mount(S3)
	return l
}

func (l *lab) mount(p Port) http.Handler {
	r := chi.NewRouter()
	l.api.Mount(r, p)
	return r
}

// client makes requests as somebody.
type client struct {
	l       *lab
	handler http.Handler
	header  http.Header
	remote  string
	host    string
}

// as is a client of the console's port with the secret in headers, as scripts do it; no key is anonymous.
func (l *lab) as(accessKey, secret string) *client {
	c := &client{l: l, handler: l.console, header: http.Header{}, remote: "127.0.0.1:40000", host: "localhost:5100"}
	if accessKey != "" {
		c.header.Set(headerAccessKey, accessKey)
		c.header.Set(headerSecretKey, secret)
	}
	return c
}

func (l *lab) admin() *client { return l.as(l.first.AccessKey, iam.DefaultSecret) }

// user makes a user with policies and returns a client for it.
func (l *lab) user(policies string) *client {
	l.t.Helper()
	var out UserSecret
	l.admin().do("POST", "/iam/users", `{"display_name":"u","policies":`+policies+`}`).want(201).into(&out)
	return l.as(out.AccessKey, out.SecretKey)
}

func (c *client) with(name, value string) *client {
	d := *c
	d.header = c.header.Clone()
	if value == "" {
		d.header.Del(name)
	} else {
		d.header.Set(name, value)
	}
	return &d
}

func (c *client) on(h http.Handler) *client { d := *c; d.handler = h; return &d }

func (c *client) request(method, target, body string) *http.Request {
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req := httptest.NewRequest(method, target, r)
	req.RemoteAddr, req.Host = c.remote, c.host
	req.Header = c.header.Clone()
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

func (c *client) do(method, target, body string) *reply {
	c.l.t.Helper()
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, c.request(method, target, body))
	return &reply{t: c.l.t, w: w, what: method + " " + target}
}

func (c *client) get(target string) *reply { return c.do("GET", target, "") }

type reply struct {
	t    *testing.T
	w    *httptest.ResponseRecorder
	what string
}

func (r *reply) want(status int) *reply {
	r.t.Helper()
	require.Equal(r.t, status, r.w.Code, "%s: %s", r.what, r.w.Body.String())
	return r
}

// fails holds the answer to be a problem.
func (r *reply) fails(status int, code string) *Problem {
	r.t.Helper()
	r.want(status)
	var p Problem
	require.Equal(r.t, "application/problem+json", r.w.Header().Get("Content-Type"), r.what)
	r.into(&p)
	require.Equal(r.t, code, p.Code, "%s: %s", r.what, p.Detail)
	require.Equal(r.t, status, p.Status)
	require.NotEmpty(r.t, p.RequestID)
	require.NotEmpty(r.t, p.Detail)
	require.Equal(r.t, p.RequestID, r.w.Header().Get("X-Request-Id"))
	return &p
}

func (r *reply) into(to any) *reply {
	r.t.Helper()
	require.NoError(r.t, json.Unmarshal(r.w.Body.Bytes(), to), "%s: %s", r.what, r.w.Body.String())
	return r
}

func (r *reply) text() string { return r.w.Body.String() }

// put stores objects of their own names as content.
func (l *lab) put(bucketName string, keys ...string) {
	l.t.Helper()
	for _, k := range keys {
		l.admin().with("Content-Type", "text/plain").do("PUT", "/myfsio/buckets/"+bucketName+"/content?key="+escapeKey(k), "content of "+k).want(200)
	}
}

func (l *lab) bucket(names ...string) {
	l.t.Helper()
	for _, n := range names {
		l.admin().do("POST", "/myfsio/buckets", `{"name":"`+n+`"}`).want(201)
	}
}
