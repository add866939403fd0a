// Package webui serves the console: the single-page application that is embedded at build time.
//
// A build without Node leaves dist empty; the server then says so in place of the console. Files below assets/ carry a hash of their
// content in their names and may be kept for ever; every other file is asked for again each time. Any other path below /ui is a place
// inside the application and is answered with its page.
package webui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

//go:embed all:dist
var dist embed.FS

// Options say how the console is served.
type Options struct {
	Files  fs.FS                      // what Vite built; nil for what is embedded
	Origin func(*http.Request) string // address of the S3 port as the client of the request sees it, without a path; nil or empty: none
	Allow  func(*http.Request) error  // refuses requests for another host; nil allows all
}

// UI serves the console. It is safe for concurrent use.
type UI struct {
	Options
	files sync.Map // name → *file
}

const page = "index.html"

// New returns a UI.
func New(o Options) *UI {
	if o.Files == nil {
		sub, err := fs.Sub(dist, "dist")
		if err != nil {
			panic("webui: " + err.Error()) // the name is a constant
		}
		o.Files = sub
	}
	return &UI{Options: o}
}

// Built reports whether there is a console to serve.
func (u *UI) Built() bool {
	_, err := fs.Stat(u.Files, page)
	return err == nil
}

// Mount puts the console on a router, under every path that the router has nothing else for.
func (u *UI) Mount(r interface {
	Handle(pattern string, h http.Handler)
}) {
	r.Handle("/*", u)
}

// ServeHTTP answers for /, which leads to /ui, for /ui and for everything below it. Other paths are not its business and are not found.
func (u *UI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const operations = "/ui/metrics/operations"
	at := r.URL.Path
	switch {
	case at == "/":
		u.edge(w, r, func() { http.Redirect(w, r, "/ui", http.StatusFound) })
	case at == operations || strings.HasPrefix(at, operations+"/"):
		u.edge(w, r, func() { notImplemented(w, r) })
	case at == "/ui" || strings.HasPrefix(at, "/ui/"):
		u.edge(w, r, func() { u.serve(w, r) })
	default:
		u.edge(w, r, func() { plain(w, http.StatusNotFound, "There is nothing here. The console is at /ui.") })
	}
}

// edge sets the headers of every answer and refuses what is not a read, or is for another host.
func (u *UI) edge(w http.ResponseWriter, r *http.Request, next func()) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Content-Security-Policy", u.policy(r))
	h.Set("Cache-Control", "no-cache")
	if u.Allow != nil {
		if err := u.Allow(r); err != nil {
			plain(w, http.StatusForbidden, "This server does not know itself by the name in the address. Set UI_BASE_URL to the public address of the console.")
			return
		}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		plain(w, http.StatusMethodNotAllowed, "There is nothing to change here.")
		return
	}
	next()
}

// policy is what the page may load, and from where. Styles may be inline because components set them on elements; scripts may not.
func (u *UI) policy(r *http.Request) string {
	s3 := ""
	if u.Origin != nil {
		// Only an origin may stand in the policy: nothing of a Host header that is more than a name and a port.
		if at, err := url.Parse(u.Origin(r)); err == nil && at.Host != "" && !strings.ContainsAny(at.Host, " ;,'\"*") && (at.Scheme == "http" || at.Scheme == "https") {
			s3 = " " + at.Scheme + "://" + at.Host
		}
	}
	return "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; manifest-src 'self'; worker-src 'self'; " +
		"img-src 'self' data: blob:" + s3 + "; media-src 'self' blob:" + s3 + "; connect-src 'self'" + s3 + "; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // the client may be gone
}

// notImplemented keeps paths that are data, not places in the application, from being answered with its page.
func notImplemented(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotImplemented)
	_ = json.NewEncoder(w).Encode(map[string]any{ // the client may be gone
		"type": "about:blank", "title": http.StatusText(http.StatusNotImplemented), "status": http.StatusNotImplemented,
		"detail": "The server does not keep operation metrics.", "code": "NotImplemented", "requestId": reqinfo.From(r.Context()).RequestID,
	})
}

// file is one file, ready to be sent.
type file struct {
	kind  string
	tag   string
	raw   []byte
	small []byte // gzip; nil where it would not be smaller
}

// load reads a file once, and compresses it then.
func (u *UI) load(name string) (*file, error) {
	if f, ok := u.files.Load(name); ok {
		return f.(*file), nil
	}
	raw, err := fs.ReadFile(u.Files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	f := &file{kind: contentType(name), tag: hex.EncodeToString(sum[:12]), raw: raw}
	if compressible(f.kind) && len(raw) > 512 {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return nil, err
		}
		if _, err := z.Write(raw); err != nil {
			return nil, err
		}
		if err := z.Close(); err != nil {
			return nil, err
		}
		if b.Len() < len(raw) {
			f.small = b.Bytes()
		}
	}
	kept, _ := u.files.LoadOrStore(name, f)
	return kept.(*file), nil
}

// types that the machine's own table may not know, or know differently.
var types = map[string]string{
	".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".json": "application/json",
	".map": "application/json", ".mjs": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
	".wasm": "application/wasm", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2", ".png": "image/png", ".ico": "image/x-icon",
}

func contentType(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if t := types[ext]; t != "" {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

func compressible(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/json") || strings.HasSuffix(kind, "+json") || kind == "image/svg+xml" || kind == "application/wasm"
}

func (u *UI) serve(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/ui"), "/")
	asset := strings.HasPrefix(name, "assets/")
	if name == "" || path.Base(name) == ".gitkeep" || !fs.ValidPath(name) {
		name = page
	}
	f, err := u.load(name)
	if err != nil && !asset {
		name = page // a place inside the application
		f, err = u.load(name)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && asset:
		plain(w, http.StatusNotFound, "There is no such file.")
	case errors.Is(err, fs.ErrNotExist):
		plain(w, http.StatusServiceUnavailable, "The console is not part of this build. Run `make build`, which needs Node, and start the server anew. The S3 API and the admin API work without it.")
	case err != nil:
		plain(w, http.StatusInternalServerError, "The console cannot be read.")
	default:
		f.send(w, r, asset)
	}
}

// send answers with the file, or with 304 where the client has it.
func (f *file) send(w http.ResponseWriter, r *http.Request, asset bool) {
	h := w.Header()
	body, tag := f.raw, `"`+f.tag+`"`
	if f.small != nil {
		h.Set("Vary", "Accept-Encoding")
		if takesGzip(r.Header.Get("Accept-Encoding")) {
			body, tag = f.small, `"`+f.tag+`-gz"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	if asset {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Etag", tag)
	if hasTag(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone
	}
}

// takesGzip reports whether an Accept-Encoding header allows gzip.
func takesGzip(header string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		if name = strings.TrimSpace(name); !strings.EqualFold(name, "gzip") && name != "*" {
			continue
		}
		weight := strings.ReplaceAll(params, " ", "")
		if q, ok := strings.CutPrefix(weight, "q="); ok {
			v, err := strconv.ParseFloat(q, 64)
			return err == nil && v > 0
		}
		return true
	}
	return false
}

func hasTag(header, tag string) bool {
	for item := range strings.SplitSeq(header, ",") {
		if t := strings.TrimPrefix(strings.TrimSpace(item), "W/"); t == tag || t == "*" {
			return true
		}
	}
	return false
}
