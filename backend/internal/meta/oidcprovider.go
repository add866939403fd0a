package meta

import (
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// OIDCProvider is a provider of identities whose tokens roles of an account may trust.
type OIDCProvider struct {
	ID          string // AOIP…, stable
	Account     string // from the key
	URL         string // the issuer without https://
	Created     time.Time
	ClientIDs   []string // audiences that its tokens may have
	Thumbprints []string // of certificates, as they were given
	Tags        Tags
}

const oidcProviderFormat = 1

// OIDCProviderKey is i/o/<account>/<url>: a provider of identities.
func OIDCProviderKey(account, url string) []byte {
	return []byte("i/o/" + account + "/" + strings.ToLower(url))
}

// OIDCProviders is the range of an account's providers of identities.
func OIDCProviders(account string) kv.Range { return kv.Prefix(OIDCProviderKey(account, "")) }

// Encode returns the record's bytes.
func (p *OIDCProvider) Encode() []byte {
	e := newEncoder(oidcProviderFormat, 256)
	e.str(1, p.ID)
	e.str(2, p.URL)
	e.time(3, p.Created)
	for _, c := range p.ClientIDs {
		e.str(4, c)
	}
	for _, t := range p.Thumbprints {
		e.str(5, t)
	}
	p.Tags.encode(e, 6)
	return e.b
}

// DecodeOIDCProvider is the inverse of Encode.
func DecodeOIDCProvider(account string, raw []byte) (*OIDCProvider, error) {
	p := &OIDCProvider{Account: account}
	err := decode(raw, oidcProviderFormat, func(f field) error {
		switch f.id {
		case 1:
			p.ID = f.str()
		case 2:
			p.URL = f.str()
		case 3:
			p.Created = f.time()
		case 4:
			p.ClientIDs = append(p.ClientIDs, f.str())
		case 5:
			p.Thumbprints = append(p.Thumbprints, f.str())
		case 6:
			return p.Tags.decode(f)
		default:
			return unknown("provider of identities", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}
