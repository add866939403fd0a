package iam

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const (
	allS3   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	readS3  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
	allIAM  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}`
	s3Full  = builtInPrefix + "AmazonS3FullAccess"
	s3Reads = builtInPrefix + "AmazonS3ReadOnlyAccess"
	full    = builtInPrefix + "AdministratorAccess"
)

func trust(principal string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":%q},"Action":["sts:AssumeRole","sts:TagSession"]}]}`, principal)
}

// person is a user of the default account with a key, made by name.
func person(t *testing.T, s *Service, admin *Identity, name string, policies ...string) string {
	t.Helper()
	_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: UserEntity, Name: name})
	require.NoError(t, err)
	for i, text := range policies {
		require.NoError(t, s.Edit(ctx, admin, UserEntity, name, PutPolicy(fmt.Sprint("p", i), text)))
	}
	key, _, err := s.CreateKey(ctx, admin, name)
	require.NoError(t, err)
	return key.ID
}

func who(t *testing.T, s *Service, key string) *Identity {
	t.Helper()
	c, err := s.Credential(ctx, key)
	require.NoError(t, err)
	return c.Identity
}

func may(s *Service, id *Identity, action string) bool {
	return s.Authorize(id, Access{Action: action, Bucket: &meta.Bucket{Name: "b", Account: DefaultAccount}, Key: "k"}).Allowed
}

func TestRightsOfNamedUsers(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	key := person(t, s, admin, "ada")
	require.Equal(t, "arn:aws:iam::000000000000:user/ada", who(t, s, key).ARN())
	can := func(action string, want bool) {
		t.Helper()
		require.Equal(t, want, may(s, who(t, s, key), action), action)
	}
	edit := func(kind EntityKind, name string, e Edit) {
		t.Helper()
		require.NoError(t, s.Edit(ctx, admin, kind, name, e))
	}
	can("s3:GetObject", false)
	edit(UserEntity, "ada", PutPolicy("reads", readS3))
	can("s3:GetObject", true)
	can("s3:PutObject", false)

	// A group's policy reaches its members, and every change of it does at once.
	_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: GroupEntity, Name: "writers"})
	require.NoError(t, err)
	require.NoError(t, s.SetMember(ctx, admin, "ada", "Writers", true))
	can("s3:PutObject", false)
	edit(GroupEntity, "writers", AttachPolicy(s3Full))
	can("s3:PutObject", true)
	// What bounds the user bounds what the group gives.
	edit(UserEntity, "ada", SetBoundary(s3Reads))
	can("s3:GetObject", true)
	can("s3:PutObject", false)
	edit(UserEntity, "ada", SetBoundary(""))
	can("s3:PutObject", true)
	edit(GroupEntity, "writers", PutPolicy("no", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}]}`))
	can("s3:PutObject", false)
	edit(GroupEntity, "writers", DeletePolicy("no"))
	require.NoError(t, s.SetMember(ctx, admin, "ada", "writers", false))
	can("s3:PutObject", false)

	// A managed policy means what its version that holds says.
	p, err := s.CreatePolicy(ctx, admin, NewPolicy{Name: "P", Text: readS3})
	require.NoError(t, err)
	edit(UserEntity, "ada", AttachPolicy(p.ARN))
	can("s3:PutObject", false)
	v, err := s.CreateVersion(ctx, admin, p.ARN, allS3, false)
	require.NoError(t, err)
	can("s3:PutObject", false)
	require.NoError(t, s.SetDefaultVersion(ctx, admin, p.ARN, v.Number))
	can("s3:PutObject", true)
	require.True(t, fault.Is(s.DeletePolicy(ctx, admin, p.ARN), fault.Conflict))

	// A key that is off is no key; one that is gone takes nothing of the user's name with it.
	second, _, err := s.CreateKey(ctx, admin, "ada")
	require.NoError(t, err)
	require.NoError(t, s.SetKey(ctx, admin, "ada", key, false))
	_, err = s.Credential(ctx, key)
	require.True(t, fault.Is(err, fault.NoSuchUser))
	require.NoError(t, s.DeleteKey(ctx, admin, "ada", key))
	require.Equal(t, "arn:aws:iam::000000000000:user/ada", who(t, s, second.ID).ARN())
}

// A server started again, or another one on the same store, sees the same.
func TestEntitiesOutliveTheService(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	key := person(t, s, admin, "ada", allS3)
	_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: "R", Trust: trust("arn:aws:iam::000000000000:user/ada")})
	require.NoError(t, err)
	session, err := s.AssumeRole(ctx, who(t, s, key), AssumeRole{RoleARN: "arn:aws:iam::000000000000:role/R", Name: "me"})
	require.NoError(t, err)
	again, _ := w.start()
	require.True(t, may(again, who(t, again, key), "s3:PutObject"))
	c, err := again.SessionCredential(ctx, session.AccessKey, session.Token)
	require.NoError(t, err)
	require.Equal(t, session.Secret, c.Secret)
}

// An old user goes by its first key, and keeps that name when it gets another key.
func TestNamesOfUsersByKey(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	_, _, err := s.CreateUser(ctx, admin, CreateUser{Name: "Old", AccessKey: "old", Secret: "long-enough"})
	require.NoError(t, err)
	for _, name := range []string{"old", "OLD"} {
		_, err = s.CreateEntity(ctx, admin, NewEntity{Kind: UserEntity, Name: name})
		require.True(t, fault.Is(err, fault.Conflict), name)
	}
	_, _, err = s.CreateUser(ctx, admin, CreateUser{Name: "Two", AccessKey: "OLD", Secret: "long-enough"})
	require.NoError(t, err, "keys have a case")
	_, _, err = s.CreateKey(ctx, admin, "old")
	require.NoError(t, err)
	require.NoError(t, s.DeleteKey(ctx, admin, "old", "old"))
	e, err := s.Entity(ctx, admin, "iam:GetUser", UserEntity, "old")
	require.NoError(t, err)
	require.Equal(t, "arn:aws:iam::000000000000:user/old", e.ARN)
	_, err = s.RotateSecret(ctx, admin, "OLD")
	require.NoError(t, err, "the other one goes on")
	// The name is taken, also for a key of somebody new who would go by it.
	_, _, err = s.CreateUser(ctx, admin, CreateUser{Name: "New", AccessKey: "old", Secret: "long-enough"})
	require.True(t, fault.Is(err, fault.Conflict))
}

// Whoever manages users without being an administrator gives nothing that they have not, and touches no administrator.
func TestDelegatesOfNamedUsers(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	manages := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Put*","iam:Attach*","iam:Delete*","iam:Create*","iam:AddUserToGroup","iam:SetDefaultPolicyVersion","iam:UpdateAssumeRolePolicy"],"Resource":"*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
	key := person(t, s, admin, "manager", manages)
	person(t, s, admin, "ada")
	person(t, s, admin, "root", allIAM)
	for _, g := range []string{"admins", "readers"} {
		_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: GroupEntity, Name: g})
		require.NoError(t, err)
	}
	require.NoError(t, s.Edit(ctx, admin, GroupEntity, "admins", AttachPolicy(full)))
	require.NoError(t, s.Edit(ctx, admin, GroupEntity, "readers", PutPolicy("p", readS3)))
	_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: "power", Trust: trust("arn:aws:iam::000000000000:user/nobody")})
	require.NoError(t, err)
	require.NoError(t, s.Edit(ctx, admin, RoleEntity, "power", AttachPolicy(full)))
	m := who(t, s, key)
	for name, fn := range map[string]func() error{
		"more than one has":        func() error { return s.Edit(ctx, m, UserEntity, "ada", PutPolicy("p", allS3)) },
		"a managed policy":         func() error { return s.Edit(ctx, m, UserEntity, "ada", AttachPolicy(s3Full)) },
		"oneself":                  func() error { return s.Edit(ctx, m, UserEntity, "manager", PutPolicy("q", readS3)) },
		"an administrator":         func() error { return s.Edit(ctx, m, UserEntity, "root", DeletePolicy("p0")) },
		"an administrator's key":   func() error { _, _, err := s.CreateKey(ctx, m, "root"); return err },
		"the group of all rights":  func() error { return s.SetMember(ctx, m, "ada", "admins", true) },
		"that group":               func() error { return s.Edit(ctx, m, GroupEntity, "admins", PutPolicy("p", readS3)) },
		"who may be a strong role": func() error { return s.Edit(ctx, m, RoleEntity, "power", SetTrust(trust("000000000000"))) },
	} {
		require.True(t, fault.Is(fn(), fault.AccessDenied), name)
	}
	require.NoError(t, s.Edit(ctx, m, UserEntity, "ada", PutPolicy("p", readS3)))
	require.NoError(t, s.SetMember(ctx, m, "ada", "readers", true))

	// Nor by a policy that others are attached to already.
	p, err := s.CreatePolicy(ctx, m, NewPolicy{Name: "P", Text: readS3})
	require.NoError(t, err)
	require.NoError(t, s.Edit(ctx, m, UserEntity, "ada", AttachPolicy(p.ARN)))
	_, err = s.CreateVersion(ctx, m, p.ARN, allS3, true)
	require.True(t, fault.Is(err, fault.AccessDenied))
	v, err := s.CreateVersion(ctx, m, p.ARN, allS3, false)
	require.NoError(t, err)
	require.True(t, fault.Is(s.SetDefaultVersion(ctx, m, p.ARN, v.Number), fault.AccessDenied))
}

func TestAnAdministratorStays(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	key := person(t, s, admin, "boss")
	_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: GroupEntity, Name: "bosses"})
	require.NoError(t, err)
	require.NoError(t, s.Edit(ctx, admin, GroupEntity, "bosses", AttachPolicy(full)))
	require.NoError(t, s.SetMember(ctx, admin, "boss", "bosses", true))
	boss := who(t, s, key)
	require.True(t, boss.System())
	require.NoError(t, s.DeleteUser(ctx, boss, DefaultAccessKey), "another one is there")
	for name, fn := range map[string]func() error{
		"detach": func() error { return s.Edit(ctx, boss, GroupEntity, "bosses", DetachPolicy(full)) },
		"leave":  func() error { return s.SetMember(ctx, boss, "boss", "bosses", false) },
		"bound":  func() error { return s.Edit(ctx, boss, UserEntity, "boss", SetBoundary(s3Full)) },
		"key":    func() error { return s.DeleteKey(ctx, boss, "boss", key) },
		"off":    func() error { return s.SetKey(ctx, boss, "boss", key, false) },
		"deny": func() error {
			return s.Edit(ctx, boss, UserEntity, "boss", PutPolicy("d", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`))
		},
	} {
		require.True(t, fault.Is(fn(), fault.InvalidRequest), name)
		require.True(t, who(t, s, key).System(), name)
	}
}

func TestRoles(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	ada, eve := person(t, s, admin, "ada"), person(t, s, admin, "eve", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`)
	role := func(name, principal string) string {
		e, err := s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: name, Trust: trust(principal), MaxSession: 2 * time.Hour, Tags: meta.Tags{{Name: "of", Value: "role"}}})
		require.NoError(t, err)
		require.NoError(t, s.Edit(ctx, admin, RoleEntity, name, PutPolicy("p", allS3)))
		return e.ARN
	}
	named, account, other := role("named", "arn:aws:iam::000000000000:user/ada"), role("account", "000000000000"), role("other", "arn:aws:iam::123456789012:root")
	for _, c := range []struct {
		key, arn string
		ok       bool
	}{{ada, named, true}, {eve, named, false}, {ada, account, false}, {eve, account, true}, {eve, other, false}} {
		_, err := s.AssumeRole(ctx, who(t, s, c.key), AssumeRole{RoleARN: c.arn, Name: "me"})
		require.Equal(t, c.ok, err == nil, "%s %s: %v", c.key, c.arn, err)
	}
	_, err := s.AssumeRole(ctx, who(t, s, ada), AssumeRole{RoleARN: named, Name: "me", Duration: 3 * time.Hour})
	require.True(t, fault.Is(err, fault.InvalidArgument))

	session, err := s.AssumeRole(ctx, who(t, s, ada), AssumeRole{RoleARN: named, Name: "me", Policy: readS3, ARNs: []string{builtInPrefix + "IAMReadOnlyAccess"}, Tags: meta.Tags{{Name: "team", Value: "blue"}}})
	require.NoError(t, err)
	get := func() (*Identity, error) {
		c, err := s.SessionCredential(ctx, session.AccessKey, session.Token)
		return c.Identity, err
	}
	id, err := get()
	require.NoError(t, err)
	require.Equal(t, "arn:aws:sts::000000000000:assumed-role/named/me", id.ARN())
	require.True(t, may(s, id, "s3:GetObject"))
	require.False(t, may(s, id, "s3:PutObject"), "the session's policy bounds it")
	require.Equal(t, map[string]string{"of": "role", "team": "blue"}, id.principal.Tags)
	// A session does not become another one, and changes nothing that its role may not.
	_, err = s.SessionToken(ctx, id, 0)
	require.True(t, fault.Is(err, fault.AccessDenied))
	_, err = s.CreateEntity(ctx, id, NewEntity{Kind: UserEntity, Name: "x"})
	require.True(t, fault.Is(err, fault.AccessDenied))

	// What the role loses, its sessions lose.
	require.NoError(t, s.Edit(ctx, admin, RoleEntity, "named", DeletePolicy("p")))
	id, err = get()
	require.NoError(t, err)
	require.False(t, may(s, id, "s3:GetObject"))
	// Another role of the name is another one.
	require.NoError(t, s.DeleteEntity(ctx, admin, RoleEntity, "named"))
	_, err = get()
	require.True(t, fault.Is(err, fault.NoSuchUser))
	role("named", "arn:aws:iam::000000000000:user/ada")
	_, err = get()
	require.True(t, fault.Is(err, fault.NoSuchUser))
}

func TestSessionTokens(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	key := person(t, s, admin, "ada", readS3)
	session, err := s.SessionToken(ctx, who(t, s, key), 20*time.Minute)
	require.NoError(t, err)
	detail := func(accessKey, token string) string {
		_, err := s.SessionCredential(ctx, accessKey, token)
		return fault.DetailOf(err)["Token"]
	}
	c, err := s.SessionCredential(ctx, session.AccessKey, session.Token)
	require.NoError(t, err)
	require.Equal(t, "arn:aws:iam::000000000000:user/ada", c.Identity.ARN())
	require.True(t, may(s, c.Identity, "s3:GetObject"))
	require.Equal(t, "invalid", detail(key, session.Token), "the token is of another key")
	require.Equal(t, "invalid", detail(session.AccessKey, ""))
	raw, err := base64.RawURLEncoding.DecodeString(session.Token)
	require.NoError(t, err)
	for i := range raw { // every byte counts
		raw[i] ^= 1
		require.Equal(t, "invalid", detail(session.AccessKey, base64.RawURLEncoding.EncodeToString(raw)), i)
		raw[i] ^= 1
	}
	_, err = s.Credential(ctx, session.AccessKey)
	require.True(t, fault.Is(err, fault.NoSuchUser), "no key without its token")
	w.clock.Advance(20 * time.Minute)
	require.Equal(t, "expired", detail(session.AccessKey, session.Token))

	session, err = s.SessionToken(ctx, who(t, s, key), 0)
	require.NoError(t, err)
	require.NoError(t, s.DeleteUser(ctx, admin, key))
	_, err = s.SessionCredential(ctx, session.AccessKey, session.Token)
	require.True(t, fault.Is(err, fault.NoSuchUser), "the session ends with the user")
}

func FuzzSessionToken(f *testing.F) {
	w := newWorld(f)
	s, _ := w.start()
	f.Add("ASIAX", "AAAA")
	f.Fuzz(func(t *testing.T, key, token string) {
		if _, err := s.SessionCredential(ctx, key, token); fault.DetailOf(err)["Token"] != "invalid" {
			t.Fatalf("%q %q: %v", key, token, err)
		}
	})
}
