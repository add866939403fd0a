package server

import (
	"net/http"
	"net/netip"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/peer"
)

// strictTransport tells browsers that came over TLS to come over nothing else. It is not told of addresses and of names of the machine itself,
// which other servers on it share.
func strictTransport(c *config.Config, next http.Handler) http.Handler {
	names := peer.NewNames([]string{c.UIBaseURL})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := peer.Of(r, c.TrustedProxies)
		if _, err := netip.ParseAddr(peer.Name(p.Host())); err != nil && names.Secure(&p) && !peer.Local("https://"+p.Host()) {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
