package s3compat

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUnbuilt: what AWS has and this server has not answers NotImplemented and changes nothing.
func TestUnbuilt(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("unchanged"))
	for _, r := range []struct{ method, query string }{
		{"GET", "analytics"}, {"GET", "analytics&id=1"}, {"PUT", "analytics&id=1"}, {"DELETE", "analytics&id=1"}, {"GET", "inventory"}, {"PUT", "inventory&id=1"}, {"GET", "metrics"}, {"PUT", "metrics&id=1"},
		{"GET", "intelligent-tiering"}, {"PUT", "intelligent-tiering&id=1"}, {"GET", "metadataTable"}, {"POST", "metadataTable"}, {"GET", "session"},
	} {
		server.Do(t, server.New(r.method, "/"+bucket, r.query, nil)).Refused(t, 501, "NotImplemented")
	}
	for _, r := range []struct{ method, query string }{
		{"POST", "select&select-type=2"}, {"POST", "restore"}, {"GET", "torrent"}, {"PUT", "renameObject"},
	} {
		server.Do(t, server.New(r.method, "/"+bucket+"/k", r.query, nil)).Refused(t, 501, "NotImplemented")
	}
	for name, value := range map[string]string{"X-Amz-Write-Offset-Bytes": "3"} {
		server.Do(t, server.New(http.MethodPut, "/"+bucket+"/k", "", []byte("changed")).With(name, value)).Refused(t, 501, "NotImplemented")
	}
	require.Equal(t, "unchanged", string(read(t, c, bucket, "k")))
}

// TestNotYet: features that come with later releases are refused by name instead of being ignored; a write that asks for one stores nothing.
// When a feature arrives its line moves to a test of its own.
func TestNotYet(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	put(t, c, bucket, "k", []byte("unchanged"))
	for _, sub := range []string{"encryption", "logging", "notification", "replication"} {
		for _, method := range []string{"GET", "PUT"} {
			server.Do(t, server.New(method, "/"+bucket, sub, nil)).Refused(t, 501, "NotImplemented")
		}
	}
	for name, value := range map[string]string{
		"X-Amz-Server-Side-Encryption": "AES256", "X-Amz-Server-Side-Encryption-Customer-Algorithm": "AES256",
	} {
		a := server.Do(t, server.New(http.MethodPut, "/"+bucket+"/new", "", []byte("x")).With(name, value))
		a.Refused(t, 501, "NotImplemented")
		a = server.Do(t, server.New(http.MethodPost, "/"+bucket+"/new", "uploads", nil).With(name, value))
		a.Refused(t, 501, "NotImplemented")
		a = server.Do(t, server.New(http.MethodPut, "/"+bucket+"/new", "", nil).With("X-Amz-Copy-Source", bucket+"/k").With(name, value))
		a.Refused(t, 501, "NotImplemented")
	}
	absent(t, c, bucket, "new")
	for _, h := range [][2]string{
		{"X-Amz-Acl", "private"}, {"X-Amz-Acl", "bucket-owner-full-control"}, {"X-Amz-Storage-Class", "STANDARD"}, {"X-Amz-Request-Payer", "requester"},
	} {
		a := server.Do(t, server.New(http.MethodPut, "/"+bucket+"/noop", "", []byte("x")).With(h[0], h[1]))
		require.Equal(t, 200, a.Status, "%s: %s", h, a.Body)
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	for _, r := range []struct{ method, path string }{{"PATCH", "/" + bucket + "/k"}, {"PUT", "/"}, {"DELETE", "/"}, {"POST", "/" + bucket + "/k"}, {"TRACE", "/" + bucket}, {"BREW", "/" + bucket}} {
		a := server.Do(t, server.New(r.method, r.path, "", nil))
		a.Refused(t, 405, "MethodNotAllowed")
	}
	server.Do(t, server.New("GET", "/"+bucket+"/k", "delete", nil)).Refused(t, 405, "MethodNotAllowed")
}
