package sigv4

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/require"
)

// plainRequest is a request without credentials.
func plainRequest() *Request {
	return &Request{Method: "GET", Path: "/bucket/key", Hosts: []string{"localhost:5000"}, Header: header{}}
}

// signedRequest is signed at exampleTime.
func signedRequest() *Request {
	r := plainRequest()
	exampleSigner().Sign(r, EmptyPayload, exampleTime)
	return r
}

// check runs what a server runs, for the example's credentials.
func check(r *Request, now time.Time) (*Auth, error) {
	a, err := Parse(r)
	if err != nil {
		return nil, err
	}
	v := NewVerifier("us-east-1", "s3")
	if err := v.Check(r, a, now); err != nil {
		return a, err
	}
	if a.Kind == Anonymous {
		return a, nil
	}
	if a.AccessKey != exampleKey {
		return a, UnknownAccessKey(a.AccessKey)
	}
	return a, v.Verify(r, a, exampleSecret)
}

func TestAnonymous(t *testing.T) {
	r := plainRequest()
	r.Query = "list-type=2&Expires=1"
	a, err := check(r, exampleTime)
	require.NoError(t, err)
	require.Equal(t, Anonymous, a.Kind)
	requireCode(t, CodeAccessDenied, NewVerifier("us-east-1", "s3").Verify(r, a, ""))
}

func TestHeaderSpacing(t *testing.T) {
	r := signedRequest()
	value := r.Header[headerAuthorization][0]
	parts := strings.Split(strings.TrimPrefix(value, algorithmV4+" "), ",")
	for _, form := range []string{
		algorithmV4 + " " + strings.Join(parts, ","),
		algorithmV4 + " " + strings.Join(parts, ", "),
		algorithmV4 + "  " + strings.Join(parts, " , "),
		" " + algorithmV4 + " " + strings.Join(parts, ",   ") + " ",
		algorithmV4 + " " + strings.Join([]string{parts[2], parts[0], parts[1]}, ", "),
		algorithmV4 + " " + strings.Join(parts, ",") + ",",
	} {
		r.Header[headerAuthorization] = []string{form}
		_, err := check(r, exampleTime)
		require.NoError(t, err, form)
	}
}

func TestHeaderRefusals(t *testing.T) {
	good := signedRequest().Header[headerAuthorization][0]
	scope := exampleKey + "/20130524/us-east-1/s3/aws4_request"
	cases := []struct{ name, value, code, text string }{
		{"empty", "", CodeInvalidArgument, "Authorization header is invalid -- one and only one ' ' (space) required"},
		{"one word", "AWS4-HMAC-SHA256", CodeInvalidArgument, "Authorization header is invalid -- one and only one ' ' (space) required"},
		{"other scheme", "Digest x=y", CodeInvalidArgument, "Unsupported Authorization Type"},
		{"asymmetric", "AWS4-ECDSA-P256-SHA256 Credential=x", CodeNotImplemented, ""},
		{"no credential", strings.Replace(good, "Credential=", "Credent=", 1), CodeHeaderMalformed, "The authorization header is malformed; missing Credential."},
		{"no signature", good[:strings.Index(good, ",Signature")], CodeHeaderMalformed,
			"The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature."},
		{"twice", good + ",Signature=00", CodeHeaderMalformed, ""},
		{"empty signature", "AWS4-HMAC-SHA256 Credential=" + scope + ",SignedHeaders=host,Signature=", CodeHeaderMalformed,
			`The authorization header is malformed; the authorization component "Signature=" is malformed.`},
		{"everything wrong", strings.NewReplacer("20130524", "x", "us-east-1", "x", "/s3/", "/ec2/").Replace(good), CodeHeaderMalformed,
			`The authorization header is malformed; incorrect service "ec2". This endpoint belongs to "s3".`},
		{"short credential", strings.Replace(good, scope, "AKID/20130524", 1), CodeHeaderMalformed,
			`The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`},
		{"no key", strings.Replace(good, exampleKey, "", 1), CodeHeaderMalformed,
			"The authorization header is malformed; a non-empty Access Key (AKID) must be provided in the credential."},
		{"bad day", strings.Replace(good, "20130524", "2013-5-24", 1), CodeHeaderMalformed,
			`The authorization header is malformed; incorrect date format "2013-5-24". This date in the credential must be in the format "yyyyMMdd".`},
		{"other day", strings.Replace(good, "20130524", "20130525", 1), CodeHeaderMalformed,
			`The authorization header is malformed; Invalid credential date "20130525". This date is not the same as X-Amz-Date: "20130524".`},
		{"other region", strings.Replace(good, "us-east-1", "eu-west-1", 1), CodeHeaderMalformed,
			"The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-east-1'"},
		{"other service", strings.Replace(good, "/s3/", "/ec2/", 1), CodeHeaderMalformed,
			`The authorization header is malformed; incorrect service "ec2". This endpoint belongs to "s3".`},
		{"other terminal", strings.Replace(good, "aws4_request", "aws3_request", 1), CodeHeaderMalformed,
			`The authorization header is malformed; incorrect terminal "aws3_request". This endpoint uses "aws4_request".`},
		{"unknown key", strings.Replace(good, exampleKey, "AKIDNOBODY", 1), CodeInvalidAccessKeyID, "The AWS Access Key Id you provided does not exist in our records."},
		{"wrong signature", good[:len(good)-4] + "0000", CodeSignatureDoesNotMatch, ""},
		{"short signature", good[:len(good)-4], CodeSignatureDoesNotMatch, ""},
		{"host not signed", strings.Replace(good, "SignedHeaders=host;", "SignedHeaders=", 1), CodeAccessDenied,
			"There were headers present in the request which were not signed"},
		{"V2 without colon", "AWS keysig", CodeInvalidArgument, "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature"},
		{"V2 without key", "AWS :sig", CodeInvalidArgument, "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := signedRequest()
			r.Header[headerAuthorization] = []string{c.value}
			_, err := check(r, exampleTime)
			e := requireCode(t, c.code, err)
			if c.text != "" {
				require.Equal(t, c.text, e.Message)
			}
			switch c.code {
			case CodeInvalidArgument:
				require.Equal(t, []Pair{{"ArgumentName", "Authorization"}, {"ArgumentValue", c.value}}, e.Detail)
			case CodeSignatureDoesNotMatch:
				require.Equal(t, exampleKey, e.Get("AWSAccessKeyId"))
				require.True(t, strings.HasPrefix(e.Get("StringToSign"), "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n"))
				require.True(t, strings.HasPrefix(e.Get("CanonicalRequest"), "GET\n/bucket/key\n\nhost:localhost:5000\n"))
				require.True(t, strings.HasPrefix(e.Get("CanonicalRequestBytes"), "47 45 54 0a 2f"))
				require.NotContains(t, e.Error(), "bucket")
			}
			if c.name == "other region" {
				require.Equal(t, "us-east-1", e.Get("Region"))
			}
		})
	}
}

func TestHeaderNeedsDateAndHash(t *testing.T) {
	r := signedRequest()
	delete(r.Header, headerAmzDate)
	_, err := check(r, exampleTime)
	require.Equal(t, "AWS authentication requires a valid Date or x-amz-date header", requireCode(t, CodeAccessDenied, err).Message)
	r = signedRequest()
	r.Header[headerAmzDate] = []string{"yesterday"}
	_, err = check(r, exampleTime)
	requireCode(t, CodeAccessDenied, err)
	r = signedRequest()
	delete(r.Header, headerContentSHA256)
	_, err = check(r, exampleTime)
	require.Equal(t, "Missing required header for this request: x-amz-content-sha256", requireCode(t, CodeInvalidRequest, err).Message)
	for value, code := range map[string]string{"nonsense": CodeInvalidArgument, EmptyPayload + "0": CodeInvalidArgument, EmptyPayload[:63] + "g": CodeInvalidArgument, streamingECDSA: CodeNotImplemented} {
		r = signedRequest()
		r.Header[headerContentSHA256] = []string{value}
		_, err = check(r, exampleTime)
		requireCode(t, code, err)
	}
}

// A Date header does where x-amz-date is missing; the string to sign then has it in the short form.
func TestDateHeader(t *testing.T) {
	r := plainRequest()
	s := exampleSigner()
	s.Sign(r, EmptyPayload, exampleTime)
	delete(r.Header, headerAmzDate)
	delete(r.Header, headerAuthorization)
	r.Header[headerDate] = []string{exampleTime.Format(http.TimeFormat)}
	a := s.claim(HeaderV4, EmptyPayload, exampleTime)
	a.signAll(r)
	r.Header[headerAuthorization] = []string{algorithmV4 + " Credential=" + exampleKey + "/20130524/us-east-1/s3/aws4_request, SignedHeaders=" + a.list + ", Signature=" + s.signature(r, a)}
	_, err := check(r, exampleTime)
	require.NoError(t, err)
}

func TestSkew(t *testing.T) {
	for offset, ok := range map[time.Duration]bool{maxSkew: true, -maxSkew: true, maxSkew + time.Second: false, -maxSkew - time.Second: false} {
		_, err := check(signedRequest(), exampleTime.Add(offset))
		if ok {
			require.NoError(t, err)
			continue
		}
		e := requireCode(t, CodeRequestTimeTooSkewed, err)
		require.Equal(t, []Pair{{"RequestTime", "20130524T000000Z"}, {"ServerTime", iso(exampleTime.Add(offset))}, {"MaxAllowedSkewMilliseconds", "900000"}}, e.Detail)
	}
	r := plainRequest()
	exampleSigner().SignV2(r, exampleTime)
	_, err := check(r, exampleTime)
	require.NoError(t, err)
	_, err = check(r, exampleTime.Add(time.Hour))
	require.Equal(t, "Fri, 24 May 2013 00:00:00 GMT", requireCode(t, CodeRequestTimeTooSkewed, err).Get("RequestTime"))
}

func TestUnsignedHeaders(t *testing.T) {
	r := signedRequest()
	r.Header["X-Amz-Meta-B"] = []string{"1"}
	r.Header["X-Amz-Acl"] = []string{"public-read"}
	r.Header["X-Amzn-Trace-Id"] = []string{"Root=1"}
	r.Header["X-Forwarded-For"] = []string{"10.0.0.1"}
	_, err := check(r, exampleTime)
	e := requireCode(t, CodeAccessDenied, err)
	require.Equal(t, []Pair{{"HeadersNotSigned", "x-amz-acl, x-amz-meta-b"}}, e.Detail)

	r = plainRequest()
	r.Query = exampleSigner().Presign(r, time.Hour, exampleTime)
	r.Header["X-Amz-Acl"] = []string{"public-read"}
	_, err = check(r, exampleTime)
	requireCode(t, CodeAccessDenied, err)
}

func TestOnlyOneMechanism(t *testing.T) {
	r := signedRequest()
	for _, q := range []string{"X-Amz-Algorithm=x", "X-Amz-Credential=x", "X%2DAmz-Signature=x", "Signature=x", "AWSAccessKeyId=x"} {
		r.Query = q
		_, err := check(r, exampleTime)
		requireCode(t, CodeInvalidArgument, err)
	}
	r.Query = ""
	r.Header[headerAuthorization] = append(r.Header[headerAuthorization], r.Header[headerAuthorization][0])
	_, err := check(r, exampleTime)
	requireCode(t, CodeInvalidArgument, err)
	r = plainRequest()
	r.Query = "X-Amz-Signature=x&Signature=y"
	_, err = check(r, exampleTime)
	requireCode(t, CodeInvalidArgument, err)
}

func TestPresignedRefusals(t *testing.T) {
	r := plainRequest()
	good := exampleSigner().Presign(r, time.Hour, exampleTime)
	replace := func(old, with string) string {
		require.Contains(t, good, old)
		return strings.Replace(good, old, with, 1)
	}
	const missing = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
	cases := []struct{ query, code, text string }{
		{replace("X-Amz-Algorithm=AWS4-HMAC-SHA256&", ""), CodeQueryParameters, missing},
		{replace("X-Amz-Expires=3600", "X-Amz-Expires="), CodeQueryParameters, missing},
		{"X-Amz-Credential=x", CodeQueryParameters, missing},
		{replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), CodeQueryParameters, `X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"`},
		{replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), CodeNotImplemented, ""},
		{replace("%2Faws4_request", ""), CodeQueryParameters, `Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`},
		{replace("us-east-1", "eu-west-1"), CodeQueryParameters, "Error parsing the X-Amz-Credential parameter; the region 'eu-west-1' is wrong; expecting 'us-east-1'"},
		{replace("%2Fs3", "%2Fec2"), CodeQueryParameters, `Error parsing the X-Amz-Credential parameter; incorrect service "ec2". This endpoint belongs to "s3".`},
		{replace("20130524T", "20130523T"), CodeQueryParameters, `Invalid credential date "20130524". This date is not the same as X-Amz-Date: "20130523".`},
		{replace("20130524T000000Z", "2013-05-24"), CodeQueryParameters, `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`},
		{replace("Expires=3600", "Expires=1h"), CodeQueryParameters, "X-Amz-Expires should be a number"},
		{replace("Expires=3600", "Expires=-1"), CodeQueryParameters, "X-Amz-Expires must be non-negative"},
		{replace("Expires=3600", "Expires=604801"), CodeQueryParameters, "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"},
		{replace("Expires=3600", "Expires=99999999999999999999"), CodeQueryParameters, "X-Amz-Expires should be a number"},
		{replace("Expires=3600", "Expires=0"), CodeAccessDenied, "Request has expired"},
		{replace("Expires=3600", "Expires=604800"), CodeSignatureDoesNotMatch, ""},
		{replace("SignedHeaders=host", "SignedHeaders=range"), CodeAccessDenied, "There were headers present in the request which were not signed"},
		{good + "&versionId=1", CodeSignatureDoesNotMatch, ""},
		{good + "0", CodeSignatureDoesNotMatch, ""},
	}
	for _, c := range cases {
		r.Query = c.query
		_, err := check(r, exampleTime)
		e := requireCode(t, c.code, err)
		if c.text != "" {
			require.Equal(t, c.text, e.Message, c.query)
		}
	}
	r.Query = good
	_, err := check(r, exampleTime.Add(time.Hour-time.Second))
	require.NoError(t, err)
	_, err = check(r, exampleTime.Add(time.Hour))
	e := requireCode(t, CodeAccessDenied, err)
	require.Equal(t, []Pair{{"X-Amz-Expires", "3600"}, {"Expires", "2013-05-24T01:00:00Z"}, {"ServerTime", "2013-05-24T01:00:00Z"}}, e.Detail)
	_, err = check(r, exampleTime.Add(-maxSkew))
	require.NoError(t, err)
	_, err = check(r, exampleTime.Add(-maxSkew-time.Second))
	require.Equal(t, "Request is not valid yet", requireCode(t, CodeAccessDenied, err).Message)
}

func TestPresignedPayload(t *testing.T) {
	r := plainRequest()
	r.Query = exampleSigner().Presign(r, time.Hour, exampleTime)
	a, err := check(r, exampleTime)
	require.NoError(t, err)
	require.Equal(t, Unsigned, a.Payload)
	r.Header[headerContentSHA256] = []string{EmptyPayload} // not signed
	_, err = check(r, exampleTime)
	requireCode(t, CodeAccessDenied, err)
	// as a parameter it is signed and counts
	r = plainRequest()
	r.Query = "X-Amz-Content-Sha256=" + EmptyPayload
	s := exampleSigner()
	a = s.claim(QueryV4, EmptyPayload, exampleTime)
	a.signAll(r)
	r.Query += "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + exampleKey + "%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
	r.Query += "&X-Amz-Signature=" + s.signature(r, a)
	a, err = check(r, exampleTime)
	require.NoError(t, err)
	require.Equal(t, Hashed, a.Payload)
}

func TestSessionToken(t *testing.T) {
	s := NewSigner(Credentials{exampleKey, exampleSecret, "the/token+=="}, "us-east-1", "s3")
	r := plainRequest()
	s.Sign(r, EmptyPayload, exampleTime)
	a, err := check(r, exampleTime)
	require.NoError(t, err)
	require.Equal(t, "the/token+==", a.SessionToken)
	r = plainRequest()
	r.Query = s.Presign(r, time.Hour, exampleTime)
	a, err = check(r, exampleTime)
	require.NoError(t, err)
	require.Equal(t, "the/token+==", a.SessionToken)
	r = plainRequest()
	r.Query = s.PresignV2(r, exampleTime)
	a, err = check(r, exampleTime.Add(-time.Second))
	require.NoError(t, err)
	require.Equal(t, "the/token+==", a.SessionToken)
	r = plainRequest()
	s.SignV2(r, exampleTime)
	a, err = check(r, exampleTime)
	require.NoError(t, err)
	require.Equal(t, "the/token+==", a.SessionToken)
}

func TestHosts(t *testing.T) {
	signedFor := func(host string) *Request {
		r := plainRequest()
		r.Hosts = []string{host}
		exampleSigner().Sign(r, EmptyPayload, exampleTime)
		return r
	}
	for _, c := range []struct {
		signed string
		seen   []string
		ok     bool
	}{
		{"s3.example.com", []string{"10.0.0.1:5000", "s3.example.com"}, true},
		{"s3.example.com", []string{"s3.example.com:443"}, true},
		{"s3.example.com:80", []string{"s3.example.com"}, true},
		{"s3.example.com:443", []string{"other", "s3.example.com"}, true},
		{"[::1]:443", []string{"[::1]"}, true},
		{"[::1]", []string{"[::1]:80"}, true},
		{"s3.example.com:8443", []string{"s3.example.com"}, false},
		{"s3.example.com", []string{"s3.example.com:5000"}, false},
		{"s3.example.com", []string{"evil.example.com", ""}, false},
		{"s3.example.com", nil, false},
	} {
		r := signedFor(c.signed)
		r.Hosts = c.seen
		_, err := check(r, exampleTime)
		if c.ok {
			require.NoError(t, err, "%v", c)
		} else {
			requireCode(t, CodeSignatureDoesNotMatch, err)
		}
	}
}

func TestEncodedSlash(t *testing.T) {
	for _, sl := range []string{"/b/a%2Fb", "/b/a/b"} {
		r := plainRequest()
		r.Path = sl
		exampleSigner().Sign(r, EmptyPayload, exampleTime)
		r.Path = "/b/a%2fb"
		_, err := check(r, exampleTime)
		require.NoError(t, err)
	}
}

func TestCanonicalPath(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "/",
		"/":                      "/",
		"/b//a/..":               "/b//a/..",
		"/b/a b":                 "/b/a%20b",
		"/b/a+b":                 "/b/a%2Bb",
		"/b/%7e%41":              "/b/~A",
		"/b/%e2%82%ac":           "/b/%E2%82%AC",
		"/b/€":                   "/b/%E2%82%AC",
		"/b/%zz%":                "/b/%25zz%25",
		"/b/%2F":                 "/b/%2F",
		"/b/a=b&c@d:e,f;g!$'()*": "/b/a%3Db%26c%40d%3Ae%2Cf%3Bg%21%24%27%28%29%2A",
	} {
		require.Equal(t, want, string(appendPath(nil, in, keepSlashes)), in)
	}
	require.Equal(t, "/b/a/c", string(appendPath(nil, "/b/a%2Fc", decodeSlashes)))
}

func TestCanonicalQuery(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"acl":                   "acl=",
		"acl=":                  "acl=",
		"&&a&":                  "a=",
		"b=2&a=1":               "a=1&b=2",
		"a=2&a=1&a":             "a=&a=1&a=2",
		"prefix=a+b%20c":        "prefix=a%20b%20c",
		"prefix=%zz":            "prefix=%25zz",
		"a=b=c":                 "a=b%3Dc",
		"a;b=1":                 "a%3Bb=1",
		"%61=1":                 "a=1",
		"a-b=1&a=1":             "a=1&a-b=1",
		"k%5B=1&kA=2":           "k%5B=1&kA=2",
		"X-Amz-Signature=1&a=1": "X-Amz-Signature=1&a=1",
		"delimiter=/&prefix=a/": "delimiter=%2F&prefix=a%2F",
	} {
		require.Equal(t, want, string(new(scratch).appendQuery(nil, in, "")), in)
	}
	require.Equal(t, "a=1", string(new(scratch).appendQuery(nil, "X%2DAmz-Signature=1&a=1&X-Amz-Signature=2", paramSignature)))
}

func TestCanonicalHeaders(t *testing.T) {
	r := &Request{Length: 12, Header: header{"X-Amz-Meta-A": {"  a   b \t c ", "d"}, "X-Amz-Meta-Empty": {""}}}
	for name, want := range map[string]string{
		"x-amz-meta-a": "x-amz-meta-a:a b c,d\n", "x-amz-meta-empty": "x-amz-meta-empty:\n", "absent": "absent:\n",
		"content-length": "content-length:12\n", "expect": "expect:100-continue\n", "host": "host:h:1\n", "transfer-encoding": "transfer-encoding:chunked\n",
	} {
		require.Equal(t, want, string(appendHeader(nil, r, name, " h:1")))
	}
	long := strings.Repeat("x-long", 30)
	r.Header[http.CanonicalHeaderKey(long)] = []string{"v"}
	require.Equal(t, long+":v\n", string(appendHeader(nil, r, long, "")))
}

// The AWS SDK's own signer agrees, in both directions.
func TestAgreesWithSDK(t *testing.T) {
	creds := aws.Credentials{AccessKeyID: exampleKey, SecretAccessKey: exampleSecret, SessionToken: "token"}
	sdk := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	for _, key := range []string{"plain", "a b+c%d", "ä/€/😀", "a//b/../c/", "=&@:;,!$'()*~", "tab\tnewline\n"} {
		for _, query := range []string{"", "acl", "prefix=a%20b&delimiter=%2F&max-keys=5", "uploadId=x%2B%3D&partNumber=1"} {
			u, err := url.Parse("http://localhost:5000/bucket/" + (&url.URL{Path: key}).EscapedPath() + "?" + query)
			require.NoError(t, err)
			u.RawPath = escapeKey("/bucket/" + key)
			hr := &http.Request{Method: "PUT", URL: u, Host: u.Host, Header: http.Header{"X-Amz-Meta-Note": {"  two   words "}, "Content-Type": {"text/plain"}}, ContentLength: 5}
			hr.Header.Set("X-Amz-Content-Sha256", EmptyPayload)
			require.NoError(t, sdk.SignHTTP(context.Background(), creds, hr, EmptyPayload, "s3", "us-east-1", exampleTime))
			r := &Request{Method: "PUT", Path: u.EscapedPath(), Query: u.RawQuery, Header: hr.Header, Hosts: []string{u.Host}, Length: 5}
			_, err = check(r, exampleTime)
			require.NoError(t, err, "%q %q", key, query)

			hr = &http.Request{Method: "GET", URL: u, Host: u.Host, Header: http.Header{}}
			u.RawQuery = strings.TrimPrefix(query+"&X-Amz-Expires=600", "&")
			signed, _, err := sdk.PresignHTTP(context.Background(), creds, hr, UnsignedPayload, "s3", "us-east-1", exampleTime)
			require.NoError(t, err)
			link, err := url.Parse(signed)
			require.NoError(t, err)
			r = &Request{Method: "GET", Path: link.EscapedPath(), Query: link.RawQuery, Header: header{}, Hosts: []string{link.Host}}
			a, err := check(r, exampleTime)
			require.NoError(t, err, "%q %q", key, query)
			require.Equal(t, "token", a.SessionToken)
		}
	}
}

func escapeKey(path string) string {
	return string(appendPath(nil, strings.ReplaceAll(path, "%", "%25"), keepSlashes))
}

// Whoever holds a presigned V2 URL must not be able to give it another meaning.
func TestV2CoversWhatChangesMeaning(t *testing.T) {
	r := plainRequest()
	r.Method = "PUT"
	good := exampleSigner().PresignV2(r, exampleTime.Add(time.Hour))
	r.Query = good
	_, err := check(r, exampleTime)
	require.NoError(t, err)
	for name := range signedParams {
		r.Query = good + "&" + name + "=x"
		_, err = check(r, exampleTime)
		requireCode(t, CodeSignatureDoesNotMatch, err)
	}
	for _, q := range []string{"x-amz-acl=public-read", "X-Amz-Meta-A=1", "x%2Damz-tagging=a", "content-type=text/html"} {
		r.Query = good + "&" + q
		_, err = check(r, exampleTime)
		requireCode(t, CodeSignatureDoesNotMatch, err)
	}
	r.Query = good
	r.Header["X-Amz-Acl"] = []string{"public-read"}
	_, err = check(r, exampleTime)
	requireCode(t, CodeSignatureDoesNotMatch, err)
	delete(r.Header, "X-Amz-Acl")
	_, err = check(r, exampleTime.Add(time.Hour))
	require.Equal(t, "Request has expired", requireCode(t, CodeAccessDenied, err).Message)
}

func TestV2Query(t *testing.T) {
	const all = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
	for q, text := range map[string]string{
		"Signature=x": all, "AWSAccessKeyId=x&Signature=y": all, "AWSAccessKeyId=&Signature=y&Expires=1": all,
		"AWSAccessKeyId=x&Signature=y&Expires=soon": "Invalid date (should be seconds since epoch): soon",
	} {
		r := plainRequest()
		r.Query = q
		_, err := check(r, exampleTime)
		require.Equal(t, text, requireCode(t, CodeAccessDenied, err).Message)
	}
	// a plus sign that the client did not encode
	r := plainRequest()
	for i := range 200 {
		r.Query = ""
		q := exampleSigner().PresignV2(r, exampleTime.Add(time.Duration(i)*time.Second))
		r.Query = strings.NewReplacer("%2B", "+", "%2F", "/", "%3D", "=").Replace(q)
		_, err := check(r, exampleTime.Add(-time.Hour))
		require.NoError(t, err, r.Query)
	}
	// a header that repeats what the URL says of it, and one that contradicts it
	r = plainRequest()
	r.Query = "x-amz-acl=private"
	r.Query = exampleSigner().PresignV2(r, exampleTime)
	r.Header["X-Amz-Acl"] = []string{"private"}
	_, err := check(r, exampleTime.Add(-time.Second))
	require.NoError(t, err)
	r.Header["X-Amz-Acl"] = []string{"public-read"}
	_, err = check(r, exampleTime.Add(-time.Second))
	requireCode(t, CodeSignatureDoesNotMatch, err)
	// response overrides are signed decoded, virtual hosts with the bucket in front
	r = plainRequest()
	r.Path, r.Bucket, r.Query = "/key", "bucket", "response-content-disposition=attachment%3B%20filename%3D%22a%20b%22&versionId=x"
	r.Query = exampleSigner().PresignV2(r, exampleTime)
	r.Path, r.Bucket = "/bucket/key", ""
	_, err = check(r, exampleTime.Add(-time.Second))
	require.NoError(t, err)
}

func TestV2SignedChunksRefused(t *testing.T) {
	r := plainRequest()
	r.Header[headerContentSHA256] = []string{StreamingPayload}
	exampleSigner().SignV2(r, exampleTime)
	_, err := check(r, exampleTime)
	requireCode(t, CodeInvalidRequest, err)
}

func TestKeyCache(t *testing.T) {
	var c keyCache
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 3 * cacheSize {
				secret := strconv.Itoa((i + g*cacheSize/2) % (2 * cacheSize))
				if got := c.get(secret, "20130524", "us-east-1", "s3"); got != signingKey(secret, "20130524", "us-east-1", "s3") {
					t.Errorf("wrong key for %s", secret)
				}
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, len(c.young), cacheSize)
	require.LessOrEqual(t, len(c.old), cacheSize)
}

func TestConcurrentVerify(t *testing.T) {
	v := NewVerifier("us-east-1", "s3")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 200 {
				r := plainRequest()
				r.Query = "n=" + strconv.Itoa(i) + "&a=1"
				exampleSigner().Sign(r, EmptyPayload, exampleTime)
				a, err := Parse(r)
				if err != nil || v.Verify(r, a, exampleSecret) != nil || v.Verify(r, a, "other") == nil {
					t.Error("wrong answer")
				}
			}
		})
	}
	wg.Wait()
}

func FuzzAuthorization(f *testing.F) {
	f.Add(signedRequest().Header[headerAuthorization][0], "", "20130524T000000Z", EmptyPayload)
	f.Add("AWS key:sig", "", "Tue, 27 Mar 2007 19:36:42 +0000", "")
	f.Add("AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=,Signature=", "acl", "", "")
	r := plainRequest()
	f.Add("", exampleSigner().Presign(r, time.Hour, exampleTime), "", "")
	f.Add("", exampleSigner().PresignV2(r, exampleTime), "", "UNSIGNED-PAYLOAD")
	f.Fuzz(func(t *testing.T, authorization, query, date, hash string) {
		r := plainRequest()
		r.Query = query
		for name, value := range map[string]string{headerAuthorization: authorization, headerAmzDate: date, headerContentSHA256: hash} {
			if value != "" {
				r.Header[name] = []string{value}
			}
		}
		a, err := Parse(r)
		if err != nil {
			var e *Error
			require.ErrorAs(t, err, &e)
			require.NotEmpty(t, e.Code)
			require.NotEmpty(t, e.Message)
			return
		}
		v := NewVerifier("us-east-1", "s3")
		if err := v.Check(r, a, exampleTime); err != nil {
			var e *Error
			require.ErrorAs(t, err, &e)
		}
		require.Error(t, v.Verify(r, a, "a secret that signed nothing"))
	})
}

// Whatever is signed verifies, and nothing else verifies with its signature.
func FuzzCanonical(f *testing.F) {
	f.Add("/b/k%20k", "prefix=a+b&acl", "  some   value ", "/b/other", "prefix=x")
	f.Add("", "a=1&a=2&X-Amz-Signature=1", "", "/", "a=2&a=1&X-Amz-Signature=1")
	f.Fuzz(func(t *testing.T, path, query, meta, otherPath, otherQuery string) {
		for _, q := range []string{query, otherQuery} {
			for _, name := range []string{paramAlgorithm, paramCredential, paramSignature, paramAccessKeyV2, paramSignatureV2} {
				if hasParam(q, name) {
					return // carries credentials itself
				}
			}
		}
		r := &Request{Method: "PUT", Path: path, Query: query, Header: header{"X-Amz-Meta-A": {meta}}, Hosts: []string{"h"}}
		exampleSigner().Sign(r, EmptyPayload, exampleTime)
		_, err := check(r, exampleTime)
		require.NoError(t, err)

		// canonical forms are fixed points
		p := string(appendPath(nil, path, keepSlashes))
		require.Equal(t, p, string(appendPath(nil, p, keepSlashes)))
		q := string(new(scratch).appendQuery(nil, query, ""))
		require.Equal(t, q, string(new(scratch).appendQuery(nil, q, "")))

		other := *r
		other.Header = maps.Clone(r.Header)
		other.Path, other.Query = otherPath, otherQuery
		_, err = check(&other, exampleTime)
		same := q == string(new(scratch).appendQuery(nil, otherQuery, "")) &&
			(p == string(appendPath(nil, otherPath, keepSlashes)) || p == string(appendPath(nil, otherPath, decodeSlashes)))
		require.Equal(t, same, err == nil)
	})
}

func BenchmarkVerify(b *testing.B) {
	v := NewVerifier("us-east-1", "s3")
	put := &Request{Method: "PUT", Path: "/bucket/some/longer/key-000123.bin", Query: "x-id=PutObject", Hosts: []string{"localhost:5000"}, Length: 4096, Header: header{
		"Content-Type": {"application/octet-stream"}, "X-Amz-Checksum-Crc32": {"AAAAAA=="}, "X-Amz-Sdk-Checksum-Algorithm": {"CRC32"},
		"Amz-Sdk-Invocation-Id": {"01234567-89ab-cdef-0123-456789abcdef"}, "Amz-Sdk-Request": {"attempt=1; max=3"}, "User-Agent": {"bench"}}}
	exampleSigner().Sign(put, EmptyPayload, exampleTime)
	presigned := plainRequest()
	presigned.Query = exampleSigner().Presign(presigned, time.Hour, exampleTime)
	for name, r := range map[string]*Request{"header": put, "query": presigned} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a, err := Parse(r)
				if err == nil {
					err = v.Check(r, a, exampleTime)
				}
				if err == nil {
					err = v.Verify(r, a, exampleSecret)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSign(b *testing.B) {
	s := exampleSigner()
	r := plainRequest()
	b.ReportAllocs()
	for b.Loop() {
		s.Sign(r, UnsignedPayload, exampleTime)
	}
}
