package hostile

import (
	"bufio"
	"bytes"
	"crypto/md5" //nolint:gosec // Content-MD5
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// raw sends bytes as they are and returns the status of the answer, 0 when the server closed without one.
func raw(t *testing.T, text string) int {
	t.Helper()
	conn := server.Dial(t)
	defer func() { _ = conn.Close() }()
	_, _ = conn.Write([]byte(text)) // the server may close before it has read everything
	_ = conn.CloseWrite()
	a, err := lab.ReadAnswer(conn, "GET")
	if err != nil {
		return 0
	}
	return a.Status
}

func TestTruncatedBodies(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	body := pattern(300_000)
	for _, sent := range []int{0, 1, 4096, 65536, 299_999} {
		for _, digest := range []string{"", lab.Unsigned} {
			r := object(bucket, body)
			if digest != "" {
				r.Header.Set("X-Amz-Content-Sha256", digest)
			}
			server.Signer().Sign(r)
			// Half closed: the client still listens.
			conn := server.Dial(t)
			_, err := conn.Write(append(r.Head(), body[:sent]...))
			require.NoError(t, err)
			require.NoError(t, conn.CloseWrite())
			a, err := lab.ReadAnswer(conn, r.Method)
			if err == nil { // net/http may see the end of the connection as the end of the client
				one(t, a, "400 IncompleteBody", "400 RequestTimeout")
			}
			// Closed: nobody listens any more.
			conn = server.Dial(t)
			_, err = conn.Write(append(r.Head(), body[:sent]...))
			require.NoError(t, err)
			require.NoError(t, conn.Close())
		}
	}
	// Reset in the middle of parts and of copies leaves nothing either.
	untouched(t, bucket)
}

// TestSlowClient says nothing in the middle of a body, of the headers, and of an answer. The first two connections are ended by the server.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	var wg sync.WaitGroup
	wg.Go(func() {
		r := object(bucket, pattern(100_000)).With("X-Amz-Content-Sha256", lab.Unsigned)
		server.Signer().Sign(r)
		conn := server.Dial(t)
		_ = conn.SetDeadline(time.Now().Add(100 * time.Second))
		if _, err := conn.Write(append(r.Head(), r.Body[:1000]...)); err != nil {
			t.Error(err)
			return
		}
		a, err := lab.ReadAnswer(conn, r.Method)
		if err != nil {
			t.Error("a silent body:", err)
			return
		}
		if a.Status != 400 || a.Error.Code != "RequestTimeout" {
			t.Errorf("a silent body: %d %s", a.Status, a.Body)
		}
	})
	wg.Go(func() {
		conn := server.Dial(t)
		_ = conn.SetDeadline(time.Now().Add(100 * time.Second))
		if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")); err != nil {
			t.Error(err)
			return
		}
		if _, err := io.Copy(io.Discard, conn); err != nil && os.IsTimeout(err) {
			t.Error("headers that never end are waited for without limit")
		}
	})
	wg.Go(func() { // one byte now and then is slow but alive
		r := object(bucket, pattern(20)).With("X-Amz-Content-Sha256", lab.Unsigned)
		server.Signer().Sign(r)
		conn := server.Dial(t)
		if _, err := conn.Write(r.Head()); err != nil {
			t.Error(err)
			return
		}
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for i := range r.Body {
			<-tick.C
			if _, err := conn.Write(r.Body[i : i+1]); err != nil {
				t.Error("slow client was cut:", err)
				return
			}
		}
		a, err := lab.ReadAnswer(conn, r.Method)
		if err != nil || a.Status != 200 {
			t.Errorf("slow client: %v %v", a, err)
		}
	})
	wg.Wait()
	require.Equal(t, 204, server.Do(t, server.New(http.MethodDelete, "/"+bucket+"/k", "", nil)).Status)
	untouched(t, bucket)
}

func TestHeaderSections(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	r := object(bucket, []byte("x"))
	for i := range 600 {
		r.Header.Set(fmt.Sprintf("X-Filler-%d", i), strings.Repeat("v", 10))
	}
	one(t, server.Do(t, r), "400 RequestHeaderSectionTooLarge")
	one(t, server.Do(t, object(bucket, []byte("x")).With("X-Filler", strings.Repeat("v", 9<<10))), "400 RequestHeaderSectionTooLarge")
	a := server.Do(t, object(bucket, []byte("x")).With("X-Filler", strings.Repeat("v", 100<<10)))
	require.Contains(t, []int{400, 431}, a.Status)
	require.Equal(t, 0, min(0, raw(t, "PUT /"+bucket+"/k HTTP/1.1\r\nHost: x\r\nX-Filler: "+strings.Repeat("v", 2<<20)+"\r\n\r\n")))
	a = server.Send(t, server.New(http.MethodGet, "/"+bucket, strings.Repeat("a=b&", 4000), nil))
	require.Contains(t, []int{400, 403, 414, 431}, a.Status)
	untouched(t, bucket)
}

func TestRequestLines(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	for _, text := range []string{
		"\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\r\n\r\n", "get / HTTP/1.1\r\nHost: x\r\n\r\n", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a%2 HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x y\r\n\r\n", "GET / HTTP/1.1\r\nHost x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
		"PUT /" + bucket + "/k HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "PUT /" + bucket + "/k HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"PUT /" + bucket + "/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "PUT /" + bucket + "/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\nx",
		"PUT /" + bucket + "/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "PUT /" + bucket + "/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"GET http://127.0.0.1/ HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: ..\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a..b." + lab.Domain + "\r\n\r\n", "GET / HTTP/1.1\r\nHost: ." + lab.Domain + "\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: .myfsio.sys." + lab.Domain + "\r\n\r\n", "GET /../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", "GET //etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", "GET ///// HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /?\x01 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /?%zz HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		status := raw(t, text)
		require.True(t, status == 0 || (status >= 400 && status < 500) || status == 501 || status == 505 || strings.HasPrefix(text, "OPTIONS"), "%q answered %d", text, status)
	}
	untouched(t, bucket)
}

// TestNoSmuggling: what follows a refused request in its body is never taken for a request.
func TestNoSmuggling(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	inner := object(bucket, []byte("smuggled"))
	server.Signer().Sign(inner)
	payload := append(inner.Head(), inner.Body...)
	for _, outer := range []*lab.Request{
		server.New(http.MethodPut, "/"+bucket+"/outer", "", payload),                                // anonymous: refused before the body
		server.New(http.MethodGet, "/"+bucket, "list-type=2", payload),                              // a body that GET does not read
		server.New(http.MethodDelete, "/"+bucket+"/outer", "", payload),                             // nor DELETE
		server.New(http.MethodPut, "/no-such-bucket-here/outer", "", payload),                       // refused after authentication
		server.New(http.MethodPost, "/"+bucket, "delete", payload),                                  // refused for its missing checksum
		server.New(http.MethodPut, "/"+bucket+"/outer", "", payload).With("Content-Md5", "bad"),     // refused for a header
		server.New(http.MethodPut, "/"+bucket+"/outer", "", payload).With("If-None-Match", `"tag"`), // not implemented
	} {
		for _, sign := range []bool{false, true} {
			r := *outer
			r.Header = outer.Header.Clone()
			if sign {
				server.Signer().Sign(&r)
			}
			conn := server.Dial(t)
			_, _ = conn.Write(append(r.Head(), r.Body...))
			_ = conn.CloseWrite()
			_, _ = io.Copy(io.Discard, conn)
			require.NoError(t, conn.Close())
		}
	}
	require.Equal(t, 404, server.Get(t, "/"+bucket+"/k", "").Status, "the body of a request was taken for a request")
}

// TestExpect holds permission to send a body against what the headers already decide.
func TestExpect(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	require.Equal(t, 200, server.Put(t, "/"+bucket+"/exists", []byte("x")).Status)
	first := func(r *lab.Request) (*http.Response, io.ReadWriteCloser) {
		conn := server.Dial(t)
		_, err := conn.Write(r.Head())
		require.NoError(t, err)
		resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.Method})
		require.NoError(t, err)
		return resp, conn
	}
	body := pattern(100_000)
	ask := func(path string) *lab.Request {
		return server.New(http.MethodPut, path, "", body).With("Expect", "100-continue").With("X-Amz-Content-Sha256", lab.Unsigned)
	}
	r := ask("/" + bucket + "/k")
	server.Signer().Sign(r)
	resp, conn := first(r)
	require.Equal(t, 100, resp.StatusCode)
	_, err := conn.Write(body)
	require.NoError(t, err)
	a, err := lab.ReadAnswer(conn, r.Method)
	require.NoError(t, err)
	require.Equal(t, 200, a.Status)
	require.Equal(t, 204, server.Do(t, server.New(http.MethodDelete, "/"+bucket+"/k", "", nil)).Status)

	// An empty body is asked for permission as well. Without one the connection must end: the AWS CLI mistakes the next answer for this one.
	r = server.New(http.MethodPut, "/"+bucket+"/k", "", nil).With("Expect", "100-continue")
	server.Signer().Sign(r)
	resp, conn = first(r)
	require.True(t, resp.StatusCode == 100 || resp.Close, "a final answer %d without permission on a connection that stays", resp.StatusCode)
	require.NoError(t, conn.Close())
	server.Do(t, server.New(http.MethodDelete, "/"+bucket+"/k", "", nil))

	wrong := server.Signer()
	wrong.Secret = "other"
	right := server.Signer()
	for name, tc := range map[string]struct {
		r      *lab.Request
		signer lab.Signer
		status int
	}{
		"signature":  {ask("/" + bucket + "/k"), wrong, 403},
		"bucket":     {ask("/no-such-bucket-here/k"), right, 404},
		"exists":     {ask("/"+bucket+"/exists").With("If-None-Match", "*"), right, 412},
		"if match":   {ask("/"+bucket+"/exists").With("If-Match", `"00000000000000000000000000000000"`), right, 412},
		"too large":  {ask("/"+bucket+"/k").With("Content-Length", fmt.Sprint(6<<30)), right, 400},
		"md5":        {ask("/"+bucket+"/k").With("Content-Md5", "bad"), right, 400},
		"checksum":   {ask("/"+bucket+"/k").With("X-Amz-Checksum-Crc32", "bad"), right, 400},
		"metadata":   {ask("/"+bucket+"/k").With("X-Amz-Meta-Large", strings.Repeat("m", 2049)), right, 400},
		"key":        {ask("/" + bucket + "/" + strings.Repeat("k", 1025)), right, 400},
		"feature":    {ask("/"+bucket+"/k").With("X-Amz-Server-Side-Encryption", "AES256"), right, 501},
		"class":      {ask("/"+bucket+"/k").With("X-Amz-Storage-Class", "FLOPPY"), right, 400},
		"no upload":  {&lab.Request{Method: "PUT", Path: "/" + bucket + "/k", Query: "partNumber=1&uploadId=none", Host: r.Host, Header: ask("/").Header, Body: body}, right, 404},
		"bad number": {&lab.Request{Method: "PUT", Path: "/" + bucket + "/k", Query: "partNumber=0&uploadId=none", Host: r.Host, Header: ask("/").Header, Body: body}, right, 400},
	} {
		tc.signer.Sign(tc.r)
		resp, conn := first(tc.r)
		require.Equal(t, tc.status, resp.StatusCode, "%s: the refusal must come instead of a permission", name)
		require.True(t, resp.Close, "%s: nobody knows whether the body comes, so the connection cannot stay", name)
		require.NoError(t, conn.Close())
	}
	require.Equal(t, 204, server.Do(t, server.New(http.MethodDelete, "/"+bucket+"/exists", "", nil)).Status)
	untouched(t, bucket)
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	bomb := `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`
	external := `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>`
	inside := func(pre, value string) []string {
		return []string{
			pre + "<VersioningConfiguration><Status>" + value + "</Status></VersioningConfiguration>",
			pre + "<Delete><Object><Key>" + value + "</Key></Object></Delete>",
			pre + "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + value + "</ETag></Part></CompleteMultipartUpload>",
			pre + "<CreateBucketConfiguration><LocationConstraint>" + value + "</LocationConstraint></CreateBucketConfiguration>",
		}
	}
	var docs [][]string
	docs = append(docs, inside(bomb, "&c;"), inside(external, "&x;"), inside("<!DOCTYPE d>", "Enabled"), inside("", "&undefined;"), inside("", "\x01"), inside("", "\xff\xfe"),
		inside("", "<![CDATA["), inside("<", "x"), inside("", strings.Repeat("<a>", 100_000)), inside("<?xml version=\"1.0\" encoding=\"UTF-16\"?>", "x"), inside("\x00", "x"),
		inside("", "x</Status></Key></ETag></LocationConstraint>"))
	for _, set := range docs {
		for i, doc := range set {
			r := server.New(http.MethodPut, "/"+bucket, "versioning", []byte(doc))
			switch i {
			case 1:
				r.Method, r.Query = http.MethodPost, "delete"
				sum := md5.Sum([]byte(doc)) //nolint:gosec // as above
				r.Header.Set("Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
			case 2:
				up := server.Do(t, server.New(http.MethodPost, "/"+bucket+"/k", "uploads", nil))
				_, rest, _ := strings.Cut(string(up.Body), "<UploadId>")
				id, _, _ := strings.Cut(rest, "</UploadId>")
				r.Method, r.Path, r.Query = http.MethodPost, "/"+bucket+"/k", "uploadId="+id
				t.Cleanup(func() { server.Do(t, server.New(http.MethodDelete, "/"+bucket+"/k", "uploadId="+id, nil)) })
			case 3:
				r.Path, r.Query = "/hostile-never-made", ""
			}
			start := time.Now()
			a := server.Do(t, r)
			require.Equal(t, 400, a.Status, "%.80q: %.300s", doc, a.Body)
			require.NotContains(t, string(a.Body), "root:")
			require.Less(t, time.Since(start), 10*time.Second)
		}
	}
	require.Equal(t, 404, server.Get(t, "/hostile-never-made", "").Status)
	large := server.New(http.MethodPut, "/"+bucket, "versioning", []byte("<VersioningConfiguration>"+strings.Repeat(" ", 2<<20)+"<Status>Enabled</Status></VersioningConfiguration>"))
	one(t, server.Do(t, large), "400 MalformedXML", "400 MaxMessageLengthExceeded", "400 EntityTooLarge")
	require.NotContains(t, string(server.Get(t, "/"+bucket, "versioning").Body), "Enabled")
}

func TestDuplicateQueryNames(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	for _, q := range []string{"max-keys=1&max-keys=2", "prefix=a&prefix=b", "list-type=2&list-type=1", "list-type=2&continuation-token=a&continuation-token=b", "versions&key-marker=a&key-marker=b", "delimiter=/&delimiter=%2F"} {
		one(t, server.Get(t, "/"+bucket, q), "400 InvalidArgument")
	}
	for _, q := range []string{"versionId=null&versionId=null", "partNumber=1&partNumber=2", "response-content-type=a&response-content-type=b"} {
		one(t, server.Get(t, "/"+bucket+"/k", q), "400 InvalidArgument")
	}
	one(t, server.Do(t, server.New(http.MethodPut, "/"+bucket+"/k", "partNumber=1&uploadId=a&uploadId=b", []byte("x"))), "400 InvalidArgument")
	one(t, server.Do(t, server.New(http.MethodPut, "/"+bucket+"/k", "acl&tagging", []byte("x"))), "400 InvalidArgument", "400 InvalidRequest", "501 NotImplemented", "405 MethodNotAllowed")
	untouched(t, bucket)
}

// TestTraversal: nothing outside a bucket is ever read or written, whatever names a request uses.
func TestTraversal(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	const secret = "canary-that-nobody-may-read"
	for _, dir := range []string{server.Root, server.Store, filepath.Join(server.Store, ".myfsio.sys")} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "canary.txt"), []byte(secret), 0o600))
	}
	outside := func() map[string]int64 {
		files := map[string]int64{}
		for _, dir := range []string{filepath.Dir(server.Root), server.Root, server.Store, filepath.Join(server.Store, ".myfsio.sys"), filepath.Join(server.Store, ".myfsio.sys", "config")} {
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			for _, e := range entries {
				if dir == filepath.Dir(server.Root) && !strings.Contains(e.Name(), "escaped") {
					continue
				}
				files[filepath.Join(dir, e.Name())] = 1
			}
		}
		return files
	}
	before := outside()
	ups := []string{"..", "%2e%2e", "..%2f..", "%2E%2E%2F%2E%2E", ".%2e", "....//....", "..%5c..", "%252e%252e", "..%c0%af..", "..;", "%00/..", "./..", "//..", "a/../.."}
	for _, up := range ups {
		for _, target := range []string{"canary.txt", "data/canary.txt", ".myfsio.sys/canary.txt", ".myfsio.sys/config/iam.json", "escaped.txt"} {
			path := "/" + bucket + "/" + up + "/" + target
			a := server.Get(t, path, "")
			require.NotContains(t, string(a.Body), secret, "%s was read", path)
			require.Contains(t, []int{400, 404}, a.Status, "%s: %s", path, a.Body)
			server.Put(t, path, []byte("escaped")) // a key like any other, or refused
			server.Do(t, server.New(http.MethodDelete, path, "", nil))
			path = "/" + up + "/" + target
			a = server.Get(t, path, "")
			require.NotContains(t, string(a.Body), secret)
			require.Contains(t, []int{400, 404}, a.Status, "%s: %s", path, a.Body)
			a = server.Put(t, path, []byte("escaped"))
			require.Contains(t, []int{400, 404}, a.Status, "%s: %s", path, a.Body)
			for _, source := range []string{bucket + "/" + up + "/" + target, up + "/" + target, "/" + up + "/" + bucket + "/" + target} {
				a = server.Do(t, server.New(http.MethodPut, "/"+bucket+"/copy", "", nil).With("X-Amz-Copy-Source", source))
				require.Contains(t, []int{400, 404}, a.Status, "%s: %s", source, a.Body)
			}
		}
	}
	for _, name := range []string{".myfsio.sys", "%2emyfsio.sys", ".myfsio.sys%2fconfig", ".MYFSIO.SYS"} {
		for _, r := range []*lab.Request{
			server.New("GET", "/"+name, "", nil), server.New("GET", "/"+name+"/canary.txt", "", nil), server.New("PUT", "/"+name, "", nil), server.New("PUT", "/"+name+"/escaped.txt", "", []byte("x")),
			server.New("DELETE", "/"+name+"/canary.txt", "", nil), server.New("DELETE", "/"+name, "", nil), server.New("GET", "/"+name, "versions", nil), server.New("POST", "/"+name+"/x", "uploads", nil),
		} {
			a := server.Do(t, r)
			require.Contains(t, []int{400, 404}, a.Status, "%s %s: %s", r.Method, r.Path, a.Body)
			require.NotContains(t, string(a.Body), secret)
		}
	}
	list := server.Get(t, "/", "")
	require.NotContains(t, string(list.Body), "myfsio.sys")
	require.Equal(t, before, outside(), "files appeared or vanished outside of buckets")
	for path := range before {
		if filepath.Base(path) == "canary.txt" {
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			require.True(t, bytes.Equal([]byte(secret), got))
		}
	}
	_, err := os.Stat(filepath.Join(filepath.Dir(server.Root), "escaped.txt"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
