package s3

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/peer"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// Headers of the fourth kind of authentication.
const (
	headerAccessKey = "X-Access-Key"
	headerSecretKey = "X-Secret-Key"
)

// authenticate finds out who asks. Whoever shows any credentials is never treated as anonymous.
func (c *call) authenticate() error {
	c.signed = c.toVerify()
	if c.virtual {
		c.signed.Bucket = c.bucket
	}
	if v := c.r.Header["Authorization"]; len(v) == 1 && v[0] == "" {
		return s3err.New("AccessDenied")
	}
	if c.op.Auth == AuthForm {
		return c.authenticateByForm()
	}
	_, key := c.r.Header[headerAccessKey]
	_, secret := c.r.Header[headerSecretKey]
	claim, err := sigv4.Parse(c.signed)
	if err != nil {
		return err
	}
	c.claim = claim
	if key || secret {
		return c.authenticateByHeaders()
	}
	if claim.Kind == sigv4.Anonymous {
		if c.r.Header.Get("X-Amz-Security-Token") != "" || c.query.has("X-Amz-Security-Token") {
			return s3err.New("InvalidToken") // it is no credential by itself
		}
		c.id = iam.Anonymous
		if c.op.Auth == AuthKnown {
			return s3err.Text("AccessDenied", nobodys[c.op.Name])
		}
		return nil
	}
	return c.authenticateBySignature()
}

// nobodys is what S3 says to somebody without credentials of operations that no policy and no list opens to them.
var nobodys = map[string]string{
	"CopyObject":            "Anonymous users cannot copy objects. Please authenticate.",
	"CreateMultipartUpload": "Anonymous users cannot initiate multipart uploads. Please authenticate.",
	"UploadPartCopy":        "Anonymous users cannot copy objects. Please authenticate.",
}

// toVerify is the request as its signature has it.
func (c *call) toVerify() *sigv4.Request {
	r := &sigv4.Request{
		Method: c.r.Method, Path: c.r.URL.EscapedPath(), Query: c.r.URL.RawQuery, Header: c.r.Header, Hosts: c.peer.Hosts, Length: c.r.ContentLength,
	}
	if c.s.public.Host != "" { // a proxy may tell nothing of the name that the client used
		r.Hosts, r.Prefix = append(r.Hosts, c.s.public.Host), c.s.public.EscapedPath()
	}
	return r
}

func (c *call) authenticateBySignature() error {
	if !c.claim.Kind.V4() && !c.s.SigV2 {
		return sigv4.VersionNotSupported()
	}
	if c.claim.Kind == sigv4.HeaderV2 && c.claim.Time.Unix() < 0 { // before there were dates, to S3
		return s3err.Text("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
	}
	if err := c.s.verifier.Check(c.signed, c.claim, c.now); err != nil {
		return err
	}
	cred, err := c.credential()
	if err != nil {
		return err
	}
	err = c.s.verifier.Verify(c.signed, c.claim, cred.Secret)
	if err != nil && !c.claim.Kind.V4() && c.scope == Bucket && !c.virtual && !strings.HasSuffix(c.signed.Path, "/") {
		// botocore asks for /bucket and signs /bucket/, by Signature Version 2.
		slashed := *c.signed
		slashed.Path += "/"
		if c.s.verifier.Verify(&slashed, c.claim, cred.Secret) == nil {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	if err := c.holdWellKnown(c.claim.AccessKey, cred.Secret); err != nil {
		return err
	}
	c.is(cred.Identity)
	c.used()
	return nil
}

// holdWellKnown keeps the secret that everybody knows from being used by pages of other sites: they could sign with it as well as its owner.
// A browser lets a page read answers, and write in other ways than by POST, only as far as CORS allows; so what is left to refuse is the POST.
// Pages of this machine, and those of origins that the settings name, may. A page that is reached by a name which leads here seems to be of
// this server, so that name has to be one that no stranger can have made.
func (c *call) holdWellKnown(accessKey, secret string) error {
	if !iam.WellKnown(accessKey, secret) {
		return nil
	}
	known := !slices.ContainsFunc(c.peer.Hosts, func(host string) bool {
		_, ours := bucketOfHost(host, c.s.Domains)
		return !ours && !c.s.names.Known(host) && !peer.Private(host)
	})
	var origins []string
	if c.r.Method == http.MethodPost {
		origins = c.r.Header["Origin"]
	}
	for _, origin := range origins {
		known = known && (peer.Local(origin) || c.s.names.Own(&c.peer, origin) || c.s.CORS.names(origin))
	}
	if known {
		return nil
	}
	return s3err.Text("AccessDenied", "This key still has the well-known secret, with which no page of another site may use the server. Change it: myfsio user rotate "+accessKey)
}

// authenticateByHeaders checks X-Access-Key and X-Secret-Key. They carry the secret itself, so by default they count only where nobody can
// listen, and they are never mixed with a signature, so that no proxy can be talked into adding one to the other.
func (c *call) authenticateByHeaders() error {
	h := c.r.Header
	if c.claim.Kind != sigv4.Anonymous || h.Get("Authorization") != "" {
		return s3err.Text("InvalidRequest", "X-Access-Key and X-Secret-Key cannot be combined with another form of authentication.")
	}
	if len(h[headerAccessKey]) != 1 || len(h[headerSecretKey]) != 1 {
		return s3err.Text("InvalidRequest", "X-Access-Key and X-Secret-Key must both be given, each once.")
	}
	switch c.s.AuthHeaders {
	case AuthHeadersOn:
	case AuthHeadersOff:
		return s3err.Text("AccessDenied", "Authentication by X-Access-Key and X-Secret-Key is switched off.")
	default:
		if !c.peer.Secure && (!c.peer.Loopback || c.peer.Forwarded) {
			return s3err.Text("AccessDenied", "Authentication by X-Access-Key and X-Secret-Key needs TLS or a client on this machine.")
		}
	}
	if err := c.s.Limits.Guesses(c.ctx(), c.peer.Addr); err != nil {
		return err
	}
	key, secret := h.Get(headerAccessKey), h.Get(headerSecretKey)
	id, err := c.s.IAM.Login(c.ctx(), key, secret, c.info.Remote)
	switch kind := fault.KindOf(err); {
	case err == nil:
		if err := c.holdWellKnown(key, secret); err != nil {
			return err
		}
		c.is(id)
		c.used()
		return nil
	case kind == fault.LockedOut, kind == fault.Unauthenticated, kind == fault.NoSuchUser:
		if limited := c.s.Limits.Guess(c.ctx(), c.peer.Addr); limited != nil {
			return limited
		}
		return s3err.Text("AccessDenied", "The access key or the secret key is not right, or the key is locked for a while.").Because(err)
	}
	return err
}

func (c *call) is(id *iam.Identity) {
	c.id = id
	c.info.AccessKey = id.AccessKey
}

// used notes that the caller's key was used.
func (c *call) used() {
	if c.claim.Kind.V4() {
		c.s.IAM.Used(c.id, c.claim.Service, c.claim.Region)
	} else {
		c.s.IAM.Used(c.id, c.s.Service, c.s.Region)
	}
}

// expectOwner holds a header that names the account of a bucket's owner by its number.
func (c *call) expectOwner(header string, b *meta.Bucket) error {
	v, ok := c.header[header]
	switch {
	case !ok || b == nil:
		return nil
	case len(v) != 1 || !accountNumber.MatchString(v[0]):
		return s3err.New("InvalidBucketOwnerAWSAccountID")
	case v[0] != iam.AccountNumber(b.Account):
		return s3err.New("AccessDenied")
	}
	return nil
}

var accountNumber = regexp.MustCompile(`^[0-9]{12}$`)
