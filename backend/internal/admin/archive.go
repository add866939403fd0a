package admin

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

const (
	ticketRows = "ticket/"
	ticketLife = time.Minute
	maxMissing = 64 << 10 // bytes of the list of what is not in an archive
)

// tickets are rows x/ticket/<expiry><id>: what an archive is to hold, for one download by one user. They let a browser save a stream by
// itself, which it only does for a plain GET.
type tickets struct {
	kv     kv.Store
	clock  clock.Clock
	idents *ident.Source
}

type ticket struct {
	userID, bucketID string
	base, name       string
	work             items
	expires          time.Time
}

func (t *ticket) encode() []byte {
	e := newRecord()
	e.str(1, t.userID)
	e.str(2, t.bucketID)
	e.str(3, t.base)
	e.str(4, t.name)
	e.time(5, t.expires)
	for _, k := range t.work.keys {
		e.item(6, k)
	}
	for _, p := range t.work.prefixes {
		e.item(7, p)
	}
	return e.b
}

func decodeTicket(raw []byte) (*ticket, error) {
	t := &ticket{}
	return t, readRecord(raw, func(f recordField) error {
		switch f.n {
		case 1:
			t.userID = f.text
		case 2:
			t.bucketID = f.text
		case 3:
			t.base = f.text
		case 4:
			t.name = f.text
		case 5:
			t.expires = f.time()
		case 6:
			t.work.keys = append(t.work.keys, f.text)
		case 7:
			t.work.prefixes = append(t.work.prefixes, f.text)
		}
		return nil
	})
}

// issue stores a ticket and returns its name.
func (s *tickets) issue(ctx context.Context, t *ticket) (string, error) {
	const op = "admin.createZip"
	var id [16]byte
	s.idents.Fill(id[:])
	now := s.clock.Now()
	t.expires = now.Add(ticketLife).Truncate(time.Second)
	name := fmt.Sprintf("%016x", t.expires.Unix()) + hex.EncodeToString(id[:])
	raw := t.encode()
	if len(raw) > kv.MaxValue {
		return "", fault.New(op, fault.EntityTooLarge, "These are too many keys for one archive.")
	}
	err := s.kv.Update(ctx, func(tx kv.Txn) error {
		if err := sweep(tx, ticketRows, fmt.Sprintf("%016x", now.Unix())); err != nil {
			return err
		}
		return tx.Set(meta.SystemKey(ticketRows+name), raw)
	})
	return name, bucket.Fault(op, err)
}

// redeem takes a ticket away. A crash between this and the download costs the ticket, and nothing else.
func (s *tickets) redeem(ctx context.Context, name, userID string, b *meta.Bucket) (t *ticket, err error) {
	const op = "admin.getZip"
	gone := fault.New(op, fault.NotFound, "The ticket was used already, or its time is up. Ask for a new one.").With(detailCode, "NoSuchTicket")
	err = s.kv.Update(ctx, func(tx kv.Txn) error {
		key := meta.SystemKey(ticketRows + name)
		raw, err := tx.Get(key)
		if errors.Is(err, kv.ErrNotFound) {
			return gone
		}
		if err != nil {
			return err
		}
		if t, err = decodeTicket(raw); err != nil {
			return err
		}
		if t.userID != userID || t.bucketID != b.ID.String() {
			return gone
		}
		return tx.Delete(key)
	})
	if err != nil {
		return nil, bucket.Fault(op, err)
	}
	if !s.clock.Now().Before(t.expires) {
		return nil, gone
	}
	return t, nil
}

func (in *zipTicketInput) needs() []need {
	var list []need
	for _, p := range in.Body.Prefixes {
		list = append(list, onListing("s3:ListBucket", in.Bucket, p, "", step), need{action: "s3:GetObject", bucket: in.Bucket, key: p, below: true})
	}
	for _, k := range in.Body.Keys {
		list = append(list, need{action: "s3:GetObject", bucket: in.Bucket, key: k, turn: true})
	}
	return list
}

func (a *API) createZip(ctx context.Context, c *call, in *zipTicketInput) (*output[ZipTicket], error) {
	b := c.buckets[in.Bucket]
	t := &ticket{userID: c.id.UserID, bucketID: b.ID.String(), base: in.Body.Base, name: in.Body.Name, work: items{in.Body.Keys, in.Body.Prefixes}}
	t.work.tidy()
	if t.name == "" {
		t.name = b.Name
		if folder := strings.TrimSuffix(t.base, "/"); folder != "" {
			t.name = path.Base(folder)
		}
	}
	if !strings.HasSuffix(strings.ToLower(t.name), ".zip") {
		t.name += ".zip"
	}
	name, err := a.tickets.issue(ctx, t)
	if err != nil {
		return nil, err
	}
	return answer(ZipTicket{
		Ticket: name, URL: "/myfsio/buckets/" + url.PathEscape(b.Name) + "/zip?ticket=" + name, Expires: t.expires,
	}), nil
}

// getZip asks for no permission on the bucket where there is a ticket: those on what it names were asked for when it was made, and are again
// for each object when its turn comes.
func (a *API) getZip(ctx context.Context, c *call, in *zipInput) (*huma.StreamResponse, error) {
	b, t, err := a.redeem(ctx, c, in)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(huma.Context) { a.sendZip(c, b, t) }}, nil
}

// redeem takes a ticket of the caller. That there is none is only told to those who may read the bucket.
func (a *API) redeem(ctx context.Context, c *call, in *zipInput) (*meta.Bucket, *ticket, error) {
	b, err := a.Buckets.Get(ctx, in.Bucket)
	if err == nil {
		var t *ticket
		if t, err = a.tickets.redeem(ctx, in.Ticket, c.id.UserID, b); err == nil {
			return b, t, nil
		}
	}
	if k := fault.KindOf(err); k == fault.NotFound || k == fault.NoSuchBucket {
		err = cmp.Or(a.authorize(ctx, c, []need{onObject("s3:GetObject", in.Bucket, "*")}), err)
	}
	return nil, nil, err
}

// archive is one archive on its way out.
type archive struct {
	a       *API
	c       *call
	b       *meta.Bucket
	zip     *zipWriter
	base    string
	missing strings.Builder
	more    int // missing ones that the list has no room for
}

// sendZip streams the archive. What cannot be included is listed at its end; what fails in the middle of an entry cuts the connection, so
// that nobody takes half an archive for a whole one.
func (a *API) sendZip(c *call, b *meta.Bucket, t *ticket) {
	ctx := c.r.Context()
	h := c.w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", attachment(t.name))
	unbound(c.w)
	c.w.WriteHeader(http.StatusOK)
	out := &archive{a: a, c: c, b: b, base: t.base, zip: newZip(c.w, a.TempDir)}
	defer out.zip.close()
	if err := out.write(ctx, &t.work); err != nil {
		if ctx.Err() == nil {
			a.Logger.ErrorContext(ctx, "archive cut", "operation", "getZip", "bucket", b.Name, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

func (z *archive) write(ctx context.Context, work *items) error {
	for _, key := range work.keys {
		if err := z.add(ctx, key); err != nil {
			return err
		}
	}
	for _, prefix := range work.prefixes {
		ask := object.Listing{Bucket: z.b, Prefix: prefix, Max: step}
		for {
			if !z.a.may(z.c, z.b, onListing("s3:ListBucket", z.b.Name, prefix, "", step)) {
				z.miss(prefix, "no permission to list it")
				break
			}
			page, err := z.a.Objects.List(ctx, ask)
			if err != nil {
				return err
			}
			for _, v := range page.Objects {
				if err := z.add(ctx, v.Key); err != nil {
					return err
				}
			}
			if !page.Truncated {
				break
			}
			ask.After = page.Next
		}
	}
	if z.missing.Len() > 0 {
		if z.more > 0 {
			fmt.Fprintf(&z.missing, "and %d more\n", z.more)
		}
		if err := z.zip.add("not included.txt", z.a.Clock.Now(), text(z.missing.String())); err != nil {
			return err
		}
	}
	return z.zip.finish()
}

type text string

func (t text) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, string(t))
	return int64(n), err
}

func (z *archive) miss(key, why string) {
	if z.missing.Len() > maxMissing {
		z.more++
		return
	}
	fmt.Fprintf(&z.missing, "%q: %s\n", key, why)
}

// open opens an object if the caller may read it now.
func (z *archive) open(ctx context.Context, key string) (*object.Object, error) {
	who := z.a.asks(z.c)
	guard, err := z.a.permit(ctx, who, z.b, onObject("s3:GetObject", z.b.Name, key))
	if err != nil {
		return nil, err
	}
	got, err := z.a.Objects.Get(ctx, object.GetInput{Bucket: z.b, Key: key})
	if err != nil {
		return nil, err
	}
	if err := guard.Pass(ctx, who, got.Version); err != nil {
		_ = got.Content.Close() // nothing of it was read
		return nil, err
	}
	return got, nil
}

func (z *archive) add(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	name := entryName(key, z.base)
	if name == "" {
		return nil // the marker of the folder itself
	}
	got, err := z.open(ctx, key)
	if err == nil || fault.Is(err, fault.AccessDenied) {
		z.a.keepKey(z.c.id, (&audit.Entry{
			Door: audit.DoorConsole, Request: reqinfo.From(ctx).RequestID, Operation: "getZip", Bucket: z.b.Name, Key: key, Address: z.c.remote(),
		}).By(z.c.r.UserAgent()), err)
	}
	switch fault.KindOf(err) {
	case fault.AccessDenied:
		z.miss(key, "no permission to read it")
		return nil
	case fault.NoSuchKey, fault.DeleteMarker:
		z.miss(key, "it does not exist any more")
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = got.Content.Close() }()
	if strings.HasSuffix(name, "/") {
		if got.Length == 0 {
			return z.zip.add(name, got.Version.Modified(), nil)
		}
		name = strings.TrimSuffix(name, "/") + "_" // content under the name of a folder
	}
	return z.zip.add(name, got.Version.Modified(), got.Content)
}
