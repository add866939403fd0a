package admin

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// needs are those of the link when it is used.
func (in *presignInput) needs() []need {
	b := in.Body
	var n need
	switch b.Method {
	case http.MethodPut:
		n = onObject("s3:PutObject", b.Bucket, b.Key, creating(false)...)
	case http.MethodDelete:
		n = onVersion("s3:DeleteObject", b.Bucket, b.Key, b.VersionID)
	default:
		n = onVersion("s3:GetObject", b.Bucket, b.Key, b.VersionID)
	}
	n.keys = append(n.keys, meta.Pair{Name: "s3:authType", Value: sigv4.QueryV4.String()}, meta.Pair{Name: "s3:signatureversion", Value: sigv4.QueryV4.Version()},
		meta.Pair{Name: "s3:signatureAge", Value: "0"})
	return []need{n}
}

// createLink signs with the caller's own key, so that the link can do what the caller can, for as long as the caller can, and ends when the
// secret changes.
func (a *API) createLink(ctx context.Context, c *call, in *presignInput) (*output[Presigned], error) {
	const op = "admin.createLink"
	b := in.Body
	if b.Method == http.MethodPut && b.VersionID != "" {
		return nil, fault.New(op, fault.InvalidArgument, "An upload has no version id yet.")
	}
	if c.guard != nil { // one to what is not there says nothing of it
		got, err := a.Objects.Get(ctx, object.GetInput{Bucket: c.buckets[b.Bucket], Key: b.Key, VersionID: b.VersionID, HeadOnly: true})
		if err == nil {
			err = c.pass(ctx, got.Version)
		}
		switch fault.KindOf(err) {
		case fault.NoSuchKey, fault.NoSuchVersion, fault.DeleteMarker:
			err = nil
		}
		if err != nil {
			return nil, err
		}
	}
	cred, err := a.IAM.Credential(ctx, c.id.AccessKey)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	life := time.Duration(b.Expires) * time.Second
	if life == 0 {
		life = a.Config.SecretTTL
	}
	base, err := url.Parse(a.endpoint(c))
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	query := url.Values{}
	header := http.Header{}
	if b.VersionID != "" {
		query.Set("versionId", b.VersionID)
	}
	switch {
	case b.Method == http.MethodPut && b.ContentType != "":
		header.Set("Content-Type", b.ContentType)
	case b.Method == http.MethodGet:
		if b.ContentType != "" {
			query.Set("response-content-type", b.ContentType)
		}
		if b.Download {
			name := b.FileName
			if name == "" {
				name = path.Base(b.Key)
			}
			query.Set("response-content-disposition", attachment(name))
		}
	}
	now := a.Clock.Now()
	signer := sigv4.NewSigner(sigv4.Credentials{AccessKey: c.id.AccessKey, Secret: cred.Secret}, a.Config.Region, a.Config.Service)
	raw := strings.TrimSuffix(base.EscapedPath(), "/") + "/" + b.Bucket + "/" + escapeKey(b.Key)
	signed := signer.Presign(&sigv4.Request{
		Method: b.Method, Path: raw, Query: strings.ReplaceAll(query.Encode(), "+", "%20"), Header: header, Hosts: []string{base.Host},
	}, life, now)
	return answer(Presigned{
		URL: base.Scheme + "://" + base.Host + raw + "?" + signed, Method: b.Method, Expires: now.Add(life).Truncate(time.Second),
	}), nil
}

// escapeKey escapes a key as S3 does in paths: all but letters, digits, "-._~" and the slash. (A browser takes segments of dots alone out
// of a path, however they are written; such keys need another client.)
func escapeKey(key string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for i, segment := range strings.Split(key, "/") {
		if i > 0 {
			out.WriteByte('/')
		}
		for j := range len(segment) {
			c := segment[j]
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
				out.WriteByte(c)
			} else {
				out.WriteByte('%')
				out.WriteByte(hex[c>>4])
				out.WriteByte(hex[c&15])
			}
		}
	}
	return out.String()
}
