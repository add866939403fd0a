package s3

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/awsquery"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// Whatever the path, a target is either refused or names exactly what was escaped; putting the escapes back finds the same again.
func FuzzLocate(f *testing.F) {
	for _, s := range []string{"/", "/bucket", "/bucket/", "/bucket/key", "/bucket//a/../b", "/bucket/%2F%2e%2e", "//key", "/b%2Fc/k", "/bucket/%00", "/bucket/%ff", "*", "", "/%zz", "/bucket/a%2fb?"} {
		f.Add(s, "127.0.0.1:5000")
		f.Add(s, "bucket.s3.test:80")
	}
	f.Add("/x", ".s3.test")
	f.Add("/x", "[::1]:80")
	f.Fuzz(func(t *testing.T, path, host string) {
		got, err := locate(path, host, []string{"s3.test"})
		if err != nil {
			return
		}
		require.True(t, utf8.ValidString(got.key))
		require.NotContains(t, got.key, "\x00")
		switch got.scope {
		case Service:
			require.Empty(t, got.bucket)
			require.Empty(t, got.key)
		case Bucket:
			require.Empty(t, got.key)
		case Object:
			require.NotEmpty(t, got.key)
		}
		if got.virtual {
			require.Contains(t, strings.ToLower(host), got.bucket)
			return
		}
		if got.scope == Service {
			return
		}
		again := "/" + url.PathEscape(got.bucket) + "/" + url.PathEscape(got.key)
		same, err := locate(again, "127.0.0.1", nil)
		require.NoError(t, err, again)
		require.Equal(t, got, same)
	})
}

// Whatever is sent as metadata comes back as what a header can carry, and as the text that was stored.
func FuzzMetadata(f *testing.F) {
	for _, s := range []string{"", "plain", "grün", "€", "=?UTF-8?Q?gr=C3=BCn?=", "=?utf-8?b?4oKs?= =?iso-8859-1?q?=FC?=", "=?UTF-8?Q?a=0D=0Ab?=", "=?x?Q?y?=", "a\tb", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		text := metaText(sent)
		require.True(t, utf8.ValidString(text))
		answer := metaHeader(text)
		for i := range len(answer) {
			require.True(t, answer[i] == '\t' || answer[i] >= ' ' && answer[i] < 0x7f, "%q", answer)
		}
		if !strings.Contains(text, "=?") {
			again, err := new(mime.WordDecoder).DecodeHeader(answer)
			require.NoError(t, err)
			require.Equal(t, text, again)
		}
	})
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "a", "a=b&c", "acl&acl", "uploadId=x&partNumber=1", "a=%zz", "&&", "=", "a;b=c", "list-type=2&prefix=%F0%9F%98%80+x", "X-Amz-Signature=1&x-id=y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := parseQuery(raw)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(q.pairs), maxParams)
		for _, p := range q.pairs {
			require.True(t, q.has(p.name))
		}
		for _, method := range []string{get, head, put, post, del} {
			for _, scope := range []Scope{Service, Bucket, Object} {
				o := find(method, scope, &q, http.Header{})
				if o != nil && q.check(o) == nil && method != get && method != head {
					for _, p := range q.pairs {
						require.True(t, o.knows(p.name) || signing(p.name) || strings.HasPrefix(strings.ToLower(p.name), "x-"), "%s ignores %q", o.Name, p.name)
					}
				}
			}
		}
	})
}

// A range that is taken has a span in which nothing is negative but what means "the last" and "to the end".
func FuzzRange(f *testing.F) {
	for _, s := range []string{"bytes=0-1", "bytes=-5", "bytes=5-", "bytes=-0", "bytes=5-2", "bytes=0-1,3-4", "bytes=99999999999999999999-", "bytes=a-b", "lines=1-2", "bytes=", "bytes=-", "bytes= 1 - 2 ", "bytes=--1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		span := parseRange(s)
		if span == nil {
			return
		}
		require.True(t, strings.HasPrefix(strings.TrimSpace(s), "bytes="))
		switch {
		case span.First < 0:
			require.Equal(t, int64(-1), span.Last)
		case span.Last >= 0:
			require.LessOrEqual(t, span.First, span.Last)
		default:
			require.Equal(t, int64(-1), span.Last)
		}
	})
}

func TestParseRange(t *testing.T) {
	for s, want := range map[string]*object.Span{
		"bytes=0-0": {First: 0, Last: 0}, "bytes=3-": {First: 3, Last: -1}, "bytes=-3": {First: -3, Last: -1}, "bytes=2-99": {First: 2, Last: 99},
		"bytes=2-1": nil, "bytes=": nil, "bytes=x-1": nil, "bytes=1-x": nil, "Bytes=1-2": nil, "bytes=1-2,3-4": nil, "bytes=+1-2": nil, "": nil,
	} {
		require.Equal(t, want, parseRange(s), s)
	}
}

// A source that is taken names a bucket without a slash and a key, and never anything but what a key is.
func FuzzCopySource(f *testing.F) {
	for _, s := range []string{"/bucket/key", "bucket/key", "bucket%2Fkey", "/bucket/a%20b+c", "/bucket/key?versionId=null", "/bucket/key?versionId=", "/bucket/../key", "//", "/b", "arn:aws:s3:::b/k", "/bucket/%00", "/bucket/%zz", "/bucket/k?x=y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := parseCopySource(s)
		if err != nil {
			return
		}
		require.NotEmpty(t, o.bucket)
		require.NotContains(t, o.bucket, "/")
		require.NotEmpty(t, o.key)
		require.NotContains(t, o.key, "\x00")
		require.True(t, utf8.ValidString(o.key))
		again, err := parseCopySource("/" + url.PathEscape(o.bucket) + "/" + url.PathEscape(o.key))
		require.NoError(t, err)
		require.Equal(t, origin{bucket: o.bucket, key: o.key}, again)
	})
}

// The grantees of a header that is taken are of a known kind, and there is at least one.
func FuzzGrantees(f *testing.F) {
	for _, s := range []string{`id="a"`, `id=a,uri = "b,c" , emailAddress="d"`, `id=`, `id="a`, `id="a"b`, `,`, `a=b`, `id="a",`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, ok := parseGrantees(s)
		if !ok {
			require.Empty(t, list)
			return
		}
		require.NotEmpty(t, list)
		var again strings.Builder
		for _, g := range list {
			require.Contains(t, []string{s3xml.CanonicalUser, s3xml.Group, s3xml.ByEmail}, g.Type)
			value := g.ID + g.URI + g.Email
			if strings.Contains(value, `"`) {
				return // unquoted, with a quote inside: cannot be said otherwise
			}
			name := map[string]string{s3xml.CanonicalUser: "id", s3xml.Group: "uri", s3xml.ByEmail: "emailAddress"}[g.Type]
			again.WriteString(`,` + name + `="` + value + `"`)
		}
		same, ok := parseGrantees(again.String()[1:])
		require.True(t, ok)
		require.Equal(t, list, same)
	})
}

// Only tokens that this server made are taken.
func FuzzToken(f *testing.F) {
	for _, s := range []string{"", "key", "a/b", "\xff\x00"} {
		f.Add(s)
		f.Add(makeToken(s))
	}
	f.Fuzz(func(t *testing.T, s string) {
		back, err := parseToken(makeToken(s))
		require.NoError(t, err)
		require.Equal(t, s, back)
		if after, err := parseToken(s); err == nil {
			require.Equal(t, s, makeToken(after))
		}
	})
}

// Whatever is in place of a signature, a refusal is one of IAM's, and what is let through is read further by sigv4.
func FuzzClaimForm(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=key/20260102/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=00", "", "20260102T030405Z")
	f.Add("", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2Fb&X-Amz-Date=x&X-Amz-SignedHeaders=host&X-Amz-Signature=0", "")
	f.Fuzz(func(t *testing.T, authorization, query, date string) {
		r := &sigv4.Request{Method: "POST", Path: "/", Query: query, Header: map[string][]string{}, Digest: "00"}
		if authorization != "" {
			r.Header["Authorization"] = []string{authorization}
		}
		if date != "" {
			r.Header["X-Amz-Date"] = []string{date}
		}
		if err := claimForm(r); err != nil {
			e := awsquery.From(protocolError(err))
			require.Contains(t, []string{"IncompleteSignature", "MissingAuthenticationToken", "SignatureDoesNotMatch"}, e.Code)
			return
		}
		if _, err := sigv4.Parse(r); err != nil {
			e := awsquery.From(protocolError(err))
			require.Less(t, e.Status, 500)
		}
	})
}
