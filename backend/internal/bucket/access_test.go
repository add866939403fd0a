package bucket

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const allowed = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":%s,"Action":"s3:GetObject","Resource":"arn:aws:s3:::docs/*"}}`

func TestPolicyAndPublicAccess(t *testing.T) {
	ctx := t.Context()
	engines(t, func(t *testing.T, s *Service) {
		rules, err := s.Rules(ctx, &meta.Bucket{Name: "docs"})
		require.NoError(t, err)
		require.Zero(t, rules, "a bucket that is yet to be made")
		b, err := s.Create(ctx, CreateInput{Name: "docs", Account: "default"})
		require.NoError(t, err)
		get := func() Rules {
			rules, err := s.Rules(ctx, b)
			require.NoError(t, err)
			return rules
		}
		set := func(principal string) error {
			p, err := ParsePolicy(fmt.Appendf(nil, allowed, principal), "docs")
			require.NoError(t, err)
			return s.SetPolicy(ctx, b, p)
		}
		block := func(p *meta.PublicAccessBlock) { require.NoError(t, SetDocument(ctx, s, b, PublicAccessBlock, p, nil)) }
		require.Zero(t, get())
		_, err = ParsePolicy(fmt.Appendf(nil, allowed, `"*"`), "other")
		require.True(t, fault.Is(err, fault.MalformedPolicy))

		require.NoError(t, set(`"*"`))
		first := get()
		require.True(t, first.Public)
		require.False(t, first.Restricted)
		require.Same(t, first.Policy, get().Policy, "compiled once")
		block(&meta.PublicAccessBlock{RestrictBuckets: true})
		require.True(t, get().Restricted)
		require.Same(t, first.Policy, get().Policy)
		block(&meta.PublicAccessBlock{BlockPolicy: true})
		require.False(t, get().Restricted, "a policy that was there stays")
		require.True(t, fault.Is(set(`"*"`), fault.AccessDenied))
		require.Same(t, first.Policy, get().Policy)
		require.NoError(t, set(`{"AWS":"000000000000"}`))
		require.False(t, get().Public)
		block(&meta.PublicAccessBlock{BlockPolicy: true, RestrictBuckets: true})
		require.False(t, get().Restricted, "a policy that is not public")
		require.NoError(t, s.SetPolicy(ctx, b, nil))
		require.Zero(t, get())
		block(nil)
		require.NoError(t, set(`"*"`))
		access, err := s.PublicAccess(ctx, b)
		require.NoError(t, err)
		require.Zero(t, access)
	})
}

// A row that nobody can have stored closes the bucket rather than opening it.
func TestUnreadablePolicyIsAnError(t *testing.T) {
	engines(t, func(t *testing.T, s *Service) {
		b, err := s.Create(t.Context(), CreateInput{Name: "docs", Account: "default"})
		require.NoError(t, err)
		require.NoError(t, SetDocument(t.Context(), s, b, Policy, &PolicyText{Text: []byte("{}")}, nil))
		_, err = s.Rules(t.Context(), b)
		require.True(t, fault.Is(err, fault.Internal), "%v", err)
		require.NoError(t, SetDocument(t.Context(), s, b, Policy, nil, nil))
		_, err = s.Rules(t.Context(), b)
		require.NoError(t, err)
	})
}
