package webui

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

var built = fstest.MapFS{
	".gitkeep":             {},
	"index.html":           {Data: []byte("<!doctype html><title>MyFSIO</title>" + strings.Repeat("<p>", 300))},
	"icon.svg":             {Data: []byte("<svg/>")},
	"assets/app-abc123.js": {Data: []byte(strings.Repeat("export const a = 1;\n", 100))},
	"assets/pic-abc.png":   {Data: []byte(strings.Repeat("png", 1000))},
}

func get(t *testing.T, o Options, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	New(o).ServeHTTP(w, req)
	return w
}

func TestPlacesInsideTheApplicationAreItsPage(t *testing.T) {
	o := Options{Files: built}
	for _, target := range []string{"/ui", "/ui/", "/ui/buckets/b/a%2Fb.png", "/ui/metrics", "/ui/.gitkeep", "/ui/../x", "/ui//", "/ui/a//b"} {
		w := get(t, o, "GET", target)
		require.Equal(t, 200, w.Code, target)
		require.Contains(t, w.Body.String(), "<title>MyFSIO</title>", target)
		require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
		require.Equal(t, "no-cache", w.Header().Get("Cache-Control"))
	}
	w := get(t, o, "GET", "/")
	require.Equal(t, 302, w.Code)
	require.Equal(t, "/ui", w.Header().Get("Location"))
	require.Equal(t, "image/svg+xml", get(t, o, "GET", "/ui/icon.svg").Header().Get("Content-Type"))
	require.Equal(t, 404, get(t, o, "GET", "/ui/assets/gone.js").Code, "a missing script is not a page")
	require.Equal(t, 405, get(t, o, "POST", "/ui").Code)
	for _, target := range []string{"/uix", "/favicon.ico", "/robots.txt", "/x/ui"} {
		require.Equal(t, 404, get(t, o, "GET", target).Code, target)
	}
}

func TestDataPathsAreNotTakenByTheApplication(t *testing.T) {
	for _, target := range []string{"/ui/metrics/operations", "/ui/metrics/operations/history?hours=6"} {
		w := get(t, Options{Files: built}, "GET", target)
		require.Equal(t, 501, w.Code)
		require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
		var p map[string]any
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
		require.Equal(t, "NotImplemented", p["code"])
	}
}

func TestAssetsAreKeptAndCompressed(t *testing.T) {
	o := Options{Files: built}
	w := get(t, o, "GET", "/ui/assets/app-abc123.js", "Accept-Encoding", "br, gzip;q=0.5")
	require.Equal(t, 200, w.Code)
	require.Equal(t, "public, max-age=31536000, immutable", w.Header().Get("Cache-Control"))
	require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	require.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))
	require.Equal(t, "text/javascript; charset=utf-8", w.Header().Get("Content-Type"))
	z, err := gzip.NewReader(w.Body)
	require.NoError(t, err)
	raw, err := io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, built["assets/app-abc123.js"].Data, raw)

	tag := w.Header().Get("Etag")
	require.Equal(t, 304, get(t, o, "GET", "/ui/assets/app-abc123.js", "Accept-Encoding", "gzip", "If-None-Match", `"x", W/`+tag).Code)
	require.Equal(t, 200, get(t, o, "GET", "/ui/assets/app-abc123.js", "If-None-Match", tag).Code, "the other form has another tag")

	for _, no := range []string{"", "gzip;q=0", "br", "identity"} {
		require.Empty(t, get(t, o, "GET", "/ui/assets/app-abc123.js", "Accept-Encoding", no).Header().Get("Content-Encoding"), no)
	}
	require.Empty(t, get(t, o, "GET", "/ui/assets/pic-abc.png", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"))
	w = get(t, o, "HEAD", "/ui/assets/app-abc123.js")
	require.Equal(t, "2000", w.Header().Get("Content-Length"))
	require.Zero(t, w.Body.Len())
}

func TestThePolicyNamesTheS3Origin(t *testing.T) {
	o := Options{Files: built, Origin: func(*http.Request) string { return "http://127.0.0.1:5000" }}
	p := get(t, o, "GET", "/ui").Header().Get("Content-Security-Policy")
	require.Contains(t, p, "img-src 'self' data: blob: http://127.0.0.1:5000;")
	require.Contains(t, p, "media-src 'self' blob: http://127.0.0.1:5000;")
	require.Contains(t, p, "connect-src 'self' http://127.0.0.1:5000;")
	require.Contains(t, p, "script-src 'self';")
	require.Contains(t, p, "frame-ancestors 'none'")
	for _, bad := range []string{"http://x;script-src *", "http://x script-src", "javascript:1", "", "http://*"} {
		o.Origin = func(*http.Request) string { return bad }
		require.Contains(t, get(t, o, "GET", "/ui").Header().Get("Content-Security-Policy"), "connect-src 'self';", bad)
	}
	h := get(t, o, "GET", "/ui").Header()
	require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	require.Equal(t, "DENY", h.Get("X-Frame-Options"))
	require.Empty(t, h.Get("Access-Control-Allow-Origin"))
}

func TestABuildWithoutConsoleSaysSo(t *testing.T) {
	u := New(Options{Files: fstest.MapFS{".gitkeep": {}}})
	require.False(t, u.Built())
	w := get(t, u.Options, "GET", "/ui/buckets")
	require.Equal(t, 503, w.Code)
	require.Contains(t, w.Body.String(), "make build")
	require.True(t, New(Options{Files: built}).Built())
	require.NotNil(t, New(Options{}).Files, "what is embedded")
}

func TestForeignHostsAreRefused(t *testing.T) {
	o := Options{Files: built, Allow: func(r *http.Request) error {
		if r.Host == "evil.example" {
			return errors.New("no")
		}
		return nil
	}}
	require.Equal(t, 200, get(t, o, "GET", "/ui").Code)
	require.Equal(t, 403, get(t, o, "GET", "http://evil.example/ui").Code)
	require.Equal(t, 403, get(t, o, "GET", "http://evil.example/").Code)
}
