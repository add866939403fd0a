package admin

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// idle is how long a body may pause, in either direction, before the connection is given up.
const idle = 60 * time.Second

func (in *putContentInput) needs() []need {
	return []need{onObject("s3:PutObject", in.Bucket, in.Key, creating(in.IfNoneMatch != "")...)}
}

func (in *getContentInput) needs() []need {
	return []need{onVersion("s3:GetObject", in.Bucket, in.Key, in.VersionID)}
}

// upload is a body on its way in: its length, and a reader that gives up on a client that pauses for too long, and on more bytes than one
// request may carry.
func (a *API) upload(c *call) (io.Reader, int64, error) {
	const op = "admin.upload"
	size := c.r.ContentLength
	if b, ok := c.r.Body.(signedBody); ok {
		size = b.Length()
	}
	if size > a.Config.MaxUploadSize {
		return nil, 0, fault.New(op, fault.EntityTooLarge, "")
	}
	return &incoming{c: c, left: a.Config.MaxUploadSize}, size, nil
}

type incoming struct {
	c    *call
	left int64
}

// Read extends the deadline: what bounds a body is its silence, not its length.
func (u *incoming) Read(p []byte) (int, error) {
	_ = http.NewResponseController(u.c.w).SetReadDeadline(time.Now().Add(idle)) // not every connection has one
	n, err := u.c.r.Body.Read(p)
	if err != nil {
		noReadDeadline(u.c.w)
	}
	if u.left -= int64(n); u.left < 0 {
		return 0, fault.New("admin.upload", fault.EntityTooLarge, "")
	}
	return n, err
}

func noReadDeadline(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // not every connection has one
}

// bodyFault tells what is wrong with a body in the words of S3: refusals of the signature reach the store only as errors of its reader.
func bodyFault(err error) error {
	var e *sigv4.Error
	if errors.As(err, &e) {
		return signatureFault("admin.upload", e)
	}
	return err
}

func (a *API) putContent(ctx context.Context, c *call, in *putContentInput) (*output[Stored], error) {
	body, size, err := a.upload(c)
	if err != nil {
		return nil, err
	}
	b := c.buckets[in.Bucket]
	who, _, err := c.who.Writer(ctx, b)
	if err != nil {
		return nil, err
	}
	w, err := a.Objects.Put(ctx, object.PutInput{
		Bucket: b, Key: in.Key, Caller: who, Body: body, Size: size, Headers: meta.Headers{ContentType: in.ContentType},
		If: object.WriteConditions{IfNoneMatch: in.IfNoneMatch != ""},
	})
	if err != nil {
		return nil, bodyFault(err)
	}
	return answer(stored(b, w)), nil
}

// parseSpan reads a Range header of one range; anything else asks for all, as HTTP has it.
func parseSpan(text string) *object.Span {
	text, ok := strings.CutPrefix(strings.TrimSpace(text), "bytes=")
	if !ok || strings.Contains(text, ",") {
		return nil
	}
	from, to, ok := strings.Cut(strings.TrimSpace(text), "-")
	if !ok {
		return nil
	}
	number := func(s string) (int64, bool) {
		n, err := strconv.ParseUint(s, 10, 63)
		return int64(n), err == nil //nolint:gosec // 63 bits
	}
	if from == "" {
		n, ok := number(to)
		if !ok || n == 0 {
			return nil
		}
		return &object.Span{First: -n, Last: -1}
	}
	first, ok := number(from)
	if !ok {
		return nil
	}
	if to == "" {
		return &object.Span{First: first, Last: -1}
	}
	last, ok := number(to)
	if !ok || last < first {
		return nil
	}
	return &object.Span{First: first, Last: last}
}

func (a *API) getContent(ctx context.Context, c *call, in *getContentInput) (*huma.StreamResponse, error) {
	b := c.buckets[in.Bucket]
	ask := object.GetInput{
		Bucket: b, Key: in.Key, VersionID: in.VersionID, If: object.ReadConditions{IfMatch: in.IfMatch, IfNoneMatch: in.IfNoneMatch},
		Span: parseSpan(in.Range),
	}
	if ask.Span != nil && in.IfRange != "" {
		// The range only counts while the object is the one that the client has a part of.
		head := ask
		head.Span, head.HeadOnly = nil, true
		got, err := a.Objects.Get(ctx, head)
		if err != nil {
			return nil, a.hideMissing(c, b, in.VersionID, err)
		}
		if in.IfRange != quoted(got.Version.ETag()) {
			ask.Span = nil
		} else if ask.If.IfMatch == "" {
			ask.If.IfMatch = in.IfRange
		}
	}
	got, err := a.Objects.Get(ctx, ask)
	if err != nil {
		return nil, a.hideMissing(c, b, in.VersionID, err)
	}
	if err := c.pass(ctx, got.Version); err != nil {
		_ = got.Content.Close() // nothing of it was read
		return nil, err
	}
	return &huma.StreamResponse{Body: func(huma.Context) { a.send(c, got) }}, nil
}

func quoted(s string) string { return `"` + s + `"` }

// send streams an object. After the head is out an error can only cut the connection, so that the client sees that something is missing.
func (a *API) send(c *call, got *object.Object) {
	defer func() { _ = got.Content.Close() }()
	h := c.w.Header()
	v := got.Version
	h.Set("Content-Type", octets)
	h.Set("Content-Disposition", attachment(path.Base(v.Key)))
	h.Set("Content-Length", strconv.FormatInt(got.Length, 10))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Etag", quoted(v.ETag()))
	h.Set("Last-Modified", v.Modified().Format(http.TimeFormat))
	status := http.StatusOK
	if got.Partial {
		status = http.StatusPartialContent
		h.Set("Content-Range", "bytes "+strconv.FormatInt(got.Offset, 10)+"-"+strconv.FormatInt(got.Offset+got.Length-1, 10)+"/"+strconv.FormatInt(v.Size, 10))
	}
	unbound(c.w)
	c.w.WriteHeader(status)
	if n, err := got.Content.WriteTo(c.w); err != nil || n != got.Length {
		if c.r.Context().Err() == nil {
			a.Logger.ErrorContext(c.r.Context(), "content cut", "operation", "getContent", "read", n, "length", got.Length, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// unbound lifts a deadline of the whole answer, which a large object on a slow line would pass. The listener watches for progress.
func unbound(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // not every connection has one
}

// attachment is a Content-Disposition that makes browsers save under a name, whatever is in the name.
func attachment(name string) string {
	if name == "" || name == "." || name == "/" {
		name = "object"
	}
	ascii := strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	text := mime.FormatMediaType("attachment", map[string]string{"filename": ascii})
	if ascii != name {
		text += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return text
}

func (in *createUploadInput) needs() []need {
	return []need{onObject("s3:PutObject", in.Bucket, in.Body.Key, creating(false)...)}
}

func (in *listUploadsInput) needs() []need {
	return []need{{action: "s3:ListBucketMultipartUploads", bucket: in.Bucket}}
}

func (in *uploadInput) needs() []need {
	return []need{onObject("s3:AbortMultipartUpload", in.Bucket, in.Key)}
}

func (in *listPartsInput) needs() []need {
	return []need{onObject("s3:ListMultipartUploadParts", in.Bucket, in.Key)}
}

// A part creates no object yet.
func (in *putPartInput) needs() []need {
	return []need{onObject("s3:PutObject", in.Bucket, in.Key, meta.Pair{Name: "s3:ObjectCreationOperation", Value: "false"})}
}

func (in *completeInput) needs() []need {
	return []need{onObject("s3:PutObject", in.Bucket, in.Body.Key, creating(in.Body.IfNoneMatch)...)}
}

func parseUpload(text string) (ident.Upload, error) {
	u, err := ident.ParseUpload(text)
	if err != nil {
		return u, fault.New("admin.uploads", fault.NoSuchUpload, "")
	}
	return u, nil
}

func uploadOf(u *meta.Upload) Upload {
	return Upload{UploadID: u.ID.String(), Key: u.Key, Started: u.Started}
}

func (a *API) createUpload(ctx context.Context, c *call, in *createUploadInput) (*output[Upload], error) {
	h := meta.Headers{ContentType: in.Body.ContentType}
	for _, p := range in.Body.Metadata {
		h.Metadata = append(h.Metadata, meta.Pair{Name: strings.ToLower(p.Name), Value: p.Value})
	}
	b := c.buckets[in.Bucket]
	who, _, err := c.who.Writer(ctx, b)
	if err != nil {
		return nil, err
	}
	u, err := a.Objects.CreateUpload(ctx, object.CreateUploadInput{Bucket: b, Key: in.Body.Key, Caller: who, Headers: h})
	if err != nil {
		return nil, err
	}
	return answer(uploadOf(u)), nil
}

func (a *API) listUploads(ctx context.Context, c *call, in *listUploadsInput) (*output[UploadList], error) {
	from, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := a.Objects.ListUploads(ctx, object.UploadListing{
		Bucket: c.buckets[in.Bucket], Prefix: in.Prefix, KeyMarker: from.Name, UploadMarker: from.More, Max: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := UploadList{Uploads: []Upload{}}
	for _, u := range page.Uploads {
		out.Uploads = append(out.Uploads, uploadOf(u))
	}
	if page.Truncated {
		out.Cursor = cursor{Name: page.NextKey, More: page.NextUpload}.String()
	}
	return answer(out), nil
}

func (a *API) abortUpload(ctx context.Context, c *call, in *uploadInput) (*noBody, error) {
	u, err := parseUpload(in.UploadID)
	if err != nil {
		return nil, err
	}
	return &noBody{}, a.Objects.Abort(ctx, c.buckets[in.Bucket], in.Key, u)
}

func partOf(p *meta.Part) Part {
	return Part{Number: p.Number, ETag: hex.EncodeToString(p.MD5[:]), Size: p.Size, Modified: p.Modified.Truncate(time.Second)}
}

func (a *API) listParts(ctx context.Context, c *call, in *listPartsInput) (*output[PartList], error) {
	u, err := parseUpload(in.UploadID)
	if err != nil {
		return nil, err
	}
	page, err := a.Objects.ListParts(ctx, c.buckets[in.Bucket], in.Key, u, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := PartList{Parts: []Part{}}
	for _, p := range page.Parts {
		out.Parts = append(out.Parts, partOf(p))
	}
	if page.Truncated {
		out.Next = page.Next
	}
	return answer(out), nil
}

func (a *API) putPart(ctx context.Context, c *call, in *putPartInput) (*output[Part], error) {
	u, err := parseUpload(in.UploadID)
	if err != nil {
		return nil, err
	}
	body, size, err := a.upload(c)
	if err != nil {
		return nil, err
	}
	p, err := a.Objects.PutPart(ctx, object.PartInput{Bucket: c.buckets[in.Bucket], Key: in.Key, Upload: u, Number: in.Number, Body: body, Size: size})
	if err != nil {
		return nil, bodyFault(err)
	}
	return answer(partOf(p)), nil
}

func (a *API) completeUpload(ctx context.Context, c *call, in *completeInput) (*output[Stored], error) {
	u, err := parseUpload(in.UploadID)
	if err != nil {
		return nil, err
	}
	b := c.buckets[in.Bucket]
	ask := object.CompleteInput{
		Bucket: b, Key: in.Body.Key, Upload: u, Caller: callerOf(c.id), Size: -1, If: object.WriteConditions{IfNoneMatch: in.Body.IfNoneMatch},
	}
	for _, p := range in.Body.Parts {
		ask.Parts = append(ask.Parts, object.CompletedPart{Number: p.Number, ETag: strings.Trim(p.ETag, `"`)})
	}
	w, err := a.Objects.Complete(ctx, ask)
	if err != nil {
		return nil, err
	}
	return answer(stored(b, w)), nil
}
