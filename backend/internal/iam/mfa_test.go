package iam

import (
	"encoding/base32"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// The vectors of RFC 6238, appendix B, in six digits.
func TestCodesAreThoseOfTheRFC(t *testing.T) {
	seed := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		require.Equal(t, want, totp(seed, stepOf(time.Unix(at, 0))))
	}
	now := stepOf(time.Unix(1111111111, 0))
	for code, within := range map[string]bool{totp(seed, now-2): false, totp(seed, now-1): true, totp(seed, now): true, totp(seed, now+1): true, totp(seed, now+2): false, "": false} {
		_, ok := match(seed, code, now, 1, 0)
		require.Equal(t, within, ok)
	}
	_, ok := match(seed, totp(seed, now), now, 1, now)
	require.False(t, ok, "used")
	step, ok := matchPair(seed, totp(seed, now-1), totp(seed, now), now, 2, 0)
	require.True(t, ok)
	require.Equal(t, now, step)
	_, ok = matchPair(seed, totp(seed, now), totp(seed, now-1), now, 2, 0)
	require.False(t, ok)
	require.Equal(t, "otpauth://totp/MyFSIO:ada%20l?issuer=MyFSIO&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", totpURI(seed, "MyFSIO", "ada l"))
}

// phone is a device in somebody's hand.
type phone struct {
	w    *world
	seed []byte
}

func (p *phone) code(after int64) string { return totp(p.seed, stepOf(p.w.clock.Now())+after) }

// enrolled is a world with the user ada, who has a password and a device.
func enrolled(t *testing.T) (*world, *Service, *Identity, *phone) {
	t.Helper()
	w, s := withPassword(t, false)
	c, err := signIn(s, "ada", horse, "")
	require.NoError(t, err)
	return w, s, c.Identity, w.enrol(s, c.Identity, "phone")
}

func (w *world) enrol(s *Service, id *Identity, name string) *phone {
	w.t.Helper()
	d, err := s.Enrol(id, name)
	require.NoError(w.t, err)
	seed, err := base32.StdEncoding.DecodeString(d.Seed)
	require.NoError(w.t, err)
	p := &phone{w, seed}
	_, err = s.Confirm(ctx, id, d.Token, p.code(0), p.code(0))
	require.Equal(w.t, "InvalidAuthenticationCode", fault.DetailOf(err)["IAM"])
	admin, err := s.Credential(ctx, DefaultAccessKey)
	require.NoError(w.t, err)
	_, err = s.Confirm(ctx, admin.Identity, d.Token, p.code(-1), p.code(0))
	kind(w.t, fault.InvalidArgument, err)
	_, err = s.Confirm(ctx, id, d.Token, p.code(-1), p.code(0))
	require.NoError(w.t, err)
	_, err = s.Confirm(ctx, id, d.Token, p.code(-1), p.code(0))
	require.NotEmpty(w.t, fault.DetailOf(err)["IAM"], "once")
	w.clock.Advance(time.Minute)
	return p
}

func TestSignInWithACode(t *testing.T) {
	w, s, id, p := enrolled(t)
	in := SignIn{User: "ada", Password: horse}
	_, _, err := s.SignIn(ctx, in)
	require.Equal(t, MFARequired, fault.DetailOf(err)["IAM"])
	in.Code = "000000"
	_, _, err = s.SignIn(ctx, in)
	require.Equal(t, "InvalidAuthenticationCode", fault.DetailOf(err)["IAM"])
	in.Code = p.code(0)
	c, at, err := s.SignIn(ctx, in)
	require.NoError(t, err)
	require.Equal(t, w.clock.Now(), at)
	require.Equal(t, id.UserID, c.Identity.UserID)
	// A code counts once, also for another server of the store.
	other, _ := w.start()
	for _, s := range []*Service{s, other} {
		for _, code := range []string{in.Code, p.code(-1)} {
			in.Code = code
			_, _, err = s.SignIn(ctx, in)
			require.Equal(t, "InvalidAuthenticationCode", fault.DetailOf(err)["IAM"])
		}
	}
	// One step of skew is no matter; guessing is.
	in.Code = p.code(1)
	_, _, err = s.SignIn(ctx, in)
	require.NoError(t, err)
	w.clock.Advance(time.Minute)
	in.Code = "000000"
	for range 6 {
		_, _, err = s.SignIn(ctx, in)
		require.Equal(t, "InvalidAuthenticationCode", fault.DetailOf(err)["IAM"])
	}
	in.Code, in.Remote = p.code(0), "elsewhere"
	_, _, err = s.SignIn(ctx, in)
	require.Equal(t, "InvalidAuthenticationCode", fault.DetailOf(err)["IAM"], "locked, from everywhere")
	w.clock.Advance(15 * time.Minute)
	in.Code = p.code(0)
	_, _, err = s.SignIn(ctx, in)
	require.NoError(t, err)
	in.Password = another
	_, _, err = s.SignIn(ctx, in)
	kind(t, fault.Unauthenticated, err)

	// Who lost the device gets in again when an administrator has removed it; oneself needs a code for that.
	kind(t, fault.AccessDenied, s.RemoveOwnDevice(ctx, c.Identity, "phone", "000000"))
	kind(t, fault.AccessDenied, s.RemoveDevice(ctx, c.Identity, "ada", "phone"))
	require.NoError(t, s.RemoveDevice(ctx, Machine, "ADA", "Phone"))
	_, err = signIn(s, "ada", horse, "")
	require.NoError(t, err)
	kind(t, fault.NotFound, s.RemoveDevice(ctx, Machine, "ada", "phone"))
	p = w.enrol(s, c.Identity, "phone")
	require.NoError(t, s.RemoveOwnDevice(ctx, c.Identity, "phone", p.code(0)))
	for _, secret := range []string{b32.EncodeToString(p.seed), string(p.seed)} {
		require.NotContains(t, w.log.String(), secret)
	}
}

func TestEnrolment(t *testing.T) {
	w, s, id, _ := enrolled(t)
	_, err := s.Enrol(id, "a b")
	kind(t, fault.InvalidArgument, err)
	for _, nobody := range []*Identity{nil, Anonymous, Machine} {
		_, err = s.Enrol(nobody, "x")
		require.Equal(t, "InvalidUserType", fault.DetailOf(err)["IAM"])
	}
	d, err := s.Enrol(id, "tablet")
	require.NoError(t, err)
	w.clock.Advance(15 * time.Minute)
	p := &phone{w, mustSeed(t, d.Seed)}
	_, err = s.Confirm(ctx, id, d.Token, p.code(-1), p.code(0))
	kind(t, fault.InvalidArgument, err)
	for i := range maxDevices - 1 {
		w.enrol(s, id, strings.Repeat("x", i+1))
	}
	d, err = s.Enrol(id, "nine")
	require.NoError(t, err)
	p = &phone{w, mustSeed(t, d.Seed)}
	_, err = s.Confirm(ctx, id, d.Token, p.code(-1), p.code(0))
	require.Equal(t, "LimitExceeded", fault.DetailOf(err)["IAM"])
	require.NoError(t, s.Edit(ctx, Machine, UserEntity, "ada", PutPolicy("no", `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:EnableMFADevice","Resource":"*"}}`)))
	_, err = s.Enrol(mustCredential(t, s, id.AccessKey).Identity, "x")
	kind(t, fault.AccessDenied, err)
}

func mustSeed(t *testing.T, text string) []byte {
	t.Helper()
	seed, err := seedOf(text)
	require.NoError(t, err)
	return seed
}

// Devices by IAM's own protocol: made, enabled, used for temporary credentials, set anew, taken and deleted.
func TestVirtualDevices(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	admin := who(t, s, DefaultAccessKey)
	ada := person(t, s, admin, "ada", allS3)
	v, err := s.CreateDevice(ctx, admin, "Token")
	require.NoError(t, err)
	require.Equal(t, "arn:aws:iam::000000000000:mfa/Token", v.Serial)
	p := &phone{w, mustSeed(t, v.Seed)}
	kind(t, fault.AccessDenied, func() error { _, err := s.CreateDevice(ctx, who(t, s, ada), "x"); return err }())
	require.Equal(t, "InvalidAuthenticationCode", fault.DetailOf(s.EnableDevice(ctx, admin, "ada", v.Serial, p.code(0), p.code(0)))["IAM"])
	require.NoError(t, s.EnableDevice(ctx, admin, "ada", v.Serial, p.code(-1), p.code(0)))
	require.Equal(t, "EntityAlreadyExists", fault.DetailOf(s.EnableDevice(ctx, admin, "ada", v.Serial, p.code(-1), p.code(0)))["IAM"])
	require.Equal(t, "DeleteConflict", fault.DetailOf(s.DeleteDevice(ctx, admin, v.Serial))["IAM"])
	_, err = s.CreateDevice(ctx, admin, "TOKEN")
	require.Equal(t, "EntityAlreadyExists", fault.DetailOf(err)["IAM"])
	require.Equal(t, "NoSuchEntity", fault.DetailOf(s.EnableDevice(ctx, admin, "ada", v.Serial+"x", p.code(-1), p.code(0)))["IAM"])
	list, err := s.Devices(ctx, admin, "ada")
	require.NoError(t, err)
	require.Equal(t, "ada", list[0].User)

	// Temporary credentials know whether a code was given.
	w.clock.Advance(time.Minute)
	id := who(t, s, ada)
	_, err = s.SessionTokenBy(ctx, id, 0, Code{v.Serial, "000000"})
	kind(t, fault.AccessDenied, err)
	_, err = s.SessionTokenBy(ctx, id, 0, Code{"arn:aws:iam::000000000000:mfa/other", p.code(0)})
	kind(t, fault.AccessDenied, err)
	session, err := s.SessionTokenBy(ctx, id, 0, Code{v.Serial, p.code(0)})
	require.NoError(t, err)
	c, err := s.SessionCredential(ctx, session.AccessKey, session.Token)
	require.NoError(t, err)
	temporary, at := c.Identity.MFA()
	require.True(t, temporary)
	require.Equal(t, w.clock.Now().Unix(), at.Unix())
	bare, err := s.SessionToken(ctx, id, 0)
	require.NoError(t, err)
	c, err = s.SessionCredential(ctx, bare.AccessKey, bare.Token)
	require.NoError(t, err)
	_, at = c.Identity.MFA()
	require.True(t, at.IsZero())

	// A role that asks for a code.
	_, err = s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: "R", Trust: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ada"},
		"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}`})
	require.NoError(t, err)
	w.clock.Advance(time.Minute)
	role := AssumeRole{RoleARN: "arn:aws:iam::000000000000:role/R", Name: "me"}
	_, err = s.AssumeRole(ctx, id, role)
	kind(t, fault.AccessDenied, err)
	role.Code = Code{v.Serial, p.code(0)}
	_, err = s.AssumeRole(ctx, id, role)
	require.NoError(t, err)
	_, err = s.AssumeRole(ctx, id, role)
	kind(t, fault.AccessDenied, err)

	// A clock that is off by minutes.
	w.clock.Advance(time.Minute)
	require.NoError(t, s.ResyncDevice(ctx, admin, "ada", v.Serial, p.code(20), p.code(21)))
	w.clock.Advance(2 * time.Minute)
	_, err = s.SessionTokenBy(ctx, id, 0, Code{v.Serial, p.code(0)})
	kind(t, fault.AccessDenied, err)
	_, err = s.SessionTokenBy(ctx, id, 0, Code{v.Serial, p.code(21)})
	require.NoError(t, err)

	require.Equal(t, "DeleteConflict", fault.DetailOf(s.DeleteEntity(ctx, admin, UserEntity, "ada"))["IAM"])
	require.NoError(t, s.DeactivateDevice(ctx, admin, "ada", v.Serial))
	all, err := s.VirtualDevices(ctx, admin)
	require.NoError(t, err)
	require.Equal(t, []Device{{Serial: v.Serial, Name: "Token"}}, all)
	require.NoError(t, s.DeleteDevice(ctx, admin, v.Serial))
	require.Equal(t, "NoSuchEntity", fault.DetailOf(s.DeleteDevice(ctx, admin, v.Serial))["IAM"])
}

// Devices stand in the file, and codes that were used stay used by whatever edit.
func TestDevicesInTheFile(t *testing.T) {
	w, s, _, p := enrolled(t)
	in := SignIn{User: "ada", Password: horse, Code: p.code(0)}
	_, _, err := s.SignIn(ctx, in)
	require.NoError(t, err)
	w.sync(s)
	require.NotContains(t, w.read(), b32.EncodeToString(p.seed))
	w.edit(func(f *fileForm) { f.named("ada").DisplayName = "Ada" })
	w.sync(s)
	w.follows(s)
	_, _, err = s.SignIn(ctx, in)
	require.Equal(t, "InvalidAuthenticationCode", fault.DetailOf(err)["IAM"])
	other := newWorld(t)
	other.clock = w.clock
	other.write(w.read())
	fresh, _ := other.start()
	other.follows(fresh)
	_, err = signIn(fresh, "ada", horse, "")
	require.Equal(t, MFARequired, fault.DetailOf(err)["IAM"])
	_, _, err = fresh.SignIn(ctx, in)
	require.NoError(t, err)

	seed := strings.Repeat("A", 32)
	w.edit(func(f *fileForm) { f.named("ada").Devices[0].Seed = "no base32!" })
	w.sync(s)
	require.Contains(t, s.File.Health().Problem, "the seed of a device")
	w.edit(func(f *fileForm) { f.named("ada").Devices[0].Seed = seed })
	w.sync(s)
	w.follows(s)
	require.NotContains(t, w.read(), seed)
	in.Code = totp(mustSeed(t, seed), stepOf(w.clock.Now()))
	_, _, err = s.SignIn(ctx, in)
	require.NoError(t, err)
	w.edit(func(f *fileForm) { f.named("ada").Devices = nil })
	w.sync(s)
	w.follows(s)
	_, err = signIn(s, "ada", horse, "")
	require.NoError(t, err)
}

// The devices of an account go with it.
func TestDevicesOfADeletedAccount(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	a, _ := tenant(t, s, "team")
	_, err := s.CreateDevice(ctx, who(t, s, "team-admin"), "d")
	require.NoError(t, err)
	require.NoError(t, s.DeleteAccount(ctx, Machine, "team"))
	require.NoError(t, s.Store.View(ctx, func(r kv.Reader) error {
		it := r.Iter(meta.Devices(a.Number))
		require.False(t, it.Next())
		return it.Close()
	}))
}
