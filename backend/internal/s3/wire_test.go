package s3

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/peer"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// wire is a connection on which a test says byte by byte what is sent.
type wire struct {
	net.Conn
	t  testing.TB
	in *bufio.Reader
}

func (e *env) dial() *wire {
	conn, err := net.Dial("tcp", e.http.Listener.Addr().String())
	require.NoError(e.t, err)
	e.t.Cleanup(func() { conn.Close() })
	require.NoError(e.t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	return &wire{conn, e.t, bufio.NewReader(conn)}
}

// head sends the head of a signed request with an unsigned body.
func (w *wire) head(e *env, user, method, path string, length int, more ...string) {
	h := http.Header{}
	var lines strings.Builder
	for _, line := range more {
		lines.WriteString(line + "\r\n")
	}
	target, query, _ := strings.Cut(path, "?")
	e.signers[user].Sign(&sigv4.Request{Method: method, Path: target, Query: query, Header: h, Hosts: []string{"host"}, Length: int64(length)}, sigv4.UnsignedPayload, e.clock.Now())
	for name := range h {
		lines.WriteString(name + ": " + h.Get(name) + "\r\n")
	}
	w.say(fmt.Sprintf("%s %s HTTP/1.1\r\nHost: host\r\nContent-Length: %d\r\n%s\r\n", method, path, length, lines.String()))
}

func (w *wire) say(s string) {
	_, err := io.WriteString(w, s)
	require.NoError(w.t, err)
}

func (w *wire) line() string {
	s, err := w.in.ReadString('\n')
	require.NoError(w.t, err)
	return strings.TrimSpace(s)
}

func (w *wire) answer(method string) (int, string) {
	res, err := http.ReadResponse(w.in, &http.Request{Method: method})
	require.NoError(w.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return res.StatusCode, string(b)
}

func (e *env) keys(bucket string) []string {
	_, body := e.ok(adminKey, get, "/"+bucket, "", nil)
	var keys []string
	for _, part := range strings.Split(body, "<Key>")[1:] {
		key, _, _ := strings.Cut(part, "</Key>")
		keys = append(keys, key)
	}
	return keys
}

func TestExpectIsAnsweredBeforeTheBody(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)

	for _, path := range []string{"/none/key", "/bucket/" + strings.Repeat("k", 1025)} {
		w := e.dial()
		w.head(e, adminKey, put, path, 1<<30, "Expect: 100-continue")
		status, body := w.answer(put)
		require.GreaterOrEqual(t, status, 400, body)
	}
	w := e.dial()
	w.head(e, "reader", put, "/bucket/key", 10, "Expect: 100-continue")
	status, _ := w.answer(put)
	require.Equal(t, 403, status)

	e.ok(adminKey, put, "/bucket/there", "x", nil)
	w = e.dial()
	w.head(e, adminKey, put, "/bucket/there", 10, "Expect: 100-continue", "If-None-Match: *")
	status, _ = w.answer(put)
	require.Equal(t, 412, status, "a condition that fails already saves the upload")

	w = e.dial()
	w.head(e, adminKey, put, "/bucket/key", 10, "Expect: 100-continue")
	require.Equal(t, "HTTP/1.1 100 Continue", w.line())
	require.Empty(t, w.line())
	w.say("0123456789")
	status, _ = w.answer(put)
	require.Equal(t, 200, status)
	require.Equal(t, []string{"key", "there"}, e.keys("bucket"))

	e.server.Limits = limitsOf(t, "limit OBJECT_OPS 1 per hour\nlimit ADMIN 1 per hour")
	e.ok(adminKey, get, "/bucket/key", "", nil)
	w = e.dial()
	w.head(e, adminKey, put, "/bucket/key", 1<<30, "Expect: 100-continue")
	status, body := w.answer(put)
	require.Equal(t, 503, status, body)
	for range 2 { // of IAM the whole form is what is signed
		w = e.dial()
		w.head(e, adminKey, post, "/", 10, "Expect: 100-continue", "Content-Type: application/x-www-form-urlencoded")
		if line := w.line(); line != "HTTP/1.1 100 Continue" {
			require.Equal(t, "HTTP/1.1 400 Bad Request", line)
			return
		}
	}
	t.Fatal("over the limit, and asked for the body")
}

// A client that sends all before it reads gets its answer, and the connection serves the next request where the rest was short.
func TestRefusalReachesWhoeverStillSends(t *testing.T) {
	e := newEnv(t, nil)
	for _, size := range []int{100, 300 << 10, 16 << 20} {
		w := e.dial()
		w.head(e, adminKey, put, "/none/key", size)
		w.say(strings.Repeat("x", size))
		status, body := w.answer(put)
		require.Equal(t, 404, status)
		require.Contains(t, body, "NoSuchBucket")
		w.head(e, adminKey, head, "/none", 0)
		status, _ = w.answer(head)
		require.Equal(t, 404, status)
	}
}

func TestSilentClientIsCutOff(t *testing.T) {
	e := newEnv(t, func(c *Config) { c.IdleTimeout = 100 * time.Millisecond })
	e.ok(adminKey, put, "/bucket", "", nil)
	w := e.dial()
	w.head(e, adminKey, put, "/bucket/key", 10)
	w.say("012")
	status, body := w.answer(put)
	require.Equal(t, 400, status)
	require.Contains(t, body, "<Code>RequestTimeout</Code>")
	require.Empty(t, e.keys("bucket"))
}

// A client that does not read what it asked for does not hold the object for ever.
func TestClientThatDoesNotReadIsCutOff(t *testing.T) {
	e := newEnv(t, func(c *Config) { c.IdleTimeout = 200 * time.Millisecond })
	e.ok(adminKey, put, "/bucket", "", nil)
	e.ok(adminKey, put, "/bucket/key", strings.Repeat("x", 48<<20), nil)
	w := e.dial()
	w.head(e, adminKey, get, "/bucket/key", 0)
	require.Contains(t, w.line(), " 200 ")
	e.http.Close() // waits for the request to end
	requests := e.requests()
	last := requests[len(requests)-1]
	require.Equal(t, "GetObject", last["operation"])
	require.Equal(t, "Aborted", last["code"])
	sent, err := strconv.Atoi(last["out"])
	require.NoError(t, err)
	require.Less(t, sent, 48<<20)
}

func TestEarlyEndStoresNothing(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	for _, size := range []int{10, 1 << 20} { // inline, and a blob
		w := e.dial()
		w.head(e, adminKey, put, "/bucket/key", size)
		w.say("012")
		require.NoError(t, w.Conn.(*net.TCPConn).CloseWrite())
		status, body := w.answer(put)
		require.Equal(t, 400, status)
		require.Contains(t, body, "<Code>IncompleteBody</Code>")
	}
	require.Empty(t, e.keys("bucket"))
}

func TestBucketGoesDuringPut(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	w := e.dial()
	w.head(e, adminKey, put, "/bucket/key", 10, "Expect: 100-continue")
	require.Equal(t, "HTTP/1.1 100 Continue", w.line())
	require.Empty(t, w.line())
	e.ok(adminKey, del, "/bucket", "", nil)
	e.ok(adminKey, put, "/bucket", "", nil) // another bucket of the same name
	w.say("0123456789")
	status, body := w.answer(put)
	require.Equal(t, 404, status)
	require.Contains(t, body, "NoSuchBucket")
	require.Empty(t, e.keys("bucket"))
}

func TestAbortDuringPart(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	_, body := e.ok(adminKey, post, "/bucket/key?uploads", "", nil)
	_, rest, _ := strings.Cut(body, "<UploadId>")
	id, _, _ := strings.Cut(rest, "<")
	w := e.dial()
	w.head(e, adminKey, put, "/bucket/key?partNumber=1&uploadId="+id, 10, "Expect: 100-continue")
	require.Equal(t, "HTTP/1.1 100 Continue", w.line())
	require.Empty(t, w.line())
	e.ok(adminKey, del, "/bucket/key?uploadId="+id, "", nil)
	w.say("0123456789")
	status, body := w.answer(put)
	require.Equal(t, 404, status)
	require.Contains(t, body, "NoSuchUpload")
}

func TestOneCreatorWins(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	const n = 16
	status := make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		r := e.request(adminKey, put, "/bucket/key", fmt.Sprintf("from %d", i), map[string]string{"If-None-Match": "*"})
		wg.Go(func() {
			res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
			if err == nil {
				status[i] = res.StatusCode
				res.Body.Close()
			}
		})
	}
	wg.Wait()
	winner := -1
	for i, code := range status {
		if code == 200 {
			require.Equal(t, -1, winner, "two creators won")
			winner = i
			continue
		}
		require.Contains(t, []int{409, 412}, code)
	}
	require.NotEqual(t, -1, winner)
	_, body := e.ok(adminKey, get, "/bucket/key", "", nil)
	require.Equal(t, fmt.Sprintf("from %d", winner), body)
}

func TestTooManyHeaderBytesEndTheConnection(t *testing.T) {
	e := newEnv(t, nil)
	w := e.dial()
	w.say("GET /bucket/key HTTP/1.1\r\nHost: host\r\n")
	go func() { // the refusal may come before all is sent
		for i := range 3000 {
			fmt.Fprintf(w, "X-Filler-%d: %s\r\n", i, strings.Repeat("f", 100))
		}
	}()
	require.Contains(t, w.line(), " 431 ")
}

func TestPanicIsAnInternalError(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	e.server.Objects = nil
	res, body := e.do(adminKey, get, "/bucket/key", "", nil)
	require.Equal(t, 500, res.StatusCode)
	require.Contains(t, body, "<Code>InternalError</Code>")
	require.NotContains(t, body, "nil")
	require.Contains(t, e.logged(), "msg=panic")
	e.ok(adminKey, head, "/bucket", "", nil)
}

// handler runs fn as if it were an operation.
func handler(t *testing.T, log io.Writer, fn func(c *call) error) *httptest.Server {
	s := &Server{Deps: Deps{Config: Config{KeepAlive: time.Millisecond, IdleTimeout: time.Minute}, Logger: slog.New(slog.NewTextHandler(log, nil))}}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{s: s, r: r, header: r.Header, w: newResponse(w, r, time.Minute), info: &reqinfo.Info{RequestID: "R"}, op: table[0]}
		c.w.begin("R", "H", began)
		if err := fn(c); err != nil {
			c.fail(err)
		}
		c.w.end()
	}))
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

func TestSignsOfLifeWhileWorking(t *testing.T) {
	for name, outcome := range map[string]error{"success": nil, "failure": fault.New("x", fault.InvalidPart, ""), "panic": errors.New("panic")} {
		t.Run(name, func(t *testing.T) {
			release := make(chan struct{})
			var log bytes.Buffer
			srv := handler(t, &log, func(c *call) error {
				return c.working(func() error {
					<-release
					if name == "panic" {
						panic("secret")
					}
					return outcome
				}, func() s3xml.Document { return &s3xml.InitiatedUpload{Bucket: "b", Key: "k", UploadID: "u"} })
			})
			res, err := http.Get(srv.URL)
			require.NoError(t, err)
			defer res.Body.Close()
			require.Equal(t, 200, res.StatusCode)
			first := make([]byte, len(s3xml.Declaration)+2)
			_, err = io.ReadFull(res.Body, first) // it is still working
			require.NoError(t, err)
			require.Equal(t, s3xml.Declaration+"  ", string(first))
			close(release)
			rest, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			text := strings.TrimSpace(string(rest))
			switch name {
			case "success":
				require.Equal(t, string(s3xml.EncodeBare(&s3xml.InitiatedUpload{Bucket: "b", Key: "k", UploadID: "u"})), text)
			case "failure":
				require.True(t, strings.HasPrefix(text, "<Error><Code>InvalidPart</Code>"), text)
			case "panic":
				require.True(t, strings.HasPrefix(text, "<Error><Code>InternalError</Code>"), text)
				require.NotContains(t, text, "secret")
			}
		})
	}
}

type writerTo func(io.Writer) (int64, error)

func (f writerTo) WriteTo(w io.Writer) (int64, error) { return f(w) }

// Nobody takes a torn body for a whole one.
func TestBrokenContentCutsTheConnection(t *testing.T) {
	srv := handler(t, io.Discard, func(c *call) error {
		c.w.set("Content-Length", "200000")
		return c.w.content(200, 200000, writerTo(func(w io.Writer) (int64, error) {
			n, err := io.WriteString(w, strings.Repeat("x", 100000))
			return int64(n), errors.Join(err, fault.New("blob", fault.Internal, ""))
		}))
	})
	res, err := http.Get(srv.URL)
	require.NoError(t, err)
	defer res.Body.Close()
	_, err = io.ReadAll(res.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// recorder notes what it is asked to send.
type recorder struct {
	*httptest.ResponseRecorder
	sources []io.Reader
}

func (r *recorder) ReadFrom(src io.Reader) (int64, error) {
	r.sources = append(r.sources, src)
	return io.Copy(r.ResponseRecorder.Body, src)
}

// The connection must see the file behind at most one limit, or it cannot send it without copying.
func TestFilesReachTheConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "blob")
	content := bytes.Repeat([]byte("0123456789abcdef"), writeStep/8) // two steps
	require.NoError(t, os.WriteFile(path, append(content, "tail"...), 0o600))
	for _, limited := range []bool{false, true} {
		f, err := os.Open(path)
		require.NoError(t, err)
		rec := &recorder{ResponseRecorder: httptest.NewRecorder()}
		w := newResponse(rec, httptest.NewRequest(get, "/", nil), time.Minute)
		var src io.Reader = f
		want := int64(len(content) + 4)
		if limited {
			src, want = io.LimitReader(f, int64(len(content)+2)), int64(len(content)+2)
		}
		n, err := io.Copy(w, src)
		require.NoError(t, err)
		require.Equal(t, want, n)
		require.Equal(t, want, w.out)
		require.Equal(t, want, int64(rec.Body.Len()))
		require.NotEmpty(t, rec.sources)
		for _, s := range rec.sources {
			lim, ok := s.(*io.LimitedReader)
			require.True(t, ok)
			require.Implements(t, (*syscall.Conn)(nil), lim.R)
		}
		require.NoError(t, f.Close())
	}
}

func TestNamesBucket(t *testing.T) {
	e := newEnv(t, nil)
	r := httptest.NewRequest(get, "/", nil)
	r.Host = "bucket.s3.test:5000"
	require.True(t, e.server.NamesBucket(r))
	r.Host = "s3.test"
	require.False(t, e.server.NamesBucket(r))
	r.Header.Set("X-Forwarded-Host", "bucket.s3.test")
	require.False(t, e.server.NamesBucket(r), "from a stranger")
	r.RemoteAddr = "127.0.0.1:1234"
	require.True(t, e.server.NamesBucket(r), "from a trusted proxy")
}

// Policies can test no key that a request never has, save those of features that are not built.
func TestConditionKeysAreSupplied(t *testing.T) {
	later := map[string]bool{
		"aws:PrincipalTag/": true, "s3:ExistingObjectTag/": true, "s3:RequestObjectTag/": true, "s3:RequestObjectTagKeys": true, // tags: in tests of their own
		"aws:RequestTag/": true, "aws:ResourceTag/": true, "aws:TagKeys": true, "iam:ResourceTag/": true, "iam:PolicyARN": true, "iam:PermissionsBoundary": true, // of identities
		"s3:TlsVersion":        true,                                                                                                // TLS: not on this connection
		"aws:PrincipalAccount": true, "aws:PrincipalArn": true, "aws:PrincipalType": true, "aws:userid": true, "aws:username": true, // the evaluator knows
		"aws:PrincipalIsAWSService": true, "aws:ViaAWSService": true, "aws:SourceIdentity": true, "aws:TokenIssueTime": true, "aws:ResourceAccount": true,
		"aws:PrincipalOrgID": true, "aws:SourceAccount": true, "aws:SourceArn": true, "aws:SourceVpc": true, "aws:SourceVpce": true, // no request has them
		"sts:ExternalId": true, "sts:RoleSessionName": true, "sts:SourceIdentity": true, "sts:TransitiveTagKeys": true, // of actions of STS
		"aws:MultiFactorAuthPresent": true, "aws:MultiFactorAuthAge": true, // of temporary credentials
	}
	q, err := parseQuery("prefix=p&delimiter=d&max-keys=1&versionId=v")
	require.NoError(t, err)
	h := http.Header{"Referer": {"r"}, "User-Agent": {"u"}, "If-Match": {"a"}, "If-None-Match": {"*"}, copySource: {"bucket/k"}}
	for name := range headerConditions {
		h.Set(name, "x")
	}
	h.Set("X-Amz-Content-Sha256", "x")
	for _, name := range []string{"X-Amz-Object-Lock-Mode", "X-Amz-Object-Lock-Retain-Until-Date", "X-Amz-Object-Lock-Legal-Hold"} {
		h.Set(name, "2026-01-03T03:04:06Z")
	}
	r := httptest.NewRequest(get, "/", nil)
	c := &call{s: &Server{Deps: Deps{Config: Config{Region: "us-east-1"}}}, r: r, header: h, query: q, op: table[0], now: began, claim: &sigv4.Auth{Kind: sigv4.HeaderV4, Time: began.Add(-time.Second)}}
	c.peer, r.Header = peer.Of(r, nil), h
	c.asks(iam.Machine)
	c.record = &meta.Bucket{Name: "bucket"}
	ask := c.ask("s3:GetObject", c.record, "key")
	for _, k := range policy.ConditionKeys() {
		values, ok := c.asker.Lookup(t.Context(), &ask, k.Name)
		require.Equal(t, !later[k.Name], ok, k.Name)
		if ok {
			require.True(t, len(values) == 1 || k.Multi, k.Name)
		}
	}
	age, _ := c.asker.Lookup(t.Context(), &ask, "s3:signatureAge")
	require.Equal(t, []string{"1000"}, age)
	days, _ := c.condition("s3:object-lock-remaining-retention-days")
	require.Equal(t, []string{"2"}, days)
}
