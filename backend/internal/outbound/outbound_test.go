package outbound

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAddresses is which addresses are public, and which of the others what opens.
func TestAddresses(t *testing.T) {
	for text, allowed := range map[string]bool{
		"1.1.1.1": true, "8.8.8.8": true, "93.184.215.14": true, "192.0.1.1": true, "172.15.255.255": true, "172.32.0.1": true, "100.63.255.255": true,
		"100.128.0.1": true, "169.253.1.1": true, "11.0.0.1": true, "223.255.255.255": true, "2606:4700::1111": true, "2a00:1450:4001::1": true,
		"::ffff:1.1.1.1": true, "64:ff9b::101:101": true,

		"0.0.0.0": false, "0.1.2.3": false, "127.0.0.1": false, "127.255.255.254": false, "10.0.0.1": false, "10.255.255.255": false, "172.16.0.1": false,
		"172.31.255.255": false, "192.168.0.1": false, "169.254.169.254": false, "169.254.0.1": false, "100.64.0.1": false, "100.127.255.255": false,
		"192.0.0.1": false, "192.0.2.1": false, "192.88.99.1": false, "198.18.0.1": false, "198.19.255.255": false, "198.51.100.7": false,
		"203.0.113.9": false, "224.0.0.1": false, "239.255.255.255": false, "240.0.0.1": false, "255.255.255.255": false,

		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false,
		"2001:db8::1": false, "2001::1": false, "2001:10::1": false, "3fff::1": false, "5f00::1": false, "100::1": false, "4000::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "::127.0.0.1": false, "::7f00:1": false,
		"64:ff9b::127.0.0.1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b::10.0.0.1": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2002:101:101::": false,
		"::ffff:0:127.0.0.1": false,
	} {
		addr := netip.MustParseAddr(text)
		g := mustGuard(t)
		require.Equal(t, allowed, g.forbidden("h.example", addr.Unmap()) == "", text)
	}
}

func mustGuard(t *testing.T, allow ...string) *Guard {
	t.Helper()
	g, err := New(allow, nil)
	require.NoError(t, err)
	return g
}

func TestAllow(t *testing.T) {
	for _, c := range []struct {
		allow, host, addr string
		ok                bool
	}{
		{"10.1.0.0/16", "h", "10.1.2.3", true},
		{"10.1.0.0/16", "h", "10.2.2.3", false},
		{"10.1.0.0/16", "h", "::ffff:10.1.2.3", true},
		{"10.1.0.0/16", "h", "64:ff9b::a01:203", true},
		{"10.1.2.3", "h", "10.1.2.3", true},
		{"loopback", "h", "127.0.0.1", true},
		{"loopback", "h", "::1", true},
		{"loopback", "h", "10.0.0.1", false},
		{"private", "h", "192.168.7.7", true},
		{"private", "h", "fd00::7", true},
		{"private", "h", "127.0.0.1", false},
		{"private", "h", "169.254.169.254", false},
		{"private", "h", "100.64.0.1", false},
		{"IdP.internal.", "idp.internal", "10.0.0.1", true},
		{"idp.internal", "other.internal", "10.0.0.1", false},
		{"idp.internal", "x.idp.internal", "10.0.0.1", false},
		{"idp.internal", "idp.internal", "127.0.0.1", true},
		{"idp.internal", "idp.internal", "169.254.169.254", false},
		{"idp.internal", "idp.internal", "64:ff9b::a9fe:a9fe", false},
		{"idp.internal", "idp.internal", "fe80::1", false},
		{"idp.internal", "idp.internal", "224.0.0.1", false},
		{"idp.internal", "idp.internal", "0.0.0.0", false},
		{"idp.internal", "idp.internal", "255.255.255.255", false},
		{"169.254.0.0/16", "h", "169.254.169.254", true},
		{"[fd00::1]", "h", "fd00::1", true},
	} {
		g := mustGuard(t, c.allow)
		require.Equal(t, c.ok, g.forbidden(c.host, netip.MustParseAddr(c.addr).Unmap()) == "", "%+v", c)
	}
	for _, bad := range []string{"", "10.0.0.0/40", "http://idp", "idp:80", "*.internal", "a b", "u@h"} {
		_, err := New([]string{bad}, nil)
		require.Error(t, err, bad)
	}
}

// TestRebinding: a name is resolved once for each connection, and what is dialed is what was looked at.
func TestRebinding(t *testing.T) {
	answers := [][]netip.Addr{{netip.MustParseAddr("93.184.215.14")}, {netip.MustParseAddr("127.0.0.1")}}
	asked, dialed := 0, []string{}
	g := mustGuard(t)
	g.resolve = func(context.Context, string) ([]netip.Addr, error) { asked++; return answers[asked-1], nil }
	stop := errors.New("not in a test")
	g.dial = func(_ context.Context, _, address string) (net.Conn, error) {
		dialed = append(dialed, address)
		return nil, stop
	}
	client := g.Client(Limits{})
	_, err := client.Get("http://rebind.example:8080/")
	require.ErrorIs(t, err, stop)
	require.Equal(t, 1, asked)
	require.Equal(t, []string{"93.184.215.14:8080"}, dialed)
	_, err = client.Get("http://rebind.example:8080/")
	var refused *Refused
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "rebind.example", refused.Host)
	require.NotContains(t, err.Error(), "127.0.0.1", "what a name resolves to is not told")
	require.Len(t, dialed, 1)

	// Of several addresses those that may not be called are left out.
	asked, dialed = 0, nil
	answers = [][]netip.Addr{{netip.MustParseAddr("::ffff:10.0.0.1"), netip.MustParseAddr("2606:4700::1"), netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("1.1.1.1")}}
	_, err = client.Get("https://mixed.example/")
	require.ErrorIs(t, err, stop)
	require.Equal(t, []string{"[2606:4700::1]:443", "1.1.1.1:443"}, dialed)
}

// TestWrittenAddresses: however an address of this machine is written, it is not called.
func TestWrittenAddresses(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was called") }))
	defer s.Close()
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	require.NoError(t, err)
	client := mustGuard(t).Client(Limits{Time: 5 * time.Second})
	for _, host := range []string{
		"127.0.0.1", "localhost", "LOCALHOST.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "127.1", "2130706433", "0x7f000001", "017700000001",
		"[fe80::1%25lo]", "[64:ff9b::7f00:1]",
	} {
		res, err := client.Get("http://" + host + ":" + port + "/")
		if err == nil {
			require.NoError(t, res.Body.Close())
		}
		require.Error(t, err, host)
	}
	for _, address := range []string{"file:///etc/passwd", "gopher://example.org/", "http://user:pass@example.org/", "http:///x"} {
		res, err := client.Get(address)
		if err == nil {
			require.NoError(t, res.Body.Close())
		}
		require.Error(t, err, address)
	}
}

// inner is a server on loopback, and a client that may reach it.
func inner(t *testing.T, l Limits, h http.HandlerFunc) (*httptest.Server, *http.Client) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s, mustGuard(t, "127.0.0.1").Client(l)
}

func TestProxyOfTheEnvironment(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("ALL_PROXY", proxy.URL)
	g := mustGuard(t)
	stop := errors.New("not in a test")
	g.resolve = func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("1.1.1.1")}, nil
	}
	g.dial = func(_ context.Context, _, address string) (net.Conn, error) {
		require.Equal(t, "1.1.1.1:80", address)
		return nil, stop
	}
	_, err := g.Client(Limits{}).Get("http://h.example/")
	require.ErrorIs(t, err, stop)
}

func TestRedirects(t *testing.T) {
	hits := map[string]int{}
	s, client := inner(t, Limits{Redirects: 2}, func(w http.ResponseWriter, r *http.Request) {
		hits[r.URL.Path]++
		switch to := strings.TrimPrefix(r.URL.Path, "/to/"); {
		case to != r.URL.Path:
			where, _ := url.QueryUnescape(r.URL.RawQuery)
			http.Redirect(w, r, where, http.StatusTemporaryRedirect)
		default:
			_, _ = io.WriteString(w, "here")
		}
	})
	follow := func(method, to string) (*http.Response, error) {
		req, err := http.NewRequest(method, s.URL+"/to/x?"+url.QueryEscape(to), strings.NewReader("secret=1"))
		require.NoError(t, err)
		return client.Do(req)
	}
	res, err := follow(http.MethodGet, s.URL+"/end")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.NoError(t, res.Body.Close())

	// To what may not be called.
	for _, to := range []string{"http://127.0.0.2:1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]:1/", "file:///etc/passwd"} {
		var refused *Refused
		res, err := follow(http.MethodGet, to)
		if err == nil {
			require.NoError(t, res.Body.Close())
		}
		require.ErrorAs(t, err, &refused, to)
	}

	// What is sent goes to one host alone.
	res, err = follow(http.MethodPost, s.URL+"/secret")
	require.NoError(t, err)
	require.Equal(t, http.StatusTemporaryRedirect, res.StatusCode)
	require.NoError(t, res.Body.Close())
	require.Zero(t, hits["/secret"])

	// No more than two.
	loop := s.URL + "/to/loop?" + url.QueryEscape(s.URL+"/to/loop")
	res, err = client.Get(loop)
	require.NoError(t, err)
	require.Equal(t, http.StatusTemporaryRedirect, res.StatusCode)
	require.NoError(t, res.Body.Close())
	require.LessOrEqual(t, hits["/to/loop"], 3)
}

func TestNoDowngrade(t *testing.T) {
	plain, _ := inner(t, Limits{}, func(http.ResponseWriter, *http.Request) { t.Error("the plain server was called") })
	s := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer s.Close()
	client := trusting(t, s).Client(Limits{Redirects: 3})
	res, err := client.Get(s.URL)
	if err == nil {
		require.NoError(t, res.Body.Close())
	}
	var refused *Refused
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Why, "https to http")
}

// trusting is a guard that trusts the certificate of a server on loopback.
func trusting(t *testing.T, s *httptest.Server) *Guard {
	t.Helper()
	g, err := New([]string{"loopback"}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	require.NoError(t, err)
	return g
}

func TestCertificateIsChecked(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was called") }))
	defer s.Close()
	s.Config.ErrorLog = nil
	res, err := mustGuard(t, "loopback").Client(Limits{}).Get(s.URL)
	if err == nil {
		require.NoError(t, res.Body.Close())
	}
	require.ErrorContains(t, err, "certificate")
	_, err = New(nil, []byte("none"))
	require.ErrorContains(t, err, "no certificate")
}

func TestSize(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write(make([]byte, 1<<20))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	s, client := inner(t, Limits{Body: 1000}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/exact":
			_, _ = w.Write(make([]byte, 1000))
		case "/more":
			_, _ = w.Write(make([]byte, 1001))
		case "/unsaid":
			w.(http.Flusher).Flush()
			_, _ = w.Write(make([]byte, 5000))
		case "/packed":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
		}
	})
	for path, fits := range map[string]bool{"/exact": true, "/more": false, "/unsaid": false, "/packed": false} {
		res, err := client.Get(s.URL + path)
		n := 0
		if err == nil {
			var body []byte
			body, err = io.ReadAll(res.Body)
			n = len(body)
			require.NoError(t, res.Body.Close())
		}
		require.LessOrEqual(t, n, 1000, path)
		if fits {
			require.NoError(t, err, path)
			require.Equal(t, 1000, n)
		} else {
			require.ErrorIs(t, err, ErrTooLarge, path)
		}
	}
}

func TestTime(t *testing.T) {
	hold := make(chan struct{})
	s, client := inner(t, Limits{Time: 50 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.(http.Flusher).Flush()
		}
		<-hold
	})
	defer close(hold)
	for _, path := range []string{"/head", "/body"} {
		res, err := client.Get(s.URL + path)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			require.NoError(t, res.Body.Close())
		}
		var late net.Error
		require.ErrorAs(t, err, &late, path)
		require.True(t, late.Timeout(), path)
	}
}

// FuzzAddress holds whatever the guard lets through against what the standard library and the embedded IPv4 addresses say of it.
func FuzzAddress(f *testing.F) {
	for _, text := range []string{"127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "fe80::1", "1.1.1.1", "2606:4700::1"} {
		f.Add(netip.MustParseAddr(text).AsSlice())
	}
	g, err := New(nil, nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, raw []byte) {
		addr, ok := netip.AddrFromSlice(raw)
		if !ok {
			return
		}
		got, err := g.Allowed(t.Context(), addr.String())
		if err != nil {
			return
		}
		require.Len(t, got, 1)
		ip := net.IP(raw)
		inner := []net.IP{ip}
		if len(raw) == 16 {
			inner = append(inner, ip[12:16])
			if !ip.IsGlobalUnicast() || (raw[0]&0xe0 != 0x20 && ip.To4() == nil && !bytes.HasPrefix(raw, []byte{0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
				t.Fatalf("%s is no global address", addr)
			}
			if raw[0]&0xe0 == 0x20 { // the last bytes of a native address say nothing
				inner = inner[:1]
			}
			if raw[0] == 0x20 && raw[1] == 0x02 {
				t.Fatalf("%s is 6to4", addr)
			}
		}
		for _, ip := range inner {
			if ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || ip.IsInterfaceLocalMulticast() ||
				ip.Equal(net.IPv4bcast) || len(ip.To4()) == 4 && (ip.To4()[0] == 0 || ip.To4()[0] == 100 && ip.To4()[1]&0xc0 == 64) {
				t.Fatalf("%s must not be called (%s)", addr, ip)
			}
		}
	})
}
