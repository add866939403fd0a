package lab

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Request is a request as its bytes go over the wire: nothing is cleaned, nothing is added but Host and Content-Length.
type Request struct {
	Method   string
	Path     string // escaped, with the leading slash
	Query    string // escaped, without the question mark
	Host     string
	Header   http.Header
	Body     []byte
	NoLength bool // leave Content-Length away
}

// Answer is an answer that has been read whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Error  ErrorBody // of an error document
	Close  bool      // the server closes the connection
}

// ErrorBody is an error document.
type ErrorBody struct {
	XMLName   xml.Name
	Code      string
	Message   string
	Resource  string
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
	Inner     []byte `xml:",innerxml"`
}

// Has reports whether the document has an element with a value.
func (e ErrorBody) Has(name, value string) bool {
	return bytes.Contains(e.Inner, []byte("<"+name+">"+value+"</"+name+">"))
}

// New returns a request to the server, addressed by path.
func (s *Server) New(method, path, query string, body []byte) *Request {
	return &Request{Method: method, Path: path, Query: query, Host: "127.0.0.1:" + strconv.Itoa(s.Port), Header: http.Header{}, Body: body}
}

// With sets a header and returns r.
func (r *Request) With(name, value string) *Request {
	r.Header.Set(name, value)
	return r
}

// Signer returns the signer of the administrator.
func (s *Server) Signer() Signer { return Signer{Access: AccessKey, Secret: SecretKey, Region: Region} }

// Head is the request up to the empty line after the headers.
func (r *Request) Head() []byte {
	var b bytes.Buffer
	target := r.Path
	if r.Query != "" {
		target += "?" + r.Query
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, target, r.Host)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, v := range r.Header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, v)
		}
	}
	if _, ok := r.Header["Content-Length"]; !ok && !r.NoLength && (len(r.Body) > 0 || r.Method == http.MethodPut || r.Method == http.MethodPost) {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// Dial opens a connection whose reads and writes end after a minute.
func (s *Server) Dial(t testing.TB) *net.TCPConn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(s.Port), 10*time.Second)
	require.NoError(t, err)
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	t.Cleanup(func() { _ = conn.Close() })
	return conn.(*net.TCPConn)
}

// Send writes a request as it stands over a connection of its own and reads the answer.
func (s *Server) Send(t testing.TB, r *Request) *Answer {
	t.Helper()
	conn := s.Dial(t)
	defer func() { _ = conn.Close() }()
	// A server that refuses early may close before it has read everything; its answer counts, not the error of the write.
	_, werr := conn.Write(append(r.Head(), r.Body...))
	a, err := ReadAnswer(conn, r.Method)
	require.NoError(t, err, "no answer to %s %s (write: %v)", r.Method, r.Path, werr)
	return a
}

// Do signs a request as the administrator and sends it.
func (s *Server) Do(t testing.TB, r *Request) *Answer {
	t.Helper()
	s.Signer().Sign(r)
	return s.Send(t, r)
}

// Get is a signed request without a body.
func (s *Server) Get(t testing.TB, path, query string) *Answer {
	t.Helper()
	return s.Do(t, s.New(http.MethodGet, path, query, nil))
}

// Put is a signed request with a body.
func (s *Server) Put(t testing.TB, path string, body []byte) *Answer {
	t.Helper()
	return s.Do(t, s.New(http.MethodPut, path, "", body))
}

// ReadAnswer reads one answer, skipping those of class 1xx.
func ReadAnswer(conn io.Reader, method string) (*Answer, error) {
	in := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			return nil, err
		}
		if resp.StatusCode < 200 {
			continue
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return nil, err
		}
		a := &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body, Close: resp.Close}
		if resp.StatusCode >= 300 && strings.Contains(resp.Header.Get("Content-Type"), "xml") && len(body) > 0 {
			if err := xml.Unmarshal(body, &a.Error); err != nil {
				return nil, fmt.Errorf("error document %q: %w", body, err)
			}
		}
		return a, nil
	}
}

// Refused holds an answer against status and code of an error document, and against what every refusal carries.
func (a *Answer) Refused(t testing.TB, status int, code string) {
	t.Helper()
	require.Equal(t, fmt.Sprint(status, " ", code), fmt.Sprint(a.Status, " ", a.Error.Code), "body: %s", a.Body)
	require.NotEmpty(t, a.Header.Get("X-Amz-Request-Id"))
	require.NotEmpty(t, a.Header.Get("X-Amz-Id-2"))
	require.Equal(t, a.Header.Get("X-Amz-Request-Id"), a.Error.RequestID)
	require.Equal(t, "Error", a.Error.XMLName.Local)
	require.Empty(t, a.Error.XMLName.Space, "error documents have no namespace")
}
