// Package hostile sends over raw sockets what no client sends, and checks after each that nothing was stored.
package hostile

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

var server *lab.Server

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	root, err := os.MkdirTemp("", "hostile")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(root) }()
	server, err = lab.Launch(lab.Options{Root: root})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	select {
	case <-server.Exited():
		fmt.Fprintln(os.Stderr, "the server did not survive")
		code = 1
	default:
	}
	if err := server.Stop(40 * time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "the server did not stop cleanly:", err)
		code = 1
	}
	if code != 0 {
		fmt.Fprintf(os.Stderr, "end of the server's log:\n%s\n", server.Log())
	}
	return code
}

var bucketNumber atomic.Int64

func newBucket(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("hostile-%d", bucketNumber.Add(1))
	a := server.Put(t, "/"+name, nil)
	require.Equal(t, 200, a.Status, "%s", a.Body)
	return name
}

// untouched asserts that a bucket holds nothing: no version, no upload, no usage.
func untouched(t *testing.T, bucket string) {
	t.Helper()
	a := server.Get(t, "/"+bucket, "versions")
	require.Equal(t, 200, a.Status)
	require.NotContains(t, string(a.Body), "<Key>", "something was stored")
	a = server.Get(t, "/"+bucket, "uploads")
	require.NotContains(t, string(a.Body), "<Upload>")
	a = server.Get(t, "/myfsio/buckets/"+bucket, "")
	require.Equal(t, 200, a.Status, "%s", a.Body)
	var usage struct{ Objects, Bytes, Versions, VersionBytes, DeleteMarkers, Uploads, UploadBytes int64 }
	require.NoError(t, json.Unmarshal(a.Body, &usage))
	require.Zero(t, usage)
}

// one asserts that an answer is one of several of the form "400 Code".
func one(t *testing.T, a *lab.Answer, want ...string) {
	t.Helper()
	require.Contains(t, want, fmt.Sprint(a.Status, " ", a.Error.Code), "body: %.400s", a.Body)
}

// object is a request to store body under k.
func object(bucket string, body []byte) *lab.Request {
	return server.New(http.MethodPut, "/"+bucket+"/k", "", body)
}

func pattern(n int) []byte {
	return []byte(strings.Repeat("0123456789abcdef", n/16+1)[:n])
}
