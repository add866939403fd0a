package lab

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // signatures of version 2
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// The values of x-amz-content-sha256 that are no digest.
const (
	Unsigned        = "UNSIGNED-PAYLOAD"
	Streaming       = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	StreamTrailer   = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	UnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	emptyHash       = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	stamp           = "20060102T150405Z"
)

// Signer makes signatures by the published description of the protocol, independently of the server's code and of every SDK.
type Signer struct {
	Access, Secret, Region string
	At                     time.Time // of the request; now when zero
}

// Seal is what the signature of a request leaves behind for those of its chunks.
type Seal struct {
	key              []byte
	date, scope, sig string
}

// Digest is the lower-case hexadecimal SHA-256 of p.
func Digest(p []byte) string {
	sum := sha256.Sum256(p)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(text))
	return h.Sum(nil)
}

// Escape percent-encodes as SigV4 wants it; a slash stays when path is set.
func Escape(s string, path bool) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("-_.~", c) >= 0, path && c == '/':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		}
	}
	return b.String()
}

// Sign sets x-amz-date, x-amz-content-sha256 (the digest of the body unless it is there) and Authorization. All headers but those that are
// set here are signed as they stand.
func (s Signer) Sign(r *Request) Seal {
	at := s.At
	if at.IsZero() {
		at = time.Now()
	}
	date := at.UTC().Format(stamp)
	r.Header.Set("X-Amz-Date", date)
	if r.Header.Get("X-Amz-Content-Sha256") == "" {
		r.Header.Set("X-Amz-Content-Sha256", Digest(r.Body))
	}
	scope := date[:8] + "/" + s.Region + "/s3/aws4_request"
	var names []string
	values := map[string]string{"host": r.Host}
	for k, v := range r.Header {
		name := strings.ToLower(k)
		if name == "authorization" || name == "content-length" || name == "expect" || name == "connection" || name == "transfer-encoding" {
			continue
		}
		trimmed := make([]string, len(v))
		for i := range v {
			trimmed[i] = strings.Join(strings.Fields(v[i]), " ")
		}
		values[name] = strings.Join(trimmed, ",")
	}
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	var canonical strings.Builder
	canonical.WriteString(r.Method + "\n" + canonicalPath(r.Path) + "\n" + canonicalQuery(r.Query) + "\n")
	for _, name := range names {
		canonical.WriteString(name + ":" + values[name] + "\n")
	}
	signed := strings.Join(names, ";")
	canonical.WriteString("\n" + signed + "\n" + r.Header.Get("X-Amz-Content-Sha256"))
	seal := Seal{key: s.key(date[:8]), date: date, scope: scope}
	seal.sig = hex.EncodeToString(mac(seal.key, "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+Digest([]byte(canonical.String()))))
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.Access+"/"+scope+", SignedHeaders="+signed+", Signature="+seal.sig)
	return seal
}

// Presign returns the query that signs a request without further headers.
func (s Signer) Presign(method, host, path, query string, life int) string {
	at := s.At
	if at.IsZero() {
		at = time.Now()
	}
	date := at.UTC().Format(stamp)
	scope := date[:8] + "/" + s.Region + "/s3/aws4_request"
	add := "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + Escape(s.Access+"/"+scope, false) + "&X-Amz-Date=" + date +
		"&X-Amz-Expires=" + strconv.Itoa(life) + "&X-Amz-SignedHeaders=host"
	if query != "" {
		add = query + "&" + add
	}
	canonical := method + "\n" + canonicalPath(path) + "\n" + canonicalQuery(add) + "\nhost:" + host + "\n\nhost\n" + Unsigned
	sig := hex.EncodeToString(mac(s.key(date[:8]), "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+Digest([]byte(canonical))))
	return add + "&X-Amz-Signature=" + sig
}

func (s Signer) key(day string) []byte {
	return mac(mac(mac(mac([]byte("AWS4"+s.Secret), day), s.Region), "s3"), "aws4_request")
}

// Chunk returns the next chunk of a signed streaming body and remembers its signature.
func (s *Seal) Chunk(data []byte) []byte {
	digest := Digest(data)
	s.sig = hex.EncodeToString(mac(s.key, "AWS4-HMAC-SHA256-PAYLOAD\n"+s.date+"\n"+s.scope+"\n"+s.sig+"\n"+emptyHash+"\n"+digest))
	return slices.Concat([]byte(strconv.FormatInt(int64(len(data)), 16)+";chunk-signature="+s.sig+"\r\n"), data, []byte("\r\n"))
}

// Last returns the closing chunk of a signed body that has a trailer, and the trailer with its signature.
func (s *Seal) Last(name, value string) []byte {
	last := strings.TrimSuffix(string(s.Chunk(nil)), "\r\n")
	sig := hex.EncodeToString(mac(s.key, "AWS4-HMAC-SHA256-TRAILER\n"+s.date+"\n"+s.scope+"\n"+s.sig+"\n"+Digest([]byte(name+":"+value+"\n"))))
	return []byte(last + name + ":" + value + "\r\nx-amz-trailer-signature:" + sig + "\r\n\r\n")
}

func canonicalPath(path string) string {
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return path
	}
	return Escape(decoded, true)
}

func canonicalQuery(raw string) string {
	if raw == "" {
		return ""
	}
	type pair struct{ name, value string }
	var pairs []pair
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		n, err := url.QueryUnescape(name)
		if err != nil {
			n = name
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			v = value
		}
		pairs = append(pairs, pair{Escape(n, false), Escape(v, false)})
	}
	sort.SliceStable(pairs, func(i, j int) bool {
		if pairs[i].name != pairs[j].name {
			return pairs[i].name < pairs[j].name
		}
		return pairs[i].value < pairs[j].value
	})
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = p.name + "=" + p.value
	}
	return strings.Join(parts, "&")
}

// SignV2 signs a request by version 2. The path is the bucket and key as they are sent, the query only sub-resources.
func (s Signer) SignV2(r *Request) {
	date := time.Now().UTC().Format(http.TimeFormat)
	r.Header.Set("X-Amz-Date", date)
	var amz []string
	for k, v := range r.Header {
		if name := strings.ToLower(k); strings.HasPrefix(name, "x-amz-") {
			amz = append(amz, name+":"+strings.Join(v, ",")+"\n")
		}
	}
	slices.Sort(amz)
	text := r.Method + "\n" + r.Header.Get("Content-Md5") + "\n" + r.Header.Get("Content-Type") + "\n\n" + strings.Join(amz, "") + r.Path
	if r.Query != "" {
		text += "?" + r.Query
	}
	r.Header.Set("Authorization", "AWS "+s.Access+":"+s.v2(text))
}

// PresignV2 returns the query that signs a request by version 2 until the time expires.
func (s Signer) PresignV2(method, path string, expires time.Time) string {
	at := strconv.FormatInt(expires.Unix(), 10)
	return "AWSAccessKeyId=" + s.Access + "&Expires=" + at + "&Signature=" + url.QueryEscape(s.v2(method+"\n\n\n"+at+"\n"+path))
}

func (s Signer) v2(text string) string {
	h := hmac.New(sha1.New, []byte(s.Secret))
	_, _ = h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
