// Package outbound makes the calls that a configuration asks for: to a provider of identities, to whoever is told of events. Whoever writes
// such an address must not reach by it what only this machine can reach, so a client of this package dials public addresses alone, and those
// that OUTBOUND_ALLOW names.
//
// A name is resolved once, and what is dialed is the address that was looked at: a name that leads elsewhere the next time (DNS rebinding)
// gains nothing. Redirects are held to the same rules. Settings of proxies in the environment do not count.
package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Limits bound one call.
type Limits struct {
	Time      time.Duration // from the first byte to the last; 0: 10 s
	Body      int64         // bytes of an answer; 0: 1 MiB
	Redirects int           // that are followed; 0 for none
}

const (
	usualTime  = 10 * time.Second
	usualBody  = 1 << 20
	maxHeaders = 64 << 10
)

// Guard knows which addresses may be called. It is safe for concurrent use.
type Guard struct {
	roots    *x509.CertPool // nil for the system's
	networks []netip.Prefix
	hosts    map[string]bool
	resolve  func(ctx context.Context, host string) ([]netip.Addr, error)
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
}

// New returns a guard that lets through public addresses and what allow names: addresses, networks, host names, "loopback" and "private".
// Behind the name of a host may be any address but those of links and of many. authorities are certificates in PEM that are trusted beside
// those that the system trusts, nil for none.
func New(allow []string, authorities []byte) (*Guard, error) {
	dialer := &net.Dialer{Timeout: usualTime, KeepAlive: -1}
	g := &Guard{hosts: map[string]bool{}, resolve: lookup, dial: dialer.DialContext}
	if authorities != nil {
		var err error
		if g.roots, err = x509.SystemCertPool(); err != nil {
			g.roots = x509.NewCertPool()
		}
		if !g.roots.AppendCertsFromPEM(authorities) {
			return nil, errors.New("outbound: there is no certificate in PEM among those of the authorities")
		}
	}
	for _, item := range allow {
		networks, host, err := Parse(item)
		if err != nil {
			return nil, err
		}
		g.networks = append(g.networks, networks...)
		if host != "" {
			g.hosts[host] = true
		}
	}
	return g, nil
}

func lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

var groups = map[string][]netip.Prefix{
	"loopback": {netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
	"private": {
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("fc00::/7"),
	},
}

// Parse reads an item of OUTBOUND_ALLOW: networks, or the name of a host in lower case.
func Parse(item string) (networks []netip.Prefix, host string, err error) {
	item = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(item)), ".")
	if list := groups[item]; list != nil {
		return list, "", nil
	}
	if addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(item, "["), "]")); err == nil {
		addr = addr.Unmap().WithZone("")
		return []netip.Prefix{netip.PrefixFrom(addr, addr.BitLen())}, "", nil
	}
	if p, err := netip.ParsePrefix(item); err == nil {
		return []netip.Prefix{p.Masked()}, "", nil
	}
	if item == "" || strings.ContainsAny(item, "/:*?@ \t") {
		return nil, "", fmt.Errorf("outbound: %q is neither an address, a network nor the name of a host", item)
	}
	return nil, item, nil
}

// Refused is a call to an address that the guard does not let through.
type Refused struct {
	Host string
	Why  string
}

// Error says what may be told to whoever configured the address: the name, and not what it resolves to.
func (r *Refused) Error() string {
	return fmt.Sprintf("the server does not call %s: %s (OUTBOUND_ALLOW)", r.Host, r.Why)
}

// ErrTooLarge is an answer over the limit.
var ErrTooLarge = errors.New("outbound: the answer is too large")

// Client returns a client whose every call is held to the guard and to limits. It keeps no cookies.
func (g *Guard) Client(l Limits) *http.Client {
	if l.Time <= 0 {
		l.Time = usualTime
	}
	if l.Body <= 0 {
		l.Body = usualBody
	}
	transport := &http.Transport{
		Proxy:                  nil, // what the environment says of proxies is for other programs
		DialContext:            g.connect,
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: g.roots},
		TLSHandshakeTimeout:    l.Time,
		ResponseHeaderTimeout:  l.Time,
		MaxResponseHeaderBytes: maxHeaders,
		MaxConnsPerHost:        8,
		MaxIdleConnsPerHost:    1,
		MaxIdleConns:           16,
		IdleConnTimeout:        30 * time.Second,
	}
	return &http.Client{
		Timeout:   l.Time,
		Transport: &bounded{transport, l.Body},
		CheckRedirect: func(r *http.Request, before []*http.Request) error {
			first := before[0]
			switch {
			case len(before) > l.Redirects:
				return http.ErrUseLastResponse
			case first.Method != http.MethodGet && first.Method != http.MethodHead: // what was sent is for the first host alone
				return http.ErrUseLastResponse
			case before[len(before)-1].URL.Scheme == "https" && r.URL.Scheme != "https":
				return &Refused{r.URL.Hostname(), "a redirect leads from https to " + r.URL.Scheme}
			}
			return nil
		},
	}
}

// bounded holds each request, those of redirects too, and its answer to what may be.
type bounded struct {
	next *http.Transport
	most int64
}

// RoundTrip is that of http.RoundTripper.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	u := r.URL
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Hostname() == "" {
		return nil, &Refused{u.Hostname(), "it is no http or https address"}
	}
	res, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if res.ContentLength > b.most {
		_ = res.Body.Close() // of an answer that nobody reads
		return nil, ErrTooLarge
	}
	res.Body = &boundedBody{res.Body, b.most}
	return res, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the transport.
func (b *bounded) CloseIdleConnections() { b.next.CloseIdleConnections() }

type boundedBody struct {
	io.ReadCloser
	left int64
}

// Read reads up to the limit; one byte more is an error, not the end.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}

// connect resolves the host of an address once, and dials the first of those addresses that may be called and answers.
func (g *Guard) connect(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addrs, err := g.Allowed(ctx, host)
	if err != nil {
		return nil, err
	}
	var last error
	for _, addr := range addrs {
		conn, err := g.dial(ctx, network, net.JoinHostPort(addr.String(), port))
		if err == nil {
			return conn, nil
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, last
}

// Allowed returns the addresses of a host that may be called; *Refused when there is none.
func (g *Guard) Allowed(ctx context.Context, host string) ([]netip.Addr, error) {
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	var found []netip.Addr
	if addr, err := netip.ParseAddr(name); err == nil {
		found = []netip.Addr{addr}
	} else if found, err = g.resolve(ctx, name); err != nil {
		return nil, err
	}
	why := "it has no address"
	var out []netip.Addr
	for _, addr := range found {
		addr = addr.Unmap()
		if reason := g.forbidden(name, addr); reason != "" {
			why = reason
			continue
		}
		out = append(out, addr)
	}
	if len(out) == 0 {
		return nil, &Refused{host, why}
	}
	return out, nil
}

// forbidden returns why an address of a host must not be called, empty for one that may.
func (g *Guard) forbidden(host string, addr netip.Addr) string {
	if addr.Zone() != "" {
		return "its address belongs to a link"
	}
	why := reserved(addr)
	if why == "" {
		return ""
	}
	for _, n := range g.networks {
		if n.Contains(addr) {
			return ""
		}
		if inner, ok := embedded(addr); ok && n.Contains(inner) {
			return ""
		}
	}
	if g.hosts[host] && !never(addr) {
		return ""
	}
	return why
}
