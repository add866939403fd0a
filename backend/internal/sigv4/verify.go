package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Verifier holds what a server expects of signatures. It is safe for concurrent use; set the fields before the first call.
type Verifier struct {
	Region  string // of the scope, "us-east-1"
	Service string // of the scope, "s3"
	keys    keyCache
}

// NewVerifier returns a Verifier for a region and a service.
func NewVerifier(region, service string) *Verifier {
	return &Verifier{Region: region, Service: service}
}

// For returns the Verifier of another service of the same server.
func (v *Verifier) For(service string) *Verifier {
	return &Verifier{Region: v.Region, Service: service}
}

// Check holds everything about the claim that needs no secret: scope, clock, life of a presigned request, and that all that must be
// signed is. Refusals are *Error. An anonymous claim passes.
func (v *Verifier) Check(r *Request, a *Auth, now time.Time) error {
	switch a.Kind {
	case HeaderV4:
		if why := v.checkScope(a); why != "" {
			return malformedHeader(why, v.regionDetail(a)...)
		}
		if day := a.timeText[:len(dayFormat)]; a.Day != day {
			return malformedHeader(`Invalid credential date "` + a.Day + `". This date is not the same as X-Amz-Date: "` + day + `".`)
		}
		if skew := now.Sub(a.Time); skew > maxSkew || skew < -maxSkew {
			return skewed(a.timeText, now)
		}
		return checkSigned(r, a)
	case QueryV4:
		if why := v.checkScope(a); why != "" {
			return badQuery("Error parsing the X-Amz-Credential parameter; "+why, v.regionDetail(a)...)
		}
		if day := a.timeText[:len(dayFormat)]; a.Day != day {
			return badQuery(`Invalid credential date "` + a.Day + `". This date is not the same as X-Amz-Date: "` + day + `".`)
		}
		switch {
		case a.Time.Sub(now) > maxSkew:
			return denied("Request is not valid yet", Pair{"X-Amz-Date", a.timeText}, Pair{"ServerTime", iso(now)})
		case !now.Before(a.ExpiresAt):
			e := expired(a.ExpiresAt, now)
			e.Detail = append([]Pair{{"X-Amz-Expires", strconv.FormatInt(int64(a.Expires/time.Second), 10)}}, e.Detail...)
			return e
		}
		return checkSigned(r, a)
	case FormV4: // its policy has the end of its life
		if why := v.checkScope(a); why != "" {
			return badQuery("Error parsing the X-Amz-Credential parameter; "+why, v.regionDetail(a)...)
		}
	case HeaderV2:
		if skew := now.Sub(a.Time); skew > maxSkew || skew < -maxSkew {
			return skewed(a.timeText, now)
		}
	case QueryV2:
		if !now.Before(a.ExpiresAt) {
			return expired(a.ExpiresAt, now)
		}
	}
	return nil
}

// checkScope returns what is wrong with the scope of the credential, in AWS's words and order.
func (v *Verifier) checkScope(a *Auth) string {
	switch {
	case a.Service != v.Service:
		return `incorrect service "` + a.Service + `". This endpoint belongs to "` + v.Service + `".`
	case a.Region != v.Region:
		return `the region '` + a.Region + `' is wrong; expecting '` + v.Region + `'`
	}
	if _, err := time.Parse(dayFormat, a.Day); err != nil || len(a.Day) != len(dayFormat) {
		return `incorrect date format "` + a.Day + `". This date in the credential must be in the format "yyyyMMdd".`
	}
	return ""
}

func (v *Verifier) regionDetail(a *Auth) []Pair {
	if a.Service == v.Service && a.Region != v.Region {
		return []Pair{{"Region", v.Region}}
	}
	return nil
}

// checkSigned refuses a request with a header that changes its meaning and is not signed: host, and every x-amz-*.
func checkSigned(r *Request, a *Auth) error {
	var missing []string
	if !slices.Contains(a.SignedHeaders, "host") {
		missing = append(missing, "host")
	}
	for name := range r.Header {
		if r.Digest != "" { // only S3 asks for the rest
			break
		}
		if len(name) < 6 || !strings.EqualFold(name[:6], "x-amz-") {
			continue
		}
		if !slices.ContainsFunc(a.SignedHeaders, func(s string) bool { return len(s) == len(name) && strings.EqualFold(s, name) }) {
			missing = append(missing, strings.ToLower(name))
		}
	}
	if missing == nil {
		return nil
	}
	slices.Sort(missing)
	return denied("There were headers present in the request which were not signed", Pair{"HeadersNotSigned", strings.Join(missing, ", ")})
}

// Verify compares the signature with the one that secret makes, in a time that does not tell how much of it was right. It tries every
// host of the request. A difference is an *Error with what was signed here. After nil the claim is proven, except for the body, which
// NewBody holds to it. Verifying an anonymous claim is an error of the caller and is refused.
func (v *Verifier) Verify(r *Request, a *Auth, secret string) error {
	switch a.Kind {
	case HeaderV4, QueryV4:
		return v.verifyV4(r, a, secret)
	case HeaderV2, QueryV2:
		return verifyV2(r, a, secret)
	case FormV4, FormV2:
		return v.verifyForm(a, secret)
	}
	return denied("Access Denied")
}

func (v *Verifier) verifyV4(r *Request, a *Auth, secret string) error {
	key := v.keys.get(secret, a.Day, a.Region, a.Service)
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	sent := form{}
	if len(r.Hosts) > 0 {
		sent.host = r.Hosts[0]
	}
	if s.matches(r, a, key, sent) || s.matchesOther(r, a, key) {
		a.key, a.verified = key, true
		return nil
	}
	s.canonical(r, a, sent)
	s.stringToSign(a)
	return mismatch(a.AccessKey, a.Signature, string(s.text), string(s.buf))
}

func (s *scratch) matches(r *Request, a *Auth, key [hashSize]byte, f form) bool {
	s.canonical(r, a, f)
	s.stringToSign(a)
	sum := hmac256(key[:], s.text)
	var text [2 * hashSize]byte
	return subtle.ConstantTimeCompare(appendHex(text[:0], sum), []byte(a.Signature)) == 1
}

// matchesOther tries what else the client may have signed: another name of the server, a host with or without the default port, a path
// that is longer than what the proxy passed on, one whose encoded slashes it signed decoded.
func (s *scratch) matchesOther(r *Request, a *Auth, key [hashSize]byte) bool {
	ways := append(make([]form, 0, 4), form{})
	if r.Prefix != "" {
		ways = append(ways, form{prefix: r.Prefix})
	}
	if strings.Contains(r.Path, "%2F") || strings.Contains(r.Path, "%2f") {
		for _, f := range ways {
			ways = append(ways, form{prefix: f.prefix, slashes: decodeSlashes})
		}
	}
	for i, host := range r.Hosts {
		for j, h := range ports(host) {
			for k, f := range ways {
				if h == "" || i+j+k == 0 {
					continue // there is none, or it has been tried
				}
				f.host = h
				if s.matches(r, a, key, f) {
					return true
				}
			}
		}
	}
	return false
}

// ports returns the forms of a host that name the same place, the given one first: clients and proxies add or drop the default ports.
func ports(host string) [3]string {
	if bare, ok := strings.CutSuffix(host, ":443"); ok {
		return [3]string{host, bare}
	}
	if bare, ok := strings.CutSuffix(host, ":80"); ok {
		return [3]string{host, bare}
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 {
		return [3]string{host}
	}
	return [3]string{host, host + ":443", host + ":80"}
}

// stringToSign builds the string to sign of the canonical request in s.buf.
func (s *scratch) stringToSign(a *Auth) {
	b := append(s.text[:0], algorithmV4...)
	b = append(b, '\n')
	b = append(b, a.timeText...)
	b = append(b, '\n')
	b = a.appendScope(b)
	b = append(b, '\n')
	s.text = appendHex(b, sha256.Sum256(s.buf))
}

// appendScope appends day/region/service/aws4_request.
func (a *Auth) appendScope(b []byte) []byte {
	b = append(b, a.Day...)
	b = append(b, '/')
	b = append(b, a.Region...)
	b = append(b, '/')
	b = append(b, a.Service...)
	b = append(b, '/')
	return append(b, terminal...)
}
