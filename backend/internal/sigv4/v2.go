package sigv4

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Signature Version 2 is HMAC-SHA1
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

// signedParams are the query parameters that a V2 signature covers: every name that chooses an operation or changes an answer. Whatever
// the server gives a meaning and is missing here could be added to somebody else's presigned URL.
var signedParams = func() map[string]bool {
	names := []string{
		"accelerate", "acl", "analytics", "attributes", "cors", "defaultObjectAcl", "delete", "encryption", "intelligent-tiering", "inventory",
		"legal-hold", "lifecycle", "location", "logging", "metrics", "notification", "object-lock", "ownershipControls", "partNumber", "policy",
		"policyStatus", "publicAccessBlock", "quota", "renameObject", "replication", "requestPayment", "restore", "retention", "select",
		"select-type", "session", "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
		"response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
		"response-content-type", "response-expires",
	}
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}()

func parseHeaderV2(r *Request, value, rest string) (*Auth, error) {
	i := strings.LastIndexByte(rest, ':')
	if i <= 0 || i == len(rest)-1 || strings.IndexByte(rest, ' ') >= 0 {
		return nil, invalidAuthorization("AWS authorization header is invalid.  Expected AwsAccessKeyId:signature", value)
	}
	a := &Auth{Kind: HeaderV2, AccessKey: rest[:i], Signature: rest[i+1:], SessionToken: first(r.Header, headerSecurityToken)}
	text := first(r.Header, headerAmzDate)
	if text == "" {
		text = first(r.Header, headerDate)
	}
	t, ok := parseTime(text)
	if !ok {
		return nil, badDate()
	}
	a.Time, a.timeText = t, text
	return a, a.readPayload(first(r.Header, headerContentSHA256))
}

func parseQueryV2(r *Request) (*Auth, error) {
	a := &Auth{Kind: QueryV2}
	a.AccessKey, _ = queryValue(r.Query, paramAccessKeyV2)
	a.Signature, _ = queryValue(r.Query, paramSignatureV2)
	a.Signature = strings.ReplaceAll(a.Signature, " ", "+") // sent without encoding it
	a.timeText, _ = queryValue(r.Query, paramExpiresV2)
	if a.AccessKey == "" || a.Signature == "" || a.timeText == "" {
		return nil, denied("Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
	}
	seconds, err := strconv.ParseInt(a.timeText, 10, 64)
	if err != nil {
		return nil, denied("Invalid date (should be seconds since epoch): " + a.timeText)
	}
	a.ExpiresAt = time.Unix(seconds, 0).UTC()
	if a.SessionToken = queryParamFold(r.Query, paramToken); a.SessionToken == "" {
		a.SessionToken = first(r.Header, headerSecurityToken)
	}
	return a, a.readPayload(first(r.Header, headerContentSHA256))
}

// queryParamFold is the value of a parameter without regard to the case of its name, empty when it is not there.
func queryParamFold(query, name string) string {
	for item := range strings.SplitSeq(query, "&") {
		n, v, _ := strings.Cut(item, "=")
		if strings.EqualFold(unescape(n), name) {
			return unescape(v)
		}
	}
	return ""
}

func verifyV2(r *Request, a *Auth, secret string) error {
	text := stringToSignV2(r, a)
	if subtle.ConstantTimeCompare([]byte(signV2(secret, text)), []byte(a.Signature)) != 1 {
		return mismatch(a.AccessKey, a.Signature, text, "")
	}
	a.verified = true
	return nil
}

func signV2(secret, text string) string {
	h := hmac.New(sha1.New, []byte(secret))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func stringToSignV2(r *Request, a *Auth) string {
	var b strings.Builder
	b.WriteString(r.Method)
	for _, name := range [...]string{"Content-Md5", "Content-Type"} {
		b.WriteByte('\n')
		value := first(r.Header, name)
		if value == "" && a.Kind == QueryV2 {
			value = queryParamFold(r.Query, name) // where presigners put them
		}
		b.WriteString(strings.Trim(value, " \t"))
	}
	b.WriteByte('\n')
	switch {
	case a.Kind == QueryV2:
		b.WriteString(a.timeText)
	case first(r.Header, headerAmzDate) == "":
		b.WriteString(first(r.Header, headerDate))
	}
	b.WriteByte('\n')
	writeAmzHeaders(&b, r, a)
	if r.Bucket != "" {
		b.WriteByte('/')
		b.WriteString(r.Bucket)
	}
	if r.Path == "" {
		b.WriteByte('/')
	}
	b.WriteString(r.Path)
	writeSubresources(&b, r.Query)
	return b.String()
}

// writeAmzHeaders writes the x-amz-* headers, and in a presigned request the x-amz-* parameters, which stand for headers.
func writeAmzHeaders(b *strings.Builder, r *Request, a *Auth) {
	var list []Pair
	for name, values := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") {
			for _, v := range values {
				list = append(list, Pair{lower, string(appendValue(nil, v))})
			}
		}
	}
	if a.Kind == QueryV2 {
		for item := range strings.SplitSeq(r.Query, "&") {
			n, v, _ := strings.Cut(item, "=")
			if lower := strings.ToLower(unescape(n)); strings.HasPrefix(lower, "x-amz-") {
				if p := (Pair{lower, unescape(v)}); !slices.Contains(list, p) { // a header may repeat what the URL says
					list = append(list, p)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(x, y Pair) int { return strings.Compare(x.Name, y.Name) })
	for i, p := range list {
		switch {
		case i > 0 && list[i-1].Name == p.Name:
			b.WriteByte(',')
		case i > 0:
			b.WriteByte('\n')
			fallthrough
		default:
			b.WriteString(p.Name)
			b.WriteByte(':')
		}
		b.WriteString(p.Value)
	}
	if len(list) > 0 {
		b.WriteByte('\n')
	}
}

// writeSubresources writes the covered parameters in order, with decoded values.
func writeSubresources(b *strings.Builder, query string) {
	var list []Pair
	for item := range strings.SplitSeq(query, "&") {
		n, v, _ := strings.Cut(item, "=")
		if n = unescape(n); signedParams[n] {
			list = append(list, Pair{n, unescape(v)})
		}
	}
	slices.SortStableFunc(list, func(x, y Pair) int { return strings.Compare(x.Name, y.Name) })
	for i, p := range list {
		if i == 0 {
			b.WriteByte('?')
		} else {
			b.WriteByte('&')
		}
		b.WriteString(p.Name)
		if p.Value != "" {
			b.WriteByte('=')
			b.WriteString(p.Value)
		}
	}
}
