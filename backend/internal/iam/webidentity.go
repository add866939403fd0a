package iam

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/oidc"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// WebIdentity is who wants to act as a role with a token of a provider of identities.
type WebIdentity struct {
	RoleARN  string
	Name     string // of the session
	Token    string
	Duration time.Duration
	Policy   string
	ARNs     []string
}

// WebSession is temporary credentials that a token has made.
type WebSession struct {
	Session
	Subject, Audience string // of the token
	Provider          string // ARN
}

// tagsClaim is where a token carries the tags of the session, as AWS has it.
const tagsClaim = "https://aws.amazon.com/tags"

// AssumeRoleWithWebIdentity gives out credentials that act as a role, if the account has a provider for the token's issuer, the provider has
// signed the token for one of its client ids, and the role's trust policy lets the provider's people act as it. Whoever calls shows no other
// credentials; actor only carries the circumstances of the request. The provider is asked between two looks at the store, never within one.
func (s *Service) AssumeRoleWithWebIdentity(ctx context.Context, actor *Identity, in WebIdentity) (out WebSession, err error) {
	const op = "iam.AssumeRoleWithWebIdentity"
	if err := checkSessionName(op, in.Name); err != nil {
		return out, err
	}
	account, name, ok := splitRoleARN(in.RoleARN)
	if !ok {
		return out, fault.New(op, fault.InvalidArgument, in.RoleARN+" is invalid")
	}
	word, p, err := s.webToken(ctx, op, account, in.Token)
	if err != nil {
		return out, err
	}
	out.Subject, out.Audience, out.Provider = word.Subject, audienceOf(word, p), ProviderARN(p)
	tags, err := sessionTags(op, word)
	if err != nil {
		return out, err
	}
	if actor.info != nil { // who it is, in the logs
		actor.info.User = p.URL + " " + word.Subject
	}
	who := &Identity{Account: account, info: actor.info, keys: actor.keys, principal: policy.Principal{Account: AccountNumber(account), Federated: out.Provider}}
	asks := AssumeRole{Name: in.Name, Policy: in.Policy, ARNs: in.ARNs}
	who = who.with(claimsOf(word, p)).with(giving(tags, nil)).with(asks.assuming)
	claims := sessionClaims{Account: account, Role: name, Name: in.Name, Tags: tagMap(tags)}
	denied := fault.New(op, fault.AccessDenied, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	err = s.Store.View(ctx, func(r kv.Reader) error {
		if now, err := provider(r, account, p.URL); err != nil || now.ID != p.ID {
			if err == nil || errors.Is(err, kv.ErrNotFound) {
				return denied // it was taken away meanwhile
			}
			return err
		}
		role, err := s.role(r, account, name)
		if errors.Is(err, kv.ErrNotFound) || err == nil && role.arn() != in.RoleARN {
			return denied
		}
		if err != nil {
			return err
		}
		if err := role.trusts(who, "sts:AssumeRoleWithWebIdentity"); err != nil {
			return denied.With("why", err.Error())
		}
		if len(tags) > 0 {
			if err := role.trusts(who, "sts:TagSession"); err != nil {
				return denied
			}
		}
		claims.RoleID = role.ID
		if err := claims.last(op, in.Duration, role.maxSession(), defaultDuration, s.Clock.Now()); err != nil {
			return err
		}
		return s.boundSession(r, op, account, &asks, &claims)
	})
	if err != nil {
		return out, kv.Fault(op, err)
	}
	out.Session, err = s.issue(ctx, op, &claims)
	return out, err
}

// webToken proves a token by the account's provider for its issuer.
func (s *Service) webToken(ctx context.Context, op, account, token string) (*oidc.Claims, *meta.OIDCProvider, error) {
	said, err := oidc.Peek(token)
	if err != nil {
		return nil, nil, err
	}
	unknown := fault.New(op, fault.Unauthenticated, fmt.Sprintf("No OpenIDConnect provider found in your account for %.300s", said.Issuer)).With(oidc.Detail, "InvalidIdentityToken")
	short, ok := strings.CutPrefix(said.Issuer, "https://")
	if !ok || s.OIDC == nil {
		return nil, nil, unknown
	}
	var p *meta.OIDCProvider
	err = s.Store.View(ctx, func(r kv.Reader) (err error) {
		p, err = provider(r, account, short)
		return err
	})
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil, unknown
	}
	if err != nil {
		return nil, nil, kv.Fault(op, err)
	}
	word, err := s.OIDC.Provider(said.Issuer).Verify(ctx, token, p.ClientIDs)
	return word, p, err
}

// audienceOf is whom the token was made for: the party where it names one, else the audience that the provider has.
func audienceOf(c *oidc.Claims, p *meta.OIDCProvider) string {
	if c.Party != "" {
		return c.Party
	}
	for _, a := range c.Audience {
		for _, id := range p.ClientIDs {
			if a == id {
				return a
			}
		}
	}
	return ""
}

// claimsOf are the condition keys of a token: <issuer>:aud, :sub, :amr and the other claims that are texts. Where a token names its party,
// that is aud, and the audience is oaud, as in AWS.
func claimsOf(c *oidc.Claims, p *meta.OIDCProvider) conditions {
	prefix := strings.ToLower(p.URL) + ":"
	lower := make(map[string]string, len(c.All))
	for name := range c.All {
		lower[strings.ToLower(name)] = name
	}
	return func(name string) ([]string, bool) {
		claim, ok := strings.CutPrefix(name, prefix)
		if !ok {
			return nil, false
		}
		switch claim {
		case "aud":
			return []string{audienceOf(c, p)}, true
		case "sub":
			return []string{c.Subject}, true
		case "oaud":
			return c.Audience, c.Party != ""
		}
		values := c.Texts(lower[claim])
		return values, len(values) > 0
	}
}

// sessionTags are the tags of the session that a token carries.
func sessionTags(op string, c *oidc.Claims) (tags meta.Tags, err error) {
	claim, ok := c.All[tagsClaim].(map[string]any)
	if !ok {
		return nil, nil
	}
	list, _ := claim["principal_tags"].(map[string]any)
	for _, name := range sortedKeys(list) {
		values, _ := list[name].([]any)
		value, ok := "", len(values) == 1
		if ok {
			value, ok = values[0].(string)
		}
		if !ok {
			return nil, fault.New(op, fault.Unauthenticated, "The tags of the token are not as they must be.").With(oidc.Detail, "InvalidIdentityToken")
		}
		tags = append(tags, meta.Pair{Name: name, Value: value})
	}
	return tags, checkTags(op, tags)
}
