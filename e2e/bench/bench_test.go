package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// The reference must do what it is compared for, and the client must see failures.

func openReference(t *testing.T) *client {
	t.Helper()
	dir := t.TempDir()
	db, err := pebble.Open(filepath.Join(dir, "db"), &pebble.Options{Logger: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 256 {
		if err := os.MkdirAll(filepath.Join(dir, "blobs", twoHex(i)), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(&reference{db: db, dir: dir, inline: 1000})
	c, err := dial(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.close()
		server.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func twoHex(i int) string { return string("0123456789abcdef"[i>>4]) + string("0123456789abcdef"[i&15]) }

func TestReferenceKeepsWhatItIsGiven(t *testing.T) {
	c := openReference(t)
	for _, size := range []int{0, 10, 1000, 1001, 300 << 10} {
		body := payload(size)
		put, err := c.must(request{method: "PUT", path: "/b/key", body: body}, 200)
		if err != nil {
			t.Fatal(err)
		}
		head, err := c.must(request{method: "HEAD", path: "/b/key"}, 200)
		if err != nil || head.etag != put.etag || put.etag == "" {
			t.Fatalf("size %d: %v, tags %q and %q", size, err, put.etag, head.etag)
		}
		get, err := c.must(request{method: "GET", path: "/b/key"}, 200)
		if err != nil || !bytes.Equal(get.body, body) {
			t.Fatalf("size %d: %v, %d bytes came back", size, err, len(get.body))
		}
	}
	if _, err := c.must(request{method: "DELETE", path: "/b/key"}, 204); err != nil {
		t.Fatal(err)
	}
	if _, err := c.must(request{method: "GET", path: "/b/key"}, 404); err != nil {
		t.Fatal(err)
	}
}

func TestLoadReportsFailures(t *testing.T) {
	c := openReference(t)
	_, err := load(&server{addr: c.addr}, 4, time.Minute, 100, func(c *client, _ int, _ int64) error {
		res, err := c.do(request{method: "GET", path: "/b/none"}, false)
		return want(res, err, 200)
	})
	if err == nil || !strings.Contains(err.Error(), "status 404") {
		t.Fatalf("a wrong status was %v", err)
	}
	r, err := load(&server{addr: c.addr}, 4, time.Minute, 100, func(c *client, _ int, _ int64) error {
		res, err := c.do(request{method: "GET", path: "/b/none"}, false)
		return want(res, err, 404)
	})
	if err != nil || r.ops != 100 || r.p50 <= 0 || r.p99 < r.p50 {
		t.Fatalf("%+v %v", r, err)
	}
}

func TestQuery(t *testing.T) {
	if got := query("uploadId", "a b/+", "partNumber", "1"); got != "partNumber=1&uploadId=a%20b%2F%2B" {
		t.Fatal(got)
	}
}
