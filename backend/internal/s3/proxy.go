package s3

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// peer is who sent a request, as far as proxies that are trusted may tell.
type peer struct {
	addr      netip.Addr // of the client
	loopback  bool       // the connection itself comes from this machine
	forwarded bool       // forwarding headers are present, trusted or not
	secure    bool       // the client's connection is TLS
	hosts     []string   // names of this server that the client may have signed: the Host header first
}

// peerOf reads the peer of a request. X-Forwarded-* count only when the connection comes from a trusted proxy; of X-Forwarded-For the last
// address that is none of ours is the client's, since everything before it is the client's own word.
func (s *Server) peerOf(r *http.Request) peer {
	p := peer{secure: r.TLS != nil, hosts: []string{r.Host}}
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		p.addr = ap.Addr().Unmap()
	}
	p.loopback = p.addr.IsLoopback()
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-Ip"} {
		if _, ok := r.Header[name]; ok {
			p.forwarded = true
		}
	}
	if p.forwarded && s.trusted(p.addr) {
		s.readForwarded(r.Header, &p)
	}
	if s.publicHost != "" {
		p.hosts = append(p.hosts, s.publicHost)
	}
	return p
}

func (s *Server) readForwarded(h http.Header, p *peer) {
	chain := strings.Split(strings.Join(h["X-Forwarded-For"], ","), ",")
	for i := len(chain) - 1; i >= 0; i-- {
		addr, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			break
		}
		p.addr = addr.Unmap()
		if !s.trusted(p.addr) {
			break
		}
	}
	if host := firstOf(h.Get("X-Forwarded-Host")); host != "" {
		p.hosts = append(p.hosts, host)
	}
	switch strings.ToLower(firstOf(h.Get("X-Forwarded-Proto"))) {
	case "https":
		p.secure = true
	case "http":
		p.secure = false
	}
}

func (s *Server) trusted(addr netip.Addr) bool {
	for _, prefix := range s.TrustedProxies {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

// hostOf returns the host of a base URL, empty for none.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Host
}
