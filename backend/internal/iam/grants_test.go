package iam

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

// TestGrants holds every grant to whom it is for, and to what it permits.
func TestGrants(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	team, boss := tenant(t, s, "team")
	_, _, err := s.CreateUser(t.Context(), Machine, CreateUser{Name: "mine", AccessKey: "mine"})
	require.NoError(t, err)
	mine := identityOf(t, s, "mine")
	docs := &meta.Bucket{Name: "docs", Account: DefaultAccount}
	who := map[string]*Identity{"of the account": mine, "of another account": boss, "nobody": Anonymous}
	grantees := []struct {
		name  string
		grant meta.Grant
		to    string // names in who
		group bool
	}{
		{"all users", meta.Grant{Group: meta.AllUsers}, "of the account, of another account, nobody", true},
		{"authenticated users", meta.Grant{Group: meta.AuthenticatedUsers}, "of the account, of another account", true},
		{"log delivery", meta.Grant{Group: meta.LogDelivery}, "", true},
		{"the other account", meta.Grant{Account: team.Number}, "of another account", false},
		{"the owner", meta.Grant{Account: DefaultAccount}, "", false},
		{"an account that is gone", meta.Grant{Account: "999999999999"}, "", false},
	}
	for action, want := range grantable {
		for _, g := range grantees {
			for _, p := range []meta.Permission{meta.Read, meta.Write, meta.ReadACP, meta.WriteACP, meta.FullControl} {
				for _, ignore := range []bool{false, true} {
					for name, id := range who {
						g.grant.Permission = p
						a := Access{Action: action, Bucket: docs, Key: "k", ACL: &meta.ACL{Grants: []meta.Grant{g.grant}}, IgnorePublic: ignore}
						allowed := (p == want.by || p == meta.FullControl) && !(g.group && ignore) && slices.Contains(strings.Split(g.to, ", "), name)
						require.Equal(t, allowed, s.Authorize(id, a).Allowed, fmt.Sprint(action, p, g.name, name, ignore))
					}
				}
			}
		}
	}
	all := &meta.ACL{Grants: []meta.Grant{{Group: meta.AllUsers, Permission: meta.FullControl}}}
	for _, action := range []string{"s3:PutBucketPolicy", "s3:DeleteBucket", "s3:DeleteObjectVersion", "s3:GetObjectTagging"} {
		require.Equal(t, NoList, GrantedBy(action))
		require.False(t, s.Authorize(boss, Access{Action: action, Bucket: docs, Key: "k", ACL: all}).Allowed, action)
	}
}
