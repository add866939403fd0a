package s3

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/awsquery"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/limit"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// maxQueryBody bounds the form of an action of IAM or STS; the longest has one policy.
const maxQueryBody = 256 << 10

// asksIdentity reports whether the request is an action of IAM or STS: they come to the root, as a form or in the query.
func (c *call) asksIdentity() bool {
	if c.r.URL.EscapedPath() != "/" || c.r.Method != http.MethodPost && c.r.Method != http.MethodGet || c.trusted != nil || c.s.NamesBucket(c.r) {
		return false
	}
	if c.r.Method == http.MethodPost {
		media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
		if err == nil && media == "application/x-www-form-urlencoded" {
			return true
		}
	}
	return strings.Contains(c.r.URL.RawQuery, "Action=") && strings.Contains(c.r.URL.RawQuery, "Version=")
}

// identity answers an action of IAM or STS, errors included, in their own protocol. A page of another origin can send such a form, but not
// sign it.
func (c *call) identity() {
	c.info.Operation = "IdentityQuery"
	service, form := awsquery.IAM, url.Values(nil)
	err := c.s.Limits.Address(c.ctx(), limit.Admin, c.peer.Addr)
	if err == nil {
		service, form, err = c.readForm()
	}
	if err == nil {
		c.info.Operation, c.info.Target = service+":"+form.Get("Action"), awsquery.Target(form)
		if err = c.signedForm(service, form); err != nil && c.id == nil && (c.claim == nil || c.claim.Kind != sigv4.Anonymous) {
			c.info.Unproven = awsquery.From(protocolError(err)).Code
		}
	}
	if err == nil && !awsquery.Reads(form) {
		err = c.begins()
	}
	if err == nil && !c.id.Anonymous {
		err = c.s.Limits.Key(c.ctx(), limit.Admin, c.id.AccessKey)
	}
	var a awsquery.Answer
	if err != nil {
		refusal := protocolError(err)
		if c.info.Message = awsquery.From(refusal).Message; awsquery.From(refusal).Code == incompleteSignature {
			c.info.Message = "The request signature does not conform to AWS standards." // the sentence repeats what was in place of one
		}
		a = awsquery.Refuse(service, c.info.RequestID, refusal)
	} else {
		a = c.s.identities.Do(c.ctx(), service, &awsquery.Request{Caller: c.id.During(c.info, c.circumstances().Lookup), Form: form, ID: c.info.RequestID})
	}
	if a.Status >= http.StatusInternalServerError {
		c.s.Logger.ErrorContext(c.ctx(), "request failed", "request", c.info.RequestID, "operation", c.info.Operation, "code", a.Code)
	}
	c.w.set("Retry-After", fault.DetailOf(err)[fault.RetryAfter])
	c.w.code, c.w.settle = a.Code, nil
	if c.change {
		if err := c.settle(a.Status); err != nil {
			a = awsquery.Refuse(service, c.info.RequestID, err)
		}
	}
	c.w.setExact("x-amzn-RequestId", c.info.RequestID)
	c.w.text(a.Status, "text/xml", a.Body)
}

// readForm reads the form and finds the service; of an error that is the one that the request seems to mean.
func (c *call) readForm() (service string, form url.Values, err error) {
	service = awsquery.IAM
	if c.r.ContentLength > maxQueryBody {
		return service, nil, s3err.New("EntityTooLarge")
	}
	body, err := io.ReadAll(io.LimitReader(c.w.body, maxQueryBody+1))
	switch {
	case err != nil:
		return service, nil, s3err.New("IncompleteBody").Because(err)
	case len(body) > maxQueryBody:
		return service, nil, s3err.New("EntityTooLarge")
	}
	sum := sha256.Sum256(body)
	c.signed = c.toVerify()
	c.signed.Digest = hex.EncodeToString(sum[:])
	text := string(body)
	if q := c.r.URL.RawQuery; q != "" {
		text = q + "&" + text
	}
	if form, err = url.ParseQuery(strings.TrimSuffix(text, "&")); err != nil {
		return service, nil, &awsquery.Error{Status: http.StatusBadRequest, Code: "MalformedQueryString", Message: "The form cannot be read."}
	}
	named, err := awsquery.Service(form)
	if err == nil {
		service = named
	}
	return service, form, err
}

// signedForm finds out who asks. The scope of the signature names the service of the action.
func (c *call) signedForm(service string, form url.Values) error {
	if err := claimForm(c.signed); err != nil {
		return err
	}
	claim, err := sigv4.Parse(c.signed)
	if err != nil {
		return err
	}
	c.claim = claim
	switch {
	case claim.Kind == sigv4.Anonymous && awsquery.Open(form):
		c.id = iam.Anonymous
		return nil
	case claim.Kind == sigv4.Anonymous:
		return errUnsigned
	case !claim.Kind.V4():
		return sigv4.VersionNotSupported()
	}
	if err := c.claimHolds(service); err != nil {
		return err
	}
	verifier := c.s.verifier.For(service)
	if err := verifier.Check(c.signed, claim, c.now); err != nil {
		return err
	}
	cred, err := c.credential()
	if err != nil {
		return err
	}
	if err := verifier.Verify(c.signed, claim, cred.Secret); err != nil {
		return err
	}
	if err := c.holdWellKnown(claim.AccessKey, cred.Secret); err != nil {
		return err
	}
	c.is(cred.Identity)
	c.used()
	return nil
}

var errUnsigned = errors.New("s3: an action without a signature")

// credential looks the claimed key up, with the token of a session.
func (c *call) credential() (cred iam.Credential, err error) {
	if token := c.claim.SessionToken; token != "" {
		cred, err = c.s.IAM.SessionCredential(c.ctx(), c.claim.AccessKey, token)
	} else {
		cred, err = c.s.IAM.Credential(c.ctx(), c.claim.AccessKey)
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return cred, nil
	case fault.DetailOf(err)["Token"] == "expired":
		return cred, s3err.New("ExpiredToken").Because(err)
	case fault.DetailOf(err)["Token"] != "":
		return cred, s3err.New("InvalidToken").Because(err)
	case kind == fault.NoSuchUser, kind == fault.NotFound, kind == fault.Unauthenticated:
		return cred, sigv4.UnknownAccessKey(c.claim.AccessKey)
	}
	return cred, err
}

// identityCodes are the codes of the protocol for refusals that S3 has other codes for.
var identityCodes = map[string]awsquery.Error{
	sigv4.CodeInvalidAccessKeyID: {Status: http.StatusForbidden, Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid."},
	"InvalidToken":               {Status: http.StatusForbidden, Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid."},
	"ExpiredToken":               {Status: http.StatusForbidden, Code: "ExpiredToken", Message: "The security token included in the request is expired"},
	sigv4.CodeSignatureDoesNotMatch: {Status: http.StatusForbidden, Code: unlikeSignature, Message: "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."},
	"AuthorizationHeaderMalformed": {Status: http.StatusBadRequest, Code: incompleteSignature},
	"InvalidRequest":               {Status: http.StatusBadRequest, Code: incompleteSignature},
	"InvalidArgument":              {Status: http.StatusBadRequest, Code: incompleteSignature},
	"MissingSecurityHeader":        {Status: http.StatusBadRequest, Code: incompleteSignature},
}

// protocolError turns a refusal of the S3 port into one of IAM.
func protocolError(err error) error {
	if errors.Is(err, errUnsigned) {
		return &awsquery.Error{Status: http.StatusForbidden, Code: "MissingAuthenticationToken", Message: "Request is missing Authentication Token"}
	}
	var done *awsquery.Error
	if errors.As(err, &done) {
		return done
	}
	if fault.Is(err, fault.RateLimited) {
		return awsquery.From(err)
	}
	e := s3err.From(err)
	out, ok := identityCodes[e.Code]
	if !ok {
		out = awsquery.Error{Status: e.Status, Code: e.Code}
	}
	if out.Message == "" {
		out.Message = e.Message
	}
	return &out
}
