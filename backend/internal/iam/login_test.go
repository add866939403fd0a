package iam

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const anIssuer = "https://id.example"

func annSignIn(change ...func(*ProviderSignIn)) ProviderSignIn {
	in := ProviderSignIn{Issuer: anIssuer, Subject: "7", Name: "ann", DisplayName: "Ann", Account: DefaultAccount, Create: true}
	for _, fn := range change {
		fn(&in)
	}
	return in
}

func userOf(t *testing.T, s *Service, id string) *meta.User {
	t.Helper()
	all, err := s.everybody(t)
	require.NoError(t, err)
	for _, l := range all {
		if l.user.ID == id {
			return l.user
		}
	}
	t.Fatal("there is no user " + id)
	return nil
}

func TestSignInMakesAndFinds(t *testing.T) {
	w, s, _ := staffed(t)
	id, missing, err := s.SignInAt(ctx, annSignIn(func(in *ProviderSignIn) {
		in.Groups, in.Policies = []string{"writers", "none"}, []string{"P", "ReadOnlyAccess", "none"}
	}))
	require.NoError(t, err)
	require.Equal(t, []string{"group none", "policy none"}, missing)
	require.Equal(t, "arn:aws:iam::000000000000:user/sso/ann", id.ARN())
	require.Equal(t, "Ann", id.Name)
	require.Empty(t, id.AccessKey)
	before := w.read()

	// Again: the same user, and nothing is written.
	rev := revision(t, s)
	again, _, err := s.SignInAt(ctx, annSignIn(func(in *ProviderSignIn) {
		in.Name, in.DisplayName, in.Groups, in.Policies = "other", "Other", []string{"writers"}, []string{"P", "ReadOnlyAccess"}
	}))
	require.NoError(t, err)
	require.Equal(t, id.UserID, again.UserID)
	require.Equal(t, rev, revision(t, s))
	require.Equal(t, before, w.read())

	got, err := s.ByLogin(ctx, id.UserID, anIssuer, "7")
	require.NoError(t, err)
	require.Equal(t, id.ARN(), got.ARN())
	for _, c := range [][3]string{{id.UserID, anIssuer, "8"}, {id.UserID, anIssuer + "/", "7"}, {"AIDAOTHER", anIssuer, "7"}} {
		_, err = s.ByLogin(ctx, c[0], c[1], c[2])
		require.True(t, fault.Is(err, fault.NoSuchUser), c)
	}

	w.sync(s)
	require.Contains(t, w.read(), `"single_sign_on"`)
	w.inOrder(s)
}

func revision(t *testing.T, s *Service) (n uint64) {
	t.Helper()
	require.NoError(t, s.Store.View(ctx, func(r kv.Reader) error {
		st, err := state(r)
		n = st.Revision
		return err
	}))
	return n
}

// TestSignInTakesNothingOver: who signs in is never a user who was here before, whatever the provider calls them.
func TestSignInTakesNothingOver(t *testing.T) {
	_, s, key := staffed(t)
	ada := who(t, s, key)
	id, _, err := s.SignInAt(ctx, annSignIn(func(in *ProviderSignIn) { in.Name = "ADA" }))
	require.NoError(t, err)
	require.NotEqual(t, ada.UserID, id.UserID)
	require.True(t, strings.HasPrefix(id.ARN(), "arn:aws:iam::000000000000:user/sso/ADA-"), id.ARN())
	// Nor one with the name of a key, nor another issuer's of the same subject.
	for i, name := range []string{DefaultAccessKey, key, "ann", "../root", "", "☃", strings.Repeat("x", 200), "a b@c"} {
		other, _, err := s.SignInAt(ctx, annSignIn(func(in *ProviderSignIn) { in.Name, in.Issuer = name, anIssuer+"/"+string(rune('a'+i)) }))
		require.NoError(t, err, name)
		require.NotEqual(t, id.UserID, other.UserID)
		short := other.ARN()[strings.LastIndexByte(other.ARN(), '/')+1:]
		require.True(t, ValidName(short) && len(short) <= maxEntityName, short)
		require.NotContains(t, []string{DefaultAccessKey, key}, short)
		require.False(t, other.Administrator())
	}
	_, _, err = s.SignInAt(ctx, annSignIn(func(in *ProviderSignIn) { in.Subject, in.Create = "nobody", false }))
	require.Equal(t, LoginUnknown, fault.DetailOf(err)[LoginDetail])
	for _, bad := range []func(*ProviderSignIn){
		func(in *ProviderSignIn) { in.Subject = "" }, func(in *ProviderSignIn) { in.Issuer = "" }, func(in *ProviderSignIn) { in.Subject = strings.Repeat("x", 256) },
		func(in *ProviderSignIn) { in.Subject = "a\x00b" }, func(in *ProviderSignIn) { in.Issuer = "ftp://x" },
	} {
		_, _, err = s.SignInAt(ctx, annSignIn(bad))
		require.True(t, fault.Is(err, fault.InvalidArgument), err)
	}
	_, _, err = s.SignInAt(ctx, annSignIn(func(in *ProviderSignIn) { in.Subject, in.Account = "9", "none" }))
	require.True(t, fault.Is(err, fault.NotFound), err)
}

// TestSignInSynchronizes: what comes from the provider comes and goes with it; what was given here stays.
func TestSignInSynchronizes(t *testing.T) {
	_, s, _ := staffed(t)
	admin := who(t, s, DefaultAccessKey)
	for _, name := range []string{"readers", "local"} {
		_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: GroupEntity, Name: name})
		require.NoError(t, err)
	}
	in := func(groups, policies []string) *meta.User {
		t.Helper()
		id, _, err := s.SignInAt(ctx, annSignIn(func(in *ProviderSignIn) { in.Groups, in.Policies = groups, policies }))
		require.NoError(t, err)
		return userOf(t, s, id.UserID)
	}
	names := func(ids []string) (out []string) {
		groups, err := s.Entities(ctx, admin, GroupEntity, "/")
		require.NoError(t, err)
		for _, id := range ids {
			for _, g := range groups {
				if g.ID == id {
					out = append(out, g.Name)
				}
			}
		}
		return out
	}
	u := in([]string{"writers"}, []string{"P"})
	require.Equal(t, []string{"writers"}, names(u.Groups))
	require.Equal(t, []string{policyP}, u.Grants.Attached)
	require.NoError(t, s.SetMember(ctx, admin, "ann", "local", true))
	require.NoError(t, s.Edit(ctx, admin, UserEntity, "ann", AttachPolicy(s3Reads)))
	u = in([]string{"readers", "local"}, nil)
	require.Equal(t, []string{"local", "readers"}, names(u.Groups))
	require.Equal(t, []string{"readers"}, names(u.Login.Groups), "local was given here")
	require.Equal(t, []string{s3Reads}, u.Grants.Attached)
	u = in(nil, nil)
	require.Equal(t, []string{"local"}, names(u.Groups))
	require.Empty(t, u.Login.Groups)

	// Taken away here, it comes again with the next sign-in.
	in([]string{"writers"}, []string{"P"})
	require.NoError(t, s.SetMember(ctx, admin, "ann", "writers", false))
	require.NoError(t, s.Edit(ctx, admin, UserEntity, "ann", DetachPolicy(policyP)))
	u = userOf(t, s, u.ID)
	require.Empty(t, u.Login.Groups)
	require.Empty(t, u.Login.Policies)
	require.Len(t, in([]string{"writers"}, []string{"P"}).Groups, 2)
	require.NoError(t, s.DeleteWhole(ctx, admin, GroupEntity, "writers"))
	require.Empty(t, userOf(t, s, u.ID).Login.Groups)

	many := []string{}
	for _, c := range "abcdefghijk" {
		_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: GroupEntity, Name: string(c)})
		require.NoError(t, err)
		many = append(many, string(c))
	}
	_, _, err := s.SignInAt(ctx, annSignIn(func(in *ProviderSignIn) { in.Groups = many }))
	require.True(t, fault.Is(err, fault.Conflict), err)
}

func TestSignInEnds(t *testing.T) {
	w, s, _ := staffed(t)
	admin := who(t, s, DefaultAccessKey)
	id, _, err := s.SignInAt(ctx, annSignIn())
	require.NoError(t, err)
	yes, no := true, false
	require.NoError(t, s.Edit(ctx, admin, UserEntity, "ann", DescribeUser(nil, &yes)))
	_, _, err = s.SignInAt(ctx, annSignIn())
	require.Equal(t, LoginDisabled, fault.DetailOf(err)[LoginDetail])
	_, err = s.ByLogin(ctx, id.UserID, anIssuer, "7")
	require.True(t, fault.Is(err, fault.NoSuchUser))
	require.NoError(t, s.Edit(ctx, admin, UserEntity, "ann", DescribeUser(nil, &no)))
	_, _, err = s.SignInAt(ctx, annSignIn())
	require.NoError(t, err)

	// Who lost the binding in the file is somebody else from then on; another user may have it.
	w.sync(s)
	content := w.read()
	w.write(regexp.MustCompile(`,\s*"single_sign_on": \{[^}]*\}`).ReplaceAllString(content, ""))
	w.sync(s)
	require.True(t, s.File.Health().OK, s.File.Health().Problem)
	_, err = s.ByLogin(ctx, id.UserID, anIssuer, "7")
	require.True(t, fault.Is(err, fault.NoSuchUser))
	other, _, err := s.SignInAt(ctx, annSignIn())
	require.NoError(t, err)
	require.NotEqual(t, id.UserID, other.UserID)

	// The file cannot give one login to two.
	w.sync(s)
	content = w.read()
	w.write(strings.Replace(content, `"user_name": "ada",`, `"user_name": "ada", "single_sign_on": {"issuer": "`+anIssuer+`", "subject": "7"},`, 1))
	w.sync(s)
	require.Contains(t, s.File.Health().Problem, "another user signs in with the same issuer and subject")
	w.write(content)
	w.sync(s)
	require.NoError(t, s.DeleteWhole(ctx, admin, UserEntity, other.ARN()[strings.LastIndexByte(other.ARN(), '/')+1:]))
	_, _, err = s.SignInAt(ctx, annSignIn(func(in *ProviderSignIn) { in.Create = false }))
	require.Equal(t, LoginUnknown, fault.DetailOf(err)[LoginDetail], "nothing is left of a user who was deleted")
}

// TestSignInActs: who has no key but that of the console may do what their policies allow, in the services that ask again within their transactions too.
func TestSignInActs(t *testing.T) {
	_, s, _ := staffed(t)
	id, _, err := s.SignInAt(ctx, annSignIn(func(in *ProviderSignIn) { in.Policies = []string{"IAMFullAccess"} }))
	require.NoError(t, err)
	c, err := s.ConsoleCredential(ctx, id.UserID)
	require.NoError(t, err)
	id = c.Identity
	_, err = s.CreateEntity(ctx, id, NewEntity{Kind: UserEntity, Name: "made"})
	require.NoError(t, err)
	_, _, err = s.SignInAt(ctx, annSignIn())
	require.NoError(t, err)
	_, err = s.CreateEntity(ctx, id, NewEntity{Kind: UserEntity, Name: "made2"})
	require.True(t, fault.Is(err, fault.AccessDenied), "rights of now count")
}

// TestSignInAtOnce: many first sign-ins of one person make one user.
func TestSignInAtOnce(t *testing.T) {
	_, s, _ := staffed(t)
	var wg sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		wg.Go(func() {
			id, _, err := s.SignInAt(ctx, annSignIn())
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = id.UserID
		})
	}
	wg.Wait()
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
}
