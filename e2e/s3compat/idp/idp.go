// Package idp is a provider of identities for tests: a complete implementation of OpenID Connect behind a page on which one chooses who one is.
package idp

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// The client that the provider knows.
const (
	ClientID     = "myfsio"
	ClientSecret = "the secret of the client"
)

// Person is somebody whom the provider knows.
type Person struct {
	Subject, Name, User string
	Groups              []string
}

// People are those whom one can be.
var People = []Person{
	{"ann-1", "Ann of the Team", "ann", []string{"staff"}},
	{"root-1", "Root of All", "root", []string{"admins"}},
}

// Provider is the provider. It is safe for concurrent use.
type Provider struct {
	http.Handler
	issuer string

	mu       sync.Mutex
	keys     []*rsa.PrivateKey // the last one signs
	requests map[string]*request
	codes    map[string]string
}

// New makes a provider for an issuer, whose handler it is.
func New(issuer string) (*Provider, error) {
	p := &Provider{issuer: issuer, requests: map[string]*request{}, codes: map[string]string{}}
	if err := p.Rotate(); err != nil {
		return nil, err
	}
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	o, err := op.NewProvider(&op.Config{CryptoKey: key, CodeMethodS256: true, AuthMethodPost: true, SupportedScopes: []string{"openid", "profile", "email", "groups"}},
		storage{p}, op.StaticIssuer(issuer), op.WithAllowInsecure())
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", p.ask)
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) { p.choose(w, r, op.AuthCallbackURL(o)) })
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("/", o)
	p.Handler = mux
	return p, nil
}

// Rotate replaces the key that signs; the one before is published no more.
func (p *Provider) Rotate() error {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = []*rsa.PrivateKey{k}
	return nil
}

// Token signs claims, as for a job that shows who it is.
func (p *Provider) Token(claims map[string]any) (string, error) {
	k := p.current()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: k, KeyID: kid(k)}}, nil)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := s.Sign(raw)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

func (p *Provider) current() *rsa.PrivateKey {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[len(p.keys)-1]
}

func kid(k *rsa.PrivateKey) string { return k.N.Text(62)[:16] }

var page = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="en"><title>Example ID</title><meta name="viewport" content="width=device-width">
<main><h1>Who are you?</h1>
<form method="post" action="/login"><input type="hidden" name="id" value="{{.ID}}">
{{range .People}}<p><button name="person" value="{{.Subject}}">{{.Name}}</button></p>{{end}}
<p><button name="person" value="">Nobody</button></p></form></main></html>`))

func (p *Provider) ask(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, map[string]any{"ID": r.URL.Query().Get("id"), "People": People}) // the client may be gone
}

func (p *Provider) choose(w http.ResponseWriter, r *http.Request, back func(context.Context, string) string) {
	id, person := r.FormValue("id"), r.FormValue("person")
	p.mu.Lock()
	q := p.requests[id]
	if q != nil {
		q.subject, q.done = person, true
	}
	p.mu.Unlock()
	switch {
	case q == nil:
		http.Error(w, "there is no such sign-in", http.StatusBadRequest)
	case person == "":
		v := url.Values{"error": {"access_denied"}, "state": {q.GetState()}}
		http.Redirect(w, r, q.GetRedirectURI()+"?"+v.Encode(), http.StatusFound)
	default:
		http.Redirect(w, r, back(op.ContextWithIssuer(r.Context(), p.issuer), id), http.StatusFound)
	}
}

// request is a sign-in on its way.
type request struct {
	oidc.AuthRequest
	id, subject string
	done        bool
	at          time.Time
}

func (q *request) GetID() string          { return q.id }
func (q *request) GetACR() string         { return "" }
func (q *request) GetAMR() []string       { return []string{"pwd"} }
func (q *request) GetAudience() []string  { return []string{q.ClientID} }
func (q *request) GetAuthTime() time.Time { return q.at }
func (q *request) GetClientID() string    { return q.ClientID }
func (q *request) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: q.CodeChallenge, Method: q.CodeChallengeMethod}
}
func (q *request) GetNonce() string                   { return q.Nonce }
func (q *request) GetRedirectURI() string             { return q.RedirectURI }
func (q *request) GetResponseType() oidc.ResponseType { return q.ResponseType }
func (q *request) GetResponseMode() oidc.ResponseMode { return q.ResponseMode }
func (q *request) GetScopes() []string                { return q.Scopes }
func (q *request) GetState() string                   { return q.State }
func (q *request) GetSubject() string                 { return q.subject }
func (q *request) Done() bool                         { return q.done }

// storage is what the provider's protocol rests on.
type storage struct{ *Provider }

var errNone = errors.New("there is none")

func (s storage) CreateAuthRequest(_ context.Context, r *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	q := &request{AuthRequest: *r, id: rand.Text(), at: time.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[q.id] = q
	return q, nil
}

func (s storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.requests[id]; q != nil {
		return q, nil
	}
	return nil, errNone
}

func (s storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	id := s.codes[code]
	delete(s.codes, code)
	s.mu.Unlock()
	return s.AuthRequestByID(ctx, id)
}

func (s storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = id
	return nil
}

func (s storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, id)
	return nil
}

func (s storage) CreateAccessToken(_ context.Context, r op.TokenRequest) (string, time.Time, error) {
	return r.GetSubject(), time.Now().Add(time.Hour), nil
}

func (s storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, errNone
}

func (s storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, op.ErrInvalidRefreshToken
}
func (s storage) TerminateSession(context.Context, string, string) error { return nil }
func (s storage) RevokeToken(context.Context, string, string, string) *oidc.Error {
	return nil
}
func (s storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}

func (s storage) SigningKey(context.Context) (op.SigningKey, error) { return key{s.current()}, nil }
func (s storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

func (s storage) KeySet(context.Context) (out []op.Key, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		out = append(out, publicKey{key{k}})
	}
	return out, nil
}

func (s storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != ClientID {
		return nil, errNone
	}
	return client{}, nil
}

func (s storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != ClientID || secret != ClientSecret {
		return errNone
	}
	return nil
}

func (s storage) SetUserinfoFromScopes(_ context.Context, u *oidc.UserInfo, subject, _ string, _ []string) error {
	u.Subject = subject // the rest is told where it is asked for
	return nil
}

func (s storage) SetUserinfoFromToken(_ context.Context, u *oidc.UserInfo, _, subject, _ string) error {
	at := slices.IndexFunc(People, func(p Person) bool { return p.Subject == subject })
	if at < 0 {
		return errNone
	}
	u.Subject, u.Name, u.PreferredUsername = subject, People[at].Name, People[at].User
	u.AppendClaims("groups", People[at].Groups)
	return nil
}

func (s storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errNone
}

func (s storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

func (s storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errNone
}

func (s storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errNone
}
func (s storage) Health(context.Context) error { return nil }

type key struct{ k *rsa.PrivateKey }

func (k key) ID() string                                  { return kid(k.k) }
func (k key) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k key) Key() any                                    { return k.k }

type publicKey struct{ key }

func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k publicKey) Use() string                        { return "sig" }
func (k publicKey) Key() any                           { return &k.k.PublicKey }

// client is this server at the provider. On which port its console is nobody knows before it has started.
type client struct{}

func (client) GetID() string          { return ClientID }
func (client) RedirectURIs() []string { return nil }
func (client) RedirectURIGlobs() []string {
	return []string{"http://127.0.0.1:*/myfsio/session/oidc/callback"}
}
func (client) PostLogoutRedirectURIs() []string     { return nil }
func (client) PostLogoutRedirectURIGlobs() []string { return []string{"http://127.0.0.1:*/ui/sign-in"} }
func (client) ApplicationType() op.ApplicationType  { return op.ApplicationTypeWeb }
func (client) AuthMethod() oidc.AuthMethod          { return oidc.AuthMethodBasic }
func (client) ResponseTypes() []oidc.ResponseType   { return []oidc.ResponseType{oidc.ResponseTypeCode} }
func (client) GrantTypes() []oidc.GrantType         { return []oidc.GrantType{oidc.GrantTypeCode} }
func (client) LoginURL(id string) string            { return "/login?id=" + url.QueryEscape(id) }
func (client) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeBearer }
func (client) IDTokenLifetime() time.Duration       { return time.Hour }
func (client) DevMode() bool                        { return true }
func (client) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(s []string) []string { return s }
}
func (client) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(s []string) []string { return s }
}
func (client) IsScopeAllowed(string) bool           { return true }
func (client) IDTokenUserinfoClaimsAssertion() bool { return false }
func (client) ClockSkew() time.Duration             { return 0 }
