package admin

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/gorilla/securecookie"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

const (
	tokenIssuer   = "myfsio"
	tokenAudience = "myfsio-admin"
	tokenLife     = 15 * time.Minute
	maxToken      = 4096 // bytes
)

// claims of a token. It holds as long as the session that it names.
type claims struct {
	jwt.RegisteredClaims
	Session string `json:"sid"`
}

// tokens makes and reads JSON web tokens, by HS256 and nothing else, whatever a token says of itself.
type tokens struct {
	key    []byte
	clock  clock.Clock
	idents *ident.Source
	parser *jwt.Parser
}

func newTokens(d Deps) *tokens {
	return &tokens{key: d.Seal.Derive("admin token", 32), clock: d.Clock, idents: d.Idents, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(tokenIssuer), jwt.WithAudience(tokenAudience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(d.Clock.Now), jwt.WithStrictDecoding(),
	)}
}

func (t *tokens) make(s *session, life time.Duration) (Token, error) {
	now := t.clock.Now().Truncate(time.Second)
	until := now.Add(life)
	if until.After(s.expires) {
		until = s.expires
	}
	c := claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: tokenIssuer, Audience: jwt.ClaimStrings{tokenAudience}, Subject: s.userID, ID: t.idents.Request(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(until),
		},
		Session: s.row,
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(t.key)
	return Token{Token: text, TokenType: "Bearer", Expires: until}, err
}

func (t *tokens) read(text string) (*claims, error) {
	const op = "admin.token"
	bad := func(err error) error {
		return &fault.Error{Kind: fault.Unauthenticated, Op: op, Text: "The token is not valid, or its time is up.", Err: err}
	}
	if len(text) > maxToken {
		return nil, bad(nil)
	}
	c := &claims{}
	if _, err := t.parser.ParseWithClaims(text, c, func(*jwt.Token) (any, error) { return t.key, nil }); err != nil {
		return nil, bad(err)
	}
	return c, nil
}

var errEnded = fault.New("admin.token", fault.Unauthenticated, "The token was revoked, or the user or the secret that it was made with is gone.")

func (a *API) byToken(ctx context.Context, c *call, text string) error {
	got, err := a.tokens.read(text)
	if err != nil {
		return err
	}
	s, err := a.sessions.read(ctx, got.Session)
	if err != nil {
		return bucket.Fault("admin.byToken", err)
	}
	if s == nil || !s.program || s.userID != got.Subject {
		return errEnded
	}
	c.claimed = s.accessKey
	id, err := a.sessions.current(ctx, a.IAM, s.userID, s.accessKey, s.mark)
	if err != nil {
		return err
	}
	if id == nil {
		return errEnded
	}
	c.id, c.via = id, viaToken
	return nil
}

// createToken begins a session of a program. Without a refresh token that is over with its one token.
func (a *API) createToken(ctx context.Context, c *call, in *tokenInput) (*output[Token], error) {
	id, err := a.login(ctx, c, in.Body.AccessKey, in.Body.SecretKey)
	if err != nil {
		return nil, err
	}
	c.id = id
	life := time.Duration(in.Body.ExpiresIn) * time.Second
	if life == 0 {
		life = tokenLife
	}
	s := &session{userID: id.UserID, accessKey: id.AccessKey, mark: a.sessions.mark(id.AccessKey, in.Body.SecretKey), program: true}
	a.arrived(c, s)
	if in.Body.Refresh {
		a.sessions.name(s, max(life, a.sessions.lifetime))
	} else {
		a.sessions.name(s, life)
	}
	if err := a.sessions.write(ctx, s); err != nil {
		return nil, err
	}
	return a.issue(s, life, in.Body.Refresh)
}

// refreshToken gives the next token of a session, and the next refresh token, for the last one. Who shows an older one has a copy, or
// somebody else has: nobody can tell, so the session ends.
//
// The turn is durable before it is answered. After a kill in between the program has lost its place, and signs in again.
func (a *API) refreshToken(ctx context.Context, c *call, in *refreshInput) (*output[Token], error) {
	const op = "admin.refreshToken"
	refused := func(err error) error {
		unproven(reqinfo.From(ctx), err)
		return err
	}
	row, turn, ok := a.refresh.read(in.Body.RefreshToken)
	if !ok {
		return nil, refused(fault.New(op, fault.Unauthenticated, "This is no refresh token of this server."))
	}
	var s *session
	err := a.sessions.edit(ctx, row, func(found *session) (*session, error) {
		switch {
		case found == nil || !found.program || !a.Clock.Now().Before(found.expires):
			s = nil
			return found, nil
		case found.turn != turn:
			s = nil
			return nil, nil // ended
		}
		next := *found
		next.turn++
		next.seen, next.remote, next.agent = a.Clock.Now().Truncate(time.Second), c.remote(), agentOf(c.r)
		s = &next
		return s, nil
	})
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, refused(errEnded)
	}
	c.claimed = s.accessKey
	if c.id, err = a.sessions.current(ctx, a.IAM, s.userID, s.accessKey, s.mark); err != nil {
		return nil, err
	}
	if c.id == nil {
		return nil, refused(errEnded)
	}
	return a.issue(s, tokenLife, true)
}

// issue answers with a token of a session, and with a refresh token where there can be another.
func (a *API) issue(s *session, life time.Duration, refresh bool) (*output[Token], error) {
	t, err := a.tokens.make(s, life)
	if err == nil && refresh {
		t.RefreshToken, err = a.refresh.make(s.row, s.turn)
		t.RefreshExpires = &s.expires
	}
	if err != nil {
		return nil, fault.Wrap("admin.issue", err)
	}
	return answer(t), nil
}

// revokeToken ends the session of a token. One that was ended before is no error.
func (a *API) revokeToken(ctx context.Context, c *call, in *revokeInput) (*noBody, error) {
	row, _, ok := a.refresh.read(in.Body.Token)
	if !ok {
		got, err := a.tokens.read(in.Body.Token)
		if err != nil {
			unproven(reqinfo.From(ctx), err)
			return nil, err
		}
		row = got.Session
	}
	s, err := a.sessions.read(ctx, row)
	if err != nil {
		return nil, bucket.Fault("admin.revokeToken", err)
	}
	if s == nil {
		return &noBody{}, nil
	}
	c.claimed = s.accessKey
	return &noBody{}, a.sessions.remove(ctx, row)
}

// refreshTokens are sealed: a program can read nothing from one.
type refreshTokens struct{ code *securecookie.SecureCookie }

const refreshName = "myfsio_refresh" // no cookie, but what these are bound to

func newRefreshTokens(d Deps) refreshTokens {
	keys := d.Seal.Derive("admin refresh token", 64)
	return refreshTokens{securecookie.New(keys[:32], keys[32:]).MaxAge(0).SetSerializer(securecookie.NopEncoder{})}
}

func (r refreshTokens) make(row string, turn uint64) (string, error) {
	return r.code.Encode(refreshName, append(binary.BigEndian.AppendUint64(nil, turn), row...))
}

func (r refreshTokens) read(text string) (row string, turn uint64, ok bool) {
	var raw []byte
	if len(text) > maxToken || r.code.Decode(refreshName, text, &raw) != nil || len(raw) < 8 {
		return "", 0, false
	}
	return string(raw[8:]), binary.BigEndian.Uint64(raw[:8]), true
}
