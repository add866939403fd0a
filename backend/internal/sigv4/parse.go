package sigv4

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Query parameters of presigned requests.
const (
	paramAlgorithm     = "X-Amz-Algorithm"
	paramCredential    = "X-Amz-Credential"
	paramDate          = "X-Amz-Date"
	paramExpires       = "X-Amz-Expires"
	paramSignedHeaders = "X-Amz-SignedHeaders"
	paramSignature     = "X-Amz-Signature"
	paramToken         = "X-Amz-Security-Token"
	paramContentSHA256 = "X-Amz-Content-Sha256"
	paramAccessKeyV2   = "AWSAccessKeyId"
	paramExpiresV2     = "Expires"
	paramSignatureV2   = "Signature"
)

// Parse reads who the request says it is from; a request without any credentials is Anonymous. A form that AWS refuses whatever the key
// is an *Error. X-Access-Key headers and Bearer tokens are not read here; the caller takes those out first.
func Parse(r *Request) (*Auth, error) {
	authorization, inHeader := r.Header[headerAuthorization]
	v4, v2 := false, false
	if r.Query != "" {
		v4 = hasParam(r.Query, paramAlgorithm) || hasParam(r.Query, paramCredential) || hasParam(r.Query, paramSignature)
		v2 = hasParam(r.Query, paramAccessKeyV2) || hasParam(r.Query, paramSignatureV2)
	}
	switch {
	case inHeader && len(authorization) > 0:
		if v4 || v2 || len(authorization) > 1 {
			return nil, invalidAuthorization("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "+
				"Signature query string parameter or the Authorization header should be specified", authorization[0])
		}
		return parseHeader(r, authorization[0])
	case v4 && v2:
		return nil, invalidAuthorization("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "+
			"Signature query string parameter or the Authorization header should be specified", "")
	case v4:
		return parseQuery(r)
	case v2:
		return parseQueryV2(r)
	}
	a := &Auth{}
	return a, a.readPayload(first(r.Header, headerContentSHA256))
}

func hasParam(query, name string) bool {
	_, ok := queryValue(query, name)
	return ok
}

// first returns the first value of a header that is named in canonical form.
func first(header map[string][]string, name string) string {
	if v := header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func parseHeader(r *Request, value string) (*Auth, error) {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(value), " ")
	if !ok {
		return nil, invalidAuthorization("Authorization header is invalid -- one and only one ' ' (space) required", value)
	}
	switch scheme {
	case algorithmV4:
		return parseHeaderV4(r, rest)
	case "AWS":
		return parseHeaderV2(r, value, rest)
	case algorithmV4a:
		return nil, notImplemented(headerAuthorization)
	}
	return nil, invalidAuthorization("Unsupported Authorization Type", value)
}

func notImplemented(header string) *Error {
	return refuse(CodeNotImplemented, "A header you provided implies functionality that is not implemented", Pair{"Header", header})
}

func parseHeaderV4(r *Request, rest string) (*Auth, error) {
	a := &Auth{Kind: HeaderV4}
	var credential string
	var items []string
	for item := range strings.SplitSeq(rest, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	if len(items) != 3 {
		return nil, malformedHeader("the authorization header requires three components: Credential, SignedHeaders, and Signature.")
	}
	for _, item := range items {
		name, value, _ := strings.Cut(item, "=")
		name, value = strings.TrimRight(name, " "), strings.TrimLeft(value, " ")
		if value == "" {
			return nil, malformedHeader(`the authorization component "` + item + `" is malformed.`)
		}
		switch name {
		case "Credential":
			credential = value
		case "SignedHeaders":
			a.list = value
		case "Signature":
			a.Signature = value
		}
	}
	for _, p := range []Pair{{"Credential", credential}, {"SignedHeaders", a.list}, {"Signature", a.Signature}} {
		if p.Value == "" {
			return nil, malformedHeader("missing " + p.Name + ".")
		}
	}
	if why := a.readCredential(credential); why != "" {
		return nil, malformedHeader(why)
	}
	a.SignedHeaders = strings.Split(a.list, ";")
	if err := a.readDate(r); err != nil {
		return nil, err
	}
	a.SessionToken = first(r.Header, headerSecurityToken)
	a.PayloadHash = first(r.Header, headerContentSHA256)
	if r.Digest != "" {
		a.PayloadHash = r.Digest
	}
	if a.PayloadHash == "" {
		return nil, refuse(CodeInvalidRequest, "Missing required header for this request: x-amz-content-sha256")
	}
	return a, a.readPayload(a.PayloadHash)
}

func parseQuery(r *Request) (*Auth, error) {
	a := &Auth{Kind: QueryV4}
	var algorithm, credential, expires string
	for _, p := range []struct {
		name  string
		field *string
	}{
		{paramAlgorithm, &algorithm}, {paramCredential, &credential}, {paramSignature, &a.Signature}, {paramDate, &a.timeText},
		{paramSignedHeaders, &a.list}, {paramExpires, &expires},
	} {
		*p.field, _ = queryValue(r.Query, p.name)
		if *p.field == "" && p.name == paramExpires && r.Digest != "" { // only S3 asks for it
			*p.field = strconv.Itoa(int(maxSkew / time.Second))
		}
		if *p.field == "" {
			return nil, badQuery("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, " +
				"X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
		}
	}
	switch algorithm {
	case algorithmV4:
	case algorithmV4a:
		return nil, notImplemented(paramAlgorithm)
	default:
		return nil, badQuery(`X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"`)
	}
	if why := a.readCredential(credential); why != "" {
		return nil, badQuery("Error parsing the X-Amz-Credential parameter; " + why)
	}
	var err error
	if a.Time, err = time.Parse(timeFormat, a.timeText); err != nil || len(a.timeText) != len(timeFormat) {
		return nil, badQuery(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
	}
	seconds, err := strconv.ParseInt(expires, 10, 64)
	switch {
	case err != nil:
		return nil, badQuery("X-Amz-Expires should be a number")
	case seconds < 0:
		return nil, badQuery("X-Amz-Expires must be non-negative")
	case seconds > int64(maxExpires/time.Second):
		return nil, badQuery("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	}
	a.Expires = time.Duration(seconds) * time.Second
	a.ExpiresAt = a.Time.Add(a.Expires)
	a.SignedHeaders = strings.Split(a.list, ";")
	a.SessionToken, _ = queryValue(r.Query, paramToken)
	a.PayloadHash, _ = queryValue(r.Query, paramContentSHA256)
	if a.PayloadHash == "" {
		a.PayloadHash = first(r.Header, headerContentSHA256)
	}
	switch {
	case r.Digest != "":
		a.PayloadHash = r.Digest
	case a.PayloadHash == "":
		a.PayloadHash = UnsignedPayload
	}
	return a, a.readPayload(a.PayloadHash)
}

// readCredential splits AKID/day/region/service/aws4_request from its end, since an access key may hold slashes. It returns what is
// wrong with it, in AWS's words.
func (a *Auth) readCredential(credential string) string {
	var parts [4]string
	rest := credential
	for i := len(parts) - 1; i >= 0; i-- {
		cut := strings.LastIndexByte(rest, '/')
		if cut < 0 {
			return `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`
		}
		rest, parts[i] = rest[:cut], rest[cut+1:]
	}
	a.AccessKey, a.Day, a.Region, a.Service = rest, parts[0], parts[1], parts[2]
	if a.AccessKey == "" {
		return "a non-empty Access Key (AKID) must be provided in the credential."
	}
	if parts[3] != terminal {
		return `incorrect terminal "` + parts[3] + `". This endpoint uses "` + terminal + `".`
	}
	return ""
}

// readDate takes the time of a request with an Authorization header from x-amz-date, else from Date.
func (a *Auth) readDate(r *Request) *Error {
	text := first(r.Header, headerAmzDate)
	if text == "" {
		text = first(r.Header, headerDate)
	}
	t, ok := parseTime(text)
	if !ok {
		return badDate()
	}
	a.Time, a.timeText = t, text
	if len(text) != len(timeFormat) {
		a.timeText = t.Format(timeFormat)
	}
	return nil
}

// parseTime reads the date formats that AWS takes in Date and x-amz-date.
func parseTime(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if len(text) == len(timeFormat) {
		if t, err := time.Parse(timeFormat, text); err == nil {
			return t, true
		}
	}
	for _, format := range [...]string{http.TimeFormat, time.RFC1123Z, time.RFC1123, time.RFC850, time.ANSIC, time.RFC3339} {
		if t, err := time.Parse(format, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// readPayload takes the form of the body from the value of x-amz-content-sha256.
func (a *Auth) readPayload(value string) error {
	a.PayloadHash = value
	switch value {
	case "", UnsignedPayload:
		a.Payload = Unsigned
	case StreamingPayload:
		a.Payload = SignedChunks
	case StreamingPayloadTrailer:
		a.Payload = SignedChunksTrailer
	case StreamingUnsignedTrailer:
		a.Payload = ChunksTrailer
	case streamingECDSA, streamingECDSATrailer:
		return notImplemented("x-amz-content-sha256")
	default:
		// Where the value is not signed as a header S3 takes whatever it is for a digest, which no body then has.
		if !isHash(value) && a.Kind != Anonymous && a.Kind != QueryV4 {
			return refuse(CodeInvalidArgument, "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "+
				"STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, "+
				"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
				Pair{"ArgumentName", "x-amz-content-sha256"}, Pair{"ArgumentValue", value})
		}
		a.Payload = Hashed
	}
	if a.Payload == SignedChunks || a.Payload == SignedChunksTrailer {
		switch a.Kind {
		case Anonymous:
			return refuse(CodeInvalidRequest, "Anonymous requests don't support this x-amz-content-sha256 value. "+
				"Please use UNSIGNED-PAYLOAD or STREAMING-UNSIGNED-PAYLOAD-TRAILER.")
		case HeaderV2, QueryV2:
			return VersionNotSupported()
		}
	}
	return nil
}

func isHash(s string) bool {
	if len(s) != 2*hashSize {
		return false
	}
	for i := range len(s) {
		if nibble(s[i]) > 15 {
			return false
		}
	}
	return true
}
