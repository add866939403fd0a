package iam

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

// counting is a store whose generation moves with each change.
type counting struct{ counted }

func (c *counting) Update(ctx context.Context, fn func(kv.Txn) error) error {
	defer func() { c.generation++ }()
	return c.Store.Update(ctx, fn)
}

// ends are credentials of one user: a key, one that expires in an hour, and sessions that were made with that one.
type ends struct {
	plain, expiring string
	secret          string
	own, role       Session
}

func endings(t *testing.T, w *world, s *Service) *ends {
	t.Helper()
	admin := who(t, s, DefaultAccessKey)
	e := &ends{plain: person(t, s, admin, "ada", allS3, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["sts:*","iam:UpdateUser"],"Resource":"*"}}`)}
	key, secret, err := s.CreateKeyUntil(ctx, admin, "ada", w.clock.Now().Add(time.Hour))
	require.NoError(t, err)
	e.expiring, e.secret = key.ID, secret
	_, err = s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: "R", Trust: trust("arn:aws:iam::000000000000:user/ada")})
	require.NoError(t, err)
	e.own, err = s.SessionToken(ctx, who(t, s, e.expiring), 0)
	require.NoError(t, err)
	e.role, err = s.AssumeRole(ctx, who(t, s, e.expiring), AssumeRole{RoleARN: "arn:aws:iam::000000000000:role/R", Name: "me"})
	require.NoError(t, err)
	return e
}

// hold checks which of the credentials work, twice, so that what is remembered is asked, too.
func (e *ends) hold(t *testing.T, s *Service, plain, expiring, sessions bool) {
	t.Helper()
	for range 2 {
		for key, want := range map[string]bool{e.plain: plain, e.expiring: expiring} {
			_, err := s.Credential(ctx, key)
			require.Equal(t, want, err == nil, "%s: %v", key, err)
			if !want {
				_, unknown := s.Credential(ctx, "AKIAUNKNOWN")
				require.Equal(t, unknown, err, "as for an unknown key")
			}
		}
		for _, one := range []Session{e.own, e.role} {
			_, err := s.SessionCredential(ctx, one.AccessKey, one.Token)
			require.Equal(t, sessions, err == nil, "%s: %v", one.ARN, err)
		}
		_, err := s.Login(ctx, e.expiring, e.secret, "here")
		require.Equal(t, expiring, err == nil, "%v", err)
		if !expiring {
			_, unknown := s.Login(ctx, "AKIAUNKNOWN", e.secret, "here")
			require.Equal(t, unknown, err)
		}
	}
}

func TestAKeyExpires(t *testing.T) {
	w := newWorld(t)
	c := &counting{counted{Store: w.store}}
	s, _ := w.start(func(d *Deps) { d.Store = c })
	e := endings(t, w, s)
	require.Equal(t, e.own.Expires, w.clock.Now().Add(time.Hour), "no session lasts longer than the key")
	e.hold(t, s, true, true, true)
	w.clock.Advance(time.Hour - time.Nanosecond)
	_, err := s.Credential(ctx, e.expiring)
	require.NoError(t, err)
	w.clock.Advance(time.Nanosecond)
	e.hold(t, s, true, false, false)

	// A new end is another time; one that has come ends sessions that would have lasted longer, too.
	require.NoError(t, s.ChangeKey(ctx, Machine, "ada", e.expiring, nil, &time.Time{}))
	_, err = s.Credential(ctx, e.expiring)
	require.NoError(t, err)
	long, err := s.SessionToken(ctx, who(t, s, e.expiring), 0)
	require.NoError(t, err)
	role, err := s.AssumeRole(ctx, who(t, s, e.expiring), AssumeRole{RoleARN: "arn:aws:iam::000000000000:role/R", Name: "me"})
	require.NoError(t, err)
	e.own, e.role = long, role
	e.hold(t, s, true, true, true)
	now := w.clock.Now()
	require.NoError(t, s.ChangeKey(ctx, Machine, "ada", e.expiring, nil, &now))
	e.hold(t, s, true, false, false)
	user, err := s.Entity(ctx, Machine, "iam:GetUser", UserEntity, "ada")
	require.NoError(t, err)
	require.True(t, user.Keys[1].Active)
	require.True(t, user.Keys[1].Expired(now))
	require.False(t, user.Keys[1].Usable(now))

	_, _, err = s.CreateKeyUntil(ctx, Machine, "ada", now)
	kind(t, fault.InvalidArgument, err)
}

func TestAUserIsValidForATime(t *testing.T) {
	w := newWorld(t)
	c := &counting{counted{Store: w.store}}
	s, _ := w.start(func(d *Deps) { d.Store = c })
	e := endings(t, w, s)
	id := who(t, s, e.plain)
	set := func(from, until time.Duration) {
		t.Helper()
		a, b := w.clock.Now().Add(from), w.clock.Now().Add(until)
		require.NoError(t, s.Edit(ctx, Machine, UserEntity, "ada", Validity(&a, &b)))
	}
	set(-time.Minute, time.Minute)
	e.hold(t, s, true, true, true)
	w.clock.Advance(time.Minute)
	e.hold(t, s, false, false, false)
	_, err := s.Identity(ctx, id.UserID)
	kind(t, fault.NoSuchUser, err)
	name := "me"
	kind(t, fault.AccessDenied, s.Edit(ctx, id, UserEntity, "ada", DescribeUser(&name, nil)))
	set(time.Minute, 2*time.Minute)
	e.hold(t, s, false, false, false)
	w.clock.Advance(time.Minute)
	e.hold(t, s, true, true, true)

	at := w.clock.Now()
	kind(t, fault.InvalidArgument, s.Edit(ctx, Machine, UserEntity, "ada", Validity(&at, &at)))
	_, err = s.CreateEntity(ctx, Machine, NewEntity{Kind: UserEntity, Name: "eve", ValidFrom: at, ValidUntil: at})
	kind(t, fault.InvalidArgument, err)
	_, err = s.CreateEntity(ctx, Machine, NewEntity{Kind: UserEntity, Name: "eve", ValidFrom: at, ValidUntil: at.Add(time.Hour)})
	require.NoError(t, err)
}

// A delegated manager may end what it could not give, and not give it again.
func TestWhoMayLetUsersLast(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	person(t, s, admin, "ada", allS3)
	manager := who(t, s, person(t, s, admin, "manager", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:UpdateUser","Resource":"*"}}`))
	soon, later := w.clock.Now().Add(time.Minute), w.clock.Now().Add(time.Hour)
	require.NoError(t, s.Edit(ctx, manager, UserEntity, "ada", Validity(nil, &later)))
	require.NoError(t, s.Edit(ctx, manager, UserEntity, "ada", Validity(nil, &soon)))
	kind(t, fault.AccessDenied, s.Edit(ctx, manager, UserEntity, "ada", Validity(nil, &later)))
	kind(t, fault.AccessDenied, s.Edit(ctx, manager, UserEntity, "ada", Validity(nil, &time.Time{})))
	now := w.clock.Now()
	require.NoError(t, s.Edit(ctx, manager, UserEntity, "ada", Validity(&now, nil)))
	kind(t, fault.AccessDenied, s.Edit(ctx, manager, UserEntity, "ada", Validity(&time.Time{}, nil)))
}

// No passing of time leaves the server without an administrator.
func TestTheLastAdministratorHasNoEnd(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	first, err := s.Entity(ctx, Machine, "iam:GetUser", UserEntity, DefaultAccessKey)
	require.NoError(t, err)
	later := w.clock.Now().Add(100 * time.Hour)
	refused := func() {
		t.Helper()
		kind(t, fault.InvalidRequest, s.ChangeKey(ctx, Machine, first.Name, DefaultAccessKey, nil, &later))
		kind(t, fault.InvalidRequest, s.Edit(ctx, Machine, UserEntity, first.Name, Validity(nil, &later)))
		kind(t, fault.InvalidRequest, s.Edit(ctx, Machine, UserEntity, first.Name, Validity(&later, nil)))
		kind(t, fault.InvalidRequest, s.DeleteUser(ctx, Machine, DefaultAccessKey))
	}
	refused()
	_, err = s.CreateEntity(ctx, Machine, NewEntity{Kind: UserEntity, Name: "second", ValidUntil: later})
	require.NoError(t, err)
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "second", AttachPolicy(full)))
	_, _, err = s.CreateKey(ctx, Machine, "second")
	require.NoError(t, err)
	refused()
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "second", Validity(nil, &time.Time{})))
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, first.Name, Validity(nil, &later)))
	kind(t, fault.InvalidRequest, s.DeleteWhole(ctx, Machine, UserEntity, "second"))

	w.sync(s)
	w.edit(func(f *fileForm) { f.named("second").KeyExpires = later })
	w.sync(s)
	require.Contains(t, s.File.Health().Problem, "at least one administrator")
}

// What ends stays so where its file is restored, and an edit of the file takes effect at once.
func TestTimesInTheFile(t *testing.T) {
	w, s, key := staffed(t)
	now := w.clock.Now()
	later := now.Add(time.Hour)
	require.NoError(t, s.ChangeKey(ctx, Machine, "ada", key, nil, &later))
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "ada", Validity(&now, &later)))
	w.sync(s)
	other := newWorld(t)
	other.write(w.read())
	fresh, _ := other.start()
	other.clock.Set(now)
	who(t, fresh, key)
	other.clock.Set(later)
	_, err := fresh.Credential(ctx, key)
	kind(t, fault.NoSuchUser, err)

	// Both sides change times of one user; what both change to something else is refused.
	w.edit(func(f *fileForm) {
		f.named("ada").MoreKeys = []fileKey{{AccessKey: "second", SecretKey: "seconds secret", Expires: later}}
		f.named("ada").ValidFrom = time.Time{}
	})
	longer := later.Add(time.Hour)
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "ada", Validity(nil, &longer)))
	w.sync(s)
	w.follows(s)
	e, err := s.Entity(ctx, Machine, "iam:GetUser", UserEntity, "ada")
	require.NoError(t, err)
	require.Equal(t, []time.Time{{}, longer, later, later}, []time.Time{e.ValidFrom, e.ValidUntil, e.Keys[0].Expires, e.Keys[1].Expires})
	who(t, s, "second")
	w.edit(func(f *fileForm) { f.named("ada").ValidUntil = now })
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "ada", Validity(nil, &later)))
	w.sync(s)
	require.Contains(t, s.File.Health().Problem, "in the same place")
	w.edit(func(f *fileForm) { f.named("ada").ValidFrom, f.named("ada").ValidUntil = longer, later })
	w.sync(s)
	require.Contains(t, s.File.Health().Problem, "valid_until: The end must be after the beginning.")
}

// The user of the environment has no end.
func TestTheEnvironmentHasNoEnd(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	later := w.clock.Now().Add(time.Hour)
	_, _, err := s.CreateUser(ctx, Machine, CreateUser{Name: "root", AccessKey: "root", Secret: "roots secret", Policies: json.RawMessage(`[{"bucket":"*","actions":["iam:*"]}]`)})
	require.NoError(t, err)
	require.NoError(t, s.ChangeKey(ctx, Machine, "root", "root", nil, &later))
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "root", Validity(nil, &later)))
	s, _ = w.start(env("root", "roots secret"))
	w.clock.Advance(2 * time.Hour)
	require.True(t, who(t, s, "root").System())
}
