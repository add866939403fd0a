package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// A client that costs little, since it shares the machine with what it measures: one connection, requests written as bytes, answers read
// without being kept.

const (
	accessKey = "BENCHKEY0000000000"
	secretKey = "bench-secret-0000000000000000000000000000"
	region    = "us-east-1"
	unsigned  = "UNSIGNED-PAYLOAD"
)

type client struct {
	addr string
	conn net.Conn
	r    *bufio.Reader
	buf  []byte
	day  string
	key  []byte
}

func dial(addr string) (*client, error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &client{addr: addr, conn: conn, r: bufio.NewReaderSize(conn, 256<<10)}, nil
}

func (c *client) close() { _ = c.conn.Close() }

type request struct {
	method string
	path   string // already escaped
	query  string // canonical: sorted and escaped
	body   []byte
	sha    string   // payload hash in hex, or unsigned; empty means unsigned
	length int64    // declared length when the body is sent by send; 0 means len(body)
	header []string // further x-amz-* headers, "name:value" with the name in lower case; signed
}

type response struct {
	status int
	length int64
	etag   string
	body   []byte // kept for small XML answers only
}

// do sends the request and reads the answer; keep tells whether the body is wanted.
func (c *client) do(q request, keep bool) (response, error) {
	c.head(q)
	if len(q.body) <= 64<<10 {
		c.buf = append(c.buf, q.body...)
		if _, err := c.conn.Write(c.buf); err != nil {
			return response{}, err
		}
	} else {
		bufs := net.Buffers{c.buf, q.body}
		if _, err := bufs.WriteTo(c.conn); err != nil {
			return response{}, err
		}
	}
	return c.read(q.method, keep)
}

// doMD5 sends a small body with Content-MD5, which is not among the signed headers.
func (c *client) doMD5(q request) (response, error) {
	c.head(q)
	sum := md5.Sum(q.body)
	c.buf = append(c.buf[:len(c.buf)-2], "Content-MD5: "+base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n"...)
	c.buf = append(c.buf, q.body...)
	if _, err := c.conn.Write(c.buf); err != nil {
		return response{}, err
	}
	return c.read(q.method, true)
}

// head writes the signed request line and headers into c.buf.
func (c *client) head(q request) {
	now := time.Now().UTC()
	stamp, day := now.Format("20060102T150405Z"), now.Format("20060102")
	if day != c.day {
		k := mac([]byte("AWS4"+secretKey), day)
		k = mac(k, region)
		k = mac(k, "s3")
		c.key, c.day = mac(k, "aws4_request"), day
	}
	sha := q.sha
	if sha == "" {
		sha = unsigned
	}
	length := q.length
	if length == 0 {
		length = int64(len(q.body))
	}
	headers, names := "host:"+c.addr+"\nx-amz-content-sha256:"+sha+"\nx-amz-date:"+stamp+"\n", "host;x-amz-content-sha256;x-amz-date"
	if len(q.header) > 0 {
		headers, names = signedHeaders(append([]string{"host:" + c.addr, "x-amz-content-sha256:" + sha, "x-amz-date:" + stamp}, q.header...))
	}
	canonical := q.method + "\n" + q.path + "\n" + q.query + "\n" + headers + "\n" + names + "\n" + sha
	sum := sha256.Sum256([]byte(canonical))
	scope := day + "/" + region + "/s3/aws4_request"
	signature := hex.EncodeToString(mac(c.key, "AWS4-HMAC-SHA256\n"+stamp+"\n"+scope+"\n"+hex.EncodeToString(sum[:])))
	target := q.path
	if q.query != "" {
		target += "?" + q.query
	}
	b := c.buf[:0]
	b = append(b, q.method+" "+target+" HTTP/1.1\r\nHost: "+c.addr+"\r\nx-amz-content-sha256: "+sha+"\r\nx-amz-date: "+stamp+
		"\r\nAuthorization: AWS4-HMAC-SHA256 Credential="+accessKey+"/"+scope+", SignedHeaders="+names+", Signature="+signature+"\r\n"...)
	for _, h := range q.header {
		b = append(append(b, h...), "\r\n"...)
	}
	if q.method == "PUT" || q.method == "POST" {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, length, 10)
		b = append(b, "\r\n"...)
	}
	c.buf = append(b, "\r\n"...)
}

// signedHeaders returns the canonical headers, each with its line end, and their names.
func signedHeaders(list []string) (headers, names string) {
	slices.Sort(list)
	only := make([]string, len(list))
	for i, h := range list {
		only[i], _, _ = strings.Cut(h, ":")
	}
	return strings.Join(list, "\n") + "\n", strings.Join(only, ";")
}

func (c *client) read(method string, keep bool) (res response, err error) {
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return res, err
	}
	if len(line) < 12 {
		return res, fmt.Errorf("status line %q", line)
	}
	if res.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return res, err
	}
	chunked, length := false, int64(0)
	for {
		line, err = c.r.ReadSlice('\n')
		if err != nil {
			return res, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.ParseInt(string(value), 10, 64); err != nil {
				return res, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		case bytes.EqualFold(name, []byte("ETag")):
			res.etag = string(value)
		}
	}
	if method == "HEAD" || res.status == 204 || res.status == 304 {
		return res, nil
	}
	if chunked {
		return res, c.chunks(&res, keep)
	}
	res.length = length
	if keep || res.status >= 300 {
		res.body = make([]byte, length)
		_, err = io.ReadFull(c.r, res.body)
		return res, err
	}
	for length > 0 {
		n, err := c.r.Discard(int(min(length, 1<<20)))
		length -= int64(n)
		if err != nil {
			return res, err
		}
	}
	return res, nil
}

func (c *client) chunks(res *response, keep bool) error {
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(line)), 16, 64)
		if err != nil {
			return err
		}
		if keep {
			start := len(res.body)
			res.body = append(res.body, make([]byte, n)...)
			_, err = io.ReadFull(c.r, res.body[start:])
		} else {
			_, err = c.r.Discard(int(n))
		}
		if err == nil {
			_, err = c.r.Discard(2)
		}
		if err != nil {
			return err
		}
		res.length += n
		if n == 0 {
			return nil
		}
	}
}

// must does a request whose failure ends the run.
func (c *client) must(q request, status int) (response, error) {
	res, err := c.do(q, true)
	if err == nil && res.status != status {
		err = fmt.Errorf("%s %s?%s: status %d, not %d: %s", q.method, q.path, q.query, res.status, status, res.body)
	}
	return res, err
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(text))
	return h.Sum(nil)
}

// query escapes and sorts parameters.
func query(pairs ...string) string {
	var out []string
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, strings.ReplaceAll(url.QueryEscape(pairs[i])+"="+url.QueryEscape(pairs[i+1]), "+", "%20"))
	}
	sort.Strings(out)
	return strings.Join(out, "&")
}

func element(body []byte, name string) (string, error) {
	_, rest, ok := bytes.Cut(body, []byte("<"+name+">"))
	value, _, ok2 := bytes.Cut(rest, []byte("</"+name+">"))
	if !ok || !ok2 {
		return "", errors.New("no element " + name + " in " + string(body))
	}
	return string(value), nil
}
