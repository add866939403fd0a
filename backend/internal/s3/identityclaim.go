package s3

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/awsquery"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// IAM and STS refuse what is wrong with a signature in other words and with other codes than S3.

const (
	incompleteSignature = "IncompleteSignature"
	unlikeSignature     = "SignatureDoesNotMatch"
	basicFormat         = "20060102T150405Z"
	identitySkew        = 15 * time.Minute
)

func identityRefusal(status int, code, text string) error {
	return &awsquery.Error{Status: status, Code: code, Message: text}
}

func incomplete(text string) error {
	return identityRefusal(http.StatusBadRequest, incompleteSignature, text)
}

// claimForm refuses a request whose claim has not the form that IAM asks for; nil for one without a claim.
func claimForm(r *sigv4.Request) error {
	header, query := r.Header["Authorization"], signatureParams(r.Query)
	switch {
	case len(header) > 0 && len(query) > 0:
		return incomplete("AWS query-string parameters and an Authorization header exclude each other.")
	case len(header) > 0:
		return headerForm(r, header[0])
	case len(query) > 0:
		return queryForm(query)
	}
	return nil
}

// signatureParams are the parameters of a query that sign it.
func signatureParams(query string) url.Values {
	out := url.Values{}
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(name)
		if v, bad := url.QueryUnescape(value); err == nil && bad == nil && signing(name) && name != "content-type" && name != "content-md5" {
			out.Set(name, v)
		}
	}
	return out
}

func headerForm(r *sigv4.Request, value string) error {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	switch scheme {
	case "AWS4-HMAC-SHA256":
	case "AWS":
		return incomplete("AWS Signature Version 2 is not supported.")
	default:
		return errUnsigned
	}
	have := map[string]string{}
	for item := range strings.SplitSeq(rest, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		name, v, ok := strings.Cut(item, "=")
		if !ok {
			return incomplete(fmt.Sprintf("Authorization component %q is malformed.", item))
		}
		have[strings.TrimSpace(name)] = strings.TrimSpace(v)
	}
	var lacks strings.Builder
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if have[name] == "" {
			lacks.WriteString("Authorization header requires '" + name + "' parameter. ")
		}
	}
	date, named := r.Header["X-Amz-Date"]
	if !named {
		date = r.Header["Date"]
	}
	if len(date) == 0 || date[0] == "" {
		lacks.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
	}
	if lacks.Len() > 0 {
		sum := sha256.Sum256([]byte(value))
		return incomplete(lacks.String() + "(Hashed with SHA-256 and encoded with Base64) Authorization=" + base64.StdEncoding.EncodeToString(sum[:]))
	}
	if named && !basicDate(date[0]) {
		return incomplete("Date must be in ISO-8601 'basic format'. Got '" + date[0] + "'. See http://en.wikipedia.org/wiki/ISO_8601")
	}
	return credentialForm(have["Credential"])
}

func queryForm(query url.Values) error {
	switch algorithm, given := query["X-Amz-Algorithm"]; {
	case query.Has("AWSAccessKeyId"), query.Has("Signature"):
		return incomplete("AWS Signature Version 2 is not supported.")
	case !given:
		return errUnsigned
	case algorithm[0] != "AWS4-HMAC-SHA256":
		return identityRefusal(http.StatusForbidden, "MissingAuthenticationToken", "Missing Authentication Token")
	}
	for _, name := range []string{"X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature"} {
		if query.Get(name) == "" {
			return incomplete("AWS query-string parameters must include '" + name + "'. Re-examine the query-string parameters.")
		}
	}
	if date := query.Get("X-Amz-Date"); !basicDate(date) {
		return incomplete("Date must be in ISO-8601 'basic format'. Got '" + date + "'. See http://en.wikipedia.org/wiki/ISO_8601")
	}
	return credentialForm(query.Get("X-Amz-Credential"))
}

func basicDate(text string) bool {
	_, err := time.Parse(basicFormat, text)
	return err == nil && len(text) == len(basicFormat)
}

// credentialForm holds a credential to its five parts. The access keys of this server may have slashes.
func credentialForm(text string) error {
	parts := strings.Split(text, "/")
	if n := len(parts); n < 5 || n > 5 && parts[n-1] != "aws4_request" {
		return incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + text + "'")
	}
	if term := parts[len(parts)-1]; term != "aws4_request" {
		return identityRefusal(http.StatusForbidden, unlikeSignature, "Credential should be scoped with a valid terminator: 'aws4_request'.")
	}
	return nil
}

// claimHolds refuses a claim that IAM refuses whatever the key: for its scope, its time, or what it does not sign.
func (c *call) claimHolds(service string) error {
	a := c.claim
	signedHost := false
	for _, name := range a.SignedHeaders {
		signedHost = signedHost || name == "host"
	}
	sent, now := a.Time.UTC(), c.now.UTC()
	life := identitySkew
	if a.Kind == sigv4.QueryV4 {
		life = a.Expires
	}
	switch {
	case a.Region != c.s.Region:
		return identityRefusal(http.StatusForbidden, unlikeSignature, "Credential should be scoped to a valid region. ")
	case a.Service != service:
		return identityRefusal(http.StatusBadRequest, unlikeSignature, "Credential should be scoped to correct service: '"+service+"'.")
	case a.Day != sent.Format("20060102"):
		return identityRefusal(http.StatusBadRequest, unlikeSignature, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.")
	case !signedHost:
		return identityRefusal(http.StatusForbidden, unlikeSignature, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	case sent.Sub(now) > identitySkew:
		return identityRefusal(http.StatusForbidden, unlikeSignature, fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + %d min.)",
			sent.Format(basicFormat), now.Add(identitySkew).Format(basicFormat), now.Format(basicFormat), identitySkew/time.Minute))
	case now.Sub(sent) > life:
		return identityRefusal(http.StatusForbidden, unlikeSignature, fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - %d min.)",
			sent.Format(basicFormat), now.Add(-life).Format(basicFormat), now.Format(basicFormat), life/time.Minute))
	}
	return nil
}
