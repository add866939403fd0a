package admin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// authenticate finds out who calls. No credentials at all leave c.id nil; credentials that are wrong are an error, never nobody.
func (a *API) authenticate(ctx context.Context, c *call, o *operation) error {
	err := a.identify(ctx, c, o)
	if err == nil && c.id != nil {
		c.id = a.during(c, c.id)
	}
	return err
}

// during is an identity as it makes the call.
func (a *API) during(c *call, id *iam.Identity) *iam.Identity {
	return id.During(reqinfo.From(c.r.Context()), a.asks(c).Circumstances.Lookup)
}

func (a *API) identify(ctx context.Context, c *call, o *operation) error {
	const op = "admin.authenticate"
	r := c.r
	keys := len(r.Header.Values(headerAccessKey)) + len(r.Header.Values(headerSecretKey))
	authorization := r.Header.Values("Authorization")
	switch {
	case keys > 0 && len(authorization) > 0:
		return fault.New(op, fault.InvalidRequest, "Authorization and X-Access-Key exclude each other.")
	case keys > 0:
		return a.byHeaders(ctx, c)
	case len(authorization) > 1:
		return fault.New(op, fault.InvalidRequest, "There is more than one Authorization header.")
	case len(authorization) == 1:
		scheme, rest, _ := strings.Cut(strings.TrimSpace(authorization[0]), " ")
		if strings.EqualFold(scheme, "Bearer") {
			return a.byToken(ctx, c, strings.TrimSpace(rest))
		}
		return a.bySignature(ctx, c, o)
	case c.port == Console:
		return a.byCookie(ctx, c)
	}
	return nil
}

// headersAllowed is AUTH_HEADERS: a secret in a header must not cross a network in the clear.
func (a *API) headersAllowed(c *call) bool {
	switch a.Config.AuthHeaders {
	case "on":
		return true
	case "off":
		return false
	}
	return c.peer.Secure || c.peer.Loopback && !c.peer.Forwarded
}

func (a *API) byHeaders(ctx context.Context, c *call) error {
	const op = "admin.byHeaders"
	if !a.headersAllowed(c) {
		return fault.New(op, fault.AccessDenied, "X-Access-Key and X-Secret-Key are not taken here: by default only from this machine itself, or over TLS (AUTH_HEADERS).").With(detailCode, "HeaderAuthRefused")
	}
	key, secret := c.r.Header.Values(headerAccessKey), c.r.Header.Values(headerSecretKey)
	if len(key) != 1 || len(secret) != 1 {
		return fault.New(op, fault.InvalidRequest, "X-Access-Key and X-Secret-Key belong together, one of each.")
	}
	// A secret could be guessed here as well as by signing in, so failures have the same limit.
	if err := a.Limits.Guesses(ctx, c.peer.Addr); err != nil {
		return err
	}
	id, err := a.login(ctx, c, key[0], secret[0])
	if err != nil {
		if limited := a.Limits.Guess(ctx, c.peer.Addr); limited != nil {
			return limited
		}
		return err
	}
	c.id, c.via = id, viaHeaders
	return nil
}

// bySignature checks Signature Version 4 over the whole request. Presigned requests have no place here: a link that works without signing
// in is for objects.
func (a *API) bySignature(ctx context.Context, c *call, o *operation) error {
	const op = "admin.bySignature"
	r := c.r
	sr := &sigv4.Request{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header, Hosts: c.peer.Hosts, Length: r.ContentLength}
	base := a.Config.APIBaseURL
	if c.port == Console {
		base = a.Config.UIBaseURL
	}
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		sr.Hosts, sr.Prefix = append(sr.Hosts, u.Host), strings.TrimSuffix(u.EscapedPath(), "/")
	}
	claim, err := sigv4.Parse(sr)
	if err != nil {
		return signatureFault(op, err)
	}
	if claim.Kind != sigv4.HeaderV4 {
		return fault.New(op, fault.InvalidRequest, "The authorization mechanism is not supported here. Use AWS4-HMAC-SHA256 in the Authorization header.")
	}
	c.claimed = claim.AccessKey
	if err := a.verifier.Check(sr, claim, a.Clock.Now()); err != nil {
		return signatureFault(op, err)
	}
	cred, err := a.IAM.Credential(ctx, claim.AccessKey)
	if fault.Is(err, fault.NoSuchUser) {
		return signatureFault(op, sigv4.UnknownAccessKey(claim.AccessKey))
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := a.verifier.Verify(sr, claim, cred.Secret); err != nil {
		return signatureFault(op, err)
	}
	if err := a.holdBody(sr, claim, c, o); err != nil {
		return err
	}
	c.id, c.via, c.claim = cred.Identity, viaSignature, claim
	a.IAM.Used(c.id, claim.Service, claim.Region)
	return nil
}

// signedBody is a body that is held to its signature while it is read.
type signedBody struct {
	*sigv4.Body
	io.Closer
}

// holdBody holds the body to what was signed: a streamed one while it is read, a JSON one at once.
func (a *API) holdBody(sr *sigv4.Request, claim *sigv4.Auth, c *call, o *operation) error {
	const op = "admin.holdBody"
	r := c.r
	if o.bodyIn != "" {
		body, err := sigv4.NewBody(sr, claim, r.Body)
		if err != nil {
			return signatureFault(op, err)
		}
		r.Body = signedBody{body, r.Body}
		return nil
	}
	if claim.Payload != sigv4.Hashed {
		if claim.Payload == sigv4.Unsigned {
			return nil
		}
		return fault.New(op, fault.InvalidRequest, "This operation takes no streamed body.")
	}
	limit := o.maxBody
	if limit == 0 {
		limit = maxBody
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return fault.New(op, fault.IncompleteBody, "")
	}
	if int64(len(body)) > limit {
		return fault.New(op, fault.EntityTooLarge, "")
	}
	if got := sigv4.HashPayload(body); got != claim.PayloadHash {
		return signatureFault(op, sigv4.ContentMismatch(claim.PayloadHash, got))
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// signatureFault gives a refusal of sigv4 the status that S3 gives it. The details of a refusal, which repeat what was signed, stay here.
func signatureFault(op string, err error) error {
	var e *sigv4.Error
	if !errors.As(err, &e) {
		return fault.Wrap(op, err)
	}
	status := http.StatusBadRequest
	switch e.Code {
	case sigv4.CodeAccessDenied, sigv4.CodeInvalidAccessKeyID, sigv4.CodeSignatureDoesNotMatch, sigv4.CodeRequestTimeTooSkewed:
		status = http.StatusForbidden
	case sigv4.CodeNotImplemented:
		status = http.StatusNotImplemented
	case sigv4.CodeMissingContentLength:
		status = http.StatusLengthRequired
	}
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: e.Code, Detail: e.Message}
}
