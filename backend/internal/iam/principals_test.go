package iam

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

func bucketPolicy(t *testing.T, effect, principal, action string) *policy.Document {
	t.Helper()
	d, err := policy.ParseBucket(fmt.Appendf(nil, `{"Version":"2012-10-17","Statement":{"Effect":%q,%s,"Action":%q,"Resource":["arn:aws:s3:::docs","arn:aws:s3:::docs/*"]}}`,
		effect, principal, action), "docs")
	require.NoError(t, err)
	return d
}

func TestCheckPrincipals(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	ada := create(t, s, "ada", `[]`)
	team, boss := tenant(t, s, "team")
	role, err := s.CreateEntity(ctx, admin(t, s), NewEntity{Kind: RoleEntity, Name: "reader", Path: "/x/", Trust: trust("*")})
	require.NoError(t, err)
	for principal, want := range map[string]bool{
		`"*"`:                    true,
		`{"AWS":"*"}`:            true,
		`{"AWS":"000000000000"}`: true,
		`{"AWS":"arn:aws:iam::000000000000:root"}`: true,
		`{"AWS":"` + team.Number + `"}`:            true,
		`{"AWS":"999999999999"}`:                   false,
		`{"AWS":"` + ada.ARN() + `"}`:              true,
		`{"AWS":"` + boss.ARN() + `"}`:             true,
		`{"AWS":"` + strings.Replace(ada.ARN(), "000000000000", team.Number, 1) + `"}`: false,
		`{"AWS":"arn:aws:iam::000000000000:user/eve"}`:                                 false,
		`{"AWS":"arn:aws:iam::000000000000:role/ada"}`:                                 false,
		`{"AWS":"arn:aws:sts::000000000000:assumed-role/r/s"}`:                         false,
		`{"AWS":"` + role.ARN + `"}`:                                                   true,
		`{"AWS":"arn:aws:iam::000000000000:role/reader"}`:                              false,
		`{"AWS":"arn:aws:sts::000000000000:assumed-role/reader/s"}`:                    true,
		`{"AWS":"arn:aws:sts::000000000000:assumed-role/reader"}`:                      false,
		`{"AWS":"` + role.ID + `"}`:                                                    true,
		`{"AWS":"AROA00000000000000000"}`:                                              false,
		`{"AWS":"` + ada.UserID + `"}`:                                                 true,
		`{"AWS":"AIDA00000000000000000"}`:                                              false,
		`{"CanonicalUser":"` + boss.CanonicalID() + `"}`:                               true,
		`{"CanonicalUser":"` + strings.Repeat("0", 64) + `"}`:                          false,
		`{"Service":"logging.s3.amazonaws.com"}`:                                       true,
		`{"AWS":["` + ada.ARN() + `","999999999999"]}`:                                 false,
	} {
		err := s.CheckPrincipals(ctx, bucketPolicy(t, "Allow", `"Principal":`+principal, "s3:*"))
		if want {
			require.NoError(t, err, principal)
		} else {
			require.True(t, fault.Is(err, fault.MalformedPolicy), "%s: %v", principal, err)
			require.Contains(t, fault.TextOf(err), "Invalid principal in policy")
		}
	}
	err = s.CheckPrincipals(ctx, bucketPolicy(t, "Deny", `"NotPrincipal":{"AWS":"arn:aws:iam::000000000000:user/eve"}`, "s3:*"))
	require.True(t, fault.Is(err, fault.MalformedPolicy))
}

func TestRestrictedPolicy(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	ada := create(t, s, "ada", `[]`)
	_, boss := tenant(t, s, "team")
	docs := &meta.Bucket{Name: "docs", Account: DefaultAccount}
	for _, who := range []*Identity{Anonymous, ada, boss} {
		a := Access{Action: "s3:GetObject", Bucket: docs, Key: "k", BucketPolicy: bucketPolicy(t, "Allow", `"Principal":"*"`, "s3:GetObject")}
		require.True(t, s.Authorize(who, a).Allowed, who.Name)
		a.Restricted = true
		require.Equal(t, who == ada, s.Authorize(who, a).Allowed, who.Name)
		a.BucketPolicy = bucketPolicy(t, "Deny", `"Principal":"*"`, "s3:GetObject")
		require.True(t, s.Authorize(who, a).ExplicitDeny, who.Name)
	}
}

// An administrator of the account always comes back to the policy of a bucket, nobody else.
func TestPolicyCannotLockAdministratorsOut(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	owner := create(t, s, "owner", `[{"bucket":"*","actions":["*"]}]`)
	_, boss := tenant(t, s, "team")
	docs := &meta.Bucket{Name: "docs", Account: DefaultAccount}
	deny := bucketPolicy(t, "Deny", `"Principal":"*"`, "s3:*")
	for _, action := range []string{"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"} {
		require.True(t, s.Authorize(admin(t, s), Access{Action: action, Bucket: docs, BucketPolicy: deny}).Allowed, action)
		require.True(t, s.Authorize(owner, Access{Action: action, Bucket: docs}).Allowed, action)
		require.False(t, s.Authorize(owner, Access{Action: action, Bucket: docs, BucketPolicy: deny}).Allowed, action)
		require.False(t, s.Authorize(boss, Access{Action: action, Bucket: docs, BucketPolicy: deny}).Allowed, action)
	}
	for _, action := range []string{"s3:GetBucketPolicyStatus", "s3:DeleteBucket", "s3:ListBucket"} {
		require.False(t, s.Authorize(admin(t, s), Access{Action: action, Bucket: docs, BucketPolicy: deny}).Allowed, action)
	}
}
