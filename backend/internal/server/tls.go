package server

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/myfsio/myfsio/backend/internal/config"
)

// lookAgain is the time between two looks at the files of the certificate.
const lookAgain = 2 * time.Second

// certificate is the pair of TLS_CERT_FILE and TLS_KEY_FILE. It is read anew when the files change, by whatever means, and holds for the
// connections that begin after that; those under way go on. A pair that cannot be used leaves the one before it in force.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	inForce atomic.Pointer[tls.Certificate]
	sum     [sha256.Size]byte      // of the files in force
	refused [sha256.Size]byte      // of those that could not be used
	told    bool                   // of the refused ones
	problem atomic.Pointer[string] // what is wrong with them, once that has been told
}

// openCertificate reads the pair; nil without one.
func openCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	if certFile == "" {
		return nil, nil
	}
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	pair, sum, err := c.read()
	if err != nil {
		return nil, err
	}
	c.use(pair, sum)
	return c, nil
}

// Check finds what is wrong with settings beyond what they say themselves: with the files that they name.
func Check(c *config.Config) (found []config.Finding) {
	if _, err := openCertificate(c.TLSCertFile, c.TLSKeyFile, slog.New(slog.DiscardHandler)); err != nil {
		found = append(found, config.Finding{Level: config.Critical, Text: err.Error()})
	}
	return found
}

// read returns the pair that the files hold, and a sum of them, or of what is wrong with them.
func (c *certificate) read() (pair tls.Certificate, sum [sha256.Size]byte, err error) {
	cert, err := os.ReadFile(c.certFile)
	if err != nil {
		return pair, sha256.Sum256([]byte(err.Error())), fmt.Errorf("TLS_CERT_FILE: %w", err)
	}
	key, err := os.ReadFile(c.keyFile)
	if err != nil {
		return pair, sha256.Sum256([]byte(err.Error())), fmt.Errorf("TLS_KEY_FILE: %w", err)
	}
	whole := append(append(cert[:len(cert):len(cert)], 0), key...)
	sum = sha256.Sum256(whole)
	if pair, err = tls.X509KeyPair(cert, key); err != nil {
		return pair, sum, fmt.Errorf("TLS_CERT_FILE and TLS_KEY_FILE: %w", err)
	}
	return pair, sum, nil
}

func (c *certificate) use(pair tls.Certificate, sum [sha256.Size]byte) {
	c.inForce.Store(&pair)
	c.sum = sum
	c.forget()
	leaf := pair.Leaf
	c.log.Info("TLS certificate", "subject", leaf.Subject.String(), "names", leaf.DNSNames, "expires", leaf.NotAfter)
	if now := time.Now(); now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		c.log.Warn("the TLS certificate is not valid now; clients will refuse it", "from", leaf.NotBefore, "expires", leaf.NotAfter)
	}
}

// forget ends what is known of a pair that could not be used.
func (c *certificate) forget() {
	c.refused, c.told = [sha256.Size]byte{}, false
	c.problem.Store(nil)
}

// look reads the files anew if they are other ones. What cannot be used is told of when it is still there at the next look: the files may
// be in the middle of being replaced.
func (c *certificate) look() {
	pair, sum, err := c.read()
	switch {
	case sum == c.sum:
		c.forget()
	case err == nil:
		c.use(pair, sum)
	case sum != c.refused:
		c.refused, c.told = sum, false
	case !c.told:
		c.told = true
		text := err.Error()
		c.problem.Store(&text)
		c.log.Error("the new TLS certificate cannot be used; the one before it stays in force", "error", err)
	}
}

// watch looks at the files until ctx ends.
func (c *certificate) watch(ctx context.Context) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			c.look()
		}
	}
}

// config is what a listener speaks TLS by.
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.inForce.Load(), nil },
	}
}

// health is the state of the certificate for the report of the server's health.
func (c *certificate) health(now time.Time) (state, text string) {
	leaf := c.inForce.Load().Leaf
	text = "the certificate in force expires at " + leaf.NotAfter.UTC().Format(time.RFC3339)
	if now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		return "degraded", "the certificate in force is not valid now: it holds from " + leaf.NotBefore.UTC().Format(time.RFC3339) + " to " + leaf.NotAfter.UTC().Format(time.RFC3339)
	}
	if problem := c.problem.Load(); problem != nil {
		return "degraded", "the new certificate cannot be used: " + *problem + "; " + text
	}
	return "ok", text
}
