package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"golang.org/x/oauth2"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Client is this server as the provider knows it.
type Client struct {
	*Provider
	ID, Secret string
	Scopes     []string // beside openid
}

// Attempt is one sign-in on its way. Whoever comes back must be who went, with the state; the token must carry the nonce; and only who has
// the verifier can turn the code into a token.
type Attempt struct {
	State, Nonce, Verifier string
	Redirect               string // where the provider sends the browser back to
}

// Begin returns the address at the provider that a sign-in begins at.
func (c *Client) Begin(ctx context.Context, a *Attempt) (string, error) {
	const op = "oidc.Begin"
	d, err := c.Describe(ctx)
	if err != nil {
		return "", err
	}
	if d.Authorization == "" || d.Token == "" {
		return "", unreachable(op, "The provider at "+c.issuer+" signs nobody in: it has no authorization and token endpoint.", nil)
	}
	return c.config(d, a).AuthCodeURL(a.State, oauth2.SetAuthURLParam("nonce", a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

func (c *Client) config(d *Description, a *Attempt) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if c.Secret == "" || len(d.TokenAuth) > 0 && !slices.Contains(d.TokenAuth, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	scopes := c.Scopes
	if !slices.Contains(scopes, "openid") {
		scopes = append([]string{"openid"}, scopes...)
	}
	return &oauth2.Config{
		ClientID: c.ID, ClientSecret: c.Secret, RedirectURL: a.Redirect, Scopes: scopes,
		Endpoint: oauth2.Endpoint{AuthURL: d.Authorization, TokenURL: d.Token, AuthStyle: style},
	}
}

// End turns the code that came back into what the provider says of whoever signed in. Claims that are wanted and that the token lacks are
// asked for. Faults: Unauthenticated, Unavailable.
func (c *Client) End(ctx context.Context, a *Attempt, code string, wanted ...string) (*Claims, error) {
	const op = "oidc.End"
	d, err := c.Describe(ctx)
	if err != nil {
		return nil, err
	}
	token, err := c.config(d, a).Exchange(context.WithValue(ctx, oauth2.HTTPClient, c.client), code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		var said *oauth2.RetrieveError
		if errors.As(err, &said) && said.Response != nil && said.Response.StatusCode < http.StatusInternalServerError {
			// What else it answered may repeat what was sent.
			return nil, invalid(op, fmt.Sprintf("The provider refuses the code of the sign-in (%.100q).", said.ErrorCode), nil)
		}
		return nil, unreachable(op, "The provider at "+c.issuer+" does not answer.", plain(err))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, invalid(op, "The provider gave no ID token.", nil)
	}
	claims, err := c.Verify(ctx, raw, []string{c.ID})
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(claims.Nonce), []byte(a.Nonce)) != 1 {
		return nil, invalid(op, "The token belongs to another sign-in.", nil)
	}
	if claims.Party != "" && claims.Party != c.ID || claims.Party == "" && len(claims.Audience) > 1 {
		return nil, invalid(op, "The token was made for another client.", nil)
	}
	lacks := func(name string) bool { return name != "" && claims.find(name) == nil }
	if d.UserInfo != "" && slices.ContainsFunc(wanted, lacks) {
		if err := c.askMore(ctx, d.UserInfo, token.AccessToken, claims); err != nil {
			return nil, err
		}
	}
	return claims, nil
}

// plain is an error of the OAuth library without the answer that it may carry.
func plain(err error) error {
	var said *oauth2.RetrieveError
	if errors.As(err, &said) && said.Response != nil {
		return fmt.Errorf("status %d, %q", said.Response.StatusCode, said.ErrorCode)
	}
	return err
}

// askMore adds the claims that the provider tells of the same person elsewhere. What the token says stays.
func (c *Client) askMore(ctx context.Context, address, access string, claims *Claims) error {
	const op = "oidc.askMore"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return unreachable(op, "The address of the provider cannot be used.", err)
	}
	req.Header.Set("Authorization", "Bearer "+access)
	req.Header.Set("Accept", "application/json")
	var more map[string]any
	if err := c.answer(op, req, &more); err != nil {
		return err
	}
	if sub, _ := more["sub"].(string); sub != claims.Subject {
		return invalid(op, "The provider speaks of somebody else.", nil)
	}
	for name, v := range more {
		if _, ok := claims.All[name]; !ok {
			claims.All[name] = v
		}
	}
	return nil
}

// Leave returns the address at the provider that ends the session there, empty where it has none; back is where the browser goes then.
func (c *Client) Leave(ctx context.Context, back string) (string, error) {
	d, err := c.Describe(ctx)
	if err != nil || d.EndSession == "" {
		return "", err
	}
	u, err := url.Parse(d.EndSession)
	if err != nil {
		return "", fault.Wrap("oidc.Leave", err)
	}
	q := u.Query()
	q.Set("client_id", c.ID)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String(), nil
}
