package peer

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Names are those by which this server is known. A page under any other name that leads here has been given that name by a stranger (DNS
// rebinding), and would be of one origin with the server.
type Names struct {
	hosts   map[string]bool // lower case, without port
	origins map[string]bool // of the public addresses
}

// NewNames returns the names of a server with public addresses, empty for none, and further names of hosts.
func NewNames(bases []string, hosts ...string) *Names {
	n := &Names{hosts: map[string]bool{"localhost": true}, origins: map[string]bool{}}
	for _, h := range hosts {
		n.hosts[strings.ToLower(h)] = true
	}
	for _, base := range bases {
		if u, err := url.Parse(base); err == nil && u.Host != "" {
			n.hosts[strings.ToLower(u.Hostname())] = true
			n.origins[Origin(u.Scheme, u.Host)] = true
		}
	}
	delete(n.hosts, "")
	return n
}

// Known reports whether a host, with or without a port, is this server. An address instead of a name cannot be given by a stranger.
func (n *Names) Known(host string) bool {
	name := Name(host)
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	return n.hosts[name] || strings.HasSuffix(name, ".localhost")
}

// private are the endings of names that nobody can register: RFC 2606, 6761, 6762 and 8375, and what is reserved for private use.
var private = []string{".localhost", ".internal", ".local", ".test", ".home.arpa"}

// Private reports whether a host is an address or a name that no stranger can have made, on the Internet at least.
func Private(host string) bool {
	name := strings.TrimSuffix(strings.ToLower(Name(host)), ".")
	_, err := netip.ParseAddr(name)
	return err == nil || name != "" && !strings.Contains(name, ".") || slices.ContainsFunc(private, func(end string) bool { return strings.HasSuffix(name, end) })
}

// Reached reports whether a client reached the server by known names alone. That of the Host header has to be known even where a proxy tells
// of another one: a page can send the header of the proxy.
func (n *Names) Reached(p *Peer) bool {
	return !slices.ContainsFunc(p.Hosts, func(host string) bool { return !n.Known(host) })
}

// Own reports whether an origin, as a browser writes it, is that of this server as the client of the request sees it.
func (n *Names) Own(p *Peer, text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return false
	}
	o := Origin(u.Scheme, u.Host)
	if n.origins[o] {
		return true
	}
	told := p.Hosts[min(1, len(p.Hosts)-1):]
	return slices.ContainsFunc(told, func(host string) bool { return o == Origin(p.Scheme(), host) })
}

// Foreign reports whether a browser says that a page of another origin makes the request.
func (n *Names) Foreign(p *Peer, r *http.Request) bool {
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return true
	}
	values := r.Header.Values("Origin")
	return len(values) > 1 || len(values) == 1 && !n.Own(p, values[0])
}

// Secure reports whether the client's connection is TLS, also where the proxy before the server does not say so but the name is that of a
// public address with TLS.
func (n *Names) Secure(p *Peer) bool { return p.Secure || n.origins[Origin("https", p.Host())] }

// Local reports whether an origin is a page of this machine.
func Local(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	name := strings.ToLower(u.Hostname())
	addr, err := netip.ParseAddr(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && addr.Unmap().IsLoopback()
}

// Origin is an origin as browsers write it: without the port that the scheme implies.
func Origin(scheme, host string) string {
	host = strings.ToLower(host)
	if scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host
}
