package peer

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

var proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("fe80::/10")}

// request makes a request from an address with headers, in pairs.
func request(remote string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr, r.Host = remote, "inside:5000"
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func TestTheAddressOfTheClient(t *testing.T) {
	for _, x := range []struct{ remote, list, want string }{
		{"192.0.2.1:5", "", "192.0.2.1"},
		{"192.0.2.1:5", "198.51.100.1", "192.0.2.1"}, // no proxy of ours
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"10.0.0.1:5", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:5", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"}, // what the client says of itself does not count
		{"10.0.0.1:5", "made up", "10.0.0.1"},
		{"10.0.0.1:5", "6.6.6.6, made up, 10.0.0.2", "10.0.0.2"},
		{"10.0.0.1:5", "[2001:db8::1]:443", "2001:db8::1"},
		{"10.0.0.1:5", "2001:db8::1", "2001:db8::1"},
		{"10.0.0.1:5", "198.51.100.1:999", "198.51.100.1"},
		{"10.0.0.1:5", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{"10.0.0.1:5", "::ffff:198.51.100.1", "198.51.100.1"},
		{"[::ffff:10.0.0.1]:5", "198.51.100.1", "198.51.100.1"},
		{"[::ffff:192.0.2.1]:1", "", "192.0.2.1"},
		{"[fe80::1%eth0]:5", "198.51.100.1", "198.51.100.1"},
		{"a socket", "198.51.100.1", "invalid IP"},
	} {
		r := request(x.remote)
		if x.list != "" {
			r.Header.Set("X-Forwarded-For", x.list)
		}
		p := Of(r, proxies)
		require.Equal(t, x.want, p.Addr.String(), "%+v", x)
	}
	p := Of(request("10.0.0.1:5", "X-Forwarded-For", "6.6.6.6", "X-Forwarded-For", "198.51.100.1"), proxies)
	require.Equal(t, "198.51.100.1", p.Addr.String(), "headers that repeat are one list")
	p = Of(request("10.0.0.1:5", "X-Forwarded-For", "198.51.100.1"), nil)
	require.Equal(t, "10.0.0.1", p.Addr.String(), "nobody is trusted")
}

func TestWhatProxiesTell(t *testing.T) {
	for _, x := range []struct {
		name    string
		remote  string
		headers []string
		hosts   []string
		host    string
		secure  bool
	}{
		{"none", "10.0.0.1:5", nil, []string{"inside:5000"}, "inside:5000", false},
		{"a stranger", "192.0.2.1:5", []string{"X-Forwarded-Host", "s3.example", "X-Forwarded-Proto", "https"}, []string{"inside:5000"}, "inside:5000", false},
		{"host", "10.0.0.1:5", []string{"X-Forwarded-Host", "s3.example"}, []string{"inside:5000", "s3.example"}, "s3.example", false},
		{"host and scheme", "10.0.0.1:5", []string{"X-Forwarded-Host", "s3.example:8443", "X-Forwarded-Proto", "HTTPS"}, []string{"inside:5000", "s3.example:8443"}, "s3.example:8443", true},
		{"lists", "10.0.0.1:5", []string{"X-Forwarded-Host", "s3.example, other", "X-Forwarded-Proto", "https, http"}, []string{"inside:5000", "s3.example"}, "s3.example", true},
		{"port", "10.0.0.1:5", []string{"X-Forwarded-Host", "s3.example", "X-Forwarded-Port", "8443"}, []string{"inside:5000", "s3.example", "s3.example:8443"}, "s3.example", false},
		{"port twice", "10.0.0.1:5", []string{"X-Forwarded-Host", "s3.example:1", "X-Forwarded-Port", "8443"}, []string{"inside:5000", "s3.example:1"}, "s3.example:1", false},
		{"port of IPv6", "10.0.0.1:5", []string{"X-Forwarded-Host", "[2001:db8::1]", "X-Forwarded-Port", "8443"}, []string{"inside:5000", "[2001:db8::1]", "[2001:db8::1]:8443"}, "[2001:db8::1]", false},
		{"a scheme of its own", "10.0.0.1:5", []string{"X-Forwarded-Proto", "gopher"}, []string{"inside:5000"}, "inside:5000", false},
	} {
		p := Of(request(x.remote, x.headers...), proxies)
		require.Equal(t, x.hosts, p.Hosts, x.name)
		require.Equal(t, x.host, p.Host(), x.name)
		require.Equal(t, x.secure, p.Secure, x.name)
		require.Equal(t, x.headers != nil, p.Forwarded, x.name)
	}
	r := request("10.0.0.1:5")
	r.TLS = &tls.ConnectionState{}
	p := Of(r, proxies)
	require.True(t, p.Secure)
	require.Equal(t, "https", p.Scheme())
	r.Header.Set("X-Forwarded-Proto", "http") // between the proxy and here is not between the client and the proxy
	p = Of(r, proxies)
	require.False(t, p.Secure)
	require.Equal(t, "http", p.Scheme())
}

func TestWhoIsOnThisMachine(t *testing.T) {
	for remote, want := range map[string]bool{"127.0.0.1:1": true, "127.8.8.8:1": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true, "192.0.2.1:1": false, "10.0.0.1:1": false} {
		require.Equal(t, want, Of(request(remote), proxies).Loopback, remote)
	}
	p := Of(request("127.0.0.1:1", "X-Forwarded-For", "192.0.2.1"), proxies)
	require.True(t, p.Loopback && p.Forwarded)
	for _, h := range forwarding {
		require.True(t, Of(request("127.0.0.1:1", h, "x"), nil).Forwarded, h)
	}
}

func TestNames(t *testing.T) {
	n := NewNames([]string{"https://S3.example:8443/path", "", "http://console.example"}, "s3.lab", "", "Host")
	for _, known := range []string{
		"localhost", "LOCALHOST.", "localhost:5000", "console.localhost", "a.b.localhost:1", "127.0.0.1:5000", "[::1]:5100", "[::1]", "::1", "192.0.2.7",
		"s3.example", "S3.Example:1", "console.example:5100", "s3.lab", "host",
	} {
		require.True(t, n.Known(known), known)
	}
	for _, strange := range []string{"", ":5000", "evil.example", "localhost.evil.example", "xlocalhost", "sub.s3.example", "s3.example.evil", "127.0.0.1.evil.example", "[::1"} {
		require.False(t, n.Known(strange), strange)
	}
}

func TestPrivate(t *testing.T) {
	for _, host := range []string{"localhost", "a.localhost.:1", "127.0.0.1:5000", "[::1]:5000", "host.docker.internal:5000", "MyFSIO", "nas.local", "s3.home.arpa", "store.test"} {
		require.True(t, Private(host), host)
	}
	for _, host := range []string{"", ":5000", "evil.example", "internal.evil.example", "xlocalhost.com", "test.com", "127.0.0.1.evil.example"} {
		require.False(t, Private(host), host)
	}
}

func TestReached(t *testing.T) {
	n := NewNames([]string{"https://s3.example"})
	reached := func(host string, headers ...string) bool {
		r := request("127.0.0.1:5", headers...)
		r.Host = host
		p := Of(r, proxies)
		return n.Reached(&p)
	}
	require.True(t, reached("localhost:5000"))
	require.True(t, reached("127.0.0.1:5000", "X-Forwarded-Host", "s3.example"))
	require.True(t, reached("s3.example", "X-Forwarded-Port", "443"))
	require.False(t, reached("evil.example"))
	require.False(t, reached("evil.example", "X-Forwarded-Host", "s3.example"), "a page may set the header, not the host")
	require.False(t, reached("localhost", "X-Forwarded-Host", "evil.example"))
}

func TestOrigins(t *testing.T) {
	n := NewNames([]string{"https://s3.example:8443", "http://console.example"})
	at := func(host string, headers ...string) (Peer, *http.Request) {
		r := request("127.0.0.1:5", headers...)
		r.Host = host
		return Of(r, proxies), r
	}
	foreign := func(origin string, host string, headers ...string) bool {
		p, r := at(host, append(headers, "Origin", origin)...)
		return n.Foreign(&p, r)
	}
	for _, own := range []string{"http://localhost:5100", "HTTP://Localhost:5100", "https://s3.example:8443", "http://console.example", "http://console.example:80"} {
		require.False(t, foreign(own, "localhost:5100"), own)
	}
	for _, other := range []string{
		"https://localhost:5100", "http://localhost:5101", "http://localhost", "https://s3.example", "https://console.example", "null", "", "http://evil.example", "http://localhost:5100.evil.example", "://",
	} {
		require.True(t, foreign(other, "localhost:5100"), other)
	}
	require.False(t, foreign("https://public.example", "inside", "X-Forwarded-Host", "public.example", "X-Forwarded-Proto", "https"))
	require.False(t, foreign("https://public.example:8443", "inside", "X-Forwarded-Host", "public.example", "X-Forwarded-Proto", "https", "X-Forwarded-Port", "8443"))
	require.True(t, foreign("http://inside", "inside", "X-Forwarded-Host", "public.example"), "the name that the client used counts")
	p, r := at("localhost:5100")
	require.False(t, n.Foreign(&p, r), "no browser")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	require.True(t, n.Foreign(&p, r))
	r.Header = http.Header{"Origin": {"http://localhost:5100", "http://localhost:5100"}}
	require.True(t, n.Foreign(&p, r), "no browser sends two")

	for origin, want := range map[string]bool{
		"http://localhost:3000": true, "https://app.localhost": true, "http://127.0.0.1": true, "http://[::1]:8080": true, "http://192.168.0.1": false,
		"http://evil.example": false, "null": false, "": false, "http://localhost.evil.example": false, "://": false, "file://": false,
	} {
		require.Equal(t, want, Local(origin), origin)
	}
}

func TestSecure(t *testing.T) {
	n := NewNames([]string{"https://console.example:8443", "http://plain.example"})
	secure := func(host string, headers ...string) bool {
		r := request("10.0.0.1:5", headers...)
		r.Host = host
		p := Of(r, proxies)
		return n.Secure(&p)
	}
	require.True(t, secure("x", "X-Forwarded-Proto", "https"))
	require.True(t, secure("console.example:8443"), "the proxy does not say so")
	require.False(t, secure("console.example"))
	require.False(t, secure("plain.example"))
	require.False(t, secure("localhost:5100"))
}
