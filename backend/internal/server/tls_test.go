package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/config"
)

// pairFiles are where a certificate and its key are, and what is in them.
type pairFiles struct {
	cert, key string
	leaf      *x509.Certificate
}

// write makes a certificate of its own authority with a serial number, and puts it into the files.
func (p *pairFiles) write(t *testing.T, serial int64, expires time.Time) {
	t.Helper()
	cert, key := newPair(t, serial, expires)
	require.NoError(t, os.WriteFile(p.key, key, 0o600))
	require.NoError(t, os.WriteFile(p.cert, cert, 0o600))
	block, _ := pem.Decode(cert)
	var err error
	p.leaf, err = x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
}

func newPair(t *testing.T, serial int64, expires time.Time) (cert, key []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "tests"}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: expires,
		DNSNames: []string{"localhost", "console.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	require.NoError(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func newPairFiles(t *testing.T) *pairFiles {
	t.Helper()
	dir := t.TempDir()
	p := &pairFiles{cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	p.write(t, 1, time.Now().Add(time.Hour))
	return p
}

func (p *pairFiles) env() []string {
	return []string{"TLS_CERT_FILE=" + p.cert, "TLS_KEY_FILE=" + p.key}
}

// client trusts the certificate and speaks one version of HTTP, of its own connections.
func (p *pairFiles) client(t *testing.T, major int) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(p.leaf)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: major == 2}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func over(t *testing.T, c *http.Client, method, url string, body []byte, headers ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	require.NoError(t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, raw
}

func TestBothListenersSpeakTLS(t *testing.T) {
	p := newPairFiles(t)
	r := run(t, t.TempDir(), ready, nil, p.env()...)
	require.True(t, strings.HasPrefix(r.s3, "https://"), r.s3)
	require.True(t, strings.HasPrefix(r.console, "https://"), r.console)
	large := make([]byte, 5<<20)
	_, err := rand.Read(large)
	require.NoError(t, err)
	for _, major := range []int{1, 2} {
		c := p.client(t, major)
		bucket := r.s3 + "/over-http-" + string(rune('0'+major))
		res, body := over(t, c, "PUT", bucket, nil, asRoot...)
		require.Equal(t, 200, res.StatusCode, "%s", body)
		require.Equal(t, major, res.ProtoMajor)
		for name, content := range map[string][]byte{"empty": {}, "small": []byte("small"), "large": large} {
			res, body = over(t, c, "PUT", bucket+"/"+name, content, asRoot...)
			require.Equal(t, 200, res.StatusCode, "%s", body)
			res, body = over(t, c, "GET", bucket+"/"+name, nil, asRoot...)
			require.Equal(t, 200, res.StatusCode)
			require.True(t, bytes.Equal(content, body), name)
			require.EqualValues(t, len(content), res.ContentLength)
			res, body = over(t, c, "HEAD", bucket+"/"+name, nil, asRoot...)
			require.EqualValues(t, len(content), res.ContentLength)
			require.Empty(t, body)
		}
		res, body = over(t, c, "GET", bucket+"/large", nil, append(asRoot, "Range", "bytes=1048575-3145728")...)
		require.Equal(t, 206, res.StatusCode)
		require.True(t, bytes.Equal(large[1048575:3145729], body))
		res, body = over(t, c, "GET", bucket+"/none", nil, asRoot...)
		require.Equal(t, 404, res.StatusCode)
		require.Contains(t, string(body), "<Code>NoSuchKey</Code>")
		require.NotEmpty(t, res.Header.Get("X-Amz-Request-Id"))
		// A refusal reaches a client that is still sending, and the connection or the client's next one is good.
		res, body = over(t, c, "PUT", r.s3+"/no-such-bucket/key", large, asRoot...)
		require.Equal(t, 404, res.StatusCode)
		require.Contains(t, string(body), "<Code>NoSuchBucket</Code>")
		res, body = over(t, c, "GET", bucket+"?list-type=2", nil, asRoot...)
		require.Equal(t, 200, res.StatusCode)
		require.Contains(t, string(body), "<KeyCount>3</KeyCount>")
		// A policy sees that it is TLS, and of which version.
		for _, deny := range []string{`"Bool":{"aws:SecureTransport":"true"}`, `"NumericGreaterThan":{"s3:TlsVersion":"1.2"}`} {
			policy := `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + bucket[strings.LastIndexByte(bucket, '/')+1:] + `/*","Condition":{` + deny + `}}}`
			res, body = over(t, c, "PUT", bucket+"?policy", []byte(policy), asRoot...)
			require.Equal(t, 204, res.StatusCode, "%s", body)
			res, _ = over(t, c, "GET", bucket+"/small", nil, asRoot...)
			require.Equal(t, 403, res.StatusCode, deny)
		}
	}
	// Nothing but TLS, and none of it that is old.
	addr := strings.TrimPrefix(r.s3, "https://")
	_, err = tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}) //nolint:gosec // to be refused
	require.ErrorContains(t, err, "protocol version")
	res, err := http.Get("http://" + addr)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 400, res.StatusCode)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		conn, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version}) //nolint:gosec // what it speaks is asked
		require.NoError(t, err)
		require.NoError(t, conn.Close())
	}
}

func TestTheConsoleOverTLS(t *testing.T) {
	p := newPairFiles(t)
	r := run(t, t.TempDir(), ready, nil, append(p.env(), "UI_BASE_URL=https://console.example")...)
	c := p.client(t, 2)
	const strict = "Strict-Transport-Security"
	login := []byte(`{"accessKey":"root","secretKey":"root-secret-of-tests"}`)
	for host, want := range map[string]string{"console.example": "max-age=31536000", strings.TrimPrefix(r.console, "https://"): "", "localhost": "", "app.localhost:99": ""} {
		res, body := over(t, c, "POST", r.console+"/myfsio/session", login, "Host", host, "Origin", "https://"+host, "X-Myfsio-Console", "1", "Content-Type", "application/json")
		require.Equal(t, 200, res.StatusCode, "%s", body)
		require.Len(t, res.Cookies(), 1)
		cookie := res.Cookies()[0]
		require.True(t, cookie.Secure && cookie.HttpOnly && cookie.SameSite == http.SameSiteStrictMode)
		require.Equal(t, want, res.Header.Get(strict), host)
		for _, path := range []string{"/ui/", "/", "/myfsio/health", "/nothing"} {
			res, _ := over(t, c, "GET", r.console+path, nil, "Host", host)
			require.Equal(t, want, res.Header.Get(strict), "%s %s", host, path)
			require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"), path)
			require.Equal(t, "DENY", res.Header.Get("X-Frame-Options"), path)
			require.Contains(t, res.Header.Get("Content-Security-Policy"), "default-src 'none'", path)
			require.Contains(t, res.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
			require.Empty(t, res.Header.Get("Access-Control-Allow-Origin"), path)
		}
	}
	res, body := over(t, c, "GET", r.console+"/ui/", nil, "Host", "evil.example")
	require.Equal(t, 403, res.StatusCode, "%s", body)
	res, body = over(t, c, "GET", r.console+"/myfsio/health", nil, asRoot...)
	require.Equal(t, 200, res.StatusCode)
	require.Contains(t, string(body), `"name":"tls"`)
	require.Contains(t, string(body), "the certificate in force expires at "+p.leaf.NotAfter.UTC().Format(time.RFC3339))
	// The same behind a proxy that ends TLS, and never without TLS.
	plain := run(t, t.TempDir(), ready, nil, "UI_BASE_URL=https://console.example")
	res, _ = over(t, http.DefaultClient, "GET", plain.console+"/ui/", nil, "Host", "console.example", "X-Forwarded-Proto", "https")
	require.NotEmpty(t, res.Header.Get(strict))
	res, _ = over(t, http.DefaultClient, "GET", plain.console+"/ui/", nil)
	require.Empty(t, res.Header.Get(strict))
}

// serial is the number of the certificate that a new connection is shown.
func serial(t *testing.T, addr string) int64 {
	t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(addr, "https://"), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the number is what is wanted
	require.NoError(t, err)
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

// A new pair holds for new connections without a restart; connections that are open go on, requests in their middle included.
func TestANewCertificate(t *testing.T) {
	p := newPairFiles(t)
	root := t.TempDir()
	r := run(t, root, ready, nil, p.env()...)
	for _, major := range []int{1, 2} {
		c := p.client(t, major)
		res, body := over(t, c, "PUT", r.s3+"/bucket"+string(rune('0'+major)), nil, asRoot...)
		require.Equal(t, 200, res.StatusCode, "%s", body)
		up, feed := io.Pipe()
		ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
			if !i.Reused {
				t.Error("the connection of before was to be used")
			}
		}})
		req, err := http.NewRequestWithContext(ctx, "PUT", r.s3+"/bucket"+string(rune('0'+major))+"/key", up)
		require.NoError(t, err)
		req.ContentLength = 1 << 20
		for i := 0; i < len(asRoot); i += 2 {
			req.Header.Set(asRoot[i], asRoot[i+1])
		}
		done := make(chan error, 1)
		go func() {
			res, err := c.Do(req)
			if err == nil {
				_ = res.Body.Close()
				if res.StatusCode != 200 {
					err = errors.New(res.Status)
				}
			}
			done <- err
		}()
		_, err = feed.Write(make([]byte, 512<<10))
		require.NoError(t, err)

		number := int64(major * 10)
		p.write(t, number, time.Now().Add(time.Hour))
		require.Eventually(t, func() bool { return serial(t, r.s3) == number && serial(t, r.console) == number }, 20*time.Second, 50*time.Millisecond)

		_, err = feed.Write(make([]byte, 512<<10))
		require.NoError(t, err)
		require.NoError(t, feed.Close())
		require.NoError(t, <-done)
	}
	r.end(t)
	log, err := os.ReadFile(filepath.Join(root, "logs", "app.log"))
	require.NoError(t, err)
	require.NotContains(t, string(log), "PRIVATE KEY")
	require.Equal(t, 3, strings.Count(string(log), "msg=\"TLS certificate\""))
}

func TestCertificateFiles(t *testing.T) {
	p := newPairFiles(t)
	var log bytes.Buffer
	c, err := openCertificate(p.cert, p.key, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	number := func() int64 { return c.inForce.Load().Leaf.SerialNumber.Int64() }
	told := func() int { return strings.Count(log.String(), "cannot be used") }
	good, err := os.ReadFile(p.cert)
	require.NoError(t, err)

	// Every pair that is broken leaves the old one in force, and is told of once, unless it is only there for a moment.
	_, otherKey := newPair(t, 9, time.Now().Add(time.Hour))
	goodKey, err := os.ReadFile(p.key)
	require.NoError(t, err)
	for name, files := range map[string][2][]byte{
		"half": {good[:len(good)/2], goodKey}, "another key": {good, otherKey}, "nothing": {{}, {}}, "no key": {good, nil}, "not PEM": {[]byte("x"), goodKey},
	} {
		was := told()
		require.NoError(t, os.WriteFile(p.cert, files[0], 0o600))
		if files[1] == nil {
			require.NoError(t, os.Remove(p.key))
		} else {
			require.NoError(t, os.WriteFile(p.key, files[1], 0o600))
		}
		c.look()
		require.Equal(t, was, told(), name)
		for range 3 {
			c.look()
			require.Equal(t, was+1, told(), name)
			state, text := c.health(time.Now())
			require.Equal(t, "degraded", state, name)
			require.Contains(t, text, "cannot be used", name)
		}
		require.EqualValues(t, 1, number())
		require.NoError(t, os.WriteFile(p.cert, good, 0o600))
		require.NoError(t, os.WriteFile(p.key, goodKey, 0o600))
		c.look()
		state, _ := c.health(time.Now())
		require.Equal(t, "ok", state, name)
	}
	was := told()
	require.NoError(t, os.WriteFile(p.key, otherKey, 0o600))
	c.look()
	p.write(t, 2, time.Now().Add(time.Hour))
	c.look()
	require.EqualValues(t, 2, number())
	require.Equal(t, was, told())
	state, _ := c.health(time.Now())
	require.Equal(t, "ok", state)

	// By a link that points elsewhere, as secrets are mounted.
	other := newPairFiles(t)
	other.write(t, 3, time.Now().Add(-time.Hour))
	for from, to := range map[string]string{other.cert: p.cert, other.key: p.key} {
		require.NoError(t, os.Remove(to))
		require.NoError(t, os.Symlink(from, to))
	}
	c.look()
	require.EqualValues(t, 3, number())
	require.Contains(t, log.String(), "is not valid now")
	state, text := c.health(time.Now())
	require.Equal(t, "degraded", state)
	require.Contains(t, text, "not valid now")
	require.NotContains(t, log.String(), "PRIVATE")
}

func TestABrokenCertificateRefusesToStart(t *testing.T) {
	p := newPairFiles(t)
	require.NoError(t, os.WriteFile(p.key, []byte("not a key"), 0o600))
	c, report, err := config.Load(config.Sources{Environ: append(p.env(), "STORAGE_ROOT="+t.TempDir(), "LOG_TO_FILE=false", "APP_PORT=0", "UI_PORT=0")})
	require.NoError(t, err)
	require.Len(t, Check(c), 1)
	require.ErrorContains(t, Run(context.Background(), Options{Config: c, Report: report, Mode: ModeAll}), "TLS_KEY_FILE")
	require.NoError(t, os.Remove(p.cert))
	require.ErrorContains(t, Run(context.Background(), Options{Config: c, Report: report, Mode: ModeAll}), "TLS_CERT_FILE")
	_, _, err = config.Load(config.Sources{Environ: []string{"TLS_CERT_FILE=x"}})
	require.ErrorContains(t, err, "TLS_KEY_FILE")
	require.Empty(t, Check(config.Default()))
}
