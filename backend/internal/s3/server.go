// Package s3 is the S3 wire: it turns requests into calls of the floors below and their outcomes into the answers that S3 gives.
//
// A request goes through ServeHTTP in this order: path and query are cut, the operation is found in the table, the sender is
// authenticated, the bucket's record is loaded once, the operation is authorized, headers of features that do not exist are refused, and
// the operation's handler runs. No body is read before all of that has said yes, so that a client which waits with "Expect: 100-continue"
// never sends what would be refused; but the fields of a form, which are what it asks, are read first. Nothing here writes to a store: what a kill leaves behind is decided below.
package s3

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/awsquery"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/limit"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/peer"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// Values of Config.AuthHeaders.
const (
	AuthHeadersAuto = "auto" // from this machine without forwarding headers, or over TLS
	AuthHeadersOn   = "on"
	AuthHeadersOff  = "off"
)

// Config is the settings that the wire obeys.
type Config struct {
	Region         string         // of signatures and buckets, "us-east-1"
	Service        string         // of signatures, "s3"
	Domains        []string       // under which <bucket>.<domain> names a bucket
	WebsiteDomain  string         // under which <bucket>.<domain> is a website, empty for none
	APIBaseURL     string         // public address, empty for none
	UIBaseURL      string         // that of the console
	TrustedProxies []netip.Prefix // whose X-Forwarded-* count
	AuthHeaders    string         // one of the constants; empty is auto
	SigV2          bool
	MaxUpload      int64 // bytes of one PUT or part
	BulkDeleteMax  int   // keys of one DeleteObjects, at most 1,000; 0 is 1,000
	CORS           CORS
	LifecycleDay   time.Duration // of lifecycle rules, 0 when nobody carries them out
	IdleTimeout    time.Duration // without a byte from or to the client; 0 is a minute
	KeepAlive      time.Duration // between signs of life while a long operation works; 0 is ten seconds
}

// Deps is what the wire is built on.
type Deps struct {
	Config
	Buckets *bucket.Service
	Objects *object.Service
	IAM     *iam.Service
	Limits  *limit.Limits // nil for none
	Clock   clock.Clock
	Idents  *ident.Source
	Logger  *slog.Logger
	Audit   *audit.Log // nil keeps none
}

// Server answers S3 requests. It is safe for concurrent use.
type Server struct {
	Deps
	access     access.Service
	verifier   *sigv4.Verifier
	identities *awsquery.Handler // IAM and STS
	names      *peer.Names
	public     url.URL         // APIBaseURL, without a slash at the end
	corsRules  []meta.CORSRule // for buckets without their own
}

// New returns the handler of the S3 wire.
func New(d Deps) *Server {
	if d.IdleTimeout <= 0 {
		d.IdleTimeout = time.Minute
	}
	if d.KeepAlive <= 0 {
		d.KeepAlive = 10 * time.Second
	}
	if d.BulkDeleteMax <= 0 || d.BulkDeleteMax > object.MaxBatch {
		d.BulkDeleteMax = object.MaxBatch
	}
	domains := make([]string, len(d.Domains))
	for i, name := range d.Domains {
		domains[i] = strings.ToLower(name)
	}
	d.Domains, d.WebsiteDomain = domains, strings.ToLower(d.WebsiteDomain)
	s := &Server{
		Deps: d, access: access.Service{Buckets: d.Buckets, Objects: d.Objects, IAM: d.IAM}, verifier: sigv4.NewVerifier(d.Region, d.Service),
		corsRules: d.CORS.rules(), names: peer.NewNames([]string{d.APIBaseURL, d.UIBaseURL}, d.Domains...),
	}
	s.identities = &awsquery.Handler{IAM: d.IAM, Access: &s.access}
	if u, err := url.Parse(strings.TrimRight(d.APIBaseURL, "/")); err == nil {
		s.public = *u
	}
	return s
}

// call is one request on its way through the server.
type call struct {
	s      *Server
	r      *http.Request
	w      *response
	header http.Header // of the request, with the x-amz- parameters that a presigned URL carries instead
	query  query
	target
	op      *Operation
	peer    peer.Peer
	now     time.Time
	claim   *sigv4.Auth    // what the request says of its signature
	signed  *sigv4.Request // and what was signed
	id      *iam.Identity
	asker   access.Asker // the same, for decisions
	form    *form        // of PostObject
	record  *meta.Bucket // nil for the service and where the bucket need not exist
	info    *reqinfo.Info
	site    bool          // the host is that of a website
	failed  *s3err.Error  // why the error document of a website could not be had, nil for nothing
	trusted *access.Asker // who is known already; nil when the request has to say

	read func() ([]byte, error) // the document that came as the body, once it has been read

	guard   access.Guard           // of the object that the request is for
	denied  access.Refusal         // of the last question of a handler that was answered with no
	change  bool                   // the audit log always keeps it
	kept    bool                   // and has it
	fetched fetched                // of GetObject and HeadObject
	owners  map[string]s3xml.Owner // by account, those that were looked up
}

func (c *call) ctx() context.Context { return c.r.Context() }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := s.Clock.Now()
	info := &reqinfo.Info{RequestID: s.Idents.Request()}
	c := &call{s: s, w: newResponse(w, r, s.IdleTimeout), header: r.Header, now: start, info: info}
	c.r = r.WithContext(reqinfo.With(r.Context(), info))
	c.peer = peer.Of(r, s.TrustedProxies)
	info.Remote = c.peer.Addr.String()
	c.w.begin(info.RequestID, s.hostID(), start)
	defer s.finish(c, start)
	defer c.fetched.close()
	if err := c.handle(); err != nil {
		c.fail(err)
	}
	c.w.end()
}

// hostID makes the value of x-amz-id-2.
func (s *Server) hostID() string {
	var raw [48]byte
	s.Idents.Fill(raw[:])
	return base64.StdEncoding.EncodeToString(raw[:])
}

// handle takes the request through the gates and to its operation.
func (c *call) handle() (err error) {
	defer func() {
		if p := recover(); p != nil {
			if e, ok := p.(error); ok && errors.Is(e, http.ErrAbortHandler) {
				panic(p)
			}
			if e, ok := p.(*s3err.Error); ok { // see begins
				err = e
				return
			}
			c.s.Logger.ErrorContext(c.ctx(), "panic", "request", c.info.RequestID, "operation", c.info.Operation, "value", p, "stack", string(debug.Stack()))
			err = fault.New("s3.ServeHTTP", fault.Internal, "")
		}
	}()
	if c.asksIdentity() {
		c.identity()
		return nil
	}
	err = c.locate()
	c.allowOrigin() // for refusals too
	if limited := c.limitAddress(); limited != nil {
		return limited
	}
	if tooLarge := c.limitHeader(); tooLarge != nil {
		return tooLarge
	}
	if err != nil {
		return err
	}
	if c.site {
		return c.s.website(c)
	}
	if err := c.misplaced(); err != nil {
		return err
	}
	if c.op.Auth != AuthOpen {
		if c.trusted != nil {
			c.trust(c.trusted)
		} else if err := c.authenticate(); err != nil {
			c.unproven(err)
			return err
		} else {
			if err := c.limitKey(); err != nil {
				return err
			}
			c.asks(c.id)
		}
		if err := c.admit(); err != nil {
			return err
		}
	}
	return c.op.Handle(c.s, c)
}

// locate finds the target and the operation.
func (c *call) locate() (err error) {
	// The host that a trusted proxy tells of is the one that names a bucket, as it is the one the client used.
	for _, host := range c.peer.Hosts {
		if site, err := c.siteOf(host); site {
			return err
		}
		if c.target, err = locate(c.r.URL.EscapedPath(), host, c.s.Domains); err != nil || c.virtual {
			break
		}
	}
	if err != nil {
		return err
	}
	c.quotaAlias(c.r.Method, c.r.URL.RawQuery)
	if c.query, err = parseQuery(c.r.URL.RawQuery); err != nil {
		return err
	}
	c.hoist()
	if c.op = find(c.r.Method, c.scope, &c.query, c.header); c.op == nil {
		return s3err.New("MethodNotAllowed").With("Method", c.r.Method).With("ResourceType", c.scope.resource()).
			WithHeader("Allow", strings.Join(methods(c.scope, c.r.Method), ", "))
	}
	c.info.Operation = c.op.Name
	return nil
}

// hoist takes x-amz- parameters of the query for headers: SDKs move headers there when they presign. A header that is there wins.
func (c *call) hoist() {
	var cloned bool
	for _, p := range c.query.pairs {
		if len(p.name) < 7 || !strings.EqualFold(p.name[:6], "x-amz-") || signing(p.name) {
			continue
		}
		name := http.CanonicalHeaderKey(p.name)
		if _, ok := c.header[name]; ok {
			continue
		}
		if !cloned {
			c.header, cloned = c.header.Clone(), true
		}
		c.header[name] = []string{p.value}
	}
}

// maxHeader is the bytes of names and values that S3 takes.
const maxHeader = 8 << 10

func (c *call) limitHeader() error {
	n := 0
	for name, values := range c.r.Header {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	if n > maxHeader {
		return s3err.New("RequestHeaderSectionTooLarge").With("MaxSizeAllowed", itoa(maxHeader))
	}
	return nil
}

// admit decides whether the sender may have the operation, and whether this server has it.
func (c *call) admit() error {
	if c.scope != Service && !c.op.Creates {
		if err := bucket.ValidName(c.bucket); err != nil {
			return err
		}
		b, err := c.s.Buckets.Get(c.ctx(), c.bucket)
		if err != nil {
			return err
		}
		c.record = b
	}
	if len(c.key) > object.MaxKey {
		return s3err.New("KeyTooLongError").With("Size", itoa(int64(len(c.key)))).With("MaxSizeAllowed", itoa(object.MaxKey))
	}
	if err := c.authorize(); err != nil {
		return err
	}
	if c.op.Handle == nil {
		return s3err.Text("NotImplemented", "The operation "+c.op.Name+" is not implemented.").With("Operation", c.op.Name)
	}
	if err := c.query.check(c.op); err != nil {
		return err
	}
	if err := c.expectOwner("X-Amz-Expected-Bucket-Owner", c.record); err != nil {
		return err
	}
	if err := c.unsupported(); err != nil || !c.op.Configures() {
		return err
	}
	return c.begins()
}

// finish logs the request, and keeps a panic that is meant for the connection going.
func (s *Server) finish(c *call, start time.Time) {
	p := recover()
	duration := s.Clock.Since(start)
	name := c.info.Operation
	if name == "" {
		name = "Unknown"
	}
	if log := s.Logger.Handler(); log.Enabled(c.ctx(), slog.LevelInfo) {
		line := slog.NewRecord(start.Add(duration), slog.LevelInfo, "request", 0) // without the place in the source, which costs a walk of the stack
		line.AddAttrs(
			slog.String("request", c.info.RequestID), slog.String("operation", name), slog.String("bucket", c.bucket), slog.String("key", c.key),
			slog.Int("status", c.w.status), slog.String("code", c.w.code), slog.Int64("in", c.w.in), slog.Int64("out", c.w.out),
			slog.Duration("duration", duration), slog.String("remote", c.info.Remote), slog.String("access_key", c.info.AccessKey))
		_ = log.Handle(c.ctx(), line) // nobody can be told that the log is full
	}
	c.keep()
	if p != nil {
		panic(p)
	}
}

// fail answers with the error that a client sees for err, or cuts the connection when the answer has begun.
func (c *call) fail(err error) {
	e := s3err.From(err)
	c.info.Message = e.Message
	switch {
	case errors.Is(err, errClient):
	case e.Code == "InternalError":
		c.s.Logger.ErrorContext(c.ctx(), "request failed", "request", c.info.RequestID, "operation", c.info.Operation, "error", err.Error())
	case e.Status >= http.StatusInternalServerError && e.Code != "NotImplemented":
		c.s.Logger.WarnContext(c.ctx(), "request refused", "request", c.info.RequestID, "operation", c.info.Operation, "error", err.Error())
	}
	c.complete(e)
	if c.site && !c.w.begun {
		c.failPage(e)
		return
	}
	c.w.error(e, c.r.URL.Path)
}

// complete adds what S3 says with a code and only the wire knows.
func (c *call) complete(e *s3err.Error) {
	if c.record != nil && c.op.Name == "HeadBucket" { // SDKs find the region of buckets by it, also of those that they may not list
		e.SetHeader("x-amz-bucket-region", c.s.regionOf(c.record))
	}
	switch e.Code {
	case "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError":
		if region, ok := e.Element("Region"); ok && c.scope != Service { // which HEAD has no other way to tell
			e.SetHeader("x-amz-bucket-region", region)
		}
	case "NoSuchBucket", "NoSuchLifecycleConfiguration", "BucketNotEmpty", "InvalidBucketName", "BucketAlreadyExists", "BucketAlreadyOwnedByYou", "QuotaExceeded",
		"NoSuchCORSConfiguration", "NoSuchWebsiteConfiguration", "NoSuchTagSet", "NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError":
		e.Default("BucketName", c.bucket)
	case "NoSuchKey":
		e.Default("Key", c.key)
	case "NoSuchVersion":
		e.Default("Key", c.key)
		e.Default("VersionId", c.query.get("versionId"))
	case "NoSuchUpload":
		e.Default("UploadId", c.query.get("uploadId"))
	case "InvalidRange":
		if v := c.header.Get("Range"); v != "" {
			e.Replace("RangeRequested", v) // as it was sent
		}
	}
}

// errClient marks failures of the connection that no answer can reach.
var errClient = errors.New("s3: the client went away")
