package meta

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// ProviderLogin is who a user is at a provider of identities, and what the provider gives there. The groups and the policies are among those
// of the user, and are what the next sign-in may take away again.
type ProviderLogin struct {
	Issuer, Subject string   // both empty for none
	Groups          []string // ids
	Policies        []string // ARNs
}

// LoginKey is i/l/<hash of issuer and subject>: the id of the user who signs in with it.
func LoginKey(issuer, subject string) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%d:%s%s", len(issuer), issuer, subject)
	return []byte("i/l/" + hex.EncodeToString(h.Sum(nil)))
}

func (l *ProviderLogin) encode(e *encoder) {
	e.str(1, l.Issuer)
	e.str(2, l.Subject)
	for _, g := range l.Groups {
		e.str(3, g)
	}
	for _, p := range l.Policies {
		e.str(4, p)
	}
}

func (l *ProviderLogin) decode(raw []byte) error {
	return decodeFields(raw, func(f field) error {
		switch f.id {
		case 1:
			l.Issuer = f.str()
		case 2:
			l.Subject = f.str()
		case 3:
			l.Groups = append(l.Groups, f.str())
		case 4:
			l.Policies = append(l.Policies, f.str())
		default:
			return unknown("login at a provider", f)
		}
		return nil
	})
}
