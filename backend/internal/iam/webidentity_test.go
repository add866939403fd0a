package iam

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/oidc"
	"github.com/myfsio/myfsio/backend/internal/oidc/oidctest"
)

// trusting is a server with a provider and a role that trusts its people of one repository.
func trusting(t *testing.T) (w *world, s *Service, i *oidctest.Issuer, in func(token string) WebIdentity) {
	t.Helper()
	w = newWorld(t)
	s, _ = w.start(func(d *Deps) { d.OIDC = oidctest.Providers(t, w.clock) })
	i = oidctest.Start(t, w.clock)
	admin := who(t, s, DefaultAccessKey)
	_, err := s.CreateProvider(ctx, admin, NewProvider{URL: i.URL(), ClientIDs: []string{"sts.example", "other"}})
	require.NoError(t, err)
	_, err = s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: "Deploy", Trust: webTrust(i.Host(), `"StringEquals":{"`+i.Host()+`:aud":"sts.example"},"StringLike":{"`+strings.ToUpper(i.Host())+`:SUB":"repo:team/*"}`)})
	require.NoError(t, err)
	require.NoError(t, s.Edit(ctx, admin, RoleEntity, "Deploy", PutPolicy("p", allS3)))
	return w, s, i, func(token string) WebIdentity {
		return WebIdentity{RoleARN: "arn:aws:iam::000000000000:role/Deploy", Name: "run-7", Token: token}
	}
}

func webTrust(host, conditions string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::000000000000:oidc-provider/%s"},"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"Condition":{%s}}]}`, host, conditions)
}

func TestWebIdentity(t *testing.T) {
	w, s, i, in := trusting(t)
	got, err := s.AssumeRoleWithWebIdentity(ctx, Anonymous, in(i.Token("repo:team/app", "sts.example", nil)))
	require.NoError(t, err)
	require.Equal(t, "arn:aws:sts::000000000000:assumed-role/Deploy/run-7", got.ARN)
	require.Equal(t, []string{"repo:team/app", "sts.example", "arn:aws:iam::000000000000:oidc-provider/" + i.Host()}, []string{got.Subject, got.Audience, got.Provider})
	require.Equal(t, w.clock.Now().Add(time.Hour).Truncate(time.Second), got.Expires)
	c, err := s.SessionCredential(ctx, got.AccessKey, got.Token)
	require.NoError(t, err)
	require.True(t, s.Authorize(c.Identity, Access{Action: "s3:PutObject", Bucket: &meta.Bucket{Name: "b", Account: DefaultAccount}, Key: "k"}).Allowed)

	token := func(change map[string]any) string { return i.Token("repo:team/app", "sts.example", change) }
	now := w.clock.Now().Unix()
	for what, c := range map[string]struct {
		change func(*WebIdentity)
		code   string // of the detail; else the kind
		kind   fault.Kind
	}{
		"another subject":     {change: func(in *WebIdentity) { in.Token = i.Token("repo:evil/app", "sts.example", nil) }, kind: fault.AccessDenied},
		"another audience":    {change: func(in *WebIdentity) { in.Token = i.Token("repo:team/app", "other", nil) }, kind: fault.AccessDenied},
		"an unknown audience": {change: func(in *WebIdentity) { in.Token = i.Token("repo:team/app", "none", nil) }, code: "InvalidIdentityToken"},
		"another party":       {change: func(in *WebIdentity) { in.Token = token(map[string]any{"azp": "other"}) }, kind: fault.AccessDenied},
		"expired":             {change: func(in *WebIdentity) { in.Token = token(map[string]any{"exp": now - 120}) }, code: "ExpiredToken"},
		"another issuer":      {change: func(in *WebIdentity) { in.Token = token(map[string]any{"iss": "https://evil.example"}) }, code: "InvalidIdentityToken"},
		"an issuer of http":   {change: func(in *WebIdentity) { in.Token = token(map[string]any{"iss": "http://" + i.Host()}) }, code: "InvalidIdentityToken"},
		"no token":            {change: func(in *WebIdentity) { in.Token = "x.y.z" }, code: "InvalidIdentityToken"},
		"no role":             {change: func(in *WebIdentity) { in.RoleARN += "2" }, kind: fault.AccessDenied},
		"another account":     {change: func(in *WebIdentity) { in.RoleARN = strings.Replace(in.RoleARN, "000000000000", "111111111111", 1) }, code: "InvalidIdentityToken"},
		"another path":        {change: func(in *WebIdentity) { in.RoleARN = strings.Replace(in.RoleARN, "role/", "role/x/", 1) }, kind: fault.AccessDenied},
		"no ARN":              {change: func(in *WebIdentity) { in.RoleARN = "Deploy" }, kind: fault.InvalidArgument},
		"no name":             {change: func(in *WebIdentity) { in.Name = "a b" }, kind: fault.InvalidArgument},
		"too long":            {change: func(in *WebIdentity) { in.Duration = 2 * time.Hour }, kind: fault.InvalidArgument},
		"too short":           {change: func(in *WebIdentity) { in.Duration = time.Minute }, kind: fault.InvalidArgument},
		"a bad policy":        {change: func(in *WebIdentity) { in.Policy = "{}" }, kind: fault.MalformedPolicy},
		"tags of no form": {change: func(in *WebIdentity) {
			in.Token = token(map[string]any{tagsClaim: map[string]any{"principal_tags": map[string]any{"a": "b"}}})
		}, code: "InvalidIdentityToken"},
	} {
		arg := in(token(nil))
		c.change(&arg)
		_, err := s.AssumeRoleWithWebIdentity(ctx, Anonymous, arg)
		require.Error(t, err, what)
		if c.code != "" {
			require.Equal(t, c.code, fault.DetailOf(err)[oidc.Detail], "%s: %v", what, err)
		} else {
			require.True(t, fault.Is(err, c.kind), "%s: %v", what, err)
		}
	}

	// A session policy bounds it; tags are those of the token.
	arg := in(token(map[string]any{tagsClaim: map[string]any{"principal_tags": map[string]any{"team": []string{"blue"}}}}))
	arg.Policy = readS3
	got, err = s.AssumeRoleWithWebIdentity(ctx, Anonymous, arg)
	require.NoError(t, err)
	c, err = s.SessionCredential(ctx, got.AccessKey, got.Token)
	require.NoError(t, err)
	require.False(t, s.Authorize(c.Identity, Access{Action: "s3:PutObject", Bucket: &meta.Bucket{Name: "b", Account: DefaultAccount}, Key: "k"}).Allowed)
	require.Equal(t, map[string]string{"team": "blue"}, c.Identity.principal.Tags)
	require.NotContains(t, w.log.String(), arg.Token)
}

// TestWebIdentityOfNoOther: roles that trust users, or everybody of an account, or another provider, are not for tokens; and a token is no
// user for the other action.
func TestWebIdentityOfNoOther(t *testing.T) {
	_, s, i, in := trusting(t)
	admin := who(t, s, DefaultAccessKey)
	for _, trust := range []string{
		trust("000000000000"), trust("arn:aws:iam::000000000000:user/localadmin"),
		strings.Replace(trust("000000000000"), "sts:AssumeRole", "sts:*", 1),
		webTrust("other.example", `"StringEquals":{"`+i.Host()+`:aud":"sts.example"}`),
		webTrust(i.Host(), `"StringEquals":{"other.example:aud":"sts.example"}`),
		webTrust(i.Host(), `"StringEquals":{"`+i.Host()+`:environment":"prod"}`),
		strings.Replace(webTrust(i.Host(), ""), `"Allow"`, `"Deny"`, 1),
	} {
		require.NoError(t, s.Edit(ctx, admin, RoleEntity, "Deploy", SetTrust(trust)), trust)
		_, err := s.AssumeRoleWithWebIdentity(ctx, Anonymous, in(i.Token("repo:team/app", "sts.example", nil)))
		require.True(t, fault.Is(err, fault.AccessDenied), "%s: %v", trust, err)
	}
	require.NoError(t, s.Edit(ctx, admin, RoleEntity, "Deploy", SetTrust(webTrust(i.Host(), `"StringEquals":{"`+i.Host()+`:environment":"prod"},"ForAnyValue:StringEquals":{"`+i.Host()+`:amr":"mfa"}`))))
	_, err := s.AssumeRoleWithWebIdentity(ctx, Anonymous, in(i.Token("x", "sts.example", map[string]any{"environment": "prod", "amr": []string{"pwd", "mfa"}})))
	require.NoError(t, err)
	_, err = s.AssumeRole(ctx, admin, AssumeRole{RoleARN: in("").RoleARN, Name: "me"})
	require.True(t, fault.Is(err, fault.AccessDenied), "a user is nobody of the provider")
	for _, bad := range []string{`"StringEquals":{"nothing:sub":"x"}`, `"StringEquals":{"aws:sub":"x"}`, `"StringEquals":{"id.example:":"x"}`, `"StringEquals":{"id.exa*mple:sub":"x"}`} {
		err := s.Edit(ctx, admin, RoleEntity, "Deploy", SetTrust(webTrust(i.Host(), bad)))
		require.True(t, fault.Is(err, fault.MalformedPolicy), bad)
	}
}

// TestWebIdentityAndTheProvider: keys rotate, a provider that is down is said, and nobody makes the server hammer it.
func TestWebIdentityAndTheProvider(t *testing.T) {
	w, s, i, in := trusting(t)
	act := func() error {
		_, err := s.AssumeRoleWithWebIdentity(ctx, Anonymous, in(i.Token("repo:team/app", "sts.example", nil)))
		return err
	}
	i.Down(true)
	for range 20 {
		require.Equal(t, "IDPCommunicationError", fault.DetailOf(act())[oidc.Detail])
	}
	require.Equal(t, 1, i.Calls())
	i.Down(false)
	w.clock.Advance(time.Minute)
	require.NoError(t, act())
	i.Rotate()
	require.NoError(t, act())
	before := i.Calls()
	for range 50 {
		// Neither an audience nor a time that is refused costs the provider a call.
		_, err := s.AssumeRoleWithWebIdentity(ctx, Anonymous, in(i.Token("repo:team/app", "none", nil)))
		require.Error(t, err)
	}
	require.Equal(t, before, i.Calls())
	admin := who(t, s, DefaultAccessKey)
	require.NoError(t, s.DeleteProvider(ctx, admin, "arn:aws:iam::000000000000:oidc-provider/"+i.Host()))
	require.Equal(t, "InvalidIdentityToken", fault.DetailOf(act())[oidc.Detail])
}

func TestProviders(t *testing.T) {
	_, s, _ := staffed(t)
	admin := who(t, s, DefaultAccessKey)
	for _, bad := range []string{"", "http://id.example", "id.example", "https://", "https://id.example?x", "https://id.example#x", "https://u@id.example", "https://id.example/*", "https://" + strings.Repeat("x", 300)} {
		_, err := s.CreateProvider(ctx, admin, NewProvider{URL: bad})
		require.True(t, fault.Is(err, fault.InvalidArgument), bad)
	}
	many := make([]string, 101)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for _, bad := range []NewProvider{{ClientIDs: []string{""}}, {ClientIDs: []string{"a", "a"}}, {ClientIDs: many}, {Thumbprints: []string{"xyz"}}, {Thumbprints: make([]string, 6)}} {
		bad.URL = "https://id.example"
		_, err := s.CreateProvider(ctx, admin, bad)
		require.Error(t, err)
	}
	p, err := s.CreateProvider(ctx, admin, NewProvider{URL: "https://id.example", ClientIDs: []string{"a"}})
	require.NoError(t, err)
	_, err = s.CreateProvider(ctx, admin, NewProvider{URL: "https://ID.example"})
	require.True(t, fault.Is(err, fault.Conflict))
	ann := person(t, s, admin, "ann2", readS3)
	for _, err := range []error{
		s.DeleteProvider(ctx, who(t, s, ann), ProviderARN(p)), s.EditProvider(ctx, who(t, s, ann), ProviderARN(p), AddClientID("b")),
		s.EditProvider(ctx, Anonymous, ProviderARN(p), AddClientID("b")),
	} {
		require.True(t, fault.Is(err, fault.AccessDenied), err)
	}
	_, _, _, err = s.CreateAccount(ctx, Machine, CreateAccount{Name: "team", AccessKey: "team-admin"})
	require.NoError(t, err)
	other := who(t, s, "team-admin")
	_, err = s.Provider(ctx, other, "iam:GetOpenIDConnectProvider", ProviderARN(p))
	require.True(t, fault.Is(err, fault.NotFound), err)
	list, err := s.Providers(ctx, other)
	require.NoError(t, err)
	require.Empty(t, list)
	_, err = s.CreateProvider(ctx, other, NewProvider{URL: "https://id.example", ClientIDs: []string{"a"}})
	require.NoError(t, err, "each account has its own")
	require.NoError(t, s.DeleteAccount(ctx, Machine, "team"))
}
