package sigv4

import (
	"crypto/sha256"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Credentials are what a request is signed with.
type Credentials struct {
	AccessKey string
	Secret    string
	Token     string // session token, may be empty
}

// Signer signs requests for one set of credentials. It is safe for concurrent use; set the fields before the first call.
type Signer struct {
	Credentials
	Region  string
	Service string
	keys    keyCache
}

// NewSigner returns a Signer for the credentials, a region and a service.
func NewSigner(c Credentials, region, service string) *Signer {
	return &Signer{Credentials: c, Region: region, Service: service}
}

// HashPayload is the value of x-amz-content-sha256 for a body.
func HashPayload(body []byte) string { return hexOf(sha256.Sum256(body)) }

// Sign sets Authorization, X-Amz-Date, X-Amz-Content-Sha256 and, with a session token, X-Amz-Security-Token in r.Header, which must not
// be nil. It signs the first host and every header but those that intermediaries change. payload is HashPayload of the body or one of the
// constants. Path and Query must be percent-encoded as they will be sent. The result is the signature, with which the chunks of a streamed
// body go on.
func (s *Signer) Sign(r *Request, payload string, now time.Time) string {
	a := s.claim(HeaderV4, payload, now)
	r.Header[headerAmzDate] = []string{a.timeText}
	r.Header[headerContentSHA256] = []string{payload}
	if s.Token != "" {
		r.Header[headerSecurityToken] = []string{s.Token}
	}
	delete(r.Header, headerAuthorization)
	a.signAll(r)
	sum := s.signature(r, a)
	var b strings.Builder
	b.Grow(256)
	b.WriteString(algorithmV4 + " Credential=")
	b.WriteString(s.AccessKey)
	b.WriteByte('/')
	b.Write(a.appendScope(nil))
	b.WriteString(",SignedHeaders=")
	b.WriteString(a.list)
	b.WriteString(",Signature=")
	b.WriteString(sum)
	r.Header[headerAuthorization] = []string{b.String()}
	return sum
}

// Presign returns the query of a URL that is valid for expires from now, in whole seconds from 1 to 604800 (the caller checks): r.Query
// with the parameters of the signature added. Every header in r.Header must be sent with the request. The body is not signed.
func (s *Signer) Presign(r *Request, expires time.Duration, now time.Time) string {
	a := s.claim(QueryV4, UnsignedPayload, now)
	a.signAll(r)
	b := []byte(r.Query)
	add := func(name, value string) {
		if len(b) > 0 {
			b = append(b, '&')
		}
		b = append(append(b, name...), '=')
		for i := range len(value) {
			if c := value[i]; plain[c] {
				b = append(b, c)
			} else {
				b = appendEscaped(b, c)
			}
		}
	}
	add(paramAlgorithm, algorithmV4)
	add(paramCredential, s.AccessKey+"/"+string(a.appendScope(nil)))
	add(paramDate, a.timeText)
	add(paramExpires, strconv.FormatInt(int64(expires/time.Second), 10))
	if s.Token != "" {
		add(paramToken, s.Token)
	}
	add(paramSignedHeaders, a.list)
	signed := *r
	signed.Query = string(b)
	add(paramSignature, s.signature(&signed, a))
	return string(b)
}

// SignV2 sets Authorization to a Signature Version 2 and Date to now, unless the request has an X-Amz-Date.
func (s *Signer) SignV2(r *Request, now time.Time) {
	if s.Token != "" {
		r.Header[headerSecurityToken] = []string{s.Token}
	}
	if first(r.Header, headerAmzDate) == "" {
		r.Header[headerDate] = []string{now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}
	}
	a := &Auth{Kind: HeaderV2}
	r.Header[headerAuthorization] = []string{"AWS " + s.AccessKey + ":" + signV2(s.Secret, stringToSignV2(r, a))}
}

// PresignV2 returns r.Query with the parameters of a Signature Version 2 that ends at a time.
func (s *Signer) PresignV2(r *Request, end time.Time) string {
	a := &Auth{Kind: QueryV2, timeText: strconv.FormatInt(end.Unix(), 10)}
	query := []byte(r.Query)
	add := func(name, value string) {
		if len(query) > 0 {
			query = append(query, '&')
		}
		query = append(append(query, name...), '=')
		query = appendQueryPart(query, strings.NewReplacer("%", "%25", "+", "%2B").Replace(value))
	}
	if s.Token != "" {
		add("x-amz-security-token", s.Token)
	}
	signed := *r
	signed.Query = string(query)
	signature := signV2(s.Secret, stringToSignV2(&signed, a))
	add(paramAccessKeyV2, s.AccessKey)
	add(paramExpiresV2, a.timeText)
	add(paramSignatureV2, signature)
	return string(query)
}

func (s *Signer) claim(kind Kind, payload string, now time.Time) *Auth {
	text := now.UTC().Format(timeFormat)
	return &Auth{Kind: kind, AccessKey: s.AccessKey, Region: s.Region, Service: s.Service, Day: text[:len(dayFormat)], timeText: text, PayloadHash: payload}
}

// changing are the headers that libraries and proxies set or alter on the way.
var changing = map[string]bool{
	"Authorization": true, "User-Agent": true, "Accept-Encoding": true, "Connection": true, "Expect": true, "Te": true, "Trailer": true,
	"Transfer-Encoding": true, "Content-Length": true, "Host": true,
}

// signAll lists host and every header of the request that stays as it is.
func (a *Auth) signAll(r *Request) {
	a.SignedHeaders = append(make([]string, 0, len(r.Header)+1), "host")
	for name := range r.Header {
		if !changing[textproto.CanonicalMIMEHeaderKey(name)] {
			a.SignedHeaders = append(a.SignedHeaders, strings.ToLower(name))
		}
	}
	slices.Sort(a.SignedHeaders)
	a.list = strings.Join(a.SignedHeaders, ";")
}

// signature signs the claim for the request's first host.
func (s *Signer) signature(r *Request, a *Auth) string {
	host := ""
	if len(r.Hosts) > 0 {
		host = r.Hosts[0]
	}
	c := scratches.Get().(*scratch)
	defer scratches.Put(c)
	c.canonical(r, a, form{host: host})
	c.stringToSign(a)
	key := s.keys.get(s.Secret, a.Day, a.Region, a.Service)
	return hexOf(hmac256(key[:], c.text))
}
