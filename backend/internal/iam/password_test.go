package iam

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

const (
	horse   = "correct horse battery"
	another = "another horse battery"
)

func signIn(s *Service, name, password, remote string) (Credential, error) {
	c, _, err := s.SignIn(ctx, SignIn{User: name, Password: password, Remote: remote})
	return c, err
}

func TestSignInWithAPassword(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: UserEntity, Name: "Ada"})
	require.NoError(t, err)
	require.NoError(t, s.Edit(ctx, admin, UserEntity, "ada", AttachPolicy(s3Reads)))
	_, err = signIn(s, "ada", horse, "here")
	kind(t, fault.Unauthenticated, err)
	p, err := s.CreatePassword(ctx, admin, "ada", horse, false)
	require.NoError(t, err)
	require.Equal(t, LoginProfile{"Ada", w.clock.Now(), false}, p)
	_, err = s.CreatePassword(ctx, admin, "ada", horse, false)
	require.Equal(t, "EntityAlreadyExists", fault.DetailOf(err)["IAM"])

	c, err := signIn(s, "ADA", horse, "here")
	require.NoError(t, err)
	require.True(t, ConsoleKey(c.Identity.AccessKey))
	require.Equal(t, "arn:aws:iam::000000000000:user/Ada", c.Identity.ARN())
	require.True(t, may(s, c.Identity, "s3:GetObject"))
	// The key signs links, and stands in no list.
	require.Equal(t, c.Secret, mustCredential(t, s, c.Identity.AccessKey).Secret)
	e, err := s.Entity(ctx, admin, "iam:GetUser", UserEntity, "ada")
	require.NoError(t, err)
	require.Empty(t, e.Keys)
	w.sync(s)
	require.NotContains(t, w.read(), consolePrefix)
	require.NotContains(t, w.read(), "argon2")
	require.NotContains(t, w.log.String(), horse)
	id, err := s.Identity(ctx, c.Identity.UserID)
	require.NoError(t, err)
	require.Equal(t, c.Identity.ARN(), id.ARN())
	kind(t, fault.AccessDenied, s.Edit(ctx, c.Identity, UserEntity, "ada", AttachPolicy(full)))

	// Every new password ends what came from the old one.
	for _, change := range []func() error{
		func() error { return s.UpdatePassword(ctx, admin, "ada", another, nil) },
		func() error {
			return s.ChangePassword(ctx, mustCredential(t, s, c.Identity.AccessKey).Identity, another, horse)
		},
		func() error { return s.EndConsole(ctx, admin, "ada") },
		func() error { return s.DeletePassword(ctx, admin, "ada") },
	} {
		before := mustCredential(t, s, c.Identity.AccessKey).Secret
		require.NoError(t, change())
		require.NotEqual(t, before, mustCredential(t, s, c.Identity.AccessKey).Secret)
	}
	_, err = signIn(s, "ada", horse, "here")
	kind(t, fault.Unauthenticated, err)
	for _, err := range []error{s.DeletePassword(ctx, admin, "ada"), s.UpdatePassword(ctx, admin, "ada", horse, nil), s.ChangePassword(ctx, c.Identity, horse, another)} {
		require.Equal(t, "NoSuchEntity", fault.DetailOf(err)["IAM"])
	}
	for _, bad := range []string{"", "elevenchars", strings.Repeat("x", 129), "with a\nline break"} {
		_, err := s.CreatePassword(ctx, admin, "ada", bad, false)
		require.Equal(t, "PasswordPolicyViolation", fault.DetailOf(err)["IAM"], bad)
	}
	require.NoError(t, s.DeleteWhole(ctx, admin, UserEntity, "ada"))
	_, err = s.Credential(ctx, c.Identity.AccessKey)
	kind(t, fault.NoSuchUser, err)
}

func mustCredential(t *testing.T, s *Service, key string) Credential {
	t.Helper()
	c, err := s.Credential(ctx, key)
	require.NoError(t, err)
	return c
}

// withPassword is a world with the user ada, who has a password and no key.
func withPassword(t *testing.T, mustChange bool) (*world, *Service) {
	t.Helper()
	w := newWorld(t)
	s, _ := w.start()
	_, err := s.CreateEntity(ctx, Machine, NewEntity{Kind: UserEntity, Name: "ada"})
	require.NoError(t, err)
	_, err = s.CreatePassword(ctx, Machine, "ada", horse, mustChange)
	require.NoError(t, err)
	return w, s
}

func TestAPasswordThatMustBeChanged(t *testing.T) {
	_, s := withPassword(t, true)
	_, err := signIn(s, "ada", horse, "here")
	require.Equal(t, PasswordChangeRequired, fault.DetailOf(err)["IAM"])
	_, err = signIn(s, "ada", another, "here")
	kind(t, fault.Unauthenticated, err)
	for _, bad := range []string{horse, "short"} {
		_, _, err = s.SignIn(ctx, SignIn{User: "ada", Password: horse, NewPassword: bad})
		require.Equal(t, "PasswordPolicyViolation", fault.DetailOf(err)["IAM"])
	}
	_, _, err = s.SignIn(ctx, SignIn{User: "ada", Password: another, NewPassword: another + "!"})
	kind(t, fault.Unauthenticated, err)
	_, _, err = s.SignIn(ctx, SignIn{User: "ada", Password: horse, NewPassword: another})
	require.NoError(t, err)
	_, err = signIn(s, "ada", horse, "here")
	kind(t, fault.Unauthenticated, err)
	_, err = signIn(s, "ada", another, "here")
	require.NoError(t, err)
	must := true
	require.NoError(t, s.UpdatePassword(ctx, Machine, "ada", "", &must))
	_, err = signIn(s, "ada", another, "here")
	require.Equal(t, PasswordChangeRequired, fault.DetailOf(err)["IAM"])
}

// Whatever is wrong has one answer, and failures lock the name for an address, also many at once.
func TestPasswordsAreNotGuessed(t *testing.T) {
	w, s := withPassword(t, false)
	_, want := signIn(s, "nobody", horse, "there")
	kind(t, fault.Unauthenticated, want)
	for _, in := range []SignIn{
		{User: "ada", Password: another, Remote: "x"}, {User: "", Password: horse, Remote: "x"}, {Account: "other", User: "ada", Password: horse, Remote: "x"},
		{User: DefaultAccessKey, Password: DefaultSecret, Remote: "x"}, {User: strings.Repeat("a", 5000), Password: horse}, {User: "ada", Password: strings.Repeat("a", 5000)},
	} {
		_, _, err := s.SignIn(ctx, in)
		require.Equal(t, want, err)
	}
	s.lockout.clear(passwordPair(DefaultAccount, "ada", "x"))
	var wait sync.WaitGroup
	for range 30 {
		wait.Go(func() { _, _ = signIn(s, "Ada", another, "here") })
	}
	wait.Wait()
	for range 6 {
		_, _ = signIn(s, "nobody", another, "here")
	}
	for _, name := range []string{"ada", "ADA", "nobody"} {
		_, err := signIn(s, name, horse, "here")
		require.Equal(t, want, err, "locked, right or not")
	}
	_, err := signIn(s, "ada", horse, "elsewhere")
	require.NoError(t, err)
	w.clock.Advance(15 * time.Minute)
	_, err = signIn(s, "ada", horse, "here")
	require.NoError(t, err)

	// Who is disabled or outside their time is as unknown.
	off, now := true, w.clock.Now()
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "ada", DescribeUser(nil, &off)))
	_, err = signIn(s, "ada", horse, "here")
	require.Equal(t, want, err)
	on := false
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "ada", Together(DescribeUser(nil, &on), Validity(nil, &now))))
	_, err = signIn(s, "ada", horse, "here")
	require.Equal(t, want, err)
}

// Strangers cannot make the server hash more than it has memory for.
func TestFewHashAtOnce(t *testing.T) {
	q := newHashQueue()
	hold, held := make(chan struct{}), make(chan struct{}, hashers)
	var wait sync.WaitGroup
	for range hashers {
		wait.Go(func() {
			require.NoError(t, q.do(ctx, func() {
				held <- struct{}{}
				<-hold
			}))
		})
	}
	for range hashers {
		<-held
	}
	ran := 0
	for range hashWaiters {
		q.waiting <- struct{}{} // as so many that wait
	}
	err := q.do(ctx, func() { ran++ })
	kind(t, fault.Busy, err)
	require.Zero(t, ran)
	close(hold)
	wait.Wait()
	for range hashWaiters {
		<-q.waiting
	}
	require.NoError(t, q.do(ctx, func() { ran++ }))
	require.Equal(t, 1, ran)
}

func TestHashes(t *testing.T) {
	s := &Service{hashing: newHashQueue()}
	text, err := s.hash(ctx, horse)
	require.NoError(t, err)
	h, ok := parseHash(text)
	require.True(t, ok)
	require.True(t, h.is(horse, true))
	require.False(t, h.is(another, true))
	require.False(t, h.is(horse, false))
	again, err := s.hash(ctx, horse)
	require.NoError(t, err)
	require.NotEqual(t, text, again)
	for _, bad := range []string{"", "x", horse, strings.Replace(text, "m=19456", "m=99999999", 1), strings.Replace(text, "t=2", "t=0", 1), strings.Replace(text, "p=1", "p=64", 1),
		strings.Replace(text, "argon2id", "argon2i", 1), strings.Replace(text, "m=19456", "m=019456", 1), text + "$", text + "="} {
		_, ok := parseHash(bad)
		require.False(t, ok, bad)
	}
}

// Where the configuration is restored, passwords are, too; an edit of the file may take one away or put in a hash.
func TestPasswordsInTheFile(t *testing.T) {
	w, s := withPassword(t, false)
	c, err := signIn(s, "ada", horse, "")
	require.NoError(t, err)
	w.sync(s)
	other := newWorld(t)
	other.clock = w.clock
	other.write(w.read())
	fresh, _ := other.start()
	other.follows(fresh)
	_, err = signIn(fresh, "ada", horse, "")
	require.NoError(t, err)

	// An edit of something else leaves the password and what came from it.
	w.edit(func(f *fileForm) { f.named("ada").DisplayName = "Ada" })
	w.sync(s)
	w.follows(s)
	require.Equal(t, c.Secret, mustCredential(t, s, c.Identity.AccessKey).Secret)
	hash, err := s.hash(ctx, another)
	require.NoError(t, err)
	w.edit(func(f *fileForm) { f.named("ada").Password.Hash = hash })
	w.sync(s)
	w.follows(s)
	require.NotContains(t, w.read(), "argon2")
	require.NotEqual(t, c.Secret, mustCredential(t, s, c.Identity.AccessKey).Secret)
	_, err = signIn(s, "ada", another, "")
	require.NoError(t, err)
	var before string
	w.edit(func(f *fileForm) { before, f.named("ada").Password.Hash = f.named("ada").Password.Hash, horse })
	w.sync(s)
	require.Contains(t, s.File.Health().Problem, "a password is put in as an argon2id hash")
	require.NotContains(t, s.File.Health().Problem, horse)
	require.NotContains(t, w.log.String(), horse)
	w.edit(func(f *fileForm) { f.named("ada").Password.Hash, f.named("ada").Password.MustChange = before, true })
	require.NoError(t, s.UpdatePassword(ctx, Machine, "ada", horse, nil))
	w.sync(s)
	require.Contains(t, s.File.Health().Problem, "in the same place")
	require.NoError(t, os.Remove(w.file()))
	w.sync(s)
	w.edit(func(f *fileForm) { f.named("ada").Password = nil })
	w.sync(s)
	w.follows(s)
	_, err = signIn(s, "ada", horse, "")
	kind(t, fault.Unauthenticated, err)
}

// Whoever knows the password has the rights, so who has fewer cannot give one. Everybody changes their own.
func TestWhoMayGivePasswords(t *testing.T) {
	_, s := withPassword(t, false)
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "ada", AttachPolicy(s3Full)))
	admin := who(t, s, DefaultAccessKey)
	manager := who(t, s, person(t, s, admin, "manager", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*LoginProfile","Resource":"*"}}`))
	kind(t, fault.AccessDenied, s.SetPassword(ctx, manager, "ada", another, false))
	kind(t, fault.AccessDenied, s.DeletePassword(ctx, manager, DefaultAccessKey))
	_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: UserEntity, Name: "eve"})
	require.NoError(t, err)
	require.NoError(t, s.SetPassword(ctx, manager, "eve", another, false))
	eve, err := signIn(s, "eve", another, "")
	require.NoError(t, err)
	kind(t, fault.AccessDenied, s.SetPassword(ctx, eve.Identity, "eve", horse, false))
	kind(t, fault.AccessDenied, s.ChangePassword(ctx, eve.Identity, horse, horse))
	require.NoError(t, s.ChangePassword(ctx, eve.Identity, another, horse))
	require.NoError(t, s.Edit(ctx, admin, UserEntity, "eve", PutPolicy("no", `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:ChangePassword","Resource":"*"}}`)))
	eve, err = signIn(s, "eve", horse, "")
	require.NoError(t, err)
	kind(t, fault.AccessDenied, s.ChangePassword(ctx, eve.Identity, horse, another))
	session, err := s.SessionToken(ctx, manager, 0)
	require.NoError(t, err)
	c, err := s.SessionCredential(ctx, session.AccessKey, session.Token)
	require.NoError(t, err)
	require.Equal(t, "InvalidUserType", fault.DetailOf(s.ChangePassword(ctx, c.Identity, horse, another))["IAM"])

	// An administrator with a password and no key is one.
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "ada", AttachPolicy(full)))
	require.NoError(t, s.DeleteUser(ctx, Machine, DefaultAccessKey))
	kind(t, fault.InvalidRequest, s.DeletePassword(ctx, Machine, "ada"))
}
