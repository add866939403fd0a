package iam

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

var ctx = context.Background()

// box is one for all tests: deriving its key takes time on purpose.
var box = sync.OnceValue(func() *seal.Box {
	dir, err := os.MkdirTemp("", "myfsio-iam-test")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b, err := seal.Open(dir, "test secret", seal.Options{})
	if err != nil {
		panic(err)
	}
	return b
})

// world is a server's store and folder, which outlive its services.
type world struct {
	t     testing.TB
	dir   string
	store kv.Store
	box   *seal.Box
	clock *clock.Manual
	log   *bytes.Buffer
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "config"), store: kvtest.Hostile(kvtest.NewMemory(), 1), log: &bytes.Buffer{},
		clock: clock.NewManual(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))}
	w.box = box()
	require.NoError(t, os.MkdirAll(w.dir, 0o700))
	t.Cleanup(func() { require.NoError(t, w.store.Close()) })
	return w
}

func (w *world) file() string { return filepath.Join(w.dir, "iam.json") }

func (w *world) deps() Deps {
	return Deps{Store: w.store, Box: w.box, Clock: w.clock, IAMConfig: w.file(), Logger: slog.New(slog.NewTextHandler(w.log, nil))}
}

// start is a server's start.
func (w *world) start(change ...func(*Deps)) (*Service, FirstAdmin) {
	w.t.Helper()
	d := w.deps()
	for _, fn := range change {
		fn(&d)
	}
	s, err := New(d)
	require.NoError(w.t, err)
	first, err := s.Bootstrap(ctx, true)
	require.NoError(w.t, err)
	return s, first
}

func (w *world) read() string {
	w.t.Helper()
	raw, err := os.ReadFile(w.file())
	require.NoError(w.t, err)
	return string(raw)
}

func (w *world) write(text string) {
	w.t.Helper()
	require.NoError(w.t, os.WriteFile(w.file(), []byte(text), 0o600))
}

// edit changes the file as somebody with an editor would.
func (w *world) edit(fn func(f *fileForm)) {
	w.t.Helper()
	var f fileForm
	require.NoError(w.t, json.Unmarshal([]byte(w.read()), &f))
	fn(&f)
	raw, err := json.MarshalIndent(f, "", "\t")
	require.NoError(w.t, err)
	w.write(string(raw))
}

func (f *fileForm) user(accessKey string) *fileUser {
	for i := range f.Users {
		if f.Users[i].AccessKey == accessKey {
			return &f.Users[i]
		}
	}
	return nil
}

func admin(t testing.TB, s *Service) *Identity {
	t.Helper()
	c, err := s.Credential(ctx, DefaultAccessKey)
	require.NoError(t, err)
	return c.Identity
}

func create(t testing.TB, s *Service, accessKey, policies string) *Identity {
	t.Helper()
	_, _, err := s.CreateUser(ctx, Machine, CreateUser{Name: accessKey, AccessKey: accessKey, Policies: []byte(policies)})
	require.NoError(t, err)
	c, err := s.Credential(ctx, accessKey)
	require.NoError(t, err)
	return c.Identity
}

func kind(t testing.TB, want fault.Kind, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, want, fault.KindOf(err), "%v", err)
}

func keysOf(t testing.TB, s *Service) (out []string) {
	t.Helper()
	users, err := s.Users(ctx, Machine)
	require.NoError(t, err)
	for _, u := range users {
		out = append(out, u.AccessKey)
	}
	return out
}

func TestFirstStart(t *testing.T) {
	w := newWorld(t)
	s, first := w.start()
	require.Equal(t, FirstAdmin{Created: true, AccessKey: "localadmin", Default: true}, first)
	id, err := s.Login(ctx, "localadmin", "localadmin", "127.0.0.1")
	require.NoError(t, err)
	require.True(t, id.Administrator())
	active, err := s.DefaultSecretActive(ctx)
	require.NoError(t, err)
	require.True(t, active)
	require.NotContains(t, w.read(), `"localadmin"`+"\n", "sealed")
	require.Contains(t, w.read(), seal.Prefix)
	info, err := os.Stat(w.file())
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	before := w.read()
	again, first := w.start()
	require.Equal(t, FirstAdmin{}, first)
	require.Equal(t, before, w.read())
	other, err := again.Identity(ctx, id.UserID)
	require.NoError(t, err)
	require.Equal(t, id.ARN(), other.ARN())
	require.Equal(t, "arn:aws:iam::000000000000:user/localadmin", id.ARN())
	require.Len(t, id.CanonicalID(), 64)
	require.Equal(t, "AIDA", id.UserID[:4])
	require.Len(t, id.UserID, 26)
}

func TestFirstStartForOthers(t *testing.T) {
	w := newWorld(t)
	s, err := New(w.deps())
	require.NoError(t, err)
	first, err := s.Bootstrap(ctx, false)
	require.NoError(t, err)
	require.True(t, first.Created && !first.Default)
	require.Len(t, first.Secret, 40)
	raw, err := os.ReadFile(first.File)
	require.NoError(t, err)
	require.Contains(t, string(raw), first.Secret)
	info, err := os.Stat(first.File)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.NotContains(t, w.log.String(), first.Secret)
	_, err = s.Login(ctx, first.AccessKey, first.Secret, "192.0.2.1")
	require.NoError(t, err)
	_, err = s.Login(ctx, "localadmin", "localadmin", "192.0.2.1")
	kind(t, fault.Unauthenticated, err)
	_, err = s.RotateSecret(ctx, Machine, first.AccessKey)
	require.NoError(t, err)
	require.NoFileExists(t, first.File)
}

// The start is cut between the file with the secret and the user.
func TestFirstStartCut(t *testing.T) {
	w := newWorld(t)
	s, err := New(w.deps())
	require.NoError(t, err)
	s.public = true
	secret, _, err := s.firstSecret()
	require.NoError(t, err)
	s, err = New(w.deps())
	require.NoError(t, err)
	first, err := s.Bootstrap(ctx, false)
	require.NoError(t, err)
	require.Equal(t, secret, first.Secret)
	_, err = s.Login(ctx, first.AccessKey, secret, "192.0.2.1")
	require.NoError(t, err)
}

func TestDefaultSecretIsLocal(t *testing.T) {
	w := newWorld(t)
	w.start()
	s, err := New(w.deps())
	require.NoError(t, err)
	_, err = s.Bootstrap(ctx, false)
	require.NoError(t, err)
	_, err = s.Login(ctx, "localadmin", "localadmin", "127.0.0.1")
	kind(t, fault.AccessDenied, err)
	_, err = s.Credential(ctx, "localadmin")
	kind(t, fault.AccessDenied, err)
	secret, err := s.RotateSecret(ctx, Machine, "localadmin")
	require.NoError(t, err)
	_, err = s.Login(ctx, "localadmin", secret, "192.0.2.1")
	require.NoError(t, err)
	active, err := s.DefaultSecretActive(ctx)
	require.NoError(t, err)
	require.False(t, active)
}

func env(key, secret string) func(*Deps) {
	return func(d *Deps) { d.AdminAccessKey, d.AdminSecretKey = key, secret }
}

func TestEnvironment(t *testing.T) {
	w := newWorld(t)
	s, first := w.start(env("root", "first-secret"))
	require.False(t, first.Created)
	require.Equal(t, []string{"root"}, keysOf(t, s))
	c, err := s.Credential(ctx, "root")
	require.NoError(t, err)
	require.True(t, c.Identity.Environment && c.Identity.Administrator())
	_, err = s.RotateSecret(ctx, Machine, "root")
	kind(t, fault.InvalidRequest, err)
	kind(t, fault.InvalidRequest, s.DeleteUser(ctx, c.Identity, "root"))
	_, err = s.SetPolicies(ctx, Machine, "root", []byte(`[]`))
	kind(t, fault.InvalidRequest, err)

	before := w.read()
	w.start(env("root", "first-secret"))
	require.Equal(t, before, w.read(), "nothing changes when nothing changed")
	s, _ = w.start(env("root", "second-secret"))
	_, err = s.Login(ctx, "root", "second-secret", "")
	require.NoError(t, err)
	_, err = s.Login(ctx, "root", "first-secret", "")
	kind(t, fault.Unauthenticated, err)

	// A key of the environment that another replaces ends; one that none replaces goes on as an ordinary user.
	s, _ = w.start(env("other", "third-secret"))
	_, err = s.Credential(ctx, "root")
	kind(t, fault.NoSuchUser, err)
	s, _ = w.start()
	c, err = s.Credential(ctx, "other")
	require.NoError(t, err)
	require.False(t, c.Identity.Environment)
	_, err = s.RotateSecret(ctx, c.Identity, "other")
	require.NoError(t, err)

	// An existing user that the environment names becomes an administrator.
	create(t, s, "bob", `[]`)
	s, _ = w.start(env("bob", "bobs-secret"))
	c, err = s.Credential(ctx, "bob")
	require.NoError(t, err)
	require.True(t, c.Identity.Administrator())
	require.Equal(t, "bobs-secret", c.Secret)

	for _, bad := range [][2]string{{"root", ""}, {"", "x"}, {"a/b", "secret"}, {"root", "a\nb"}} {
		d := w.deps()
		env(bad[0], bad[1])(&d)
		_, err := New(d)
		kind(t, fault.InvalidArgument, err)
	}
	d := w.deps()
	env("localadmin", "localadmin")(&d)
	s, err = New(d)
	require.NoError(t, err)
	_, err = s.Bootstrap(ctx, false)
	kind(t, fault.InvalidArgument, err)
}

func TestForeignSeal(t *testing.T) {
	w := newWorld(t)
	w.start()
	box, err := seal.Open(t.TempDir(), "x", seal.Options{})
	require.NoError(t, err)
	d := w.deps()
	d.Box = box
	_, err = New(d)
	kind(t, fault.InvalidRequest, err)
	require.Contains(t, fault.TextOf(err), "backup")
}

func TestReadOnly(t *testing.T) {
	w := newWorld(t)
	w.start()
	before := w.read()
	w.edit(func(f *fileForm) { f.Users[0].DisplayName = "edited" })
	edited := w.read()
	s, _ := w.start(func(d *Deps) { d.ReadOnly = true }, env("root", "secret"))
	require.NoError(t, s.File.Sync(ctx))
	require.Equal(t, edited, w.read())
	require.NotEqual(t, before, edited)
	require.Equal(t, []string{"localadmin"}, keysOf(t, s))
}

func TestCredentialsAreReadAnew(t *testing.T) {
	w := newWorld(t)
	one, _ := w.start()
	two, _ := w.start() // another server on the store
	bob := create(t, one, "bob", `[{"bucket":"*","actions":["read"]}]`)
	c, err := two.Credential(ctx, "bob")
	require.NoError(t, err)
	require.Equal(t, bob.UserID, c.Identity.UserID)
	same, err := two.Credential(ctx, "bob")
	require.NoError(t, err)
	require.Same(t, c.Identity, same.Identity, "the work is done once")
	secret, err := one.RotateSecret(ctx, Machine, "bob")
	require.NoError(t, err)
	c, err = two.Credential(ctx, "bob")
	require.NoError(t, err)
	require.Equal(t, secret, c.Secret)
	_, err = one.SetPolicies(ctx, Machine, "bob", []byte(`[]`))
	require.NoError(t, err)
	b := &meta.Bucket{Name: "b", Account: DefaultAccount}
	require.True(t, two.Authorize(c.Identity, Access{Action: "s3:GetObject", Bucket: b, Key: "k"}).Allowed)
	now, err := two.Identity(ctx, bob.UserID)
	require.NoError(t, err)
	require.False(t, two.Authorize(now, Access{Action: "s3:GetObject", Bucket: b, Key: "k"}).Allowed)
	require.NoError(t, one.DeleteUser(ctx, Machine, "bob"))
	_, err = two.Credential(ctx, "bob")
	kind(t, fault.NoSuchUser, err)
	_, err = two.Identity(ctx, bob.UserID)
	kind(t, fault.NoSuchUser, err)
	_, err = two.Credential(ctx, "")
	kind(t, fault.NoSuchUser, err)
	_, err = two.Credential(ctx, strings.Repeat("x", 5000))
	kind(t, fault.NoSuchUser, err)
}

func TestDisabled(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	bob := create(t, s, "bob", `[]`)
	w2 := func(f *fileForm) { f.user("bob").Disabled = true }
	require.NoError(t, s.File.Sync(ctx))
	w.edit(w2)
	require.NoError(t, s.File.Sync(ctx))
	_, err := s.Credential(ctx, "bob")
	kind(t, fault.NoSuchUser, err)
	_, err = s.Identity(ctx, bob.UserID)
	kind(t, fault.NoSuchUser, err)
}

func TestLockout(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	fail := func(key, secret, remote string) string {
		_, err := s.Login(ctx, key, secret, remote)
		kind(t, fault.Unauthenticated, err)
		return err.Error()
	}
	unknown := fail("nobody", "x", "a")
	for range 5 {
		require.Equal(t, unknown, fail("localadmin", "wrong", "a"))
	}
	require.Equal(t, unknown, fail("localadmin", "localadmin", "a"), "locked, with the same answer")
	_, err := s.Login(ctx, "localadmin", "localadmin", "b")
	require.NoError(t, err, "another address is not locked")
	_, err = s.Credential(ctx, "localadmin")
	require.NoError(t, err, "signatures are not locked")
	w.clock.Advance(15*time.Minute - time.Second)
	fail("localadmin", "localadmin", "a")
	w.clock.Advance(time.Second)
	_, err = s.Login(ctx, "localadmin", "localadmin", "a")
	require.NoError(t, err)
	for range 20 { // success forgets the failures before
		fail("localadmin", "wrong", "a")
		_, err = s.Login(ctx, "localadmin", "localadmin", "a")
		require.NoError(t, err)
	}
	fail("localadmin", "", "z")
	fail("", "", "z")
	for i := range maxPairs + 50 {
		require.False(t, s.lockout.try("nobody", fmt.Sprint(i), func() bool { return false }))
		if i%1000 == 0 {
			w.clock.Advance(time.Millisecond)
		}
	}
	require.LessOrEqual(t, len(s.lockout.pairs), maxPairs)
}

func TestAuthorize(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	reader := create(t, s, "reader", `[{"bucket":"docs","actions":["read"]}]`)
	lister := create(t, s, "lister", `[{"bucket":"*","actions":["list"]}]`)
	docs := &meta.Bucket{Name: "docs", Account: DefaultAccount}
	public, err := policy.ParseBucket([]byte(`{"Version":"2012-10-17","Statement":[
		{"Sid":"read","Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::docs","arn:aws:s3:::docs/public/*"]},
		{"Sid":"no","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::docs/secret/*"},
		{"Sid":"home","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/lister"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::docs/${aws:username}/*"}]}`), "docs")
	require.NoError(t, err)
	for _, c := range []struct {
		who    *Identity
		a      Access
		want   bool
		source string
	}{
		{reader, Access{Action: "s3:GetObject", Bucket: docs, Key: "k"}, true, "policy of user reader"},
		{reader, Access{Action: "s3:PutObject", Bucket: docs, Key: "k"}, false, ""},
		{reader, Access{Action: "s3:GetObject", Bucket: &meta.Bucket{Name: "other"}, Key: "k"}, false, ""},
		{reader, Access{Action: "s3:HeadBucket", Bucket: docs}, true, "policy of user reader"},
		{reader, Access{Action: "s3:ListBucket", Bucket: docs}, false, ""},
		{lister, Access{Action: "s3:HeadBucket", Bucket: docs}, true, "policy of user lister"},
		{lister, Access{Action: "s3:ListBucket", Bucket: docs, Key: "ignored"}, true, "policy of user lister"},
		{lister, Access{Action: "s3:ListAllMyBuckets"}, true, "policy of user lister"},
		{reader, Access{Action: "s3:ListAllMyBuckets"}, false, ""},
		{lister, Access{Action: "s3:PutObject", Bucket: docs, Key: "lister/x", BucketPolicy: public}, true, "bucket policy"},
		{lister, Access{Action: "s3:PutObject", Bucket: docs, Key: "reader/x", BucketPolicy: public}, false, ""},
		{reader, Access{Action: "s3:GetObject", Bucket: docs, Key: "secret/x", BucketPolicy: public}, false, "bucket policy"},
		{Anonymous, Access{Action: "s3:GetObject", Bucket: docs, Key: "public/x", BucketPolicy: public}, true, "bucket policy"},
		{Anonymous, Access{Action: "s3:ListBucket", Bucket: docs, BucketPolicy: public}, true, "bucket policy"},
		{Anonymous, Access{Action: "s3:GetObject", Bucket: docs, Key: "x", BucketPolicy: public}, false, ""},
		{Anonymous, Access{Action: "s3:GetObject", Bucket: docs, Key: "public/x"}, false, ""},
		{nil, Access{Action: "s3:ListAllMyBuckets"}, false, ""},
		{admin(t, s), Access{Action: "s3:CreateBucket", Bucket: &meta.Bucket{Name: "new"}}, true, "policy of user localadmin"},
		{admin(t, s), Access{Action: "nonsense", Bucket: docs}, false, ""},
	} {
		d := s.Authorize(c.who, c.a)
		require.Equal(t, c.want, d.Allowed, "%+v %+v", c.who, c.a)
		require.Equal(t, c.source, d.Source, "%+v", c.a)
	}
	for action, want := range map[string]bool{"iam:list_users": true, "iam:ListUsers": true, "iam:CreateUser": false, "iam:*": false, "myfsio:GetConfig": false, "kms:Decrypt": false} {
		manager := create(t, s, "m"+strings.NewReplacer(":", "", "*", "").Replace(action), `[{"bucket":"*","actions":["iam:list_users"]}]`)
		require.Equal(t, want, s.AuthorizeAdmin(manager, action).Allowed, action)
		require.True(t, s.AuthorizeAdmin(admin(t, s), action).Allowed, action)
		require.True(t, s.AuthorizeAdmin(Machine, action).Allowed, action)
		require.False(t, s.AuthorizeAdmin(Anonymous, action).Allowed, action)
		require.False(t, s.AuthorizeAdmin(nil, action).Allowed, action)
	}
}

func BenchmarkCredentialAndAuthorize(b *testing.B) {
	w := newWorld(b)
	s, _ := w.start()
	create(b, s, "bob", `[{"bucket":"*","actions":["list","read"]}]`)
	bucket := &meta.Bucket{Name: "b", Account: DefaultAccount}
	b.ReportAllocs()
	for b.Loop() {
		c, err := s.Credential(ctx, "bob")
		if err != nil || !s.Authorize(c.Identity, Access{Action: "s3:GetObject", Bucket: bucket, Key: "some/key"}).Allowed {
			b.Fatal(err)
		}
	}
}
