package iam

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Providers of identities (OpenID Connect) are those whose tokens the roles of an account may trust. Thumbprints are kept as they are given and
// decide nothing: a provider proves itself by the certificates that the machine trusts.

const (
	maxClientIDs   = 100
	maxClientID    = 255
	maxThumbprints = 5
	maxProviderURL = 255
)

// providerRecord is a provider's record.
type providerRecord struct{ *meta.OIDCProvider }

func (p providerRecord) id() string { return p.ID }

func (p providerRecord) rows() map[string][]byte {
	return map[string][]byte{string(meta.OIDCProviderKey(p.Account, p.URL)): p.Encode()}
}

func providerARN(number, url string) string {
	return "arn:aws:iam::" + number + ":oidc-provider/" + url
}

// ProviderARN is the ARN of a provider.
func ProviderARN(p *meta.OIDCProvider) string { return providerARN(AccountNumber(p.Account), p.URL) }

// NewProvider is what a new provider of identities is to be.
type NewProvider struct {
	URL         string // https://host/path, as its tokens name their issuer
	ClientIDs   []string
	Thumbprints []string
	Tags        meta.Tags
}

func noProvider(op, arn string) error {
	return fault.New(op, fault.NotFound, "OpenIDConnect Provider not found for arn "+arn).With("IAM", "NoSuchEntity")
}

// checkProviderURL returns an issuer without its scheme.
func checkProviderURL(op, text string) (string, error) {
	u, err := url.Parse(text)
	short, ok := strings.CutPrefix(text, "https://")
	ok = ok && err == nil && len(text) <= maxProviderURL && u.Hostname() != "" && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && u.User == nil
	for _, c := range text {
		ok = ok && c > ' ' && c < 0x7f
	}
	if !ok || strings.ContainsAny(short, "*?#\"'<>\\{}|^`") {
		return "", fault.New(op, fault.InvalidArgument, "Invalid Open ID Connect Provider URL").With("IAM", "ValidationError")
	}
	return short, nil
}

func checkClientID(op, id string) error {
	if id == "" || len(id) > maxClientID || !printable(id) {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("A client id has 1 to %d bytes and no control characters.", maxClientID))
	}
	return nil
}

func checkClientIDs(op string, ids []string) error {
	for i, id := range ids {
		if err := checkClientID(op, id); err != nil {
			return err
		}
		if slices.Contains(ids[:i], id) {
			return invalidInput(op, "Duplicate client ID "+id)
		}
	}
	if len(ids) > maxClientIDs {
		return tooMany(op, "ClientIdsPerOpenIdConnectProvider", maxClientIDs)
	}
	return nil
}

func tooMany(op, quota string, most int) error {
	return fault.New(op, fault.Conflict, fmt.Sprintf("Cannot exceed quota for %s: %d", quota, most)).With("IAM", "LimitExceeded")
}

func checkThumbprints(op string, list []string) error {
	if len(list) > maxThumbprints {
		return invalidInput(op, "Thumbprint list must contain fewer than 5 entries.")
	}
	for _, t := range list {
		ok := len(t) == 40
		for _, c := range t {
			ok = ok && (c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')
		}
		if !ok {
			return fault.New(op, fault.InvalidArgument, "Thumbprint must be a hex-encoded SHA-1 hash of 40 characters.")
		}
	}
	return nil
}

// providers reads those of an account, in order of URL.
func providers(r kv.Reader, account string) (out []*meta.OIDCProvider, err error) {
	it := r.Iter(meta.OIDCProviders(account))
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		p, err := meta.DecodeOIDCProvider(account, it.Value())
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// provider reads the provider of a URL without its scheme; kv.ErrNotFound when the account has none.
func provider(r kv.Reader, account, url string) (*meta.OIDCProvider, error) {
	raw, err := r.Get(meta.OIDCProviderKey(account, url))
	if err != nil {
		return nil, err
	}
	p, err := meta.DecodeOIDCProvider(account, raw)
	if err == nil && p.URL != url {
		return nil, kv.ErrNotFound
	}
	return p, err
}

// providerOf finds the provider of an ARN in the actor's account, if the actor may do the action to it.
func providerOf(r kv.Reader, op string, who *Identity, action, arn string) (*meta.OIDCProvider, error) {
	if who == nil {
		who = Anonymous
	}
	url, ok := strings.CutPrefix(arn, providerARN(who.principal.Account, ""))
	if !ok || url == "" {
		if err := mayDo(op, who, action, arn, arn); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(arn, "arn:aws:iam::") || !strings.Contains(arn, ":oidc-provider/") {
			return nil, fault.New(op, fault.InvalidArgument, "Invalid ARN:  Could not be parsed!")
		}
		return nil, noProvider(op, arn)
	}
	p, err := provider(r, who.Account, url)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, err
	}
	asks := who
	if p != nil {
		asks = who.with(about(p.Tags))
	}
	if denied := mayDo(op, asks, action, arn, arn); denied != nil {
		return nil, denied
	}
	if err != nil {
		return nil, noProvider(op, arn)
	}
	return p, nil
}

// CreateProvider makes a provider of identities in the actor's account.
func (s *Service) CreateProvider(ctx context.Context, actor *Identity, in NewProvider) (out *meta.OIDCProvider, err error) {
	const op = "iam.CreateProvider"
	short, err := checkProviderURL(op, in.URL)
	if err != nil {
		return nil, err
	}
	for _, err := range []error{checkClientIDs(op, in.ClientIDs), checkThumbprints(op, in.Thumbprints), checkTags(op, in.Tags)} {
		if err != nil {
			return nil, err
		}
	}
	id := s.newID(kinds[providerItem].prefix)
	err = s.change(ctx, op, func(c *change) error {
		who, err := c.fresh(op, actor)
		if err != nil {
			return err
		}
		arn := providerARN(who.principal.Account, short)
		if err := mayDo(op, who.with(giving(in.Tags, nil)), "iam:CreateOpenIDConnectProvider", arn, arn); err != nil {
			return err
		}
		key := meta.OIDCProviderKey(who.Account, short)
		raw, err := c.tx.Get(key)
		if err == nil {
			if old, err := meta.DecodeOIDCProvider(who.Account, raw); err != nil || old.ID != id {
				return errors.Join(err, fault.New(op, fault.Conflict, "Provider with url "+in.URL+" already exists.").With("IAM", "EntityAlreadyExists"))
			}
		} else if !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		out = &meta.OIDCProvider{ID: id, Account: who.Account, URL: short, Created: c.now, ClientIDs: in.ClientIDs, Thumbprints: in.Thumbprints, Tags: in.Tags}
		return c.tx.Set(key, out.Encode())
	})
	return out, err
}

// Provider returns the provider of an ARN in the actor's account, if the actor may do the action ("iam:GetOpenIDConnectProvider") to it.
func (s *Service) Provider(ctx context.Context, actor *Identity, action, arn string) (out *meta.OIDCProvider, err error) {
	const op = "iam.Provider"
	err = s.Store.View(ctx, func(r kv.Reader) (err error) {
		out, err = providerOf(r, op, actor, action, arn)
		return err
	})
	return out, kv.Fault(op, err)
}

// Providers returns those of the actor's account, in order of URL.
func (s *Service) Providers(ctx context.Context, actor *Identity) (out []*meta.OIDCProvider, err error) {
	const op = "iam.Providers"
	if err := mayDo(op, actor, "iam:ListOpenIDConnectProviders", "*", "*"); err != nil {
		return nil, err
	}
	err = s.Store.View(ctx, func(r kv.Reader) (err error) {
		out, err = providers(r, actor.Account)
		return err
	})
	return out, kv.Fault(op, err)
}

// DeleteProvider removes a provider; one that is not there is no error. Sessions that its tokens made go on to their end.
func (s *Service) DeleteProvider(ctx context.Context, actor *Identity, arn string) error {
	const op = "iam.DeleteProvider"
	return s.change(ctx, op, func(c *change) error {
		who, err := c.fresh(op, actor)
		if err != nil {
			return err
		}
		p, err := providerOf(c.tx, op, who, "iam:DeleteOpenIDConnectProvider", arn)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return c.tx.Delete(meta.OIDCProviderKey(p.Account, p.URL))
	})
}

// ProviderEdit is a change of a provider.
type ProviderEdit struct {
	action string
	tags   meta.Tags
	untags []string
	apply  func(p *meta.OIDCProvider) error
}

// EditProvider changes the provider of an ARN in the actor's account.
func (s *Service) EditProvider(ctx context.Context, actor *Identity, arn string, edit ProviderEdit) error {
	const op = "iam.EditProvider"
	return s.change(ctx, op, func(c *change) error {
		who, err := c.fresh(op, actor)
		if err != nil {
			return err
		}
		p, err := providerOf(c.tx, op, who.with(giving(edit.tags, edit.untags)), edit.action, arn)
		if err != nil {
			return err
		}
		if err := edit.apply(p); err != nil {
			return err
		}
		return c.tx.Set(meta.OIDCProviderKey(p.Account, p.URL), p.Encode())
	})
}

// AddClientID adds an audience; one that is there stays.
func AddClientID(id string) ProviderEdit {
	return ProviderEdit{action: "iam:AddClientIDToOpenIDConnectProvider", apply: func(p *meta.OIDCProvider) error {
		const op = "iam.AddClientID"
		if slices.Contains(p.ClientIDs, id) {
			return nil
		}
		p.ClientIDs = append(p.ClientIDs, id)
		return checkClientIDs(op, p.ClientIDs)
	}}
}

// RemoveClientID takes an audience away; one that is not there is no error.
func RemoveClientID(id string) ProviderEdit {
	return ProviderEdit{action: "iam:RemoveClientIDFromOpenIDConnectProvider", apply: func(p *meta.OIDCProvider) error {
		p.ClientIDs = without(p.ClientIDs, id)
		return checkClientID("iam.RemoveClientID", id)
	}}
}

// SetThumbprints replaces the thumbprints.
func SetThumbprints(list []string) ProviderEdit {
	return ProviderEdit{action: "iam:UpdateOpenIDConnectProviderThumbprint", apply: func(p *meta.OIDCProvider) error {
		p.Thumbprints = list
		return checkThumbprints("iam.SetThumbprints", list)
	}}
}

// TagProvider gives a provider tags, in the place of those of the same names.
func TagProvider(tags meta.Tags) ProviderEdit {
	return ProviderEdit{action: "iam:TagOpenIDConnectProvider", tags: tags, apply: func(p *meta.OIDCProvider) error {
		all, err := mergeTags("iam.TagProvider", p.Tags, tags)
		p.Tags = all
		return err
	}}
}

// UntagProvider takes tags away; those that are not there are no error.
func UntagProvider(names []string) ProviderEdit {
	return ProviderEdit{action: "iam:UntagOpenIDConnectProvider", untags: names, apply: func(p *meta.OIDCProvider) error {
		p.Tags = lessTags(p.Tags, names)
		return nil
	}}
}
