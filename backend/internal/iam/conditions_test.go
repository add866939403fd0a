package iam

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Policies on identities may test the tags of what a request is about, those that it gives, and the caller's own.
func TestTagsInConditions(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	allow := func(actions, conditions string) string {
		return fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":%s,"Resource":"*","Condition":%s}}`, actions, conditions)
	}
	tags := func(value string) meta.Tags { return meta.Tags{{Name: "Team", Value: value}} }
	for _, team := range []string{"blue", "red"} {
		_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: UserEntity, Name: "user-" + team, Tags: tags(team)})
		require.NoError(t, err)
		_, err = s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: "role-" + team, Tags: tags(team), Trust: trust("000000000000")})
		require.NoError(t, err)
		_, err = s.CreatePolicy(ctx, admin, NewPolicy{Name: "policy-" + team, Tags: tags(team), Text: `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}`})
		require.NoError(t, err)
	}
	key := person(t, s, admin, "lead",
		allow(`["iam:GetUser","iam:GetRole","iam:GetPolicy","iam:DeletePolicy","iam:DeleteUser","sts:AssumeRole","iam:CreateAccessKey","iam:GetAccessKeyLastUsed"]`,
			`{"StringEquals":{"iam:resourcetag/team":"${aws:PrincipalTag/team}"}}`),
		allow(`["iam:CreateUser","iam:CreateRole","iam:CreatePolicy","iam:TagUser","sts:TagSession"]`,
			`{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team","Team"]}}`),
		allow(`["iam:UntagUser"]`, `{"ForAllValues:StringEquals":{"aws:TagKeys":"x"},"StringEquals":{"aws:ResourceTag/TEAM":"blue"}}`))
	require.NoError(t, s.Edit(ctx, admin, UserEntity, "lead", Tag(tags("blue"))))
	lead := who(t, s, key)
	arn := func(kind, team string) string { return "arn:aws:iam::000000000000:" + kind + "/" + kind + "-" + team }
	for team, want := range map[string]bool{"blue": true, "red": false} {
		for what, fn := range map[string]func() error{
			"user":   func() error { _, err := s.Entity(ctx, lead, "iam:GetUser", UserEntity, "user-"+team); return err },
			"role":   func() error { _, err := s.Entity(ctx, lead, "iam:GetRole", RoleEntity, "role-"+team); return err },
			"policy": func() error { _, err := s.Policy(ctx, lead, "iam:GetPolicy", arn("policy", team)); return err },
			"assume": func() error {
				_, err := s.AssumeRole(ctx, lead, AssumeRole{RoleARN: arn("role", team), Name: "me"})
				return err
			},
			"session": func() error {
				_, err := s.AssumeRole(ctx, lead, AssumeRole{RoleARN: arn("role", "blue"), Name: "me", Tags: tags(team)})
				return err
			},
			"key": func() error { _, _, err := s.CreateKey(ctx, lead, "user-"+team); return err },
			"make": func() error {
				_, err := s.CreateEntity(ctx, lead, NewEntity{Kind: UserEntity, Name: "made-" + team, Tags: tags(team)})
				return err
			},
			"untag": func() error { return s.Edit(ctx, lead, UserEntity, "user-"+team, Untag([]string{"x"})) },
			"tag":   func() error { return s.Edit(ctx, lead, UserEntity, "user-red", Tag(tags(team))) },
		} {
			if what == "tag" && want {
				continue // it would make red blue
			}
			err := fn()
			require.Equal(t, want, err == nil, "%s %s: %v", team, what, err)
			if err != nil {
				require.True(t, fault.Is(err, fault.AccessDenied), "%s: %v", what, err)
			}
		}
	}
	require.NoError(t, s.DeletePolicy(ctx, lead, arn("policy", "blue")))
	require.True(t, fault.Is(s.DeletePolicy(ctx, lead, arn("policy", "red")), fault.AccessDenied))
	require.Error(t, s.Edit(ctx, lead, UserEntity, "user-blue", Untag([]string{"team"})))
	_, err := s.CreateEntity(ctx, lead, NewEntity{Kind: UserEntity, Name: "more", Tags: append(tags("blue"), meta.Pair{Name: "y", Value: "z"})})
	require.True(t, fault.Is(err, fault.AccessDenied), "a tag too much")
	_, err = s.CreateEntity(ctx, lead, NewEntity{Kind: UserEntity, Name: "none"})
	require.True(t, fault.Is(err, fault.AccessDenied), "no tag")
	require.NoError(t, s.Edit(ctx, lead, UserEntity, "user-red", Tag(tags("blue"))))
	_, err = s.Entity(ctx, lead, "iam:GetUser", UserEntity, "user-red")
	require.NoError(t, err)
}
