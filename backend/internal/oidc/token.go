package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// MaxToken bounds a token, in bytes.
const MaxToken = 20000

// algorithms are those that a provider may sign with, whatever it says itself: all have a public key, so that a key that everybody can read
// never makes a token (as with HS256), and none is "none".
var algorithms = []string{
	gooidc.RS256, gooidc.RS384, gooidc.RS512, gooidc.ES256, gooidc.ES384, gooidc.ES512, gooidc.PS256, gooidc.PS384, gooidc.PS512, gooidc.EdDSA,
}

var joseAlgorithms = func() (out []jose.SignatureAlgorithm) {
	for _, a := range algorithms {
		out = append(out, jose.SignatureAlgorithm(a))
	}
	return out
}()

// leeway is how far the clock of a provider may be ahead, and how long a token lasts after its end.
const leeway = time.Minute

// Claims are what a token says.
type Claims struct {
	Issuer, Subject string
	Audience        []string
	Party           string // azp: the client that it was made for, empty for not said
	Nonce           string
	Issued, Expires time.Time
	All             map[string]any
}

// invalid is a token that must not be believed.
func invalid(op, text string, err error) error {
	return &fault.Error{Kind: fault.Unauthenticated, Op: op, Text: text, Err: err, Detail: map[string]string{Detail: "InvalidIdentityToken"}}
}

// Peek reads the claims of a token without proving them: only to find out whose word to ask for.
func Peek(token string) (*Claims, error) {
	const op = "oidc.Peek"
	if len(token) > MaxToken {
		return nil, invalid(op, "The token is too large.", nil)
	}
	signed, err := jose.ParseSignedCompact(token, joseAlgorithms)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, invalid(op, "The token is not a signed JSON web token, or is signed in a way that is not accepted.", err)
	}
	return claimsOf(op, signed.UnsafePayloadWithoutVerification())
}

func claimsOf(op string, payload []byte) (*Claims, error) {
	var c struct {
		Issuer   string          `json:"iss"`
		Subject  string          `json:"sub"`
		Audience json.RawMessage `json:"aud"`
		Party    string          `json:"azp"`
		Nonce    string          `json:"nonce"`
		Issued   *float64        `json:"iat"`
		Expires  *float64        `json:"exp"`
	}
	out := &Claims{}
	if err := errors.Join(json.Unmarshal(payload, &c), json.Unmarshal(payload, &out.All)); err != nil {
		return nil, invalid(op, "The claims of the token cannot be read.", err)
	}
	if len(c.Audience) > 0 {
		var one string
		if json.Unmarshal(c.Audience, &one) == nil {
			out.Audience = []string{one}
		} else if err := json.Unmarshal(c.Audience, &out.Audience); err != nil {
			return nil, invalid(op, "The audience of the token cannot be read.", err)
		}
	}
	if c.Issuer == "" || c.Subject == "" || len(c.Subject) > 255 || len(out.Audience) == 0 || c.Expires == nil {
		return nil, invalid(op, "The token lacks one of the claims iss, sub, aud and exp.", nil)
	}
	out.Issuer, out.Subject, out.Party, out.Nonce = c.Issuer, c.Subject, c.Party, c.Nonce
	out.Expires = moment(*c.Expires)
	if c.Issued != nil {
		out.Issued = moment(*c.Issued)
	}
	return out, nil
}

// moment is a time of a token, held to what a time can be.
func moment(seconds float64) time.Time {
	return time.Unix(int64(min(max(seconds, 0), 1<<40)), 0).UTC()
}

// Verify proves a token: that the provider made it, for one of the audiences, and that its time is not up. What can be refused without a
// look at the keys is refused first. Faults: Unauthenticated with the Detail InvalidIdentityToken or ExpiredToken, Unavailable.
func (p *Provider) Verify(ctx context.Context, token string, audiences []string) (*Claims, error) {
	const op = "oidc.Verify"
	c, err := Peek(token)
	if err != nil {
		return nil, err
	}
	now := p.clock.Now()
	for _, check := range []error{p.issued(op, c), aimed(op, c, audiences), lasts(op, c, now)} {
		if check != nil {
			return nil, check
		}
	}
	keys := &keySet{p: p}
	v := gooidc.NewVerifier(p.issuer, keys, &gooidc.Config{
		SkipClientIDCheck: true, // several are allowed: see aimed
		// Google writes its issuer in two ways, and the library knows; issued does not let the other one through.
		SupportedSigningAlgs: algorithms, Now: func() time.Time { return now.Add(-leeway) },
	})
	proved, err := v.Verify(ctx, token)
	if err != nil {
		if keys.failure != nil {
			return nil, keys.failure
		}
		return nil, invalid(op, "The token is not what the provider signed.", err)
	}
	var all map[string]any
	if err := proved.Claims(&all); err != nil {
		return nil, invalid(op, "The claims of the token cannot be read.", err)
	}
	if c.Subject != proved.Subject || c.Nonce != proved.Nonce || !slices.Equal(c.Audience, proved.Audience) {
		return nil, invalid(op, "The claims of the token cannot be read in one way only.", nil)
	}
	c.All = all
	return c, nil
}

func (p *Provider) issued(op string, c *Claims) error {
	if c.Issuer != p.issuer {
		return invalid(op, "The token comes from another issuer.", nil)
	}
	return nil
}

// aimed refuses a token that is for none of the audiences.
func aimed(op string, c *Claims, audiences []string) error {
	for _, a := range c.Audience {
		if slices.Contains(audiences, a) {
			return nil
		}
	}
	return invalid(op, "Incorrect token audience", nil)
}

func lasts(op string, c *Claims, now time.Time) error {
	switch {
	case !now.Before(c.Expires.Add(leeway)):
		return &fault.Error{Kind: fault.Unauthenticated, Op: op, Text: "Token expired: current date/time must be before the expiration date/time", Detail: map[string]string{Detail: "ExpiredToken"}}
	case c.Issued.After(now.Add(leeway)):
		return invalid(op, "The token comes from the future.", nil)
	}
	return nil
}

// keySet looks for the key of a signature among those of a provider. The library makes a text of what failed, so that is kept here.
type keySet struct {
	p       *Provider
	failure error
}

// VerifySignature is that of the library's KeySet.
func (k *keySet) VerifySignature(ctx context.Context, token string) (payload []byte, err error) {
	payload, k.failure = k.p.prove(ctx, token)
	return payload, k.failure
}

// prove returns what a token says if the provider signed it.
func (p *Provider) prove(ctx context.Context, token string) ([]byte, error) {
	const op = "oidc.Verify"
	signed, err := jose.ParseSignedCompact(token, joseAlgorithms)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, invalid(op, "The token cannot be read.", err)
	}
	kid, alg := signed.Signatures[0].Header.KeyID, signed.Signatures[0].Header.Algorithm
	keys, err := p.keysOf(ctx, kid)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if key.Algorithm != "" && key.Algorithm != alg {
			continue
		}
		if payload, err := signed.Verify(key.Key); err == nil {
			return payload, nil
		}
	}
	if len(keys) == 0 {
		return nil, invalid(op, fmt.Sprintf("The provider has no key %.100q.", kid), nil)
	}
	return nil, invalid(op, "The signature of the token is not the provider's.", nil)
}

// Text returns a claim that is one text, empty for none. A name may lead into objects, as realm.name.
func (c *Claims) Text(name string) string {
	s, _ := c.find(name).(string)
	return s
}

// Texts returns a claim that is a list of texts, or one text.
func (c *Claims) Texts(name string) (out []string) {
	switch v := c.find(name).(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// find returns a claim of that very name, else the one that the parts between dots lead to.
func (c *Claims) find(name string) any {
	if v, ok := c.All[name]; ok || name == "" {
		return v
	}
	at := any(c.All)
	for part := range strings.SplitSeq(name, ".") {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[part]
	}
	return at
}
