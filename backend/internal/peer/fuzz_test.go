package peer

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a stranger says of itself counts for nothing; what a trusted proxy says makes a peer of some address, or of the connection's.
func FuzzOf(f *testing.F) {
	f.Add("203.0.113.9, 10.0.0.1", "https", "s3.example.org", "8443", "localhost:5000")
	f.Add("[::1]:80,", "wss,http", "[::1", "-1", "[")
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	f.Fuzz(func(t *testing.T, addrs, proto, host, port, own string) {
		h := http.Header{"X-Forwarded-For": {addrs}, "X-Forwarded-Proto": {proto}, "X-Forwarded-Host": {host}, "X-Forwarded-Port": {port}}
		stranger := Of(&http.Request{RemoteAddr: "203.0.113.7:1234", Host: own, Header: h}, proxies)
		require.Equal(t, Peer{Addr: netip.MustParseAddr("203.0.113.7"), Forwarded: true, Hosts: []string{own}}, stranger)
		p := Of(&http.Request{RemoteAddr: "10.0.0.1:1234", Host: own, Header: h}, proxies)
		require.True(t, p.Addr.IsValid())
		require.LessOrEqual(t, len(p.Hosts), 3)
		require.Equal(t, own, p.Hosts[0])
		_, _, _ = p.Host(), p.Scheme(), NewNames([]string{"example.org"}).Foreign(&p, &http.Request{Host: own, Header: http.Header{"Origin": {host}}})
	})
}
