package admin

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
)

const (
	tokenIssuer   = "myfsio"
	tokenAudience = "myfsio-admin"
	tokenLife     = 15 * time.Minute
	maxToken      = 4096 // bytes
)

// claims of a token. Mark ties it to the secret that it was made with.
type claims struct {
	jwt.RegisteredClaims
	Key  string `json:"key"`
	Mark string `json:"mark"`
}

// tokens makes and reads JSON web tokens, by HS256 and nothing else, whatever a token says of itself.
type tokens struct {
	marker
	key    []byte
	clock  clock.Clock
	idents *ident.Source
	parser *jwt.Parser
}

func newTokens(d Deps) *tokens {
	key, mark := d.Seal.Derive("admin token", 32), d.Seal.Derive("admin token mark", 32)
	return &tokens{marker: marker{mark}, key: key, clock: d.Clock, idents: d.Idents, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(tokenIssuer), jwt.WithAudience(tokenAudience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(d.Clock.Now), jwt.WithStrictDecoding(),
	)}
}

func (t *tokens) make(id *iam.Identity, secret string, life time.Duration) (Token, error) {
	now := t.clock.Now().Truncate(time.Second)
	c := claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: tokenIssuer, Audience: jwt.ClaimStrings{tokenAudience}, Subject: id.UserID, ID: t.idents.Request(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(life)),
		},
		Key: id.AccessKey, Mark: base64.RawURLEncoding.EncodeToString(t.mark(id.AccessKey, secret)),
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(t.key)
	return Token{Token: text, TokenType: "Bearer", Expires: now.Add(life)}, err
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

func (a *API) byToken(ctx context.Context, c *call, text string) error {
	const op = "admin.byToken"
	got, err := a.tokens.read(text)
	if err != nil {
		return err
	}
	c.claimed = got.Key
	mark, err := base64.RawURLEncoding.DecodeString(got.Mark)
	if err != nil {
		return fault.New(op, fault.Unauthenticated, "The token is not valid, or its time is up.")
	}
	id, err := a.tokens.current(ctx, a.IAM, got.Subject, got.Key, mark)
	if err != nil {
		return err
	}
	if id == nil {
		return fault.New(op, fault.Unauthenticated, "The user or the secret that the token was made with is gone.")
	}
	c.id, c.via = id, viaToken
	return nil
}

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
	t, err := a.tokens.make(id, in.Body.SecretKey, life)
	if err != nil {
		return nil, fault.Wrap("admin.createToken", err)
	}
	return answer(t), nil
}
