// Package peer tells who sent a request, and by which names this server is known. Headers of proxies count as far as they are trusted.
package peer

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Peer is who sent a request.
type Peer struct {
	Addr      netip.Addr // of the client; the zero Addr where the connection has none
	Loopback  bool       // the connection itself comes from this machine
	Forwarded bool       // headers of proxies are present, trusted or not
	Secure    bool       // the client's connection is TLS
	Hosts     []string   // names that the client may have used: the Host header, then what a trusted proxy tells of it
}

// forwarding are the headers that proxies add.
var forwarding = [...]string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "Forwarded", "X-Real-Ip", "Via"}

// Of returns the peer of a request. Headers of proxies count only when the connection comes from one of the given networks.
func Of(r *http.Request, proxies []netip.Prefix) Peer {
	p := Peer{Secure: r.TLS != nil, Hosts: append(make([]string, 0, 4), r.Host)}
	if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		p.Addr = plain(at.Addr())
	}
	p.Loopback = p.Addr.IsLoopback()
	for _, name := range forwarding {
		if _, ok := r.Header[name]; ok {
			p.Forwarded = true
		}
	}
	if p.Forwarded && within(p.Addr, proxies) {
		p.read(r.Header, proxies)
	}
	return p
}

// read takes what a trusted proxy tells. Of the addresses the last one that is none of the proxies' is the client's: what stands before it is
// the client's own word.
func (p *Peer) read(h http.Header, proxies []netip.Prefix) {
	chain := strings.Split(strings.Join(h["X-Forwarded-For"], ","), ",")
	for i := len(chain) - 1; i >= 0 && within(p.Addr, proxies); i-- {
		addr, err := netip.ParseAddr(Name(strings.TrimSpace(chain[i])))
		if err != nil {
			break
		}
		p.Addr = plain(addr)
	}
	switch strings.ToLower(firstOf(h.Get("X-Forwarded-Proto"))) {
	case "https", "wss":
		p.Secure = true
	case "http", "ws":
		p.Secure = false
	}
	host := firstOf(h.Get("X-Forwarded-Host"))
	if host != "" {
		p.Hosts = append(p.Hosts, host)
	}
	// Some proxies tell of the port only here.
	if port := firstOf(h.Get("X-Forwarded-Port")); port != "" {
		if host == "" {
			host = p.Hosts[0]
		}
		if name := Name(host); name != "" && (host == name || host == "["+name+"]") {
			p.Hosts = append(p.Hosts, net.JoinHostPort(name, port))
		}
	}
}

// Host is the name that the client used, with its port where that is known.
func (p *Peer) Host() string {
	if len(p.Hosts) > 1 {
		return p.Hosts[1]
	}
	return p.Hosts[0]
}

// Scheme is http or https, as the client used it.
func (p *Peer) Scheme() string {
	if p.Secure {
		return "https"
	}
	return "http"
}

// plain is an address in the one form in which addresses are compared: IPv4 as such, and without a zone.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func within(addr netip.Addr, networks []netip.Prefix) bool {
	for _, n := range networks {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

// Name is a host without its port and brackets.
func Name(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	if n := len(host); n > 1 && host[0] == '[' && host[n-1] == ']' {
		return host[1 : n-1]
	}
	return host
}
