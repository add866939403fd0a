// Package oidc knows providers of identities (OpenID Connect): it reads what they publish, proves the tokens that they sign, and lets people
// sign in at them.
//
// What a provider publishes is kept, so that a stranger with a token cannot make the server call a provider at will: a provider is called a
// few times a minute at most, whatever is asked, and a failure is remembered for a while.
package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/outbound"
)

const (
	fresh      = time.Hour        // how long what a provider published is taken as it is
	stale      = 6 * time.Hour    // how long it is taken while the provider does not answer
	sulk       = 10 * time.Second // how long a failure is remembered
	burst      = 4                // calls for keys or the description within a minute
	maxKeys    = 64
	maxIssuers = 1000
	maxIssuer  = 2048 // bytes
)

// Detail is the name of the detail of a fault that says what is wrong with a token or a provider, as STS calls it: InvalidIdentityToken,
// ExpiredToken, IDPCommunicationError.
const Detail = "OIDC"

// Providers are the providers that have been asked for. It is safe for concurrent use.
type Providers struct {
	client *http.Client
	clock  clock.Clock

	mu    sync.Mutex
	known map[string]*Provider
}

// New returns providers that are called as a guard lets them be.
func New(g *outbound.Guard, c clock.Clock) *Providers {
	return &Providers{client: g.Client(outbound.Limits{Time: 10 * time.Second, Body: 512 << 10, Redirects: 2}), clock: c, known: map[string]*Provider{}}
}

// Provider returns the provider of an issuer, which it does not call.
func (p *Providers) Provider(issuer string) *Provider {
	p.mu.Lock()
	defer p.mu.Unlock()
	if found := p.known[issuer]; found != nil {
		return found
	}
	if len(p.known) >= maxIssuers {
		for other := range p.known { // any one: the order of a map is as good as another
			delete(p.known, other)
			break
		}
	}
	made := &Provider{issuer: issuer, client: p.client, clock: p.clock, turn: make(chan struct{}, 1)}
	p.known[issuer] = made
	return made
}

// Provider is one issuer of tokens. It is safe for concurrent use.
type Provider struct {
	issuer string
	client *http.Client
	clock  clock.Clock

	turn chan struct{} // held while the rest is looked at or the provider is called

	about   *Description
	keys    []jose.JSONWebKey
	aboutAt time.Time
	keysAt  time.Time
	calls   []time.Time // begun within the last minute
	failed  time.Time
	failure error
}

// Description is what a provider says of itself at its well-known address.
type Description struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	UserInfo      string   `json:"userinfo_endpoint"`
	EndSession    string   `json:"end_session_endpoint"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	TokenAuth     []string `json:"token_endpoint_auth_methods_supported"`
}

func unreachable(op, text string, err error) error {
	return &fault.Error{Kind: fault.Unavailable, Op: op, Text: text, Err: err, Detail: map[string]string{Detail: "IDPCommunicationError"}}
}

// enter waits for the provider's turn.
func (p *Provider) enter(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.Wrap("oidc.enter", ctx.Err())
	}
}

func (p *Provider) leave() { <-p.turn }

// Describe returns what the provider says of itself. fault.Unavailable when it does not answer, or not as it must.
func (p *Provider) Describe(ctx context.Context) (*Description, error) {
	if err := p.enter(ctx); err != nil {
		return nil, err
	}
	defer p.leave()
	return p.describe(ctx)
}

func (p *Provider) describe(ctx context.Context) (*Description, error) {
	const op = "oidc.Describe"
	now := p.clock.Now()
	if p.about != nil && now.Sub(p.aboutAt) < fresh {
		return p.about, nil
	}
	d := &Description{}
	err := p.fetch(ctx, op, strings.TrimSuffix(p.issuer, "/")+"/.well-known/openid-configuration", d)
	if err == nil {
		err = p.check(d)
	}
	if err != nil {
		if p.about != nil && now.Sub(p.aboutAt) < stale {
			return p.about, nil
		}
		return nil, p.fail(op, err)
	}
	p.about, p.aboutAt = d, now
	return d, nil
}

// check holds a description to be the issuer's own, with addresses that are no worse than the issuer's.
func (p *Provider) check(d *Description) error {
	const op = "oidc.Describe"
	if d.Issuer != p.issuer {
		return unreachable(op, fmt.Sprintf("The provider at %s calls itself %.200q.", p.issuer, d.Issuer), nil)
	}
	for name, address := range map[string]string{"authorization_endpoint": d.Authorization, "token_endpoint": d.Token, "jwks_uri": d.Keys} {
		if address == "" && name != "jwks_uri" {
			continue // of one whose tokens are only proved
		}
		if !p.proper(address) {
			return unreachable(op, fmt.Sprintf("The %s of the provider at %s is no address that can be used.", name, p.issuer), nil)
		}
	}
	for _, address := range []*string{&d.UserInfo, &d.EndSession} {
		if !p.proper(*address) {
			*address = ""
		}
	}
	return nil
}

// proper reports whether an address is http or https, and not less than the issuer is.
func (p *Provider) proper(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && strings.HasPrefix(p.issuer, "http://")
}

// fetch reads a JSON document of the provider, unless it was called too often or has just failed.
func (p *Provider) fetch(ctx context.Context, op, address string, into any) error {
	now := p.clock.Now()
	if p.failure != nil && now.Sub(p.failed) < sulk {
		return p.failure
	}
	for len(p.calls) > 0 && now.Sub(p.calls[0]) >= time.Minute {
		p.calls = p.calls[1:]
	}
	if len(p.calls) >= burst {
		return unreachable(op, "The provider at "+p.issuer+" was called too often. Try again in a minute.", nil)
	}
	p.calls = append(p.calls, now)
	// Whoever asked may go; what comes is for others too. The client has a limit of its own.
	req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, address, nil)
	if err != nil {
		return unreachable(op, "The address of the provider cannot be used.", err)
	}
	req.Header.Set("Accept", "application/json")
	return p.answer(op, req, into)
}

// answer makes a request of the provider and reads the JSON that it answers with.
func (p *Provider) answer(op string, req *http.Request, into any) error {
	res, err := p.client.Do(req)
	if err != nil {
		var refused *outbound.Refused
		if errors.As(err, &refused) {
			return unreachable(op, "The server does not call "+refused.Host+": "+refused.Why+". OUTBOUND_ALLOW says what it may call.", err)
		}
		return unreachable(op, "The provider at "+p.issuer+" does not answer.", err)
	}
	defer func() { _ = res.Body.Close() }() // it has been read
	if res.StatusCode != http.StatusOK {
		return unreachable(op, fmt.Sprintf("The provider at %s answers with the status %d.", p.issuer, res.StatusCode), nil)
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return unreachable(op, "The answer of the provider at "+p.issuer+" ended early or is too large.", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return unreachable(op, "The answer of the provider at "+p.issuer+" is not what it must be.", err)
	}
	return nil
}

// fail remembers a failure, so that the next who ask have it at once.
func (p *Provider) fail(op string, err error) error {
	if now := p.clock.Now(); p.failure == nil || now.Sub(p.failed) >= sulk {
		p.failed, p.failure = now, err
	}
	return fault.Wrap(op, err)
}

// keysOf returns the keys that the provider signs with under an id. One that is not known is looked for at the provider: keys change.
func (p *Provider) keysOf(ctx context.Context, kid string) ([]jose.JSONWebKey, error) {
	const op = "oidc.keys"
	if err := p.enter(ctx); err != nil {
		return nil, err
	}
	defer p.leave()
	now := p.clock.Now()
	if now.Sub(p.keysAt) < fresh {
		if found := named(p.keys, kid); len(found) > 0 {
			return found, nil
		}
	}
	err := p.refresh(ctx)
	if err != nil && (p.keys == nil || now.Sub(p.keysAt) >= stale) {
		return nil, p.fail(op, err)
	}
	return named(p.keys, kid), nil
}

// named are the keys of an id; those without one may be any.
func named(keys []jose.JSONWebKey, kid string) (out []jose.JSONWebKey) {
	for _, k := range keys {
		if kid == "" || k.KeyID == "" || k.KeyID == kid {
			out = append(out, k)
		}
	}
	return out
}

// refresh reads the keys of the provider.
func (p *Provider) refresh(ctx context.Context) error {
	const op = "oidc.keys"
	d, err := p.describe(ctx)
	if err != nil {
		return err
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := p.fetch(ctx, op, d.Keys, &set); err != nil {
		return err
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		// Keys of kinds that nothing here knows are no fault of the provider's.
		if json.Unmarshal(raw, &k) != nil || !k.IsPublic() || !k.Valid() || k.Use != "" && k.Use != "sig" {
			continue
		}
		if keys = append(keys, k); len(keys) >= maxKeys {
			break
		}
	}
	if len(keys) == 0 {
		return unreachable(op, "The provider at "+p.issuer+" publishes no key that can be used.", nil)
	}
	p.keys, p.keysAt = keys, p.clock.Now()
	return nil
}
