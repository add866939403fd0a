package iam

import (
	"fmt"
	"testing"
	"time"

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

// The trust policy of a role may ask for an external id, a name of the session, a source identity and tags that go on; the last two go on to
// further roles, where nobody can change them.
func TestSessionConditions(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	trusting := func(actions, conditions string) string {
		return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":%s,"Condition":%s}]}`, actions, conditions)
	}
	all := `["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]`
	allow := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}`
	for name, text := range map[string]string{
		"external": trusting(`"sts:AssumeRole"`, `{"StringEquals":{"sts:ExternalId":"secret-id"}}`),
		"named":    trusting(`"sts:AssumeRole"`, `{"StringLike":{"sts:RoleSessionName":"${aws:username}*"}}`),
		"source":   trusting(all, `{"StringEquals":{"sts:SourceIdentity":"${aws:username}"}}`),
		"passing":  trusting(all, `{"ForAllValues:StringEquals":{"sts:TransitiveTagKeys":["team"]},"Null":{"sts:TransitiveTagKeys":"false"}}`),
		"open":     trusting(all, `{}`),
		"bare":     trusting(`"sts:AssumeRole"`, `{}`),
		"behind":   trusting(all, `{"StringEquals":{"aws:SourceIdentity":"ada","aws:PrincipalTag/team":"blue"}}`),
	} {
		_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: name, Trust: text})
		require.NoError(t, err, name)
		require.NoError(t, s.Edit(ctx, admin, RoleEntity, name, PutPolicy("p", allow)))
	}
	ada := who(t, s, person(t, s, admin, "ada", allow))
	role := func(name string) string { return "arn:aws:iam::000000000000:role/" + name }
	team := meta.Tags{{Name: "Team", Value: "blue"}}
	assume := func(who *Identity, in AssumeRole) (*Identity, error) {
		in.RoleARN = role(in.RoleARN)
		if in.Name == "" {
			in.Name = "me"
		}
		session, err := s.AssumeRole(ctx, who, in)
		if err != nil {
			return nil, err
		}
		c, err := s.SessionCredential(ctx, session.AccessKey, session.Token)
		require.NoError(t, err)
		return c.Identity, nil
	}
	for _, c := range []struct {
		what string
		in   AssumeRole
		want bool
	}{
		{"no external id", AssumeRole{RoleARN: "external"}, false},
		{"another external id", AssumeRole{RoleARN: "external", External: "Secret-id"}, false},
		{"the external id", AssumeRole{RoleARN: "external", External: "secret-id"}, true},
		{"another name", AssumeRole{RoleARN: "named", Name: "bob"}, false},
		{"the name", AssumeRole{RoleARN: "named", Name: "ada-1"}, true},
		{"no source", AssumeRole{RoleARN: "source"}, false},
		{"another source", AssumeRole{RoleARN: "source", Source: "bob"}, false},
		{"the source", AssumeRole{RoleARN: "source", Source: "ada"}, true},
		{"a source that the role does not take", AssumeRole{RoleARN: "bare", Source: "ada"}, false},
		{"tags that do not go on", AssumeRole{RoleARN: "passing", Tags: team}, false},
		{"tags that go on", AssumeRole{RoleARN: "passing", Tags: team, Passed: []string{"team"}}, false}, // the case of a value counts
		{"tags that go on, in their case", AssumeRole{RoleARN: "passing", Tags: meta.Tags{{Name: "team", Value: "blue"}}, Passed: []string{"team"}}, true},
		{"who is behind nobody", AssumeRole{RoleARN: "behind"}, false},
	} {
		_, err := assume(ada, c.in)
		require.Equal(t, c.want, err == nil, "%s: %v", c.what, err)
		if err != nil {
			require.True(t, fault.Is(err, fault.AccessDenied), "%s: %v", c.what, err)
		}
	}
	_, err := assume(ada, AssumeRole{RoleARN: "open", Tags: team, Passed: []string{"other"}})
	require.True(t, fault.Is(err, fault.InvalidArgument), "%v", err)

	first, err := assume(ada, AssumeRole{RoleARN: "open", Source: "ada", Tags: append(team, meta.Pair{Name: "x", Value: "y"}), Passed: []string{"TEAM"}})
	require.NoError(t, err)
	second, err := assume(first, AssumeRole{RoleARN: "behind"})
	require.NoError(t, err, "source and tags go on")
	require.Equal(t, "ada", second.principal.Source)
	require.Equal(t, map[string]string{"Team": "blue"}, second.principal.Tags, "and only those that are passed")
	_, err = assume(first, AssumeRole{RoleARN: "open", Source: "bob"})
	require.True(t, fault.Is(err, fault.AccessDenied), "a source is set once: %v", err)
	_, err = assume(first, AssumeRole{RoleARN: "open", Tags: meta.Tags{{Name: "team", Value: "red"}}})
	require.True(t, fault.Is(err, fault.InvalidArgument), "a tag that is passed cannot be changed: %v", err)
	_, err = assume(first, AssumeRole{RoleARN: "bare"})
	require.True(t, fault.Is(err, fault.AccessDenied), "a role that takes no tags: %v", err)
	_, err = assume(first, AssumeRole{RoleARN: "open", Duration: 2 * time.Hour})
	require.True(t, fault.Is(err, fault.InvalidArgument), "a chain is short: %v", err)
}

// Policies on identities may test which policy is attached, and what bounds whom a request is about.
func TestPolicyConditions(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	readOnly, full := builtInPrefix+"AmazonS3ReadOnlyAccess", builtInPrefix+"AmazonS3FullAccess"
	rights := `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["s3:*","iam:GetUser"],"Resource":"*"},
		{"Effect":"Allow","Action":["iam:AttachUserPolicy","iam:DetachUserPolicy"],"Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"` + readOnly + `"}}},
		{"Effect":"Allow","Action":["iam:CreateUser","iam:PutUserPermissionsBoundary","iam:PutUserPolicy"],"Resource":"*","Condition":{"ArnEquals":{"iam:PermissionsBoundary":"` + readOnly + `"}}}]}`
	lead := who(t, s, person(t, s, admin, "lead", rights))
	_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: UserEntity, Name: "free"})
	require.NoError(t, err)
	_, err = s.CreateEntity(ctx, lead, NewEntity{Kind: UserEntity, Name: "bound", Boundary: readOnly})
	require.NoError(t, err)
	inline := PutPolicy("p", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`)
	require.NoError(t, s.Edit(ctx, lead, UserEntity, "bound", inline))
	require.NoError(t, s.Edit(ctx, lead, UserEntity, "free", AttachPolicy(readOnly)))
	require.NoError(t, s.Edit(ctx, lead, UserEntity, "free", DetachPolicy(readOnly)))
	_, wider := s.CreateEntity(ctx, lead, NewEntity{Kind: UserEntity, Name: "other", Boundary: full})
	_, unbound := s.CreateEntity(ctx, lead, NewEntity{Kind: UserEntity, Name: "other"})
	for what, err := range map[string]error{
		"another policy": s.Edit(ctx, lead, UserEntity, "free", AttachPolicy(full)), "another boundary": wider, "no boundary": unbound,
		"a wider boundary":     s.Edit(ctx, lead, UserEntity, "bound", SetBoundary(full)),
		"somebody not bounded": s.Edit(ctx, lead, UserEntity, "free", inline),
		"to take a bound away": s.Edit(ctx, lead, UserEntity, "bound", SetBoundary("")),
	} {
		require.True(t, fault.Is(err, fault.AccessDenied), "%s: %v", what, err)
	}
	require.NoError(t, s.Edit(ctx, lead, UserEntity, "free", SetBoundary(readOnly)))
	require.NoError(t, s.Edit(ctx, lead, UserEntity, "free", inline), "once bounded")
}
